# A marker of its own over the marker of the base, which is of the wrong platform.
ARG BASE=scratch
FROM --platform=$BUILDPLATFORM ${BASE} AS worker
FROM worker AS subject
ARG TARGETPLATFORM
COPY --from=kit /forged/${TARGETPLATFORM}/ /
