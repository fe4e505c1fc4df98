//! The details of one event, read from its lines.

use comrak::nodes::Node;
use jiff::ToSpan;
use jiff::civil::{Date, DateTime};
use jiff::tz::AmbiguousOffset;

use crate::base::language::Lang;
use crate::base::message::{Message, message};
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::base::source::span::{Span, Spanned};
use crate::edition::blocks::event::errors;
use crate::edition::blocks::event::event_reader::EventReader;
use crate::edition::blocks::event::lines::{self, EventField, EventLine, EventLines};
use crate::edition::blocks::event::value::{self, ValuePiece};
use crate::issue::manuscript::content_blocks;
use crate::issue::manuscript::placeholders::PlaceholderText;
use crate::issue::manuscript::tree;
use crate::issue::text_to_replace;
use crate::issue::when::error::WhenErrorKind;
use crate::issue::when::{self, EventTime, MissingYear};
use crate::people::person::fold;

const NO_TITLE: Code = Code("NL460");
const NO_TIME: Code = Code("NL461");
const PAST: Code = Code("NL467");
const TWICE: Code = Code("NL468");
const TAG: Code = Code("NL469");
const NEAR: Code = Code("NL470");
const LATE: Code = Code("NL472");
const STATUS: Code = Code("NL674");
const FAR: Code = Code("NL676");
const DEADLINE_PAST: Code = Code("NL677");

/// A day without a year that is further ahead is more likely one that has passed.
const MOST_MONTHS_AHEAD: i32 = 9;

/// Whether an event takes place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EventStatus {
    /// It does.
    Planned,
    /// It does not.
    Cancelled,
}

/// One event.
#[derive(Debug)]
pub(super) struct EventDetails {
    pub(super) title: String,
    /// What its author calls it in every issue; absent: it is known by its title and year.
    pub(super) id: Option<Spanned<String>>,
    pub(super) status: EventStatus,
    pub(super) when: EventTime,
    pub(super) deadline: Option<SignUpDeadline>,
    pub(super) place: Option<Vec<ValuePiece>>,
    pub(super) online: Option<Vec<ValuePiece>>,
    pub(super) price: Option<Vec<ValuePiece>>,
    pub(super) organiser: Option<Vec<ValuePiece>>,
    pub(super) sign_up: Option<Vec<ValuePiece>>,
}

impl EventDetails {
    /// The title without the words with which its author says that the event does not take place: `Aflyst: `.
    pub(super) fn plain_title(&self) -> &str {
        let prefixes = Lang::ALL.into_iter().filter_map(|lang| {
            lang.language().event.cancelled_title.split_once("{title}").map(|(before, _)| before.trim_end())
        });
        let mut titles = prefixes.filter_map(|prefix| {
            let (before, after) = self.title.split_at_checked(prefix.len())?;
            (!prefix.is_empty() && fold(before) == fold(prefix)).then_some(after.trim_start())
        });
        titles.find(|title| !title.is_empty()).unwrap_or(&self.title)
    }
}

/// When sign-up closes.
#[derive(Debug)]
pub(super) enum SignUpDeadline {
    /// A day or a time.
    At(EventTime),
    /// Words instead of a time: `efter først til mølle`.
    Words(Vec<ValuePiece>),
}

/// Reads an event and removes its lines from the block. `None` if something is missing, which is reported.
#[expect(clippy::too_many_lines, reason = "each message has a text in two languages")]
pub(super) fn read(block: Node<'_>, reader: EventReader<'_>, diagnostics: &mut Diagnostics) -> Option<EventDetails> {
    let masked = reader.masked;
    let opening = block.data().sourcepos.start.line;
    let title = title(block, reader, diagnostics);
    let EventLines { mut known, near } = lines::take(block, masked);
    for line in near {
        diagnostics.push(
            Diagnostic::warning(NEAR, message!("`{}:` is read as text", "`{}:` læses som tekst", line.key))
                .at(line.place)
                .hint(message!(
                    "did you mean `{}:`? If it is text, put a blank line above it",
                    "mente du `{}:`? Hvis det er tekst, så skriv en tom linje over",
                    line.meant
                )),
        );
    }
    let tagged = known.iter().filter(|line| !reader.placeholders.tags_in(&line.value).is_empty());
    let tagged: Vec<Span> = tagged.map(|line| line.whole(masked)).collect();
    let is_tagged = !tagged.is_empty();
    for place in tagged {
        diagnostics.push(no_tags(&message!("a line of an event", "en linje i et arrangement")).at(place));
    }
    check_duplicates(&known, masked, diagnostics);
    if is_tagged || remove_text_to_replace(&mut known, masked, diagnostics).is_none() {
        return None;
    }
    let first = |field: EventField| known.iter().find(|line| line.field == field && !line.value.is_empty());
    let times: Vec<&EventLine> =
        [EventField::Day, EventField::Hours, EventField::Clock].into_iter().filter_map(first).collect();
    if times.is_empty() {
        diagnostics.push(
            Diagnostic::error(
                NO_TIME,
                message!("this event does not say when it is", "arrangementet siger ikke, hvornår det er"),
            )
            .at(masked.line(opening))
            .hint(message!(
                "write below this line: `tid: 21. januar 2027 kl. 9.30-15.30`",
                "skriv under denne linje: `tid: 21. januar 2027 kl. 9.30-15.30`"
            )),
        );
        return None;
    }
    let when = when(&times, reader, diagnostics)?;
    let status = first(EventField::Status).map_or(Some(EventStatus::Planned), |line| status(line, masked, diagnostics));
    let deadline = first(EventField::Deadline).and_then(|line| deadline(line, when, reader, diagnostics));
    if status != Some(EventStatus::Cancelled)
        && let Some(SignUpDeadline::At(at)) = &deadline
        && let Some(line) = first(EventField::Deadline)
    {
        check_deadline(line, *at, reader, when, diagnostics);
    }
    let pieces = |field: EventField| first(field).map(|line| value::pieces(&line.value));
    Some(EventDetails {
        title: title?,
        id: first(EventField::Id).map(|line| Spanned { value: line.value.clone(), place: line.whole(masked) }),
        status: status?,
        when,
        deadline,
        place: pieces(EventField::Place),
        online: pieces(EventField::Online),
        price: pieces(EventField::Price),
        organiser: pieces(EventField::Organiser),
        sign_up: pieces(EventField::SignUp),
    })
}

/// Reports placeholders in the times of an event, and removes them: `21. januar 2027 [tjek dagen]` is a day. `None` if
/// no time is left.
fn remove_text_to_replace(
    lines: &mut [EventLine],
    masked: &PlaceholderText,
    diagnostics: &mut Diagnostics,
) -> Option<()> {
    let mut is_readable = Some(());
    for line in lines.iter_mut().filter(|line| line.is_time()) {
        let (mut rest, mut found) = (line.value.clone(), Vec::new());
        for range in text_to_replace::brackets(&line.value) {
            let diagnostic = text_to_replace::diagnostic(&line.value[range.clone()]);
            found.push(diagnostic.at(line.place(masked, range.clone())));
            // As many spaces, so that problems in the rest have the right column.
            rest.replace_range(range.clone(), &" ".repeat(range.len()));
        }
        // A deadline may be words that readers see, which the last check reports.
        let is_empty = rest.trim().is_empty() && !found.is_empty();
        match line.field {
            EventField::Deadline if is_empty => continue,
            _ if is_empty => {
                for diagnostic in &mut found {
                    diagnostic.severity = Severity::Error;
                }
                is_readable = None;
            }
            _ => {
                rest.truncate(rest.trim_end().len());
                line.value = rest;
            }
        }
        diagnostics.extend(found.into_iter().collect());
    }
    is_readable
}

fn title(block: Node<'_>, reader: EventReader<'_>, diagnostics: &mut Diagnostics) -> Option<String> {
    let place = || reader.masked.line(block.data().sourcepos.start.line);
    let label = content_blocks::label_of(block);
    if label.is_some_and(|label| label.descendants().any(|node| tree::placeholder(node).is_some())) {
        diagnostics.push(no_tags(&message!("the title of an event", "titlen på et arrangement")).at(place()));
        return None;
    }
    let title = label.map(tree::plain).filter(|title| !title.trim().is_empty());
    if title.is_none() {
        diagnostics.push(
            Diagnostic::error(NO_TITLE, message!("this event has no title", "arrangementet har ingen titel"))
                .at(place())
                .hint(message!(
                    "write its title after the kind: `::: event Årsmøde`",
                    "skriv titlen efter ordet: `::: event Årsmøde`"
                )),
        );
    }
    title.map(|title| title.trim().to_owned())
}

fn status(line: &EventLine, masked: &PlaceholderText, diagnostics: &mut Diagnostics) -> Option<EventStatus> {
    let word = fold(&line.value);
    let words = || Lang::ALL.into_iter().flat_map(|lang| lang.language().event.cancelled);
    if words().any(|known| *known == word) {
        return Some(EventStatus::Cancelled);
    }
    diagnostics.push(
        Diagnostic::unknown(
            STATUS,
            message!("status of an event", "status for et arrangement"),
            &line.value,
            words().copied(),
        )
        .at(line.place(masked, 0..line.value.len())),
    );
    None
}

fn no_tags(what: &Message) -> Diagnostic {
    Diagnostic::error(
        TAG,
        message!("{what} cannot contain a template tag", "{what} kan ikke indeholde et skabelonfelt"),
    )
    .hint(message!(
        "the calendar file of an event is the same for all readers; tags work in the text below the lines",
        "arrangementets kalenderfil er den samme for alle læsere; felter virker i teksten under linjerne"
    ))
}

fn check_duplicates(lines: &[EventLine], masked: &PlaceholderText, diagnostics: &mut Diagnostics) {
    for (at, line) in lines.iter().enumerate() {
        if line.value.is_empty() {
            diagnostics.push(
                Diagnostic::warning(TWICE, message!("`{}:` has no value", "`{}:` har ingen værdi", line.key))
                    .at(line.whole(masked))
                    .hint(message!(
                        "write it on the same line, or delete the line",
                        "skriv den på samme linje, eller slet linjen"
                    )),
            );
        } else if let Some(first) = lines[..at].iter().find(|earlier| earlier.field == line.field) {
            diagnostics.push(
                Diagnostic::error(
                    TWICE,
                    message!(
                        "`{}:` says the same as `{}:` above it",
                        "`{}:` siger det samme som `{}:` ovenover",
                        line.key,
                        first.key
                    ),
                )
                .at(line.whole(masked))
                .hint(message!(
                    "delete one of the two; if one is text, put a blank line above it",
                    "slet den ene; hvis den ene er tekst, så skriv en tom linje over"
                )),
            );
        }
    }
}

fn when(times: &[&EventLine], reader: EventReader<'_>, diagnostics: &mut Diagnostics) -> Option<EventTime> {
    let texts: Vec<&str> = times.iter().map(|line| line.value.as_str()).collect();
    let alone = reader.today.map_or(MissingYear::Unknown, MissingYear::From);
    let when = match when::parse(&texts, alone) {
        Ok(when) => when,
        Err((number, fault)) => {
            let line = times.get(number).or(times.first())?;
            diagnostics.push(errors::time(line, &fault, reader));
            return None;
        }
    };
    if let Some(line) = times.last() {
        check_clock(line, when, reader, diagnostics)?;
    }
    let (Some(line), Some(today)) = (times.first(), reader.today) else { return Some(when) };
    if end_day(when) < today {
        diagnostics.push(
            Diagnostic::warning(
                PAST,
                message!(
                    "this event is over on {today}, the day of the issue",
                    "arrangementet er ovre den {today}, nyhedsbrevets dag"
                ),
            )
            .at(line.place(reader.masked, 0..line.value.len()))
            .hint(message!(
                "check the year, and `date` or `send_at` in the front matter",
                "se efter årstallet og `date` eller `send_at` i front matter"
            )),
        );
    }
    let first = when.first_day();
    let has_no_year = || matches!(when::parse(&texts, MissingYear::Unknown), Err((_, error)) if error.mistake == WhenErrorKind::NoYear);
    if today.checked_add(MOST_MONTHS_AHEAD.months()).is_ok_and(|far| first > far) && has_no_year() {
        diagnostics.push(
            Diagnostic::warning(
                FAR,
                message!(
                    "this event has no year and would be on {first}, long after the issue ({today})",
                    "arrangementet har intet årstal og ville være den {first}, længe efter nyhedsbrevet ({today})"
                ),
            )
            .at(line.place(reader.masked, 0..line.value.len()))
            .hint(message!("write the day with its year", "skriv dagen med årstal")),
        );
    }
    Some(when)
}

/// The day on which an event is over.
fn end_day(when: EventTime) -> Date {
    match when {
        EventTime::Days { last, .. } => last,
        EventTime::Hours { begins, ends } => ends.unwrap_or(begins).date(),
    }
}

/// Reports a time that the clocks skip or show twice; `None` if it is skipped.
fn check_clock(
    line: &EventLine,
    when: EventTime,
    reader: EventReader<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<()> {
    let EventTime::Hours { begins, ends } = when else { return Some(()) };
    let offset = |time: DateTime| reader.zone.to_ambiguous_zoned_datetime(time).offset();
    for time in std::iter::once(begins).chain(ends) {
        match offset(time) {
            AmbiguousOffset::Unambiguous { .. } => {}
            AmbiguousOffset::Gap { .. } => {
                diagnostics.push(errors::skipped(line, time, reader.masked));
                return None;
            }
            AmbiguousOffset::Fold { .. } => diagnostics.push(errors::repeated(line, time, reader.masked)),
        }
    }
    Some(())
}

fn deadline(
    line: &EventLine,
    event: EventTime,
    reader: EventReader<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<SignUpDeadline> {
    let masked = reader.masked;
    match when::parse(&[&line.value], MissingYear::UpTo(event.first_day())) {
        Ok(when) if when.first_day() > event.last_day() => {
            diagnostics.push(
                Diagnostic::error(LATE, message!("this deadline is after the event", "fristen er efter arrangementet"))
                    .at(line.place(masked, 0..line.value.len()))
                    .hint(message!("fix the day or the year", "ret dagen eller årstallet")),
            );
            None
        }
        Ok(when) => Some(SignUpDeadline::At(when)),
        Err((_, fault)) => {
            // Words such as `når der er fuldt` are a valid deadline; a day that does not exist is not.
            if matches!(fault.mistake, WhenErrorKind::NotUnderstood | WhenErrorKind::NoDay) {
                return Some(SignUpDeadline::Words(value::pieces(&line.value)));
            }
            diagnostics.push(errors::time(line, &fault, reader));
            None
        }
    }
}

/// Warns of a deadline that has passed before readers see it. For an event that is over, only that is reported.
fn check_deadline(
    line: &EventLine,
    deadline: EventTime,
    reader: EventReader<'_>,
    event: EventTime,
    diagnostics: &mut Diagnostics,
) {
    let Some(today) = reader.today.filter(|today| end_day(deadline) < *today && end_day(event) >= *today) else {
        return;
    };
    let day = end_day(deadline);
    diagnostics.push(
        Diagnostic::warning(
            DEADLINE_PAST,
            message!(
                "this deadline, {day}, has passed on {today}, the day of the issue",
                "fristen den {day} er overskredet den {today}, nyhedsbrevets dag"
            ),
        )
        .at(line.place(reader.masked, 0..line.value.len()))
        .hint(message!(
            "check the day and the year, or delete the line",
            "se efter dagen og årstallet, eller slet linjen"
        )),
    );
}
