#!/usr/bin/env bash
# Completes command lines in bash, zsh and fish themselves, and has man read the man pages without a warning.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

cargo build --quiet --locked
bin=$(realpath "${CARGO_TARGET_DIR:-target}")/debug
export PATH=$bin:$PATH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME=$work/home XDG_STATE_HOME=$work/state
mkdir -p "$HOME"
newsletter -q init "$work/project"
cd "$work/project"
printf -- '---\nsubject: x\n---\n' >'issues/to ord.md'
before=$(find . | sort)

fail() {
  echo "$1: got «$2», expected «$3»" >&2
  exit 1
}
# $1: the shell, $2: what was typed, $3: what was got, $4: what is expected
expect() {
  [ "$3" = "$4" ] || fail "$1: $2" "$3" "$4"
}

# bash: a separate terminal, since readline completes only there.
python3 - >"$work/bash" <<'PYTHON'
import os, pty, re, select, time

def typed(line):
    """What bash makes of a line that ends with a tab."""
    pid, fd = pty.fork()
    if pid == 0:
        os.environ.update(PS1="$ ", TERM="dumb")
        os.execvp("bash", ["bash", "--norc", "--noprofile", "-i"])
    os.write(fd, b"bind 'set enable-bracketed-paste off'; source <(newsletter completions bash); echo re''ady\n")
    read_until(fd, b"\nready\r\n")
    os.write(fd, line.encode() + b"\t\x01echo '[\x05]'\n")
    text = read_until(fd, b"]\r\n")
    os.close(fd)
    os.waitpid(pid, 0)
    return re.findall(rb"\n\[(.*)\]\r\n", text)[-1].decode()

def read_until(fd, end):
    text, deadline = b"", time.monotonic() + 30
    while not text.endswith(end) and end not in text[-200:]:
        ready, _, _ = select.select([fd], [], [], deadline - time.monotonic())
        if not ready:
            raise SystemExit(f"bash printed no {end!r}: {text!r}")
        text += os.read(fd, 4096)
    return text

for line in ["newsletter sen", "newsletter send issues/v", "newsletter send --audience m", "newsletter send --audience=m",
             "newsletter send issues/t"]:
    print(typed(line).rstrip())
PYTHON
expect bash all "$(cat "$work/bash")" "newsletter send
newsletter send issues/velkommen.md
newsletter send --audience members
newsletter send --audience=members
newsletter send issues/to\\ ord.md"

# $1: what is typed
in_fish() {
  fish --no-config --command "newsletter completions fish | source; complete --do-complete '$1'" | cut -f1
}
expect fish sen "$(in_fish 'newsletter sen')" send
expect fish issue "$(in_fish 'newsletter send issues/v')" issues/velkommen.md
expect fish audience "$(in_fish 'newsletter send --audience m')" members

in_zsh() {
  python3 - "$1" <<'PYTHON'
import os, pty, re, select, sys, time
pid, fd = pty.fork()
if pid == 0:
    os.environ.update(PS1="$ ", TERM="dumb")
    os.execvp("zsh", ["zsh", "-f", "-i"])
def read_until(end):
    text, deadline = b"", time.monotonic() + 30
    while end not in text:
        ready, _, _ = select.select([fd], [], [], deadline - time.monotonic())
        if not ready:
            raise SystemExit(f"zsh printed no {end!r}: {text!r}")
        text += os.read(fd, 4096)
    return text
os.write(fd, b"unsetopt zle prompt_sp; autoload -U compinit; compinit -u -d $HOME/dump; source <(newsletter completions zsh); setopt zle; bindkey -e; echo re''ady\n")
read_until(b"\nready")
os.write(fd, sys.argv[1].encode() + b"\t\x01echo '[\x05]'\n")
print(re.findall(rb"\n\[(.*)\]\r", read_until(b"]\r\n"))[-1].decode().rstrip())
PYTHON
}
expect zsh sen "$(in_zsh 'newsletter sen')" 'newsletter send'
expect zsh issue "$(in_zsh 'newsletter send issues/v')" 'newsletter send issues/velkommen.md'
expect zsh audience "$(in_zsh 'newsletter send --audience m')" 'newsletter send --audience members'
[ "$(find . | sort)" = "$before" ] || fail files "$(find . | sort)" "$before"

newsletter -q man "$work/man/man1"
for page in "$work"/man/man1/*.1; do
  warnings=$(man --warnings=w --local-file "$page" 2>&1 >"$work/page")
  [ -z "$warnings" ] || fail "$page" "$warnings" ""
done
MANWIDTH=80 man --local-file "$work/man/man1/newsletter-send.1" | grep -q -- '--dry-run' || fail man "no --dry-run" "--dry-run"
echo "bash, zsh and fish complete, and man reads all pages."
