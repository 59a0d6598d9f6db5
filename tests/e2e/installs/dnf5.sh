# Makes a root of Debian's dnf 5 and rpm a base of the distro that repository.sh has made the packages of: /srv, /etc/pki
# and /build/rpms are its. Runs natively, in the root.
set -eu
mkdir -p /etc/yum.repos.d /etc/rpm
cp /build/distro.repo /etc/yum.repos.d/
echo '%_dbpath /var/lib/rpm' >/etc/rpm/macros
rpm --justdb --nosignature --install /build/rpms/x86_64/sh-*.rpm
# As the distros that have dnf 5 call it.
[ -e /usr/bin/dnf ] || ln -s dnf5 /usr/bin/dnf
