//! Warns of a day in the text with a wrong day of the week: some readers would come on the wrong day.

use jiff::civil::Date;

use crate::base::language::Lang;
use crate::base::message::{Message, UserLanguage, message};
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::span::Span;
use crate::issue::Issue;
use crate::issue::manuscript::lines;
use crate::issue::when::named_days::named_days;
use crate::people::person::Localised;

const WEEKDAY: Code = Code("NL764");

/// Reports such days in the subjects, the preheaders and the texts of an issue; `near` is the day of the issue.
pub(crate) fn check(issue: &Issue, near: Date) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    for text in std::iter::once(issue).chain(issue.translations.values()) {
        let phrases = [Some(&text.front.subject), text.front.preheader.as_ref()];
        for phrase in phrases.into_iter().flatten().flat_map(Localised::texts) {
            for day in named_days(&phrase.value) {
                let place = phrase.place.clone();
                diagnostics.extend(
                    day.other_weekday(near)
                        .map(|date| wrong(&phrase.value[day.span.clone()], date, place))
                        .into_iter()
                        .collect(),
                );
            }
        }
        check_body(text, near, &mut diagnostics);
    }
    diagnostics
}

/// What a line is in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LineContext<'t> {
    Text,
    /// Code, which is shown as it is; with the signs that end it.
    Code(&'t str),
    /// An event, whose times have a separate check (NL464).
    Event,
}

fn check_body(issue: &Issue, near: Date, diagnostics: &mut Diagnostics) {
    let (mut context, mut start) = (LineContext::Text, issue.body.start);
    for line in issue.text().split_inclusive('\n') {
        let begins = line.trim_start();
        let ends_code =
            |signs: &str| begins.starts_with(signs) && begins.trim_end().trim_start_matches(&signs[..1]).is_empty();
        context = match context {
            LineContext::Code(signs) if ends_code(signs) => LineContext::Text,
            LineContext::Event if begins.trim_end() == ":::" => LineContext::Text,
            LineContext::Text if begins.starts_with("```") => LineContext::Code("```"),
            LineContext::Text if begins.starts_with("~~~") => LineContext::Code("~~~"),
            LineContext::Text
                if begins.strip_prefix(":::").is_some_and(|rest| rest.trim_start().starts_with("event")) =>
            {
                LineContext::Event
            }
            same => same,
        };
        if context == LineContext::Text {
            for day in named_days(line).into_iter().filter(|day| !lines::is_in_code(line, day.span.start)) {
                let place = issue.source.place(start + day.span.start..start + day.span.end);
                let found = day.other_weekday(near).map(|date| wrong(&line[day.span.clone()], date, place));
                diagnostics.extend(found.into_iter().collect());
            }
        }
        start += line.len();
    }
}

fn wrong(written: &str, date: Date, place: Span) -> Diagnostic {
    let lang = Lang::of_user(UserLanguage::Danish);
    let right = Message::translated(date.strftime("%A %-d %B %Y").to_string(), lang.weekday_date(date));
    let message = message!(
        "`{written}` is not that day of the week: it is {right}",
        "ugedagen i `{written}` passer ikke: datoen er {right}"
    );
    Diagnostic::warning(WEEKDAY, message).at(place).hint(message!(
        "fix the day or its name; if another year is meant, write it",
        "ret datoen eller ugedagen; er det et andet år, så skriv årstallet"
    ))
}
