# For the scripts in tests/e2e, which read it in the root of the repository. Builds the program and makes a folder that is removed at the
# end: `newsletter` is the program's path, and `work` that of the folder.
# shellcheck shell=bash disable=SC2034
cargo build --quiet --locked
newsletter=$(realpath "${CARGO_TARGET_DIR:-target}")/debug/newsletter
work=$(mktemp -d)
# What this machine remembers of its sendings goes with the test.
export XDG_STATE_HOME=$work/state
trap 'rm -rf "$work"' EXIT
