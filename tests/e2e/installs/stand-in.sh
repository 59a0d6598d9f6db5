#!/bin/sh
# In the place of a small package manager (tdnf, microdnf) that no package of Debian's has. All it knows is to install
# dnf, natively, with what the scripts need beside it: dnf is there already, under another name.
echo "this is no ${0##*/}, but a stand-in for it"
[ "$*" = '-y install dnf rpm findutils tar' ] || { echo "it does not know how to ${0##*/} $*" >&2 && exit 1; }
ln -s dnf-3 /usr/bin/dnf
