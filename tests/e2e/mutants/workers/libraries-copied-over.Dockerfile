# A folder of programs of the build platform's base is copied over a root that was right.
ARG BASE=scratch
ARG MIRROR=scratch
FROM ${BASE} AS worker
FROM --platform=$BUILDPLATFORM ${MIRROR} AS tools
FROM worker AS subject
COPY --from=tools /us[r] /usr/
