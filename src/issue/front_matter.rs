//! The keys above an issue's text.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::audience::AudienceId;
use crate::base::language::Lang;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::exemption::Exemptions;
use crate::base::source::nearest::nearest;
use crate::base::source::span::{Span, Spanned};
use crate::base::source::text::Source;
use crate::base::source::yaml::fields::MappingReader;
use crate::base::source::yaml::{self, MappingKey, Node, NodeKind, QuoteStyle};
use crate::base::value::Value;
use crate::issue::date_time::{self, DateBoundary};
use crate::issue::image::HeaderImage;
use crate::issue::series::SeriesId;
use crate::issue::subject;
use crate::issue::{Archive, DraftStatus, FrontMatter};
use crate::people::person::Localised;
use crate::people::person::mailbox::Mailbox;

const NO_SUBJECT: Code = Code("NL310");
const SUBJECT_NO_TEXT: Code = Code("NL311");
const TWO_NAMES: Code = Code("NL312");
const BAD_SERIES: Code = Code("NL323");
const BAD_AUDIENCE: Code = Code("NL314");
const AUDIENCE_TWICE: Code = Code("NL315");
const BAD_MAILBOX: Code = Code("NL316");
const BAD_LANG: Code = Code("NL317");
const BAD_TIME: Code = Code("NL318");
const UNTIL_BEFORE: Code = Code("NL319");
const BAD_SLUG: Code = Code("NL320");
const BAD_ARCHIVE: Code = Code("NL321");
const MEMBERS_ONLY: Code = Code("NL631");
const INVISIBLE: Code = Code("NL322");
const SKIPPED: Code = Code("NL386");

/// What Jekyll reads in the same file.
const JEKYLL: [&str; 5] = ["layout", "parent", "nav_order", "tags", "permalink"];

/// Words that are written for the keys.
const COMMON_MISTAKES: [(&str, &str); 14] = [
    ("emne", "did you mean `subject`?"),
    ("titel", "did you mean `subject`?"),
    ("overskrift", "did you mean `subject`?"),
    ("resume", "did you mean `preheader`?"),
    ("modtagere", "did you mean `audiences`?"),
    ("målgrupper", "did you mean `audiences`?"),
    ("to", "did you mean `audiences`?"),
    ("recipients", "did you mean `audiences`? People stand in the files of the audiences"),
    ("afsender", "did you mean `from`?"),
    ("dato", "did you mean `date`?"),
    ("sprog", "did you mean `lang`?"),
    ("kladde", "did you mean `draft`?"),
    ("billede", "did you mean `image`?"),
    ("status", "delete it: what was sent to whom is asked with `newsletter status`"),
];

/// Reads the front matter; where it has no subject, the one given counts. `None` where it cannot be read or there is
/// no subject, which is told.
pub(super) fn parse(
    source: &Source,
    part: Range<usize>,
    (zone, subject): (&TimeZone, Option<Localised>),
    diagnostics: &mut Diagnostics,
) -> Option<FrontMatter> {
    let whole = source.place(0..3);
    let node = yaml::parse_part(source, part).map_err(|faults| diagnostics.extend(faults)).ok()?;
    let fields = MappingReader::new(source, &node, "the front matter", diagnostics)?;
    FrontMatterReader { source, fields, zone, diagnostics }.read(whole, subject)
}

struct FrontMatterReader<'a> {
    source: &'a Source,
    fields: MappingReader<'a>,
    zone: &'a TimeZone,
    diagnostics: &'a mut Diagnostics,
}

impl<'a> FrontMatterReader<'a> {
    fn read(mut self, whole: Span, usual: Option<Localised>) -> Option<FrontMatter> {
        let subject = self.subject(whole, usual);
        let preheader = self.aliased(&["preheader", "preview_text", "description", "summary"]);
        let preheader_at = preheader.map(|(key, _)| key.place(self.source));
        let preheader =
            preheader.and_then(|(key, node)| Localised::from_node(self.source, node, &key.value, self.diagnostics));
        let audiences = self.audiences("audiences");
        let exclude = self.audiences("exclude");
        let (from, reply_to) = (self.mailbox("from"), self.mailbox("reply_to"));
        let lang = self.lang();
        let date = self.time(&["date"], DateBoundary::Begins);
        let send_at = self.time(&["send_at", "publish_date"], DateBoundary::Begins);
        let send_until = self.time(&["send_until"], DateBoundary::Ends);
        self.check_times(send_at.as_ref(), send_until.as_ref());
        let draft = match self.fields.flag("draft", self.diagnostics) {
            Some(Spanned { value: true, .. }) => DraftStatus::Yes,
            Some(_) | None => DraftStatus::No,
        };
        let theme = self.fields.text("theme", self.diagnostics);
        let image = self.fields.node("image").and_then(|it| HeaderImage::read(self.source, it, self.diagnostics));
        let slug = self.slug();
        let attachments = self.fields.texts("attachments", self.diagnostics).unwrap_or_default();
        let archive = self.archive();
        let ignore = self.ignore();
        let params = self.params();
        let series = self.series();
        self.finish();
        Some(FrontMatter {
            subject: subject?,
            preheader,
            preheader_at,
            audiences,
            exclude,
            from,
            reply_to,
            lang,
            date: date.map(|it| it.value),
            send_at: send_at.map(|it| it.value),
            send_until: send_until.map(|it| it.value),
            draft,
            theme,
            image,
            slug,
            attachments,
            archive,
            ignore,
            params,
            series,
        })
    }

    fn told(&mut self, diagnostic: Diagnostic, place: Span, hint: impl Into<String>) {
        self.diagnostics.push(diagnostic.at(place).hint(hint));
    }

    /// A key that has other names too; the first that is there. Two of them are told, since one would be ignored.
    fn aliased(&mut self, names: &[&'static str]) -> Option<(&'a MappingKey, &'a Node)> {
        let mut found: Option<(&'a MappingKey, &'a Node)> = None;
        for name in names {
            let Some(entry) = self.fields.entry(name) else { continue };
            if let Some((first, _)) = found {
                let message = format!("`{}` and `{name}` are two names of one key", first.value);
                let hint = format!("delete one of the two; the key is `{}`", names[0]);
                self.told(Diagnostic::error(TWO_NAMES, message), entry.0.place(self.source), hint);
            } else {
                found = Some(entry);
            }
        }
        found
    }

    fn subject(&mut self, whole: Span, usual: Option<Localised>) -> Option<Localised> {
        let Some((key, node)) = self.aliased(&["subject", "title"]) else {
            if usual.is_some() {
                return usual;
            }
            let diagnostic = Diagnostic::error(NO_SUBJECT, "there is no `subject`");
            self.told(diagnostic, whole, "write below this line: subject: and the subject");
            return None;
        };
        match &node.kind {
            NodeKind::Null => {}
            NodeKind::Scalar { text, .. } if text.trim().is_empty() => {}
            NodeKind::Scalar { text, style: QuoteStyle::Plain } if is_no_text(text) => {
                let diagnostic = Diagnostic::error(SUBJECT_NO_TEXT, "`subject` must be a text");
                let hint = format!("if this is the subject, put quotes around it: subject: \"{text}\"");
                self.told(diagnostic, node.place(self.source), hint);
                return None;
            }
            NodeKind::Scalar { .. } | NodeKind::Sequence(_) | NodeKind::Mapping(_) => {
                let subject = Localised::from_node(self.source, node, &key.value, self.diagnostics)?;
                subject::check(&subject, self.diagnostics);
                return Some(subject);
            }
        }
        // A subject that begins with # is none: YAML takes it for a comment, and its hint says so.
        let before = self.diagnostics.iter().count();
        node.text(self.source, &key.value, self.diagnostics);
        if self.diagnostics.iter().count() == before {
            let diagnostic = Diagnostic::error(NO_SUBJECT, "the `subject` is empty");
            self.told(diagnostic, key.place(self.source), "write the subject after the colon");
        }
        None
    }

    fn audiences(&mut self, key: &'static str) -> Vec<Spanned<AudienceId>> {
        let names = self.fields.texts(key, self.diagnostics).unwrap_or_default();
        let mut seen = BTreeSet::new();
        let mut audiences = Vec::new();
        for Spanned { value, place } in names {
            match AudienceId::parse(&value) {
                Ok(id) if seen.insert(id.clone()) => audiences.push(Spanned { value: id, place }),
                Ok(id) => {
                    let diagnostic = Diagnostic::warning(AUDIENCE_TWICE, format!("`{id}` stands twice in `{key}`"));
                    self.told(diagnostic, place, "delete one; the first counts");
                }
                Err(error) => {
                    let diagnostic = Diagnostic::error(BAD_AUDIENCE, format!("`{value}` is no audience: {error}"));
                    self.told(diagnostic, place, "write the name of a file in audiences/, without .yaml");
                }
            }
        }
        audiences
    }

    fn mailbox(&mut self, key: &'static str) -> Option<Mailbox> {
        let text = self.fields.text(key, self.diagnostics)?;
        let mailbox = Mailbox::parse(&text.value);
        if let Err(error) = &mailbox {
            let diagnostic = Diagnostic::error(BAD_MAILBOX, format!("`{key}` is no sender: {error}"));
            self.told(diagnostic, text.place, format!("write it like this: {key}: Anna Berg <anna@forening.example>"));
        }
        mailbox.ok()
    }

    fn lang(&mut self) -> Option<Lang> {
        let text = self.fields.text("lang", self.diagnostics)?;
        let lang = Lang::parse(&text.value);
        if lang.is_none() {
            let message = format!("`{}` is no language that there are editions in", text.value);
            self.told(Diagnostic::error(BAD_LANG, message), text.place, format!("write one of: {}", Lang::known()));
        }
        lang
    }

    fn time(&mut self, names: &[&'static str], alone: DateBoundary) -> Option<Spanned<Timestamp>> {
        let (key, node) = self.aliased(names)?;
        let text = node.text(self.source, &key.value, self.diagnostics)?;
        if let Some(value) = date_time::parse(&text.value, self.zone, alone) {
            if date_time::is_skipped(&text.value, self.zone) {
                let message = format!("`{}` names an hour that is skipped when the clocks go forward", key.value);
                let hint = "it is taken for an hour later: write the time that you mean";
                self.told(Diagnostic::warning(SKIPPED, message), text.place.clone(), hint);
            }
            return Some(Spanned { value, place: text.place });
        }
        let hint = match date_time::guess(&text.value) {
            None if date_time::begins_with_year(&text.value) => "there is no such day, or no such hour".to_owned(),
            guess => {
                let day = guess.unwrap_or_else(|| "2026-12-01".to_owned());
                format!("write the year first, such as {}: {day} 09:00", key.value)
            }
        };
        let diagnostic = Diagnostic::error(BAD_TIME, format!("`{}` is no time: {}", key.value, text.value));
        self.told(diagnostic, text.place, hint);
        None
    }

    fn check_times(&mut self, at: Option<&Spanned<Timestamp>>, until: Option<&Spanned<Timestamp>>) {
        let (Some(at), Some(until)) = (at, until) else { return };
        if until.value <= at.value {
            let diagnostic = Diagnostic::error(UNTIL_BEFORE, "`send_until` is not after `send_at`");
            self.told(diagnostic, until.place.clone(), "write a later time, or delete the line");
        }
    }

    fn slug(&mut self) -> Option<String> {
        let slug = self.fields.text("slug", self.diagnostics)?;
        let valid = slug.value.chars().all(|it| it.is_ascii_alphanumeric() || matches!(it, '-' | '_'));
        if valid && !slug.value.is_empty() {
            return Some(slug.value);
        }
        let diagnostic = Diagnostic::error(BAD_SLUG, "a `slug` has the letters a-z, digits, - and _ only");
        self.told(diagnostic, slug.place, "write it like this: slug: nyt-december-2026");
        None
    }

    fn archive(&mut self) -> Option<Spanned<Archive>> {
        let Spanned { value, place } = self.fields.text("archive", self.diagnostics)?;
        let known = [("public", Archive::Public), ("members", Archive::Members), ("none", Archive::None)];
        if value == "members" {
            let message = "this program makes no page that only members can read: no letter has a link to one";
            let hint = "write `archive: public` if everybody may read the issue, and else `archive: none`: a page behind \
                        a login is made by your web site";
            self.told(Diagnostic::warning(MEMBERS_ONLY, message), place.clone(), hint);
        }
        if let Some((_, archive)) = known.iter().find(|(word, _)| *word == value) {
            return Some(Spanned { value: *archive, place });
        }
        let hint = match nearest(&value, known.iter().map(|(word, _)| *word)) {
            Some(known) => format!("did you mean `{known}`?"),
            None => "write one of: public, members, none".to_owned(),
        };
        self.told(Diagnostic::error(BAD_ARCHIVE, format!("`archive` cannot be `{value}`")), place, hint);
        None
    }

    fn params(&mut self) -> BTreeMap<String, Value> {
        let Some(mut fields) = self.fields.group("params", self.diagnostics) else { return BTreeMap::new() };
        let value = |(key, node): (&MappingKey, &Node)| {
            let value = Value::from_node(self.source, node, &key.value, self.diagnostics)?;
            if !is_visible(&value) {
                let message = format!("`{}` holds an invisible character", key.value);
                let diagnostic = Diagnostic::error(INVISIBLE, message).at(node.place(self.source));
                self.diagnostics.push(diagnostic.hint("delete it, or write the line again by hand"));
            }
            Some((key.value.clone(), value))
        };
        fields.rest().into_iter().filter_map(value).collect()
    }

    fn ignore(&mut self) -> Exemptions {
        let fields = self.fields.group("ignore", self.diagnostics);
        fields.map(|it| Exemptions::read(it, self.diagnostics)).unwrap_or_default()
    }

    fn series(&mut self) -> Option<Spanned<SeriesId>> {
        let text = self.fields.text("series", self.diagnostics)?;
        match SeriesId::parse(&text.value) {
            Ok(value) => Some(Spanned { value, place: text.place }),
            Err(error) => {
                let diagnostic = Diagnostic::error(BAD_SERIES, format!("`{}` is no series: {error}", text.value));
                self.told(diagnostic, text.place, "write the name that stands under `series:` in newsletter.yaml");
                None
            }
        }
    }

    fn finish(mut self) {
        for key in JEKYLL {
            self.fields.node(key);
        }
        let otherwise = "a value of your own belongs under `params:`, indented with 2 spaces";
        self.fields.finish_with(&COMMON_MISTAKES, otherwise, self.diagnostics);
    }
}

/// Whether every sign of a value can be seen. Line breaks are no harm in the text of a newsletter.
fn is_visible(value: &Value) -> bool {
    match value {
        Value::Text(text) => !text.chars().any(|it| it.is_control() && it != '\n'),
        Value::List(values) => values.iter().all(is_visible),
        Value::Bool(_) | Value::Integer(_) | Value::Number(_) | Value::Date(_) => true,
    }
}

/// A number, yes or no, or nothing: what stands there by mistake rather than as a subject.
fn is_no_text(text: &str) -> bool {
    let word = text.to_ascii_lowercase();
    text.parse::<f64>().is_ok() || matches!(word.as_str(), "true" | "false" | "null" | "yes" | "no")
}
