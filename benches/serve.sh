#!/usr/bin/env bash
# Measures `newsletter serve` with the program in target/release: so many readers (20,000 unless told otherwise) leave at
# once, each with a flush to disk before the answer, first with the ledger and then with a spool; then 10,000 connections that
# send nothing are opened, and one more reader leaves.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
readers=${1:-20000}
newsletter=$(realpath "${NEWSLETTER:-target/release/newsletter}")
work=$(mktemp -d "${TMPDIR:-/tmp}/newsletter-serve.XXXXXX")
server=''
clean_up() {
  if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; fi
  rm -rf "$work"
}
trap clean_up EXIT
# Each connection is an open file of the client and of the server.
ulimit -n "$(ulimit -H -n)"

"$newsletter" -q init "$work/project"
cd "$work/project"
cat >newsletter.yaml <<YAML
name: Nyt
from: nyt@forening.example
postal_address: Gadevej 1
unsubscribe: {url: "https://forening.example/afmeld/{token}"}
YAML
rm -rf audiences issues
mkdir audiences issues people
{ echo email; seq -f 'reader%08.0f@kommune.example' "$readers"; } >people/all.csv
printf 'name: Alle\nreason: du er med\npeople: people/all.csv\n' >audiences/all.yaml
printf -- '---\nsubject: Nyt\npreheader: Nyt i maj\naudiences: [all]\n---\nHej\n' >issues/nyt.md
# The tokens are in the ledger as soon as the letters are planned.
"$newsletter" -q send issues/nyt.md --yes --limit 1 >/dev/null 2>&1 || true
python3 -c '
import sqlite3
for token, in sqlite3.connect(".newsletter/ledger.db").execute("SELECT token FROM reader"): print(token)' >"$work/tokens"
cd - >/dev/null
echo "$(wc -l <"$work/tokens") readers"

serve() {
  : >"$work/said"
  "$newsletter" -C "$work/project" serve --listen 127.0.0.1:0 "$@" >"$work/said" &
  server=$!
  while [ ! -s "$work/said" ]; do sleep 0.05; done
  address=$(sed -n 's/^listening on //p' "$work/said")
}
for options in "" "--spool $work/spool"; do
  echo "-- ${options:+spool}${options:-ledger}" | sed 's/--spool .*//'
  # shellcheck disable=SC2086
  serve $options
  python3 -B benches/serve.py "$address" "$server" "$work/tokens"
  python3 -B - "$address" "$(head -n 1 "$work/tokens")" <<'PYTHON'
import socket, sys, time
host, port = sys.argv[1].rsplit(":", 1)
idle, refused = [], 0
for _ in range(10_000):
    try:
        idle.append(socket.create_connection((host, int(port)), timeout=5))
    except OSError:
        refused += 1
times = []
for _ in range(20):
    started = time.perf_counter()
    with socket.create_connection((host, int(port)), timeout=30) as stream:
        stream.sendall(f"POST /afmeld/{sys.argv[2]} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".encode())
        assert stream.recv(100).startswith(b"HTTP/1.1 200"), "it does not answer"
    times.append(1000 * (time.perf_counter() - started))
print(f"with {len(idle)} connections that send nothing ({refused} refused): {max(times):.0f} ms at most for one more reader")
PYTHON
  kill "$server"
  wait "$server" || true
  server=''
done
