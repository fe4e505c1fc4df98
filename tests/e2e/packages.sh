#!/usr/bin/env bash
# Makes the Debian package, and installs, updates, removes and purges it in a copy of this machine's files that is thrown away: units
# that systemd accepts and rates as hardened, man pages, completion, a project whose ledger stays. Needs root, or sudo without a password.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
export LANG=C.UTF-8

. tests/program.sh
# A package of invented people, built fast, since it is only for this test.
export DEBFULLNAME="Karen Holm" DEBEMAIL=karen.holm@forening.example DPKG_DEB_COMPRESSOR_TYPE=gzip DPKG_DEB_COMPRESSOR_LEVEL=1
export SOURCE_DATE_EPOCH=1780000000
mkdir "$work/packages" "$work/again" "$work/newer"
package=$(packaging/deb "$newsletter" "$work/packages")
echo "-- $(basename "$package")"
packaging/deb "$newsletter" "$work/again" >/dev/null
cmp "$package" "$work/again/$(basename "$package")" || { echo "packages.sh: the second package is another one" >&2; exit 1; }
lintian --allow-root --fail-on error,warning --suppress-tags bogus-mail-host "$package"

# The next version of the same.
dpkg-deb --raw-extract "$package" "$work/newer/root"
sed -i 's/^Version: .*/Version: 99.0-1/' "$work/newer/root/DEBIAN/control"
dpkg-deb --root-owner-group --build "$work/newer/root" "$work/packages/newer.deb" >/dev/null
mv "$package" "$work/packages/first.deb"

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  as_root=(sudo -n)
fi
cp tests/servers/installed.sh "$work/packages"
# Changes are in memory, and gone with the namespace.
"${as_root[@]}" unshare --mount --pid --fork --propagation private bash -euo pipefail -c '
  mount -t tmpfs -o size=2g none "$1/newer"
  mkdir "$1/newer/changes" "$1/newer/work" "$1/newer/root"
  mount -t overlay -o "lowerdir=/,upperdir=$1/newer/changes,workdir=$1/newer/work" none "$1/newer/root"
  cd "$1/newer/root"
  mount --rbind /dev dev
  mount -t proc none proc
  mkdir -p packages changes && mount --bind "$1/packages" packages && mount --bind "$1/newer/changes" changes
  mount -t tmpfs none run
  mount -t tmpfs none srv
  exec chroot . env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive bash /packages/installed.sh
' bash "$work"
echo "The package installs, updates and leaves cleanly."
