//! Durations, such as `30s`, `5m`, `1h`, `2d`, `6w`, `24 months`.
//!
//! The grammar is the "friendly" one of jiff: a number and a unit, with or without a space, and several of these after
//! each other. `m` is a minute; a month is `mo` or `month`.

use std::time::Duration;

use jiff::civil::Date;
use jiff::fmt::friendly::SpanParser;
use jiff::{Span, SpanRelativeTo, Unit};

use crate::base::message::{Message, message};
use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::base::source::yaml::from_text::FromText;

/// An invalid duration, or one that is too short.
pub(super) const INVALID_DURATION: Code = Code("NL114");
/// A longer period is a typing error; and jiff's calendar ends in the year 9999.
const LONGEST_YEARS: f64 = 100.0;
const ANY_DAY: Date = Date::constant(2000, 1, 1);

/// A length of time that does not depend on the calendar: a day has 24 hours, and months are not allowed.
impl FromText for Duration {
    fn from_text(text: &str, key: &str) -> Result<Self, Box<Diagnostic>> {
        let read = || -> Option<Self> {
            let span = SpanParser::new().parse_span(text.trim()).ok()?;
            let duration = span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?;
            Self::try_from(duration).ok()
        };
        let hint = || {
            message!(
                "write a number and s, m, h, d or w, such as {key}: 30s",
                "skriv et tal og s, m, h, d eller w (sekunder, minutter, timer, dage, uger), f.eks. {key}: 30s"
            )
        };
        read().ok_or_else(|| invalid(text, hint()))
    }
}

/// A period of the calendar, of whole days, weeks, months or years. Shorter units are refused: `24m` is meant as 24
/// months, and would be 24 minutes.
impl FromText for Span {
    fn from_text(text: &str, key: &str) -> Result<Self, Box<Diagnostic>> {
        let read = || -> Option<Self> {
            let span = SpanParser::new().parse_span(text.trim()).ok()?;
            // Months have different lengths, so that the total depends on the first day; for a limit, any day will do.
            let years = span.total((Unit::Year, ANY_DAY)).ok()?;
            let whole_days = span.get_hours() == 0
                && [span.get_minutes(), span.get_seconds(), span.get_milliseconds()] == [0; 3]
                && [span.get_microseconds(), span.get_nanoseconds()] == [0; 2];
            (whole_days && years > 0.0 && years <= LONGEST_YEARS).then_some(span)
        };
        let hint = || {
            message!(
                "write a number and days, weeks, months or years, such as {key}: 24 months",
                "skriv et tal og days, weeks, months eller years, f.eks. {key}: 24 months"
            )
        };
        read().ok_or_else(|| invalid(text, hint()))
    }
}

fn invalid(text: &str, hint: Message) -> Box<Diagnostic> {
    Box::new(
        Diagnostic::error(INVALID_DURATION, message!("invalid duration `{text}`", "ugyldig varighed `{text}`"))
            .hint(hint),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_and_its_unit() {
        let seconds = |text: &str| Duration::from_text(text, "timeout").ok().map(|duration| duration.as_secs());
        let valid = ["0s", "90s", "5m", "1h", "2d", "6w", "5 minutes", "1h 30m", "1 hour"];
        assert_eq!(valid.map(seconds), [0, 90, 300, 3600, 172_800, 3_628_800, 300, 5400, 3600].map(Some));
        let invalid = ["", "5", "m", "-5m", "5m ago", "2 months", "99999999999999999999d", "PT5M", "soon"];
        assert_eq!(invalid.map(seconds), [None; 9]);
    }

    #[test]
    fn a_period_has_whole_days() {
        let written = |text: &str| Span::from_text(text, "retention").ok().map(|span| span.to_string());
        assert_eq!(
            ["24 months", "24months", "2 years", "1 day", "6w", "2y 6mo"].map(written),
            ["P24M", "P24M", "P2Y", "P1D", "P6W", "P2Y6M"].map(|iso| Some(iso.to_owned()))
        );
        assert_eq!(["24", "0 days", "-1 days", "24m", "1.5 years", "9999 years"].map(written), [const { None }; 6]);
    }
}
