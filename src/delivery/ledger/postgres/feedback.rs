//! Feedback in a PostgreSQL ledger.

use std::collections::{BTreeMap, BTreeSet};

use postgres::Transaction;
use postgres::error::SqlState;

use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::feedback::{
    BounceLimits, Feedback, KnownLetter, LeaveRequest, LeaveResult, LetterReport, LetterToken, Refusal, ReportResult,
};
use crate::delivery::ledger::feedback_store::{self, FeedbackTransaction};
use crate::delivery::ledger::postgres::open::Postgres;
use crate::delivery::ledger::postgres::read::value;
use crate::delivery::ledger::postgres::suppress;
use crate::delivery::ledger::read::Parameter;
use crate::delivery::ledger::reader::ReaderKeys;
use crate::delivery::ledger::reader_store;
use crate::delivery::ledger::record::PlanId;
use crate::delivery::ledger::suppression::Suppression;

/// How often a transaction is tried after a deadlock with a run.
const TRIES: usize = 5;

impl Feedback for Postgres {
    fn leave(&mut self, requests: &[LeaveRequest]) -> Result<Vec<LeaveResult>, LedgerError> {
        self.recording(|transaction| {
            requests.iter().map(|request| feedback_store::leave(transaction, request)).collect()
        })
    }

    fn report(&mut self, reports: &[LetterReport], limits: &BounceLimits) -> Result<Vec<ReportResult>, LedgerError> {
        let tokens = reports.iter().map(|report| report.letter.clone()).collect();
        let letters = feedback_store::find(self, &tokens)?;
        self.recording(|transaction| feedback_store::report(transaction, reports, &letters, *limits))
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
        self.recording(|transaction| reader_store::add_readers(transaction, plan, keys))
    }
}

impl Postgres {
    /// Runs work in a transaction. After a deadlock with a run it is repeated. It does not wait for a server that
    /// cannot be reached, since the client is waiting for the answer.
    fn recording<T>(
        &mut self,
        mut work: impl FnMut(&mut Transaction<'_>) -> Result<T, LedgerError>,
    ) -> Result<T, LedgerError> {
        let mut tries = 0;
        loop {
            tries += 1;
            let mut transaction = self.client.connected()?.transaction()?;
            let done = work(&mut transaction).and_then(|done| Ok(transaction.commit().map(|()| done)?));
            match done {
                Err(LedgerError::Postgres(error))
                    if tries < TRIES && error.code() == Some(&SqlState::T_R_DEADLOCK_DETECTED) => {}
                done => return done,
            }
        }
    }
}

impl FeedbackTransaction for Transaction<'_> {
    const LOCK_READER: &'static str = " FOR SHARE";
    const LOCK_LETTERS: &'static str = " FOR UPDATE OF delivery";
    const RELEASE: &'static str = ", holder = NULL";

    fn execute(&mut self, sql: &str, parameters: &[Parameter<'_>]) -> Result<(), LedgerError> {
        let values: Vec<_> = parameters.iter().map(value).collect();
        Transaction::execute(self, sql, &values)?;
        Ok(())
    }

    fn suppress(&mut self, suppression: &Suppression) -> Result<bool, LedgerError> {
        let is_new = suppress::insert(self, suppression)? > 0;
        suppress::suppress_planned(self, suppression, suppression.at)?;
        Ok(is_new)
    }
}
