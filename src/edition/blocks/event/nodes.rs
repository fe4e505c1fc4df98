//! What readers see of an event, as nodes of the tree.

use std::borrow::Cow;

use comrak::Arena;
use comrak::nodes::{AstNode, Node, NodeHeading, NodeLink, NodeValue, Sourcepos};

use crate::base::language::Lang;
use crate::base::language::words::EventLabel;
use crate::edition::blocks::card;
use crate::edition::blocks::event::details::{EventDetails, EventStatus, SignUpDeadline};
use crate::edition::blocks::event::value::{self, ValuePiece};
use crate::edition::generated_file::CalendarPurpose;
use crate::issue::manuscript::content_blocks;
use crate::issue::manuscript::tree;
use crate::issue::when::EventTime;

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

/// The title of an event, with a word before it where it does not take place.
pub(super) fn title(event: &EventDetails, lang: Lang) -> String {
    match event.status {
        EventStatus::Planned => event.title.clone(),
        EventStatus::Cancelled => lang.language().event.cancelled_title.replace("{title}", event.plain_title()),
    }
}

/// A detail of an event, with the label that it has in a list of them.
struct LabelledDetail {
    label: &'static EventLabel,
    value: Vec<ValuePiece>,
}

/// The time and the place, which a card shows in one line.
fn when_and_where(event: &EventDetails, lang: Lang) -> Vec<ValuePiece> {
    let mut line = vec![ValuePiece::Words(capitalised(&when(event.when, lang)))];
    let online = || event.online.clone().map(|pieces| named(pieces, lang.language().event.join));
    for piece in event.place.clone().or_else(online).into_iter().flatten().enumerate() {
        line.extend((piece.0 == 0).then(|| ValuePiece::Words(" · ".to_owned())));
        line.push(piece.1);
    }
    line
}

fn capitalised(text: &str) -> String {
    let mut signs = text.chars();
    signs.next().into_iter().flat_map(char::to_uppercase).chain(signs).collect()
}

/// The other details, without how to sign up if that is a button, or if the event is cancelled.
fn details(event: &EventDetails, lang: Lang) -> Vec<LabelledDetail> {
    let words = &lang.language().event;
    // Where there is no place, the link for joining is in the line with the time.
    let online = event.online.clone().filter(|_| event.place.is_some()).map(|pieces| named(pieces, words.join));
    let sign_up = event.sign_up.as_ref().filter(|pieces| button(pieces).is_none());
    let deadline = event.deadline.as_ref().map(|deadline| match deadline {
        SignUpDeadline::At(at) => vec![ValuePiece::Words(when(*at, lang))],
        SignUpDeadline::Words(words) => words.clone(),
    });
    let (sign_up, deadline) = match event.status {
        EventStatus::Planned => (sign_up.cloned(), deadline),
        EventStatus::Cancelled => (None, None),
    };
    let all = [
        (&words.online, online),
        (&words.price, event.price.clone()),
        (&words.organiser, event.organiser.clone()),
        (&words.sign_up, sign_up),
        (&words.deadline, deadline),
    ];
    all.into_iter().filter_map(|(label, value)| Some(LabelledDetail { label, value: value? })).collect()
}

/// The address of the button to sign up.
fn sign_up_button(event: &EventDetails) -> Option<&str> {
    event.sign_up.as_deref().and_then(button).filter(|_| event.status == EventStatus::Planned)
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
    let details = details(event, lang);
    let mut rest: Vec<String> =
        details.iter().map(|detail| format!("{}: {}", detail.label.shown, value::plain(&detail.value))).collect();
    let sign_up = sign_up_button(event);
    rest.extend(sign_up.map(|url| format!("{}: {url}", words.sign_up.shown)));
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

/// Puts the heading, the line with time and place and the other details above the text of a block, and the button below it.
pub(super) fn write<'a>(arena: &'a Arena<'a>, block: Node<'a>, event: &EventDetails, lang: Lang) {
    let builder = EventNodeBuilder { arena, position: block.data().sourcepos, lang };
    let details = details(event, lang);
    if !details.is_empty() {
        block.prepend(builder.details(&details));
    }
    let summary = builder.paragraph("event-when");
    for piece in when_and_where(event, lang) {
        summary.append(builder.piece(&piece));
    }
    block.prepend(summary);
    block.prepend(builder.heading(block, event, lang));
    let words = lang.language().event.sign_up_for.replace("{title}", &event.title);
    if let Some(url) = sign_up_button(event) {
        let paragraph = builder.node(NodeValue::Paragraph);
        tree::set_attribute(paragraph, tree::LANG, Some(lang.tag()));
        let link = builder.piece(&ValuePiece::Link { words: Some(words), url: url.to_owned() });
        link.data_mut().attrs.get_or_insert_with(Box::default).classes = vec!["button".to_owned()];
        paragraph.append(link);
        block.append(paragraph);
    }
    if let NodeValue::BlockDirective(fence) = &mut block.data_mut().value {
        // The label is a heading by now. The day takes its place, for the calendar leaf: see `blocks::event_card`.
        fence.info = format!("{} {}", content_blocks::ContentKind::Event.name(), calendar_day(event.when, lang));
    }
}

/// How to get an event into a calendar.
#[derive(Clone, Copy)]
pub(super) struct CalendarLine<'l> {
    /// Where its file is on the web; absent: nowhere.
    pub(super) link: Option<&'l str>,
    /// The name under which it is attached; absent on a web page.
    pub(super) attached: Option<&'l str>,
    pub(super) purpose: CalendarPurpose,
}

/// Puts the words about its calendar file below a block.
pub(super) fn add_calendar_line<'a>(arena: &'a Arena<'a>, block: Node<'a>, line: CalendarLine<'_>, lang: Lang) {
    let builder = EventNodeBuilder { arena, position: block.data().sourcepos, lang };
    let words = &lang.language().event;
    let action = match line.purpose {
        CalendarPurpose::Add => words.add_to_calendar,
        CalendarPurpose::Cancel => words.update_calendar,
    };
    let paragraph = builder.paragraph("event-calendar");
    let open = line.attached.map(|file| words.open_attachment.replace("{file}", file));
    match (line.link, open) {
        (Some(url), open) => {
            let shown = Some(action.to_owned());
            paragraph.append(builder.piece(&ValuePiece::Link { words: shown, url: url.to_owned() }));
            if let Some(open) = open {
                paragraph.append(builder.text(&format!(" {} {open}", words.or)));
            }
        }
        (None, open) => {
            paragraph.append(builder.text(&format!("{}: {}", action, open.unwrap_or_default())));
        }
    }
    block.append(paragraph);
}

/// The day or days on a calendar leaf, and the month: `21 jan.`, `21–22 jan.`
fn calendar_day(when: EventTime, lang: Lang) -> String {
    let day = when.first_day();
    let months = &lang.language().calendar.short_months;
    // Months count from 1, and the list has one for each.
    let month = months.get(day.month().unsigned_abs() as usize - 1).copied().unwrap_or_default();
    let last = when.last_day();
    if last > day && (last.year(), last.month()) == (day.year(), day.month()) {
        format!("{}–{} {month}", day.day(), last.day())
    } else {
        format!("{} {month}", day.day())
    }
}

/// Makes nodes with the source position of their block.
struct EventNodeBuilder<'a> {
    arena: &'a Arena<'a>,
    position: Sourcepos,
    /// The language of the words, which may not be that of the text around them.
    lang: Lang,
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

    /// A paragraph with a class.
    fn paragraph(&self, class: &str) -> Node<'a> {
        let paragraph = self.node(NodeValue::Paragraph);
        paragraph.data_mut().attrs.get_or_insert_with(Box::default).classes = vec![class.to_owned()];
        tree::set_attribute(paragraph, tree::LANG, Some(self.lang.tag()));
        paragraph
    }

    /// The heading, which takes the label of the block.
    fn heading(&self, block: Node<'a>, event: &EventDetails, lang: Lang) -> Node<'a> {
        let heading = self.node(NodeValue::Heading(NodeHeading {
            level: card::title_level(block),
            setext: false,
            closed: false,
        }));
        match content_blocks::label_of(block) {
            Some(label) if event.status == EventStatus::Planned => {
                label.children().collect::<Vec<_>>().into_iter().for_each(|child| heading.append(child));
                label.detach();
            }
            label => {
                label.into_iter().for_each(comrak::arena_tree::Node::detach);
                heading.append(self.text(&title(event, lang)));
            }
        }
        heading
    }

    /// The details with their labels, each on a line.
    fn details(&self, details: &[LabelledDetail]) -> Node<'a> {
        let paragraph = self.paragraph("event-details");
        for (number, detail) in details.iter().enumerate() {
            if number > 0 {
                paragraph.append(self.node(NodeValue::LineBreak));
            }
            let strong = self.node(NodeValue::Strong);
            strong.append(self.text(&format!("{}:", detail.label.shown)));
            paragraph.append(strong);
            paragraph.append(self.text(" "));
            for piece in &detail.value {
                paragraph.append(self.piece(piece));
            }
        }
        paragraph
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
