//! Everything that the file holds, out and in.

use jiff::Timestamp;
use rusqlite::{Transaction, params};

use crate::base::error::Error;
use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::record::{series_text, to_json};
use crate::delivery::ledger::row::{LedgerRow, LetterRow, LetterRowColumns, PlanRow, RowId, RowVisitor};
use crate::delivery::ledger::sqlite::{fate_columns, plan_columns, planned_columns};
use crate::delivery::ledger::{Ledger, Sqlite};

impl Sqlite {
    /// What SQLite itself finds wrong with the file.
    pub(super) fn look_through(&self) -> Result<Vec<String>, LedgerError> {
        let mut statement = self.connection.prepare("PRAGMA integrity_check")?;
        let told: Vec<String> = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        let mut faults: Vec<String> = told.into_iter().filter(|it| it != "ok").collect();
        let mut statement = self.connection.prepare("SELECT count(*) FROM pragma_foreign_key_check")?;
        let lost: i64 = statement.query_row([], |row| row.get(0))?;
        if lost > 0 {
            faults.push(format!("{lost} letters belong to no plan"));
        }
        Ok(faults)
    }

    pub(super) fn show_rows(&mut self, visit: &mut RowVisitor<'_>) -> Result<(), Error> {
        // A run may go on writing: what is shown is one moment.
        let moment = self.connection.transaction().map_err(LedgerError::from)?;
        show_plans(&moment, visit)?;
        show_letters(&moment, visit)
    }

    pub(super) fn take_over_all(&mut self, from: &mut dyn Ledger) -> Result<(), Error> {
        let transaction = self.begin_writing()?;
        let taken: bool = transaction
            .query_row("SELECT EXISTS (SELECT 1 FROM plan)", [], |row| row.get(0))
            .map_err(LedgerError::from)?;
        if taken {
            return Err(LedgerError::NotEmpty.into());
        }
        from.each_row(&mut |_, row| {
            match row? {
                LedgerRow::Plan(plan) => insert_plan(&transaction, &plan)?,
                LedgerRow::Letter(letter) => insert_letter(&transaction, &letter)?,
            }
            Ok(())
        })?;
        Ok(transaction.commit().map_err(LedgerError::from)?)
    }
}

fn show_plans(moment: &Transaction<'_>, visit: &mut RowVisitor<'_>) -> Result<(), Error> {
    let mut statement = moment
        .prepare(
            "SELECT id, issue, series, transport, date, content, fingerprint, editions, send_until, frozen_at, replaced
             FROM plan ORDER BY id",
        )
        .map_err(LedgerError::from)?;
    let mut rows = statement.query([]).map_err(LedgerError::from)?;
    while let Some(row) = rows.next().map_err(LedgerError::from)? {
        let id = RowId { plan: row.get(0).map_err(LedgerError::from)?, letter: None };
        let read =
            || Ok(LedgerRow::Plan(Box::new(PlanRow { record: plan_columns(row)?.read()?, replaced: row.get(10)? })));
        visit(id, read())?;
    }
    Ok(())
}

fn show_letters(moment: &Transaction<'_>, visit: &mut RowVisitor<'_>) -> Result<(), Error> {
    let mut statement = moment
        .prepare(
            "SELECT person, audience, edition, message_id, state, tries, at, reply,
               plan, number, address, key, first_try, due
             FROM letter ORDER BY plan, number",
        )
        .map_err(LedgerError::from)?;
    let mut rows = statement.query([]).map_err(LedgerError::from)?;
    while let Some(row) = rows.next().map_err(LedgerError::from)? {
        let (plan, number) = (row.get(8).map_err(LedgerError::from)?, row.get(9).map_err(LedgerError::from)?);
        let read = || {
            let (address, key) = (row.get(10)?, row.get(11)?);
            let rest = LetterRowColumns { plan, number, address, key, first_try: row.get(12)?, due: row.get(13)? };
            rest.of(fate_columns(row)?.of(planned_columns(row)?)?)
        };
        visit(RowId { plan, letter: Some(number) }, read())?;
    }
    Ok(())
}

fn insert_plan(transaction: &Transaction<'_>, plan: &PlanRow) -> Result<(), LedgerError> {
    transaction.execute(
        "INSERT INTO plan (id, issue, series, transport, date, content, fingerprint, editions, send_until, frozen_at,
           replaced)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        params![
            plan.record.id.0,
            plan.record.issue.as_str(),
            series_text(plan.record.series.as_ref()),
            plan.record.transport.as_str(),
            plan.record.date,
            plan.record.content.as_str(),
            to_json(&plan.record.fingerprint)?,
            to_json(&plan.record.editions)?,
            plan.record.send_until.map(Timestamp::as_millisecond),
            plan.record.frozen_at.as_millisecond(),
            plan.replaced,
        ],
    )?;
    Ok(())
}

fn insert_letter(transaction: &Transaction<'_>, row: &LetterRow) -> Result<(), LedgerError> {
    let mut statement = transaction.prepare_cached(
        "INSERT INTO letter (plan, number, address, key, person, audience, edition, message_id, state, tries, first_try,
           due, at, reply)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
    )?;
    statement.execute(params![
        row.plan,
        row.number,
        row.address,
        row.letter.person.address.key(),
        to_json(&*row.letter.person)?,
        row.letter.audience.as_str(),
        row.letter.edition,
        row.letter.message_id,
        row.state.as_str(),
        row.tries,
        row.first_try.map(Timestamp::as_millisecond),
        row.due.as_millisecond(),
        row.at.map(Timestamp::as_millisecond),
        row.reply,
    ])?;
    Ok(())
}
