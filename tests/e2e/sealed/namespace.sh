# Runs in a user and mount namespace that has no ids yet, and waits until standard input says that it has.
set -eu
echo ready
read -r _
exec "$@" </dev/null
