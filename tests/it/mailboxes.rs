//! Maildirs and files of messages.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use newsletter::feedback::mailbox::maildir::Maildir;
use newsletter::feedback::mailbox::message_file::MessageFile;
use newsletter::feedback::mailbox::{MESSAGE_LIMIT, MessageFolder, MoveCount};

use crate::project::{Project, files};

fn maildir(project: &Project) -> PathBuf {
    let path = project.path("Maildir");
    for folder in ["new", "cur", "tmp"] {
        fs::create_dir_all(path.join(folder)).unwrap();
    }
    path
}

/// Reads every message of a Maildir and moves those that contain `move`; returns what was read, in order.
fn read(path: &Path) -> (Vec<String>, MoveCount) {
    let mut mailbox = Maildir::open(path, Some(&path.join(".done"))).unwrap();
    let mut texts = Vec::new();
    let mut moved = MoveCount::default();
    loop {
        let mut done = Vec::new();
        let batch = mailbox
            .read_batch(&mut |message| {
                let text = String::from_utf8_lossy(&message.octets).into_owned();
                if text.contains("move") {
                    done.push(message.number);
                }
                texts.push(text);
            })
            .unwrap();
        moved.moved += mailbox.put_away(&done).unwrap().moved;
        if batch.is_last {
            texts.sort();
            return (texts, moved);
        }
    }
}

#[test]
fn messages_are_moved_and_the_others_stay_as_they_are() {
    let project = Project::new("mailbox-moved");
    let path = maildir(&project);
    for (file, text) in [
        ("new/1.a.host", "move 1"),
        ("new/2.b.host", "stay 2"),
        ("cur/3.c.host:2,S", "move 3"),
        ("cur/4.d.host:2,ST", "move 4: marked as deleted"),
        ("new/.hidden", "move 5"),
        ("tmp/6.e.host", "move 6: not complete"),
    ] {
        fs::write(path.join(file), text).unwrap();
    }
    assert_eq!(
        read(&path),
        (vec!["move 1".into(), "move 3".into(), "stay 2".into()], MoveCount { moved: 2, marked: 0 })
    );
    let expected = [
        ".done/cur/3.c.host:2,S",
        ".done/new/1.a.host",
        "cur/4.d.host:2,ST",
        "new/.hidden",
        "new/2.b.host",
        "tmp/6.e.host",
    ];
    assert_eq!(files(&path), expected);
    assert_eq!(read(&path), (vec!["stay 2".into()], MoveCount::default()));
    assert_eq!(files(&path), expected);
}

#[test]
fn no_message_is_replaced_by_another_of_the_same_name() {
    let project = Project::new("mailbox-same-name");
    let path = maildir(&project);
    fs::create_dir_all(path.join(".done/new")).unwrap();
    fs::write(path.join(".done/new/1.a"), "another").unwrap();
    fs::write(path.join("new/1.a"), "move").unwrap();
    fs::write(path.join("new/2.b"), "move").unwrap();
    // As after a run that was killed between the new name and the removal of the old one.
    fs::hard_link(path.join("new/2.b"), path.join(".done/new/2.b")).unwrap();
    assert_eq!(read(&path).1.moved, 2);
    assert_eq!(files(&path), [".done/new/1.1.a", ".done/new/1.a", ".done/new/2.b"]);
    assert_eq!(fs::read_to_string(path.join(".done/new/1.a")).unwrap(), "another");
}

#[test]
fn changes_by_another_program_are_not_errors() {
    let project = Project::new("mailbox-meanwhile");
    let path = maildir(&project);
    for number in 0..2_500 {
        fs::write(path.join(format!("new/{number}.x")), format!("move {number}")).unwrap();
    }
    let mut mailbox = Maildir::open(&path, Some(&path.join(".done"))).unwrap();
    let (mut seen, mut moved, mut batches) = (0, 0, 0);
    loop {
        let mut done = Vec::new();
        let batch = mailbox.read_batch(&mut |message| done.push(message.number)).unwrap();
        seen += done.len();
        // A mail program marks some as read, and new ones arrive.
        for (at, file) in files(&path.join("new")).iter().take(20).enumerate() {
            fs::rename(path.join("new").join(file), path.join(format!("cur/{batches}-{at}:2,S"))).unwrap();
        }
        fs::write(path.join(format!("new/late-{batches}")), "move late").unwrap();
        moved += mailbox.put_away(&done).unwrap().moved;
        batches += 1;
        if batch.is_last {
            break;
        }
    }
    assert!(batches >= 3 && seen >= 2_500 - 60 && moved <= seen, "{batches} {seen} {moved}");
    assert_eq!(files(&path).len(), 2_500 + batches);
    read(&path);
    assert_eq!(files(&path.join(".done")).len(), 2_500 + batches);
}

#[test]
fn what_is_not_a_message_is_left() {
    let project = Project::new("mailbox-not-a-message");
    let path = maildir(&project);
    fs::create_dir(path.join("new/folder")).unwrap();
    let status = Command::new("mkfifo").arg(path.join("new/pipe")).status().unwrap();
    assert!(status.success());
    std::os::unix::fs::symlink("/etc/passwd", path.join("new/link")).unwrap();
    fs::write(path.join("new/large"), "x".repeat(5 * MESSAGE_LIMIT)).unwrap();
    let (texts, _) = read(&path);
    assert_eq!(texts.iter().map(String::len).collect::<Vec<_>>(), [MESSAGE_LIMIT]);
    assert!(Maildir::open(&path.join("new"), None).is_err() && Maildir::open(&path.join("none"), None).is_err());
}

#[test]
fn a_message_without_permission_is_counted() {
    let project = Project::new("mailbox-no-permission");
    let path = maildir(&project);
    fs::write(path.join("new/1.a"), "move").unwrap();
    fs::set_permissions(path.join("new/1.a"), fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(path.join("new/1.a")).is_ok() {
        // Root may read it.
        return;
    }
    let batch = Maildir::open(&path, None).unwrap().read_batch(&mut |_| ()).unwrap();
    assert_eq!(batch.unreadable, 1);
}

#[test]
fn an_mbox_is_only_read() {
    let project = Project::new("mailbox-mbox");
    let path = project.path("inbox.mbox");
    let message = "From - Sat Nov 28 21:01:13 2026\nSubject: x\n\nFrom here on\n\n";
    fs::write(&path, message.repeat(1_500)).unwrap();
    let mut mailbox = MessageFile::open(&path).unwrap();
    let mut counts = Vec::new();
    loop {
        let mut count = 0;
        let batch = mailbox.read_batch(&mut |_| count += 1).unwrap();
        counts.push(count);
        assert_eq!(mailbox.put_away(&[0]).unwrap(), MoveCount::default());
        if batch.is_last {
            break;
        }
    }
    assert_eq!(counts, [1_000, 500]);
    assert_eq!(fs::read_to_string(&path).unwrap(), message.repeat(1_500));
}
