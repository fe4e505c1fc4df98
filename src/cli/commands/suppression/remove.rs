//! `suppression remove`: sends to addresses again.

use clap::Args;
use jiff::Timestamp;

use crate::base::error::Error;
use crate::base::message::message;
use crate::base::noun;
use crate::cli::commands::suppression::targets::{TargetArgs, Targets};
use crate::cli::exit::Exit;
use crate::cli::report::in_series;
use crate::cli::terminal::Terminal;
use crate::delivery::ledger::suppression::{self, SuppressionRemoval};
use crate::ops::ledgers;
use crate::project::Project;

/// Arguments of `suppression remove`.
#[derive(Args, Debug)]
pub(crate) struct SuppressionRemoveArgs {
    #[command(flatten)]
    targets: TargetArgs,
    /// Why, in your own words, for the ledger: "asked for it by mail on 3 May"
    #[arg(long, value_name = "TEXT")]
    because: String,
}

/// Removes the suppressions of the addresses that were typed; they stay on record with the reason.
pub(super) fn run(terminal: &Terminal, project: &Project, typed: &SuppressionRemoveArgs) -> Result<Exit, Error> {
    let targets = match Targets::read(terminal, project, &typed.targets)? {
        Ok(targets) => targets,
        Err(exit) => return Ok(exit),
    };
    let because = typed.because.trim();
    if because.is_empty() {
        terminal.problem(message!(
            "write the reason: `--because \"asked for it by mail on 3 May\"`",
            "skriv grunden: `--because \"bad om det i en mail 3. maj\"`"
        ));
        return Ok(Exit::Blocked);
    }
    let removal = SuppressionRemoval { at: Timestamp::now(), because: because.to_owned() };
    let mut ledger = ledgers::open_to_suppress(project)?;
    let keys = project.keys()?;
    let mut removed = 0;
    for address in &targets.addresses {
        let mut found = 0;
        for key in &keys {
            found += ledger.remove_suppression(&suppression::tag(key, address, targets.series), &removal)?;
        }
        match found {
            0 => {
                let within = in_series(targets.series);
                terminal.note(message!("{address} was not suppressed{within}", "{address} var ikke spærret{within}"));
            }
            _ => removed += 1,
        }
    }
    terminal.json(&serde_json::json!({ "removed": removed }));
    let addresses = noun::ADDRESS.count(removed);
    terminal.print_line(message!(
        "{addresses} no longer suppressed, from the next issue on",
        "{addresses} ikke længere spærret, fra næste nyhedsbrev"
    ));
    Ok(Exit::Done)
}
