//! Text for people: errors with their causes, visible control characters, times.

use std::error::Error as StdError;
use std::io;
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::base::io_reason::io_reason;
use crate::base::language::Lang;
use crate::base::message::{Message, UserLanguage, message};
use crate::base::noun;
use crate::base::source::diagnostic::{Diagnostic, Diagnostics};
use crate::project::SETTINGS_FILE;

/// An error and its causes on one line; a cause that the line already ends with is left out.
pub fn with_causes(error: &dyn StdError) -> Message {
    Message::written(&|| causes_line(error))
}

/// The same in the language that a message is being written in.
fn causes_line(error: &dyn StdError) -> String {
    let mut last = error.to_string();
    let mut line = last.clone();
    let mut cause = error.source();
    while let Some(next) = cause {
        let text =
            next.downcast_ref::<io::Error>().map_or_else(|| next.to_string(), |error| io_reason(error).to_string());
        if !text.ends_with(&last) {
            line = format!("{line}: {text}");
        }
        last = text;
        cause = next.source();
    }
    line
}

/// A path below the current folder, without the `./` in front of it.
pub fn without_dot(path: &Path) -> &Path {
    path.strip_prefix(".").unwrap_or(path)
}

/// The text with each control character replaced by a visible one, so that no terminal executes it and columns stay.
pub fn visible(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            '\n' | '\t' => character,
            // Control Pictures have the order of the C0 controls.
            '\u{0}'..='\u{1f}' => char::from_u32(0x2400 + character as u32).unwrap_or('\u{fffd}'),
            '\u{7f}' => '\u{2421}',
            // C1 controls, and the bidirectional controls, which reorder what is shown (UAX #9 §2).
            '\u{80}'..='\u{9f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
            other => other,
        })
        .collect()
}

/// The text with `…` for each word with an `@`: stored or logged text must not contain addresses.
pub fn without_addresses(text: &str) -> String {
    let hidden = |word: &str| if word.contains('@') { "…".to_owned() } else { word.to_owned() };
    text.split(' ').map(hidden).collect::<Vec<_>>().join(" ")
}

/// The problems with `…` for each address, for those who look at a change on a host of repositories. Hints about files
/// with people are left out: they quote lines, which may contain anything.
pub fn problems_without_addresses(problems: &Diagnostics) -> Diagnostics {
    let hidden = |text: &Message| text.map(without_addresses);
    let shown = |problem: &Diagnostic| {
        let problem = problem.clone();
        if is_about_people(&problem) {
            let message = problem.message.map(|text| without_long_numbers(&without_addresses(text)));
            return Diagnostic { message, hint: problem.hint.map(|_| left_out()), ..problem };
        }
        Diagnostic { message: hidden(&problem.message), hint: problem.hint.as_ref().map(hidden), ..problem }
    };
    problems.iter().map(shown).collect()
}

fn left_out() -> Message {
    message!(
        "run `newsletter check` in your own copy, which says what to write",
        "kør `newsletter check` i din egen kopi, som siger, hvad du skal skrive"
    )
}

/// Whether a problem is in a file that may hold people: neither an issue nor the settings.
fn is_about_people(problem: &Diagnostic) -> bool {
    problem.place.as_ref().is_some_and(|place| {
        let path = place.path();
        Path::new(path).extension().is_none_or(|ending| ending != "md")
            && !matches!(path, SETTINGS_FILE | "calendar.yaml")
    })
}

/// The text with `…` for each word with six digits or more, such as the number of a person or a telephone.
fn without_long_numbers(text: &str) -> String {
    let is_long = |word: &str| word.chars().filter(char::is_ascii_digit).count() >= 6;
    text.split(' ').map(|word| if is_long(word) { "…" } else { word }).collect::<Vec<_>>().join(" ")
}

/// A text as one word of a command in a shell (POSIX, "Shell Command Language").
pub fn shell_word(text: &str) -> String {
    let is_plain = |sign: char| sign.is_ascii_alphanumeric() || "/._-@".contains(sign);
    if !text.is_empty() && text.chars().all(is_plain) && !text.starts_with('-') {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A moment for people, in a time zone: `2026-12-01 09:00`.
pub fn local_time(moment: Timestamp, zone: &TimeZone) -> String {
    moment.to_zoned_datetime(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
}

/// A moment within a sentence, in a time zone: `2026-12-01 09:00`, in Danish `den 1. december 2026 kl. 9.00`.
pub(crate) fn said_time(moment: Timestamp, zone: &TimeZone) -> Message {
    let lang = Lang::of_user(UserLanguage::Danish);
    Message::translated(local_time(moment, zone), lang.date_time(moment.to_zoned_datetime(zone.clone()).datetime()))
}

/// A day within a sentence: `2026-12-01`, in Danish `den 1. december 2026`.
pub(crate) fn said_date(date: Date) -> Message {
    Message::translated(date.to_string(), Lang::of_user(UserLanguage::Danish).date(date))
}

/// A duration in its largest unit that is whole: `6 h`, `90 min`, `2 days`.
pub fn duration(time: Duration) -> Message {
    let seconds = time.as_secs();
    match seconds {
        _ if seconds > 0 && seconds.is_multiple_of(86_400) => noun::DAY.count(seconds / 86_400),
        _ if seconds > 0 && seconds.is_multiple_of(3600) => {
            let hours = seconds / 3600;
            message!("{hours} h", "{hours} t.")
        }
        _ if seconds > 0 && seconds.is_multiple_of(60) => {
            let minutes = seconds / 60;
            message!("{minutes} min", "{minutes} min.")
        }
        _ => message!("{seconds} s", "{seconds} sek."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::source::diagnostic::Code;
    use crate::base::source::text::Source;

    #[test]
    fn words_with_an_address_are_hidden() {
        assert_eq!(without_addresses("550 <anna@a.example>: no bo@b.example here"), "550 … no … here");
    }

    #[test]
    fn problems_about_people_are_reported_without_their_data() {
        let problem = |path: &str| {
            let text = Message::verbatim("`010190-1234` of anna@a.example in line 12");
            let hint = Message::verbatim("write this instead: - {cpr: 010190-1234}");
            Diagnostic::error(Code("NL008"), text).at(Source::new(path, "x: y").line(1)).hint(hint)
        };
        let all: Diagnostics = ["audiences/a.yaml", "people/a.csv", "issues/a.md"].map(problem).into_iter().collect();
        let shown: Vec<String> = problems_without_addresses(&all)
            .iter()
            .map(|one| format!("{} | {}", one.message, one.hint.clone().unwrap_or_default()))
            .collect();
        let hidden = "… of … in line 12 | run `newsletter check` in your own copy, which says what to write";
        let kept = "`010190-1234` of … in line 12 | write this instead: - {cpr: 010190-1234}";
        assert_eq!(shown, [hidden, hidden, kept]);
    }

    #[test]
    fn control_characters_are_shown_and_not_executed() {
        assert_eq!(visible("a\u{1b}[2Jb\u{9b}c\u{202e}d"), "a␛[2Jb\u{fffd}c\u{fffd}d");
    }
}
