//! `preview`: every edition as files that can be opened, shared and compared.

use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use crate::base::digest::Digest;
use crate::base::error::Error;
use crate::base::source::diagnostic::Diagnostics;
use crate::cli::exit::Exit;
use crate::cli::plan;
use crate::cli::preview_page::{self, BlockEntry, ManifestEntry, PreviewPage};
use crate::cli::project::OpenProject;
use crate::cli::report::{DiagnosticJson, count};
use crate::cli::terminal::{Terminal, visible};
use crate::issue::edition_key::EditionKey;
use crate::letter::compose::ComposedPlan;
use crate::letter::plan::PlannedLetter;
use crate::ops::prepared_issue::PreparedIssue;
use crate::project::files::{open_in_browser, write_over};

/// Arguments of `preview`.
#[derive(Args, Debug)]
pub(crate) struct PreviewArgs {
    /// The issue
    pub(super) issue: PathBuf,
    /// Output folder [default: preview/<issue> in the project]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Render only what this recipient gets, instead of one edition for each sample reader
    #[arg(long = "as", value_name = "EMAIL")]
    reader: Option<String>,
    /// Open the overview page in a browser
    #[arg(long)]
    open: bool,
}

/// Writes the editions, an overview and a manifest into a folder.
pub(super) fn run(terminal: &Terminal, opened: &OpenProject, preview: &PreviewArgs) -> Result<Exit, Error> {
    let path = opened.project.issue_path(&preview.issue);
    let Some((prepared, warnings)) = plan::prepare_with_warnings(terminal, opened, &path)? else {
        return Ok(Exit::Blocked);
    };
    let Some(letters) = readers(terminal, &prepared, preview)? else { return Ok(Exit::Blocked) };
    plan::publish(terminal, &prepared)?;
    let folder = match &preview.out {
        Some(folder) => folder.clone(),
        None => opened.project.empty_preview(&prepared.issue, "editions")?,
    };
    let masthead = prepared.preview_masthead();
    let page = PreviewPage {
        issue: prepared.issue.id.to_string(),
        sender: masthead.from.name.clone().unwrap_or_else(|| masthead.from.address.to_string()),
        lang: opened.project.settings().lang,
        person: preview.reader.clone(),
        warnings,
    };
    let facts: Vec<EditionFacts> = letters.iter().filter_map(|it| facts(&prepared, it)).collect();
    let guard = prepared.guard();
    let composed = match ComposedPlan::compose(masthead, prepared.editions, &letters) {
        Ok(composed) => composed,
        Err(lacking) => {
            terminal.diagnostics(&plan::shortfalls(&lacking));
            return Ok(Exit::Blocked);
        }
    };
    let leaks = guard.check_letters(&composed, &letters);
    terminal.diagnostics(&leaks);
    if leaks.has_errors() {
        return Ok(Exit::Blocked);
    }
    let mut entries = Vec::new();
    for (planned, facts) in letters.iter().zip(facts) {
        entries.push(write_edition(&folder, &composed, planned, facts)?);
    }
    write_over(&folder.join("index.html"), preview_page::page(&page, &entries).as_bytes())?;
    let manifest: Vec<CheckedEntry<'_>> = entries.iter().map(|it| CheckedEntry::new(it, &page.warnings)).collect();
    let text = serde_json::to_string_pretty(&manifest).unwrap_or_default();
    write_over(&folder.join("manifest.json"), text.as_bytes())?;
    terminal.json(&serde_json::json!({ "folder": folder, "editions": manifest }));
    for entry in &entries {
        terminal.say(&line(entry));
    }
    terminal.say(&format!("{} in {}", count(entries.len() as u64, "edition"), folder.display()));
    if preview.open {
        open_in_browser(&folder.join("index.html"))?;
    }
    Ok(Exit::Done)
}

/// An edition in `manifest.json`, with what `check` says of its issue.
#[derive(Serialize)]
struct CheckedEntry<'a> {
    #[serde(flatten)]
    entry: &'a ManifestEntry,
    warnings: Vec<DiagnosticJson<'a>>,
}

impl<'a> CheckedEntry<'a> {
    fn new(entry: &'a ManifestEntry, warnings: &'a Diagnostics) -> Self {
        Self { entry, warnings: warnings.iter().map(DiagnosticJson::new).collect() }
    }
}

/// An edition in one line.
fn line(entry: &ManifestEntry) -> String {
    let lix = entry.lix.map(|it| format!("LIX {it}")).unwrap_or_default();
    let (edition, recipients, bytes, subject) =
        (&entry.edition, entry.recipients, entry.html_bytes, visible(&entry.subject));
    format!("{edition:<32} {recipients:>5} {bytes:>7} B  {lix:<6}  {subject}")
}

/// Somebody for each edition: an invented person, or the one who was named. `None` where that one gets none.
fn readers(
    terminal: &Terminal,
    prepared: &PreparedIssue<'_>,
    preview: &PreviewArgs,
) -> Result<Option<Vec<PlannedLetter>>, Error> {
    let Some(typed) = &preview.reader else {
        let invented = |key| Some(prepared.preview_letter(prepared.invented(key).ok()?, key));
        return Ok(Some(prepared.keys.values().filter_map(invented).collect()));
    };
    let found = plan::reader(terminal, prepared, typed)?;
    Ok(found.map(|(person, key)| vec![prepared.preview_letter(person, key)]))
}

/// What is known of an edition besides its letter.
struct EditionFacts {
    key: EditionKey,
    recipients: usize,
    blocks: Vec<BlockEntry>,
    lix: Option<u32>,
}

fn facts(prepared: &PreparedIssue<'_>, letter: &PlannedLetter) -> Option<EditionFacts> {
    let key = prepared.keys.get(&letter.edition)?.clone();
    let recipients = prepared.selection.recipients().filter(|it| *it.edition() == key).count();
    let blocks = BlockEntry::all(&prepared.matrix, &key);
    let lix = prepared.manuscripts.in_lang(key.lang).readability(&key);
    Some(EditionFacts { key, recipients, blocks, lix })
}

fn write_edition(
    folder: &Path,
    composed: &ComposedPlan,
    planned: &PlannedLetter,
    facts: EditionFacts,
) -> Result<ManifestEntry, Error> {
    let letter = composed.letter(planned).map_err(|_| Error::Uncomposed)?;
    let reading = composed.decode(planned).map_err(|_| Error::Uncomposed)?;
    let name = |ending: &str| format!("{}.{ending}", planned.edition);
    let mut files = vec![name("html"), name("txt"), name("eml")];
    let mut html = reading.html.clone();
    for picture in reading.pictures {
        let file = picture.file_name();
        html = html.replace(&reading.placement.address(picture), &file);
        write_over(&folder.join(&file), picture.bytes())?;
        files.push(file);
    }
    write_over(&folder.join(name("html")), html.as_bytes())?;
    write_over(&folder.join(name("txt")), reading.text.as_bytes())?;
    write_over(&folder.join(name("eml")), &letter.bytes)?;
    for enclosure in reading.enclosures {
        let file = format!("{}.{}", planned.edition, enclosure.name());
        write_over(&folder.join(&file), enclosure.bytes())?;
        files.push(file);
    }
    Ok(ManifestEntry {
        edition: planned.edition.clone(),
        audience: facts.key.audience.to_string(),
        lang: facts.key.lang,
        leaves_out: facts.key.leaves_out.iter().map(ToString::to_string).collect(),
        subject: reading.subject,
        preheader: reading.preheader,
        recipients: facts.recipients,
        html_bytes: reading.html.len(),
        text_bytes: reading.text.len(),
        lix: facts.lix,
        sha256: Digest::sha256(&letter.bytes).to_string(),
        text: reading.text,
        files,
        blocks: facts.blocks,
    })
}
