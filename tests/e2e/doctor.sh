#!/usr/bin/env bash
# Runs `doctor` against a real Postfix and Dovecot, and against a local name server (NSD) behind a resolver (Unbound).
# With a good zone everything passes. Then the zone is broken in one way after the other: each is found, what `doctor`
# says to write is written into the zone, and then it passes. Also breaks the relay, the login, the permissions and the
# resolver. Checks that no output has a password, and that nothing takes longer than 30 seconds.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

if [ ! -s "${NEWSLETTER_TEST_MAIL:-}" ]; then
  echo "doctor.sh: the file in NEWSLETTER_TEST_MAIL is missing: use tests/run, which starts the mail server" >&2
  exit 1
fi
# shellcheck disable=SC1090
. "$NEWSLETTER_TEST_MAIL"
. tests/program.sh
nsd=$(PATH=$PATH:/usr/sbin command -v nsd)
unbound=$(PATH=$PATH:/usr/sbin command -v unbound)
pids=()
clean_up() {
  [ ${#pids[@]} -eq 0 ] || kill "${pids[@]}" 2>/dev/null || true
  stop_name_server
  rm -rf "$work"
}
trap clean_up EXIT
mkdir "$work/project" "$work/dns"
domain=aabenkommune.example
address=192.0.2.25

fail() {
  echo "doctor.sh: $1" >&2
  exit 1
}

# Linux takes the ports of outgoing connections from 32768 upwards, so lower ones stay free.
read -r nsd_port unbound_port silent_port < <(python3 - <<'PYTHON'
import random, socket
held = []
while len(held) < 3:
    port = random.randrange(20000, 32000)
    tcp, udp = socket.socket(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        tcp.bind(("127.0.0.1", port))
        udp.bind(("127.0.0.1", port))
        held.append((tcp, udp))
    except OSError:
        pass
print(*(tcp.getsockname()[1] for tcp, _ in held))
PYTHON
)

# -- the name server and the resolver ------------------------------------------------------------------------------------

cat >"$work/dns/nsd.conf" <<CONF
server:
  ip-address: 127.0.0.1@$nsd_port
  username: ""
  zonesdir: "$work/dns"
  database: ""
  logfile: "$work/dns/nsd.log"
  pidfile: "$work/dns/nsd.pid"
  xfrdfile: "$work/dns/xfrd.state"
  zonelistfile: "$work/dns/zone.list"
  xfrdir: "$work/dns"
  server-count: 1
remote-control:
  control-enable: no
zone:
  name: example.
  zonefile: example.zone
zone:
  name: 2.0.192.in-addr.arpa.
  zonefile: reverse.zone
CONF
cat >"$work/dns/unbound.conf" <<CONF
server:
  interface: 127.0.0.1@$unbound_port
  port: $unbound_port
  username: ""
  chroot: ""
  directory: "$work/dns"
  pidfile: "$work/dns/unbound.pid"
  logfile: "$work/dns/unbound.log"
  use-syslog: no
  do-ip6: no
  module-config: "iterator"
  do-not-query-localhost: no
  # What was just published counts at once.
  cache-max-ttl: 0
  cache-max-negative-ttl: 0
  local-zone: "2.0.192.in-addr.arpa." nodefault
stub-zone:
  name: example.
  stub-addr: 127.0.0.1@$nsd_port
stub-zone:
  name: 2.0.192.in-addr.arpa.
  stub-addr: 127.0.0.1@$nsd_port
CONF

# Waits until a server answers over UDP. $1: its port
wait_for_server() {
  python3 - "$1" <<'PYTHON'
import socket, sys, time
question = b"\0\1\1\0\0\1\0\0\0\0\0\0\7example\0\0\6\0\1"
for _ in range(100):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.settimeout(0.2)
        try:
            udp.sendto(question, ("127.0.0.1", int(sys.argv[1])))
            answer = udp.recv(512)
            if answer[3] & 15 == 0:
                sys.exit()
        except OSError:
            time.sleep(0.05)
sys.exit("doctor.sh: no name server on port " + sys.argv[1])
PYTHON
}

stop_name_server() {
  [ -s "$work/dns/nsd.pid" ] || return 0
  local pid
  pid=$(cat "$work/dns/nsd.pid")
  kill "$pid" 2>/dev/null || true
  while kill -0 "$pid" 2>/dev/null; do sleep 0.02; done
}

# Publishes the zones as they are now.
publish() {
  stop_name_server
  "$nsd" -c "$work/dns/nsd.conf" 2>"$work/dns/start.log" || { cat "$work/dns"/*.log >&2; fail "NSD did not start"; }
  wait_for_server "$nsd_port"
}

# Removes the records of a name and a type. $1: the name, $2: the type
without() {
  local zone
  for zone in example reverse; do
    awk -v name="$1." -v type="$2" '!($1 == name && $3 == type)' "$work/dns/$zone.zone" >"$work/dns/new"
    mv "$work/dns/new" "$work/dns/$zone.zone"
  done
}

# Adds a record to those that are there. $1: a line of a zone file
add() {
  case $1 in
    *.in-addr.arpa.\ *) printf '%s\n' "$1" >>"$work/dns/reverse.zone" ;;
    *) printf '%s\n' "$1" >>"$work/dns/example.zone" ;;
  esac
}

# Writes a record in place of those with its name and type. $1: a line of a zone file
put() {
  local name type
  read -r name _ type _ <<<"$1"
  without "${name%.}" "$type"
  add "$1"
}

good_zone() {
  cat >"$work/dns/example.zone" <<ZONE
example. IN SOA ns.example. hostmaster.example. 1 3600 600 86400 0
example. IN NS ns.example.
ns.example. IN A 127.0.0.1
$domain. IN MX 10 mail.$domain.
mail.$domain. IN A $address
$domain. IN TXT "v=spf1 mx include:_spf.relay.example -all"
_spf.relay.example. IN TXT "v=spf1 ip4:198.51.100.0/24 -all"
_dmarc.$domain. IN TXT "v=DMARC1; p=quarantine; rua=mailto:dmarc@$domain"
ZONE
  cat "$work/dkim.zone" >>"$work/dns/example.zone"
  cat >"$work/dns/reverse.zone" <<ZONE
2.0.192.in-addr.arpa. IN SOA ns.example. hostmaster.example. 1 3600 600 86400 0
2.0.192.in-addr.arpa. IN NS ns.example.
25.2.0.192.in-addr.arpa. IN PTR mail.$domain.
ZONE
}

# -- the project ---------------------------------------------------------------------------------------------------------

cd "$work/project"
mkdir audiences issues
printf '%s' "$PASSWORD" >password
printf 'wrong' >wrong
chmod 600 password wrong
printf 'name: Alle\nreason: du er medlem\nrecipients: [anna@a.example]\n' >audiences/alle.yaml
printf -- '---\nsubject: Nyt fra kommunen\npreheader: Det vigtigste fra maj\naudiences: [alle]\n---\nHer er nyt.\n' >issues/et.md

# The settings. $1: the sender, $2: the port, $3: the CA, $4: the file with the password
settings() {
  cat >newsletter.yaml <<YAML
name: Nyt
from: Nyt <$1>
postal_address: Gadevej 1, 8000 Aarhus C
smtp:
  host: $HOST
  port: $2
  security: starttls
  hello: mail.$domain
  username: $USERNAME
  password_file: $4
  ca_file: $3
inbox:
  host: $HOST
  port: $IMAP_PORT
  security: starttls
  username: $USERNAME
  password_file: $4
  ca_file: $3
dkim:
  - {domain: $domain, selector: newsletter, key_file: .newsletter/dkim/newsletter.pem}
  - {domain: $domain, selector: long, key_file: .newsletter/dkim/long.pem}
YAML
}

settings "$USERNAME" "$STARTTLS_PORT" "$CA_FILE" password
sed '/^dkim/,$d' -i newsletter.yaml
"$newsletter" -q dkim keygen
# Its record has more than 700 octets, in three strings.
openssl genrsa -out .newsletter/dkim/long.pem 4096 2>/dev/null
chmod 600 .newsletter/dkim/long.pem
settings "$USERNAME" "$STARTTLS_PORT" "$CA_FILE" password
"$newsletter" dkim record >"$work/dkim.zone"

# Runs doctor. $1: the expected exit status, then its arguments
doctor() {
  local expected=$1 status=0 begun=$SECONDS
  shift
  "$newsletter" doctor --json --resolver "127.0.0.1:$unbound_port" --sends-from "$address" "$@" \
    >"$work/findings" 2>"$work/errors" || status=$?
  cat "$work/findings" "$work/errors" >>"$work/all-output"
  if [ "$status" -ne "$expected" ]; then
    cat "$work/findings" "$work/errors" >&2
    fail "doctor exited with $status, expected $expected"
  fi
  [ $((SECONDS - begun)) -le 30 ] || fail "doctor took $((SECONDS - begun)) s"
}

# Prints the verdicts of a check, each once. $1: the check
verdicts() {
  python3 -c 'import json, sys
lines = [json.loads(line) for line in open(sys.argv[1])]
print(*sorted({line["verdict"] for line in lines if line.get("check") == sys.argv[2]}))' "$work/findings" "$1"
}

# Prints the records that are to be published.
remedies() {
  python3 -c 'import json, sys
for line in map(json.loads, open(sys.argv[1])):
    if line.get("verdict") in ("fail", "warn") and (line.get("write") or {}).get("place") == "dns":
        print(line["write"]["text"])' "$work/findings"
}

# $1: the check, $2: its verdicts, $3: words of the finding
found() {
  local verdicts
  verdicts=$(verdicts "$1")
  if [ "$verdicts" != "$2" ] || ! grep --quiet --fixed-strings -- "$3" "$work/findings"; then
    cat "$work/findings" >&2
    fail "$1: $verdicts; expected $2, and \"$3\""
  fi
}

all_pass() {
  doctor 0
  if grep --quiet -E '"verdict":"(warn|fail|unknown)"' "$work/findings"; then
    cat "$work/findings" >&2
    fail "not everything passes: $1"
  fi
}

# The zone was broken: it is found, the remedies are written, and then all passes.
# $1: the check, $2: its verdicts, $3: words of the finding
broken() {
  publish
  if [[ $2 == *fail* ]]; then doctor 1; else doctor 0; fi
  found "$1" "$2" "$3"
  local lines line
  lines=$(remedies)
  [ -n "$lines" ] || fail "$3: nothing to write"
  while read -r line; do put "$line"; done <<<"$lines"
  publish
  all_pass "$3, after writing $lines"
  count=$((count + 1))
  good_zone
}

# -- a good zone, and broken ones ------------------------------------------------------------------------------------------

good_zone
publish
"$unbound" -d -c "$work/dns/unbound.conf" 2>"$work/dns/unbound.err" &
pids+=($!)
wait_for_server "$unbound_port"
all_pass 'the good zone'
count=0

add "$domain. IN TXT \"v=spf1 ip4:203.0.113.7 ~all\""
add "$domain. IN TXT \"v=spf1 include:_spf.relay.example ~all\""
broken spf fail 'has 3 SPF records'

without "$domain" TXT
broken spf fail 'has no SPF record'

includes=$(for number in 1 2 3 4 5 6; do echo -n "include:s$number.relay.example "; done)
for number in 1 2 3 4 5 6; do
  add "s$number.relay.example. IN TXT \"v=spf1 a:h$number.relay.example ip4:203.0.113.$number -all\""
  add "h$number.relay.example. IN A 203.0.113.1$number"
done
put "$domain. IN TXT \"v=spf1 mx ${includes}-all\""
broken spf fail 'needs 13 DNS lookups'

put "_spf.relay.example. IN TXT \"v=spf1 include:$domain -all\""
broken spf fail 'which is being read already'

put "$domain. IN TXT \"v=spf1 include:_spf.relay.example -all\""
broken spf fail "does not let $address send (fail)"

put "$domain. IN TXT \"v=spf1 mx a:x.$domain a:y.$domain a:z.$domain -all\""
broken spf fail '3 names in the SPF record'

put "$domain. IN TXT \"v=spf1 mx ipv4:192.0.2.25 -all\""
broken spf fail '`ipv4:192.0.2.25` in the SPF record'

put "$domain. IN TXT \"v=spf1 mx +all\""
broken spf warn 'lets everyone send'

without "newsletter._domainkey.$domain" TXT
broken dkim 'fail pass' 'has no record'

# A wildcard gives every name a text, and hides that the records are missing.
without "newsletter._domainkey.$domain" TXT
without "_dmarc.$domain" TXT
add "*.$domain. IN TXT \"v=spf1 -all\""
add "*._domainkey.$domain. IN TXT \"v=spf1 -all\""
broken dkim 'fail pass' 'not a DKIM record'

put "$(grep '^newsletter' "$work/dkim.zone" | sed 's/^newsletter\./long./')"
broken dkim 'fail pass' 'has another key'

without "_dmarc.$domain" TXT
broken dmarc warn 'has no DMARC record'

add "_dmarc.$domain. IN TXT \"v=DMARC1; p=none\""
broken dmarc fail 'has 2 DMARC records'

put "_dmarc.$domain. IN TXT \"v=DMARC1; rua=mailto:dmarc@$domain\""
broken dmarc fail 'its `p=` is missing'

without 25.2.0.192.in-addr.arpa PTR
broken ptr fail 'has no name in the DNS'

put "25.2.0.192.in-addr.arpa. IN PTR host.other.example."
broken ptr fail 'does not have the address'

put "$domain. IN MX 0 ."
publish
doctor 1
found mx fail 'null MX'
put "$domain. IN MX 10 gone.$domain."
publish
doctor 1
found mx fail 'without an address'
good_zone

# Aliases in a circle: the resolver gives up.
without "newsletter._domainkey.$domain" TXT
add "newsletter._domainkey.$domain. IN CNAME a.$domain."
add "a.$domain. IN CNAME newsletter._domainkey.$domain."
publish
doctor 0
found dkim 'pass unknown' "newsletter._domainkey.$domain"
good_zone
publish

# -- a broken relay, login, file and resolver ------------------------------------------------------------------------------

settings "$USERNAME" "$STARTTLS_PORT" "$WRONG_CA_FILE" password
doctor 1
found tls fail 'not signed by a trusted CA'
found inbox fail 'not signed by a trusted CA'
settings "$USERNAME" "$STARTTLS_PORT" "$CA_FILE" wrong
doctor 1
found login fail 'refused the login'
found inbox fail 'refused the login'
settings "not-allowed@$domain" "$STARTTLS_PORT" "$CA_FILE" password
doctor 1
found sender fail '5.7.60'
settings "$USERNAME" "$STARTTLS_PORT" "$CA_FILE" password
chmod 644 password
doctor 1
found files fail 'chmod 600'
chmod 600 password

# A relay that says nothing, and a resolver that does not, at the same time.
python3 - "$silent_port" <<'PYTHON' &
import signal, socket, sys
tcp, udp = socket.socket(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
tcp.bind(("127.0.0.1", int(sys.argv[1])))
udp.bind(("127.0.0.1", int(sys.argv[1])))
tcp.listen()
signal.pause()
PYTHON
pids+=($!)
while ! python3 -c "import socket; socket.create_connection(('127.0.0.1', $silent_port))" 2>/dev/null; do sleep 0.05; done
settings "$USERNAME" "$silent_port" "$CA_FILE" password
doctor 1
found relay fail 'sent no greeting'

settings "$USERNAME" "$STARTTLS_PORT" "$CA_FILE" password
"$newsletter" doctor --offline >>"$work/all-output"
"$newsletter" doctor --json --resolver "127.0.0.1:$silent_port" >"$work/findings"
cat "$work/findings" >>"$work/all-output"
for check in mx spf dmarc; do
  found $check unknown 'did not reply in time'
done

if grep --quiet --fixed-strings -e "$PASSWORD" -e 'BEGIN' "$work/all-output"; then
  fail "a secret was shown"
fi
if [ -d "$MAILDIR/new" ] && grep --quiet --recursive 'Nyt fra kommunen' "$MAILDIR/new"; then
  fail "a letter was sent"
fi
echo "doctor.sh: passed: $count broken zones were found and repaired by what doctor wrote"
