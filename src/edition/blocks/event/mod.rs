//! `::: event Årsmøde`: its lines become what readers see in their language, and a file for their calendar.

mod details;
mod errors;
mod ics;
mod lines;
mod nodes;
mod value;

use std::collections::{BTreeMap, BTreeSet};

use comrak::Arena;
use comrak::nodes::Node;
use jiff::Timestamp;

use crate::base::digest::Digest;
use crate::base::language::Lang;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::edition::blocks::event::details::{EventDetails, EventReader};
use crate::edition::blocks::event::ics::CalendarEntry;
use crate::edition::blocks::event::value::ValuePiece;
use crate::edition::compile_context::CompileContext;
use crate::edition::generated_file::GeneratedFile;
use crate::issue::Issue;
use crate::issue::manuscript::content_blocks::{ContentBlock, ContentKind};
use crate::issue::manuscript::placeholders::tag::{Tag, TagKind};
use crate::issue::manuscript::tree;
use crate::issue::slug::slug;

const CONDITIONAL: Code = Code("NL471");
const TOO_MANY: Code = Code("NL473");

/// So many events have a letter with a file for each of them.
const MOST: usize = 20;

/// Makes every event of an edition's tree into what is shown of it, and gives the files for calendars.
pub(crate) fn expand<'a>(
    arena: &'a Arena<'a>,
    root: Node<'a>,
    setting: CompileContext<'_>,
    diagnostics: &mut Diagnostics,
) -> Vec<GeneratedFile> {
    let blocks = blocks(root, &setting.lifted.tags);
    if let Some((block, _)) = blocks.get(MOST) {
        diagnostics.push(
            Diagnostic::error(TOO_MANY, format!("there are {} events", blocks.len()))
                .at(setting.lifted.line(block.data().sourcepos.start.line))
                .hint(format!("at most {MOST}: each is a file of its own in the letter; a table lists more of them")),
        );
        return Vec::new();
    }
    let front = &setting.issue.front;
    let moment = front.date.or(front.send_at);
    let today = moment.map(|it| it.to_zoned_datetime(setting.frame.timezone.clone()).date());
    let reading = EventReader { lifted: setting.lifted, marks: setting.placeholders, today };
    let mut names = CalendarFileNames::new(setting.issue);
    let mut enclosures = Vec::new();
    for (block, within) in blocks {
        if let EventScope::Condition = within {
            diagnostics.push(
                Diagnostic::error(CONDITIONAL, "an event cannot stand in `{% if %}` or `{% for %}`")
                    .at(setting.lifted.line(block.data().sourcepos.start.line))
                    .hint("its calendar file would go to everybody: say who reads it with `::: only …`"),
            );
        }
        let Some(facts) = details::read(block, reading, diagnostics) else { continue };
        let file = names.next(&facts.title);
        let content = ics::write(&entry(&facts, block, setting, (moment, file.number)));
        enclosures.push(GeneratedFile::new(file.name, "text/calendar; charset=utf-8", content));
        nodes::write(arena, block, &facts, setting.lang);
    }
    enclosures
}

/// Puts a link to its calendar file below each event: on the web nothing is attached.
pub(crate) fn add_calendar_links<'a>(arena: &'a Arena<'a>, root: Node<'a>, enclosures: &[GeneratedFile], lang: Lang) {
    let events = root.descendants().filter(|it| ContentBlock::of(it).is_some_and(|it| it.kind == ContentKind::Event));
    let events: Vec<Node<'a>> = events.collect();
    for (block, enclosure) in events.into_iter().zip(enclosures) {
        nodes::add_calendar_link(arena, block, enclosure.name(), lang);
    }
}

/// Whether everybody who reads an edition reads a block of it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum EventScope {
    Text,
    Condition,
}

fn blocks<'a>(root: Node<'a>, tags: &[Tag]) -> Vec<(Node<'a>, EventScope)> {
    let mut open = 0_usize;
    let mut found = Vec::new();
    for node in root.descendants() {
        match tree::placeholder(node).and_then(|it| tags.get(it)).map(|it| &it.kind) {
            Some(TagKind::If(_) | TagKind::For(_)) => open += 1,
            Some(TagKind::EndIf | TagKind::EndFor) => open = open.saturating_sub(1),
            Some(TagKind::Print(_) | TagKind::Elif(_) | TagKind::Else | TagKind::Set(_)) | None => {}
        }
        if ContentBlock::of(node).is_some_and(|it| it.kind == ContentKind::Event) {
            found.push((node, if open > 0 { EventScope::Condition } else { EventScope::Text }));
        }
    }
    found
}

/// The names of files in a letter: each is there once.
struct CalendarFileNames {
    taken: BTreeSet<String>,
    titles: BTreeMap<String, usize>,
}

/// The name of a file, and how many events of that title came before it.
struct CalendarFile {
    name: String,
    number: usize,
}

impl CalendarFileNames {
    fn new(issue: &Issue) -> Self {
        let attached =
            issue.front.attachments.iter().map(|it| it.value.rsplit('/').next().unwrap_or("").to_lowercase());
        Self { taken: attached.collect(), titles: BTreeMap::new() }
    }

    fn next(&mut self, title: &str) -> CalendarFile {
        let stem = Some(slug(title)).filter(|it| !it.is_empty()).unwrap_or_else(|| "event".to_owned());
        let names = std::iter::once(format!("{stem}.ics")).chain((2..).map(|it| format!("{stem}-{it}.ics")));
        let name = names.into_iter().find(|it| !self.taken.contains(it)).unwrap_or_default();
        self.taken.insert(name.clone());
        let count = self.titles.entry(title.to_owned()).or_default();
        *count += 1;
        CalendarFile { name, number: *count - 1 }
    }
}

fn entry<'e>(
    facts: &'e EventDetails,
    block: Node<'_>,
    setting: CompileContext<'e>,
    (moment, number): (Option<Timestamp>, usize),
) -> CalendarEntry<'e> {
    let zone = &setting.frame.timezone;
    let from = setting.issue.front.from.as_ref().map(|it| it.address.domain());
    let domain = from.unwrap_or(&setting.frame.domain);
    let count = number.to_string();
    // The day is no part of it: an event that is moved stays the same event.
    let digest = Digest::of([setting.issue.id.as_str(), &facts.title, &count].map(str::as_bytes));
    let urls = [&facts.sign_up, &facts.online].into_iter().flatten().flatten();
    let url = urls.into_iter().find_map(|it| match it {
        ValuePiece::Link { url, .. } if url.starts_with("http") && value::leads_somewhere(url) => Some(url.as_str()),
        ValuePiece::Link { .. } | ValuePiece::Words(_) => None,
    });
    CalendarEntry {
        uid: format!("{}@{domain}", &digest.as_str()[..32]),
        // Where nobody says when the letter is written, any moment that stays the same is right.
        stamp: moment.or_else(|| ics::begins(facts.when, zone)).unwrap_or_default(),
        when: facts.when,
        zone,
        title: &facts.title,
        place: facts.place.as_ref().or(facts.online.as_ref()).map(|it| value::words(it)),
        description: nodes::description(block, facts, setting.lang),
        url,
    }
}
