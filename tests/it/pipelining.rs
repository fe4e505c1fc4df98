//! Letters to a relay with PIPELINING (RFC 2920): each reply belongs to one command.

use newsletter::delivery::smtp::SmtpTransport;
use newsletter::delivery::smtp::options::Security;
use newsletter::delivery::transport::{Connection, Delivered, OfferError, Payload, SendOutcome, Transport};

use crate::book::with_in_flight;
use crate::scripted::{self, Encryption, Script, Trick};
use crate::smtp::{ANNA, BO, BODY, MAIL, envelope, options};

const LETTER: [&str; 4] = ["| Subject: Nyt", "| ", "| Hej", "| ."];
const OFFERS: &[&str] = &["PIPELINING", "SIZE 100000"];

fn setback(setback: &OfferError) -> String {
    match setback {
        OfferError::Deferred(reason) => format!("deferred: {reason}"),
        OfferError::Refused(reply) => format!("refused: {reply}"),
        OfferError::ConnectionLost(reason) => format!("lost: {reason}"),
        OfferError::Closed(reply) => format!("closed: {reply}"),
        OfferError::Busy(reply) | OfferError::SlowDown(reply) => format!("slow down: {reply}"),
        OfferError::SenderRefused(reply) => format!("stop: {reply}"),
        OfferError::TooLarge { .. } => "stop: too large".to_owned(),
    }
}

/// Tries letters in turn; returns the outcome of each, or that of its offer if it was not sent.
fn talk(connection: &mut dyn Connection, recipients: &[&str]) -> Vec<String> {
    let mut output = Vec::new();
    let mut asked = false;
    let mut rest = recipients.iter();
    while let Some(recipient) = rest.next() {
        if !asked && let Err(it) = connection.offer(&envelope(recipient)) {
            output.push(setback(&it));
            continue;
        }
        let next = rest.as_slice().first().map(|recipient| envelope(recipient));
        with_in_flight(|in_flight| {
            connection.send(in_flight, &Payload { body: &BODY.to_vec().into(), next: next.as_ref() });
        });
        let Delivered { outcome, next } = connection.wait();
        output.push(match outcome {
            SendOutcome::Deferred(reason, connection) => format!("sent, deferred, {connection:?}: {reason}"),
            outcome => format!("sent, {}", outcome.outcome()),
        });
        asked = next == Some(Ok(()));
        if let Some(Err(it)) = next {
            output.push(setback(&it));
            rest.next();
        }
    }
    output
}

/// Tries letters over one connection; compares the outcomes, and what the relay received.
fn check(script: Script, recipients: &[&str], expected: &[&str]) -> Vec<String> {
    let tricks = script.tricks.clone();
    let relay = scripted::Relay::start(script);
    let mut options = options(&relay);
    options.ca_file = Some(relay.certificate());
    if relay.is_encrypted() {
        options.security = Security::Tls;
    }
    let transport = SmtpTransport::new(options).unwrap();
    let mut connection = transport.open().unwrap();
    assert_eq!(talk(connection.as_mut(), recipients), expected, "{tricks:?}");
    connection.close();
    relay.finish().into_iter().filter(|line| !line.starts_with("EHLO")).collect()
}

/// The replies to commands, in order.
type Tricks<'a> = &'a [(&'static str, Trick)];

/// Each row: the replies to the commands for Anna and Bo, and the outcomes of their letters.
fn check_each(rows: &[(Tricks<'_>, [&str; 2])]) {
    for (tricks, expected) in rows {
        let script = Script { offers: OFFERS, tricks: tricks.to_vec(), ..Script::default() };
        check(script, &["anna@kommune.example", "bo@kommune.example"], expected);
    }
}

const OK: Trick = Trick::Say("250 2.0.0 OK\r\n");
const GO: Trick = Trick::Say("354 Go\r\n");
const ACCEPTED: &str = "sent, accepted: 250 2.0.0 Queued";
const CONFUSED: &str = "sent, in doubt:";

#[test]
fn the_next_envelope_is_sent_with_a_letter() {
    let people = ["anna@kommune.example", "bo@kommune.example"];
    let letter = |recipient| [&[MAIL, recipient, "DATA"][..], &LETTER].concat();
    let all = [&["*"][..], &letter(ANNA), &letter(BO), &["QUIT", "-"]].concat();
    // The relay sends each of these replies only after the client's next command.
    let tricks = ["MAIL", "RCPT", "dot", "MAIL", "RCPT"].map(|verb| (verb, Trick::OnceMoreIsSaid)).to_vec();
    let clear = Script { offers: OFFERS, tricks, ..Script::default() };
    assert_eq!(check(clear, &people, &[ACCEPTED, ACCEPTED]), all);
    let encrypted = Script { offers: OFFERS, encryption: Encryption::Always, ..Script::default() };
    assert_eq!(check(encrypted, &people, &[ACCEPTED, ACCEPTED]), all);
}

#[test]
fn without_pipelining_commands_are_sent_one_at_a_time() {
    let verbs = ["MAIL", "RCPT", "dot", "MAIL", "RCPT", "dot"];
    let tricks = verbs.map(|verb| (verb, Trick::UnlessMoreIsSaid)).to_vec();
    let script = Script { tricks, ..Script::default() };
    check(script, &["anna@kommune.example", "bo@kommune.example"], &[ACCEPTED, ACCEPTED]);
}

#[test]
fn a_refused_recipient_in_a_group_is_refused_alone() {
    let refused = Trick::Say("550 5.1.1 No such user\r\n");
    let people = ["anna@kommune.example", "bo@kommune.example", "carl@kommune.example"];
    let output = [ACCEPTED, "refused: 550 5.1.1 No such user", ACCEPTED];
    let carl = "RCPT TO:<carl@kommune.example>";
    let check = |tricks: Vec<_>, between: &[&'static str]| {
        let heard = check(Script { offers: OFFERS, tricks, ..Script::default() }, &people, &output);
        let [anna, carl] = [ANNA, carl].map(|recipient| [&[MAIL, recipient, "DATA"][..], &LETTER].concat());
        assert_eq!(heard, [&["*"][..], &anna, &[MAIL, BO, "DATA"], between, &["RSET"], &carl, &["QUIT", "-"]].concat());
    };
    let no_data = Trick::Say("503 5.5.1 No recipients\r\n");
    check(vec![("RCPT", OK), ("RCPT", refused), ("DATA", GO), ("DATA", no_data)], &[]);
    // The relay accepts DATA without a recipient, and gets an empty letter.
    let usual = Trick::Say("250 2.0.0 Queued\r\n");
    let nobody = Trick::Say("554 5.5.1 No valid recipients\r\n");
    check(vec![("RCPT", OK), ("RCPT", refused), ("dot", usual), ("dot", nobody)], &["| ."]);
}

#[test]
fn a_relay_that_accepts_data_without_recipients_gets_no_other_letter() {
    let tricks = vec![("RCPT", Trick::Say("550 5.1.1 No such user\r\n")), ("dot", OK)];
    let heard = check(
        Script { offers: OFFERS, tricks, ..Script::default() },
        &["anna@kommune.example", "bo@kommune.example"],
        &["refused: 550 5.1.1 No such user", "lost: connection lost at MAIL FROM"],
    );
    assert_eq!(heard, ["*", MAIL, ANNA, "DATA", "| .", "-"]);
}

#[test]
fn a_refusal_of_the_next_letter_does_not_affect_this_one() {
    check_each(&[
        (&[("MAIL", OK), ("MAIL", Trick::SayAndClose("421 4.3.2 Enough\r\n"))], [ACCEPTED, "closed: 421 4.3.2 Enough"]),
        (&[("RCPT", OK), ("RCPT", Trick::SayAndClose("421 4.3.2 Down\r\n"))], [ACCEPTED, "slow down: 421 4.3.2 Down"]),
        (&[("DATA", GO), ("DATA", Trick::Say("451 4.7.1 Grey\r\n"))], [ACCEPTED, "deferred: 451 4.7.1 Grey"]),
        (
            &[
                ("RCPT", OK),
                ("RCPT", Trick::Say("450 4.7.1 Grey\r\n")),
                ("DATA", GO),
                ("DATA", Trick::Say("554 5.5.1 No recipients\r\n")),
            ],
            [ACCEPTED, "deferred: 450 4.7.1 Grey"],
        ),
        (
            &[
                ("MAIL", OK),
                ("MAIL", Trick::Say("550 5.7.60 SendAsDenied\r\n")),
                ("RCPT", OK),
                ("RCPT", Trick::Say("503 5.5.1 MAIL first\r\n")),
                ("DATA", GO),
                ("DATA", Trick::Say("503 5.5.1 RCPT first\r\n")),
            ],
            [ACCEPTED, "stop: 550 5.7.60 SendAsDenied"],
        ),
        (
            &[("RCPT", OK), ("RCPT", Trick::Say("550 5.1.1 No\r\n")), ("DATA", GO), ("DATA", Trick::Close)],
            [ACCEPTED, "refused: 550 5.1.1 No"],
        ),
    ]);
}

#[test]
fn a_refusal_of_this_letter_does_not_affect_the_next() {
    check_each(&[
        (&[("dot", Trick::Say("554 5.7.1 Spam\r\n"))], ["sent, refused: 554 5.7.1 Spam", ACCEPTED]),
        (&[("dot", Trick::Say("451 4.3.0 Later\r\n"))], ["sent, deferred, Usable: 451 4.3.0 Later", ACCEPTED]),
        (
            &[("dot", Trick::SayAndClose("421 4.3.2 Down\r\n"))],
            ["sent, deferred, SlowDown: 421 4.3.2 Down", "lost: connection lost at MAIL FROM"],
        ),
    ]);
}

#[test]
fn a_connection_lost_after_the_reply_leaves_no_letter_in_doubt() {
    check_each(&[
        (&[("MAIL", OK), ("MAIL", Trick::Close)], [ACCEPTED, "lost: connection lost at MAIL FROM"]),
        (&[("RCPT", OK), ("RCPT", Trick::SayAndClose("25"))], [ACCEPTED, "lost: connection lost at RCPT TO"]),
        (&[("DATA", GO), ("DATA", Trick::Close)], [ACCEPTED, "lost: connection lost at DATA"]),
        (
            &[("DATA", GO), ("DATA", Trick::Say("354 Go\r\n250 OK\r\n"))],
            [ACCEPTED, "sent, deferred, Spent: invalid reply to the letter: more replies than commands"],
        ),
    ]);
}

#[test]
fn mismatched_replies_leave_a_letter_in_doubt() {
    let lost = "lost: connection lost at MAIL FROM";
    let doubts: &[(Tricks<'_>, &str)] = &[
        (&[("dot", Trick::Close)], "sent, in doubt: connection lost at the end of the letter"),
        // One reply too many.
        (&[("dot", Trick::Say("250 OK\r\n554 5.6.0 No\r\n"))], " unexpected reply to RCPT TO: 250 2.1.0 OK"),
        (&[("dot", Trick::Say("250 OK\r\n250 OK\r\n"))], " unexpected reply to DATA: 250 2.1.5 OK"),
        (&[("MAIL", OK), ("MAIL", Trick::Say("250 OK\r\n250 OK\r\n"))], " unexpected reply to DATA: 250 2.1.5 OK"),
        // One too few.
        (&[("dot", Trick::Say(""))], " unexpected reply to RCPT TO: 354 Go ahead"),
        (&[("MAIL", OK), ("MAIL", Trick::Say(""))], " unexpected reply to RCPT TO: 354 Go ahead"),
        (&[("RCPT", OK), ("RCPT", Trick::Say(""))], " unexpected reply to RCPT TO: 354 Go ahead"),
        (&[("DATA", GO), ("DATA", Trick::Stall)], "sent, in doubt: no reply to DATA within 1 s"),
        // None at all.
        (&[("RCPT", OK), ("RCPT", Trick::Say("yes\r\n"))], " invalid reply to RCPT TO: a line without a code"),
        // A positive reply after a negative one.
        (&[("MAIL", OK), ("MAIL", Trick::Say("451 4.3.0 No\r\n"))], " unexpected reply to RCPT TO: 250 2.1.5 OK"),
    ];
    for (tricks, expected) in doubts {
        let expected = if expected.starts_with(' ') { format!("{CONFUSED}{expected}") } else { (*expected).to_owned() };
        check_each(&[(tricks, [&expected, lost])]);
    }
}

#[test]
fn an_unsupported_envelope_is_not_offered() {
    let people = ["anna@kommune.example", "søren@kommune.example", "bo@kommune.example"];
    let refused =
        "refused: 553 5.6.7 (not sent) the relay does not support non-ASCII characters before the @ (SMTPUTF8)";
    let heard = check(Script { offers: OFFERS, ..Script::default() }, &people, &[ACCEPTED, refused, ACCEPTED]);
    let letter = |recipient| [&[MAIL, recipient, "DATA"][..], &LETTER].concat();
    assert_eq!(heard, [&["*"][..], &letter(ANNA), &letter(BO), &["QUIT", "-"]].concat());
}
