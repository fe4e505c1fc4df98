//! Approvals: one file per issue, `approvals/<issue>.yaml`, which belongs in Git.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::base::digest::Digest;
use crate::base::error::Error;
use crate::base::message::{Message, message};
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::text::Source;
use crate::base::source::yaml;
use crate::base::source::yaml::fields::MappingReader;
use crate::base::source::yaml::node::Node;
use crate::delivery::file::FileReaders;
use crate::issue::IssueId;
use crate::letter::plan::Fingerprint;
use crate::project::Project;
use crate::project::files;
use crate::project::record_file::{file_names, is_unchanged, scalar, with_checksum};

const EDITED: Code = Code("NL746");
const OTHER_ISSUE: Code = Code("NL747");

/// The folder of the approvals, in the project.
const FOLDER: &str = "approvals";
const HEADING: &str = "# Written by `newsletter approve`. Keep it in Git, and do not edit it.\n";
const REMEDY: Message = Message::fixed(
    "restore it from Git, or delete it and approve the issue again",
    "hent den fra Git, eller slet den, og godkend nyhedsbrevet igen",
);

/// Who approved an issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApprovalFile {
    /// The issue.
    pub issue: IssueId,
    /// The digest of what was approved last.
    pub digest: Digest,
    /// The digests of its files, by their paths in the project.
    pub files: Fingerprint,
    /// The approvals, the oldest first; those of another digest are kept as a record and do not count.
    pub approvals: Vec<Approval>,
}

/// One person's approval of an issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    /// The person's name.
    pub by: String,
    /// The person's e-mail address; absent if another person recorded the approval without it.
    pub email: Option<String>,
    /// When it was recorded.
    pub at: Timestamp,
    /// How the approval was given.
    pub how: ApprovalMethod,
    /// Who recorded it for the person, as Git writes it: `Anna <anna@forening.example>`; `unknown` in a repository where Git
    /// has no name of the user.
    pub recorded_by: Option<String>,
    /// The authors of the issue at that time, as Git writes them, with commas between them; absent: unknown.
    pub author: Option<String>,
    /// The digest of what was approved.
    pub digest: Digest,
    /// The Git commit that has all its files; absent: there was none.
    pub commit: Option<String>,
    /// The recipients per audience; absent: the lists of people were not there.
    pub recipients: Option<BTreeMap<String, u64>>,
}

/// How an approval was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApprovalMethod {
    /// The person approved in their own copy, under their name in Git.
    Git,
    /// Another person recorded it.
    Said,
    /// The same, with the code of a test mail or the preview.
    Code,
}

impl ApprovalMethod {
    const WORDS: [(&'static str, Self); 3] = [("git", Self::Git), ("said", Self::Said), ("code", Self::Code)];

    fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, method)| *method == self).map_or("", |(word, _)| word)
    }
}

/// Who recorded an approval, in a repository where Git has no name of the user.
pub const UNKNOWN_RECORDER: &str = "unknown";

/// The approvals found for an issue.
#[derive(Debug)]
pub enum FoundApprovals {
    /// Nothing.
    Missing,
    /// A file with approvals.
    Valid {
        /// Its text.
        source: Source,
        /// Its content.
        file: ApprovalFile,
    },
    /// A file that is incomplete, was edited, or is another issue's.
    Invalid(Box<Diagnostic>),
}

impl Approval {
    /// Its lines in the file.
    pub(crate) fn lines(&self) -> String {
        let mut lines = vec![format!("  - by: {}", scalar(&self.by))];
        lines.extend(self.email.iter().map(|email| format!("    email: {}", scalar(email))));
        lines.push(format!("    at: {}", self.at));
        lines.push(format!("    how: {}", self.how.word()));
        let texts = [("recorded_by", &self.recorded_by), ("author", &self.author), ("commit", &self.commit)];
        let texts = texts.iter().filter_map(|(key, text)| Some(format!("    {key}: {}", scalar(text.as_ref()?))));
        lines.extend(texts);
        lines.push(format!("    digest: {}", scalar(self.digest.as_str())));
        let counts = self.recipients.iter().flatten().map(|(audience, count)| format!("{}: {count}", scalar(audience)));
        let counts: Vec<String> = counts.collect();
        lines.extend(self.recipients.as_ref().map(|_| format!("    recipients: {{{}}}", counts.join(", "))));
        lines.join("\n")
    }

    fn read(mut reader: MappingReader<'_, '_>) -> Option<Self> {
        let how = reader.choice("how", &ApprovalMethod::WORDS)?.value;
        let mut text = |key| reader.text(key).map(|text| text.value);
        let (by, at, digest) = (text("by")?, text("at")?.parse().ok()?, Digest::parse(&text("digest")?)?);
        let (email, recorded_by) = (text("email"), text("recorded_by"));
        let (author, commit) = (text("author"), text("commit"));
        // It is put into commands, where a name that begins with `-` would be an option.
        let is_commit = |name: &String| name.bytes().all(|digit| digit.is_ascii_hexdigit());
        if !commit.iter().all(is_commit) {
            return None;
        }
        let recipients = reader.group("recipients").map(|mut counts| {
            let counts = counts.rest_texts().into_iter();
            counts.filter_map(|(key, text)| Some((key.value.clone(), text?.value.parse().ok()?))).collect()
        });
        Some(Self { by, email, at, how, recorded_by, author, digest, commit, recipients })
    }
}

impl ApprovalFile {
    /// The last approval of what was approved last.
    pub(crate) fn last(&self) -> Option<&Approval> {
        self.approvals.iter().rfind(|approval| approval.digest == self.digest)
    }

    /// The text of the file.
    fn text(&self) -> String {
        let mut lines = vec![format!("issue: {}", scalar(self.issue.as_str()))];
        lines.push("approvals:".to_owned());
        lines.extend(self.approvals.iter().map(Approval::lines));
        lines.push(format!("digest: {}", scalar(self.digest.as_str())));
        lines.push("files:".to_owned());
        let files = self.files.iter().map(|(path, digest)| format!("  {}: {}", scalar(path), scalar(digest.as_str())));
        lines.extend(files);
        with_checksum(&format!("{HEADING}{}\n", lines.join("\n")))
    }

    /// Reads the text of a file; absent where it is incomplete, or was changed.
    fn parse(source: &Source) -> Option<Self> {
        if !is_unchanged(source.text()) {
            return None;
        }
        let node: Node = yaml::parse(source).ok()?;
        let mut diagnostics = Diagnostics::new();
        let mut reader = MappingReader::new(source, &node, &Message::verbatim("approvals"), &mut diagnostics)?;
        let issue = IssueId::recorded(reader.text("issue")?.value);
        let digest = Digest::parse(&reader.text("digest")?.value)?;
        let files = reader.group("files")?.rest_texts().into_iter();
        let files = files.map(|(key, digest)| Some((key.value.clone(), Digest::parse(&digest?.value)?)));
        let files = files.collect::<Option<Fingerprint>>()?;
        let mut approvals = Vec::new();
        reader.each_group("approvals", &message!("an approval", "en godkendelse"), |approval| {
            approvals.push(Approval::read(approval));
        });
        Some(Self { issue, digest, files, approvals: approvals.into_iter().collect::<Option<_>>()? })
    }
}

/// The problem of a file that cannot be used.
fn unusable(text: &str) -> Message {
    if text.trim().is_empty() {
        message!("this file of approvals is empty", "filen med godkendelser er tom")
    } else if text.lines().any(|line| line.starts_with("<<<<<<< ")) {
        message!("these approvals have a merge conflict", "godkendelserne har en flettekonflikt")
    } else {
        message!(
            "these approvals were edited by hand, or the file is incomplete",
            "godkendelserne er rettet i hånden, eller filen er ufuldstændig"
        )
    }
}

/// The position of some lines in a text, counted from one; absent if the text lacks them.
pub(crate) fn line_range(text: &str, lines: &str) -> Option<Range<usize>> {
    let text = text.replace('\r', "");
    let at = text.find(&format!("{lines}\n"))?;
    let first = text[..at].matches('\n').count() + 1;
    Some(first..first + lines.matches('\n').count() + 1)
}

impl Project {
    /// The approvals of an issue.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    pub fn approvals(&self, issue: &IssueId) -> Result<FoundApprovals, Error> {
        for path in self.approval_paths(issue) {
            match self.read_approvals(&path)? {
                FoundApprovals::Missing => {}
                // Two issues may have the same short name.
                FoundApprovals::Valid { file, .. } if file.issue != *issue => {}
                found @ (FoundApprovals::Valid { .. } | FoundApprovals::Invalid(_)) => return Ok(found),
            }
        }
        Ok(FoundApprovals::Missing)
    }

    /// The problems of the files with approvals; none where `newsletter.yaml` requires no approval.
    ///
    /// # Errors
    ///
    /// The folder or a file cannot be read.
    pub fn check_approvals(&self) -> Result<Diagnostics, Error> {
        let folder = self.root().join(FOLDER);
        let mut diagnostics = Diagnostics::new();
        if self.settings().sending.approval.is_none() || !folder.is_dir() {
            return Ok(diagnostics);
        }
        for path in files::entries(&folder)? {
            if path.extension().is_some_and(|extension| extension == "yaml")
                && let FoundApprovals::Invalid(problem) = self.read_approvals(&path)?
            {
                diagnostics.push(*problem);
            }
        }
        Ok(diagnostics)
    }

    /// Writes the approvals of an issue; their file.
    ///
    /// # Errors
    ///
    /// It cannot be written, or the folder is a link out of the project.
    pub(crate) fn write_approvals(&self, file: &ApprovalFile) -> Result<PathBuf, Error> {
        files::check_link(self.root(), &self.root().join(FOLDER))?;
        let [usual, other] = self.approval_paths(&file.issue);
        let is_taken = matches!(
            self.read_approvals(&usual)?,
            FoundApprovals::Valid { file: present, .. } if present.issue != file.issue
        );
        let path = if is_taken { other } else { usual };
        files::write(&path, file.text().as_bytes(), FileReaders::Everyone)?;
        Ok(path)
    }

    /// The files that the approvals of an issue may be in.
    fn approval_paths(&self, issue: &IssueId) -> [PathBuf; 2] {
        let folder = self.root().join(FOLDER);
        file_names(issue).map(|name| folder.join(name))
    }

    fn read_approvals(&self, path: &Path) -> Result<FoundApprovals, Error> {
        if !path.is_file() {
            return Ok(FoundApprovals::Missing);
        }
        files::check_link(self.root(), path)?;
        let source = files::read_source(self.root(), path)?;
        let invalid = |code, message: Message| {
            FoundApprovals::Invalid(Box::new(Diagnostic::error(code, message).at(source.line(1)).hint(REMEDY)))
        };
        let Some(file) = ApprovalFile::parse(&source) else {
            return Ok(invalid(EDITED, unusable(source.text())));
        };
        if !self.approval_paths(&file.issue).iter().any(|own| own.file_name() == path.file_name()) {
            return Ok(invalid(
                OTHER_ISSUE,
                message!("these are the approvals of {}", "det er godkendelserne af {}", file.issue),
            ));
        }
        Ok(FoundApprovals::Valid { source, file })
    }
}
