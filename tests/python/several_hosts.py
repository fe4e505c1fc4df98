"""Lets three processes send one plan from one PostgreSQL ledger, while they are killed, stopped and cut off from it.

    several_hosts.py PROGRAM SECONDS

Exits with 0 if every recipient got exactly one letter.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

from unreliable_relay import Manners, Relay

HOSTS = 3
CONNECTIONS = 2
LEASE = 2
# The maximum number of letters per second that the relay accepts, over all connections.
PACE = 100
ROOT = Path(__file__).resolve().parents[2]


class Database:
    """A PostgreSQL server that stops when this process ends."""

    def __init__(self):
        script = ROOT / "tests/servers/postgres.sh"
        pipe = subprocess.PIPE
        self.process = subprocess.Popen([script, "run"], stdin=pipe, stdout=pipe, text=True)
        self.facts = {}
        for line in self.process.stdout:
            if line == "DONE\n":
                break
            key, value = line.rstrip("\n").split("=", 1)
            self.facts[key] = value
        else:
            sys.exit("several_hosts.py: PostgreSQL did not start; see above for the reason")

    def order(self, order):
        self.process.stdin.write(order + "\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "DONE\n"

    def end(self):
        self.process.stdin.close()
        self.process.wait()


class Project:
    """A project with the given number of recipients, whose ledger has its own schema."""

    def __init__(self, program, root, database, relay_port, people):
        self.program, self.root = program, root
        facts = database.facts
        self.environment = {"PGPASSWORD": facts["PASSWORD"], "PATH": os.environ["PATH"], "HOME": str(root)}
        self.people = [f"p{number}@kommune.example" for number in range(people)]
        (root / "audiences").mkdir(parents=True)
        (root / "issues").mkdir()
        (root / "newsletter.yaml").write_text(f"""\
name: Prøve
from: Prøve <nyt@forening.example>
postal_address: Gadevej 1, 8000 Aarhus C
ledger:
  url: postgres://{facts["USERNAME"]}@{facts["HOST"]}:{facts["PORT"]}/{facts["DATABASE"]}
  schema: {root.name}
  lease: {LEASE}s
smtp:
  host: 127.0.0.1
  port: {relay_port}
  security: none
  connections: {CONNECTIONS}
  retry: {{first: 0s}}
""")
        (root / "audiences/alle.yaml").write_text("name: Alle\nreason: du er medlem\npeople: people.csv\n")
        (root / "people.csv").write_text("email\n" + "".join(f"{it}\n" for it in self.people))
        (root / "issues/nyt.md").write_text("---\nsubject: Nyt\naudiences: [alle]\n---\nHer er nyt.\n")

    def start(self):
        command = [self.program, "-C", self.root, "-q", "send", "issues/nyt.md", "--yes"]
        log = (self.root / "said.txt").open("ab")
        return subprocess.Popen(command, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def letters(self):
        command = [self.program, "--trust", "-C", self.root, "status", "issues/nyt.md", "--letters", "--json"]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True)
        return [json.loads(line) for line in done.stdout.splitlines()]


class Host(threading.Thread):
    """Sends until nothing is left, and restarts the program whenever it was killed."""

    def __init__(self, project):
        super().__init__(daemon=True)
        self.project = project
        self.process = None
        self.statuses = Counter()

    def run(self):
        while True:
            self.process = self.project.start()
            status = self.process.wait()
            self.statuses[status] += 1
            if status not in (75, -signal.SIGKILL):
                return
            time.sleep(0.1)

    def signal(self, number):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)
            return 1
        return 0


def send(project, disturb):
    """Sends from all hosts while `disturb` runs; returns how often each exit status occurred."""
    hosts = [Host(project) for _ in range(HOSTS)]
    for host in hosts:
        host.start()
    disturb(hosts)
    for host in hosts:
        host.join(timeout=120)
        if host.is_alive():
            host.signal(signal.SIGKILL)
            sys.exit(f"several_hosts.py: a run does not finish:\n{(project.root / 'said.txt').read_text()}")
    return sum((host.statuses for host in hosts), Counter())


def judge(project, record, statuses, doubts):
    """Compares the letters that the relay accepted with the ledger; at most `doubts` letters may be in doubt."""
    taken = [line.split()[0] for line in record.read_text().splitlines()]
    times, states = Counter(taken), {it["address"]: it["state"] for it in project.letters()}
    wrong = [f"{it} got {times[it]} letters" for it in times if times[it] > 1]
    wrong += [f"{it} is not a recipient" for it in times if it not in project.people]
    allowed = {"accepted": (1,), "in_doubt": (0, 1)}
    for person in project.people:
        state = states.get(person)
        if times[person] not in allowed.get(state, ()):
            wrong.append(f"{person} is {state}, but the relay accepted {times[person]} letters")
    wrong += [f"a run exited with {it}" for it in statuses if it not in (0, 1, 75, -signal.SIGKILL)]
    totals = Counter(states.values())
    if totals["in_doubt"] > doubts:
        wrong.append(f"{totals['in_doubt']} letters are in doubt, but at most {doubts} may be")
    told = ", ".join(f"{many} {state}" for state, many in sorted(totals.items()))
    runs = ", ".join(f"{many} x {status}" for status, many in sorted(statuses.items()))
    verdict = "EXACT" if not wrong else "WRONG"
    print(f"{verdict}: {len(project.people)} recipients, relay accepted {len(taken)}; {told}; exit statuses: {runs}")
    if wrong:
        print("\n".join(wrong[:20]))
        print((project.root / "said.txt").read_text()[-2000:])
    return not wrong


def killed(hosts, seconds, seed):
    """Kills one of the hosts every second; returns how many were killed."""
    chance, kills = random.Random(seed), 0
    for _ in range(seconds):
        time.sleep(1)
        kills += chance.choice(hosts).signal(signal.SIGKILL)
    return kills


def kill(program, work, database, seconds):
    record = work / "killed.txt"
    faults = {"drop_in_body": 0.01, "lose_letter": 0.005, "lose_answer": 0.005}
    manners = Manners(record, delay=HOSTS * CONNECTIONS / PACE, **faults)
    relay = Relay(manners)
    project = Project(program, work / "killed", database, relay.port, PACE * seconds)
    kills = []
    statuses = send(project, lambda hosts: kills.append(killed(hosts, seconds, manners.seed)))
    print(f"{HOSTS} hosts, {kills[0]} of them killed in {seconds} s, over a relay that loses connections")
    return judge(project, record, statuses, kills[0] * CONNECTIONS + manners.faults)


def cut_off(program, work, database):
    """Restarts the database and stops a host until its lease ends; no letter may be in doubt afterwards."""
    record = work / "cut_off.txt"
    relay = Relay(Manners(record, delay=HOSTS * CONNECTIONS / PACE))
    project = Project(program, work / "cut_off", database, relay.port, PACE * 4)

    def disturb(hosts):
        while not (record.exists() and record.stat().st_size > 1000):
            time.sleep(0.05)
        database.order("restart")
        time.sleep(1)
        stopped = hosts[0].signal(signal.SIGSTOP)
        time.sleep(LEASE * 2)
        hosts[0].signal(signal.SIGCONT)
        assert stopped, "the first host finished before it could be stopped"

    statuses = send(project, disturb)
    print("PostgreSQL restarted during the run, and a host stopped for two leases")
    return judge(project, record, statuses, 0)


def main():
    program, seconds = Path(sys.argv[1]).resolve(), int(sys.argv[2])
    work = Path(tempfile.mkdtemp(prefix="newsletter-hosts."))
    database = Database()
    try:
        good = [kill(program, work, database, seconds), cut_off(program, work, database)]
    finally:
        database.end()
        shutil.rmtree(work)
    sys.exit(0 if all(good) else 1)


if __name__ == "__main__":
    main()
