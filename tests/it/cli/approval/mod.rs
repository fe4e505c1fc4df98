//! `approve`: nothing is sent that no other person has read.

#[cfg(test)]
mod diff;
#[cfg(test)]
mod files;
#[cfg(test)]
mod history;
#[cfg(test)]
mod names;
#[cfg(test)]
mod reports;
#[cfg(test)]
mod signatures;

use newsletter::base::digest::Digest;

use crate::project::{MAY, Project, RunOutput};

const PICTURE: &[u8] = include_bytes!("../../../cases/bad-input/i60-no-alt/issues/kort.png");
const APPROVALS: &str = "approvals/maj.yaml";
/// Everything that decides what is sent, and a change of one byte of it.
const PARTS: [(&str, &str, &str); 11] = [
    (MAY, "Der er nyt.", "Der er nyt!"),
    ("issues/maj.en.md", "Some news.", "Some news!"),
    ("snippets/om-os.md", "Vi er en forening.", "Vi er en forening!"),
    ("templates/jul/theme.css", "#112233", "#112234"),
    ("templates/jul/footer.html", "<!-- jul -->", "<!-- Jul -->"),
    ("issues/tal.csv", "Ribe;7", "Ribe;8"),
    ("issues/plan.txt", "mandag", "Mandag"),
    ("audiences/far.yaml", "region: syd", "region: Syd"),
    ("audiences/members.yaml", "du er i members", "du er i Members"),
    ("newsletter.yaml", "Gadevej 1", "Gadevej 2"),
    ("issues/kort.png", "", ""),
];

/// A project in Git whose issue uses everything that an issue can, written by Anna; Karen uses this copy.
fn project(name: &str) -> Project {
    let footer = include_str!("../../../../templates/default/footer.html");
    let project = Project::new(name)
        .file("people/far.csv", "email;region\nelse@e.example;syd\n")
        .file("audiences/far.yaml", "name: f\nreason: r\npeople: people/far.csv\nwhere:\n  region: syd\n")
        .file("issues/maj.en.md", "---\nsubject: News in May\npreheader: What matters\n---\nSome news.\n")
        .file("snippets/om-os.md", "Vi er en forening.\n")
        .file("templates/jul/theme.css", "a { color: #112233 }\n")
        .file("templates/jul/footer.html", format!("<!-- jul -->{footer}"))
        .file("issues/tal.csv", "By;Antal\nRibe;7\n")
        .file("issues/plan.txt", "mandag\n")
        .file("issues/kort.png", PICTURE)
        .file(".gitignore", "/.newsletter\n/people\n/outbox\n/preview\n");
    project.edit(MAY, "[members]", "[members, far]");
    project.edit(MAY, "date:", "theme: jul\nattachments: [plan.txt]\ndate:");
    let blocks = "Der er nyt.\n\n::: snippet om-os\n\n::: table tal.csv\n:::\n\n::: for far\n![Kort](kort.png)\n:::";
    project.edit(MAY, "Der er nyt.", blocks);
    require(&project, "required");
    project.git("init -q");
    project.git("add -A");
    commit(&project, "Anna");
    as_user(project, "Karen")
}

/// Requires an approval.
fn require(project: &Project, rule: &str) {
    let settings = project.read("newsletter.yaml");
    project.write("newsletter.yaml", format!("{settings}approval: {rule}\n"));
}

/// Lets the program find Git, and a person use this copy.
fn as_user(project: Project, name: &str) -> Project {
    project.git(&format!("config user.name {name}"));
    project.git(&format!("config user.email {}@forening.example", name.to_lowercase()));
    project.variable("PATH", &std::env::var("PATH").unwrap())
}

/// Commits everything as a person.
fn commit(project: &Project, name: &str) {
    project.git("add -A");
    let email = format!("{}@forening.example", name.to_lowercase());
    project.git(&format!("-c user.name={name} -c user.email={email} commit -qm x"));
}

/// What `send` reports about valid approvals, before it asks for confirmation.
#[track_caller]
fn approvals(project: &Project) -> String {
    let output = project.run("send issues/maj.md");
    assert!(output.stderr.contains("approved by "), "{output:?}");
    assert_eq!(project.reached(), Vec::<String>::new());
    output.stderr
}

/// A file of approvals after a change by hand that also makes its checksum right.
fn forged(text: &str) -> String {
    let body = text.split("checksum: ").next().unwrap();
    format!("{body}checksum: {}\n", Digest::sha256(body.as_bytes()))
}

/// Checks that `send` stops with this error, and that no letter was sent.
#[track_caller]
fn stops(project: &Project, error: &str) {
    let output = project.run("send issues/maj.md --yes");
    assert_eq!(output.status, 3, "{output:?}");
    assert!(output.stderr.contains(error), "{error} is not in {}", output.stderr);
    assert_eq!(project.reached(), Vec::<String>::new());
}

/// The code on the preview page.
fn code(project: &Project) -> String {
    assert_eq!(project.run("preview issues/maj.md").status, 0);
    let page = project.read("preview/maj/editions/index.html");
    page.split("kode ").nth(1).and_then(|rest| rest.split('<').next()).expect("a code on the page").to_owned()
}

#[test]
fn a_change_of_one_byte_stops_and_names_the_file() {
    let project = project("approval-byte");
    stops(&project, "issues/maj.md is not approved: another person than its author must run");
    let approved = project.run("approve issues/maj.md --yes");
    assert_eq!(
        (approved.status, approved.stdout.as_str()),
        (0, "Karen approves issues/maj.md; commit approvals/maj.yaml\n")
    );
    for (path, before, after) in PARTS {
        let whole = std::fs::read(project.path(path)).unwrap();
        if before.is_empty() {
            // A byte after the end of a picture changes no pixel.
            project.write(path, [&whole[..], b"\0"].concat());
        } else {
            project.edit(path, before, after);
        }
        stops(&project, "issues/maj.md has changed since Karen approved it on ");
        stops(&project, &format!(": {path}; have it approved again with `newsletter approve issues/maj.md`"));
        project.write(path, whole);
    }
    // Neither people, nor what is only about sending, is a part of what was approved.
    project.edit("people/far.csv", "syd\n", "syd\nfrida@f.example;syd\n");
    project.edit("audiences/members.yaml", "  - email: bo@b.example\n    first_name: Bo\n", "");
    project.edit("newsletter.yaml", "approval:", "grace: 2h\napproval:");
    let counted = project.run("send issues/maj.md --yes --expect 5");
    assert!(
        counted.stderr.ends_with("error: --expect is 5, but the plan has 4 letters; nothing was sent\n"),
        "{counted:?}"
    );
    let sent = project.run("send issues/maj.md --yes --expect 4");
    assert_eq!(sent.status, 0, "{sent:?}");
    assert!(sent.stderr.contains("\napproved by Karen on "), "{}", sent.stderr);
    assert_eq!(project.reached(), ["anna@a.example", "carl@c.example", "else@e.example", "frida@f.example"]);
}

#[test]
fn what_only_another_file_names_is_approved() {
    let project = project("approval-indirect");
    project.write("issues/logo.png", PICTURE);
    project.write("issues/kun-engelsk.png", PICTURE);
    project.write("snippets/fod.md", "Ring til os.\n");
    project.write("snippets/ubrugt.md", "Et.\n");
    project.write("templates/anden/theme.css", "a { color: #112233 }\n");
    project.edit("snippets/om-os.md", "Vi er en forening.", "Vi er en forening.\n\n::: snippet fod");
    project.edit("issues/maj.en.md", "Some news.", "Some news.\n\n![Map](kun-engelsk.png)");
    project.edit("newsletter.yaml", "approval:", "brand:\n  logo: issues/logo.png\napproval:");
    commit(&project, "Anna");
    assert_eq!(project.run("approve issues/maj.md --yes").status, 0);
    for path in ["issues/logo.png", "issues/kun-engelsk.png", "snippets/fod.md"] {
        let whole = std::fs::read(project.path(path)).unwrap();
        let more: &[u8] = if path.ends_with("png") { b"\0" } else { b"." };
        project.write(path, [&whole[..], more].concat());
        stops(&project, &format!(": {path}; have it approved again with `newsletter approve issues/maj.md`"));
        project.write(path, whole);
    }
    // What the issue does not use may change.
    project.write("snippets/ubrugt.md", "To.\n");
    project.write("templates/anden/theme.css", "a { color: #112234 }\n");
    assert_eq!(project.run("send issues/maj.md --yes").status, 0);
}

#[test]
fn the_author_cannot_approve() {
    let project = as_user(project("approval-author"), "Anna");
    let refused = "error[NL748]: Anna made the last change of the issue, and cannot approve it";
    let output = project.run("approve issues/maj.md --yes");
    assert!(output.status == 3 && output.stderr.contains(refused), "{output:?}");
    let output = project.run_words(&["approve", MAY, "--yes", "--by", "ANNA"]);
    assert!(output.status == 3 && output.stderr.contains(refused), "{output:?}");
    // A change that is not committed makes the user of this copy the author.
    let project = as_user(project, "Karen");
    project.edit(MAY, "Der er nyt.", "Der er mere nyt.");
    let output = project.run("approve issues/maj.md --yes");
    assert!(output.stderr.contains("error[NL748]: Karen made the last change"), "{output:?}");
    assert!(!project.path(APPROVALS).exists());
}

#[test]
fn the_author_of_a_later_change_does_not_count_as_approver() {
    let project = project("approval-later-author");
    assert_eq!(project.run("approve issues/maj.md --yes").status, 0);
    commit(&project, "Karen");
    // Karen's change and its reversal leave the text that she approved, and make her its author.
    project.edit(MAY, "Der er nyt.", "Der er mere nyt.");
    commit(&project, "Anna");
    project.edit(MAY, "Der er mere nyt.", "Der er nyt.");
    commit(&project, "Karen");
    stops(
        &project,
        "error[NL748]: Karen made the last change of the issue, and cannot approve it\n --> approvals/maj.yaml:4:3",
    );
}

#[test]
fn an_approval_of_a_former_text_is_kept_and_does_not_count() {
    let project = project("approval-former");
    assert_eq!(project.run("approve issues/maj.md --yes").status, 0);
    project.edit(MAY, "Der er nyt.", "Der er mere nyt.");
    commit(&project, "Anna");
    stops(&project, "issues/maj.md has changed since Karen approved it on ");
    assert_eq!(project.run("approve issues/maj.md --yes").status, 0);
    let again = project.run("approve issues/maj.md --yes");
    assert_eq!((again.status, again.stdout.as_str()), (0, "Karen has approved issues/maj.md as it is now\n"));
    assert_eq!(project.read(APPROVALS).matches("  - by: Karen\n").count(), 2);
    assert_eq!(project.run("send issues/maj.md --yes").status, 0);
}

#[test]
fn an_approval_that_another_person_made_is_refused() {
    let project = project("approval-forged");
    assert_eq!(project.run("approve issues/maj.md --yes").status, 0);
    // Anna has this copy and Karen's approval, which Karen has not committed.
    let project = as_user(project, "Anna");
    stops(&project, "error[NL749]: this approval of Karen is not committed, and Anna uses this copy");
    commit(&project, "Erik");
    stops(&project, "error[NL749]: Erik committed this approval in the name of Karen");
    // Git trusts the author named in a commit, unless it is signed.
    project.git("-c user.name=Karen -c user.email=karen@forening.example commit -q --amend --reset-author --no-edit");
    assert_eq!(project.run("send issues/maj.md --yes").status, 0);
}

#[test]
fn an_approval_counts_only_if_git_says_who_committed_it() {
    let project = project("approval-partial");
    assert_eq!(project.run("approve issues/maj.md --yes").status, 0);
    commit(&project, "Karen");
    project.edit(MAY, "Der er nyt.", "Der er mere nyt.");
    commit(&project, "Anna");
    assert_eq!(project.run("approve issues/maj.md --yes").status, 0);
    commit(&project, "Erik");
    stops(&project, "error[NL749]: Erik committed this approval in the name of Karen");
    // A partial clone lacks former versions of files, without which Git cannot tell who wrote a line.
    let output = std::process::Command::new("git")
        .args(["rev-parse", "HEAD~1:approvals/maj.yaml"])
        .current_dir(project.path(""))
        .output();
    let object = String::from_utf8(output.unwrap().stdout).unwrap();
    let (folder, file) = object.trim().split_at(2);
    std::fs::remove_file(project.path(&format!(".git/objects/{folder}/{file}"))).unwrap();
    let unknown = "error[NL749]: Git cannot determine who committed this approval (";
    stops(&project, &format!("{unknown}this copy lacks a part of the history)"));
    let project = project.variable("PATH", "/proc/nonexistent");
    stops(&project, &format!("{unknown}it is not installed, or refuses to read this repository)"));
}

#[test]
fn a_person_is_known_by_their_address() {
    let project = as_user(project("approval-address"), "Anna");
    let by = |by: &str| {
        let code = code(&project);
        project.run_words(&["approve", MAY, "--yes", "--by", by, "--code", &code])
    };
    let author = by("A. L. <Anna@forening.example>");
    assert!(author.status == 3 && author.stderr.contains("error[NL748]: Anna made the last change"), "{author:?}");
    // Karen Holm has commits, which connect her name with her address.
    project.write("issues/note.txt", "x");
    project.git("add -A");
    let karen = ["-c", "user.email=karen@forening.example", "-c", "user.name=Karen Holm", "commit", "-qm", "x"];
    let committed = std::process::Command::new("git").args(karen).current_dir(project.path("")).status();
    assert!(committed.unwrap().success());
    project.edit("newsletter.yaml", "approval: required", "approval: {by: [Karen Holm, Erik Bach], count: 2}");
    assert_eq!(by("Karen Holm").status, 0);
    let again = by("KAREN HOLM <karen@forening.example>");
    assert_eq!((again.status, again.stdout.as_str()), (0, "KAREN HOLM has approved issues/maj.md as it is now\n"));
    stops(&project, "issues/maj.md has 1 of 2 approvals");
    let unknown = by("Ole <ole@forening.example>");
    assert!(unknown.stderr.contains("error[NL748]: `approval` does not name Ole"), "{unknown:?}");
}

#[test]
fn the_consent_that_people_need_is_approved() {
    let project = project("approval-consent");
    project.edit("newsletter.yaml", "approval:", "require_consent: warn\napproval:");
    project.edit("audiences/far.yaml", "where:", "require_consent: warn\nwhere:");
    commit(&project, "Anna");
    assert_eq!(project.run("approve issues/maj.md --yes").status, 0);
    for path in ["newsletter.yaml", "audiences/far.yaml"] {
        let whole = project.read(path);
        project.edit(path, "require_consent: warn\n", "");
        stops(&project, &format!(": {path}; have it approved again with"));
        project.write(path, whole);
    }
    project.edit("newsletter.yaml", "approval:", "consent_expires: 24 months\napproval:");
    stops(&project, ": newsletter.yaml; have it approved again with");
    project.edit("newsletter.yaml", "consent_expires: 24 months\n", "");
    assert_eq!(project.run("send issues/maj.md --yes").status, 0);
}

#[test]
fn as_many_people_as_required_must_approve() {
    let project = project("approval-count");
    project.edit(
        "newsletter.yaml",
        "approval: required",
        "approval: {by: [Karen, erik@forening.example, Ida], count: 2}",
    );
    assert_eq!(project.run("approve issues/maj.md --yes").status, 0);
    commit(&project, "Karen");
    stops(&project, "issues/maj.md has 1 of 2 approvals: another person must run `newsletter approve issues/maj.md`");
    let other = project.run_words(&["approve", MAY, "--yes", "--by", "Ole", "--code", &code(&project)]);
    assert!(other.status == 3 && other.stderr.contains("error[NL748]: `approval` does not name Ole"), "{other:?}");
    let project = as_user(project, "Erik");
    assert_eq!(project.run("approve issues/maj.md --yes").status, 0);
    let sent = project.run("send issues/maj.md --yes");
    assert_eq!((sent.status, sent.stderr.matches("approved by ").count()), (0, 2), "{sent:?}");
}

#[test]
fn without_git_the_approver_is_named() {
    // The folder of the other tests is in a repository: this program's own.
    let folder = std::env::temp_dir().join(format!("newsletter-no-git-{}", std::process::id()));
    let project = Project::new(folder.to_str().unwrap());
    require(&project, "required");
    let error =
        "who approves is not known here, without Git: write `newsletter approve issues/maj.md --by \"Karen Holm\"`";
    project.run("approve issues/maj.md --yes").fails_with(3, error);
    let approved = project.run_words(&["approve", MAY, "--yes", "--by", "Karen Holm"]);
    assert_eq!(approved.status, 0);
    let unknown = "without Git, it is not known whether Karen Holm is another person than the author\n";
    assert!(approved.stderr.contains(unknown), "{}", approved.stderr);
    let sent = project.run("send issues/maj.md --yes");
    let note = "without a Git repository, nothing shows who recorded the approvals\n";
    assert!(sent.status == 0 && sent.stderr.contains(note), "{sent:?}");
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_copy_without_people_can_approve() {
    let project = project("approval-no-people");
    std::fs::remove_dir_all(project.path("people")).unwrap();
    let approved = project.run("approve issues/maj.md --yes");
    assert_eq!(approved.status, 0, "{approved:?}");
    assert!(approved.stderr.contains("people/far.csv is not in this copy of the project: its people are not counted"));
    assert!(approved.stderr.contains("how many get it is not known"), "{approved:?}");
    project.write("people/far.csv", "email;region\nelse@e.example;syd\n");
    assert_eq!(project.run("send issues/maj.md --yes").status, 0);
}

#[test]
fn a_draft_cannot_be_approved_and_run_waits_for_an_approval() {
    let project = project("approval-run").always_due();
    project.edit(MAY, "date:", "draft: true\ndate:");
    let draft = project.run("approve issues/maj.md --yes");
    assert!(draft.status == 3 && draft.stderr.ends_with("is a draft: remove `draft: true` to send it\n"), "{draft:?}");
    project.edit(MAY, "draft: true\ndate:", "send_at: 2026-05-04 09:00\ndate:");
    commit(&project, "Anna");
    for command in ["run", "run --dry-run"] {
        let output = project.run(command);
        assert!(output.status == 3 && output.stderr.contains("issues/maj.md is not approved"), "{output:?}");
        assert!(output.stderr.contains("must run `newsletter approve issues/maj.md`"), "{output:?}");
    }
    assert_eq!(project.run("approve issues/maj.md --yes").status, 0);
    assert_eq!(project.run("run").status, 0);
    assert_eq!(project.reached().len(), 4);
}

/// The commands of the block in the manual that shows how to approve without a terminal.
fn commands_of_the_manual() -> Vec<String> {
    let manual = include_str!("../../../../docs/manual.md");
    let section = manual.split("**Without a terminal.**").nth(1).unwrap();
    let block = section.split("```sh\n").nth(1).unwrap().split("```").next().unwrap();
    block.lines().map(|line| line.split(" #").next().unwrap().trim().to_owned()).collect()
}

/// Runs a line in a shell, as it was typed.
fn shell(project: &Project, line: &str) -> RunOutput {
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_newsletter")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    let output = std::process::Command::new("/bin/sh")
        .args(["-c", line])
        .current_dir(project.path(""))
        .env_clear()
        .envs([("HOME", "/proc/nonexistent"), ("LANG", "en"), ("PATH", &path)])
        .output();
    project.run_output(&output.unwrap())
}

#[test]
fn a_colleague_without_a_terminal_approves_as_the_manual_says() {
    let project = as_user(project("approval-colleague"), "Anna");
    let [preview, test, approve, commit, send] = &commands_of_the_manual()[..] else { panic!("the manual has others") };
    assert_eq!(shell(&project, preview).status, 0);
    let code = code(&project);
    assert_eq!(shell(&project, test).status, 0);
    // Both editions have the same code.
    let letter = project.outbox().into_values().next().unwrap();
    assert!(letter.contains(&format!(" {code}] N")), "{letter}");
    assert!(letter.contains(&format!("X-Newsletter-Code: {code}\r\n")), "{letter}");
    std::fs::remove_dir_all(project.path("outbox")).unwrap();
    // There is no terminal here, on which the number of recipients would be typed.
    let approve = format!("{} --yes", approve.replace("7F3A-22", &code));
    let approved = shell(&project, &approve);
    assert_eq!(approved.stdout, "Karen Holm approves issues/maj.md; commit approvals/maj.yaml\n", "{approved:?}");
    assert_eq!(shell(&project, commit).status, 0);
    let output = shell(&project, &format!("{send} --yes --expect 4"));
    assert!(output.status == 0 && output.stderr.contains(", recorded by Anna\n"), "{output:?}");
    assert_eq!(project.reached().len(), 4);
    // A letter to a reader has no code.
    assert!(project.outbox().values().all(|letter| !letter.contains(&code)));
}

#[test]
fn a_draft_and_a_project_without_approval_show_no_code() {
    let project = as_user(project("approval-no-code"), "Anna");
    project.edit(MAY, "date:", "draft: true\ndate:");
    let has_code = |project: &Project| {
        assert_eq!(project.run("preview issues/maj.md").status, 0);
        project.read("preview/maj/editions/index.html").contains("kode ")
    };
    assert!(!has_code(&project));
    project.edit(MAY, "draft: true\n", "");
    assert!(has_code(&project));
    project.edit("newsletter.yaml", "approval: required\n", "");
    assert!(!has_code(&project));
}
