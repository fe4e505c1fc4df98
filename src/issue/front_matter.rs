//! The front matter of an issue: the keys above its text.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::audience::AudienceId;
use crate::base::language::Lang;
use crate::base::language::tag::LanguageTag;
use crate::base::source::exemption::Exemptions;
use crate::base::source::span::{Span, Spanned};
use crate::base::source::text::Source;
use crate::base::source::yaml::from_text::FromText;
use crate::base::value::Value;
use crate::issue::date_time::DateBoundary;
use crate::issue::image::HeaderImage;
use crate::issue::named_moment;
use crate::issue::people_source::PeopleSource;
use crate::issue::series::SeriesId;
use crate::people::person::Localised;
use crate::people::person::mailbox::Mailbox;

/// The front matter of an issue.
#[derive(Clone, Debug)]
pub struct FrontMatter {
    /// The subject; it may contain template tags, but no line break.
    pub subject: Localised,
    /// What mail programs show beside the subject; absent: the beginning of the text.
    pub preheader: Option<Localised>,
    /// The place of its key, also when its value is empty.
    pub preheader_at: Option<Span>,
    /// The audiences. A person in two of them gets the edition of the first. Empty while it is not decided.
    pub audiences: Vec<Spanned<AudienceId>>,
    /// Audiences whose members get nothing, even if they are in `audiences` too.
    pub exclude: Vec<Spanned<AudienceId>>,
    /// The earlier issue whose recipients it is for; absent: it is for everyone in `audiences`.
    pub people: Option<PeopleSource>,
    /// The sender; absent: the project's.
    pub from: Option<Mailbox>,
    /// Where replies go; absent: the project's.
    pub reply_to: Option<Mailbox>,
    /// The language of readers who chose none, and of the words around the text; absent: the audience's.
    pub lang: Option<Lang>,
    /// The language of the text, which may be one that the program has no words in; absent: `lang`.
    pub lang_tag: Option<LanguageTag>,
    /// The Date of the letters; absent: `send_at`, or else the moment of sending.
    pub date: Option<Timestamp>,
    /// When `run` sends it; absent: only `send` sends it.
    pub send_at: Option<Timestamp>,
    /// The moment after which nothing is sent; absent: no limit.
    pub send_until: Option<Timestamp>,
    /// How long after its `send_at` it is still sent by `run`; absent: as long as the project says.
    pub grace: Option<Duration>,
    /// Whether it is a draft.
    pub draft: DraftStatus,
    /// The theme; absent: the project's.
    pub theme: Option<Spanned<String>>,
    /// The number of the issue; absent: it has none.
    pub number: Option<String>,
    /// A picture above the text; absent: none.
    pub image: Option<HeaderImage>,
    /// A name that stays the same when the file is renamed; absent: none.
    pub slug: Option<String>,
    /// Files attached to every letter, as written.
    pub attachments: Vec<Spanned<String>>,
    /// The warnings that its author turned off.
    pub ignore: Exemptions,
    /// Who may read it on the web; absent: no one.
    pub archive: Option<Spanned<Archive>>,
    /// The author's own values.
    pub params: BTreeMap<String, Value>,
    /// The series it belongs to; absent: the newsletter itself.
    pub series: Option<Spanned<SeriesId>>,
    /// The entry of `calendar.yaml` that it is, as written; absent: the calendar names it, or it is found by its day.
    pub calendar: Option<Spanned<String>>,
    /// The ids of the items of news that it was made of, so that `new --from` does not use them again. No letter has them.
    pub sources: Vec<Spanned<String>>,
    /// The ids of the items of news that were new as well, and were left for a later issue. No letter has them.
    pub sources_left: Vec<Spanned<String>>,
}

/// Whether an issue is a draft.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DraftStatus {
    /// It is, and `run` skips it.
    Yes,
    /// It is finished.
    #[default]
    No,
}

/// Who may read an issue on the web.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Archive {
    /// Anyone.
    Public,
    /// Those who got it.
    Members,
    /// No one.
    None,
}

/// How the line with `send_at` begins.
const SEND_AT: [&str; 2] = ["send_at:", "publish_date:"];

/// The `send_at` of front matter that has errors, and may not even be YAML: that of the first line with the key.
pub(crate) fn send_at_of_lines(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    let value = value_of_line(text, &SEND_AT)?;
    named_moment::parse(value, zone, DateBoundary::Begins).ok().map(|named| named.moment)
}

/// Whether `send_at` names a day without a time.
pub(crate) fn has_no_time(text: &str, zone: &TimeZone) -> bool {
    let moment =
        |alone| named_moment::parse(value_of_line(text, &SEND_AT)?, zone, alone).ok().map(|named| named.moment);
    moment(DateBoundary::Begins) != moment(DateBoundary::Ends)
}

/// The `grace` of front matter that has errors.
pub(crate) fn grace_of_lines(text: &str) -> Option<Duration> {
    Duration::from_text(value_of_line(text, &["grace:"])?, "grace").ok()
}

/// The line of a key of front matter in YAML or TOML, by one of its names; the first line if it has none of them.
pub(crate) fn key_place(source: &Source, keys: &[&str]) -> Span {
    let begins =
        |line: &str, key: &str| line.strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with([':', '=']));
    let line = source.text().lines().position(|line| keys.iter().any(|key| begins(line, key)));
    source.line(line.unwrap_or(0) + 1)
}

fn value_of_line<'a>(text: &'a str, keys: &[&str]) -> Option<&'a str> {
    let value = text.lines().find_map(|line| {
        let line = line.trim_start_matches('\u{feff}');
        keys.iter().find_map(|key| line.strip_prefix(key))
    })?;
    Some(value.split(" #").next().unwrap_or_default().trim().trim_matches(['"', '\'']))
}
