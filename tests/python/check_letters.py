"""Reads letters with Python's own e-mail package (policy strict) and reports every defect.

    check_letters.py FOLDER... [--recipients FILE] [--same-as FOLDER] [--count N]

A FOLDER is a Maildir, or any folder with `.eml` files at any depth. `--recipients` names a file with one address per
line, and the letters must have exactly those recipients, one letter each. `--same-as` names a folder of `.eml` files (a
dry run), and each letter must be equal to one of them, except for the header fields that a mail server adds at the top.
Exits with 0 if there are no defects, with 1 if there are, and with 2 on wrong usage.
"""

import argparse
import email
import email.policy
import re
import sys
from collections import Counter
from email import errors
from pathlib import Path

# Collects all defects: `email.policy.strict` would raise an exception at the first one and hide the others.
COLLECTING = email.policy.SMTP.clone(raise_on_defect=False)
# The header fields that a mail server adds at the top when it delivers a letter.
TRACE = re.compile(rb"^(return-path|x-original-to|delivered-to|received):", re.IGNORECASE)
ONCE = ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type")
NEEDED = ("List-Id", "List-Unsubscribe")


def letter_files(folder):
    """The letters in a folder and its subfolders, sorted by name."""
    folder = Path(folder)
    if not folder.is_dir():
        raise SystemExit(f"check_letters: {folder} is not a folder")
    maildir = [path for part in ("new", "cur") for path in folder.glob(f"**/{part}/*") if path.is_file()]
    return sorted(maildir + [path for path in folder.glob("**/*.eml") if path.parent.name not in ("new", "cur")])


def without_trace(content):
    """The letter as the relay received it: with CRLF line ends and without trace header fields at the top."""
    lines = re.sub(rb"\r?\n", b"\n", content).split(b"\n")
    start = 0
    while start < len(lines) and TRACE.match(lines[start]):
        start += 1
        while start < len(lines) and lines[start][:1] in (b" ", b"\t"):
            start += 1
    return b"\r\n".join(lines[start:])


def identity(address):
    """The form in which addresses are compared: in lower case, with an IDN domain in its ASCII form."""
    local, _, domain = address.strip().rpartition("@")
    return f"{local.lower()}@{domain.lower().encode('idna').decode()}"


def recipient(content):
    """The address that the letter was delivered to, or else the one in its To field."""
    delivered = re.search(rb"^X-Original-To: *(\S+)", content, re.MULTILINE | re.IGNORECASE)
    if delivered is not None:
        return identity(delivered[1].decode())
    message = email.message_from_bytes(content, policy=COLLECTING)
    addresses = message["To"].addresses if message["To"] is not None else ()
    return identity(addresses[0].addr_spec) if addresses else ""


def defects(content):
    """All defects of one letter, as texts."""
    content = without_trace(content)
    return [*line_defects(content), *header_defects(content), *body_defects(content)]


def line_defects(content):
    head, _, body = content.partition(b"\r\n\r\n")
    if not content.endswith(b"\r\n"):
        yield "does not end with a line end"
    if any(byte > 127 for byte in content):
        yield "a byte above 127: not 7-bit"
    if re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", content):
        yield "a control character"
    for number, line in enumerate(head.split(b"\r\n"), start=1):
        if len(line) > 78 and b" " in line.strip():
            yield f"header line {number} has {len(line)} characters"
    for number, line in enumerate(body.split(b"\r\n"), start=1):
        if len(line) > 78:
            yield f"body line {number} has {len(line)} characters"
        if line.startswith(b"."):
            yield f"body line {number} begins with a dot"


def header_defects(content):
    message = email.message_from_bytes(content, policy=COLLECTING)
    for name, value in message.items():
        yield from (f"{name}: {defect!r}" for defect in getattr(value, "defects", ()))
    for name in ONCE:
        found = len(message.get_all(name, []))
        if found != 1:
            yield f"{name} occurs {found} times"
    yield from (f"{name} is missing" for name in NEEDED if message[name] is None)
    if message["Auto-Submitted"] is None and message["Precedence"] is None:
        yield "neither Auto-Submitted nor Precedence"
    if message["Bcc"] is not None:
        yield "there is a Bcc field"
    if message["To"] is not None and len(message["To"].addresses) != 1:
        yield f"To names {len(message['To'].addresses)} addresses"
    if message["Date"] is not None and (message["Date"].datetime is None or message["Date"].datetime.tzinfo is None):
        yield "Date is invalid or has no time zone"
    if message["Subject"] is not None and not str(message["Subject"]).strip():
        yield "Subject is empty"
    message_id = str(message["Message-ID"] or "")
    if not re.fullmatch(r"<[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+>", message_id):
        yield f"Message-ID is malformed: {message_id}"


def body_defects(content):
    message = email.message_from_bytes(content, policy=COLLECTING)
    for part in message.walk():
        yield from (f"{part.get_content_type()}: {defect!r}" for defect in part.defects)
    alternative = next((part for part in message.walk() if part.get_content_type() == "multipart/alternative"), None)
    if alternative is None:
        yield "no multipart/alternative"
        return
    if [part.get_content_type() for part in alternative.iter_parts()][:1] != ["text/plain"]:
        yield "text/plain is not the first alternative"
    for kind in ("plain", "html"):
        yield from text_defects(message.get_body((kind,)), kind)
    yield from picture_defects(message)


def text_defects(part, kind):
    if part is None:
        yield f"no text/{kind}"
        return
    try:
        text = part.get_content(errors="strict")
    except (LookupError, UnicodeError, errors.MessageError) as reason:
        yield f"text/{kind} cannot be decoded: {reason}"
        return
    if not text.strip():
        yield f"text/{kind} is empty"
    if re.search(r"\{\{|\{%|^\s*:::|\{\.[a-z]+\}", text, re.MULTILINE):
        yield f"text/{kind} shows template or fence syntax"
    if re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", text):
        yield f"text/{kind} holds a control character"
    if kind == "html" and re.search(r"<script|<svg|\son\w+\s*=|javascript:", text, re.IGNORECASE):
        yield "text/html holds active content"


def picture_defects(message):
    html = message.get_body(("html",))
    named = set(re.findall(r"cid:([^\"'\s>)]+)", html.get_content(), re.IGNORECASE)) if html is not None else set()
    carried = {str(part["Content-ID"]).strip("<> ") for part in message.walk() if part["Content-ID"] is not None}
    yield from (f"the picture cid:{cid} is not in the letter" for cid in sorted(named - carried))
    yield from (f"the picture {cid} is in the letter, but not shown" for cid in sorted(carried - named))


def recipient_reports(letters, expected):
    """Differences between the recipients of the letters and the expected ones."""
    counts = Counter(recipient(content) for content in letters.values())
    yield from (f"{address} has {number} letters" for address, number in sorted(counts.items()) if number > 1)
    yield from (f"{address} has no letter" for address in sorted(expected - counts.keys()))
    yield from (f"{address} has a letter, but is not a recipient" for address in sorted(counts.keys() - expected))


def same_reports(letters, folder):
    """The letters that are not equal to one in the folder, and those in the folder that are not among the letters."""
    composed = {without_trace(path.read_bytes()): path for path in letter_files(folder)}
    sent = {without_trace(content): path for path, content in letters.items()}
    yield from (f"{path}: no letter of {folder} equals it" for content, path in sent.items() if content not in composed)
    yield from (f"{path}: was composed, but not delivered" for content, path in composed.items() if content not in sent)


def message_id_reports(letters):
    ids = Counter(str(email.message_from_bytes(it, policy=COLLECTING)["Message-ID"]) for it in letters.values())
    yield from (f"{number} letters have the Message-ID {name}" for name, number in ids.items() if number > 1)


def reports(arguments):
    letters = {path: path.read_bytes() for folder in arguments.folders for path in letter_files(folder)}
    for path, content in letters.items():
        yield from (f"{path}: {defect}" for defect in defects(content))
    yield from message_id_reports(letters)
    if arguments.count is not None and len(letters) != arguments.count:
        yield f"{len(letters)} letters, expected {arguments.count}"
    if arguments.recipients is not None:
        lines = arguments.recipients.read_text(encoding="utf-8").splitlines()
        yield from recipient_reports(letters, {identity(line) for line in lines if line.strip()})
    if arguments.same_as is not None:
        yield from same_reports(letters, arguments.same_as)


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folders", nargs="+", metavar="FOLDER")
    parser.add_argument("--recipients", type=Path, metavar="FILE")
    parser.add_argument("--same-as", type=Path, metavar="FOLDER")
    parser.add_argument("--count", type=int, metavar="N")
    arguments = parser.parse_args()
    found = list(reports(arguments))
    for report in found:
        print(report)
    total = sum(len(letter_files(folder)) for folder in arguments.folders)
    print(f"{total} letters, {len(found)} defects", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
