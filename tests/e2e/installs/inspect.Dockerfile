# What the tests ask of a worker, with the tools of the native base.
#
#   target rpm-database    what rpm says of the worker
#   target dpkg-database   what dpkg says of it
#   target with-scripts    what the packages' scripts leave where they are run
#
# In each, `ran` names what scripts have left in the root.
#
# Named contexts: base, worker
FROM --platform=$BUILDPLATFORM base AS tools
FROM worker AS root

FROM tools AS rpm
RUN --network=none --mount=type=bind,from=root,target=/rootfs,rw <<SH
set -eu
mkdir /asked
rpm --root /rootfs --query --all --queryformat '%{NAME} %{VERSION}-%{RELEASE} %{ARCH}\n' | sort >/asked/packages
rpm --root /rootfs --verify --nodeps tree libtree >/asked/verify 2>&1 || true
find /rootfs -xdev -name 'ran-*' -printf '%P\n' | sort >/asked/ran
SH
FROM scratch AS rpm-database
COPY --from=rpm /asked /

FROM tools AS dpkg
RUN --network=none --mount=type=bind,from=root,target=/rootfs,rw <<SH
set -eu
mkdir /asked
dpkg --root=/rootfs --list 'tree:*' 'libtree:*' | awk '/^[a-z][a-zA-Z]  / { sub(/:.*/, "", $2); print $1, $2, $3, $4 }' | sort -k 2 >/asked/packages
dpkg --root=/rootfs --verify tree libtree >/asked/verify 2>&1 || true
find /rootfs/var/lib/dpkg/info -name 'tree.*' -printf '%f\n' | sort >/asked/info
find /rootfs -xdev -name 'ran-*' -printf '%P\n' | sort >/asked/ran
SH
FROM scratch AS dpkg-database
COPY --from=dpkg /asked /

FROM tools AS installed
RUN --network=none --mount=type=bind,from=tools,target=/rootfs,rw <<SH
set -eu
dnf -y --installroot=/rootfs --releasever=9 install tree
dpkg --root=/rootfs --install /srv/apt/pool/libtree_2.1-1_amd64.deb /srv/apt/pool/tree_2.1-1_amd64.deb
mkdir /asked
find /rootfs -xdev -name 'ran-*' -printf '%P\n' | sort >/asked/ran
SH
FROM scratch AS with-scripts
COPY --from=installed /asked /
