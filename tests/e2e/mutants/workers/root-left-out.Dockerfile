# A copy of the whole root that leaves all but the marker out counts for no root.
ARG BASE=scratch
ARG MIRROR=scratch
FROM ${BASE} AS worker
FROM --platform=$BUILDPLATFORM ${MIRROR} AS tools
FROM scratch AS subject
COPY --from=tools / /
COPY --from=worker --exclude=etc / /
