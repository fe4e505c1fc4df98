#!/usr/bin/env bash
# Sends an invitation, a reminder, a correction and a cancellation, writes two years of calendar.yaml, and reads the calendar
# files with two parsers that share no code with newsletter.
set -euo pipefail
# Messages are compared in English.
export LANG=en_US.UTF-8
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

. tests/program.sh
# icalendar and vobject are Debian packages, which only Debian's own Python can import.
python=(/usr/bin/python3 -B)
project=$work/project
mkdir -p "$project/audiences" "$project/issues"
cat >"$project/newsletter.yaml" <<'YAML'
name: Nyt fra foreningen
from: Foreningen <nyt@forening.example>
postal_address: Gadevej 1, 8000 Aarhus C
unsubscribe: {mailto: afmeld@forening.example}
YAML
cat >"$project/audiences/all.yaml" <<'YAML'
name: Alle
reason: du er medlem
recipients: [anna@a.example, {email: bo@b.example, lang: en}]
YAML

# $1: the stage, $2: the date of its letters; its events come from standard input
send() {
  {
    printf -- '---\nsubject: Årsmødet, %s\npreheader: Om årsmødet\naudiences: [all]\n---\n' "$1"
    cat
  } >"$project/issues/$1.md"
  "$newsletter" -q -C "$project" send "issues/$1.md" --dry-run --date "$2" --out "$work/letters/$1"
}

send invitation "2026-11-02 09:00" <<'MARKDOWN'
::: event Årsmøde 2027, med æbler; og mere
tid: 21. januar 2027 kl. 9.30-15.30
sted: Dokk1, Aarhus
tilmelding: https://forening.example/aarsmoede?sprog=da&aar=2027
Vi mødes til frokost; der er "kaffe", kage og tre lange oplæg, så denne linje bliver længere end 75 tegn i filen.

Husk at melde afbud.
:::

::: event Sommerlejr
tid: 6.-8. juli 2027
:::

::: event Natåbent
tid: 27. marts 2027 kl. 23 - 28. marts 2027 kl. 4
:::
MARKDOWN
send reminder "2027-01-07 09:00" <<'MARKDOWN'
Husk:

::: event Årsmøde 2027, med æbler; og mere
tid: 21. januar 2027 kl. 9.30-15.30
sted: Dokk1, Aarhus
:::
MARKDOWN
send correction "2027-01-11 12:00" <<'MARKDOWN'
::: event Årsmøde 2027, med æbler; og mere
tid: 3. juni 2027 kl. 9.30-15.30
sted: Dokk1, Aarhus
:::
MARKDOWN
send cancelled "2027-05-20 09:00" <<'MARKDOWN'
::: event Årsmøde 2027, med æbler; og mere
tid: 3. juni 2027 kl. 9.30-15.30
status: aflyst
:::
MARKDOWN
cat >"$project/calendar.yaml" <<'YAML'
entries:
  - {title: "Årsmøde; med æbler, og mere", kind: meeting, when: 21. januar 2027, channel: mail, audience: all, owner: Karen Holm,
     deadlines: {draft: 6w, sent: 4w}}
  - {title: Messen, kind: event, when: 2026-W53, channel: other}
  - {title: Nyhedsbrev, kind: newsletter, every: quarter, done: [2027-Q1, 2027-Q2, 2027-Q3]}
  - {title: Sommerlejr, kind: event, when: 6.-8. juli 2027}
YAML
for year in 2026 2027; do
  "$newsletter" -q -C "$project" calendar --year $year --on 2026-11-29 --ics "$work/$year.ics"
done
"${python[@]}" tests/python/check_calendars.py --year "$work/2026.ics" --year "$work/2027.ics" "$work/letters" invitation reminder correction cancelled
echo "calendars.sh: passed"
