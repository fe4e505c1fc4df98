//! Receipts: one small file per issue that was sent, which Git takes to every copy of the project.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::Timestamp;

use crate::base::digest::Digest;
use crate::base::error::Error;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::text::Source;
use crate::base::source::yaml;
use crate::base::source::yaml::fields::MappingReader;
use crate::delivery::file::FileReaders;
use crate::delivery::ledger::state::{LetterState, Totals};
use crate::issue::IssueId;
use crate::project::Project;
use crate::project::files;
use crate::project::record_file::{file_names, is_unchanged, scalar, with_checksum};

const DAMAGED: Code = Code("NL750");
const OTHER_ISSUE: Code = Code("NL751");

/// The folder of the receipts, in the project.
const FOLDER: &str = "receipts";
const HEADING: &str = "# Written by `newsletter` when the issue was sent. Keep it in Git, and do not edit it.\n";
const REMEDY: &str = "restore it from Git; to send its issue again on purpose, delete the file";

/// What is known of an issue that was sent. It holds no addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The issue.
    pub issue: IssueId,
    /// When its plan was frozen.
    pub planned: Timestamp,
    /// When a relay accepted its first letter; absent: it accepted none.
    pub first_accepted: Option<Timestamp>,
    /// When a relay accepted its last letter.
    pub last_accepted: Option<Timestamp>,
    /// The machine that sent it.
    pub host: String,
    /// The digest of everything that its letters were made from, except people.
    pub digest: Digest,
    /// The letters per edition; not read back.
    pub editions: BTreeMap<String, ReceiptCount>,
    /// The letters per audience; not read back.
    pub audiences: BTreeMap<String, ReceiptCount>,
    /// The letters by state.
    pub totals: Totals,
    /// The fingerprint of the project's key, from which the key cannot be found.
    pub key: String,
}

/// What is in the folder for an issue.
#[derive(Debug)]
pub enum FoundReceipt {
    /// Nothing.
    Missing,
    /// A receipt.
    Valid {
        /// Its file.
        path: PathBuf,
        /// What it says.
        receipt: Box<Receipt>,
    },
    /// A file that is incomplete, was edited, or was copied from another issue's.
    Invalid(Box<Diagnostic>),
}

/// Letters of an edition or to an audience.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReceiptCount {
    /// All of them.
    pub letters: u64,
    /// Those that a relay accepted, whatever was reported of them later.
    pub accepted: u64,
}

impl Receipt {
    /// The text of its file. The last line has the digest of the others.
    fn text(&self) -> String {
        let mut lines = vec![
            format!("issue: {}", scalar(self.issue.as_str())),
            "transport: smtp".to_owned(),
            format!("planned: {}", self.planned),
        ];
        lines.extend(self.first_accepted.map(|at| format!("first_accepted: {at}")));
        lines.extend(self.last_accepted.map(|at| format!("last_accepted: {at}")));
        lines.push(format!("host: {}", scalar(&self.host)));
        lines.push(format!("digest: {}", self.digest));
        for (name, counts) in [("editions", &self.editions), ("audiences", &self.audiences)] {
            lines.push(format!("{name}:"));
            lines.extend(counts.iter().map(|(name, ReceiptCount { letters, accepted })| {
                format!("  {}: {{letters: {letters}, accepted: {accepted}}}", scalar(name))
            }));
        }
        lines.push("totals:".to_owned());
        let states = LetterState::ALL.into_iter().filter(|state| self.totals.of(*state) > 0);
        lines.extend(states.map(|state| format!("  {}: {}", state.as_str(), self.totals.of(state))));
        lines.push(format!("key: {}", self.key));
        with_checksum(&format!("{HEADING}{}\n", lines.join("\n")))
    }

    /// Reads the text of a file; absent where it is incomplete, or was changed.
    fn parse(source: &Source) -> Option<Self> {
        if !is_unchanged(source.text()) {
            return None;
        }
        let node = yaml::parse(source).ok()?;
        let mut diagnostics = Diagnostics::new();
        let mut reader = MappingReader::new(source, &node, "a receipt", &mut diagnostics)?;
        let mut text = |key| reader.text(key).map(|text| text.value);
        let moment = |text: Option<String>| text.and_then(|text| text.parse::<Timestamp>().ok());
        let receipt = Self {
            issue: IssueId::recorded(text("issue")?),
            planned: moment(text("planned"))?,
            first_accepted: moment(text("first_accepted")),
            last_accepted: moment(text("last_accepted")),
            host: text("host")?,
            digest: Digest::parse(&text("digest")?)?,
            editions: BTreeMap::new(),
            audiences: BTreeMap::new(),
            key: text("key")?,
            totals: totals(&mut reader.group("totals")?),
        };
        Some(receipt)
    }
}

fn totals(reader: &mut MappingReader<'_, '_>) -> Totals {
    let mut totals = Totals::default();
    for state in LetterState::ALL {
        totals.add(state, reader.number(state.as_str(), 0, u64::from(u32::MAX)).unwrap_or_default());
    }
    totals
}

impl Project {
    /// The receipt of an issue.
    ///
    /// # Errors
    ///
    /// A file cannot be read.
    pub fn receipt(&self, issue: &IssueId) -> Result<FoundReceipt, Error> {
        for path in self.receipt_paths(issue) {
            match self.read_receipt(path)? {
                FoundReceipt::Missing => {}
                FoundReceipt::Valid { receipt, .. } if receipt.issue != *issue => {}
                found @ (FoundReceipt::Valid { .. } | FoundReceipt::Invalid(_)) => return Ok(found),
            }
        }
        Ok(FoundReceipt::Missing)
    }

    /// Every receipt, and the problems of those that cannot be used.
    ///
    /// # Errors
    ///
    /// The folder or a file cannot be read.
    pub fn receipts(&self) -> Result<(Vec<Receipt>, Diagnostics), Error> {
        let folder = self.root().join(FOLDER);
        let (mut receipts, mut problems) = (Vec::new(), Diagnostics::new());
        if !folder.is_dir() {
            return Ok((receipts, problems));
        }
        for path in files::entries(&folder)? {
            if path.extension().is_none_or(|extension| extension != "yaml") {
                continue;
            }
            match self.read_receipt(path)? {
                FoundReceipt::Missing => {}
                FoundReceipt::Valid { receipt, .. } => receipts.push(*receipt),
                FoundReceipt::Invalid(problem) => problems.push(*problem),
            }
        }
        Ok((receipts, problems))
    }

    /// Writes the receipt of an issue, and replaces the one that it had; its file.
    ///
    /// # Errors
    ///
    /// It cannot be written, or the folder is a link out of the project.
    pub(crate) fn write_receipt(&self, receipt: &Receipt) -> Result<PathBuf, Error> {
        files::check_link(self.root(), &self.root().join(FOLDER))?;
        let [usual, other] = self.receipt_paths(&receipt.issue);
        let is_taken = matches!(
            self.read_receipt(usual.clone()),
            Ok(FoundReceipt::Valid { receipt: present, .. }) if present.issue != receipt.issue
        );
        let path = if is_taken { other } else { usual };
        files::write(&path, receipt.text().as_bytes(), FileReaders::Everyone)?;
        Ok(path)
    }

    /// The files that the receipt of an issue may be in.
    fn receipt_paths(&self, issue: &IssueId) -> [PathBuf; 2] {
        let folder = self.root().join(FOLDER);
        file_names(issue).map(|name| folder.join(name))
    }

    fn read_receipt(&self, path: PathBuf) -> Result<FoundReceipt, Error> {
        if !path.is_file() {
            return Ok(FoundReceipt::Missing);
        }
        files::check_link(self.root(), &path)?;
        let source = files::read_source(self.root(), &path)?;
        let invalid = |code, message: String| {
            FoundReceipt::Invalid(Box::new(Diagnostic::error(code, message).at(source.line(1)).hint(REMEDY)))
        };
        let Some(receipt) = Receipt::parse(&source) else {
            return Ok(invalid(DAMAGED, "this receipt is incomplete or was edited".to_owned()));
        };
        let is_own = self.receipt_paths(&receipt.issue).iter().any(|own| own.file_name() == path.file_name());
        if !is_own {
            return Ok(invalid(OTHER_ISSUE, format!("this is the receipt of {}", receipt.issue)));
        }
        Ok(FoundReceipt::Valid { path, receipt: Box::new(receipt) })
    }
}
