# Writes dpkg's database for packages that were unpacked without dpkg (mmdebstrap's `extract` variant leaves it
# empty, and then nothing can be solved against the root). mmdebstrap runs this as a hook.
# $1: the root, with the packages in its apt cache. What it says is true: unpacked, and nothing configured.
set -eu
root=$1
database=$root/var/lib/dpkg
mkdir -p "$database/info" "$database/updates"
echo 1 >"$database/info/format"
for deb in "$root"/var/cache/apt/archives/*.deb; do
  control=$(mktemp -d)
  dpkg-deb --control "$deb" "$control"
  package=$(sed -n 's/^Package: //p' "$control/control")
  name=$package
  # Of a package that may be installed for several architectures dpkg keeps the files apart by name (deb-multiarch).
  if grep -q '^Multi-Arch: same$' "$control/control"; then
    name=$package:$(sed -n 's/^Architecture: //p' "$control/control")
  fi
  sed '/^Package: /a Status: install ok unpacked' "$control/control" >>"$database/status"
  echo >>"$database/status"
  dpkg-deb --fsys-tarfile "$deb" | tar --list --file=- | sed -e 's,^\.,,' -e 's,/$,,' -e 's,^$,/.,' >"$database/info/$name.list"
  rm "$control/control"
  for file in "$control"/*; do
    [ -e "$file" ] && cp -p "$file" "$database/info/$name.${file##*/}"
  done
  rm -r "$control"
done
