//! Complaints of recipients, passed on by mailbox providers (RFC 5965), and Microsoft's older form without a report.

use crate::feedback::mail::header::MailHeader;
use crate::feedback::mail::meaning::{ComplaintReport, MailContext, MessageMeaning};
use crate::feedback::mail::own_letter;
use crate::feedback::mail::parts::MailMessage;

/// Kinds of feedback that are a recipient's complaint (RFC 5965 §7.3); `opt-out` was one in its drafts. The others are
/// measurements (`auth-failure` of RFC 6591, `dmarc`) or the opposite (`not-spam` of RFC 6430).
const COMPLAINTS: [&str; 5] = ["abuse", "fraud", "opt-out", "miscategorized", "complaint"];

/// What a feedback report means; `None`: it is not one.
pub(super) fn meaning(message: &MailMessage, context: &MailContext) -> Option<MessageMeaning> {
    let fields = report_fields(message)?;
    let feedback_type = fields.first("feedback-type").unwrap_or_default().to_ascii_lowercase();
    if !COMPLAINTS.contains(&feedback_type.as_str()) {
        return Some(MessageMeaning::Automatic);
    }
    let recipient = fields.addresses(&["original-rcpt-to", "removal-recipient"]).into_iter().next();
    let returned = || {
        let fields = ["x-hmxmroriginalrecipient", "to"];
        own_letter::returned_headers(message).find_map(|header| header.addresses(&fields).into_iter().next())
    };
    let by_sender = || fields.first("original-mail-from").and_then(|value| own_letter::in_text(value, context));
    Some(MessageMeaning::Complaint(ComplaintReport {
        recipient: recipient.or_else(returned),
        letter: own_letter::of_report(message, context).or_else(by_sender),
        feedback_type,
    }))
}

/// The fields of the report.
fn report_fields(message: &MailMessage) -> Option<MailHeader> {
    if let Some(part) = message.of_type(&["message/feedback-report"]).next() {
        return Some(MailHeader::parse(&part.text));
    }
    // Hotmail's Junk Mail Reporting Program sends the letter in a message without a report.
    let is_hotmail = message.header.subject().to_ascii_lowercase().starts_with("complaint about message from ")
        && own_letter::returned_headers(message).any(|header| header.has("x-hmxmroriginalrecipient"));
    is_hotmail.then(|| MailHeader::parse("Feedback-Type: complaint"))
}
