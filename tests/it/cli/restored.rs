//! A project that comes back from a backup, a clone, or under other names: nothing is sent twice.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use crate::cli::receipts::{ACCEPTED, RECEIPT, due_now, letters};
use crate::project::{MAY, Project, RunOutput, files};
use crate::scripted::{Relay, Script};

/// Every file of a project.
fn backup(project: &Project) -> Vec<(String, Vec<u8>)> {
    let paths = files(&project.path(""));
    paths.into_iter().map(|file| (file.clone(), fs::read(project.path(&file)).unwrap())).collect()
}

/// The files of a backup in a folder, which is emptied first, on the same host.
fn restore(backup: &[(String, Vec<u8>)], name: &str, host: &Project) -> Project {
    let root = host.path("").parent().unwrap().join(name);
    if root.exists() {
        fs::remove_dir_all(root).unwrap();
    }
    let state = host.host_state();
    let copy = Project::in_folder(name).variable("XDG_STATE_HOME", state.to_str().unwrap());
    for (file, bytes) in backup {
        copy.write(file, bytes);
    }
    if copy.path(".newsletter").exists() {
        return copy.mode(".newsletter/key", 0o600).mode(".newsletter", 0o700);
    }
    copy
}

/// The same as Git has it: without the project's state.
fn in_git(backup: &[(String, Vec<u8>)]) -> Vec<(String, Vec<u8>)> {
    backup.iter().filter(|(file, _)| !file.starts_with(".newsletter/")).cloned().collect()
}

/// The receipts that a host keeps.
fn kept(project: &Project) -> Vec<std::path::PathBuf> {
    let folder = project.host_state().join("newsletter/sent");
    files(&folder).into_iter().map(|file| folder.join(file)).collect()
}

#[track_caller]
fn is_stopped(output: &RunOutput, words: &[&str]) {
    assert_eq!((output.status, output.stdout.as_str()), (3, ""), "{}", output.stderr);
    for word in words {
        assert!(output.stderr.contains(word), "{word} is not in {}", output.stderr);
    }
}

#[test]
fn a_backup_of_the_whole_folder_sends_nothing_again() {
    let relay = Relay::start(Script::default());
    let project = due_now("restored-folder", relay.port());
    for typed in ["init -q", "add -A", "commit -q -m first"] {
        project.git(typed);
    }
    let yesterday = backup(&project);
    project.run("run").succeeds_with(ACCEPTED);
    let host = kept(&project);
    assert_eq!(host.len(), 1, "{host:?}");
    let file = host[0].display().to_string();

    for name in ["restored-folder-elsewhere", "restored-folder"] {
        let restored = restore(&yesterday, name, &project);
        is_stopped(&restored.run("run"), &["issues/maj.md was sent from ", ": 3 letters accepted by ", &file]);
        restored.run("run").succeeds_with("");
        is_stopped(
            &restored.run("send issues/maj.md --yes"),
            &["The ledger here does not know of it", "delete that file"],
        );
        let status = restored.run("status issues/maj.md");
        assert!(status.status == 0 && status.stdout.contains("was sent from"), "{}", status.stdout);
        let schedule = restored.run("schedule");
        assert!(schedule.stdout.contains("a receipt says that it was sent"), "{}", schedule.stdout);
        let status = restored.run("status");
        assert!(!status.stdout.contains("the next `newsletter run` sends it"), "{}", status.stdout);
        // The text was older then.
        restored.edit(MAY, "Der er nyt", "Der er næsten nyt");
        is_stopped(&restored.run("send issues/maj.md --yes"), &[&file]);
        restored.edit(MAY, "Der er næsten nyt", "Der er nyt");
    }
    // A clone without its state, and with a new one.
    let clone = restore(&in_git(&yesterday), "restored-folder-clone", &project);
    is_stopped(&clone.run("run"), &[&file]);
    clone.run("ledger new");
    is_stopped(&clone.run("send issues/maj.md --yes"), &[&file, "whose key is another one"]);
    fs::rename(clone.path(MAY), clone.path("issues/juni.md")).unwrap();
    is_stopped(&clone.run("send issues/juni.md --yes"), &["issues/juni.md was sent as issues/maj.md", &file]);

    // On purpose.
    fs::remove_file(&host[0]).unwrap();
    let restored = restore(&yesterday, "restored-folder", &project);
    restored.run("run").succeeds_with(ACCEPTED);
    assert_eq!(letters(&relay.finish()), 6);
}

#[test]
fn a_host_keeps_counts_for_its_owner_alone() {
    let relay = Relay::start(Script::default());
    let project = due_now("restored-kept", relay.port());
    project.run("run").succeeds_with(ACCEPTED);
    let file = &kept(&project)[0];
    let text = fs::read_to_string(file).unwrap();
    assert!(!text.contains('@') && text.contains("\ntotals:\n  accepted: 3\n"), "{text}");
    for path in file.ancestors().take(3) {
        assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o077, 0, "{}", path.display());
    }
    // The outbox delivers to no one.
    let outbox = Project::new("restored-outbox");
    assert_eq!(outbox.run("send issues/maj.md --yes").status, 0);
    assert!(!outbox.host_state().exists());
    relay.finish();
}

#[test]
fn a_run_that_was_killed_is_remembered_from_its_beginning() {
    let relay = Relay::start(Script::default());
    let project = due_now("restored-killed", relay.port());
    let yesterday = backup(&project);
    project.run("run").succeeds_with(ACCEPTED);
    // As the file is before the first letter: nothing is accepted.
    let file = &kept(&project)[0];
    let text = fs::read_to_string(file).unwrap();
    let body = text.split_once("checksum: ").unwrap().0.replace("  accepted: 3\n", "  planned: 3\n");
    let body: String = body.split_inclusive('\n').filter(|line| !line.contains("_accepted: ")).collect();
    let sum = newsletter::base::digest::Digest::sha256(body.as_bytes());
    fs::write(file, format!("{body}checksum: {sum}\n")).unwrap();
    let restored = restore(&yesterday, "restored-killed-elsewhere", &project);
    is_stopped(&restored.run("run"), &[": the sending began at "]);
    // The project's own ledger has more records.
    project.run("send issues/maj.md --yes");
    assert_eq!(letters(&relay.finish()), 3);
}

#[test]
fn a_run_that_sent_nothing_is_forgotten() {
    // Nothing listens there.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let project = due_now("restored-nothing", port);
    assert_eq!(project.run("run").status, 75);
    assert_eq!(kept(&project), Vec::<std::path::PathBuf>::new());
}

#[test]
fn a_host_without_a_state_folder_warns_and_sends() {
    for (name, value) in [("nowhere", ""), ("not-a-folder", "/dev/null"), ("in-the-project", "STATE")] {
        let relay = Relay::start(Script::default());
        let project = due_now(&format!("restored-{name}"), relay.port());
        let inside = project.path("state").display().to_string();
        let value = value.replace("STATE", &inside);
        let project = project.variable("XDG_STATE_HOME", &value).variable("HOME", "");
        let output = project.run("run");
        assert_eq!((output.status, output.stdout.as_str()), (0, ACCEPTED), "{name}: {}", output.stderr);
        assert_eq!(output.stderr.matches("warning: this machine cannot remember").count(), 1, "{}", output.stderr);
        project.run("run").succeeds_with("");
        let check = project.run("check");
        assert!(check.stderr.contains("warning[NL759]"), "{}", check.stderr);
        assert_eq!(letters(&relay.finish()), 3);
    }
}

#[test]
fn a_service_keeps_it_in_its_own_folder() {
    let relay = Relay::start(Script::default());
    let project = due_now("restored-service", relay.port());
    let folder = project.host_state().join("service");
    let project = project.variable("STATE_DIRECTORY", &format!("{}:/var/lib/other", folder.display()));
    project.run("run").succeeds_with(ACCEPTED);
    assert_eq!(files(&folder.join("sent")).len(), 1);
    // The administrator, who runs it by hand, has no such variable.
    assert_eq!(kept(&project).len(), 1);
    relay.finish();
}

#[test]
fn a_link_in_the_place_of_a_receipt_is_not_followed() {
    let relay = Relay::start(Script::default());
    let project = due_now("restored-link", relay.port());
    project.run("run").succeeds_with(ACCEPTED);
    let file = kept(&project).remove(0);
    let target = project.path("target");
    fs::rename(&file, &target).unwrap();
    let before = fs::read(&target).unwrap();
    symlink(&target, &file).unwrap();
    project.write(MAY, project.read(MAY).replace("Der er", "Her er"));
    let output = project.run("send issues/maj.md --yes --replan");
    assert!(output.stderr.contains("warning: this machine cannot remember"), "{output:?}");
    assert_eq!(fs::read(&target).unwrap(), before);
    relay.finish();
}

#[test]
fn newsletters_of_one_sender_do_not_stop_each_other() {
    let relay = Relay::start(Script::default());
    let first = due_now("restored-first", relay.port());
    first.run("run").succeeds_with(ACCEPTED);
    let state = first.host_state();
    let second = due_now("restored-second", relay.port())
        .variable("XDG_STATE_HOME", state.to_str().unwrap())
        .file(".newsletter/key", "fedcba9876543210".repeat(4));
    // Even with the same text, and beside the other one in a repository.
    second.run("run").succeeds_with(ACCEPTED);
    // Another issue of the same newsletter.
    first.write("issues/juni.md", first.read(MAY).replace("Der er nyt", "Der er mere nyt"));
    assert_eq!(first.run("send issues/juni.md --yes").status, 0);
    assert_eq!(kept(&first).len(), 3);
    // The same issue to a further audience later.
    let first = first.audience("board", &["Dorte <dorte@d.example>"]);
    first.edit(MAY, "[members]", "[members, board]");
    let output = first.run("send issues/maj.md --yes --replan");
    assert_eq!(output.status, 0, "{}", output.stderr);
    assert_eq!(letters(&relay.finish()), 10);
}

#[test]
fn a_clone_knows_an_issue_under_any_name() {
    let relay = Relay::start(Script::default());
    let project = Project::with_relay("restored-names", relay.port());
    project.run("send issues/maj.md --yes").succeeds_with(ACCEPTED);
    let git = in_git(&backup(&project));
    let clone = |number: u32| {
        let clone = Project::empty(&format!("restored-names-{number}"));
        for (file, bytes) in &git {
            clone.write(file, bytes);
        }
        clone
    };
    let by_text = "issues/juni.md was sent as issues/maj.md from ";

    // The issue was renamed, and is a copy with another time and subject.
    let renamed = clone(1);
    fs::rename(renamed.path(MAY), renamed.path("issues/juni.md")).unwrap();
    is_stopped(&renamed.run("send issues/juni.md --yes"), &[by_text, RECEIPT]);
    let now = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    renamed.edit("issues/juni.md", "date:", &format!("slug: 2026-06\nsend_at: {now}\ndate:"));
    renamed.edit("issues/juni.md", "subject: Nyt i maj", "subject: Nyt i juni");
    is_stopped(&renamed.run("run"), &["2026-06 was sent as issues/maj.md"]);
    // In a folder, and with the line ends of Windows.
    let text = renamed.read("issues/juni.md").replace("slug: 2026-06\n", "").replace('\n', "\r\n");
    fs::remove_file(renamed.path("issues/juni.md")).unwrap();
    renamed.write("issues/juni/index.md", format!("\u{feff}{text}"));
    is_stopped(&renamed.run("send issues/juni/index.md --yes"), &["was sent as issues/maj.md"]);

    // The receipt was renamed, is in a form of Windows, or both.
    let moved = clone(2);
    let receipt = moved.read(RECEIPT);
    fs::remove_file(moved.path(RECEIPT)).unwrap();
    for (name, text) in [
        ("receipts/gammel.yaml", receipt.clone()),
        ("receipts/maj.yml", receipt.clone()),
        (RECEIPT, receipt.replace('\n', "\r\n")),
        (RECEIPT, format!("\u{feff}{receipt}")),
        // Damaged, and under another name: it still names the issue.
        ("receipts/gammel.yaml", receipt.replace("accepted: 3", "accepted: 2")),
        ("receipts/gammel.yaml", format!("<<<<<<< HEAD\n{receipt}=======\n{receipt}>>>>>>> main\n")),
        (RECEIPT, receipt[..receipt.len() / 2].to_owned()),
        (RECEIPT, String::new()),
        (RECEIPT, "nonsense".to_owned()),
        (RECEIPT, format!("{receipt}{receipt}")),
        (RECEIPT, receipt.replace("format: 1", "format: 2")),
    ] {
        moved.write(name, &text);
        is_stopped(&moved.run("send issues/maj.md --yes"), &["sent", name]);
        let status = moved.run("status issues/maj.md");
        assert!(!status.stdout.contains("not sent yet"), "{name}: {}", status.stdout);
        fs::remove_file(moved.path(name)).unwrap();
    }
    // A link that leads nowhere, a folder, and bytes that are not text.
    symlink("missing.yaml", moved.path(RECEIPT)).unwrap();
    is_stopped(&moved.run("send issues/maj.md --yes"), &["may have been sent", RECEIPT]);
    fs::remove_file(moved.path(RECEIPT)).unwrap();
    moved.write(RECEIPT, [0xff, 0xfe, 0x00]);
    is_stopped(&moved.run("send issues/maj.md --yes"), &["may have been sent", RECEIPT]);
    assert!(moved.run("check").stderr.contains("error[NL750]"));
    fs::remove_file(moved.path(RECEIPT)).unwrap();
    fs::create_dir(moved.path(RECEIPT)).unwrap();
    is_stopped(&moved.run("send issues/maj.md --yes"), &["may have been sent", RECEIPT]);
    assert_eq!(letters(&relay.finish()), 3);
}
