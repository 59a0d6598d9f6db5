# Runs inside namespaces of the test's own: a registry and two BuildKit daemons, all on a loopback of their own, with no
# emulator in reach. $1: the test's folder; $2: docker-registry; $3: buildkitd.
set -eu
mount -t binfmt_misc none /proc/sys/fs/binfmt_misc
cd "$1"
OTEL_TRACES_EXPORTER=none "$2" serve registry.yml >registry.log 2>&1 &
for node in native foreign; do
  "$3" --config "$node.toml" >"$node.log" 2>&1 &
done
wait
