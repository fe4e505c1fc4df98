//! `resolve`: records what happened to letters in doubt.

use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;

use crate::base::error::Error;
use crate::base::message::{composed, message};
use crate::base::noun;
use crate::cli::exit::Exit;
use crate::cli::terminal::Terminal;
use crate::cli::typed;
use crate::delivery::ledger::record::Resolution;
use crate::ops::ledgers;
use crate::ops::receipts::{self, SentFrom};
use crate::project::Project;

/// Arguments of `resolve`.
#[derive(Args, Debug)]
pub(crate) struct ResolveArgs {
    /// The issue's file, for example issues/november.md
    pub(super) issue: PathBuf,
    /// E-mail addresses [default: every letter in doubt]
    addresses: Vec<String>,
    #[command(flatten)]
    verdict: ResolutionArgs,
}

/// What happened to the letters: one of the two.
#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
struct ResolutionArgs {
    /// Mark them as accepted
    #[arg(long)]
    sent: bool,
    /// Mark them as not sent; the next `send` sends them
    #[arg(long)]
    resend: bool,
}

/// Marks the letters as accepted, or plans them again; the status is the plan's afterwards.
pub(super) fn run(terminal: &Terminal, project: &Project, args: &ResolveArgs) -> Result<Exit, Error> {
    let identity = receipts::identity(project, &project.issue_path(&args.issue))?;
    let issue = identity.id.clone();
    let mut keys = Vec::new();
    for text in &args.addresses {
        let Some(address) = typed::address(terminal, text) else { return Ok(Exit::Blocked) };
        keys.push(address.key());
    }
    let unsent = message!("{issue}: not sent yet", "{issue}: ikke sendt endnu");
    if ledgers::open_to_read(project)?.is_none() {
        terminal.problem(unsent);
        return Ok(Exit::Blocked);
    }
    let mut ledger = ledgers::open_to_write(project)?;
    let Some(plan) = ledgers::plan_of(project, &mut *ledger, &issue)? else {
        terminal.problem(unsent);
        return Ok(Exit::Blocked);
    };
    if let Some(receipt) = receipts::unknown(project, Some(&mut *ledger), &identity)? {
        let failure = &receipt.failure;
        terminal.problem(composed!("{failure}"));
        return Ok(Exit::Blocked);
    }
    let resolution = if args.verdict.sent { Resolution::Sent } else { Resolution::Resend };
    let changed = ledger.resolve(plan.id, &keys, resolution, Timestamp::now())?;
    let what = match resolution {
        Resolution::Sent => message!("counted as accepted", "regnes for modtaget"),
        Resolution::Resend if plan.cancelled => {
            message!("cancelled, because the issue was cancelled", "annulleret, fordi nyhedsbrevet er annulleret")
        }
        Resolution::Resend => message!("will be sent again", "bliver sendt igen"),
    };
    terminal.json(&serde_json::json!({ "issue": issue.as_str(), "letters": changed }));
    if changed > 0 {
        terminal.print_line(composed!("{} {what}", noun::LETTER.count(changed)));
    } else if keys.is_empty() {
        terminal.print_line(message!("no letter is in doubt", "ingen mail er i tvivl"));
    }
    receipts::keep(project, &mut *ledger, &plan, SentFrom::Unknown)?;
    if changed < keys.len() as u64 {
        terminal.problem(match (keys.len(), changed) {
            (1, _) => message!("this address has no letter in doubt", "adressen har ingen mail i tvivl"),
            (_, 0) => {
                message!("none of these addresses has a letter in doubt", "ingen af adresserne har en mail i tvivl")
            }
            _ => message!(
                "some of these addresses have no letter in doubt",
                "nogle af adresserne har ingen mail i tvivl"
            ),
        });
        return Ok(Exit::Blocked);
    }
    Ok(Exit::of_totals(&ledger.totals(plan.id)?))
}
