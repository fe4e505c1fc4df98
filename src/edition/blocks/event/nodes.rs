//! What readers see of an event, as nodes of the tree.

use std::borrow::Cow;

use comrak::Arena;
use comrak::nodes::{AstNode, Node, NodeHeading, NodeLink, NodeValue, Sourcepos};

use crate::base::language::Lang;
use crate::base::language::words::EventLabel;
use crate::edition::blocks::event::details::{EventDetails, SignUpDeadline};
use crate::edition::blocks::event::value::{self, ValuePiece};
use crate::issue::manuscript::content_blocks;
use crate::issue::manuscript::tree;
use crate::issue::when::EventTime;

/// The lowest level: ordering the headings puts it below the heading above.
const LEVEL: u8 = 6;

/// The time in words: `torsdag den 21. januar 2027 kl. 9.30–15.30`.
fn when(when: EventTime, lang: Lang) -> String {
    match when {
        EventTime::Days { first, last } if first == last => lang.weekday_date(first),
        EventTime::Days { first, last } => lang.dates(first, last),
        EventTime::Hours { begins, ends: None } => {
            lang.joined(&lang.weekday_date(begins.date()), &lang.time(begins.time()))
        }
        EventTime::Hours { begins, ends: Some(ends) } if begins.date() == ends.date() || is_night(begins, ends) => {
            lang.joined(&lang.weekday_date(begins.date()), &lang.times(begins.time(), ends.time()))
        }
        EventTime::Hours { begins, ends: Some(ends) } => {
            let [from, to] =
                [begins, ends].map(|time| lang.joined(&lang.weekday_date(time.date()), &lang.time(time.time())));
            format!("{from} – {to}")
        }
    }
}

/// Whether it ends in the night after it started. Such an event is shown as one of a single day.
fn is_night(begins: jiff::civil::DateTime, ends: jiff::civil::DateTime) -> bool {
    begins.date().tomorrow().is_ok_and(|day| day == ends.date()) && ends.time() < begins.time() && ends.hour() < 6
}

/// The lines that are shown, without how to sign up where that is a button.
fn lines(event: &EventDetails, lang: Lang) -> Vec<(&'static EventLabel, Vec<ValuePiece>)> {
    let words = &lang.language().event;
    let mut lines = vec![(&words.when, vec![ValuePiece::Words(when(event.when, lang))])];
    let online = event.online.clone().map(|pieces| named(pieces, words.join));
    let named = [(&words.place, &event.place), (&words.online, &online)].into_iter();
    let more = [(&words.price, &event.price), (&words.organiser, &event.organiser)];
    lines.extend(named.chain(more).filter_map(|(label, value)| Some((label, value.clone()?))));
    let sign_up = event.sign_up.as_ref().filter(|pieces| button(pieces).is_none());
    lines.extend(sign_up.map(|pieces| (&words.sign_up, pieces.clone())));
    let deadline = event.deadline.as_ref().map(|deadline| match deadline {
        SignUpDeadline::At(at) => vec![ValuePiece::Words(when(*at, lang))],
        SignUpDeadline::Words(words) => words.clone(),
    });
    lines.extend(deadline.map(|pieces| (&words.deadline, pieces)));
    lines
}

/// Gives a link these words if the value is nothing but an address.
fn named(pieces: Vec<ValuePiece>, words: &str) -> Vec<ValuePiece> {
    match &pieces[..] {
        [ValuePiece::Link { words: None, url }] => {
            vec![ValuePiece::Link { words: Some(words.to_owned()), url: url.clone() }]
        }
        _ => pieces,
    }
}

/// The address of a button, if the value is nothing but a link.
fn button(pieces: &[ValuePiece]) -> Option<&str> {
    match pieces {
        [ValuePiece::Link { url, .. }] => Some(url),
        _ => None,
    }
}

/// The description in the calendar: the text, unless it holds values of the reader, and the lines for which calendars have
/// no field.
pub(super) fn description(block: Node<'_>, event: &EventDetails, lang: Lang) -> String {
    let words = &lang.language().event;
    let mut paragraphs = Vec::new();
    if !block.descendants().any(|node| tree::placeholder(node).is_some()) {
        paragraphs.extend(content_blocks::body(block).flat_map(paragraphs_of));
    }
    let own = [words.when.shown, words.place.shown];
    let lines = lines(event, lang);
    let rest = lines.iter().filter(|(label, _)| !own.contains(&label.shown));
    let mut rest: Vec<String> =
        rest.map(|(label, pieces)| format!("{}: {}", label.shown, value::plain(pieces))).collect();
    let sign_up = event.sign_up.as_deref().and_then(button);
    rest.extend(sign_up.map(|url| format!("{}: {url}", words.sign_up_for.replace("{title}", &event.title))));
    paragraphs.extend((!rest.is_empty()).then(|| rest.join("\n")));
    paragraphs.join("\n\n")
}

/// The paragraphs of a block.
fn paragraphs_of(block: Node<'_>) -> Vec<String> {
    let ends = |node: &Node<'_>| node.data().value.contains_inlines();
    let texts = block.descendants().filter(ends).map(|node| {
        let mut out = String::new();
        node.children().for_each(|child| inline(child, &mut out));
        out.trim().to_owned()
    });
    texts.filter(|text| !text.is_empty()).collect()
}

fn inline(node: Node<'_>, out: &mut String) {
    let value = node.data().value.clone();
    match value {
        NodeValue::Text(text) => out.push_str(&text),
        NodeValue::Code(code) => out.push_str(&code.literal),
        NodeValue::SoftBreak => out.push(' '),
        NodeValue::LineBreak => out.push('\n'),
        NodeValue::Link(link) => {
            let shown = tree::plain(node);
            out.push_str(&shown);
            if shown != link.url && link.url != format!("mailto:{shown}") {
                out.extend([" <", &link.url, ">"]);
            }
        }
        _ => node.children().for_each(|child| inline(child, out)),
    }
}

/// Puts the heading, the lines and the button into a block, above its text.
pub(super) fn write<'a>(arena: &'a Arena<'a>, block: Node<'a>, event: &EventDetails, lang: Lang) {
    let builder = EventNodeBuilder { arena, position: block.data().sourcepos };
    let heading = builder.node(NodeValue::Heading(NodeHeading { level: LEVEL, setext: false, closed: false }));
    match content_blocks::label_of(block) {
        Some(label) => {
            label.children().collect::<Vec<_>>().into_iter().for_each(|child| heading.append(child));
            label.detach();
        }
        None => heading.append(builder.text(&event.title)),
    }
    let shown_lines = builder.node(NodeValue::Paragraph);
    for (number, (label, value)) in lines(event, lang).into_iter().enumerate() {
        if number > 0 {
            shown_lines.append(builder.node(NodeValue::LineBreak));
        }
        let strong = builder.node(NodeValue::Strong);
        strong.append(builder.text(&format!("{}:", label.shown)));
        shown_lines.append(strong);
        shown_lines.append(builder.text(" "));
        for piece in &value {
            shown_lines.append(builder.piece(piece));
        }
    }
    let words = lang.language().event.sign_up_for.replace("{title}", &event.title);
    if let Some(url) = event.sign_up.as_deref().and_then(button) {
        let paragraph = builder.node(NodeValue::Paragraph);
        let link = builder.piece(&ValuePiece::Link { words: Some(words), url: url.to_owned() });
        link.data_mut().attrs.get_or_insert_with(Box::default).classes = vec!["button".to_owned()];
        paragraph.append(link);
        block.prepend(paragraph);
    }
    block.prepend(shown_lines);
    block.prepend(heading);
    if let NodeValue::BlockDirective(fence) = &mut block.data_mut().value {
        // The label is a heading by now. The day takes its place, for the calendar leaf: see `blocks::event_card`.
        fence.info = format!("{} {}", content_blocks::ContentKind::Event.name(), calendar_day(event.when, lang));
    }
}

/// Puts a link to a calendar file below a block.
pub(super) fn add_calendar_link<'a>(arena: &'a Arena<'a>, block: Node<'a>, file: &str, lang: Lang) {
    let builder = EventNodeBuilder { arena, position: block.data().sourcepos };
    let paragraph = builder.node(NodeValue::Paragraph);
    let words = lang.language().event.add_to_calendar.to_owned();
    paragraph.append(builder.piece(&ValuePiece::Link { words: Some(words), url: file.to_owned() }));
    block.append(paragraph);
}

/// The day on a calendar leaf: `21 jan.`
fn calendar_day(when: EventTime, lang: Lang) -> String {
    let day = when.first_day();
    let months = &lang.language().calendar.short_months;
    // Months count from 1, and the list has one for each.
    let month = months.get(day.month().unsigned_abs() as usize - 1).copied().unwrap_or_default();
    format!("{} {month}", day.day())
}

/// Makes nodes with the source position of their block.
struct EventNodeBuilder<'a> {
    arena: &'a Arena<'a>,
    position: Sourcepos,
}

impl<'a> EventNodeBuilder<'a> {
    fn node(&self, value: NodeValue) -> Node<'a> {
        let node: Node<'a> = self.arena.alloc(AstNode::from(value));
        node.data_mut().sourcepos = self.position;
        node
    }

    fn text(&self, text: &str) -> Node<'a> {
        self.node(NodeValue::Text(Cow::Owned(text.to_owned())))
    }

    fn piece(&self, piece: &ValuePiece) -> Node<'a> {
        match piece {
            ValuePiece::Words(words) => self.text(words),
            ValuePiece::Link { words, url } => {
                let link = self.node(NodeValue::Link(Box::new(NodeLink { url: url.clone(), title: String::new() })));
                let bare = url.strip_prefix("mailto:").unwrap_or(url);
                link.append(self.text(words.as_deref().unwrap_or(bare)));
                link
            }
        }
    }
}
