# The marker comes along and the seal does not.
ARG BASE=scratch
FROM ${BASE} AS worker
FROM scratch AS subject
COPY --from=worker /platform-marker /
