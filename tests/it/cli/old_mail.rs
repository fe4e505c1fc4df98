//! Old issues are not sent again: by `run` after their time, without the ledger, or with another key.

use std::fs;

use crate::project::{MAY, Project, files};

/// A project whose issue was due in 2020, with a copy of it under another name.
fn overdue(name: &str) -> Project {
    let project = Project::new(name);
    project.edit(MAY, "date:", "send_at: 2020-05-04 09:00\ndate:");
    let copy = project.read(MAY).replace("Der er nyt.", "Der er meget nyt.");
    project.file("issues/kopi.md", copy)
}

const LATE: &str = "error: issues/kopi.md was scheduled for 2020-05-04 09:00 and is too old for `run` (grace: 6 h); \
    to send it anyway, use `newsletter send issues/kopi.md`\n\
    error: issues/maj.md was scheduled for 2020-05-04 09:00 and is too old for `run` (grace: 6 h); \
    to send it anyway, use `newsletter send issues/maj.md`\n";

#[test]
fn an_old_issue_is_reported_once_and_not_sent() {
    let project = overdue("old-mail");
    project.run("run").is(3, "", LATE);
    project.run("run").succeeds_with("");
    assert!(project.reached().is_empty());
    let status = project.run("status").stdout;
    assert!(status.contains("issues/maj.md: not sent at 2020-05-04 09:00"), "{status}");
    project.edit("issues/kopi.md", "2020-05-04", "2020-05-05");
    let output = project.run("run");
    assert!(output.status == 3 && output.stderr.contains("kopi") && !output.stderr.contains("maj"), "{output:?}");
    assert_eq!(project.run("send issues/maj.md --yes").status, 0);
    assert_eq!(project.reached().len(), 3);
}

#[test]
fn an_issue_past_its_send_until_is_reported_once() {
    let project = Project::new("old-mail-expired").always_due();
    project.edit(MAY, "date:", "send_at: 2020-05-04 09:00\nsend_until: 2020-05-05\ndate:");
    project.run("run").fails_with(3, "issues/maj.md has expired: its `send_until` passed at 2020-05-06 00:00");
    project.run("run").succeeds_with("");
    let status = project.run("status").stdout;
    let line = "issues/maj.md: not sent at 2020-05-04 09:00: too late; its `send_until` passed at 2020-05-06 00:00\n";
    assert!(status.contains(line), "{status}");
    let stderr = project.run("check").stderr;
    assert!(stderr.contains("NL637") && !stderr.contains("NL636"), "{stderr}");
}

#[test]
fn an_old_issue_with_errors_is_reported_once() {
    for (name, send_at) in
        [("iso", "send_at: 2020-05-04 09:00"), ("words", "publish_date: \"4. maj 2020 kl. 9\" # gammel")]
    {
        let project = Project::new(&format!("old-mail-errors-{name}"));
        project.edit(MAY, "date:", &format!("{send_at}\nsbject: x\ndate:"));
        assert_eq!(project.run("check").status, 3);
        project.run("run").is(
            3,
            "",
            "error: issues/maj.md was scheduled for 2020-05-04 09:00 and is too old for `run` (grace: 6 h); \
             to send it anyway, use `newsletter send issues/maj.md`\n",
        );
        project.run("run").succeeds_with("");
        // An issue that is due now is reported with its errors, and stops each run.
        let project = project.always_due();
        assert!(project.run("run").stderr.contains("sbject"));
        project.run("run").is(3, "", "");
    }
}

#[test]
fn a_clone_sends_nothing_old() {
    let project = overdue("old-mail-clone");
    fs::remove_dir_all(project.path(".newsletter")).unwrap();
    project.run("run").is(3, "", LATE);
    project.run("run").succeeds_with("");
    assert!(project.reached().is_empty());
}

#[test]
fn grace_is_a_setting() {
    let project = overdue("old-mail-grace").always_due();
    assert_eq!(project.run("run").status, 0);
    assert_eq!(project.reached().len(), 3);
    project.edit("newsletter.yaml", "grace: 5200w", "grace: 0s");
    let output = project.run("check");
    assert!(output.stderr.contains("`grace` must be at least 1s"), "{}", output.stderr);
}

#[test]
fn an_issue_may_have_its_own_grace() {
    let project = overdue("old-mail-own-grace");
    fs::remove_file(project.path("issues/kopi.md")).unwrap();
    let hour_ago = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(1);
    let hour_ago = hour_ago.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    project.edit(MAY, "send_at: 2020-05-04 09:00", &format!("send_at: {hour_ago}\ngrace: 30min"));
    assert!(project.run("check").stderr.contains("at most 30 min late (`grace`)"));
    assert!(project.run("schedule").stdout.contains("too late"));
    let late = project.run("run");
    assert_eq!((late.status, late.stdout.as_str()), (3, ""));
    assert!(late.stderr.contains("too old for `run` (grace: 30 min)"), "{}", late.stderr);
    assert!(late.stderr.contains("use `newsletter send issues/maj.md`"), "{}", late.stderr);
    project.run("run").succeeds_with("");
    // With an error in the front matter as well.
    project.edit(MAY, "grace: 30min", "grace: 30min\nsbject: x");
    project.run("run").succeeds_with("");
    project.edit(MAY, "grace: 30min\nsbject: x", "grace: 2h\nsbject: x");
    assert!(project.run("run").stderr.contains("sbject"));
    // Longer than the project's; a translation says the same or nothing.
    project.edit(MAY, "grace: 2h\nsbject: x", "grace: 2h");
    let settings = project.read("newsletter.yaml");
    project.write("newsletter.yaml", format!("{settings}grace: 10min\n"));
    assert_eq!(project.run("run").status, 0);
    assert_eq!(project.reached().len(), 3);
    for wrong in ["0", "0s", "30", "59s", "none", "-1h", "[1h]", "1 month", "soon"] {
        let project = Project::new("old-mail-wrong-grace");
        project.edit(MAY, "date:", &format!("grace: {wrong}\ndate:"));
        let output = project.run("check");
        assert!(output.status == 3 && output.stderr.contains("grace"), "{wrong}: {}", output.stderr);
    }
}

#[test]
fn a_dry_run_says_what_would_be_sent() {
    let project = overdue("old-mail-dry");
    project.run("run --dry-run").is(3, "", LATE);
    let project = project.always_due();
    fs::remove_file(project.path("issues/kopi.md")).unwrap();
    project.run("run --dry-run").succeeds_with("issues/maj.md: 3 letters would be sent now\n");
    assert!(project.reached().is_empty() && project.states().is_empty());
}

#[test]
fn an_issue_before_its_time_needs_confirmation() {
    let project = Project::new("old-mail-early");
    project.edit(MAY, "date:", "send_at: 2126-05-04 09:00\ndate:");
    project.run("send issues/maj.md --yes").fails_with(
        3,
        "issues/maj.md is scheduled for 2126-05-04 09:00, by `newsletter run`; to send it now, use \
         `newsletter send issues/maj.md --now`",
    );
    let status = project.run("status").stdout;
    assert!(status.contains("issues/maj.md: `newsletter run` sends 3 letters at 2126-05-04 09:00\n"), "{status}");
    assert_eq!(project.run("send issues/maj.md --yes --now").status, 0);
    assert_eq!(project.reached().len(), 3);
}

/// Everything that is lost with the ledger: no one gets a second letter until a new ledger is requested explicitly.
#[test]
fn without_its_ledger_nothing_is_sent() {
    let project = Project::new("old-mail-no-ledger");
    assert_eq!(project.run("send issues/maj.md --yes").status, 0);
    for file in fs::read_dir(project.path(".newsletter")).unwrap() {
        let path = file.unwrap().path();
        if path.file_name().unwrap() != "key" {
            fs::remove_file(path).unwrap();
        }
    }
    let lost = "cannot use the ledger, without which nothing is sent: the ledger DIR/.newsletter/ledger.db is missing, and with \
        it the record of who got a letter: restore it from your backup; if nothing was ever sent from this project, \
        run `newsletter ledger new`";
    for typed in ["send issues/maj.md --yes", "status", "suppression list", "ledger check", "unsubscribe x@x.example"] {
        project.run(typed).fails_with(74, lost);
    }
    project.edit(MAY, "date:", "send_at: 2020-05-04 09:00\ndate:");
    project.run("run").fails_with(74, lost);
    project
        .run("ledger new")
        .succeeds_with("created the ledger DIR/.newsletter/ledger.db: nothing was sent according to it\n");
    let unchanged =
        "the ledger DIR/.newsletter/ledger.db exists, and belongs to the project's key: nothing was changed";
    project.run("ledger new").fails_with(3, unchanged);
    assert_eq!(project.run("send issues/maj.md --yes").status, 0);
}

#[test]
fn a_ledger_belongs_to_its_key() {
    let project = Project::new("old-mail-other-key");
    assert_eq!(project.run("send issues/maj.md --yes").status, 0);
    let project = project.file(".newsletter/key", "f".repeat(64));
    let other = "cannot use the ledger, without which nothing is sent: the ledger DIR/.newsletter/ledger.db was made with \
        another key than DIR/.newsletter/key: restore that key from your backup, or copy it from the machine that \
        sent before; if the new key is intended, run `newsletter ledger new`";
    for typed in ["send issues/maj.md --yes", "status", "unsubscribe anna@a.example"] {
        project.run(typed).fails_with(74, other);
    }
    fs::remove_file(project.path(".newsletter/key")).unwrap();
    let output = project.run("unsubscribe anna@a.example");
    assert!(output.status == 74 && output.stderr.contains("DIR/.newsletter/key is missing"), "{output:?}");
    assert!(!project.path(".newsletter/key").exists());
    assert_eq!(project.run("ledger new").status, 0);
    assert_eq!(project.run("send issues/maj.md --yes").status, 0);
    assert_eq!(project.reached().len(), 3, "the plan is finished");
}

#[test]
fn looking_makes_neither_a_key_nor_a_ledger() {
    let project = Project::new("old-mail-looking");
    fs::remove_dir_all(project.path(".newsletter")).unwrap();
    for typed in ["check", "preview issues/maj.md", "send issues/maj.md --dry-run", "status", "audience show members"] {
        let output = project.run(typed);
        assert_eq!(output.status, 0, "{typed}: {output:?}");
        assert!(!project.path(".newsletter").exists(), "{typed}");
    }
}

#[test]
fn a_dry_run_says_if_its_bytes_are_not_those_of_the_letters() {
    const HINT: &str = "this project has no key yet";
    let project = Project::new("old-mail-dry-run");
    fs::remove_dir_all(project.path(".newsletter")).unwrap();
    let without = project.run("send issues/maj.md --dry-run --date 2026-05-04T09:00 --out without");
    assert!(without.status == 0 && without.stderr.contains(HINT), "{without:?}");
    assert_eq!(project.run("ledger new").status, 0);
    let with = project.run("send issues/maj.md --dry-run --date 2026-05-04T09:00 --out with");
    assert!(with.status == 0 && !with.stderr.contains(HINT), "{with:?}");
    let again = project.run("send issues/maj.md --dry-run --date 2026-05-04T09:00 --out again");
    assert_eq!(again.status, 0);
    let letters = |folder: &str| -> Vec<String> {
        files(&project.path(folder)).iter().map(|file| project.read(&format!("{folder}/{file}"))).collect()
    };
    assert_eq!(letters("with").len(), 3);
    assert_eq!(letters("with"), letters("again"), "the stored key makes the same bytes each time");
    assert_ne!(letters("with"), letters("without"));
}

#[test]
fn what_is_left_of_an_issue_waits_for_its_time() {
    let project = Project::new("early-part")
        .file("issues/senere.md", "---\nsubject: Senere\nsend_at: 2126-05-04 09:00\naudiences: [members]\n---\nHej\n");
    let part = project.run("send issues/senere.md --yes --now --limit 1");
    assert_eq!(part.status, 0, "{}", part.stderr);
    project.run("run").succeeds_with("");
    assert!(project.run("status").stdout.contains("2 not sent yet"), "{}", project.run("status").stdout);
    project.run("send issues/senere.md --yes --now");
    assert!(!project.run("status").stdout.contains("not sent yet"), "{}", project.run("status").stdout);
}

#[test]
fn a_file_that_was_sent_is_not_used_for_the_next_newsletter() {
    let next = "issues/maj.md was sent at TIME, and its file has another text and `send_at` now: nobody would get that. Move the new text to a new file, and restore this one";
    let without_time = |text: &str| {
        let (start, rest) = text.split_once("was sent at ").expect("a time");
        format!("{start}was sent at TIME{}", &rest[rest.find(',').expect("a comma")..])
    };
    let project = Project::new("reused-file");
    assert_eq!(project.run("send issues/maj.md --yes").status, 0);
    // A mistake that is corrected afterwards.
    project.edit(MAY, "Der er nyt.", "Der er meget nyt.");
    project.run("run").succeeds_with("");

    project.edit(MAY, "date:", "send_at: 2126-05-04 09:00\ndate:");
    for command in ["run", "send issues/maj.md --yes"] {
        let outcome = project.run(command);
        assert_eq!(outcome.status, 3, "{}", outcome.stderr);
        assert_eq!(without_time(outcome.stderr.lines().last().unwrap_or_default()), format!("error: {next}"));
    }
    let outlook = project.run("schedule").stdout;
    assert!(outlook.contains("its file has another text"), "{outlook}");
    assert_eq!(project.reached().len(), 3);
}

#[test]
fn an_issue_that_was_begun_and_has_no_file_is_reported() {
    let project = Project::new("lost-file");
    assert_eq!(project.run("send issues/maj.md --yes --limit 1").status, 0);
    let text = project.read(MAY);
    fs::remove_file(project.path(MAY)).unwrap();
    let lost = "issues/maj.md has 2 letters left to send, and its file is gone: restore it, or if it was renamed, \
                rename it back to issues/maj.md; to send no more of it, restore it and run `newsletter cancel`";
    project.run("run").fails_with(3, lost);
    let again = project.run("run");
    assert_eq!((again.status, again.stderr.as_str()), (3, ""));
    project.write(MAY, text);
    assert_eq!(project.run("run").status, 0);
    assert_eq!(project.reached().len(), 3);
}
