# Gives root subordinate ids for this process tree alone, then runs the rest of the arguments.
# $1: a file of subordinate ids. Runs in a mount namespace of its own, so the system's files stay as they are.
set -eu
mount --bind "$1" /etc/subuid
mount --bind "$1" /etc/subgid
shift
exec "$@"
