# The marker image is a source of the build, and the worker is made of something else.
ARG BASE=scratch
ARG MIRROR=scratch
FROM ${BASE} AS worker
FROM ${MIRROR} AS subject
COPY --from=worker /etc/os-release /etc/os-release.marked
ARG TARGETPLATFORM
COPY --from=kit /forged/${TARGETPLATFORM}/ /
