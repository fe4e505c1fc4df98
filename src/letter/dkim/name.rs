//! The location of a public key in the DNS: a domain and a selector (RFC 6376 §3.1).

use std::fmt;

use thiserror::Error as ThisError;

use crate::base::message::message;
use crate::people::person::Address;
use crate::people::person::address_checks::AddressError;

/// A domain that signs, in ASCII and lower case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Domain(String);

impl Domain {
    /// Reads a domain. It may be written with æ, ø and å.
    ///
    /// # Errors
    ///
    /// An address at this domain would be invalid.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        Address::parse(&format!("postmaster@{text}")).map(|address| Self::of(&address))
    }

    /// The domain of an address.
    pub fn of(address: &Address) -> Self {
        Self(address.domain().to_owned())
    }

    /// The domain.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether DMARC's relaxed alignment (RFC 7489 §3.1.1) may count a signature of this domain for the sender's: both
    /// belong to one organisation.
    pub fn may_answer_for(&self, sender: &Self) -> bool {
        self.organisation() == sender.organisation()
    }

    /// The domain of its organisation (RFC 7489 §3.2): one label more than a public suffix such as `dk` or `co.uk`. A public
    /// suffix is its own organisation.
    pub(crate) fn organisation(&self) -> Self {
        let registrable = psl2::lookup(&self.0).and_then(|domain| domain.registrable_domain());
        Self(registrable.unwrap_or(&self.0).to_owned())
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which of a domain's keys it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Selector(String);

/// A text is not a valid selector.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ThisError)]
#[error("{}", message!(
    "a selector has only letters a to z, digits, and hyphens between them",
    "en selektor har kun bogstaverne a til z, tal og bindestreger imellem dem"
))]
pub struct SelectorError;

impl Selector {
    /// Reads a selector. Case makes no difference, as in all of the DNS.
    ///
    /// # Errors
    ///
    /// It is not a valid name in the DNS.
    pub fn parse(text: &str) -> Result<Self, SelectorError> {
        let is_edge = |letter: Option<char>| letter.is_some_and(|letter| letter.is_ascii_alphanumeric());
        // A label has at most 63 octets (RFC 1035 §2.3.4).
        let is_label = |label: &str| {
            label.len() <= 63
                && is_edge(label.chars().next())
                && is_edge(label.chars().next_back())
                && label.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-')
        };
        let text = text.trim().to_ascii_lowercase();
        if text.len() <= 120 && text.split('.').all(is_label) { Ok(Self(text)) } else { Err(SelectorError) }
    }

    /// The selector.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A key in the DNS; it is written as its name there: `nyt._domainkey.forening.example` (RFC 6376 §3.6.2.1).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyName {
    /// The domain that signs.
    pub domain: Domain,
    /// Which of its keys it is.
    pub selector: Selector,
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}._domainkey.{}", self.selector, self.domain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_answers_for_its_own_organisation() {
        let domain = |text: &str| Domain::parse(text).unwrap();
        for (signer, sender, answers) in [
            ("forening.example", "forening.example", true),
            ("mail.forening.example", "forening.example", true),
            ("forening.example", "nyt.Forening.example", true),
            ("a.forening.example", "b.forening.example", true),
            ("relay.example", "forening.example", false),
            ("enforening.example", "forening.example", false),
            ("blåbær.example", "xn--blbr-roah.example", true),
            ("a.co.uk", "b.co.uk", false),
            ("mail.a.co.uk", "a.co.uk", true),
        ] {
            assert_eq!(domain(signer).may_answer_for(&domain(sender)), answers, "{signer} for {sender}");
        }
    }

    #[test]
    fn a_selector_is_a_name_of_the_dns() {
        assert_eq!(Selector::parse("Nyt-2026.mail").unwrap().as_str(), "nyt-2026.mail");
        for text in ["", "nyt_2026", "-nyt", "nyt-", "nyt..mail", "nyt 1", "nyt;p=x", "å", &"a".repeat(64)] {
            assert_eq!(Selector::parse(text), Err(SelectorError), "{text}");
        }
    }
}
