# Nothing is wrong: a worker made from the base, or the worker context that takes its place.
ARG BASE=scratch
FROM ${BASE} AS worker
FROM worker AS subject
