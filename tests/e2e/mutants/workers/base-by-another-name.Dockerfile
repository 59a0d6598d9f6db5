# The base comes from a mirror that nobody converts.
ARG MIRROR=scratch
FROM ${MIRROR} AS worker
FROM worker AS subject
