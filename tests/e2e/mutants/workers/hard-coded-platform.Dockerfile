# Written on the machine of the one who wrote it.
ARG BASE=scratch
FROM --platform=linux/arm64 ${BASE} AS worker
FROM worker AS subject
