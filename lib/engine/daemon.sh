# Runs inside the engine's own user, mount, process and network namespaces.
# $1: the run's folder; $2: the engine's state; $3: `seal` or `open`; the rest: dockerd and its arguments.
set -eu
run=$1 state=$2 seal=$3
shift 3
# A sealed engine must not find in its cache what an open one built, perhaps with an emulator.
data=open
# Since Linux 6.7 binfmt_misc belongs to the user namespace: a fresh mount is empty, and hides the host's handlers.
if [ "$seal" = seal ]; then
  if reason=$(mount -t binfmt_misc none /proc/sys/fs/binfmt_misc 2>&1); then
    handlers=$(ls /proc/sys/fs/binfmt_misc | grep -vx -e register -e status || true)
    if [ -z "$handlers" ]; then
      data=sealed
      echo sealed >"$run/seal"
    else
      echo "its binfmt_misc is not empty: $handlers" >"$run/seal"
    fi
  else
    echo "$reason" >"$run/seal"
  fi
else
  echo open >"$run/seal"
fi
# rootlesskit copies /run up: what a Docker of the host's has there is not ours.
rm -rf /run/docker /run/containerd /run/xtables.lock
exec "$@" --data-root "$state/$data"
