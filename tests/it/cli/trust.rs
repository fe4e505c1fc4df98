//! What an untrusted project cannot do to a user who reads it.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

use crate::project::{MAY, Project};

/// A project in Git whose branch `stranger` reads a list from a command that leaves a trace.
fn with_an_untrusted_branch(name: &str) -> Project {
    let project = Project::new(name);
    project.write(".gitignore", ".newsletter/\npreview/\n");
    project.git("init -q");
    project.git("add -A");
    project.git("commit -qm base");
    project.git("checkout -qb stranger");
    let list = "name: Ny\nreason: du er ny\npeople: {command: [sh, -c, \"echo x >> ran; echo email; echo e@e.example\"], format: csv}\n";
    project.write("audiences/ny.yaml", list);
    project.edit(MAY, "[members]", "[members, ny]");
    project.git("add -A");
    project.git("commit -qm stranger");
    project
}

/// Whether the command was run; in a revision it runs in the current project.
fn ran(project: &Project) -> bool {
    fs::remove_file(project.path("ran")).is_ok()
}

#[test]
fn reading_starts_no_command() {
    let project = with_an_untrusted_branch("trust-commands");
    let warned = "warning[NL639]: `sh -c echo x >> ran; echo email; echo e@e.example` is not read: it starts a command, and the \
                  project is not trusted";
    for typed in ["check", "preview issues/maj.md", "diff main issues/maj.md"] {
        let output = project.run(typed);
        assert!(output.status == 0 && output.stderr.contains(warned), "{typed}: {output:?}");
        assert!(!ran(&project), "{typed}");
    }
    for typed in ["audience show ny", "audience list", "send issues/maj.md --dry-run", "person show e@e.example"] {
        let output = project.run(typed);
        assert!(output.status == 3 && output.stderr.contains("error[NL639]"), "{typed}: {output:?}");
        assert!(!ran(&project), "{typed}");
    }
    project.git("checkout -q main");
    assert_eq!(project.run("diff stranger issues/maj.md").status, 0);
    project.run("audience diff stranger .");
    assert!(!ran(&project));
}

#[test]
fn a_trusted_project_may_act() {
    let project = with_an_untrusted_branch("trust-given");
    assert_eq!(project.run("check --trust").status, 0);
    assert!(ran(&project));
    assert_eq!(project.run("send issues/maj.md --yes").status, 0);
    assert!(ran(&project) && project.reached().contains(&"e@e.example".to_owned()));
    let project = project.trusted();
    assert_eq!(project.run("check").status, 0);
    assert!(ran(&project));
    project.git("checkout -q main");
    assert_eq!(project.run("diff stranger issues/maj.md").status, 0);
    assert!(!ran(&project), "the list is about the files that are checked out");
    assert_eq!(project.run("trust --remove").status, 0);
    project.git("checkout -q stranger");
    assert_eq!(project.run("check").status, 0);
    assert!(!ran(&project));
    assert_eq!(project.run("trust").status, 0);
    assert_eq!(project.run("check").status, 0);
    assert!(ran(&project));
}

#[test]
fn git_starts_no_program_of_the_repository() {
    let project = with_an_untrusted_branch("trust-git");
    project.write("run.sh", "#!/bin/sh\necho x >> ran\ncat\n");
    let project = project.mode("run.sh", 0o755);
    let program = project.path("run.sh").display().to_string();
    project.git("checkout -q main");
    for (key, value) in [
        ("core.fsmonitor", program.as_str()),
        ("diff.external", &program),
        ("filter.evil.smudge", &program),
        ("filter.evil.clean", &program),
        ("diff.evil.textconv", &program),
        ("core.sshCommand", &program),
    ] {
        project.git(&format!("config {key} {value}"));
    }
    project.write(".gitattributes", "* filter=evil diff=evil\n");
    for typed in ["check", "diff stranger issues/maj.md", "audience diff stranger ."] {
        project.run(typed);
        assert!(!ran(&project), "{typed}");
    }
}

#[test]
fn nothing_outside_the_project_is_read() {
    let outside = Project::empty("trust-outside-elsewhere");
    outside.write("secret.csv", "email\nkanarie7@a.example\n");
    outside.write("secret.yaml", "kanarie7 hemmelig linje\n");
    let elsewhere = outside.path("secret.csv").display().to_string();
    for (name, list) in [
        ("absolute", elsewhere.as_str()),
        ("parents", "../trust-outside-elsewhere/secret.csv"),
        ("link", "people/link.csv"),
        ("folder", "linked/secret.csv"),
    ] {
        let project = Project::new(&format!("trust-outside-{name}"));
        fs::create_dir_all(project.path("people")).unwrap();
        symlink(outside.path("secret.csv"), project.path("people/link.csv")).unwrap();
        symlink(outside.path(""), project.path("linked")).unwrap();
        project.write("audiences/members.yaml", format!("name: M\nreason: du er medlem\npeople: {list}\n"));
        for typed in ["check", "preview issues/maj.md", "audience show members"] {
            let output = project.run(typed);
            let shown = format!("{}{}", output.stdout, output.stderr);
            assert!(shown.contains("NL639") && !shown.contains("kanarie7"), "{name} {typed}: {shown}");
        }
        assert_eq!(project.run("audience show members --trust").status, 0, "{name}");
    }
}

#[test]
fn links_out_of_the_project_are_refused() {
    let outside = Project::empty("trust-links-elsewhere");
    outside.write("b.yaml", "kanarie7 hemmelig linje\n");
    outside.write("x/editions/mine.txt", "vigtig");
    outside.write("maj/editions/mine.txt", "vigtig");
    for (name, link, target) in [
        ("audience", "audiences/b.yaml", "b.yaml"),
        ("folder", "audiences", ""),
        ("settings", "newsletter.yaml", "b.yaml"),
    ] {
        let project = Project::new(&format!("trust-links-{name}"));
        let path = project.path(link);
        fs::remove_file(&path).or_else(|_| fs::remove_dir_all(&path)).ok();
        symlink(outside.path(target), &path).unwrap();
        let output = project.run("check");
        assert!(output.status != 0 && output.stderr.contains("is a link that leads out of the project"), "{output:?}");
        assert!(!output.stderr.contains("kanarie7"), "{output:?}");
    }
    for link in ["preview", "preview/maj"] {
        let project = Project::new("trust-links-preview");
        fs::create_dir_all(project.path(link).parent().unwrap()).unwrap();
        symlink(outside.path(if link == "preview" { "" } else { "maj" }), project.path(link)).unwrap();
        assert_eq!(project.run("preview issues/maj.md").status, 3);
        assert!(outside.path("maj/editions/mine.txt").exists(), "{link}");
    }
}

#[test]
fn a_ledger_elsewhere_needs_trust() {
    let project = Project::new("trust-ledger");
    let settings = project.read("newsletter.yaml");
    for ledger in ["sqlite:/tmp/elsewhere.db", "sqlite:../elsewhere.db", "postgres://nyt@db.forening.example/nyt"] {
        project.write("newsletter.yaml", format!("{settings}ledger: {ledger}\n"));
        for typed in ["status", "suppression list", "ledger check"] {
            let output = project.run(typed);
            assert!(output.status == 3 && output.stderr.contains("the project is not trusted"), "{typed}: {output:?}");
        }
        assert_eq!(project.run("check").status, 0);
    }
}

#[test]
fn a_revision_is_not_written_through_its_links() {
    let outside = Project::empty("trust-revision-elsewhere");
    let project = Project::new("trust-revision");
    project.git("init -q");
    project.git("add -A");
    project.git("commit -qm base");
    // A crafted tree, which no Git command makes: a link and a folder have the same name.
    let script = format!(
        "link() {{ printf '120000 blob %s\\t%s\\n' \"$(printf %s \"$1\" | git hash-object -w --stdin)\" \"$2\"; }}
         folder=$(link x through | git mktree)
         {{ git ls-tree HEAD; link {outside} a; printf '040000 tree %s\\ta\\n' \"$folder\"; }} | git mktree > tree
         export GIT_AUTHOR_NAME=x GIT_AUTHOR_EMAIL=x@x.example GIT_COMMITTER_NAME=x GIT_COMMITTER_EMAIL=x@x.example
         git branch crafted \"$(git commit-tree -m crafted \"$(cat tree)\")\"",
        outside = outside.path("").display()
    );
    let made = Command::new("sh").args(["-ec", &script]).current_dir(project.path("")).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let output = project.run("diff crafted issues/maj.md");
    assert_ne!(output.status, 0, "{output:?}");
    assert!(fs::symlink_metadata(outside.path("through")).is_err(), "{output:?}");
}

/// Only root can give a folder to another user.
#[test]
fn root_starts_no_command_of_another_users_project() {
    let project = Project::with_relay("trust-root", 25);
    if std::os::unix::fs::chown(project.path("newsletter.yaml"), Some(1), Some(1)).is_err() {
        println!("skipped: only root can change the owner of a file");
        return;
    }
    assert_eq!(project.run("status").status, 0);
    let offline = project.run("doctor --offline");
    assert!(!offline.stdout.is_empty(), "{}", offline.stderr);
    let settings = project.read("newsletter.yaml");
    let login = "  username: nyt\n  password_command: echo x >> ran; echo geheim\n";
    project.write("newsletter.yaml", settings.replace("  security: none\n", &format!("  security: none\n{login}")));
    for command in ["doctor --offline", "send issues/maj.md --yes"] {
        let output = project.run(command);
        assert_eq!(output.status, 78, "{command}: {}", output.stderr);
        assert!(output.stderr.contains("starts commands, which root would run as root"), "{}", output.stderr);
        assert!(!ran(&project), "{command}");
    }
    std::os::unix::fs::chown(project.path("newsletter.yaml"), Some(54321), Some(54321)).unwrap();
    let output = project.run("doctor --offline");
    assert!(output.stderr.contains("(`sudo -u '#54321' newsletter …`)"), "{}", output.stderr);
    // `--trust` and the list of trusted projects allow it.
    assert_ne!(project.run("--trust doctor --offline").status, 78);
    let project = project.trusted();
    assert_ne!(project.run("doctor --offline").status, 78);
}
