//! A draft that is made from an issue.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::base::error::Error;
use crate::base::language::Lang;
use crate::base::language::words::CorrectionWords;
use crate::delivery::ledger::state::LetterState;
use crate::issue::Issue;
use crate::issue::slug::slug;
use crate::issue::when::MissingYear;
use crate::ops::blocked::{Blocked, GuardFailure};
use crate::ops::day_lines::{self, DayLine};
use crate::ops::event_lines;
use crate::ops::languages;
use crate::ops::ledgers;
use crate::people::person::Localised;
use crate::project::Project;
use crate::project::files;

/// The keys that belong to one issue at one time, and not to a copy of it. A post of a website has other names for some.
pub(crate) const OWN_KEYS: [&str; 19] = [
    "subject",
    "title",
    "preheader",
    "preview_text",
    "excerpt",
    "summary",
    "description",
    "date",
    "send_at",
    "publish_date",
    "send_until",
    "draft",
    "published",
    "number",
    "slug",
    "people",
    "calendar",
    "sources",
    "sources_left",
];

/// A draft that corrects an issue.
#[derive(Debug)]
pub struct CorrectionDraft {
    /// Its file.
    pub path: PathBuf,
    /// The issue that it corrects.
    pub corrected: String,
    /// How many people are known to have had that issue.
    pub recipients: u64,
}

/// Writes a draft for those who had an issue: its text, with a paragraph to replace.
///
/// # Errors
///
/// The issue has errors, or a file cannot be written.
pub fn correct(project: &Project, path: &Path, title: Option<&str>) -> Result<CorrectionDraft, Blocked> {
    let source = CopySource::read(project, path)?;
    let subject = |lang: Lang, former: &str| match title.filter(|_| lang == source.native) {
        Some(title) => title.to_owned(),
        None => with_label(lang.language().correction.label, former),
    };
    let name = plain(&issue_name(project, path, &source.issue));
    let change = CopyChange {
        subject: &subject,
        lines: format!("people: {{issue: {name}, state: accepted}}\n"),
        body: &|lang, body| with_notice(&source.with_years(body), lang.language().correction),
    };
    // Before anything is written: the ledger may be missing.
    let (corrected, recipients) = (source.issue.id.to_string(), recipients(project, &source.issue)?);
    let path = source.write(&change, title)?.swap_remove(0);
    Ok(CorrectionDraft { path, corrected, recipients })
}

/// A draft that is a copy of an issue.
#[derive(Debug)]
pub struct SimilarDraft {
    /// Its file.
    pub path: PathBuf,
    /// The issue that it is a copy of.
    pub original: String,
    /// Its number; absent: it has none.
    pub number: Option<String>,
    /// Its texts, that of the issue first, and then the translations.
    pub texts: Vec<SimilarText>,
}

/// A text of such a draft.
#[derive(Debug)]
pub struct SimilarText {
    /// Its file.
    pub path: PathBuf,
    /// The subjects that are still those of the issue.
    pub subjects: Vec<String>,
    /// The lines of the issue that name a day.
    pub days: Vec<DayLine>,
}

/// Writes a draft with the text of an issue, with the next number, and without what belongs to the sending of that issue.
///
/// # Errors
///
/// The issue has errors, or a file cannot be written.
pub fn copy(project: &Project, path: &Path, title: Option<&str>) -> Result<SimilarDraft, Blocked> {
    let source = CopySource::read(project, path)?;
    let subject = |lang: Lang, former: &str| match title.filter(|_| lang == source.native) {
        Some(title) => title.to_owned(),
        None => former.to_owned(),
    };
    let number = source.issue.front.number.as_deref().and_then(next_number);
    let lines = number.as_deref().map(|number| format!("number: {}\n", plain_number(number))).unwrap_or_default();
    let change = CopyChange { subject: &subject, lines, body: &|_, body| event_lines::without_ids(body) };
    let paths = source.write(&change, title)?;
    let mut texts = Vec::new();
    for (path, (text, lang)) in paths.iter().zip(source.texts()) {
        let days = day_lines::find_copied(project.read_source(path)?.text(), text.source.text());
        texts.push(SimilarText { path: path.clone(), subjects: unchanged(&text.front.subject, lang, &subject), days });
    }
    let path = paths.into_iter().next().unwrap_or_default();
    Ok(SimilarDraft { path, original: source.issue.id.to_string(), number, texts })
}

/// The subjects that a change leaves as they are.
fn unchanged(subject: &Localised, native: Lang, change: &dyn Fn(Lang, &str) -> String) -> Vec<String> {
    let texts: Vec<(Lang, &String)> = match subject {
        Localised::Same(same) => vec![(native, &same.value)],
        Localised::PerLang(texts) => texts.iter().map(|(lang, own)| (*lang, &own.value)).collect(),
    };
    texts.into_iter().filter(|(lang, text)| change(*lang, text) == **text).map(|(_, text)| text.clone()).collect()
}

/// The number after a number: `13` after `12`, `4/2026` after `3/2026`.
fn next_number(number: &str) -> Option<String> {
    let end = number.find(|sign: char| !sign.is_ascii_digit()).unwrap_or(number.len());
    let (digits, rest) = number.split_at(end);
    Some(format!("{}{rest}", digits.parse::<u32>().ok()?.checked_add(1)?))
}

/// A number as YAML, in quotes if it contains more than digits and separators.
fn plain_number(number: &str) -> String {
    let is_plain = number.chars().all(|sign| sign.is_ascii_digit() || matches!(sign, '/' | '-' | '.'));
    if is_plain { number.to_owned() } else { plain(number) }
}

/// An issue that is copied.
struct CopySource<'p> {
    project: &'p Project,
    path: &'p Path,
    issue: Issue,
    /// The language of its own text.
    native: Lang,
}

/// The differences between a copy and its issue.
struct CopyChange<'c> {
    /// The subject in a language, made from that of the issue.
    subject: &'c dyn Fn(Lang, &str) -> String,
    /// More lines of front matter.
    lines: String,
    /// The text in a language, made from that of the issue.
    body: &'c dyn Fn(Lang, &str) -> String,
}

impl<'p> CopySource<'p> {
    fn read(project: &'p Project, path: &'p Path) -> Result<Self, Blocked> {
        let files = project.issue(path)?;
        let Some(issue) = files.issue.filter(|_| !files.diagnostics.has_errors()) else {
            return Err(Blocked::Diagnostics(files.diagnostics));
        };
        let native = languages::native_lang(project, &issue, &project.audiences()?.0);
        Ok(Self { project, path, issue, native })
    }

    /// A text whose events have the years that its readers saw: a draft has no date yet to derive them from.
    fn with_years(&self, body: &str) -> String {
        let front = &self.issue.front;
        let Some(moment) = front.date.or(front.send_at) else { return body.to_owned() };
        let day = moment.to_zoned_datetime(self.project.settings().timezone.clone()).date();
        event_lines::with_years(body, MissingYear::From(day))
    }

    /// The text of the issue, and then those of the translations, each with its language.
    fn texts(&self) -> impl Iterator<Item = (&Issue, Lang)> {
        let translations = self.issue.translations.iter().map(|(lang, text)| (text, *lang));
        std::iter::once((&self.issue, self.native)).chain(translations)
    }

    /// Writes a draft beside the issue, each of its texts in a separate file, and returns these files, the main file
    /// first. If the issue has its own folder, the draft gets one as well, with the same pictures.
    fn write(&self, change: &CopyChange<'_>, title: Option<&str>) -> Result<Vec<PathBuf>, Blocked> {
        let former = self.issue.front.subject.for_lang(self.native).map_or("", |subject| subject.value.as_str());
        let path = self.new_path(&(change.subject)(self.native, former), title);
        let mut files = Vec::new();
        for (text, lang) in self.texts() {
            let is_main = text.source.path() == self.issue.source.path();
            let file = if is_main { path.clone() } else { path.with_extension(format!("{}.md", lang.tag())) };
            let draft = self.text(text, lang, change);
            let draft = draft.ok_or_else(|| GuardFailure::SharedLine { issue: self.issue.id.clone() })?;
            files.push((file, draft));
        }
        // Before the first is written: otherwise a draft without its translations could be left.
        if let Some((path, _)) = files.iter().find(|(path, _)| path.exists()) {
            return Err(Error::Exists { path: path.clone() }.into());
        }
        for (path, text) in &files {
            files::write_new(path, text)?;
        }
        if let (true, Some(from), Some(to)) = (self.has_folder(), self.path.parent(), path.parent()) {
            self.project.copy_files(from, to)?;
        }
        Ok(files.into_iter().map(|(path, _)| path).collect())
    }

    fn has_folder(&self) -> bool {
        self.path.file_name().is_some_and(|name| name == "index.md")
    }

    /// The file of a draft with this subject: without a title that was typed, the first that is free.
    fn new_path(&self, subject: &str, title: Option<&str>) -> PathBuf {
        let slug = slug(subject);
        let slug = if slug.is_empty() { self.issue.short_name() } else { &slug };
        let of_name = |name: &str| match self.path.parent().filter(|_| self.has_folder()) {
            Some(folder) => folder.with_file_name(name).join("index.md"),
            None => self.path.with_file_name(format!("{name}.md")),
        };
        let first = of_name(slug);
        if title.is_some() {
            return first;
        }
        let mut more = (2..).map(|number| of_name(&format!("{slug}-{number}")));
        std::iter::once(first.clone()).chain(&mut more).find(|path| !path.exists()).unwrap_or(first)
    }

    /// A text of the draft; absent where the front matter cannot be copied.
    fn text(&self, text: &Issue, lang: Lang, change: &CopyChange<'_>) -> Option<String> {
        let kept = text.front_without(&OWN_KEYS)?;
        let subject = changed(&text.front.subject, lang, change.subject);
        let body = (change.body)(lang, text.text());
        let is_main = text.source.path() == self.issue.source.path();
        // Keys of the whole issue are in its main file.
        let (preheader, lines) =
            if is_main { ("preheader: \"\"\n", format!("{}draft: true\n", change.lines)) } else { ("", String::new()) };
        Some(format!("---\nsubject: {subject}\n{preheader}{kept}{lines}---\n{body}"))
    }
}

/// A subject with a change in each of its languages, as YAML.
fn changed(subject: &Localised, native: Lang, change: &dyn Fn(Lang, &str) -> String) -> String {
    let text = |lang: Lang, text: &str| {
        let changed = change(lang, text).split_whitespace().collect::<Vec<_>>().join(" ");
        // A JSON string is also a double-quoted YAML string (YAML 1.2 §1.3), whatever it holds.
        Value::from(changed).to_string()
    };
    match subject {
        Localised::Same(same) => text(native, &same.value),
        Localised::PerLang(texts) => {
            let texts: Vec<String> =
                texts.iter().map(|(lang, own)| format!("{lang}: {}", text(*lang, &own.value))).collect();
            format!("{{{}}}", texts.join(", "))
        }
    }
}

/// A title below a label, `Rettelse: Kom til årsmøde`, unless it has one already.
fn with_label(label: &str, title: &str) -> String {
    let label = format!("{label}: ");
    if title.starts_with(&label) { title.to_owned() } else { label + title }
}

/// A text with a paragraph at its beginning, below the greeting.
fn with_notice(body: &str, words: CorrectionWords) -> String {
    let (text, notice) = (body.trim_start(), format!("**{}:** {}", words.label, words.in_brackets()));
    match text.split_once('\n').filter(|(first, _)| first.contains("greeting")) {
        Some((greeting, rest)) => format!("{greeting}\n\n{notice}\n{rest}"),
        None => format!("{notice}\n\n{text}"),
    }
}

/// The name by which another issue refers to this one: its short name if that is unique.
fn issue_name(project: &Project, path: &Path, issue: &Issue) -> String {
    let (short, own) = (issue.short_name(), files::name(project.root(), path));
    if files::name(project.root(), &project.issue_path(Path::new(short))) == own {
        return short.to_owned();
    }
    own.to_string_lossy().into_owned()
}

/// A text as YAML, in quotes where it could be read as something else.
fn plain(text: &str) -> String {
    let is_word = text.starts_with(|first: char| first.is_ascii_alphanumeric())
        && text.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_./".contains(letter))
        && text.contains(|letter: char| letter.is_ascii_alphabetic() || letter == '-');
    if is_word { text.to_owned() } else { Value::from(text).to_string() }
}

/// How many people had an issue and were not erased since, according to the ledger.
fn recipients(project: &Project, issue: &Issue) -> Result<u64, Error> {
    let Some(mut ledger) = ledgers::open_to_read(project)? else { return Ok(0) };
    let Some(plan) = ledger.plan(&issue.id, ledgers::transport_kind(project))? else { return Ok(0) };
    let mut count = 0;
    ledger.each_letter(plan.id, &mut |record| {
        count += u64::from(record.state == LetterState::Accepted && !record.is_erased());
    })?;
    Ok(count)
}
