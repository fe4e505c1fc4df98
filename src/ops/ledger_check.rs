//! Checks a ledger for damage.

use std::collections::{BTreeMap, HashSet};

use crate::base::error::Error;
use crate::base::message::{Message, composed, message};
use crate::delivery::ledger::Ledger;
use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::row::{LedgerRow, LetterRow, PlanRow, RowId};
use crate::delivery::ledger::state::Totals;
use crate::issue::edition_key::EditionKey;
use crate::ops::text::with_causes;

/// What was found in a ledger.
#[derive(Default)]
pub struct LedgerScan {
    plans: BTreeMap<i64, PlanScan>,
    /// What is damaged, one clause each.
    pub faults: Vec<Message>,
}

/// A plan, and its letters as they were counted.
pub struct PlanScan {
    /// The plan.
    pub plan: Box<PlanRow>,
    /// Its letters by state.
    pub totals: Totals,
    editions: HashSet<String>,
}

impl LedgerScan {
    /// Reads the whole ledger.
    ///
    /// # Errors
    ///
    /// It cannot be read at all.
    pub fn of(ledger: &mut dyn Ledger) -> Result<Self, Error> {
        let mut scan =
            Self { faults: ledger.check_integrity()?.into_iter().map(Message::verbatim).collect(), ..Self::default() };
        ledger.each_row(&mut |id, row| {
            scan.add(id, row);
            Ok(())
        })?;
        // A run changes the letters while they are counted.
        if !ledger.is_running()? {
            scan.compare_totals(ledger)?;
        }
        Ok(scan)
    }

    /// The plans, in their order.
    pub fn plans(&self) -> impl ExactSizeIterator<Item = &PlanScan> {
        self.plans.values()
    }

    fn add(&mut self, id: RowId, row: Result<LedgerRow, LedgerError>) {
        match row {
            Ok(LedgerRow::Plan(plan)) => {
                let editions = plan.record.editions.iter().map(EditionKey::id).collect();
                self.plans.insert(plan.record.id.0, PlanScan { plan, editions, totals: Totals::default() });
            }
            Ok(LedgerRow::Letter(letter)) => self.count(id, &letter),
            Ok(LedgerRow::Reader(_)) => {}
            Err(error) => self.faults.push(composed!("{id}: {}", with_causes(&error))),
        }
    }

    fn count(&mut self, id: RowId, row: &LetterRow) {
        let Some(found) = self.plans.get_mut(&row.plan) else {
            self.faults.push(message!("{id}: its plan is missing", "{id}: planen mangler"));
            return;
        };
        if !found.editions.contains(&row.letter.edition) {
            self.faults.push(message!(
                "{id}: the plan has no edition {}",
                "{id}: planen har ingen udgave {}",
                row.letter.edition
            ));
        }
        found.totals.add(row.state, 1);
    }

    /// Compares the rows with the counts that the database makes with an index, which may be damaged.
    fn compare_totals(&mut self, ledger: &mut dyn Ledger) -> Result<(), LedgerError> {
        if !self.faults.is_empty() {
            return Ok(());
        }
        for (id, found) in &self.plans {
            let totals = ledger.totals(found.plan.record.id)?;
            if totals != found.totals {
                let (rows, indexed) = (found.totals.recipients(), totals.recipients());
                self.faults.push(message!(
                    "plan {id}: it has {rows} letters, but {indexed} are counted",
                    "plan {id}: den har {rows} mails, men der tælles {indexed}"
                ));
            }
        }
        Ok(())
    }
}
