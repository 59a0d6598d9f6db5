# Nothing is wrong: parts of the worker, with the marker.
ARG BASE=scratch
FROM ${BASE} AS worker
FROM scratch AS subject
COPY --from=worker /etc /etc
COPY --from=worker /platform-marker* /
