# zsh press-tab.zsh SCRIPT LINE…: prints each line and what is offered for it, with tabs between. The key is pressed in a
# terminal of its own; what is offered goes through compadd.
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "PS1='> '; autoload -Uz compinit; compinit -D -u; source '$1'"
shift
zpty -w z 'compadd() { local -a hits; builtin compadd -O hits "$@"; print -l -- ${hits/#/HIT:}; builtin compadd "$@" }'
zpty -w z 'show() { zle list-choices; print "\nEND"; zle kill-buffer; zle redisplay }; zle -N show; bindkey "^T" show'
zpty -w z 'print REA""DY'
while zpty -r z line; do [[ $line == *READY* ]] && break; done
for text in "$@"; do
  zpty -w -n z "$text"$'\C-t'
  hits=()
  while zpty -r z line; do
    line=${${line//$'\r'/}%$'\n'}
    [[ $line == *HIT:* ]] && hits+=("${line#*HIT:}")
    [[ $line == END* ]] && break
  done
  print -r -- "$text"$'\t'"${(pj:\t:)hits}"
done
zpty -d z
