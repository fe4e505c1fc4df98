#!/usr/bin/env python3
"""Measures `newsletter send` and Postfix's own load generator, alternating, against Postfix's smtp-sink.

    cargo build --release && benches/delivery.py
    benches/delivery.py --connections 10 --delay 20
    benches/delivery.py --letters 1000000 --rounds 1 --connections 4 --keys none --no-rival
    PGPASSWORD=… benches/delivery.py --ledger postgres://user@127.0.0.1:5432/bench

    benches/delivery.py --former /tmp/newsletter-before --rounds 5
    benches/delivery.py --tls --connections 4 --keys ed25519

Each line is the median of the rounds. `total` is the rate from the start of the program to its end, including planning;
`delivery` is the rate from the first connection to the last reply, and `planning` is the time before. smtp-source sends one
prepared text, signs nothing and records nothing. `sink` is the CPU time of the receiving side. A letter needs the CPU time of
both sides, so the two cores of a small machine allow the rate in `cap` at most. With `--tls`, letters go to benches/tls_sink.py,
and smtp-source, which has no TLS, is left out. `planning` of the CPU time is what is spent before the first connection.

Below the table are two yardsticks, measured with `openssl speed` in the same run: the CPU time of hashing and signing a letter, and
the rate that RSA signatures allow, of 1.9 processors, with the CPU time of an unsigned letter's delivery, of the sink and of one
signature. Requires smtp-source and smtp-sink (Debian package `postfix`), and openssl.
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import resource
import shutil
import socket
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
SECTIONS = 5  # This makes a letter of about 40 kB.
COLUMNS = [
    "letters/s total", "letters/s delivery", "planning s", "µs user", "µs system", "µs planning", "µs sink", "cap", "peak MB",
    "ledger MB",
]


def project(folder: Path, port: int, arguments, connections: int, key: str, run: int) -> None:
    (folder / "audiences").mkdir(parents=True)
    (folder / "issues").mkdir()
    (folder / "audiences/alle.yaml").write_text("name: Alle\nreason: du er medlem\npeople: people.csv\n")
    with open(folder / "people.csv", "w") as people:
        people.write("email;fornavn\n")
        people.writelines(f"p{i}@kommune.example;Navn{i}\n" for i in range(arguments.letters))
    head = "---\nsubject: Nyt til {{ first_name }}\npreheader: Kort nyt fra os alle\naudiences: [alle]\n---\n{{ greeting }}\n\n"
    section = (HERE / "section.md").read_text()
    (folder / "issues/nyt.md").write_text(head + (section + "\n") * SECTIONS)
    settings = (
        "name: Nyt\nfrom: Nyt <nyt@forening.example>\npostal_address: Gadevej 1, 8000 Aarhus C\n"
        f"smtp: {{host: {'localhost' if arguments.tls else '127.0.0.1'}, port: {port}, connections: {connections}, "
        + ("security: tls, ca_file: ca.pem}\n" if arguments.tls else "security: none}\n")
    )
    if arguments.tls:
        shutil.copy(folder.parent / "ca.pem", folder / "ca.pem")
    if arguments.ledger:
        settings += f"ledger: {{url: \"{arguments.ledger}\", schema: bench{os.getpid()}x{run}}}\n"
    (folder / "newsletter.yaml").write_text(settings)
    if key != "none":
        keygen = ["dkim", "keygen", "--domain", "forening.example", "--selector", "s1", "--type", key, "--out", "s1.key"]
        subprocess.run([arguments.binary, *keygen], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        signs = "dkim:\n  - {domain: forening.example, selector: s1, key_file: s1.key}\n"
        (folder / "newsletter.yaml").write_text(settings + signs)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def wait_for(port: int) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit(f"no server listens on port {port}")


def delay(port: int, to: int, seconds: float) -> None:
    """Forwards connections to port `to` and adds half of the delay in each direction."""

    async def hand_on(reader, writer):
        queue: asyncio.Queue = asyncio.Queue()

        async def write():
            while item := await queue.get():
                due, octets = item
                await asyncio.sleep(max(0, due - asyncio.get_running_loop().time()))
                writer.write(octets)
                await writer.drain()
            writer.close()

        task = asyncio.create_task(write())
        while octets := await reader.read(1 << 20):
            await queue.put((asyncio.get_running_loop().time() + seconds / 2, octets))
        await queue.put(None)
        await task

    async def serve(reader, writer):
        there, back = await asyncio.open_connection("127.0.0.1", to, limit=1 << 22)
        for end in (writer, back):
            end.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await asyncio.gather(hand_on(reader, back), hand_on(there, writer), return_exceptions=True)

    async def main():
        server = await asyncio.start_server(serve, "127.0.0.1", port, limit=1 << 22)
        await server.serve_forever()

    asyncio.run(main())


def measured(command, folder: Path, start: bytes = b""):
    """Runs a command; returns its duration in seconds, its resource usage (CPU time, memory), its standard output, and the CPU time
    in seconds until `start` was in it."""
    path = folder / "out"
    begun = time.perf_counter()
    with open(path, "wb") as out:
        process = subprocess.Popen(command, stdout=out)
    before = 0.0
    has_ended = lambda: os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    while start and start not in path.read_bytes() and not has_ended():
        before = used_by(process.pid)
        time.sleep(0.01)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begun
    if status:
        raise SystemExit(f"{command[0]} ended with status {os.waitstatus_to_exitcode(status)}")
    return seconds, usage, path.read_bytes(), before


def openssl_speed(*arguments: str) -> list[str]:
    """The words of the last line that `openssl speed` prints: its result."""
    command = ["openssl", "speed", "-seconds", "2", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1].split()


def used_by(process: int) -> float:
    """The CPU time of a running process so far, and of its children that have ended, in seconds."""
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def start_sink(arguments, folder: Path, port: int):
    if not arguments.tls:
        sink = ["smtp-sink", "-u", "nobody", f"127.0.0.1:{port}", "1000"]
        return subprocess.Popen(sink, stdout=subprocess.DEVNULL)
    certificate, key = folder / "ca.pem", folder / "sink.key"
    make = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
    extensions = ["-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=critical,CA:FALSE"]
    files = ["-out", certificate, "-keyout", key]
    subprocess.run([*make.split(), *extensions, *files], check=True, stderr=subprocess.DEVNULL)
    return subprocess.Popen([HERE / "tls_sink.py", str(port), certificate, key])


def once(arguments, connections: int, program: str, key: str, run: int):
    folder = Path(tempfile.mkdtemp(prefix="newsletter-bench-", dir=arguments.folder))
    sink_port = free_port()
    sink = start_sink(arguments, folder, sink_port)
    wait_for(sink_port)
    port, between = sink_port, None
    if arguments.delay:
        port = free_port()
        between = multiprocessing.Process(target=delay, args=(port, sink_port, arguments.delay / 1000), daemon=True)
        between.start()
        wait_for(port)
    try:
        n = arguments.letters
        if key == "smtp-source":
            rival = ["smtp-source", "-d", "-s", str(connections), "-l", "40000", "-m", str(n), f"127.0.0.1:{port}"]
            seconds, usage, _, before = measured(rival, folder)
            delivery, ledger = n / seconds, 0
        else:
            project(folder / "p", port, arguments, connections, key, run)
            send = [program, "-C", folder / "p", "--json", "send", "issues/nyt.md", "--yes"]
            seconds, usage, told, before = measured(send, folder, b'"event":"start"')
            report = next(it for it in map(json.loads, told.splitlines()) if it.get("event") == "report")
            assert report["attempts"] == n, report
            delivery = report["per_second"]
            ledger = sum(it.stat().st_size for it in (folder / "p/.newsletter").glob("ledger.db*"))
        micro = lambda it: it / n * 1e6
        user, system, sunk = micro(usage.ru_utime), micro(usage.ru_stime), micro(used_by(sink.pid))
        cap = os.cpu_count() * 1e6 / (user + system + sunk)
        planning = seconds - n / delivery
        memory = usage.ru_maxrss / 1024
        figures = [n / seconds, delivery, planning, user, system, micro(before), sunk, cap, memory, ledger / 1e6]
        return dict(zip(COLUMNS, figures))
    finally:
        shutil.rmtree(folder)
        sink.terminate()
        sink.wait()
        if between:
            between.terminate()
            between.join()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--binary", default=str(HERE.parent / "target/release/newsletter"))
    add("--former", default="", help="an earlier build of the program, measured in the same rounds")
    add("--letters", type=int, default=10_000)
    add("--rounds", type=int, default=3)
    add("--connections", default="1,4,10,50", help="comma-separated")
    add("--keys", default="none,ed25519,rsa", help="comma-separated")
    add("--delay", type=float, default=0, help="round-trip time to the relay, in milliseconds")
    add("--ledger", default="", help="a PostgreSQL URL [default: an SQLite file]")
    add("--folder", default=None, help="folder for temporary projects and ledgers [default: the system's]")
    add("--tls", action="store_true", help="encrypt; without smtp-source")
    add("--no-rival", action="store_true", help="do not run smtp-source")
    arguments = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    counts = [int(it) for it in arguments.connections.split(",")]
    kinds = [] if arguments.no_rival or arguments.tls else [("smtp-source", "smtp-source", "smtp-source")]
    for key in arguments.keys.split(","):
        name = {"none": "unsigned"}.get(key, key)
        kinds.append((name, arguments.binary, key))
        if arguments.former:
            kinds.append((f"{name}, former", arguments.former, key))
    results: dict = {}
    for round_number in range(arguments.rounds):
        for connections in counts:
            for place, (name, program, key) in enumerate(kinds):
                run = (round_number * 100 + connections) * 10 + place
                figures = once(arguments, connections, program, key, run)
                results.setdefault((connections, name), []).append(figures)
    print("| connections | | × total | × delivery | " + " | ".join(COLUMNS) + " |")
    print("|---|---|---|---|" + "---|" * len(COLUMNS))
    for connections in counts:
        rival = [it[COLUMNS[0]] for it in results.get((connections, "smtp-source"), [])]
        for name, _, _ in kinds:
            rows = results[(connections, name)]
            ratios = [[row[column] / speed for row, speed in zip(rows, rival)] for column in COLUMNS[:2]]
            told = [f"{statistics.median(ratio):.2f}" if ratio else "" for ratio in ratios]
            for column in COLUMNS:
                figure = statistics.median(row[column] for row in rows)
                told.append(f"{figure:.2f}" if column == "planning s" else f"{figure:,.0f}")
            print(f"| {connections} | {name} | " + " | ".join(told) + " |", flush=True)
    print_yardsticks(results)


def print_yardsticks(results) -> None:
    """Prints what a letter's CPU time and the rate with RSA are to be compared with."""
    hashing = 40_000 / float(openssl_speed("-bytes", "16384", "-evp", "sha256")[-1].rstrip("k")) * 1e3
    ed25519, rsa = (1e6 / float(openssl_speed(key)[-2]) for key in ("ed25519", "rsa2048"))
    print(f"\nSHA-256 of 40 kB takes {hashing:.0f} µs, an Ed25519 signature {ed25519:.0f}: 4.7 × both is {4.7 * (hashing + ed25519):.0f}.")
    for (connections, name), rows in results.items():
        unsigned = results.get((connections, name.replace("rsa", "unsigned")))
        if not name.startswith("rsa") or not unsigned:
            continue
        median = lambda rows, *columns: [statistics.median(row[column] for row in rows) for column in columns]
        user, system, planning = median(unsigned, "µs user", "µs system", "µs planning")
        delivery, sink = median(rows, "letters/s delivery", "µs sink")
        client = user + system - planning
        possible = 1.9e6 / (client + rsa + sink)
        print(
            f"{connections} connections, {name}: 1.9 / ({client:.0f} µs unsigned + {rsa:.0f} RSA + {sink:.0f} sink) is "
            f"{possible:,.0f} letters/s; delivery is {delivery / possible:.2f} of it."
        )


if __name__ == "__main__":
    main()
