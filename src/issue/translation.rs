//! A whole translation of an issue, in a separate file: `nyt.en.md` beside `nyt.md`.

use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;

use crate::audience::AudienceId;
use crate::base::language::Lang;
use crate::base::language::tag::LanguageTag;
use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::span::Spanned;
use crate::base::source::text::Source;
use crate::base::source::yaml::node::Node;
use crate::base::source::yaml::node::NodeKind;
use crate::issue::Issue;
use crate::issue::front_matter::FrontMatter;
use crate::issue::front_matter_reader;
use crate::issue::parts;
use crate::people::person::Localised;

const NOT_OF_A_TRANSLATION: Code = Code("NL341");
const OTHER_LANG: Code = Code("NL342");
const MISNAMED: Code = Code("NL659");

/// The issue that a file translates, and the language, by the file's name: `nyt.md` and English for `nyt.en.md`; none for
/// any other file.
pub fn of_file(path: &Path) -> Option<(PathBuf, Lang)> {
    let (stem, tag) = path.file_name()?.to_str()?.strip_suffix(".md")?.rsplit_once('.')?;
    let lang = Lang::of_tag(tag).filter(|_| !stem.is_empty())?;
    Some((path.with_file_name(format!("{stem}.md")), lang))
}

/// The issue and the language in the name of a file that looks like a translation but is not one, since no translation
/// can be in that language: `nyt.md` and Polish for `nyt.pl.md`, `nyt.md` and English for `nyt.engelsk.md`.
pub fn misnamed(path: &Path) -> Option<(PathBuf, MisnamedLanguage)> {
    let (stem, written) = path.file_name()?.to_str()?.strip_suffix(".md")?.rsplit_once('.')?;
    let tag = LanguageTag::of_file_name(written).filter(|_| !stem.is_empty() && Lang::of_tag(written).is_none())?;
    Some((path.with_file_name(format!("{stem}.md")), MisnamedLanguage { written: written.to_owned(), tag }))
}

/// The language in the name of a file that looks like a translation but is not one.
#[derive(Clone, Debug)]
pub struct MisnamedLanguage {
    /// As it is written there.
    pub written: String,
    /// What it means.
    pub tag: LanguageTag,
}

impl MisnamedLanguage {
    /// Whether such a file is an independent issue: it declares this language, and has other audiences than the issue
    /// that its name begins with.
    pub fn is_independent(&self, issue: &Issue, beside: &Issue) -> bool {
        let is_in_language = issue.front.lang_tag.as_ref() == Some(&self.tag);
        let is_read_there = |id: &AudienceId| beside.front.audiences.iter().any(|audience| audience.value == *id);
        let mut audiences = issue.front.audiences.iter().map(|audience| &audience.value);
        is_in_language && !issue.front.audiences.is_empty() && !audiences.any(is_read_there)
    }

    /// The error about such a file; `issue` is the name of the one that it seems to translate.
    pub fn diagnostic(&self, source: &Source, issue: &str) -> Diagnostic {
        let Self { written, tag } = self;
        let stem = issue.strip_suffix(".md").unwrap_or(issue);
        let message = message!(
            "this file is named like a translation of {issue}, but is a separate issue",
            "filen hedder som en oversættelse af {issue}, men er et nyhedsbrev for sig"
        );
        let languages = Lang::known();
        let hint = match Lang::of_primary_subtag(tag.as_str()) {
            Some(lang) => message!(
                "rename it: {stem}.{lang}.md if it is the translation, {stem}-{written}.md if it is another issue",
                "omdøb den: {stem}.{lang}.md, hvis den er oversættelsen, {stem}-{written}.md, hvis den er et andet nyhedsbrev"
            ),
            None => message!(
                "translations can be in {languages}. For a separate issue, write `lang: {tag}` and an audience that {issue} does \
                 not have; or rename it {stem}-{written}.md",
                "oversættelser kan være på {languages}. Som et nyhedsbrev for sig: skriv `lang: {tag}` og en målgruppe, som {issue} \
                 ikke har; eller omdøb den til {stem}-{written}.md"
            ),
        };
        Diagnostic::error(MISNAMED, message).at(source.line(1)).hint(hint)
    }
}

impl Issue {
    /// Reads a translation and adds it. All problems are reported; with an error it is not added.
    pub fn translate(&mut self, lang: Lang, source: &Source, zone: &TimeZone) -> Diagnostics {
        let mut diagnostics = Diagnostics::new();
        let translation = parse(self, lang, source, zone, &mut diagnostics);
        diagnostics.sort();
        if let Some(translation) = translation.filter(|_| !diagnostics.has_errors()) {
            self.translations.insert(lang, translation);
        }
        diagnostics
    }
}

fn parse(main: &Issue, lang: Lang, source: &Source, zone: &TimeZone, diagnostics: &mut Diagnostics) -> Option<Issue> {
    let parts = parts::split(source, diagnostics)?;
    let subject = only_lang(Some(&main.front.subject), lang);
    let mut own = front_matter_reader::parse(source, parts.front.clone(), zone, subject, diagnostics)?;
    if let Ok(Node { kind: NodeKind::Mapping(entries), .. }) = parts::tree(source, parts.front) {
        for (key, _) in &entries {
            if let Some(diagnostic) = misplaced_key(main, lang, &key.value, &own) {
                diagnostics.push(diagnostic.at(key.place(source)));
            }
        }
    }
    own.preheader = own.preheader.or_else(|| only_lang(main.front.preheader.as_ref(), lang));
    own.image = own.image.or_else(|| main.front.image.clone());
    for (name, value) in &main.front.params {
        own.params.entry(name.clone()).or_insert_with(|| value.clone());
    }
    let front = FrontMatter {
        subject: own.subject,
        preheader: own.preheader,
        preheader_at: own.preheader_at,
        image: own.image,
        params: own.params,
        lang: Some(lang),
        lang_tag: own.lang_tag,
        ..main.front.clone()
    };
    let (id, source) = (main.id.clone(), source.clone());
    Some(Issue { id, source, front, body: parts.body, translations: std::collections::BTreeMap::new() })
}

/// The text of the issue's own front matter in one language.
fn only_lang(text: Option<&Localised>, lang: Lang) -> Option<Localised> {
    match text? {
        Localised::Same(_) => None,
        Localised::PerLang(texts) => texts.get(&lang).cloned().map(Localised::Same),
    }
}

/// The diagnostic of a key that belongs to the whole issue and has another value in the translation.
fn misplaced_key(main: &Issue, lang: Lang, key: &str, own: &FrontMatter) -> Option<Diagnostic> {
    if key == "lang" && own.lang != Some(lang) {
        let message = message!(
            "`lang` differs from the name of the file, which is the translation into `{lang}`",
            "`lang` passer ikke med filens navn: det siger, at sproget er `{lang}`"
        );
        return Some(
            Diagnostic::error(OTHER_LANG, message)
                .hint(message!("delete the line, or rename the file", "slet linjen, eller omdøb filen")),
        );
    }
    if !differs(key, own, &main.front) {
        return None;
    }
    let main = main.source.path();
    let message = message!(
        "`{key}` differs from {main}, and both are one issue",
        "`{key}` er anderledes i {main}, og de to er ét nyhedsbrev"
    );
    let hint = message!(
        "delete the line: a translation has its own subject, preheader, image and params only; the rest is in {main}",
        "slet linjen: en oversættelse har kun sit eget subject, preheader, image og params; resten står i {main}"
    );
    Some(Diagnostic::error(NOT_OF_A_TRANSLATION, message).hint(hint))
}

/// Whether a key that belongs to the whole issue has another value in the translation.
fn differs(key: &str, own: &FrontMatter, main: &FrontMatter) -> bool {
    let ids = |all: &[Spanned<AudienceId>]| all.iter().map(|audience| audience.value.clone()).collect::<Vec<_>>();
    let texts = |all: &[Spanned<String>]| all.iter().map(|text| text.value.clone()).collect::<Vec<_>>();
    let archive = |front: &FrontMatter| front.archive.as_ref().map(|archive| archive.value);
    let text = |one: &Option<Spanned<String>>| one.as_ref().map(|text| text.value.clone());
    match key {
        "audiences" => ids(&own.audiences) != ids(&main.audiences),
        "exclude" => ids(&own.exclude) != ids(&main.exclude),
        "from" => own.from != main.from,
        "series" => own.series.as_ref().map(|series| &series.value) != main.series.as_ref().map(|series| &series.value),
        "reply_to" => own.reply_to != main.reply_to,
        "date" => own.date != main.date,
        "send_at" | "publish_date" => own.send_at != main.send_at,
        "grace" => own.grace != main.grace,
        "send_until" => own.send_until != main.send_until,
        "draft" => own.draft != main.draft,
        "theme" => text(&own.theme) != text(&main.theme),
        "slug" => own.slug != main.slug,
        "attachments" => texts(&own.attachments) != texts(&main.attachments),
        "sources" => texts(&own.sources) != texts(&main.sources),
        "sources_left" => texts(&own.sources_left) != texts(&main.sources_left),
        // Warnings are turned off, and recipients are chosen, for the whole issue in its main file.
        "ignore" | "people" => true,
        "archive" => archive(own) != archive(main),
        // All other keys belong to the translation, or are unknown and reported already.
        _ => false,
    }
}
