//! Feedback in a mailbox: `inbox`, and `run` with a mailbox in the settings.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;

use crate::imap_server::{ImapScript, ImapServer, ImapTrick};
use crate::project::{ISSUE, Project, SETTINGS, files};

/// A project with a `bounces_to` address; the issue of May was sent to Anna, Bo and Carl.
fn project(name: &str) -> Project {
    let project = Project::new(name);
    project.write("newsletter.yaml", format!("{SETTINGS}{RETURN}"));
    assert_eq!(project.run("send issues/maj.md --yes").status, 0);
    for folder in ["new", "cur", "tmp"] {
        fs::create_dir_all(project.path("Maildir").join(folder)).unwrap();
    }
    project
}

const RETURN: &str = "\
bounces_to: retur+{token}@forening.example
unsubscribe: {mailto: afmeld@forening.example}
";

/// The header of the letter to an address.
fn header(project: &Project, address: &str, name: &str) -> String {
    let letter = project.outbox().remove(address).unwrap().replace("\r\n", "\n").replace("\n ", " ");
    let start = format!("{name}: ");
    letter.lines().find_map(|line| line.strip_prefix(&start)).unwrap().to_owned()
}

fn message_id(project: &Project, address: &str) -> String {
    header(project, address, "Message-ID")
}

/// The subject of the mail that unsubscribes the reader of a letter.
fn leave_subject(project: &Project, address: &str) -> String {
    let links = header(project, address, "List-Unsubscribe");
    links.split("subject=").nth(1).unwrap().split('>').next().unwrap().to_owned()
}

/// A report about one letter (RFC 3464), sent to its own address.
fn bounce(message_id: &str, recipient: &str, reply: &str) -> String {
    let token = &message_id[1..25];
    let status = reply.split(' ').nth(1).unwrap();
    format!(
        "From: MAILER-DAEMON@mx.example\r\nTo: retur+{token}@forening.example\r\nSubject: Undelivered Mail\r\n\
         Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nIt could not be delivered.\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n\
         Final-Recipient: rfc822; {recipient}\r\nAction: failed\r\nStatus: {status}\r\n\
         Diagnostic-Code: smtp; {reply}\r\n\r\n\
         --b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: {message_id}\r\nSubject: Nyt\r\n\r\nHej\r\n--b--\r\n"
    )
}

/// A complaint about one letter (RFC 5965).
fn complaint(message_id: &str) -> String {
    format!(
        "From: fbl@mail.example\r\nTo: abuse@forening.example\r\nSubject: FW: Nyt\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=feedback-report; boundary=\"b\"\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nAn abuse report.\r\n\
         --b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nUser-Agent: Mail/1.0\r\n\
         Version: 1\r\n\r\n\
         --b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: {message_id}\r\nSubject: Nyt\r\n\r\nHej\r\n--b--\r\n"
    )
}

/// A mail of a person or a program.
fn mail(from: &str, to: &str, subject: &str, more: &str) -> String {
    format!("From: {from}\r\nTo: {to}\r\nSubject: {subject}\r\n{more}\r\nHej\r\n")
}

/// Puts messages into the Maildir.
fn deliver(project: &Project, messages: &[(&str, String)]) {
    for (name, message) in messages {
        project.write(&format!("Maildir/new/{name}"), message);
    }
}

/// The addresses that are suppressed, with the reason.
fn suppressed(project: &Project) -> String {
    let listed = project.run("suppression list --json");
    let mut found = BTreeMap::new();
    for line in listed.stdout.lines() {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        for one in value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]) {
            if let Some(address) = one["address"].as_str() {
                found.insert(address.to_owned(), one["reason"].as_str().unwrap_or_default().to_owned());
            }
        }
    }
    found.iter().map(|(address, reason)| format!("{address} {reason}")).collect::<Vec<_>>().join(", ")
}

#[test]
fn a_bounce_is_recorded_once_and_its_reader_gets_no_more_letters() {
    let project = project("inbox-bounce");
    let report = bounce(&message_id(&project, "anna@a.example"), "anna@a.example", "550 5.1.1 no such user");
    deliver(&project, &[("1.x", report.clone())]);
    project.run("inbox Maildir").succeeds_with("Maildir: 1 bounced (1 address suppressed)\n");
    assert_eq!(files(&project.path("Maildir")), [".done/new/1.x"]);
    assert_eq!(project.states(), ["anna@a.example bounced", "bo@b.example accepted", "carl@c.example accepted"]);
    assert_eq!(suppressed(&project), "anna@a.example bounced");
    project.run("inbox Maildir").succeeds_with("Maildir: no messages\n");
    deliver(&project, &[("2.x", report)]);
    project.run("inbox Maildir").succeeds_with("Maildir: 1 known before\n");
    project.write("issues/juni.md", ISSUE.replace("maj", "juni").replace("Der er nyt.", "Der er sommer."));
    fs::remove_dir_all(project.path("outbox")).unwrap();
    assert_eq!(project.run("send issues/juni.md --yes").status, 0);
    assert_eq!(project.reached(), ["bo@b.example", "carl@c.example"]);
}

/// One message of each kind.
fn one_of_each(project: &Project) -> Vec<(&'static str, String)> {
    let id = |address: &str| message_id(project, address);
    let stranger = "<0123456789abcdef0123456789abcdef01234567@forening.example>";
    let absent = "Auto-Submitted: auto-replied\r\n";
    vec![
        ("01-hard", bounce(&id("anna@a.example"), "anna@a.example", "550 5.1.1 no such user")),
        ("02-policy", bounce(&id("bo@b.example"), "bo@b.example", "550 5.7.1 blocked by spamlist.example")),
        ("03-forged", bounce(stranger, "carl@c.example", "550 5.1.1 no such user")),
        ("04-other", bounce(&id("carl@c.example"), "dora@d.example", "550 5.1.1 no such user")),
        ("05-complaint", complaint(stranger)),
        (
            "06-leave",
            mail("Carl <carl@c.example>", "afmeld@forening.example", &leave_subject(project, "carl@c.example"), ""),
        ),
        ("07-unknown", mail("x@x.example", "afmeld@forening.example", "leave-0123456789abcdef01234567", "")),
        ("08-stranger", mail("x@x.example", "afmeld@forening.example", "afmeld", "")),
        ("09-absent", mail("Bo <bo@b.example>", "nyt@forening.example", "Autosvar: Nyt i maj", absent)),
        ("10-person", mail("Bo <bo@b.example>", "nyt@forening.example", "Tak for nyhedsbrevet", "")),
    ]
}

const EACH: &str = "\
Maildir: 2 bounced (1 address suppressed), 1 unsubscribed, 1 automatic message, 2 for a person (left there), \
3 without proof (left there), 1 unknown token (left there)
  1 letter refused because of the sender or the content, so nobody is suppressed: 550 5.7.1 blocked by spamlist.example
";

#[test]
fn each_kind_of_message_is_distinguished() {
    let project = project("inbox-kinds");
    deliver(&project, &one_of_each(&project));
    project.run("inbox Maildir").succeeds_with(EACH);
    let moved = ["01-hard", "02-policy", "06-leave", "09-absent"].map(|name| format!(".done/new/{name}"));
    let left = ["03-forged", "04-other", "05-complaint", "07-unknown", "08-stranger", "10-person"];
    let expected: Vec<String> = moved.into_iter().chain(left.map(|name| format!("new/{name}"))).collect();
    assert_eq!(files(&project.path("Maildir")), expected);
    assert_eq!(project.states(), ["anna@a.example bounced", "bo@b.example bounced", "carl@c.example left"]);
    assert_eq!(suppressed(&project), "anna@a.example bounced, carl@c.example unsubscribed");
    let again = "Maildir: 2 for a person (left there), 3 without proof (left there), 1 unknown token (left there)\n";
    project.run("inbox Maildir").succeeds_with(again);
    assert_eq!(files(&project.path("Maildir")), expected);
}

#[test]
fn a_dry_run_changes_nothing() {
    let project = project("inbox-dry");
    deliver(&project, &one_of_each(&project));
    let before = files(&project.path("Maildir"));
    let output = project.run("inbox Maildir --dry-run");
    assert_eq!(output.status, 0);
    assert!(output.stdout.starts_with("Maildir: 2 bounced, "), "{}", output.stdout);
    assert!(output.stdout.ends_with("  nothing was recorded or moved (--dry-run)\n"), "{}", output.stdout);
    assert_eq!((files(&project.path("Maildir")), suppressed(&project)), (before, String::new()));
    assert!(project.states().iter().all(|state| state.ends_with(" accepted")));
}

#[test]
fn a_complaint_and_a_mail_without_a_token_count_for_a_known_reader() {
    let project = project("inbox-complaint");
    let leave = mail("\"Bo B.\" <BO@b.example>", "afmeld@forening.example", "Re: Nyt i maj", "");
    deliver(&project, &[("1", complaint(&message_id(&project, "anna@a.example"))), ("2", leave)]);
    let json = project.run("inbox Maildir --json").stdout;
    let report: serde_json::Value = serde_json::from_str(&json).unwrap();
    let count = |name: &str| report[name].as_u64().unwrap();
    assert_eq!((count("messages"), count("complained"), count("left"), count("moved")), (2, 1, 1, 2));
    assert_eq!(suppressed(&project), "anna@a.example complained, bo@b.example unsubscribed");
    assert_eq!(project.states(), ["anna@a.example complained", "bo@b.example left", "carl@c.example accepted"]);
}

#[test]
fn a_reader_is_known_under_a_former_key() {
    let project = project("inbox-rotated");
    let token = mail("x@x.example", "afmeld@forening.example", &leave_subject(&project, "anna@a.example"), "");
    assert_eq!(project.run("ledger rotate-key").status, 0);
    deliver(&project, &[("1", token), ("2", mail("bo@b.example", "afmeld@forening.example", "afmeld", ""))]);
    project.run("inbox Maildir").succeeds_with("Maildir: 2 unsubscribed\n");
    assert_eq!(suppressed(&project), "anna@a.example unsubscribed, bo@b.example unsubscribed");
}

#[test]
fn of_a_report_about_several_recipients_only_the_failed_ones_count() {
    let project = project("inbox-several");
    let one = bounce(&message_id(&project, "anna@a.example"), "dora@d.example", "550 5.1.1 no such user");
    let more = "Final-Recipient: rfc822; anna@a.example\r\nAction: ACTION\r\nStatus: 2.0.0\r\n\r\n";
    let at = one.find("--b\r\nContent-Type: message/rfc822").unwrap();
    let with = |action: &str| format!("{}{}{}", &one[..at], more.replace("ACTION", action), &one[at..]);
    deliver(&project, &[("1", with("relayed"))]);
    project.run("inbox Maildir").succeeds_with("Maildir: 1 without proof (left there)\n");
    assert_eq!(suppressed(&project), "");
    deliver(&project, &[("1", with("failed").replace("Status: 2.0.0", "Status: 5.1.1"))]);
    project.run("inbox Maildir").succeeds_with("Maildir: 1 bounced (1 address suppressed)\n");
}

#[test]
fn a_thousand_forged_reports_suppress_no_one() {
    let project = project("inbox-forged");
    let mut mbox = String::new();
    for number in 0..1_000 {
        let id = format!("<{number:040x}@forening.example>");
        let report = match number % 4 {
            0 => complaint(&id),
            // A token of this project, but a Message-ID has more digits.
            1 => bounce(&id, "anna@a.example", "550 5.1.1 no such user").replace("retur+", "andre+"),
            _ => bounce(&id, "bo@b.example", "550 5.1.1 no such user"),
        };
        write!(mbox, "From - Sat Nov 28 21:01:13 2026\n{}\n", report.replace("\r\n", "\n")).unwrap();
    }
    project.write("forged.mbox", mbox);
    project.run("inbox forged.mbox").succeeds_with("forged.mbox: 1000 without proof (left there)\n");
    assert_eq!(suppressed(&project), "");
    assert!(project.states().iter().all(|state| state.ends_with(" accepted")));
}

#[test]
fn a_bounce_of_an_erased_person_names_no_one() {
    let project = project("inbox-erased");
    let report = bounce(&message_id(&project, "anna@a.example"), "anna@a.example", "550 5.1.1 no such user");
    assert_eq!(project.run("person erase anna@a.example --yes").status, 0);
    deliver(&project, &[("1", report)]);
    project.run("inbox Maildir").succeeds_with("Maildir: 1 without proof (left there)\n");
    assert!(!project.run("suppression list").stdout.contains("anna"));
}

#[test]
fn large_and_malformed_messages_are_read_quickly() {
    let project = project("inbox-malformed");
    let id = message_id(&project, "anna@a.example");
    let report = bounce(&id, "anna@a.example", "550 5.1.1 no such user");
    let mut nested = "From: x@x.example\r\nSubject: nested\r\n".to_owned();
    for level in 0..1_000 {
        write!(nested, "Content-Type: multipart/mixed; boundary=b{level}\r\n\r\n--b{level}\r\n").unwrap();
    }
    let long_header = format!("Subject: {}\r\n{report}", "x".repeat(2 << 20));
    deliver(
        &project,
        &[
            ("1-large", format!("{}{}", report.replace("\r\nHej", &format!("\r\n{}", "x".repeat(50 << 20))), "\r\n")),
            ("2-nested", nested),
            ("3-header", long_header),
            ("4-empty", String::new()),
            ("5-one-line", "x".repeat(3 << 20)),
        ],
    );
    project.write("Maildir/new/6-binary", (0..=255_u8).cycle().take(100_000).collect::<Vec<u8>>());
    project.write("Maildir/new/7-latin1", b"From: S\xf8ren <x@x.example>\r\nSubject: \xe6\xf8\xe5\r\n\r\n\xff\xfe\r\n");
    let output = project.run("inbox Maildir");
    assert_eq!(output.status, 0, "{}", output.stderr);
    assert!(output.stdout.starts_with("Maildir: 1 bounced (1 address suppressed)"), "{}", output.stdout);
}

/// Sets the mailbox of a project to a scripted server.
fn set_imap(project: &Project, server: &ImapServer, more: &str) {
    let inbox = format!(
        "inbox:\n  host: localhost\n  port: {}\n  security: none\n  username: nyt\n  password_file: password\n  {more}\n",
        server.port()
    );
    project.write("password", "hemmelig-kode");
    fs::set_permissions(project.path("password"), std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    project.write("newsletter.yaml", format!("{SETTINGS}{RETURN}{inbox}"));
}

#[test]
fn the_mailbox_of_the_settings_is_read_by_run_too() {
    let project = project("inbox-run").always_due();
    let report = bounce(&message_id(&project, "anna@a.example"), "anna@a.example", "550 5.1.1 no such user");
    let server = ImapServer::start(ImapScript { messages: vec![report], ..ImapScript::default() });
    set_imap(&project, &server, "done: Behandlet");
    let project = project.always_due();
    project.run("run").succeeds_with("INBOX on localhost: 1 bounced (1 address suppressed)\n");
    assert_eq!((server.folder("INBOX").as_str(), server.folder("Behandlet").as_str()), ("", "1"));
    project.run("run").succeeds_with("");
    project.run("inbox").succeeds_with("INBOX on localhost: no messages\n");
}

#[test]
fn a_mailbox_that_cannot_be_read_does_not_hold_up_the_letters() {
    let project = project("inbox-unreachable");
    let server = ImapServer::start(ImapScript {
        tricks: vec![("AUTHENTICATE", ImapTrick::Say("{tag} NO [AUTHENTICATIONFAILED] wrong: hemmelig-kode\r\n"))],
        ..ImapScript::default()
    });
    set_imap(&project, &server, "done: Behandlet");
    let project = project.always_due();
    let june = ISSUE.replace("maj", "juni").replace("Der er nyt.", "Der er sommer.");
    project.write("issues/juni.md", june.replace("date:", "send_at: 2026-06-01 09:00\ndate:"));
    fs::remove_dir_all(project.path("outbox")).unwrap();
    let output = project.run("run");
    assert_eq!(output.status, 77, "{}{}", output.stdout, output.stderr);
    assert!(output.stderr.contains("refused the login: (reply redacted: it repeats the login)"), "{}", output.stderr);
    assert!(!output.stderr.contains("hemmelig"), "{}", output.stderr);
    assert_eq!(project.reached().len(), 3);
}

#[test]
fn a_mailbox_that_is_not_there_is_reported() {
    let project = project("inbox-absent");
    let error = "newsletter.yaml has no `inbox`: set one, or name a mailbox: newsletter inbox MAILDIR";
    project.run("inbox").fails_with(78, error);
    let missing = project.run("inbox missing");
    assert_eq!(missing.status, 3);
    assert!(missing.stderr.starts_with("error: cannot read the mailbox missing: No such file"), "{}", missing.stderr);
    assert_eq!(project.run("inbox issues").status, 3);
}

/// The program is killed while the server has the command to move: before it, or after it was done.
#[test]
fn a_run_that_is_killed_before_or_after_it_moves_loses_and_repeats_nothing() {
    let project = project("inbox-killed");
    let addresses = ["anna@a.example", "bo@b.example", "carl@c.example"];
    let messages: Vec<String> = addresses
        .iter()
        .map(|address| bounce(&message_id(&project, address), address, "550 5.1.1 no such user"))
        .chain(one_of_each(&project).into_iter().skip(2).map(|(_, message)| message))
        .collect();
    let total = messages.len();
    for round in 0..50 {
        let trick = if round % 2 == 0 { ImapTrick::Stall } else { ImapTrick::StallBefore };
        let server = ImapServer::start(ImapScript {
            messages: messages.clone(),
            tricks: vec![("MOVE", trick)],
            ..ImapScript::default()
        });
        set_imap(&project, &server, "done: Behandlet");
        let mut child = project.start("inbox");
        server.wait_for("UID MOVE");
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(server.messages("INBOX").len() + server.messages("Behandlet").len(), total, "no message is lost");
        assert!(project.states().iter().all(|state| state.ends_with(" bounced")), "{:?}", project.states());
        let output = project.run("inbox --json");
        let report: serde_json::Value = serde_json::from_str(output.stdout.trim()).unwrap();
        assert_eq!((output.status, report["bounced"].as_u64()), (0, Some(0)), "nothing is counted twice");
        assert_eq!(server.messages("INBOX").len() + server.messages("Behandlet").len(), total);
    }
    assert_eq!(suppressed(&project), "anna@a.example bounced, bo@b.example bounced, carl@c.example unsubscribed");
}
