//! `::: event Årsmøde`: its lines become what readers see, in their language, and a file for their calendar.

mod details;
mod errors;
mod ics;
mod lines;
mod nodes;
mod value;

use std::collections::{BTreeMap, BTreeSet};

use comrak::Arena;
use comrak::nodes::Node;

use crate::base::digest::Digest;
use crate::base::language::Lang;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::edition::blocks::event::details::{EventDetails, EventReader};
use crate::edition::blocks::event::ics::CalendarEntry;
use crate::edition::blocks::event::value::ValuePiece;
use crate::edition::compile_context::CompileContext;
use crate::edition::generated_file::UndatedFile;
use crate::issue::Issue;
use crate::issue::manuscript::content_blocks::{ContentBlock, ContentKind};
use crate::issue::manuscript::placeholders::tag::{Tag, TagKind};
use crate::issue::manuscript::tree;
use crate::issue::slug::slug;

const CONDITIONAL: Code = Code("NL471");
const TOO_MANY: Code = Code("NL473");

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
            Diagnostic::error(TOO_MANY, format!("this letter has {} events", blocks.len()))
                .at(context.masked.line(block.data().sourcepos.start.line))
                .hint(format!("use at most {MOST}, since each is a file in the letter; list the rest in a table")),
        );
        return Vec::new();
    }
    let front = &context.issue.front;
    let moment = front.date.or(front.send_at);
    let today = moment.map(|moment| moment.to_zoned_datetime(context.edition_context.timezone.clone()).date());
    let reader = EventReader { masked: context.masked, placeholders: context.placeholders, today };
    let mut names = CalendarFileNames::new(context.issue);
    let mut enclosures = Vec::new();
    for (block, scope) in blocks {
        if let EventScope::Condition = scope {
            diagnostics.push(
                Diagnostic::error(CONDITIONAL, "an event cannot be inside `{% if %}` or `{% for %}`")
                    .at(context.masked.line(block.data().sourcepos.start.line))
                    .hint("its calendar file would go to all readers: use `::: only …` to choose who reads it"),
            );
        }
        let Some(event) = details::read(block, reader, diagnostics) else { continue };
        let file = names.next(&event.title);
        enclosures.push(ics::write(&entry(&event, block, context, file.number), file.name));
        nodes::write(arena, block, &event, context.lang);
    }
    enclosures
}

/// Puts a link to its calendar file below each event, for the web, where nothing is attached.
pub(crate) fn add_calendar_links<'a>(arena: &'a Arena<'a>, root: Node<'a>, enclosures: &[UndatedFile], lang: Lang) {
    let events = root
        .descendants()
        .filter(|node| ContentBlock::of(node).is_some_and(|content| content.kind == ContentKind::Event));
    let events: Vec<Node<'a>> = events.collect();
    for (block, enclosure) in events.into_iter().zip(enclosures) {
        nodes::add_calendar_link(arena, block, enclosure.name(), lang);
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
        if ContentBlock::of(node).is_some_and(|content| content.kind == ContentKind::Event) {
            found.push((node, if open > 0 { EventScope::Condition } else { EventScope::Text }));
        }
    }
    found
}

/// The names of calendar files: each occurs once in a letter, attachments included.
struct CalendarFileNames {
    taken: BTreeSet<String>,
    titles: BTreeMap<String, usize>,
}

/// The name of a calendar file, and how many events of the same title came before it.
struct CalendarFile {
    name: String,
    number: usize,
}

impl CalendarFileNames {
    fn new(issue: &Issue) -> Self {
        // Names that differ only in case are one file on Windows and macOS.
        let attached = issue
            .front
            .attachments
            .iter()
            .map(|attachment| attachment.value.rsplit('/').next().unwrap_or("").to_lowercase());
        Self { taken: attached.collect(), titles: BTreeMap::new() }
    }

    fn next(&mut self, title: &str) -> CalendarFile {
        let stem = Some(slug(title)).filter(|stem| !stem.is_empty()).unwrap_or_else(|| "event".to_owned());
        let names = std::iter::once(format!("{stem}.ics")).chain((2..).map(|number| format!("{stem}-{number}.ics")));
        let name = names.into_iter().find(|name| !self.taken.contains(name)).unwrap_or_default();
        self.taken.insert(name.clone());
        let count = self.titles.entry(title.to_owned()).or_default();
        *count += 1;
        CalendarFile { name, number: *count - 1 }
    }
}

fn entry<'e>(
    event: &'e EventDetails,
    block: Node<'_>,
    context: CompileContext<'e>,
    number: usize,
) -> CalendarEntry<'e> {
    let zone = &context.edition_context.timezone;
    let from = context.issue.front.from.as_ref().map(|sender| sender.address.domain());
    let domain = from.unwrap_or(&context.edition_context.domain);
    let count = number.to_string();
    // The day is not part of it: an event that is moved stays the same event in the calendars of its readers.
    let digest = Digest::of([context.issue.id.as_str(), &event.title, &count].map(str::as_bytes));
    let urls = [&event.sign_up, &event.online].into_iter().flatten().flatten();
    let url = urls.into_iter().find_map(|piece| match piece {
        ValuePiece::Link { url, .. } if url.starts_with("http") && value::is_allowed_in_calendar(url) => {
            Some(url.as_str())
        }
        ValuePiece::Link { .. } | ValuePiece::Words(_) => None,
    });
    CalendarEntry {
        uid: format!("{}@{domain}", &digest.as_str()[..32]),
        when: event.when,
        zone,
        title: &event.title,
        place: event.place.as_ref().or(event.online.as_ref()).map(|pieces| value::words(pieces)),
        description: nodes::description(block, event, context.lang),
        url,
    }
}
