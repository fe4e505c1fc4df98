//! The names of the calendar files of a letter, and their addresses on the web.

use std::collections::BTreeSet;

use comrak::nodes::Node;

use crate::edition::compile_context::CompileContext;
use crate::issue::Issue;
use crate::issue::edition_key::EditionKey;
use crate::issue::manuscript::content_blocks::{self, ContentBlock, ContentKind};
use crate::issue::manuscript::tree;
use crate::issue::manuscript::visibility;
use crate::issue::slug::slug;

/// The names of calendar files: each occurs once in a letter, attachments included.
pub(super) struct CalendarFileNames(BTreeSet<String>);

impl CalendarFileNames {
    /// The names that the attachments of an issue take.
    pub(super) fn new(issue: &Issue) -> Self {
        // Names that differ only in case are one file on Windows and macOS.
        let attached = issue
            .front
            .attachments
            .iter()
            .map(|attachment| attachment.value.rsplit('/').next().unwrap_or("").to_lowercase());
        Self(attached.collect())
    }

    /// The name of the file of the next event.
    pub(super) fn next(&mut self, title: &str) -> String {
        let stem = Some(slug(title)).filter(|stem| !stem.is_empty()).unwrap_or_else(|| "event".to_owned());
        let names = std::iter::once(format!("{stem}.ics")).chain((2..).map(|number| format!("{stem}-{number}.ics")));
        let name = names.into_iter().find(|name| !self.0.contains(name)).unwrap_or_default();
        self.0.insert(name.clone());
        name
    }
}

/// Whether a node is an event.
pub(super) fn is_event(node: Node<'_>) -> bool {
    ContentBlock::of(node).is_some_and(|content| content.kind == ContentKind::Event)
}

/// The calendar files beside the web page of an issue.
pub(crate) struct WebCalendarFiles<'a>(Vec<WebCalendarFile<'a>>);

struct WebCalendarFile<'a> {
    event: Node<'a>,
    name: String,
}

impl<'a> WebCalendarFiles<'a> {
    /// The files of a text from which no block is removed yet: the page has events that a letter lacks, and vice versa.
    pub(crate) fn of(root: Node<'a>, issue: &Issue, key: &EditionKey) -> Self {
        let web = EditionKey::web(key.lang, visibility::followed_audiences(root).leaves_out);
        let is_on_page = |node: &Node<'a>| {
            node.ancestors().filter_map(visibility::readers).all(|visibility| visibility.include(&web))
        };
        let mut names = CalendarFileNames::new(issue);
        let events = root.descendants().filter(|node| is_event(node)).filter(is_on_page);
        let file = |event: Node<'a>| {
            let title = content_blocks::label_of(event).map(tree::plain).unwrap_or_default();
            WebCalendarFile { event, name: names.next(title.trim()) }
        };
        Self(events.map(file).collect())
    }

    /// The address of the file of an event; none if the issue or the event is not on the web.
    pub(super) fn url(&self, event: Node<'a>, context: CompileContext<'_>) -> Option<String> {
        let online = context.edition_context.online.as_deref()?;
        let file = self.0.iter().find(|file| file.event.same_node(event))?;
        let folder = online.rfind('/').map_or(online, |end| &online[..=end]);
        Some(format!("{folder}{}", file.name))
    }
}
