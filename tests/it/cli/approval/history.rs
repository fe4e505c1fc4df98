//! Who wrote an issue, in histories of every kind.

use std::process::Command;

use super::{as_user, code, commit, project, stops};
use crate::project::{MAY, Project};

/// Runs Git with words that may have spaces.
fn git(project: &Project, words: &[&str]) {
    let identity = ["-c", "user.name=Anna", "-c", "user.email=anna@forening.example"];
    let output = Command::new("git").args(identity).args(words).current_dir(project.path("")).output().unwrap();
    assert!(output.status.success(), "{words:?}: {output:?}");
}

/// A clone with the last commits only.
fn shallow_clone(project: &Project, name: &str, depth: u8) -> Project {
    let clone = Project::empty(name);
    clone.git(&format!("clone -q --depth {depth} file://{} .", project.path("").display()));
    clone
}

/// Checks that the user of this copy may not approve, as an author.
#[track_caller]
fn is_author(project: &Project, issue: &str, name: &str) {
    let refused = project.run(&format!("approve {issue} --yes"));
    let error = format!("error[NL748]: {name} made the last change of the issue, and cannot approve it");
    assert!(refused.status == 3 && refused.stderr.contains(&error), "{refused:?}");
}

#[test]
fn a_shallow_clone_does_not_know_the_author() {
    let project = project("approval-shallow");
    project.write("issues/note.txt", "x");
    commit(&project, "Erik");
    let clone = as_user(shallow_clone(&project, "approval-shallow-clone", 1), "Karen");
    let refused = clone.run("approve issues/maj.md --yes");
    let error = "error[NL753]: Git cannot determine who wrote issues/maj.md (this copy is a shallow clone)\n |\n = help: run `git fetch \
                 --unshallow`;";
    assert!(refused.status == 3 && refused.stderr.contains(error), "{refused:?}");
    clone.git("fetch -q --unshallow");
    assert_eq!(clone.run("approve issues/maj.md --yes").status, 0);
}

#[test]
fn an_approval_in_a_shallow_clone_does_not_count() {
    let project = project("approval-shallow-send");
    assert_eq!(project.run("approve issues/maj.md --yes").status, 0);
    commit(&project, "Karen");
    for (before, after) in [("\n---\n", "\n\n---\n"), ("\n\n---\n", "\n---\n")] {
        project.edit(MAY, before, after);
        project.edit("issues/maj.en.md", before, after);
        commit(&project, "Anna");
    }
    let clone = as_user(shallow_clone(&project, "approval-shallow-send-clone", 2), "Erik");
    clone.write("people/far.csv", project.read("people/far.csv"));
    let error = "error[NL749]: Git cannot determine who committed this approval (this copy is a shallow clone)";
    stops(&clone, error);
    clone.git("fetch -q --unshallow");
    assert_eq!(clone.run("send issues/maj.md --yes").status, 0);
}

#[test]
fn renaming_an_issue_does_not_make_an_author() {
    let project = project("approval-rename");
    project.git("mv issues/maj.md issues/juni.md");
    project.git("mv issues/maj.en.md issues/juni.en.md");
    commit(&project, "Karen");
    std::fs::set_permissions(project.path("issues/juni.md"), std::os::unix::fs::PermissionsExt::from_mode(0o755))
        .unwrap();
    commit(&project, "Karen");
    let project = as_user(project, "Anna");
    is_author(&project, "issues/juni.md", "Anna");
    let project = as_user(project, "Karen");
    assert_eq!(project.run("approve issues/juni.md --yes").status, 0);
    assert!(project.read("approvals/juni.yaml").contains("    author: \"Anna <anna@forening.example>\"\n"));
    // A rename with a change is a change.
    project.git("mv issues/juni.md issues/maj.md");
    project.git("mv issues/juni.en.md issues/maj.en.md");
    project.edit(MAY, "Der er nyt.", "Der er mere nyt.");
    commit(&project, "Karen");
    is_author(&project, MAY, "Karen");
}

#[test]
fn an_author_is_known_by_the_names_in_mailmap() {
    let project = project("approval-mailmap");
    project.write(".mailmap", "Ane Lund <ane@hjemme.example> Anna <anna@forening.example>\n");
    commit(&project, "Erik");
    project.git("config user.name Ane");
    project.git("config user.email ane@hjemme.example");
    is_author(&project, MAY, "Ane");
    // The other way round: the user's address is the former one.
    project.write(".mailmap", "Anna <anna@forening.example> <gammel@forening.example>\n");
    project.git("config user.email gammel@forening.example");
    is_author(&project, MAY, "Ane");
    let project = as_user(project, "Karen");
    assert_eq!(project.run("approve issues/maj.md --yes").status, 0);
}

#[test]
fn those_who_wrote_together_are_authors() {
    let project = project("approval-together");
    project.edit(MAY, "Der er nyt.", "Der er mere nyt.");
    project.git("add -A");
    let trailers =
        "Nyt\n\nCo-authored-by: Karen <karen@forening.example>\nCo-Authored-By: Erik Bach <erik@forening.example>";
    git(&project, &["commit", "-qm", trailers]);
    is_author(&project, MAY, "Karen");
    let project = as_user(project, "Erik");
    is_author(&project, MAY, "Erik");
    let refused = project.run_words(&["approve", MAY, "--yes", "--by", "Karen", "--code", &code(&project)]);
    assert!(refused.status == 3 && refused.stderr.contains("error[NL748]: Karen made the last change"), "{refused:?}");
    let project = as_user(project, "Ida");
    assert_eq!(project.run("approve issues/maj.md --yes").status, 0);
    let authors = "    author: \"Anna <anna@forening.example>, Karen <karen@forening.example>, Erik Bach <erik@forening.example>\"\n";
    assert!(project.read("approvals/maj.yaml").contains(authors), "{}", project.read("approvals/maj.yaml"));
}

#[test]
fn a_merge_that_changes_an_issue_has_the_authors_of_both_sides() {
    let project = project("approval-merge");
    project.edit(MAY, "Der er nyt.", "Der er nyt.\n\nEn.\n\nTo.\n\nTre.\n\nFire.");
    commit(&project, "Ole");
    project.git("checkout -qb side");
    project.edit(MAY, "Fire.", "Fire!");
    commit(&project, "Karen");
    project.git("checkout -q main");
    project.edit(MAY, "En.", "En!");
    commit(&project, "Erik");
    git(&project, &["merge", "-q", "-m", "x", "side"]);
    assert!(project.read(MAY).contains("En!\n\nTo.\n\nTre.\n\nFire!"));
    for name in ["Anna", "Karen", "Erik"] {
        project.git(&format!("config user.name {name}"));
        project.git(&format!("config user.email {}@forening.example", name.to_lowercase()));
        is_author(&project, MAY, name);
    }
    let project = as_user(project, "Ida");
    assert_eq!(project.run("approve issues/maj.md --yes").status, 0);
}
