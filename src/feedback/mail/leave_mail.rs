//! Mails with which readers unsubscribe.

use crate::feedback::mail::header::MailHeader;
use crate::feedback::mail::meaning::{LeaveMail, MailContext, UnsubscribeInbox};
use crate::feedback::mail::own_letter::RECIPIENT_FIELDS;
use crate::letter::unsubscribe_token::LeaveTarget;
use crate::people::person::Address;

/// Subjects with which readers unsubscribe, in lower case: the whole subject, without marks of answers and signs.
const SUBJECTS: [&str; 37] = [
    "unsubscribe",
    "unsubscribe me",
    "please unsubscribe",
    "please unsubscribe me",
    "opt out",
    "opt-out",
    "remove",
    "remove me",
    "stop",
    "leave",
    "sign off",
    "afmeld",
    "afmelding",
    "afmeld mig",
    "afmeld nyhedsbrev",
    "afmeld nyhedsbrevet",
    "afmeld mig nyhedsbrevet",
    "afmelding af nyhedsbrev",
    "afmelding af nyhedsbrevet",
    "afmelding nyhedsbrev",
    "frameld",
    "framelding",
    "frameld mig",
    "frameld nyhedsbrev",
    "frameld nyhedsbrevet",
    "slet mig",
    "meld mig fra",
    "meld meg av",
    "avmeld",
    "avmelding",
    "avregistrera",
    "avsluta",
    "avprenumerera",
    "abmelden",
    "abmeldung",
    "abbestellen",
    "austragen",
];

/// The request to unsubscribe in a mail that is not an automatic answer; `None`: it has none.
pub(super) fn wish(header: &MailHeader, context: &MailContext) -> Option<LeaveMail> {
    let recipients = header.addresses(&RECIPIENT_FIELDS);
    let inbox = context.unsubscribe.address();
    let in_recipient = recipients.iter().find_map(|address| tagged_target(address, inbox));
    if let Some(target) = in_recipient.or_else(|| target_in(&header.subject())) {
        return Some(LeaveMail::Token(target));
    }
    // The links of a test letter have this subject: trying them must not unsubscribe.
    if header.subject().trim().eq_ignore_ascii_case("test") {
        return None;
    }
    let sender = header.addresses(&["from"]).into_iter().next()?;
    // Only fields that the sender wrote are read: `Delivered-To` is the mailbox, which may have other addresses as
    // well.
    let is_addressed = header.addresses(&["to", "cc"]).iter().any(|address| is_at(address, inbox));
    let is_wish = match context.unsubscribe {
        UnsubscribeInbox::Dedicated(_) => is_addressed,
        UnsubscribeInbox::Shared(_) => is_addressed && is_wish(&header.subject()),
    };
    is_wish.then_some(LeaveMail::Sender(sender))
}

/// The token of a subject that is exactly `leave-TOKEN`. An automatic answer to a letter has a different subject.
pub(super) fn exact_target(header: &MailHeader) -> Option<LeaveTarget> {
    let subject = header.subject();
    let begins = subject.trim_start().get(..6).is_some_and(|start| start.eq_ignore_ascii_case("leave-"));
    begins.then(|| LeaveTarget::parse(&subject)).flatten()
}

/// The token of `afmeld+TOKEN@forening.example`, where the address to unsubscribe is `afmeld@forening.example`.
fn tagged_target(address: &Address, inbox: &Address) -> Option<LeaveTarget> {
    let tag = address.local().split_once('+').filter(|(local, _)| is_same_local(local, inbox)).map(|(_, tag)| tag)?;
    (address.domain() == inbox.domain()).then(|| LeaveTarget::parse(tag)).flatten()
}

/// Whether mail to the address arrives at the inbox: it is the same but for a tag after a `+` (RFC 5233).
fn is_at(address: &Address, inbox: &Address) -> bool {
    let local = address.local().split_once('+').map_or(address.local(), |(local, _)| local);
    address.key() == inbox.key() || address.domain() == inbox.domain() && is_same_local(local, inbox)
}

fn is_same_local(local: &str, inbox: &Address) -> bool {
    local.eq_ignore_ascii_case(inbox.local())
}

/// The token after `leave-` anywhere in a subject: mail programs and filters put `Re:` or a mark before it, and Outlook's
/// users write after it.
fn target_in(subject: &str) -> Option<LeaveTarget> {
    let lower = subject.to_ascii_lowercase();
    let starts = lower.match_indices("leave-").map(|(at, _)| at);
    starts
        .filter_map(|at| {
            subject[at..].split(|letter: char| letter.is_whitespace() || "<>\"'()[],;".contains(letter)).next()
        })
        .find_map(LeaveTarget::parse)
}

/// Whether a subject says that the sender unsubscribes, and nothing else.
fn is_wish(subject: &str) -> bool {
    let mut text = subject.trim().to_lowercase();
    while let Some(rest) = ["re:", "sv:", "aw:", "fw:", "fwd:", "vs:"].iter().find_map(|mark| text.strip_prefix(mark)) {
        text = rest.trim().to_owned();
    }
    SUBJECTS.contains(&text.trim_matches(|sign: char| !sign.is_alphanumeric()))
}
