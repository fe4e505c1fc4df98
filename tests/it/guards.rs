//! What stops a run before its plan, as it is printed.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn newsletter(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_newsletter")).arg("-C").arg(folder).args(arguments).output().unwrap()
}

/// Runs `send` on an issue with this front matter beside its subject, in a project as `init` makes it.
fn check(name: &str, front: &str, arguments: &[&str], stderr: &str) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("guards").join(name);
    // Left over from the last run of the tests, or not there at all.
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    assert!(newsletter(Path::new("."), &["init", folder.to_str().unwrap()]).status.success());
    let issue = format!("---\nsubject: Nyt\npreheader: Kort\naudiences: [members]\n{front}---\nHej\n");
    fs::write(folder.join("issues/nyt.md"), issue).unwrap();
    let output = newsletter(&folder, &[&["send", "issues/nyt.md"], arguments].concat());
    assert_eq!(String::from_utf8(output.stderr).unwrap(), stderr);
    assert_eq!(output.status.code(), Some(3));
    assert!(!folder.join("outbox").exists());
}

#[test]
fn an_audience_that_the_issue_does_not_go_to() {
    let told = "error: issues/nyt.md does not go to `member`; it goes to members\n";
    check("audience", "", &["--yes", "--audience", "member"], told);
    check("dry-run", "", &["--dry-run", "--audience", "member"], told);
}

#[test]
fn an_attachment_that_is_not_there() {
    let told = "error[NL605]: `tal.pdf` cannot be attached: there is no such file
 --> issues/nyt.md:5:15
  |
5 | attachments: [tal.pdf]
  |               ^^^^^^^
  |
  = help: put the file beside the issue, and write only its name

";
    check("attachment", "attachments: [tal.pdf]\n", &["--yes"], told);
}
