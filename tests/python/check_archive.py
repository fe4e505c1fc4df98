"""Reads an archive on disk as its visitors do: a browser, a feed reader, another site that shows a preview, and a calendar.

    check_archive.py FOLDER URL CALENDAR

FOLDER is what `newsletter export --all --to web` wrote, URL the address that it will have, CALENDAR a file of
`newsletter export ISSUE --to ics`. Every page is opened in Chromium at the width of a phone and of a wide screen, in light and dark
mode. The feed is read by feedparser, the previews by Python's own HTML parser, the calendar by icalendar. Exits with 1 if
anything is wrong.
"""

import struct
import sys
import tempfile
import time
from html.parser import HTMLParser
from pathlib import Path

import feedparser
import icalendar

sys.path.insert(0, str(Path(__file__).parent))
from press_button import Browser, Page


class Head(HTMLParser):
    """The properties, links and language of a page."""

    def __init__(self, text):
        super().__init__()
        self.properties, self.links, self.lang, self.scripts, self.anchors = {}, [], None, 0, []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "html":
            self.lang = attributes.get("lang")
        if tag == "meta" and (name := attributes.get("property") or attributes.get("name")):
            self.properties.setdefault(name, attributes.get("content"))
        if tag == "link":
            self.links.append(attributes)
        if tag == "a" and attributes.get("href"):
            self.anchors.append(attributes["href"])
        self.scripts += tag == "script"


def size_of_jpeg(data):
    """The width and height in the frame header (ITU T.81, B.2.2)."""
    at = 2
    while data[at + 1] not in (0xC0, 0xC1, 0xC2):
        at += 2 + struct.unpack(">H", data[at + 2 : at + 4])[0]
    height, width = struct.unpack(">HH", data[at + 5 : at + 9])
    return width, height


def on_disk(folder, address, url):
    path = folder / address.removeprefix(url)
    return path / "index.html" if address.endswith("/") else path


def check_head(folder, file, url, faults):
    head = Head(file.read_text(encoding="utf-8"))
    own = url + file.relative_to(folder).as_posix().removesuffix("index.html")
    canonical = [link["href"] for link in head.links if link.get("rel") == "canonical"]
    if head.scripts:
        faults.append(f"{file}: it has a script")
    if not head.lang:
        faults.append(f"{file}: it has no language")
    if canonical != [own] or head.properties.get("og:url") != own:
        faults.append(f"{file}: its address is {canonical}, and {own} was expected")
    for name in ("og:title", "og:type", "og:site_name", "description"):
        if not head.properties.get(name):
            faults.append(f"{file}: it has no {name}")
    if picture := head.properties.get("og:image"):
        size = size_of_jpeg(on_disk(folder, picture, url).read_bytes())
        said = tuple(int(head.properties[f"og:image:{side}"]) for side in ("width", "height"))
        if not size == said == (1200, 627):
            faults.append(f"{file}: its picture is {size}, and it says {said}")
    languages = {link["hreflang"]: link["href"] for link in head.links if "hreflang" in link}
    for address in [*languages.values(), *(href for href in head.anchors if href.startswith(url))]:
        if not on_disk(folder, address.split("#")[0], url).is_file():
            faults.append(f"{file}: {address} is not there")
    for href in head.anchors:
        if "://" not in href and not href.startswith(("#", "mailto:", "tel:")):
            path = file.parent / href.split("#")[0]
            if not (path / "index.html").is_file() and not path.is_file():
                faults.append(f"{file}: {href} is not there")
    return languages


def check_in_browser(page, file, faults):
    page.call("Page.navigate", url=file.as_uri())
    time.sleep(0.05)
    page.wait_for("document.readyState == 'complete' && document.querySelector('main, [role=main]') != null")
    wide, window = page.value("[document.documentElement.scrollWidth, innerWidth]")
    if wide > window:
        faults.append(f"{file}: it is {wide} pixels wide in a window of {window}")
    level = 0
    for node in page.call("Accessibility.getFullAXTree")["nodes"]:
        if node.get("ignored"):
            continue
        role, name = node["role"]["value"], node.get("name", {}).get("value", "").strip()
        if role == "heading":
            own = next(one["value"]["value"] for one in node["properties"] if one["name"] == "level")
            if own > level + 1:
                faults.append(f'{file}: "{name}" is a heading of level {own} after one of level {level}')
            level = own
        if role in ("heading", "image", "img", "link", "navigation") and not name:
            faults.append(f"{file}: a {role} has no name")
    if level == 0:
        faults.append(f"{file}: it has no heading")
    broken = page.value("[...document.images].filter(one => one.complete && !one.naturalWidth).map(one => one.src)")
    faults.extend(f"{file}: {source} is not shown" for source in broken)


def check_feed(folder, url, faults):
    feed = feedparser.parse(str(folder / "feed.xml"))
    if feed.bozo:
        faults.append(f"feed.xml: {feed.bozo_exception}")
    ids = [entry.id for entry in feed.entries]
    moments = [entry.updated_parsed for entry in feed.entries]
    if feed.version != "atom10" or len(set(ids)) != len(ids) or moments != sorted(moments, reverse=True):
        faults.append("feed.xml: its entries have no unique ids, or another order than that of their dates")
    for entry in feed.entries:
        if not entry.title or entry.id != entry.link or not on_disk(folder, entry.link, url).is_file():
            faults.append(f"feed.xml: {entry.link} is not there")
    return len(ids)


def main():
    folder, url, calendar = Path(sys.argv[1]).resolve(), sys.argv[2], Path(sys.argv[3])
    pages = sorted(folder.rglob("index.html"))
    faults = []
    for file in pages:
        check_head(folder, file, url, faults)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(1, profile)
        for width, scheme in ((390, "light"), (390, "dark"), (1400, "light")):
            page = Page(browser, "da", width, scheme)
            for file in pages:
                check_in_browser(page, file, faults)
        browser.process.terminate()
        browser.process.wait()
    entries = check_feed(folder, url, faults)
    read = icalendar.Calendar.from_ical(calendar.read_bytes())
    events = read.walk("VEVENT")
    zones = {str(zone["TZID"]) for zone in read.walk("VTIMEZONE")}
    if "METHOD" in read or not read.get("X-WR-CALNAME") or len({str(event["UID"]) for event in events}) != len(events):
        faults.append(f"{calendar}: it has a METHOD, no name, or two events of one UID")
    for event in events:
        zone = event["DTSTART"].params.get("TZID")
        if event.errors or (zone and zone not in zones):
            faults.append(f"{calendar}: {event['SUMMARY']}: {event.errors or zone}")
    print(*faults[:20], sep="\n", file=sys.stderr)
    print(f"{len(pages)} pages, {entries} entries and {len(events)} events read, {len(faults)} faults")
    sys.exit(1 if faults or not pages or not entries or not events else 0)


if __name__ == "__main__":
    main()
