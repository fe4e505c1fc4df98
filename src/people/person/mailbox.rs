//! An address with a name.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error as ThisError;

use crate::base::message::message;
use crate::people::person::Address;
use crate::people::person::address_checks::AddressError;

/// A sender, or where replies are sent: `OS2 <nyt@os2.example>`, or the address alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mailbox {
    /// The name that mail clients show; absent: they show the address. It contains no control characters.
    pub name: Option<String>,
    /// The address.
    pub address: Address,
}

/// Why a mailbox is invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ThisError)]
pub enum MailboxError {
    /// A line break or another control character.
    #[error("{}", message!("it contains a control character", "det indeholder et kontroltegn"))]
    Control,
    /// There is text after the `>`, or it is missing.
    #[error("{}", message!("the address must be last, between < and >", "adressen skal stå sidst, mellem < og >"))]
    Brackets,
    /// The address is invalid.
    #[error(transparent)]
    Address(#[from] AddressError),
}

impl Mailbox {
    /// Parses `Name <address>`, `"Name" <address>` or an address alone.
    pub fn parse(text: &str) -> Result<Self, MailboxError> {
        let text = text.trim();
        // A line break in a name would begin another header field (RFC 5322, 2.2).
        if text.chars().any(char::is_control) {
            return Err(MailboxError::Control);
        }
        let Some((name, rest)) = text.split_once('<') else {
            return Ok(Self { name: None, address: Address::parse(text)? });
        };
        let address = rest.strip_suffix('>').ok_or(MailboxError::Brackets)?;
        let name = name.trim();
        let name = name.strip_prefix('"').and_then(|name| name.strip_suffix('"')).unwrap_or(name).trim();
        let name = (!name.is_empty()).then(|| name.to_owned());
        Ok(Self { name, address: Address::parse(address)? })
    }
}

impl fmt::Display for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "{name} <{}>", self.address),
            None => write!(f, "{}", self.address),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_and_an_address_or_an_address_alone() {
        let mailbox = |name: Option<&str>| {
            let address = Address::parse("nyt@os2.example").unwrap();
            Ok(Mailbox { name: name.map(str::to_owned), address })
        };
        assert_eq!(Mailbox::parse("nyt@os2.example"), mailbox(None));
        assert_eq!(Mailbox::parse("<nyt@os2.example>"), mailbox(None));
        assert_eq!(Mailbox::parse("OS2 <nyt@os2.example>"), mailbox(Some("OS2")));
        assert_eq!(Mailbox::parse("\"OS2, Danmark\" <nyt@os2.example> "), mailbox(Some("OS2, Danmark")));
        assert_eq!(Mailbox::parse("OS2 <nyt@os2.example"), Err(MailboxError::Brackets));
        assert_eq!(Mailbox::parse("OS2\r\nBcc: x <nyt@os2.example>"), Err(MailboxError::Control));
        assert_eq!(Mailbox::parse("OS2"), Err(MailboxError::Address(AddressError::NoAt)));
    }
}
