//! Approvals in signed commits, with keys of SSH.

use std::process::Command;

use super::{APPROVALS, approvals, commit, project, stops};
use crate::project::Project;

/// Makes a key, `NAME` and `NAME.pub`.
fn key(project: &Project, name: &str) {
    let path = project.path(&format!(".newsletter/{name}"));
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let made = Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-C", name, "-f"]).arg(&path).output();
    assert!(made.as_ref().is_ok_and(|made| made.status.success()), "{made:?}");
}

/// Registers the owner of a key with Git.
fn allow(project: &Project, lines: &str) {
    project.write(".newsletter/signers", lines);
    project.git(&format!("config gpg.ssh.allowedSignersFile {}", project.path(".newsletter/signers").display()));
}

/// Commits everything as Karen, signed with a key.
fn signed(project: &Project, key: &str) {
    project.git("add -A");
    let key = project.path(&format!(".newsletter/{key}"));
    let identity = "-c user.name=Karen -c user.email=karen@forening.example -c gpg.format=ssh";
    project.git(&format!("{identity} -c user.signingkey={} commit -qS -m x", key.display()));
}

/// Replaces the last commit by the same one with another message, and its signature as it was.
fn tamper(project: &Project) {
    let git = |words: &[&str]| Command::new("git").args(words).current_dir(project.path("")).output().unwrap().stdout;
    let commit = String::from_utf8(git(&["cat-file", "commit", "HEAD"])).unwrap();
    project.write(".newsletter/commit", commit.replace("\n\nx\n", "\n\ny\n"));
    let made = git(&["hash-object", "-t", "commit", "-w", ".newsletter/commit"]);
    project.git(&format!("reset -q --soft {}", String::from_utf8(made).unwrap().trim()));
}

#[test]
fn a_signature_is_verified_and_shown() {
    let project = project("approval-signed");
    key(&project, "karen");
    key(&project, "stranger");
    let public = project.read(".newsletter/karen.pub");
    assert_eq!(project.run("approve issues/maj.md --yes").status, 0);
    signed(&project, "karen");
    // The owner of the key is not registered here.
    assert!(
        approvals(&project).contains(", in a commit whose signature cannot be verified here\n"),
        "{}",
        approvals(&project)
    );
    allow(&project, &format!("karen@forening.example {public}"));
    assert!(
        approvals(&project).contains(", in a commit signed by karen@forening.example\n"),
        "{}",
        approvals(&project)
    );
    tamper(&project);
    stops(&project, "error[NL749]: the signature of commit ");
    // With an unknown key.
    project.git("reset -q --soft HEAD~1");
    signed(&project, "stranger");
    assert!(
        approvals(&project).contains(", in a commit whose signature cannot be verified here\n"),
        "{}",
        approvals(&project)
    );
    project.git("reset -q --soft HEAD~1");
    commit(&project, "Karen");
    let plain = approvals(&project);
    assert!(plain.contains("approved by Karen on ") && !plain.contains("commit"), "{plain}");
    assert!(project.path(APPROVALS).exists());
}
