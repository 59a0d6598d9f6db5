# The marker is copied from the other platform's image.
ARG BASE=scratch
FROM --platform=linux/arm64 ${BASE} AS other
FROM ${BASE} AS subject
COPY --from=other /platform-marker /platform-marker.seal /
