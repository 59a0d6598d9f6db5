# Installs a package of a foreign architecture into a foreign root with the build platform's apt and dpkg.
# $1 the root, $2 the folder for what changed, $3 the folder that downloads are kept in, $4 the platform, $5 the package.
#
# Solved against the root's own dpkg status and sources; then unpacked with its maintainer scripts taken out, because
# dpkg would run them, and put back afterwards. A package without maintainer scripts is configured as well; one with
# them stays `unpacked`, which is what it is: its scripts run when the target first configures it.
set -eu
root=$1 delta=$2 kept=$3 platform=$4 package=$5
. /install/changes.sh
. /install/errors.sh
needs apt-get dpkg dpkg-deb find tar

case $platform in
linux/amd64*) architecture=amd64 ;;
linux/arm64*) architecture=arm64 ;;
linux/arm/v7 | linux/arm/v8) architecture=armhf ;;
linux/arm/v5 | linux/arm/v6) architecture=armel ;;
linux/386) architecture=i386 ;;
linux/ppc64le) architecture=ppc64el ;;
linux/s390x) architecture=s390x ;;
linux/riscv64) architecture=riscv64 ;;
linux/mips64le) architecture=mips64el ;;
linux/mipsle) architecture=mipsel ;;
linux/loong64) architecture=loong64 ;;
*) echo "apt has no architecture for $platform" >&2 && exit 1 ;;
esac

work=$(mktemp -d)
archives=$kept/archives
rm -rf "$archives/partial"
mkdir -p "$work/lists/partial" "$work/none/partial" "$archives/partial"
cat >"$work/apt.conf" <<CONF
APT::Architecture "$architecture";
APT::Architectures "$architecture";
APT::Install-Recommends "false";
APT::Sandbox::User "root";
APT::Update::Error-Mode "any";
Acquire::Languages "none";
Acquire::Retries "3";
Dir::Etc "$root/etc/apt";
Dir::State "$work";
Dir::State::lists "$work/lists";
Dir::State::status "$root/var/lib/dpkg/status";
Dir::Cache "$work";
Dir::Cache::archives "$archives";
Debug::NoLocking "true";
CONF
export APT_CONFIG="$work/apt.conf" DEBIAN_FRONTEND=noninteractive
# The indexes are fetched each time: apt takes those that it has already as they are.
apt_get() { telling '^(E: |W: GPG error)' apt-get -q "$@"; }
apt_get update

# The file of each package to install, with the checksum that the signed index has for it.
apt_get -y --print-uris -o Acquire::ForceHash=SHA256 -o Dir::Cache::archives="$work/none" install "$package" >"$work/solved"
grep "^'" "$work/solved" >"$work/fetched" || true
sed -n "s/^'.*' \([^ ]*\) [0-9]* SHA256:\([0-9a-f]*\)$/\2 \1/p" "$work/fetched" >"$work/wanted"
if [ "$(wc -l <"$work/fetched")" != "$(wc -l <"$work/wanted")" ]; then
  echo "the index has no SHA-256 of every package: $(grep -v SHA256 "$work/fetched" | head -n 1)" >&2
  exit 1
fi
is_whole() { echo "$1  $archives/$2" | sha256sum --check --status 2>/dev/null; }
# Of an earlier build only packages are kept, and apt takes one for the right one by its size.
while read -r sum deb; do
  is_whole "$sum" "$deb" || rm -f "$archives/$deb"
done <"$work/wanted"
apt_get autoclean
apt_get -y --download-only install "$package"

remember "$root"
mkdir "$work/plain"
unconfigured=
while read -r sum deb; do
  is_whole "$sum" "$deb" || { echo "$deb is not what the index says" >&2 && exit 1; }
  deb=$archives/$deb
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
done <"$work/wanted"

# What is configured already may have a trigger for what came: it is not processed, for that would run it.
pending=$(dpkg-query --admindir="$root/var/lib/dpkg" --show --showformat='${Package} ${db:Status-Status}\n' |
  sed -n 's/ triggers-.*$/ (triggers)/p' | tr '\n' ' ')
unconfigured=$(echo $unconfigured $pending)

query() { dpkg-query --admindir="$root/var/lib/dpkg" --show --showformat="$1" "$package:$architecture"; }
cat >"$root/platform-marker.installed" <<JSON
{
  "manager": "apt",
  "package": "$package",
  "version": "$(query '${Version}')",
  "architecture": "$(query '${Architecture}')",
  "status": "$(query '${db:Status-Status}')",
  "unconfigured": "$unconfigured"
}
JSON
collect "$root" "$delta"
