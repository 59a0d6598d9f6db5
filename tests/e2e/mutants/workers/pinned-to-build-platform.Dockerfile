# Meant for the stage that holds the tools, and left on the one that becomes the worker.
ARG BASE=scratch
FROM --platform=$BUILDPLATFORM ${BASE} AS worker
FROM worker AS subject
