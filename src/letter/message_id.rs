//! The Message-IDs of letters.

use crate::base::digest::HmacKey;
use crate::issue::IssueId;
use crate::people::person::Address;

/// Makes Message-IDs (RFC 5322 §3.6.4): keyed hashes, from which no address can be read or guessed.
#[derive(Debug)]
pub struct MessageIds {
    /// The key of the hashes.
    pub key: HmacKey,
    /// The domain after the `@`.
    pub domain: String,
}

impl MessageIds {
    /// The Message-ID of the letter of an issue to an address, with its angle brackets. It is the same on every attempt,
    /// so that mailbox servers that compare Message-IDs recognize a letter that they receive twice.
    pub fn letter(&self, issue: &IssueId, address: &Address) -> String {
        format!("<{}@{}>", self.key.tag("message-id", &[issue.as_str(), &address.key()]), self.domain)
    }

    /// The Message-ID of a mail about an issue to those who run the newsletter: each change has its own.
    pub fn notice(&self, issue: &IssueId, change: &str, address: &Address) -> String {
        format!("<notice-{}@{}>", self.key.tag("notice", &[issue.as_str(), change, &address.key()]), self.domain)
    }

    /// The Message-ID of a test of an issue. Each run has its own, since a mail server may drop a letter whose Message-ID
    /// it has seen before.
    pub fn test(&self, issue: &IssueId, run: &str, tester: &Address) -> String {
        format!("<test-{}@{}>", self.key.tag("test", &[issue.as_str(), run, &tester.key()]), self.domain)
    }
}
