//! What a host of Git repositories shows of a project: `check --format`, `diff --since`, and the files that `init --ci` writes.

use serde_json::Value;

use crate::project::{ISSUE, MAY, Project};

/// A project with one commit, whose list of people is not in Git.
fn in_git(name: &str) -> Project {
    let project = Project::new(name);
    project.write("people/members.csv", "email\nanna@a.example\nbo@b.example\n");
    project.write("audiences/members.yaml", "name: Medlemmer\nreason: du er medlem\npeople: people/members.csv\n");
    project.write(".gitignore", "/.newsletter/\n/people/\n");
    for typed in ["init -q", "add .", "commit -q -m start"] {
        project.git(typed);
    }
    project
}

#[test]
fn problems_are_annotations_of_github() {
    let project =
        Project::new("ci-github").file(MAY, ISSUE.replace("Der er nyt.", "Der er {{ first_nam }}.\n\n# Én\n\n### Tre"));
    let output = project.run("check --format github");
    let lines: Vec<&str> = output.stdout.lines().collect();
    assert_eq!((output.status, output.stderr.as_str()), (3, ""), "{}", output.stdout);
    assert!(output.stdout.contains("::error file=issues/maj.md,line=9,col=8,endColumn="), "{}", output.stdout);
    // A pull request may be public.
    assert!(!output.stdout.contains("a.example"), "{}", output.stdout);
    assert!(
        lines.iter().all(|line| line.starts_with("::error ") || line.starts_with("::warning ")),
        "{}",
        output.stdout
    );
    // The runner looks for files from the top of the repository.
    let above = Project::in_folder("");
    let output = above.run("-C ci-github check --format github --lang da");
    assert!(
        output.stdout.contains("file=ci-github/issues/maj.md,") && output.stdout.contains("%0AHjælp: "),
        "{}",
        output.stdout
    );
}

#[test]
fn problems_are_a_report_of_gitlab() {
    let project = Project::new("ci-gitlab").file(MAY, ISSUE.replace("[members]", "[membres]"));
    let report = |typed: &str| -> Value { serde_json::from_str(&project.run(typed).stdout).unwrap() };
    let found = report("check --format gitlab");
    let first = &found[0];
    assert_eq!(first["location"], serde_json::json!({ "path": "issues/maj.md", "lines": { "begin": 4 } }), "{found}");
    assert_eq!(first["severity"], "major");
    assert!(first["description"].as_str().unwrap().contains("membres"), "{found}");
    let danish = report("check --format gitlab --lang da");
    assert_eq!(danish[0]["fingerprint"], first["fingerprint"]);
    assert_ne!(danish[0]["description"], first["description"]);
    assert_eq!(Project::new("ci-gitlab-good").run("check --format gitlab").stdout, "[]\n");
}

#[test]
fn a_clone_without_the_lists_of_people_is_checked() {
    let project = in_git("ci-lists");
    std::fs::remove_dir_all(project.path("people")).unwrap();
    assert_eq!(project.run("check").status, 3);
    let output = project.run("check --without-lists");
    assert_eq!(
        (output.status, output.stdout.as_str()),
        (0, "1 issue checked: 0 errors, 1 warning\n"),
        "{}",
        output.stderr
    );
    assert!(output.stderr.contains("warning[NL639]"), "{}", output.stderr);
    let output = project.run("preview --without-lists issues/maj.md --out shown");
    assert_eq!(output.status, 0, "{}", output.stderr);
    let page = project.read("shown/index.html");
    assert!(page.contains("Nyt i maj"), "{page}");
    project.edit(MAY, "Der er nyt.", "Der er mere.");
    let output = project.run("diff --without-lists HEAD issues/maj.md");
    assert!(output.stdout.contains("Der er mere."), "{} {}", output.stdout, output.stderr);
    // The people of a missing list are unknown, which does not mean none.
    assert!(output.stdout.contains("\nrecipients: unknown, since a list is not in this copy\n"), "{}", output.stdout);
}

#[test]
fn settings_with_errors_are_what_a_pull_request_shows() {
    let project = in_git("ci-settings");
    project.edit("newsletter.yaml", "name: ", "nam: ");
    let output = project.run("diff --since HEAD --format markdown");
    assert_eq!(output.status, 78);
    let start = "<!-- newsletter -->\n\n`newsletter.yaml` has errors, so no issue can be compared:\n\n- `newsletter.yaml:1:1` NL";
    assert!(output.stdout.starts_with(start), "{}", output.stdout);
}

#[test]
fn a_shallow_clone_without_the_revision_says_so() {
    let project = in_git("ci-shallow");
    project.edit(MAY, "Der er nyt.", "Der er mere.");
    project.git("commit -qam more");
    let origin = project.path("").canonicalize().unwrap();
    let clone = Project::empty("ci-shallow-clone");
    clone.git(&format!("clone -q --depth 1 file://{} .", origin.display()));
    let output = clone.run("diff --without-lists --since HEAD~1");
    assert_eq!(output.status, 3);
    assert!(
        output.stderr.starts_with("error: this copy is a shallow clone, and has no HEAD~1: run `git fetch"),
        "{}",
        output.stderr
    );
}

#[test]
fn annotations_quote_no_line_of_a_list() {
    let project = in_git("ci-private")
        .file("audiences/x.yaml", "name: X\nreason: du er med\nrecipients: [{email: anna, cpr: 010190-1234}\n");
    let output = project.run("check --format github");
    assert!(output.stdout.contains("NL008") && !output.stdout.contains("010190"), "{}", output.stdout);
    assert!(output.stdout.contains("Hint: run `newsletter check` in your own copy"), "{}", output.stdout);
}

#[test]
fn what_changed_since_a_revision_is_shown_for_each_issue() {
    let project = in_git("ci-since");
    project.run("diff --since HEAD").succeeds_with("no issue has changed since HEAD\n");
    project.edit(MAY, "Der er nyt.", "Der er `mere`.");
    project.write("issues/juni.md", ISSUE.replace("maj", "juni"));
    project.write("issues/juli/index.md", ISSUE.replace("[members]", "[membres]"));
    project.write("audiences/board.yaml", "name: Bestyrelsen\nreason: du er med\nrecipients: [dora@d.example]\n");
    let names = "issues/juli/index.md\nissues/juni.md\nissues/maj.md\n";
    assert_eq!(project.run("diff --since HEAD --name-only").stdout, names);
    let output = project.run("diff --since HEAD --format markdown");
    let markdown = &output.stdout;
    assert_eq!((output.status, output.stderr.as_str()), (0, ""), "{markdown}");
    for part in [
        "<!-- newsletter -->\n\n### `issues/juli/index.md`: new\n\nIt has errors, and cannot be compared:\n\n- `issues/juli/index.md:4:",
        "### `issues/juni.md`: new\n\n```diff\nfrom HEAD to issues/juni.md\n2 recipients, before 0: 2 added\n",
        "### `issues/maj.md`\n\n```diff\n",
        "\n+ Der er mere.\n",
        "\nAlso changed: `audiences/board.yaml`\n",
    ] {
        assert!(markdown.contains(part), "{part}\n--\n{markdown}");
    }
    assert!(!markdown.contains('\u{1b}') && !markdown.contains("a.example"), "{markdown}");
    let output = project.run("diff --since HEAD");
    assert_eq!(output.status, 3);
    assert!(output.stdout.contains("issues/juni.md: new\n") && output.stderr.contains("membres"), "{}", output.stdout);

    // The first pull request of a project is compared with nothing.
    project.write("new/newsletter.yaml", project.read("newsletter.yaml"));
    project.write("new/audiences/members.yaml", project.read("audiences/board.yaml"));
    project.write("new/issues/maj.md", ISSUE);
    let output = project.run("-C new diff --since HEAD --format markdown");
    assert_eq!((output.status, output.stderr.as_str()), (0, ""));
    assert!(output.stdout.contains("### `issues/maj.md`: new\n\n```diff\n"), "{}", output.stdout);
    std::fs::remove_dir_all(project.path("new")).unwrap();

    project.git("add .");
    project.git("commit -q -m more");
    project.git("rm -q issues/juni.md");
    assert_eq!(project.run("diff --since HEAD --name-only").stdout, "");
    assert!(project.run("diff --since HEAD --format markdown").stdout.ends_with("### `issues/juni.md`: removed\n"));
    project.run("diff --since nowhere").fails_with(3, "nowhere is neither an issue nor a Git revision of this project");
    // A link is compared by where it leads, and not followed.
    project.git("commit -q -m less");
    std::os::unix::fs::symlink("/dev/zero", project.path("issues/zero.md")).unwrap();
    assert_eq!(project.run("diff --since HEAD --name-only").status, 0);
}

#[test]
fn files_for_ci_are_written_once() {
    let project = Project::empty("ci-init");
    project.git("init -q");
    let output = project.run("init --ci github");
    assert_eq!(output.status, 0, "{}", output.stderr);
    assert!(output.stdout.contains("created .github/workflows/newsletter.yml\n"), "{}", output.stdout);
    let workflow = project.read(".github/workflows/newsletter.yml");
    let action = format!("newsletter@v{}\n        with:\n          project: .\n", env!("CARGO_PKG_VERSION"));
    assert!(workflow.contains(&action), "{workflow}");
    for word in ["secrets", "pull_request_target", "send", "contents: write"] {
        assert!(!workflow.replace("It sends nothing and needs no secret", "").contains(word), "{word}: {workflow}");
    }
    // In an existing project, only these files are written.
    let again = project.run("init --ci github");
    assert_eq!((again.status, again.stdout.contains("newsletter.yaml")), (0, false), "{}", again.stderr);
    assert!(again.stderr.starts_with(".github/workflows/newsletter.yml exists and is unchanged\n"), "{}", again.stderr);

    let output = project.run("init --ci gitlab news/nyt");
    assert_eq!(output.status, 0, "{}", output.stderr);
    let start = project.read(".gitlab-ci.yml");
    assert!(
        start.starts_with("include: /.gitlab/newsletter.yml\n") && start.contains("NEWSLETTER_PROJECT: \"news/nyt\"\n"),
        "{start}"
    );
    assert!(project.read(".gitlab/newsletter.yml").contains("codequality: "));
    let again = project.run("-C news/nyt init --ci gitlab");
    assert!(again.stdout.starts_with("add to .gitlab-ci.yml:\ninclude: /.gitlab/newsletter.yml\n"), "{}", again.stdout);
}
