# Runs inside namespaces of the test's own: a registry and two BuildKit daemons, all on a loopback of their own, with no
# emulator in reach. One that ends takes all with it, so that nobody waits for it. $1: the test's folder;
# $2: docker-registry; $3: buildkitd.
set -eu
mount -t binfmt_misc none /proc/sys/fs/binfmt_misc
cd "$1"
keep() {
  log=$1
  shift
  "$@" >"$log" 2>&1 || true
  kill "$$"
}
keep registry.log env OTEL_TRACES_EXPORTER=none "$2" serve registry.yml &
for node in native foreign; do
  keep "$node.log" "$3" --config "$node.toml" &
done
wait
