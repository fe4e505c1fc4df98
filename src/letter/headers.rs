//! The header fields of a letter, up to MIME-Version; the body begins with its own Content-Type.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use lettre::Address as LettreAddress;
use lettre::message::header::{self, HeaderName, HeaderValue, Headers};
use lettre::message::{Mailbox as LettreMailbox, Mailboxes};

use crate::audience::AudienceId;
use crate::base::value::Value;
use crate::issue::series::SeriesId;
use crate::letter::header_lines::{self, EncodedWords, HeaderTooLong};
use crate::letter::plan::PlannedLetter;
use crate::letter::purpose::LetterPurpose;
use crate::letter::unsubscribe_links::{UnsubscribeLink, UnsubscribeOptions};
use crate::people::person::Address;
use crate::people::person::mailbox::Mailbox;

const SUBJECT: HeaderName = HeaderName::new_from_ascii_str("Subject");
pub(super) const DATE: HeaderName = HeaderName::new_from_ascii_str("Date");
pub(super) const MESSAGE_ID: HeaderName = HeaderName::new_from_ascii_str("Message-ID");
const LIST_ID: HeaderName = HeaderName::new_from_ascii_str("List-Id");
const LIST_UNSUBSCRIBE: HeaderName = HeaderName::new_from_ascii_str("List-Unsubscribe");
const LIST_UNSUBSCRIBE_POST: HeaderName = HeaderName::new_from_ascii_str("List-Unsubscribe-Post");
const PRECEDENCE: HeaderName = HeaderName::new_from_ascii_str("Precedence");
/// The header field with the code by which a tester approves the issue, for programs.
const CODE: HeaderName = HeaderName::new_from_ascii_str("X-Newsletter-Code");

/// About how many octets the header of a letter has.
const EXPECTED_SIZE: usize = 1_536;
/// How long a name and a value may be together to be written as they are: with what is between them they have the 76 columns after
/// which lettre folds a line.
const PLAIN_COLUMNS: usize = 74;
/// How long a name, or a subject, may be that surely fits on a line, in bytes. Encoded, a text of words of one character each is
/// less than six times as long (RFC 2047 §2), and a line has [up to 998 octets](header_lines).
const SHORT: usize = 160;
/// The same for a Message-ID, which is not encoded.
const SHORT_ID: usize = 600;

/// What the headers of all letters of a plan have in common.
#[derive(Debug)]
pub struct CommonHeaders {
    /// The sender.
    pub from: Mailbox,
    /// Where replies go; absent: to `from`.
    pub reply_to: Option<Mailbox>,
    /// The Date header.
    pub date: String,
    /// The series of the issue and its name, for List-Id; absent: each audience is a separate list.
    pub series: Option<(SeriesId, String)>,
    /// The names of the audiences, for List-Id.
    pub lists: BTreeMap<AudienceId, String>,
    /// Whether this is a mailing or a test.
    pub purpose: LetterPurpose,
}

impl CommonHeaders {
    /// The moment of the Date header.
    pub(crate) fn moment(&self) -> Timestamp {
        DateTimeParser::new().parse_timestamp(&self.date).unwrap_or_default()
    }

    fn list_id_field(&self, audience: &AudienceId) -> FoldedFields {
        let mut out = String::new();
        write_field(HeaderValue::new(LIST_ID, self.list_id(audience)), &mut out).map(|()| out)
    }

    /// Whether [`write`](SharedFields::write) succeeds for a letter if it could for another one of the same edition and audience: what
    /// differs between the two surely fits on a line. Links to unsubscribe differ too, but are of one length. An absent
    /// subject is the same in both.
    pub(super) fn are_short(&self, planned: &PlannedLetter, subject: Option<&str>) -> bool {
        let name = planned.person.fields.get("name");
        self.purpose == LetterPurpose::Mailing
            && !matches!(name, Some(Value::Text(name)) if name.len() > SHORT)
            && subject.is_none_or(|subject| subject.len() <= SHORT)
            && planned.message_id.len() <= SHORT_ID
    }

    /// The list of the series or the audience (RFC 2919): its name as a phrase, and an id under the sender's domain.
    fn list_id(&self, audience: &AudienceId) -> String {
        let (list, name) = match &self.series {
            Some((id, name)) => (id.as_str(), name.as_str()),
            None => (audience.as_str(), self.lists.get(audience).map_or("", String::as_str)),
        };
        let id = format!("<{list}.{}>", self.from.address.domain());
        // Only words that need no quotes: encoded words are not allowed inside a quoted string (RFC 2047 §5).
        let words = name.split(|letter: char| !letter.is_alphanumeric() && letter != '-');
        let phrase: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
        if phrase.is_empty() { id } else { format!("{} {id}", phrase.join(" ")) }
    }

    /// The recipient's mailbox. A test has no name there: it goes to a tester, and the name is another person's.
    fn to(&self, planned: &PlannedLetter) -> LettreMailbox {
        let name = match (self.purpose, planned.person.fields.get("name")) {
            (LetterPurpose::Mailing, Some(Value::Text(name))) => Some(name.clone()),
            (LetterPurpose::Mailing | LetterPurpose::Test(_), _) => None,
        };
        LettreMailbox::new(name, lettre_address(&planned.person.address))
    }
}

/// The fields that are the same in the letters of a plan, written once: folded, each with its CRLF.
#[derive(Debug)]
pub(super) struct SharedFields {
    from: FoldedFields,
    reply_to: FoldedFields,
    date: FoldedFields,
    /// The List-Id of each audience.
    lists: BTreeMap<AudienceId, FoldedFields>,
    /// The fields behind List-Unsubscribe.
    last: FoldedFields,
}

/// Fields, folded, or why they cannot be.
type FoldedFields = Result<String, HeaderTooLong>;

impl SharedFields {
    /// The fields of letters with these headers and these ways to unsubscribe.
    pub(super) fn new(headers: &CommonHeaders, unsubscribe: &UnsubscribeOptions) -> Self {
        let mut from = Headers::new();
        from.set(header::From::from(Mailboxes::from(lettre_mailbox(&headers.from))));
        let mut reply_to = Headers::new();
        if let Some(mailbox) = &headers.reply_to {
            reply_to.set(header::ReplyTo::from(Mailboxes::from(lettre_mailbox(mailbox))));
        }
        let mut date = Headers::new();
        date.insert_raw(HeaderValue::new(DATE, headers.date.clone()));
        let mut last = Headers::new();
        // One click sends a POST to the page (RFC 8058 §3.1), so a page is required, and in a test the click must have
        // no effect.
        if unsubscribe.url.is_some() && headers.purpose == LetterPurpose::Mailing {
            last.insert_raw(HeaderValue::new(LIST_UNSUBSCRIBE_POST, "List-Unsubscribe=One-Click".to_owned()));
        }
        // Never standardized, but `vacation` and its successors do not reply to it.
        last.insert_raw(HeaderValue::new(PRECEDENCE, "bulk".to_owned()));
        if let Some(code) = headers.purpose.code() {
            last.insert_raw(HeaderValue::new(CODE, code.to_string()));
        }
        last.set(header::MIME_VERSION_1_0);
        let lists = headers.lists.keys().map(|audience| (audience.clone(), headers.list_id_field(audience)));
        Self {
            from: folded(&from),
            reply_to: folded(&reply_to),
            date: folded(&date),
            lists: lists.collect(),
            last: folded(&last),
        }
    }

    /// The header fields of a letter, folded, each with its CRLF.
    ///
    /// # Errors
    ///
    /// A field has a word that fits on no line.
    pub(super) fn write(
        &self,
        headers: &CommonHeaders,
        planned: &PlannedLetter,
        subject: &str,
        unsubscribe: &UnsubscribeLink,
    ) -> FoldedFields {
        let UnsubscribeLink { url, mailto } = unsubscribe;
        // The order is the sender's preference, best first (RFC 2369 §2).
        let links = url.as_ref().map_or_else(|| format!("<{mailto}>"), |url| format!("<{url}>, <{mailto}>"));
        let mut out = String::with_capacity(EXPECTED_SIZE);
        out.push_str(shared(&self.from)?);
        let to = headers.to(planned);
        if to.name.is_some() || !write_plain("To", planned.person.address.as_str(), &mut out) {
            let mut field = Headers::new();
            field.set(header::To::from(Mailboxes::from(to)));
            header_lines::fold(&field.to_string(), &mut out)?;
        }
        out.push_str(shared(&self.reply_to)?);
        let subject = headers.purpose.subject(&planned.edition, subject);
        if subject.contains("=?") || !write_plain("Subject", &subject, &mut out) {
            write_field(subject_field(subject), &mut out)?;
        }
        out.push_str(shared(&self.date)?);
        if !write_plain("Message-ID", &planned.message_id, &mut out) {
            write_field(HeaderValue::new(MESSAGE_ID, planned.message_id.clone()), &mut out)?;
        }
        match self.lists.get(&planned.audience) {
            Some(list_id) => out.push_str(shared(list_id)?),
            None => out.push_str(&headers.list_id_field(&planned.audience)?),
        }
        write_field(HeaderValue::new(LIST_UNSUBSCRIBE, links), &mut out)?;
        out.push_str(shared(&self.last)?);
        Ok(out)
    }
}

/// The fields that were written before.
fn shared(fields: &FoldedFields) -> Result<&str, HeaderTooLong> {
    fields.as_deref().map_err(Clone::clone)
}

/// Fields on their own.
fn folded(headers: &Headers) -> FoldedFields {
    let mut out = String::new();
    header_lines::fold(&headers.to_string(), &mut out).map(|()| out)
}

/// Writes a field whose value is ASCII and fits on a line, as lettre does, which makes several strings of it; `false` if it is not
/// such a value.
fn write_plain(name: &str, value: &str, out: &mut String) -> bool {
    let is_word = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_graphic());
    let is_plain = name.len() + value.len() <= PLAIN_COLUMNS && value.split(' ').all(is_word);
    if is_plain {
        for piece in [name, ": ", value, "\r\n"] {
            out.push_str(piece);
        }
    }
    is_plain
}

/// Writes a field.
fn write_field(value: HeaderValue, out: &mut String) -> Result<(), HeaderTooLong> {
    let mut headers = Headers::new();
    headers.insert_raw(value);
    header_lines::fold(&headers.to_string(), out)
}

pub(super) fn lettre_mailbox(mailbox: &Mailbox) -> LettreMailbox {
    LettreMailbox::new(mailbox.name.clone(), lettre_address(&mailbox.address))
}

/// `Address` is valid already: lettre's own check would accept every one, and cost a second parse per letter.
pub(super) fn lettre_address(address: &Address) -> LettreAddress {
    LettreAddress::new_dangerous(address.local(), address.domain())
}

/// The subject, encoded as a whole where it has a word that no line can hold, or one that mail programs would decode: lettre
/// encodes only words that are not ASCII.
pub(super) fn subject_field(subject: String) -> HeaderValue {
    if header_lines::has_long_word(&subject) || subject.contains("=?") {
        let encoded = EncodedWords(&subject).to_string();
        HeaderValue::dangerous_new_pre_encoded(SUBJECT, subject, encoded)
    } else {
        HeaderValue::new(SUBJECT, subject)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn by_lettre(name: &'static str, value: &str) -> String {
        let mut out = String::new();
        let name = HeaderName::new_from_ascii_str(name);
        write_field(HeaderValue::new(name, value.to_owned()), &mut out).unwrap();
        out
    }

    proptest! {
        #[test]
        fn a_plain_value_is_written_as_lettre_writes_it(value in "[!-~ ]{0,80}|[a-z]{1,8}( [a-z]{1,8}){0,12}") {
            let mut out = String::new();
            if write_plain("Subject", &value, &mut out) {
                prop_assert_eq!(out, by_lettre("Subject", &value));
            }
        }

        #[test]
        fn a_plain_address_is_written_as_lettre_writes_it(local in "[a-z0-9._+'-]{1,40}", domain in "[a-z0-9-]{1,40}") {
            if let Some(address) = Address::restored(format!("{local}@{domain}.example")) {
                let mut out = String::new();
                let mut field = Headers::new();
                field.set(header::To::from(Mailboxes::from(LettreMailbox::new(None, lettre_address(&address)))));
                if write_plain("To", address.as_str(), &mut out) {
                    prop_assert_eq!(out, folded(&field).unwrap());
                }
            }
        }
    }

    #[test]
    fn what_lettre_would_encode_or_fold_is_left_to_it() {
        let mut out = String::new();
        for value in ["", " a", "a ", "a  b", "Nyt fra Ærø", "a\tb", &"a".repeat(68)] {
            assert!(!write_plain("Subject", value, &mut out), "{value:?}");
        }
        assert!(write_plain("Subject", &"a".repeat(67), &mut out));
    }
}
