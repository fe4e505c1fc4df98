#!/usr/bin/env bash
# Makes sure that what the tests start themselves is installed: with apt where that is allowed, otherwise it says
# what is missing and ends with 1.
set -euo pipefail

# Two test runs may begin at once, and apt does not wait for another `update`.
exec 9<"${BASH_SOURCE[0]}"
flock 9

declare -A package_of=(
  [/usr/sbin/postfix]=postfix
  [/usr/sbin/dovecot]=dovecot-core
  [/usr/lib/dovecot/imap]=dovecot-imapd
  [chromium]=chromium
  [gcore]=gdb
  [openssl]=openssl
  [/usr/sbin/opendkim]=opendkim
  [opendkim-genkey]=opendkim-tools
  [/usr/bin/dknewkey]=python3-dkim
  [python3]=python3
)

missing=()
for program in "${!package_of[@]}"; do
  command -v "$program" >/dev/null || missing+=("${package_of[$program]}")
done
# Debian keeps the programs of a PostgreSQL server out of PATH.
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing+=(postgresql)
# `venv` is there without `ensurepip` where Debian's python3-venv is not installed.
python3 -c 'import venv, ensurepip' 2>/dev/null || missing+=(python3-venv)
/usr/bin/python3 -c 'import nacl' 2>/dev/null || missing+=(python3-nacl)
perl -MMail::DKIM -MNet::DNS -e 1 2>/dev/null || missing+=(libmail-dkim-perl)
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  as_root=(sudo -n)
fi
if ! command -v apt-get >/dev/null || ! "${as_root[@]}" true 2>/dev/null; then
  echo "The tests need these packages: ${missing[*]}." >&2
  echo "They can only be installed here by hand: there is no apt-get, or neither root nor sudo without a password." >&2
  exit 1
fi

echo "Installing for the tests: ${missing[*]}" >&2
# Postfix asks what kind of mail server this machine is to be: none. The tests bring their own configuration, and the
# machine's own services are left as they are.
selections='postfix postfix/main_mailer_type select No configuration'
"${as_root[@]}" debconf-set-selections <<<"$selections"
apt=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300)
"${as_root[@]}" "${apt[@]}" update
"${as_root[@]}" "${apt[@]}" install --yes --no-install-recommends "${missing[@]}" </dev/null >&2
