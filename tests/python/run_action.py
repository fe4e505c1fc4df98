"""Runs the steps of action.yml as a runner of GitHub does, with files in place of GitHub.

    run_action.py FOLDER REPOSITORY HEAD_REPOSITORY PROJECT

FOLDER keeps what the steps write: GITHUB_STEP_SUMMARY, artifact/; `gh` in PATH takes their requests. The pull request 7 comes
from HEAD_REPOSITORY, and the project is in the folder PROJECT. Exits with the status of the first step that fails.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]


def main():
    folder, repository, head, project = Path(sys.argv[1]), *sys.argv[2:]
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    github = {
        "token": "a-token", "event_name": "pull_request", "repository": repository,
        "event": {"pull_request": {"number": 7, "head": {"repo": {"full_name": head}}}},
    }
    context = {"github": github, "runner": {"temp": str(folder)}, "steps": {}}
    inputs = {name: value["default"] for name, value in action["inputs"].items()}
    inputs["project"] = project
    context["inputs"] = {name: filled_in(value, context) for name, value in inputs.items()}
    files = {name: folder / name for name in ("GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_STEP_SUMMARY")}
    for step in action["runs"]["steps"]:
        if not value_of(step.get("if", "True"), context):
            print(f"## {step['name']}: skipped")
            continue
        print(f"## {step['name']}", flush=True)
        outputs = {}
        if "uses" in step:
            source = Path(filled_in(step["with"]["path"], context))
            shutil.copytree(source, folder / "artifact")
            outputs["artifact-url"] = "https://github.example/artifact"
        else:
            files["GITHUB_OUTPUT"].write_text("")
            environment = {name: filled_in(value, context) for name, value in step.get("env", {}).items()}
            environment |= {name: str(path) for name, path in files.items()}
            environment |= {"RUNNER_TEMP": str(folder), "GITHUB_ACTION_PATH": str(ROOT), "GITHUB_REPOSITORY": repository}
            # As the runner starts `shell: bash`.
            command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
            status = subprocess.run(command, env=os.environ | environment).returncode
            if status:
                sys.exit(status)
            outputs = dict(line.split("=", 1) for line in files["GITHUB_OUTPUT"].read_text().splitlines())
        context["steps"][step.get("id")] = {"outputs": outputs}


def filled_in(text, context):
    """A text with its expressions replaced."""
    return re.sub(r"\$\{\{(.*?)\}\}", lambda found: str(value_of(found[1], context) or ""), str(text))


def value_of(expression, context):
    """The value of an expression, as far as action.yml uses them."""

    def look_up(found):
        value = context
        for name in found[0].split("."):
            value = value.get(name) if isinstance(value, dict) else None
        return repr(value)

    names = r"\b(?:github|inputs|runner|steps)(?:\.[\w-]+)+"
    python = re.sub(names, look_up, expression.strip()).replace("&&", " and ").replace("||", " or ")
    return eval(python, {"__builtins__": {}})


if __name__ == "__main__":
    main()
