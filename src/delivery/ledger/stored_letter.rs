//! The letters of a plan in the form in which both databases store them.

use crate::audience::AudienceId;
use crate::base::error::Error;
use crate::base::parallel;
use crate::delivery::ledger::LetterIterator;
use crate::delivery::ledger::columns::to_json;
use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::freeze_context::FreezeContext;
use crate::delivery::ledger::reader::ReaderRow;
use crate::letter::plan::PlannedLetter;
use crate::people::person::Address;
use crate::people::person::suppression_reason::SuppressionReason;

/// A letter that is to be stored: all that takes time besides writing it is done.
pub(crate) struct StoredLetter {
    /// The recipient's address.
    pub(crate) address: Address,
    /// The key that addresses are compared by.
    pub(crate) key: String,
    /// The person, as JSON.
    pub(crate) person: String,
    /// The audience for which they get it.
    pub(crate) audience: AudienceId,
    /// The edition's id.
    pub(crate) edition: String,
    /// The Message-ID with its angle brackets.
    pub(crate) message_id: String,
    /// Why it is not sent; absent: it is.
    pub(crate) suppressed: Option<SuppressionReason>,
    /// The token in the reader's unsubscribe links, as text.
    pub(crate) token: String,
    /// The tag of a suppression of the reader for everything.
    pub(crate) tag: String,
}

impl StoredLetter {
    fn new(letter: PlannedLetter, context: &FreezeContext) -> Result<Self, LedgerError> {
        let PlannedLetter { person, audience, edition, message_id } = letter;
        let ReaderRow { token, tag, key: _ } = context.readers.row(&person.address);
        Ok(Self {
            key: person.address.key(),
            person: to_json(&*person)?,
            suppressed: context.suppressed.reason(&person.address),
            address: person.address.clone(),
            audience,
            edition,
            message_id,
            token: token.to_string(),
            tag,
        })
    }
}

/// Calls `store` with the letters of a plan, which another thread makes and prepares ahead of it; returns what it returns.
pub(crate) fn prepared_ahead<R>(
    letters: &mut LetterIterator<'_>,
    context: &FreezeContext,
    store: impl FnOnce(&mut dyn Iterator<Item = Result<StoredLetter, Error>>) -> R,
) -> R {
    parallel::ahead(letters.map(|letter| Ok(StoredLetter::new(letter?, context)?)), store)
}
