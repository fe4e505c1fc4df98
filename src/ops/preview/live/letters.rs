//! The letters of an issue as its files are at this moment, in memory.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::base::digest::Digest;
use crate::base::error::Error;
use crate::base::message::Message;
use crate::base::source::diagnostic::{Diagnostic, Diagnostics};
use crate::feedback::server::live_preview::latest_snapshot::LivePreviewPicture;
use crate::letter::approval_code::ApprovalCode;
use crate::ops::blocked::Blocked;
use crate::ops::check::UNREADABLE;
use crate::ops::compose::compose;
use crate::ops::plan;
use crate::ops::preview::page::ManifestEntry;
use crate::ops::preview::write::{EditionFacts, show};
use crate::ops::text::with_causes;
use crate::project::Project;

/// The folder of pictures, from a letter's address.
const PICTURES: &str = "../picture/";

/// The current result of compiling an issue.
pub enum LivePreviewOutcome {
    /// It has letters.
    Letters(Box<LivePreviewLetters>),
    /// It has errors; with its warnings.
    Mistakes(Diagnostics),
    /// Its file is missing.
    Gone,
}

/// The letters of an issue, to sample readers.
pub struct LivePreviewLetters {
    /// The editions, in the order of their ids.
    pub(super) editions: Vec<LivePreviewLetter>,
    /// The pictures of all of them.
    pub(super) pictures: BTreeMap<String, LivePreviewPicture>,
    /// The sender, as an inbox shows it.
    pub(super) sender: String,
    /// The code with which a reader approves the issue; absent: it needs no approval, or is a draft.
    pub(super) code: Option<ApprovalCode>,
    /// Warnings about them.
    pub(super) warnings: Diagnostics,
}

/// One edition.
pub(super) struct LivePreviewLetter {
    pub(super) entry: ManifestEntry,
    /// The digest of its HTML, by which the page knows whether it has changed.
    pub(super) digest: String,
    pub(super) html: Arc<str>,
}

impl LivePreviewLetters {
    /// Whether readers would get the same letters.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let letters = |letters: &Self| -> Vec<(String, usize)> {
            letters.editions.iter().map(|edition| (edition.entry.sha256.clone(), edition.entry.recipients)).collect()
        };
        self.code == other.code && letters(self) == letters(other)
    }
}

/// Compiles an issue, and fills in a letter of each edition.
pub fn compile(project: &Project, issue: &Path) -> LivePreviewOutcome {
    match letters(project, issue) {
        Ok(letters) => LivePreviewOutcome::Letters(Box::new(letters)),
        // An editor may delete a file before it writes the new one.
        Err(_) if !issue.is_file() => LivePreviewOutcome::Gone,
        Err(blocked) => LivePreviewOutcome::Mistakes(problems(blocked)),
    }
}

/// The problems that prevent an issue from being shown.
pub fn problems(blocked: Blocked) -> Diagnostics {
    let other = |message: Message| [Diagnostic::error(UNREADABLE, message)].into_iter().collect();
    match blocked {
        Blocked::Diagnostics(diagnostics) => diagnostics,
        Blocked::Guard(failure) => other(Message::shown(&failure)),
        Blocked::Failed(error) => other(with_causes(&error)),
    }
}

fn letters(project: &Project, issue: &Path) -> Result<LivePreviewLetters, Blocked> {
    let (prepared, mut warnings) = plan::prepare(project, issue)?;
    let options = prepared.preview_letter_options();
    let from = &options.headers.from;
    let sender = from.name.clone().unwrap_or_else(|| from.address.to_string());
    let code = prepared.inputs.approval_code();
    let samples = prepared.sample_letters();
    let facts: Vec<EditionFacts> = samples.iter().filter_map(|letter| EditionFacts::of(&prepared, letter)).collect();
    let composition = compose(prepared, options, &mut |compose_letter| {
        samples.iter().cloned().for_each(compose_letter);
        Ok(())
    })?;
    warnings.extend(composition.warnings);
    let mut pictures = BTreeMap::new();
    let editions = samples.iter().zip(facts).map(|(planned, facts)| {
        let shown = show(&composition.plan, planned, facts, PICTURES)?;
        pictures.extend(shown.pictures().iter().map(|picture| {
            let (media_type, bytes) = (picture.media_type(), Arc::clone(picture.bytes()));
            (picture.file_name(), LivePreviewPicture { media_type, bytes })
        }));
        let digest = Digest::sha256(shown.html.as_bytes()).to_string();
        Ok(LivePreviewLetter { entry: shown.entry, digest, html: shown.html.into() })
    });
    let editions = editions.collect::<Result<Vec<_>, Error>>()?;
    Ok(LivePreviewLetters { editions, pictures, sender, code, warnings })
}
