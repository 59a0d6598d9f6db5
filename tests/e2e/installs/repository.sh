# Builds packages from the specs in /build with the root's own rpmbuild, and repositories of them in /srv/repository,
# one for each release and architecture, signed by a key that is thrown away. Then makes the root a base of that distro,
# and nearly empty ones for aarch64 in /build/foreign. Runs natively, in the root.
# /build: this folder, and a program of each architecture as program-<architecture>.
set -eu
export HOME=/build GNUPGHOME=/build/keys LC_ALL=C.UTF-8
served=/srv/repository
mkdir -m 700 "$GNUPGHOME"

# key NAME: a signing key of that name.
key() {
  gpg --batch --quiet --pinentry-mode loopback --passphrase '' --quick-generate-key "$1" rsa2048 sign never
}

# copied RELEASE: the good release's repository as that of another, whose folder is then $repository.
copied() {
  mkdir -p "$served/$1"
  cp -r "$served/9/$architecture" "$served/$1/"
  reach "$1" "file://$served/$1/$architecture"
  repository=$served/$1/$architecture
}

# reach RELEASE URL: where dnf finds a release's repository.
reach() {
  mkdir -p "$served/$1"
  echo "$2" >"$served/$1/$architecture.mirrors"
}

# sign KEY PACKAGE…
sign() {
  by=$1
  shift
  rpmsign --define "_gpg_name $by" --define '__gpg /usr/bin/gpg' --addsign "$@" >/dev/null
}

# publish: the index of $repository, signed.
publish() {
  createrepo_c --quiet --simple-md-filenames --no-database "$repository"
  gpg --batch --quiet --yes --local-user distro --armor --detach-sign "$repository/repodata/repomd.xml"
}

key distro
key stranger
mkdir -p /etc/pki/rpm-gpg
gpg --batch --armor --export distro >/etc/pki/rpm-gpg/RPM-GPG-KEY-distro

for architecture in x86_64 aarch64; do
  for spec in /build/*.spec; do
    [ "$spec $architecture" = '/build/native-only.spec aarch64' ] && continue
    rpmbuild --quiet -bb --target "$architecture-linux" \
      --define '_topdir /build/top' --define '_sourcedir /build' --define '_rpmdir /build/rpms' \
      --define '__os_install_post %{nil}' --define 'debug_package %{nil}' "$spec"
  done

  repository=$served/9/$architecture
  mkdir -p "$repository"
  cp "/build/rpms/$architecture"/*.rpm "$repository"
  rm "$repository"/sh-*.rpm "$repository"/libtree-1-*.rpm
  sign distro "$repository"/*.rpm
  publish
  reach 9 "file://$repository"

  # Packages that a stranger has signed, in an index that the distro has.
  copied foreign-signature
  sign stranger "$repository"/*.rpm
  publish

  # A package that has changed since it was signed, in an index of what it is now.
  copied changed-package
  package=$(ls "$repository"/tree-*.rpm)
  printf x | dd of="$package" bs=1 seek="$(($(stat --format=%s "$package") - 9))" conv=notrunc status=none
  publish

  # An index that has changed since it was signed.
  copied changed-index
  echo >>"$repository/repodata/repomd.xml"

  # An index that is not what its signed list says.
  copied broken-index
  echo broken >"$repository/repodata/primary.xml.gz"

  # Nothing listens on that port.
  reach down "http://127.0.0.1:9/$architecture"
done
. /build/debs.sh
gpgconf --kill all

# base ROOT ARCHITECTURE: what the package managers look for in a base. Debian's rpm has no database of the system's own.
base() {
  mkdir -p "$1/etc/apt" "$1/var/lib/dpkg/info" "$1/var/lib/dpkg/updates"
  sources "$1" copy:/srv/apt
  touch "$1/var/lib/dpkg/status"
  echo 1 >"$1/var/lib/dpkg/info/format"
  mkdir -p "$1/etc/yum.repos.d" "$1/etc/rpm"
  cp /build/distro.repo "$1/etc/yum.repos.d/"
  echo '%_dbpath /var/lib/rpm' >"$1/etc/rpm/macros"
  rpm --root "$1" --define '_dbpath /var/lib/rpm' --justdb --ignorearch --nosignature --install "/build/rpms/$2"/sh-*.rpm
}

# sources ROOT URI: where its apt looks.
sources() {
  echo "deb [signed-by=/usr/share/keyrings/distro.gpg] $2 stable main" >"$1/etc/apt/sources.list"
}

# packed NAME: the foreign root as it is.
packed() {
  tar --create --file="/build/foreign/$1.tar" --directory=/build/root --sort=name --mtime=@0 .
}

base / x86_64
mkdir -p /build/root/etc /build/foreign
printf 'ID=almalinux\nVERSION_ID=9\n' >/build/root/etc/os-release
base /build/root aarch64
packed plain
for wrong in changed-index changed-package foreign-signature unsigned; do
  sources /build/root "copy:/srv/apt-$wrong"
  packed "apt-$wrong"
done
# Nothing listens on that port.
sources /build/root http://127.0.0.1:9/
packed apt-down
# A root with an older version of a package, of which the newer one lacks a file.
sources /build/root copy:/srv/apt
rpm --root /build/root --ignorearch --nosignature --install /build/rpms/aarch64/libtree-1-*.rpm
dpkg --root=/build/root --log=/dev/null --force-architecture --install /build/libtree_1-1_arm64.deb
packed outdated
# A root whose packages are configured, as those of a full image are.
dpkg --root=/build/root --log=/dev/null --force-architecture --install /srv/apt/pool/libtree_2.1-1_arm64.deb \
  /build/watcher_1-1_arm64.deb
packed full

# What a minimal image has instead of dnf.
mkdir -p /build/minimal/usr/bin
: >/build/minimal/usr/bin/.wh.dnf
for name in tdnf microdnf; do install -m 755 /build/stand-in.sh "/build/minimal/usr/bin/$name"; done
tar --create --file=/build/foreign/minimal-tools.tar --directory=/build/minimal --sort=name --mtime=@0 .
