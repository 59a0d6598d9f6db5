# Workers that are broken on purpose. Every run builds them, and none of them may pass.
#
#   target honest     nothing is broken: for controls whose marker image is
#   target pinned     the base of the build platform, whatever platform is asked for
#   target bypassed   the plain base, whichever way the marker image is offered
#   BASE              the distro's base image
#
# Named context:
#   plain   the distro's base without a marker
# A named context called as the target's stage replaces it, as it would in a frontend that takes a worker context.
ARG BASE=scratch

FROM ${BASE} AS honest

FROM --platform=$BUILDPLATFORM ${BASE} AS pinned

FROM plain AS bypassed
