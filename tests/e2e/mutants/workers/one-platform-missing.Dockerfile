# Nobody wrote the stage of the other platform.
ARG BASE=scratch
ARG TARGETARCH
FROM ${BASE} AS worker
FROM worker AS subject-amd64
FROM subject-${TARGETARCH} AS subject
