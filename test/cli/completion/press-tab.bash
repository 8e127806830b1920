# bash press-tab.bash SCRIPT LINE…: prints each line and what is offered for it, with tabs between.
source "$1"
shift
# Readline's own; there is none here.
compopt() { :; }
for line in "$@"; do
  # As readline cuts it.
  read -ra COMP_WORDS <<<"${line//=/ = }"
  [[ $line == *' ' ]] && COMP_WORDS+=('')
  COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
  _creditlab
  printf '%s' "$line"
  printf '\t%s' "${COMPREPLY[@]}"
  printf '\n'
done
