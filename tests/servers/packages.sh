#!/usr/bin/env bash
# Installs the programs that the tests start: it prints which packages are missing, and installs them with apt if it
# may. Otherwise it exits with 1.
#
#   packages.sh           prints the missing packages, and installs them
#   packages.sh --list    prints the missing packages, one per line, and installs nothing
set -euo pipefail

# Two test runs may start at the same time, and `apt-get update` does not wait for another one.
exec 9<"${BASH_SOURCE[0]}"
flock 9

declare -A package_of=(
  [/usr/sbin/postfix]=postfix
  [/usr/sbin/dovecot]=dovecot-core
  [/usr/lib/dovecot/imap]=dovecot-imapd
  [chromium]=chromium
  [gcore]=gdb
  [curl]=curl
  [/usr/sbin/nginx]=nginx-light
  [openssl]=openssl
  [ssh-keygen]=openssh-client
  [/usr/sbin/opendkim]=opendkim
  [opendkim-genkey]=opendkim-tools
  [/usr/bin/dknewkey]=python3-dkim
  [python3]=python3
  [jekyll]=jekyll
  [pandoc]=pandoc
  [/usr/sbin/nsd]=nsd
  [/usr/sbin/unbound]=unbound
  [zsh]=zsh
  [fish]=fish
  [man]=man-db
  [systemd-analyze]=systemd
  [crontab]=cron
  [jq]=jq
  [lintian]=lintian
  [dpkg-shlibdeps]=dpkg-dev
  [adduser]=adduser
)

missing=()
for program in "${!package_of[@]}"; do
  command -v "$program" >/dev/null || missing+=("${package_of[$program]}")
done
# Debian does not put the programs of a PostgreSQL server in PATH.
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing+=(postgresql)
# Debian's Python has `venv` even without python3-venv, but then lacks `ensurepip`, which `venv` needs.
python3 -c 'import venv, ensurepip' 2>/dev/null || missing+=(python3-venv)
/usr/bin/python3 -c 'import nacl' 2>/dev/null || missing+=(python3-nacl)
/usr/bin/python3 -c 'import icalendar' 2>/dev/null || missing+=(python3-icalendar)
/usr/bin/python3 -c 'import feedparser' 2>/dev/null || missing+=(python3-feedparser)
/usr/bin/python3 -c 'import jsonschema' 2>/dev/null || missing+=(python3-jsonschema)
/usr/bin/python3 -c 'import yaml' 2>/dev/null || missing+=(python3-yaml)
/usr/bin/python3 -c 'import vobject' 2>/dev/null || missing+=(python3-vobject)
[ -e /usr/share/bash-completion/bash_completion ] || missing+=(bash-completion)
perl -MMail::DKIM -MNet::DNS -e 1 2>/dev/null || missing+=(libmail-dkim-perl)
# Liberation Sans is as wide as the Arial that readers have; with a wider font, pages that fit a phone would fail.
[ -d /usr/share/fonts/truetype/liberation ] || [ -d /usr/share/fonts/truetype/liberation2 ] || missing+=(fonts-liberation)
if [ "${1:-}" = --list ]; then
  [ ${#missing[@]} -eq 0 ] || printf '%s\n' "${missing[@]}"
  exit 0
fi
[ ${#missing[@]} -gt 0 ] || exit 0

cat >&2 <<TEXT
The tests need these packages, which are not installed here:

  ${missing[*]}

They start separate servers in a temporary folder, on free ports of this machine. Debian and Ubuntu also start
some of these packages as services once they are installed.
TEXT
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  as_root=(sudo -n)
fi
if ! command -v apt-get >/dev/null || ! "${as_root[@]}" true 2>/dev/null; then
  echo "Install them by hand: there is no apt-get here, or neither root nor sudo without a password." >&2
  exit 1
fi

echo "Installing them now with: ${as_root[*]+${as_root[*]} }apt-get install ${missing[*]}" >&2
# Postfix asks during installation how to configure this machine: not at all. The tests have their own configuration.
selections='postfix postfix/main_mailer_type select No configuration'
"${as_root[@]}" debconf-set-selections <<<"$selections"
apt=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300)
"${as_root[@]}" "${apt[@]}" update
"${as_root[@]}" "${apt[@]}" install --yes --no-install-recommends "${missing[@]}" </dev/null >&2
