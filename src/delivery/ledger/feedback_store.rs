//! Records feedback, written once for both databases.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::delivery::ledger::columns::{LETTERS, ResultColumns, read_reason, read_state, status_text};
use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::feedback::{
    BounceLimits, FailureClass, KnownLetter, LeaveRequest, LeaveResult, LetterReport, LetterToken, Refusal, ReportKind,
    ReportResult,
};
use crate::delivery::ledger::read::{Database, Parameter, collect};
use crate::delivery::ledger::record::PlanId;
use crate::delivery::ledger::state::LetterState;
use crate::delivery::ledger::suppression::{Suppression, series_tag};
use crate::delivery::outcome::{StateReason, printable};
use crate::issue::series::SeriesId;
use crate::people::person::Address;
use crate::people::person::suppression_reason::SuppressionReason;

/// A transaction that records feedback.
pub(crate) trait FeedbackTransaction: Database {
    /// Locks the reader that a query finds until the transaction ends, in a database with several writers.
    const LOCK_READER: &'static str;
    /// The same for letters.
    const LOCK_LETTERS: &'static str;
    /// The assignment that takes a letter from the run that holds it, in a database with several runs.
    const RELEASE: &'static str;

    /// Runs a statement.
    fn execute(&mut self, sql: &str, parameters: &[Parameter<'_>]) -> Result<(), LedgerError>;

    /// Records a suppression, and suppresses letters that are not sent yet; returns whether it is new.
    fn suppress(&mut self, suppression: &Suppression) -> Result<bool, LedgerError>;
}

/// A letter, and what decides how feedback changes it.
pub(crate) struct LetterStatus {
    plan: i64,
    number: i64,
    token: String,
    address: String,
    key: String,
    series: String,
    state: LetterState,
    failure: Option<FailureClass>,
    at: Option<Timestamp>,
}

/// The letters that were looked up, by their tokens.
pub(crate) type LettersByToken = BTreeMap<LetterToken, LetterStatus>;

impl LetterStatus {
    /// The query for letters of plans in force, without its condition. A letter in a replaced plan was copied into the next
    /// one if it was sent.
    fn query(condition: &str) -> String {
        // The part of the Message-ID that is a `LetterToken`, after the `<`.
        let digits = LetterToken::DIGITS;
        // There is no index by key alone: CROSS JOIN makes SQLite look each plan up in that by (plan, key), instead of
        // reading all letters (<https://sqlite.org/optoverview.html#crossjoin>).
        format!(
            "SELECT plan.id, letter.number, substr(letter.message_id, 2, {digits}), letter.address, letter.key, plan.series,
               delivery.state, delivery.failure, delivery.at
             FROM plan CROSS JOIN letter CROSS JOIN delivery
             WHERE letter.plan = plan.id AND delivery.plan = letter.plan AND delivery.number = letter.number
               AND NOT plan.replaced AND {condition}"
        )
    }

    fn read(row: &dyn ResultColumns) -> Result<Self, LedgerError> {
        Ok(Self {
            plan: row.required_integer(0, "plan.id")?,
            number: row.required_integer(1, "letter.number")?,
            token: row.required_text(2, "letter.message_id")?,
            address: row.required_text(3, "letter.address")?,
            key: row.required_text(4, "letter.key")?,
            series: row.required_text(5, "plan.series")?,
            state: read_state(&row.required_text(6, "delivery.state")?)?,
            failure: FailureClass::read(row, 7)?,
            at: row.time(8)?,
        })
    }

    fn is_of(&self, series: Option<&SeriesId>) -> bool {
        series.is_none_or(|series| series.as_str() == self.series)
    }
}

/// The sent letters with these tokens. A project that has sent the same issue to its outbox and through a relay has two
/// letters with one Message-ID: feedback is about the one sent through the relay.
pub(crate) fn find<D: Database>(
    database: &mut D,
    tokens: &BTreeSet<LetterToken>,
) -> Result<LettersByToken, LedgerError> {
    let tokens: Vec<String> = tokens.iter().map(LetterToken::to_string).collect();
    let (digits, is_one_of) = (LetterToken::DIGITS, D::IS_ONE_OF);
    // The Message-ID of a letter that was never tried cannot be known to anyone.
    let condition = format!("delivery.tries > 0 AND substr(letter.message_id, 2, {digits}) {is_one_of}");
    let sql = format!("{} ORDER BY plan.transport = 'smtp', plan.id", LetterStatus::query(&condition));
    let letters = collect(database, &sql, &[Parameter::Texts(&tokens)], LetterStatus::read)?;
    // Of two letters with one token, the later one stays.
    Ok(letters.into_iter().filter_map(|letter| Some((LetterToken::parse(&letter.token)?, letter))).collect())
}

/// The sent letters with these tokens, with their readers.
pub(crate) fn known_letters(
    database: &mut impl Database,
    tokens: &BTreeSet<LetterToken>,
) -> Result<BTreeMap<LetterToken, KnownLetter>, LedgerError> {
    let damaged = |_| LedgerError::Damaged { column: "letter.address" };
    let known = find(database, tokens)?.into_iter().map(|(token, letter)| {
        let address = Address::parse(&letter.address).map_err(damaged)?;
        Ok((token, KnownLetter { address, state: letter.state }))
    });
    known.collect()
}

/// The refused letters of a plan whose cause is not classified yet.
pub(crate) fn refusals(database: &mut impl Database, plan: PlanId) -> Result<Vec<Refusal>, LedgerError> {
    let digits = LetterToken::DIGITS;
    let sql = format!(
        "SELECT substr(message_id, 2, {digits}), at, reason_code, reason_status, reason_text FROM {LETTERS}
         WHERE plan = $1 AND state = 'refused' AND failure IS NULL ORDER BY number"
    );
    let rows = collect(database, &sql, &[Parameter::Integer(plan.0)], |row| {
        let token = LetterToken::parse(&row.required_text(0, "letter.message_id")?);
        let (at, reason) = (row.time(1)?, read_reason(row, 2)?);
        // The letters of erased people have neither.
        Ok(token.zip(at).zip(reason).map(|((letter, at), reason)| Refusal { letter, at, reason }))
    })?;
    Ok(rows.into_iter().flatten().collect())
}

/// Unsubscribes one reader.
pub(crate) fn leave<T: FeedbackTransaction>(
    transaction: &mut T,
    request: &LeaveRequest,
) -> Result<LeaveResult, LedgerError> {
    let token = request.target.token.to_string();
    let sql = format!("SELECT tag, key FROM reader WHERE token = $1{}", T::LOCK_READER);
    let found = collect(transaction, &sql, &[Parameter::Text(&token)], |row| {
        Ok((row.required_text(0, "reader.tag")?, row.text(1)?))
    })?;
    let Some((tag, key)) = found.into_iter().next() else { return Ok(LeaveResult::Unknown) };
    let letters = key.as_deref().map_or(Ok(Vec::new()), |key| letters_to(transaction, key))?;
    let series = request.target.series.as_ref();
    let address = letters.first().map(|letter| letter.address.as_str()).or(key.as_deref());
    let suppression = Suppression {
        tag: series_tag(tag, series),
        series: series.cloned(),
        address: address.and_then(|address| Address::parse(address).ok()),
        reason: SuppressionReason::Unsubscribed,
        at: request.at,
        source: request.source.clone(),
        removal: None,
    };
    if !transaction.suppress(&suppression)? {
        return Ok(LeaveResult::AlreadyLeft);
    }
    let mut accepted = letters.iter().filter(|letter| letter.state == LetterState::Accepted && letter.is_of(series));
    if let Some(letter) = accepted.next() {
        let reason = StateReason::event(request.source.clone());
        write(transaction, letter, &LetterTruth { state: LetterState::Left, failure: None, reason, at: request.at })?;
    }
    Ok(LeaveResult::Left)
}

/// Every letter to an address, the newest first.
fn letters_to<T: FeedbackTransaction>(transaction: &mut T, key: &str) -> Result<Vec<LetterStatus>, LedgerError> {
    // Letters are found by plan and key. With the key alone, SQLite reads the whole index for each reader who leaves.
    let query = LetterStatus::query("letter.key = $1");
    let sql = format!("{query} ORDER BY plan.transport = 'smtp' DESC, plan.id DESC{}", T::LOCK_LETTERS);
    collect(transaction, &sql, &[Parameter::Text(key)], LetterStatus::read)
}

/// Records reports on these letters, which were looked up before the transaction began: the whole ledger is read for that.
pub(crate) fn report<T: FeedbackTransaction>(
    transaction: &mut T,
    reports: &[LetterReport],
    letters: &LettersByToken,
    limits: BounceLimits,
) -> Result<Vec<ReportResult>, LedgerError> {
    let readers = readers_of(transaction, letters)?;
    let mut results = Vec::new();
    for report in reports {
        let letter = match letters.get(&report.letter) {
            Some(letter) => current(transaction, &report.letter, letter)?,
            None => None,
        };
        let Some(letter) = letter else {
            results.push(ReportResult::Unknown);
            continue;
        };
        let truth = LetterTruth::of(&letter, report);
        if let Some(truth) = &truth {
            write(transaction, &letter, truth)?;
        }
        let mut is_new = truth.is_some();
        // A soft bounce that says nothing new was counted before.
        let can_suppress = is_new || report.kind != ReportKind::Failed(FailureClass::Soft);
        if let Some(reader) = readers.get(&letter.key).filter(|_| can_suppress)
            && let Some(suppression) = suppression_of(transaction, report, &letter, reader, limits)?
        {
            is_new |= transaction.suppress(&suppression)?;
        }
        results.push(if is_new { ReportResult::Recorded } else { ReportResult::AlreadyKnown });
    }
    Ok(results)
}

/// The letter as it is now; absent if it was erased meanwhile.
fn current<T: FeedbackTransaction>(
    transaction: &mut T,
    token: &LetterToken,
    letter: &LetterStatus,
) -> Result<Option<LetterStatus>, LedgerError> {
    let sql = LetterStatus::query("letter.plan = $1 AND letter.number = $2") + T::LOCK_LETTERS;
    let place = [Parameter::Integer(letter.plan), Parameter::Integer(letter.number)];
    let found = collect(transaction, &sql, &place, LetterStatus::read)?.pop();
    match found.filter(|found| found.token == token.as_str()) {
        Some(found) => Ok(Some(found)),
        // The issue was planned again meanwhile: the letter is in the new plan.
        None => Ok(find(transaction, &BTreeSet::from([token.clone()]))?.remove(token)),
    }
}

/// A reader whom a report may suppress.
struct ReportedReader {
    tag: String,
    /// When a suppression of theirs was removed; absent: never.
    removed_at: Option<Timestamp>,
}

/// The readers of letters, by the keys of their addresses.
fn readers_of<D: Database>(
    database: &mut D,
    letters: &LettersByToken,
) -> Result<BTreeMap<String, ReportedReader>, LedgerError> {
    let keys: BTreeSet<&String> = letters.values().map(|letter| &letter.key).collect();
    let keys: Vec<String> = keys.into_iter().cloned().collect();
    let sql = format!(
        "SELECT reader.key, reader.tag, suppression.removed_at
         FROM reader LEFT JOIN suppression ON suppression.tag = reader.tag WHERE reader.key {}
         ORDER BY suppression.tag IS NOT NULL, reader.token",
        D::IS_ONE_OF
    );
    let readers = collect(database, &sql, &[Parameter::Texts(&keys)], |row| {
        let (tag, removed_at) = (row.required_text(1, "reader.tag")?, row.time(2)?);
        Ok((row.required_text(0, "reader.key")?, ReportedReader { tag, removed_at }))
    })?;
    // A reader has several tokens if the key was changed: the one that a suppression is known of comes last, and stays.
    Ok(readers.into_iter().collect())
}

/// The state of a letter after feedback.
struct LetterTruth {
    state: LetterState,
    failure: Option<FailureClass>,
    reason: StateReason,
    at: Timestamp,
}

impl LetterTruth {
    /// The state of a letter after a report; absent if nothing changes. A complaint outweighs a bounce, and a bounce
    /// that the reader has left, in whatever order they come.
    fn of(letter: &LetterStatus, report: &LetterReport) -> Option<Self> {
        let (state, failure) = match (report.kind, letter.state) {
            // The relay's reply may not have been recorded yet, although the letter was accepted and has come back.
            (
                ReportKind::Failed(class),
                LetterState::Accepted | LetterState::InFlight | LetterState::InDoubt | LetterState::Left,
            ) => (LetterState::Bounced, Some(class)),
            // The class that says most about the mailbox stays.
            (ReportKind::Failed(class), LetterState::Bounced | LetterState::Refused) => {
                (letter.state, Some(class).filter(|_| Some(class) > letter.failure).map(Some)?)
            }
            (
                ReportKind::Complained,
                LetterState::Accepted
                | LetterState::InFlight
                | LetterState::InDoubt
                | LetterState::Bounced
                | LetterState::Left,
            ) => (LetterState::Complained, letter.failure),
            (ReportKind::Failed(_) | ReportKind::Complained | ReportKind::Delayed, _) => return None,
        };
        Some(Self { state, failure, reason: report.reason.clone(), at: report.at })
    }
}

/// The suppression that a report causes; absent if it causes none.
fn suppression_of(
    transaction: &mut impl FeedbackTransaction,
    report: &LetterReport,
    letter: &LetterStatus,
    reader: &ReportedReader,
    limits: BounceLimits,
) -> Result<Option<Suppression>, LedgerError> {
    let (reason, source) = match report.kind {
        ReportKind::Complained => (SuppressionReason::Complained, "complaint"),
        ReportKind::Failed(FailureClass::Hard) => (SuppressionReason::Bounced, "bounce"),
        ReportKind::Failed(FailureClass::Soft) => {
            let letters = letters_to(transaction, &letter.key)?;
            if failures_in_a_row(&letters, reader.removed_at) < limits.soft_limit {
                return Ok(None);
            }
            (SuppressionReason::Bounced, "bounces in a row")
        }
        ReportKind::Failed(FailureClass::Ours) | ReportKind::Delayed => return Ok(None),
    };
    Ok(Some(Suppression {
        tag: reader.tag.clone(),
        series: None,
        address: Address::parse(&letter.address).ok(),
        reason,
        at: report.at,
        source: source.to_owned(),
        removal: None,
    }))
}

/// How many of a reader's letters in a row did not arrive, starting at the newest one with feedback; what happened
/// before a suppression was removed does not count.
fn failures_in_a_row(letters: &[LetterStatus], removed_at: Option<Timestamp>) -> u32 {
    let (mut failures, mut has_feedback) = (0, false);
    for letter in letters {
        match (letter.state, letter.failure) {
            (LetterState::Bounced | LetterState::Refused, Some(FailureClass::Soft | FailureClass::Hard)) => {
                if removed_at.is_some_and(|removed_at| letter.at.is_none_or(|at| at <= removed_at)) {
                    break;
                }
                failures += 1;
                has_feedback = true;
            }
            (LetterState::Bounced, _) => has_feedback = true,
            (LetterState::Accepted, _) if !has_feedback => {}
            (LetterState::Accepted | LetterState::Left | LetterState::Complained, _) => break,
            (
                LetterState::Planned
                | LetterState::InFlight
                | LetterState::Deferred
                | LetterState::Refused
                | LetterState::InDoubt
                | LetterState::Suppressed
                | LetterState::Expired
                | LetterState::Cancelled,
                _,
            ) => {}
        }
    }
    failures
}

fn write<T: FeedbackTransaction>(
    transaction: &mut T,
    letter: &LetterStatus,
    truth: &LetterTruth,
) -> Result<(), LedgerError> {
    let place = [Parameter::Integer(letter.plan), Parameter::Integer(letter.number)];
    let failure = Parameter::OptionalText(truth.failure.map(FailureClass::as_str));
    if truth.state == LetterState::Refused {
        // When and why it was refused is known already.
        let sql = "UPDATE delivery SET failure = $3 WHERE plan = $1 AND number = $2";
        return transaction.execute(sql, &[place[0], place[1], failure]);
    }
    let (status, text) = (status_text(&truth.reason), printable(truth.reason.text()));
    // PostgreSQL infers the type of a parameter from its position, and does not accept a wider integer for an INTEGER
    // without a cast.
    let sql = format!(
        "UPDATE delivery SET state = $3, failure = $4, reason_code = CAST(CAST($5 AS BIGINT) AS INTEGER), reason_status = $6,
           reason_text = $7, at = $8{} WHERE plan = $1 AND number = $2",
        T::RELEASE
    );
    let parameters = [
        place[0],
        place[1],
        Parameter::Text(truth.state.as_str()),
        failure,
        Parameter::OptionalInteger(truth.reason.code().map(i64::from)),
        Parameter::OptionalText(status.as_deref()),
        Parameter::Text(&text),
        Parameter::Integer(truth.at.as_millisecond()),
    ];
    transaction.execute(&sql, &parameters)
}
