//! The program with a relay that misbehaves: which letters are sent, and how the run ends.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::process::Command;

use crate::project::{Project, RunOutput};
use crate::scripted::{Encryption, Relay, Script, Trick};

const REST: &str = "  run `newsletter send issues/maj.md --yes` again to send the rest; nobody gets a second letter\n";
const REST_ONCE_FIXED: &str =
    "  after fixing this, run `newsletter send issues/maj.md --yes` to send the rest; nobody gets a second letter\n";

/// Sends to Anna, Bo and Carl by a relay with these tricks, and compares everything that is printed, the states, and
/// how many letters the relay accepted.
#[track_caller]
fn check(name: &str, tricks: &[(&'static str, Trick)], expected: (i32, &str, &str), states: [&str; 3]) -> Project {
    let relay = Relay::start(Script { tricks: tricks.to_vec(), ..Script::default() });
    let project = Project::with_relay(name, relay.port());
    let stdout = format!("issues/maj.md: 3 recipients: {}", expected.1);
    project.run("send issues/maj.md --yes").is(expected.0, &stdout, expected.2);
    let people = ["anna@a.example", "bo@b.example", "carl@c.example"];
    assert_eq!(project.states(), [0, 1, 2].map(|state| format!("{} {}", people[state], states[state])));
    relay.finish();
    project
}

#[test]
fn a_greylisted_letter_is_retried_in_the_same_run_when_due() {
    let tricks = [("RCPT", Trick::Say("451 4.7.1 Greylisted\r\n")); 3];
    let relay = Relay::start(Script { tricks: tricks.to_vec(), ..Script::default() });
    let project = Project::new("relay-greylist");
    project.relay(relay.port(), "  retry: {first: 0s}\n");
    project.run("send issues/maj.md --yes").succeeds_with("issues/maj.md: 3 recipients: 3 accepted by the relay\n");
    assert_eq!(relay.finish().iter().filter(|line| line.starts_with("RCPT")).count(), 6);
}

#[test]
fn a_refused_sender_marks_no_recipient_as_refused() {
    check(
        "relay-sender",
        &[("MAIL", Trick::Say("550 5.7.60 SendAsDenied\r\n"))],
        (
            77,
            &format!("3 not sent yet\n{REST_ONCE_FIXED}"),
            "error: the relay refused the sender: 550 5.7.60 SendAsDenied; no recipient is marked as failed\n",
        ),
        ["planned"; 3],
    );
}

#[test]
fn a_refused_recipient_does_not_affect_the_others() {
    check(
        "relay-bounce",
        &[("RCPT", Trick::Say("550 5.1.1 No such user\r\n"))],
        (
            1,
            "2 accepted by the relay, 1 refused\n  1 refused: 550 5.1.1 No such user\n  see `newsletter status issues/maj.md --failed` for the addresses and the reasons\n",
            "",
        ),
        ["refused", "accepted", "accepted"],
    );
}

#[test]
fn five_identical_refusals_are_the_senders_fault() {
    let refusal = ("dot", Trick::Say("554 5.7.1 Message looks like spam\r\n"));
    let relay = Relay::start(Script { tricks: vec![refusal; 6], ..Script::default() });
    let people: Vec<String> = (1..=7).map(|number| format!("reader{number}@a.example")).collect();
    let people: Vec<&str> = people.iter().map(String::as_str).collect();
    let project = Project::with_relay("relay-spam", relay.port()).audience("members", &people);
    let run = project.run("send issues/maj.md --yes");
    assert_eq!(
        (run.status, run.stdout.lines().next()),
        (77, Some("issues/maj.md: 7 recipients: 2 not sent yet, 5 deferred"))
    );
    let error = "error: paused: the relay refuses one letter after another with the same reply: 554 5.7.1 Message looks like spam;";
    assert!(run.stderr.starts_with(error), "{}", run.stderr);
    relay.finish();
}

#[test]
fn a_connection_lost_after_the_dot_leaves_a_letter_in_doubt() {
    let doubt = "  1 in doubt: connection lost at the end of the letter\n  in doubt: the connection was lost before the relay replied. Ask the relay's administrator, then run \
                 `newsletter resolve issues/maj.md --sent` (they arrived) or `--resend`\n";
    let project = check(
        "relay-drop",
        &[("dot", Trick::Close)],
        (1, &format!("2 accepted by the relay, 1 in doubt\n{doubt}"), ""),
        ["in_doubt", "accepted", "accepted"],
    );
    let relay = Relay::start(Script::default());
    project.relay(relay.port(), "");
    assert_eq!(project.run("send issues/maj.md --yes").status, 1, "it is not sent again unasked");
    project.run("resolve issues/maj.md --resend").is(75, "1 letter will be sent again\n", "");
    project.run("send issues/maj.md --yes").succeeds_with("issues/maj.md: 3 recipients: 3 accepted by the relay\n");
    assert_eq!(relay.finish().iter().filter(|line| line.starts_with("RCPT")).count(), 1);
}

#[test]
fn a_relay_that_never_replies_to_the_dot_leaves_few_letters_in_doubt() {
    let relay = Relay::start(Script { tricks: vec![("dot", Trick::Close); 7], ..Script::default() });
    let people: Vec<String> = (1..=7).map(|number| format!("reader{number}@a.example")).collect();
    let people: Vec<&str> = people.iter().map(String::as_str).collect();
    let project = Project::with_relay("relay-mute", relay.port()).audience("members", &people);
    let run = project.run("send issues/maj.md --yes");
    assert_eq!(
        (run.status, run.stdout.lines().next()),
        (75, Some("issues/maj.md: 7 recipients: 2 not sent yet, 5 in doubt"))
    );
    assert!(run.stderr.starts_with("error: the relay is unavailable: "), "{}", run.stderr);
    relay.finish();
}

#[test]
fn a_connection_lost_before_the_dot_loses_no_letter() {
    check(
        "relay-drop-early",
        &[("RCPT", Trick::Close), ("DATA", Trick::SayAndClose("354 Go ahead\r\n")), ("MAIL", Trick::Close)],
        (0, "3 accepted by the relay\n", ""),
        ["accepted"; 3],
    );
}

#[test]
fn a_killed_run_leaves_one_letter_in_doubt_and_repeats_nothing() {
    let tricks = vec![("dot", Trick::Say("250 2.0.0 Queued\r\n")), ("dot", Trick::Stall)];
    let relay = Relay::start(Script { tricks, ..Script::default() });
    let project = Project::with_relay("relay-kill", relay.port());
    let mut child = project.start("send issues/maj.md --yes");
    relay.wait_for("| .", 2);
    child.kill().unwrap();
    child.wait().unwrap();
    let run = project.run("send issues/maj.md --yes");
    let first = run.stdout.lines().next();
    assert_eq!((run.status, first), (1, Some("issues/maj.md: 3 recipients: 2 accepted by the relay, 1 in doubt")));
    assert_eq!(project.states(), ["anna@a.example accepted", "bo@b.example in_doubt", "carl@c.example accepted"]);
    let heard = relay.finish();
    let recipients: Vec<&str> = heard.iter().filter_map(|line| line.strip_prefix("RCPT TO:")).collect();
    assert_eq!(recipients, ["<anna@a.example>", "<bo@b.example>", "<carl@c.example>"]);
}

#[test]
fn an_interrupted_run_finishes_the_current_letter() {
    let relay = Relay::start(Script { tricks: vec![("dot", Trick::Hold)], ..Script::default() });
    let project = Project::with_relay("relay-interrupt", relay.port());
    let mut child = project.start("send issues/maj.md --yes");
    relay.wait_for("| .", 1);
    interrupt(child.id());
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    stderr.read_line(&mut line).unwrap();
    assert_eq!(
        line, "stopping after the letters in hand; press Ctrl-C again to stop at once and leave them in doubt\n",
        "it is printed before the relay has replied"
    );
    relay.go_on();
    let mut output = child.wait_with_output().unwrap();
    stderr.read_to_end(&mut output.stderr).unwrap();
    let run: RunOutput = project.run_output(&output);
    run.is(
        75,
        &format!("issues/maj.md: 3 recipients: 2 not sent yet, 1 accepted by the relay\n{REST}"),
        "stopped; the letters in hand were finished\n",
    );
    project.run("send issues/maj.md --yes").succeeds_with("issues/maj.md: 3 recipients: 3 accepted by the relay\n");
    assert_eq!(relay.finish().iter().filter(|line| line.starts_with("RCPT")).count(), 3);
}

/// The same for a relay that supports PIPELINING.
fn pipelining(tricks: &[(&'static str, Trick)]) -> Relay {
    Relay::start(Script { offers: &["PIPELINING"], tricks: tricks.to_vec(), ..Script::default() })
}

fn bodies(heard: &[String]) -> usize {
    heard.iter().filter(|line| *line == "| .").count()
}

#[test]
fn an_interrupted_run_finishes_a_pipelined_letter() {
    let relay = pipelining(&[("dot", Trick::Hold)]);
    let project = Project::with_relay("relay-interrupt-next", relay.port());
    let child = project.start("send issues/maj.md --yes");
    relay.wait_for("| .", 1);
    interrupt(child.id());
    relay.go_on();
    let run: RunOutput = project.run_output(&child.wait_with_output().unwrap());
    let first = run.stdout.lines().next();
    assert_eq!((run.status, first), (75, Some("issues/maj.md: 3 recipients: 1 not sent yet, 2 accepted by the relay")));
    let heard = relay.finish();
    assert_eq!((bodies(&heard), heard.iter().filter(|line| *line == "QUIT").count()), (2, 1));
}

#[test]
fn a_second_interrupt_ends_at_once_and_leaves_a_letter_in_doubt() {
    let relay = pipelining(&[("dot", Trick::Hold)]);
    let project = Project::with_relay("relay-interrupt-twice", relay.port());
    let mut child = project.start("send issues/maj.md --yes");
    relay.wait_for("| .", 1);
    // Two signals at once may be handled by two threads, each as the first one.
    while child.try_wait().unwrap().is_none() {
        interrupt(child.id());
    }
    let ended = child.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(130), "{ended:?}");
    relay.go_on();
    let run = project.run("send issues/maj.md --yes");
    let first = run.stdout.lines().next();
    assert_eq!((run.status, first), (1, Some("issues/maj.md: 3 recipients: 2 accepted by the relay, 1 in doubt")));
    assert_eq!(bodies(&relay.finish()), 3);
}

#[test]
fn a_run_that_pauses_does_not_send_the_pipelined_letter() {
    let relay = pipelining(&[("dot", Trick::Say("554 5.7.1 Message looks like spam\r\n")); 6]);
    let people: Vec<String> = (1..=7).map(|number| format!("reader{number}@a.example")).collect();
    let people: Vec<&str> = people.iter().map(String::as_str).collect();
    let project = Project::with_relay("relay-spam-next", relay.port()).audience("members", &people);
    let run = project.run("send issues/maj.md --yes");
    let first = run.stdout.lines().next();
    assert_eq!((run.status, first), (77, Some("issues/maj.md: 7 recipients: 2 not sent yet, 5 deferred")));
    let heard = relay.finish();
    assert_eq!((bodies(&heard), heard.iter().filter(|line| *line == "DATA").count()), (5, 6));
}

#[test]
fn a_relay_that_asks_to_slow_down_gets_the_next_letter_later() {
    let relay = pipelining(&[("dot", Trick::Say("452 4.3.1 Full\r\n"))]);
    let project = Project::new("relay-slow-next");
    project.relay(relay.port(), "  retry: {first: 0s}\n");
    project.run("send issues/maj.md --yes").succeeds_with("issues/maj.md: 3 recipients: 3 accepted by the relay\n");
    let heard = relay.finish();
    assert_eq!((bodies(&heard), heard.iter().filter(|line| *line == "*").count()), (4, 2));
}

#[test]
fn a_connection_closed_between_letters_loses_no_letter() {
    let down = ("MAIL", Trick::SayAndClose("421 4.7.0 Too many letters\r\n"));
    let ok = ("MAIL", Trick::Say("250 2.1.0 OK\r\n"));
    let relay = pipelining(&[ok, down, ok, ("dot", Trick::Say("250 2.0.0 OK\r\n"))]);
    let project = Project::with_relay("relay-close-next", relay.port());
    project.run("send issues/maj.md --yes").succeeds_with("issues/maj.md: 3 recipients: 3 accepted by the relay\n");
    assert_eq!(bodies(&relay.finish()), 3);
}

#[test]
fn a_connection_is_replaced_after_its_maximum_of_letters() {
    let relay = pipelining(&[]);
    let project = Project::new("relay-share");
    project.relay(relay.port(), "  letters_per_connection: 2\n");
    project.run("send issues/maj.md --yes").succeeds_with("issues/maj.md: 3 recipients: 3 accepted by the relay\n");
    let heard = relay.finish();
    let talk: Vec<&str> =
        heard.iter().map(String::as_str).filter(|line| ["*", "DATA", "QUIT", "-"].contains(line)).collect();
    assert_eq!(talk, ["*", "DATA", "DATA", "QUIT", "-", "*", "DATA", "QUIT", "-"]);
}

#[test]
fn each_letter_has_its_own_envelope_sender() {
    let relay = pipelining(&[]);
    let project = Project::with_relay("relay-verp", relay.port());
    project.edit("newsletter.yaml", "smtp:", "bounces_to: retur+{token}@forening.example\nsmtp:");
    project.run("send issues/maj.md --yes").succeeds_with("issues/maj.md: 3 recipients: 3 accepted by the relay\n");
    let heard = relay.finish();
    let after = |start: &str| -> Vec<String> {
        heard.iter().filter_map(|line| Some(line.strip_prefix(start)?.get(..24)?.to_owned())).collect()
    };
    let senders = after("MAIL FROM:<retur+");
    assert_eq!((senders.len(), &senders), (3, &after("| Message-ID: <")));
}

/// Sends SIGINT, and returns when the program has received it.
fn interrupt(process: u32) {
    assert!(Command::new("kill").args(["-INT", &process.to_string()]).status().unwrap().success());
    let pending = || {
        let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
        status.lines().any(|line| line.starts_with("ShdPnd:") && !line.ends_with("0000000000000000"))
    };
    while pending() {
        std::thread::yield_now();
    }
}

#[test]
fn an_unreachable_relay_exits_with_75() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let project = Project::with_relay("relay-unreachable", port);
    project.run("send issues/maj.md --yes").is(
        75,
        &format!("issues/maj.md: 3 recipients: 3 not sent yet\n{REST}"),
        &format!(
            "error: cannot connect to the relay localhost, port {port}; check smtp.host, smtp.port and the firewall: \
             Connection refused (os error 111)\n"
        ),
    );
}

/// A relay that lacks what the settings require: exit status 77, and no letter is marked.
#[track_caller]
fn check_distrust(name: &str, script: Script, (settings, error): (&str, &str)) {
    let relay = Relay::start(script);
    let project = Project::new(name).file("password", "hemmelig").mode("password", 0o600);
    project.relay(relay.port(), settings);
    project.run("send issues/maj.md --yes").is(
        77,
        &format!("issues/maj.md: 3 recipients: 3 not sent yet\n{REST_ONCE_FIXED}"),
        &format!("error: {}\n", error.replace("PORT", &relay.port().to_string())),
    );
    assert_eq!(project.states().iter().filter(|state| state.ends_with(" planned")).count(), 3);
    assert!(relay.finish().iter().all(|line| !line.starts_with("MAIL")));
}

#[test]
fn an_untrusted_relay_gets_no_letter() {
    check_distrust(
        "relay-no-starttls",
        Script::default(),
        (
            "  security: starttls\n",
            "the relay localhost, port PORT, does not offer STARTTLS, so the connection would not be encrypted; nothing was \
             sent. For port 465, set `smtp.security: tls`; `security: none` is for relays on this machine or in your own network",
        ),
    );
    let stranger = Relay::start(Script::default());
    let settings = format!("  security: starttls\n  ca_file: {}\n", stranger.certificate().display());
    stranger.finish();
    check_distrust(
        "relay-stranger",
        Script { encryption: Encryption::StartTls, ..Script::default() },
        (
            &settings,
            "no trusted TLS connection to the relay localhost: its certificate is not signed by a trusted CA; set smtp.ca_file for a CA of your own",
        ),
    );
    check_distrust(
        "relay-no-login",
        Script::default(),
        (
            "  username: nyt\n  password_file: password\n",
            "the relay localhost offers no login that matches smtp.auth (it offers: none); is the port right?",
        ),
    );
}

#[test]
fn an_address_unsubscribed_during_a_send_gets_no_letter() {
    let relay = Relay::start(Script { tricks: vec![("dot", Trick::Hold)], ..Script::default() });
    let project = Project::with_relay("relay-left", relay.port());
    let child = project.start("send issues/maj.md --yes");
    relay.wait_for("| .", 1);
    project.run("unsubscribe carl@c.example").succeeds_with("1 address suppressed (unsubscribed)\n");
    relay.go_on();
    let run = project.run_output(&child.wait_with_output().unwrap());
    assert!(
        run.stdout.starts_with("issues/maj.md: 3 recipients: 2 accepted by the relay, 1 suppressed\n"),
        "{}",
        run.stdout
    );
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_eq!(bodies(&relay.finish()), 2);
    let explained = project.run("audience explain carl@c.example --issue issues/maj.md");
    assert!(explained.stdout.contains("\n  suppressed: unsubscribed since 2"), "{}", explained.stdout);
    assert!(explained.stdout.ends_with("issues/maj.md: no letter\n"), "{}", explained.stdout);
}
