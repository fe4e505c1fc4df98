//! Where receipts are stored: in the project, from where Git copies them to every clone; and on the host that sent,
//! outside the project, where restoring a backup of the project does not remove them.

use std::cell::LazyCell;
use std::fs;
use std::path::{Path, PathBuf};

use crate::base::digest::{Digest, number};
use crate::base::error::Error;
use crate::base::message::{Message, message};
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::delivery::file::FileReaders;
use crate::delivery::ledger::identity::fingerprint;
use crate::issue::IssueId;
use crate::project::Project;
use crate::project::files;
use crate::project::host_state;
use crate::project::receipt::{IssueIdentity, Receipt, ReceiptFault};
use crate::project::record_file::file_names;

const DAMAGED: Code = Code("NL750");
const OTHER_ISSUE: Code = Code("NL751");
const OTHER_PROJECT: Code = Code("NL758");
const NO_HOST_FOLDER: Code = Code("NL759");

/// The folder of the receipts, in the project.
const FOLDER: &str = "receipts";
/// The folder of the receipts in the state of the host, with a folder for each project.
const HOST_FOLDER: &str = "sent";
/// How many receipts the host keeps of a project: years of them, in less than a megabyte.
const MAX_KEPT: usize = 300;
/// How many digits of a digest name a folder or a file.
const DIGITS: usize = 16;
const REMEDY: Message = Message::fixed(
    "restore it from Git; to send its issue again on purpose, delete the file",
    "hent den fra Git; slet filen, hvis nyhedsbrevet skal sendes igen",
);

/// A file that may be the receipt of an issue.
#[derive(Debug)]
pub enum FoundReceipt {
    /// A receipt.
    Valid {
        /// Its file.
        path: PathBuf,
        /// Its content.
        receipt: Box<Receipt>,
    },
    /// A file that cannot be used.
    Invalid {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: Box<Diagnostic>,
    },
}

/// A file as it was read.
enum ReceiptFile {
    Missing,
    Valid(Box<Receipt>),
    /// With its text, as far as it has one.
    Invalid(Box<Diagnostic>, String),
}

impl Project {
    /// The receipt that the project has under the name of an issue.
    pub(crate) fn receipt(&self, issue: &IssueId) -> Option<FoundReceipt> {
        self.receipt_paths(issue).into_iter().find_map(|path| match self.read_receipt(&path) {
            ReceiptFile::Missing => None,
            ReceiptFile::Valid(receipt) if receipt.issue == *issue => Some(FoundReceipt::Valid { path, receipt }),
            ReceiptFile::Valid(receipt) => self.misplaced(path, &receipt),
            ReceiptFile::Invalid(problem, _) => Some(FoundReceipt::Invalid { path, problem }),
        })
    }

    /// Every file that may be a receipt of an issue or of a copy of it, whatever the file's name: in the project, and on this host.
    ///
    /// # Errors
    ///
    /// The folder in the project cannot be read.
    pub fn receipts_about(&self, issue: &IssueIdentity) -> Result<Vec<FoundReceipt>, Error> {
        let mut found = Vec::from_iter(self.receipt(&issue.id));
        let usual = self.receipt_paths(&issue.id);
        for path in self.receipt_files()?.into_iter().filter(|path| !usual.contains(path)) {
            match self.read_receipt(&path) {
                ReceiptFile::Valid(receipt) if receipt.is_about(issue) => {
                    found.push(FoundReceipt::Valid { path, receipt });
                }
                ReceiptFile::Invalid(problem, text) if Receipt::names(&text, issue) => {
                    found.push(FoundReceipt::Invalid { path, problem });
                }
                ReceiptFile::Missing | ReceiptFile::Valid(_) | ReceiptFile::Invalid(..) => {}
            }
        }
        found.extend(self.host_receipts_about(issue));
        Ok(found)
    }

    /// Every receipt in the project, and the problems of those that cannot be used.
    ///
    /// # Errors
    ///
    /// The folder cannot be read.
    pub fn receipts(&self) -> Result<(Vec<Receipt>, Diagnostics), Error> {
        let (mut receipts, mut problems) = (Vec::<Receipt>::new(), Diagnostics::new());
        for path in self.receipt_files()? {
            match self.read_receipt(&path) {
                ReceiptFile::Missing => {}
                ReceiptFile::Valid(receipt) => {
                    if let Some(FoundReceipt::Invalid { problem, .. }) = self.misplaced(path, &receipt) {
                        problems.push(*problem);
                    }
                    if receipts.iter().all(|other| other.issue != receipt.issue) {
                        receipts.push(*receipt);
                    }
                }
                ReceiptFile::Invalid(problem, _) => problems.push(*problem),
            }
        }
        Ok((receipts, problems))
    }

    /// Whether another project has written a receipt: one with another sender, and with another key.
    pub(crate) fn is_foreign(&self, receipt: &Receipt) -> bool {
        receipt.project.as_ref().is_some_and(|other| *other != self.sender_digest())
            && !self.key_fingerprints().contains(&receipt.key)
    }

    /// Warns of receipts that another project has written: they came with a copied folder.
    ///
    /// # Errors
    ///
    /// The folder cannot be read.
    pub fn foreign_receipts(&self) -> Result<Diagnostics, Error> {
        let mut diagnostics = Diagnostics::new();
        for path in self.receipt_files()? {
            let ReceiptFile::Valid(receipt) = self.read_receipt(&path) else { continue };
            if self.is_foreign(&receipt) {
                let message = message!(
                    "this receipt of {} belongs to a newsletter with another sender",
                    "kvitteringen for {} hører til et nyhedsbrev med en anden afsender",
                    receipt.issue
                );
                let hint = message!(
                    "if this project was copied from another one, delete it: it keeps an issue of this name from being sent, and counts in `report`; if the newsletter has a new sender, keep it",
                    "er projektet en kopi af et andet, så slet den: den hindrer, at et nyhedsbrev med det navn sendes, og tæller med i `report`; har nyhedsbrevet fået ny afsender, så behold den"
                );
                let source = files::read_source(self.root(), &path)?;
                diagnostics.push(Diagnostic::warning(OTHER_PROJECT, message).at(source.line(1)).hint(hint));
            }
        }
        Ok(diagnostics)
    }

    /// Warns if this host, which has sent or will send, cannot keep receipts outside the project.
    pub(crate) fn check_host_folder(&self) -> Option<Diagnostic> {
        if self.settings().smtp.is_none() || !self.has_key().unwrap_or(false) {
            return None;
        }
        let folders = self.host_folders();
        if folders.iter().any(|folder| host_state::is_usable(folder)) {
            return None;
        }
        let (message, hint) = match folders.first() {
            Some(folder) => (
                message!("this user cannot write to {}", "brugeren kan ikke skrive i {}", folder.display()),
                message!(
                    "run the check as the user who sends, or set `XDG_STATE_HOME`",
                    "kør kontrollen som den bruger, der sender, eller sæt `XDG_STATE_HOME`"
                ),
            ),
            None => (
                message!("no folder outside the project is known", "der kendes ingen mappe uden for projektet"),
                message!(
                    "set `HOME` or `XDG_STATE_HOME` where `send` and `run` are started",
                    "sæt `HOME` eller `XDG_STATE_HOME`, hvor `send` og `run` startes"
                ),
            ),
        };
        let message = message!(
            "this machine cannot remember what it sends: {message}",
            "maskinen kan ikke huske, hvad den sender: {message}"
        );
        Some(Diagnostic::warning(NO_HOST_FOLDER, message).hint(hint))
    }

    /// Writes the receipt of an issue into the project, and replaces an earlier one; returns its file.
    ///
    /// # Errors
    ///
    /// It cannot be written, or the folder is a link out of the project.
    pub(crate) fn write_receipt(&self, receipt: &Receipt) -> Result<PathBuf, Error> {
        files::check_link(self.root(), &self.receipts_folder())?;
        let [usual, other] = self.receipt_paths(&receipt.issue);
        let is_taken = matches!(
            self.read_receipt(&usual),
            ReceiptFile::Valid(present) if present.issue != receipt.issue && self.is_own_name(&usual, &present)
        );
        let path = if is_taken { other } else { usual };
        files::write(&path, receipt.text().as_bytes(), FileReaders::Everyone)?;
        Ok(path)
    }

    /// The receipt that this host keeps of an issue: the one that records most letters.
    pub(crate) fn host_receipt(&self, issue: &IssueId) -> Option<Receipt> {
        let receipts = self.host_paths(issue).into_iter().filter_map(|path| match self.read_receipt(&path) {
            ReceiptFile::Valid(receipt) => Some(*receipt),
            ReceiptFile::Missing | ReceiptFile::Invalid(..) => None,
        });
        receipts.max_by_key(|receipt| receipt.totals.ever_accepted())
    }

    /// Writes the receipt that this host keeps of an issue; `false` if it has no folder for that.
    ///
    /// # Errors
    ///
    /// It cannot be written to any folder.
    pub(crate) fn write_host_receipt(&self, receipt: &Receipt) -> Result<bool, Error> {
        let text = Receipt { origin: self.git_origin(), ..receipt.clone() }.text();
        let (mut is_written, mut failed) = (false, None);
        for path in self.host_paths(&receipt.issue) {
            match files::write(&path, text.as_bytes(), FileReaders::Owner) {
                Ok(()) => {
                    forget_oldest(path.parent().unwrap_or(&path));
                    is_written = true;
                }
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        match failed {
            Some(error) if !is_written => Err(error),
            _ => Ok(is_written),
        }
    }

    /// Removes the receipt that this host keeps of an issue.
    ///
    /// # Errors
    ///
    /// It cannot be removed.
    pub(crate) fn remove_host_receipt(&self, issue: &IssueId) -> Result<(), Error> {
        self.host_paths(issue).iter().try_for_each(|path| files::remove(path))
    }

    /// The folders in which this host keeps the receipts of the project; none: it has no folder for state, or only one
    /// inside the project, which a backup would restore with the project.
    pub(crate) fn host_folders(&self) -> Vec<PathBuf> {
        self.receipt_folders(host_state::folders())
    }

    /// Those folders for receipts of the project, in these folders for state, that are not inside the project.
    fn receipt_folders(&self, mut folders: Vec<PathBuf>) -> Vec<PathBuf> {
        folders.retain(|folder| !files::is_inside(self.root(), folder));
        let sender = self.sender_digest();
        folders.iter().map(|folder| folder.join(HOST_FOLDER).join(&sender.as_str()[..DIGITS])).collect()
    }

    /// A digest that identifies a newsletter, wherever its folder is.
    pub(crate) fn sender_digest(&self) -> Digest {
        let (from, site) = (self.settings().from.address.key(), self.settings().archive_url.as_deref());
        Digest::of([from.as_bytes(), site.unwrap_or_default().as_bytes()])
    }

    fn host_receipts_about(&self, issue: &IssueIdentity) -> Vec<FoundReceipt> {
        let (own, keys) = (self.host_paths(&issue.id), self.key_fingerprints());
        // Two newsletters of one sender may have issues of one name, or with one text: these differ in the key, and in Git.
        let origin = LazyCell::new(|| self.git_origin());
        let is_about = |receipt: &Receipt| {
            let is_copy = || receipt.origin.is_some() && receipt.origin == *origin;
            receipt.is_about(issue) && (keys.contains(&receipt.key) || is_copy())
        };
        // What a service sent counts in a shell of the same user, too.
        let of_services =
            host_state::service_folders().into_iter().filter(|folder| !host_state::folders().contains(folder));
        let folders = self.host_folders().into_iter().chain(self.receipt_folders(of_services.collect()));
        let files = folders.flat_map(|folder| files::entries(&folder).unwrap_or_default());
        let found = files.filter_map(|path| match self.read_receipt(&path) {
            ReceiptFile::Valid(receipt) if is_about(&receipt) => Some(FoundReceipt::Valid { path, receipt }),
            ReceiptFile::Invalid(problem, _) if own.contains(&path) => Some(FoundReceipt::Invalid { path, problem }),
            ReceiptFile::Missing | ReceiptFile::Valid(_) | ReceiptFile::Invalid(..) => None,
        });
        found.collect()
    }

    /// The files in which this host keeps the receipt of an issue. They differ after the key was changed.
    fn host_paths(&self, issue: &IssueId) -> Vec<PathBuf> {
        let keys = self.key_fingerprints();
        let key = keys.first().map_or("", String::as_str);
        let [name, _] = file_names(issue);
        let name = name.trim_end_matches(".yaml");
        let name = format!("{name}-{:016x}.yaml", number(&[key, issue.as_str()]));
        self.host_folders().into_iter().map(|folder| folder.join(&name)).collect()
    }

    /// The fingerprints of the project's keys; none if it has none, or if they cannot be read.
    pub(crate) fn key_fingerprints(&self) -> Vec<String> {
        self.stored_keys().ok().flatten().unwrap_or_default().iter().map(fingerprint).collect()
    }

    /// The files that the receipt of an issue may be in.
    fn receipt_paths(&self, issue: &IssueId) -> [PathBuf; 2] {
        let folder = self.receipts_folder();
        file_names(issue).map(|name| folder.join(name))
    }

    /// The folder of the receipts.
    pub(crate) fn receipts_folder(&self) -> PathBuf {
        self.root().join(FOLDER)
    }

    /// Every file in the folder that may be a receipt.
    pub(crate) fn receipt_files(&self) -> Result<Vec<PathBuf>, Error> {
        let folder = self.receipts_folder();
        if !folder.is_dir() {
            return Ok(Vec::new());
        }
        let mut paths = files::entries(&folder)?;
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml"));
        Ok(paths)
    }

    fn is_own_name(&self, path: &Path, receipt: &Receipt) -> bool {
        self.receipt_paths(&receipt.issue).iter().any(|own| own.file_name() == path.file_name())
    }

    /// The problem of a receipt in a file that does not have the name of its issue.
    fn misplaced(&self, path: PathBuf, receipt: &Receipt) -> Option<FoundReceipt> {
        if self.is_own_name(&path, receipt) {
            return None;
        }
        let message = message!("this is the receipt of {}", "det er kvitteringen for {}", receipt.issue);
        let mut problem = Diagnostic::error(OTHER_ISSUE, message).hint(REMEDY);
        if let Ok(source) = files::read_source(self.root(), &path) {
            problem = problem.at(source.line(1));
        }
        Some(FoundReceipt::Invalid { path, problem: Box::new(problem) })
    }

    fn read_receipt(&self, path: &Path) -> ReceiptFile {
        // A broken link was a receipt once.
        if fs::symlink_metadata(path).is_err() {
            return ReceiptFile::Missing;
        }
        let source = files::check_link(self.root(), path).and_then(|()| files::read_source(self.root(), path));
        let source = match source {
            Ok(source) => source,
            Err(error) => {
                let file = files::name(self.root(), path);
                let message = message!(
                    "{} cannot be read as a receipt: {error}",
                    "{} kan ikke læses som en kvittering: {error}",
                    file.display()
                );
                return ReceiptFile::Invalid(Box::new(Diagnostic::error(DAMAGED, message).hint(REMEDY)), String::new());
            }
        };
        let fault = match Receipt::parse(&source) {
            Ok(receipt) => return ReceiptFile::Valid(Box::new(receipt)),
            Err(ReceiptFault::Damaged) => {
                message!("this receipt is incomplete or was edited", "kvitteringen er ufuldstændig eller rettet")
            }
            Err(ReceiptFault::Later) => message!(
                "a later version of newsletter wrote this receipt",
                "en senere udgave af newsletter har skrevet kvitteringen"
            ),
        };
        let problem = Diagnostic::error(DAMAGED, fault).at(source.line(1)).hint(REMEDY);
        ReceiptFile::Invalid(Box::new(problem), source.text().to_owned())
    }
}

/// Removes the oldest files of a folder that has too many. A failure does no harm.
fn forget_oldest(folder: &Path) {
    let paths = files::entries(folder).unwrap_or_default();
    let Some(surplus) = paths.len().checked_sub(MAX_KEPT).filter(|surplus| *surplus > 0) else { return };
    let written = |path: &PathBuf| fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
    let mut paths: Vec<_> = paths.into_iter().map(|path| (written(&path), path)).collect();
    paths.sort();
    for (_, path) in paths.into_iter().take(surplus) {
        _ = files::remove(&path);
    }
}
