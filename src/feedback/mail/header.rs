//! The header fields of a message, of one of its parts, or of a group of fields in a report.

use mail_parser::{ContentType, MessageParser};

use crate::base::csv::encoding::windows_1252;
use crate::people::person::Address;
use crate::people::person::address_matcher::addresses;

/// How many fields are read; mail servers add far fewer.
const MAX_FIELDS: usize = 2_000;

/// The fields of a header in their order, unfolded.
#[derive(Clone, Debug, Default)]
pub(super) struct MailHeader(Vec<MailField>);

/// One field.
#[derive(Clone, Debug)]
struct MailField {
    /// In lower case.
    name: String,
    /// Without line breaks; encoded words are not decoded.
    value: String,
}

impl MailHeader {
    /// Reads the fields of a text, up to its end. Lines that belong to no field are skipped.
    pub(super) fn parse(text: &str) -> Self {
        let mut fields: Vec<MailField> = Vec::new();
        for line in text.lines() {
            if line.starts_with([' ', '\t']) {
                if let Some(field) = fields.last_mut() {
                    field.value.push(' ');
                    field.value.push_str(line.trim());
                }
                continue;
            }
            let Some((name, value)) = line.split_once(':') else { continue };
            let name = name.trim_end();
            if name.is_empty() || name.contains([' ', '\t']) {
                continue;
            }
            if fields.len() == MAX_FIELDS {
                break;
            }
            fields.push(MailField { name: name.to_ascii_lowercase(), value: value.trim().to_owned() });
        }
        Self(fields)
    }

    /// The value of the first field of a name, which is in lower case.
    pub(super) fn first(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|field| field.name == name).map(|field| field.value.as_str())
    }

    /// The values of all fields of a name, which is in lower case.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |field| field.name == name).map(|field| field.value.as_str())
    }

    /// Whether it has a field of this name, which is in lower case.
    pub(super) fn has(&self, name: &str) -> bool {
        self.first(name).is_some()
    }

    /// The subject with its encoded words decoded; empty if there is none.
    pub(super) fn subject(&self) -> String {
        let raw = self.first("subject").unwrap_or_default();
        if !raw.contains("=?") {
            return raw.to_owned();
        }
        let field = format!("Subject: {raw}\r\n\r\n");
        let parsed = MessageParser::default().parse_headers(field.as_bytes());
        parsed.as_ref().and_then(|message| message.subject()).unwrap_or(raw).to_owned()
    }

    /// The media type in lower case, such as `text/plain`, which is also the default (RFC 2045 §5.2).
    pub(super) fn media_type(&self) -> String {
        let value = self.first("content-type").unwrap_or_default();
        let bare = value.split([';', ' ']).next().unwrap_or_default().trim().to_ascii_lowercase();
        if bare.contains('/') { bare } else { "text/plain".to_owned() }
    }

    /// A parameter of the media type, such as `boundary`.
    pub(super) fn type_parameter(&self, name: &str) -> Option<String> {
        let field = format!("Content-Type: {}\r\n\r\n", self.first("content-type")?);
        let parsed = MessageParser::default().parse_headers(field.as_bytes())?;
        let parameter = |content_type: &ContentType<'_>| content_type.attribute(name).map(str::to_owned);
        let headers = parsed.headers().first()?;
        headers.value().as_content_type().and_then(parameter)
    }

    /// The addresses in all fields of these names.
    pub(super) fn addresses(&self, names: &[&str]) -> Vec<Address> {
        names.iter().flat_map(|name| self.all(name)).flat_map(addresses).collect()
    }
}

/// The bytes as text: UTF-8, otherwise Windows-1252, as old mail servers write their 8-bit header fields and notices.
pub(super) fn text_of(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => windows_1252(bytes).unwrap_or_else(|| String::from_utf8_lossy(bytes).into_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_unfolded_and_encoded_words_decoded() {
        let header = MailHeader::parse(
            "Subject: =?utf-8?q?Ikke_til?=\n =?utf-8?q?_stede?=\nX-Odd : yes\nno field here\n\nContent-Type: \
             Multipart/Report;\n\treport-type=delivery-status; boundary=\"a b\"\n",
        );
        assert_eq!(header.subject(), "Ikke til stede");
        assert_eq!(header.first("x-odd"), Some("yes"));
        assert_eq!(header.media_type(), "multipart/report");
        assert_eq!(header.type_parameter("boundary").as_deref(), Some("a b"));
        assert_eq!(header.type_parameter("charset"), None);
        assert_eq!(MailHeader::parse("Subject: k\u{f8}\n").subject(), "kø");
        assert_eq!(text_of(b"Br\xf8nby"), "Brønby");
    }
}
