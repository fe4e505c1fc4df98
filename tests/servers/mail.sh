#!/usr/bin/env bash
# A throwaway Postfix and Dovecot in one folder, on free loopback ports; as root, without systemd, and without a look
# at /etc/postfix or /etc/dovecot.
#
#   mail.sh start DIR    makes DIR and prints what a test has to know, one KEY=value a line
#   mail.sh stop DIR     stops what was started there; the folder stays
#
# Any address in .example and .test is accepted, and nothing leaves the machine. At RCPT, gone@ is refused for good
# (550), full@ too (552), and later@ for now (451); not-allowed@ is refused as a sender (550 5.7.60).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
user=relay
login=nyt@aabenkommune.example
password=s3cret

fail() {
  echo "mail.sh: $1" >&2
  exit 1
}

# Postfix and the mailbox's owner must be able to walk down to DIR.
require_reachable() {
  local folder=$1
  while [ "$folder" != / ]; do
    case $(stat -c %A "$folder") in
      *x | *t) ;;
      *) fail "$folder cannot be entered by other users (chmod o+x), so Postfix would not start below it" ;;
    esac
    folder=$(dirname "$folder")
  done
}

# Below 32768, where Linux takes no ports for outgoing connections.
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

# $1: the CA's name, $2: its file stem
make_ca() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=$1" \
    -keyout "$2.key" -out "$2.pem" \
    -addext keyUsage=critical,keyCertSign 2>/dev/null
}

make_certificates() {
  make_ca 'newsletter test CA' "$dir/tls/ca"
  make_ca 'another CA' "$dir/tls/wrong-ca"
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost \
    -keyout "$dir/tls/server.key" -out "$dir/tls/server.csr" 2>/dev/null
  openssl x509 -req -in "$dir/tls/server.csr" -CA "$dir/tls/ca.pem" -CAkey "$dir/tls/ca.key" -CAcreateserial \
    -days 2 -out "$dir/tls/server.pem" \
    -extfile <(printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n') 2>/dev/null
}

write_configuration() {
  local file target
  for file in "$here"/mail/*; do
    target=$dir/postfix/$(basename "$file")
    [ "$(basename "$file")" != dovecot.conf ] || target=$dir/dovecot/dovecot.conf
    sed -e "s|@DIR@|$dir|g; s|@USER@|$user|g; s|@UID@|$uid|g; s|@GID@|$gid|g" \
      -e "s|@STARTTLS@|$starttls|g; s|@TLS@|$tls|g; s|@PLAIN@|$plain|g; s|@IMAPS@|$imaps|g" "$file" >"$target"
  done
  echo "$login:{PLAIN}$password:$uid:$gid::$dir/mail/$user::" >"$dir/dovecot/users"
  chmod 644 "$dir/dovecot/users"
}

start_once() {
  read -r starttls tls plain imaps < <(free_ports 4)
  write_configuration
  dovecot -c "$dir/dovecot/dovecot.conf" >"$dir/start.log" 2>&1 || return 1
  postfix -c "$dir/postfix" start >>"$dir/start.log" 2>&1 && return 0
  stop
  return 1
}

start() {
  [ "$(id -u)" -eq 0 ] || fail "only root can start Postfix: run it with sudo"
  [ ! -e "$dir" ] || [ -z "$(ls -A "$dir")" ] || fail "$dir is not empty"
  umask 022
  mkdir -p "$dir"/{tls,mail,dovecot/{run,state}} "$dir"/postfix/queue
  require_reachable "$dir"
  install -d -o postfix -m 700 "$dir/postfix/data" "$dir/postfix/queue/private"
  # Whoever called sudo can read the letters; root's own mailbox would be refused by Postfix.
  uid=${SUDO_UID:-0} gid=${SUDO_GID:-0}
  if [ "$uid" -eq 0 ]; then
    uid=$(id -u nobody) gid=$(id -g nobody)
  fi
  chown "$uid:$gid" "$dir/mail"
  make_certificates

  local attempt
  for attempt in 1 2 3 4 5; do
    if start_once; then
      print_facts
      return
    fi
    echo "mail.sh: attempt $attempt did not start (a port may have been taken)" >&2
  done
  cat "$dir/start.log" "$dir"/postfix/mail.log "$dir"/dovecot/dovecot.log >&2 2>/dev/null || true
  fail "Postfix and Dovecot do not start in $dir"
}

print_facts() {
  cat <<FACTS
HOST=localhost
STARTTLS_PORT=$starttls
TLS_PORT=$tls
PLAIN_PORT=$plain
IMAPS_PORT=$imaps
CA_FILE=$dir/tls/ca.pem
WRONG_CA_FILE=$dir/tls/wrong-ca.pem
USERNAME=$login
PASSWORD=$password
MAILDIR=$dir/mail/$user
LOG_FILE=$dir/postfix/mail.log
FACTS
}

# By the programs' own pid files only: another test run may be under way.
stop() {
  postfix -c "$dir/postfix" stop >/dev/null 2>&1 || true
  local pid_file=$dir/dovecot/run/master.pid pid
  [ -s "$pid_file" ] || return 0
  pid=$(cat "$pid_file")
  kill "$pid" 2>/dev/null || true
  # Until it is gone it writes into the folder, which the caller may want to remove.
  for _ in $(seq 50); do
    kill -0 "$pid" 2>/dev/null || return 0
    sleep 0.1
  done
  kill -KILL "$pid" 2>/dev/null || true
}

[ $# -eq 2 ] || fail "use: mail.sh start|stop DIR"
case $1 in
  start)
    dir=$(realpath -m "$2")
    start
    ;;
  stop)
    dir=$(realpath "$2")
    stop
    ;;
  *) fail "use: mail.sh start|stop DIR" ;;
esac
