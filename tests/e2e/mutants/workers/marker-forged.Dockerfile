# A marker of its own, with a seal made up, on a base that was never marked.
ARG MIRROR=scratch
FROM ${MIRROR} AS subject
ARG TARGETPLATFORM
COPY --from=kit /forged/${TARGETPLATFORM}/ /
