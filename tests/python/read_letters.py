"""Reads letters as a screen reader does: from the accessibility tree of Chromium.

    read_letters.py PAGE…

Exits with 1 if a letter lacks a language or a direction, if its headings skip a level, if a picture or a link has no name, or
if a table that only places things is read as one.
"""

import sys
import tempfile
import time
from pathlib import Path

from press_button import Browser, Page

# Languages and directions are not part of the tree, so they are asked of the page.
LANGUAGES = """(() => {
  const said = [], letter = document.querySelector('[role=article], [role=main]');
  for (const node of [document.documentElement, letter]) {
    if (!node || !node.lang) said.push('no language');
    else if (getComputedStyle(node).direction !== node.dir) said.push('no direction');
  }
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode());) {
    const direction = getComputedStyle(node.parentElement).direction;
    const first = node.textContent.match(/\\p{L}/u);
    const expected = first && /[\\u0590-\\u08ff]/.test(first[0]) ? 'rtl' : 'ltr';
    if (first && direction !== expected) said.push(`"${node.textContent.trim()}" runs ${direction}`);
  }
  return said;
})()"""


def faults_of(page):
    faults = page.value(LANGUAGES)
    level = 0
    tables = 0
    for node in page.call("Accessibility.getFullAXTree")["nodes"]:
        if node.get("ignored"):
            continue
        role, name = node["role"]["value"], node.get("name", {}).get("value", "").strip()
        if role == "heading":
            next_level = next(own["value"]["value"] for own in node["properties"] if own["name"] == "level")
            if next_level > level + 1 or (next_level == 1) != (level == 0):
                faults.append(f'"{name}" is a heading of level {next_level} after one of level {level}')
            level = next_level
        if role in ("heading", "image", "img", "link", "columnheader") and not name:
            faults.append(f"a {role} without a name")
        tables += role in ("table", "LayoutTable", "grid")
    data = page.value("document.querySelectorAll('table.data').length")
    if tables != data:
        faults.append(f"{tables} tables are read, but {data} have data")
    if level == 0:
        faults.append("no heading")
    return faults


def main():
    wrong = []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        page = Page(Browser(1, folder), "da", 800, "light")
        for path in sys.argv[1:]:
            page.call("Page.navigate", url=Path(path).resolve().as_uri())
            time.sleep(0.05)
            page.wait_for("document.readyState == 'complete' && document.querySelector('[role=article]') != null")
            wrong += [f"{path}: {fault}" for fault in faults_of(page)]
        page.browser.process.terminate()
        page.browser.process.wait()
    print(*wrong[:20], sep="\n", file=sys.stderr)
    print(f"{len(sys.argv) - 1} letters read, {len(wrong)} faults")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
