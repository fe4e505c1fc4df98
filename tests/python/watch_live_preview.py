"""Edits an issue while Chromium shows it on the page of `preview --watch`.

    watch_live_preview.py ADDRESS ISSUE SHOTS

ADDRESS is what the program printed, ISSUE the file, whose text has the word Begyndelse. Saves it twenty times in three ways, and
measures from the save to the picture; makes mistakes of ten kinds; has pages of other origins try to read, to frame and to post.
Screenshots go to the folder SHOTS. Exits with 1 if the median of the saves is shown later than after NEWSLETTER_LIVE_PREVIEW_MS milliseconds (a
debug build on a busy machine needs seconds; a release build is to need no more than 300), or anything else is not as it should be.
"""

import http.server
import os
import re
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import press_button

SHOWN = "document.querySelector('#screen iframe:not(.next)')?.contentDocument?.body?.innerText ?? ''"


class LivePreview:
    """The page in a tab, and the issue in its file."""

    def __init__(self, browser, address, issue, width, scheme):
        self.page = press_button.Page(browser, "da", width, scheme)
        self.issue, self.text, self.saves = issue, issue.read_text(), 0
        self.page.call("Page.navigate", url=address)
        self.page.wait_for(f"({SHOWN}).includes('Begyndelse')")

    def holds(self, expression, seconds=10):
        """Waits in the page, so that no request of ours is between the picture and the clock."""
        script = f"new Promise(done => {{ const look = () => ({expression}) ? done(true) : setTimeout(look, 4); look(); setTimeout(() => done(false), {seconds * 1000}); }})"
        result = self.page.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        return result["result"].get("value")

    def save(self, text, way):
        if way == "rename":
            new = self.issue.with_name(".new.md")
            new.write_text(text)
            new.rename(self.issue)
        elif way == "delete":
            self.issue.unlink()
            self.issue.write_text(text)
        else:
            self.issue.write_text(text)

    def timed(self, way):
        """Milliseconds from a save to its picture."""
        self.saves += 1
        marker = f"Gemt{self.saves:02}"
        text = self.text.replace("Begyndelse", f"Begyndelse {marker}")
        started = time.monotonic()
        self.save(text, way)
        if not self.holds(f"({SHOWN}).includes('{marker}')"):
            sys.exit(f"a save by {way} is never shown")
        return (time.monotonic() - started) * 1000


def halves(live_preview):
    """A save in two steps: what is wrong in between is gone at the end, and there is a letter at every moment."""
    text = live_preview.text.replace("Begyndelse", "Begyndelse efter to halve")
    live_preview.page.value("window.blank = 0; window.watch = setInterval(() => { if (!(%s)) window.blank++; }, 5)" % SHOWN)
    for end in [len(text) // 40, len(text)]:
        live_preview.issue.write_text(text[:end])
        time.sleep(0.35)
    live_preview.holds(f"({SHOWN}).includes('to halve') && !document.querySelector('.outdated')")
    return live_preview.page.value("clearInterval(window.watch), window.blank")


MISTAKES = [
    ("front matter that is not YAML", "NL301|NL2|NL3", lambda text: text.replace("subject:", "subject: [", 1)),
    ("an unknown key", "", lambda text: text.replace("subject:", "subjekt: x\nsubject:", 1)),
    ("an unknown audience", "NL604", lambda text: re.sub(r"^audiences: .*$", "audiences: [ingen]", text, flags=re.M)),
    ("an unknown audience of a block", "NL408", lambda text: text + "\n\n::: only ingen\n\nHej\n\n:::\n"),
    ("a block that is not closed", "", lambda text: text + "\n\n::: card\n\nHej\n"),
    ("an unknown field's filter", "", lambda text: text + "\n\n{{ first_name | nosuch }}\n"),
    ("a template tag that is not closed", "", lambda text: text + "\n\n{{ first_name\n"),
    ("a picture that is missing", "", lambda text: text + "\n\n![Et træ](findes-ikke.png)\n"),
    ("a snippet that is missing", "", lambda text: text + "\n\n::: snippet findes-ikke\n"),
    ("a date that is not one", "", lambda text: text.replace("subject:", "send_at: 2026-13-45 09:00\nsubject:", 1)),
]


def mistakes(live_preview, shots):
    wrong = []
    for number, (name, _, make) in enumerate(MISTAKES, 1):
        started = time.monotonic()
        live_preview.issue.write_text(make(live_preview.text))
        if not live_preview.holds("document.querySelector('.outdated') && document.querySelector('#problems .error')"):
            wrong.append(f"{name}: no mistake is shown")
            continue
        took = (time.monotonic() - started) * 1000
        first = live_preview.page.value("document.querySelector('#problems .error').innerText").replace("\n", " | ")
        print(f"   {took:4.0f} ms  {name}: {first}")
        if not re.search(r"\.(md|yaml):\d+:\d+ · NL\d{3}", first):
            wrong.append(f"{name}: no place: {first}")
        if "Begyndelse" not in live_preview.page.value(SHOWN):
            wrong.append(f"{name}: the last good letter is gone")
        live_preview.page.shot(f"{shots}/mistake-{number:02}.png")
        live_preview.issue.write_text(live_preview.text)
        if not live_preview.holds("!document.querySelector('.outdated') && !document.querySelector('#problems .error')"):
            wrong.append(f"{name}: it stays after it was corrected")
    live_preview.issue.unlink()
    if not live_preview.holds("document.querySelector('.outdated') && document.getElementById('banner').innerText.includes('er væk')"):
        wrong.append("a file that is gone is not reported")
    live_preview.issue.write_text(live_preview.text)
    if not live_preview.holds("!document.querySelector('.outdated')"):
        wrong.append("a file that is back is not shown")
    return wrong


ATTACK = """<!doctype html><title>x</title><iframe id="frame" src="ADDRESS"></iframe><img id="picture" src="ADDRESSstate"><script>
const got = [];
const tries = [
  fetch("ADDRESSstate").then(answer => answer.text()).then(text => got.push("read: " + text.length), () => got.push("refused")),
  fetch("ADDRESSstate", { mode: "no-cors" }).then(answer => answer.text()).then(text => got.push("opaque: " + text.length), () => got.push("refused")),
  fetch("ADDRESStest", { method: "POST", mode: "no-cors", body: new URLSearchParams({ to: "offer@kommune.example" }) }).then(() => got.push("sent"), () => got.push("refused")),
];
Promise.all(tries).then(() => { document.title = got.join(", "); });
</script>"""


def attacks(browser, address):
    """Pages of another origin, and of a name that has come to mean this machine."""
    wrong = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            page = ATTACK.replace("ADDRESS", address).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for host in ["127.0.0.1", "evil.example"]:
        page = press_button.Page(browser, "da", 800, "light")
        page.call("Page.navigate", url=f"http://{host}:{server.server_port}/")
        page.wait_for("document.title.includes(', ')")
        said = page.value("document.title")
        print(f"   a page of {host}: {said}")
        if "read" in said or re.search(r"opaque: [1-9]", said):
            wrong.append(f"a page of {host} reads the live_preview: {said}")
    parts = urlsplit(address)
    for path in [parts.path, parts.path + "state", "/"]:
        page = press_button.Page(browser, "da", 800, "light")
        browser.events.clear()
        page.call("Page.navigate", url=f"http://rebound.example:{parts.port}{path}")
        time.sleep(0.5)
        codes = [event["params"]["response"]["status"] for event in browser.events if event["method"] == "Network.responseReceived" and event.get("sessionId") == page.session]
        text = page.value("document.documentElement.innerText") or ""
        print(f"   rebound.example{path.replace(parts.path, '/KEY/')}: {codes[:1]}")
        if codes[:1] != [403] or "Begyndelse" in text:
            wrong.append(f"a rebound name gets {codes} {text!r}")
    return wrong


def main():
    address, issue, shots = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
    limit = float(os.environ.get("NEWSLETTER_LIVE_PREVIEW_MS", "5000"))
    wrong = []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        browser = press_button.Browser(0, folder, "MAP rebound.example 127.0.0.1,MAP evil.example 127.0.0.1")
        for width, scheme in [(1400, "light"), (1400, "dark"), (390, "light"), (390, "dark")]:
            live_preview = LivePreview(browser, address, issue, width, scheme)
            live_preview.holds("document.getElementById('summary').innerText != ''")
            time.sleep(1)
            live_preview.page.shot(f"{shots}/live-preview-{width}-{scheme}.png")
            sizes = live_preview.page.value("[document.documentElement.scrollWidth, innerWidth]")
            if sizes[0] > sizes[1]:
                wrong.append(f"the page is {sizes[0]} pixels wide in a window of {sizes[1]}")
            browser.call("Target.closeTarget", targetId=live_preview.page.target)
        live_preview = LivePreview(browser, address, issue, 1400, "light")
        live_preview.page.value("window.scrollTo(0, 700)")
        times = [live_preview.timed(("in place", "rename", "delete")[number % 3]) for number in range(20)]
        print("   20 saves: " + " ".join(f"{took:.0f}" for took in times) + f" ms; median {statistics.median(times):.0f}, worst {max(times):.0f}")
        if statistics.median(times) > limit:
            wrong.append(f"a save is shown after {statistics.median(times):.0f} ms")
        scrolled = live_preview.page.value("scrollY")
        if abs(scrolled - 700) > 2:
            wrong.append(f"the page is scrolled to {scrolled} instead of 700")
        blank = halves(live_preview)
        if blank:
            wrong.append(f"without a letter for {blank * 5} ms")
        live_preview.issue.write_text(live_preview.text)
        live_preview.holds(f"!({SHOWN}).includes('to halve')")
        wrong += mistakes(live_preview, shots)
        said = [event["params"]["entry"]["text"] for event in browser.events if event["method"] == "Log.entryAdded"]
        wrong += [f"the browser says: {text}" for text in said if "favicon" not in text]
        wrong += attacks(browser, address)
        browser.call("Browser.close")
        browser.process.wait(20)
    print(*wrong, sep="\n", end="\n" if wrong else "")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
