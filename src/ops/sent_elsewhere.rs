//! The reason for not sending an issue that was sent with another ledger.

use thiserror::Error as ThisError;

use crate::base::message::{Message, message};
use crate::issue::IssueId;

/// A receipt records letters of an issue that the ledger does not have.
#[derive(Clone, Debug, PartialEq, Eq, ThisError)]
#[error("{}", message!(
    "{issue} was sent{sent}, as {files} {says}. The ledger here{key} {known}, so nothing is sent. To send it again on purpose, delete {these} first",
    "{issue} blev sendt{sent}, {says} {files}. Sendebogen (ledger) her{key} {known}, så intet sendes. Slet først {these}, hvis det skal sendes igen"
))]
pub struct SentElsewhere {
    /// The issue.
    pub issue: IssueId,
    /// From where, when, and how many letters; and as which issue, if that is another one.
    pub sent: Message,
    /// The receipts.
    pub files: Message,
    /// The verb for them.
    pub says: Message,
    /// The words for them.
    pub these: Message,
    /// That the project has another key than it had there, if so.
    pub key: Message,
    /// What the ledger has of it.
    pub known: Message,
}
