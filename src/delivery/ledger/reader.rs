//! The readers that letters were planned for, by the tokens in their unsubscribe links.

use serde::Serialize;

use crate::base::digest::HmacKey;
use crate::delivery::ledger::columns::ResultColumns;
use crate::delivery::ledger::erasure::IS_ERASED;
use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::identity;
use crate::delivery::ledger::suppression;
use crate::letter::unsubscribe_token::UnsubscribeToken;
use crate::people::person::Address;

/// The keys by which readers are recognised.
#[derive(Clone, Debug)]
pub struct ReaderKeys {
    /// Makes the tokens in unsubscribe links.
    pub tokens: HmacKey,
    /// Makes the tags of suppressions.
    pub suppressions: HmacKey,
}

impl ReaderKeys {
    /// A text by which the key of the tokens is recognised.
    pub(crate) fn fingerprint(&self) -> String {
        identity::fingerprint(&self.tokens)
    }

    /// What is stored of a reader.
    pub(crate) fn row(&self, address: &Address) -> ReaderRow {
        ReaderRow {
            token: UnsubscribeToken::of(&self.tokens, address),
            tag: suppression::tag(&self.suppressions, address, None),
            key: Some(address.key()),
        }
    }
}

/// A reader. They outlive their letters, so that a reader who unsubscribes through an old letter is still recognised.
#[derive(Debug, Serialize)]
pub struct ReaderRow {
    /// The token in the reader's unsubscribe links.
    pub token: UnsubscribeToken,
    /// The tag of a suppression for everything.
    pub tag: String,
    /// The key that the address is compared by; absent once the reader or all of their letters were erased.
    pub key: Option<String>,
}

impl ReaderRow {
    /// The columns that [`read`](Self::read) reads.
    pub(crate) const COLUMNS: &'static str = "token, tag, key";

    /// The statement that stores one, unless the ledger has one with this token.
    pub(crate) const INSERT: &'static str = "INSERT INTO reader (token, tag, key) VALUES ($1, $2, $3)";

    pub(crate) fn read(row: &dyn ResultColumns) -> Result<Self, LedgerError> {
        let token = UnsubscribeToken::parse(&row.required_text(0, "reader.token")?);
        Ok(Self {
            token: token.ok_or(LedgerError::Damaged { column: "reader.token" })?,
            tag: row.required_text(1, "reader.tag")?,
            key: row.text(2)?,
        })
    }
}

/// The statement that forgets the keys of readers who have no letter left. Their tokens stay.
///
/// SQLite joins in the order as written (<https://sqlite.org/optoverview.html#crossjoin>): most readers are found in the
/// newest plan, with one search in the index by plan and key.
pub(crate) const FORGET_KEYS: &str = "UPDATE reader SET key = NULL WHERE key IS NOT NULL AND NOT EXISTS
     (SELECT 1 FROM (SELECT id FROM plan ORDER BY id DESC) AS newest CROSS JOIN letter
      WHERE letter.plan = newest.id AND letter.key = reader.key)";

/// The statement that records the key, `$1`, that the readers of a plan were recorded with.
pub(crate) const SET_KEY: &str = "UPDATE plan SET reader_key = $1 WHERE id = $2";

/// The statement that forgets the key of one reader.
pub(crate) const FORGET_KEY: &str = "UPDATE reader SET key = NULL WHERE key = $1";

/// The statement that suppresses letters of a plan, `$2`, to readers who left while it was made, by a token of which no
/// address was known: only now their letters can be found. `$1` is the moment.
pub(crate) const SUPPRESS_WHO_LEFT: &str =
    "UPDATE delivery SET state = 'suppressed', at = $1, reason_text = 'unsubscribed'
     WHERE plan = $2 AND state = 'planned' AND number IN
       (SELECT number FROM letter WHERE plan = $2 AND key IN
         (SELECT key FROM reader WHERE tag IN
           (SELECT substr(tag, 1, 40) FROM suppression WHERE key IS NULL AND removed_at IS NULL
              AND series IN ('', (SELECT series FROM plan WHERE id = $2)))))";

/// The query that counts letters whose reader is missing.
pub(crate) fn count_unknown_readers() -> String {
    format!(
        "SELECT count(*) FROM letter WHERE NOT {IS_ERASED} AND key NOT IN (SELECT key FROM reader WHERE key IS NOT NULL)"
    )
}
