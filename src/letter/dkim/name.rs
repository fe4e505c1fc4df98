//! Where in the DNS a key is looked up: a domain and a selector (RFC 6376 §3.1).

use std::fmt;

use thiserror::Error as ThisError;

use crate::people::person::{Address, AddressError};

/// A domain that answers for a letter, in ASCII and lower case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Domain(String);

impl Domain {
    /// Reads a domain, which may have æ, ø and å.
    ///
    /// # Errors
    ///
    /// No mail could be sent from it.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        Address::parse(&format!("postmaster@{text}")).map(|it| Self::of(&it))
    }

    /// The domain of an address.
    pub fn of(address: &Address) -> Self {
        Self(address.domain().to_owned())
    }

    /// The domain.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a signature of this domain can count for the sender's under DMARC's relaxed alignment (RFC 7489 §3.1.1):
    /// both belong to one organisation. Which domains are sold to the public is not known here, so that two
    /// organisations below one such as `co.uk` are taken for one.
    pub fn may_answer_for(&self, sender: &Self) -> bool {
        let ends = |it: &Self| it.0.rsplit('.').take(2).map(str::to_owned).collect::<Vec<_>>();
        ends(self) == ends(sender)
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The name of one key of a domain.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Selector(String);

/// Why a text is no selector.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ThisError)]
#[error("a selector has only letters a to z, digits, and hyphens between them")]
pub struct SelectorError;

impl Selector {
    /// Reads a selector; it is compared without regard to case, as all of the DNS is.
    ///
    /// # Errors
    ///
    /// It is no name of the DNS.
    pub fn parse(text: &str) -> Result<Self, SelectorError> {
        let edge = |it: Option<char>| it.is_some_and(|it| it.is_ascii_alphanumeric());
        let label = |it: &str| {
            it.len() <= 63
                && edge(it.chars().next())
                && edge(it.chars().next_back())
                && it.chars().all(|it| it.is_ascii_alphanumeric() || it == '-')
        };
        let text = text.trim().to_ascii_lowercase();
        if text.len() <= 120 && text.split('.').all(label) { Ok(Self(text)) } else { Err(SelectorError) }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_answers_for_its_own_organisation() {
        let domain = |it: &str| Domain::parse(it).unwrap();
        for (signer, sender, answers) in [
            ("forening.example", "forening.example", true),
            ("mail.forening.example", "forening.example", true),
            ("forening.example", "nyt.Forening.example", true),
            ("a.forening.example", "b.forening.example", true),
            ("relay.example", "forening.example", false),
            ("enforening.example", "forening.example", false),
            ("blåbær.example", "xn--blbr-roah.example", true),
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
