//! Finds the program's letter that a message is about.

use crate::delivery::ledger::feedback::LetterToken;
use crate::feedback::mail::header::MailHeader;
use crate::feedback::mail::meaning::MailContext;
use crate::feedback::mail::parts::MailMessage;

/// Fields with the address that a message was delivered to: with its token, even where `To` has a name or a list.
pub(super) const RECIPIENT_FIELDS: [&str; 7] =
    ["delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to", "to", "cc"];

/// Fields of a letter with its envelope sender.
const SENDER_FIELDS: [&str; 5] = ["return-path", "x-envelope-from", "x-env-sender", "envelope-from", "sender"];

/// Fields with Message-IDs of letters that a message is about.
const REFERENCE_FIELDS: [&str; 3] = ["x-original-message-id", "in-reply-to", "references"];

/// Media types of a returned letter, whole or its header alone (RFC 3462 §2, RFC 6533 §3).
pub(super) const RETURNED: [&str; 5] =
    ["message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers", "message/global-headers"];

/// The letter that a report is about: by the address that the report was sent to, which only the receiver of the letter
/// knows; otherwise by the letter that it returns; otherwise by a Message-ID in its text.
pub(super) fn of_report(message: &MailMessage, context: &MailContext) -> Option<LetterToken> {
    let returned = || returned_headers(message).find_map(|header| of_header(&header, context));
    let referred =
        || REFERENCE_FIELDS.iter().flat_map(|name| message.header.all(name)).find_map(|value| in_text(value, context));
    let quoted = || {
        message
            .parts
            .iter()
            .filter(|part| !RETURNED.contains(&part.media_type.as_str()))
            .find_map(|part| in_text(&part.text, context))
    };
    of_recipient(&message.header, context).or_else(returned).or_else(referred).or_else(quoted)
}

/// The headers of returned letters.
pub(super) fn returned_headers(message: &MailMessage) -> impl Iterator<Item = MailHeader> {
    message.of_type(&RETURNED).map(|part| {
        let text = part.text.trim_start_matches('\n');
        let end = text.find("\n\n").unwrap_or(text.len());
        MailHeader::parse(&text[..end])
    })
}

/// The letter by the address that a report was sent to (VERP).
fn of_recipient(header: &MailHeader, context: &MailContext) -> Option<LetterToken> {
    header.addresses(&RECIPIENT_FIELDS).iter().find_map(|address| token_of(address.as_str(), context))
}

/// The letter by its own header.
pub(super) fn of_header(header: &MailHeader, context: &MailContext) -> Option<LetterToken> {
    let by_id = header.all("message-id").find_map(|value| in_text(value, context));
    by_id.or_else(|| header.addresses(&SENDER_FIELDS).iter().find_map(|address| token_of(address.as_str(), context)))
}

/// The letter by an envelope sender with its token.
pub(super) fn token_of(address: &str, context: &MailContext) -> Option<LetterToken> {
    context.return_path.token(address).and_then(LetterToken::parse)
}

/// The letter by the first Message-ID or envelope sender of a letter in a text.
pub(super) fn in_text(text: &str, context: &MailContext) -> Option<LetterToken> {
    let words = text.split(|letter: char| letter.is_whitespace() || "<>\"'()[],;:".contains(letter));
    words.filter(|word| word.contains('@')).find_map(|word| {
        let (_, domain) = word.rsplit_once('@')?;
        let is_ours = context.message_id_domains.iter().any(|ours| domain.eq_ignore_ascii_case(ours));
        let by_id = is_ours.then(|| LetterToken::of_message_id(word)).flatten();
        by_id.or_else(|| token_of(word, context))
    })
}
