#!/usr/bin/env bash
# Run by tests/e2e/packages.sh as root in a copy of the machine's files: installs /packages/first.deb and uses it as an administrator.
set -euo pipefail
fail() {
  echo "packages.sh: $*" >&2
  exit 1
}
# The files that differ from the machine's, as overlayfs keeps them.
changed() {
  (cd /changes && find . \( -path ./var/lib/dpkg -o -path ./var/cache -o -path ./var/log -o -path ./srv \) -prune -o ! -type d -print) | sort
}
if getent passwd newsletter >/dev/null; then
  deluser --quiet newsletter
fi
# Nothing may be started here, as in a container.
printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
chmod +x /usr/sbin/policy-rc.d
mkdir -p /etc/dpkg/dpkg.cfg.d && rm -f /etc/dpkg/dpkg.cfg.d/* # Minimal images leave man pages out.
changed >/run/before

echo "-- installed"
dpkg --install /packages/first.deb >/run/dpkg.log 2>&1 || fail "dpkg: $(cat /run/dpkg.log)"
newsletter --version
[ "$(stat --format='%U %a' /var/lib/newsletter)" = "newsletter 700" ] || fail "/var/lib/newsletter: $(stat /var/lib/newsletter)"

echo "-- units"
units=("newsletter@srv-nyhedsbrev.timer" "newsletter@srv-nyhedsbrev.service" "newsletter-serve@srv-nyhedsbrev.socket"
  "newsletter-serve@srv-nyhedsbrev.service")
# It also warns of units of other packages.
systemd-analyze verify "${units[@]}" 2>&1 | tee /run/verify | grep newsletter && fail "systemd-analyze verify: $(cat /run/verify)"
for service in newsletter newsletter-serve; do
  systemd-analyze security --offline=true --threshold=25 --no-pager "/lib/systemd/system/$service@.service" >/run/security ||
    fail "$service: $(tail -1 /run/security)"
  tail -1 /run/security
done

echo "-- man pages and completion"
man --warnings=w newsletter-run 2>/run/man.err | grep -q 'newsletter run' || fail "no man page of run"
[ ! -s /run/man.err ] || fail "man: $(cat /run/man.err)"
python3 - <<'PYTHON'
import os, pty, select, time
pid, fd = pty.fork()
if pid == 0:
    os.environ.update(PS1="$ ", TERM="dumb")
    os.execvp("bash", ["bash", "--norc", "--noprofile", "-i"])
def read_until(end):
    text, deadline = b"", time.monotonic() + 30
    while end not in text:
        if not select.select([fd], [], [], deadline - time.monotonic())[0]:
            raise SystemExit(f"packages.sh: bash printed no {end!r}: {text!r}")
        text += os.read(fd, 4096)
    return text
# As ~/.bashrc of Debian does; the package's script is loaded at the first Tab.
os.write(fd, b"bind 'set enable-bracketed-paste off'; . /usr/share/bash-completion/bash_completion; echo re''ady\n")
read_until(b"\nready\r\n")
os.write(fd, b"newsletter sched\t--cront\t\x01echo '[\x05]'\n")
read_until(b"[newsletter schedule --crontab ]\r\n")
PYTHON

echo "-- a project"
install -d -o newsletter -g newsletter /srv/nyhedsbrev
as_user() {
  setpriv --reuid=newsletter --regid=newsletter --init-groups env HOME=/var/lib/newsletter "$@"
}
cd /srv/nyhedsbrev
as_user newsletter -q init .
as_user sed -i '/^draft: true$/d; s/\[Skriv[^]]*\]/Nyt/' issues/velkommen.md
as_user newsletter -q send issues/velkommen.md --yes
[ "$(find outbox -type f | wc -l)" -eq 2 ] || fail "not two letters: $(find outbox)"
sum=$(sha256sum .newsletter/ledger.db)
as_user newsletter schedule --systemd --lang en >/run/systemd.txt
diff /run/systemd.txt - <<'TEXT' || fail "schedule --systemd prints something else"
# As root:
#   systemctl enable --now newsletter@srv-nyhedsbrev.timer
# `systemctl list-timers` shows when it starts next, and `journalctl --unit='newsletter@srv-nyhedsbrev'` what it did.
TEXT
[ "newsletter@$(systemd-escape --path /srv/nyhedsbrev)" = newsletter@srv-nyhedsbrev ] || fail "systemd-escape: $(systemd-escape --path /srv/nyhedsbrev)"
as_user newsletter schedule --crontab >/run/crontab 2>&1
crontab -n /run/crontab >/run/crontab.log 2>&1 || fail "crontab: $(cat /run/crontab /run/crontab.log)"
systemctl --quiet enable newsletter@srv-nyhedsbrev.timer newsletter-serve@srv-nyhedsbrev.socket

echo "-- updated"
dpkg --install /packages/newer.deb >/run/dpkg.log 2>&1 || fail "dpkg: $(cat /run/dpkg.log)"
[ "$(dpkg-query --show --showformat='${Version}' newsletter)" = 99.0-1 ] || fail "not updated"
systemctl --quiet is-enabled newsletter@srv-nyhedsbrev.timer || fail "the timer is off after an update"
[ "$(sha256sum .newsletter/ledger.db)" = "$sum" ] || fail "the update changed the ledger"
as_user newsletter --lang en status issues/velkommen.md | grep -q '2 in the outbox' || fail "the ledger is not read after an update"

echo "-- removed and purged"
dpkg --remove newsletter >/run/dpkg.log 2>&1 || fail "dpkg: $(cat /run/dpkg.log)"
dpkg --purge newsletter >/run/dpkg.log 2>&1 || fail "dpkg: $(cat /run/dpkg.log)"
[ "$(sha256sum .newsletter/ledger.db)" = "$sum" ] || fail "the ledger is gone or changed"
# What stays: the user who owns the project, and what this machine remembers of letters that were sent.
left=$(changed | comm -13 /run/before - | grep -vE '^\./(var/lib/newsletter/|etc/(\.pwd\.lock|passwd|group|g?shadow|sub[ug]id)-?$|root/|tmp/)' || true)
[ -z "$left" ] || fail "left behind: $left"
# To overlayfs, a device is a file that is gone.
gone=$(find /changes -type c ! -path '/changes/etc/dpkg/dpkg.cfg.d/*')
[ -z "$gone" ] || fail "files of others are gone: $gone"
