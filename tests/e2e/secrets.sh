#!/usr/bin/env bash
# Takes a core dump of a waiting run with gdb's gcore. Checks that it contains neither the password nor a key.
set -euo pipefail
# Messages are compared in English.
export LANG=en_US.UTF-8
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

. tests/program.sh
run='' relay=''
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  as_root=(sudo -n)
fi
clean_up() {
  for process in $run $relay; do
    kill -KILL "$process" 2>/dev/null || true
    wait "$process" 2>/dev/null || true
  done
  "${as_root[@]}" rm -rf "$work"
}
trap clean_up EXIT

password=Hemmelig-Kode-7
login=$(printf '\0nyt@forening.example\0%s' "$password" | base64)
# A relay that accepts the login and never replies to MAIL. It writes its port and the last command to two files.
python3 - "$work/port" "$work/heard" <<'PYTHON' &
import socket, sys
listener = socket.create_server(("127.0.0.1", 0))
with open(sys.argv[1], "w") as port:
    print(listener.getsockname()[1], file=port)
talk = listener.accept()[0]
lines = talk.makefile("rwb", buffering=0)
lines.write(b"220 relay.example ESMTP\r\n")
for answer in [b"250-relay.example\r\n250 AUTH PLAIN\r\n", b"235 2.7.0 OK\r\n", b""]:
    heard = lines.readline()
    lines.write(answer)
with open(sys.argv[2], "wb") as last:
    last.write(heard)
talk.recv(1)
PYTHON
relay=$!
wait_for() {
  for _ in $(seq 300); do
    if [ -s "$1" ]; then return; fi
    sleep 0.1
  done
  echo "secrets.sh: $1 was not written in time" >&2
  exit 1
}
wait_for "$work/port"

"$newsletter" -q init "$work/project"
printf '%s' "$password" >"$work/password"
chmod 600 "$work/password"
"$newsletter" -q -C "$work/project" dkim keygen --type ed25519 --domain forening.example
cat >"$work/project/newsletter.yaml" <<YAML
name: Nyt
from: nyt@forening.example
postal_address: Gadevej 1
smtp: {host: localhost, port: $(cat "$work/port"), security: none, username: nyt@forening.example, password_file: $work/password}
dkim: [{domain: forening.example, selector: s, key_file: .newsletter/dkim/newsletter-ed25519.pem}]
YAML
mkdir -p "$work/project/audiences" "$work/project/issues"
printf 'name: Alle\nreason: du er med\nrecipients:\n  - anna@a.example\n' >"$work/project/audiences/all.yaml"
printf -- '---\nsubject: Nyt\npreheader: Nyt i maj\naudiences: [all]\n---\nHej\n' >"$work/project/issues/nyt.md"
"$newsletter" -C "$work/project" send "$work/project/issues/nyt.md" --yes >"$work/said" 2>&1 &
run=$!
wait_for "$work/heard"
grep -q '^MAIL FROM' "$work/heard"

"${as_root[@]}" gcore -o "$work/core" "$run" >"$work/gcore" 2>&1
for secret in "$password" "$login" "$(sed -n 2p "$work/project/.newsletter/dkim/newsletter-ed25519.pem")"; do
  if "${as_root[@]}" grep -aqF -- "$secret" "$work/core.$run"; then
    echo "secrets.sh: $secret is in the core dump" >&2
    exit 1
  fi
done
# Without the coredump filter that newsletter sets, the same search finds the password: so the search works.
"${as_root[@]}" sh -c "echo 0x33 >/proc/$run/coredump_filter"
"${as_root[@]}" gcore -o "$work/whole" "$run" >"$work/gcore" 2>&1
"${as_root[@]}" grep -aqF -- "$password" "$work/whole.$run"
echo "secrets.sh: passed"
