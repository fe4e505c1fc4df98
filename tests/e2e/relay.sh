#!/usr/bin/env bash
# Sends every example through a real relay. Checks that every recipient's letter arrives once, intact, and with exactly
# the bytes of the dry run, and that an untrusted relay or a rejected login ends the run with 77 and marks no letter as
# failed.
set -euo pipefail
# Messages are compared in English.
export LANG=en_US.UTF-8
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

if [ ! -s "${NEWSLETTER_TEST_MAIL:-}" ]; then
  echo "relay.sh: the file in NEWSLETTER_TEST_MAIL is missing: use tests/run, which starts the mail server" >&2
  exit 1
fi
# shellcheck disable=SC1090
. "$NEWSLETTER_TEST_MAIL"
. tests/program.sh
check=(python3 -B "$PWD/tests/python/check_letters.py")

# $1: the project's name, $2: port, $3: CA file, $4: password
make_project() {
  mkdir "$work/$1"
  cp -r newsletter.yaml audiences examples snippets templates "$work/$1"
  printf '%s' "$4" >"$work/$1/password"
  chmod 600 "$work/$1/password"
  cat >>"$work/$1/newsletter.yaml" <<YAML
smtp:
  host: $HOST
  port: $2
  security: starttls
  username: $USERNAME
  password_file: password
  ca_file: $3
YAML
}

# $1: the expected exit status, $2: the project, then the arguments of newsletter
expect_status() {
  local expected=$1 project=$2 status=0
  shift 2
  (cd "$work/$project" && "$newsletter" "$@") >"$work/output" 2>&1 || status=$?
  if [ "$status" -ne "$expected" ]; then
    cat "$work/output" >&2
    echo "relay.sh: $project: newsletter $* exited with $status, expected $expected" >&2
    exit 1
  fi
}

# Prints the addresses of the audiences that an issue names, in the form in which they are compared.
# This only works because every example names its audiences on one line.
recipients_of() {
  python3 -B - "$1" <<'PYTHON'
import re, sys
from pathlib import Path
sys.path.insert(0, "tests/python")
from check_letters import identity
names = re.search(r"^audiences: \[(.*)\]$", Path(sys.argv[1]).read_text(), re.MULTILINE)[1].split(", ")
lines = "\n".join(Path(f"audiences/{name}.yaml").read_text() for name in names)
print(*sorted({identity(it) for it in re.findall(r"^  - email: (\S+)$", lines, re.MULTILINE)}), sep="\n")
PYTHON
}

# Postfix replies before it delivers, so letters arrive a little later. $1: the expected number of letters
wait_for_letters() {
  for _ in $(seq 100); do
    [ "$(find "$MAILDIR/new" -type f 2>/dev/null | wc -l)" -lt "$1" ] || return 0
    sleep 0.1
  done
}

make_project good "$STARTTLS_PORT" "$CA_FILE" "$PASSWORD"
# The dry run has the bytes that are sent only if the key of the Message-IDs is there before.
expect_status 0 good ledger new
for issue in examples/*.md; do
  # A translation is part of the issue beside it.
  [[ $issue == *.en.md ]] && continue
  rm -rf "$MAILDIR"
  recipients_of "$issue" >"$work/recipients"
  expect_status 0 good send "$issue" --dry-run --out "$work/dry"
  expect_status 0 good send "$issue" --yes
  wait_for_letters "$(wc -l <"$work/recipients")"
  "${check[@]}" "$MAILDIR" --recipients "$work/recipients" --same-as "$work/dry"
  expect_status 0 good send "$issue" --yes
  "${check[@]}" "$MAILDIR" --recipients "$work/recipients"
  rm -rf "$work/dry"
done

rm -rf "$MAILDIR"
make_project wrong-ca "$STARTTLS_PORT" "$WRONG_CA_FILE" "$PASSWORD"
make_project wrong-password "$STARTTLS_PORT" "$CA_FILE" "not-the-password"
make_project no-starttls "$PLAIN_PORT" "$CA_FILE" "$PASSWORD"
for project in wrong-ca wrong-password no-starttls; do
  expect_status 77 "$project" send examples/invitation.md --yes
  if grep -q "$PASSWORD" "$work/output"; then
    echo "relay.sh: $project showed the password" >&2
    exit 1
  fi
  (cd "$work/$project" && "$newsletter" status examples/invitation.md --json) >"$work/status.json"
  python3 - "$work/status.json" <<'PYTHON'
import json, sys
with open(sys.argv[1], encoding="utf-8") as file:
    totals = json.load(file)
failed = {state: totals[state] for state in ("accepted", "refused", "in_doubt", "expired")}
sys.exit(f"relay.sh: letters were marked as failed: {failed}" if any(failed.values()) else 0)
PYTHON
done
if [ -d "$MAILDIR" ]; then
  echo "relay.sh: a letter arrived from a run that had to stop" >&2
  exit 1
fi
echo "relay.sh: passed"
