//! The diagnostics for times of events that cannot be read.

use jiff::ToSpan;
use jiff::civil::{DateTime, ISOWeekDate, Weekday};

use crate::base::language::Lang;
use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::edition::blocks::event::event_reader::EventReader;
use crate::edition::blocks::event::lines::EventLine;
use crate::issue::manuscript::placeholders::PlaceholderText;
use crate::issue::when::error::{WhenError, WhenErrorKind};
use crate::issue::when::{self, MissingYear};

const NOT_A_TIME: Code = Code("NL462");
const NO_SUCH: Code = Code("NL463");
const WEEKDAY: Code = Code("NL464");
const NO_YEAR: Code = Code("NL465");
const ENDS_BEFORE: Code = Code("NL466");
const SKIPPED: Code = Code("NL670");
const REPEATED: Code = Code("NL671");

/// What to do about a day without a year.
const ADD_YEAR: &str =
    "write the year behind it; or give the issue a `date`, and it is the first such day from then on";

/// The diagnostic for a time in the hour that is skipped when clocks go forward.
pub(super) fn skipped(line: &EventLine, time: DateTime, masked: &PlaceholderText) -> Diagnostic {
    let message =
        format!("the time {} does not exist: clocks go forward that night", time.strftime("%-H.%M on %-d %B %Y"));
    Diagnostic::error(SKIPPED, message)
        .at(line.place(masked, 0..line.value.len()))
        .hint("write the time that the clocks show, an hour earlier or later")
}

/// The diagnostic for a time in the hour that occurs twice when clocks go back.
pub(super) fn repeated(line: &EventLine, time: DateTime, masked: &PlaceholderText) -> Diagnostic {
    let message = format!("the time {} occurs twice: clocks go back that night", time.strftime("%-H.%M on %-d %B %Y"));
    Diagnostic::warning(REPEATED, message)
        .at(line.place(masked, 0..line.value.len()))
        .hint("the calendar file has the first one; choose another time, or say in the text which one is meant")
}

/// The diagnostic for a time that cannot be read, with what to write instead.
pub(super) fn time(line: &EventLine, fault: &WhenError, reader: EventReader<'_>) -> Diagnostic {
    let written = line.value.get(fault.span.clone()).unwrap_or(&line.value);
    let key = &line.key;
    let example = example(key);
    let (code, message, hint) = match fault.mistake {
        WhenErrorKind::NotUnderstood => {
            (NOT_A_TIME, format!("`{written}` is not a valid time"), shorter(line, fault, reader))
        }
        WhenErrorKind::Misspelt(near) => {
            (NOT_A_TIME, format!("`{written}` is not a valid time"), format!("did you mean `{near}`?"))
        }
        WhenErrorKind::Week { number, year } => {
            let days = days_of_week(number, year, reader);
            let hint = days.map_or(example, |days| format!("write the days, such as `{key}: {days}`"));
            (NOT_A_TIME, format!("`{written}` is a week, and not a day"), hint)
        }
        WhenErrorKind::NoDay => (NOT_A_TIME, "the day is missing".to_owned(), example),
        WhenErrorKind::NoSuchDay => (
            NO_SUCH,
            format!("the day `{written}` does not exist"),
            "write the day first and then the month, such as `21. januar 2027` or `21/1 2027`".to_owned(),
        ),
        WhenErrorKind::NoSuchTime => (
            NO_SUCH,
            format!("the time `{written}` does not exist"),
            "write hours from 0 to 23, such as `kl. 9.30-15.30`; an event may end at 24".to_owned(),
        ),
        WhenErrorKind::OtherWeekday(day) => {
            let right = day.strftime("%A %-d %B %Y");
            (
                WEEKDAY,
                format!("`{written}` is not that day of the week: it is {right}"),
                "fix the day or its name; the name is optional".to_owned(),
            )
        }
        WhenErrorKind::NoYear => (NO_YEAR, format!("`{written}` has no year"), ADD_YEAR.to_owned()),
        WhenErrorKind::TooMany => (
            NOT_A_TIME,
            format!("`{written}` is one time too many: an event has one start and one end"),
            "write only the first and the last, with a dash between them, or an `::: event` for each".to_owned(),
        ),
        WhenErrorKind::Apart => (
            NOT_A_TIME,
            "these two days do not follow each other".to_owned(),
            "write `21.-23. januar` for all of them, or an `::: event` for each".to_owned(),
        ),
        WhenErrorKind::EndsBefore => (
            ENDS_BEFORE,
            "the event ends before it starts".to_owned(),
            "fix one of the two; if it ends on another day, write both: `21. januar 2027 kl. 20 - 22. januar kl. 9`"
                .to_owned(),
        ),
        WhenErrorKind::NoEnd => (
            NOT_A_TIME,
            "the end time is missing".to_owned(),
            "write it as: `21. januar 2027 kl. 20 - 22. januar kl. 9`".to_owned(),
        ),
    };
    Diagnostic::error(code, message).at(line.place(reader.masked, fault.span.clone())).hint(hint)
}

/// What to write instead of a line with more than a time: its start, if that is a time alone.
fn shorter(line: &EventLine, fault: &WhenError, reader: EventReader<'_>) -> String {
    let alone = reader.today.map_or(MissingYear::Unknown, MissingYear::From);
    let key = &line.key;
    let example = match when::readable_start(&line.value, fault.span.start, alone) {
        Some(start) => format!("write only `{key}: {start}`"),
        None => example(key),
    };
    format!("{example}; anything else goes into the text below")
}

fn example(key: &str) -> String {
    format!("write it as: `{key}: 21. januar 2027 kl. 9.30-15.30`")
}

/// The days of a week from Monday to Sunday, as they can be written; none where the week has no year, or the year no such week.
fn days_of_week(number: i8, year: Option<i16>, reader: EventReader<'_>) -> Option<String> {
    let monday = |year: i16| ISOWeekDate::new(year, number, Weekday::Monday).ok().map(ISOWeekDate::date);
    let monday = match (year, reader.today) {
        (Some(year), _) => monday(year)?,
        (None, Some(today)) => {
            let begins = [today.year(), today.year() + 1].into_iter().filter_map(monday);
            begins.into_iter().find(|begins| *begins >= today)?
        }
        (None, None) => return None,
    };
    let sunday = monday.checked_add(6.days()).ok()?;
    Some(Lang::default().dates(monday, sunday))
}
