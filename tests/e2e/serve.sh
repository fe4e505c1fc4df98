#!/usr/bin/env bash
# Serves the unsubscribe page behind nginx, and leaves by its doors with the links of letters: in a browser with the
# keyboard alone, and with one click as a mail program does it. Checks that reading the page changes nothing, that each door
# works once, and that nobody who got a 200 is missing from the ledger when the server is killed, or its lines from the spool.
set -euo pipefail
# Messages are compared in English.
export LANG=en_US.UTF-8
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

. tests/program.sh
here=$PWD
processes=()
clean_up() {
  if [ ${#processes[@]} -gt 0 ]; then
    kill "${processes[@]}" 2>/dev/null || true
    wait "${processes[@]}" 2>/dev/null || true
  fi
  rm -rf "$work"
}
trap clean_up EXIT
fail() {
  echo "serve.sh: $*" >&2
  exit 1
}

"$newsletter" -q init "$work/project"
cd "$work/project"
cat >newsletter.yaml <<YAML
name: Nyt fra foreningen
from: Foreningen <nyt@forening.example>
reply_to: kontakt@forening.example
postal_address: Gadevej 1, 8000 Aarhus C
brand: {colour: "#7A2E8E"}
unsubscribe: {mailto: afmeld@forening.example, url: "https://forening.example/afmeld/{token}"}
series:
  drift: {name: Driftsnyt, brand: {colour: "#1F5FA8"}}
  kurser: {name: Kurser og arrangementer}
YAML
rm -rf audiences issues
mkdir audiences issues
{
  printf 'name: Alle\nreason: du er med\nrecipients:\n'
  printf '  - reader%03d@kommune.example\n' $(seq 120)
} >audiences/all.yaml
printf -- '---\nsubject: Drift i maj\npreheader: Nyt i maj\naudiences: [all]\nseries: drift\n---\nHej fra driften\n' >issues/drift.md
printf -- '---\nsubject: Nyt i maj\npreheader: Nyt i maj\naudiences: [all]\n---\nHej\n' >issues/nyt.md
"$newsletter" -q send issues/drift.md --yes
"$newsletter" -q send issues/nyt.md --yes
cd "$here"

# A line for each letter: the address, the link of its List-Unsubscribe header, its List-Unsubscribe-Post header, and the
# links of its footer.
python3 -B - "$work/project/outbox" >"$work/letters" <<'PYTHON'
import email, email.policy, re, sys
from pathlib import Path
for path in sorted(Path(sys.argv[1]).rglob("new/*")):
    letter = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    header = re.search(r"<(https:[^>]*)>", letter["List-Unsubscribe"])[1]
    text = letter.get_body(("plain",)).get_content()
    links = re.findall(r"https://forening\.example/afmeld/\S+", text)
    print(letter["To"], letter["Subject"].split()[0], header, letter["List-Unsubscribe-Post"], *links, sep="\t")
PYTHON
[ "$(wc -l <"$work/letters")" -eq 240 ] || fail "the outbox does not have 240 letters"
# $1: the number of a reader, $2: the first word of the subject, $3: the number of the field
field() {
  awk -F'\t' -v "to=reader$(printf %03d "$1")@kommune.example" -v "word=$2" -v "at=$3" '$1 == to && $2 == word {print $at}' "$work/letters"
}
# The addresses that are suppressed, with the series.
suppressed() {
  "$newsletter" -C "$work/project" suppression list --json | python3 -B -c '
import json, sys
for line in sys.stdin:
    entry = json.loads(line)
    for one in entry if isinstance(entry, list) else [entry]:
        print(one["address"], one.get("series") or "-", one["source"])' | sort
}

# $1: the name of its output; the other arguments are those of the command. Sets `address` and `server`.
serve() {
  local said=$work/$1
  shift
  : >"$said"
  "$newsletter" -C "$work/project" serve --listen 127.0.0.1:0 "$@" >"$said" 2>"$said.err" &
  server=$!
  for _ in $(seq 100); do
    if [ -s "$said" ]; then break; fi
    kill -0 "$server" 2>/dev/null || fail "the server has ended: $(cat "$said.err")"
    sleep 0.05
  done
  address=$(sed -n 's/^listening on //p' "$said")
}
serve first
processes+=("$server")

port=$(python3 -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])')
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=forening.example -addext subjectAltName=DNS:forening.example \
  -keyout "$work/key.pem" -out "$work/cert.pem" 2>/dev/null
cat >"$work/nginx.conf" <<NGINX
daemon off;
pid $work/nginx.pid;
error_log $work/nginx.log;
events {}
http {
  access_log $work/access.log;
  client_body_temp_path $work/body; proxy_temp_path $work/proxy; fastcgi_temp_path $work/fastcgi; uwsgi_temp_path $work/uwsgi; scgi_temp_path $work/scgi;
  server {
    listen 127.0.0.1:$port ssl;
    server_name forening.example;
    ssl_certificate $work/cert.pem;
    ssl_certificate_key $work/key.pem;
    location /afmeld/ {
      proxy_pass http://$address;
      client_max_body_size 8k;
    }
  }
}
NGINX
/usr/sbin/nginx -c "$work/nginx.conf" -e "$work/nginx.log" 2>"$work/nginx.err" &
processes+=("$!")
web=(curl --silent --show-error --cacert "$work/cert.pem" --connect-to "forening.example:443:127.0.0.1:$port" --max-time 20)
for _ in $(seq 100); do
  if "${web[@]}" --output /dev/null "$(field 1 Nyt 3)" 2>/dev/null; then break; fi
  sleep 0.05
done

echo "-- scanners"
{ for reader in $(seq 100); do for at in 3 5; do field "$reader" Nyt "$at"; field "$reader" Drift "$at"; done; done; } |
  sed 's/.*/url = "&"\noutput = "\/dev\/null"/' >"$work/urls"
for method in "--get" "--head"; do
  for round in 1 2; do
    "${web[@]}" --no-progress-meter --parallel --parallel-max 20 "$method" --config "$work/urls" --write-out '%{http_code}\n'
  done
done >"$work/codes"
[ "$(sort "$work/codes" | uniq -c | awk '{print $1 ":" $2}')" = 1600:200 ] || fail "not each of 1600 reads got the page: $(sort "$work/codes" | uniq -c)"
[ -z "$(suppressed)" ] || fail "a reader left although nobody pressed the button"

echo "-- the page in a browser, with the keyboard alone"
mkdir -p "${NEWSLETTER_TEST_SHOTS:=$work/shots}"
row() {
  printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$@"
}
for round in 1 2; do
  {
    row "$(field 101 Drift 6)" da-DK,da 375 light "Tab Tab Enter" "Du får ikke længere Driftsnyt."
    row "$(field 102 Drift 6)" en-GB,en 1000 light "Tab Tab Enter" "You will no longer receive Driftsnyt."
    row "$(field 103 Drift 6)" da 1000 dark "Tab ArrowDown Tab Enter" "Du får ikke længere nyhedsbreve fra os."
    row "$(field 104 Drift 6)" en 375 dark "Tab ArrowDown ArrowDown Tab Tab Space Tab Enter" "You will no longer receive Driftsnyt."
    row "$(field 105 Nyt 5)" da 375 light "Tab Tab Enter" "Du får ikke længere nyhedsbreve fra os."
  } | python3 -B tests/python/press_button.py "$port" "$NEWSLETTER_TEST_SHOTS" || fail "the browser found faults (above)"
  expected="reader101@kommune.example drift web page
reader102@kommune.example drift web page
reader103@kommune.example - web page
reader104@kommune.example drift web page
reader105@kommune.example - web page"
  [ "$(suppressed)" = "$expected" ] || fail "in the browser left: $(suppressed)"
done

echo "-- one click, with the headers of the letter"
for round in 1 2; do
  for reader in 111 112; do
    for word in Nyt Drift; do
      code=$("${web[@]}" --output /dev/null --write-out '%{http_code}' --data "$(field "$reader" "$word" 4)" "$(field "$reader" "$word" 3)")
      [ "$code" = 200 ] || fail "one click got $code"
    done
  done
  [ "$(suppressed | grep -c 'one-click$')" -ge 2 ] || fail "with one click left: $(suppressed)"
  suppressed >"$work/left.$round"
done
cmp "$work/left.1" "$work/left.2" || fail "the second click changed something"

kill -TERM "$server"
wait "$server" || fail "the server ended with $?"

echo "-- killed"
# $1: the arguments of serve; writes the numbers of those who got a 200 to the file.
kill_rounds() {
  local round reader code
  for round in $(seq 50); do
    serve killed "$@"
    for reader in $(seq $((round * 2 - 1)) $((round * 2))); do
      (
        link=$(field "$reader" Nyt 3)
        code=$(curl --silent --max-time 5 --output /dev/null --write-out '%{http_code}' --data List-Unsubscribe=One-Click \
          "http://$address/afmeld/${link##*/}" || true)
        [ "$code" != 200 ] || echo "$reader" >>"$work/answered"
      ) &
    done
    sleep "0.$(printf %03d $((RANDOM % 300 + 10)))"
    kill -KILL "$server"
    wait "$server" 2>/dev/null || true
    wait $(jobs -p | grep -vxF -e "${processes[0]}" -e "${processes[1]}") 2>/dev/null || true
  done
}
: >"$work/answered"
kill_rounds
suppressed >"$work/left"
while read -r reader; do
  grep -q "^reader$(printf %03d "$reader")@kommune.example - " "$work/left" || fail "reader $reader got a 200, and is not in the ledger"
done <"$work/answered"
echo "   $(wc -l <"$work/answered") of 100 got a 200"
: >"$work/answered"
kill_rounds --spool "$work/spool"
cat "$work"/spool/new/* >"$work/spooled" 2>/dev/null || true
while read -r reader; do
  link=$(field "$reader" Nyt 3)
  grep -q " ${link##*/}$" "$work/spooled" || fail "reader $reader got a 200, and is not in the spool"
done <"$work/answered"
echo "   $(wc -l <"$work/answered") of 100 got a 200"

echo "-- a socket from systemd"
python3 -B - "$newsletter" "$work/project" "$work/sockport" "$work/spool2" <<'PYTHON' &
import os, socket, sys
program, project, port, spool = sys.argv[1:]
listener = socket.create_server(("127.0.0.1", 0))
with open(port, "w") as file:
    print(listener.getsockname()[1], file=file)
os.dup2(listener.fileno(), 3)
os.set_inheritable(3, True)
environment = {**os.environ, "LISTEN_FDS": "1", "LISTEN_PID": str(os.getpid())}
os.execve(program, [program, "-q", "-C", project, "serve", "--spool", spool], environment)
PYTHON
server=$!
for _ in $(seq 100); do
  if [ -s "$work/sockport" ]; then break; fi
  sleep 0.05
done
[ "$(curl --silent --max-time 10 "http://127.0.0.1:$(cat "$work/sockport")/healthz")" = "200 OK" ] || fail "the socket from systemd is not used"
kill -TERM "$server"
wait "$server" || fail "the server of systemd ended with $?"
echo "serve.sh: all doors work"
