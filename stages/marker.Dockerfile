# The marker image: a distro's base of each platform, plus /platform-marker, which names that platform.
# Cross-copy only: nothing here runs, so no emulator is needed for a foreign platform.
#
# Named contexts:
#   base    the distro's base image
#   marker  <os>/<arch>[/<variant>]/platform-marker for each platform, and platform-marker.seal beside it
#           where the markers are sealed: the wildcard finds none in a plain `docker buildx bake marker`
FROM base
ARG TARGETPLATFORM
COPY --from=marker --chmod=0644 /${TARGETPLATFORM}/platform-marker /${TARGETPLATFORM}/platform-marker.sea[l] /
