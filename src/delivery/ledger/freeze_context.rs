//! Context for freezing a plan.

use jiff::Timestamp;

use crate::base::digest::Digest;
use crate::delivery::ledger::reader::ReaderKeys;
use crate::delivery::ledger::suppression::SuppressedAddresses;

/// What a frozen plan is bound to besides its letters.
#[derive(Clone, Debug)]
pub struct FreezeContext {
    /// The digest of the issue's own content.
    pub content: Digest,
    /// After this moment nothing is tried any more.
    pub send_until: Option<Timestamp>,
    /// The moment of freezing.
    pub now: Timestamp,
    /// The addresses that get no letter of it.
    pub suppressed: SuppressedAddresses,
    /// How its recipients are recognised later.
    pub readers: ReaderKeys,
}
