//! Who approves: names, codes, and the user's identity in Git.

use super::{APPROVALS, as_user, code, commit, forged, project, stops};
use crate::project::MAY;

#[test]
fn a_code_of_another_text_is_refused() {
    let project = as_user(project("approval-code"), "Anna");
    let approve = |code: &str| project.run_words(&["approve", MAY, "--yes", "--by", "Karen Holm", "--code", code]);
    let first = code(&project);
    project.edit(MAY, "Der er nyt.", "Der er mere nyt.");
    let other = approve(&first);
    let error = format!(
        "error: {first} is the code of another text than issues/maj.md as it is now: open the newest test mail or preview \
         page, and read it again\n"
    );
    assert!(other.status == 3 && other.stderr.ends_with(&error), "{other:?}");
    assert!(!other.stderr.contains(&code(&project)), "{other:?}");
    let none = approve("7F3A");
    let error = "error: \"7F3A\" is not a code: a code has six digits or letters from A to F, such as 7F3A-22\n";
    assert!(none.status == 3 && none.stderr.ends_with(error), "{none:?}");
    project.edit(MAY, "Der er mere nyt.", "Der er nyt.");
    let copied = format!("[TEST members.da {}] Nyt i maj", first.to_lowercase().replace('-', "\u{2013}"));
    assert_eq!(approve(&copied).status, 0);
    assert!(project.read(APPROVALS).contains("    how: code\n    recorded_by: \"Anna <anna@forening.example>\"\n"));
    let sent = project.run("send issues/maj.md --yes");
    assert!(sent.status == 0 && sent.stderr.contains(", recorded by Anna, not committed yet\n"), "{sent:?}");
}

#[test]
fn another_name_needs_the_code_where_there_is_git() {
    let project = as_user(project("approval-no-word"), "Anna");
    let refused = project.run_words(&["approve", MAY, "--yes", "--by", "Karen Holm"]);
    let error = "error: Karen Holm approves in their own copy, or gives you the code of a test mail or the preview page: \
                 `newsletter approve issues/maj.md --by \"Karen Holm\" --code CODE`\n";
    assert!(refused.status == 3 && refused.stderr.ends_with(error), "{refused:?}");
    // An approval that was recorded in a copy without Git does not count here.
    let code = code(&project);
    assert_eq!(project.run_words(&["approve", MAY, "--yes", "--by", "Karen Holm", "--code", &code]).status, 0);
    let text = project.read(APPROVALS).replace("how: code\n", "how: said\n");
    project.write(APPROVALS, forged(&text));
    commit(&project, "Anna");
    stops(&project, "error[NL749]: this approval of Karen Holm was recorded without the code of what they read");
    let again = project.run_words(&["approve", MAY, "--yes", "--by", "Karen Holm", "--code", &code]);
    assert_eq!(again.stdout, "Karen Holm approves issues/maj.md; commit approvals/maj.yaml\n", "{again:?}");
    assert_eq!(project.run("send issues/maj.md --yes").status, 0);
}

#[test]
fn one_under_their_own_name_approves_as_themselves() {
    let project = project("approval-own-name");
    assert_eq!(project.run_words(&["approve", MAY, "--yes", "--by", "  KAREN "]).status, 0);
    assert!(project.read(APPROVALS).contains("  - by: Karen\n    email: \"karen@forening.example\"\n"));
    assert!(project.read(APPROVALS).contains("    how: git\n"));
    let sent = project.run("send issues/maj.md --yes");
    assert!(sent.status == 0 && sent.stderr.contains(", not committed yet\n"), "{sent:?}");
}

#[test]
fn a_repository_without_an_identity_says_that_the_recorder_is_unknown() {
    let project = project("approval-no-identity");
    project.git("config --unset user.name");
    project.git("config --unset user.email");
    let error = "who approves is not known here: set `git config user.name` and `git config user.email`, or write \
                 `newsletter approve issues/maj.md --by \"Karen Holm\" --code CODE`";
    let refused = project.run("approve issues/maj.md --yes");
    assert!(refused.status == 3 && refused.stderr.ends_with(&format!("error: {error}\n")), "{refused:?}");
    let code = code(&project);
    let approved = project.run_words(&["approve", MAY, "--yes", "--by", "Karen Holm", "--code", &code]);
    let note = "Git has no `user.name` and `user.email` here: the file does not say who recorded the approval\n";
    assert!(approved.status == 0 && approved.stderr.contains(note), "{approved:?}");
    assert!(project.read(APPROVALS).contains("    recorded_by: unknown\n"));
    stops(&project, "error[NL749]: this approval of Karen Holm is not committed, and it is not known who recorded it");
    commit(&project, "Erik");
    let sent = project.run("send issues/maj.md --yes");
    assert!(sent.status == 0 && sent.stderr.contains(", recorded by Erik\n"), "{sent:?}");
}

#[test]
fn an_invalid_name_is_an_error_of_the_command_line() {
    let project = project("approval-no-name");
    let names = ["", " ", ".", "K", "K.", "\u{a0}", "karen@forening.example", "<karen@forening.example>", "--", "42"];
    for name in names {
        let refused = project.run_words(&["approve", MAY, "--yes", &format!("--by={name}")]);
        assert_eq!(refused.status, 2, "{name:?}: {refused:?}");
        assert!(refused.stderr.contains("write the name of the person"), "{name:?}: {refused:?}");
    }
    assert!(!project.path(APPROVALS).exists());
}
