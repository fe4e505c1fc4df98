//! Reads `calendar.yaml`.

use std::collections::{BTreeMap, BTreeSet};

use crate::audience::AudienceId;
use crate::base::message::{Message, message};
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
const COMMON_MISTAKES: [(&str, Message); 18] = [
    ("titel", Message::fixed("did you mean `title`?", "mente du `title`?")),
    ("navn", Message::fixed("did you mean `title`?", "mente du `title`?")),
    ("name", Message::fixed("did you mean `title`?", "mente du `title`?")),
    ("hvornår", Message::fixed("did you mean `when`?", "mente du `when`?")),
    ("dato", Message::fixed("did you mean `when`?", "mente du `when`?")),
    ("date", Message::fixed("did you mean `when`?", "mente du `when`?")),
    ("uge", Message::fixed("write the week like this: when: 2027-W12", "skriv ugen sådan: when: 2027-W12")),
    ("slags", Message::fixed("did you mean `kind`?", "mente du `kind`?")),
    ("type", Message::fixed("did you mean `kind`?", "mente du `kind`?")),
    ("ansvarlig", Message::fixed("did you mean `owner`?", "mente du `owner`?")),
    ("prioritet", Message::fixed("did you mean `priority`?", "mente du `priority`?")),
    ("kanal", Message::fixed("did you mean `channel`?", "mente du `channel`?")),
    ("målgruppe", Message::fixed("did you mean `audience`?", "mente du `audience`?")),
    ("frist", Message::fixed("did you mean `deadlines`?", "mente du `deadlines`?")),
    (
        "deadline",
        Message::fixed(
            "write like this: deadlines: {draft: 14d, approved: 3d}",
            "skriv sådan: deadlines: {draft: 14d, approved: 3d}",
        ),
    ),
    ("repeat", Message::fixed("did you mean `every`?", "mente du `every`?")),
    ("gentag", Message::fixed("did you mean `every`?", "mente du `every`?")),
    ("udført", Message::fixed("did you mean `done`?", "mente du `done`?")),
];

/// The names that an entry may use.
#[derive(Clone, Copy, Debug)]
pub struct CalendarNames<'a> {
    /// The audiences of the project.
    pub audiences: &'a BTreeSet<AudienceId>,
    /// Its series.
    pub series: &'a BTreeSet<SeriesId>,
}

/// Reads the text of `calendar.yaml`. All problems are reported; returns `None` if one of them is an error.
pub fn parse(source: &Source, names: CalendarNames<'_>) -> (Option<YearCalendar>, Diagnostics) {
    let mut diagnostics = Diagnostics::new();
    let node = match yaml::parse(source) {
        Ok(node) => node,
        Err(faults) => return (None, faults),
    };
    if let NodeKind::Sequence(_) = node.kind {
        let hint = message!(
            "write a line entries: above the list, and put 2 spaces before each of its lines",
            "skriv en linje entries: over listen, og sæt 2 mellemrum foran hver af dens linjer"
        );
        let message = message!(
            "calendar.yaml must begin with `entries`, and this is a list",
            "calendar.yaml skal begynde med `entries`, og det her er en liste"
        );
        diagnostics.push(Diagnostic::error(INCOMPLETE, message).at(source.line(1)).hint(hint));
        return (None, diagnostics);
    }
    let mut entries = Vec::new();
    if let Some(mut reader) = MappingReader::new(source, &node, &Message::verbatim("calendar.yaml"), &mut diagnostics) {
        let usual = deadline_keys::read_usual(&mut reader);
        if !reader.has_value("entries") {
            let message = message!("calendar.yaml has no `entries`", "calendar.yaml har ingen `entries`");
            let hint = message!(
                "write entries: and below it, for each entry, - title: and its title",
                "skriv entries: og under den for hvert punkt - title: og dets titel"
            );
            reader.report(Diagnostic::error(INCOMPLETE, message).at(source.line(1)).hint(hint));
        }
        let file = EntryFile { names, usual: usual.as_ref() };
        if let [.., _] = reader.list("entries").get(MOST_ENTRIES..).unwrap_or_default() {
            let message = message!("more than {MOST_ENTRIES} entries", "over {MOST_ENTRIES} punkter");
            let hint = message!(
                "write an entry that repeats once, with `every`",
                "skriv et punkt, der gentages, én gang med `every`"
            );
            reader.report(Diagnostic::error(TOO_MANY, message).at(source.line(1)).hint(hint));
        } else {
            reader.each_group("entries", &message!("an entry", "et punkt"), |entry| entries.extend(file.entry(entry)));
        }
        reader.finish_or_guess(&[(
            "year",
            message!("the entries of all years are under `entries`", "alle års punkter står under `entries`"),
        )]);
    }
    check_ids(&entries, &mut diagnostics);
    check_issues(&entries, &mut diagnostics);
    diagnostics.sort();
    ((!diagnostics.has_errors()).then_some(YearCalendar { entries }), diagnostics)
}

/// Context for the entries of a file.
struct EntryFile<'a> {
    names: CalendarNames<'a>,
    /// The deadlines of entries without their own; absent: the file has none.
    usual: Option<&'a Deadlines>,
}

impl EntryFile<'_> {
    /// An entry; absent if a required key is missing or its time is invalid, which is reported.
    fn entry(&self, mut reader: MappingReader<'_, '_>) -> Option<YearEntry> {
        let place = reader.place();
        let title = reader.text("title");
        let kind = reader.choice("kind", &EntryKind::NAMES).map(|kind| kind.value);
        for (key, example) in [("title", "Generalforsamling"), ("kind", "meeting")] {
            if !reader.has_value(key) {
                let message = message!("an entry has no `{key}`", "et punkt har ingen `{key}`");
                let hint = match key {
                    "kind" => message!(
                        "write kind: newsletter, campaign, release, event or meeting",
                        "skriv kind: newsletter, campaign, release, event eller meeting"
                    ),
                    _ => message!(
                        "write {key}: and its {key}, such as {key}: {example}",
                        "skriv {key}: og dens {key}, f.eks. {key}: {example}"
                    ),
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
            reader.report(
                unknown
                    .or_hint(message!("audiences are the files in audiences/", "målgrupperne er filerne i audiences/"))
                    .at(audience.place.clone()),
            );
        }
        audiences
    }

    fn series(&self, reader: &mut MappingReader<'_, '_>) -> Option<Spanned<SeriesId>> {
        let series = reader.value::<SeriesId>("series")?;
        if !self.names.series.contains(&series.value) {
            let known = self.names.series.iter().map(SeriesId::as_str);
            let unknown =
                Diagnostic::unknown(UNKNOWN_SERIES, message!("series", "serie"), series.value.as_str(), known);
            reader.report(
                unknown
                    .or_hint(message!(
                        "series are under `series:` in newsletter.yaml",
                        "serierne står under `series:` i newsletter.yaml"
                    ))
                    .at(series.place.clone()),
            );
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
                    unknown.hint(message!(
                        "write several like this: channels: [{several}]",
                        "skriv flere sådan: channels: [{several}]"
                    ))
                } else {
                    unknown
                });
            }
        }
    }
    channels
}

/// The issue of an entry that does not repeat.
fn issue(reader: &mut MappingReader<'_, '_>, time: Option<&EntryTime>) -> Option<Spanned<String>> {
    let issue = reader.text("issue")?;
    if let Some(EntryTime::Every(_)) = time {
        let message = message!(
            "`issue` is for an entry that is once: this one has an issue each time",
            "`issue` er til et punkt, der kommer én gang: dette har et nyhedsbrev hver gang"
        );
        reader.report(Diagnostic::error(time_keys::CONFLICT, message).at(issue.place.clone()).hint(message!(
            "delete it, and name the entry in each issue, such as calendar: nyhedsbrev/2027-03",
            "slet det, og nævn punktet i hvert nyhedsbrev, f.eks. calendar: nyhedsbrev/2027-03"
        )));
    }
    Some(issue.map(|issue| issue.trim_start_matches("./").replace('\\', "/")))
}

/// The name of an entry: as written, or made from its title, with the year if it does not repeat.
fn id(reader: &mut MappingReader<'_, '_>, title: Option<&Spanned<String>>, time: Option<&EntryTime>) -> Option<String> {
    let written = reader.text("id");
    if let Some(id) = &written
        && slug(&id.value) != id.value
    {
        let message = message!("invalid `id`: {}", "ugyldig `id`: {}", id.value);
        let hint = match slug(&id.value) {
            empty if empty.is_empty() => {
                message!("write small letters, digits and hyphens", "skriv små bogstaver, tal og bindestreger")
            }
            better => message!(
                "write small letters, digits and hyphens, such as id: {better}",
                "skriv små bogstaver, tal og bindestreger, f.eks. id: {better}"
            ),
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
        let message = message!(
            "the title `{}` has no letters or digits to make an `id` of",
            "titlen `{}` har ingen bogstaver eller tal at lave et `id` af",
            title.value
        );
        reader.report(
            Diagnostic::error(BAD_ID, message)
                .at(title.place.clone())
                .hint(message!("write one, such as id: moede", "skriv et, f.eks. id: moede")),
        );
    }
    id
}

/// Reports two entries with one id.
fn check_ids(entries: &[YearEntry], diagnostics: &mut Diagnostics) {
    let mut seen: BTreeMap<&str, &Span> = BTreeMap::new();
    for entry in entries {
        if let Some(first) = seen.insert(&entry.id, &entry.place) {
            let message = message!(
                "two entries have the id `{}`: this one and that on line {}",
                "to punkter har id'et `{}`: dette og det på linje {}",
                entry.id,
                first.line()
            );
            let hint = message!("write another id, such as id: {}-2", "skriv et andet id, f.eks. id: {}-2", entry.id);
            diagnostics.push(Diagnostic::error(BAD_ID, message).at(entry.place.clone()).hint(hint));
        }
    }
}

/// Reports two entries with one issue, which would count twice.
fn check_issues(entries: &[YearEntry], diagnostics: &mut Diagnostics) {
    let mut seen: BTreeMap<&str, &Spanned<String>> = BTreeMap::new();
    for issue in entries.iter().filter_map(|entry| entry.issue.as_ref()) {
        if let Some(first) = seen.insert(&issue.value, issue) {
            let line = first.place.line();
            let message = message!(
                "two entries are the issue {}: this one and that on line {line}",
                "to punkter hører til nyhedsbrevet {}: dette og det på linje {line}",
                issue.value
            );
            let hint = message!(
                "make it one entry, or write another issue",
                "gør dem til ét punkt, eller skriv et andet nyhedsbrev"
            );
            diagnostics.push(Diagnostic::error(ONE_ISSUE, message).at(issue.place.clone()).hint(hint));
        }
    }
}
