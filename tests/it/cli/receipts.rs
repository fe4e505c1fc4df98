//! Receipts: a copy of a project, and one whose ledger was lost, send nothing again.

use std::fs;

use crate::project::{MAY, Project, files};
use crate::scripted::{Relay, Script, Trick};

pub(super) const RECEIPT: &str = "receipts/maj.yaml";
pub(super) const ACCEPTED: &str = "issues/maj.md: 3 recipients: 3 accepted by the relay\n";

/// The name of this machine.
fn host() -> String {
    fs::read_to_string("/proc/sys/kernel/hostname").unwrap().trim().to_owned()
}

/// A project whose issue was due this minute, and `run` sends within the usual grace.
pub(super) fn due_now(name: &str, port: u16) -> Project {
    let project = Project::with_relay(name, port);
    let now = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    project.edit(MAY, "date:", &format!("send_at: {now}\ndate:"));
    project
}

/// The same project in another folder, as Git has it: without its state.
fn clone_of(project: &Project, name: &str) -> Project {
    let clone = Project::empty(name);
    for file in files(&project.path("")).iter().filter(|file| !file.starts_with(".newsletter/")) {
        clone.write(file, fs::read(project.path(file)).unwrap());
    }
    clone
}

/// A text without its moments, and with HOST for this machine.
fn without_times(text: &str) -> String {
    let lines = text.lines().map(|line| match line.split_once(" by 20") {
        Some((before, after)) => format!("{before} by TIME{}", &after["26-05-04 09:00".len()..]),
        None => line.to_owned(),
    });
    lines.map(|line| line.replace(&host(), "HOST") + "\n").collect()
}

/// How many letters a relay was given.
pub(super) fn letters(heard: &[String]) -> usize {
    heard.iter().filter(|line| line.starts_with("RCPT")).count()
}

#[test]
fn a_copy_of_the_project_sends_nothing_again() {
    let relay = Relay::start(Script::default());
    let project = due_now("receipt-copies", relay.port());
    let yesterday: Vec<_> = files(&project.path(".newsletter"))
        .into_iter()
        .map(|file| (fs::read(project.path(".newsletter").join(&file)).unwrap(), file))
        .collect();
    project.run("run").succeeds_with(ACCEPTED);
    project.run("run").succeeds_with("");

    // In another folder.
    let clone = clone_of(&project, "receipt-clone");
    let error = "error: issues/maj.md was sent from HOST: 3 letters accepted by TIME, as receipts/maj.yaml says. The ledger \
                 here does not know of it, so nothing is sent. To send it again on purpose, delete that file first\n";
    let first = clone.run("run");
    assert_eq!((first.status, first.stdout.as_str(), without_times(&first.stderr).as_str()), (3, "", error));
    clone.run("run").succeeds_with("");
    let send = clone.run("send issues/maj.md --yes");
    assert_eq!((send.status, send.stdout.as_str(), without_times(&send.stderr).as_str()), (3, "", error));
    let status = clone.run("status");
    assert!(status.stdout.starts_with(ACCEPTED), "{}", status.stdout);
    assert!(without_times(&status.stdout).contains("\n  sent from HOST at 20"), "{}", status.stdout);
    assert!(!status.stdout.contains("newsletter run"), "{}", status.stdout);

    // With an emptied ledger, on another machine.
    fs::remove_dir_all(project.host_state()).unwrap();
    for file in files(&project.path(".newsletter")).iter().filter(|file| file.starts_with("ledger.db")) {
        fs::remove_file(project.path(".newsletter").join(file)).unwrap();
    }
    assert_eq!(project.run("run").status, 74);
    project.run("ledger new");
    // The ledger exists again, but nothing is sent.
    assert_eq!(without_times(&project.run("run").stderr), error);
    project.run("run").succeeds_with("");

    // With the ledger of yesterday.
    fs::remove_dir_all(project.path(".newsletter")).unwrap();
    for (bytes, file) in yesterday {
        project.write(&format!(".newsletter/{file}"), bytes);
    }
    let project = project.mode(".newsletter/key", 0o600).mode(".newsletter", 0o700);
    assert_eq!(without_times(&project.run("run").stderr), error);
    project.run("run").succeeds_with("");
    assert_eq!(letters(&relay.finish()), 3);
}

/// Only the ledger records who unsubscribed.
#[test]
fn without_the_ledger_no_new_issue_is_sent() {
    let relay = Relay::start(Script::default());
    let project = Project::with_relay("receipt-copy", relay.port());
    project.run("send issues/maj.md --yes").succeeds_with(ACCEPTED);
    project.run("unsubscribe carl@c.example");
    fs::remove_dir_all(project.path(".newsletter")).unwrap();
    let issue =
        "---\nsubject: Sommeren\npreheader: Hvor kontoret er i juli\naudiences: [members]\n---\nVi holder ferie.\n";
    project.write("issues/juni.md", issue);
    let output = project.run("send issues/juni.md --yes");
    assert_eq!((output.status, output.stdout.as_str()), (74, ""), "{output:?}");
    let error = "ledger.db is missing, but receipts/ shows that this project has sent mail: without it nobody knows who \
                 unsubscribed. Copy `.newsletter/` from the machine that sends";
    assert!(output.stderr.contains(error), "{}", output.stderr);
    // An empty answer would say that nobody got a letter, and that nobody unsubscribed.
    for (typed, status) in
        [("ledger check", 74), ("ledger export", 74), ("suppression list", 74), ("doctor --offline", 1)]
    {
        let output = project.run(typed);
        let said = [output.stdout.as_str(), output.stderr.as_str()].concat();
        assert!(output.status == status && said.contains(error), "{typed}: {said}");
    }
    assert_eq!(letters(&relay.finish()), 3);
}

#[test]
fn a_changed_key_is_reported() {
    let relay = Relay::start(Script::default());
    let project = Project::with_relay("receipt-key", relay.port());
    project.run("send issues/maj.md --yes").succeeds_with(ACCEPTED);
    let clone = clone_of(&project, "receipt-key-clone");
    clone.run("ledger new");
    let output = clone.run("send issues/maj.md --yes");
    assert_eq!((output.status, output.stdout.as_str()), (3, ""));
    assert!(output.stderr.contains("The ledger here, whose key is another one, does not know"), "{}", output.stderr);
    // On purpose.
    fs::remove_file(clone.path(RECEIPT)).unwrap();
    clone.run("send issues/maj.md --yes").succeeds_with(ACCEPTED);
    assert_eq!(letters(&relay.finish()), 6);
}

#[test]
fn a_ledger_from_the_middle_of_a_run_sends_nothing_again() {
    let relay = Relay::start(Script::default());
    let project = Project::with_relay("receipt-middle", relay.port());
    project.run("send issues/maj.md --yes --limit 1");
    let half = fs::read(project.path(".newsletter/ledger.db")).unwrap();
    project.run("send issues/maj.md --yes").succeeds_with(ACCEPTED);
    project.write(".newsletter/ledger.db", half);
    let output = project.run("send issues/maj.md --yes");
    assert_eq!((output.status, output.stdout.as_str()), (3, ""));
    assert!(output.stderr.contains("The ledger here knows of only 1 of them, so nothing is sent"), "{}", output.stderr);
    assert_eq!(letters(&relay.finish()), 3);
}

#[test]
fn a_run_does_not_reduce_a_receipt() {
    let relay = Relay::start(Script::default());
    let project = due_now("receipt-backup", relay.port());
    project.run("send issues/maj.md --yes --limit 1");
    let half = fs::read(project.path(".newsletter/ledger.db")).unwrap();
    project.run("run").succeeds_with(ACCEPTED);
    let receipt = project.read(RECEIPT);
    project.write(".newsletter/ledger.db", half);
    let output = project.run("run");
    assert_eq!((output.status, output.stdout.as_str()), (3, ""));
    assert!(output.stderr.contains("The ledger here knows of only 1 of them"), "{}", output.stderr);
    for _ in 0..2 {
        project.run("run").succeeds_with("");
    }
    assert_eq!(project.read(RECEIPT), receipt);
    // A receipt that cannot be read may record more than this ledger, so each run has that status. This machine has not
    // sent.
    fs::remove_dir_all(project.host_state()).unwrap();
    project.write(RECEIPT, "<<<<<<< HEAD\n");
    for _ in 0..2 {
        let output = project.run("run");
        assert_eq!((output.status, output.stdout.as_str()), (3, ""), "{}", output.stderr);
    }
    let output = project.run("send issues/maj.md --yes");
    assert!(output.status == 3 && output.stderr.contains("may have been sent, so nothing is sent"), "{output:?}");
    assert_eq!(letters(&relay.finish()), 3);
}

#[test]
fn a_plan_with_a_time_expires_without_send_until() {
    let relay = Relay::start(Script::default());
    let project = due_now("receipt-expires", relay.port());
    let settings = project.read("newsletter.yaml").replace("smtp:\n", "grace: 1s\nsmtp:\n  retry: {give_up: 1s}\n");
    project.write("newsletter.yaml", settings);
    project.run("send issues/maj.md --yes --limit 1");
    std::thread::sleep(std::time::Duration::from_millis(2500));
    let output = project.run("run");
    assert_eq!(output.status, 1, "{}", output.stderr);
    assert!(output.stdout.contains("1 accepted by the relay, 2 expired"), "{}", output.stdout);
    assert_eq!(letters(&relay.finish()), 1);
}

#[test]
fn a_receipt_holds_counts_and_no_addresses() {
    let relay = Relay::start(Script {
        tricks: vec![("RCPT", Trick::Say("550 5.1.1 <anna@a.example> unknown\r\n"))],
        ..Script::default()
    });
    let project = Project::with_relay("receipt-counts", relay.port()).audience("board", &["Dorte <dorte@d.example>"]);
    project.edit(MAY, "[members]", "[members, board]");
    project.run("send issues/maj.md --yes");
    let receipt = project.read(RECEIPT);
    for line in [
        "issue: issues/maj.md",
        "transport: smtp",
        &format!("host: {}", host()),
        "editions:\n  board.da: {letters: 1, accepted: 1}\n  members.da: {letters: 3, accepted: 2}",
        "audiences:\n  board: {letters: 1, accepted: 1}\n  members: {letters: 3, accepted: 2}",
        "totals:\n  accepted: 3\n  refused: 1\nkey: ",
    ] {
        assert!(receipt.contains(&format!("\n{line}")), "{line} is not in\n{receipt}");
    }
    assert!(!receipt.contains('@'), "{receipt}");
    relay.finish();
}

#[test]
fn a_receipt_is_written_after_a_killed_run() {
    let relay = Relay::start(Script::default());
    let project = Project::with_relay("receipt-killed", relay.port());
    project.run("send issues/maj.md --yes").succeeds_with(ACCEPTED);
    let receipt = project.read(RECEIPT);
    for typed in ["send issues/maj.md --yes", "run"] {
        fs::remove_file(project.path(RECEIPT)).unwrap();
        assert_eq!(project.run(typed).status, 0);
        assert_eq!(project.read(RECEIPT), receipt, "{typed}");
    }
    // An edited receipt is written again, since the ledger is the record.
    project.edit(RECEIPT, "accepted: 3", "accepted: 2");
    assert!(project.run("check").stderr.contains("error[NL750]"));
    project.run("run").succeeds_with("");
    assert_eq!(project.read(RECEIPT), receipt);
    relay.finish();
}

#[test]
fn a_receipt_that_cannot_be_written_is_an_error_after_sending() {
    let relay = Relay::start(Script::default());
    let project = Project::with_relay("receipt-readonly", relay.port());
    // A file where the folder should be stops the superuser as well.
    project.write("receipts", "");
    let output = project.run("send issues/maj.md --yes");
    assert_eq!((output.status, output.stdout.as_str()), (74, ACCEPTED));
    let error = "error: issues/maj.md was sent, but it has no receipt: cannot write DIR/receipts";
    assert!(output.stderr.starts_with(error), "{}", output.stderr);
    fs::remove_file(project.path("receipts")).unwrap();
    assert_eq!(project.run("send issues/maj.md --yes").status, 0);
    assert!(project.path(RECEIPT).exists());
    assert_eq!(letters(&relay.finish()), 3);
}

#[test]
fn an_edited_receipt_or_one_of_another_issue_stops_a_copy() {
    let relay = Relay::start(Script::default());
    let project = Project::with_relay("receipt-edited", relay.port());
    project.run("send issues/maj.md --yes").succeeds_with(ACCEPTED);
    let clone = clone_of(&project, "receipt-edited-clone");
    clone.edit(RECEIPT, "accepted: 3", "accepted: 0");
    let error = "issues/maj.md may have been sent, so nothing is sent: receipts/maj.yaml: this receipt is incomplete or was \
                 edited. Restore the file from Git; to send the issue on purpose, delete it";
    clone.run("send issues/maj.md --yes").fails_with(3, error);
    clone.write(MAY, clone.read(MAY).replace("Der er nyt", "Der er mere nyt"));
    clone.write("issues/juni.md", clone.read(MAY));
    clone.write("receipts/juni.yaml", project.read(RECEIPT));
    let error = "issues/juni.md may have been sent, so nothing is sent: receipts/juni.yaml: this is the receipt of \
                 issues/maj.md. Restore the file from Git; to send the issue on purpose, delete it";
    clone.run("send issues/juni.md --yes").fails_with(3, error);
    assert_eq!(letters(&relay.finish()), 3);
}

#[test]
fn issues_with_one_short_name_have_a_receipt_each() {
    let relay = Relay::start(Script::default());
    let project = Project::with_relay("receipt-names", relay.port());
    project.write("issues/maj/index.md", project.read(MAY).replace("Der er nyt", "Der er mere nyt"));
    for issue in [MAY, "issues/maj/index.md"] {
        assert_eq!(project.run(&format!("send {issue} --yes")).status, 0);
    }
    let names = files(&project.path("receipts"));
    assert_eq!((names.len(), names[1].as_str()), (2, "maj.yaml"), "{names:?}");
    let clone = clone_of(&project, "receipt-names-clone");
    for issue in [MAY, "issues/maj/index.md"] {
        assert_eq!(clone.run(&format!("send {issue} --yes")).status, 3);
    }
    relay.finish();
}

#[test]
fn a_receipt_names_every_machine_that_sent() {
    let relay = Relay::start(Script::default());
    let project = Project::with_relay("receipt-hosts", relay.port());
    project.run("send issues/maj.md --yes --limit 1");
    // As another machine has written it.
    let receipt = project.read(RECEIPT).replace(&format!("host: {}", host()), "host: web2");
    let body = receipt.split_once("checksum: ").unwrap().0;
    let sum = newsletter::base::digest::Digest::sha256(body.as_bytes());
    project.write(RECEIPT, format!("{body}checksum: {sum}\n"));
    assert_eq!(project.run("send issues/maj.md --yes").status, 0);
    assert!(project.read(RECEIPT).contains(&format!("\nhost: \"web2 and {}\"\n", host())), "{}", project.read(RECEIPT));
    relay.finish();
}

#[test]
fn the_outbox_needs_no_receipt() {
    let project = Project::new("receipt-outbox");
    assert_eq!(project.run("send issues/maj.md --yes").status, 0);
    assert!(!project.path("receipts").exists());
}

#[test]
fn only_the_host_that_is_named_sends() {
    let relay = Relay::start(Script::default());
    let project = Project::with_relay("send-host", relay.port());
    let settings = project.read("newsletter.yaml");
    project.write("newsletter.yaml", format!("{settings}send_host: [web1.forening.example, web2]\n"));
    let error = format!(
        "this machine is {}, and issues are sent only from web1.forening.example or web2 (`send_host` in newsletter.yaml); \
         `preview`, `test` and `send --dry-run` work here too",
        host()
    );
    project.run("send issues/maj.md --yes").fails_with(3, &error);
    project.run("run").fails_with(3, &error);
    for typed in ["preview issues/maj.md", "send issues/maj.md --dry-run", "run --dry-run"] {
        assert_eq!(project.run(typed).status, 0, "{typed}");
    }
    project.write("newsletter.yaml", format!("{settings}send_host: {}\n", host().to_uppercase()));
    project.run("send issues/maj.md --yes").succeeds_with(ACCEPTED);
    // Nor does anything reach the relay for those who are notified.
    project.write("newsletter.yaml", format!("{settings}send_host: web1\nnotify: [formand@forening.example]\n"));
    let now = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    project.write("issues/juni.md", project.read(MAY).replace("date:", &format!("send_at: {now}\ndate:")));
    assert_eq!(project.run("run").status, 3);
    fs::remove_file(project.path("issues/juni.md")).unwrap();
    // The key changes no letter.
    project.write("newsletter.yaml", settings);
    project.run("send issues/maj.md --yes");
    assert_eq!(letters(&relay.finish()), 3);
}
