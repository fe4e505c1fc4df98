#!/usr/bin/env bash
# Verifies the signed letters of every example, and keys made by other programs, with three verifiers that share no code
# with newsletter: dkimpy, OpenDKIM and Mail::DKIM.
#
#   dkim.sh [COUNT]    the number of recipients; 10 by default. `dkim.sh 140` writes more than 1,000 letters and
#                      changes each of them
set -euo pipefail
# Messages are compared in English.
export LANG=en_US.UTF-8
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

. tests/program.sh
# dkimpy is a Debian package, which only Debian's own Python can import.
python=(/usr/bin/python3 -B)
opendkim=$(PATH=$PATH:/usr/sbin command -v opendkim)
project=$work/project
mkdir "$project"
cp -r newsletter.yaml audiences examples snippets templates "$project"

# Recipients with names that need encoding in header fields, and with names that do not.
"${python[@]}" - "${1:-10}" >"$project/audiences/it-chiefs.yaml" <<'PYTHON'
import sys
print("name: IT-chefer\nreason: du er IT-chef i en medlemskommune\nrecipients:")
for number in range(int(sys.argv[1])):
    first, last = [("Anna", "Berg"), ("Søren", "Ærø-Ågesen"), ("Zoë", "Ø")][number % 3]
    print(f"  - {{email: laeser{number}@kommune{number % 7}.example, first_name: {first}, last_name: {last}, organisation: Kommune {number}}}")
PYTHON

"$newsletter" -q -C "$project" dkim keygen
"$newsletter" -q -C "$project" dkim keygen --type ed25519
cat >>"$project/newsletter.yaml" <<'YAML'
dkim:
  - {domain: aabenkommune.example, selector: newsletter, key_file: .newsletter/dkim/newsletter.pem}
  - {domain: aabenkommune.example, selector: newsletter-ed25519, key_file: .newsletter/dkim/newsletter-ed25519.pem}
YAML
"$newsletter" -C "$project" dkim record --json >"$work/records.json"
"$newsletter" -C "$project" dkim record >"$work/zone"
"$newsletter" -q -C "$project" dkim check --record "$work/zone"

# Checks that each verifier finds all letters in a folder right, or all of them wrong.
# $1: `right` or `wrong`, $2: the folder
every_verifier_says() {
  local expected=$1 folder=$2 said
  "${python[@]}" tests/python/check_dkim.py "$expected" "$work/records.json" "$folder"
  perl tests/perl/check_dkim.pl "$expected" "$work/zone" "$folder"
  said=$(find "$folder" -name '*.eml' -print0 | xargs -0 -n 200 | tr ' ' ',' |
    xargs -d '\n' -n 1 "$opendkim" -x "$work/opendkim.conf" -vv -t 2>/dev/null)
  local letters rsa ed25519 results
  letters=$(find "$folder" -name '*.eml' | wc -l)
  results=$(grep -c "hname='Authentication-Results'" <<<"$said")
  rsa=$(grep -c 'dkim=pass .*header.a=rsa-sha256' <<<"$said" || true)
  ed25519=$(grep -c 'dkim=pass .*header.a=ed25519-sha256' <<<"$said" || true)
  case $expected:$results:$rsa:$ed25519 in
    "right:$letters:$letters:$letters" | "wrong:$letters:0:0") ;;
    *) echo "OpenDKIM: $letters letters, $results results; RSA right in $rsa, Ed25519 right in $ed25519"; return 1 ;;
  esac
  echo "OpenDKIM: $letters letters, each with 2 signatures: $expected"
}
"${python[@]}" -c 'import json, sys
for line in sys.stdin:
    print("{name} {record}".format(**json.loads(line)))' <"$work/records.json" >"$work/keys.txt"
printf 'Mode v\nSyslog no\nTestPublicKeys %s\n' "$work/keys.txt" >"$work/opendkim.conf"

for issue in "$project"/examples/*.md; do
  # A translation is part of the issue beside it.
  case $issue in *.??.md) continue ;; esac
  letters=$work/letters/$(basename "$issue" .md)
  "$newsletter" -q -C "$project" --trust send "$issue" --dry-run --date "2026-12-01 09:00" --out "$letters"
done
echo "== unchanged letters"
every_verifier_says right "$work/letters"
every=1
[ $# -gt 0 ] || every=25
"${python[@]}" tests/python/forgeries.py --every "$every" "$work/letters" "$work/forged"
for kind in "$work"/forged/*; do
  echo "== changed letters: $(basename "$kind")"
  every_verifier_says wrong "$kind"
done

echo "== keys of other programs"
# The files have the names that these programs give them.
keys=$work/keys
mkdir "$keys"
openssl genrsa -out "$keys/pkcs8.pem" 2048 2>/dev/null
openssl genrsa -traditional -out "$keys/pkcs1.pem" 3072 2>/dev/null
openssl genpkey -algorithm ED25519 -out "$keys/openssl-ed25519.pem"
(cd "$keys" && opendkim-genkey -b 2048 -s opendkim -d aabenkommune.example && /usr/bin/dknewkey --ktype ed25519 dkimpy >/dev/null 2>&1)
"${python[@]}" - >"$keys/rspamd.key" <<'PYTHON'
# `rspamadm dkim_keygen -t ed25519` writes a secret key in the format of libsodium: the seed, then the public key.
import base64, nacl.signing
key = nacl.signing.SigningKey.generate()
print(base64.b64encode(bytes(key) + bytes(key.verify_key)).decode(), end="")
PYTHON
rm -rf "$work/letters"
for key in pkcs8.pem pkcs1.pem openssl-ed25519.pem opendkim.private dkimpy.key rspamd.key; do
  chmod 600 "$keys/$key"
  sed -i '/^dkim:/,$d' "$project/newsletter.yaml"
  printf 'dkim:\n  - {domain: aabenkommune.example, selector: other, key_file: %s}\n' "$keys/$key" >>"$project/newsletter.yaml"
  "$newsletter" -q -C "$project" --trust send "$project/examples/produktdag.md" --dry-run --date "2026-12-01 09:00" \
    --out "$work/letters/$key"
  "$newsletter" -C "$project" dkim record --json >"$work/records.json"
  "${python[@]}" tests/python/check_dkim.py right "$work/records.json" "$work/letters/$key"
done
# The DNS records that other programs print for their public keys must match ours.
sed -i 's/selector: other, key_file: [^}]*/selector: other, key_file: '"${keys//\//\\/}"'\/opendkim.private/' "$project/newsletter.yaml"
"$newsletter" -q -C "$project" dkim check --record "$keys/opendkim.txt"
sed -i 's/opendkim\.private/dkimpy.key/' "$project/newsletter.yaml"
"$newsletter" -q -C "$project" dkim check --record "$keys/dkimpy.dns"
echo "dkim.sh: passed"
