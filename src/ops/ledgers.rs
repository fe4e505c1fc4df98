//! Opens the ledger and the transport that a project's settings name.

use std::path::Path;

use crate::base::error::Error;
use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::location::LedgerLocation;
use crate::delivery::ledger::record::PlanRecord;
use crate::delivery::ledger::{self, Ledger};
use crate::delivery::outbox::Outbox;
use crate::delivery::transport::Transport;
use crate::issue::IssueId;
use crate::letter::plan::TransportKind;
use crate::ops::ledger_identity;
use crate::project::Project;

/// The kind of transport that the settings name.
pub fn transport_kind(project: &Project) -> TransportKind {
    match project.settings().smtp {
        Some(_) => TransportKind::Smtp,
        None => TransportKind::Outbox,
    }
}

/// The transport that the settings name: a relay, or the outbox folder where they name none.
///
/// # Errors
///
/// The password of the relay cannot be read.
pub fn transport(project: &Project) -> Result<Box<dyn Transport>, Error> {
    Ok(match project.relay()? {
        Some(relay) => Box::new(relay),
        None => Box::new(Outbox::new(project.outbox())),
    })
}

/// The id under which the ledger has an issue, even if the issue has errors by now.
///
/// # Errors
///
/// The issue cannot be read.
pub fn issue_id(project: &Project, path: &Path) -> Result<IssueId, Error> {
    let files = project.issue(path)?;
    Ok(files.issue.map_or_else(|| IssueId::of_path(files.source.path()), |issue| issue.id))
}

/// The plan of an issue: that of the transport in use, or else that of another one.
///
/// # Errors
///
/// The ledger cannot be read.
pub fn plan_of(project: &Project, ledger: &mut dyn Ledger, issue: &IssueId) -> Result<Option<PlanRecord>, Error> {
    let mut plans: Vec<PlanRecord> = ledger.plans_in_force()?.into_iter().filter(|plan| plan.issue == *issue).collect();
    // `false` sorts before `true`, so the transport in use comes last.
    plans.sort_by_key(|plan| plan.transport == transport_kind(project));
    Ok(plans.pop())
}

/// Opens the ledger to read; absent if nothing was sent yet.
///
/// # Errors
///
/// It cannot be opened.
pub fn open_to_read(project: &Project) -> Result<Option<Box<dyn Ledger>>, Error> {
    ledger_identity::open_to_read(project, &project.ledger()?)
}

/// Opens the ledger to read, for a command that shows what was sent or who gets nothing; absent if nothing was sent yet.
///
/// # Errors
///
/// It cannot be opened, or the project has receipts and no ledger.
pub fn open_complete(project: &Project) -> Result<Option<Box<dyn Ledger>>, Error> {
    ledger_identity::open_complete(project, &project.ledger()?)
}

/// Opens the ledger to read, and checks the key that a run needs; absent if nothing was sent yet.
///
/// # Errors
///
/// As for [`open_complete`]; or the key is missing or cannot be used.
pub(crate) fn open_with_key(project: &Project) -> Result<Option<Box<dyn Ledger>>, Error> {
    ledger_identity::open_with_key(project, &project.ledger()?)
}

/// Opens every ledger to read: the one in use, and the default file if the project has moved away from it.
///
/// # Errors
///
/// One of them cannot be opened.
pub fn open_all_to_read(project: &Project) -> Result<Vec<Box<dyn Ledger>>, Error> {
    let mut ledgers = Vec::new();
    for location in locations(project)? {
        ledgers.extend(ledger_identity::open_to_read(project, &location)?);
    }
    Ok(ledgers)
}

/// Opens every ledger to erase a person.
///
/// # Errors
///
/// One of them cannot be opened, or a run is under way.
pub fn open_all_to_write(project: &Project) -> Result<Vec<Box<dyn Ledger>>, Error> {
    refuse_left_behind(project, &project.ledger()?)?;
    let mut ledgers = Vec::new();
    for location in locations(project)? {
        let mut ledger = ledger_identity::open(project, &location, ledger::open::open_to_write)?;
        ledger.recover()?;
        if ledger.is_running()? {
            return Err(Error::Locked);
        }
        ledgers.push(ledger);
    }
    Ok(ledgers)
}

/// Opens the ledger to record suppressions, which is possible during a run.
///
/// # Errors
///
/// It cannot be opened, or was left behind.
pub fn open_to_suppress(project: &Project) -> Result<Box<dyn Ledger>, Error> {
    let location = project.ledger()?;
    refuse_left_behind(project, &location)?;
    ledger_identity::open(project, &location, ledger::open::open_to_suppress)
}

/// Opens the ledger to write, and repairs what an interrupted run left.
///
/// # Errors
///
/// It cannot be opened, was left behind, or is locked by another run.
pub fn open_to_write(project: &Project) -> Result<Box<dyn Ledger>, Error> {
    let location = project.ledger()?;
    refuse_left_behind(project, &location)?;
    let mut ledger = ledger_identity::open(project, &location, ledger::open::open_to_write)?;
    ledger.recover()?;
    Ok(ledger)
}

/// The locations of ledgers: first the one in use.
fn locations(project: &Project) -> Result<Vec<LedgerLocation>, Error> {
    let (location, default) = (project.ledger()?, project.usual_ledger());
    let is_other = !matches!(&location, LedgerLocation::File(path) if *path == default);
    let former = if is_other && ledger_identity::default_is_used(project)? == Some(true) {
        Some(LedgerLocation::File(default))
    } else {
        None
    };
    Ok([location].into_iter().chain(former).collect())
}

/// Refuses a project that has sent with the default ledger and now names one that does not exist yet: it would send
/// every issue again.
fn refuse_left_behind(project: &Project, location: &LedgerLocation) -> Result<(), Error> {
    let default = project.usual_ledger();
    let is_other = !matches!(location, LedgerLocation::File(path) if *path == default);
    if is_other
        && ledger_identity::default_is_used(project)? == Some(true)
        && ledger::open::open_to_read(location)?.is_none()
    {
        return Err(LedgerError::LeftBehind { path: default }.into());
    }
    Ok(())
}
