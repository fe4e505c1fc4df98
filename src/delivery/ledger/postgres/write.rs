//! Writes what happened to letters: each kind of change in one statement, in whatever state the line is.
//!
//! Every statement may be run twice, for the answer to the first one may have been lost; and each says under which
//! conditions it holds, for the letter may have become another host's.

use std::collections::HashSet;

use jiff::Timestamp;
use postgres::types::ToSql;
use postgres::{Client, Error};

use crate::delivery::ledger::claim::{AttemptRecord, LetterChange, LetterNumber, LetterUpdate};
use crate::delivery::ledger::postgres::client::LedgerClient;
use crate::delivery::ledger::record::PlanId;
use crate::delivery::ledger::suppression::far_future;

/// Letters whose bodies are about to be sent, by column.
#[derive(Default)]
pub(super) struct MarkBatch {
    numbers: Vec<i64>,
    tries: Vec<i32>,
    holders: Vec<i64>,
    times: Vec<i64>,
    /// Where they are counted among those that left; none where they are not.
    departures: Vec<i64>,
}

impl MarkBatch {
    pub(super) fn of(changes: &[LetterUpdate]) -> Self {
        let mut marks = Self::default();
        for change in changes {
            if let LetterChange::Mark(now, departure) = &change.step {
                marks.numbers.push(change.number.0);
                marks.tries.push(tries(change));
                marks.holders.push(change.holder);
                marks.times.push(now.as_millisecond());
                marks.departures.extend(departure.map(|it| it.0));
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
pub(super) struct SettlementBatch {
    numbers: Vec<i64>,
    tries: Vec<i32>,
    holders: Vec<i64>,
    marked: Vec<bool>,
    states: Vec<&'static str>,
    replies: Vec<String>,
    times: Vec<i64>,
    due: Vec<i64>,
}

impl SettlementBatch {
    pub(super) fn of(changes: &[LetterUpdate]) -> Self {
        let mut settlements = Self::default();
        for change in changes {
            match &change.step {
                LetterChange::Settle(record) => settlements.add(change, record, MarkStatus::Yes),
                LetterChange::SettleUnsent(record) => settlements.add(change, record, MarkStatus::No),
                LetterChange::Mark(..) | LetterChange::Correct(_) | LetterChange::PutOff(_) => {}
            }
        }
        settlements
    }

    fn add(&mut self, change: &LetterUpdate, record: &AttemptRecord, marked: MarkStatus) {
        self.numbers.push(change.number.0);
        self.tries.push(tries(change));
        self.holders.push(change.holder);
        self.marked.push(marked == MarkStatus::Yes);
        self.states.push(record.state.as_str());
        self.replies.push(storable(&record.reply));
        self.times.push(record.at.as_millisecond());
        self.due.push(record.due.as_millisecond());
    }

    pub(super) fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum MarkStatus {
    Yes,
    No,
}

/// Settles and marks in one statement, hence in one transaction and with one flush, and renews the lease when a third
/// of it is gone. The letters that were marked; the others have become somebody else's.
///
/// What was in flight may have been put in doubt by another host in the meantime: whoever tried it knows better.
pub(super) fn write(
    client: &mut LedgerClient,
    plan: PlanId,
    (holder, lease): (i64, f64),
    (settlements, marks): (&SettlementBatch, &MarkBatch),
) -> Result<HashSet<i64>, Error> {
    let never = far_future();
    let values: [&(dyn ToSql + Sync); 17] = [
        &plan.0,
        &settlements.numbers,
        &settlements.tries,
        &settlements.holders,
        &settlements.marked,
        &settlements.states,
        &settlements.replies,
        &settlements.times,
        &settlements.due,
        &marks.numbers,
        &marks.tries,
        &marks.holders,
        &marks.times,
        &holder,
        &lease,
        &marks.departures,
        &never,
    ];
    let rows = client.ask(
        "WITH kept AS (
           UPDATE holder SET expires = clock_timestamp() + make_interval(secs => $15::float8)
           WHERE id = $14 AND expires < clock_timestamp() + make_interval(secs => $15::float8 * 2 / 3)),
         gone AS (
           UPDATE departure SET at = (extract(epoch FROM clock_timestamp()) * 1000)::bigint WHERE id = ANY($16)),
         settled AS (
           UPDATE letter SET
             state = CASE WHEN letter.due = $17 AND new.state = 'deferred' THEN 'suppressed' ELSE new.state END,
             reply = new.reply, at = new.at, tries = new.tries,
             due = new.due, first_try = coalesce(first_try, new.at), holder = NULL
           FROM unnest($2::bigint[], $3::integer[], $4::bigint[], $5::boolean[], $6::text[], $7::text[], $8::bigint[],
             $9::bigint[]) AS new (number, tries, holder, marked, state, reply, at, due)
           WHERE letter.plan = $1 AND letter.number = new.number
             AND CASE WHEN new.marked
               THEN letter.tried_by = new.holder AND letter.tries = new.tries
                 AND letter.state IN ('in_flight', 'in_doubt')
               ELSE letter.holder = new.holder AND letter.state IN ('planned', 'deferred') END)
         UPDATE letter SET state = 'in_flight', tries = new.tries, at = new.at, first_try = coalesce(first_try, new.at),
           tried_by = new.holder
         FROM unnest($10::bigint[], $11::integer[], $12::bigint[], $13::bigint[]) AS new (number, tries, holder, at)
         WHERE letter.plan = $1 AND letter.number = new.number AND letter.holder = new.holder
           AND NOT EXISTS (SELECT 1 FROM suppression WHERE key = letter.key AND lifted_at IS NULL
             AND series IN ('', (SELECT series FROM plan WHERE id = $1)))
           AND EXISTS (SELECT 1 FROM holder WHERE holder.id = new.holder AND expires > clock_timestamp())
           AND (letter.state IN ('planned', 'deferred')
             OR letter.state = 'in_flight' AND letter.tried_by = new.holder AND letter.tries = new.tries)
         RETURNING letter.number",
        &values,
    )?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// Writes over what was said of a letter before.
pub(super) fn correct(
    client: &mut Client,
    plan: PlanId,
    number: LetterNumber,
    record: &AttemptRecord,
) -> Result<u64, Error> {
    client.execute(
        "UPDATE letter SET state = $3, reply = $4, at = $5, due = $6
         WHERE plan = $1 AND number = $2 AND state IN ('refused', 'deferred') AND holder IS NULL",
        &[
            &plan.0,
            &number.0,
            &record.state.as_str(),
            &storable(&record.reply),
            &record.at.as_millisecond(),
            &record.due.as_millisecond(),
        ],
    )
}

/// Writes that a letter is not to be tried before a moment, and gives it back.
pub(super) fn defer(client: &mut Client, plan: PlanId, change: &LetterUpdate, due: Timestamp) -> Result<u64, Error> {
    client.execute(
        "UPDATE letter SET due = $4, holder = NULL
         WHERE plan = $1 AND number = $2 AND holder = $3 AND state IN ('planned', 'deferred')",
        &[&plan.0, &change.number.0, &change.holder, &due.as_millisecond()],
    )
}

fn tries(change: &LetterUpdate) -> i32 {
    i32::try_from(change.tries).unwrap_or(i32::MAX)
}

/// PostgreSQL takes no NUL in a text.
pub(super) fn storable(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}
