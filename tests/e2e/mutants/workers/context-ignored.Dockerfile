# The worker context is looked for by another name.
ARG BASE=scratch
FROM ${BASE} AS builder
FROM builder AS subject
