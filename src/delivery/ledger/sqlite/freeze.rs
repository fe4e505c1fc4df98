//! Writes a plan and its letters, in one transaction and without holding them in memory.

use jiff::Timestamp;
use rusqlite::{Statement, Transaction, params};

use crate::base::error::Error;
use crate::delivery::ledger::LetterIterator;
use crate::delivery::ledger::columns::{LETTERS, series_text, to_json};
use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::freeze_context::FreezeContext;
use crate::delivery::ledger::read::LedgerReader;
use crate::delivery::ledger::reader;
use crate::delivery::ledger::record::{PlanId, PlanRecord};
use crate::delivery::ledger::sqlite::open::Sqlite;
use crate::delivery::ledger::state::LetterState;
use crate::delivery::ledger::stored_letter::{StoredLetter, prepared_ahead};
use crate::letter::plan::Plan;
use crate::people::person::suppression_reason::SuppressionReason;

impl Sqlite {
    pub(super) fn freeze_all(
        &mut self,
        plan: &Plan,
        context: &FreezeContext,
        letters: &mut LetterIterator<'_>,
    ) -> Result<PlanId, Error> {
        let before = self.plan(&plan.issue, plan.transport)?.map(|plan| plan.id);
        let transaction = self.begin_writing()?;
        let id = insert_plan(&transaction, before, plan, context)?;
        transaction.execute_batch(COLLECT_READERS).map_err(LedgerError::from)?;
        let mut number = before.map_or(Ok(0), |before| copy_settled(&transaction, before, id))?;
        prepared_ahead(letters, context, |letters| {
            let mut inserts = LetterInserts::new(&transaction)?;
            for letter in letters {
                // A skipped letter uses no number, so that the numbers have no gaps.
                number += inserts.insert(id, number, &letter?, context)?;
            }
            Ok::<_, Error>(())
        })?;
        transaction.execute_batch(STORE_READERS).map_err(LedgerError::from)?;
        transaction
            .execute(reader::SET_KEY, params![context.readers.fingerprint(), id.0])
            .map_err(LedgerError::from)?;
        let values = params![context.now.as_millisecond(), id.0];
        transaction.execute(reader::SUPPRESS_WHO_LEFT, values).map_err(LedgerError::from)?;
        transaction.commit().map_err(LedgerError::from)?;
        Ok(id)
    }
}

/// Readers are collected first and stored in the order of their tokens, since inserting a million tokens at random places
/// would write nearly every page of the table again and again.
const COLLECT_READERS: &str =
    "CREATE TEMP TABLE planned_reader (token TEXT NOT NULL, tag TEXT NOT NULL, key TEXT NOT NULL)";
/// Without `WHERE`, SQLite parses `ON` as part of a join (<https://sqlite.org/lang_upsert.html>).
const STORE_READERS: &str = "INSERT INTO reader (token, tag, key)
       SELECT token, tag, key FROM planned_reader WHERE true ORDER BY token
       ON CONFLICT (token) DO UPDATE SET key = excluded.key WHERE reader.key IS NULL;
     DROP TABLE planned_reader";

fn insert_plan(
    transaction: &Transaction<'_>,
    before: Option<PlanId>,
    plan: &Plan,
    context: &FreezeContext,
) -> Result<PlanId, LedgerError> {
    if let Some(before) = before {
        transaction.execute("UPDATE plan SET replaced = 1 WHERE id = ?1", [before.0])?;
    }
    let id = transaction.query_row(
        PlanRecord::INSERT,
        params![
            plan.issue.as_str(),
            series_text(plan.series.as_ref()),
            plan.transport.as_str(),
            plan.date,
            context.content.as_str(),
            to_json(&plan.fingerprint)?,
            to_json(&plan.editions)?,
            context.send_until.map(Timestamp::as_millisecond),
            context.now.as_millisecond(),
        ],
        |row| row.get(0),
    )?;
    Ok(PlanId(id))
}

/// Copies letters with a final outcome; returns how many they are. Suppressed ones are planned anew: their suppression
/// may have been removed.
fn copy_settled(transaction: &Transaction<'_>, before: PlanId, plan: PlanId) -> Result<i64, LedgerError> {
    let settled = "plan = ?1 AND state NOT IN ('planned', 'in_flight', 'deferred', 'suppressed')";
    let letters = format!(
        "INSERT INTO letter (plan, number, address, key, person, audience, edition, message_id)
         SELECT ?2, row_number() OVER (ORDER BY number) - 1, address, key, person, audience, edition, message_id
         FROM {LETTERS} WHERE {settled}"
    );
    // The same letters in the same order: no other connection writes meanwhile.
    let deliveries = format!(
        "INSERT INTO delivery (plan, number, state, tries, first_try, due, at, reason_code, reason_status, reason_text, failure)
         SELECT ?2, row_number() OVER (ORDER BY number) - 1, state, tries, first_try, due, at, reason_code, reason_status,
           reason_text, failure
         FROM {LETTERS} WHERE {settled}"
    );
    transaction.execute(&letters, [before.0, plan.0])?;
    let copied = transaction.execute(&deliveries, [before.0, plan.0])?;
    Ok(i64::try_from(copied).unwrap_or(i64::MAX))
}

/// The statements that store a letter, and its reader.
struct LetterInserts<'t> {
    letter: Statement<'t>,
    delivery: Statement<'t>,
    reader: Statement<'t>,
}

impl<'t> LetterInserts<'t> {
    fn new(transaction: &'t Transaction<'_>) -> Result<Self, LedgerError> {
        Ok(Self {
            letter: transaction.prepare(
                "INSERT INTO letter (plan, number, address, key, person, audience, edition, message_id)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (plan, key) DO NOTHING",
            )?,
            delivery: transaction
                .prepare("INSERT INTO delivery (plan, number, state, reason_text, at) VALUES (?1, ?2, ?3, ?4, ?5)")?,
            reader: transaction.prepare("INSERT INTO planned_reader (token, tag, key) VALUES (?1, ?2, ?3)")?,
        })
    }

    /// Stores a letter, unless the plan has one to this recipient with a final outcome; returns how many were stored.
    fn insert(
        &mut self,
        plan: PlanId,
        number: i64,
        letter: &StoredLetter,
        context: &FreezeContext,
    ) -> Result<i64, LedgerError> {
        self.reader.execute(params![letter.token, letter.tag, letter.key])?;
        let inserted = self.letter.execute(params![
            plan.0,
            number,
            letter.address.as_str(),
            letter.key,
            letter.person,
            letter.audience.as_str(),
            letter.edition,
            letter.message_id,
        ])?;
        if inserted == 0 {
            return Ok(0);
        }
        let suppressed = letter.suppressed;
        self.delivery.execute(params![
            plan.0,
            number,
            if suppressed.is_some() { LetterState::Suppressed } else { LetterState::Planned }.as_str(),
            suppressed.map(SuppressionReason::as_str),
            suppressed.map(|_| context.now.as_millisecond()),
        ])?;
        Ok(1)
    }
}
