# Installs a package of a foreign architecture into a foreign root with the build platform's apt and dpkg.
# $1 the root, $2 the folder for what changed, $3 the platform, $4 the package.
#
# Solved against the root's own dpkg status and sources; then unpacked with its maintainer scripts taken out, because
# dpkg would run them, and put back afterwards. A package without maintainer scripts is configured as well; one with
# them stays `unpacked`, which is what it is: its scripts run when the target first configures it.
set -eu
root=$1 delta=$2 platform=$3 package=$4
. /install/changes.sh

case $platform in
linux/amd64) architecture=amd64 ;;
linux/arm64) architecture=arm64 ;;
linux/arm/v7) architecture=armhf ;;
linux/arm/v5) architecture=armel ;;
linux/386) architecture=i386 ;;
linux/ppc64le) architecture=ppc64el ;;
linux/s390x) architecture=s390x ;;
linux/riscv64) architecture=riscv64 ;;
linux/mips64le) architecture=mips64el ;;
*) echo "apt has no architecture for $platform" >&2 && exit 1 ;;
esac

work=$(mktemp -d)
mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
cat >"$work/apt.conf" <<CONF
APT::Architecture "$architecture";
APT::Architectures "$architecture";
APT::Install-Recommends "false";
APT::Sandbox::User "root";
Acquire::Languages "none";
Acquire::Retries "3";
Dir::Etc "$root/etc/apt";
Dir::State "$work";
Dir::State::lists "$work/lists";
Dir::State::status "$root/var/lib/dpkg/status";
Dir::Cache "$work/cache";
Debug::NoLocking "true";
CONF
export APT_CONFIG="$work/apt.conf" DEBIAN_FRONTEND=noninteractive
apt-get -q update
apt-get -q -y --download-only install "$package"

remember "$root"
mkdir "$work/plain"
unconfigured=
for deb in "$work"/cache/archives/*.deb; do
  name=$(dpkg-deb --field "$deb" Package)
  dpkg-deb --raw-extract "$deb" "$work/tree"
  mkdir "$work/scripts"
  for script in preinst postinst prerm postrm config; do
    [ -e "$work/tree/DEBIAN/$script" ] && mv "$work/tree/DEBIAN/$script" "$work/scripts/"
  done
  # The root's files keep the owners that the package gives them.
  dpkg-deb -Znone --build "$work/tree" "$work/plain/$name.deb" >/dev/null
  step=--install
  if [ -n "$(ls "$work/scripts")" ]; then
    step=--unpack
    unconfigured="$unconfigured $name"
  fi
  # --force-depends: what a base has unpacked is not configured either, and a native dpkg takes `all` for its own.
  dpkg --root="$root" --log=/dev/null --force-architecture --force-depends --no-triggers "$step" "$work/plain/$name.deb"
  info=$root/var/lib/dpkg/info
  stem=$(basename "$(ls "$info/$name.list" "$info/$name:$architecture.list" 2>/dev/null | head -n 1)" .list)
  for script in "$work/scripts"/*; do
    [ -e "$script" ] && cp -p "$script" "$info/$stem.${script##*/}"
  done
  rm -r "$work/tree" "$work/scripts"
done

query() { dpkg-query --admindir="$root/var/lib/dpkg" --show --showformat="$1" "$package:$architecture"; }
cat >"$root/platform-marker.installed" <<JSON
{
  "manager": "apt",
  "package": "$package",
  "version": "$(query '${Version}')",
  "architecture": "$(query '${Architecture}')",
  "status": "$(query '${db:Status-Status}')",
  "unconfigured": "${unconfigured# }"
}
JSON
collect "$root" "$delta"
