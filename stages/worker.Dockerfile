# The built-in subject: a worker image made the way a distro's own tools make one for a foreign platform.
#
#   target worker   the worker of each platform
#   BASE            the distro's base image
#   INSTALL         the package manager, or none: apt, dnf, microdnf, tdnf
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
# Downloaded packages are kept from build to build, for each distro with its release (which its base names) and platform,
# and one build at a time has them; the scripts say what of it they trust.
FROM tools AS install-apt
ARG BASE TARGETPLATFORM PACKAGE
RUN --mount=type=bind,from=root,target=/rootfs,rw \
    --mount=type=bind,source=install,target=/install \
    --mount=type=cache,id=platform-marker/apt/${BASE}/${TARGETPLATFORM},target=/packages,sharing=locked \
    sh /install/apt.sh /rootfs /delta /packages "${TARGETPLATFORM}" "${PACKAGE}"

# Neither microdnf nor tdnf can install for another architecture, so they first get dnf, for the build platform, with the
# programs that a minimal image lacks and the scripts call.
FROM tools AS tools-dnf
FROM tools AS tools-microdnf
RUN microdnf -y install dnf rpm findutils tar
FROM tools AS tools-tdnf
RUN tdnf -y install dnf rpm findutils tar

FROM tools-${INSTALL} AS install-rpm
ARG BASE TARGETPLATFORM PACKAGE RELEASE
RUN --mount=type=bind,from=root,target=/rootfs,rw \
    --mount=type=bind,source=install,target=/install \
    --mount=type=cache,id=platform-marker/dnf/${BASE}/${RELEASE}/${TARGETPLATFORM},target=/packages,sharing=locked \
    sh /install/dnf.sh /rootfs /delta /packages "${TARGETPLATFORM}" "${PACKAGE}" "${RELEASE}"

FROM root AS worker-none
FROM root AS worker-apt
COPY --from=install-apt /delta /
FROM root AS worker-rpm
COPY --from=install-rpm /delta /
FROM worker-rpm AS worker-dnf
FROM worker-rpm AS worker-microdnf
FROM worker-rpm AS worker-tdnf

FROM worker-${INSTALL} AS worker
