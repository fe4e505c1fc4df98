#!/usr/bin/env bash
# Three programs send one plan from one PostgreSQL ledger: one of them is killed every second, the server is restarted,
# a host sleeps until it is taken for dead. Every reader gets one letter, and the ledger knows which.
#
#   hosts.sh [SECONDS]    how long they are killed; 4 unless told
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

cargo build --quiet --locked
exec python3 -B tests/python/several_hosts.py "$(realpath "${CARGO_TARGET_DIR:-target}")/debug/newsletter" "${1:-4}"
