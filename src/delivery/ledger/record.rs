//! What a ledger holds, as it is read back.

use jiff::Timestamp;
use serde::Serialize;

use crate::base::digest::Digest;
use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::state::LetterState;
use crate::delivery::ledger::suppression::SuppressedAddresses;
use crate::issue::IssueId;
use crate::issue::edition_key::EditionKey;
use crate::issue::series::SeriesId;
use crate::letter::plan::{Fingerprint, PlannedLetter, TransportKind};

/// A frozen plan, without its letters.
#[derive(Clone, Debug, Serialize)]
pub struct PlanRecord {
    /// Its number in the ledger.
    pub id: PlanId,
    /// The issue.
    pub issue: IssueId,
    /// Its series; absent: the house's own newsletter.
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
}

/// A plan's number in its ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct PlanId(pub(crate) i64);

/// A letter of a plan, and what became of it.
#[derive(Clone, Debug)]
pub struct LetterRecord {
    /// What was planned.
    pub letter: PlannedLetter,
    /// Where it stands.
    pub state: LetterState,
    /// How often it was tried.
    pub tries: u32,
    /// When its state last changed; absent while nothing was tried.
    pub at: Option<Timestamp>,
    /// The relay's last words, or what happened to the line; absent while nothing was tried.
    pub reply: Option<String>,
}

/// What a frozen plan is bound to besides its letters.
#[derive(Clone, Debug)]
pub struct FreezeContext {
    /// The digest of the issue's own content.
    pub content: Digest,
    /// After this moment nothing is tried any more.
    pub send_until: Option<Timestamp>,
    /// The moment of freezing.
    pub now: Timestamp,
    /// Who gets no letter of it.
    pub held_back: SuppressedAddresses,
}

/// What an operator says of letters in doubt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// They arrived: count them as accepted.
    Sent,
    /// They did not: send them again.
    Resend,
}

impl Resolution {
    /// Where such a letter stands afterwards.
    pub(crate) fn state(self) -> LetterState {
        match self {
            Self::Sent => LetterState::Accepted,
            Self::Resend => LetterState::Planned,
        }
    }
}

/// The columns of a plan, as both databases hold them.
pub(crate) struct PlanColumns {
    pub(crate) id: i64,
    pub(crate) issue: String,
    pub(crate) series: String,
    pub(crate) transport: String,
    pub(crate) date: String,
    pub(crate) content: String,
    pub(crate) fingerprint: String,
    pub(crate) editions: String,
    pub(crate) send_until: Option<i64>,
    pub(crate) frozen_at: i64,
}

/// A series as both databases write it: nothing stands for none.
pub(crate) fn series_text(series: Option<&SeriesId>) -> &str {
    series.map_or("", SeriesId::as_str)
}

pub(crate) fn read_series(text: &str, column: &'static str) -> Result<Option<SeriesId>, LedgerError> {
    let damaged = |_| LedgerError::Damaged { column };
    Some(text).filter(|it| !it.is_empty()).map(SeriesId::parse).transpose().map_err(damaged)
}

impl PlanColumns {
    pub(crate) fn read(self) -> Result<PlanRecord, LedgerError> {
        Ok(PlanRecord {
            id: PlanId(self.id),
            issue: IssueId::recorded(self.issue),
            series: read_series(&self.series, "plan.series")?,
            transport: [TransportKind::Outbox, TransportKind::Smtp, TransportKind::Folder]
                .into_iter()
                .find(|it| it.as_str() == self.transport)
                .ok_or(LedgerError::Damaged { column: "plan.transport" })?,
            date: self.date,
            content: from_json(&format!("\"{}\"", self.content), "plan.content")?,
            fingerprint: from_json(&self.fingerprint, "plan.fingerprint")?,
            editions: from_json(&self.editions, "plan.editions")?,
            send_until: self.send_until.map(time).transpose()?,
            frozen_at: time(self.frozen_at)?,
        })
    }
}

/// The columns of a letter that were planned, as both databases hold them.
pub(crate) struct PlannedColumns {
    pub(crate) person: String,
    pub(crate) audience: String,
    pub(crate) edition: String,
    pub(crate) message_id: String,
}

impl PlannedColumns {
    pub(crate) fn read(self) -> Result<PlannedLetter, LedgerError> {
        Ok(PlannedLetter {
            person: from_json(&self.person, "letter.person")?,
            audience: from_json(&format!("\"{}\"", self.audience), "letter.audience")?,
            edition: self.edition,
            message_id: self.message_id,
        })
    }
}

/// The columns of a letter that say what became of it, as both databases hold them.
pub(crate) struct OutcomeColumns {
    pub(crate) state: String,
    pub(crate) tries: u32,
    pub(crate) at: Option<i64>,
    pub(crate) reply: Option<String>,
}

impl OutcomeColumns {
    pub(crate) fn of(self, planned: PlannedColumns) -> Result<LetterRecord, LedgerError> {
        Ok(LetterRecord {
            letter: planned.read()?,
            state: state(&self.state)?,
            tries: self.tries,
            at: self.at.map(time).transpose()?,
            reply: self.reply,
        })
    }
}

pub(crate) fn state(name: &str) -> Result<LetterState, LedgerError> {
    LetterState::parse(name).ok_or(LedgerError::Damaged { column: "letter.state" })
}

pub(crate) fn time(milliseconds: i64) -> Result<Timestamp, LedgerError> {
    Timestamp::from_millisecond(milliseconds).map_err(|_| LedgerError::Damaged { column: "a time" })
}

pub(crate) fn to_json<T: serde::Serialize>(value: &T) -> Result<String, LedgerError> {
    serde_json::to_string(value).map_err(|_| LedgerError::Damaged { column: "a value to be written" })
}

fn from_json<T: serde::de::DeserializeOwned>(text: &str, column: &'static str) -> Result<T, LedgerError> {
    serde_json::from_str(text).map_err(|_| LedgerError::Damaged { column })
}
