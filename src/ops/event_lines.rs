//! Changes to the lines of events in a text that is copied.

use crate::base::language::Lang;
use crate::issue::when::{self, MissingYear};

/// A text without the `id:` of its events: with the ids of the issue, calendars would treat them as the same events.
pub(crate) fn without_ids(body: &str) -> String {
    changed(body, |key, _| if key == "id" { EventLineChange::Delete } else { EventLineChange::Keep })
}

/// A text whose events have the year in each line that says when they are.
pub(crate) fn with_years(body: &str, alone: MissingYear) -> String {
    let is_time = |key: &str| {
        Lang::ALL.into_iter().map(|lang| &lang.language().event).any(|words| {
            words.day_keys.contains(&key) || words.when.keys.contains(&key) || words.deadline.keys.contains(&key)
        })
    };
    changed(body, |key, value| {
        let written = is_time(key).then(|| when::with_year(value, alone)).flatten();
        written.map_or(EventLineChange::Keep, EventLineChange::Value)
    })
}

/// The change of a line of an event.
enum EventLineChange {
    Keep,
    Delete,
    Value(String),
}

/// A text with its events' lines changed, by their key in small letters and their value.
fn changed(body: &str, change: impl Fn(&str, &str) -> EventLineChange) -> String {
    let mut out = String::with_capacity(body.len());
    let mut is_event = false;
    for line in body.split_inclusive('\n') {
        if let Some(fence) = line.trim().strip_prefix(":::") {
            is_event = fence.trim_start_matches(':').trim_start().starts_with("event");
        }
        let Some((key, value)) = line.split_once(':').filter(|_| is_event) else {
            out.push_str(line);
            continue;
        };
        match change(&key.trim().to_lowercase(), value.trim()) {
            EventLineChange::Keep => out.push_str(line),
            EventLineChange::Delete => {}
            EventLineChange::Value(new) => out.push_str(&line.replacen(value.trim(), &new, 1)),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_lines_of_events_get_the_year_that_follows_from_the_issue() {
        let body = "tid: 8/12\n\n::: event A\ndato: 8/12\ntid: kl. 9-10\nsted: Rum 3/4\nfrist: 1. december\n:::\n\n\
                    ::: event B\nTid: 30.-31. januar kl. 9-10\n:::\n\n::: event C\ntid: 8/12 2030\n:::\ndato: 8/12\n";
        let expected = "tid: 8/12\n\n::: event A\ndato: 8/12 2026\ntid: kl. 9-10\nsted: Rum 3/4\nfrist: 1. december 2026\n:::\n\n\
                        ::: event B\nTid: 30.-31. januar 2027 kl. 9-10\n:::\n\n::: event C\ntid: 8/12 2030\n:::\ndato: 8/12\n";
        assert_eq!(with_years(body, MissingYear::From(date(2026, 11, 1))), expected);
    }
}
