//! One message for each meaning, and for each mail server whose words are known.

use crate::delivery::ledger::feedback::{FailureClass, ReportKind};
use crate::feedback::mail::classify;
use crate::feedback::mail::meaning::{
    DeliveryAction, LeaveMail, MailContext, MessageMeaning, RecipientReport, UnsubscribeInbox,
};
use crate::letter::return_path::ReturnPath;
use crate::people::person::Address;

pub(super) const TOKEN: &str = "0123456789abcdef01234567";
const MESSAGE_ID: &str = "<0123456789abcdef0123456789abcdef01234567@forening.example>";

pub(super) fn context() -> MailContext {
    MailContext {
        return_path: ReturnPath::parse("retur+{token}@forening.example").unwrap(),
        unsubscribe: UnsubscribeInbox::Dedicated(Address::parse("afmeld@forening.example").unwrap()),
        message_id_domains: vec!["forening.example".to_owned()],
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

#[test]
fn an_automatic_answer_is_neither_a_bounce_nor_a_wish() {
    let to = "From: Anna <anna@kommune.example>\nTo: afmeld@forening.example\n";
    for answer in [
        "Subject: Autosvar: Nyt fra foreningen\n\nJeg er på ferie til den 3. august.",
        "Subject: Automatisk svar: Nyt\n\nTak for din mail. Min postkasse er fuld: mailbox full.",
        "Subject: =?iso-8859-1?Q?Ikke_til_stede:_Nyt?=\n\nJeg er tilbage mandag.",
        "Subject: Fraværsbesked\n\nJeg er ikke længere ansat. Skriv til bo@kommune.example.",
        "Subject: Out of Office: Nyt\nReturn-Path: <>\n\nYour message could not be delivered to me, I am away.",
        "Subject: Re: Nyt\nAuto-Submitted: auto-replied (vacation)\n\nI am away.",
        "Subject: Jeg er på barsel\nReturn-Path: <>\nAuto-Submitted: auto-replied\nIn-Reply-To: <a@b.example>\n\n\
         Your message could not be delivered to me: this address does not accept mail.",
        "Subject: Automatische Antwort: Nyt\nX-Auto-Response-Suppress: All\n\nIch bin im Urlaub.",
        "Subject: Frånvaro: Nyt\n\nJag är borta.",
        "Subject: Fravær: Nyt\nPrecedence: bulk\n\nJeg er borte.",
        "Subject: Sv: Nyt\nX-Autoreply: yes\n\nJeg er væk.",
        "Subject: Ticket #4711: vi har modtaget din henvendelse\nIn-Reply-To: <a@b.example>\n\nTak.",
        "Subject: [Support] We received your mail\n\nThis message was created automatically by mail delivery software.",
        "Subject: Læst: Nyt\nContent-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n--b\n\n\
         Din meddelelse blev læst.\n\n--b\nContent-Type: message/disposition-notification\n\nFinal-Recipient: \
         rfc822;anna@kommune.example\nDisposition: manual-action/MDN-sent-manually; displayed\n\n--b--",
    ] {
        assert_eq!(meaning(&format!("{to}{answer}\n")), MessageMeaning::Automatic, "{answer}");
    }
    let with_original = format!(
        "{to}Subject: Autosvar: Nyt\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nJeg er på ferie.\n--b\n\
         Content-Type: message/rfc822\n\nMessage-ID: {MESSAGE_ID}\nSubject: Nyt\n\nHej\n--b--\n"
    );
    assert_eq!(meaning(&with_original), MessageMeaning::Automatic);
}

#[test]
fn what_has_no_other_meaning_is_for_a_person() {
    for message in [
        "To: kontakt@forening.example\nFrom: anna@kommune.example\nSubject: Kontingent\n\nHej, hvornår skal vi betale?",
        // A person passes a bounce on, in the text or as a message.
        "To: kontakt@forening.example\nFrom: anna@kommune.example\nSubject: Fwd: Undelivered Mail Returned to Sender\n\n\
         Hvad er det?\n> This is the mail system at host mx.example.\n> <bo@kommune.example>: User unknown",
        "To: kontakt@forening.example\nFrom: anna@kommune.example\nSubject: Fwd: Undeliverable\nContent-Type: \
         multipart/mixed; boundary=b\n\n--b\n\nSe her.\n--b\nContent-Type: message/rfc822\n\nContent-Type: \
         multipart/report; report-type=delivery-status; boundary=c\n\n--c\nContent-Type: message/delivery-status\n\n\
         Final-Recipient: rfc822; bo@kommune.example\nAction: failed\nStatus: 5.1.1\n\n--c--\n--b--",
        // The unsubscribe address is another name of the mailbox.
        "Delivered-To: afmeld@forening.example\nTo: kontakt@forening.example\nFrom: anna@kommune.example\nSubject: \
         Mødet\n\nHej",
        "To: afmeld@forening.example\nFrom: liste@andre.example\nPrecedence: list\nSubject: Afmeld\n\nNyt fra os.",
        // The link of a test letter.
        "To: afmeld@forening.example\nFrom: anna@kommune.example\nSubject: test\n\n",
    ] {
        assert_eq!(meaning(&format!("{message}\n")), MessageMeaning::Personal, "{message}");
    }
}

#[test]
fn a_complaint_has_its_letter() {
    let report = |feedback_type: &str, returned: &str| {
        format!(
            "From: fbl@provider.example\nTo: abuse@forening.example\nSubject: FW: Nyt\nContent-Type: multipart/report; \
             report-type=feedback-report; boundary=b\n\n--b\n\nThis is an email abuse report.\n--b\nContent-Type: \
             message/feedback-report\n\nFeedback-Type: {feedback_type}\nUser-Agent: Fbl/1.0\nVersion: 1\n\
             Original-Rcpt-To: <anna@kommune.example>\nOriginal-Mail-From: <retur+{TOKEN}@forening.example>\n\n--b\n\
             Content-Type: message/rfc822\n\n{returned}\n\nHej\n--b--\n"
        )
    };
    for returned in [format!("Message-ID: {MESSAGE_ID}"), "Subject: redacted".to_owned()] {
        let MessageMeaning::Complaint(complaint) = meaning(&report("abuse", &returned)) else { panic!("{returned}") };
        assert_eq!(complaint.letter.map(|letter| letter.to_string()).as_deref(), Some(TOKEN));
        assert_eq!(complaint.recipient.as_ref().map(Address::as_str), Some("anna@kommune.example"));
    }
    for measurement in ["not-spam", "auth-failure"] {
        assert_eq!(meaning(&report(measurement, "Subject: Nyt")), MessageMeaning::Automatic, "{measurement}");
    }
    let hotmail = format!(
        "From: staff@hotmail.example\nTo: abuse@forening.example\nSubject: complaint about message from 192.0.2.1\n\
         Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n\nX-HmXmrOriginalRecipient: \
         anna@kommune.example\nMessage-ID: {MESSAGE_ID}\n\nHej\n--b--\n"
    );
    let MessageMeaning::Complaint(complaint) = meaning(&hotmail) else { panic!("{hotmail}") };
    assert_eq!(complaint.recipient.as_ref().map(Address::as_str), Some("anna@kommune.example"));
    assert!(complaint.letter.is_some());
}

#[test]
fn a_report_that_breaks_the_rules_is_read_all_the_same() {
    let fields = "Final-Recipient: rfc822;anna@kommune.example\nAction: failed (all relays)\nStatus: 5.0.0 (generic)\n\
                  Diagnostic-Code: smtp;552 5.2.2 Mailbox full\n";
    let part = format!("--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns;mx.example\n\n{fields}");
    for body in [
        format!("Content-Type: multipart/report; boundary=b\n\n{part}"),
        format!("Content-Type: multipart/report; boundary=\"not in it\"\n\n{part}--b--\n"),
        format!("Content-Type: text/plain\n\nReporting-MTA: dns;mx.example\n\n{fields}"),
        // A gateway put the report into another message.
        format!(
            "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: message/rfc822\n\nContent-Type: \
             multipart/report; boundary=b\n\n{part}--b--\n--a--\n"
        ),
    ] {
        let reports = bounce(&format!("Return-Path: <>\nTo: RETUR+{}@Forening.example\n{body}", TOKEN.to_uppercase()));
        let [report] = reports.as_slice() else { panic!("{body}: {reports:?}") };
        assert_eq!(report.reason.to_string(), "552 5.2.2 Mailbox full", "{body}");
        assert_eq!(report.class(), FailureClass::Soft);
        assert_eq!(report.letter.as_ref().map(ToString::to_string).as_deref(), Some(TOKEN));
    }
}

#[test]
fn a_report_that_proves_nothing_has_no_letter() {
    // A bounce of a bounce returns the report of another letter, not ours; the others know no token of ours.
    let report = |to: &str, returned: &str| {
        format!(
            "Return-Path: <>\nTo: {to}\nContent-Type: multipart/report; boundary=b\n\n--b\nContent-Type: \
             message/delivery-status\n\nFinal-Recipient: rfc822; anna@kommune.example\nAction: failed\nStatus: \
             5.1.1\n\n--b\nContent-Type: message/rfc822\n\n{returned}\n--b--\n"
        )
    };
    for (to, returned) in [
        ("retur@forening.example", "Subject: Nyt\n\nHej"),
        ("retur+0123@forening.example", "Message-ID: <1@forening.example>\n\n"),
        (
            "retur+0123456789abcdef01234567@andre.example",
            "Message-ID: <0123456789abcdef0123456789abcdef01234567@andre.example>\n\n",
        ),
        (
            "retur@forening.example",
            "Subject: Undelivered\n\nMessage-ID: <0123456789abcdef0123456789abcdef01234567@forening.example>",
        ),
    ] {
        let reports = bounce(&report(to, returned));
        assert!(matches!(reports.as_slice(), [report] if report.letter.is_none()), "{to} {returned} {reports:?}");
    }
}

/// A notice may name other addresses before the recipient's; our letter has one recipient.
#[test]
fn the_recipient_is_that_of_our_letter_where_the_notice_names_it() {
    let text = format!(
        "This message was created automatically by mail delivery software.\n\nhelp@kommune.example can tell you more.\n\n\
         Not delivered: anna@kommune.example\n\n--- This is a copy of the message.\n\nTo: Anna <anna@kommune.example>\n\
         Message-ID: {MESSAGE_ID}\n\nHej"
    );
    let reports = bounce(&format!("To: retur@forening.example\nFrom: MAILER-DAEMON@kommune.example\n\n{text}"));
    let [report] = reports.as_slice() else { panic!("{reports:?}") };
    assert_eq!(report.recipient.as_ref().map(Address::as_str), Some("anna@kommune.example"));
    assert!(report.letter.is_some());
}

#[test]
fn a_warning_is_not_a_failure() {
    let text = "This is a warning message only.\n\nYour message has not yet been delivered to:\n  anna@kommune.example\n\n451 \
                4.7.1 Greylisted\n\nNo action is required on your part.";
    let reports = bounce(&notice("Mailer-Daemon@mx.example", "Warning: message delayed 24 hours", text));
    let [report] = reports.as_slice() else { panic!("{reports:?}") };
    assert_eq!(report.kind(), Some(ReportKind::Delayed));
    assert_eq!(report.reason.code(), Some(451));
}
