# The image of another platform, seal and all, under a marker that says what is wanted.
ARG BASE=scratch
FROM --platform=linux/arm64 ${BASE} AS subject
ARG TARGETPLATFORM
COPY --from=kit /forged/${TARGETPLATFORM}/platform-marker /
