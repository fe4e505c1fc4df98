//! Receipts of issues that were sent: they are written from the ledger, and prevent a copy of the project with another
//! ledger from sending again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::base::digest::Digest;
use crate::base::error::Error;
use crate::base::message::{Message, message};
use crate::base::noun;
use crate::base::source::diagnostic::Diagnostics;
use crate::delivery::ledger::Ledger;
use crate::delivery::ledger::identity::fingerprint;
use crate::delivery::ledger::location::LedgerLocation;
use crate::delivery::ledger::record::PlanRecord;
use crate::delivery::ledger::state::{LetterState, Totals};
use crate::issue::IssueId;
use crate::issue::manuscript::snippets;
use crate::letter::plan::TransportKind;
use crate::ops::blocked::{Blocked, GuardFailure};
use crate::ops::issue_inputs::content_of;
use crate::ops::ledgers;
use crate::ops::sent_elsewhere::SentElsewhere;
use crate::ops::text::{local_time, with_causes};
use crate::project::Project;
use crate::project::files;
use crate::project::host_name;
use crate::project::receipt::{IssueIdentity, Receipt, ReceiptCount};
use crate::project::receipt_folder::FoundReceipt;
use crate::project::texts::IssueTexts;

/// The machine that sent the letters of a receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SentFrom {
    /// This machine, just now.
    Here,
    /// Unknown: another machine may use the same ledger.
    Unknown,
}

/// Writes the receipt of a plan if something of it was sent, or all of it is settled, and the receipt in the project
/// differs without recording more; returns its file, if it was written. A delivery to a folder has none: no one
/// received anything.
///
/// # Errors
///
/// The ledger or the receipt cannot be read, or the receipt cannot be written.
pub fn keep(
    project: &Project,
    ledger: &mut dyn Ledger,
    record: &PlanRecord,
    from: SentFrom,
) -> Result<Option<PathBuf>, Error> {
    let totals = ledger.totals(record.id)?;
    if record.transport != TransportKind::Smtp || totals.ever_accepted() == 0 && !totals.is_finished() {
        return Ok(None);
    }
    let before = match project.receipt(&record.issue) {
        // Letters that were accepted stay accepted: a ledger with fewer of them is an old copy, and must not overwrite
        // the receipt.
        Some(FoundReceipt::Valid { receipt, .. }) if receipt.totals.ever_accepted() > totals.ever_accepted() => {
            return Ok(None);
        }
        Some(FoundReceipt::Invalid { .. }) if !totals.is_finished() => return Ok(None),
        Some(FoundReceipt::Valid { receipt, .. }) if receipt.planned == record.frozen_at => Some(*receipt),
        Some(FoundReceipt::Valid { .. } | FoundReceipt::Invalid { .. }) | None => None,
    };
    if before.as_ref().is_some_and(|before| before.totals == totals) {
        return Ok(None);
    }
    let host = hosts(project, record, before.as_ref(), from)?;
    let receipt = Receipt { host, ..receipt(project, ledger, record, before.as_ref())? };
    project.write_receipt(&receipt).map(Some)
}

/// Writes the receipts of all plans that lack theirs, or whose letters have other states by now.
///
/// # Errors
///
/// As for [`keep`].
pub fn keep_all(project: &Project) -> Result<(), Error> {
    let Some(mut ledger) = ledgers::open_to_read(project)? else { return Ok(()) };
    for record in ledger.plans_in_force()? {
        keep(project, &mut *ledger, &record, SentFrom::Unknown)?;
    }
    Ok(())
}

/// The machines that have sent letters of a plan, as far as that is known here.
fn hosts(project: &Project, record: &PlanRecord, before: Option<&Receipt>, from: SentFrom) -> Result<String, Error> {
    let here = host_name::name();
    Ok(match (before, from) {
        (Some(before), SentFrom::Here) if before.host.split(" and ").all(|host| host != here) => {
            format!("{} and {here}", before.host)
        }
        (Some(before), _) => before.host.clone(),
        (None, SentFrom::Here) => here,
        (None, SentFrom::Unknown) => {
            let is_shared = matches!(project.ledger()?, LedgerLocation::Server(_));
            let is_here = !is_shared || project.host_receipt(&record.issue).is_some();
            if is_here { here } else { "another machine".to_owned() }
        }
    })
}

/// Records on this host, before the first letter of a run leaves, that the issue is being sent, so that neither an
/// older ledger nor an older copy of the project can undo that. Returns why it cannot be recorded; absent: it is, or
/// nothing is sent through a relay.
///
/// # Errors
///
/// The ledger cannot be read.
pub fn begin_on_host(
    project: &Project,
    ledger: &mut dyn Ledger,
    record: &PlanRecord,
) -> Result<Option<Message>, Error> {
    if record.transport != TransportKind::Smtp {
        return Ok(None);
    }
    let before = project.host_receipt(&record.issue);
    let before = before.filter(|before| before.planned == record.frozen_at);
    let receipt = receipt(project, ledger, record, before.as_ref())?;
    Ok(match project.write_host_receipt(&receipt) {
        Ok(true) => None,
        Ok(false) => Some(message!(
            "neither `$XDG_STATE_HOME` nor `$HOME` names a folder outside the project",
            "hverken `$XDG_STATE_HOME` eller `$HOME` er en mappe uden for projektet"
        )),
        Err(error) => Some(with_causes(&error)),
    })
}

/// Records on this host the result of a run that it began, or removes the record if no letter can have left.
///
/// # Errors
///
/// The ledger cannot be read, or the receipt not be written.
pub fn end_on_host(project: &Project, ledger: &mut dyn Ledger, record: &PlanRecord) -> Result<(), Error> {
    let Some(before) = project.host_receipt(&record.issue) else { return Ok(()) };
    let totals = ledger.totals(record.id)?;
    if totals.ever_accepted() == 0 && totals.of(LetterState::InDoubt) == 0 && totals.of(LetterState::InFlight) == 0 {
        return project.remove_host_receipt(&record.issue);
    }
    let receipt = receipt(project, ledger, record, Some(&before))?;
    project.write_host_receipt(&receipt)?;
    Ok(())
}

/// The receipt of a plan that is sent here. The times in an earlier one are kept: the ledger has only the last change
/// of each letter.
fn receipt(
    project: &Project,
    ledger: &mut dyn Ledger,
    record: &PlanRecord,
    before: Option<&Receipt>,
) -> Result<Receipt, Error> {
    let (mut editions, mut audiences) = (BTreeMap::new(), BTreeMap::new());
    let mut totals = Totals::default();
    let mut first_accepted = before.and_then(|before| before.first_accepted);
    let mut last_accepted = before.and_then(|before| before.last_accepted);
    // The letters themselves are not read: decoding a person takes longer than all the rest.
    for tally in ledger.tallies(record.id)? {
        totals.add(tally.state, tally.letters);
        let of_audience: &mut ReceiptCount = audiences.entry(tally.audience.to_string()).or_default();
        of_audience.add(&tally);
        let of_edition: &mut ReceiptCount = editions.entry(tally.edition.clone()).or_default();
        of_edition.add(&tally);
        if tally.state == LetterState::Accepted {
            first_accepted = first_accepted.into_iter().chain(tally.first_change).min();
            last_accepted = last_accepted.into_iter().chain(tally.last_change).max();
        }
    }
    let digests = record.fingerprint.iter().flat_map(|(name, digest)| [name.as_bytes(), digest.as_str().as_bytes()]);
    Ok(Receipt {
        issue: record.issue.clone(),
        content: Some(record.content.clone()),
        planned: record.frozen_at,
        first_accepted,
        last_accepted,
        host: host_name::name(),
        digest: Digest::of(digests),
        editions,
        audiences,
        totals,
        key: fingerprint(&project.key()?),
        project: Some(project.sender_digest()),
        origin: None,
    })
}

/// A receipt that records more than the ledger: the issue was sent with another one.
#[derive(Debug)]
pub struct UnknownReceipt {
    /// Why the issue is not sent.
    pub failure: GuardFailure,
    /// When the issue was planned there; absent: the receipt cannot be read.
    pub planned: Option<Timestamp>,
}

/// An issue as receipts know it, even if it has errors by now.
///
/// # Errors
///
/// The issue cannot be read.
pub fn identity(project: &Project, path: &Path) -> Result<IssueIdentity, Error> {
    let files = project.issue(path)?;
    Ok(match files.issue {
        Some(issue) => {
            let issue = snippets::with_snippets(issue, &IssueTexts::new(project, path), &mut Diagnostics::new());
            IssueIdentity { content: Some(content_of(&issue)), id: issue.id }
        }
        None => IssueIdentity { id: IssueId::of_path(files.source.path()), content: None },
    })
}

/// The receipt of an issue that records more than the ledger in the settings; see [`unknown`].
///
/// # Errors
///
/// As for [`unknown`].
pub fn unknown_here(project: &Project, issue: &IssueIdentity) -> Result<Option<UnknownReceipt>, Error> {
    match ledgers::open_to_read(project)? {
        Some(mut ledger) => unknown(project, Some(&mut *ledger), issue),
        None => unknown(project, None, issue),
    }
}

/// The same as [`check`], with the ledger in the settings.
///
/// # Errors
///
/// As for [`check`].
pub fn check_here(project: &Project, issue: &IssueIdentity) -> Result<(), Blocked> {
    unknown_here(project, issue)?.map_or(Ok(()), |receipt| Err(receipt.failure.into()))
}

/// Checks that no receipt says that the issue was sent with another ledger.
///
/// # Errors
///
/// One does, or something cannot be read.
pub fn check(project: &Project, ledger: &mut dyn Ledger, issue: &IssueIdentity) -> Result<(), Blocked> {
    let Some(receipt) = unknown(project, Some(ledger), issue)? else { return Ok(()) };
    Err(receipt.failure.into())
}

/// The receipt of an issue, if fewer letters were accepted according to the ledger than according to the receipt: the project
/// is a copy, or its ledger was lost, emptied or restored. A delivery to a folder needs no receipt.
///
/// # Errors
///
/// The ledger or the folder of the receipts cannot be read.
pub fn unknown(
    project: &Project,
    mut ledger: Option<&mut dyn Ledger>,
    issue: &IssueIdentity,
) -> Result<Option<UnknownReceipt>, Error> {
    if ledgers::transport_kind(project) != TransportKind::Smtp {
        return Ok(None);
    }
    let found = project.receipts_about(issue)?;
    if found.is_empty() {
        return Ok(None);
    }
    let mut known = |id: &IssueId| -> Result<Option<Totals>, Error> {
        let Some(ledger) = ledger.as_deref_mut() else { return Ok(None) };
        let Some(plan) = ledger.plan(id, TransportKind::Smtp)? else { return Ok(None) };
        Ok(Some(ledger.totals(plan.id)?))
    };
    let own = known(&issue.id)?;
    let (mut sent, mut invalid) = (Vec::new(), None);
    for found in found {
        match found {
            FoundReceipt::Valid { path, receipt } => {
                let same = known(&receipt.issue)?;
                let accepted = own.iter().chain(&same).map(Totals::ever_accepted).max();
                if accepted.is_none_or(|accepted| accepted < receipt.totals.ever_accepted()) {
                    sent.push(SentReceipt { path, receipt, known: accepted });
                }
            }
            // The ledger is the record, and the receipt is written again from it. Of an unfinished plan it may be an old copy.
            FoundReceipt::Invalid { .. } if own.is_some_and(|totals| totals.is_finished()) => {}
            FoundReceipt::Invalid { path, problem } => invalid = invalid.or(Some((path, problem))),
        }
    }
    let file = |path: &Path| files::name(project.root(), path).display().to_string();
    Ok(match (sent.iter().max_by_key(|sent| sent.receipt.totals.ever_accepted()), invalid) {
        (Some(most), _) => {
            let files: Vec<String> = sent.iter().map(|sent| file(&sent.path)).collect();
            let failure = failure(project, issue, most, &files);
            Some(UnknownReceipt { failure, planned: Some(most.receipt.planned) })
        }
        (None, Some((path, problem))) => {
            let failure =
                GuardFailure::InvalidReceipt { issue: issue.id.clone(), file: file(&path), problem: problem.message };
            Some(UnknownReceipt { failure, planned: None })
        }
        (None, None) => None,
    })
}

/// A receipt that records more than the ledger.
struct SentReceipt {
    path: PathBuf,
    receipt: Box<Receipt>,
    /// How many letters were accepted according to the ledger; absent: it has no plan.
    known: Option<u64>,
}

fn failure(project: &Project, issue: &IssueIdentity, sent: &SentReceipt, files: &[String]) -> GuardFailure {
    let receipt = &sent.receipt;
    let known = match sent.known {
        None => message!("does not know of it", "kender det ikke"),
        Some(known) => message!("knows of only {known} of them", "kender kun {known} af dem"),
    };
    let keys = project.key_fingerprints();
    let has_other_key = !keys.is_empty() && !keys.contains(&receipt.key);
    let other =
        if receipt.issue == issue.id { Message::default() } else { message!(" as {}", " som {}", receipt.issue) };
    let at = local_time(receipt.last_accepted.unwrap_or(receipt.planned), &project.settings().timezone);
    let letters = match receipt.totals.ever_accepted() {
        // The host records this before the first letter, and was stopped before it could record the end.
        0 => message!("the sending began at {at}", "udsendelsen begyndte {at}"),
        accepted => {
            message!("{} accepted by {at}", "{} var modtaget af mailserveren {at}", noun::LETTER.count(accepted))
        }
    };
    GuardFailure::SentElsewhere(Box::new(SentElsewhere {
        issue: issue.id.clone(),
        sent: message!("{other} from {}: {letters}", "{other} fra {}: {letters}", receipt.host),
        files: Message::all(files),
        says: if files.len() == 1 { message!("says", "siger") } else { message!("say", "siger") },
        these: if files.len() == 1 { message!("that file", "den fil") } else { message!("these files", "de filer") },
        key: if has_other_key {
            message!(", whose key is another one,", ", som har en anden nøgle,")
        } else {
            Message::default()
        },
        known,
    }))
}

/// The receipts of issues that the ledger has no plan of, and the problems of those that cannot be used.
///
/// # Errors
///
/// The folder or a file cannot be read.
pub fn of_others(project: &Project, sent: &BTreeSet<IssueId>) -> Result<(Vec<Receipt>, Diagnostics), Error> {
    let (mut receipts, problems) = project.receipts()?;
    receipts.retain(|receipt| !sent.contains(&receipt.issue));
    Ok((receipts, problems))
}
