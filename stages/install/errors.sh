# An install that fails says why on the last line that it prints, for that is what a report quotes.

# BuildKit reads the two streams one by one, so that what is written last to one is not always last in its log.
exec 2>&1

# needs PROGRAM…: ends where the base lacks one.
needs() {
  for program in "$@"; do
    command -v "$program" >/dev/null || { echo "the base has no $program" >&2 && exit 1; }
  done
}

# telling PATTERN COMMAND…: runs a command. Where it fails, the first and the last of its lines that match are said again
# at the end: the reason, and what came of it.
telling() {
  errors=$1
  shift
  heard=$(mktemp -d)
  mkfifo "$heard/pipe"
  tee "$heard/log" <"$heard/pipe" &
  status=0
  "$@" >"$heard/pipe" 2>&1 || status=$?
  wait
  said=$(grep -E "$errors" "$heard/log" | sed -n '1p;$p' | uniq | sed '2s/^/; /' | tr -d '\n')
  rm -r "$heard"
  [ "$status" = 0 ] && return 0
  echo "$1 ended with $status: ${said:-nothing that looks like a reason}" >&2
  exit "$status"
}
