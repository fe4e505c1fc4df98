#!/usr/bin/env python3
"""Checks the signatures of letters with dkimpy, a DKIM verifier that shares no code with newsletter.

Usage: check_dkim.py right|wrong RECORDS FOLDER

`RECORDS` is the output of `newsletter dkim record --json`. Each letter in the folder must have one signature per
record. With `right` all signatures must be valid, with `wrong` none. Exits with 0 if so, otherwise with 1.
"""

import argparse
import json
import sys
from pathlib import Path

import dkim

from check_letters import letter_files, without_trace


def verdicts(letter, records):
    """For each signature, whether it is valid."""
    verifier = dkim.DKIM(letter, minkey=2048)
    signatures = [name for name, _ in dkim.rfc822_parse(letter)[0] if name.lower() == b"dkim-signature"]
    for at in range(len(signatures)):
        try:
            # dkimpy looks up names with a dot at the end.
            yield verifier.verify(idx=at, dnsfunc=lambda name, timeout=5: records.get(name.decode().rstrip(".")))
        except dkim.DKIMException:
            yield False


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("expected", choices=["right", "wrong"])
    parser.add_argument("records", type=Path, metavar="RECORDS")
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    arguments = parser.parse_args()
    lines = arguments.records.read_text(encoding="utf-8").splitlines()
    records = {it["name"]: it["record"].encode() for it in map(json.loads, lines)}
    expected = [arguments.expected == "right"] * len(records)
    letters = list(letter_files(arguments.folder))
    others = [path for path in letters if list(verdicts(without_trace(path.read_bytes()), records)) != expected]
    for path in others:
        print(f"{path}: not as expected")
    if others or not letters:
        return 1
    print(f"dkimpy: {len(letters)} letters, each with {len(records)} signatures: {arguments.expected}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
