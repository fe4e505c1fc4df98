//! Every recipient gets exactly one letter.

use crate::project::{MAY, Project, SETTINGS};

const LIES: &str = "  written to outbox/; nothing was sent. Set `smtp` in newsletter.yaml to send through a relay\n";

#[test]
fn a_second_send_sends_nothing() {
    let project = Project::new("twice");
    project
        .run("send issues/maj.md --yes")
        .succeeds_with(&format!("issues/maj.md: 3 recipients: 3 in the outbox\n{LIES}"));
    let before = project.outbox();
    project
        .run("send issues/maj.md --yes")
        .succeeds_with(&format!("issues/maj.md: nothing left to send. 3 recipients: 3 in the outbox\n{LIES}"));
    assert_eq!(project.outbox(), before);
    project.run("send issues/maj.md --yes -q").succeeds_with("");
}

#[test]
fn one_address_is_one_letter_in_the_first_audience_that_has_it() {
    let project = Project::new("one-letter")
        .audience("board", &["Anna <ANNA@A.example>", "Jens <jens@xn--blbr-roah.example>"])
        .audience("members", &["Anna <anna@a.example>", "Bo <bo@b.example>", "Jens <Jens@blåbær.example>"]);
    project.edit(MAY, "[members]", "[board, members]");
    project
        .run("send issues/maj.md --yes")
        .succeeds_with(&format!("issues/maj.md: 3 recipients: 3 in the outbox\n{LIES}"));
    assert_eq!(
        project.states(),
        ["ANNA@a.example accepted", "jens@xn--blbr-roah.example accepted", "bo@b.example accepted"]
    );
    let editions: Vec<bool> = project.outbox().values().map(|letter| letter.contains("List-Id: board")).collect();
    assert_eq!(editions, [true, false, true], "Anna and Jens read what the board reads");
}

#[test]
fn a_not_block_follows_the_person() {
    let project = Project::new("not").audience("suppliers", &["bo@b.example"]);
    project.edit(MAY, "Der er nyt.", "Der er nyt.\n\n::: not suppliers\nIkke til leverandoerer.\n:::");
    project.run("send issues/maj.md --yes");
    let readers: Vec<(String, bool)> =
        project.outbox().into_iter().map(|(address, it)| (address, it.contains("Ikke til leverandoerer."))).collect();
    let expected = [("anna@a.example", true), ("bo@b.example", false), ("carl@c.example", true)];
    assert_eq!(readers, expected.map(|(address, reads)| (address.to_owned(), reads)));
}

#[test]
fn a_limit_and_an_audience_leave_the_rest_planned() {
    let project = Project::new("rest").audience("board", &["Dorte <dorte@d.example>"]);
    project.edit(MAY, "[members]", "[members, board]");
    assert_eq!(project.run("send issues/maj.md --yes --limit 1").status, 0);
    assert_eq!(project.reached(), ["anna@a.example"]);
    assert_eq!(project.run("send issues/maj.md --yes --audience board").status, 0);
    assert_eq!(project.reached(), ["anna@a.example", "dorte@d.example"]);
    let output = project.run("send issues/maj.md --yes");
    output.succeeds_with(&format!("issues/maj.md: 4 recipients: 4 in the outbox\n{LIES}"));
}

#[test]
fn an_issue_changed_during_a_send_stops_until_it_is_replanned() {
    let project = Project::new("changed");
    project.run("send issues/maj.md --yes --limit 1");
    project.edit(MAY, "Der er nyt.", "Der er mere nyt.");
    project.write("newsletter.yaml", format!("{SETTINGS}reply_to: svar@forening.example\n"));
    let output = project.run("send issues/maj.md --yes");
    let (reported, rest) = output.stderr.split_once(" was planned on ").unwrap();
    let rest = rest.split_once(" and is ").unwrap().1;
    assert_eq!((output.status, output.stdout.as_str(), reported), (3, "", "error: issues/maj.md"));
    assert_eq!(
        rest,
        "unfinished, but these have changed since: issues/maj.md, newsletter.yaml; \
         use `newsletter send issues/maj.md --replan` to re-plan the unsent letters\n"
    );
    assert_eq!(project.reached(), ["anna@a.example"]);
    let first = project.outbox();
    let output = project.run("send issues/maj.md --yes --replan");
    output.succeeds_with(&format!("issues/maj.md: 3 recipients: 3 in the outbox\n{LIES}"));
    let letters = project.outbox();
    assert_eq!(letters["anna@a.example"], first["anna@a.example"]);
    assert!(letters["bo@b.example"].contains("Der er mere nyt."));
}

#[test]
fn changes_of_lists_do_not_change_a_frozen_plan() {
    let project = Project::new("people-change");
    project.run("send issues/maj.md --yes --limit 1");
    let project = project.audience("members", &["Anna <anna@a.example>", "Dorte <dorte@d.example>"]);
    assert_eq!(project.run("send issues/maj.md --yes").status, 0);
    assert_eq!(project.reached(), ["anna@a.example", "bo@b.example", "carl@c.example"]);
}

#[test]
fn the_same_text_under_a_new_name_is_not_sent_again() {
    let project = Project::new("renamed");
    project.run("send issues/maj.md --yes");
    project.write("issues/maj-igen.md", project.read(MAY));
    let same = "the same text was already sent as issues/maj.md: if the file was renamed, rename it back to issues/maj.md; \
                if it is a new newsletter, change the text";
    project.run("send issues/maj-igen.md --yes").fails_with(3, same);
    // With a slug, the file may have any name.
    project.edit(MAY, "subject:", "slug: foraar\nsubject:");
    let renamed = project.read(MAY).replacen("slug: foraar\n", "", 1);
    project.edit(MAY, "Der er nyt.", "Der er nyt igen.");
    project.run("send issues/maj.md --yes");
    project.write("issues/maj-igen.md", renamed.replacen("Der er nyt.", "Der er nyt igen.", 1));
    let same = "the same text was already sent as foraar: if the file was renamed, write `slug: foraar` in its front matter; \
                if it is a new newsletter, change the text";
    project.run("send issues/maj-igen.md --yes").fails_with(3, same);
}

#[test]
fn a_finished_plan_is_not_compared_with_files() {
    let project = Project::new("finished");
    project.run("send issues/maj.md --yes");
    project.write(MAY, "---\nsubject: [\n---\n");
    let reported = format!("issues/maj.md: nothing left to send. 3 recipients: 3 in the outbox\n{LIES}");
    project.run("send issues/maj.md --yes").succeeds_with(&reported);
    project.write("audiences/members.yaml", "name");
    project.run("send issues/maj.md --yes").succeeds_with(&reported);
    project.run("run").succeeds_with("");
}

#[test]
fn letters_in_the_outbox_do_not_count_as_sent_by_a_relay() {
    let relay = crate::scripted::Relay::start(crate::scripted::Script::default());
    let project = Project::new("outbox-then-relay");
    project.run("send issues/maj.md --yes");
    project.relay(relay.port(), "");
    project.run("send issues/maj.md --yes").succeeds_with("issues/maj.md: 3 recipients: 3 accepted by the relay\n");
    project
        .run("send issues/maj.md --yes")
        .succeeds_with("issues/maj.md: nothing left to send. 3 recipients: 3 accepted by the relay\n");
    let heard = relay.finish();
    assert_eq!(heard.iter().filter(|line| *line == "| .").count(), 3);
}

#[test]
fn readers_who_joined_after_an_issue_was_sent_are_counted_and_sent_to_alone() {
    let project = Project::new("joined");
    assert_eq!(project.run("send issues/maj.md --yes").status, 0);
    let people = ["Anna <anna@a.example>", "Bo <bo@b.example>", "Dorte <dorte@d.example>", "Eva <eva@e.example>"];
    let project = project.audience("members", &people);
    assert_eq!(project.run("suppression add eva@e.example").status, 0);
    let output = project.run("send issues/maj.md --yes");
    assert_eq!(output.stdout, format!("issues/maj.md: nothing left to send. 3 recipients: 3 in the outbox\n{LIES}"));
    let joined =
        "1 reader in its audiences got nothing; to send it to them alone: newsletter send issues/maj.md --replan\n";
    assert_eq!((output.status, output.stderr.as_str()), (0, joined));
    let json = project.run("send issues/maj.md --yes --json").stdout;
    assert!(
        json.starts_with(
            "{\"event\":\"since_sent\",\"issue\":\"issues/maj.md\",\"joined\":1,\"text_changed\":false}\n"
        ),
        "{json}"
    );
    assert_eq!(project.run("send issues/maj.md --replan --yes").status, 0);
    assert_eq!(project.reached(), ["anna@a.example", "bo@b.example", "carl@c.example", "dorte@d.example"]);
    assert_eq!(project.run("send issues/maj.md --yes").stderr, "");
}

#[test]
fn a_reader_whose_letter_was_in_flight_when_the_run_was_killed_did_not_join_later() {
    let relay = crate::scripted::Relay::start(crate::scripted::Script::default());
    let project = Project::with_relay("killed-in-flight", relay.port());
    assert_eq!(project.run("send issues/maj.md --yes").status, 0);
    let ledger = rusqlite::Connection::open(project.path(".newsletter/ledger.db")).unwrap();
    let killed = "UPDATE delivery SET state = 'in_flight' WHERE number = 1";
    assert_eq!(ledger.execute(killed, []).unwrap(), 1);
    drop(ledger);
    let output = project.run("send issues/maj.md --yes");
    assert!(output.stdout.contains("3 recipients: 2 accepted by the relay, 1 in doubt"), "{}", output.stdout);
    assert_eq!((output.status, output.stderr.as_str()), (1, ""));
}

#[test]
fn a_file_that_is_used_for_the_next_newsletter_is_noticed() {
    let relay = crate::scripted::Relay::start(crate::scripted::Script::default());
    let project = Project::with_relay("reused", relay.port());
    assert_eq!(project.run("send issues/maj.md --yes").status, 0);
    assert_eq!(project.run("check issues/maj.md").stderr, "");
    project.edit(MAY, "Nyt i maj", "Nyt i juni");
    project.edit(MAY, "Der er nyt.", "Der er noget andet.");
    let output = project.run("send issues/maj.md --yes");
    assert_eq!(output.status, 0);
    let (said, rest) = output.stderr.split_once(" on 20").unwrap();
    assert_eq!(said, "warning: the text of issues/maj.md has changed since it was sent");
    assert!(
        rest.ends_with(
            ": nobody gets the new text. The next newsletter needs a new file: newsletter new; a correction: newsletter \
             new --correction-of issues/maj.md\n"
        ),
        "{rest}"
    );
    let checked = project.run("check issues/maj.md");
    assert!(checked.stderr.starts_with("warning[NL763]: this issue was sent on 20"), "{}", checked.stderr);
    let status = project.run("status issues/maj.md").stdout;
    assert!(status.contains("\n  its file has another text now, with the subject: Nyt i juni\n"), "{status}");
    let json = project.run("status issues/maj.md --json").stdout;
    assert!(!json.contains("Nyt i juni"), "{json}");
}

#[test]
fn a_sent_issue_is_not_sent_to_an_audience_that_it_does_not_name() {
    let project = Project::new("other-audience").audience("board", &["dorte@d.example"]);
    assert_eq!(project.run("send issues/maj.md --yes").status, 0);
    let refused = "issues/maj.md is not sent to `board`; it is sent to members";
    project.run("send issues/maj.md --yes --audience board").fails_with(3, refused);
}
