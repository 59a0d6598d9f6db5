# Builds .deb packages and a repository of them in /srv/apt, signed, and others beside it that something is wrong with.
# Sourced by repository.sh, with its keys made.
apt=/srv/apt
mkdir -p "$apt/pool"

# deb NAME ARCHITECTURE DEPENDS [VERSION FOLDER]: a package of what is in /build/deb.
deb() {
  mkdir -p /build/deb/DEBIAN
  version=${4:-2.1-1}
  printf '%s\n' "Package: $1" "Version: $version" "Architecture: $2" "Depends: $3" \
    'Maintainer: Nobody <nobody@example.com>' 'Description: A test of installs' | sed '/^Depends: $/d' >/build/deb/DEBIAN/control
  dpkg-deb --root-owner-group --build /build/deb "${5:-$apt/pool}/$1_${version}_$2.deb" >/dev/null
  rm -r /build/deb
}

# binary NAME ARCHITECTURE: a program of the package's.
binary() {
  install -D -m 755 "/build/program-$2" "/build/deb/usr/bin/$1"
}

# Every one that there is a program of, by Debian's name.
architectures=$(cd /build && for program in program-*; do echo "${program#program-}"; done | grep -vx -e x86_64 -e aarch64)
for architecture in $architectures; do
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

mkdir -p /build/deb/usr/lib/libtree
echo old >/build/deb/usr/lib/libtree/old
deb libtree arm64 '' 1-1 /build

# What wants to know of programs that are installed.
mkdir -p /build/deb/DEBIAN
echo 'interest-noawait /usr/bin' >/build/deb/DEBIAN/triggers
deb watcher arm64 '' 1-1 /build

(
  cd "$apt"
  for architecture in $architectures; do
    mkdir -p "dists/stable/main/binary-$architecture"
    apt-ftparchive --arch "$architecture" packages pool >"dists/stable/main/binary-$architecture/Packages"
  done
  apt-ftparchive -o APT::FTPArchive::Release::Codename=stable -o APT::FTPArchive::Release::Components=main \
    -o "APT::FTPArchive::Release::Architectures=$(echo $architectures)" release dists/stable >/build/Release
)
signed_by() { gpg --batch --local-user "$1" --output "$2/dists/stable/InRelease" --clearsign /build/Release; }

for wrong in changed-index changed-package foreign-signature unsigned; do cp -r "$apt" "$apt-$wrong"; done
cp /build/Release "$apt-unsigned/dists/stable/Release"
signed_by stranger "$apt-foreign-signature"
signed_by distro "$apt-changed-package"
package=$apt-changed-package/pool/tree_2.1-1_arm64.deb
printf x | dd of="$package" bs=1 seek="$(($(stat --format=%s "$package") - 9))" conv=notrunc status=none
signed_by distro "$apt-changed-index"
sed -i 's/^Codename: .*/Codename: changed/' "$apt-changed-index/dists/stable/InRelease"
signed_by distro "$apt"
gpg --batch --export distro >/usr/share/keyrings/distro.gpg
