//! One message for each meaning, and for each mail server whose words are known.

use crate::delivery::ledger::feedback::FailureClass;
use crate::feedback::mail::classify;
use crate::feedback::mail::meaning::{
    DeliveryAction, LeaveMail, MailContext, MessageMeaning, RecipientReport, UnsubscribeInbox,
};
use crate::letter::return_path::ReturnPath;
use crate::people::person::Address;

const TOKEN: &str = "0123456789abcdef01234567";
const MESSAGE_ID: &str = "<0123456789abcdef0123456789abcdef01234567@forening.example>";

fn context() -> MailContext {
    MailContext {
        return_path: ReturnPath::parse("retur+{token}@forening.example").unwrap(),
        unsubscribe: UnsubscribeInbox::Dedicated(Address::parse("afmeld@forening.example").unwrap()),
        message_id_domain: "forening.example".to_owned(),
    }
}

fn meaning(message: &str) -> MessageMeaning {
    classify(message.as_bytes(), &context())
}

/// The reports of a bounce.
fn bounce(message: &str) -> Vec<RecipientReport> {
    match meaning(message) {
        MessageMeaning::Bounce(reports) => reports,
        other => panic!("{other:?}: {message}"),
    }
}

/// A message in the words of a mail server, to an address with the token of a letter.
fn notice(from: &str, subject: &str, text: &str) -> String {
    format!("Return-Path: <>\nTo: retur+{TOKEN}@forening.example\nFrom: {from}\nSubject: {subject}\n\n{text}\n")
}

#[test]
fn a_report_has_each_recipient_and_the_letter() {
    let report = format!(
        "Return-Path: <>\nDelivered-To: retur@forening.example\nFrom: MAILER-DAEMON@mx.example (Mail Delivery System)\n\
         Subject: Undelivered Mail Returned to Sender\nAuto-Submitted: auto-replied\nContent-Type: multipart/report;\n \
         report-type=delivery-status; boundary=\"b/1\"\n\nThis is a MIME-encapsulated message.\n\n--b/1\n\nI'm sorry.\n\n\
         --b/1\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n\
         Final-Recipient: rfc822; Anna@Kommune.example\nOriginal-Recipient: rfc822;anna@kommune.example\nAction: failed\n\
         Status: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 <anna@kommune.example>:\n User unknown\n\n\
         Final-Recipient: rfc822; bo@kommune.example\nAction: delivered\nStatus: 2.0.0\n\n--b/1\n\
         Content-Type: message/rfc822\n\nMessage-ID: {MESSAGE_ID}\nTo: anna@kommune.example\n\nHej\n\n--b/1--\n"
    );
    let reports = bounce(&report);
    let [anna, bo] = reports.as_slice() else { panic!("{reports:?}") };
    assert_eq!(anna.recipient.as_ref().map(Address::as_str), Some("Anna@kommune.example"));
    assert_eq!(anna.original_recipient.as_ref().map(Address::as_str), Some("anna@kommune.example"));
    assert_eq!(anna.reason.to_string(), "550 5.1.1 <anna@kommune.example>: User unknown");
    assert_eq!((anna.action, anna.class()), (DeliveryAction::Failed, FailureClass::Hard));
    assert_eq!(anna.letter.as_ref().map(ToString::to_string).as_deref(), Some(TOKEN));
    assert_eq!((bo.action, bo.kind()), (DeliveryAction::Delivered, None));
    // The same message with other line ends, as other systems store it.
    for other in [report.replace('\n', "\r\n"), report.replace('\n', "\r"), format!("From x Thu Jan 1\n{report}")] {
        assert_eq!(bounce(&other), reports);
    }
}

/// Notices about `anna@kommune.example`: sender, subject and text.
const NOTICES: [(&str, &str, &str); 8] = [
    (
        "MAILER-DAEMON@mx.example",
        "failure notice",
        "Hi. This is the qmail-send program at mx.example.\nI'm afraid I wasn't able to deliver your message to the \
             following addresses.\nThis is a permanent error; I've given up.\n\n<anna@kommune.example>:\n192.0.2.1 does \
             not like recipient.\nRemote host said: 550 5.1.1 User unknown\n\n--- Below this line is a copy of the \
             message.\n\nTo: bo@kommune.example\n",
    ),
    (
        "Mail Delivery System <Mailer-Daemon@mx.example>",
        "Mail delivery failed: returning message to sender",
        "This message was created automatically by mail delivery software.\n\nThe following address(es) failed:\n\n  \
             anna@kommune.example\n    Unrouteable address\n\n------ This is a copy of the message. ------\nTo: \
             bo@kommune.example\n",
    ),
    (
        "Mail Delivery Subsystem <mailer-daemon@mail.example>",
        "Delivery Status Notification (Failure)",
        "Delivery to the following recipient failed permanently:\n\n     anna@kommune.example\n\nThe error that the \
             other server returned was:\n550 5.2.1 The email account that you tried to reach is disabled.\n\n----- \
             Original message -----\n\nTo: bo@kommune.example\n",
    ),
    (
        "System Administrator <postmaster@kommune.example>",
        "Undeliverable: Nyt",
        "Your message\n\n  To:      bo@kommune.example\n  Subject: Nyt\n\ndid not reach the following \
             recipient(s):\n\nc=DK;a= ;p=Kommune;dda:SMTP=anna@kommune.example; on Fri, 4 Oct 2024 17:12:28\n    The \
             recipient name is not recognized\n",
    ),
    (
        "Postmaster@kommune.example",
        "DELIVERY FAILURE: User anna (anna@kommune.example) not listed in Domino Directory",
        "Your message\n\n  Subject: Nyt\n\nwas not delivered to:\n\n  anna@kommune.example\n\nbecause:\n\n  User anna \
             (anna@kommune.example) not listed in Domino Directory\n",
    ),
    (
        "MAILER-DAEMON@gmx.example",
        "Mail delivery failed: returning message to sender",
        "A message that you sent could not be delivered to one or more of\nits recipients. The following \
             address\nfailed:\n\n\"anna@kommune.example\":\nSMTP error from remote server after RCPT command:\n5.1.1 \
             <anna@kommune.example>... User Unknown\n\n--- The header of the original message is following. ---\n",
    ),
    (
        "Mail Delivery Subsystem <MAILER-DAEMON@mx.example>",
        "Returned mail: User unknown",
        "   ----- The following addresses had permanent fatal errors -----\n<anna@kommune.example>\n\n   ----- \
             Transcript of session follows -----\n550 <anna@kommune.example>... User unknown\n\n   ----- Unsent message \
             follows -----\nTo: bo@kommune.example\n",
    ),
    (
        "MAILER-DAEMON@yahoo.example",
        "Failure Notice",
        "Sorry, we were unable to deliver your message to the following address.\n\n<anna@kommune.example>:\n554: \
             delivery error: dd This user doesn't have a kommune.example account\n\n--- Below this line is a copy of \
             the message.\n",
    ),
];

#[test]
fn the_words_of_old_mail_servers_are_read() {
    for (from, subject, text) in NOTICES {
        let reports = bounce(&notice(from, subject, text));
        let [report] = reports.as_slice() else { panic!("{subject}: {reports:?}") };
        assert_eq!(report.recipient.as_ref().map(Address::as_str), Some("anna@kommune.example"), "{subject}");
        assert_eq!((report.action, report.class()), (DeliveryAction::Failed, FailureClass::Hard), "{report:?}");
        assert!(report.letter.is_some(), "{subject}");
    }
}

#[test]
fn a_reader_unsubscribes_by_token_or_by_address() {
    let token = |message: &str| match meaning(message) {
        MessageMeaning::Leave(LeaveMail::Token(target)) => target.to_string(),
        other => panic!("{other:?}: {message}"),
    };
    for message in [
        format!("To: afmeld@forening.example\nFrom: anna@kommune.example\nSubject: leave-{TOKEN}\n\n"),
        format!(
            "To: afmeld@forening.example\nFrom: anna@kommune.example\nSubject: Re: [EXT] LEAVE-{}\n\nHej",
            TOKEN.to_uppercase()
        ),
        format!(
            "To: afmeld@forening.example\nSubject: =?utf-8?Q?leave-{}?=\n =?utf-8?q?{}?=\n\n",
            &TOKEN[..9],
            &TOKEN[9..]
        ),
        format!("To: afmeld+{TOKEN}@forening.example\nFrom: anna@kommune.example\nSubject:\n\n"),
        // As Apple Mail's unsubscribe button sends it.
        format!(
            "From: anna@kommune.example\nTo: afmeld@forening.example\nSubject: leave-{TOKEN}\nAuto-Submitted: \
             auto-replied\n\nApple Mail sent this email to unsubscribe from the message “Nyt”.\n"
        ),
    ] {
        assert_eq!(token(&message), TOKEN, "{message}");
    }
    let series = format!("To: afmeld@forening.example\nSubject: leave-{TOKEN}-os2forms\n\nSendt fra Outlook");
    assert_eq!(token(&series), format!("{TOKEN}-os2forms"));

    let anna = Address::parse("anna@kommune.example").unwrap();
    let from = "From: Anna <anna@kommune.example>\nTo: Afmeld <afmeld@forening.example>\n";
    let by_sender = MessageMeaning::Leave(LeaveMail::Sender(anna));
    assert_eq!(meaning(&format!("{from}Subject: Jeg vil ikke have mere\n\nHilsen Anna")), by_sender);
    let shared = MailContext {
        unsubscribe: UnsubscribeInbox::Shared(Address::parse("afmeld@forening.example").unwrap()),
        ..context()
    };
    let shared = |subject: &str| classify(format!("{from}Subject: {subject}\n\nHej").as_bytes(), &shared);
    assert_eq!(shared("Sv: Afmeld nyhedsbrevet!"), by_sender);
    assert_eq!(shared("Sv: Nyt fra foreningen"), MessageMeaning::Personal);
}
