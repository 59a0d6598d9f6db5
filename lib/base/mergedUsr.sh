# Makes the symbolic links of a merged /usr before anything is unpacked, as Debian 12 and later are installed.
# $1: the root.
set -eu
for folder in bin sbin lib; do
  mkdir -p "$1/usr/$folder"
  ln -s "usr/$folder" "$1/$folder"
done
