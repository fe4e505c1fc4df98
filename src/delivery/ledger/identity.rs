//! Which project a ledger belongs to: without its own key, unsubscribe links and suppressed addresses are not recognised.

use crate::base::digest::HmacKey;

/// Creates the table in a ledger of an earlier version.
pub(crate) const CREATE: &str = "CREATE TABLE IF NOT EXISTS project_key (fingerprint TEXT NOT NULL)";

/// A text by which a key is recognised, and from which it cannot be computed.
pub fn fingerprint(key: &HmacKey) -> String {
    key.tag("fingerprint", &[])
}
