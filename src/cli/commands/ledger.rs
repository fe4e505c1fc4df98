//! `ledger`: checks, exports, migrates and prunes the ledger.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use jiff::Timestamp;

use crate::base::error::Error;
use crate::base::message::{Message, composed, message};
use crate::base::noun;
use crate::cli::exit::Exit;
use crate::cli::report;
use crate::cli::terminal::Terminal;
use crate::delivery::ledger::erasure::ErasureRemnant;
use crate::delivery::ledger::location::LedgerLocation;
use crate::delivery::ledger::row::{LedgerRow, PlanRow};
use crate::delivery::ledger::{self, Ledger, retention, suppression};
use crate::ops::clock;
use crate::ops::ledger_check::{LedgerScan, PlanScan};
use crate::ops::ledger_identity::{self, NewLedger};
use crate::ops::ledgers;
use crate::ops::receipts;
use crate::ops::text::local_time;
use crate::project::Project;
use crate::project::files;

/// The commands about the ledger.
#[derive(Debug, Subcommand)]
pub(crate) enum LedgerCommand {
    /// Check the ledger for damage
    Check,
    /// Export all plans and letters, with addresses, as JSON lines
    Export(LedgerExportArgs),
    /// Begin a new ledger, or use the present one with another key; earlier issues may be sent again
    New,
    /// Make a new key for links and Message-IDs; the former one stays valid for letters sent before
    RotateKey,
    /// Go on although the clock is behind the ledger, or years ahead of it: it is right now
    AcceptClock,
    /// Copy a ledger file into the ledger set in newsletter.yaml
    Migrate(LedgerMigrateArgs),
    /// Erase recipients' data older than `retention` in newsletter.yaml; keep totals
    Prune,
}

impl LedgerCommand {
    /// Whether it changes nothing.
    pub(super) fn reads(&self) -> bool {
        matches!(self, Self::Check | Self::Export(_))
    }
}

/// Arguments of `ledger export`.
#[derive(Args, Debug)]
pub(crate) struct LedgerExportArgs {
    /// Write to this new file, readable only by you [default: standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Arguments of `ledger migrate`.
#[derive(Args, Debug)]
pub(crate) struct LedgerMigrateArgs {
    /// Old ledger file, such as .newsletter/ledger.db
    file: PathBuf,
}

/// Runs one of them.
pub(super) fn run(terminal: &Terminal, project: &Project, command: &LedgerCommand) -> Result<Exit, Error> {
    match command {
        LedgerCommand::Check => check(terminal, project),
        LedgerCommand::Export(args) => export(terminal, project, args),
        LedgerCommand::New => begin_anew(terminal, project),
        LedgerCommand::RotateKey => rotate_key(terminal, project),
        LedgerCommand::AcceptClock => accept_clock(terminal, project),
        LedgerCommand::Migrate(args) => migrate(terminal, project, args),
        LedgerCommand::Prune => prune(terminal, project),
    }
}

fn check(terminal: &Terminal, project: &Project) -> Result<Exit, Error> {
    let Some(mut ledger) = ledgers::open_complete(project)? else { return Ok(nothing(terminal)) };
    let scan = LedgerScan::of(&mut *ledger)?;
    let letters: u64 = scan.plans().map(|plan| plan.totals.recipients()).sum();
    let plans = scan.plans().len();
    terminal.json(&serde_json::json!({ "plans": plans, "letters": letters, "faults": scan.faults }));
    for PlanScan { plan, totals, .. } in scan.plans() {
        let PlanRow { record, replaced } = &**plan;
        let replaced = if *replaced {
            message!(" (replaced by another plan)", " (afløst af en anden plan)")
        } else {
            Message::default()
        };
        terminal.print_line(composed!("{}{replaced}: {}", record.issue, report::line(totals, record.transport)));
    }
    if scan.faults.is_empty() {
        let (plans, letters) = (noun::PLAN.count(plans as u64), noun::LETTER.count(letters));
        terminal.print_line(message!("no damage found: {plans}, {letters}", "ingen skader fundet: {plans}, {letters}"));
        return Ok(Exit::Done);
    }
    for fault in &scan.faults {
        terminal.note(fault.clone());
    }
    terminal.problem(message!(
        "the ledger is damaged: restore it from your backup",
        "sendebogen (ledger) er beskadiget: hent den fra jeres sikkerhedskopi"
    ));
    Ok(Exit::Ledger)
}

/// Writes a line of JSON for each plan and each letter.
fn export(terminal: &Terminal, project: &Project, args: &LedgerExportArgs) -> Result<Exit, Error> {
    let Some(mut ledger) = ledgers::open_complete(project)? else { return Ok(nothing(terminal)) };
    match &args.out {
        None => write_rows(&mut *ledger, &mut io::stdout().lock(), Path::new("standard output")),
        Some(path) => {
            let mut file = files::create_private(path)?;
            write_rows(&mut *ledger, &mut file, path)?;
            file.finish().map_err(|source| Error::Write { path: path.clone(), source })
        }
    }?;
    Ok(Exit::Done)
}

fn write_rows(ledger: &mut dyn Ledger, out: &mut dyn Write, name: &Path) -> Result<(), Error> {
    ledger.each_row(&mut |_, row| {
        let row = row?;
        // Anyone with a token could unsubscribe its reader.
        if let LedgerRow::Reader(_) = row {
            return Ok(());
        }
        let line = serde_json::to_vec(&row).map_err(io::Error::from);
        let written = line.and_then(|line| out.write_all(&line)).and_then(|()| out.write_all(b"\n"));
        written.map_err(|source| Error::Write { path: name.to_owned(), source })
    })
}

fn rotate_key(terminal: &Terminal, project: &Project) -> Result<Exit, Error> {
    ledger_identity::rotate_key(project, &mut *ledgers::open_to_write(project)?)?;
    let file = project.key_file();
    let file = file.display();
    terminal.print_line(message!(
        "{file} has a new key, followed by the former ones",
        "{file} har en ny nøgle, og efter den de tidligere"
    ));
    terminal.note(message!(
        "back it up, and copy it to every machine that sends; keep the former keys: suppressed addresses are recognised by them",
        "tag en sikkerhedskopi, og kopiér den til alle maskiner, der sender; behold de tidligere nøgler: spærrede adresser \
         genkendes med dem"
    ));
    Ok(Exit::Done)
}

/// Creates the ledger, or binds it to the project's key.
fn begin_anew(terminal: &Terminal, project: &Project) -> Result<Exit, Error> {
    let done = ledger_identity::begin_anew(project)?;
    let location = project.ledger()?;
    match done {
        NewLedger::Created => terminal.print_line(message!(
            "created {location}: nothing was sent according to it",
            "oprettede {location}: ifølge den er intet sendt"
        )),
        NewLedger::Bound => {
            let key = project.key_file();
            let key = key.display();
            terminal.print_line(message!("{location} now belongs to {key}", "{location} hører nu til {key}"));
            terminal.note(message!(
                "links to unsubscribe in earlier letters no longer work, and addresses that are suppressed without being \
                 kept are no longer recognised",
                "afmeldelseslinks i tidligere mails virker ikke længere, og spærrede adresser, der ikke er gemt, genkendes \
                 ikke længere"
            ));
        }
        NewLedger::Unchanged => {
            terminal.problem(message!(
                "{location} exists, and belongs to the project's key: nothing was changed",
                "{location} findes og hører til projektets nøgle: intet er ændret"
            ));
            return Ok(Exit::Blocked);
        }
    }
    terminal.json(&serde_json::json!({ "ledger": location.to_string(), "created": done == NewLedger::Created }));
    Ok(Exit::Done)
}

/// Records that the clock is right.
fn accept_clock(terminal: &Terminal, project: &Project) -> Result<Exit, Error> {
    let now = Timestamp::now();
    clock::confirm(project, now)?;
    let text = local_time(now, &project.settings().timezone);
    terminal.json(&serde_json::json!({ "clock": now.to_string() }));
    terminal.print_line(message!(
        "the clock counts as right: {text}. Later entries in the ledger were written with a wrong clock",
        "uret regnes for rigtigt: {text}. Det, sendebogen (ledger) har med et senere tidspunkt, er skrevet med et forkert ur"
    ));
    Ok(Exit::Done)
}

/// Copies a ledger file into the ledger that the settings name.
fn migrate(terminal: &Terminal, project: &Project, args: &LedgerMigrateArgs) -> Result<Exit, Error> {
    let place = project.ledger()?;
    let former = LedgerLocation::File(args.file.clone());
    if !args.file.exists() {
        let file = args.file.display();
        terminal.problem(message!("{file} does not exist", "{file} findes ikke"));
        return Ok(Exit::Blocked);
    }
    let mut from = ledger::open::open_to_write(&former)?;
    from.recover()?;
    let mut into = ledger::open::open_to_write(&place)?;
    // First, so that after an interruption no suppressed address can get a letter.
    suppression::copy_suppressions(&mut *from, &mut *into)?;
    into.import(&mut *from)?;
    ledger_identity::bind(project, &mut *into)?;
    let plans = into.plans_in_force()?;
    for plan in &plans {
        let totals = into.totals(plan.id)?;
        terminal.print_line(composed!("{}: {}", plan.issue, report::line(&totals, plan.transport)));
    }
    let (many, file) = (noun::PLAN.count(plans.len() as u64), args.file.display());
    terminal.json(&serde_json::json!({ "plans": plans.len() }));
    terminal.print_line(message!(
        "{many} migrated; {file} is unchanged and no longer used: archive it",
        "{many} flyttet; {file} er uændret og bruges ikke længere: gem den som arkiv"
    ));
    Ok(Exit::Done)
}

/// Erases the recipients of old letters, and overwrites where they were stored.
fn prune(terminal: &Terminal, project: &Project) -> Result<Exit, Error> {
    let Some(moment) = project.erase_before(Timestamp::now()) else {
        terminal.problem(message!(
            "newsletter.yaml has no `retention`: add a line such as `retention: 24 months`",
            "newsletter.yaml har ingen `retention`: tilføj en linje som `retention: 24 months`"
        ));
        return Ok(Exit::Blocked);
    };
    if ledgers::open_complete(project)?.is_none() {
        return Ok(nothing(terminal));
    }
    let mut ledger = ledgers::open_to_write(project)?;
    let letters = retention::erase_before(&mut *ledger, moment)?;
    let remains = ledger.overwrite_free_space()?;
    drop(ledger);
    receipts::keep_all(project)?;
    let day = moment.to_zoned_datetime(project.settings().timezone.clone()).date();
    terminal.json(&serde_json::json!({ "before": moment, "letters": letters }));
    let letters = noun::LETTER.count(letters);
    terminal.print_line(message!("{letters} from before {day} anonymised", "{letters} fra før {day} anonymiseret"));
    match remains {
        ErasureRemnant::Nothing => Ok(Exit::Done),
        ErasureRemnant::WhileRead | ErasureRemnant::UntilVacuum => {
            terminal.note(message!(
                "the database is in use and keeps old pages: run again",
                "databasen er i brug og gemmer gamle sider: kør igen"
            ));
            Ok(Exit::RetryLater)
        }
    }
}

fn nothing(terminal: &Terminal) -> Exit {
    terminal.print_line(message!(
        "nothing was sent yet: there is no ledger",
        "der er ikke sendt noget endnu: der er ingen sendebog (ledger)"
    ));
    Exit::Done
}
