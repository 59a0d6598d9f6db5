# Installs a package of a foreign architecture into a foreign root with the build platform's dnf, 4 or 5.
# $1 the root, $2 the folder for what changed, $3 the folder that downloads are kept in, $4 the platform, $5 the package,
# $6 the release.
# Scriptlets are off: shell ones would need the target's shell, and Lua ones run natively even in a foreign root.
set -eu
root=$1 delta=$2 kept=$3 platform=$4 package=$5 release=$6
. /install/changes.sh
. /install/errors.sh
needs dnf rpm find tar

case $platform in
linux/amd64*) architecture=x86_64 ;;
linux/arm64*) architecture=aarch64 ;;
linux/ppc64le) architecture=ppc64le ;;
linux/s390x) architecture=s390x ;;
linux/riscv64) architecture=riscv64 ;;
*) echo "dnf has no architecture for $platform" >&2 && exit 1 ;;
esac

# Of an earlier build only packages are kept, which dnf checks against the index before it takes them. Indexes, what was
# made of them, and the keys that they were signed with are fetched each time: those it would take as they are.
find "$kept" ! -type d ! -name '*.rpm' -delete

remember "$root"
# dnf 4 uses these folders twice: some files as they are named, and others at the same place below the root.
mkdir -p "$kept/cache" "$kept/log"
# A repository that is down must not be left out without a word: what is solved without it is another install.
telling '^(Error|Failed|No match|Problem opening package|Public key for)' \
  dnf -y --forcearch="$architecture" --installroot="$root" --releasever="$release" \
  --setopt=cachedir="$kept/cache" --setopt=logdir="$kept/log" --setopt=keepcache=1 \
  --setopt=skip_if_unavailable=0 --setopt='*.skip_if_unavailable=0' \
  --setopt=install_weak_deps=0 --setopt=tsflags=noscripts,nodocs \
  install "$package"
rm -rf "${root:?}$kept"

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
