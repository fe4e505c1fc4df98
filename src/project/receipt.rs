//! The content of a receipt for an issue that was sent, and its text.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::base::digest::Digest;
use crate::base::message::message;
use crate::base::source::diagnostic::Diagnostics;
use crate::base::source::text::Source;
use crate::base::source::yaml;
use crate::base::source::yaml::fields::MappingReader;
use crate::delivery::ledger::state::{LetterState, Totals};
use crate::delivery::ledger::tally::LetterTally;
use crate::issue::IssueId;
use crate::project::record_file::{is_unchanged, scalar, with_checksum};

const HEADING: &str = "# Written by `newsletter` when the issue was sent. Keep it in Git, and do not edit it.\n";
/// The form of the file. One that is higher belongs to a later version of the program.
const FORMAT: u32 = 1;

/// What is recorded of an issue that was sent. It contains no addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The issue.
    pub issue: IssueId,
    /// The digest of its own text, under whatever name; absent in receipts of former versions.
    pub content: Option<Digest>,
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
    /// The letters per edition.
    pub editions: BTreeMap<String, ReceiptCount>,
    /// The letters per audience.
    pub audiences: BTreeMap<String, ReceiptCount>,
    /// The letters by state.
    pub totals: Totals,
    /// The fingerprint of the project's key, from which the key cannot be computed.
    pub key: String,
    /// The digest of the sender and the web site of the project; absent in receipts of former versions.
    pub project: Option<Digest>,
    /// The project's origin in Git; only in receipts on a host, and absent without Git.
    pub origin: Option<String>,
}

/// An issue as receipts know it: a copy under another name is the same issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssueIdentity {
    /// Its id.
    pub id: IssueId,
    /// The digest of its own text; absent: it cannot be read.
    pub content: Option<Digest>,
}

/// Why a file is not a receipt that can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ReceiptFault {
    /// It is incomplete, or was edited.
    Damaged,
    /// A later version of the program wrote it.
    Later,
}

/// Letters of an edition or to an audience.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReceiptCount {
    /// All of them.
    pub letters: u64,
    /// Those that a relay accepted, whatever was reported of them later.
    pub accepted: u64,
}

impl ReceiptCount {
    /// Counts letters of one state.
    pub fn add(&mut self, tally: &LetterTally) {
        self.letters += tally.letters;
        self.accepted += if tally.state.was_accepted() { tally.letters } else { 0 };
    }
}

impl Receipt {
    /// The text of its file. The last line has the digest of the others.
    pub(super) fn text(&self) -> String {
        let mut lines = vec![format!("format: {FORMAT}"), format!("issue: {}", scalar(self.issue.as_str()))];
        lines.extend(self.content.as_ref().map(|content| format!("content: {}", scalar(content.as_str()))));
        lines.push("transport: smtp".to_owned());
        lines.push(format!("planned: {}", self.planned));
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
        lines.extend(self.project.as_ref().map(|project| format!("project: {}", scalar(project.as_str()))));
        lines.extend(self.origin.as_ref().map(|origin| format!("origin: {}", scalar(origin))));
        with_checksum(&format!("{HEADING}{}\n", lines.join("\n")))
    }

    /// Reads the text of a file.
    pub(super) fn parse(source: &Source) -> Result<Self, ReceiptFault> {
        let format = source.text().lines().find_map(|line| line.strip_prefix("format: "));
        if format.and_then(|format| format.trim().parse::<u32>().ok()).is_some_and(|format| format > FORMAT) {
            return Err(ReceiptFault::Later);
        }
        if !is_unchanged(source.text()) {
            return Err(ReceiptFault::Damaged);
        }
        Self::read(source).ok_or(ReceiptFault::Damaged)
    }

    fn read(source: &Source) -> Option<Self> {
        let node = yaml::parse(source).ok()?;
        let mut diagnostics = Diagnostics::new();
        let mut reader = MappingReader::new(source, &node, &message!("a receipt", "en kvittering"), &mut diagnostics)?;
        let mut text = |key| reader.text(key).map(|text| text.value);
        let moment = |text: Option<String>| text.and_then(|text| text.parse::<Timestamp>().ok());
        let digest = |text: Option<String>| text.and_then(|text| Digest::parse(&text));
        Some(Self {
            issue: IssueId::recorded(text("issue")?),
            content: digest(text("content")),
            planned: moment(text("planned"))?,
            first_accepted: moment(text("first_accepted")),
            last_accepted: moment(text("last_accepted")),
            host: text("host")?,
            digest: digest(text("digest"))?,
            key: text("key")?,
            project: digest(text("project")),
            origin: text("origin"),
            editions: counts(&mut reader, "editions"),
            audiences: counts(&mut reader, "audiences"),
            totals: totals(&mut reader.group("totals")?),
        })
    }

    /// Whether it belongs to an issue, or to a copy of it.
    pub fn is_about(&self, issue: &IssueIdentity) -> bool {
        self.issue == issue.id || self.content.is_some() && self.content == issue.content
    }

    /// Whether the text of a file that cannot be read as a receipt, such as one with an unsolved conflict, names an issue.
    pub(super) fn names(text: &str, issue: &IssueIdentity) -> bool {
        let lines = [
            Some(format!("issue: {}", scalar(issue.id.as_str()))),
            issue.content.as_ref().map(|content| format!("content: {}", scalar(content.as_str()))),
        ];
        text.lines().any(|line| lines.iter().flatten().any(|named| line.trim() == named))
    }
}

fn counts(reader: &mut MappingReader<'_, '_>, key: &'static str) -> BTreeMap<String, ReceiptCount> {
    let mut counts = BTreeMap::new();
    reader.each_named(key, &message!("the letters", "mails"), |name, mut group| {
        let mut number = |key| group.number(key, 0, u64::from(u32::MAX)).unwrap_or_default();
        counts.insert(name.value.clone(), ReceiptCount { letters: number("letters"), accepted: number("accepted") });
    });
    counts
}

fn totals(reader: &mut MappingReader<'_, '_>) -> Totals {
    let mut totals = Totals::default();
    for state in LetterState::ALL {
        totals.add(state, reader.number(state.as_str(), 0, u64::from(u32::MAX)).unwrap_or_default());
    }
    totals
}
