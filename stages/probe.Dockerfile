# The probe: carries the evidence out of a subject's worker, for each platform, without running anything.
# Each path ends in a wildcard: what is not there is missing from the probe, and the checker says so.
#
# Named context:
#   worker   what the subject made
# PROGRAM    a program of the worker's, as such a pattern
FROM scratch AS worker

FROM scratch
COPY --from=worker /platform-marke[r] /platform-marker.sea[l] /platform-marker.installe[d] /
ARG PROGRAM=/platform-marker.progra[m]
COPY --from=worker ${PROGRAM} /program/
