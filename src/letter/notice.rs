//! Mails of the program itself to those who run the newsletter: plain text, without the header fields of a mailing
//! list.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lettre::message::header::{self, HeaderName, HeaderValue, Headers};
use lettre::message::{Mailbox as LettreMailbox, Mailboxes};

use crate::letter::header_lines::{self, HeaderTooLong};
use crate::letter::headers::{DATE, MESSAGE_ID, lettre_address, lettre_mailbox, subject_field};
use crate::people::person::Address;
use crate::people::person::mailbox::Mailbox;

/// So that no program answers it, and no out-of-office notice comes back (RFC 3834 §5).
const AUTO_SUBMITTED: HeaderName = HeaderName::new_from_ascii_str("Auto-Submitted");
/// How many characters of base64 a line has (RFC 2045 §6.8).
const LINE: usize = 76;

/// A mail of the program itself.
#[derive(Debug)]
pub struct NoticeMail<'a> {
    /// The sender.
    pub from: &'a Mailbox,
    /// The only recipient.
    pub to: &'a Address,
    /// The subject.
    pub subject: String,
    /// The text.
    pub text: &'a str,
    /// The Date header.
    pub date: String,
    /// The Message-ID with its angle brackets.
    pub message_id: String,
}

impl NoticeMail<'_> {
    /// Its octets: 7-bit, CRLF, no line that begins with a dot, since the text is in base64.
    ///
    /// # Errors
    ///
    /// A header field has a word that fits on no line.
    pub fn bytes(&self) -> Result<Vec<u8>, HeaderTooLong> {
        let mut headers = Headers::new();
        headers.set(header::From::from(Mailboxes::from(lettre_mailbox(self.from))));
        headers.set(header::To::from(Mailboxes::from(LettreMailbox::new(None, lettre_address(self.to)))));
        headers.insert_raw(subject_field(self.subject.clone()));
        headers.insert_raw(HeaderValue::new(DATE, self.date.clone()));
        headers.insert_raw(HeaderValue::new(MESSAGE_ID, self.message_id.clone()));
        headers.insert_raw(HeaderValue::new(AUTO_SUBMITTED, "auto-generated".to_owned()));
        headers.set(header::MIME_VERSION_1_0);
        headers.set(header::ContentType::TEXT_PLAIN);
        headers.set(header::ContentTransferEncoding::Base64);
        let mut header = String::new();
        header_lines::fold(&headers.to_string(), &mut header)?;
        let mut bytes = header.into_bytes();
        bytes.extend_from_slice(b"\r\n");
        let text = self.text.replace('\n', "\r\n");
        for line in STANDARD.encode(text).as_bytes().chunks(LINE) {
            bytes.extend_from_slice(line);
            bytes.extend_from_slice(b"\r\n");
        }
        Ok(bytes)
    }
}
