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
use crate::letter::unsubscribe_links::UnsubscribeLink;
use crate::people::person::Address;
use crate::people::person::mailbox::Mailbox;

const SUBJECT: HeaderName = HeaderName::new_from_ascii_str("Subject");
pub(super) const DATE: HeaderName = HeaderName::new_from_ascii_str("Date");
pub(super) const MESSAGE_ID: HeaderName = HeaderName::new_from_ascii_str("Message-ID");
const LIST_ID: HeaderName = HeaderName::new_from_ascii_str("List-Id");
const LIST_UNSUBSCRIBE: HeaderName = HeaderName::new_from_ascii_str("List-Unsubscribe");
const LIST_UNSUBSCRIBE_POST: HeaderName = HeaderName::new_from_ascii_str("List-Unsubscribe-Post");
const PRECEDENCE: HeaderName = HeaderName::new_from_ascii_str("Precedence");
/// The code with which a tester approves the issue; programs find it there.
const CODE: HeaderName = HeaderName::new_from_ascii_str("X-Newsletter-Code");

/// What the headers of all letters of a plan have in common.
#[derive(Debug)]
pub struct CommonHeaders {
    /// The sender.
    pub from: Mailbox,
    /// Where replies go; absent: to `from`.
    pub reply_to: Option<Mailbox>,
    /// The Date header.
    pub date: String,
    /// The series of the issue and its name, for List-Id; absent: each audience is a list of its own.
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

    /// The header fields of a letter, folded, each with its CRLF.
    ///
    /// # Errors
    ///
    /// A field has a word that fits on no line.
    pub(super) fn write(
        &self,
        planned: &PlannedLetter,
        subject: &str,
        unsubscribe: &UnsubscribeLink,
    ) -> Result<String, HeaderTooLong> {
        let mut headers = Headers::new();
        headers.set(header::From::from(Mailboxes::from(lettre_mailbox(&self.from))));
        headers.set(header::To::from(Mailboxes::from(self.to(planned))));
        if let Some(reply_to) = &self.reply_to {
            headers.set(header::ReplyTo::from(Mailboxes::from(lettre_mailbox(reply_to))));
        }
        headers.insert_raw(subject_field(self.purpose.subject(&planned.edition, subject)));
        headers.insert_raw(HeaderValue::new(DATE, self.date.clone()));
        headers.insert_raw(HeaderValue::new(MESSAGE_ID, planned.message_id.clone()));
        headers.insert_raw(HeaderValue::new(LIST_ID, self.list_id(&planned.audience)));
        let UnsubscribeLink { url, mailto } = unsubscribe;
        // The order is the sender's preference, best first (RFC 2369 §2).
        let links = url.iter().map(|url| format!("<{url}>, ")).chain([format!("<{mailto}>")]);
        headers.insert_raw(HeaderValue::new(LIST_UNSUBSCRIBE, links.collect()));
        // One click posts to the page (RFC 8058 §3.1), so there must be one, and in a test it must not work.
        if url.is_some() && self.purpose == LetterPurpose::Mailing {
            headers.insert_raw(HeaderValue::new(LIST_UNSUBSCRIBE_POST, "List-Unsubscribe=One-Click".to_owned()));
        }
        // Never standardized, but `vacation` and its successors do not reply to it.
        headers.insert_raw(HeaderValue::new(PRECEDENCE, "bulk".to_owned()));
        if let Some(code) = self.purpose.code() {
            headers.insert_raw(HeaderValue::new(CODE, code.to_string()));
        }
        headers.set(header::MIME_VERSION_1_0);
        header_lines::fold(&headers.to_string())
    }

    /// The list of the series or the audience (RFC 2919): its name as a phrase, and an id under the sender's domain.
    fn list_id(&self, audience: &AudienceId) -> String {
        let (list, name) = match &self.series {
            Some((id, name)) => (id.as_str(), name.as_str()),
            None => (audience.as_str(), self.lists.get(audience).map_or("", String::as_str)),
        };
        let id = format!("<{list}.{}>", self.from.address.domain());
        // Only words that need no quotes: encoded words may not stand inside a quoted string (RFC 2047 §5).
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

pub(super) fn lettre_mailbox(mailbox: &Mailbox) -> LettreMailbox {
    LettreMailbox::new(mailbox.name.clone(), lettre_address(&mailbox.address))
}

/// Our `Address` is valid already: lettre's own check would refuse none, and would cost a second parse per letter.
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
