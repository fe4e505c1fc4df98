#!/usr/bin/env bash
# Shows an issue in Chromium with `preview --watch` while it is edited: measures from a save to its picture, makes ten kinds of
# mistakes, and has other sites and a rebound name ask for the page. Checks that nothing but the page gets an answer, that Ctrl-C ends the
# program, and that it rests while nothing changes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

. tests/program.sh
# Another build, such as a fast one: NEWSLETTER_PROGRAM=target/release/newsletter NEWSLETTER_LIVE_PREVIEW_MS=300
newsletter=$(realpath "${NEWSLETTER_PROGRAM:-$newsletter}")
live_preview=
clean_up() {
  if [ -n "$live_preview" ]; then
    kill "$live_preview" 2>/dev/null || true
    wait "$live_preview" 2>/dev/null || true
  fi
  rm -rf "$work"
}
trap clean_up EXIT
fail() {
  echo "live_preview.sh: $*" >&2
  exit 1
}

mkdir "$work/project"
cp -r newsletter.yaml audiences examples "$work/project"
cd "$work/project"
issue=examples/medlemsnyhedsbrev.md
sed -i 's/^Endnu et år/Begyndelse. Endnu et år/' "$issue"
grep -q Begyndelse "$issue" || fail "$issue has no line to mark"
# 200 more issues, which must cost nothing.
for number in $(seq 200); do
  cp "$issue" "examples/nummer-$number.md"
done
# In an interactive shell's place: a job in the background ignores SIGINT otherwise.
set -m
"$newsletter" preview "$issue" --watch >"$work/said" 2>"$work/notes" &
live_preview=$!
set +m
for _ in $(seq 200); do
  [ ! -s "$work/said" ] || break
  kill -0 "$live_preview" 2>/dev/null || fail "it has ended: $(cat "$work/notes")"
  sleep 0.05
done
address=$(head -1 "$work/said")
cd - >/dev/null
mkdir -p "${NEWSLETTER_TEST_SHOTS:=$work/shots}"
python3 -B tests/python/watch_live_preview.py "$address" "$work/project/$issue" "$NEWSLETTER_TEST_SHOTS" || fail "the browser found faults (above)"
[ ! -e "$work/project/outbox" ] || fail "another site has sent a test"

# Ticks of processor time, of which a second has 100.
ticks() {
  awk '{print $14 + $15}' "/proc/$live_preview/stat"
}
# What is still under way is the check of the last save.
for _ in $(seq 60); do
  before=$(ticks)
  sleep 1
  [ "$(($(ticks) - before))" -gt 2 ] || break
done
before=$(ticks)
sleep 10
used=$(($(ticks) - before))
echo "   without changes: $used ms of processor time a second, with 205 issues"
[ "$used" -le 20 ] || fail "it does not rest"
kill -INT "$live_preview"
wait "$live_preview" || fail "Ctrl-C: it ended with $?"
live_preview=
