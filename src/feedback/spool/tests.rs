use std::env;
use std::fs;
use std::path::PathBuf;

use crate::base::error::Error;
use crate::delivery::ledger::feedback::LeaveRequest;
use crate::feedback::spool::{LeaveSpool, RecordedRequests, UnreadSpoolFile};
use crate::letter::unsubscribe_token::LeaveTarget;

const ONE: &str = "0123456789abcdef01234567";
const TWO: &str = "89abcdef0123456789abcdef-drift";

/// An empty folder of this test.
fn folder(name: &str) -> PathBuf {
    let folder = env::temp_dir().join(format!("newsletter-spool-{}-{name}", std::process::id()));
    _ = fs::remove_dir_all(&folder);
    folder
}

fn request(target: &str) -> LeaveRequest {
    LeaveRequest {
        target: LeaveTarget::parse(target).unwrap(),
        at: "2026-05-04T10:00:00.5Z".parse().unwrap(),
        source: "one-click".into(),
    }
}

/// Drains the spool: the targets of each batch.
fn drain(spool: &LeaveSpool) -> (Vec<Vec<String>>, Vec<UnreadSpoolFile>) {
    let mut batches = Vec::new();
    let unread = spool.drain(&mut |requests| {
        batches.push(requests.iter().map(|request| request.target.to_string()).collect());
        Ok(RecordedRequests::All)
    });
    (batches, unread.unwrap())
}

#[test]
fn what_is_written_is_read_once() {
    let folder = folder("once");
    let spool = LeaveSpool::new(&folder);
    assert!(drain(&spool).0.is_empty(), "a spool that does not exist is empty");
    assert!(spool.write(&[request(ONE)]).is_err(), "nor can it be written to");
    spool.create().unwrap();
    spool.write(&[request(ONE), request(TWO)]).unwrap();
    spool.write(&[request(TWO)]).unwrap();
    let stopped = spool.drain(&mut |requests| {
        assert_eq!(requests[0], LeaveRequest { source: "spool".into(), ..request(ONE) });
        Err(Error::WorkerLost)
    });
    assert!(matches!(stopped, Err(Error::WorkerLost)));
    assert_eq!(drain(&spool).0, [[ONE, TWO, TWO]], "what was not recorded is read again");
    assert!(drain(&spool).0.is_empty());
    assert_eq!(fs::read_dir(folder.join("tmp")).unwrap().count(), 0);
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn what_is_not_recorded_is_kept() {
    let folder = folder("kept");
    let spool = LeaveSpool::new(&folder);
    spool.create().unwrap();
    spool.write(&[request(ONE)]).unwrap();
    assert!(spool.drain(&mut |_| Ok(RecordedRequests::NotAll)).unwrap().is_empty());
    assert!(drain(&spool).0.is_empty());
    assert_eq!(fs::read_dir(folder.join("unknown")).unwrap().count(), 1);
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn what_is_not_a_request_is_left_and_reported() {
    let folder = folder("left");
    let spool = LeaveSpool::new(&folder);
    spool.create().unwrap();
    let new = folder.join("new");
    let good = format!("2026-05-04T10:00:00Z {ONE}\n");
    fs::write(new.join("1-good"), good.trim_end()).unwrap();
    fs::write(new.join("2-no-token"), format!("{good}2026-05-04T10:00:00Z anna@kommune.example\n")).unwrap();
    fs::write(new.join("3-no-time"), format!("{ONE}\n")).unwrap();
    fs::write(new.join("4-not-text"), [good.as_bytes(), b"\xff\xfe\n"].concat()).unwrap();
    fs::write(new.join("5-large"), good.repeat(30_000)).unwrap();
    fs::create_dir(new.join("6-folder")).unwrap();
    std::os::unix::fs::symlink(new.join("1-good"), new.join("7-link")).unwrap();
    fs::write(new.join(".8-being-copied"), &good).unwrap();
    fs::write(new.join("9-empty"), "").unwrap();
    let (batches, unread) = drain(&spool);
    // The valid lines of a file that stays are recorded each time, which changes nothing.
    assert_eq!(batches, [vec![ONE, ONE, ONE], vec![ONE, ONE]]);
    let unread: Vec<String> =
        unread.iter().map(|file| format!("{} {}", file.path.file_name().unwrap().display(), file.fault)).collect();
    let expected = [
        "2-no-token has an invalid line 2",
        "3-no-time has an invalid line 1",
        "4-not-text has an invalid line 2",
        "5-large is larger than 1 MiB",
        "6-folder is not a regular file",
        "7-link is not a regular file",
    ];
    assert_eq!(unread, expected);
    assert!(!new.join("1-good").exists() && !new.join("9-empty").exists());
    assert_eq!(fs::read_dir(&new).unwrap().count(), 7);
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_large_spool_is_read_in_parts() {
    let folder = folder("parts");
    let spool = LeaveSpool::new(&folder);
    spool.create().unwrap();
    let requests = vec![request(ONE); 6_000];
    for _ in 0..3 {
        spool.write(&requests).unwrap();
    }
    let sizes: Vec<usize> = drain(&spool).0.iter().map(Vec::len).collect();
    assert_eq!(sizes, [12_000, 6_000]);
    fs::remove_dir_all(&folder).unwrap();
}
