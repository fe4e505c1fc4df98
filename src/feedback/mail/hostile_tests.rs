//! Tests with messages that are deliberately large, deep or misleading.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::feedback::mail::classify;
use crate::feedback::mail::meaning::{MessageMeaning, RecipientReport};
use crate::feedback::mail::parts::{MAX_BODY, MAX_HEADER};
use crate::feedback::mail::tests::{TOKEN, context};

/// A message that is nested in others.
fn nested(depth: usize, layer: impl Fn(usize) -> String) -> String {
    (0..depth).fold(String::new(), |mut message, level| {
        message.push_str(&layer(level));
        message
    })
}

#[test]
fn depth_size_and_encodings_are_limited() {
    let multipart = nested(1_000, |level| format!("Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n"));
    let message = nested(30_000, |_| "Content-Type: message/rfc822\n\n".to_owned());
    let encoded = format!(
        "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n{}\n",
        STANDARD.encode(nested(20_000, |_| "Content-Type: message/rfc822\n\n".to_owned()))
    );
    // Each part has a boundary that never comes, and each is searched for it.
    let missing = nested(20_000, |level| format!("--b\nContent-Type: multipart/mixed; boundary=x{level}\n\n"));
    let missing = format!("Content-Type: multipart/mixed; boundary=b\n\n{missing}");
    let long_line = format!("Subject: {}\nTo: x@y.example\n\n", "a".repeat(2 << 20));
    let many_fields = nested(200_000, |level| format!("X-{level}: a\n"));
    let words = format!("Subject: {}\n\n", "=?utf-8?q?a?= ".repeat(20_000));
    let addresses = format!("To: {}\n\n", "\"(((a\\\"<a@b.example>, ".repeat(12_000));
    let html = format!("Content-Type: text/html\n\n{}", "<a <b <!-- ".repeat(90_000));
    let daemon = format!(
        "Return-Path: <>\nFrom: MAILER-DAEMON@x\n\n{}",
        "<a@b.example>:\nthis is a permanent error\n".repeat(9_000)
    );
    for hostile in [multipart, message, encoded, missing, long_line, many_fields, words, addresses, html, daemon] {
        classify(hostile.as_bytes(), &context());
        classify(hostile.replace('\n', "\r\n").as_bytes(), &context());
    }
    for bytes in [
        &b""[..],
        b"\n",
        b"\n\n",
        b"\r",
        b":",
        b"\0\0\0",
        &[0xff; 3_000],
        b"From ",
        b">From x",
        b"Content-Type: multipart/x; boundary=\"\"\n\n--\n--\n",
    ] {
        assert_eq!(classify(bytes, &context()), MessageMeaning::Personal, "{bytes:?}");
    }
}

#[test]
fn what_is_beyond_the_limits_is_skipped() {
    let report = "Content-Type: message/delivery-status\n\nFinal-Recipient: rfc822; anna@kommune.example\nAction: failed\n\
                  Status: 5.1.1\n";
    let with = |length: usize| {
        let filler = "x".repeat(length);
        let header = "Return-Path: <>\nContent-Type: multipart/report; boundary=b";
        format!("{header}\n\n--b\nContent-Type: text/plain\n\n{filler}\n--b\n{report}\n--b--\n{}", "y".repeat(50 << 20))
    };
    assert!(matches!(classify(with(MAX_BODY / 2).as_bytes(), &context()), MessageMeaning::Bounce(_)));
    assert!(!matches!(classify(with(MAX_BODY + MAX_HEADER).as_bytes(), &context()), MessageMeaning::Bounce(_)));
    let mut header = String::new();
    while header.len() < MAX_HEADER {
        writeln!(header, "X-Filler: {}", "z".repeat(900)).unwrap();
    }
    let late = format!("{header}Subject: leave-{TOKEN}\n\n");
    assert_eq!(classify(late.as_bytes(), &context()), MessageMeaning::Personal);
}

/// Pieces that the code looks for, and characters that are several bytes long or change their length in lower case.
const PIECES: [&str; 30] = [
    "\n",
    "\n\n",
    "\r\n",
    " ",
    ":",
    "@",
    "<",
    ">",
    "--b",
    "--b--",
    "æ",
    "İ",
    "\u{2019}",
    "Subject: ",
    "leave-",
    TOKEN,
    "To: retur+",
    "@forening.example",
    "Return-Path: <>\n",
    "From: MAILER-DAEMON@x\n",
    "Content-Type: multipart/report; boundary=b\n",
    "Content-Type: message/delivery-status\n\n",
    "Content-Transfer-Encoding: base64\n",
    "Final-Recipient: rfc822;",
    "Action: failed\n",
    "Status: 5.1.1\n",
    "550-5.1.1 ",
    "this is a permanent error\n",
    "--- Below this line is a copy of the message\n",
    "=?utf-8?q?=E6?=",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_message_stops_the_program(pieces in vec(0..PIECES.len(), 0..60), noise in vec(any::<u8>(), 0..20), at in 0..60_usize) {
        let mut message: Vec<u8> = Vec::new();
        for (number, piece) in pieces.into_iter().enumerate() {
            if number == at {
                message.extend_from_slice(&noise);
            }
            message.extend_from_slice(PIECES[piece].as_bytes());
        }
        if let MessageMeaning::Bounce(reports) = classify(&message, &context()) {
            prop_assert!(!reports.is_empty());
            let is_failed = |report: &RecipientReport| report.kind().is_some();
            prop_assert!(reports.iter().all(is_failed));
        }
    }
}
