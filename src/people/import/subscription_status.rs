//! Where somebody stands in the system that a list comes from.

use crate::people::person::fold;
use crate::people::person::suppression_reason::SuppressionReason;

/// Where somebody stands. The order is the order of weight: where two columns speak of it, the stricter counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum SubscriptionStatus {
    /// They read.
    Reads,
    /// They never confirmed that they want to.
    Unconfirmed,
    /// The system did not write to them, for another reason.
    Paused,
    /// They left.
    Left(SuppressionReason),
}

/// The words that systems have, without blanks and signs.
const WORDS: [(SubscriptionStatus, &[&str]); 6] = [
    (
        SubscriptionStatus::Reads,
        &[
            "subscribed",
            "subscriber",
            "active",
            "enabled",
            "confirmed",
            "regular",
            "premium",
            "gifted",
            "trialed",
            "free",
            "paid",
            "comped",
            "tilmeldt",
            "aktiv",
        ],
    ),
    (
        SubscriptionStatus::Unconfirmed,
        &["unconfirmed", "pending", "unactivated", "inactive", "notconfirmed", "waiting", "ubekræftet"],
    ),
    (
        SubscriptionStatus::Paused,
        &["disabled", "paused", "nonsubscribed", "transactional", "archived", "removed", "deleted"],
    ),
    (
        SubscriptionStatus::Left(SuppressionReason::Unsubscribed),
        &["unsubscribed", "unsubscribe", "cancelled", "canceled", "optedout", "optout", "left", "afmeldt", "frameldt"],
    ),
    (
        SubscriptionStatus::Left(SuppressionReason::Bounced),
        &["cleaned", "bounced", "hardbounced", "hardbounce", "unreachable", "undeliverable", "invalid", "suppressed"],
    ),
    (
        SubscriptionStatus::Left(SuppressionReason::Complained),
        &["complained", "complaint", "spam", "spammy", "markedasspam", "abuse"],
    ),
];

/// Words that say that the sender decided it.
const BLOCKED: [&str; 4] = ["blocklisted", "blacklisted", "blocked", "spærret"];

impl SubscriptionStatus {
    /// What a cell of a system's status column says; none where the word is not known.
    pub(super) fn of_word(word: &str) -> Option<Self> {
        let word = letters(word);
        if BLOCKED.contains(&word.as_str()) {
            return Some(Self::Left(SuppressionReason::Manual));
        }
        WORDS.iter().find(|(_, words)| words.contains(&word.as_str())).map(|(standing, _)| *standing)
    }

    /// What the name of a file says of everybody in it, as `unsubscribed_segment_export_8fa.csv`; none where it says
    /// nothing.
    pub(super) fn of_file(name: &str) -> Option<Self> {
        let name = fold(name);
        let words = name.split(|it: char| !it.is_alphanumeric());
        let standings = words.filter_map(|word| match word {
            "unsubscribes" | "unsubscribers" | "afmeldte" | "frameldte" => {
                Some(Self::Left(SuppressionReason::Unsubscribed))
            }
            "bounces" => Some(Self::Left(SuppressionReason::Bounced)),
            "complaints" => Some(Self::Left(SuppressionReason::Complained)),
            "blocklist" | "blacklist" => Some(Self::Left(SuppressionReason::Manual)),
            // A list may be of members who paid, or of invalid invoices: only these words speak of letters.
            "unsubscribed" | "cleaned" | "bounced" | "nonsubscribed" | "unconfirmed" | "afmeldt" | "frameldt"
            | "complained" | "blocklisted" | "blacklisted" => Self::of_word(word),
            _ => None,
        });
        standings.max()
    }
}

/// Whether a cell says yes; none where it says neither yes nor no.
pub(super) fn is_yes(text: &str) -> Option<bool> {
    match fold(text).as_str() {
        "yes" | "true" | "1" | "y" | "t" | "x" | "ja" | "sand" => Some(true),
        "no" | "false" | "0" | "n" | "f" | "nej" | "falsk" | "" => Some(false),
        _ => None,
    }
}

/// A word or header without case, blanks and signs.
pub(super) fn letters(text: &str) -> String {
    fold(text).chars().filter(|it| it.is_alphanumeric()).collect()
}
