# A canary: a program that only exits, of the platform it is named for. Whether it runs tells whether the builder can
# run that platform's programs. `op` is run as an op of the platform that is built for, whatever the canary is of.
FROM scratch
COPY canary /canary
RUN --network=none ["/canary"]
