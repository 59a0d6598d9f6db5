# Nothing is wrong: a layer that nothing ran in, merged over the worker.
ARG BASE=scratch
FROM ${BASE} AS worker
FROM --platform=$BUILDPLATFORM ${BASE} AS tools
ARG BUILDPLATFORM
COPY --from=kit /canary/${BUILDPLATFORM}/canary /canary
RUN --network=none --mount=type=bind,from=worker,target=/mnt,rw ["/canary"]
FROM worker AS subject
COPY --link --from=tools /canary /opt/canary
COPY --link --from=tools / /opt/sysroot
