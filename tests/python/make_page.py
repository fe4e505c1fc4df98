"""Prints a web page that opens each HTML file in a folder in frames of several widths and reports what is wrong."""
import json
import sys
from pathlib import Path

PAGE = """<!doctype html>
<meta charset="utf-8">
<pre id="said">nothing yet</pre>
<pre id="faults"></pre>
<script>
const files = FILES, widths = [320, 375, 560, 800], faults = [];
const open = (file, width) => new Promise(done => {
  const frame = document.createElement('iframe');
  frame.style.cssText = `width:${width}px;height:900px;border:0`;
  frame.scrolling = 'no'; // On a phone a scrollbar takes no room.
  frame.onload = () => done(frame);
  frame.src = file;
  document.body.append(frame);
});
const look = (frame, what) => {
  const page = frame.contentDocument.documentElement;
  if (page.scrollWidth > page.clientWidth + 1) faults.push(`${what}: ${page.scrollWidth} px wide`);
};
const lookAtOverview = (page, file) => {
  const fault = (holds, what) => { if (!holds) faults.push(`${file}: ${what}`); };
  const all = query => [...page.querySelectorAll(query)], unique = list => new Set(list).size === list.length;
  fault(page.documentElement.lang && page.title, 'no language or no title');
  fault(all('h1').length === 1, 'not one h1');
  fault(all('main').length === 1, 'not one main');
  fault(all('iframe').every(frame => frame.title && frame.hasAttribute('sandbox')), 'a frame without title or sandbox');
  fault(unique(all('iframe').map(frame => frame.title)), 'two frames of one title');
  fault(unique(all('[id]').map(node => node.id)), 'two nodes of one id');
  fault(all('a[href^="#"]').every(link => page.getElementById(link.getAttribute('href').slice(1))), 'a broken link');
  fault(all('script, link, object, form').length === 0, 'something that runs or loads');
  fault(all('[tabindex]').every(node => node.tabIndex === 0 && node.getAttribute('role') === 'region'), 'a lost focus');
};
(async () => {
  for (const file of files) {
    for (const width of widths) {
      const frame = await open(file, width), page = frame.contentDocument;
      look(frame, `${file} at ${width}`);
      if (file.endsWith('/index.html')) lookAtOverview(page, file);
      for (const image of page.images) if (!image.naturalWidth) faults.push(`${file}: no picture ${image.src}`);
      page.querySelectorAll('style').forEach(style => style.remove());
      if (!file.endsWith('/index.html')) look(frame, `${file} at ${width} without styles`);
      page.querySelectorAll('img').forEach(image => { image.src = 'missing:'; });
      if (!file.endsWith('/index.html')) look(frame, `${file} at ${width} without pictures`);
      frame.remove();
    }
  }
  document.getElementById('faults').textContent = faults.join('\\n');
  document.getElementById('said').textContent = `${files.length} pages looked at, ${faults.length} faults`;
})();
</script>
"""


def main() -> None:
    folder = Path(sys.argv[1])
    files = sorted(str(it.relative_to(folder)) for it in folder.glob("*/*.html"))
    print(PAGE.replace("FILES", json.dumps(files)))


if __name__ == "__main__":
    main()
