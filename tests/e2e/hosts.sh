#!/usr/bin/env bash
# Three processes send one plan from one PostgreSQL ledger, while one of them is killed every second, the server is
# restarted, and a host sleeps until its lease ends. Checks that every recipient gets one letter and that the ledger
# agrees.
#
#   hosts.sh [SECONDS]    how long processes are killed; 4 by default
set -euo pipefail
# Messages are compared in English.
export LANG=en_US.UTF-8
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

cargo build --quiet --locked
exec python3 -B tests/python/several_hosts.py "$(realpath "${CARGO_TARGET_DIR:-target}")/debug/newsletter" "${1:-4}"
