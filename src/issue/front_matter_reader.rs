//! Reads the front matter of an issue.

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::audience::AudienceId;
use crate::base::language::tag::LanguageTag;
use crate::base::message::{Message, message};
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::exemption::Exemptions;
use crate::base::source::span::{Span, Spanned};
use crate::base::source::text::Source;
use crate::base::source::yaml::fields::MappingReader;
use crate::base::source::yaml::node::MappingKey;
use crate::base::source::yaml::node::Node;
use crate::base::source::yaml::node::NodeKind;
use crate::base::source::yaml::node::QuoteStyle;
use crate::base::value::Value;
use crate::issue::date_time::DateBoundary;
use crate::issue::front_matter::{Archive, DraftStatus, FrontMatter};
use crate::issue::image::HeaderImage;
use crate::issue::moment_hint;
use crate::issue::named_moment::{self, ClockEffect, NamedMoment};
use crate::issue::parts;
use crate::issue::people_source::PeopleSource;
use crate::issue::series::SeriesId;
use crate::issue::site_keys::{self, Origin, SiteKeys};
use crate::issue::subject;
use crate::issue::text_to_replace;
use crate::people::person::Localised;

const NO_SUBJECT: Code = Code("NL310");
const SUBJECT_NO_TEXT: Code = Code("NL311");
const TWO_NAMES: Code = Code("NL312");
const AUDIENCE_TWICE: Code = Code("NL315");
const BAD_TIME: Code = Code("NL318");
const UNTIL_BEFORE: Code = Code("NL319");
const BAD_SLUG: Code = Code("NL320");
const BAD_NUMBER: Code = Code("NL651");
const MEMBERS_ONLY: Code = Code("NL631");
const INVISIBLE: Code = Code("NL322");
const SKIPPED: Code = Code("NL386");
const REPEATED: Code = Code("NL760");

/// The most characters of an issue's number: more would not fit into one line of a masthead.
const NUMBER_LENGTH: usize = 20;

/// Cron starts `run` once a minute at most, and would miss an issue with a shorter grace.
const LEAST_GRACE: Duration = Duration::from_secs(60);

/// Keys that authors write for others, with a hint.
const COMMON_MISTAKES: [(&str, Message); 16] = [
    ("emne", Message::fixed("did you mean `subject`?", "mente du `subject`?")),
    ("titel", Message::fixed("did you mean `subject`?", "mente du `subject`?")),
    ("overskrift", Message::fixed("did you mean `subject`?", "mente du `subject`?")),
    ("resume", Message::fixed("did you mean `preheader`?", "mente du `preheader`?")),
    ("modtagere", Message::fixed("did you mean `audiences`?", "mente du `audiences`?")),
    ("målgrupper", Message::fixed("did you mean `audiences`?", "mente du `audiences`?")),
    ("to", Message::fixed("did you mean `audiences`?", "mente du `audiences`?")),
    (
        "recipients",
        Message::fixed(
            "did you mean `audiences`? People are listed in the files of the audiences",
            "mente du `audiences`? Personerne står i målgruppernes filer",
        ),
    ),
    ("afsender", Message::fixed("did you mean `from`?", "mente du `from`?")),
    ("dato", Message::fixed("did you mean `date`?", "mente du `date`?")),
    ("sprog", Message::fixed("did you mean `lang`?", "mente du `lang`?")),
    ("kladde", Message::fixed("did you mean `draft`?", "mente du `draft`?")),
    ("billede", Message::fixed("did you mean `image`?", "mente du `image`?")),
    ("tags", Message::fixed("write it in lower case: `tags`", "skriv det med småt: `tags`")),
    ("emner", Message::fixed("did you mean `tags`?", "mente du `tags`?")),
    (
        "status",
        Message::fixed(
            "delete it: `newsletter status` shows what was sent to whom",
            "slet det: `newsletter status` viser, hvad der er sendt til hvem",
        ),
    ),
];

/// Reads the front matter; `usual_subject` replaces a missing subject. `None` if it cannot be read or has no subject, which
/// is reported.
pub(super) fn parse(
    source: &Source,
    part: Range<usize>,
    zone: &TimeZone,
    usual_subject: Option<Localised>,
    diagnostics: &mut Diagnostics,
) -> Option<FrontMatter> {
    // A missing key is reported at the first line `---`.
    let whole = source.place(0..3);
    let node = parts::tree(source, part).map_err(|faults| diagnostics.extend(faults)).ok()?;
    let fields = MappingReader::new(source, &node, &message!("the front matter", "front matter"), diagnostics)?;
    let site = SiteKeys::of(fields.keys());
    FrontMatterReader { fields, site, zone }.read(whole, usual_subject)
}

struct FrontMatterReader<'a, 'd> {
    fields: MappingReader<'a, 'd>,
    site: SiteKeys,
    zone: &'a TimeZone,
}

impl<'a> FrontMatterReader<'a, '_> {
    fn read(mut self, whole: Span, usual: Option<Localised>) -> Option<FrontMatter> {
        let subject = self.subject(whole, usual);
        let preheader = self.aliased(&["preheader", "preview_text", "excerpt", "summary", "description"]);
        let preheader_at = preheader.map(|(key, _)| key.place(self.fields.source()));
        let preheader = preheader.and_then(|(key, node)| self.localised(key, node));
        let audiences = self.audiences("audiences");
        let exclude = self.audiences("exclude");
        let people = PeopleSource::read(&mut self.fields);
        let from = self.fields.value("from").map(|from| from.value);
        let reply_to = self.fields.value("reply_to").map(|reply_to| reply_to.value);
        let lang_tag: Option<LanguageTag> = self.fields.value("lang").map(|tag| tag.value);
        let date = self.time(&["date"], DateBoundary::Begins);
        let send_at = self.time(&["send_at", "publish_date"], DateBoundary::Begins);
        let send_until = self.time(&["send_until"], DateBoundary::Ends);
        let grace = self.fields.duration("grace", LEAST_GRACE);
        self.check_times(send_at.as_ref(), send_until.as_ref());
        let draft = self.draft();
        let theme = self.fields.text("theme");
        let image = self.image();
        let number = self.number();
        let slug = self.slug();
        let attachments = self.fields.texts("attachments");
        let archive = self.archive();
        let ignore = self.fields.group("ignore").map(Exemptions::read).unwrap_or_default();
        let params = self.params();
        let series = self.series();
        let calendar = self.fields.text("calendar");
        let sources = self.fields.texts("sources");
        let sources_left = self.fields.texts("sources_left");
        self.finish();
        Some(FrontMatter {
            subject: subject?,
            preheader,
            preheader_at,
            audiences,
            exclude,
            people,
            from,
            reply_to,
            lang: lang_tag.as_ref().and_then(LanguageTag::nearest),
            lang_tag,
            date: date.map(|date| date.value),
            send_at: send_at.map(|moment| moment.value),
            send_until: send_until.map(|moment| moment.value),
            grace,
            draft,
            theme,
            image,
            number,
            slug,
            attachments,
            archive,
            ignore,
            params,
            series,
            calendar,
            sources,
            sources_left,
        })
    }

    fn report(&mut self, diagnostic: Diagnostic, place: Span, hint: impl Into<Message>) {
        self.fields.report(diagnostic.at(place).hint(hint));
    }

    fn localised(&mut self, key: &MappingKey, node: &Node) -> Option<Localised> {
        Localised::from_node(self.fields.source(), node, &key.value, self.fields.diagnostics())
    }

    /// A key that has several names; the first that is there. Two of them are an error, since one would be ignored.
    fn aliased(&mut self, names: &[&'static str]) -> Option<(&'a MappingKey, &'a Node)> {
        let mut found: Option<(&'a MappingKey, &'a Node)> = None;
        for name in names {
            let Some(entry) = self.fields.entry(name) else { continue };
            if found.is_some() && self.site.origin() == Origin::Website {
                // A post has one for its page and one for its list of posts.
                self.site.skip(entry.0, self.fields.source());
            } else if let Some((first, _)) = found {
                let message = message!(
                    "`{}` and `{name}` are two names of one key",
                    "`{}` og `{name}` er to navne for samme felt",
                    first.value
                );
                let hint =
                    message!("delete one of the two; the key is `{}`", "slet det ene; feltet hedder `{}`", names[0]);
                self.report(Diagnostic::error(TWO_NAMES, message), entry.0.place(self.fields.source()), hint);
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
            let diagnostic =
                Diagnostic::error(NO_SUBJECT, message!("there is no `subject`", "der mangler et emne (`subject`)"));
            self.report(
                diagnostic,
                whole,
                message!(
                    "write below this line: subject: and the subject",
                    "skriv under denne linje: subject: og emnet"
                ),
            );
            return None;
        };
        match &node.kind {
            NodeKind::Null => {}
            NodeKind::Scalar { text, .. } if text.trim().is_empty() => {}
            NodeKind::Scalar { text, style: QuoteStyle::Plain } if is_scalar_word(text) => {
                let diagnostic = Diagnostic::error(
                    SUBJECT_NO_TEXT,
                    message!("`subject` must be a text", "`subject` skal være en tekst"),
                );
                let hint = message!(
                    "if this is the subject, put quotes around it: subject: \"{text}\"",
                    "hvis det er emnet, så sæt anførselstegn om: subject: \"{text}\""
                );
                self.report(diagnostic, node.place(self.fields.source()), hint);
                return None;
            }
            NodeKind::Scalar { .. } | NodeKind::Sequence(_) | NodeKind::Mapping(_) => {
                let subject = self.localised(key, node)?;
                subject::check(&subject, self.fields.diagnostics());
                return Some(subject);
            }
        }
        // A subject that begins with # is a comment in YAML, which its own hint explains.
        let before = self.fields.diagnostics().len();
        node.text(self.fields.source(), &key.value, self.fields.diagnostics());
        if self.fields.diagnostics().len() == before {
            let diagnostic =
                Diagnostic::error(NO_SUBJECT, message!("the `subject` is empty", "emnet (`subject`) er tomt"));
            self.report(
                diagnostic,
                key.place(self.fields.source()),
                message!("write the subject after the colon", "skriv emnet efter kolonet"),
            );
        }
        None
    }

    fn audiences(&mut self, key: &'static str) -> Vec<Spanned<AudienceId>> {
        let mut audiences: Vec<Spanned<AudienceId>> = Vec::new();
        for named in self.fields.values::<AudienceId>(key) {
            if audiences.iter().any(|other| other.value == named.value) {
                let diagnostic = Diagnostic::warning(
                    AUDIENCE_TWICE,
                    message!("`{}` is listed twice in `{key}`", "`{}` står to gange i `{key}`", named.value),
                );
                self.report(diagnostic, named.place, message!("delete one of them", "slet den ene"));
            } else {
                audiences.push(named);
            }
        }
        audiences
    }

    fn time(&mut self, names: &[&'static str], alone: DateBoundary) -> Option<Spanned<Timestamp>> {
        let (key, node) = self.aliased(names)?;
        let text = node.text(self.fields.source(), &key.value, self.fields.diagnostics())?;
        let mistake = match named_moment::parse(&text.value, self.zone, alone) {
            Ok(NamedMoment { moment, clock }) => {
                self.check_clock(&key.value, &Spanned { value: moment, place: text.place.clone() }, clock);
                return Some(Spanned { value: moment, place: text.place });
            }
            Err(mistake) => mistake,
        };
        let hint = moment_hint::hint(mistake, &key.value, &text.value);
        let diagnostic = Diagnostic::error(
            BAD_TIME,
            message!("invalid time `{}`: {}", "ugyldigt tidspunkt `{}`: {}", key.value, text.value),
        );
        self.report(diagnostic, text.place, hint);
        None
    }

    /// Reports a time that occurs twice or never, since the clocks are changed.
    fn check_clock(&mut self, key: &str, named: &Spanned<Timestamp>, clock: ClockEffect) {
        match clock {
            ClockEffect::None => {}
            ClockEffect::Skipped => {
                let message = message!(
                    "`{key}` names an hour that is skipped when the clocks go forward",
                    "`{key}` er en time, der springes over, når uret stilles frem"
                );
                let hint = message!(
                    "this time does not exist: write an earlier or a later one",
                    "tidspunktet findes ikke: skriv et tidligere eller et senere"
                );
                self.report(Diagnostic::error(SKIPPED, message), named.place.clone(), hint);
            }
            ClockEffect::Repeated { first, second } => {
                let time = named.value.to_zoned_datetime(self.zone.clone()).strftime("%Y-%m-%d %H:%M").to_string();
                let [first, second] = [first, second].map(|offset| {
                    let moment = named.value.to_zoned_datetime(offset.to_time_zone());
                    moment.strftime("%:z").to_string()
                });
                let message = message!(
                    "`{key}` names an hour that occurs twice when the clocks go back: it is read as the first one",
                    "`{key}` er i en time, der kommer to gange, når uret stilles tilbage: den første bruges"
                );
                let hint = message!(
                    "write {key}: {time} {first} for the first, or {time} {second} for the second",
                    "skriv {key}: {time} {first} for den første eller {time} {second} for den anden"
                );
                self.report(Diagnostic::warning(REPEATED, message), named.place.clone(), hint);
            }
        }
    }

    fn check_times(&mut self, at: Option<&Spanned<Timestamp>>, until: Option<&Spanned<Timestamp>>) {
        let (Some(at), Some(until)) = (at, until) else { return };
        if until.value <= at.value {
            let diagnostic = Diagnostic::error(
                UNTIL_BEFORE,
                message!("`send_until` is not after `send_at`", "`send_until` er ikke efter `send_at`"),
            );
            self.report(
                diagnostic,
                until.place.clone(),
                message!("write a later time, or delete the line", "skriv et senere tidspunkt, eller slet linjen"),
            );
        }
    }

    /// `draft: true`, or `published: false` as Jekyll writes it.
    fn draft(&mut self) -> DraftStatus {
        let is_draft = self.fields.flag("draft").is_some_and(|draft| draft.value);
        let is_held_back = self.fields.flag("published").is_some_and(|published| !published.value);
        if is_draft || is_held_back { DraftStatus::Yes } else { DraftStatus::No }
    }

    /// The picture above the text. A website's own way to name a picture is skipped: a path from the root of the site is
    /// not a file beside the issue.
    fn image(&mut self) -> Option<HeaderImage> {
        let (key, node) = self.fields.entry("image")?;
        let is_of_site = match &node.kind {
            NodeKind::Scalar { text, .. } => text.starts_with('/'),
            NodeKind::Mapping(entries) => {
                !entries.iter().any(|(key, _)| HeaderImage::FILE.contains(&key.value.as_str()))
            }
            NodeKind::Sequence(_) => true,
            NodeKind::Null => false,
        };
        if is_of_site && self.site.origin() == Origin::Website {
            self.site.skip(key, self.fields.source());
            return None;
        }
        self.fields.with("image", HeaderImage::read)
    }

    /// The series. A post of Hugo may have a list of series, which mean something else.
    fn series(&mut self) -> Option<Spanned<SeriesId>> {
        let (key, node) = self.fields.entry("series")?;
        if matches!(node.kind, NodeKind::Sequence(_)) && self.site.origin() == Origin::Website {
            self.site.skip(key, self.fields.source());
            return None;
        }
        self.fields.value("series")
    }

    fn number(&mut self) -> Option<String> {
        let number = self.fields.text("number")?;
        let text = number.value.trim();
        if text.starts_with(|first: char| first.is_ascii_digit()) && text.chars().count() <= NUMBER_LENGTH {
            return Some(text.to_owned());
        }
        let message = message!("`{text}` is not a valid number of an issue", "`{text}` er ikke et gyldigt nummer");
        let hint = message!(
            "write only the number, without a word before it: number: 12, or number: 3/2026",
            "skriv kun nummeret uden et ord foran: number: 12 eller number: 3/2026"
        );
        self.report(Diagnostic::error(BAD_NUMBER, message), number.place, hint);
        None
    }

    fn slug(&mut self) -> Option<String> {
        let (key, _) = self.fields.entry("slug")?;
        let slug = self.fields.text("slug")?;
        let valid =
            slug.value.chars().all(|character| character.is_ascii_alphanumeric() || matches!(character, '-' | '_'));
        if valid && !slug.value.is_empty() {
            return Some(slug.value);
        }
        if self.site.origin() == Origin::Website {
            self.site.skip(key, self.fields.source());
            return None;
        }
        let diagnostic = Diagnostic::error(
            BAD_SLUG,
            message!(
                "a `slug` has the letters a-z, digits, - and _ only",
                "et `slug` har kun bogstaverne a til z, tal, - og _"
            ),
        );
        self.report(
            diagnostic,
            slug.place,
            message!("write it like this: slug: nyt-december-2026", "skriv det sådan: slug: nyt-december-2026"),
        );
        None
    }

    fn archive(&mut self) -> Option<Spanned<Archive>> {
        let known = [("public", Archive::Public), ("members", Archive::Members), ("none", Archive::None)];
        let archive = self.fields.choice("archive", &known)?;
        if archive.value == Archive::Members {
            let message = message!(
                "`archive: members` makes no page: nothing is published, and letters have no link to a page",
                "`archive: members` laver ingen side: intet offentliggøres, og mailene har intet link til en side"
            );
            let hint = message!(
                "write `archive: none` for the same without this warning; `archive: public` is for what anyone may read",
                "skriv `archive: none` for det samme uden advarsel; `archive: public` er til det, alle må læse"
            );
            self.report(Diagnostic::warning(MEMBERS_ONLY, message), archive.place.clone(), hint);
        }
        Some(archive)
    }

    fn params(&mut self) -> BTreeMap<String, Value> {
        let Some(mut fields) = self.fields.group("params") else { return BTreeMap::new() };
        let source = fields.source();
        let mut params = BTreeMap::new();
        for (key, node) in fields.rest() {
            if let Some(diagnostic) = Value::cut_by_comma(source, key, node) {
                fields.report(diagnostic);
            }
            let Some(value) = Value::from_node(source, node, &key.value, fields.diagnostics()) else { continue };
            if !is_visible(&value) {
                let message = message!("`{}` contains an invisible character", "`{}` har et usynligt tegn", key.value);
                let diagnostic = Diagnostic::error(INVISIBLE, message).at(node.place(source));
                fields.report(
                    diagnostic.hint(message!("delete it, or type the line again", "slet det, eller skriv linjen igen")),
                );
            }
            let text = value.to_string();
            for range in text_to_replace::brackets(&text) {
                fields.report(text_to_replace::diagnostic(&text[range]).at(node.place(source)));
            }
            params.insert(key.value.clone(), value);
        }
        params
    }

    fn finish(mut self) {
        for key in site_keys::SILENT {
            self.fields.refused_place(key);
        }
        let is_post = self.site.origin() == Origin::Website;
        let is_mistake = |key: &str| COMMON_MISTAKES.iter().any(|(wrong, _)| wrong.eq_ignore_ascii_case(key));
        let skipped = self.fields.skip_unread(|key, resembling| {
            site_keys::is_site_key(key) || (is_post && resembling.is_none() && !is_mistake(key))
        });
        for key in skipped {
            self.site.skip(key, self.fields.source());
        }
        if let Some(diagnostic) = self.site.diagnostic() {
            self.fields.report(diagnostic);
        }
        let otherwise = message!(
            "a value of your own belongs under `params:`, indented with 2 spaces",
            "egne værdier hører til under `params:`, rykket ind med 2 mellemrum"
        );
        self.fields.finish_with(&COMMON_MISTAKES, Some(&otherwise));
    }
}

/// Whether a value has no control characters; line breaks are harmless in the text of a newsletter.
fn is_visible(value: &Value) -> bool {
    match value {
        Value::Text(text) => !text.chars().any(|character| character.is_control() && character != '\n'),
        Value::List(values) => values.iter().all(is_visible),
        Value::Bool(_) | Value::Integer(_) | Value::Number(_) | Value::Date(_) => true,
    }
}

/// Whether a text is a number, a boolean or null, which is hardly meant as a subject.
fn is_scalar_word(text: &str) -> bool {
    let word = text.to_ascii_lowercase();
    text.parse::<f64>().is_ok() || matches!(word.as_str(), "true" | "false" | "null" | "yes" | "no")
}
