//! What was mailed about each issue to those who run the newsletter: each change once, whichever host sees it.

use jiff::Timestamp;

use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::read::{Database, Parameter, collect};
use crate::issue::IssueId;

/// Creates the table in a ledger of an earlier version.
pub(crate) const CREATE: &str =
    "CREATE TABLE IF NOT EXISTS announcement (issue TEXT PRIMARY KEY, state TEXT NOT NULL, at TEXT NOT NULL)";

/// The statement that records a state, `$2`, of an issue, `$1`. It changes no row where the issue has this state already:
/// of two hosts that see a change, only one changes the row.
pub(crate) const INSERT: &str = "
    INSERT INTO announcement (issue, state, at) VALUES ($1, $2, $3)
    ON CONFLICT (issue) DO UPDATE SET state = excluded.state, at = excluded.at WHERE announcement.state <> excluded.state";

/// What was announced of an issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement {
    /// The issue.
    pub issue: IssueId,
    /// Its state, in the words of the caller.
    pub state: String,
    /// When it was announced.
    pub at: Timestamp,
}

/// The issues whose announced state begins with this word, in a ledger that has the table.
pub(crate) fn issues(database: &mut impl Database, word: &str) -> Result<Vec<IssueId>, LedgerError> {
    let query = "SELECT issue FROM announcement WHERE state LIKE $1 || '%' ORDER BY issue";
    let issues = collect(database, query, &[Parameter::Text(word)], |row| row.text(0))?;
    Ok(issues.into_iter().flatten().map(IssueId::recorded).collect())
}
