//! `ledger`: looks through what the project remembers, writes it out, and takes it along to another database.

use std::collections::{BTreeMap, HashSet};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use jiff::Timestamp;

use crate::base::error::Error;
use crate::cli::exit::Exit;
use crate::cli::project::OpenProject;
use crate::cli::report;
use crate::cli::terminal::{Terminal, with_causes};
use crate::delivery::ledger::erasure::ErasureRemnant;
use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::location::LedgerLocation;
use crate::delivery::ledger::row::{LedgerRow, LetterRow, PlanRow, RowId};
use crate::delivery::ledger::state::Totals;
use crate::delivery::ledger::{self, Ledger};

/// The commands about the ledger.
#[derive(Debug, Subcommand)]
pub(crate) enum LedgerCommand {
    /// Check the ledger for damage
    Check,
    /// Export all plans and letters, with addresses, as JSON lines
    Export(LedgerExportArgs),
    /// Copy a ledger file into the ledger that newsletter.yaml names
    Migrate(LedgerMigrateArgs),
    /// Erase the recipients of letters older than `retention` in newsletter.yaml; totals stay
    Prune,
}

/// Arguments of `ledger export`.
#[derive(Args, Debug)]
pub(crate) struct LedgerExportArgs {
    /// New file that only you can read [default: standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Arguments of `ledger migrate`.
#[derive(Args, Debug)]
pub(crate) struct LedgerMigrateArgs {
    /// The former ledger, such as .newsletter/ledger.db
    file: PathBuf,
}

/// Does what was asked for.
pub(super) fn run(terminal: &Terminal, opened: &OpenProject, command: &LedgerCommand) -> Result<Exit, Error> {
    match command {
        LedgerCommand::Check => check(terminal, opened),
        LedgerCommand::Export(wanted) => export(terminal, opened, wanted),
        LedgerCommand::Migrate(wanted) => migrate(terminal, opened, wanted),
        LedgerCommand::Prune => erase_old(terminal, opened),
    }
}

/// What was found while a ledger was looked through.
#[derive(Default)]
struct LedgerScan {
    plans: BTreeMap<i64, PlanScan>,
    faults: Vec<String>,
}

/// A plan, and what its letters were counted to be.
struct PlanScan {
    plan: Box<PlanRow>,
    editions: HashSet<String>,
    totals: Totals,
}

impl LedgerScan {
    fn add(&mut self, id: RowId, row: Result<LedgerRow, LedgerError>) {
        match row {
            Ok(LedgerRow::Plan(plan)) => {
                let editions = plan.record.editions.iter().map(crate::issue::edition_key::EditionKey::id).collect();
                self.plans.insert(id.plan, PlanScan { plan, editions, totals: Totals::default() });
            }
            Ok(LedgerRow::Letter(letter)) => self.count(id, &letter),
            Err(error) => self.faults.push(format!("{id}: {}", with_causes(&error))),
        }
    }

    fn count(&mut self, id: RowId, row: &LetterRow) {
        let Some(found) = self.plans.get_mut(&id.plan) else {
            self.faults.push(format!("{id}: there is no such plan"));
            return;
        };
        if !found.editions.contains(&row.letter.edition) {
            self.faults.push(format!("{id}: the plan has no edition {}", row.letter.edition));
        }
        found.totals.add(row.state, 1);
    }

    /// A letter that is there when rows are counted one way and not there in another way: an index is wrong.
    fn compare(&mut self, ledger: &mut dyn Ledger) -> Result<(), LedgerError> {
        if !self.faults.is_empty() {
            return Ok(());
        }
        for (id, found) in &self.plans {
            let totals = ledger.totals(found.plan.record.id)?;
            if totals != found.totals {
                let (one, other) = (found.totals.recipients(), totals.recipients());
                self.faults.push(format!("plan {id}: its letters do not add up: {one}, and {other}"));
            }
        }
        Ok(())
    }
}

fn check(terminal: &Terminal, opened: &OpenProject) -> Result<Exit, Error> {
    let Some(mut ledger) = opened.ledger()? else { return Ok(nothing(terminal)) };
    let mut findings = LedgerScan { faults: ledger.check_integrity()?, ..LedgerScan::default() };
    ledger.each_row(&mut |id, row| {
        findings.add(id, row);
        Ok(())
    })?;
    if !ledger.is_running()? {
        findings.compare(&mut *ledger)?;
    }
    let letters: u64 = findings.plans.values().map(|it| it.totals.recipients()).sum();
    let plans = findings.plans.len();
    terminal.json(&serde_json::json!({ "plans": plans, "letters": letters, "faults": findings.faults }));
    for PlanScan { plan, totals, .. } in findings.plans.values() {
        let PlanRow { record, replaced } = &**plan;
        let replaced = if *replaced { " (another plan has taken its place)" } else { "" };
        terminal.say(&format!("{}{replaced}: {}", record.issue, report::line(totals, record.transport)));
    }
    if findings.faults.is_empty() {
        let (plans, letters) = (report::count(plans as u64, "plan"), report::count(letters, "letter"));
        terminal.say(&format!("the ledger is sound: {plans}, {letters}"));
        return Ok(Exit::Done);
    }
    for fault in &findings.faults {
        terminal.note(fault);
    }
    terminal.problem("the ledger is damaged; put back the copy from your backup");
    Ok(Exit::Ledger)
}

/// A line of JSON for each plan and each letter.
fn export(terminal: &Terminal, opened: &OpenProject, wanted: &LedgerExportArgs) -> Result<Exit, Error> {
    let Some(mut ledger) = opened.ledger()? else { return Ok(nothing(terminal)) };
    match &wanted.out {
        None => write_rows(&mut *ledger, &mut io::stdout().lock(), Path::new("standard output")),
        Some(path) => {
            let mut file = BufWriter::new(crate::project::secrets::create_private(path)?);
            write_rows(&mut *ledger, &mut file, path)?;
            let failed = |source| Error::Write { path: path.clone(), source };
            file.into_inner().map_err(|error| failed(error.into_error()))?.sync_all().map_err(failed)
        }
    }?;
    Ok(Exit::Done)
}

fn write_rows(ledger: &mut dyn Ledger, out: &mut dyn Write, name: &Path) -> Result<(), Error> {
    ledger.each_row(&mut |_, row| {
        let line = serde_json::to_vec(&row?).map_err(io::Error::from);
        let written = line.and_then(|line| out.write_all(&line)).and_then(|()| out.write_all(b"\n"));
        written.map_err(|source| Error::Write { path: name.to_owned(), source })
    })
}

/// Takes along what a file knows into the ledger that the settings name now.
fn migrate(terminal: &Terminal, opened: &OpenProject, wanted: &LedgerMigrateArgs) -> Result<Exit, Error> {
    let place = opened.project.ledger()?;
    let former = LedgerLocation::File(wanted.file.clone());
    if !wanted.file.exists() {
        terminal.problem(&format!("there is no {}", wanted.file.display()));
        return Ok(Exit::Blocked);
    }
    let mut from = ledger::open::open_to_write(&former)?;
    from.recover()?;
    let mut into = ledger::open::open_to_write(&place)?;
    // First, so that whoever breaks it off here can begin again: nobody must be forgotten.
    crate::delivery::ledger::suppression::copy_suppressions(&mut *from, &mut *into)?;
    into.import(&mut *from)?;
    let plans = into.plans_in_force()?;
    for plan in &plans {
        terminal.say(&format!("{}: {}", plan.issue, report::line(&into.totals(plan.id)?, plan.transport)));
    }
    let (many, file) = (report::count(plans.len() as u64, "plan"), wanted.file.display());
    terminal.json(&serde_json::json!({ "plans": plans.len() }));
    terminal.say(&format!("taken over: {many}. {file} is left as it is, and is not used any more: put it away"));
    Ok(Exit::Done)
}

/// Forgets who got what long ago, and writes over where it stood.
fn erase_old(terminal: &Terminal, opened: &OpenProject) -> Result<Exit, Error> {
    let Some(moment) = opened.project.forgets_before(Timestamp::now()) else {
        terminal.problem("newsletter.yaml does not say how long who got what is remembered: retention: 24 months");
        return Ok(Exit::Blocked);
    };
    if opened.ledger()?.is_none() {
        return Ok(nothing(terminal));
    }
    let mut ledger = opened.ledger_to_write()?;
    let letters = crate::delivery::ledger::retention::erase_before(&mut *ledger, moment)?;
    let remains = ledger.overwrite_free_space()?;
    let day = moment.to_zoned(opened.project.settings().timezone.clone()).date();
    terminal.json(&serde_json::json!({ "before": moment, "letters": letters }));
    terminal.say(&format!("{} from before {day} made nobody's", report::count(letters, "letter")));
    match remains {
        ErasureRemnant::Nothing => Ok(Exit::Done),
        ErasureRemnant::WhileRead | ErasureRemnant::UntilVacuum => {
            terminal.note("old pages are still in the database, since it is in use: run this again");
            Ok(Exit::RetryLater)
        }
    }
}

fn nothing(terminal: &Terminal) -> Exit {
    terminal.say("nothing was sent yet: there is no ledger");
    Exit::Done
}
