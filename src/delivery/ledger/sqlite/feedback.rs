//! Feedback in an SQLite ledger.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;

use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::feedback::{
    BounceLimits, Feedback, KnownLetter, LeaveRequest, LeaveResult, LetterReport, LetterToken, Refusal, ReportResult,
};
use crate::delivery::ledger::feedback_store::{self, FeedbackTransaction};
use crate::delivery::ledger::read::Parameter;
use crate::delivery::ledger::reader::ReaderKeys;
use crate::delivery::ledger::reader_store;
use crate::delivery::ledger::record::PlanId;
use crate::delivery::ledger::sqlite::open::Sqlite;
use crate::delivery::ledger::sqlite::read::bind;
use crate::delivery::ledger::sqlite::suppress;
use crate::delivery::ledger::suppression::Suppression;

impl Feedback for Sqlite {
    fn leave(&mut self, requests: &[LeaveRequest]) -> Result<Vec<LeaveResult>, LedgerError> {
        let transaction = self.begin_writing()?;
        let mut connection: &Connection = &transaction;
        let results: Result<_, _> =
            requests.iter().map(|request| feedback_store::leave(&mut connection, request)).collect();
        let results = results?;
        transaction.commit()?;
        // In a file that was deleted or replaced meanwhile, it would be lost.
        self.check_place()?;
        self.move_rows_of_change();
        Ok(results)
    }

    fn report(&mut self, reports: &[LetterReport], limits: &BounceLimits) -> Result<Vec<ReportResult>, LedgerError> {
        let tokens = reports.iter().map(|report| report.letter.clone()).collect();
        let letters = feedback_store::find(self, &tokens)?;
        let transaction = self.begin_writing()?;
        let mut connection: &Connection = &transaction;
        let results = feedback_store::report(&mut connection, reports, &letters, *limits)?;
        transaction.commit()?;
        self.check_place()?;
        self.move_rows_of_change();
        Ok(results)
    }

    fn letters_of(
        &mut self,
        tokens: &BTreeSet<LetterToken>,
    ) -> Result<BTreeMap<LetterToken, KnownLetter>, LedgerError> {
        feedback_store::known_letters(self, tokens)
    }

    fn refusals(&mut self, plan: PlanId) -> Result<Vec<Refusal>, LedgerError> {
        feedback_store::refusals(self, plan)
    }

    fn add_readers(&mut self, plan: PlanId, keys: &ReaderKeys) -> Result<(), LedgerError> {
        let transaction = self.begin_writing()?;
        let mut connection: &Connection = &transaction;
        reader_store::add_readers(&mut connection, plan, keys)?;
        Ok(transaction.commit()?)
    }
}

/// A connection in a transaction that has the write lock: no other connection writes meanwhile.
impl FeedbackTransaction for &Connection {
    const LOCK_READER: &'static str = "";
    const LOCK_LETTERS: &'static str = "";
    const RELEASE: &'static str = "";

    fn execute(&mut self, sql: &str, parameters: &[Parameter<'_>]) -> Result<(), LedgerError> {
        let mut statement = self.prepare_cached(sql)?;
        bind(&mut statement, parameters)?;
        statement.raw_execute()?;
        Ok(())
    }

    fn suppress(&mut self, suppression: &Suppression) -> Result<bool, LedgerError> {
        let is_new = suppress::insert(self, suppression)?;
        suppress::suppress_planned(self, suppression, suppression.at)?;
        Ok(is_new)
    }
}
