#!/usr/bin/env python3
"""Sends the same newsletter with `newsletter` and with what others send with, in turn, to Postfix's smtp-sink.

    npm install --prefix /tmp/peers nodemailer
    python3 -m venv /tmp/peers/python && /tmp/peers/python/bin/pip install mailmerge
    benches/peers.py --node /tmp/peers --mailmerge /tmp/peers/python/bin/mailmerge

- `smtplib`: Python's own library, a template and one connection.
- `mailmerge`: its command, with a list in CSV.
- `nodemailer`: a pool of connections.
- `listmonk`: its engine (Go's templates and the library smtppool over a pool of connections), without its database. Requires Go.

Each letter is composed for its reader from the HTML and the text of a letter of `newsletter`. None of the others signs, nor records
what happened to each letter; `newsletter` does both, and in the line `bare` it only records. A peer that is not there is named, and
left out. Each line is the median of the rounds.
"""

import argparse
import email
import email.policy
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from delivery import HERE, free_port, measured, project, used_by, wait_for

PEERS = HERE / "peers"
NAME = "Navn0"


def parts(arguments) -> tuple[str, str]:
    """The HTML and the text of one letter, with `{{name}}` for the name of its reader."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "p"
        one = argparse.Namespace(**{**vars(arguments), "letters": 1})
        project(root, 25, one, 1, "none", 0)
        out = Path(folder) / "out"
        dry = [arguments.binary, "-C", root, "send", "issues/nyt.md", "--dry-run", "--out", out]
        subprocess.run(dry, check=True, capture_output=True)
        [letter] = out.rglob("*.eml")
        message = email.message_from_bytes(letter.read_bytes(), policy=email.policy.default)
    text = lambda kind: message.get_body([kind]).get_content()
    return text("html").replace(NAME, "{{name}}"), text("plain").replace(NAME, "{{name}}")


def mailmerge_files(folder: Path, port: int, n: int, html: str, text: str) -> None:
    head = "TO: {{email}}\nSUBJECT: Nyt til {{name}}\nFROM: Nyt <nyt@forening.example>\nMIME-Version: 1.0\n"
    parts = "".join(
        f"\n--bound\nContent-Type: text/{kind}; charset=utf-8\n\n{content}\n" for kind, content in (("plain", text), ("html", html))
    )
    template = head + 'Content-Type: multipart/alternative; boundary="bound"\n' + parts + "--bound--\n"
    (folder / "mailmerge_template.txt").write_text(template)
    (folder / "mailmerge_server.conf").write_text(f"[smtp_server]\nhost = 127.0.0.1\nport = {port}\n")
    rows = "".join(f"p{i}@kommune.example,Navn{i}\n" for i in range(n))
    (folder / "mailmerge_database.csv").write_text("email,name\n" + rows)


def command(arguments, peer: str, folder: Path, port: int, n: int) -> list:
    """The command of a peer; it gets the folder with the parts, the port, the number of letters and that of connections."""
    rest = [folder, str(port), str(n), str(arguments.connections)]
    if peer == "smtplib":
        return [sys.executable, PEERS / "smtplib_letters.py", *rest]
    if peer == "nodemailer":
        return ["node", PEERS / "nodemailer_letters.mjs", *rest]
    if peer == "listmonk":
        return [arguments.engine, *rest]
    return [arguments.mailmerge, "--no-dry-run", "--no-limit"]


def once(arguments, peer: str, html: str, text: str, run: int) -> dict:
    port = free_port()
    sink = subprocess.Popen(["smtp-sink", "-u", "nobody", f"127.0.0.1:{port}", "1000"], stdout=subprocess.DEVNULL)
    wait_for(port)
    folder = Path(tempfile.mkdtemp(prefix="newsletter-peers-"))
    n = arguments.letters if peer in OURS else arguments.peer_letters
    try:
        if peer in OURS:
            counted = argparse.Namespace(**{**vars(arguments), "letters": n})
            project(folder / "p", port, counted, arguments.connections, OURS[peer], run)
            send = [arguments.binary, "-C", folder / "p", "--json", "send", "issues/nyt.md", "--yes"]
        else:
            (folder / "letter.html").write_text(html)
            (folder / "letter.txt").write_text(text)
            if peer == "mailmerge":
                mailmerge_files(folder, port, n, html, text)
            send = command(arguments, peer, folder, port, n)
        here = os.getcwd()
        os.chdir(folder)
        seconds, usage, _, _ = measured(send, folder)
        os.chdir(here)
        micro = lambda it: it / n * 1e6
        return {"rate": n / seconds, "cpu": micro(usage.ru_utime + usage.ru_stime), "sink": micro(used_by(sink.pid))}
    finally:
        shutil.rmtree(folder)
        sink.terminate()
        sink.wait()


OURS = {"newsletter": "ed25519", "newsletter, bare": "none"}


def engine(arguments) -> str | None:
    """The engine of listmonk, built with Go; none without Go or its library."""
    if not shutil.which("go"):
        return None
    out = Path(tempfile.mkdtemp(prefix="newsletter-engine-")) / "listmonk_letters"
    build = ["go", "build", "-mod=mod", "-o", out]
    if arguments.go_module:
        build.append(f"-modfile={arguments.go_module}")
    built = subprocess.run([*build, "."], cwd=PEERS / "listmonk", capture_output=True, text=True)
    if built.returncode:
        print(built.stderr, file=sys.stderr)
    return None if built.returncode else str(out)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--binary", default=str(HERE.parent / "target/release/newsletter"))
    add("--letters", type=int, default=10_000)
    add("--peer-letters", type=int, default=1_000, help="letters of each peer [default: 1000]")
    add("--connections", type=int, default=4)
    add("--rounds", type=int, default=3)
    add("--node", default="", help="folder in which nodemailer is installed")
    add("--mailmerge", default=shutil.which("mailmerge") or "", help="the command of mailmerge")
    add("--go-module", default="", help="a go.mod to build the engine of listmonk with [default: that of the repository]")
    arguments = parser.parse_args()
    arguments.ledger, arguments.tls = "", False
    arguments.engine = engine(arguments)
    os.environ["NODE_PATH"] = str(Path(arguments.node) / "node_modules") if arguments.node else ""
    there = {
        "smtplib": True,
        "mailmerge": arguments.mailmerge,
        "nodemailer": arguments.node and shutil.which("node"),
        "listmonk": arguments.engine,
    }
    missing = [peer for peer, found in there.items() if not found]
    if missing:
        print(f"left out, since it is not installed: {', '.join(missing)}", file=sys.stderr)
    rows = [*OURS, *(peer for peer, found in there.items() if found)]
    html, text = parts(arguments)
    results: dict = {row: [] for row in rows}
    for run in range(arguments.rounds):
        for place, row in enumerate(rows):
            results[row].append(once(arguments, row, html, text, run * 10 + place))
    print("| | letters/s | newsletter is | µs CPU | µs sink |")
    print("|---|---|---|---|---|")
    for row in rows:
        ours = [it["rate"] / other["rate"] for it, other in zip(results["newsletter"], results[row])]
        median = {key: statistics.median(it[key] for it in results[row]) for key in ("rate", "cpu", "sink")}
        faster = f"{statistics.median(ours):.1f} × as fast"
        print(f"| {row} | {median['rate']:,.0f} | {faster} | {median['cpu']:,.0f} | {median['sink']:,.0f} |")


if __name__ == "__main__":
    main()
