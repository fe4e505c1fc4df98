#!/usr/bin/env bash
# Exports the examples as an archive, and reads it as its visitors do: pages in a real browser on a phone and a wide screen, previews
# with Python's HTML parser, the feed with feedparser, the calendar with icalendar. None of them shares code with newsletter.
set -euo pipefail
# Messages are compared in English.
export LANG=en_US.UTF-8
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

. tests/program.sh
project=$work/project
mkdir "$project"
cp -r audiences examples snippets newsletter.yaml "$project"
cp tests/data/logos/dark.png "$project/logo.png"
# The dates of the examples are to come; in the archive are issues whose date has passed.
sed -i 's/^date: 20[0-9][0-9]-/date: 2021-/' "$project"/examples/*.md
sed -i 's/^date: 2021-01/date: 2020-01/' "$project/examples/produktdag.md"
sed -i 's/^  colour: /  logo: logo.png\n  colour: /' "$project/newsletter.yaml"
printf 'web: {accessibility_statement: https://forening.example/tilgaengelighed}\n' >>"$project/newsletter.yaml"

"$newsletter" -q -C "$project" export --all --to web --out "$work/site"
"$newsletter" -q -C "$project" export kvartalsnyt --to ics --out "$work/calendar"
# feedparser and icalendar are Debian packages, which only Debian's own Python can import.
timeout 300 /usr/bin/python3 -B tests/python/check_archive.py "$work/site" https://nyheder.aabenkommune.example/ \
  "$work/calendar/kvartalsnyt.ics"

# The same files a second time, and one page less once its issue is withdrawn.
"$newsletter" -q -C "$project" export --all --to web --out "$work/again"
diff -r "$work/site" "$work/again"
sed -i 's/^archive: public/archive: none/' "$project/examples/kvartalsnyt.md"
"$newsletter" -q -C "$project" export --all --to web --out "$work/site"
[ ! -e "$work/site/kvartalsnyt" ]
! grep -r kvartalsnyt "$work/site"
echo "archive.sh: passed"
