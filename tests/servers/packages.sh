#!/usr/bin/env bash
# Installs the programs that the tests start, with apt if that is possible. Otherwise it lists the missing packages and
# exits with 1.
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
# Debian does not put the programs of a PostgreSQL server in PATH.
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing+=(postgresql)
# Debian's Python has `venv` even without python3-venv, but then lacks `ensurepip`, which `venv` needs.
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
  echo "Install them by hand: there is no apt-get here, or neither root nor sudo without a password." >&2
  exit 1
fi

echo "Installing for the tests: ${missing[*]}" >&2
# Postfix asks during installation how to configure this machine: not at all. The tests have their own configuration,
# and the services of the machine do not change.
selections='postfix postfix/main_mailer_type select No configuration'
"${as_root[@]}" debconf-set-selections <<<"$selections"
apt=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300)
"${as_root[@]}" "${apt[@]}" update
"${as_root[@]}" "${apt[@]}" install --yes --no-install-recommends "${missing[@]}" </dev/null >&2
