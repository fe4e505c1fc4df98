//! What is wrong with an event, in words.

use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::edition::blocks::event::lines::EventLine;
use crate::issue::manuscript::placeholders::PlaceholderText;
use crate::issue::when::error::{WhenError, WhenErrorKind};

const NOT_A_TIME: Code = Code("NL462");
const NO_SUCH: Code = Code("NL463");
const WEEKDAY: Code = Code("NL464");
const NO_YEAR: Code = Code("NL465");
const ENDS_BEFORE: Code = Code("NL466");

/// A time that cannot be read, at its place, with what to write instead.
pub(super) fn time(line: &EventLine, fault: &WhenError, lifted: &PlaceholderText) -> Diagnostic {
    let written = line.value.get(fault.span.clone()).unwrap_or(&line.value);
    let key = &line.key;
    let example = format!("write it like this: `{key}: 21. januar 2027 kl. 9.30-15.30`");
    let (code, message, hint) = match fault.mistake {
        WhenErrorKind::NotUnderstood => (
            NOT_A_TIME,
            format!("`{written}` is no part of a time"),
            format!("{example}; anything else belongs in the text below"),
        ),
        WhenErrorKind::Misspelt(near) => {
            (NOT_A_TIME, format!("`{written}` is no part of a time"), format!("did you mean `{near}`?"))
        }
        WhenErrorKind::NoDay => (NOT_A_TIME, "this does not say on which day".to_owned(), example),
        WhenErrorKind::NoSuchDay => (
            NO_SUCH,
            format!("there is no such day as `{written}`"),
            "write the day first and then the month, such as `21. januar 2027` or `21/1 2027`".to_owned(),
        ),
        WhenErrorKind::NoSuchTime => (
            NO_SUCH,
            format!("there is no such time as `{written}`"),
            "write hours from 0 to 24, such as `kl. 9.30-15.30`".to_owned(),
        ),
        WhenErrorKind::OtherWeekday(day) => {
            let right = day.strftime("%A %-d %B %Y");
            (
                WEEKDAY,
                format!("`{written}` is not that day of the week: it is {right}"),
                "mend the day or its name; the name may be left out".to_owned(),
            )
        }
        WhenErrorKind::NoYear => {
            (NO_YEAR, format!("`{written}` is of no year"), format!("write the year too: `{written} 2027`"))
        }
        WhenErrorKind::TooMany => (
            NOT_A_TIME,
            format!("`{written}` is one too many: an event has one beginning and one end"),
            "write a dash between the first and the last, or an `::: event` for each".to_owned(),
        ),
        WhenErrorKind::Apart => (
            NOT_A_TIME,
            "these two days do not follow each other".to_owned(),
            "write `21.-23. januar` for all of them, or an `::: event` for each".to_owned(),
        ),
        WhenErrorKind::EndsBefore => (
            ENDS_BEFORE,
            "it ends before it begins".to_owned(),
            "mend one of the two; where it ends on another day, write both: `21. januar 2027 kl. 20 - 22. januar kl. 9`"
                .to_owned(),
        ),
        WhenErrorKind::NoEnd => (
            NOT_A_TIME,
            "this does not say at what time it ends".to_owned(),
            "write it like this: `21. januar 2027 kl. 20 - 22. januar kl. 9`".to_owned(),
        ),
    };
    Diagnostic::error(code, message).at(line.place(lifted, fault.span.clone())).hint(hint)
}
