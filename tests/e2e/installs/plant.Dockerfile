# What an earlier build may have left in the folder of a distro's kept downloads.
#
#   target plant-apt, plant-dnf   fills the folder with the very script that installs, and spoils all that it kept: each
#                                 package becomes the build platform's, under the same name and as long, the rest is cut off
#   target kept-apt, kept-dnf     the checksums of the packages that are kept now, and of those that the index names
#
# BASE is the distro's base as distros.yaml names it. Named contexts: base, install
FROM --platform=$BUILDPLATFORM base AS tools
FROM base AS root

FROM tools AS planted-apt
ARG BASE TARGETPLATFORM
RUN --mount=type=bind,from=root,target=/rootfs,rw --mount=type=bind,from=install,target=/install \
  --mount=type=cache,id=platform-marker/apt/${BASE}/${TARGETPLATFORM},target=/packages <<SH
set -eu
sh /install/apt.sh /rootfs /delta /packages "$TARGETPLATFORM" tree
mkdir -p /asked
for deb in /packages/archives/*_arm64.deb; do
  size=$(stat --format=%s "$deb")
  cp "/srv/apt/pool/$(basename "$deb" arm64.deb)amd64.deb" "$deb"
  truncate --size="$size" "$deb"
  basename "$deb" >>/asked/spoilt
done
SH
FROM scratch AS plant-apt
COPY --from=planted-apt /asked /

FROM tools AS planted-dnf
ARG BASE TARGETPLATFORM
RUN --mount=type=bind,from=root,target=/rootfs,rw --mount=type=bind,from=install,target=/install \
  --mount=type=cache,id=platform-marker/dnf/${BASE}/9/${TARGETPLATFORM},target=/packages <<SH
set -eu
sh /install/dnf.sh /rootfs /delta /packages "$TARGETPLATFORM" tree 9
mkdir -p /asked
find /packages -type f | while read -r file; do
  case $file in
  *.rpm)
    size=$(stat --format=%s "$file")
    cp "/srv/repository/9/x86_64/$(basename "$file" aarch64.rpm)x86_64.rpm" "$file"
    truncate --size="$size" "$file"
    basename "$file" >>/asked/spoilt
    ;;
  *) truncate --size=9 "$file" ;;
  esac
done
SH
FROM scratch AS plant-dnf
COPY --from=planted-dnf /asked /

FROM tools AS left-apt
ARG BASE TARGETPLATFORM
RUN --mount=type=cache,id=platform-marker/apt/${BASE}/${TARGETPLATFORM},target=/packages <<SH
mkdir /asked
cd /packages/archives && sha256sum *.deb >/asked/kept
cd /srv/apt/pool && sha256sum libtree_2.1-1_arm64.deb tree_2.1-1_arm64.deb >/asked/right
SH
FROM scratch AS kept-apt
COPY --from=left-apt /asked /

FROM tools AS left-dnf
ARG BASE TARGETPLATFORM
RUN --mount=type=cache,id=platform-marker/dnf/${BASE}/9/${TARGETPLATFORM},target=/packages <<SH
mkdir /asked
cd /packages/cache/*/packages && sha256sum *.rpm >/asked/kept
cd /srv/repository/9/aarch64 && sha256sum libtree-2.1-1.aarch64.rpm tree-2.1-1.aarch64.rpm >/asked/right
SH
FROM scratch AS kept-dnf
COPY --from=left-dnf /asked /
