# What runs is a program of the build platform, but as an op of the worker's: an emulator may be put in front of it.
ARG BASE=scratch
FROM ${BASE} AS worker
FROM worker AS subject
ARG BUILDPLATFORM
COPY --from=kit /canary/${BUILDPLATFORM}/canary /canary
RUN --network=none ["/canary"]
