#!/usr/bin/env bash
# Has python3-jsonschema, which shares no code with newsletter, check the schemas, and the files of this repository with them:
# all are valid, and a wrong key, word or type in them is found.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

cargo build --quiet --locked
newsletter=$(realpath "${CARGO_TARGET_DIR:-target}")/debug/newsletter
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$newsletter" -q schema --out "$work"
"$newsletter" -q init "$work/project"

# jsonschema and yaml are Debian packages, which only Debian's own Python can import.
/usr/bin/python3 -B - "$work" <<'PYTHON'
import copy, json, pathlib, sys
import jsonschema, yaml

class Yaml12(yaml.SafeLoader):
    """Dates, `yes` and `no` are texts in YAML 1.2, which newsletter and editors read."""

Yaml12.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if not tag.endswith((":timestamp", ":bool"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Yaml12.add_implicit_resolver("tag:yaml.org,2002:bool", __import__("re").compile("^(true|false)$"), list("tf"))

work = pathlib.Path(sys.argv[1])
validators = {}
for file in work.glob("*.json"):
    schema = json.loads(file.read_text())
    jsonschema.Draft7Validator.check_schema(schema)
    validators[file.stem] = jsonschema.Draft7Validator(schema)
assert sorted(validators) == ["audience", "calendar", "issue", "newsletter"], validators

def load(file):
    text = file.read_text()
    if file.suffix == ".md":
        text = text.split("\n---\n", 1)[0].removeprefix("---\n")
    return yaml.load(text, Yaml12)

roots = [pathlib.Path("."), work / "project"]
files = [(root / name, kind) for root in roots for name, kind in (("newsletter.yaml", "newsletter"), ("calendar.yaml", "calendar"))]
for root in roots:
    files += [(file, "audience") for file in sorted((root / "audiences").glob("*.yaml"))]
    files += [(file, "issue") for folder in ("issues", "examples") for file in sorted((root / folder).glob("*.md"))]
files = [(file, kind) for file, kind in files if file.is_file() and file.name != "README.md"]
assert len({kind for _, kind in files}) == 4, files
for file, kind in files:
    value = load(file)
    for error in validators[kind].iter_errors(value):
        sys.exit(f"{file}: {list(error.path)}: {error.message}")
    wrong = copy.deepcopy(value)
    wrong["subjct"] = "x"
    assert [error.validator for error in validators[kind].iter_errors(wrong)] == ["additionalProperties"], file

settings = load(pathlib.Path("newsletter.yaml"))
for group, key, value in (("smtp", "security", "ssl"), ("smtp", "port", "often"), ("limits", "per_week", [2]), ("smtp", "hots", "x")):
    wrong = {**settings, group: {key: value}}
    errors = list(validators["newsletter"].iter_errors(wrong))
    assert len(errors) == 1 and group in errors[0].path, (group, key, errors)
print(f"{len(files)} files are valid, and mistakes in them are found.")
PYTHON
