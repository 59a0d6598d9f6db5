# What the tests ask of a worker, with the tools of the native base.
#
#   target worker-database   what rpm says of the worker, and what scriptlets have left in it
#   target with-scriptlets   what the same scriptlets leave where they are run
#
# Named contexts: base, worker
FROM --platform=$BUILDPLATFORM base AS tools
FROM worker AS root

FROM tools AS asked
RUN --network=none --mount=type=bind,from=root,target=/rootfs,rw <<SH
set -eu
mkdir /asked
rpm --root /rootfs --query --all --queryformat '%{NAME} %{VERSION}-%{RELEASE} %{ARCH}\n' | sort >/asked/packages
rpm --root /rootfs --verify --nodeps tree libtree >/asked/verify 2>&1 || true
find /rootfs -xdev -name 'ran-*' -printf '%P\n' | sort >/asked/ran
SH
FROM scratch AS worker-database
COPY --from=asked /asked /

FROM tools AS installed
RUN --network=none --mount=type=bind,from=tools,target=/rootfs,rw <<SH
set -eu
dnf -y --installroot=/rootfs --releasever=9 install tree
mkdir /asked
find /rootfs -xdev -name 'ran-*' -printf '%P\n' | sort >/asked/ran
SH
FROM scratch AS with-scriptlets
COPY --from=installed /asked /
