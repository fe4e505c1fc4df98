//! The records of a ledger, as they are read back.

use jiff::Timestamp;
use serde::Serialize;

use crate::base::digest::Digest;
use crate::delivery::ledger::columns::{ResultColumns, from_json, read_reason, read_series, read_state};
use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::state::LetterState;
use crate::delivery::outcome::StateReason;
use crate::issue::IssueId;
use crate::issue::edition_key::EditionKey;
use crate::issue::series::SeriesId;
use crate::letter::plan::{Fingerprint, PlannedLetter, TransportKind};

/// The domain of the addresses that replace those of erased persons.
pub(crate) const ERASED_DOMAIN: &str = "erased.invalid";

/// A frozen plan, without its letters.
#[derive(Clone, Debug, Serialize)]
pub struct PlanRecord {
    /// Its number in the ledger.
    pub id: PlanId,
    /// The issue.
    pub issue: IssueId,
    /// Its series; absent: the organisation's own newsletter.
    pub series: Option<SeriesId>,
    /// The kind of transport it belongs to.
    pub transport: TransportKind,
    /// The Date header of its letters.
    pub date: String,
    /// The digest of the issue's own content, under whatever name.
    pub content: Digest,
    /// What it was made from.
    pub fingerprint: Fingerprint,
    /// The editions that its letters name.
    pub editions: Vec<EditionKey>,
    /// After this moment nothing of it is tried any more.
    pub send_until: Option<Timestamp>,
    /// When it was frozen.
    pub frozen_at: Timestamp,
    /// Whether an operator cancelled it: nothing more of it is sent.
    pub cancelled: bool,
    /// Whether an operator decided that it is sent on, however many of its letters are refused.
    pub accepts_refusals: bool,
}

/// A plan's number in its ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct PlanId(pub(crate) i64);

/// A letter of a plan, and its state.
#[derive(Clone, Debug)]
pub struct LetterRecord {
    /// What was planned.
    pub letter: PlannedLetter,
    /// Its state.
    pub state: LetterState,
    /// How often it was tried.
    pub tries: u32,
    /// When its state last changed; absent while nothing was tried.
    pub at: Option<Timestamp>,
    /// Why it is in its state; absent while nothing was tried.
    pub reason: Option<StateReason>,
}

/// An operator's decision on letters in doubt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// They arrived: count them as accepted.
    Sent,
    /// They did not: send them again.
    Resend,
}

impl Resolution {
    /// The state that such a letter gets.
    pub(crate) fn state(self) -> LetterState {
        match self {
            Self::Sent => LetterState::Accepted,
            Self::Resend => LetterState::Planned,
        }
    }
}

impl PlanRecord {
    /// The columns that [`read`](Self::read) reads.
    pub(crate) const COLUMNS: &'static str =
        "id, issue, series, transport, date, content, fingerprint, editions, send_until, frozen_at, cancelled,
           accepts_refusals";

    /// The statement that stores a new one and returns its number, with its parameters in the order that SQLite numbers
    /// them by.
    pub(crate) const INSERT: &'static str =
        "INSERT INTO plan (issue, series, transport, date, content, fingerprint, editions, send_until, frozen_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id";

    pub(crate) fn read(row: &dyn ResultColumns) -> Result<Self, LedgerError> {
        let damaged = |column| LedgerError::Damaged { column };
        let transport = row.required_text(3, "plan.transport")?;
        let content = row.required_text(5, "plan.content")?;
        Ok(Self {
            id: PlanId(row.required_integer(0, "plan.id")?),
            issue: IssueId::recorded(row.required_text(1, "plan.issue")?),
            series: read_series(&row.required_text(2, "plan.series")?, "plan.series")?,
            transport: TransportKind::ALL
                .into_iter()
                .find(|kind| kind.as_str() == transport)
                .ok_or(damaged("plan.transport"))?,
            date: row.required_text(4, "plan.date")?,
            // As a JSON text the digest is checked by its `Deserialize`.
            content: from_json(&format!("\"{content}\""), "plan.content")?,
            fingerprint: from_json(&row.required_text(6, "plan.fingerprint")?, "plan.fingerprint")?,
            editions: from_json(&row.required_text(7, "plan.editions")?, "plan.editions")?,
            send_until: row.time(8)?,
            frozen_at: row.time(9)?.ok_or(damaged("plan.frozen_at"))?,
            cancelled: row.boolean(10)?,
            accepts_refusals: row.boolean(11)?,
        })
    }
}

/// Reads `person`, `audience`, `edition` and `message_id`, which come first.
pub(crate) fn read_planned(row: &dyn ResultColumns) -> Result<PlannedLetter, LedgerError> {
    let audience = row.required_text(1, "letter.audience")?;
    Ok(PlannedLetter {
        person: from_json(&row.required_text(0, "letter.person")?, "letter.person")?,
        audience: from_json(&format!("\"{audience}\""), "letter.audience")?,
        edition: row.required_text(2, "letter.edition")?,
        message_id: row.required_text(3, "letter.message_id")?,
    })
}

pub(crate) fn read_tries(row: &dyn ResultColumns, index: usize) -> Result<u32, LedgerError> {
    let damaged = LedgerError::Damaged { column: "delivery.tries" };
    u32::try_from(row.required_integer(index, "delivery.tries")?).map_err(|_| damaged)
}

impl LetterRecord {
    /// Whether its person was erased, so that its address is a placeholder.
    pub fn is_erased(&self) -> bool {
        self.letter.person.address.domain() == ERASED_DOMAIN
    }

    /// The columns that [`read`](Self::read) reads.
    pub(crate) const COLUMNS: &'static str =
        "person, audience, edition, message_id, state, tries, at, reason_code, reason_status, reason_text";

    pub(crate) fn read(row: &dyn ResultColumns) -> Result<Self, LedgerError> {
        Ok(Self {
            letter: read_planned(row)?,
            state: read_state(&row.required_text(4, "delivery.state")?)?,
            tries: read_tries(row, 5)?,
            at: row.time(6)?,
            reason: read_reason(row, 7)?,
        })
    }
}
