//! Checks, exports and imports all rows of the schema.

use jiff::Timestamp;
use postgres::{IsolationLevel, Transaction};

use crate::base::error::Error;
use crate::delivery::ledger::Ledger;
use crate::delivery::ledger::columns::{COUNT_INCOMPLETE, series_text, status_text, to_json};
use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::feedback::FailureClass;
use crate::delivery::ledger::postgres::open::Postgres;
use crate::delivery::ledger::postgres::write::{storable, stored_code};
use crate::delivery::ledger::read;
use crate::delivery::ledger::reader::{ReaderRow, count_unknown_readers};
use crate::delivery::ledger::row::{LedgerRow, LetterRow, PlanRow, RowVisitor};

impl Postgres {
    /// Letters whose holder or reader is unknown. That letters have a plan is checked by the server itself.
    pub(super) fn check_holders(&mut self) -> Result<Vec<String>, LedgerError> {
        let orphans: i64 = self
            .client
            .connected()?
            .query_one(
                "SELECT count(*) FROM delivery
                 WHERE (holder IS NOT NULL OR state = 'in_flight') AND NOT EXISTS
                   (SELECT 1 FROM holder WHERE holder.id = delivery.holder)",
                &[],
            )?
            .try_get(0)?;
        let mut problems = if orphans > 0 { vec![format!("{orphans} letters have no holder")] } else { Vec::new() };
        let incomplete: i64 = self.client.connected()?.query_one(COUNT_INCOMPLETE, &[])?.try_get(0)?;
        if incomplete > 0 {
            problems.push(format!("{incomplete} letters are incomplete"));
        }
        let strangers: i64 = self.client.connected()?.query_one(&count_unknown_readers(), &[])?.try_get(0)?;
        if strangers > 0 {
            problems.push(format!("{strangers} letters have no reader"));
        }
        Ok(problems)
    }

    pub(super) fn read_rows(&mut self, visit: &mut RowVisitor<'_>) -> Result<(), Error> {
        let client = self.client.connected()?;
        // Runs may go on writing: a transaction at this level reads one snapshot.
        let mut snapshot = client
            .build_transaction()
            .isolation_level(IsolationLevel::RepeatableRead)
            .read_only(true)
            .start()
            .map_err(LedgerError::from)?;
        read::each_row(&mut snapshot, visit)
    }

    pub(super) fn import_all(&mut self, from: &mut dyn Ledger) -> Result<(), Error> {
        let mut transaction = self.client.connected()?.transaction().map_err(LedgerError::from)?;
        let has_plans = transaction.query_one("SELECT EXISTS (SELECT 1 FROM plan)", &[]).map_err(LedgerError::from)?;
        if has_plans.try_get(0).map_err(LedgerError::from)? {
            return Err(LedgerError::NotEmpty.into());
        }
        from.each_row(&mut |_, row| {
            match row? {
                LedgerRow::Plan(plan) => insert_plan(&mut transaction, &plan)?,
                LedgerRow::Letter(letter) => insert_letter(&mut transaction, &letter)?,
                LedgerRow::Reader(reader) => insert_reader(&mut transaction, &reader)?,
            }
            Ok(())
        })?;
        let next =
            "SELECT setval(pg_get_serial_sequence('plan', 'id'), coalesce((SELECT max(id) FROM plan), 0) + 1, false)";
        transaction.batch_execute(next).map_err(LedgerError::from)?;
        transaction.batch_execute("ANALYZE letter; ANALYZE delivery; ANALYZE reader").map_err(LedgerError::from)?;
        Ok(transaction.commit().map_err(LedgerError::from)?)
    }
}

fn insert_plan(transaction: &mut Transaction<'_>, plan: &PlanRow) -> Result<(), LedgerError> {
    transaction.execute(
        "INSERT INTO plan (id, issue, series, transport, date, content, fingerprint, editions, send_until, frozen_at,
           cancelled, accepts_refusals, replaced)
         OVERRIDING SYSTEM VALUE VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        &[
            &plan.record.id.0,
            &plan.record.issue.as_str(),
            &series_text(plan.record.series.as_ref()),
            &plan.record.transport.as_str(),
            &plan.record.date,
            &plan.record.content.as_str(),
            &to_json(&plan.record.fingerprint)?,
            &to_json(&plan.record.editions)?,
            &plan.record.send_until.map(Timestamp::as_millisecond),
            &plan.record.frozen_at.as_millisecond(),
            &plan.record.cancelled,
            &plan.record.accepts_refusals,
            &plan.replaced,
        ],
    )?;
    Ok(())
}

fn insert_letter(transaction: &mut Transaction<'_>, row: &LetterRow) -> Result<(), LedgerError> {
    transaction.execute(
        LetterRow::INSERT,
        &[
            &row.plan,
            &row.number,
            &row.address,
            &row.letter.person.address.key(),
            &to_json(&*row.letter.person)?,
            &row.letter.audience.as_str(),
            &row.letter.edition,
            &row.letter.message_id,
        ],
    )?;
    transaction.execute(
        LetterRow::INSERT_DELIVERY,
        &[
            &row.plan,
            &row.number,
            &row.state.as_str(),
            &i32::try_from(row.tries).unwrap_or(i32::MAX),
            &row.first_try.map(Timestamp::as_millisecond),
            &row.due.as_millisecond(),
            &row.at.map(Timestamp::as_millisecond),
            &row.reason.as_ref().and_then(stored_code),
            &row.reason.as_ref().and_then(status_text),
            &row.reason.as_ref().map(|reason| storable(reason.text())),
            &row.failure.map(FailureClass::as_str),
        ],
    )?;
    Ok(())
}

fn insert_reader(transaction: &mut Transaction<'_>, row: &ReaderRow) -> Result<(), LedgerError> {
    transaction.execute(ReaderRow::INSERT, &[&row.token.to_string(), &row.tag, &row.key])?;
    Ok(())
}
