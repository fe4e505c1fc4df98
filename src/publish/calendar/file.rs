//! Reads `calendar.yaml`.

use std::collections::{BTreeMap, BTreeSet};

use crate::audience::AudienceId;
use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::span::{Span, Spanned};
use crate::base::source::text::Source;
use crate::base::source::yaml;
use crate::base::source::yaml::fields::MappingReader;
use crate::base::source::yaml::node::NodeKind;
use crate::issue::series::SeriesId;
use crate::issue::slug::slug;
use crate::publish::calendar::deadline_keys;
use crate::publish::calendar::entry::{
    Deadlines, EntryKind, EntryPriority, EntryTime, YearCalendar, YearChannel, YearEntry,
};
use crate::publish::calendar::time_keys::{self, EntryTimeKeys};

const INCOMPLETE: Code = Code("NL801");
const BAD_ID: Code = Code("NL803");
/// Two entries are one issue.
pub(super) const ONE_ISSUE: Code = Code("NL804");
const UNKNOWN_AUDIENCE: Code = Code("NL806");
const UNKNOWN_SERIES: Code = Code("NL807");
const UNKNOWN_CHANNEL: Code = Code("NL808");
const TOO_MANY: Code = Code("NL812");

/// The most entries of a file. No association plans more, and each may be 53 in a year.
const MOST_ENTRIES: usize = 1000;

/// Keys that are written for others, with a hint.
const COMMON_MISTAKES: [(&str, &str); 18] = [
    ("titel", "did you mean `title`?"),
    ("navn", "did you mean `title`?"),
    ("name", "did you mean `title`?"),
    ("hvornår", "did you mean `when`?"),
    ("dato", "did you mean `when`?"),
    ("date", "did you mean `when`?"),
    ("uge", "write the week like this: when: 2027-W12"),
    ("slags", "did you mean `kind`?"),
    ("type", "did you mean `kind`?"),
    ("ansvarlig", "did you mean `owner`?"),
    ("prioritet", "did you mean `priority`?"),
    ("kanal", "did you mean `channel`?"),
    ("målgruppe", "did you mean `audience`?"),
    ("frist", "did you mean `deadlines`?"),
    ("deadline", "write like this: deadlines: {draft: 14d, approved: 3d}"),
    ("repeat", "did you mean `every`?"),
    ("gentag", "did you mean `every`?"),
    ("udført", "did you mean `done`?"),
];

/// What an entry may name.
#[derive(Clone, Copy, Debug)]
pub struct CalendarNames<'a> {
    /// The audiences of the project.
    pub audiences: &'a BTreeSet<AudienceId>,
    /// Its series.
    pub series: &'a BTreeSet<SeriesId>,
}

/// Reads the text of `calendar.yaml`. All problems are reported; with an error there is no calendar.
pub fn parse(source: &Source, names: CalendarNames<'_>) -> (Option<YearCalendar>, Diagnostics) {
    let mut diagnostics = Diagnostics::new();
    let node = match yaml::parse(source) {
        Ok(node) => node,
        Err(faults) => return (None, faults),
    };
    if let NodeKind::Sequence(_) = node.kind {
        let hint = "write a line entries: above the list, and put 2 spaces before each of its lines";
        let message = "calendar.yaml must begin with `entries`, and this is a list";
        diagnostics.push(Diagnostic::error(INCOMPLETE, message).at(source.line(1)).hint(hint));
        return (None, diagnostics);
    }
    let mut entries = Vec::new();
    if let Some(mut reader) = MappingReader::new(source, &node, "calendar.yaml", &mut diagnostics) {
        let usual = deadline_keys::read_usual(&mut reader);
        if !reader.has_value("entries") {
            let message = "calendar.yaml has no `entries`";
            let hint = "write entries: and below it, for each entry, - title: and its title";
            reader.report(Diagnostic::error(INCOMPLETE, message).at(source.line(1)).hint(hint));
        }
        let file = EntryFile { names, usual: usual.as_ref() };
        if let [.., _] = reader.list("entries").get(MOST_ENTRIES..).unwrap_or_default() {
            let message = format!("more than {MOST_ENTRIES} entries");
            let hint = "write an entry that repeats once, with `every`";
            reader.report(Diagnostic::error(TOO_MANY, message).at(source.line(1)).hint(hint));
        } else {
            reader.each_group("entries", "an entry", |entry| entries.extend(file.entry(entry)));
        }
        reader.finish_or_guess(&[("year", "the entries of all years are under `entries`")]);
    }
    check_ids(&entries, &mut diagnostics);
    check_issues(&entries, &mut diagnostics);
    diagnostics.sort();
    ((!diagnostics.has_errors()).then_some(YearCalendar { entries }), diagnostics)
}

/// What is the same for all entries of a file.
struct EntryFile<'a> {
    names: CalendarNames<'a>,
    /// The deadlines of entries without their own; absent: the file has none.
    usual: Option<&'a Deadlines>,
}

impl EntryFile<'_> {
    /// An entry; absent where it lacks what it must have, or its time is wrong, which is reported.
    fn entry(&self, mut reader: MappingReader<'_, '_>) -> Option<YearEntry> {
        let place = reader.place();
        let title = reader.text("title");
        let kind = reader.choice("kind", &EntryKind::NAMES).map(|kind| kind.value);
        for (key, example) in [("title", "Generalforsamling"), ("kind", "meeting")] {
            if !reader.has_value(key) {
                let message = format!("an entry has no `{key}`");
                let hint = match key {
                    "kind" => "write kind: newsletter, campaign, release, event or meeting".to_owned(),
                    _ => format!("write {key}: and its {key}, such as {key}: {example}"),
                };
                reader.report(Diagnostic::error(INCOMPLETE, message).at(place.clone()).hint(hint));
            }
        }
        let EntryTimeKeys { time, done } = time_keys::read(&mut reader, &place);
        let channels = channels(&mut reader);
        let audiences = self.audiences(&mut reader);
        let series = self.series(&mut reader);
        let owner = reader.text("owner").map(|owner| owner.value);
        let priority = reader.choice("priority", &EntryPriority::NAMES);
        let issue = issue(&mut reader, time.as_ref());
        let deadlines = deadline_keys::read(&mut reader, time.as_ref());
        let id = id(&mut reader, title.as_ref(), time.as_ref());
        reader.finish_or_guess(&COMMON_MISTAKES);
        let (title, kind, time) = (title?, kind?, time?);
        Some(YearEntry {
            id: id?,
            title: title.value,
            place: title.place,
            kind,
            channels: if channels.is_empty() { kind.usual_channels() } else { channels },
            audiences,
            series,
            owner,
            priority: priority.map_or(EntryPriority::Should, |priority| priority.value),
            deadlines: deadlines.or_else(|| self.usual.cloned()).unwrap_or_else(|| deadline_keys::built_in(&time)),
            issue,
            done,
            time,
        })
    }

    fn audiences(&self, reader: &mut MappingReader<'_, '_>) -> Vec<Spanned<AudienceId>> {
        let mut audiences: Vec<Spanned<AudienceId>> = reader.value("audience").into_iter().collect();
        audiences.extend(reader.values("audiences"));
        for audience in audiences.iter().filter(|audience| !self.names.audiences.contains(&audience.value)) {
            let known = self.names.audiences.iter().map(AudienceId::as_str);
            let unknown = Diagnostic::unknown(
                UNKNOWN_AUDIENCE,
                message!("audience", "målgruppe"),
                audience.value.as_str(),
                known,
            );
            reader.report(unknown.or_hint("audiences are the files in audiences/").at(audience.place.clone()));
        }
        audiences
    }

    fn series(&self, reader: &mut MappingReader<'_, '_>) -> Option<Spanned<SeriesId>> {
        let series = reader.value::<SeriesId>("series")?;
        if !self.names.series.contains(&series.value) {
            let known = self.names.series.iter().map(SeriesId::as_str);
            let unknown =
                Diagnostic::unknown(UNKNOWN_SERIES, message!("series", "serie"), series.value.as_str(), known);
            reader.report(unknown.or_hint("series are under `series:` in newsletter.yaml").at(series.place.clone()));
        }
        Some(series)
    }
}

/// `channel: mail` or `channels: [mail, linkedin]`.
fn channels(reader: &mut MappingReader<'_, '_>) -> Vec<YearChannel> {
    let mut written = reader.text("channel").into_iter().collect::<Vec<_>>();
    written.extend(reader.texts("channels"));
    let mut channels = Vec::new();
    for text in written {
        match YearChannel::NAMES.iter().find(|(name, _)| text.value.eq_ignore_ascii_case(name)) {
            Some((_, channel)) if !channels.contains(channel) => channels.push(*channel),
            Some(_) => {}
            None => {
                let known = YearChannel::NAMES.iter().map(|(name, _)| *name);
                let unknown = Diagnostic::unknown(UNKNOWN_CHANNEL, message!("channel", "kanal"), &text.value, known)
                    .at(text.place);
                let several = text.value.split([',', ';']).map(str::trim).collect::<Vec<_>>().join(", ").to_lowercase();
                reader.report(if text.value.contains([',', ';']) {
                    unknown.hint(format!("write several like this: channels: [{several}]"))
                } else {
                    unknown
                });
            }
        }
    }
    channels
}

/// The issue of an entry that is once.
fn issue(reader: &mut MappingReader<'_, '_>, time: Option<&EntryTime>) -> Option<Spanned<String>> {
    let issue = reader.text("issue")?;
    if let Some(EntryTime::Every(_)) = time {
        let message = "`issue` is for an entry that is once: this one has an issue each time";
        reader.report(
            Diagnostic::error(time_keys::CONFLICT, message)
                .at(issue.place.clone())
                .hint("delete it, and name the entry in each issue, such as calendar: nyhedsbrev/2027-03"),
        );
    }
    Some(issue.map(|issue| issue.trim_start_matches("./").replace('\\', "/")))
}

/// The name of an entry: as written, or made from its title, with the year of one that is once.
fn id(reader: &mut MappingReader<'_, '_>, title: Option<&Spanned<String>>, time: Option<&EntryTime>) -> Option<String> {
    let written = reader.text("id");
    if let Some(id) = &written
        && slug(&id.value) != id.value
    {
        let message = format!("invalid `id`: {}", id.value);
        let hint = match slug(&id.value) {
            empty if empty.is_empty() => "write small letters, digits and hyphens".to_owned(),
            better => format!("write small letters, digits and hyphens, such as id: {better}"),
        };
        reader.report(Diagnostic::error(BAD_ID, message).at(id.place.clone()).hint(hint));
        return None;
    }
    let title = title?;
    let made = match (slug(&title.value), time?) {
        (empty, _) if empty.is_empty() => None,
        (name, EntryTime::Once(period)) => Some(format!("{name}-{}", period.year())),
        (name, EntryTime::Every(_)) => Some(name),
    };
    let id = written.map(|id| id.value).or(made);
    if id.is_none() {
        let message = format!("the title `{}` has no letters or digits to make an `id` of", title.value);
        reader.report(Diagnostic::error(BAD_ID, message).at(title.place.clone()).hint("write one, such as id: moede"));
    }
    id
}

/// Reports two entries with one id.
fn check_ids(entries: &[YearEntry], diagnostics: &mut Diagnostics) {
    let mut seen: BTreeMap<&str, &Span> = BTreeMap::new();
    for entry in entries {
        if let Some(first) = seen.insert(&entry.id, &entry.place) {
            let message = format!("two entries have the id `{}`: this one and that on line {}", entry.id, first.line());
            let hint = format!("write another id, such as id: {}-2", entry.id);
            diagnostics.push(Diagnostic::error(BAD_ID, message).at(entry.place.clone()).hint(hint));
        }
    }
}

/// Reports two entries of one issue: it would be done twice.
fn check_issues(entries: &[YearEntry], diagnostics: &mut Diagnostics) {
    let mut seen: BTreeMap<&str, &Spanned<String>> = BTreeMap::new();
    for issue in entries.iter().filter_map(|entry| entry.issue.as_ref()) {
        if let Some(first) = seen.insert(&issue.value, issue) {
            let line = first.place.line();
            let message = format!("two entries are the issue {}: this one and that on line {line}", issue.value);
            let hint = "make it one entry, or write another issue";
            diagnostics.push(Diagnostic::error(ONE_ISSUE, message).at(issue.place.clone()).hint(hint));
        }
    }
}
