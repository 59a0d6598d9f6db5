# An op of the build platform, as it should be, that runs a program of the worker's: chroot, or dpkg --configure.
ARG BASE=scratch
FROM ${BASE} AS worker
FROM --platform=$BUILDPLATFORM scratch AS tools
ARG TARGETPLATFORM
COPY --from=kit /canary/${TARGETPLATFORM}/canary /rootfs/canary
RUN --network=none ["/rootfs/canary"]
FROM worker AS subject
COPY --from=tools /rootfs/canary /canary
