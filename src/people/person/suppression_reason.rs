//! Why an address is suppressed: no more letters are sent to it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::people::person::Address;

/// An address to suppress.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuppressionRequest {
    /// The address.
    pub address: Address,
    /// Why.
    pub reason: SuppressionReason,
    /// Since when; absent: since it is recorded.
    pub at: Option<Date>,
    /// Its source, such as the name of an export.
    pub source: String,
}

/// Why an address is suppressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SuppressionReason {
    /// The reader unsubscribed.
    Unsubscribed,
    /// Letters bounced permanently.
    Bounced,
    /// The reader reported a letter as spam.
    Complained,
    /// The reader asked for erasure of their data.
    Erased,
    /// The sender decided so.
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
        Self::ALL.into_iter().find(|reason| reason.as_str() == name)
    }
}
