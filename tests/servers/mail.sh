#!/usr/bin/env bash
# Runs a temporary Postfix and Dovecot in one folder, on free loopback ports. Needs root, but not systemd, and does not
# read /etc/postfix or /etc/dovecot.
#
#   mail.sh start DIR    creates DIR and prints the settings that tests need, one KEY=value per line
#                        INTROSPECTION=URL: Dovecot asks there whether an access token is valid (RFC 7662)
#   mail.sh stop DIR     stops the servers that were started there; the folder stays
#
# Every address in .example and .test is accepted, and nothing leaves the machine. At RCPT, gone@ is refused permanently
# (550), full@ too (552), and later@ temporarily (451); not-allowed@ is refused as a sender (550 5.7.60). Letters to
# gone-later@ are accepted, passed on to a second host that refuses them, and come back as a report.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
user=relay
login=nyt@aabenkommune.example
password=s3cret

fail() {
  echo "mail.sh: $1" >&2
  exit 1
}

# Postfix and the owner of the mailbox need permission to enter DIR and the folders above it.
require_reachable() {
  local folder=$1
  while [ "$folder" != / ]; do
    case $(stat -c %A "$folder") in
      *x | *t) ;;
      *) fail "other users cannot enter $folder, so Postfix would not start in it: chmod o+x $folder" ;;
    esac
    folder=$(dirname "$folder")
  done
}

# Linux takes the ports of outgoing connections from 32768 upwards, so lower ones stay free.
free_ports() {
  python3 - "$1" <<'PYTHON'
import random, socket, sys
held = []
while len(held) < int(sys.argv[1]):
    sock = socket.socket()
    try:
        sock.bind(("127.0.0.1", random.randrange(20000, 32000)))
        held.append(sock)
    except OSError:
        sock.close()
print(*(sock.getsockname()[1] for sock in held))
PYTHON
}

# $1: the name of the CA, $2: the path of its files without extension
make_ca() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 60 -subj "/CN=$1" \
    -keyout "$2.key" -out "$2.pem" \
    -addext keyUsage=critical,keyCertSign 2>/dev/null
}

make_certificates() {
  make_ca 'newsletter test CA' "$dir/tls/ca"
  make_ca 'another CA' "$dir/tls/wrong-ca"
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost \
    -keyout "$dir/tls/server.key" -out "$dir/tls/server.csr" 2>/dev/null
  openssl x509 -req -in "$dir/tls/server.csr" -CA "$dir/tls/ca.pem" -CAkey "$dir/tls/ca.key" -CAcreateserial \
    -days 60 -out "$dir/tls/server.pem" \
    -extfile <(printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n') 2>/dev/null
}

write_configuration() {
  local file target
  for file in "$here"/mail/*; do
    target=$dir/postfix/$(basename "$file")
    case $(basename "$file") in
      dovecot.conf | oauth2.conf) target=$dir/dovecot/$(basename "$file") ;;
    esac
    sed -e "s|@DIR@|$dir|g; s|@USER@|$user|g; s|@UID@|$uid|g; s|@GID@|$gid|g" \
      -e "s|@STARTTLS@|$starttls|g; s|@TLS@|$tls|g; s|@PLAIN@|$plain|g; s|@IMAPS@|$imaps|g" \
      -e "s|@IMAP@|$imap|g; s|@SECOND@|$second|g" "$file" >"$target"
  done
  if [ -n "${INTROSPECTION:-}" ]; then
    printf '%s\n' 'introspection_mode = post' "introspection_url = $INTROSPECTION" \
      'username_attribute = username' 'active_attribute = active' 'active_value = true' >"$dir/dovecot/oauth2.conf"
  fi
  echo "$login:{PLAIN}$password:$uid:$gid::$dir/mail/$user::" >"$dir/dovecot/users"
  chmod 644 "$dir/dovecot/users"
}

# An access token for the login, as a provider would sign it (RFC 7519, HS256), for a day.
make_token() {
  python3 - "$1" "$login" <<'PYTHON'
import base64, hashlib, hmac, json, sys, time
path, user = sys.argv[1:]
encode = lambda octets: base64.urlsafe_b64encode(octets).rstrip(b"=")
key = b"a key for tests, not for anything else"
with open(path, "wb") as file:
    file.write(base64.b64encode(key))
now = int(time.time())
head = {"alg": "HS256", "typ": "JWT"}
claims = {"sub": user, "iat": now - 60, "nbf": now - 60, "exp": now + 86400}
signed = b".".join(encode(json.dumps(part).encode()) for part in (head, claims))
print((signed + b"." + encode(hmac.new(key, signed, hashlib.sha256).digest())).decode())
PYTHON
}

start_once() {
  read -r starttls tls plain imaps imap second < <(free_ports 6)
  write_configuration
  dovecot -c "$dir/dovecot/dovecot.conf" >"$dir/start.log" 2>&1 || return 1
  postfix -c "$dir/postfix" start >>"$dir/start.log" 2>&1 && return 0
  stop
  return 1
}

start() {
  [ "$(id -u)" -eq 0 ] || fail "only root can start Postfix: use sudo"
  [ ! -e "$dir" ] || [ -z "$(ls -A "$dir")" ] || fail "$dir is not empty"
  umask 022
  mkdir -p "$dir"/{tls,mail,dovecot/{run,state}} "$dir"/postfix/queue
  require_reachable "$dir"
  install -d -o postfix -m 700 "$dir/postfix/data" "$dir/postfix/queue/private"
  # The caller of sudo owns the mailbox and can read the letters. Postfix does not deliver to a mailbox of root.
  uid=${SUDO_UID:-0} gid=${SUDO_GID:-0}
  if [ "$uid" -eq 0 ]; then
    uid=$(id -u nobody) gid=$(id -g nobody)
  fi
  chown "$uid:$gid" "$dir/mail"
  make_certificates
  mkdir -p "$dir/dovecot/keys/default/HS256"
  token=$(make_token "$dir/dovecot/keys/default/HS256/default")

  local attempt
  for attempt in 1 2 3 4 5; do
    if start_once; then
      print_facts
      return
    fi
    echo "mail.sh: attempt $attempt did not start (a port may have been taken)" >&2
  done
  cat "$dir/start.log" "$dir"/postfix/mail.log "$dir"/dovecot/dovecot.log >&2 2>/dev/null || true
  fail "Postfix and Dovecot did not start in $dir"
}

print_facts() {
  cat <<FACTS
HOST=localhost
STARTTLS_PORT=$starttls
TLS_PORT=$tls
PLAIN_PORT=$plain
IMAPS_PORT=$imaps
IMAP_PORT=$imap
TOKEN=$token
CA_FILE=$dir/tls/ca.pem
WRONG_CA_FILE=$dir/tls/wrong-ca.pem
USERNAME=$login
PASSWORD=$password
MAILDIR=$dir/mail/$user
LOG_FILE=$dir/postfix/mail.log
FACTS
}

# Only stops the processes in the servers' own pid files, because another test run may be active.
stop() {
  postfix -c "$dir/postfix" stop >/dev/null 2>&1 || true
  local pid_file=$dir/dovecot/run/master.pid pid
  [ -s "$pid_file" ] || return 0
  pid=$(cat "$pid_file")
  kill "$pid" 2>/dev/null || true
  # Dovecot writes to the folder until it exits, and the caller may want to remove the folder.
  for _ in $(seq 50); do
    kill -0 "$pid" 2>/dev/null || return 0
    sleep 0.1
  done
  kill -KILL "$pid" 2>/dev/null || true
}

[ $# -eq 2 ] || fail "usage: mail.sh start|stop DIR"
case $1 in
  start)
    dir=$(realpath -m "$2")
    start
    ;;
  stop)
    dir=$(realpath "$2")
    stop
    ;;
  *) fail "usage: mail.sh start|stop DIR" ;;
esac
