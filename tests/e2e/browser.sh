#!/usr/bin/env bash
# Opens every edition of the examples and of tests/data/tables, in every theme, in a real browser, at the width of the
# narrowest phone and of a wide screen. Checks that nothing is wider than its page, also without the styles of the head and
# without pictures; that every picture is shown; that no word and no amount is broken; that dates and numbers are shown as they
# are written; that texts and logos can be seen in light and dark mode; that screen readers read every theme well; and that the
# overview page works from disk.
set -euo pipefail
# Messages are compared in English.
export LANG=en_US.UTF-8
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

. tests/program.sh
for issue in examples/*.md; do
  [[ $issue != *.en.md ]] || continue # A translation is part of the issue beside it.
  "$newsletter" --quiet preview "$issue" --out "$work/$(basename "$issue" .md)"
done
for theme in templates/*/theme.css; do
  theme=$(basename "$(dirname "$theme")")
  cp -r tests/data/tables "$work/project"
  cp examples/*.jpg "$work/project/issues/"
  echo "theme: $theme" >>"$work/project/newsletter.yaml"
  for issue in "$work"/project/issues/*.md; do
    "$newsletter" --quiet -C "$work/project" preview "$issue" --out "$work/tables-$theme-$(basename "$issue" .md)" 2>/dev/null
  done
  cp "$work/project/issues/written.md" "$work/tables-$theme-written/members.da.written"
  cp tests/data/logos/*.png "$work/project/"
  cp "$work/project/newsletter.yaml" "$work/settings.yaml"
  for logo in dark.png '{file: dark.png, dark: white.png}' paper.png; do
    printf 'brand: {logo: %s}\n' "$logo" | cat "$work/settings.yaml" - >"$work/project/newsletter.yaml"
    "$newsletter" --quiet -C "$work/project" preview "$work/project/issues/written.md" --out "$work/logo-$theme-${logo//[^a-z]/}"
  done
  rm -r "$work/project"
done
pages=("$work"/*/*.html)
python3 -B tests/python/make_page.py "$work" >"$work/page.html"

timeout 120 chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
  --disable-component-update --disable-sync --allow-file-access-from-files --user-data-dir="$work/browser" \
  --virtual-time-budget=20000 --dump-dom "file://$work/page.html" >"$work/dom.html" 2>"$work/browser.log" || {
  tail -n 5 "$work/browser.log" >&2
  echo "browser.sh: the browser failed or did not finish" >&2
  exit 1
}
said=$(sed -n 's/.*<pre id="said">\(.*\)<\/pre>.*/\1/p' "$work/dom.html")
expected="${#pages[@]} pages looked at, 0 faults"
if [ "$said" != "$expected" ]; then
  sed -n '/<pre id="faults">/,/<\/pre>/p' "$work/dom.html" | head -n 20 >&2
  echo "browser.sh: expected \"$expected\", got \"$said\"" >&2
  exit 1
fi
echo "$said"

letters=()
for page in "${pages[@]}"; do
  [[ $page == */index.html ]] || letters+=("$page")
done
timeout 300 python3 -B tests/python/read_letters.py "${letters[@]}"
timeout 600 python3 -B tests/python/see_letters.py "${letters[@]}"
