//! The status of a person in the system that an export comes from.

use crate::people::person::fold;
use crate::people::person::suppression_reason::SuppressionReason;

/// The status of a person, from the mildest to the strictest: if columns disagree, the strictest counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum SubscriptionStatus {
    /// They get mail.
    Subscribed,
    /// They did not confirm their address.
    Unconfirmed,
    /// The system did not send to them, for another reason.
    Paused,
    /// They must not get mail.
    Suppressed(SuppressionReason),
}

/// The words of systems for each status, as [`letters`] makes them.
const WORDS: [(SubscriptionStatus, &[&str]); 6] = [
    (
        SubscriptionStatus::Subscribed,
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
        SubscriptionStatus::Suppressed(SuppressionReason::Unsubscribed),
        &["unsubscribed", "unsubscribe", "cancelled", "canceled", "optedout", "optout", "left", "afmeldt", "frameldt"],
    ),
    (
        SubscriptionStatus::Suppressed(SuppressionReason::Bounced),
        &["cleaned", "bounced", "hardbounced", "hardbounce", "unreachable", "undeliverable", "invalid", "suppressed"],
    ),
    (
        SubscriptionStatus::Suppressed(SuppressionReason::Complained),
        &["complained", "complaint", "spam", "spammy", "markedasspam", "abuse"],
    ),
];

/// The words for a decision of the sender.
const BLOCKED: [&str; 4] = ["blocklisted", "blacklisted", "blocked", "spærret"];

impl SubscriptionStatus {
    /// The status of a word in a system's status column; `None` if the word is unknown.
    pub(super) fn of_word(word: &str) -> Option<Self> {
        let word = letters(word);
        if BLOCKED.contains(&word.as_str()) {
            return Some(Self::Suppressed(SuppressionReason::Manual));
        }
        WORDS.iter().find(|(_, words)| words.contains(&word.as_str())).map(|(status, _)| *status)
    }

    /// The status of everyone in a file by its name, such as `unsubscribed_segment_export_8fa.csv`; `None` if the name
    /// has no known word.
    pub(super) fn of_file(name: &str) -> Option<Self> {
        let name = fold(name);
        let words = name.split(|letter: char| !letter.is_alphanumeric());
        let statuses = words.filter_map(|word| match word {
            "unsubscribes" | "unsubscribers" | "afmeldte" | "frameldte" => {
                Some(Self::Suppressed(SuppressionReason::Unsubscribed))
            }
            "bounces" => Some(Self::Suppressed(SuppressionReason::Bounced)),
            "complaints" => Some(Self::Suppressed(SuppressionReason::Complained)),
            "blocklist" | "blacklist" => Some(Self::Suppressed(SuppressionReason::Manual)),
            // Not all words of status columns: `paid-members.csv` and `invalid-invoices.csv` are not about mail.
            "unsubscribed" | "cleaned" | "bounced" | "nonsubscribed" | "unconfirmed" | "afmeldt" | "frameldt"
            | "complained" | "blocklisted" | "blacklisted" => Self::of_word(word),
            _ => None,
        });
        statuses.max()
    }
}

/// Parses yes or no.
pub(super) fn parse_yes_no(text: &str) -> Option<bool> {
    match fold(text).as_str() {
        "yes" | "true" | "1" | "y" | "t" | "x" | "ja" | "sand" => Some(true),
        "no" | "false" | "0" | "n" | "f" | "nej" | "falsk" | "" => Some(false),
        _ => None,
    }
}

/// A word or header without case, spaces and punctuation.
pub(super) fn letters(text: &str) -> String {
    fold(text).chars().filter(|letter| letter.is_alphanumeric()).collect()
}
