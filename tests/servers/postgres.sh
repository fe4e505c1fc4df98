#!/usr/bin/env bash
# Runs a temporary PostgreSQL server in its own folder, on a free loopback port and a socket, independent of any other
# PostgreSQL server on this machine.
#
#   postgres.sh check  exits with 0 if everything that `run` needs is installed
#   postgres.sh run    starts the server and prints the settings that tests need, one KEY=value per line, then DONE.
#                      When its standard input ends, which happens at the latest when the calling process exits, it
#                      stops and removes the server
#
# While it runs, it reads commands from standard input, one per line: `restart` stops the server immediately and starts
# it again, `stop` and `start` do only one of the two. It prints DONE after each command.
set -euo pipefail
user=newsletter
password=s3cret

fail() {
  echo "postgres.sh: $1" >&2
  exit 1
}

case "$#${1:-}" in
  1check | 1run) ;;
  *) fail "usage: postgres.sh check|run" ;;
esac
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)
[ -x "$bin/initdb" ] || fail "PostgreSQL is not installed: apt-get install postgresql"
for program in openssl python3; do
  command -v "$program" >/dev/null || fail "$program is not installed"
done
[ "$1" = run ] || exit 0

# PostgreSQL refuses to run as root.
as=()
if [ "$(id -u)" -eq 0 ]; then
  as=(setpriv --reuid=postgres --regid=postgres --clear-groups --)
fi
dir=$(mktemp -d "${TMPDIR:-/tmp}/newsletter-postgres.XXXXXX")
chmod 755 "$dir"

stop() {
  "${as[@]}" "$bin/pg_ctl" --pgdata="$dir/data" --mode=immediate --wait stop >/dev/null 2>&1 || true
}
clean_up() {
  stop
  rm -rf "$dir"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

make_certificates() {
  mkdir "$dir/tls"
  local name
  for name in ca wrong-ca; do
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=newsletter test $name" \
      -keyout "$dir/tls/$name.key" -out "$dir/tls/$name.pem" -addext keyUsage=critical,keyCertSign 2>/dev/null
  done
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost \
    -keyout "$dir/tls/server.key" -out "$dir/tls/server.csr" 2>/dev/null
  openssl x509 -req -in "$dir/tls/server.csr" -CA "$dir/tls/ca.pem" -CAkey "$dir/tls/ca.key" -CAcreateserial \
    -days 2 -out "$dir/tls/server.pem" \
    -extfile <(printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n') 2>/dev/null
  chmod 600 "$dir/tls/server.key"
}

# Linux takes the ports of outgoing connections from 32768 upwards, so lower ones stay free.
free_port() {
  python3 - <<'PYTHON'
import random, socket
while True:
    with socket.socket() as sock:
        try:
            sock.bind(("127.0.0.1", random.randrange(20000, 32000)))
        except OSError:
            continue
        print(sock.getsockname()[1])
        break
PYTHON
}

start() {
  "${as[@]}" "$bin/pg_ctl" --pgdata="$dir/data" --log="$dir/data/server.log" --wait start >/dev/null
}

make_certificates
install -d -m 700 "$dir/data" "$dir/socket"
echo "$password" >"$dir/password"
if [ ${#as[@]} -gt 0 ]; then
  chown -R postgres: "$dir/data" "$dir/socket" "$dir/tls" "$dir/password"
fi
chmod 711 "$dir/socket"
"${as[@]}" "$bin/initdb" --pgdata="$dir/data" --username="$user" --pwfile="$dir/password" --no-sync \
  --encoding=UTF8 --locale=C --auth-local=trust --auth-host=scram-sha-256 >"$dir/start.log" 2>&1 || {
  cat "$dir/start.log" >&2
  fail "initdb failed"
}
started=no
for _ in 1 2 3 4 5; do
  port=$(free_port)
  cat >"$dir/data/postgresql.auto.conf" <<CONF
listen_addresses = '127.0.0.1'
port = $port
unix_socket_directories = '$dir/socket'
ssl = on
ssl_cert_file = '$dir/tls/server.pem'
ssl_key_file = '$dir/tls/server.key'
max_connections = 200
CONF
  if start; then
    started=yes
    break
  fi
done
if [ "$started" = no ]; then
  cat "$dir/data/server.log" >&2
  fail "PostgreSQL did not start in $dir"
fi
"${as[@]}" "$bin/createdb" --host="$dir/socket" --port="$port" --username="$user" newsletter

cat <<FACTS
HOST=localhost
PORT=$port
SOCKET=$dir/socket
USERNAME=$user
PASSWORD=$password
DATABASE=newsletter
CA_FILE=$dir/tls/ca.pem
WRONG_CA_FILE=$dir/tls/wrong-ca.pem
DONE
FACTS

while read -r order; do
  case $order in
    restart) stop && start ;;
    stop) stop ;;
    start) start ;;
    *) fail "unknown command: $order" ;;
  esac
  echo DONE
done
