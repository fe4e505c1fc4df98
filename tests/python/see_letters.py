"""Looks at letters as a reader with eyes does, in Chromium: on a wide screen and on phones, in light and dark mode.

    see_letters.py PAGE…

Exits with 1 if a letter is wider than its screen, if a word or an amount is broken, with the styles of the head or without
them, if a text has too little contrast (WCAG 2.2, 1.4.3), if a link in a text is only a colour (1.4.1), if the logo cannot be
seen, or if a line of the issue beside the letter, ISSUE.written, is not shown as it is written.
"""

import re
import sys
import tempfile
import time
from pathlib import Path

from press_button import Browser, Page

# Words on more than one line, but those with soft hyphens, in code and in addresses, which may be divided; and numbers whose
# unit, or days whose month, is on the next line: a no-break space is between them.
LINES = """(() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), range = document.createRange(), said = [];
  const isBroken = (node, start, end) => {
    range.setStart(node, start);
    range.setEnd(node, end);
    const boxes = [...range.getClientRects()].filter(box => box.width > 0);
    return boxes.some(box => box.top > boxes[0].bottom - 2);
  };
  for (let node; (node = walker.nextNode());) {
    const text = node.textContent;
    if (node.parentElement.closest('code, style, title')) continue;
    for (const match of text.matchAll(/\\S+/gu)) {
      if (/[@\\/_\\u00ad]|\\.\\p{L}/u.test(match[0]) || !/[\\p{L}\\p{N}]/u.test(match[0])) continue;
      for (const word of match[0].matchAll(/[\\p{L}\\p{N}][\\p{L}\\p{N}.,]*[\\p{L}\\p{N}]/gu)) {
        const start = match.index + word.index;
        if (isBroken(node, start, start + word[0].length)) said.push(`"${word[0]}" is broken`);
      }
    }
    for (const match of text.matchAll(/\\d[\\d.,]*\\u00a0[^\\s\\u00ad]+/gu)) {
      if (isBroken(node, match.index, match.index + match[0].length)) said.push(`"${match[0]}" is on two lines`);
    }
  }
  return said;
})()"""

WIDER = """(() => {
  const page = document.documentElement;
  return page.scrollWidth > page.clientWidth + 1 ? [`it is ${page.scrollWidth} px wide`] : [];
})()"""

# The functions that colours need: channels and opacity, relative luminance, contrast.
COLOURS = """
  const channels = colour => { const [r, g, b, a = 1] = colour.match(/[\\d.]+/g).map(Number); return {rgb: [r, g, b], a}; };
  const light = rgb => rgb.map(part => part / 255).map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
  const contrast = (one, other) => {
    const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
"""

CONTRAST = f"""(() => {{
  {COLOURS}
  const said = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), range = document.createRange();
  const behind = node => {{
    for (; node; node = node.parentElement) {{
      const {{rgb, a}} = channels(getComputedStyle(node).backgroundColor);
      if (a === 1) return rgb;
    }}
    return [255, 255, 255];
  }};
  for (let node; (node = walker.nextNode());) {{
    const text = node.textContent.trim(), parent = node.parentElement, style = getComputedStyle(parent);
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect();
    if (!/[\\p{{L}}\\p{{N}}]/u.test(text) || box.width < 1 || box.height < 4) continue;
    const size = parseFloat(style.fontSize), isLarge = size >= 24 || size >= 18.66 && style.fontWeight >= 700;
    const ratio = contrast(channels(style.color).rgb, behind(parent));
    if (ratio < (isLarge ? 3 : 4.5)) said.push(`"${{text.slice(0, 40)}}" has a contrast of ${{ratio.toFixed(2)}}`);
    const link = parent.closest('a');
    if (link && link.closest('p, li, td') && getComputedStyle(link).display === 'inline'
      && !getComputedStyle(link).textDecorationLine.includes('underline')) said.push(`the link "${{text}}" is not underlined`);
  }}
  return said;
}})()"""

# What Gmail and Outlook do on phones: light backgrounds become dark, and pictures stay as they are.
FORCE_DARK = f"""(() => {{
  {COLOURS}
  const nodes = [...document.querySelectorAll('html, body, body *')].filter(node => node.tagName !== 'IMG')
    .map(node => [node, channels(getComputedStyle(node).backgroundColor)]).filter(([, colour]) => colour.a > 0);
  document.documentElement.style.setProperty('background-color', '#121212');
  for (const [node, {{rgb}}] of nodes) {{
    if (light(rgb) > 0.2) node.style.setProperty('background-color', '#121212', 'important');
  }}
}})()"""

LOGO = """(() => {
  const logo = [...document.querySelectorAll('.logo, .logo-dark')].find(node => node.getBoundingClientRect().width > 0);
  if (!logo) return null;
  const {x, y, width, height} = logo.getBoundingClientRect();
  return {x: x + scrollX, y: y + scrollY, width, height, scale: 1};
})()"""

# How much of a picture is easily told from its commonest colour, from 0 to 1.
SEEN = """(async () => {
  COLOURS
  const bitmap = await createImageBitmap(await (await fetch('data:image/png;base64,PICTURE')).blob());
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
  context.drawImage(bitmap, 0, 0);
  const {data} = context.getImageData(0, 0, bitmap.width, bitmap.height), counts = new Map();
  for (let at = 0; at < data.length; at += 4) {
    const colour = data.slice(at, at + 3).join();
    counts.set(colour, (counts.get(colour) || 0) + 1);
  }
  const colours = [...counts].map(([colour, count]) => [colour.split(',').map(Number), count]).sort((a, b) => b[1] - a[1]);
  const seen = colours.filter(([colour]) => contrast(colour, colours[0][0]) >= 3).reduce((sum, [, count]) => sum + count, 0);
  return seen / (bitmap.width * bitmap.height);
})()""".replace("COLOURS", COLOURS)

WIDTHS = [320, 375, 560, 800]
# A logo has more than its outline that can be seen.
LEAST_SEEN = 0.1


class Eyes:
    """A tab in which letters are looked at."""

    def __init__(self, folder):
        self.page = Page(Browser(1, folder), "da", 800, "light")

    def open(self, path, scheme="light"):
        self.page.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.page.call("Page.navigate", url=Path(path).resolve().as_uri())
        time.sleep(0.02)
        self.page.wait_for("document.readyState == 'complete' && document.querySelector('[role=article]') != null")

    def set_width(self, width):
        self.page.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=width < 600
        )

    def lines(self, path):
        self.open(path)
        faults = []
        for width in WIDTHS:
            self.set_width(width)
            faults += [f"{fault} at {width} px" for fault in self.page.value(LINES) + self.page.value(WIDER)]
        self.page.value("document.querySelectorAll('style').forEach(style => style.remove())")
        for width in WIDTHS:
            self.set_width(width)
            # Only a program that keeps the styles of the head can stack a table that is wider than a phone.
            found = self.page.value(WIDER) + (self.page.value(LINES) if width == 800 else [])
            faults += [f"{fault} at {width} px without the styles of the head" for fault in found]
        self.set_width(800)
        return faults

    def colours(self, path):
        faults = []
        for scheme in ["light", "dark", "forced dark"]:
            self.open(path, "dark" if scheme == "dark" else "light")
            if scheme == "forced dark":
                self.page.value(FORCE_DARK)
            else:
                faults += [f"{fault} in {scheme} mode" for fault in self.page.value(CONTRAST)]
            seen = self.seen_of_logo()
            if seen is not None and seen < LEAST_SEEN:
                faults.append(f"only {seen:.0%} of the logo can be seen in {scheme} mode")
        return faults

    def seen_of_logo(self):
        clip = self.page.value(LOGO)
        if clip is None:
            return None
        picture = self.page.call("Page.captureScreenshot", clip=clip, captureBeyondViewport=True)["data"]
        expression = SEEN.replace("PICTURE", picture)
        answer = self.page.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        return answer["result"]["value"]

    def written(self, path):
        """The lines of the issue that are not shown as they are written."""
        source = Path(path).with_suffix(".written")
        if not source.exists():
            return []
        self.open(path)
        shown = plain(self.page.value("document.body.innerText"))
        return [f'"{line}" is not shown' for line in lines_of(source.read_text()) if line not in shown]


def plain(text):
    return " ".join(text.replace("\u00ad", "").split())


def lines_of(issue):
    """The texts of an issue of plain paragraphs, headings, bullets, boxes and tables."""
    body = re.sub(r"\A---\n.*?\n---\n", "", issue, flags=re.S)
    body = re.sub(r"(?m)^(:::.*|\|[-|: ]+\|)$", "", body)
    for line in body.splitlines():
        for text in re.sub(r"^(#+|[-*>]) ", "", line).strip("|").split("|"):
            if text.strip():
                yield plain(text.replace("\\", ""))


def main():
    wrong = []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        eyes = Eyes(folder)
        for path in sys.argv[1:]:
            faults = eyes.lines(path) + eyes.colours(path) + eyes.written(path)
            wrong += [f"{path}: {fault}" for fault in faults]
        eyes.page.browser.call("Browser.close")
        eyes.page.browser.process.wait(20)
    print(*wrong[:20], sep="\n", file=sys.stderr)
    print(f"{len(sys.argv) - 1} letters looked at, {len(wrong)} faults")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
