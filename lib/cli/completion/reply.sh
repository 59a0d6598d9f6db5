# What may come next, in COMPREPLY; nothing leaves it to the shell, which then offers names of files.
_platform_marker() {
  local IFS=$' \t\n' word=${COMP_WORDS[COMP_CWORD]} option='' lead='' takes='' words='' at=1 one
  COMPREPLY=()
  # Behind npx everything is one further, and npx may have options of its own before it.
  if [[ ${COMP_WORDS[0]##*/} == npx ]]; then
    while [[ ${COMP_WORDS[at]} != platform-marker ]]; do
      (( ++at < COMP_CWORD )) || return 0
    done
    (( ++at ))
  fi
  (( at <= COMP_CWORD )) || return 0

  if (( at == COMP_CWORD )); then
    _platform_marker_known ''
  else
    option=${COMP_WORDS[COMP_CWORD - 1]}
    # "=" is a word of its own in bash, and a part of the word in zsh.
    if [[ $word == --*'='* ]]; then
      option=${word%%'='*} lead=$option'=' word=${word#*'='}
    elif [[ $word == '=' ]]; then
      word=''
    elif [[ $option == '=' ]]; then
      option=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    _platform_marker_known "${COMP_WORDS[at]} $option"
    if [[ -z $takes ]]; then
      lead=''
      if [[ $word == -* ]]; then
        _platform_marker_known "${COMP_WORDS[at]} -"
      else
        _platform_marker_known "${COMP_WORDS[at]}"
      fi
    elif [[ $takes == list && $word == *,* ]]; then
      lead=$lead${word%,*}, word=${word##*,}
    fi
  fi

  # Not compgen -W, which expands what is in its words: some are from a file of the folder.
  for one in $words; do
    if [[ $one == "$word"* ]]; then COMPREPLY+=("$lead$one"); fi
  done
}

# The distros of the folder's distros.yaml, of the characters alone that a distro's name may have: nothing to be quoted.
_platform_marker_distros() {
  sed -n '/^distros:/,/^[^ #-]/s/^ *- *{\{0,1\} *name: *["'\'']\{0,1\}\([a-z0-9_-]\{1,\}\).*/\1/p' distros.yaml 2>/dev/null
}
