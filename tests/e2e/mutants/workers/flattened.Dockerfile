# Nothing is wrong: the worker in one layer, after a native command had it below a folder of its tools.
ARG BASE=scratch
FROM ${BASE} AS worker
FROM --platform=$BUILDPLATFORM ${BASE} AS tools
ARG BUILDPLATFORM
COPY --from=kit /canary/${BUILDPLATFORM}/canary /canary
COPY --from=worker / /rootfs/
RUN --network=none ["/canary"]
FROM scratch AS subject
COPY --from=tools /rootfs/ /
