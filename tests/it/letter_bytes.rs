//! Requirements of every letter to be accepted and shown: short lines, and files with their character sets.

use crate::project::{MAY, Project, SETTINGS};

/// The longest line that a relay must accept (RFC 5322 §2.1.1).
const MAX_OCTETS: usize = 998;

fn sent(project: &Project) -> Vec<String> {
    let said = project.run("send issues/maj.md --yes");
    assert_eq!(said.status, 0, "{}", said.stderr);
    let letters: Vec<String> = project.outbox().into_values().collect();
    for line in letters.iter().flat_map(|letter| letter.lines()) {
        assert!(line.len() <= MAX_OCTETS, "{line}");
    }
    letters
}

#[test]
fn a_subject_without_spaces_is_encoded() {
    for subject in ["a".repeat(1500), format!("Nyt {} æ", "b".repeat(999)), format!("{} c", "æ".repeat(800))] {
        let project = Project::new("header-subject");
        project.edit(MAY, "subject: Nyt i maj", &format!("subject: \"{subject}\""));
        for letter in sent(&project) {
            assert!(letter.contains("\r\nSubject:\r\n =?utf-8?b?") || letter.contains("\r\nSubject: =?utf-8?b?"));
        }
    }
}

#[test]
fn a_header_that_fits_on_no_line_stops_before_anything_is_sent() {
    let long = "x".repeat(1_500);
    for (settings, remedy) in [
        (format!("unsubscribe: {{url: \"https://a.example/{long}?t={{token}}\"}}\n"), "shorten `unsubscribe.url`"),
        (format!("reply_to: {long} <svar@forening.example>\n"), "shorten the name in `reply_to`"),
    ] {
        let project = Project::new("header-settings").file("newsletter.yaml", format!("{SETTINGS}{settings}"));
        for typed in ["check issues/maj.md", "send issues/maj.md --yes"] {
            let said = project.run(typed);
            assert_eq!(said.status, 3, "{}", said.stderr);
            assert!(said.stderr.contains("error[NL580]") && said.stderr.contains(remedy), "{}", said.stderr);
        }
        assert!(project.outbox().is_empty());
    }
    let project = Project::new("header-person");
    project.edit("audiences/members.yaml", "first_name: Bo", &format!("name: {long}"));
    let said = project.run("send issues/maj.md --yes");
    assert_eq!(said.status, 3, "{}", said.stderr);
    assert!(said.stderr.contains("too long for a letter: bo@b.example (audiences/members.yaml:6)"), "{}", said.stderr);
    assert!(project.outbox().is_empty());
}

#[test]
fn an_attached_text_says_its_character_set() {
    let project = Project::new("attached-texts")
        .file("issues/noter.txt", "Årsmøde")
        .file("issues/gammel.csv", b"By\nK\xf8benhavn\n")
        .file("issues/bom.md", "\u{feff}# Noter");
    project.edit(MAY, "[members]", "[members]\nattachments: [noter.txt, gammel.csv, bom.md]");
    for letter in sent(&project) {
        for kind in ["text/plain; charset=utf-8", "text/csv; charset=windows-1252", "text/markdown; charset=utf-8"] {
            let part = format!("\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n");
            assert!(letter.contains(&part), "{kind}: {letter}");
        }
    }
}
