//! Bounces in the words of a mail server, without the format of RFC 3464.

use std::collections::BTreeSet;

use crate::delivery::outcome::StateReason;
use crate::feedback::mail::automatic::{has_automatic_subject, is_from_daemon, is_marked, is_null_sender};
use crate::feedback::mail::bounce_phrases::{COPY_MARKS, PHRASES, SUBJECTS};
use crate::feedback::mail::delivery_report::{MAX_RECIPIENTS, reason};
use crate::feedback::mail::header::MailHeader;
use crate::feedback::mail::meaning::{DeliveryAction, MailContext, RecipientReport};
use crate::feedback::mail::own_letter::{self, RECIPIENT_FIELDS, returned_headers};
use crate::feedback::mail::parts::MailMessage;
use crate::people::person::Address;
use crate::people::person::address_matcher::addresses;

/// How many characters of a notice are read; the servers' own words are short.
const MAX_NOTICE: usize = 16 << 10;
/// How many lines after a recipient are the reason.
const REASON_LINES: usize = 8;

/// The recipients of a bounce in free text; empty: the message is not a bounce. A bounce that names no recipient has
/// one without an address.
pub(super) fn recipients(message: &MailMessage, context: &MailContext) -> Vec<RecipientReport> {
    if has_automatic_subject(&message.header) {
        return Vec::new();
    }
    let named: Vec<Address> = message.header.addresses(&["x-failed-recipients"]);
    if named.is_empty() && !is_from_mail_server(&message.header) {
        return Vec::new();
    }
    // A person's absence notice has an empty return path too (RFC 3834 §3.3), and may quote any words of the table.
    let header = &message.header;
    let is_reply = header.has("in-reply-to") && is_marked(header) && !names_mail_server(header);
    if named.is_empty() && is_reply {
        return Vec::new();
    }
    let notice = Notice::read(message);
    let is_listing = || notice.has_list() && (is_from_daemon(&message.header) || is_null_sender(&message.header));
    let Some(found) = notice.find().or_else(|| (!named.is_empty() || is_listing()).then(PhraseFound::default)) else {
        return Vec::new();
    };
    let recipients = if named.is_empty() { notice.recipients(found.line, message, context) } else { named };
    let report = |recipient: Option<Address>| RecipientReport {
        reason: notice.reason(recipient.as_ref()),
        recipient,
        original_recipient: None,
        action: found.action,
        letter: None,
    };
    if recipients.is_empty() {
        return vec![report(None)];
    }
    recipients.into_iter().take(MAX_RECIPIENTS).map(|address| report(Some(address))).collect()
}

/// Adds the words for people to reports whose fields have none: not all servers write a Diagnostic-Code.
pub(super) fn add_reasons(reports: &mut [RecipientReport], message: &MailMessage) {
    if reports.iter().all(|report| !report.reason.text().is_empty()) {
        return;
    }
    let notice = Notice::read(message);
    for report in reports.iter_mut().filter(|report| report.reason.text().is_empty()) {
        let named = report.recipient.as_ref().or(report.original_recipient.as_ref());
        let in_notice = notice.reason(named);
        let status = report.reason.status().or(in_notice.status());
        report.reason =
            StateReason::stored(report.reason.code().or(in_notice.code()), status, in_notice.text().to_owned());
    }
}

/// A phrase of the table in a notice.
struct PhraseFound {
    /// What it reports.
    action: DeliveryAction,
    /// At most two lines before the line that it begins in.
    line: usize,
}

impl Default for PhraseFound {
    fn default() -> Self {
        Self { action: DeliveryAction::Failed, line: 0 }
    }
}

/// Whether the sender or the subject is that of a mail server. Both can be forged; in the end the report counts only if
/// it names a letter that was sent.
pub(super) fn is_from_mail_server(header: &MailHeader) -> bool {
    names_mail_server(header) || is_null_sender(header)
}

/// Whether the sender, the subject or the kind of message is that of a mail server.
fn names_mail_server(header: &MailHeader) -> bool {
    let from = header.addresses(&["from", "sender"]);
    let is_postmaster = from.iter().any(|address| {
        let local = address.local().to_ascii_lowercase();
        ["postmaster", "post_master", "mailer", "daemon", "mailsystem", "mail.delivery"]
            .iter()
            .any(|name| local.contains(name))
    });
    let subject = header.subject().to_lowercase();
    // Gateways put a mark before the subject: `[External] Undeliverable: …`.
    let subject = subject.trim_start().trim_start_matches(|sign: char| !sign.is_alphanumeric() && sign != '[');
    let subject =
        subject.strip_prefix('[').and_then(|rest| rest.split_once(']')).map_or(subject, |(_, rest)| rest.trim_start());
    let report_type = header.type_parameter("report-type").unwrap_or_default();
    let is_report = report_type.eq_ignore_ascii_case("delivery-status") || subject.contains("(delivery failed)");
    is_report || is_postmaster || is_from_daemon(header) || SUBJECTS.iter().any(|start| subject.starts_with(start))
}

/// A mail server's own words: the text without the copy of the returned letter.
struct Notice {
    lines: Vec<String>,
    /// In lower case, with one blank between words.
    words: String,
    /// The header of the returned letter, where its copy is in the text.
    copy: MailHeader,
}

impl Notice {
    fn read(message: &MailMessage) -> Self {
        let text = message.text();
        let end = text.char_indices().nth(MAX_NOTICE).map_or(text.len(), |(end, _)| end);
        let is_copy = |line: &str| {
            let line = line.to_lowercase();
            COPY_MARKS.iter().any(|mark| line.contains(mark))
        };
        let mut has_words = false;
        let own = text[..end].lines().take_while(|line| {
            // A mark in the first line is a title: `Message from …, original message follows`.
            let ends = has_words && is_copy(line);
            has_words |= line.contains('@') || line.len() > 20;
            !ends
        });
        // Exchange writes `c=DK;dda:SMTP=anna@kommune.example;`.
        let lines: Vec<String> = own.map(|line| line.replace("SMTP=", "SMTP:")).collect();
        let words = normalized(&lines.join(" "));
        let copy = text[..end]
            .lines()
            .skip(lines.len())
            .skip_while(|line| !line.contains(':'))
            .take_while(|line| !line.is_empty());
        let copy = MailHeader::parse(&copy.collect::<Vec<_>>().join("\n"));
        Self { lines, words, copy }
    }

    /// The first phrase of the table in it; `None`: it has none.
    fn find(&self) -> Option<PhraseFound> {
        let known = PHRASES.iter().find(|known| self.words.contains(known.phrase))?;
        let is_here = |from: usize| {
            let lines = self.lines.iter().skip(from).take(3).flat_map(|line| line.split_whitespace());
            normalized(&lines.collect::<Vec<_>>().join(" ")).contains(known.phrase)
        };
        Some(PhraseFound { action: known.action, line: (0..self.lines.len()).find(|from| is_here(*from)).unwrap_or(0) })
    }

    /// Whether it lists recipients as `<anna@a.example>:`, as qmail and its relatives do.
    fn has_list(&self) -> bool {
        self.lines.iter().any(|line| line.starts_with('<') && line.trim_end().ends_with(">:"))
    }

    /// The recipients: that of the returned letter if it is ours and the notice names it; otherwise the addresses at the beginning of lines,
    /// as most servers list them; otherwise all addresses except those of the notice's sender and receiver; otherwise
    /// that of the returned letter anyway.
    fn recipients(&self, from: usize, message: &MailMessage, context: &MailContext) -> Vec<Address> {
        let others: BTreeSet<String> = message
            .header
            .addresses(&[&["from", "sender"], RECIPIENT_FIELDS.as_slice()].concat())
            .iter()
            .map(Address::key)
            .collect();
        let is_recipient = |address: &Address| {
            let local = address.local().to_ascii_lowercase();
            !others.contains(&address.key()) && !["postmaster", "mailer-daemon", "abuse"].contains(&local.as_str())
        };
        let headers: Vec<MailHeader> = returned_headers(message).chain([self.copy.clone()]).collect();
        let ours = headers.iter().find(|header| own_letter::of_header(header, context).is_some());
        let sent_to = ours.map(|header| header.addresses(&["to"])).unwrap_or_default();
        let named: BTreeSet<String> =
            self.lines.iter().flat_map(|line| addresses(line)).map(|named| named.key()).collect();
        if sent_to.iter().any(|address| named.contains(&address.key())) {
            return sent_to;
        }
        for lines in [&self.lines[from..], &self.lines[..from]] {
            let listed = distinct(lines.iter().filter_map(|line| listed_address(line)).filter(is_recipient));
            if !listed.is_empty() {
                return listed;
            }
            let anywhere = distinct(lines.iter().flat_map(|line| addresses(line)).filter(is_recipient));
            if !anywhere.is_empty() {
                return anywhere;
            }
        }
        distinct(headers.iter().flat_map(|header| header.addresses(&["to"])).take(1))
    }

    /// The server's words about a recipient; about all of them, if none is given.
    fn reason(&self, recipient: Option<&Address>) -> StateReason {
        let key = recipient.map(Address::key);
        let at = key.and_then(|key| self.lines.iter().position(|line| line.to_lowercase().contains(&key)));
        let text = |from: usize, count: usize| {
            let lines = self.lines.iter().skip(from).take(count).map(|line| line.trim());
            lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
        };
        let near = reason(&text(at.unwrap_or(0), REASON_LINES), None);
        if near.code().is_some() || near.status().is_some() {
            return near;
        }
        // Sendmail has the codes in a transcript below the list, qmail's imitators above it.
        let whole = reason(&text(0, usize::MAX), None);
        StateReason::stored(whole.code(), whole.status(), near.text().to_owned())
    }
}

/// The address that a line of a list begins with: `<anna@a.example>:`, `* anna@a.example (reason)`.
fn listed_address(line: &str) -> Option<Address> {
    let line = line.trim().trim_start_matches(['*', '-', '>', '•', ' ', '\t']);
    let first = line.split_whitespace().next().filter(|word| word.contains('@'))?;
    addresses(first).next()
}

/// In lower case, with one blank between words and straight apostrophes.
fn normalized(text: &str) -> String {
    let text = text.to_lowercase().replace('\u{2019}', "'");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn distinct(addresses: impl Iterator<Item = Address>) -> Vec<Address> {
    let mut seen = BTreeSet::new();
    addresses.filter(|address| seen.insert(address.key())).collect()
}
