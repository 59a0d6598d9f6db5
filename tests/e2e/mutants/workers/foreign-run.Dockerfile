# A program of the worker's own platform runs in it.
ARG BASE=scratch
FROM ${BASE} AS worker
FROM worker AS subject
ARG TARGETPLATFORM
COPY --from=kit /canary/${TARGETPLATFORM}/canary /canary
RUN --network=none ["/canary"]
