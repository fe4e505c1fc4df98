//! `resolve`: says what became of letters in doubt.

use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;

use crate::base::error::Error;
use crate::cli::exit::Exit;
use crate::cli::project::OpenProject;
use crate::cli::report;
use crate::cli::terminal::Terminal;
use crate::delivery::ledger::record::Resolution;
use crate::people::person::Address;

/// Arguments of `resolve`.
#[derive(Args, Debug)]
pub(crate) struct ResolveArgs {
    /// The issue
    pub(super) issue: PathBuf,
    /// Addresses [default: every letter in doubt]
    addresses: Vec<String>,
    #[command(flatten)]
    verdict: ResolutionArgs,
}

/// What happened to the letters: one of the two.
#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
struct ResolutionArgs {
    /// They arrived: count them as accepted
    #[arg(long)]
    sent: bool,
    /// They did not arrive: try again with the next send
    #[arg(long)]
    resend: bool,
}

/// Marks the letters as accepted, or plans them again; the status is the plan's afterwards.
pub(super) fn run(terminal: &Terminal, opened: &OpenProject, resolve: &ResolveArgs) -> Result<Exit, Error> {
    let issue = opened.issue_id(&opened.project.issue_path(&resolve.issue))?;
    let mut keys = Vec::new();
    for typed in &resolve.addresses {
        match Address::parse(typed) {
            Ok(address) => keys.push(address.key()),
            Err(error) => {
                terminal.problem(&format!("{typed}: {error}"));
                return Ok(Exit::Blocked);
            }
        }
    }
    if opened.ledger()?.is_none() {
        terminal.problem(&format!("{issue}: nothing of it was sent yet"));
        return Ok(Exit::Blocked);
    }
    let mut ledger = opened.ledger_to_write()?;
    let Some(plan) = opened.plan(&mut *ledger, &issue)? else {
        terminal.problem(&format!("{issue}: nothing of it was sent yet"));
        return Ok(Exit::Blocked);
    };
    let resolution = if resolve.verdict.sent { Resolution::Sent } else { Resolution::Resend };
    let changed = ledger.resolve(plan.id, &keys, resolution, Timestamp::now())?;
    let what = match resolution {
        Resolution::Sent => "counted as accepted",
        Resolution::Resend => "planned again",
    };
    terminal.json(&serde_json::json!({ "issue": issue.as_str(), "letters": changed }));
    terminal.say(&format!("{} {what}", report::count(changed, "letter")));
    if changed < keys.len() as u64 {
        terminal.problem("some of these addresses have no letter in doubt");
        return Ok(Exit::Blocked);
    }
    Ok(Exit::of_totals(&ledger.totals(plan.id)?))
}
