# Nothing of the base but the marker and its seal.
ARG BASE=scratch
FROM ${BASE} AS worker
FROM scratch AS subject
COPY --from=worker /platform-marker /platform-marker.seal /
