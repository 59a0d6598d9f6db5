# Installs a package of a foreign architecture into a foreign root with the build platform's dnf.
# $1 the root, $2 the folder for what changed, $3 the platform, $4 the package, $5 the release.
# Scriptlets are off: shell ones would need the target's shell, and Lua ones run natively even in a foreign root.
set -eu
root=$1 delta=$2 platform=$3 package=$4 release=$5
. /install/changes.sh

case $platform in
linux/amd64*) architecture=x86_64 ;;
linux/arm64) architecture=aarch64 ;;
linux/ppc64le) architecture=ppc64le ;;
linux/s390x) architecture=s390x ;;
linux/riscv64) architecture=riscv64 ;;
*) echo "dnf has no architecture for $platform" >&2 && exit 1 ;;
esac

remember "$root"
# dnf 4 uses these folders twice: some files as they are named, and others at the same place below the root.
work=/platform-marker.work
mkdir -p "$work/cache" "$work/log"
# A repository that is down must not be left out without a word: what is solved without it is another install.
dnf -y --forcearch="$architecture" --installroot="$root" --releasever="$release" \
  --setopt=cachedir="$work/cache" --setopt=logdir="$work/log" \
  --setopt=skip_if_unavailable=0 --setopt='*.skip_if_unavailable=0' \
  --setopt=install_weak_deps=0 --setopt=tsflags=noscripts,nodocs \
  install "$package"
rm -rf "${root:?}$work"

query() { rpm --root "$root" --query --queryformat "$1" "$package"; }
cat >"$root/platform-marker.installed" <<JSON
{
  "manager": "dnf",
  "package": "$package",
  "version": "$(query '%{VERSION}-%{RELEASE}')",
  "architecture": "$(query '%{ARCH}')",
  "status": "installed",
  "unconfigured": "scriptlets of every package"
}
JSON
collect "$root" "$delta"
