//! Decides which files an export may write into a folder: its own, but none that a person changed or put there.
//!
//! A record in the folder has the digest of every file that an export wrote. A file on disk with another digest was
//! changed by a person, unless only its line endings differ, which Git changes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path};

use serde::{Deserialize, Serialize};

use crate::base::digest::Digest;
use crate::issue::IssueId;

/// The form of the record. One that is higher belongs to a later version of the program.
const FORMAT: u32 = 1;

/// Whose files they are: those of an issue in a channel, or those of a channel that belong to no issue, such as an index.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ExportOwner {
    /// The name of the channel, as it is typed: `web`.
    pub channel: String,
    /// The issue; absent: the files belong to no issue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issue: Option<IssueId>,
}

impl ExportOwner {
    /// The owner of an issue's files.
    pub fn of_issue(channel: &str, issue: &IssueId) -> Self {
        Self { channel: channel.to_owned(), issue: Some(issue.clone()) }
    }

    /// The owner of the files that belong to no issue.
    pub fn of_channel(channel: &str) -> Self {
        Self { channel: channel.to_owned(), issue: None }
    }
}

/// A file of an export.
#[derive(Clone, PartialEq, Eq)]
pub struct ChannelFile {
    /// Its path below the folder, with `/` between its parts: `maj/index.html`.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

impl ChannelFile {
    /// A file of this name and content.
    pub fn new(name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self { name: name.into(), bytes: bytes.into() }
    }
}

impl std::fmt::Debug for ChannelFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ChannelFile({} {} bytes)", self.name, self.bytes.len())
    }
}

/// All files of one owner. What an earlier export wrote for the same owner and is not among them is removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportPart {
    /// The owner.
    pub owner: ExportOwner,
    /// Its files; none: the owner is no longer exported.
    pub files: Vec<ChannelFile>,
}

/// The digests of a content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContentDigests {
    /// That of its bytes.
    exact: Digest,
    /// The digest of a text with LF line endings; for other contents, that of the bytes.
    text: Digest,
}

impl ContentDigests {
    /// The digests of some bytes.
    pub fn of(bytes: &[u8]) -> Self {
        let exact = Digest::sha256(bytes);
        // Git treats a file with a zero byte as binary.
        let text = std::str::from_utf8(bytes).ok().filter(|text| text.contains("\r\n") && !text.contains('\0'));
        let text = text.map(|text| Digest::sha256(text.replace("\r\n", "\n").as_bytes()));
        Self { text: text.unwrap_or_else(|| exact.clone()), exact }
    }
}

/// The state of a path in the folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FoundFile {
    /// Nothing.
    Absent,
    /// A regular file with this content.
    Regular(ContentDigests),
    /// Something else that no export writes, such as a link or a folder.
    Other,
}

/// What happens to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileFate {
    /// It is new, or as the last export wrote it: it is written.
    Written,
    /// It already has the content to be written.
    Unchanged,
    /// It stays as it is.
    Kept(KeptCause),
    /// It is as the last export wrote it and is not needed any more: it is removed.
    Removed,
    /// It is not needed any more, and was removed already.
    Gone,
}

/// Why a file stays as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeptCause {
    /// A person changed it since it was exported.
    Changed,
    /// It existed before, and no export wrote it.
    Foreign,
    /// It is not needed any more, but a person changed it.
    ChangedAndUnneeded,
    /// It is a page that an export wrote once, but the record does not have it, and nothing exports it.
    Unrecorded,
    /// It is the page of an issue that was sent and is gone: letters link to it.
    Linked,
}

/// What earlier exports wrote into a folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExportRecord {
    files: BTreeMap<String, RecordedFile>,
}

/// A file that was written. It has two digests while it is written again, since a program that is killed leaves one or the
/// other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RecordedFile {
    of: ExportOwner,
    sha256: BTreeSet<Digest>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RecordText {
    format: u32,
    files: BTreeMap<String, RecordedFile>,
}

impl ExportRecord {
    /// Reads the text of a record. `None` if it is not a record, comes from a later version, or names a file outside
    /// the folder.
    pub fn parse(text: &str) -> Option<Self> {
        let RecordText { format, files } = serde_json::from_str(text).ok()?;
        (format <= FORMAT && files.keys().all(|name| is_below(name))).then_some(Self { files })
    }

    /// Its text: the same for the same files, with no time in it.
    pub fn text(&self) -> String {
        let text = RecordText { format: FORMAT, files: self.files.clone() };
        // It contains only texts and numbers, which JSON can always represent.
        let json = serde_json::to_string_pretty(&text).unwrap_or_default();
        format!("{json}\n")
    }

    /// The owners of files in the folder.
    pub fn owners(&self) -> BTreeSet<&ExportOwner> {
        self.files.values().map(|file| &file.of).collect()
    }

    /// Whether an export wrote the file of this name.
    pub fn has(&self, name: &str) -> bool {
        self.files.contains_key(name)
    }

    /// The files that some parts would write and that are another issue's, each with that issue. An owner among the
    /// parts gives up files that it no longer has.
    pub fn of_other_issues(&self, parts: &[ExportPart]) -> Vec<(String, IssueId)> {
        let owners: BTreeSet<&ExportOwner> = parts.iter().map(|part| &part.owner).collect();
        let named = parts.iter().flat_map(|part| part.files.iter().map(|file| (&part.owner, &file.name)));
        let other = |(owner, name): (&ExportOwner, &String)| {
            let former = &self.files.get(name)?.of;
            let other = former.issue.as_ref().filter(|_| owner.issue.is_some() && !owners.contains(former))?;
            (Some(other) != owner.issue.as_ref()).then(|| (name.clone(), other.clone()))
        };
        named.filter_map(other).collect()
    }

    /// The paths that must be examined before some parts are written: those to be written, and those written before.
    pub fn names(&self, parts: &[ExportPart]) -> BTreeSet<String> {
        let wanted = parts.iter().flat_map(|part| &part.files).map(|file| file.name.clone());
        let owners: BTreeSet<&ExportOwner> = parts.iter().map(|part| &part.owner).collect();
        let former = self.files.iter().filter(|(_, file)| owners.contains(&file.of)).map(|(name, _)| name.clone());
        wanted.chain(former).collect()
    }

    /// What happens to each file, given the state on disk: a path missing in `found` does not exist.
    pub fn fates(&self, parts: &[ExportPart], found: &BTreeMap<String, FoundFile>) -> BTreeMap<String, FileFate> {
        let wanted = wanted(parts);
        let fate = |name: String| {
            let found = found.get(&name).unwrap_or(&FoundFile::Absent);
            let fate = self.fate(&name, wanted.get(name.as_str()).map(|(_, digest)| digest), found);
            (name, fate)
        };
        self.names(parts).into_iter().map(fate).collect()
    }

    fn fate(&self, name: &str, wanted: Option<&ContentDigests>, found: &FoundFile) -> FileFate {
        let recorded = self.files.get(name);
        let is_ours = |found: &ContentDigests| {
            let is_wanted = wanted.is_some_and(|wanted| wanted.text == found.text);
            is_wanted || recorded.is_some_and(|file| file.sha256.contains(&found.text))
        };
        match (wanted, found) {
            (Some(_), FoundFile::Absent) => FileFate::Written,
            (Some(wanted), FoundFile::Regular(found)) if wanted == found => FileFate::Unchanged,
            (Some(_), FoundFile::Regular(found)) if is_ours(found) => FileFate::Written,
            (Some(_), FoundFile::Regular(_) | FoundFile::Other) => {
                FileFate::Kept(if recorded.is_some() { KeptCause::Changed } else { KeptCause::Foreign })
            }
            (None, FoundFile::Absent) => FileFate::Gone,
            (None, FoundFile::Regular(found)) if is_ours(found) => FileFate::Removed,
            (None, FoundFile::Regular(_) | FoundFile::Other) => FileFate::Kept(KeptCause::ChangedAndUnneeded),
        }
    }

    /// The record while files are written: whichever of the two contents a killed program leaves is one that was exported.
    #[must_use]
    pub fn before(&self, parts: &[ExportPart], fates: &BTreeMap<String, FileFate>) -> Self {
        let mut record = self.clone();
        for (name, (owner, digest)) in wanted(parts) {
            match fates.get(name) {
                Some(FileFate::Written | FileFate::Unchanged) => {
                    let file = RecordedFile { of: owner.clone(), sha256: BTreeSet::new() };
                    let file = record.files.entry(name.to_owned()).or_insert(file);
                    file.of = owner.clone();
                    file.sha256.insert(digest.text);
                }
                Some(FileFate::Kept(_) | FileFate::Removed | FileFate::Gone) | None => {}
            }
        }
        record
    }

    /// The record when all is done.
    #[must_use]
    pub fn after(&self, parts: &[ExportPart], fates: &BTreeMap<String, FileFate>) -> Self {
        let mut record = self.before(parts, fates);
        let wanted = wanted(parts);
        for (name, fate) in fates {
            match fate {
                FileFate::Removed | FileFate::Gone => _ = record.files.remove(name),
                FileFate::Written | FileFate::Unchanged => {
                    if let (Some(file), Some((_, digest))) = (record.files.get_mut(name), wanted.get(name.as_str())) {
                        file.sha256 = BTreeSet::from([digest.text.clone()]);
                    }
                }
                FileFate::Kept(_) => {}
            }
        }
        record
    }
}

/// The files to be written, by name, with owner and digest.
fn wanted(parts: &[ExportPart]) -> BTreeMap<&str, (&ExportOwner, ContentDigests)> {
    let files = parts.iter().flat_map(|part| part.files.iter().map(move |file| (&part.owner, file)));
    files.map(|(owner, file)| (file.name.as_str(), (owner, ContentDigests::of(&file.bytes)))).collect()
}

/// Whether a name in a record, which anyone can edit, is that of a file below the folder.
fn is_below(name: &str) -> bool {
    let mut parts = Path::new(name).components().peekable();
    parts.peek().is_some() && parts.all(|part| matches!(part, Component::Normal(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owner(issue: &str) -> ExportOwner {
        ExportOwner::of_issue("web", &IssueId::of_path(issue))
    }

    fn part(issue: &str, files: &[(&str, &str)]) -> ExportPart {
        let files = files.iter().map(|(name, text)| ChannelFile::new(*name, *text)).collect();
        ExportPart { owner: owner(issue), files }
    }

    fn found(files: &[(&str, &str)]) -> BTreeMap<String, FoundFile> {
        let regular = |text: &str| FoundFile::Regular(ContentDigests::of(text.as_bytes()));
        files.iter().map(|(name, text)| ((*name).to_owned(), regular(text))).collect()
    }

    /// The record after an export of these files into an empty folder.
    fn exported(parts: &[ExportPart]) -> ExportRecord {
        let record = ExportRecord::default();
        record.after(parts, &record.fates(parts, &BTreeMap::new()))
    }

    fn fates(record: &ExportRecord, parts: &[ExportPart], files: &[(&str, &str)]) -> Vec<(String, FileFate)> {
        record.fates(parts, &found(files)).into_iter().collect()
    }

    #[test]
    fn only_unchanged_files_are_written_or_removed() {
        let record = exported(&[part("maj", &[("a", "1"), ("b", "1"), ("c", "1"), ("d", "1"), ("e", "1")])]);
        let next = [part("maj", &[("a", "2"), ("b", "2"), ("c", "1"), ("f", "2"), ("g", "2")])];
        let disk = [("a", "1"), ("b", "mine"), ("c", "1"), ("d", "1"), ("e", "mine"), ("f", "mine"), ("g", "2")];
        let expected = [
            ("a", FileFate::Written),
            ("b", FileFate::Kept(KeptCause::Changed)),
            ("c", FileFate::Unchanged),
            ("d", FileFate::Removed),
            ("e", FileFate::Kept(KeptCause::ChangedAndUnneeded)),
            ("f", FileFate::Kept(KeptCause::Foreign)),
            ("g", FileFate::Unchanged),
        ];
        let expected: Vec<_> = expected.into_iter().map(|(name, fate)| (name.to_owned(), fate)).collect();
        assert_eq!(fates(&record, &next, &disk), expected);
    }

    #[test]
    fn a_file_that_was_deleted_is_written_again_and_one_that_was_kept_stays_known() {
        let record = exported(&[part("maj", &[("a", "1"), ("b", "1")])]);
        let next = [part("maj", &[("a", "2"), ("b", "2")])];
        let kept = record.fates(&next, &found(&[("b", "mine")]));
        let record = record.after(&next, &kept);
        assert_eq!(kept["a"], FileFate::Written);
        assert_eq!(fates(&record, &next, &[("a", "2"), ("b", "1")])[1].1, FileFate::Written);
        assert_eq!(
            fates(&record, &[part("maj", &[])], &[("b", "mine")]),
            [("a".to_owned(), FileFate::Gone), ("b".to_owned(), FileFate::Kept(KeptCause::ChangedAndUnneeded))]
        );
    }

    #[test]
    fn git_may_change_the_ends_of_lines() {
        let record = exported(&[part("maj", &[("a", "1\n"), ("b", "1\r\n"), ("c", "1\n"), ("d", "\0\n")])]);
        let next = [part("maj", &[("a", "2\n"), ("b", "1\r\n"), ("d", "\0\0")])];
        let disk = [("a", "1\r\n"), ("b", "1\n"), ("c", "1\r\n"), ("d", "\0\r\n")];
        let fates: Vec<FileFate> = fates(&record, &next, &disk).into_iter().map(|(_, fate)| fate).collect();
        let changed = FileFate::Kept(KeptCause::Changed);
        assert_eq!(fates, [FileFate::Written, FileFate::Written, FileFate::Removed, changed]);
    }

    #[test]
    fn a_file_of_another_issue_is_its_own_until_that_gives_it_up() {
        let record = exported(&[part("maj", &[("a", "1"), ("b", "1")]), part("juni", &[("c", "1")])]);
        let next = part("Maj", &[("a", "2"), ("d", "2")]);
        let maj = ("a".to_owned(), IssueId::of_path("maj"));
        assert_eq!(record.of_other_issues(std::slice::from_ref(&next)), [maj]);
        assert_eq!(record.of_other_issues(&[next, part("maj", &[])]), []);
        assert_eq!(record.of_other_issues(&[part("maj", &[("a", "2")])]), []);
        let index = ExportPart { owner: ExportOwner::of_channel("web"), files: vec![ChannelFile::new("a", "2")] };
        assert_eq!(record.of_other_issues(&[index]), []);
    }

    #[test]
    fn an_export_leaves_the_files_of_others() {
        let record = exported(&[part("maj", &[("maj/a", "1")]), part("juni", &[("juni/a", "1")])]);
        let disk = [("maj/a", "1"), ("juni/a", "1")];
        assert_eq!(fates(&record, &[part("maj", &[])], &disk), [("maj/a".to_owned(), FileFate::Removed)]);
        assert_eq!(record.owners(), BTreeSet::from([&owner("juni"), &owner("maj")]));
    }

    #[test]
    fn the_files_of_a_killed_export_are_recognised() {
        let first = [part("maj", &[("a", "1"), ("b", "1")])];
        let record = exported(&first);
        let second = [part("maj", &[("a", "2"), ("b", "2")])];
        let record = record.before(&second, &record.fates(&second, &found(&[("a", "1"), ("b", "1")])));
        let third = [part("maj", &[("a", "3"), ("b", "3")])];
        let fates = fates(&record, &third, &[("a", "2"), ("b", "1")]);
        assert!(fates.iter().all(|(_, fate)| *fate == FileFate::Written), "{fates:?}");
    }

    #[test]
    fn a_record_reads_what_it_wrote_and_nothing_outside_its_folder() {
        let record = exported(&[part("maj", &[("maj/a", "1")])]);
        assert_eq!(ExportRecord::parse(&record.text()), Some(record.clone()));
        for name in ["../a", "/etc/passwd", "", "maj/../../a"] {
            assert_eq!(ExportRecord::parse(&record.text().replace("maj/a", name)), None, "{name}");
        }
        assert_eq!(ExportRecord::parse(&record.text().replace("\"format\": 1", "\"format\": 2")), None);
        assert_eq!(ExportRecord::parse("<<<<<<< HEAD"), None);
    }
}
