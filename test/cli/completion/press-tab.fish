# fish press-tab.fish SCRIPT LINE…: prints each line and what is offered for it, with tabs between.
source $argv[1]
for line in $argv[2..-1]
  printf '%s' $line
  for offer in (complete -C $line | string replace -r '\t.*' '')
    printf '\t%s' $offer
  end
  printf '\n'
end
