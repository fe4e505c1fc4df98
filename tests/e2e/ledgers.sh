#!/usr/bin/env bash
# Fills up the disk of the ledger during a run, and makes it read-only. Checks that the run stops before the next letter
# and reports the reason, and that it finishes the rest once there is space. The disk is a tmpfs of 1 MiB in a mount
# namespace that ends with this script.
set -euo pipefail
# Messages are compared in English.
export LANG=en_US.UTF-8
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

if [ "${1:-}" != inside ]; then
  cargo build --quiet --locked
  as=()
  if [ "$(id -u)" -ne 0 ]; then
    as=(--user --map-root-user)
  fi
  exec unshare "${as[@]}" --mount bash "$PWD/tests/e2e/ledgers.sh" inside
fi
newsletter=$(realpath "${CARGO_TARGET_DIR:-target}")/debug/newsletter
work=$(mktemp -d)
# What this machine remembers of its sendings goes with the test.
export XDG_STATE_HOME=$work/state
clean_up() {
  umount "$work/disk"
  rm -rf "$work"
}
mkdir "$work/disk"
mount -t tmpfs -o size=1m,mode=700 tmpfs "$work/disk"
trap clean_up EXIT

mkdir -p "$work/project/audiences" "$work/project/issues"
cd "$work/project"
cat >newsletter.yaml <<YAML
name: Prøve
from: Prøve <nyt@forening.example>
postal_address: Gadevej 1, 8000 Aarhus C
ledger: sqlite:$work/disk/ledger.db
YAML
printf 'name: Alle\nreason: du er medlem\npeople: people.csv\n' >audiences/alle.yaml
printf -- '---\nsubject: Nyt\naudiences: [alle]\n---\nHer er nyt.\n' >issues/nyt.md
{
  echo email
  seq -f 'p%g@kommune.example' 1000
} >people.csv

# $1: the expected exit status, $2: text that the output must contain, then the arguments of newsletter
expect() {
  local expected=$1 words=$2 status=0
  shift 2
  "$newsletter" "$@" >"$work/said" 2>&1 || status=$?
  if [ "$status" -ne "$expected" ] || ! grep --quiet --fixed-strings -- "$words" "$work/said"; then
    cat "$work/said" >&2
    echo "ledgers.sh: newsletter $* exited with $status; expected $expected and \"$words\"" >&2
    exit 1
  fi
}
letters() {
  find outbox/new -type f 2>/dev/null | wc -l
}

# First there is no space for the plan of all recipients; then there is for the plan, but not for all results.
head -c 1000000 /dev/zero >"$work/disk/filler"
expect 74 full send issues/nyt.md --yes
[ "$(letters)" -eq 0 ]
truncate --size 400000 "$work/disk/filler"
expect 74 full send issues/nyt.md --yes
before=$(letters)
[ "$before" -gt 0 ]
[ "$before" -lt 1000 ]
rm "$work/disk/filler"
mount -o remount,size=16m "$work/disk"

mount -o remount,ro "$work/disk"
expect 74 'Read-only file system' send issues/nyt.md --yes
[ "$(letters)" -eq "$before" ]
mount -o remount,rw "$work/disk"

expect 0 '1000 in the outbox' send issues/nyt.md --yes
[ "$(letters)" -eq 1000 ]
echo "A full disk and a read-only one: 1000 recipients, $(letters) letters."
