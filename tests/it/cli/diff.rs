//! `diff`: what changes for the recipients.

use serde_json::Value;

use crate::project::{MAY, Project, files};

/// A project in Git with a first version of its issue, whose list of people is not in Git.
fn project(name: &str) -> Project {
    let project = Project::new(name).audience("board", &["Dorte <dorte@d.example>"]);
    project.write(".gitignore", "/.newsletter\n/people.csv\n");
    project.write("people.csv", "email;fornavn\nelse@e.example;Else\n");
    project.write("audiences/far.yaml", "name: f\nreason: r\npeople: people.csv\n");
    project.edit(MAY, "[members]", "[members, board, far]");
    project.edit(MAY, "Der er nyt.", "Vi ses på mandag i salen.\n\n::: only board\nKun for bestyrelsen.\n:::");
    project.git("init -q");
    project.git("add -A");
    project.git("commit -qm first");
    project
}

/// Lets the program find Git.
fn with_path(project: Project) -> Project {
    project.variable("PATH", &std::env::var("PATH").unwrap())
}

#[test]
fn a_file_is_compared_with_a_revision() {
    let project = with_path(project("diff-revision"));
    project.edit(MAY, "mandag", "tirsdag");
    project.edit(MAY, "Nyt i maj", "Nyt i juni");
    project.edit(MAY, "Kun for bestyrelsen", "Alene for bestyrelsen");
    project.edit("audiences/members.yaml", "bo@b.example", "bodil@b.example");
    let today = "people.csv is not in HEAD: the current list is used\n";
    project.run("diff HEAD issues/maj.md").is(0, include_str!("../../cases/cli/diff.txt"), today);
    let back = project.run("diff issues/maj.md HEAD:issues/maj.md");
    assert!(back.stdout.contains("- Vi ses på tirsdag i salen.\n+ Vi ses på mandag i salen.\n"), "{}", back.stdout);
    let coloured = project.run("diff HEAD issues/maj.md --color always").stdout;
    assert!(coloured.contains("\u{1b}[1m\u{1b}[4m\u{1b}[31mmandag\u{1b}[0m"), "{coloured:?}");
    assert!(!project.path(".git/newsletter").exists() && !project.path("outbox").exists());
}

#[test]
fn people_are_named_only_on_request() {
    let project = with_path(project("diff-people"));
    project.edit("audiences/members.yaml", "bo@b.example", "bodil@b.example");
    project.edit("audiences/board.yaml", "dorte@d.example", "carl@c.example");
    project.edit(MAY, "[members, board, far]", "[board, members, far]");
    let counted = project.run("diff HEAD issues/maj.md");
    assert!(
        counted.stdout.contains("\n4 recipients, before 5: 1 added, 2 removed, 1 with another edition\n"),
        "{}",
        counted.stdout
    );
    assert!(!counted.stdout.contains('@'), "{}", counted.stdout);
    let named = project.run("diff HEAD issues/maj.md --people --json");
    let reported: Value = serde_json::from_str(&named.stdout).unwrap();
    assert_eq!(reported["people"]["added"], serde_json::json!(["bodil@b.example"]));
    assert_eq!(reported["people"]["removed"], serde_json::json!(["bo@b.example", "dorte@d.example"]));
    assert_eq!(reported["people"]["moved"], serde_json::json!(["carl@c.example"]));
}

#[test]
fn a_project_in_a_subfolder_of_its_repository_is_found() {
    let project = with_path(Project::new("diff-below"));
    let below = project.path("below");
    for file in ["newsletter.yaml", "audiences/members.yaml", MAY] {
        project.write(&format!("below/{file}"), project.read(file));
    }
    project.git("init -q");
    project.git("add below");
    project.git("commit -qm first");
    project.edit("below/issues/maj.md", "Der er nyt", "Der er mere nyt");
    for before in ["HEAD", "HEAD:issues/maj.md", "HEAD:below/issues/maj.md"] {
        let output = project.run(&format!("-C below diff {before} below/issues/maj.md"));
        assert!(output.stdout.contains("- Der er nyt.\n+ Der er mere nyt.\n"), "{before}: {output:?}");
    }
    assert_eq!(files(&below).len(), 3, "nothing is written to the project");
}

#[test]
fn two_files_are_compared() {
    let project = Project::new("diff-files");
    project.write("issues/juni.md", project.read(MAY));
    for (may, june) in [(MAY, "issues/juni.md"), ("maj", "juni")] {
        let same = format!("from {may} to {june}\n3 recipients, the same as before\n\nmembers.da: same\n");
        project.run(&format!("diff {may} {june}")).succeeds_with(&same);
    }
}

#[test]
fn changes_of_attachments_pictures_and_blocks_are_reported() {
    let project = with_path(project("diff-rest"));
    project.write("issues/tal.txt", "1");
    project.edit(MAY, "date:", "attachments: [tal.txt]\nfrom: Kontoret <nyt@forening.example>\ndate:");
    project.edit(MAY, "::: only board", "::: only board far");
    let output = project.run("diff HEAD issues/maj.md").stdout;
    for line in [
        "sender: Foreningen <nyt@forening.example>, now Kontoret <nyt@forening.example>\n",
        "also changed: issues/tal.txt\n",
        "who reads what:\n- ::: only board (board.da)\n+ ::: only board far (board.da, far.da)\n",
        "far.da: changed\n",
        "board.da, members.da: same\n",
    ] {
        assert!(output.contains(line), "{line} is not in {output}");
    }
}

#[test]
fn versions_that_cannot_be_compared_are_reported() {
    let project = with_path(project("diff-stops"));
    let unknown = "HAED is neither an issue nor a Git revision of this project";
    project.run("diff HAED issues/maj.md").fails_with(3, unknown);
    project.run("diff HEAD:issues/juni.md issues/maj.md").fails_with(3, "no issues/juni.md in HEAD");
    let which = "no issue: write a file such as issues/nyt.md, or a revision such as HEAD~1:issues/nyt.md";
    project.run("diff HEAD HEAD~1").fails_with(3, which);
    project.edit(MAY, "subject:", "subjekt:");
    let output = project.run("diff HEAD issues/maj.md");
    assert_eq!((output.status, output.stdout.as_str()), (3, ""));
    assert!(output.stderr.ends_with("error: fix the errors in issues/maj.md to compare it\n"), "{output:?}");
    assert_eq!(project.run("diff --output=x issues/maj.md").status, 2);
}
