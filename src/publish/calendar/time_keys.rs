//! Reads when an entry is: `when`, `every` with its further keys, and `done`.

use jiff::civil::Date;

use crate::base::message::{Message, message};
use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::base::source::span::{Span, Spanned};
use crate::base::source::yaml::fields::MappingReader;
use crate::base::source::yaml::node::NodeKind;
use crate::publish::calendar::entry::EntryTime;
use crate::publish::calendar::period::Period;
use crate::publish::calendar::repetition::{NotRepeatable, Repetition, RepetitionPattern, RepetitionUnit, can_repeat};
use crate::publish::calendar::written_period::{self};

const BAD_WHEN: Code = Code("NL800");
/// Keys that exclude each other.
pub(super) const CONFLICT: Code = Code("NL802");
const NAMES_NOTHING: Code = Code("NL810");

/// When an entry is, and which occurrences are done.
#[derive(Debug, Default)]
pub(super) struct EntryTimeKeys {
    /// When it is; absent: missing or invalid, which is reported.
    pub(super) time: Option<EntryTime>,
    /// The occurrences that are done.
    pub(super) done: Vec<Spanned<Period>>,
}

/// Reads the keys of an entry at a place.
pub(super) fn read(reader: &mut MappingReader<'_, '_>, place: &Span) -> EntryTimeKeys {
    let written = [reader.has_value("when"), reader.has_value("every")];
    let when = period(reader, "when");
    let unit = reader.choice("every", &RepetitionUnit::NAMES);
    let limits = [period(reader, "from"), period(reader, "until")];
    let except = periods(reader, "except");
    let done = periods(reader, "done");
    if written == [false, false] {
        let hint = message!(
            "write when: and a day (2027-05-24), a week (2027-W12), a month (2027-05), a quarter (2027-Q1) or a year (2027); or every: month",
            "skriv when: og en dag (2027-05-24), en uge (2027-W12), en måned (2027-05), et kvartal (2027-Q1) eller et år (2027); eller every: month"
        );
        reader.report(
            Diagnostic::error(BAD_WHEN, message!("an entry has no `when`", "et punkt har ingen `when`"))
                .at(place.clone())
                .hint(hint),
        );
    }
    let [_, repeats] = written;
    if !repeats {
        for key in ["from", "until", "except"] {
            if let Some(place) = reader.key_place(key) {
                let message = message!("`{key}` is for an entry with `every`", "`{key}` er til et punkt med `every`");
                let hint = message!("write every: month, or delete this line", "skriv every: month, eller slet linjen");
                reader.report(Diagnostic::error(CONFLICT, message).at(place).hint(hint));
            }
        }
        done_once(reader, &done);
        return EntryTimeKeys { done, time: when.map(|when| EntryTime::Once(when.value)) };
    }
    let Some(unit) = unit.map(|unit| unit.value) else { return EntryTimeKeys::default() };
    let repeated = RepeatedKeys { unit, when, limits, except };
    let Some(repetition) = repeated.repetition(reader) else { return EntryTimeKeys::default() };
    for done in &done {
        check_done(reader, &repetition, done);
    }
    EntryTimeKeys { done, time: Some(EntryTime::Every(repetition)) }
}

/// The keys of an entry that repeats.
struct RepeatedKeys {
    unit: RepetitionUnit,
    when: Option<Spanned<Period>>,
    limits: [Option<Spanned<Period>>; 2],
    except: Vec<Spanned<Period>>,
}

impl RepeatedKeys {
    /// The repetition; absent if it is invalid, which is reported.
    fn repetition(self, reader: &mut MappingReader<'_, '_>) -> Option<Repetition> {
        let Self { unit, when, limits: [from, until], except } = self;
        // An invalid `when` was reported; without it, the repetition would be a different one.
        if reader.has_value("when") && when.is_none() {
            return None;
        }
        if let (Some(_), Some(from)) = (&when, &from) {
            let message = message!(
                "`from` and `when` are two beginnings: `when` is the first one",
                "`from` og `when` er to begyndelser: `when` er den første"
            );
            reader.report(
                Diagnostic::error(CONFLICT, message)
                    .at(from.place.clone())
                    .hint(message!("delete one of the two", "slet det ene")),
            );
        }
        if let Some(when) = &when
            && let Err(why) = can_repeat(when.value, unit)
        {
            let name = unit.name();
            let (message, hint) = match why {
                NotRepeatable::Unit => (
                    message!(
                        "`when` is {}, which cannot be repeated every {name}",
                        "`when` er {}, som ikke kan gentages hver {name}",
                        when.value
                    ),
                    message!(
                        "write the first day instead, or delete `when`",
                        "skriv den første dag i stedet, eller slet `when`"
                    ),
                ),
                NotRepeatable::NotInEveryYear => (
                    message!("only some years have {}", "kun nogle år har {}", missing_in_some_years(when.value)),
                    message!(
                        "write a day or a week that each year has, such as 28 February or W52",
                        "skriv en dag eller uge, som alle år har, f.eks. 28. februar eller W52"
                    ),
                ),
            };
            reader.report(Diagnostic::error(CONFLICT, message).at(when.place.clone()).hint(hint));
            return None;
        }
        let begins = from.as_ref().or(when.as_ref()).map(|begins| begins.value.first());
        if let Some(until) = until.as_ref().filter(|until| begins.is_some_and(|begins| until.value.last() < begins)) {
            let message = message!("`until` is before the first one", "`until` er før den første");
            reader.report(
                Diagnostic::error(CONFLICT, message)
                    .at(until.place.clone())
                    .hint(message!("write a later day", "skriv en senere dag")),
            );
            return None;
        }
        let pattern = when.map_or(RepetitionPattern::Whole, |when| RepetitionPattern::Like(when.value));
        let day = |limit: Option<Spanned<Period>>, day: fn(Period) -> Date| limit.map(|limit| day(limit.value));
        let (from, until) = (day(from, Period::first), day(until, Period::last));
        let all = Repetition { unit, pattern, from, until, except: Vec::new() };
        for except in &except {
            check_except(reader, &all, except);
        }
        Some(Repetition { except: values(&except), ..all })
    }
}

/// The part of a period that some years lack.
fn missing_in_some_years(period: Period) -> Message {
    match period.week_number() {
        Some(number) => message!("a week {number}", "en uge {number}"),
        None => message!("a 29 February", "en 29. februar"),
    }
}

/// Reports values of `done` that are not days, for an entry that does not repeat.
fn done_once(reader: &mut MappingReader<'_, '_>, done: &[Spanned<Period>]) {
    for done in done.iter().filter(|done| !matches!(done.value, Period::Days { .. })) {
        let message = message!(
            "`done` must be the day on which it was done, and this is {}",
            "`done` skal være den dag, det blev gjort, og det her er {}",
            done.value
        );
        let hint = message!("write a day, such as done: {}", "skriv en dag, f.eks. done: {}", done.value.last());
        reader.report(Diagnostic::error(BAD_WHEN, message).at(done.place.clone()).hint(hint));
    }
}

/// Reports a period under `done` in which there is no occurrence.
fn check_done(reader: &mut MappingReader<'_, '_>, repetition: &Repetition, done: &Spanned<Period>) {
    let year = repetition.in_year(done.value.year());
    if year.contains(&done.value) {
        return;
    }
    let near = year.iter().min_by_key(|period| period.distance(done.value.first()));
    let hint = match near {
        Some(near) => {
            message!("write the time of one of them, such as {near}", "skriv tidspunktet for en af dem, f.eks. {near}")
        }
        None => message!("there is none in {}", "der er ingen i {}", done.value.year()),
    };
    let message =
        message!("`done` names no time of this entry: {}", "`done` nævner intet tidspunkt for punktet: {}", done.value);
    reader.report(Diagnostic::error(NAMES_NOTHING, message).at(done.place.clone()).hint(hint));
}

/// Reports a period under `except` in which there would be no occurrence anyway.
fn check_except(reader: &mut MappingReader<'_, '_>, all: &Repetition, except: &Spanned<Period>) {
    let years = except.value.first().year() - 1..=except.value.last().year();
    if years.flat_map(|year| all.in_year(year)).any(|period| except.value.contains(period.first())) {
        return;
    }
    let message = message!(
        "`except` leaves nothing out: no time of this entry begins in {}",
        "`except` udelader intet: ingen af punktets tidspunkter begynder i {}",
        except.value
    );
    let hint = message!(
        "write the time that is left out, such as 2027-07, or delete it",
        "skriv det tidspunkt, der udelades, f.eks. 2027-07, eller slet det"
    );
    reader.report(Diagnostic::error(NAMES_NOTHING, message).at(except.place.clone()).hint(hint));
}

fn values(periods: &[Spanned<Period>]) -> Vec<Period> {
    periods.iter().map(|period| period.value).collect()
}

/// The period under a key.
fn period(reader: &mut MappingReader<'_, '_>, key: &'static str) -> Option<Spanned<Period>> {
    let text = reader.text(key)?;
    parse(reader, key, text)
}

/// The periods under a key, one or a list.
fn periods(reader: &mut MappingReader<'_, '_>, key: &'static str) -> Vec<Spanned<Period>> {
    let texts = match reader.node(key).map(|node| &node.kind) {
        Some(NodeKind::Sequence(_)) => reader.texts(key),
        Some(NodeKind::Null | NodeKind::Scalar { .. } | NodeKind::Mapping(_)) | None => {
            reader.text(key).into_iter().collect()
        }
    };
    texts.into_iter().filter_map(|text| parse(reader, key, text)).collect()
}

fn parse(reader: &mut MappingReader<'_, '_>, key: &str, text: Spanned<String>) -> Option<Spanned<Period>> {
    match written_period::parse(&text.value) {
        Ok(value) => Some(Spanned { value, place: text.place }),
        Err(mistake) => {
            let message = message!("invalid `{key}`: {}", "ugyldig `{key}`: {}", text.value);
            let hint = mistake.hint(key, &text.value);
            reader.report(Diagnostic::error(BAD_WHEN, message).at(text.place).hint(hint));
            None
        }
    }
}
