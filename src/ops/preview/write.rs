//! Composes the letters of a preview and writes their files, an overview page and a manifest.

use std::path::Path;
use std::sync::Arc;

use serde::Serialize;

use crate::base::digest::Digest;
use crate::base::error::Error;
use crate::base::source::diagnostic::Diagnostics;
use crate::delivery::file::FileReaders;
use crate::edition::images::picture::Picture;
use crate::issue::edition_key::EditionKey;
use crate::letter::compose::{ComposedPlan, Letter};
use crate::letter::decoded::DecodedLetter;
use crate::letter::plan::PlannedLetter;
use crate::ops::blocked::Blocked;
use crate::ops::compose::compose;
use crate::ops::diagnostic_json::DiagnosticJson;
use crate::ops::plan::recipient;
use crate::ops::prepared_issue::PreparedIssue;
use crate::ops::preview::page::{self, BlockEntry, ManifestEntry, PreviewPage};
use crate::project::files;

/// A preview that was written.
pub struct WrittenPreview {
    /// Its editions.
    pub entries: Vec<ManifestEntry>,
    /// The warnings of the issue, which are also in the manifest.
    pub warnings: Diagnostics,
    /// The warnings of the leak guard.
    pub leak_warnings: Diagnostics,
}

/// An edition in `manifest.json`, with the warnings of its issue.
#[derive(Serialize)]
pub struct CheckedEntry<'a> {
    #[serde(flatten)]
    entry: &'a ManifestEntry,
    warnings: Vec<DiagnosticJson<'a>>,
}

impl WrittenPreview {
    /// The content of `manifest.json`.
    pub fn manifest(&self) -> Vec<CheckedEntry<'_>> {
        let warnings = || self.warnings.iter().map(DiagnosticJson::new).collect();
        self.entries.iter().map(|entry| CheckedEntry { entry, warnings: warnings() }).collect()
    }
}

/// The letters that a preview shows: one for each sample reader, or that of the recipient who was asked for.
///
/// # Errors
///
/// The issue is not sent to this recipient.
pub fn readers(prepared: &PreparedIssue<'_>, recipient_typed: Option<&str>) -> Result<Vec<PlannedLetter>, Blocked> {
    let Some(typed) = recipient_typed else {
        return Ok(prepared.sample_letters());
    };
    let (person, key) = recipient(prepared, typed)?;
    Ok(vec![prepared.preview_letter(Arc::clone(&person), key)])
}

/// Writes the letters, `index.html` and `manifest.json` into a folder.
///
/// # Errors
///
/// A letter cannot be composed or leaks, or a file cannot be written.
pub fn write(
    prepared: PreparedIssue<'_>,
    letters: &[PlannedLetter],
    recipient_typed: Option<&str>,
    warnings: Diagnostics,
    folder: &Path,
) -> Result<WrittenPreview, Blocked> {
    let options = prepared.preview_letter_options();
    let page = PreviewPage {
        issue: prepared.inputs.issue.id.to_string(),
        sender: options.headers.from.name.clone().unwrap_or_else(|| options.headers.from.address.to_string()),
        lang: prepared.inputs.project.settings().lang,
        person: recipient_typed.map(str::to_owned),
        code: prepared.inputs.approval_code(),
        warnings,
    };
    let facts: Vec<EditionFacts> = letters.iter().filter_map(|letter| EditionFacts::of(&prepared, letter)).collect();
    let composition = compose(prepared, options, &mut |compose_letter| {
        letters.iter().cloned().for_each(compose_letter);
        Ok(())
    })?;
    // The letter of a real person is personal data; that of a sample reader may be shared.
    let readers = if recipient_typed.is_some() { FileReaders::Owner } else { FileReaders::Everyone };
    let files = PreviewFolder { folder, readers };
    let mut entries = Vec::new();
    for (planned, facts) in letters.iter().zip(facts) {
        entries.push(write_edition(files, &composition.plan, planned, facts)?);
    }
    files.write("index.html", page::page(&page, &entries).as_bytes())?;
    let preview = WrittenPreview { entries, warnings: page.warnings, leak_warnings: composition.warnings };
    let manifest = serde_json::to_string_pretty(&preview.manifest()).unwrap_or_default();
    files.write("manifest.json", manifest.as_bytes())?;
    Ok(preview)
}

/// Where the files of a preview are written, and who may read them.
#[derive(Clone, Copy)]
struct PreviewFolder<'a> {
    folder: &'a Path,
    readers: FileReaders,
}

impl PreviewFolder<'_> {
    fn write(self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        files::write(&self.folder.join(name), bytes, self.readers)
    }
}

/// The manifest's facts of an edition, other than its letter.
pub(super) struct EditionFacts {
    key: EditionKey,
    recipients: usize,
    blocks: Vec<BlockEntry>,
    lix: Option<u32>,
}

impl EditionFacts {
    pub(super) fn of(prepared: &PreparedIssue<'_>, letter: &PlannedLetter) -> Option<Self> {
        let key = prepared.editions.get(&letter.edition)?.key.clone();
        let recipients = prepared.selection.recipients().filter(|recipient| *recipient.edition() == key).count();
        let manuscripts = &prepared.inputs.manuscripts;
        let blocks = BlockEntry::all(&manuscripts.matrix(), &key);
        let lix = manuscripts.in_lang(key.lang).readability(&key);
        Some(Self { key, recipients, blocks, lix })
    }
}

/// An edition as a page shows it.
pub(super) struct ShownEdition<'a> {
    /// Its entry in the manifest, without its files.
    pub(super) entry: ManifestEntry,
    /// Its HTML, whose pictures are files.
    pub(super) html: String,
    letter: Letter,
    decoded: DecodedLetter<'a>,
}

impl ShownEdition<'_> {
    /// The pictures that its HTML shows.
    pub(super) fn pictures(&self) -> &[Picture] {
        self.decoded.pictures
    }
}

/// Fills in the letter of an edition; its pictures are in this folder, which is empty or ends with `/`.
pub(super) fn show<'a>(
    composed: &'a ComposedPlan,
    planned: &PlannedLetter,
    facts: EditionFacts,
    folder: &str,
) -> Result<ShownEdition<'a>, Error> {
    let letter = composed.letter(planned).map_err(|_| Error::Uncomposed)?;
    let decoded = composed.decode(planned).map_err(|_| Error::Uncomposed)?;
    let mut html = decoded.html.clone();
    for picture in decoded.pictures {
        // Browsers resolve neither `cid:` nor addresses that are not published yet.
        html = html.replace(&decoded.placement.address(picture), &format!("{folder}{}", picture.file_name()));
    }
    let entry = ManifestEntry {
        edition: planned.edition.clone(),
        audience: facts.key.audience.to_string(),
        lang: facts.key.lang,
        includes: facts.key.includes.iter().map(ToString::to_string).collect(),
        leaves_out: facts.key.leaves_out.iter().map(ToString::to_string).collect(),
        subject: decoded.subject.clone(),
        preheader: decoded.preheader.clone(),
        recipients: facts.recipients,
        html_bytes: decoded.html.len(),
        text_bytes: decoded.text.len(),
        lix: facts.lix,
        sha256: Digest::sha256(&letter.bytes).to_string(),
        text: decoded.text.clone(),
        files: Vec::new(),
        blocks: facts.blocks,
    };
    Ok(ShownEdition { entry, html, letter, decoded })
}

fn write_edition(
    folder: PreviewFolder<'_>,
    composed: &ComposedPlan,
    planned: &PlannedLetter,
    facts: EditionFacts,
) -> Result<ManifestEntry, Error> {
    let ShownEdition { entry, html, letter, decoded } = show(composed, planned, facts, "")?;
    let name = |ending: &str| format!("{}.{ending}", planned.edition);
    let mut files = vec![name("html"), name("txt"), name("eml")];
    for picture in decoded.pictures {
        folder.write(&picture.file_name(), picture.bytes())?;
        files.push(picture.file_name());
    }
    folder.write(&name("html"), html.as_bytes())?;
    folder.write(&name("txt"), decoded.text.as_bytes())?;
    folder.write(&name("eml"), &letter.bytes)?;
    for enclosure in decoded.enclosures {
        let file = format!("{}.{}", planned.edition, enclosure.name());
        folder.write(&file, enclosure.text().as_bytes())?;
        files.push(file);
    }
    Ok(ManifestEntry { files, ..entry })
}
