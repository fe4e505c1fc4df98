//! Reports of mail servers in their own format (RFC 3464), including reports that break its rules.

use crate::delivery::outcome::{EnhancedStatus, StateReason, printable};
use crate::feedback::mail::header::MailHeader;
use crate::feedback::mail::meaning::{DeliveryAction, RecipientReport};
use crate::feedback::mail::parts::MailMessage;
use crate::people::person::Address;
use crate::people::person::address_matcher::addresses;

/// The part with the report (RFC 3464 §2.1, RFC 6533 §4).
const REPORT_TYPES: [&str; 2] = ["message/delivery-status", "message/global-delivery-status"];

/// How many recipients of a report are read; the program's letters have one each.
pub(super) const MAX_RECIPIENTS: usize = 100;

/// The recipients of a report; empty: the message has none.
pub(super) fn recipients(message: &MailMessage) -> Vec<RecipientReport> {
    let structured: Vec<_> =
        message.of_type(&REPORT_TYPES).flat_map(|part| read_groups(&part.text)).take(MAX_RECIPIENTS).collect();
    if !structured.is_empty() {
        return structured;
    }
    // Some gateways turn the report into plain text, or into an attachment without its type.
    let texts = message.parts.iter().filter(|part| part.is_text() && has_fields(&part.text));
    texts.flat_map(|part| read_groups(&part.text)).collect()
}

/// Whether a text has the fields that a report must have (RFC 3464 §2.3), at the beginning of lines.
fn has_fields(text: &str) -> bool {
    let begins = |name: &str| {
        text.lines().any(|line| line.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)))
    };
    begins("action:") && begins("status:") && (begins("final-recipient:") || begins("original-recipient:"))
}

/// Reads the groups of fields, one for each recipient; the first is about the message.
fn read_groups(text: &str) -> Vec<RecipientReport> {
    groups(text).iter().filter_map(read_recipient).take(MAX_RECIPIENTS).collect()
}

/// Splits at empty lines; and where a second recipient begins without one.
fn groups(text: &str) -> Vec<MailHeader> {
    let mut groups = Vec::new();
    let mut lines = String::new();
    let mut has_recipient = false;
    for line in text.lines() {
        let starts_recipient = line.get(..16).is_some_and(|start| start.eq_ignore_ascii_case("final-recipient:"));
        if line.trim().is_empty() || starts_recipient && has_recipient {
            groups.push(MailHeader::parse(&lines));
            lines.clear();
            has_recipient = false;
        }
        has_recipient |= starts_recipient;
        lines.push_str(line);
        lines.push('\n');
    }
    groups.push(MailHeader::parse(&lines));
    groups
}

/// One recipient; `None` for a group about the whole message.
fn read_recipient(fields: &MailHeader) -> Option<RecipientReport> {
    let recipient = fields.first("final-recipient").and_then(typed_address);
    let original_recipient = fields.first("original-recipient").and_then(typed_address);
    let is_recipient = fields.has("final-recipient") || fields.has("original-recipient") || fields.has("action");
    if !is_recipient {
        return None;
    }
    let written = fields.first("status").and_then(status_in);
    let action = fields.first("action").and_then(action_of).or_else(|| action_by_status(written));
    let diagnostic = fields
        .first("diagnostic-code")
        .map(|value| value.split_once(';').map_or(value, |(_, text)| text.trim()))
        .unwrap_or_default();
    Some(RecipientReport {
        recipient: recipient.or_else(|| fields.first("x-actual-recipient").and_then(typed_address)),
        original_recipient,
        action: action.unwrap_or(DeliveryAction::Failed),
        reason: reason(diagnostic, written),
        letter: None,
    })
}

/// `rfc822; anna@kommune.example`, with or without the type, brackets and comments.
fn typed_address(value: &str) -> Option<Address> {
    let address = value.split_once(';').map_or(value, |(_, address)| address);
    addresses(address).next()
}

fn action_of(value: &str) -> Option<DeliveryAction> {
    // Some servers write a comment after it: `failed (all relays)`.
    let word: String = value.trim().chars().take_while(char::is_ascii_alphabetic).collect();
    match word.to_ascii_lowercase().as_str() {
        "failed" | "failure" | "fail" | "expired" => Some(DeliveryAction::Failed),
        "delayed" | "deferred" => Some(DeliveryAction::Delayed),
        "delivered" => Some(DeliveryAction::Delivered),
        "relayed" => Some(DeliveryAction::Relayed),
        "expanded" => Some(DeliveryAction::Expanded),
        _ => None,
    }
}

/// What happened, where the report has no valid action.
fn action_by_status(status: Option<EnhancedStatus>) -> Option<DeliveryAction> {
    status.map(|status| if status.class == 2 { DeliveryAction::Delivered } else { DeliveryAction::Failed })
}

/// A mail server's words with the code and the enhanced status in them. The status of the words is more exact than a
/// generic one of the report (`5.0.0`).
pub(super) fn reason(text: &str, written: Option<EnhancedStatus>) -> StateReason {
    let (code, in_text) = codes_in(text);
    let is_generic = |status: EnhancedStatus| status.subject == 0 || status.detail == 0;
    let status = match (written, in_text) {
        (Some(written), Some(exact)) if is_generic(written) => Some(exact),
        (None, exact) => exact,
        (written, _) => written,
    };
    StateReason::stored(code, status, printable(without_codes(text.trim(), code, status)))
}

/// The text after the code and the status that it begins with, which are kept apart from it.
fn without_codes(text: &str, code: Option<u16>, status: Option<EnhancedStatus>) -> &str {
    let code = code.map(|code| code.to_string());
    let rest = code.and_then(|code| text.strip_prefix(&code)).filter(|rest| rest.starts_with([' ', '-']));
    let text = rest.map_or(text, |rest| rest[1..].trim_start());
    let status = status.map(|status| status.to_string());
    let rest =
        status.and_then(|status| text.strip_prefix(&status)).filter(|rest| rest.is_empty() || rest.starts_with(' '));
    rest.map_or(text, str::trim_start)
}

/// The first reply code and the first enhanced status in a text, such as `550 5.1.1` in `host mx said: 550 5.1.1 no`.
fn codes_in(text: &str) -> (Option<u16>, Option<EnhancedStatus>) {
    let mut code = None;
    let mut status = None;
    for word in text.split(|letter: char| letter.is_whitespace() || "()<>[],;:=".contains(letter)) {
        // `550-5.1.1` begins a reply of several lines.
        let (first, rest) = word.split_once('-').unwrap_or((word, ""));
        if code.is_none() && first.len() == 3 && first.starts_with(['4', '5']) {
            code = first.parse().ok();
        }
        for part in [first.trim_start_matches('#'), rest] {
            status = status.or_else(|| EnhancedStatus::parse(part.trim_end_matches('.')));
        }
    }
    (code, status.filter(|status| status.class != 2))
}

/// The enhanced status at the start of a field, whatever follows it: `5.1.1 (bad destination)`.
fn status_in(value: &str) -> Option<EnhancedStatus> {
    value.split(|letter: char| letter.is_whitespace() || "(;,".contains(letter)).find_map(EnhancedStatus::parse)
}
