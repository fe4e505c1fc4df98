//! Hints for moments in the front matter.

use crate::base::language::Lang;
use crate::base::message::{Message, message};
use crate::issue::date_time;
use crate::issue::when::error::WhenErrorKind;

/// What to write instead of a text that is not read as a moment.
pub(super) fn hint(mistake: WhenErrorKind, key: &str, text: &str) -> Message {
    let guess = date_time::guess(text);
    let has_year = text.split(|letter: char| !letter.is_ascii_digit()).any(|number| number.len() == 4);
    if let Some(day) = guess.as_ref().filter(|_| !has_year) {
        // `1/12-26`: what follows the dash may be a year, a day or an hour.
        return message!(
            "write the year with four digits, such as {key}: {day} 09:00",
            "skriv årstallet med fire cifre, f.eks. {key}: {day} 09:00"
        );
    }
    let guess = guess.unwrap_or_else(|| "2026-12-01".to_owned());
    match mistake {
        WhenErrorKind::NoSuchDay | WhenErrorKind::NoSuchTime => {
            message!("this day or hour does not exist", "den dag eller time findes ikke: skriv en anden")
        }
        WhenErrorKind::NoYear => message!(
            "add the year, such as {key}: 24. december 2026 kl. 9.00",
            "tilføj årstallet, f.eks. {key}: 24. december 2026 kl. 9.00"
        ),
        WhenErrorKind::OtherWeekday(day) => message!(
            "fix the day or its name: {day} is a {}",
            "ret datoen eller ugedagen: {day} er en {}",
            Lang::said_weekday(day)
        ),
        WhenErrorKind::Misspelt(near) => message!("did you mean `{near}`?", "mente du `{near}`?"),
        WhenErrorKind::TooMany
        | WhenErrorKind::Apart
        | WhenErrorKind::EndsBefore
        | WhenErrorKind::NoEnd
        | WhenErrorKind::NotUnderstood
        | WhenErrorKind::Week { .. }
        | WhenErrorKind::NoDay => message!(
            "write one day and one time, such as {key}: {guess} 09:00",
            "skriv én dag og ét klokkeslæt, f.eks. {key}: {guess} 09:00"
        ),
    }
}
