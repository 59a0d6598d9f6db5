# A worker put together from parts of the base, without the marker.
ARG BASE=scratch
FROM ${BASE} AS worker
FROM scratch AS subject
COPY --from=worker /etc/ /etc/
