//! Checks, exports and imports all rows of the file.

use jiff::Timestamp;
use rusqlite::{Connection, Transaction, params};

use crate::base::error::Error;
use crate::delivery::ledger::Ledger;
use crate::delivery::ledger::columns::{COUNT_INCOMPLETE, series_text, status_text, to_json};
use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::feedback::FailureClass;
use crate::delivery::ledger::read;
use crate::delivery::ledger::reader::{ReaderRow, count_unknown_readers};
use crate::delivery::ledger::row::{LedgerRow, LetterRow, PlanRow, RowVisitor};
use crate::delivery::ledger::sqlite::open::Sqlite;
use crate::delivery::outcome::StateReason;

impl Sqlite {
    /// What SQLite itself finds wrong with the file.
    pub(super) fn check_file(&self) -> Result<Vec<String>, LedgerError> {
        // What another program may have written is compared with the constraints too.
        self.connection.pragma_update(None, "ignore_check_constraints", false)?;
        let mut statement = self.connection.prepare("PRAGMA integrity_check")?;
        let findings: Vec<String> = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        let mut problems: Vec<String> = findings.into_iter().filter(|finding| finding != "ok").collect();
        let mut statement = self.connection.prepare("SELECT count(*) FROM pragma_foreign_key_check")?;
        let orphans: i64 = statement.query_row([], |row| row.get(0))?;
        if orphans > 0 {
            problems.push(format!("{orphans} letters have no plan"));
        }
        let incomplete: i64 = self.connection.query_row(COUNT_INCOMPLETE, [], |row| row.get(0))?;
        if incomplete > 0 {
            problems.push(format!("{incomplete} letters are incomplete"));
        }
        let strangers: i64 = self.connection.query_row(&count_unknown_readers(), [], |row| row.get(0))?;
        if strangers > 0 {
            problems.push(format!("{strangers} letters have no reader"));
        }
        Ok(problems)
    }

    pub(super) fn read_rows(&mut self, visit: &mut RowVisitor<'_>) -> Result<(), Error> {
        // A run may go on writing: a transaction reads one snapshot.
        let transaction = self.connection.transaction().map_err(LedgerError::from)?;
        let mut snapshot: &Connection = &transaction;
        read::each_row(&mut snapshot, visit)
    }

    pub(super) fn import_all(&mut self, from: &mut dyn Ledger) -> Result<(), Error> {
        let transaction = self.begin_writing()?;
        let has_plans: bool = transaction
            .query_row("SELECT EXISTS (SELECT 1 FROM plan)", [], |row| row.get(0))
            .map_err(LedgerError::from)?;
        if has_plans {
            return Err(LedgerError::NotEmpty.into());
        }
        from.each_row(&mut |_, row| {
            match row? {
                LedgerRow::Plan(plan) => insert_plan(&transaction, &plan)?,
                LedgerRow::Letter(letter) => insert_letter(&transaction, &letter)?,
                LedgerRow::Reader(reader) => insert_reader(&transaction, &reader)?,
            }
            Ok(())
        })?;
        Ok(transaction.commit().map_err(LedgerError::from)?)
    }
}

fn insert_plan(transaction: &Transaction<'_>, plan: &PlanRow) -> Result<(), LedgerError> {
    transaction.execute(
        "INSERT INTO plan (id, issue, series, transport, date, content, fingerprint, editions, send_until, frozen_at,
           cancelled, accepts_refusals, replaced)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
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
            plan.record.cancelled,
            plan.record.accepts_refusals,
            plan.replaced,
        ],
    )?;
    Ok(())
}

fn insert_letter(transaction: &Transaction<'_>, row: &LetterRow) -> Result<(), LedgerError> {
    let mut statement = transaction.prepare_cached(LetterRow::INSERT)?;
    statement.execute(params![
        row.plan,
        row.number,
        row.address,
        row.letter.person.address.key(),
        to_json(&*row.letter.person)?,
        row.letter.audience.as_str(),
        row.letter.edition,
        row.letter.message_id,
    ])?;
    let mut statement = transaction.prepare_cached(LetterRow::INSERT_DELIVERY)?;
    statement.execute(params![
        row.plan,
        row.number,
        row.state.as_str(),
        row.tries,
        row.first_try.map(Timestamp::as_millisecond),
        row.due.as_millisecond(),
        row.at.map(Timestamp::as_millisecond),
        row.reason.as_ref().map(StateReason::code),
        row.reason.as_ref().and_then(status_text),
        row.reason.as_ref().map(StateReason::text),
        row.failure.map(FailureClass::as_str),
    ])?;
    Ok(())
}

fn insert_reader(transaction: &Transaction<'_>, row: &ReaderRow) -> Result<(), LedgerError> {
    let mut statement = transaction.prepare_cached(ReaderRow::INSERT)?;
    statement.execute(params![row.token.to_string(), row.tag, row.key])?;
    Ok(())
}
