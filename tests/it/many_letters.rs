//! Runs with many letters: a problem with one letter, one connection or one file does not hold up other letters, and
//! nothing is sent twice.

use std::collections::BTreeMap;
use std::fs;
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

use crate::project::{Project, RunOutput};
use crate::rule_relay::{Answer, Asked, RuleRelay, Step};

const ONE_BY_ONE: &str = "250 relay.example";
const PIPELINING: &str = "250-relay.example\r\n250 PIPELINING";

/// A project that sends to these people over this many connections.
fn project(name: &str, relay: &RuleRelay, connections: usize, people: &[String]) -> Project {
    let people: Vec<&str> = people.iter().map(String::as_str).collect();
    let project = Project::new(name).audience("members", &people);
    project.relay(relay.port(), "");
    project.edit("newsletter.yaml", "connections: 1", &format!("connections: {connections}"));
    // Each letter counts separately here, however many are refused.
    project.write("newsletter.yaml", project.read("newsletter.yaml") + "limits: {refused: off}\n");
    project
}

fn people(name: &str, count: usize) -> Vec<String> {
    (1..=count).map(|number| format!("{name}{number}@a.example")).collect()
}

/// The states of letters, by address.
fn states(project: &Project) -> BTreeMap<String, String> {
    let pair =
        |line: String| line.split_once(' ').map(|(address, state)| (address.to_owned(), state.to_owned())).unwrap();
    project.states().into_iter().map(pair).collect()
}

fn send(project: &Project) -> RunOutput {
    project.run("send issues/maj.md --yes")
}

/// The reply that the name of a recipient such as `rcpt452x@…` asks for; the same text at each attempt.
fn as_named(asked: Asked<'_>) -> Answer {
    let name = asked.recipient.split('@').next().unwrap_or_default();
    let step = match asked.step {
        Step::Rcpt => "rcpt",
        Step::Data => "data",
        Step::Dot => "dot",
        Step::Greeting | Step::Mail => return Answer::Usual,
    };
    match name.strip_prefix(step).and_then(|rest| rest.strip_suffix('x')) {
        Some("drop") => Answer::Close,
        Some(code) => Answer::Say(format!("{code} because of this one")),
        None => Answer::Usual,
    }
}

/// Every 4xx and 5xx at every step for one recipient beside another one who gets a letter.
#[track_caller]
fn check_every_code(name: &str, offers: &'static str, step: &str) {
    let relay = RuleRelay::start(offers, as_named);
    let codes = (400..=459).chain(500..=559).filter(|code| code % 100 < 60);
    let all: Vec<String> =
        codes.flat_map(|code| [format!("{step}{code}x@a.example"), format!("ok{code}@a.example")]).collect();
    let project = project(name, &relay, 4, &all);
    let said = send(&project);
    assert_eq!(said.status, 75, "{}", said.stderr);
    let states = states(&project);
    for (address, state) in &states {
        let code: u16 = address.chars().filter(char::is_ascii_digit).collect::<String>().parse().unwrap();
        let expected = match (address.starts_with("ok"), code, step) {
            (true, ..) => "accepted",
            // Out of sync, or about the login: not the recipient's fault.
            (false, 400..=499 | 530..=538, _) | (false, 500 | 502 | 503, "rcpt" | "data") => "deferred",
            (false, ..) => "refused",
        };
        assert_eq!(state, expected, "{address} {}", said.stderr);
    }
    assert!(relay.accepted().values().all(|times| *times == 1), "{:?}", relay.accepted());
    assert_eq!(relay.accepted().len(), 120);
}

#[test]
fn any_reply_to_one_recipient_leaves_the_others_alone() {
    check_every_code("many-rcpt", ONE_BY_ONE, "rcpt");
    check_every_code("many-rcpt-ahead", PIPELINING, "rcpt");
}

#[test]
fn any_reply_to_data_leaves_the_others_alone() {
    check_every_code("many-data", ONE_BY_ONE, "data");
    check_every_code("many-data-ahead", PIPELINING, "data");
}

#[test]
fn any_reply_to_one_letter_leaves_the_others_alone() {
    check_every_code("many-dot", ONE_BY_ONE, "dot");
    check_every_code("many-dot-ahead", PIPELINING, "dot");
}

/// Five bad mailboxes before all others, over one connection.
#[test]
fn bad_mailboxes_at_the_front_hold_up_no_one() {
    for reply in ["rcpt452x", "rcpt421x", "rcptdropx", "dot421x", "data454x"] {
        let relay = RuleRelay::start(PIPELINING, as_named);
        let bad = (1..=5).map(|number| format!("{reply}@a{number}.example"));
        let all: Vec<String> = bad.chain(people("ok", 30)).collect();
        let project = project("many-front", &relay, 1, &all);
        send(&project);
        assert_eq!(relay.accepted().len(), 30, "{reply}");
    }
}

#[test]
fn letters_that_are_always_slowed_down_are_not_first_in_every_run() {
    let relay = RuleRelay::start(ONE_BY_ONE, as_named);
    let bad = (1..=12).map(|number| format!("rcpt421x@a{number}.example"));
    let all: Vec<String> = bad.chain(people("ok", 20)).collect();
    let project = project("many-first", &relay, 1, &all);
    // After many such replies in a row the relay may be down, so the first run may end before the others.
    assert_eq!([send(&project).status, send(&project).status], [75, 75]);
    assert_eq!(relay.accepted().len(), 20);
}

#[test]
fn a_busy_relay_is_left_alone_after_a_few_letters() {
    for reply in
        ["451 4.7.500 Server busy. {n}", "432 4.3.2 Concurrent connections exceeded {n}", "450 4.7.1 Later, {n}"]
    {
        for at in [Step::Rcpt, Step::Dot] {
            let relay = RuleRelay::start(ONE_BY_ONE, move |asked| {
                if asked.step == at {
                    Answer::Say(reply.replace("{n}", &asked.number.to_string()))
                } else {
                    Answer::Usual
                }
            });
            let project = project("many-busy", &relay, 2, &people("reader", 40));
            let said = send(&project);
            assert_eq!(said.status, 75, "{}", said.stderr);
            assert!(said.stderr.starts_with("error: the relay is unavailable: 4"), "{}", said.stderr);
            let tried = states(&project).values().filter(|state| *state == "deferred").count();
            assert!((5..=20).contains(&tried), "{tried} tried: {reply}");
        }
    }
}

#[test]
fn a_full_mailbox_or_greylisting_does_not_slow_others_down() {
    for reply in ["452 4.2.2 Quota exceeded", "451 4.7.1 Greylisted, come back later"] {
        let relay = RuleRelay::start(ONE_BY_ONE, move |asked| match asked.step {
            Step::Rcpt => Answer::Say(reply.to_owned()),
            _ => Answer::Usual,
        });
        let project = project("many-grey", &relay, 2, &people("reader", 40));
        assert_eq!(send(&project).status, 75);
        assert!(states(&project).values().all(|state| state == "deferred"), "every letter was tried");
    }
}

/// Refusals of the sender, each with different wording: the run pauses, and no letter is marked as refused.
#[test]
fn a_refused_sender_is_found_in_any_words() {
    let replies = [
        "550-5.7.1 [192.0.2.1] our system has detected that this message is\r\n550 5.7.1 likely unsolicited. {n}si1688 - mx",
        "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org; see id={n}",
        "550 5.7.26 Unauthenticated email from forening.example is not accepted, {n}",
        "554 Message {n} rejected by mx{n}.relay.example at 2026-11-28T10:00:{n}Z",
        "550 Your network is on our blocklist (S{n})",
        "571 5.7.0 poor reputation {n}",
    ];
    for reply in replies {
        for count in [3, 12] {
            let relay = RuleRelay::start(ONE_BY_ONE, move |asked| match asked.step {
                Step::Dot => Answer::Say(reply.replace("{n}", &format!("{:06x}", asked.number * 7_919))),
                _ => Answer::Usual,
            });
            let project = project("many-sender", &relay, 2, &people("reader", count));
            let said = send(&project);
            // Three letters without a status or a word about the sender may be refused each for itself.
            if count == 3 && reply.starts_with("554 Message") {
                continue;
            }
            assert_eq!(said.status, 77, "{reply}: {} {}", said.stdout, said.stderr);
            assert!(states(&project).values().all(|state| state != "refused"), "{reply}");
        }
    }
}

#[test]
fn a_relay_that_closes_after_three_letters_gets_the_rest_at_once() {
    for (at, answer) in [
        (Step::Mail, Answer::Say("421 4.7.0 Too many messages in this connection".to_owned())),
        (Step::Mail, Answer::Close),
        (Step::Rcpt, Answer::Say("421 4.7.0 Too many recipients in this connection".to_owned())),
    ] {
        let reply = answer.clone();
        let relay = RuleRelay::start(PIPELINING, move |asked| {
            if asked.step == at && asked.letters >= 3 { reply.clone() } else { Answer::Usual }
        });
        let project = project("many-three", &relay, 4, &people("reader", 60));
        let start = Instant::now();
        let said = send(&project);
        assert_eq!((said.status, relay.accepted().len()), (0, 60), "{answer:?}: {}", said.stderr);
        // It takes a second or two; without a limit on the pause it takes minutes.
        assert!(start.elapsed() < Duration::from_secs(20), "{answer:?}: {:?}", start.elapsed());
        assert!(relay.accepted().values().all(|times| *times == 1));
    }
}

#[test]
fn a_connection_too_many_closes_only_itself() {
    for refusal in ["421 4.7.0 Too many connections", "554 5.7.1 Too many connections from your host"] {
        let relay = RuleRelay::start(PIPELINING, move |asked| match asked.step {
            Step::Greeting if asked.open > 2 => Answer::Say(refusal.to_owned()),
            Step::Dot => {
                thread::sleep(Duration::from_millis(5));
                Answer::Usual
            }
            _ => Answer::Usual,
        });
        let project = project("many-connections", &relay, 8, &people("reader", 120));
        let said = send(&project);
        said.succeeds_with("issues/maj.md: 120 recipients: 120 accepted by the relay\n");
        assert!(relay.connections() >= 3, "{refusal}");
    }
}

/// A slow relay, so that a run lasts for a while.
fn slow() -> RuleRelay {
    RuleRelay::start(ONE_BY_ONE, |asked| {
        if asked.step == Step::Dot {
            thread::sleep(Duration::from_millis(20));
        }
        Answer::Usual
    })
}

fn ended(project: &Project, child: Child) -> RunOutput {
    project.run_output(&child.wait_with_output().unwrap())
}

#[test]
fn a_second_run_without_the_lock_sends_nothing_twice() {
    let relay = slow();
    let project = project("many-lock", &relay, 2, &people("reader", 80));
    let first = project.start("send issues/maj.md --yes");
    relay.wait_for(5);
    fs::remove_file(project.path(".newsletter/ledger.db.lock")).unwrap();
    send(&project);
    ended(&project, first);
    let accepted = relay.accepted();
    assert!(accepted.values().all(|times| *times == 1), "{accepted:?}");
    let said = send(&project);
    assert_eq!(relay.accepted().len(), 80, "{} {}", said.stdout, said.stderr);
}

#[test]
fn a_ledger_that_is_deleted_or_replaced_stops_its_run() {
    for replace in [false, true] {
        let relay = slow();
        let project = project("many-gone", &relay, 2, &people("reader", 200));
        let first = project.start("send issues/maj.md --yes");
        relay.wait_for(5);
        let ledger = project.path(".newsletter/ledger.db");
        if replace {
            fs::copy(&ledger, project.path("copy.db")).unwrap();
            fs::rename(project.path("copy.db"), &ledger).unwrap();
        } else {
            fs::remove_file(&ledger).unwrap();
        }
        let before = relay.accepted().len();
        let said = ended(&project, first);
        assert_eq!(said.status, 74, "{}", said.stderr);
        let told = "error: cannot use the ledger, without which nothing is sent: the ledger DIR/.newsletter/ledger.db was deleted or replaced during the run;";
        assert!(said.stderr.contains(told), "{}", said.stderr);
        assert!(relay.accepted().len() <= before + 4, "only the letters in hand");
    }
}

#[test]
fn a_closed_terminal_ends_a_run_like_an_interruption() {
    let relay = slow();
    let project = project("many-hangup", &relay, 2, &people("reader", 200));
    let child = project.start("send issues/maj.md --yes");
    relay.wait_for(5);
    for _ in 0..2 {
        assert!(Command::new("kill").args(["-HUP", &child.id().to_string()]).status().unwrap().success());
    }
    let said = ended(&project, child);
    assert_eq!(said.status, 75, "{}", said.stderr);
    let states = states(&project);
    assert!(states.values().all(|state| ["planned", "accepted"].contains(&state.as_str())), "{states:?}");
    assert_eq!(relay.accepted().len(), states.values().filter(|state| *state == "accepted").count());
}
