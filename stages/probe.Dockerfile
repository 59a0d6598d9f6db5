# The probe: carries the evidence out of a subject's worker, for each platform, without running anything.
# Each path ends in a wildcard: what is not there is missing from the probe, and the checker says so.
#
# Named context:
#   worker   what the subject made
# PROGRAM    a program of the worker's, as such a pattern
FROM scratch AS worker

FROM scratch
COPY --from=worker /platform-marke[r] /platform-marker.sea[l] /platform-marker.installe[d] /
# Programs that a distro's base has, where it has any: a marker can be copied beside another platform's root, they tell.
COPY --from=worker /us[r]/bi[n]/en[v] /us[r]/bi[n]/ap[t] /us[r]/bi[n]/rp[m] /witness/
ARG PROGRAM=/platform-marker.progra[m]
COPY --from=worker ${PROGRAM} /program/
