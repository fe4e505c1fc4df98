//! Where letters come back to that cannot be delivered.

use std::fmt;

use crate::people::person::{Address, AddressError};

/// What stands for a letter's own token.
const TOKEN: &str = "{token}";
/// How much of a Message-ID tells a letter from all others: 96 bits of its keyed hash.
const LENGTH: usize = 24;

/// The envelope's sender: one for all letters, or for each letter its own, so that a refusal that comes later names the
/// letter whatever it quotes (VERP).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnPath {
    /// As it is written, with `{token}` or without.
    pattern: String,
    /// The address itself, or one with a token that is no letter's.
    sample: Address,
}

impl ReturnPath {
    /// Reads an address in which `{token}` may stand once, before the `@`.
    ///
    /// # Errors
    ///
    /// With a token in it, it would be no address: braces stand elsewhere, or it is too long.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let whole = text.split_once('@').map_or_else(
            || text.to_owned(),
            |(local, domain)| format!("{}@{domain}", local.replacen(TOKEN, &"0".repeat(LENGTH), 1)),
        );
        let sample = Address::parse(&whole)?;
        if sample.local().contains(['{', '}']) {
            return Err(AddressError::LocalCharacter('{'));
        }
        Ok(Self { pattern: text.to_owned(), sample })
    }

    /// The envelope's sender of the letter with this Message-ID. Its token is how the Message-ID begins, in which no
    /// address can be read.
    pub fn of(&self, message_id: &str) -> Address {
        if !self.pattern.contains(TOKEN) {
            return self.sample.clone();
        }
        let token: String =
            message_id.trim_start_matches('<').chars().take_while(|it| *it != '@').take(LENGTH).collect();
        // It was an address with a token as long as this one.
        Address::parse(&self.pattern.replacen(TOKEN, &token, 1)).unwrap_or_else(|_| self.sample.clone())
    }
}

impl From<Address> for ReturnPath {
    fn from(address: Address) -> Self {
        Self { pattern: address.to_string(), sample: address }
    }
}

impl fmt::Display for ReturnPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.pattern)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_has_an_address_of_its_own_to_come_back_to() {
        let id = "<0123456789abcdef0123456789abcdef01234567@forening.example>";
        let of = |text: &str| ReturnPath::parse(text).map(|it| it.of(id).to_string());
        let own = "retur+0123456789abcdef01234567@forening.example";
        assert_eq!(of("retur+{token}@forening.example").as_deref(), Ok(own));
        assert_eq!(of("retur@forening.example").as_deref(), Ok("retur@forening.example"));
        for wrong in ["retur@{token}.example", "{token}{token}@x.example", "{tokn}@x.example", "retur+{token}"] {
            assert!(of(wrong).is_err(), "{wrong}");
        }
        assert!(of(&format!("{}{{token}}@x.example", "r".repeat(50))).is_err());
    }
}
