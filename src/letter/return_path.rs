//! The envelope sender, to which undeliverable letters are returned.

use std::fmt;

use crate::base::message::message;
use crate::base::source::diagnostic::Diagnostic;
use crate::base::source::yaml::from_text::FromText;
use crate::people::person::Address;
use crate::people::person::address_checks::AddressError;
use crate::people::person::from_text::INVALID_ADDRESS;

/// Replaced by the token of each letter.
const TOKEN: &str = "{token}";
/// How many characters of a Message-ID identify its letter: 96 bits of a keyed hash.
const TOKEN_LENGTH: usize = 24;

/// The envelope sender: one for all letters, or one per letter, so that a bounce identifies the letter whatever it quotes
/// (VERP).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnPath {
    /// As it is typed, with `{token}` or without.
    pattern: String,
    /// The address, with zeros for the token.
    sample: Address,
}

impl ReturnPath {
    /// Reads an address that may have `{token}` once, before the `@`.
    ///
    /// # Errors
    ///
    /// With a token it is not a valid address: there are other braces, or it is too long.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let whole = text.split_once('@').map_or_else(
            || text.to_owned(),
            |(local, domain)| format!("{}@{domain}", local.replacen(TOKEN, &"0".repeat(TOKEN_LENGTH), 1)),
        );
        let sample = Address::parse(&whole)?;
        // Braces are allowed in an address (RFC 5321 §4.1.2), but here they are a mistyped token.
        if sample.local().contains(['{', '}']) {
            return Err(AddressError::LocalCharacter('{'));
        }
        Ok(Self { pattern: text.to_owned(), sample })
    }

    /// The domain that bounces go to, in ASCII.
    pub fn domain(&self) -> &str {
        self.sample.domain()
    }

    /// The envelope sender of the letter with this Message-ID. Its token is the beginning of the Message-ID.
    pub fn of(&self, message_id: &str) -> Address {
        if !self.pattern.contains(TOKEN) {
            return self.sample.clone();
        }
        let token: String =
            message_id.trim_start_matches('<').chars().take_while(|letter| *letter != '@').take(TOKEN_LENGTH).collect();
        // It cannot fail: it was a valid address with a token of the same length.
        Address::parse(&self.pattern.replacen(TOKEN, &token, 1)).unwrap_or_else(|_| self.sample.clone())
    }

    /// The token of an address that [`of`](Self::of) made, whatever its case; `None` for any other address.
    pub fn token<'a>(&self, address: &'a str) -> Option<&'a str> {
        let (before, after) = self.pattern.split_once(TOKEN)?;
        let start = address.get(..before.len()).filter(|start| start.eq_ignore_ascii_case(before))?;
        let rest = &address[start.len()..];
        let (token, end) = (rest.get(..TOKEN_LENGTH)?, &rest[TOKEN_LENGTH..]);
        let (local, domain) = after.split_once('@')?;
        let (end_local, end_domain) = end.split_once('@')?;
        let is_domain =
            end_domain.eq_ignore_ascii_case(domain) || end_domain.eq_ignore_ascii_case(self.sample.domain());
        (end_local.eq_ignore_ascii_case(local) && is_domain).then_some(token)
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

impl FromText for ReturnPath {
    fn from_text(text: &str, key: &str) -> Result<Self, Box<Diagnostic>> {
        Self::parse(text.strip_prefix("mailto:").unwrap_or(text)).map_err(|error| {
            let each = "retur+{token}@forening.example";
            let hint = message!(
                "write {key}: retur@forening.example, or {key}: {each} for one to each letter",
                "skriv {key}: retur@forening.example, eller, med en adresse for hver mail, {key}: {each}"
            );
            Box::new(
                Diagnostic::error(INVALID_ADDRESS, message!("invalid `{key}`: {error}", "ugyldig `{key}`: {error}"))
                    .hint(hint),
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_makes_an_envelope_sender_per_letter() {
        let id = "<0123456789abcdef0123456789abcdef01234567@forening.example>";
        let of = |text: &str| ReturnPath::parse(text).map(|path| path.of(id).to_string());
        let own = "retur+0123456789abcdef01234567@forening.example";
        assert_eq!(of("retur+{token}@forening.example").as_deref(), Ok(own));
        assert_eq!(of("retur@forening.example").as_deref(), Ok("retur@forening.example"));
        for wrong in ["retur@{token}.example", "{token}{token}@x.example", "{tokn}@x.example", "retur+{token}"] {
            assert!(of(wrong).is_err(), "{wrong}");
        }
        assert!(of(&format!("{}{{token}}@x.example", "r".repeat(50))).is_err());
    }

    #[test]
    fn the_token_is_read_from_its_own_addresses_only() {
        let path = ReturnPath::parse("retur+{token}x@Forening.example").unwrap();
        let token = "0123456789abcdef01234567";
        assert_eq!(path.token(&format!("retur+{token}x@forening.example")), Some(token));
        assert_eq!(path.token(&format!("Retur+{token}X@FORENING.example")), Some(token));
        for other in [
            "retur+0123456789abcdef01234567@forening.example",
            "retur+0123456789abcdef01234567x@andre.example",
            "retur+x@forening.example",
            "retur+ææææææææææææææææx@forening.example",
            "",
        ] {
            assert_eq!(path.token(other), None, "{other}");
        }
        assert_eq!(ReturnPath::parse("retur@forening.example").unwrap().token("retur@forening.example"), None);
    }
}
