//! Somebody who is not to be written to any more.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::people::person::Address;

/// An address that left, and all that is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuppressionRequest {
    /// The address.
    pub address: Address,
    /// Why it is not written to.
    pub reason: SuppressionReason,
    /// Since when; absent: since it was recorded.
    pub at: Option<Date>,
    /// Where that is known from, such as the name of an export.
    pub source: String,
}

/// Why an address is not written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SuppressionReason {
    /// The reader left.
    Unsubscribed,
    /// Letters came back for good.
    Bounced,
    /// The reader called a letter spam.
    Complained,
    /// The reader asked to be forgotten.
    Erased,
    /// The sender decided it.
    Manual,
}

impl SuppressionReason {
    /// Every reason.
    pub const ALL: [Self; 5] = [Self::Unsubscribed, Self::Bounced, Self::Complained, Self::Erased, Self::Manual];

    /// Its name in the ledger, on the command line and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unsubscribed => "unsubscribed",
            Self::Bounced => "bounced",
            Self::Complained => "complained",
            Self::Erased => "erased",
            Self::Manual => "manual",
        }
    }

    /// The reason of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == name)
    }
}
