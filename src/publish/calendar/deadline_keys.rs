//! Reads `deadlines`: the days by which the stages of an entry must be reached.

use jiff::civil::Date;
use jiff::{Span, ToSpan};

use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::base::source::span::Spanned;
use crate::base::source::yaml::fields::MappingReader;
use crate::base::source::yaml::from_text::FromText;
use crate::publish::calendar::entry::{Deadline, Deadlines, EntryStage, EntryTime};
use crate::publish::calendar::period::Period;
use crate::publish::calendar::repetition::RepetitionUnit;
use crate::publish::calendar::written_period;

const BAD_DEADLINE: Code = Code("NL805");
const KEY: &str = "deadlines";
/// Any day will do: the order of the stages does not depend on it.
const ANY_DAY: Date = Date::constant(2027, 6, 30);

/// The deadlines of an entry without any in the entry or the file: two weeks and three days, and less for weekly
/// entries.
pub(super) fn built_in(time: &EntryTime) -> Deadlines {
    let is_weekly = matches!(time, EntryTime::Every(repetition) if repetition.unit == RepetitionUnit::Week);
    let [draft, approved] = if is_weekly { [3, 1] } else { [14, 3] };
    let before = |days: i32| Some(Deadline::Before(days.days()));
    Deadlines { draft: before(draft), approved: before(approved), sent: None }
}

/// The deadlines of all entries without their own, which are at the top of the file; absent: not set.
pub(super) fn read_usual(reader: &mut MappingReader<'_, '_>) -> Option<Deadlines> {
    read_for(reader, None)
}

/// The deadlines of an entry; absent: it has none of its own.
pub(super) fn read(reader: &mut MappingReader<'_, '_>, time: Option<&EntryTime>) -> Option<Deadlines> {
    match time {
        Some(EntryTime::Once(period)) => read_for(reader, Some(*period)),
        Some(EntryTime::Every(_)) | None => read_for(reader, None),
    }
}

/// Reads them for a period; without one they are lengths of time, since a day would apply to one occurrence only.
fn read_for(reader: &mut MappingReader<'_, '_>, period: Option<Period>) -> Option<Deadlines> {
    let mut keys = reader.group(KEY)?;
    let deadline = |keys: &mut MappingReader<'_, '_>, stage: EntryStage| deadline(keys, stage, period);
    let deadlines = Deadlines {
        draft: deadline(&mut keys, EntryStage::Draft),
        approved: deadline(&mut keys, EntryStage::Approved),
        sent: deadline(&mut keys, EntryStage::Sent),
    };
    let place = keys.place();
    keys.finish_or_guess(&[
        ("udkast", message!("did you mean `draft`?", "mente du `draft`?")),
        ("kladde", message!("did you mean `draft`?", "mente du `draft`?")),
        ("godkendt", message!("did you mean `approved`?", "mente du `approved`?")),
        ("approval", message!("did you mean `approved`?", "mente du `approved`?")),
        ("sendt", message!("did you mean `sent`?", "mente du `sent`?")),
        ("send", message!("did you mean `sent`?", "mente du `sent`?")),
    ]);
    let promised = period.map_or(ANY_DAY, Period::promised_day);
    let days = EntryStage::ALL.map(|stage| deadlines.of(stage).map(|deadline| (stage, deadline.day(promised))));
    let days: Vec<(EntryStage, Date)> = days.into_iter().flatten().collect();
    let wrong = days.windows(2).find_map(|pair| match pair {
        [(stage, day), (next, next_day)] if day > next_day => Some((*stage, *next)),
        _ => None,
    });
    if let Some((stage, next)) = wrong {
        let message = message!(
            "the deadline of `{}` is after that of `{}`",
            "fristen for `{}` er efter fristen for `{}`",
            stage.name(),
            next.name()
        );
        let hint = message!(
            "write them in their order: draft, approved, sent, such as {{draft: 14d, approved: 3d}}",
            "skriv dem i rækkefølge: draft, approved, sent, f.eks. {{draft: 14d, approved: 3d}}"
        );
        reader.report(Diagnostic::error(BAD_DEADLINE, message).at(place).hint(hint));
    } else if let Some((stage, day)) = days.last().filter(|(_, day)| *day > promised) {
        let message = message!(
            "the deadline of `{}` is {day}, after the entry itself, {promised}",
            "fristen for `{}` er {day}, efter selve punktet, {promised}",
            stage.name()
        );
        reader.report(
            Diagnostic::error(BAD_DEADLINE, message)
                .at(place)
                .hint(message!("write an earlier day", "skriv en tidligere dag")),
        );
    }
    Some(deadlines)
}

/// The deadline of a stage: a length of time, or a day.
fn deadline(keys: &mut MappingReader<'_, '_>, stage: EntryStage, period: Option<Period>) -> Option<Deadline> {
    let key = stage.name();
    let text = keys.text(key)?;
    if let Ok(length) = Span::from_text(&text.value, key) {
        return Some(Deadline::Before(length));
    }
    let Spanned { value, place } = text;
    let (message, hint) = match (written_period::parse(&value), period) {
        (Ok(Period::Days { first, last }), Some(_)) if first == last => return Some(Deadline::On(first)),
        (Ok(_), None) => (
            message!(
                "`{key}` is a day, and this deadline is for many times",
                "`{key}` er en dag, og fristen gælder mange gange"
            ),
            message!("write how long before: {key}: 14d", "skriv, hvor lang tid før: {key}: 14d"),
        ),
        (Ok(_) | Err(_), _) => (
            message!("invalid deadline `{key}`: {value}", "ugyldig frist `{key}`: {value}"),
            message!(
                "write how long before, such as {key}: 14d, or a day",
                "skriv, hvor lang tid før, f.eks. {key}: 14d, eller en dag"
            ),
        ),
    };
    keys.report(Diagnostic::error(BAD_DEADLINE, message).at(place).hint(hint));
    None
}
