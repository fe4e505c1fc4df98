#!/usr/bin/env python3
"""Reads the calendar files of letters with icalendar and vobject, two parsers that share no code with newsletter.

Usage: check_calendars.py [--year FILE]... FOLDER STAGE...

`FOLDER/STAGE` has the letters of an issue, as `newsletter send --dry-run` writes them, in the order in which the issues
were sent. Each `FILE` is a year, as `newsletter calendar --ics` writes it, in the order of `YEARS`. Both parsers must find the
same events, whose times are those that `EVENTS` and `YEARS` expect. Exits with 0 if so.
"""

import argparse
import email
import email.policy
import sys
from datetime import date, datetime, timezone
from email.utils import parsedate_to_datetime
from pathlib import Path

import icalendar
import vobject


def utc(*parts):
    return datetime(*parts, tzinfo=timezone.utc)


# For each stage the events: title, start, end and status. The times are Danish: one hour before UTC in winter, two in
# summer; the end of a whole day is the day after (RFC 5545, section 3.6.1).
EVENTS = {
    "invitation": [
        ("Årsmøde 2027, med æbler; og mere", utc(2027, 1, 21, 8, 30), utc(2027, 1, 21, 14, 30), None),
        ("Sommerlejr", date(2027, 7, 6), date(2027, 7, 9), None),
        ("Natåbent", utc(2027, 3, 27, 22), utc(2027, 3, 28, 2), None),
    ],
    "reminder": [("Årsmøde 2027, med æbler; og mere", utc(2027, 1, 21, 8, 30), utc(2027, 1, 21, 14, 30), None)],
    "correction": [("Årsmøde 2027, med æbler; og mere", utc(2027, 6, 3, 7, 30), utc(2027, 6, 3, 13, 30), None)],
    "cancelled": [
        ("Aflyst: Årsmøde 2027, med æbler; og mere", utc(2027, 6, 3, 7, 30), utc(2027, 6, 3, 13, 30), "CANCELLED")
    ],
}

# For each year the entries and the deadlines that are still to be met: title, first day, and the day after the last one.
YEARS = [
    [
        ("Messen", date(2026, 12, 28), date(2027, 1, 4)),
        ("Nyhedsbrev", date(2026, 3, 31), date(2026, 4, 1)),
        ("Udkast klar: Nyhedsbrev 1. kvartal 2026", date(2026, 3, 17), date(2026, 3, 18)),
    ],
    [
        ("Årsmøde; med æbler, og mere", date(2027, 1, 21), date(2027, 1, 22)),
        ("Udkast klar: Årsmøde; med æbler, og mere", date(2026, 12, 10), date(2026, 12, 11)),
        ("Sidste dag: Årsmøde; med æbler, og mere", date(2026, 12, 24), date(2026, 12, 25)),
        ("Nyhedsbrev", date(2027, 12, 31), date(2028, 1, 1)),
        ("Sommerlejr", date(2027, 7, 6), date(2027, 7, 9)),
    ],
]


def moment(value):
    """A time in UTC, or a day as it is."""
    return value.astimezone(timezone.utc) if isinstance(value, datetime) else value


def read_with_icalendar(text):
    """The properties of the one event of a calendar file."""
    calendar = icalendar.Calendar.from_ical(text)
    assert "METHOD" not in calendar, "a letter is not an iTIP invitation (RFC 5546): METHOD must be absent"
    (event,) = calendar.walk("VEVENT")
    assert not event.errors, event.errors
    return {
        "uid": str(event["UID"]),
        "sequence": int(event["SEQUENCE"]),
        "stamp": moment(event.decoded("DTSTAMP")),
        "title": str(event["SUMMARY"]),
        "start": moment(event.decoded("DTSTART")),
        "end": moment(event.decoded("DTEND")),
        "status": str(event["STATUS"]) if "STATUS" in event else None,
    }


def read_with_vobject(text):
    """The same properties. vobject takes time zones from the file's VTIMEZONE alone."""
    event = vobject.readOne(text.decode()).vevent
    return {
        "uid": event.uid.value,
        "sequence": int(event.sequence.value),
        "stamp": moment(event.dtstamp.value),
        "title": event.summary.value,
        "start": moment(event.dtstart.value),
        "end": moment(event.dtend.value),
        "status": event.status.value if hasattr(event, "status") else None,
    }


def events_of(letter):
    """The events that are attached to a letter, as both parsers read them."""
    for part in letter.walk():
        if part.get_content_type() == "text/calendar":
            text = part.get_payload(decode=True)
            first, second = read_with_icalendar(text), read_with_vobject(text)
            assert first == second, f"icalendar reads {first}, vobject {second}"
            assert first["stamp"] == parsedate_to_datetime(letter["Date"]), f"DTSTAMP is not the Date of {first['uid']}"
            yield first


def check_year(path, expected):
    """The events of a year, which both parsers must read in the same way, and which must be among those expected."""
    text = path.read_bytes()
    calendar = icalendar.Calendar.from_ical(text)
    assert "METHOD" not in calendar, "a calendar is not an invitation: METHOD must be absent"
    first = [
        (str(event["UID"]), str(event["SUMMARY"]), event.decoded("DTSTART"), event.decoded("DTEND"))
        for event in calendar.walk("VEVENT")
    ]
    events = vobject.readOne(text.decode()).vevent_list
    second = [(event.uid.value, event.summary.value, event.dtstart.value, event.dtend.value) for event in events]
    assert first == second, f"icalendar reads {first}, vobject {second}"
    assert len({uid for uid, *_ in first}) == len(first), f"{path.name}: two events have one UID"
    missing = [event for event in expected if event not in [tuple(found) for _, *found in first]]
    assert not missing, f"{path.name}: {missing} are not among {first}"
    return len(first)


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("stages", nargs="+", choices=EVENTS, metavar="STAGE")
    parser.add_argument("--year", action="append", default=[], type=Path, metavar="FILE")
    arguments = parser.parse_args()
    entries = sum(check_year(path, expected) for path, expected in zip(arguments.year, YEARS, strict=True))
    meetings, count = [], 0
    for stage in arguments.stages:
        letters = sorted((arguments.folder / stage).rglob("*.eml"))
        assert letters, f"{stage}: no letters"
        for path in letters:
            letter = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            events = list(events_of(letter))
            found = [(event["title"], event["start"], event["end"], event["status"]) for event in events]
            assert found == EVENTS[stage], f"{path.name}: {found}"
            count += len(events)
        meetings.append(events[0])
    assert len({meeting["uid"] for meeting in meetings}) == 1, meetings
    sequences = [meeting["sequence"] for meeting in meetings]
    assert sequences == sorted(set(sequences)), f"SEQUENCE must grow: {sequences}"
    print(f"icalendar and vobject: {count} calendar files, the same; one UID, SEQUENCE {sequences}")
    print(f"icalendar and vobject: {entries} events of {len(YEARS)} years, the same")


if __name__ == "__main__":
    try:
        main()
    except AssertionError as error:
        sys.exit(f"check_calendars.py: {error}")
