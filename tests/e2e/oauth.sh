#!/usr/bin/env bash
# Logs in with a code and with a client secret at a scripted token server, and sends through Postfix and reads from Dovecot
# with XOAUTH2. Dovecot asks the same server whether a token is valid. Checks that several runs renew a token once, that a
# revoked login sends nothing, and that no secret is in the output, in a log or in a core dump.
set -euo pipefail
# Messages are compared in English.
export LANG=en_US.UTF-8
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

cargo build --quiet --locked
newsletter=$(realpath "${CARGO_TARGET_DIR:-target}")/debug/newsletter
servers=$PWD/tests/servers
work=$(mktemp -d "${TMPDIR:-/tmp}/newsletter-oauth.XXXXXX")
chmod 755 "$work"
# What this machine remembers of its sendings goes with the test.
export XDG_STATE_HOME=$work/state
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  as_root=(sudo -n)
fi
token_server='' waiting=''
clean_up() {
  for process in $token_server $waiting; do
    kill -KILL "$process" 2>/dev/null || true
    wait "$process" 2>/dev/null || true
  done
  if [ -d "$work/mail" ]; then
    "${as_root[@]}" "$servers/mail.sh" stop "$work/mail"
  fi
  "${as_root[@]}" rm -rf "$work"
}
trap clean_up EXIT
fail() {
  echo "oauth.sh: $1" >&2
  exit 1
}

user=nyt@aabenkommune.example
client_secret=hemmelig-client-8c1f
given=$work/given
mkdir "$given"
: >"$given/mode"
echo "$client_secret" >"$given/secrets"
: >"$given/requests"
python3 -B tests/python/token_server.py "$given" "$user" "$client_secret" &
token_server=$!
for _ in $(seq 100); do
  [ ! -s "$given/port" ] || break
  sleep 0.1
done
url=http://127.0.0.1:$(cat "$given/port")
"${as_root[@]}" env INTROSPECTION="$url/introspect" "$servers/mail.sh" start "$work/mail" >"$work/mail.env"
# shellcheck disable=SC1091
. "$work/mail.env"

project=$work/project
mkdir -p "$project/audiences" "$project/issues"
cd "$project"
printf 'name: Alle\nreason: du er medlem\nrecipients: [anna@a.example, bo@b.example]\n' >audiences/alle.yaml
for issue in et to tre fire; do
  printf -- '---\nsubject: Nyt %s\naudiences: [alle]\n---\nHer er nyt %s.\n' $issue $issue >issues/$issue.md
done
printf '%s\n' "$client_secret" >client-secret
printf 'wrong\n' >wrong-secret
chmod 600 client-secret wrong-secret

# The settings, with these lines under `oauth`
settings() {
  cat >newsletter.yaml <<YAML
name: Nyt
from: Nyt <$USERNAME>
postal_address: Gadevej 1, 8000 Aarhus C
oauth:
  provider: microsoft365
  tenant: kommune.onmicrosoft.example
  client_id: 12345678-90ab-cdef-1234-567890abcdef
  token_server: $url
$(printf '  %s\n' "$@")
smtp: {host: $HOST, port: $STARTTLS_PORT, username: $USERNAME, ca_file: $CA_FILE}
inbox: {host: $HOST, port: $IMAPS_PORT, username: $USERNAME, ca_file: $CA_FILE}
YAML
}

# $1: the expected exit status, $2: text that the output must contain, then the arguments of newsletter
expect() {
  local expected=$1 words=$2 status=0
  shift 2
  "$newsletter" --log "$work/log" -vv "$@" >"$work/output" 2>&1 || status=$?
  cat "$work/output" >>"$work/all-output"
  if [ "$status" -ne "$expected" ] || ! grep --quiet --fixed-strings -- "$words" "$work/output"; then
    cat "$work/output" "$work/mail/dovecot/dovecot.log" >&2
    fail "newsletter $* exited with $status; expected $expected and \"$words\""
  fi
}

# How many requests of a kind the token server had since the last call; $1: the kind
requests() {
  grep --count "^token $1\$" "$given/requests" || true
  : >"$given/requests"
}

# Makes the stored access token look a year old.
age() {
  sed -i 's/"given": "[^"]*"/"given": "2020-01-01T00:00:00Z"/' .newsletter/oauth-token.json
}

# A login with a code
settings
expect 78 'not logged in to Microsoft 365: run `newsletter login microsoft365`' send issues/et.md --yes
expect 0 "$HOST accepts the login as $USERNAME" login microsoft365
[ "$(stat -c %a .newsletter/oauth-token.json)" = 600 ] || fail "others can read the token"
expect 0 '2 accepted by the relay' send issues/et.md --yes
expect 0 'INBOX on localhost' inbox

# Several runs renew a token once; each refresh token works once.
requests refresh_token >/dev/null
age
runs=()
for _ in 1 2 3 4; do
  "$newsletter" inbox >>"$work/all-output" 2>&1 &
  runs+=($!)
done
for run in "${runs[@]}"; do
  wait "$run" || fail "one of several runs failed"
done
count=$(requests refresh_token)
[ "$count" = 1 ] || fail "several runs renewed the token $count times"

# A token that the servers no longer accept is renewed, by the relay's refusal and by the mailbox's.
echo forgotten >"$given/mode"
expect 0 '2 accepted by the relay' send issues/to.md --yes
echo forgotten >"$given/mode"
expect 0 'INBOX on localhost' inbox

# A login that was revoked sends nothing.
age
echo revoked >"$given/mode"
expect 77 'run `newsletter login microsoft365`' send issues/tre.md --yes
expect 0 'not sent yet' status issues/tre.md
expect 77 'run `newsletter login microsoft365`' inbox
: >"$given/mode"

# A core dump of a login that waits has no device code.
echo waits=1000 >"$given/mode"
"$newsletter" login microsoft365 >"$work/waiting-output" 2>&1 &
waiting=$!
for _ in $(seq 100); do
  if grep --quiet Waiting "$work/waiting-output"; then break; fi
  sleep 0.1
done
"${as_root[@]}" gcore -o "$work/core" "$waiting" >"$work/gcore" 2>&1
cat "$work/waiting-output" >>"$work/all-output"
: >"$given/mode"
wait "$waiting" || fail "the login that waited failed"
waiting=''

# The application logs in by itself.
settings 'client_secret_file: client-secret'
expect 0 "$HOST accepts the login as $USERNAME" login microsoft365
expect 0 '2 accepted by the relay' send issues/tre.md --yes
expect 0 'INBOX on localhost' inbox
settings 'client_secret_file: wrong-secret'
expect 77 "write the client secret's Value into its file" send issues/fire.md --yes

places=("$work/all-output" "$work/log" "$work/mail/postfix/mail.log" "$work/mail/dovecot/dovecot.log" "$work"/core.*)
for place in "${places[@]}"; do
  "${as_root[@]}" test -s "$place" || fail "$place is missing"
  if "${as_root[@]}" grep --quiet --text --fixed-strings --file="$given/secrets" "$place"; then
    fail "a secret is in $place"
  fi
done
# In the file of the tokens, the same search finds them: so the search works.
grep --quiet --text --fixed-strings --file="$given/secrets" .newsletter/oauth-token.json
letters=$(find "$MAILDIR" -type f -path '*/new/*' | wc -l)
[ "$letters" -eq 6 ] || fail "$letters letters arrived instead of 6"
echo "oauth.sh: passed, $(wc -l <"$given/secrets") secrets"
