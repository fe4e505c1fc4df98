//! `schedule`: what is due next, and why something will not be sent.

use crate::project::{MAY, Project};

/// An issue with this front matter for the audience `members`.
fn issue(front: &str) -> String {
    format!("---\nsubject: Nyt\npreheader: Det vigtigste\naudiences: [members]\n{front}\n---\nHej alle.\n")
}

#[test]
fn issues_are_listed_in_order_with_what_becomes_of_them() {
    let project = Project::new("schedule").file(MAY, issue("send_at: 2126-05-04 09:00"));
    for (name, text) in [
        ("draft", issue("send_at: 2126-01-05 09:00\ndraft: true")),
        ("errors", issue("send_at: 2126-01-06 09:00\nsubjekt: x")),
        ("unread", "---\nsubject: [\nsend_at: 2126-01-07 09:00\n---\nHej\n".to_owned()),
        ("nobody", issue("send_at: 2126-01-08 09:00").replace("members", "closed")),
        ("by-hand", issue("date: 2126-01-09")),
        ("long-ago", issue("send_at: 2020-01-09 09:00")),
    ] {
        project.write(&format!("issues/{name}.md"), text);
    }
    project.write("audiences/closed.yaml", "name: L\nreason: du er med\nrecipients: [dora@d.example]\n");
    assert_eq!(project.run("suppression add dora@d.example").status, 0);
    let output = project.run("schedule");
    assert_eq!(output.status, 0, "{}", output.stderr);
    let lines: Vec<&str> = output.stdout.lines().collect();
    let expected = [
        "Sat 2126-01-05 09:00  issues/draft.md   not sent: a draft",
        "Sun 2126-01-06 09:00  issues/errors.md  not sent: 1 error; see `newsletter check issues/errors.md`",
        "Mon 2126-01-07 09:00  issues/unread.md  not sent: 1 error; see `newsletter check issues/unread.md`",
        "Tue 2126-01-08 09:00  issues/nobody.md  not sent: nobody would get it",
        "Sat 2126-05-04 09:00  issues/maj.md     3 letters",
        "Times are in Europe/Copenhagen.",
    ];
    assert_eq!(lines, expected, "{}", output.stdout);
    let json = project.run("schedule --json").stdout;
    assert!(json.contains("\"letters\":3") && json.contains("\"state\":\"nobody\""), "{json}");
}

#[test]
fn what_was_sent_or_must_be_approved_is_told_apart() {
    let project = Project::new("schedule-approval").file(MAY, issue("send_at: 2126-05-04 09:00"));
    project.write("issues/juni.md", issue("send_at: 2126-06-04 09:00"));
    assert_eq!(project.run("send issues/juni.md --yes --now").status, 0);
    let settings = project.read("newsletter.yaml");
    project.write("newsletter.yaml", settings + "approval: required\n");
    let output = project.run("schedule");
    assert_eq!(output.status, 0, "{}", output.stderr);
    assert!(output.stdout.contains("issues/maj.md  not sent: issues/maj.md is not approved"), "{}", output.stdout);
    assert!(!output.stdout.contains("juni"), "{}", output.stdout);
    assert!(project.run("schedule --json").stdout.contains("\"state\":\"not_approved\""));
}
