# A worker put together from parts: the marker of the right platform, the rest of the build platform's base.
ARG BASE=scratch
ARG MIRROR=scratch
FROM ${BASE} AS worker
FROM --platform=$BUILDPLATFORM ${MIRROR} AS tools
FROM scratch AS subject
COPY --from=tools /us[r] /usr/
COPY --from=worker /platform-marker /platform-marker.seal /
