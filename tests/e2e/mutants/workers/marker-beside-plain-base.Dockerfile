# Marker and seal are copied beside the build platform's plain base.
ARG BASE=scratch
ARG MIRROR=scratch
FROM ${BASE} AS worker
FROM --platform=$BUILDPLATFORM ${MIRROR} AS subject
COPY --from=worker /platform-marker /platform-marker.seal /
