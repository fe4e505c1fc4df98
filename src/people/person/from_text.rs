//! Addresses and senders as they are written in YAML.

use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::base::source::yaml::from_text::FromText;
use crate::people::person::Address;
use crate::people::person::mailbox::Mailbox;

const INVALID_MAILBOX: Code = Code("NL110");
/// An invalid address.
pub(crate) const INVALID_ADDRESS: Code = Code("NL111");

impl FromText for Mailbox {
    fn from_text(text: &str, key: &str) -> Result<Self, Box<Diagnostic>> {
        Self::parse(text).map_err(|error| {
            Box::new(
                Diagnostic::error(INVALID_MAILBOX, message!("invalid `{key}`: {error}", "ugyldig `{key}`: {error}"))
                    .hint(message!(
                        "write it like this: {key}: Anna Berg <anna@forening.example>",
                        "skriv det sådan: {key}: Anna Berg <anna@forening.example>"
                    )),
            )
        })
    }
}

/// The address is often copied from a link, together with its `mailto:`.
impl FromText for Address {
    fn from_text(text: &str, key: &str) -> Result<Self, Box<Diagnostic>> {
        Self::parse(text.strip_prefix("mailto:").unwrap_or(text)).map_err(|error| {
            Box::new(
                Diagnostic::error(INVALID_ADDRESS, message!("invalid `{key}`: {error}", "ugyldig `{key}`: {error}"))
                    .hint(message!(
                        "write it like this: {key}: anna@forening.example",
                        "skriv det sådan: {key}: anna@forening.example"
                    )),
            )
        })
    }
}
