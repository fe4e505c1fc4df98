#!/usr/bin/env bash
# Sends a letter that the relay accepts and a second host refuses. The report comes back to a mailbox of Dovecot, which
# `inbox` reads over IMAP: with STARTTLS, with TLS, with PLAIN and with XOAUTH2. Checks that the status says when and why,
# that the next issue leaves the reader out, and that reading again changes nothing.
set -euo pipefail
# Messages are compared in English.
export LANG=en_US.UTF-8
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

if [ ! -s "${NEWSLETTER_TEST_MAIL:-}" ]; then
  echo "inbox.sh: the file in NEWSLETTER_TEST_MAIL is missing: use tests/run, which starts the mail server" >&2
  exit 1
fi
# shellcheck disable=SC1090
. "$NEWSLETTER_TEST_MAIL"
. tests/program.sh
mkdir "$work/audiences" "$work/issues"
cd "$work"
printf '%s' "$PASSWORD" >password
printf '%s' "$TOKEN" >token
printf 'wrong' >wrong
chmod 600 password token wrong
printf 'name: Alle\nreason: du er medlem\npeople: people.csv\n' >audiences/alle.yaml
printf 'email\nanna@a.example\ngone-later@a.example\n' >people.csv
for issue in et to; do
  printf -- '---\nsubject: Nyt %s\naudiences: [alle]\n---\nHer er nyt %s.\n' $issue $issue >issues/$issue.md
done

# The settings, with these lines under `inbox`
settings() {
  cat >newsletter.yaml <<YAML
name: Nyt
from: Nyt <$USERNAME>
bounces_to: retur+{token}@forening.example
unsubscribe: {mailto: afmeld@forening.example}
postal_address: Gadevej 1, 8000 Aarhus C
smtp:
  host: $HOST
  port: $STARTTLS_PORT
  security: starttls
  username: $USERNAME
  password_file: password
  ca_file: $CA_FILE
inbox:
  host: $HOST
  ca_file: $CA_FILE
  username: $USERNAME
$(printf '  %s\n' "$@")
YAML
}

# $1: the expected exit status, $2: text that the output must contain, then the arguments of newsletter
expect() {
  local expected=$1 words=$2 status=0
  shift 2
  "$newsletter" "$@" >"$work/output" 2>&1 || status=$?
  if [ "$status" -ne "$expected" ] || ! grep --quiet --fixed-strings -- "$words" "$work/output"; then
    cat "$work/output" >&2
    echo "inbox.sh: newsletter $* exited with $status; expected $expected and \"$words\"" >&2
    exit 1
  fi
}

# Waits until the Maildir has a report on an issue's letter.
wait_for_report() {
  for _ in $(seq 100); do
    if grep --quiet --recursive --files-with-matches 'Undelivered Mail' "$MAILDIR/new" 2>/dev/null; then
      return
    fi
    sleep 0.1
  done
  echo "inbox.sh: no report came back" >&2
  exit 1
}

rm -rf "$MAILDIR"
settings "port: $IMAP_PORT" 'security: starttls' 'password_file: password' 'done: Behandlet'
expect 0 '2 accepted by the relay' send issues/et.md --yes
wait_for_report
"$newsletter" inbox --dry-run >/dev/null
expect 0 'gone-later@a.example: accepted' status issues/et.md gone-later@a.example
expect 0 '1 bounced (1 address suppressed)' inbox
expect 0 '550 5.1.1' status issues/et.md gone-later@a.example
expect 0 bounced status issues/et.md gone-later@a.example
expect 0 '1 accepted by the relay, 1 bounced' status issues/et.md
if grep --quiet --recursive 'Undelivered Mail' "$MAILDIR/new" "$MAILDIR/cur"; then
  echo "inbox.sh: the report was not moved" >&2
  exit 1
fi
grep --quiet --recursive 'Undelivered Mail' "$MAILDIR/.Behandlet"

# The next issue is not sent to who cannot be reached.
expect 0 '1 accepted by the relay, 1 suppressed' send issues/to.md --yes

# Each kind of connection and login reads the report again, and changes nothing.
for login in 'password_file: password' 'auth: login|password_file: password' 'auth: xoauth2|password_command: cat token'; do
  for connection in "port: $IMAP_PORT|security: starttls" "port: $IMAPS_PORT|security: tls"; do
    IFS='|' read -r -a lines <<<"$connection|$login|folder: Behandlet"
    settings "${lines[@]}"
    expect 0 '1 known before' inbox
  done
done
settings "port: $IMAP_PORT" 'security: starttls' 'password_file: wrong'
expect 77 'refused the login' inbox
settings "port: $IMAP_PORT" 'security: starttls' 'auth: xoauth2' 'password_command: cat wrong'
expect 77 'refused the login' inbox
settings "port: $IMAP_PORT" 'security: starttls' 'password_file: password' 'folder: Findes ikke'
expect 78 'does not open the folder' inbox
sed -i "s|$CA_FILE|$WRONG_CA_FILE|" newsletter.yaml
expect 77 'set inbox.ca_file' inbox
if grep --quiet --fixed-strings -e "$PASSWORD" -e "$TOKEN" "$work/output"; then
  echo "inbox.sh: the password was shown" >&2
  exit 1
fi
echo "inbox.sh: passed"
