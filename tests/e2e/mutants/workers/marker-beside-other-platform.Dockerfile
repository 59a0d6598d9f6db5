# Marker and seal are copied from the right platform's image into the other platform's.
ARG BASE=scratch
FROM ${BASE} AS worker
FROM --platform=$BUILDPLATFORM ${BASE} AS other
FROM other AS subject
COPY --from=worker /platform-marker /platform-marker.seal /
