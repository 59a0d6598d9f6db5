# Builds .deb packages and a repository of them in /srv/apt, signed. Sourced by repository.sh, with the key `distro` made.
apt=/srv/apt
mkdir -p "$apt/pool"

# deb NAME ARCHITECTURE DEPENDS: a package of what is in /build/deb.
deb() {
  mkdir -p /build/deb/DEBIAN
  printf '%s\n' "Package: $1" 'Version: 2.1-1' "Architecture: $2" "Depends: $3" \
    'Maintainer: Nobody <nobody@example.com>' 'Description: A test of installs' | sed '/^Depends: $/d' >/build/deb/DEBIAN/control
  dpkg-deb --root-owner-group --build /build/deb "$apt/pool/$1_2.1-1_$2.deb" >/dev/null
  rm -r /build/deb
}

# binary NAME ARCHITECTURE: a program of the package's.
binary() {
  case $2 in amd64) of=x86_64 ;; arm64) of=aarch64 ;; esac
  install -D -m 755 "/build/program-$of" "/build/deb/usr/bin/$1"
}

for architecture in amd64 arm64; do
  binary tree "$architecture"
  mkdir /build/deb/DEBIAN
  for script in preinst postinst config; do
    printf '#!/bin/sh\n: >/ran-%s\n' "$script" >"/build/deb/DEBIAN/$script"
    chmod 755 "/build/deb/DEBIAN/$script"
  done
  echo 'interest-noawait /usr/lib/libtree' >/build/deb/DEBIAN/triggers
  deb tree "$architecture" 'libtree (= 2.1-1)'

  mkdir -p /build/deb/usr/lib/libtree
  echo data >/build/deb/usr/lib/libtree/data
  deb libtree "$architecture" ''
done
binary native-only amd64
deb native-only amd64 ''

(
  cd "$apt"
  for architecture in amd64 arm64; do
    mkdir -p "dists/stable/main/binary-$architecture"
    apt-ftparchive --arch "$architecture" packages pool >"dists/stable/main/binary-$architecture/Packages"
  done
  apt-ftparchive -o APT::FTPArchive::Release::Codename=stable -o APT::FTPArchive::Release::Components=main \
    -o 'APT::FTPArchive::Release::Architectures=amd64 arm64' release dists/stable >/build/Release
  gpg --batch --local-user distro --output dists/stable/InRelease --clearsign /build/Release
)
gpg --batch --export distro >/usr/share/keyrings/distro.gpg
