#!/usr/bin/env python3
"""Makes changed copies of letters, as an attacker on their way might change them.

Usage: forgeries.py [--every N] LETTERS FOLDER

Changes every Nth letter in LETTERS in several ways and writes each kind of change to its own folder, such as
FOLDER/subject/1.eml.
"""

import argparse
import re
from pathlib import Path

from check_letters import letter_files


def forgeries(letter):
    """The name of each change, with the changed letter."""
    head, _, body = letter.partition(b"\r\n\r\n")

    def with_field(name, value):
        field = rb"(?im)^" + name + rb":(?:[^\r]|\r\n[ \t])*"
        return re.sub(field, name + b": " + value, head, count=1) + b"\r\n\r\n" + body

    yield "subject", with_field(b"Subject", b"Vind en ny telefon")
    yield "list-unsubscribe", with_field(b"List-Unsubscribe", b"<mailto:ond@ond.example>")
    yield "second-from-above", b"From: Ond <ond@ond.example>\r\n" + letter
    yield "second-from-below", head + b"\r\nFrom: Ond <ond@ond.example>\r\n\r\n" + body
    yield "second-subject", b"Subject: Vind en ny telefon\r\n" + letter
    yield "content-type", head + b"\r\nContent-Type: text/html\r\n\r\n" + body
    yield "body-byte", head + b"\r\n\r\n" + body.replace(b"e", b"E", 1)
    yield "body-longer", letter + b"Send penge.\r\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("letters", type=Path, metavar="LETTERS")
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--every", type=int, default=1, metavar="N")
    arguments = parser.parse_args()
    letters = sorted(letter_files(arguments.letters))
    for number, path in enumerate(letters[:: arguments.every], start=1):
        letter = path.read_bytes()
        for kind, forged in forgeries(letter):
            if forged == letter:
                raise SystemExit(f"{path}: {kind} changes nothing")
            folder = arguments.folder / kind
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{number}.eml").write_bytes(forged)


if __name__ == "__main__":
    main()
