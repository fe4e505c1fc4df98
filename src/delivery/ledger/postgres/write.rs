//! Writes what happened to letters: each kind of change in one statement.
//!
//! Each statement may be run twice, since the answer to the first one may have been lost; and each has conditions under
//! which it applies, since another host may have taken the letter over.

use std::borrow::Cow;
use std::collections::HashSet;

use jiff::Timestamp;
use postgres::types::ToSql;
use postgres::{Client, Error};

use crate::delivery::ledger::claim::{AttemptRecord, LetterChange, LetterNumber, LetterUpdate};
use crate::delivery::ledger::columns::status_text;
use crate::delivery::ledger::postgres::client::LedgerClient;
use crate::delivery::ledger::postgres::leases::Lease;
use crate::delivery::ledger::record::PlanId;
use crate::delivery::ledger::suppression::far_future;
use crate::delivery::outcome::StateReason;

/// Letters whose bodies are about to be sent, by column.
#[derive(Default)]
pub(super) struct MarkBatch {
    numbers: Vec<i64>,
    tries: Vec<i32>,
    holders: Vec<i64>,
    times: Vec<i64>,
    /// Their slots in the rate limits; empty if there are no limits.
    slots: Vec<i64>,
}

impl MarkBatch {
    pub(super) fn new(updates: &[LetterUpdate]) -> Self {
        let mut marks = Self::default();
        for update in updates {
            if let LetterChange::Mark(now, slot) = &update.change {
                marks.numbers.push(update.number.0);
                marks.tries.push(tries(update));
                marks.holders.push(update.holder);
                marks.times.push(now.as_millisecond());
                marks.slots.extend(slot.map(|slot| slot.0));
            }
        }
        marks
    }

    pub(super) fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    pub(super) fn numbers(&self) -> impl Iterator<Item = i64> {
        self.numbers.iter().copied()
    }
}

/// Attempts that have ended, by column.
#[derive(Default)]
pub(super) struct SettlementBatch<'a> {
    numbers: Vec<i64>,
    tries: Vec<i32>,
    holders: Vec<i64>,
    marked: Vec<bool>,
    states: Vec<&'static str>,
    codes: Vec<Option<i32>>,
    statuses: Vec<Option<String>>,
    texts: Vec<Cow<'a, str>>,
    times: Vec<i64>,
    due: Vec<i64>,
}

impl<'a> SettlementBatch<'a> {
    pub(super) fn new(updates: &'a [LetterUpdate]) -> Self {
        let mut settlements = Self::default();
        for update in updates {
            match &update.change {
                LetterChange::Settle(record) => settlements.add(update, record, MarkStatus::Marked),
                LetterChange::SettleUnsent(record) => settlements.add(update, record, MarkStatus::Unmarked),
                LetterChange::Mark(..) | LetterChange::Correct(_) | LetterChange::Defer(_) => {}
            }
        }
        settlements
    }

    fn add(&mut self, update: &LetterUpdate, record: &'a AttemptRecord, marked: MarkStatus) {
        self.numbers.push(update.number.0);
        self.tries.push(tries(update));
        self.holders.push(update.holder);
        self.marked.push(marked == MarkStatus::Marked);
        self.states.push(record.state.as_str());
        self.codes.push(stored_code(&record.reason));
        self.statuses.push(status_text(&record.reason));
        self.texts.push(storable(record.reason.text()));
        self.times.push(record.at.as_millisecond());
        self.due.push(record.due.as_millisecond());
    }

    pub(super) fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum MarkStatus {
    Marked,
    Unmarked,
}

/// The statement of [`write`], which the server parses once per connection: arrays instead of rows make it the same for
/// any number of letters. `renewed` renews the lease when a third of it is gone, `sent` counts letters at the moment
/// when they are sent, and `settled` settles.
///
/// A settlement counts only for the run that tried the letter last; another host may have put it in doubt in the
/// meantime. A mark counts only while the run's lease is valid, and may be repeated by the same attempt.
const WRITE: &str = "WITH renewed AS (
       UPDATE holder SET expires = clock_timestamp() + make_interval(secs => $15::float8)
       WHERE id = $14 AND expires < clock_timestamp() + make_interval(secs => $15::float8 * 2 / 3)),
     sent AS (
       UPDATE rate_slot SET at = (extract(epoch FROM clock_timestamp()) * 1000)::bigint WHERE id = ANY($16)),
     settled AS (
       UPDATE delivery SET
         state = CASE WHEN delivery.due = $17 AND new.state = 'deferred' THEN 'suppressed' ELSE new.state END,
         reason_code = new.code, reason_status = new.status, reason_text = new.words, at = new.at, tries = new.tries,
         due = new.due, first_try = coalesce(first_try, new.at), holder = NULL
       FROM unnest($2::bigint[], $3::integer[], $4::bigint[], $5::boolean[], $6::text[], $7::text[], $8::bigint[],
         $9::bigint[], $18::integer[], $19::text[])
         AS new (number, tries, holder, marked, state, words, at, due, code, status)
       WHERE delivery.plan = $1 AND delivery.number = new.number
         AND CASE WHEN new.marked
           THEN delivery.tried_by = new.holder AND delivery.tries = new.tries
             AND delivery.state IN ('in_flight', 'in_doubt')
           ELSE delivery.holder = new.holder AND delivery.state IN ('planned', 'deferred') END)
     UPDATE delivery SET state = 'in_flight', tries = new.tries, at = new.at, first_try = coalesce(first_try, new.at),
       tried_by = new.holder
     FROM unnest($10::bigint[], $11::integer[], $12::bigint[], $13::bigint[]) AS new (number, tries, holder, at)
     WHERE delivery.plan = $1 AND delivery.number = new.number AND delivery.holder = new.holder
       AND NOT EXISTS (SELECT 1 FROM suppression WHERE removed_at IS NULL
         AND key = (SELECT key FROM letter WHERE letter.plan = delivery.plan AND letter.number = delivery.number)
         AND series IN ('', (SELECT series FROM plan WHERE id = $1)))
       AND EXISTS (SELECT 1 FROM holder WHERE holder.id = new.holder AND expires > clock_timestamp())
       AND (delivery.state IN ('planned', 'deferred')
         OR delivery.state = 'in_flight' AND delivery.tried_by = new.holder AND delivery.tries = new.tries)
     RETURNING delivery.number";

/// Settles and marks in one statement, hence in one transaction and with one flush. Returns the letters that were
/// marked; the others must not be sent.
pub(super) fn write(
    client: &mut LedgerClient,
    plan: PlanId,
    lease: Lease,
    settlements: &SettlementBatch<'_>,
    marks: &MarkBatch,
) -> Result<HashSet<i64>, Error> {
    let never = far_future();
    let values: [&(dyn ToSql + Sync); 19] = [
        &plan.0,
        &settlements.numbers,
        &settlements.tries,
        &settlements.holders,
        &settlements.marked,
        &settlements.states,
        &settlements.texts,
        &settlements.times,
        &settlements.due,
        &marks.numbers,
        &marks.tries,
        &marks.holders,
        &marks.times,
        &lease.holder,
        &lease.seconds,
        &marks.slots,
        &never,
        &settlements.codes,
        &settlements.statuses,
    ];
    let rows = client.query_prepared(WRITE, &values)?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// Takes back the marks of letters that [`write`] did not return: they are not sent.
///
/// If the answer to a mark is lost, it is written again; when the lease has ended in between, it no longer applies, but
/// the first one did. Without this, such a letter would be in doubt although it never left.
pub(super) fn unmark(client: &mut Client, plan: PlanId, marks: &MarkBatch, lost: &[i64]) -> Result<u64, Error> {
    client.execute(
        "UPDATE delivery SET state = CASE WHEN delivery.tries > 1 THEN 'deferred' ELSE 'planned' END,
           tries = delivery.tries - 1, first_try = CASE WHEN delivery.tries > 1 THEN first_try END,
           reason_code = NULL, reason_status = NULL, reason_text = NULL, holder = NULL, tried_by = NULL
         FROM unnest($2::bigint[], $3::integer[], $4::bigint[]) AS mark (number, tries, holder)
         WHERE delivery.plan = $1 AND delivery.number = mark.number AND delivery.number = ANY($5)
           AND delivery.state IN ('in_flight', 'in_doubt')
           AND delivery.tried_by = mark.holder AND delivery.tries = mark.tries",
        &[&plan.0, &marks.numbers, &marks.tries, &marks.holders, &lost],
    )
}

/// Replaces the recorded outcome of a letter.
pub(super) fn correct(
    client: &mut Client,
    plan: PlanId,
    number: LetterNumber,
    record: &AttemptRecord,
) -> Result<u64, Error> {
    client.execute(
        "UPDATE delivery SET state = $3, reason_code = $7, reason_status = $8, reason_text = $4, at = $5, due = $6
         WHERE plan = $1 AND number = $2 AND state IN ('refused', 'deferred') AND holder IS NULL",
        &[
            &plan.0,
            &number.0,
            &record.state.as_str(),
            &storable(record.reason.text()),
            &record.at.as_millisecond(),
            &record.due.as_millisecond(),
            &stored_code(&record.reason),
            &status_text(&record.reason),
        ],
    )
}

/// Writes that a letter is not to be tried before a moment, and releases it.
pub(super) fn defer(client: &mut Client, plan: PlanId, update: &LetterUpdate, due: Timestamp) -> Result<u64, Error> {
    client.execute(
        "UPDATE delivery SET due = $4, holder = NULL
         WHERE plan = $1 AND number = $2 AND holder = $3 AND state IN ('planned', 'deferred')",
        &[&plan.0, &update.number.0, &update.holder, &due.as_millisecond()],
    )
}

fn tries(update: &LetterUpdate) -> i32 {
    i32::try_from(update.tries).unwrap_or(i32::MAX)
}

/// PostgreSQL accepts no NUL in a text; an operating system's message could hold one.
pub(super) fn storable(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { Cow::Owned(text.replace('\0', "\u{fffd}")) } else { Cow::Borrowed(text) }
}

/// A reply code in the width of its column.
pub(super) fn stored_code(reason: &StateReason) -> Option<i32> {
    reason.code().map(i32::from)
}
