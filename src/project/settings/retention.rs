//! How long it is remembered who got what.

use jiff::Span;

use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::project::settings::reader::SettingsReader;

const BAD_RETENTION: Code = Code("NL117");
/// Longer is no limit, and the calendar ends some time.
const LONGEST: i64 = 1_200;

pub(super) fn read(reader: &mut SettingsReader<'_, '_>) -> Option<Span> {
    let text = reader.text("retention")?;
    let span = parse(&text.value);
    if span.is_none() {
        let message = format!("`retention` is no number of months, years or days: {}", text.value);
        let hint = "write a whole number from 1 to 1200 and a unit, such as retention: 24 months";
        reader.tell(Diagnostic::error(BAD_RETENTION, message), text.place, hint);
    }
    span
}

/// Reads a whole number and its unit.
pub(super) fn parse(text: &str) -> Option<Span> {
    let (number, unit) = text.split_once(' ')?;
    let number = number.parse().ok().filter(|it| (1..=LONGEST).contains(it))?;
    match unit.trim() {
        "day" | "days" => Span::new().try_days(number).ok(),
        "month" | "months" => Span::new().try_months(number).ok(),
        "year" | "years" => Span::new().try_years(number).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_and_its_unit() {
        let written = |text: &str| parse(text).map(|it| it.to_string());
        assert_eq!(
            ["24 months", "2 years", "1 day"].map(written),
            ["P24M", "P2Y", "P1D"].map(|it| Some(it.to_owned()))
        );
        assert_eq!(["24", "0 days", "-1 days", "2 weeks", "1.5 years", "9999 years"].map(written), [const { None }; 6]);
    }
}
