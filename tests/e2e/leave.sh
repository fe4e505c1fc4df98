#!/usr/bin/env bash
# Publishes the unsubscribe page as files behind nginx, with the configuration of the manual, and leaves with the links of
# letters: `unsubscribe --access-log` reads the log. Checks that each request counts once, also after the log is rotated, that
# a thousand scanners unsubscribe nobody, and that the next issue goes to those who stayed.
set -euo pipefail
# Messages are compared in English.
export LANG=en_US.UTF-8
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

. tests/program.sh
here=$PWD
# As root, nginx reads the pages as another user.
chmod 755 "$work"
clean_up() {
  [ ! -e "$work/nginx.pid" ] || kill "$(cat "$work/nginx.pid")" 2>/dev/null || true
  rm -rf "$work"
}
trap clean_up EXIT
fail() {
  echo "leave.sh: $*" >&2
  exit 1
}
# $1: what is expected, $2: what was found
same() {
  [ "$1" = "$2" ] || fail "expected \`$1\`, found \`$2\`"
}

"$newsletter" -q init "$work/project"
cd "$work/project"
cat >newsletter.yaml <<YAML
name: Nyt fra foreningen
from: Foreningen <nyt@forening.example>
postal_address: Gadevej 1, 8000 Aarhus C
unsubscribe: {url: "https://forening.example/afmeld/{token}"}
series:
  drift: {name: Driftsnyt}
YAML
rm -rf audiences issues
mkdir audiences issues
printf 'name: Alle\nreason: du er med\nrecipients: [anna@a.example, bo@b.example, carl@c.example, dora@d.example]\n' \
  >audiences/all.yaml
printf -- '---\nsubject: Drift i maj\npreheader: Nyt i maj\naudiences: [all]\nseries: drift\n---\nHej fra driften\n' >issues/maj.md
printf -- '---\nsubject: Drift i juni\npreheader: Nyt i juni\naudiences: [all]\nseries: drift\n---\nHej igen\n' >issues/juni.md
"$newsletter" -q send issues/maj.md --yes
"$newsletter" -q export --to unsubscribe --out "$work/pages"

# A line for each letter: the address, the path of the link in the header, and that of the series in the footer.
python3 -B - outbox >"$work/links" <<'PYTHON'
import email, email.policy, re, sys
from pathlib import Path
for path in sorted(Path(sys.argv[1]).rglob("new/*")):
    letter = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click", letter["List-Unsubscribe-Post"]
    assert "<mailto:" in letter["List-Unsubscribe"], letter["List-Unsubscribe"]
    header = re.search(r"<https://forening\.example(/[^>]*)>", letter["List-Unsubscribe"])[1]
    text = letter.get_body(("plain",)).get_content()
    series = next(link for link in re.findall(r"https://forening\.example(/afmeld/\S+)", text) if link.endswith("-drift"))
    print(letter["To"], header, series, sep="\t")
PYTHON
# $1: the address, $2: 2 for everything, 3 for the series
link() {
  awk -F'\t' -v "to=$1" -v "at=$2" '$1 == to {print $at}' "$work/links"
}

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
# The lines between the fences of the manual, with the folder of this test: what the manual says is what is tested.
block() {
  awk '/^```nginx$/ {inside = 1; next} /^```$/ {inside = 0} inside' "$here/docs/manual.md" | sed -n "/newsletter_lang { default/,/^location .unsubscribed/p"
}
block >"$work/block"
grep -q 'error_page 405 =200' "$work/block" || fail "the manual has no configuration for nginx"
sed -i "s#/var/www/newsletter#$work/pages#" "$work/block"
cat >"$work/nginx.conf" <<CONF
pid $work/nginx.pid;
error_log $work/error.log;
events {}
http {
  access_log $work/access.log combined;
  client_body_temp_path $work/body; proxy_temp_path $work/proxy; fastcgi_temp_path $work/fastcgi;
  uwsgi_temp_path $work/uwsgi; scgi_temp_path $work/scgi;
  types { text/html html; }
  charset utf-8;
$(grep '^map' "$work/block")
  server {
    listen 127.0.0.1:$port;
$(grep -v '^map' "$work/block")
  }
}
CONF
PATH=$PATH:/usr/sbin nginx -c "$work/nginx.conf" 2>"$work/nginx.log" || fail "$(cat "$work/nginx.log")"
site=http://127.0.0.1:$port
for _ in $(seq 50); do
  curl -s -o /dev/null "$site/" && break
  sleep 0.1
done

# Reads the log; the arguments are what the program prints.
log() {
  same "$1" "$("$newsletter" unsubscribe --access-log "${@:2}")"
}
suppressed() {
  "$newsletter" suppression list | grep -c "$(printf '\t')" || true
}

# Scanners: 500 GETs and 500 HEADs of every link.
for address in anna@a.example bo@b.example; do
  path=$(link "$address" 2)
  curl -s -o /dev/null "$site$path?[1-250]"
  curl -s -I -o /dev/null "$site$path?[1-250]"
  curl -s -o /dev/null "$site$(link "$address" 3)?[1-250]"
  curl -s -I -o /dev/null "$site$(link "$address" 3)?[1-250]"
done
log "0 readers unsubscribed" "$work/access.log"
same 0 "$(suppressed)"

# The page, in the reader's language.
[[ $(curl -s "$site$(link anna@a.example 2)") == *'<html lang="da">'*'<form method="post">'* ]] || fail "no page in Danish"
[[ $(curl -s -H 'Accept-Language: en-GB,en' "$site$(link anna@a.example 2)") == *'<html lang="en">'* ]] || fail "no page in English"

# $1: the path; the other arguments are those of curl. The status of the answer, and which page it is.
post() {
  local status
  status=$(curl -s -o "$work/answer" -w '%{http_code} %{num_redirects}' "${@:2}" "$site$1")
  grep -q '<form' "$work/answer" && status="$status, with a form"
  echo "$status"
}
# One click of a mail program, in both encodings that RFC 8058 allows, and the button of the page.
same "200 0" "$(post "$(link anna@a.example 2)" -d List-Unsubscribe=One-Click)"
same "200 0" "$(post "$(link bo@b.example 2)" -F List-Unsubscribe=One-Click)"
same "200 0" "$(post "$(link carl@c.example 3)" -X POST -H 'Accept-Language: en')"
same "200 0" "$(post /afmeld/000000000000000000000000 -d List-Unsubscribe=One-Click)"
log "3 readers unsubscribed; 1 unknown token" "$work/access.log"
log "0 readers unsubscribed; 3 already unsubscribed; 1 unknown token" "$work/access.log"

# The same requests in a log that logrotate compressed, and a link twice in the new one.
mv "$work/access.log" "$work/access.log.1"
kill -USR1 "$(cat "$work/nginx.pid")"
gzip "$work/access.log.1"
post "$(link anna@a.example 2)" -d List-Unsubscribe=One-Click >/dev/null
post "$(link anna@a.example 2)" -d List-Unsubscribe=One-Click >/dev/null
for _ in $(seq 50); do
  [ -s "$work/access.log" ] && break
  sleep 0.1
done
log "0 readers unsubscribed; 3 already unsubscribed; 1 unknown token" "$work/access.log" "$work/access.log.1.gz"

# `send` reads the log itself.
same "200 0" "$(post "$(link dora@d.example 3)" -d leave=series)"
sed -i "s#{token}\"}#{token}\", access_log: \"$work/access.log\"}#" newsletter.yaml
"$newsletter" send issues/juni.md --yes >"$work/sent" 2>&1 || true
grep -q 'juni.md: 4 recipients: 4 suppressed' "$work/sent" || fail "$(cat "$work/sent")"
same 4 "$(suppressed)"
same "0 readers unsubscribed" "$("$newsletter" unsubscribe --spool "$work/pages" 2>&1)"
echo "leave.sh: each request in the log of nginx counted once, and no scanner unsubscribed anybody"
