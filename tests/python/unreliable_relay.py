"""An SMTP relay that loses connections, and records which letters it really accepted.

A line of its record is `recipient Message-ID`. It is written before the relay replies to the letter.
"""

import random
import socketserver
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Manners:
    """How the relay behaves. The faults are probabilities per letter."""

    record: Path
    seed: int = 1
    # Seconds from the end of a letter to the reply.
    delay: float = 0.0
    drop_in_body: float = 0.0
    lose_letter: float = 0.0
    lose_answer: float = 0.0
    # The number of lost connections so far.
    faults: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self):
        self.random = random.Random(self.seed)

    def happens(self, fault):
        with self.lock:
            happens = self.random.random() < fault
            self.faults += happens
            return happens

    def take(self, recipient, message_id):
        with self.lock, self.record.open("a", encoding="utf-8") as file:
            file.write(f"{recipient} {message_id}\n")


class Session(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True

    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")

    def handle(self):
        try:
            self.converse()
        except OSError:
            pass  # The client was killed.

    def converse(self):
        recipient = None
        self.say("220 relay.example ESMTP")
        while line := self.rfile.readline():
            verb = line.decode("utf-8", "replace").strip().upper()
            if verb.startswith("EHLO"):
                self.say("250-relay.example\r\n250-8BITMIME\r\n250 PIPELINING")
            elif verb.startswith("RCPT TO:"):
                recipient = line.decode().split("<", 1)[1].split(">", 1)[0]
                self.say("250 2.1.5 OK")
            elif verb == "DATA":
                self.say("354 Go ahead")
                if not self.take(recipient):
                    return
            elif verb == "QUIT":
                self.say("221 2.0.0 Bye")
                return
            else:
                self.say("250 2.0.0 OK")

    def take(self, recipient):
        """Receives a letter; returns false if the connection is to be dropped."""
        manners = self.server.manners
        message_id = None
        if manners.happens(manners.drop_in_body):
            self.rfile.readline()
            return False
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                return False
            if message_id is None and line.lower().startswith(b"message-id:"):
                message_id = line.split(b":", 1)[1].strip().decode() or self.rfile.readline().strip().decode()
        time.sleep(manners.delay)
        if manners.happens(manners.lose_letter):
            return False
        manners.take(recipient, message_id)
        if manners.happens(manners.lose_answer):
            return False
        self.say("250 2.0.0 Queued")
        return True


class Relay(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, manners):
        super().__init__(("127.0.0.1", 0), Session)
        self.manners = manners
        self.port = self.server_address[1]
        threading.Thread(target=self.serve_forever, daemon=True).start()
