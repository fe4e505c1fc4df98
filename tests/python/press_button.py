"""Opens unsubscribe pages in Chromium and presses their button with the keyboard alone.

    press_button.py PORT SHOTS

PORT is that of a web server on this host that answers for forening.example. Standard input has a line for each page: its
address, the browser's language, its width, its colour scheme, the keys to press, and a text that the second page has,
separated by tabs. Screenshots of the page, of the page before the last key, and of the second page go to the folder SHOTS. Exits with 1 if a page is wider than the window, asks
any other server or anything beside the page itself for anything, has an error, or does not lead to the second page.
"""

import base64
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

KEYS = {"Tab": 9, "Enter": 13, "Space": 32, "ArrowDown": 40, "ArrowUp": 38}
TEXTS = {"Enter": "\r", "Space": " "}


class Browser:
    """Chromium, over the pipe of its DevTools protocol."""

    def __init__(self, port, folder, hosts=None):
        to_browser, ours = os.pipe()
        theirs, from_browser = os.pipe()
        command = [
            "sh", "-c", f'exec 3<&{to_browser} 4>&{from_browser}; exec "$@"', "sh",
            "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--ignore-certificate-errors", f"--user-data-dir={folder}", "--remote-debugging-pipe",
            f"--host-resolver-rules={hosts or f'MAP forening.example:443 127.0.0.1:{port}'}", "about:blank",
        ]
        log = open(f"{folder}/log", "wb")
        self.process = subprocess.Popen(command, pass_fds=(to_browser, from_browser), stderr=log, stdout=log)
        os.close(to_browser)
        os.close(from_browser)
        self.writer, self.reader = os.fdopen(ours, "wb"), os.fdopen(theirs, "rb")
        self.number, self.events, self.buffer = 0, [], b""

    def receive(self):
        while b"\0" not in self.buffer:
            read = os.read(self.reader.fileno(), 1 << 20)
            if not read:
                sys.exit("the browser has ended")
            self.buffer += read
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, session=None, **parameters):
        self.number += 1
        request = {"id": self.number, "method": method, "params": parameters}
        if session:
            request["sessionId"] = session
        self.writer.write(json.dumps(request).encode() + b"\0")
        self.writer.flush()
        while True:
            message = self.receive()
            if message.get("id") == self.number:
                if "error" in message:
                    sys.exit(f"{method}: {message['error']}")
                return message["result"]
            self.events.append(message)


class Page:
    """A tab."""

    def __init__(self, browser, language, width, scheme):
        self.browser = browser
        self.target = browser.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = browser.call("Target.attachToTarget", targetId=self.target, flatten=True)["sessionId"]
        for domain in ["Page", "Network", "Log", "Runtime"]:
            self.call(f"{domain}.enable")
        agent = browser.call("Browser.getVersion")["userAgent"]
        self.call("Emulation.setUserAgentOverride", userAgent=agent, acceptLanguage=language)
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=width < 500)
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        browser.events.clear()

    def call(self, method, **parameters):
        return self.browser.call(method, self.session, **parameters)

    def value(self, expression):
        return self.call("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")

    def wait_for(self, expression):
        for _ in range(100):
            if self.value(expression):
                return
            time.sleep(0.1)
        sys.exit(f"not in time: {expression}; the page says: {self.value('document.body && document.body.innerText')}")

    def press(self, key):
        named = {"key": " " if key == "Space" else key, "code": key, "windowsVirtualKeyCode": KEYS[key]}
        text = {"text": TEXTS[key]} if key in TEXTS else {}
        self.call("Input.dispatchKeyEvent", type="keyDown", **named, **text)
        self.call("Input.dispatchKeyEvent", type="keyUp", **named)

    def shot(self, path):
        picture = self.call("Page.captureScreenshot", captureBeyondViewport=True)["data"]
        Path(path).write_bytes(base64.b64decode(picture))


def faults_of(page, url):
    """What is wrong with what the page shows, and with what it has asked for."""
    faults = []
    sizes = page.value("[document.documentElement.scrollWidth, innerWidth]")
    if sizes[0] > sizes[1]:
        faults.append(f"it is {sizes[0]} pixels wide in a window of {sizes[1]}")
    if page.value("document.scripts.length + document.querySelectorAll('link, iframe').length"):
        faults.append("it has a script, a link element or a frame")
    if page.value("getComputedStyle(document.querySelector('main')).borderTopWidth") != "6px":
        faults.append("its style does not apply")
    for event in page.browser.events:
        if event["method"] == "Network.requestWillBeSent":
            asked = event["params"]["request"]["url"]
            # A browser asks for this by itself, unless a page has another one.
            if asked != url and not asked.startswith("data:") and not asked.endswith("/favicon.ico"):
                faults.append(f"it asks for {asked}")
        if event["method"] == "Log.entryAdded":
            entry = event["params"]["entry"]
            if "favicon" not in entry.get("url", ""):
                faults.append(f"the browser says: {entry['text']}")
    return faults


def main():
    port, shots = sys.argv[1:]
    number, wrong = 0, []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        browser = Browser(port, folder)
        for number, line in enumerate(sys.stdin, 1):
            url, language, width, scheme, keys, expected = line.rstrip("\n").split("\t")
            page = Page(browser, language, int(width), scheme)
            page.call("Page.navigate", url=url)
            page.wait_for("document.readyState == 'complete' && document.querySelector('button') != null")
            page.shot(f"{shots}/{number:02}-1.png")
            *before, last = keys.split()
            for key in before:
                page.press(key)
            page.shot(f"{shots}/{number:02}-2.png")
            page.press(last)
            page.wait_for("document.readyState == 'complete' && document.querySelector('button') == null")
            page.shot(f"{shots}/{number:02}-3.png")
            faults = faults_of(page, url)
            said = page.value("document.body.innerText")
            if expected not in said:
                faults.append(f"it does not say {expected!r}, but {said!r}")
            wrong += [f"page {number}, {language} {width}: {fault}" for fault in faults]
        browser.call("Browser.close")
        browser.process.wait(20)
    print(*wrong, sep="\n", end="\n" if wrong else "")
    print(f"{number} pages, {len(wrong)} faults")
    sys.exit(1 if wrong or not number else 0)


if __name__ == "__main__":
    main()
