# What an install changed in a root, by the time of the last change of each inode, which nothing can set back.

# remember ROOT: from here on changes count.
remember() {
  stamp=$(mktemp)
  # A change within the same tick of the clock as the stamp would not be seen.
  sleep 0.1
}

# collect ROOT DELTA: copies every file and folder that has changed since, with its owners, modes and times.
collect() {
  mkdir -p "$2"
  (cd "$1" && find . -xdev -mindepth 1 -cnewer "$stamp" ! -path './var/cache/*' ! -path './var/log/*' ! -path './tmp/*' -print0) |
    tar --create --directory "$1" --no-recursion --null --files-from=- --file=- --sort=name |
    tar --extract --directory "$2" --same-owner --file=-
}
