//! Receipts of issues that were sent: they are written from the ledger, and stop a copy of the project that has another ledger.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::base::digest::Digest;
use crate::base::error::Error;
use crate::base::source::diagnostic::Diagnostics;
use crate::delivery::ledger::Ledger;
use crate::delivery::ledger::identity::fingerprint;
use crate::delivery::ledger::record::PlanRecord;
use crate::delivery::ledger::state::{LetterState, Totals};
use crate::issue::IssueId;
use crate::letter::plan::TransportKind;
use crate::ops::blocked::{Blocked, GuardFailure, SentElsewhere};
use crate::ops::ledgers;
use crate::ops::text::{count, local_time};
use crate::project::Project;
use crate::project::files;
use crate::project::host_name;
use crate::project::receipt::{FoundReceipt, Receipt, ReceiptCount};

/// Writes the receipt of a plan if something of it was sent, or all of it is settled, and the receipt in the project says
/// something else, but not more; its file, if it was written. A delivery to a folder has none: nobody received anything.
///
/// # Errors
///
/// The ledger or the receipt cannot be read, or the receipt cannot be written.
pub fn keep(project: &Project, ledger: &mut dyn Ledger, record: &PlanRecord) -> Result<Option<PathBuf>, Error> {
    let totals = ledger.totals(record.id)?;
    if record.transport != TransportKind::Smtp || totals.ever_accepted() == 0 && !totals.is_finished() {
        return Ok(None);
    }
    let before = match project.receipt(&record.issue)? {
        // Letters that were accepted stay accepted: a ledger that knows of fewer is an old copy, and must not have the last word.
        FoundReceipt::Valid { receipt, .. } if receipt.totals.ever_accepted() > totals.ever_accepted() => {
            return Ok(None);
        }
        FoundReceipt::Invalid(_) if !totals.is_finished() => return Ok(None),
        FoundReceipt::Valid { receipt, .. } if receipt.planned == record.frozen_at => Some(*receipt),
        FoundReceipt::Valid { .. } | FoundReceipt::Missing | FoundReceipt::Invalid(_) => None,
    };
    if before.as_ref().is_some_and(|before| before.totals == totals) {
        return Ok(None);
    }
    let receipt = receipt(project, ledger, record, before)?;
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
        keep(project, &mut *ledger, &record)?;
    }
    Ok(())
}

/// The receipt of a plan. What an earlier one knows of times and the host is kept: the ledger has only the last change of
/// each letter.
fn receipt(
    project: &Project,
    ledger: &mut dyn Ledger,
    record: &PlanRecord,
    before: Option<Receipt>,
) -> Result<Receipt, Error> {
    let (mut editions, mut audiences) = (BTreeMap::new(), BTreeMap::new());
    let mut totals = Totals::default();
    let mut first_accepted = before.as_ref().and_then(|before| before.first_accepted);
    let mut last_accepted = before.as_ref().and_then(|before| before.last_accepted);
    ledger.each_letter(record.id, &mut |letter| {
        totals.add(letter.state, 1);
        let of_edition: &mut ReceiptCount = editions.entry(letter.letter.edition.clone()).or_default();
        let of_audience: &mut ReceiptCount = audiences.entry(letter.letter.audience.to_string()).or_default();
        for counted in [of_edition, of_audience] {
            counted.letters += 1;
            counted.accepted += u64::from(letter.state.was_accepted());
        }
        if let Some(at) = letter.at.filter(|_| letter.state == LetterState::Accepted) {
            first_accepted = Some(first_accepted.map_or(at, |first| first.min(at)));
            last_accepted = Some(last_accepted.map_or(at, |last| last.max(at)));
        }
    })?;
    let digests = record.fingerprint.iter().flat_map(|(name, digest)| [name.as_bytes(), digest.as_str().as_bytes()]);
    Ok(Receipt {
        issue: record.issue.clone(),
        planned: record.frozen_at,
        first_accepted,
        last_accepted,
        host: before.map_or_else(host_name::name, |before| before.host),
        digest: Digest::of(digests),
        editions,
        audiences,
        totals,
        key: fingerprint(&project.key()?),
    })
}

/// A receipt that says more than the ledger: the issue was sent with another one.
#[derive(Debug)]
pub struct UnknownReceipt {
    /// Why the issue is not sent.
    pub failure: GuardFailure,
    /// When the issue was planned there; absent: the receipt cannot be read.
    pub planned: Option<Timestamp>,
}

/// The receipt of an issue that the ledger in the settings knows less of; see [`unknown`].
///
/// # Errors
///
/// As for [`unknown`].
pub fn unknown_here(project: &Project, issue: &IssueId) -> Result<Option<UnknownReceipt>, Error> {
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
pub fn check_here(project: &Project, issue: &IssueId) -> Result<(), Blocked> {
    unknown_here(project, issue)?.map_or(Ok(()), |receipt| Err(receipt.failure.into()))
}

/// Checks that no receipt says that the issue was sent with another ledger.
///
/// # Errors
///
/// One says so, or something cannot be read.
pub fn check(project: &Project, ledger: &mut dyn Ledger, issue: &IssueId) -> Result<(), Blocked> {
    let Some(receipt) = unknown(project, Some(ledger), issue)? else { return Ok(()) };
    Err(receipt.failure.into())
}

/// The receipt of an issue, if fewer letters were accepted according to the ledger than according to the receipt: the project
/// is a copy, or its ledger was lost, emptied or restored. A delivery to a folder needs no receipt.
///
/// # Errors
///
/// The ledger or the receipt cannot be read.
pub fn unknown(
    project: &Project,
    ledger: Option<&mut dyn Ledger>,
    issue: &IssueId,
) -> Result<Option<UnknownReceipt>, Error> {
    let kind = ledgers::transport_kind(project);
    if kind != TransportKind::Smtp {
        return Ok(None);
    }
    let found = project.receipt(issue)?;
    if matches!(found, FoundReceipt::Missing) {
        return Ok(None);
    }
    let known = match ledger {
        Some(ledger) => match ledger.plan(issue, kind)? {
            Some(plan) => Some(ledger.totals(plan.id)?),
            None => None,
        },
        None => None,
    };
    Ok(match found {
        FoundReceipt::Missing => None,
        // The ledger is the record, and the receipt is written again from it. Of an unfinished plan it may be an old copy.
        FoundReceipt::Invalid(_) if known.is_some_and(|totals| totals.is_finished()) => None,
        FoundReceipt::Invalid(problem) => {
            let file = problem.place.as_ref().map(|place| place.path().to_owned()).unwrap_or_default();
            let failure = GuardFailure::InvalidReceipt { issue: issue.clone(), file, problem: problem.message.clone() };
            Some(UnknownReceipt { failure, planned: None })
        }
        FoundReceipt::Valid { receipt, .. }
            if known.is_some_and(|known| known.ever_accepted() >= receipt.totals.ever_accepted()) =>
        {
            None
        }
        FoundReceipt::Valid { path, receipt } => {
            let planned = Some(receipt.planned);
            let known = known.map(|totals| totals.ever_accepted());
            Some(UnknownReceipt { failure: failure(project, &path, *receipt, known), planned })
        }
    })
}

fn failure(project: &Project, path: &Path, receipt: Receipt, known: Option<u64>) -> GuardFailure {
    let known = match known {
        None => "does not know of it".to_owned(),
        Some(known) => format!("knows of only {known} of them"),
    };
    let keys = project.stored_keys().ok().flatten().unwrap_or_default();
    let has_other_key = !keys.is_empty() && keys.iter().all(|key| fingerprint(key) != receipt.key);
    GuardFailure::SentElsewhere(Box::new(SentElsewhere {
        at: local_time(receipt.last_accepted.unwrap_or(receipt.planned), &project.settings().timezone),
        letters: count(receipt.totals.ever_accepted(), "letter"),
        file: files::name(project.root(), path).display().to_string(),
        key: if has_other_key { ", whose key is another one," } else { "" },
        issue: receipt.issue,
        host: receipt.host,
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
