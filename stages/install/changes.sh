# What an install changed in a root, by the time of the last change of each inode, which nothing can set back.

# listed ROOT: what is in it, folders marked, without what a worker does not need.
listed() {
  (cd "$1" && find . -xdev -mindepth 1 \( -path ./var/cache -o -path ./var/log -o -path ./tmp -o -path ./run \) -prune -o \
    \( -type d -printf '%p/\n' -o -printf '%p\n' \)) | LC_ALL=C sort
}

# remember ROOT: from here on changes count.
remember() {
  stamp=$(mktemp)
  before=$(mktemp)
  listed "$1" >"$before"
  # A change within the same tick of the clock as the stamp would not be seen.
  sleep 0.1
}

# collect ROOT DELTA: copies every file and folder that has changed since, with its owners, modes and times.
collect() {
  refuse_deletions "$1"
  mkdir -p "$2"
  (cd "$1" && find . -xdev -mindepth 1 -cnewer "$stamp" ! -path './var/cache/*' ! -path './var/log/*' ! -path './tmp/*' ! -path './run/*' -print0) |
    tar --create --directory "$1" --no-recursion --null --files-from=- --file=- --sort=name |
    tar --extract --directory "$2" --same-owner --file=-
}

# refuse_deletions ROOT: COPY only ever adds, so a worker that is made by one would go on showing what is gone, or fail at
# a folder that has become a file.
refuse_deletions() {
  after=$(mktemp)
  gone=$(mktemp)
  listed "$1" >"$after"
  LC_ALL=C comm -23 "$before" "$after" | sed 's,^\.,,' >"$gone"
  [ -s "$gone" ] || return 0
  head -n 100 "$gone" >&2
  echo "the install takes away $(wc -l <"$gone") of the base's files, which no layer of copies can show: $(head -n 3 "$gone" | tr '\n' ' ')" >&2
  exit 1
}
