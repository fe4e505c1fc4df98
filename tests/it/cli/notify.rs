//! Mails to the addresses in `notify`: each change of an issue once.

use std::fs;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::project::{MAY, Project, files};
use crate::scripted::{Relay, Script, Trick};

const OFFICER: &str = "formand@forening.example";

/// Sets `notify` to the officer, for an issue that is due.
fn notified(project: Project) -> Project {
    project.edit(MAY, "date:", "send_at: 2026-05-04\ndate:");
    let project = project.always_due();
    let settings = project.read("newsletter.yaml");
    project.file("newsletter.yaml", format!("{settings}notify: [{OFFICER}]\n"))
}

/// The header and the text of each mail to the officer in the outbox, which is emptied of them.
fn mails(project: &Project) -> Vec<(String, String)> {
    let folder = project.path("outbox/new");
    let mut mails = Vec::new();
    for name in files(&folder) {
        let mail = fs::read_to_string(folder.join(&name)).unwrap();
        if mail.contains(&format!("To: {OFFICER}")) {
            let (header, text) = mail.split_once("\r\n\r\n").unwrap();
            let text = STANDARD.decode(text.replace("\r\n", "")).unwrap();
            mails.push((header.to_owned(), String::from_utf8(text).unwrap().replace("\r\n", "\n")));
            fs::remove_file(folder.join(&name)).unwrap();
        }
    }
    mails
}

/// The text of the only mail, with this subject.
fn mail(project: &Project, subject: &str) -> String {
    let mails = mails(project);
    assert_eq!(mails.len(), 1, "{mails:?}");
    let (header, text) = &mails[0];
    assert!(header.contains(&format!("Subject: {subject}\r\n")), "{header}");
    text.clone()
}

#[test]
fn an_issue_that_is_done_is_mailed_once() {
    let project = notified(Project::new("notify-done"));
    assert_eq!(project.run("run").status, 0);
    let mails = mails(&project);
    let [(header, text)] = &mails[..] else { panic!("{mails:?}") };
    for line in ["Subject: Sendt: issues/maj.md", "Auto-Submitted: auto-generated", "Date: ", "Message-ID: <notice-"] {
        assert!(header.contains(line), "{line}: {header}");
    }
    assert!(!header.contains("List-"), "{header}");
    assert!(text.starts_with("3 af 3 breve er skrevet til mappen outbox ("), "{text}");
    project.run("run").succeeds_with("");
    assert_eq!(self::mails(&project), []);
}

#[test]
fn each_change_is_mailed_once_whatever_the_terminal_shows() {
    let project = notified(Project::new("notify-blocked"));
    project.edit(MAY, "[members]", "[membres]");
    for typed in ["run", "run", "run --json", "run -v"] {
        assert_eq!(project.run(typed).status, 3);
    }
    let text = mail(&project, "Stoppet: issues/maj.md");
    assert!(text.contains("  issues/maj.md:4: NL604: ukendt målgruppe `membres`\n\nRet fejlen;"), "{text}");
    project.edit(MAY, "[membres]", "[medlem]");
    assert_eq!(project.run("run").status, 3);
    assert!(mail(&project, "Stoppet: issues/maj.md").contains("`medlem`"));
    // Back to the first problem: that is a change, too.
    project.edit(MAY, "[medlem]", "[membres]");
    assert_eq!(project.run("run").status, 3);
    assert!(mail(&project, "Stoppet: issues/maj.md").contains("`membres`"));
    project.edit(MAY, "date:", "draft: true\ndate:");
    assert_eq!(project.run("run").status, 0);
    let text = mail(&project, "Ikke =?utf-8?b?bMOmbmdlcmU=?= stoppet: issues/maj.md");
    assert!(text.starts_with("Det, der stoppede issues/maj.md, er løst ("), "{text}");
    assert_eq!(project.run("run").status, 0);
    assert_eq!(mails(&project), []);
}

#[test]
fn refusals_are_counted_by_reason_and_domain_without_addresses() {
    let refusals = [
        ("RCPT", Trick::Say("250 OK\r\n")),
        ("RCPT", Trick::Say("550 5.1.1 <bo@b.example> no such user\r\n")),
        ("RCPT", Trick::Say("550 5.1.1 <carl@c.example> no such user\r\n")),
    ];
    let relay = Relay::start(Script { tricks: refusals.to_vec(), ..Script::default() });
    let project = Project::new("notify-refused");
    project.relay(relay.port(), "");
    let project = notified(project);
    assert_eq!(project.run("run").status, 1);
    project.run("run").is(0, "", "");
    let heard = relay.finish();
    let mut lines = heard.iter().filter_map(|line| line.strip_prefix("| ")).map(str::trim_end);
    assert!(lines.any(|line| line == format!("To: {OFFICER}")), "{heard:?}");
    let text: String = lines.skip_while(|line| !line.is_empty()).take_while(|line| *line != ".").collect();
    let text = String::from_utf8(STANDARD.decode(text).unwrap()).unwrap().replace("\r\n", "\n");
    assert!(text.starts_with("1 af 3 breve er modtaget af mailserveren ("), "{text}");
    let rest = "\n\nIkke modtaget:\n     2  550 5.1.1 <…> no such user\n\nAfvist efter domæne:\n     1  b.example\n     \
                1  c.example\n\nAdresserne står i: newsletter status issues/maj.md --failed\n";
    assert!(text.ends_with(rest), "{text}");
    assert!(!text.contains('@'), "{text}");
}

#[test]
fn a_mail_that_is_not_accepted_changes_no_status_and_is_reported_once() {
    let tricks = [
        ("RCPT", Trick::Say("250 OK\r\n")),
        ("RCPT", Trick::Say("250 OK\r\n")),
        ("RCPT", Trick::Say("250 OK\r\n")),
        ("RCPT", Trick::Say("550 5.1.1 no such user\r\n")),
    ];
    let relay = Relay::start(Script { tricks: tricks.to_vec(), ..Script::default() });
    let project = Project::new("notify-refused-mail");
    project.relay(relay.port(), "");
    let project = notified(project);
    project.run("run").is(
        0,
        "issues/maj.md: 3 recipients: 3 accepted by the relay\n",
        "warning: an address in `notify` was not mailed: 550 5.1.1 no such user\n",
    );
    project.run("run").is(0, "", "");
    relay.finish();
}

#[test]
fn what_is_sent_by_hand_is_mailed_once_too() {
    let project = notified(Project::new("notify-by-hand"));
    assert_eq!(project.run("send issues/maj.md --yes --limit 1").status, 0);
    assert_eq!(mails(&project), [], "two letters are left");
    assert_eq!(project.run("send issues/maj.md --yes").status, 0);
    let text = mail(&project, "Sendt: issues/maj.md");
    assert!(text.starts_with("3 af 3 breve"), "{text}");
    for command in ["send issues/maj.md --yes", "run"] {
        assert_eq!(project.run(command).status, 0);
    }
    assert_eq!(mails(&project), []);
    // A user who sends by hand sees the problem at once.
    project.write("issues/juni.md", "---\nsubject: Nyt\naudiences: [membres]\n---\nHej\n");
    assert_eq!(project.run("send issues/juni.md --yes").status, 3);
    assert_eq!(mails(&project), []);
}

#[test]
fn an_issue_that_is_too_late_is_mailed_once() {
    let project = Project::new("notify-late");
    let settings = project.read("newsletter.yaml");
    let project = project.file("newsletter.yaml", format!("{settings}notify: [{OFFICER}]\n"));
    project.edit(MAY, "date:", "send_at: 2020-05-04\ndate:");
    assert_eq!(project.run("run").status, 3);
    project.run("run").succeeds_with("");
    let text = mail(&project, "Stoppet: issues/maj.md");
    assert!(text.contains("er for gammelt til `run`") && !text.contains("Ret fejlen"), "{text}");
}

#[test]
fn what_was_cancelled_is_counted_in_the_mail() {
    let project = notified(Project::new("notify-cancelled"));
    project.run("send issues/maj.md --yes --limit 1");
    project.edit(MAY, "Der er nyt", "Der er mere nyt");
    assert_eq!(project.run("run").status, 3);
    mail(&project, "Stoppet: issues/maj.md");
    assert_eq!(project.run("cancel issues/maj.md --yes").status, 0);
    assert_eq!(project.run("run").status, 0);
    let text = mail(&project, "Sendt: issues/maj.md");
    assert!(text.contains("1 af 3 breve") && text.contains("\nAnnulleret og ikke sendt: 2\n"), "{text}");
}

#[test]
fn an_invalid_address_is_an_error() {
    let project = Project::new("notify-address");
    let settings = project.read("newsletter.yaml");
    let project = project.file("newsletter.yaml", format!("{settings}notify: [formand]\n"));
    let output = project.run("run");
    assert!(output.status == 78 && output.stderr.contains("newsletter.yaml:"), "{output:?}");
}
