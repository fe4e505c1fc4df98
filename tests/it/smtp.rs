//! Letters through a relay: the outcome for each kind of reply.

use newsletter::delivery::smtp::SmtpTransport;
use newsletter::delivery::smtp::options::{HelloName, Security, SmtpOptions};
use newsletter::delivery::transport::{Connection, Envelope, OfferError, OpenError, Payload, SendOutcome, Transport};
use newsletter::people::person::Address;

use crate::book::with_in_flight;
use crate::scripted::{self, Script, Trick};

pub(crate) const BODY: &[u8] = b"Subject: Nyt\r\n\r\nHej\r\n";

pub(crate) fn envelope(recipient: &str) -> Envelope {
    Envelope {
        sender: Address::parse("nyt@forening.example").unwrap(),
        recipient: Address::parse(recipient).unwrap(),
        size: BODY.len(),
        message_id: "<1@forening.example>".to_owned(),
        edition: "it-chiefs.da".to_owned(),
    }
}

/// Options for a relay on this machine, without encryption.
pub(crate) fn options(relay: &scripted::Relay) -> SmtpOptions {
    let mut options = SmtpOptions::new("localhost".to_owned());
    options.port = relay.port();
    options.security = Security::None;
    options.hello = Some(HelloName::parse("client.example").unwrap());
    let timeouts = &mut options.timeouts;
    for it in [&mut timeouts.greeting, &mut timeouts.command, &mut timeouts.data, &mut timeouts.dot] {
        *it = relay.patience();
    }
    options
}

/// Tries one letter, and returns its outcome on one line.
fn attempt(connection: &mut dyn Connection, recipient: &str) -> String {
    if let Err(setback) = connection.offer(&envelope(recipient)) {
        return match setback {
            OfferError::Deferred(reason) => format!("deferred: {reason}"),
            OfferError::Refused(reply) => format!("refused: {reply}"),
            OfferError::ConnectionLost(reason) => format!("lost: {reason}"),
            OfferError::Closed(reply) => format!("closed: {reply}"),
            OfferError::Busy(reply) | OfferError::SlowDown(reply) => format!("slow down: {reply}"),
            stop @ (OfferError::SenderRefused(_) | OfferError::TooLarge { .. }) => format!("stop: {stop}"),
        };
    }
    with_in_flight(|in_flight| connection.send(in_flight, &Payload { body: &BODY.to_vec().into(), next: None }));
    match connection.wait().outcome {
        SendOutcome::Deferred(reason, connection) => format!("sent, deferred, {connection:?}: {reason}"),
        verdict => format!("sent, {}", verdict.outcome()),
    }
}

/// Tries letters to `recipients` over one connection to a relay with this script.
fn check(script: Script, recipients: &[&str], expected: &[&str], heard: &[&str]) {
    let tricks = script.tricks.clone();
    let relay = scripted::Relay::start(script);
    let transport = SmtpTransport::new(options(&relay)).unwrap();
    let seen: Vec<String> = match transport.open() {
        Err(error) => vec![described(&error)],
        Ok(mut connection) => {
            let seen = recipients.iter().map(|recipient| attempt(connection.as_mut(), recipient)).collect();
            connection.close();
            seen
        }
    };
    assert_eq!(seen, expected, "{tricks:?}");
    let all = relay.finish();
    let all: Vec<&str> = all.iter().map(String::as_str).filter(|line| !line.starts_with("EHLO")).collect();
    if !heard.is_empty() {
        assert_eq!(all, heard, "{tricks:?}");
    }
}

/// An error and its kind.
pub(crate) fn described(error: &OpenError) -> String {
    let kind = match error {
        OpenError::Unreachable(_) => "unreachable",
        OpenError::Silent(_) => "silent",
        OpenError::Refused(_) => "refused",
        OpenError::Settings(_) => "settings",
        OpenError::Folder { .. } => "folder",
    };
    format!("{kind}: {error}")
}

/// Each row: the command whose reply is replaced, the reply, and the outcome of the letter.
fn check_each(rows: &[(&[(&'static str, Trick)], &str)]) {
    for (tricks, expected) in rows {
        check(Script { tricks: tricks.to_vec(), ..Script::default() }, &["anna@kommune.example"], &[expected], &[]);
    }
}

pub(crate) const MAIL: &str = "MAIL FROM:<nyt@forening.example> SIZE=21";
pub(crate) const ANNA: &str = "RCPT TO:<anna@kommune.example>";
pub(crate) const BO: &str = "RCPT TO:<bo@kommune.example>";

#[test]
fn two_letters_go_through_one_connection() {
    check(
        Script::default(),
        &["anna@kommune.example", "bo@kommune.example"],
        &["sent, accepted: 250 2.0.0 Queued", "sent, accepted: 250 2.0.0 Queued"],
        &[
            "*",
            MAIL,
            ANNA,
            "DATA",
            "| Subject: Nyt",
            "| ",
            "| Hej",
            "| .",
            MAIL,
            BO,
            "DATA",
            "| Subject: Nyt",
            "| ",
            "| Hej",
            "| .",
            "QUIT",
            "-",
        ],
    );
}

#[test]
fn a_refused_recipient_does_not_end_the_connection() {
    check(
        Script { tricks: vec![("RCPT", Trick::Say("550 5.1.1 No such user\r\n"))], ..Script::default() },
        &["anna@kommune.example", "bo@kommune.example"],
        &["refused: 550 5.1.1 No such user", "sent, accepted: 250 2.0.0 Queued"],
        &["*", MAIL, ANNA, "RSET", MAIL, BO, "DATA", "| Subject: Nyt", "| ", "| Hej", "| .", "QUIT", "-"],
    );
}

#[test]
fn a_refused_letter_does_not_end_the_connection() {
    check(
        Script { tricks: vec![("dot", Trick::Say("554 5.7.1 Rejected as spam\r\n"))], ..Script::default() },
        &["anna@kommune.example", "bo@kommune.example"],
        &["sent, refused: 554 5.7.1 Rejected as spam", "sent, accepted: 250 2.0.0 Queued"],
        &[],
    );
}

#[test]
fn an_address_beyond_ascii_is_refused_alone() {
    let recipients = ["søren@kommune.example", "anna@kommune.example"];
    let refused =
        "refused: 553 5.6.7 (not sent) the relay does not support non-ASCII characters before the @ (SMTPUTF8)";
    check(Script::default(), &recipients, &[refused, "sent, accepted: 250 2.0.0 Queued"], &[]);
    check(
        Script { offers: &["SMTPUTF8"], ..Script::default() },
        &recipients[..1],
        &["sent, accepted: 250 2.0.0 Queued"],
        &[
            "*",
            "MAIL FROM:<nyt@forening.example> SMTPUTF8",
            "RCPT TO:<søren@kommune.example>",
            "DATA",
            "| Subject: Nyt",
            "| ",
            "| Hej",
            "| .",
            "QUIT",
            "-",
        ],
    );
}

#[test]
fn a_letter_over_the_relays_size_is_not_offered() {
    let too_large = &["stop: the letter has 21 bytes, more than the relay accepts (20 bytes)"];
    check(Script { offers: &["SIZE 20"], ..Script::default() }, &["a@b.example"], too_large, &["*", "QUIT", "-"]);
}

#[test]
fn a_421_between_two_letters_affects_no_recipient() {
    check(
        Script {
            tricks: vec![("dot", Trick::SayAndClose("250 2.0.0 OK\r\n421 4.7.0 Enough for today\r\n"))],
            ..Script::default()
        },
        &["anna@kommune.example", "bo@kommune.example", "bo@kommune.example"],
        &["sent, accepted: 250 2.0.0 OK", "closed: 421 4.7.0 Enough for today", "lost: connection lost at MAIL FROM"],
        &["*", MAIL, ANNA, "DATA", "| Subject: Nyt", "| ", "| Hej", "| .", "-"],
    );
}

#[test]
fn replies_before_the_letter_are_attributed() {
    check_each(&[
        (&[("MAIL", Trick::Say("421 4.7.0 Too many\r\n"))], "closed: 421 4.7.0 Too many"),
        (&[("MAIL", Trick::Say("451 4.3.0 Later\r\n"))], "slow down: 451 4.3.0 Later"),
        (&[("MAIL", Trick::Say("452 4.3.1 Slow\r\n"))], "slow down: 452 4.3.1 Slow"),
        (&[("MAIL", Trick::Say("550 5.7.1 Not you\r\n"))], "stop: the relay refuses this sender: 550 5.7.1 Not you"),
        (&[("MAIL", Trick::Say("530 5.7.0 Log in\r\n"))], "stop: the relay refuses this sender: 530 5.7.0 Log in"),
        (
            &[("MAIL", Trick::Say("552 5.3.4 Too big\r\n"))],
            "stop: the letter has 21 bytes, more than the relay accepts",
        ),
        (&[("RCPT", Trick::Say("251 Will forward\r\n"))], "sent, accepted: 250 2.0.0 Queued"),
        (&[("RCPT", Trick::Say("252 2.1.5 Cannot VRFY\r\n"))], "sent, accepted: 250 2.0.0 Queued"),
        (&[("RCPT", Trick::Say("450 4.7.1 Grey\r\n"))], "deferred: 450 4.7.1 Grey"),
        (&[("RCPT", Trick::Say("451 4.3.0 Later\r\n"))], "deferred: 451 4.3.0 Later"),
        (&[("RCPT", Trick::Say("452 4.5.3 Many\r\n"))], "slow down: 452 4.5.3 Many"),
        (&[("RCPT", Trick::Say("452 4.2.2 Full\r\n"))], "deferred: 452 4.2.2 Full"),
        (&[("RCPT", Trick::Say("454 4.7.0 Slow\r\n"))], "slow down: 454 4.7.0 Slow"),
        (&[("RCPT", Trick::Say("421 4.3.2 Down\r\n"))], "slow down: 421 4.3.2 Down"),
        (
            &[("RCPT", Trick::Say("553 5.7.1 Sender address rejected: no\r\n"))],
            "refused: 553 5.7.1 Sender address rejected: no",
        ),
        (
            &[("RCPT", Trick::Say("503 5.5.1 MAIL first\r\n"))],
            "lost: unexpected reply to RCPT TO: 503 5.5.1 MAIL first",
        ),
        (&[("RCPT", Trick::Say("354 Go\r\n"))], "lost: unexpected reply to RCPT TO: 354 Go"),
        (&[("DATA", Trick::Say("451 4.7.1 Grey\r\n"))], "deferred: 451 4.7.1 Grey"),
        (&[("DATA", Trick::Say("554 5.7.1 No\r\n"))], "refused: 554 5.7.1 No"),
        (&[("DATA", Trick::Say("421 4.3.2 Down\r\n"))], "slow down: 421 4.3.2 Down"),
        (&[("DATA", Trick::Say("250 OK\r\n"))], "lost: unexpected reply to DATA: 250 OK"),
    ]);
}

#[test]
fn replies_to_the_letter_are_interpreted_strictly() {
    check_each(&[
        (&[("dot", Trick::Say("451 4.3.0 Later\r\n"))], "sent, deferred, Usable: 451 4.3.0 Later"),
        (&[("dot", Trick::Say("452 4.3.1 Full\r\n"))], "sent, deferred, SlowDown: 452 4.3.1 Full"),
        (&[("dot", Trick::Say("421 4.3.2 Down\r\n"))], "sent, deferred, SlowDown: 421 4.3.2 Down"),
        (&[("dot", Trick::Say("250-a\r\n250 b\r\n"))], "sent, accepted: 250 a b"),
        (&[("dot", Trick::Say("251 Hm\r\n"))], "sent, in doubt: unexpected reply to the end of the letter: 251 Hm"),
        (&[("dot", Trick::Say("354 Go\r\n"))], "sent, in doubt: unexpected reply to the end of the letter: 354 Go"),
        (&[("dot", Trick::Close)], "sent, in doubt: connection lost at the end of the letter"),
        (&[("dot", Trick::SayAndClose("25"))], "sent, in doubt: connection lost at the end of the letter"),
        (&[("dot", Trick::Stall)], "sent, in doubt: no reply to the end of the letter within 1 s"),
        (
            &[("dot", Trick::Drip("250 a long answer, one octet at a time\r\n"))],
            "sent, in doubt: no reply to the end of the letter within 1 s",
        ),
        (
            &[("dot", Trick::Endless("250-and so on\r\n"))],
            "sent, in doubt: invalid reply to the end of the letter: too long",
        ),
        (
            &[("dot", Trick::Say("250 OK\r\n554 5.6.0 No\r\n"))],
            "sent, in doubt: invalid reply to the end of the letter: more replies than commands",
        ),
        (&[("dot", Trick::Say("250 OK\r\n250 OK\r\n"))], "sent, accepted: 250 OK"),
        (
            &[("dot", Trick::Say("250 ok\n"))],
            "sent, in doubt: invalid reply to the end of the letter: a line that does not end with CR LF",
        ),
        (&[("dot", Trick::Octets(b"250 p\xe5 gensyn\r\n"))], "sent, accepted: 250 p\u{fffd} gensyn"),
    ]);
}

#[test]
fn a_protocol_error_before_the_letter_loses_no_letter() {
    check_each(&[
        (&[("MAIL", Trick::Close)], "lost: connection lost at MAIL FROM"),
        (&[("RCPT", Trick::SayAndClose("25"))], "lost: connection lost at RCPT TO"),
        (&[("RCPT", Trick::Stall)], "lost: no reply to RCPT TO within 1 s"),
        (&[("RCPT", Trick::Drip("250 one octet at a time, slowly\r\n"))], "lost: no reply to RCPT TO within 1 s"),
        (&[("RCPT", Trick::Say("yes\r\n"))], "lost: invalid reply to RCPT TO: a line without a code"),
        (&[("RCPT", Trick::Say("250-a\r\n550 b\r\n"))], "lost: invalid reply to RCPT TO: lines with different codes"),
        (&[("RCPT", Trick::Endless("250-and so on\r\n"))], "lost: invalid reply to RCPT TO: too long"),
        (&[("MAIL", Trick::Say("250 OK\r\n250 OK\r\n"))], "lost: invalid reply to RCPT TO: more replies than commands"),
        (
            &[("DATA", Trick::Say("354 Go\r\n250 OK\r\n"))],
            "sent, deferred, Spent: invalid reply to the letter: more replies than commands",
        ),
        (&[("DATA", Trick::SayAndClose("354 Go\r\n421 Down\r\n"))], "sent, deferred, SlowDown: 421 Down"),
    ]);
}

#[test]
fn a_letter_is_written_whole() {
    let relay = scripted::Relay::start(Script { offers: &[], ..Script::default() });
    let transport = SmtpTransport::new(options(&relay)).unwrap();
    let mut connection = transport.open().unwrap();
    connection.offer(&envelope("anna@kommune.example")).unwrap();
    let body = [b".skjult\r\n".repeat(40_000), b"slut".to_vec()].concat();
    with_in_flight(|in_flight| connection.send(in_flight, &Payload { body: &body.into(), next: None }));
    assert_eq!(connection.wait().outcome.outcome().to_string(), "accepted: 250 2.0.0 Queued");
    connection.close();
    let heard = relay.finish();
    assert_eq!(heard.iter().filter(|line| *line == "| ..skjult").count(), 40_000);
    assert_eq!(heard[heard.len() - 4..], ["| slut", "| .", "QUIT", "-"]);
}
