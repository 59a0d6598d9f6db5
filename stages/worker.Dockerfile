# The built-in subject: a worker image made the way a distro's own tools make one for a foreign platform.
#
#   target worker   the worker of each platform
#   BASE            the distro's base image
#   INSTALL         the package manager, or none: apt, dnf, tdnf
#   PACKAGE         a small package to install
#   RELEASE         the distro's release, where the package manager has to be told
#
# A named context called `worker` replaces the target: it is returned as it is and nothing runs.
# Otherwise the worker starts from BASE, and the tools of the build platform's BASE install the package, of the target's
# architecture, into it. No program of the target ever runs: every RUN below is of the build platform.
ARG BASE=scratch
ARG INSTALL=none

FROM --platform=$BUILDPLATFORM ${BASE} AS tools
FROM ${BASE} AS root

# The root is mounted for writing and what is written there is thrown away; what the install changed comes out in
# /delta, so that the worker keeps the base's own layers and configuration.
FROM tools AS install-apt
ARG TARGETPLATFORM PACKAGE
RUN --mount=type=bind,from=root,target=/rootfs,rw \
    --mount=type=bind,source=install,target=/install \
    sh /install/apt.sh /rootfs /delta "${TARGETPLATFORM}" "${PACKAGE}"

FROM tools AS install-dnf
ARG TARGETPLATFORM PACKAGE RELEASE
RUN --mount=type=bind,from=root,target=/rootfs,rw \
    --mount=type=bind,source=install,target=/install \
    sh /install/dnf.sh /rootfs /delta "${TARGETPLATFORM}" "${PACKAGE}" "${RELEASE}"

# tdnf cannot install for another architecture, so it first gets dnf, for the build platform.
FROM tools AS tools-tdnf
RUN tdnf -y install dnf
FROM tools-tdnf AS install-tdnf
ARG TARGETPLATFORM PACKAGE RELEASE
RUN --mount=type=bind,from=root,target=/rootfs,rw \
    --mount=type=bind,source=install,target=/install \
    sh /install/dnf.sh /rootfs /delta "${TARGETPLATFORM}" "${PACKAGE}" "${RELEASE}"

FROM root AS worker-none
FROM root AS worker-apt
COPY --from=install-apt /delta /
FROM root AS worker-dnf
COPY --from=install-dnf /delta /
FROM root AS worker-tdnf
COPY --from=install-tdnf /delta /

FROM worker-${INSTALL} AS worker
