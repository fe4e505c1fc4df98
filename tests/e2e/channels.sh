#!/usr/bin/env bash
# Exports the examples for other channels, builds the posts with a real Jekyll, and makes documents and slides of the talking
# points with pandoc.
set -euo pipefail
# Messages are compared in English.
export LANG=en_US.UTF-8
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

. tests/program.sh
project=$work/project
site=$work/site
mkdir -p "$project" "$site/_layouts"
cp -rL newsletter.yaml audiences examples snippets templates "$project"

cat >"$project/examples/tegn.md" <<'MARKDOWN'
---
subject: 'Tegn: 100 % "rigtige" & {kun} tekst'
audiences: [it-chiefs]
archive: public
date: 2027-02-01 09:00
layout: nyhed
tags: [it-sikkerhed]
---
Koden `{{ page.title }}` og `{% if x %}` er tekst, og det er a_b_c, 2 * 3 * 4, [ikke link], $5 | $6 og ~ om ~ også.

1986\. Et år begynder ingen liste.[^år]

[^år]: Det er *kort*.

- Et
  - Under

1. Først

> Et citat

> Et andet

| A | B |
|---|--:|
| x \| y | 3 |

```
{% include x %}

{{ y }}
```

![Huse](havnen.jpg "Foto: Bo"){width=300}

::: only talkingpoints
- Sig tak. Og smil.
:::
MARKDOWN

fail() {
  printf 'channels.sh: %s\n' "$*" >&2
  exit 1
}

for issue in produktdag tegn; do
  for channel in html linkedin text; do
    "$newsletter" -q -C "$project" export "$project/examples/$issue.md" --to "$channel"
  done
  "$newsletter" -q -C "$project" export "$project/examples/$issue.md" --to jekyll --out "$site"
  "$newsletter" -q -C "$project" export "$project/examples/$issue.md" --to talkingpoints
done

# Jekyll, with a website that is not at the root of its host.
printf 'baseurl: /under\npermalink: /:title/\n' >"$site/_config.yml"
for layout in post nyhed; do
  printf -- '---\n---\n<html lang="{{ page.lang }}"><title>{{ page.title | escape }}</title>{{ content }}</html>\n' \
    >"$site/_layouts/$layout.html"
done
jekyll build --quiet --future --source "$site" --destination "$work/built"
page=$work/built/tegn/index.html
# $1: a text of the page
has() {
  grep -qF -- "$1" "$page" || fail "the post lacks: $1
$(cat "$page")"
}
has '<title>Tegn: 100 % &quot;rigtige&quot; &amp; {kun} tekst</title>'
has '<code>&#123;&#123; page.title &#125;&#125;</code>'
has 'a_b_c, 2 * 3 * 4, [ikke link], $5 | $6 og ~ om ~ også.'
has '<p>1986. Et år begynder ingen liste.<sup id="fnref:1"'
has '<p>Det er <em>kort</em>.'
has '<a href="#fnref:1" class="reversefootnote"'
has '<td>x | y</td>'
has '&#123;% include x %&#125;'
has '<img src="/under/assets/tegn/havnen.jpg" alt="Huse" width="300" />'
[ "$(grep -c '<blockquote>' "$page")" = 2 ] || fail 'two quotations became one'
[ "$(grep -c '<ul>\|<ol>' "$page")" = 4 ] || fail 'lists were joined'
[ -f "$work/built/assets/tegn/havnen.jpg" ] || fail 'a picture is missing'
[ -f "$work/built/produktdag-en/index.html" ] || fail 'the post in English is missing'

# Pandoc: a document and slides, read back as text.
for ending in docx pptx; do
  pandoc "$project/export/talkingpoints/tegn.md" --slide-level=2 -o "$work/points.$ending"
done
pandoc "$work/points.docx" -t plain --wrap=none >"$work/points.txt"
grep -qF 'Sig tak. Og smil.' "$work/points.txt" || fail "the document lacks a point: $(cat "$work/points.txt")"
python3 - "$work/points.pptx" <<'PYTHON'
import sys, zipfile
slides = zipfile.ZipFile(sys.argv[1])
text = "".join(slides.read(name).decode() for name in slides.namelist() if name.startswith("ppt/slides/slide"))
assert "Kort fortalt" in text and "Sig tak. Og smil." in text, text
PYTHON
# Pandoc reads the post as text too: no sign of it is markup.
pandoc "$site/_posts/2027-02-01-tegn.md" -f markdown -t plain --wrap=none >"$work/post.txt"
grep -qF 'a_b_c, 2 * 3 * 4, [ikke link], $5 | $6' "$work/post.txt" || fail "pandoc reads: $(cat "$work/post.txt")"
echo 'channels.sh: the posts were built, and the talking points became a document and slides'
