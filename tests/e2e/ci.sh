#!/usr/bin/env bash
# Runs the steps of the GitHub action, and those of the GitLab template, on a repository with a pull request that has mistakes.
set -euo pipefail
export LANG=C.UTF-8
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

. tests/program.sh
here=$PWD
fail() {
  echo "ci.sh: $*" >&2
  exit 1
}
export GIT_CONFIG_GLOBAL=$work/gitconfig
git config --global user.name Test
git config --global user.email test@x.example
git config --global init.defaultBranch main
mkdir "$work/bin"
ln -s "$newsletter" "$work/bin/newsletter"
# GitHub's own program, as far as `comment` uses it: comments are files.
cat >"$work/bin/gh" <<'GH'
#!/usr/bin/env python3
import json, os, subprocess, sys
path, words = os.environ["COMMENTS"], sys.argv[1:]
comments = json.load(open(path)) if os.path.exists(path) else []
assert os.environ["GH_TOKEN"] == "a-token"
if "--jq" in words:
    filtered = subprocess.run(["jq", words[words.index("--jq") + 1]], input=json.dumps(comments), text=True, stdout=subprocess.PIPE, check=True)
    print(filtered.stdout, end="")
    sys.exit()
body = open(words[words.index("--field") + 1].removeprefix("body=@")).read()
url = next(word for word in words if word.startswith("repos/"))
if "PATCH" in words:
    next(comment for comment in comments if comment["id"] == int(url.rsplit("/", 1)[1]))["body"] = body
else:
    assert url == "repos/forening/nyhedsbrev/issues/7/comments", url
    comments.append({"id": len(comments) + 1, "user": {"type": "Bot"}, "body": body})
json.dump(comments, open(path, "w"))
GH
chmod +x "$work/bin/gh"
export PATH=$work/bin:$PATH COMMENTS=$work/comments.json
echo '[{"id": 1, "user": {"type": "Bot"}, "body": "of another program"}]' >"$COMMENTS"

newsletter -q init "$work/repository/news"
cd "$work/repository"
printf 'name: Bestyrelsen\nreason: du er med\npeople: people/board.csv\n' >news/audiences/board.yaml
git init -q
git add .
git commit -q -m "A newsletter"
git switch -q -c change
sed 's/^draft: true$//; s/\[Skriv[^]]*\]/Nyt/; s/^subject: .*/subject: Nyt i maj/' news/issues/velkommen.md >news/issues/maj.md
sed -i '/^draft: true$/d; s/\[Skriv[^]]*\]/Hej {{ first_nam }}/; s/^audiences: .*/audiences: [members, board]/' news/issues/velkommen.md
git add .
git commit -q -m "Two issues, one with mistakes"
# GitHub checks what the branch would be after a merge.
git switch -q main
git merge -q --no-ff -m "Merge" change

# $1: a name, $2: where the pull request comes from. Sets `status`.
run_action() {
  status=0
  /usr/bin/python3 -B "$here/tests/python/run_action.py" "$work/$1" forening/nyhedsbrev "$2" news >"$work/$1.log" 2>&1 || status=$?
}
echo "-- a pull request of the repository"
run_action own forening/nyhedsbrev
[ "$status" -eq 3 ] || fail "the action ended with $status: $(cat "$work/own.log")"
grep -q '^::error file=news/issues/velkommen.md,line=' "$work/own.log" || fail "no annotation: $(cat "$work/own.log")"
grep -q '^::warning file=news/audiences/board.yaml,line=3,.*title=NL639::' "$work/own.log" || fail "no warning of the list: $(cat "$work/own.log")"
body=$(jq -r '.[1].body' "$COMMENTS")
for part in '<!-- newsletter -->' '### `issues/maj.md`: ' '+ Nyt' '### `issues/velkommen.md`' 'first_nam' '[Preview](https://github.example/artifact)'; do
  grep -qF -- "$part" <<<"$body" || fail "the comment lacks $part: $body"
done
[ -s "$work/own/artifact/maj/index.html" ] || fail "no preview: $(find "$work/own")"
cmp <(head -n -2 <<<"$body") "$work/own/GITHUB_STEP_SUMMARY" || fail "the summary is not the comment"

echo "-- the next push"
run_action again forening/nyhedsbrev
[ "$(jq length "$COMMENTS")" -eq 2 ] || fail "not one comment of the action: $(jq . "$COMMENTS")"

echo "-- a pull request from a fork"
rm "$COMMENTS"
run_action fork stranger/nyhedsbrev
[ "$status" -eq 3 ] && [ ! -e "$COMMENTS" ] || fail "a fork: $status, $(cat "$work/fork.log")"
grep -qF '### `issues/maj.md`' "$work/fork/GITHUB_STEP_SUMMARY" || fail "a fork has no summary"

echo "-- GitLab"
status=0
# The job's steps after the installation, as its runner joins them.
/usr/bin/python3 -c 'import sys, yaml; print("\n".join(yaml.safe_load(open(sys.argv[1]))["newsletter"]["script"]))' \
  "$here/packaging/gitlab/newsletter.yml" | sed "s|/opt/newsletter/ci|$here/packaging/ci|" >"$work/gitlab.sh"
CI_MERGE_REQUEST_DIFF_BASE_SHA=$(git rev-parse HEAD^1) NEWSLETTER_PROJECT=news bash -eo pipefail "$work/gitlab.sh" >"$work/gitlab.log" 2>&1 || status=$?
[ "$status" -eq 3 ] || fail "the job ended with $status: $(cat "$work/gitlab.log")"
jq -e 'any(.[]; .location.path == "news/issues/velkommen.md" and .severity == "major")' newsletter-review/code-quality.json >/dev/null ||
  fail "no such problem: $(cat newsletter-review/code-quality.json)"
grep -qF '### `issues/maj.md`' newsletter-review/changes.md || fail "no changes: $(cat newsletter-review/changes.md)"
[ -s newsletter-review/preview/maj/index.html ] || fail "no preview: $(find newsletter-review)"

echo "-- without mistakes"
rm -r newsletter-review
git checkout -q HEAD^1 -- news/issues/velkommen.md
git commit -q --amend -m "Merge"
run_action good forening/nyhedsbrev
[ "$status" -eq 0 ] || fail "the action ended with $status: $(cat "$work/good.log")"
echo "GitHub and GitLab show problems, changes and previews."
