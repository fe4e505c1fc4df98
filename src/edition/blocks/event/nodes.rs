//! What readers see of an event.

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

/// The lowest level: it is put below the heading above it where headings are ordered.
const LEVEL: u8 = 6;

/// When it is, in words: `torsdag den 21. januar 2027 kl. 9.30–15.30`.
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
            let [from, to] = [begins, ends].map(|it| lang.joined(&lang.weekday_date(it.date()), &lang.time(it.time())));
            format!("{from} – {to}")
        }
    }
}

/// Whether it ends in the night after its day.
fn is_night(begins: jiff::civil::DateTime, ends: jiff::civil::DateTime) -> bool {
    begins.date().tomorrow().is_ok_and(|it| it == ends.date()) && ends.time() < begins.time() && ends.hour() < 6
}

/// What is said of it, line by line, without how to sign up where that is a button.
fn lines(facts: &EventDetails, lang: Lang) -> Vec<(&'static EventLabel, Vec<ValuePiece>)> {
    let words = &lang.language().event;
    let mut lines = vec![(&words.when, vec![ValuePiece::Words(when(facts.when, lang))])];
    let online = facts.online.clone().map(|it| named(it, words.join));
    let named = [(&words.place, &facts.place), (&words.online, &online)].into_iter();
    let more = [(&words.price, &facts.price), (&words.organiser, &facts.organiser)];
    lines.extend(named.chain(more).filter_map(|(label, value)| Some((label, value.clone()?))));
    let sign_up = facts.sign_up.as_ref().filter(|it| button(it).is_none());
    lines.extend(sign_up.map(|it| (&words.sign_up, it.clone())));
    let deadline = facts.deadline.as_ref().map(|it| match it {
        SignUpDeadline::At(at) => vec![ValuePiece::Words(when(*at, lang))],
        SignUpDeadline::Words(words) => words.clone(),
    });
    lines.extend(deadline.map(|it| (&words.deadline, it)));
    lines
}

/// A link that is all there is gets these words.
fn named(pieces: Vec<ValuePiece>, words: &str) -> Vec<ValuePiece> {
    match &pieces[..] {
        [ValuePiece::Link { words: None, url }] => {
            vec![ValuePiece::Link { words: Some(words.to_owned()), url: url.clone() }]
        }
        _ => pieces,
    }
}

/// The address of a button: where there is nothing but an address.
fn button(pieces: &[ValuePiece]) -> Option<&str> {
    match pieces {
        [ValuePiece::Link { url, .. }] => Some(url),
        _ => None,
    }
}

/// What the calendar says below the title: the text, unless it is not the same for everybody, and the lines that have
/// no place of their own there.
pub(super) fn description(block: Node<'_>, facts: &EventDetails, lang: Lang) -> String {
    let words = &lang.language().event;
    let mut paragraphs = Vec::new();
    if !block.descendants().any(|it| tree::placeholder(it).is_some()) {
        paragraphs.extend(content_blocks::body(block).flat_map(paragraphs_of));
    }
    let own = [words.when.shown, words.place.shown];
    let lines = lines(facts, lang);
    let rest = lines.iter().filter(|(label, _)| !own.contains(&label.shown));
    let mut rest: Vec<String> = rest.map(|(label, it)| format!("{}: {}", label.shown, value::plain(it))).collect();
    let sign_up = facts.sign_up.as_deref().and_then(button);
    rest.extend(sign_up.map(|url| format!("{}: {url}", words.sign_up_for.replace("{title}", &facts.title))));
    paragraphs.extend((!rest.is_empty()).then(|| rest.join("\n")));
    paragraphs.join("\n\n")
}

/// The texts of a block, one by one.
fn paragraphs_of(block: Node<'_>) -> Vec<String> {
    let ends = |it: &Node<'_>| it.data().value.contains_inlines();
    let texts = block.descendants().filter(ends).map(|it| {
        let mut out = String::new();
        it.children().for_each(|child| inline(child, &mut out));
        out.trim().to_owned()
    });
    texts.filter(|it| !it.is_empty()).collect()
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
        _ => node.children().for_each(|it| inline(it, out)),
    }
}

/// Puts what is shown into a block, above its text.
pub(super) fn write<'a>(arena: &'a Arena<'a>, block: Node<'a>, facts: &EventDetails, lang: Lang) {
    let maker = EventNodeBuilder { arena, position: block.data().sourcepos };
    let heading = maker.node(NodeValue::Heading(NodeHeading { level: LEVEL, setext: false, closed: false }));
    match content_blocks::label_of(block) {
        Some(label) => {
            label.children().collect::<Vec<_>>().into_iter().for_each(|it| heading.append(it));
            label.detach();
        }
        None => heading.append(maker.text(&facts.title)),
    }
    let lines_shown = maker.node(NodeValue::Paragraph);
    for (number, (label, value)) in lines(facts, lang).into_iter().enumerate() {
        if number > 0 {
            lines_shown.append(maker.node(NodeValue::LineBreak));
        }
        let strong = maker.node(NodeValue::Strong);
        strong.append(maker.text(&format!("{}:", label.shown)));
        lines_shown.append(strong);
        lines_shown.append(maker.text(" "));
        for piece in &value {
            lines_shown.append(maker.piece(piece));
        }
    }
    let words = lang.language().event.sign_up_for.replace("{title}", &facts.title);
    if let Some(url) = facts.sign_up.as_deref().and_then(button) {
        let paragraph = maker.node(NodeValue::Paragraph);
        let link = maker.piece(&ValuePiece::Link { words: Some(words), url: url.to_owned() });
        link.data_mut().attrs.get_or_insert_with(Box::default).classes = vec!["button".to_owned()];
        paragraph.append(link);
        block.prepend(paragraph);
    }
    block.prepend(lines_shown);
    block.prepend(heading);
    if let NodeValue::BlockDirective(fence) = &mut block.data_mut().value {
        // The words behind the fence are the heading now; what stands there instead is for the leaf of the calendar.
        fence.info = format!("{} {}", content_blocks::ContentKind::Event.name(), calendar_day(facts.when, lang));
    }
}

/// Puts a link to a file for calendars below a block.
pub(super) fn add_calendar_link<'a>(arena: &'a Arena<'a>, block: Node<'a>, file: &str, lang: Lang) {
    let maker = EventNodeBuilder { arena, position: block.data().sourcepos };
    let paragraph = maker.node(NodeValue::Paragraph);
    let words = lang.language().event.add_to_calendar.to_owned();
    paragraph.append(maker.piece(&ValuePiece::Link { words: Some(words), url: file.to_owned() }));
    block.append(paragraph);
}

/// The day on a leaf of a calendar: `21 jan.`
fn calendar_day(when: EventTime, lang: Lang) -> String {
    let day = when.first_day();
    let months = &lang.language().calendar.short_months;
    // Months are counted from 1 and there are as many as in the list.
    let month = months.get(day.month().unsigned_abs() as usize - 1).copied().unwrap_or_default();
    format!("{} {month}", day.day())
}

/// Makes nodes that stand where their block does.
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
