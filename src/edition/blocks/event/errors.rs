//! The diagnostics for times of events that cannot be read.

use jiff::ToSpan;
use jiff::civil::{DateTime, ISOWeekDate, Weekday};

use crate::base::language::Lang;
use crate::base::message::{Message, UserLanguage, message};
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
const ADD_YEAR: Message = Message::fixed(
    "write the year behind it; or give the issue a `date`, and it is the first such day from then on",
    "skriv årstallet efter datoen; eller giv nyhedsbrevet en `date`, så er det den første sådanne dag derefter",
);

/// A time and its day within a sentence.
fn said(time: DateTime) -> Message {
    let lang = Lang::of_user(UserLanguage::Danish);
    let translation = format!("{} {}", time.strftime("%-H.%M"), lang.date(time.date()));
    Message::translated(time.strftime("%-H.%M on %-d %B %Y").to_string(), translation)
}

/// The diagnostic for a time in the hour that is skipped when clocks go forward.
pub(super) fn skipped(line: &EventLine, time: DateTime, masked: &PlaceholderText) -> Diagnostic {
    let time = said(time);
    let message = message!(
        "the time {time} does not exist: clocks go forward that night",
        "klokken {time} findes ikke: uret stilles frem den nat"
    );
    Diagnostic::error(SKIPPED, message).at(line.place(masked, 0..line.value.len())).hint(message!(
        "write the time that the clocks show, an hour earlier or later",
        "skriv det klokkeslæt, uret viser, en time før eller efter"
    ))
}

/// The diagnostic for a time in the hour that occurs twice when clocks go back.
pub(super) fn repeated(line: &EventLine, time: DateTime, masked: &PlaceholderText) -> Diagnostic {
    let time = said(time);
    let message = message!(
        "the time {time} occurs twice: clocks go back that night",
        "klokken {time} kommer to gange: uret stilles tilbage den nat"
    );
    Diagnostic::warning(REPEATED, message).at(line.place(masked, 0..line.value.len())).hint(message!(
        "the calendar file has the first one; choose another time, or say in the text which one is meant",
        "kalenderfilen har den første; vælg et andet tidspunkt, eller skriv i teksten, hvilken der menes"
    ))
}

/// The diagnostic for a time that cannot be read, with what to write instead.
#[expect(clippy::too_many_lines, reason = "each message has a text in two languages")]
pub(super) fn time(line: &EventLine, fault: &WhenError, reader: EventReader<'_>) -> Diagnostic {
    let written = line.value.get(fault.span.clone()).unwrap_or(&line.value);
    let key = &line.key;
    let example = example(key);
    let (code, message, hint) = match fault.mistake {
        WhenErrorKind::NotUnderstood => (
            NOT_A_TIME,
            message!("`{written}` is not a valid time", "`{written}` er ikke et gyldigt tidspunkt"),
            shorter(line, fault, reader),
        ),
        WhenErrorKind::Misspelt(near) => (
            NOT_A_TIME,
            message!("`{written}` is not a valid time", "`{written}` er ikke et gyldigt tidspunkt"),
            message!("did you mean `{near}`?", "mente du `{near}`?"),
        ),
        WhenErrorKind::Week { number, year } => {
            let days = days_of_week(number, year, reader);
            let hint = days.map_or(example, |days| {
                message!("write the days, such as `{key}: {days}`", "skriv dagene, f.eks. `{key}: {days}`")
            });
            (NOT_A_TIME, message!("`{written}` is a week, and not a day", "`{written}` er en uge og ikke en dag"), hint)
        }
        WhenErrorKind::NoDay => (NOT_A_TIME, message!("the day is missing", "dagen mangler"), example),
        WhenErrorKind::NoSuchDay => (
            NO_SUCH,
            message!("the day `{written}` does not exist", "dagen `{written}` findes ikke"),
            message!(
                "write the day first and then the month, such as `21. januar 2027` or `21/1 2027`",
                "skriv først dagen og så måneden, f.eks. `21. januar 2027` eller `21/1 2027`"
            ),
        ),
        WhenErrorKind::NoSuchTime => (
            NO_SUCH,
            message!("the time `{written}` does not exist", "klokkeslættet `{written}` findes ikke"),
            message!(
                "write hours from 0 to 23, such as `kl. 9.30-15.30`; an event may end at 24",
                "skriv timer fra 0 til 23, f.eks. `kl. 9.30-15.30`; et arrangement må slutte kl. 24"
            ),
        ),
        WhenErrorKind::OtherWeekday(day) => {
            let lang = Lang::of_user(UserLanguage::Danish);
            let right = Message::translated(day.strftime("%A %-d %B %Y").to_string(), lang.weekday_date(day));
            (
                WEEKDAY,
                message!(
                    "`{written}` is not that day of the week: it is {right}",
                    "ugedagen `{written}` passer ikke: datoen er {right}"
                ),
                message!(
                    "fix the day or its name; the name is optional",
                    "ret datoen eller ugedagen; ugedagen kan udelades"
                ),
            )
        }
        WhenErrorKind::NoYear => {
            (NO_YEAR, message!("`{written}` has no year", "`{written}` har intet årstal"), ADD_YEAR)
        }
        WhenErrorKind::TooMany => (
            NOT_A_TIME,
            message!(
                "`{written}` is one time too many: an event has one start and one end",
                "`{written}` er ét tidspunkt for meget: et arrangement har én start og én slutning"
            ),
            message!(
                "write only the first and the last, with a dash between them, or an `::: event` for each",
                "skriv kun det første og det sidste med en streg imellem, eller et `::: event` for hvert"
            ),
        ),
        WhenErrorKind::Apart => (
            NOT_A_TIME,
            message!("these two days do not follow each other", "de to dage følger ikke efter hinanden"),
            message!(
                "write `21.-23. januar` for all of them, or an `::: event` for each",
                "skriv `21.-23. januar` for dem alle, eller et `::: event` for hver"
            ),
        ),
        WhenErrorKind::EndsBefore => (
            ENDS_BEFORE,
            message!("the event ends before it starts", "arrangementet slutter, før det begynder"),
            message!(
                "fix one of the two; if it ends on another day, write both: `21. januar 2027 kl. 20 - 22. januar kl. 9`",
                "ret den ene; slutter det en anden dag, så skriv begge dage: `21. januar 2027 kl. 20 - 22. januar kl. 9`"
            ),
        ),
        WhenErrorKind::NoEnd => (
            NOT_A_TIME,
            message!("the end time is missing", "sluttidspunktet mangler"),
            message!(
                "write it as: `21. januar 2027 kl. 20 - 22. januar kl. 9`",
                "skriv det som: `21. januar 2027 kl. 20 - 22. januar kl. 9`"
            ),
        ),
    };
    Diagnostic::error(code, message).at(line.place(reader.masked, fault.span.clone())).hint(hint)
}

/// What to write instead of a line with more than a time: its start, if that is a time alone.
fn shorter(line: &EventLine, fault: &WhenError, reader: EventReader<'_>) -> Message {
    let alone = reader.today.map_or(MissingYear::Unknown, MissingYear::From);
    let key = &line.key;
    let example = match when::readable_start(&line.value, fault.span.start, alone) {
        Some(start) => message!("write only `{key}: {start}`", "skriv kun `{key}: {start}`"),
        None => example(key),
    };
    message!("{example}; anything else goes into the text below", "{example}; alt andet skal stå i teksten nedenunder")
}

fn example(key: &str) -> Message {
    message!(
        "write it as: `{key}: 21. januar 2027 kl. 9.30-15.30`",
        "skriv det som: `{key}: 21. januar 2027 kl. 9.30-15.30`"
    )
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
