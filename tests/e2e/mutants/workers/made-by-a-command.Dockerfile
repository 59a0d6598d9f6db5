# A command of the build platform brings the files, from where nobody can tell, and the marker is copied beside them.
ARG BASE=scratch
FROM ${BASE} AS worker
FROM --platform=$BUILDPLATFORM ${BASE} AS tools
ARG BUILDPLATFORM
COPY --from=kit /canary/${BUILDPLATFORM}/canary /out/canary
RUN --network=none ["/out/canary"]
FROM scratch AS subject
COPY --from=tools /out /
COPY --from=worker /platform-marker /platform-marker.seal /
