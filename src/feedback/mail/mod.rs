//! Classifies received messages: a reader unsubscribes, a mail server reports a failure, a provider passes on a
//! complaint, a program answers, or a person writes.
//!
//! Everything here is a pure function of the message's bytes; nothing is verified yet. The effect of a report is
//! decided where the ledger is known.

mod automatic;
mod bounce_phrases;
mod complaint;
mod delivery_report;
mod free_text;
mod header;
#[cfg(test)]
mod hostile_tests;
mod leave_mail;
pub mod meaning;
mod own_letter;
pub mod parts;
#[cfg(test)]
mod tests;

use crate::feedback::mail::meaning::{LeaveMail, MailContext, MessageMeaning, RecipientReport};
use crate::feedback::mail::parts::MailMessage;

/// Classifies a message. It never fails: what cannot be parsed counts as a person's mail.
///
/// Of a header, 256 KiB are read, of a body 1 MiB ([`parts::MAX_HEADER`], [`parts::MAX_BODY`]).
pub fn classify(bytes: &[u8], context: &MailContext) -> MessageMeaning {
    let message = MailMessage::parse(bytes);
    let reported = bounce(&message, context);
    if !reported.is_empty() {
        return MessageMeaning::Bounce(reported);
    }
    if let Some(meaning) = complaint::meaning(&message, context) {
        return meaning;
    }
    // Apple Mail marks the mails that its unsubscribe button sends as automatic answers.
    if let Some(target) = leave_mail::exact_target(&message.header) {
        return MessageMeaning::Leave(LeaveMail::Token(target));
    }
    if automatic::is_answer(&message) {
        return MessageMeaning::Automatic;
    }
    if automatic::is_from_program(&message.header) {
        return MessageMeaning::Personal;
    }
    leave_mail::wish(&message.header, context).map_or(MessageMeaning::Personal, MessageMeaning::Leave)
}

/// The recipients of a bounce, with the letter that it is about; empty: the message is not a bounce.
fn bounce(message: &MailMessage, context: &MailContext) -> Vec<RecipientReport> {
    let mut reported = delivery_report::recipients(message);
    if reported.is_empty() {
        reported = free_text::recipients(message, context);
    }
    // A gateway may wrap the report that it passes on in another message.
    if reported.is_empty() && free_text::is_from_mail_server(&message.header) {
        let inner = message.of_type(&["message/rfc822"]).next().map(|part| MailMessage::parse(part.text.as_bytes()));
        reported = inner.map(|inner| delivery_report::recipients(&inner)).unwrap_or_default();
    }
    free_text::add_reasons(&mut reported, message);
    let letter = own_letter::of_report(message, context);
    for report in &mut reported {
        report.letter.clone_from(&letter);
    }
    reported
}
