//! Reads the feedback in a mailbox, records it, and then moves the messages.

mod evidence;
pub mod report;

use std::io::BufRead;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use thiserror::Error as ThisError;

use crate::base::error::Error;
use crate::base::message::message;
use crate::delivery::ledger::Ledger;
use crate::delivery::ledger::error::LedgerError;
use crate::feedback::mail::classify;
use crate::feedback::mail::meaning::MailContext;
use crate::feedback::mailbox::error::MessageFolderError;
use crate::feedback::mailbox::imap::ImapFolder;
use crate::feedback::mailbox::imap::options::ImapOptions;
use crate::feedback::mailbox::maildir::Maildir;
use crate::feedback::mailbox::message_file::MessageFile;
use crate::feedback::mailbox::{MessageBatch, MessageFolder};
use crate::ops::inbox::evidence::{MessageFinding, Recorder};
use crate::ops::inbox::report::InboxReport;
use crate::ops::ledgers;
use crate::people::person::suppression_reason::SuppressionReason;
use crate::project::Project;
use crate::project::settings::inbox::{InboxSettings, USUAL_DONE};

/// Whether what is found is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InboxPolicy {
    /// It is recorded, and messages that are done are moved.
    Record,
    /// Nothing changes, neither here nor in the mailbox.
    Show,
}

/// How a mailbox is read.
#[derive(Clone, Copy, Debug)]
pub struct InboxOrder {
    /// Whether what is found is recorded.
    pub policy: InboxPolicy,
    /// The current time, for messages without a time of their own.
    pub now: Timestamp,
}

/// Why a mailbox was not read to its end.
#[derive(Debug, ThisError)]
pub enum InboxError {
    /// The settings name no mailbox, and none was typed.
    #[error("{}", message!(
        "newsletter.yaml has no `inbox`: set one, or name a mailbox: newsletter inbox MAILDIR",
        "newsletter.yaml har ingen `inbox`: skriv en, eller nævn en postkasse: newsletter inbox MAILDIR"
    ))]
    NotSet,
    /// The mailbox cannot be read, or a message not moved.
    #[error(transparent)]
    Folder(#[from] MessageFolderError),
    /// The ledger or a secret cannot be used.
    #[error(transparent)]
    Project(#[from] Error),
}

impl From<LedgerError> for InboxError {
    fn from(error: LedgerError) -> Self {
        Self::Project(error.into())
    }
}

/// Opens the mailbox of the settings.
///
/// # Errors
///
/// None is set, it cannot be opened, or its password cannot be read.
pub fn open_set(project: &Project, policy: InboxPolicy) -> Result<Box<dyn MessageFolder>, InboxError> {
    Ok(match &project.settings().inbox {
        None => return Err(InboxError::NotSet),
        Some(InboxSettings::Imap(settings)) => {
            let options = project.imap(settings)?;
            let done = options.done.clone().filter(|_| policy == InboxPolicy::Record);
            Box::new(ImapFolder::open(ImapOptions { done, ..options }).map_err(MessageFolderError::Imap)?)
        }
        Some(InboxSettings::Maildir(settings)) => {
            let done = project.root().join(&settings.done);
            Box::new(Maildir::open(&project.root().join(&settings.path), Some(&done))?)
        }
    })
}

/// Opens a Maildir, an mbox or a file with one message.
///
/// # Errors
///
/// It cannot be read.
pub fn open_path(path: &Path) -> Result<Box<dyn MessageFolder>, InboxError> {
    Ok(if path.is_dir() {
        Box::new(Maildir::open(path, Some(&path.join(USUAL_DONE)))?)
    } else {
        Box::new(MessageFile::open(path)?)
    })
}

/// Reads an mbox or one message from a stream.
///
/// # Errors
///
/// It cannot be read.
pub fn open_stream(stream: Box<dyn BufRead>) -> Result<Box<dyn MessageFolder>, InboxError> {
    let name = "standard input".to_owned();
    let failed = |source| MessageFolderError::Unreadable { path: PathBuf::from(&name), source };
    Ok(Box::new(MessageFile::read(name.clone(), stream).map_err(failed)?))
}

/// Reads every message, batch by batch: what a batch says is on disk before its messages are moved. `report` is valid even if
/// this ends early.
///
/// # Errors
///
/// The mailbox cannot be read any further, a message not moved, or the ledger not written. What is not moved is read again next
/// time, which changes nothing.
pub fn read(
    project: &Project,
    folder: &mut dyn MessageFolder,
    order: InboxOrder,
    report: &mut InboxReport,
) -> Result<(), InboxError> {
    let InboxOrder { policy, now } = order;
    // Before a message is read: without the ledger no message can be recorded.
    let ledger = match policy {
        InboxPolicy::Record => Some(ledgers::open_to_suppress(project)?),
        InboxPolicy::Show => ledgers::open_to_read(project)?,
    };
    let mut reader =
        InboxReader { ledger, policy, now, context: project.mail_context(), recorder: Recorder::new(project)?, report };
    let before = reader.suppressed()?;
    let result = loop {
        match reader.read_batch(folder) {
            Ok(MessageBatch { is_last: true, .. }) => break Ok(()),
            Ok(_) => {}
            Err(error) => break Err(error),
        }
    };
    let suppressed = reader.suppressed()?.saturating_sub(before);
    reader.report.counts.suppressed = suppressed;
    result
}

/// Reads one mailbox.
struct InboxReader<'a> {
    /// Absent: nothing was sent yet, and nothing is to be recorded.
    ledger: Option<Box<dyn Ledger>>,
    policy: InboxPolicy,
    now: Timestamp,
    context: MailContext,
    recorder: Recorder,
    report: &'a mut InboxReport,
}

impl InboxReader<'_> {
    /// Reads a batch. Only what its messages mean is kept of them, so that large ones take no memory.
    fn read_batch(&mut self, folder: &mut dyn MessageFolder) -> Result<MessageBatch, InboxError> {
        let now = self.now;
        let mut findings = Vec::new();
        let batch = folder.read_batch(&mut |message| {
            let at = message.delivered_at.filter(|at| *at < now).unwrap_or(now);
            findings.push(MessageFinding::new(message.number, classify(&message.octets, &self.context), at));
        });
        // What was read before an error still counts.
        let done = match (&mut self.ledger, self.policy) {
            (Some(ledger), InboxPolicy::Record) => self.recorder.record(&mut **ledger, &findings, self.report)?,
            (ledger, _) => {
                self.recorder.show(ledger.as_deref_mut(), &findings, self.report)?;
                Vec::new()
            }
        };
        let batch = batch?;
        self.report.counts.unreadable += batch.unreadable as u64;
        if self.report.first_unreadable.is_none() {
            self.report.first_unreadable.clone_from(&batch.first_unreadable);
        }
        let moved = folder.put_away(&done)?;
        self.report.counts.moved += moved.moved as u64;
        self.report.counts.marked += moved.marked as u64;
        Ok(batch)
    }

    /// How many addresses are suppressed since their letters did not arrive.
    fn suppressed(&mut self) -> Result<u64, LedgerError> {
        let mut count = 0;
        if let Some(ledger) = &mut self.ledger {
            ledger.each_suppression(&mut |suppression| {
                let is_bounced = suppression.reason == SuppressionReason::Bounced && suppression.removal.is_none();
                count += u64::from(is_bounced);
            })?;
        }
        Ok(count)
    }
}
