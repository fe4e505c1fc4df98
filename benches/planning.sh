#!/usr/bin/env bash
# Measures the time and peak memory of planning an issue for many people. Build the program with --release first.
# Usage: benches/planning.sh [PEOPLE…]. Files go to a temporary folder that is removed at the end.
set -euo pipefail
cd "$(dirname "$0")/.."
program=${NEWSLETTER:-$PWD/target/release/newsletter}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

people() {
  awk -v count="$1" 'BEGIN {
    print "email;fornavn;efternavn;kommune;produktrelation"
    split("Ry Aarhus Vejle Ringsted Odense", town, " "); split("Bruger Kontaktperson Styregruppe", role, " ")
    for (i = 1; i <= count; i++)
      printf "person%d@kommune%d.example;Fornavn%d;Efternavn%d;%s;%s\n",
        i, i % 98, i % 997, i % 991, town[i % 5 + 1], i % 7 ? role[i % 3 + 1] : "Bruger|Styregruppe"
  }'
}

# $1: the number of people, $2: the number of audiences: 1 (everyone), or 5 that use rules and each other.
project() {
  mkdir -p "$folder/audiences" "$folder/issues" "$folder/people"
  printf 'name: Nyt\nfrom: Nyt <nyt@forening.example>\npostal_address: Gadevej 1, 8000 Aarhus C\n' > "$folder/newsletter.yaml"
  people "$1" > "$folder/people/alle.csv"
  local list='people: people/alle.csv\nlists: {produktrelation: "|"}\n' to=alle
  printf "name: Alle\nreason: du er med\n$list" > "$folder/audiences/alle.yaml"
  if [ "$2" = 5 ]; then
    printf "name: Chefer\nreason: du er med\n${list}where: {produktrelation: [Styregruppe]}\n" > "$folder/audiences/chefer.yaml"
    printf "name: Ry\nreason: du er med\n${list}where: \"kommune == 'Ry'\"\n" > "$folder/audiences/ry.yaml"
    printf 'name: Nogle\nreason: du er med\ninclude: [chefer]\nexclude: [ry]\n' > "$folder/audiences/nogle.yaml"
    printf 'name: Resten\nreason: du er med\ninclude: [alle]\nexclude: [chefer, ry]\n' > "$folder/audiences/resten.yaml"
    to='nogle, chefer, ry, resten, alle'
  fi
  printf -- "---\nsubject: Nyt\npreheader: Det nye\naudiences: [$to]\n---\n{{ greeting }}\n\nDer er nyt i {{ kommune }}.\n" \
    > "$folder/issues/nyt.md"
}

measure() {
  /usr/bin/time -f '%e s, %M kB' -o "$folder/cost" "$program" -C "$folder" "$@" > "$folder/said" 2>&1 || true
  printf '%s' "$(tail -1 "$folder/cost")"
}

echo '| people | audiences | members of each audience | the whole plan, every letter composed once |'
echo '|---|---|---|---|'
for count in "${@:-10000}"; do
  for audiences in 1 5; do
    rm -rf "$folder"/*
    project "$count" "$audiences"
    echo "| $count | $audiences | $(measure audience list) | $(measure send issues/nyt.md --expect 1) |"
    grep -q "the plan has $count" "$folder/said" || { cat "$folder/said"; exit 1; }
  done
done
