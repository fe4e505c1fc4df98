//! Opens the project that a command works on.

use std::path::{Path, PathBuf};

use crate::base::error::Error;
use crate::base::source::diagnostic::Diagnostics;
use crate::cli::exit::Exit;
use crate::cli::terminal::Terminal;
use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::location::LedgerLocation;
use crate::delivery::ledger::record::PlanRecord;
use crate::delivery::ledger::state::{LetterState, Totals};
use crate::delivery::ledger::{self, Ledger};
use crate::delivery::outbox::Outbox;
use crate::delivery::transport::Transport;
use crate::issue::IssueId;
use crate::letter::plan::TransportKind;
use crate::project::Project;

/// A project with settings that are right.
pub(super) struct OpenProject {
    pub(super) project: Project,
}

impl OpenProject {
    /// Finds the project of an issue, or of this folder; tells what is wrong with its settings.
    pub(super) fn find(terminal: &Terminal, directory: Option<&Path>, issue: Option<&Path>) -> Result<Self, Exit> {
        let (opened, diagnostics) = Self::look(terminal, directory, issue)?;
        terminal.diagnostics(&diagnostics);
        opened.ok_or(Exit::Settings)
    }

    /// The same, and what is wrong with its settings is told by the caller.
    pub(super) fn look(
        terminal: &Terminal,
        directory: Option<&Path>,
        issue: Option<&Path>,
    ) -> Result<(Option<Self>, Diagnostics), Exit> {
        let found = match Project::find(directory, &start_folder(issue)) {
            Ok(found) => found,
            Err(error) => {
                // Without settings nothing else can be wrong, whatever it was that kept them from being read.
                terminal.error(&error);
                return Err(Exit::Settings);
            }
        };
        Ok((found.project.map(|project| Self { project }), found.diagnostics))
    }

    /// The same once more, after the command: what was wrong has been told.
    pub(super) fn again(directory: Option<&Path>, issue: Option<&Path>) -> Option<Self> {
        let found = Project::find(directory, &start_folder(issue)).ok()?;
        found.project.map(|project| Self { project })
    }

    /// The kind of transport that the settings mean.
    pub(super) fn transport(&self) -> TransportKind {
        match self.project.settings().smtp {
            Some(_) => TransportKind::Smtp,
            None => TransportKind::Outbox,
        }
    }

    /// The transport that the settings mean.
    pub(super) fn way_out(&self) -> Result<Box<dyn Transport>, Error> {
        Ok(match self.project.relay()? {
            Some(relay) => Box::new(relay),
            None => Box::new(Outbox::new(self.project.outbox())),
        })
    }

    /// The id under which the ledger knows an issue, also where the issue has mistakes by now.
    pub(super) fn issue_id(&self, path: &Path) -> Result<IssueId, Error> {
        let files = self.project.issue(path)?;
        Ok(files.issue.map_or_else(|| IssueId::of_path(files.source.path()), |it| it.id))
    }

    /// The ledger, if there is one yet.
    pub(super) fn ledger(&self) -> Result<Option<Box<dyn Ledger>>, Error> {
        Ok(ledger::open::open_to_read(&self.project.ledger()?)?)
    }

    /// Every ledger that there is, to look at: the one that is used, and the usual file where it was left behind.
    pub(super) fn ledgers(&self) -> Result<Vec<Box<dyn Ledger>>, Error> {
        let mut ledgers = Vec::new();
        for place in self.places()? {
            ledgers.extend(ledger::open::open_to_read(&place)?);
        }
        Ok(ledgers)
    }

    /// Where ledgers are or may be: first the one that is used.
    fn places(&self) -> Result<Vec<LedgerLocation>, Error> {
        let (place, former) = (self.project.ledger()?, self.project.usual_ledger());
        let is_other = !matches!(&place, LedgerLocation::File(path) if *path == former);
        let former = Some(former).filter(|it| is_other && it.exists()).map(LedgerLocation::File);
        Ok([place].into_iter().chain(former).collect())
    }

    /// The same, to take somebody out of them: no run may be under way.
    pub(super) fn ledgers_to_write(&self) -> Result<Vec<Box<dyn Ledger>>, Error> {
        let mut ledgers = Vec::new();
        self.refuse_to_forget(&self.project.ledger()?)?;
        for place in self.places()? {
            let mut ledger = ledger::open::open_to_write(&place)?;
            ledger.recover()?;
            if ledger.is_running()? {
                return Err(Error::Locked);
            }
            ledgers.push(ledger);
        }
        Ok(ledgers)
    }

    /// A project that has sent from the usual file, and now names a ledger that is not there yet, would write to
    /// everybody again.
    fn refuse_to_forget(&self, place: &LedgerLocation) -> Result<(), Error> {
        let former = self.project.usual_ledger();
        let is_other = !matches!(place, LedgerLocation::File(path) if *path == former);
        if is_other && former.exists() && ledger::open::open_to_read(place)?.is_none() {
            return Err(LedgerError::LeftBehind { path: former }.into());
        }
        Ok(())
    }

    /// The ledger, to say who is not written to: also while a run is under way.
    pub(super) fn ledger_to_suppress(&self) -> Result<Box<dyn Ledger>, Error> {
        let place = self.project.ledger()?;
        self.refuse_to_forget(&place)?;
        Ok(ledger::open::open_to_suppress(&place)?)
    }

    /// The ledger, to be written by this run; what another one left behind is put in order.
    pub(super) fn ledger_to_write(&self) -> Result<Box<dyn Ledger>, Error> {
        let place = self.project.ledger()?;
        self.refuse_to_forget(&place)?;
        let mut ledger = ledger::open::open_to_write(&place)?;
        ledger.recover()?;
        Ok(ledger)
    }

    /// The plan of an issue: the one of the transport in use, or else another one.
    pub(super) fn plan(&self, ledger: &mut dyn Ledger, issue: &IssueId) -> Result<Option<PlanRecord>, Error> {
        let mut plans: Vec<PlanRecord> = ledger.plans_in_force()?.into_iter().filter(|it| it.issue == *issue).collect();
        plans.sort_by_key(|it| it.transport == self.transport());
        Ok(plans.pop())
    }
}

/// What a plan adds up to for somebody who looks on: where no run is under way, what is in flight to a
/// relay is in doubt.
pub(super) fn totals(ledger: &mut dyn Ledger, plan: &PlanRecord) -> Result<Totals, Error> {
    let totals = ledger.totals(plan.id)?;
    if totals.of(LetterState::InFlight) == 0 {
        return Ok(totals);
    }
    let state = if ledger.is_running()? { LetterState::Planned } else { left_in_flight(plan.transport) };
    Ok(totals.moved(LetterState::InFlight, state))
}

/// Where a letter stands that a run left in flight when it was killed: a folder's letter is delivered again, and the
/// second takes the place of the first.
pub(super) fn left_in_flight(transport: TransportKind) -> LetterState {
    match transport {
        TransportKind::Smtp => LetterState::InDoubt,
        TransportKind::Outbox | TransportKind::Folder => LetterState::Planned,
    }
}

/// Where the search for a project begins.
fn start_folder(issue: Option<&Path>) -> PathBuf {
    let folder = issue.filter(|it| it.exists()).and_then(Path::parent).map(Path::to_owned);
    folder.filter(|it| !it.as_os_str().is_empty()).unwrap_or_else(|| PathBuf::from("."))
}
