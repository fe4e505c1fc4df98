//! The read half of a ledger, written once for both databases.

use jiff::Timestamp;

use crate::base::digest::Digest;
use crate::base::error::Error;
use crate::delivery::ledger::columns::{LETTERS, ResultColumns, read_state};
use crate::delivery::ledger::erasure::IS_ERASED;
use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::reader::ReaderRow;
use crate::delivery::ledger::record::{LetterRecord, PlanId, PlanRecord};
use crate::delivery::ledger::row::{LedgerRow, LetterRow, PlanRow, RowId, RowVisitor};
use crate::delivery::ledger::state::{LetterState, Totals};
use crate::delivery::ledger::suppression::Suppression;
use crate::delivery::ledger::tally::LetterTally;
use crate::issue::IssueId;
use crate::letter::plan::TransportKind;
use crate::people::person::Address;

/// A database that answers queries. Parameters are `$1`, `$2`, … in both, which SQLite takes as names.
pub(crate) trait Database {
    /// The condition after a column that is to be one of the texts in the first parameter.
    const IS_ONE_OF: &'static str;

    /// Runs a query, and calls `visit` with each row of its result.
    fn query<E: From<LedgerError>>(
        &mut self,
        sql: &str,
        parameters: &[Parameter<'_>],
        visit: &mut dyn FnMut(&dyn ResultColumns) -> Result<(), E>,
    ) -> Result<(), E>;
}

/// A value that a query is given.
#[derive(Clone, Copy)]
pub(crate) enum Parameter<'a> {
    Integer(i64),
    Text(&'a str),
    OptionalInteger(Option<i64>),
    OptionalText(Option<&'a str>),
    Texts(&'a [String]),
}

/// The queries of a ledger.
pub trait LedgerReader {
    /// The plan in force for an issue and a kind of transport.
    fn plan(&mut self, issue: &IssueId, transport: TransportKind) -> Result<Option<PlanRecord>, LedgerError>;

    /// Every plan in force, the oldest first.
    fn plans_in_force(&mut self) -> Result<Vec<PlanRecord>, LedgerError>;

    /// Every plan, including replaced ones, the oldest first.
    fn every_plan(&mut self) -> Result<Vec<PlanRow>, LedgerError>;

    /// The plan of another issue with the same content, of which something was sent by this kind of transport.
    fn same_content(
        &mut self,
        content: &Digest,
        issue: &IssueId,
        transport: TransportKind,
    ) -> Result<Option<PlanRecord>, LedgerError>;

    /// The newest moment at which a plan was frozen or a letter changed its state; absent: there is none.
    fn newest_time(&mut self) -> Result<Option<Timestamp>, LedgerError>;

    /// How many of a plan's letters are in each state.
    fn totals(&mut self, plan: PlanId) -> Result<Totals, LedgerError>;

    /// How many of a plan's letters are in each state, by audience and edition; the same after people were erased.
    fn tallies(&mut self, plan: PlanId) -> Result<Vec<LetterTally>, LedgerError>;

    /// Calls `visit` with every letter of a plan, in order.
    fn each_letter(&mut self, plan: PlanId, visit: &mut dyn FnMut(LetterRecord)) -> Result<(), LedgerError>;

    /// Calls `visit` with the address of every letter of a plan that a relay accepted, unless its person was erased.
    fn each_sent(&mut self, plan: PlanId, visit: &mut dyn FnMut(Address)) -> Result<(), LedgerError>;

    /// Whether it has neither plans nor suppressed addresses, so that deleting it would lose nothing.
    fn is_empty(&mut self) -> Result<bool, LedgerError>;

    /// The letter to one address, by the key it is compared by.
    fn letter(&mut self, plan: PlanId, key: &str) -> Result<Option<LetterRecord>, LedgerError>;

    /// Every letter of a plan, in order; for plans that are known to be small.
    fn letters(&mut self, plan: PlanId) -> Result<Vec<LetterRecord>, LedgerError> {
        let mut letters = Vec::new();
        self.each_letter(plan, &mut |letter| letters.push(letter))?;
        Ok(letters)
    }

    /// Every letter to one address, by the key it is compared by, each with its plan.
    fn letters_to(&mut self, key: &str) -> Result<Vec<(PlanRow, LetterRecord)>, LedgerError> {
        let mut letters = Vec::new();
        for plan in self.every_plan()? {
            if let Some(letter) = self.letter(plan.record.id, key)? {
                letters.push((plan, letter));
            }
        }
        Ok(letters)
    }
}

impl<D: Database> LedgerReader for D {
    fn plan(&mut self, issue: &IssueId, transport: TransportKind) -> Result<Option<PlanRecord>, LedgerError> {
        let parameters = [Parameter::Text(issue.as_str()), Parameter::Text(transport.as_str())];
        Ok(plans(self, "NOT replaced AND issue = $1 AND transport = $2", &parameters)?.pop())
    }

    fn plans_in_force(&mut self) -> Result<Vec<PlanRecord>, LedgerError> {
        plans(self, "NOT replaced", &[])
    }

    fn every_plan(&mut self) -> Result<Vec<PlanRow>, LedgerError> {
        let sql = format!("SELECT {}, replaced FROM plan ORDER BY id", PlanRecord::COLUMNS);
        collect(self, &sql, &[], plan_row)
    }

    fn same_content(
        &mut self,
        content: &Digest,
        issue: &IssueId,
        transport: TransportKind,
    ) -> Result<Option<PlanRecord>, LedgerError> {
        let condition = "content = $1 AND issue <> $2 AND transport = $3 AND EXISTS
             (SELECT 1 FROM delivery WHERE delivery.plan = plan.id
                AND state IN ('accepted', 'bounced', 'complained', 'left', 'in_doubt', 'in_flight'))";
        let parameters = [content.as_str(), issue.as_str(), transport.as_str()].map(Parameter::Text);
        // The last one is the newest.
        Ok(plans(self, condition, &parameters)?.pop())
    }

    fn newest_time(&mut self) -> Result<Option<Timestamp>, LedgerError> {
        let sql = "SELECT max(frozen_at) FROM plan UNION ALL SELECT max(at) FROM delivery";
        Ok(collect(self, sql, &[], |row| row.time(0))?.into_iter().flatten().max())
    }

    fn totals(&mut self, plan: PlanId) -> Result<Totals, LedgerError> {
        let mut totals = Totals::default();
        self.query(TOTALS, &[Parameter::Integer(plan.0)], &mut |row| add_total(&mut totals, row))?;
        Ok(totals)
    }

    fn tallies(&mut self, plan: PlanId) -> Result<Vec<LetterTally>, LedgerError> {
        let sql =
            format!("SELECT {} FROM {LETTERS} WHERE plan = $1 GROUP BY audience, edition, state", LetterTally::COLUMNS);
        let mut tallies = collect(self, &sql, &[Parameter::Integer(plan.0)], LetterTally::read)?;
        // The two databases sort texts differently.
        tallies.sort_by(|one, other| {
            (&one.audience, &one.edition, one.state).cmp(&(&other.audience, &other.edition, other.state))
        });
        Ok(tallies)
    }

    fn each_letter(&mut self, plan: PlanId, visit: &mut dyn FnMut(LetterRecord)) -> Result<(), LedgerError> {
        let sql = format!("SELECT {} FROM {LETTERS} WHERE plan = $1 ORDER BY number", LetterRecord::COLUMNS);
        self.query(&sql, &[Parameter::Integer(plan.0)], &mut |row| {
            visit(LetterRecord::read(row)?);
            Ok(())
        })
    }

    fn each_sent(&mut self, plan: PlanId, visit: &mut dyn FnMut(Address)) -> Result<(), LedgerError> {
        let accepted = LetterState::ALL.into_iter().filter(|state| state.was_accepted());
        let states = accepted.map(|state| format!("'{}'", state.as_str())).collect::<Vec<_>>().join(", ");
        let sql = format!("SELECT address FROM {LETTERS} WHERE plan = $1 AND state IN ({states}) AND NOT {IS_ERASED}");
        self.query(&sql, &[Parameter::Integer(plan.0)], &mut |row| {
            let address = Address::restored(row.required_text(0, "letter.address")?);
            visit(address.ok_or(LedgerError::Damaged { column: "letter.address" })?);
            Ok(())
        })
    }

    fn is_empty(&mut self) -> Result<bool, LedgerError> {
        let sql = "SELECT count(*) FROM plan UNION ALL SELECT count(*) FROM suppression";
        let mut rows = 0;
        self.query(sql, &[], &mut |row| {
            rows += row.required_integer(0, "a count")?;
            Ok::<_, LedgerError>(())
        })?;
        Ok(rows == 0)
    }

    fn letter(&mut self, plan: PlanId, key: &str) -> Result<Option<LetterRecord>, LedgerError> {
        let sql = format!("SELECT {} FROM {LETTERS} WHERE plan = $1 AND key = $2", LetterRecord::COLUMNS);
        let parameters = [Parameter::Integer(plan.0), Parameter::Text(key)];
        Ok(collect(self, &sql, &parameters, LetterRecord::read)?.pop())
    }
}

/// The query for the letters of a plan, `$1`, by state.
pub(crate) const TOTALS: &str = "SELECT state, count(*) FROM delivery WHERE plan = $1 GROUP BY state";

/// Adds a row of the result of [`TOTALS`].
pub(crate) fn add_total(totals: &mut Totals, row: &dyn ResultColumns) -> Result<(), LedgerError> {
    let state = read_state(&row.required_text(0, "delivery.state")?)?;
    totals.add(state, row.required_integer(1, "a count")?.unsigned_abs());
    Ok(())
}

fn plans(
    database: &mut impl Database,
    condition: &str,
    parameters: &[Parameter<'_>],
) -> Result<Vec<PlanRecord>, LedgerError> {
    let sql = format!("SELECT {} FROM plan WHERE {condition} ORDER BY id", PlanRecord::COLUMNS);
    collect(database, &sql, parameters, PlanRecord::read)
}

/// The rows of a small result.
pub(crate) fn collect<T>(
    database: &mut impl Database,
    sql: &str,
    parameters: &[Parameter<'_>],
    read: impl Fn(&dyn ResultColumns) -> Result<T, LedgerError>,
) -> Result<Vec<T>, LedgerError> {
    let mut rows = Vec::new();
    database.query(sql, parameters, &mut |row| {
        rows.push(read(row)?);
        Ok::<_, LedgerError>(())
    })?;
    Ok(rows)
}

fn plan_row(row: &dyn ResultColumns) -> Result<PlanRow, LedgerError> {
    Ok(PlanRow { record: PlanRecord::read(row)?, replaced: row.boolean(12)? })
}

/// Calls `visit` with every suppression, including removed ones, the oldest first.
pub(crate) fn each_suppression(
    database: &mut impl Database,
    visit: &mut dyn FnMut(Suppression),
) -> Result<(), LedgerError> {
    let sql = format!("SELECT {} FROM suppression ORDER BY at, tag", Suppression::COLUMNS);
    database.query(&sql, &[], &mut |row| {
        visit(Suppression::read(row)?);
        Ok(())
    })
}

/// Calls `visit` with every row: plans, then letters, then readers; the database is to be one snapshot.
pub(crate) fn each_row(snapshot: &mut impl Database, visit: &mut RowVisitor<'_>) -> Result<(), Error> {
    let sql = format!("SELECT {}, replaced FROM plan ORDER BY id", PlanRecord::COLUMNS);
    snapshot.query::<Error>(&sql, &[], &mut |row| {
        // Without its number a row could not be named: then the table itself is unreadable.
        let id = RowId::Plan(row.required_integer(0, "plan.id")?);
        visit(id, plan_row(row).map(|plan| LedgerRow::Plan(Box::new(plan))))
    })?;
    let sql = format!("SELECT {} FROM {LETTERS} ORDER BY plan, number", LetterRow::columns());
    snapshot.query::<Error>(&sql, &[], &mut |row| {
        let plan = row.required_integer(LetterRow::PLAN, "letter.plan")?;
        let id = RowId::Letter { plan, number: row.required_integer(LetterRow::NUMBER, "letter.number")? };
        visit(id, LetterRow::read(row).map(|letter| LedgerRow::Letter(Box::new(letter))))
    })?;
    let sql = format!("SELECT {} FROM reader ORDER BY token", ReaderRow::COLUMNS);
    snapshot.query::<Error>(&sql, &[], &mut |row| visit(RowId::Reader, ReaderRow::read(row).map(LedgerRow::Reader)))
}
