//! The state of the page of the live preview: the letters, the problems of the issue, and how old they are.

use std::sync::Arc;

use serde::Serialize;

use crate::base::language::Lang;
use crate::base::language::live_preview_words::LivePreviewWords;
use crate::base::message::UserLanguage;
use crate::base::source::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::feedback::server::live_preview::latest_snapshot::LivePreviewSnapshot;
use crate::ops::preview::live::letters::{LivePreviewLetter, LivePreviewLetters, LivePreviewOutcome};
use crate::ops::preview::page::{PreviewEntry, PreviewWarning, counted};

/// The state of one issue on the page.
pub struct LivePreviewState {
    /// The file, as its messages name it.
    file: String,
    /// The language of the page.
    lang: Lang,
    /// The last letters without errors; absent: none so far.
    letters: Option<Box<LivePreviewLetters>>,
    /// How old they are.
    age: LetterAge,
    /// The problems found by compiling.
    compiled: Vec<Diagnostic>,
    /// The problems that only the whole check finds.
    checked: Vec<Diagnostic>,
    check: CheckProgress,
}

/// How old the letters are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LetterAge {
    /// They are of the file as it is.
    Current,
    /// The file has errors.
    BeforeMistakes,
    /// The file is missing.
    BeforeGone,
}

/// Progress of the whole check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CheckProgress {
    Running,
    Done,
}

/// The state of the page, as its script reads it.
#[derive(Serialize)]
struct LivePreviewView<'a> {
    title: &'a str,
    /// Why the letters are old or missing; absent: they are current.
    banner: Option<String>,
    outdated: bool,
    editions: Vec<LivePreviewEdition<'a>>,
    problems: Vec<LivePreviewProblem<'a>>,
    /// How many problems there are.
    summary: String,
    checking: bool,
    code: Option<String>,
}

#[derive(Serialize)]
struct LivePreviewEdition<'a> {
    /// The digest in the address of its letter.
    letter: &'a str,
    from: &'a str,
    #[serde(flatten)]
    entry: PreviewEntry<'a>,
}

#[derive(Serialize)]
struct LivePreviewProblem<'a> {
    error: bool,
    #[serde(flatten)]
    warning: PreviewWarning<'a>,
}

impl LivePreviewState {
    /// The initial state for the issue in a file; `file` is its name in messages.
    pub fn new(file: String, lang: Lang) -> Self {
        Self {
            file,
            lang,
            letters: None,
            age: LetterAge::Current,
            compiled: Vec::new(),
            checked: Vec::new(),
            check: CheckProgress::Running,
        }
    }

    /// Whether the result equals what is shown.
    pub fn is_same(&self, outcome: &LivePreviewOutcome) -> bool {
        match (outcome, self.age) {
            (LivePreviewOutcome::Letters(letters), LetterAge::Current) => {
                let is_shown = self.letters.as_ref().is_some_and(|shown| shown.is_same(letters));
                is_shown && letters.warnings.iter().eq(&self.compiled)
            }
            (LivePreviewOutcome::Mistakes(diagnostics), LetterAge::BeforeMistakes) => {
                diagnostics.iter().eq(&self.compiled)
            }
            (LivePreviewOutcome::Gone, LetterAge::BeforeGone) => true,
            (LivePreviewOutcome::Letters(_) | LivePreviewOutcome::Mistakes(_) | LivePreviewOutcome::Gone, _) => false,
        }
    }

    /// Takes over a new result. If it has letters, the whole check follows.
    pub fn show(&mut self, outcome: LivePreviewOutcome) {
        self.check = CheckProgress::Done;
        match outcome {
            LivePreviewOutcome::Letters(letters) => {
                self.compiled = letters.warnings.iter().cloned().collect();
                self.checked.retain(|found| !self.compiled.contains(found));
                self.letters = Some(letters);
                self.age = LetterAge::Current;
                self.check = CheckProgress::Running;
                return;
            }
            LivePreviewOutcome::Mistakes(diagnostics) => {
                self.compiled = diagnostics.iter().cloned().collect();
                self.age = LetterAge::BeforeMistakes;
            }
            LivePreviewOutcome::Gone => {
                self.compiled.clear();
                self.age = LetterAge::BeforeGone;
            }
        }
        // The check's problems are about a text that may have changed.
        self.checked.clear();
    }

    /// Takes over the problems that the whole check has found.
    pub fn take_check(&mut self, diagnostics: &Diagnostics) {
        self.checked = diagnostics.iter().filter(|found| !self.compiled.contains(found)).cloned().collect();
        self.check = CheckProgress::Done;
    }

    /// The state with the letters and pictures that it shows.
    pub fn snapshot(&self) -> LivePreviewSnapshot {
        let letters = self.letters.as_deref();
        let editions = || letters.iter().flat_map(|letters| &letters.editions);
        let html = editions().map(|edition| (edition.digest.clone(), Arc::clone(&edition.html))).collect();
        let pictures = letters.map(|letters| letters.pictures.clone()).unwrap_or_default();
        // Serialising fails only for maps whose keys are not strings, which none of these types has.
        let state = serde_json::to_string(&self.view()).unwrap_or_default();
        LivePreviewSnapshot { state, letters: html, pictures }
    }

    fn view(&self) -> LivePreviewView<'_> {
        let words = &self.lang.language().live_preview;
        let letters = self.letters.as_deref();
        let editions = letters.map(|letters| letters.editions.iter().map(|edition| self.edition(letters, edition)));
        let mut problems: Vec<&Diagnostic> =
            self.compiled.iter().chain(&self.checked).filter(|problem| problem.off.is_none()).collect();
        // Errors first; among them the order of the lines stays.
        problems.sort_by_key(|problem| problem.severity != Severity::Error);
        let code = letters.and_then(|letters| letters.code).filter(|_| self.age == LetterAge::Current);
        LivePreviewView {
            title: letters
                .and_then(|letters| letters.editions.first())
                .map_or(&self.file, |first| &first.entry.subject),
            banner: self.banner(words),
            outdated: self.age != LetterAge::Current,
            editions: editions.into_iter().flatten().collect(),
            summary: self.summary(words, &problems),
            problems: problems
                .into_iter()
                .map(|problem| LivePreviewProblem::new(problem, self.lang.user_language()))
                .collect(),
            checking: self.check == CheckProgress::Running,
            code: code.map(|code| code.to_string()),
        }
    }

    fn edition<'a>(
        &'a self,
        letters: &'a LivePreviewLetters,
        edition: &'a LivePreviewLetter,
    ) -> LivePreviewEdition<'a> {
        let entry = PreviewEntry::new(&edition.entry, self.lang);
        LivePreviewEdition { letter: &edition.digest, from: &letters.sender, entry }
    }

    fn banner(&self, words: &LivePreviewWords) -> Option<String> {
        match (self.age, &self.letters) {
            (LetterAge::Current, _) | (LetterAge::BeforeMistakes, None) => None,
            (LetterAge::BeforeMistakes, Some(_)) => Some(words.last_good.to_owned()),
            (LetterAge::BeforeGone, _) => Some(words.gone.replace("{file}", &self.file)),
        }
    }

    /// How many errors and warnings there are.
    fn summary(&self, words: &LivePreviewWords, problems: &[&Diagnostic]) -> String {
        let errors = problems.iter().filter(|problem| problem.severity == Severity::Error).count();
        let counts = [(errors, &words.errors), (problems.len() - errors, &words.warnings)];
        let counts = counts.into_iter().filter(|(number, _)| *number > 0);
        let counts: Vec<String> = counts.map(|(number, forms)| counted(self.lang, number, forms)).collect();
        match self.check {
            CheckProgress::Running if counts.is_empty() => words.checking.to_owned(),
            CheckProgress::Done if counts.is_empty() && self.age == LetterAge::Current => {
                self.lang.language().preview.no_warnings.to_owned()
            }
            CheckProgress::Running | CheckProgress::Done => counts.join(", "),
        }
    }
}

impl<'a> LivePreviewProblem<'a> {
    fn new(diagnostic: &'a Diagnostic, language: UserLanguage) -> Self {
        Self { error: diagnostic.severity == Severity::Error, warning: PreviewWarning::new(diagnostic, language) }
    }
}
