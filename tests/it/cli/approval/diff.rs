//! `diff ISSUE`: what has changed since it was approved.

use super::{APPROVALS, as_user, code, commit, project};
use crate::project::MAY;

#[test]
fn an_issue_alone_is_compared_with_what_was_approved() {
    let project = project("approval-diff");
    let example = "name a version to compare with, for example `newsletter diff HEAD~1 issues/maj.md`";
    project.run("diff issues/maj.md").fails_with(3, &format!("issues/maj.md was never approved: {example}"));
    let revision = "HEAD:issues/maj.md is a revision: write also what to compare it with, such as an issue";
    project.run("diff HEAD:issues/maj.md").fails_with(3, revision);
    assert_eq!(project.run("approve issues/maj.md --yes").status, 0);
    commit(&project, "Karen");
    let same = project.run("diff maj");
    assert_eq!((same.status, same.stdout.as_str()), (0, "nothing has changed since\n"));
    assert!(same.stderr.contains("approved by Karen on "), "{same:?}");
    project.edit(MAY, "Der er nyt.", "Der er mere nyt.");
    project.edit("templates/jul/theme.css", "#112233", "#445566");
    project.edit("audiences/far.yaml", "reason: r", "reason: fordi");
    project.edit("audiences/members.yaml", "bo@b.example", "bodil@b.example");
    project.edit("newsletter.yaml", "Gadevej 1", "Gadevej 2");
    project.edit("newsletter.yaml", "approval:", "grace: 2h\napproval:");
    project.write("issues/kort.png", [&std::fs::read(project.path("issues/kort.png")).unwrap()[..], b"\0"].concat());
    commit(&project, "Anna");
    let changed = project.run("diff issues/maj.md");
    assert_eq!(changed.status, 0, "{changed:?}");
    let others = "also changed: audiences/far.yaml, issues/kort.png, newsletter.yaml, templates/jul/theme.css\n";
    let parts = [
        "- Der er nyt.\n+ Der er mere nyt.\n",
        others,
        "members.da",
        "\naudiences/far.yaml\n  name: f\n- reason: r\n+ reason: fordi\n  people: people/far.csv\n",
        "\nissues/kort.png: changed\n",
        "\nissues/maj.md\n",
        "\ntemplates/jul/theme.css\n- a { color: #112233 }\n+ a { color: #445566 }\n",
    ];
    for part in parts {
        assert!(changed.stdout.contains(part), "{part} is not in {}", changed.stdout);
    }
    // Neither people nor keys that are only about sending.
    assert!(!changed.stdout.contains("bodil") && !changed.stdout.contains("grace"), "{}", changed.stdout);
}

#[test]
fn an_approval_before_the_commit_is_found_in_its_own_commit() {
    let project = as_user(project("approval-diff-later"), "Anna");
    project.edit(MAY, "Der er nyt.", "Der er meget nyt.");
    let code = code(&project);
    assert_eq!(project.run_words(&["approve", MAY, "--yes", "--by", "Karen Holm", "--code", &code]).status, 0);
    let before = project.run("diff issues/maj.md");
    assert_eq!(before.stdout, "nothing has changed since\n");
    commit(&project, "Anna");
    project.edit(MAY, "Der er meget nyt.", "Der er intet nyt.");
    commit(&project, "Anna");
    let changed = project.run("diff issues/maj.md --json");
    assert!(changed.stdout.contains("\"- Der er meget nyt.\",\"+ Der er intet nyt.\""), "{changed:?}");
}

#[test]
fn without_the_approved_version_in_git_the_changed_files_are_named() {
    let project = as_user(project("approval-diff-files"), "Anna");
    project.edit("snippets/om-os.md", "Vi er en forening.", "Vi er foreningen.");
    let code = code(&project);
    assert_eq!(project.run_words(&["approve", MAY, "--yes", "--by", "Karen Holm", "--code", &code]).status, 0);
    project.edit("snippets/om-os.md", "Vi er foreningen.", "Vi er foreningen!");
    project.edit(MAY, "Der er nyt.", "Der er mere nyt.");
    let output = project.run("diff issues/maj.md");
    assert_eq!((output.status, output.stdout.as_str()), (0, "changed since: issues/maj.md, snippets/om-os.md\n"));
    let line = "only the names of the files are known: Git does not have it as it was approved: not every file of it was \
                committed\n";
    assert!(output.stderr.ends_with(line), "{output:?}");
    std::fs::remove_dir_all(project.path(".git")).unwrap();
    let output = project.run("diff issues/maj.md");
    assert_eq!((output.status, output.stdout.as_str()), (0, "changed since: issues/maj.md, snippets/om-os.md\n"));
    project.edit(APPROVALS, "Karen", "Erik");
    let edited = project.run("diff issues/maj.md");
    assert!(edited.status == 3 && edited.stderr.contains("error[NL746]"), "{edited:?}");
}
