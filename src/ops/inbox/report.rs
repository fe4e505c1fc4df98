//! What was found in a mailbox, counted.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::base::message::Message;

/// How many different reasons for failures on the sender's side are kept.
const MAX_REASONS: usize = 20;

/// What was found in a mailbox.
#[derive(Debug, Default, Serialize)]
pub struct InboxReport {
    /// The mailbox, as messages name it.
    pub mailbox: String,
    /// How many messages there were of each kind.
    #[serde(flatten)]
    pub counts: InboxCounts,
    /// The receivers' words about letters that were refused for what we sent, and how many letters they are about.
    pub ours: BTreeMap<String, u64>,
    /// The first message that could not be read, and why.
    #[serde(skip)]
    pub first_unreadable: Option<Message>,
}

/// How many messages there were of each kind. Bounces and complaints are counted by the letters that they are about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct InboxCounts {
    /// All messages that were read.
    pub messages: u64,
    /// Letters that did not arrive.
    pub bounced: u64,
    /// Addresses that get no more letters since theirs did not arrive.
    pub suppressed: u64,
    /// Letters that are still on their way.
    pub delayed: u64,
    /// Letters that readers marked as spam.
    pub complained: u64,
    /// Readers who unsubscribed.
    pub left: u64,
    /// What was recorded before.
    pub known: u64,
    /// Messages that programs wrote and that say nothing of a letter.
    pub automatic: u64,
    /// Messages that people wrote.
    pub personal: u64,
    /// Bounces and complaints that prove no letter of the ledger, or are about another address than the letter's.
    pub unproven: u64,
    /// Requests to unsubscribe with a token that no letter of the ledger has.
    pub unknown_tokens: u64,
    /// Messages that could not be read.
    pub unreadable: u64,
    /// Messages that were moved.
    pub moved: u64,
    /// Those of them that the server could only mark as deleted where they were.
    pub marked: u64,
}

impl InboxReport {
    /// An empty report about a mailbox.
    pub fn new(mailbox: String) -> Self {
        Self { mailbox, ..Self::default() }
    }

    /// Counts a failure on the sender's side.
    pub(super) fn add_ours(&mut self, words: &str) {
        if self.ours.len() < MAX_REASONS || self.ours.contains_key(words) {
            *self.ours.entry(words.to_owned()).or_default() += 1;
        }
    }
}

impl InboxCounts {
    /// Whether the ledger has changed.
    pub fn has_news(&self) -> bool {
        self.bounced + self.complained + self.left > 0
    }
}
