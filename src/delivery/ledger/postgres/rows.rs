//! Everything that the schema holds, out and in.

use jiff::Timestamp;
use postgres::types::ToSql;
use postgres::{IsolationLevel, Row as Columns, Transaction};

use crate::base::error::Error;
use crate::delivery::ledger::Ledger;
use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::postgres::{PAGE, Postgres, letter_record, plan_columns};
use crate::delivery::ledger::record::{series_text, to_json};
use crate::delivery::ledger::row::{LedgerRow, LetterRow, LetterRowColumns, PlanRow, RowId, RowVisitor};

impl Postgres {
    /// What is wrong beyond the single row. The server itself sees to it that letters have their plan.
    pub(super) fn look_through(&mut self) -> Result<Vec<String>, LedgerError> {
        let lost: i64 = self
            .line
            .client()?
            .query_one(
                "SELECT count(*) FROM letter
                 WHERE (holder IS NOT NULL OR state = 'in_flight') AND NOT EXISTS
                   (SELECT 1 FROM holder WHERE holder.id = letter.holder)",
                &[],
            )?
            .try_get(0)?;
        Ok(if lost > 0 { vec![format!("{lost} letters are held by nobody")] } else { Vec::new() })
    }

    pub(super) fn show_rows(&mut self, visit: &mut RowVisitor<'_>) -> Result<(), Error> {
        let client = self.line.client()?;
        // Runs may go on writing: what is shown is one moment.
        let mut moment = client
            .build_transaction()
            .isolation_level(IsolationLevel::RepeatableRead)
            .read_only(true)
            .start()
            .map_err(LedgerError::from)?;
        show_plans(&mut moment, visit)?;
        show_letters(&mut moment, visit)
    }

    pub(super) fn take_over_all(&mut self, from: &mut dyn Ledger) -> Result<(), Error> {
        let mut transaction = self.line.client()?.transaction().map_err(LedgerError::from)?;
        let taken = transaction.query_one("SELECT EXISTS (SELECT 1 FROM plan)", &[]).map_err(LedgerError::from)?;
        if taken.try_get(0).map_err(LedgerError::from)? {
            return Err(LedgerError::NotEmpty.into());
        }
        from.each_row(&mut |_, row| {
            match row? {
                LedgerRow::Plan(plan) => insert_plan(&mut transaction, &plan)?,
                LedgerRow::Letter(letter) => insert_letter(&mut transaction, &letter)?,
            }
            Ok(())
        })?;
        let next =
            "SELECT setval(pg_get_serial_sequence('plan', 'id'), coalesce((SELECT max(id) FROM plan), 0) + 1, false)";
        transaction.batch_execute(next).map_err(LedgerError::from)?;
        transaction.batch_execute("ANALYZE letter").map_err(LedgerError::from)?;
        Ok(transaction.commit().map_err(LedgerError::from)?)
    }
}

fn show_plans(moment: &mut Transaction<'_>, visit: &mut RowVisitor<'_>) -> Result<(), Error> {
    let rows = moment
        .query(
            "SELECT id, issue, series, transport, date, content, fingerprint, editions, send_until, frozen_at, replaced
             FROM plan ORDER BY id",
            &[],
        )
        .map_err(LedgerError::from)?;
    for row in &rows {
        let id = RowId { plan: row.try_get(0).map_err(LedgerError::from)?, letter: None };
        let read = || {
            Ok(LedgerRow::Plan(Box::new(PlanRow { record: plan_columns(row)?.read()?, replaced: row.try_get(10)? })))
        };
        visit(id, read())?;
    }
    Ok(())
}

fn show_letters(moment: &mut Transaction<'_>, visit: &mut RowVisitor<'_>) -> Result<(), Error> {
    let statement = moment
        .prepare(
            "SELECT person, audience, edition, message_id, state, tries, at, reply,
               plan, number, address, key, first_try, due
             FROM letter WHERE (plan, number) > ($1, $2) ORDER BY plan, number LIMIT $3",
        )
        .map_err(LedgerError::from)?;
    let (mut plan, mut number) = (i64::MIN, i64::MIN);
    loop {
        let values: [&(dyn ToSql + Sync); 3] = [&plan, &number, &PAGE];
        let rows = moment.query(&statement, &values).map_err(LedgerError::from)?;
        if rows.is_empty() {
            return Ok(());
        }
        for row in &rows {
            plan = row.try_get(8).map_err(LedgerError::from)?;
            number = row.try_get(9).map_err(LedgerError::from)?;
            visit(RowId { plan, letter: Some(number) }, letter_row(row, (plan, number)))?;
        }
    }
}

fn letter_row(row: &Columns, (plan, number): (i64, i64)) -> Result<LedgerRow, LedgerError> {
    let (address, key) = (row.try_get(10)?, row.try_get(11)?);
    let rest = LetterRowColumns { plan, number, address, key, first_try: row.try_get(12)?, due: row.try_get(13)? };
    rest.of(letter_record(row)?)
}

fn insert_plan(transaction: &mut Transaction<'_>, plan: &PlanRow) -> Result<(), LedgerError> {
    transaction.execute(
        "INSERT INTO plan (id, issue, series, transport, date, content, fingerprint, editions, send_until, frozen_at,
           replaced)
         OVERRIDING SYSTEM VALUE VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
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
            &plan.replaced,
        ],
    )?;
    Ok(())
}

fn insert_letter(transaction: &mut Transaction<'_>, row: &LetterRow) -> Result<(), LedgerError> {
    transaction.execute(
        "INSERT INTO letter (plan, number, address, key, person, audience, edition, message_id, state, tries, first_try,
           due, at, reply)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        &[
            &row.plan,
            &row.number,
            &row.address,
            &row.letter.person.address.key(),
            &to_json(&*row.letter.person)?,
            &row.letter.audience.as_str(),
            &row.letter.edition,
            &row.letter.message_id,
            &row.state.as_str(),
            &i32::try_from(row.tries).unwrap_or(i32::MAX),
            &row.first_try.map(Timestamp::as_millisecond),
            &row.due.as_millisecond(),
            &row.at.map(Timestamp::as_millisecond),
            &row.reply.as_deref().map(crate::delivery::ledger::postgres::write::storable),
        ],
    )?;
    Ok(())
}
