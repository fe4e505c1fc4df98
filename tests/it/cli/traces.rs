//! No failure is silent: results that cannot be printed, files of other users, and what stopped the last run.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::project::{MAY, Project, RunOutput, SETTINGS, files};

/// Runs the program with its output on a full disk.
fn on_a_full_disk(project: &Project, typed: &str) -> (i32, String) {
    let mut command = project.command(&typed.split(' ').collect::<Vec<_>>());
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = command.stdout(full).output().unwrap();
    let output = project.run_output(&output);
    (output.status, output.stderr)
}

#[test]
fn a_full_disk_is_reported_by_every_command() {
    let project = Project::new("traces-full");
    assert_eq!(project.run("send issues/maj.md --yes").status, 0);
    project.run("unsubscribe x@x.example");
    for typed in [
        "check",
        "check --json",
        "check --format sarif",
        "check --explain NL530",
        "preview issues/maj.md",
        "status",
        "status issues/maj.md --letters --csv",
        "status issues/maj.md --json",
        "audience list",
        "audience show members --csv",
        "audience explain anna@a.example",
        "suppression list",
        "ledger check",
        "ledger export",
        "person show anna@a.example",
        "person export anna@a.example",
        "send issues/maj.md --dry-run",
        "--help",
        "--version",
    ] {
        let (status, stderr) = on_a_full_disk(&project, typed);
        assert_eq!(status, 74, "{typed}: {stderr}");
    }
    let (_, stderr) = on_a_full_disk(&project, "status");
    assert_eq!(stderr, "error: cannot write standard output: No space left on device (os error 28)\n");
}

#[test]
fn a_closed_pipe_is_not_an_error() {
    let project = Project::new("traces-pipe");
    let program = env!("CARGO_BIN_EXE_newsletter");
    let script = format!("'{program}' audience show members --csv | true; exit ${{PIPESTATUS[0]}}");
    let status = Command::new("bash").args(["-c", &script]).current_dir(project.path("")).status();
    assert_eq!(status.unwrap().code(), Some(0));
}

/// Whether the tests run as root, which may read everything and give files away.
fn is_root(project: &Project) -> bool {
    chown(project.path("newsletter.yaml"), Some(0), None).is_ok()
}

/// A copy of a project and of the program in a folder that every user can enter; that of the tests itself may be closed.
fn open_copy(project: &Project, name: &str) -> PathBuf {
    let copy = std::env::temp_dir().join(format!("newsletter-{name}-{}", std::process::id()));
    let _ = fs::remove_dir_all(&copy);
    assert!(Command::new("cp").arg("-a").arg(project.path("")).arg(&copy).status().unwrap().success());
    fs::copy(env!("CARGO_BIN_EXE_newsletter"), copy.join("newsletter")).unwrap();
    fs::set_permissions(&copy, fs::Permissions::from_mode(0o755)).unwrap();
    copy
}

/// Runs the program in such a copy as the user `nobody`.
fn as_nobody(project: &Project, copy: &Path, typed: &str) -> RunOutput {
    let mut command = Command::new("setpriv");
    command.args(["--reuid", "65534", "--regid", "65534", "--clear-groups"]).arg(copy.join("newsletter"));
    let output = command
        .args(typed.split(' '))
        .env_clear()
        .envs([("LANG", "en"), ("PATH", "/usr/bin:/bin")])
        .current_dir(copy)
        .output();
    project.run_output(&output.unwrap())
}

/// Gives a copy to `nobody`.
fn give_away(copy: &Path) {
    assert!(Command::new("chown").args(["-R", "65534:65534"]).arg(copy).status().unwrap().success());
}

#[test]
fn doctor_finds_what_root_has_written() {
    let project = Project::new("traces-chown");
    assert_eq!(project.run("send issues/maj.md --yes").status, 0);
    if !is_root(&project) {
        println!("skipped: only root can change the owner of a file");
        return;
    }
    fs::create_dir_all(project.path("receipts")).unwrap();
    let project = project.file("receipts/april.yaml", "");
    let copy = open_copy(&project, "chown");
    give_away(&copy);
    let doctor = as_nobody(&project, &copy, "doctor --offline");
    assert!(doctor.stdout.contains("this user can write the project's files"), "{doctor:?}");
    let run = Command::new(copy.join("newsletter")).arg("run").env_clear().current_dir(&copy).output().unwrap();
    let warning = "warning: this project belongs to nobody, and what is written now belongs to root";
    assert!(String::from_utf8_lossy(&run.stderr).contains(warning), "{run:?}");
    for (path, mode, wrong) in [
        ("receipts", 0o755, "written"),
        ("receipts/april.yaml", 0o600, "read"),
        (".newsletter/last-run.json", 0o600, "read"),
    ] {
        give_away(&copy);
        chown(copy.join(path), Some(0), None).unwrap();
        fs::set_permissions(copy.join(path), fs::Permissions::from_mode(mode)).unwrap();
        let doctor = as_nobody(&project, &copy, "doctor --offline");
        let path = copy.join(path).display().to_string();
        assert_eq!(doctor.status, 1, "{doctor:?}");
        assert!(
            doctor.stdout.contains(&format!("{path} cannot be {wrong} by this user; it belongs to root")),
            "{doctor:?}"
        );
        assert!(doctor.stdout.contains(&format!("\nsudo chown -R nobody {path}\n")), "{doctor:?}");
    }
    fs::remove_dir_all(&copy).unwrap();
}

#[test]
fn a_maildir_of_another_user_is_named_with_its_owner() {
    let project = Project::new("traces-maildir");
    assert_eq!(project.run("send issues/maj.md --yes").status, 0);
    if !is_root(&project) {
        println!("skipped: only root can change the owner of a file");
        return;
    }
    project.write("newsletter.yaml", format!("{SETTINGS}inbox: {{maildir: Mb}}\n"));
    for folder in ["new", "cur", "tmp"] {
        fs::create_dir_all(project.path("Mb").join(folder)).unwrap();
    }
    let project = project.file("Mb/new/1.x", "Subject: x\n\nx\n");
    let copy = open_copy(&project, "maildir");
    let reports = |path: &str, status: i32, error: &str| {
        let path = copy.join(path);
        chown(&path, Some(0), None).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(if path.is_dir() { 0o700 } else { 0o600 })).unwrap();
        for (typed, status) in [("run", status), ("inbox", status), ("doctor --offline", 1)] {
            let output = as_nobody(&project, &copy, typed);
            let printed = format!("{}{}", output.stdout, output.stderr);
            assert_eq!(output.status, status, "{typed}: {printed}");
            let error = error.replace("PATH", &path.display().to_string());
            assert!(printed.contains(&error), "{typed}: {printed}");
        }
    };
    give_away(&copy);
    reports(
        "Mb",
        78,
        "cannot read the mailbox PATH: PATH belongs to user 0 (mode 0700), and this is user 65534: give this user access",
    );
    give_away(&copy);
    reports(
        "Mb/new",
        78,
        "cannot read the mailbox PATH: PATH belongs to user 0 (mode 0700), and this is user 65534: give this user access",
    );
    give_away(&copy);
    reports(
        "Mb/new/1.x",
        1,
        "cannot read the message PATH: PATH belongs to user 0 (mode 0600), and this is user 65534: give this user access",
    );
    give_away(&copy);
    let doctor = as_nobody(&project, &copy, "doctor --offline");
    assert!(doctor.stdout.contains("the Maildir Mb can be read"), "{doctor:?}");
    fs::remove_dir_all(&copy).unwrap();
}

#[test]
fn unreadable_files_of_another_user_are_errors() {
    let project = Project::new("traces-foreign");
    assert_eq!(project.run("send issues/maj.md --yes").status, 0);
    if !is_root(&project) {
        println!("skipped: only root can change the owner of a file");
        return;
    }
    let copy = open_copy(&project, "traces");
    let as_nobody = |typed: &str| as_nobody(&project, &copy, typed);
    for mode in [0o700, 0o755] {
        fs::set_permissions(copy.join(".newsletter"), fs::Permissions::from_mode(mode)).unwrap();
        for typed in
            ["status", "suppression list", "ledger check", "run", "send issues/maj.md --yes", "unsubscribe x@x.example"]
        {
            let output = as_nobody(typed);
            assert_eq!(output.status, 74, "{mode:o} {typed}: {output:?}");
            let owner = "belongs to user 0 (mode 0";
            assert!(
                output.stderr.contains(owner) && output.stderr.contains("this is user 65534"),
                "{typed}: {output:?}"
            );
        }
        let checked = as_nobody("check");
        assert_eq!((checked.status, checked.stdout.as_str()), (0, "1 issue checked: no problems\n"), "{checked:?}");
        assert_eq!(as_nobody("preview issues/maj.md --out /tmp/newsletter-traces-out").status, 0);
    }
    fs::remove_dir_all(&copy).unwrap();
    fs::remove_dir_all("/tmp/newsletter-traces-out").unwrap();
}

#[test]
fn a_run_that_stops_is_recorded() {
    let project = Project::new("traces-stopped").always_due();
    project.edit(MAY, "date:", "send_at: 2026-05-04\ndate:");
    project.edit(MAY, "[members]", "[membres]");
    assert_eq!(project.run("run --log run.log --log-format journal").status, 3);
    let log = project.read("run.log");
    assert!(log.contains("<3> issues/maj.md:4: NL604: unknown audience `membres`"), "{log}");
    let status = project.run("status").stdout;
    let trace = "last run: TIME, `newsletter run`: exit status 3\n  issues/maj.md:4: NL604: unknown audience `membres`";
    assert!(status.contains(trace), "{status}");
    project.edit(MAY, "[membres]", "[members]");
    assert_eq!(project.run("run").status, 0);
    let status = project.run("status").stdout;
    assert!(status.ends_with("last run: TIME, `newsletter run`: success\n"), "{status}");
    project.write("newsletter.yaml", "nam: x\n");
    assert_eq!(project.run("run --log run.log --log-format journal").status, 78);
    assert!(
        project.read("run.log").contains("<3> newsletter.yaml:1: NL010: unknown key `nam`"),
        "{}",
        project.read("run.log")
    );
    project.edit("newsletter.yaml", "nam: x\n", crate::project::SETTINGS);
    let status = project.run("status").stdout;
    assert!(status.contains("`newsletter run`: exit status 78\n"), "{status}");
}

#[test]
fn neither_log_nor_history_contains_addresses() {
    let project = Project::new("traces-addresses");
    project.edit(MAY, "Der er nyt.", "{{ organisation }}");
    assert_eq!(project.run("send issues/maj.md --yes --log run.log").status, 3);
    for file in ["run.log", ".newsletter/last-run.json"] {
        let text = project.read(file);
        assert!(text.contains("NL601") && !text.contains('@'), "{file}: {text}");
    }
}

#[test]
fn a_list_of_people_is_never_sent() {
    let project = Project::new("traces-list");
    project.write("people/all.csv", "email,name\nanna@a.example,Anna\nbo@b.example,Bo\n");
    project.write("audiences/members.yaml", "name: M\nreason: du er medlem\npeople: people/all.csv\n");
    project.write("snippets/kopi.md", project.read("people/all.csv"));
    project.write("issues/kopi.csv", project.read("people/all.csv"));
    project.write("noegle.txt", "-----BEGIN PRIVATE KEY-----\nx\n");
    std::os::unix::fs::symlink("../people/all.csv", project.path("issues/link.csv")).unwrap();
    fs::hard_link(project.path("people/all.csv"), project.path("issues/haard.csv")).unwrap();
    project.write("outbox/new/1", "brev");
    fs::copy(project.path(".newsletter/ledger.db"), project.path("issues/kopi.db")).unwrap();
    let issue = project.read(MAY);
    let attached = [
        "../people/all.csv",
        "kopi.csv",
        "link.csv",
        "haard.csv",
        "kopi.db",
        "../newsletter.yaml",
        "../audiences/members.yaml",
        "../outbox/new/1",
        "../noegle.txt",
        "../people/ALL.csv",
    ];
    for file in attached {
        project.write(MAY, issue.replace("date:", &format!("attachments: [{file}]\ndate:")));
        for typed in ["check", "send issues/maj.md --yes"] {
            let output = project.run(typed);
            assert!(output.status == 3 && output.stderr.contains("NL605"), "{file}: {output:?}");
        }
    }
    for block in ["::: table ../people/all.csv\n:::", "::: table link.csv\n:::", "::: snippet kopi\n:::"] {
        project.write(MAY, issue.replace("Der er nyt.", block));
        let output = project.run("check");
        assert!(output.status == 3 && output.stderr.contains("people's data"), "{block}: {output:?}");
    }
    assert_eq!(files(&project.path("outbox")), ["new/1"], "nothing was sent");
}

#[test]
fn the_password_of_a_database_is_never_sent() {
    let project = Project::new("traces-password");
    let server = "url: postgres://nyt@db.forening.example/nyt, password_file: secrets/ledger.txt";
    project.write("newsletter.yaml", format!("{}ledger: {{{server}}}\n", crate::project::SETTINGS));
    let list = "{postgres: postgres://nyt@db.forening.example/nyt, query: SELECT 1, password_file: secrets/list.txt}";
    project.write("audiences/ny.yaml", format!("name: Ny\nreason: du er ny\npeople: {list}\n"));
    let issue = project.read(MAY);
    for file in ["ledger.txt", "list.txt"] {
        project.write(&format!("secrets/{file}"), "hemmelig\n");
        project.write(MAY, issue.replace("Der er nyt.", &format!("::: table ../secrets/{file}\n:::")));
        let output = project.run("check");
        assert!(output.status == 3 && output.stderr.contains("people's data"), "{file}: {output:?}");
    }
}
