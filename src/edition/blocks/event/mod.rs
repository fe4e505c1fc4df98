//! `::: event Årsmøde`: its lines become what readers see, in their language, and a file for their calendar.

pub(crate) mod calendar_files;
mod details;
mod errors;
mod event_reader;
pub(crate) mod ics;
mod lines;
mod nodes;
mod time_zone;
mod uid;
mod value;

use comrak::Arena;
use comrak::nodes::Node;

use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::span::Span;
use crate::edition::blocks::event::calendar_files::{CalendarFileNames, WebCalendarFiles, is_event};
use crate::edition::blocks::event::details::EventDetails;
use crate::edition::blocks::event::event_reader::EventReader;
use crate::edition::blocks::event::ics::CalendarEntry;
use crate::edition::blocks::event::nodes::CalendarLine;
use crate::edition::blocks::event::uid::EventIdentities;
use crate::edition::blocks::event::value::ValuePiece;
use crate::edition::compile_context::CompileContext;
use crate::edition::generated_file::UndatedFile;
use crate::issue::manuscript::placeholders::tag::{Tag, TagKind};
use crate::issue::manuscript::tree;

const CONDITIONAL: Code = Code("NL471");
const TOO_MANY: Code = Code("NL473");
const SAME_ID: Code = Code("NL672");
const SAME_TITLE: Code = Code("NL673");

/// The most events of a letter: each is a file in it.
const MOST: usize = 20;

/// Replaces the lines of every event of an edition by what is shown, and returns the calendar files.
pub(crate) fn expand<'a>(
    arena: &'a Arena<'a>,
    root: Node<'a>,
    context: CompileContext<'_>,
    diagnostics: &mut Diagnostics,
) -> Vec<UndatedFile> {
    let blocks = blocks(root, &context.masked.tags);
    if let Some((block, _)) = blocks.get(MOST) {
        diagnostics.push(
            Diagnostic::error(
                TOO_MANY,
                message!("this letter has {} events", "mailen har {} arrangementer", blocks.len()),
            )
            .at(context.masked.line(block.data().sourcepos.start.line))
            .hint(message!(
                "use at most {MOST}, since each is a file in the letter; list the rest in a table",
                "brug højst {MOST}, da hvert er en fil i mailen; skriv resten i en tabel"
            )),
        );
        return Vec::new();
    }
    let front = &context.issue.front;
    let moment = front.date.or(front.send_at);
    let today = moment.map(|moment| moment.to_zoned_datetime(context.edition_context.timezone.clone()).date());
    let zone = &context.edition_context.timezone;
    let reader = EventReader { masked: context.masked, placeholders: context.placeholders, today, zone };
    let from = front.from.as_ref().map(|sender| sender.address.domain());
    let mut identities = EventIdentities::new(from.unwrap_or(&context.edition_context.domain));
    let mut names = CalendarFileNames::new(context.issue);
    let mut enclosures = Vec::new();
    for (block, scope) in blocks {
        if let EventScope::Condition = scope {
            diagnostics.push(
                Diagnostic::error(
                    CONDITIONAL,
                    message!(
                        "an event cannot be inside `{{% if %}}` or `{{% for %}}`",
                        "et arrangement kan ikke stå inde i `{{% if %}}` eller `{{% for %}}`"
                    ),
                )
                .at(context.masked.line(block.data().sourcepos.start.line))
                .hint(message!(
                    "its calendar file would go to all readers: use `::: only …` to choose who reads it",
                    "kalenderfilen ville gå til alle læsere: brug `::: only …` til at vælge, hvem der læser det"
                )),
            );
        }
        let Some(event) = details::read(block, reader, diagnostics) else { continue };
        let identity = identities.next(&event);
        if identity.earlier > 0 {
            diagnostics.push(same_identity(&event, context.place(block)));
        }
        enclosures.push(ics::write(&entry(&event, block, context, identity.uid), names.next(&event.title)));
        nodes::write(arena, block, &event, context.lang);
    }
    enclosures
}

/// Adds below each event how to get it into a calendar: on the web by a link to its file, and in a letter, to which the
/// file is attached, in words. After the links of the text are collected, since the page may not be on the web yet.
pub(crate) fn add_calendar_lines<'a>(
    arena: &'a Arena<'a>,
    root: Node<'a>,
    enclosures: &[UndatedFile],
    web: &WebCalendarFiles<'a>,
    context: CompileContext<'_>,
) {
    let events: Vec<Node<'a>> = root.descendants().filter(|node| is_event(node)).collect();
    for (block, enclosure) in events.into_iter().zip(enclosures) {
        let (file, purpose) = (enclosure.name(), enclosure.purpose());
        if context.edition_context.is_web() {
            let line = CalendarLine { link: Some(file), attached: None, purpose };
            nodes::add_calendar_line(arena, block, line, context.lang);
        } else {
            let url = web.url(block, context);
            let line = CalendarLine { link: url.as_deref(), attached: Some(file), purpose };
            nodes::add_calendar_line(arena, block, line, context.lang);
        }
    }
}

/// Whether all readers of an edition read a block.
#[derive(Clone, Copy, PartialEq, Eq)]
enum EventScope {
    Text,
    Condition,
}

fn blocks<'a>(root: Node<'a>, tags: &[Tag]) -> Vec<(Node<'a>, EventScope)> {
    let mut open = 0_usize;
    let mut found = Vec::new();
    for node in root.descendants() {
        match tree::placeholder(node).and_then(|number| tags.get(number)).map(|tag| &tag.kind) {
            Some(TagKind::If(_) | TagKind::For(_)) => open += 1,
            Some(TagKind::EndIf | TagKind::EndFor) => open = open.saturating_sub(1),
            Some(TagKind::Print(_) | TagKind::Elif(_) | TagKind::Else | TagKind::Set(_)) | None => {}
        }
        if is_event(node) {
            found.push((node, if open > 0 { EventScope::Condition } else { EventScope::Text }));
        }
    }
    found
}

/// The diagnostic for an event with the identity of one above it.
fn same_identity(event: &EventDetails, place: Span) -> Diagnostic {
    match &event.id {
        Some(id) => Diagnostic::error(SAME_ID, message!("two events have the id `{}`", "to arrangementer har id'et `{}`", id.value))
            .at(id.place.clone())
            .hint(message!("calendars would keep only one of them: give each event its own `id:`", "kalendere ville kun beholde det ene: giv hvert arrangement sit eget `id:`")),
        None => Diagnostic::warning(SAME_TITLE, message!("two events are called `{}` in one year", "to arrangementer hedder `{}` i samme år", event.title))
            .at(place)
            .hint(
                message!("calendars know an event by its title and year, and a later letter could replace the wrong one: give each an `id:`, such as `id: workshop-maj`", "kalendere kender et arrangement på titel og år, og en senere mail kunne erstatte det forkerte: giv hvert et `id:`, f.eks. `id: workshop-maj`"),
            ),
    }
}

fn entry<'e>(event: &'e EventDetails, block: Node<'_>, context: CompileContext<'e>, uid: String) -> CalendarEntry<'e> {
    let urls = [&event.sign_up, &event.online].into_iter().flatten().flatten();
    let url = urls.into_iter().find_map(|piece| match piece {
        ValuePiece::Link { url, .. } if url.starts_with("http") && value::is_allowed_in_calendar(url) => {
            Some(url.as_str())
        }
        ValuePiece::Link { .. } | ValuePiece::Words(_) => None,
    });
    CalendarEntry {
        uid,
        when: event.when,
        zone: &context.edition_context.timezone,
        title: nodes::title(event, context.lang),
        status: event.status,
        place: event.place.as_ref().or(event.online.as_ref()).map(|pieces| value::words(pieces)),
        description: nodes::description(block, event, context.lang),
        url,
    }
}
