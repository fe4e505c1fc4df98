//! `::: figures`: two to four numbers with their labels, side by side, from the items of a list.

use comrak::Arena;
use comrak::nodes::{AstNode, Node, NodeValue};

use crate::base::message::{Message, message};
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::span::Span;
use crate::edition::blocks::pieces::HtmlPiece;
use crate::edition::compile_context::CompileContext;
use crate::edition::text_width::{FigureText, FontFace};
use crate::issue::manuscript::notes::lines;
use crate::issue::manuscript::placeholders::tag::{Tag, TagKind};
use crate::issue::manuscript::tree;

const FIGURES: Code = Code("NL650");

/// The most numbers that can be read side by side.
const MOST: usize = 4;

/// The padding on both sides of the box around figures, and of a label, in pixels: those of `templates/default/base.css`.
const BOX_PADDING: u32 = 24;
const LABEL_PADDING: u32 = 12;

/// What may follow a number, and belongs to it.
const UNITS: [&str; 22] = [
    "%", "‰", "kr.", "kr", "kr.,", "mio.", "mia.", "tkr.", "mio", "mia", "pct.", "kWh", "MWh", "GWh", "km", "m²",
    "km²", "kg", "t", "ton", "€", "°C",
];

/// What may come before a number, and belongs to it.
const BEFORE: [&str; 8] = ["kr.", "kr", "€", "$", "£", "ca.", "c.", "+"];

/// Gives the value and the label of each figure a node of its own, and reports what is not a figure.
pub(super) fn prepare<'a>(
    arena: &'a Arena<'a>,
    block: Node<'a>,
    context: CompileContext<'_>,
    diagnostics: &mut Diagnostics,
) {
    let problem = |message: Message, place: Span| {
        Diagnostic::error(FIGURES, message).at(place).hint(message!(
            "write a list of two to four lines such as `- 78 municipalities`, or `- **1 in 4** municipalities`",
            "skriv en liste med to til fire linjer som `- 78 kommuner` eller `- **1 af 4** kommuner`"
        ))
    };
    let place = context.masked.line(lines(block).0);
    let Some(list) = list(block) else {
        return diagnostics
            .push(problem(message!("this block has no list of figures", "blokken har ingen liste med tal"), place));
    };
    let items: Vec<Node<'a>> = items(list).collect();
    let may_repeat = list.children().chain(block.children()).any(|node| tree::placeholder(node).is_some());
    if items.len() > MOST || items.len() < 2 && !may_repeat {
        let count = if items.len() == 1 {
            message!("one figure", "ét tal")
        } else {
            message!("{} figures", "{} tal", items.len())
        };
        diagnostics.push(problem(
            message!(
                "{count}: two to four fit side by side",
                "{count}: der er plads til to til fire ved siden af hinanden"
            ),
            place,
        ));
    }
    for item in items {
        let only = item.first_child().filter(|line| line.next_sibling().is_none());
        let line = only.filter(|line| matches!(line.data().value, NodeValue::Paragraph));
        if !line.is_some_and(|line| split(arena, line, context.tags)) {
            let (line, column) = {
                let start =
                    item.first_child().map_or(item.data().sourcepos.start, |child| child.data().sourcepos.start);
                (start.line, start.column.saturating_sub(1))
            };
            let written = context.masked.line_text(line);
            let typed = context.typed(written.get(column..).unwrap_or(written).trim());
            let message = message!("`{typed}` is not a number with a label", "`{typed}` er ikke et tal med en tekst");
            diagnostics.push(problem(message, context.masked.line(line)));
        }
    }
}

fn list(block: Node<'_>) -> Option<Node<'_>> {
    block.children().find(|node| matches!(node.data().value, NodeValue::List(_)))
}

fn items(list: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    list.children().filter(|item| matches!(item.data().value, NodeValue::Item(_)))
}

/// Splits a line into the nodes of its value and its label; a line without both is left unchanged.
fn split<'a>(arena: &'a Arena<'a>, line: Node<'a>, tags: &[Tag]) -> bool {
    let children: Vec<Node<'a>> = line.children().collect();
    let Some((first, rest)) = children.split_first() else { return false };
    let new = |value: NodeValue| -> Node<'a> {
        let node: Node<'a> = arena.alloc(AstNode::from(value));
        node.data_mut().sourcepos = first.data().sourcepos;
        node
    };
    let text = |words: &str| new(NodeValue::Text(words.to_owned().into()));
    let prints = |node: &Node<'a>| {
        tree::placeholder(node).and_then(|number| tags.get(number)).is_some_and(|tag| tag.kind.prints())
    };
    let words = first.data().value.text().map(ToString::to_string);
    let mut values = vec![*first];
    let mut labels = rest.to_vec();
    let begins_a_value = |text: &str| words_before_number(text) && rest.first().is_some_and(prints);
    let has_sign = words.as_deref().is_some_and(begins_a_value);
    if has_sign {
        values.push(labels.remove(0));
    }
    if has_sign || prints(first) {
        // A unit behind a value belongs to it: `{{ share }} %`.
        let behind = labels.first().and_then(|node| Some((*node, node.data().value.text()?.to_string())));
        if let Some((node, words)) = behind
            && let Some(end) = units_length(&words).filter(|end| *end > 0)
        {
            values.push(text(&words[..end]));
            labels[0] = text(&words[end..]);
            node.detach();
        }
    } else if let Some(words) = words {
        let end = value_length(&words);
        if end == 0 {
            return false;
        }
        values = vec![text(&words[..end])];
        labels.insert(0, text(&words[end..]));
    } else if !matches!(first.data().value, NodeValue::Strong | NodeValue::Emph) {
        return false;
    }
    let has_words = |node: &Node<'a>| {
        !tree::plain(node).trim().is_empty() || node.descendants().any(|inner| tree::placeholder(inner).is_some())
    };
    if !labels.iter().any(has_words) {
        return false;
    }
    first.detach();
    for nodes in [values, labels] {
        let part = new(NodeValue::Underline);
        for node in nodes {
            part.append(node);
        }
        line.append(part);
    }
    true
}

/// The length of the number at the start of a text in bytes, with its unit; 0 if there is none.
fn value_length(text: &str) -> usize {
    let mut end = 0;
    let mut has_number = false;
    for (at, word) in words(text) {
        let is_number = word.chars().any(|character| character.is_ascii_digit());
        let groups = word.len() == 3 && word.chars().all(|character| character.is_ascii_digit());
        let belongs = if has_number {
            // A space may separate thousands (DS/ISO 80000-1, section 7.3.1), but `24 2027` are two numbers.
            groups && text[..end].ends_with(|character: char| character.is_ascii_digit())
        } else {
            is_number || BEFORE.contains(&word)
        };
        if !belongs {
            break;
        }
        has_number |= is_number;
        end = at + word.len();
    }
    if has_number { end + units_length(&text[end..]).unwrap_or(0) } else { 0 }
}

/// Whether a text is nothing but what may come before a number: `kr.`
fn words_before_number(text: &str) -> bool {
    words(text).next().is_some() && words(text).all(|(_, word)| BEFORE.contains(&word))
}

/// The length of the units that a text begins with, in bytes.
fn units_length(text: &str) -> Option<usize> {
    let units = words(text).take_while(|(_, word)| UNITS.contains(word));
    units.last().map(|(at, word)| at + word.len())
}

/// The words of a text, with where they begin in bytes.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split(char::is_whitespace).filter_map(move |word| {
        let start = at;
        at += word.len() + text[start + word.len()..].chars().next().map_or(0, char::len_utf8);
        (!word.is_empty()).then_some((start, word))
    })
}

/// The value of an item that was split.
fn value_of(item: Node<'_>) -> Option<Node<'_>> {
    item.first_child()?.first_child().filter(|part| matches!(part.data().value, NodeValue::Underline))
}

/// Whether a value is too long for large letters: four of eight digits fit side by side.
fn is_long(value: Node<'_>) -> bool {
    tree::plain(value).chars().count() > 8
}

/// The tags before and behind the body of the outermost loop whose body is a list, and nothing but tags around it.
fn loop_around<'a>(list: Node<'a>, tags: &[Tag]) -> Option<(Node<'a>, Node<'a>)> {
    let kind = |node: Node<'a>| tree::placeholder(node).and_then(|number| tags.get(number)).map(|tag| &tag.kind);
    let is_tag = |node: &Node<'a>| tree::placeholder(node).is_some();
    let before: Vec<Node<'a>> = list.preceding_siblings().skip(1).take_while(is_tag).collect();
    let mut open = Vec::new();
    for node in before.into_iter().rev() {
        match kind(node) {
            Some(TagKind::If(_) | TagKind::For(_)) => open.push(node),
            Some(TagKind::EndIf | TagKind::EndFor) => drop(open.pop()),
            _ => {}
        }
    }
    let mut outermost = None;
    for end in list.following_siblings().skip(1).take_while(is_tag) {
        let ends = matches!(kind(end), Some(TagKind::EndIf | TagKind::EndFor | TagKind::Else | TagKind::Elif(_)));
        let Some(start) = open.pop_if(|_| ends) else { continue };
        if matches!(kind(start), Some(TagKind::For(_))) {
            outermost = Some((start, end));
        }
        if matches!(kind(end), Some(TagKind::Else | TagKind::Elif(_))) {
            break;
        }
    }
    outermost
}

/// The width that each of three figures needs beside the others, in pixels, if phones have it.
fn width_on_phone(list: Node<'_>, room: u32, text: FigureText) -> Option<u32> {
    let mut needed = 0;
    for item in items(list) {
        let parts: Vec<Node<'_>> = item.first_child()?.children().collect();
        let [value, label] = parts[..] else { return None };
        // The length of a reader's value is not known here.
        if item.descendants().any(|node| tree::placeholder(node).is_some()) {
            return None;
        }
        let label = tree::plain(label);
        let words = label.split(' ').map(|word| text.label.text(word, FontFace::Bold).saturating_add(LABEL_PADDING));
        needed = words.fold(needed.max(text.value.text(&tree::plain(value), FontFace::Bold)), u32::max);
    }
    let each = room.saturating_sub(BOX_PADDING) / 3;
    (items(list).count() == 3 && needed <= each).then_some(needed)
}

/// The pieces of a block that has a room on phones, in pixels.
pub(super) fn html<'a>(block: Node<'a>, tags: &[Tag], room: u32, text: FigureText) -> Vec<HtmlPiece<'a>> {
    let Some(list) = list(block) else { return vec![HtmlPiece::Blocks(block.children().collect())] };
    let before: Vec<Node<'_>> = block.children().take_while(|node| !node.same_node(list)).collect();
    let behind: Vec<Node<'_>> = list.following_siblings().skip(1).collect();
    let looped = loop_around(list, tags);
    // Where all figures come from one loop, the box is opened in its first round and closed in its last.
    let start = looped.and_then(|(start, _)| before.iter().position(|node| node.same_node(start)));
    let end = looped.and_then(|(_, end)| behind.iter().position(|node| node.same_node(end)));
    let (before, before_item) = before.split_at(start.map_or(before.len(), |at| at + 1));
    let (behind_item, behind) = behind.split_at(end.unwrap_or(0));
    let in_loop = |statement| looped.map(|_| HtmlPiece::Statement(statement));
    let width = items(list).count().clamp(2, MOST);
    let percent = 100 / width;
    let long = if items(list).any(|item| value_of(item).is_some_and(is_long)) { " figure-long" } else { "" };
    let small = looped.is_none().then(|| width_on_phone(list, room, text)).flatten();
    let (class, style) = match small {
        Some(width) => (" figure-small", format!(" style=\"min-width:{width}px\"")),
        None => ("", String::new()),
    };
    let mut pieces = vec![HtmlPiece::Blocks(before.to_vec())];
    pieces.extend(in_loop("{% if loop.first %}"));
    pieces.extend([
        HtmlPiece::open_box("figures"),
        HtmlPiece::markup(
            "<!--[if mso]><table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" \
             border=\"0\"><tr><![endif]-->",
        ),
    ]);
    pieces.extend(in_loop("{% endif %}"));
    pieces.push(HtmlPiece::Blocks(before_item.to_vec()));
    for item in list.children() {
        let parts: Vec<Node<'_>> =
            item.first_child().into_iter().flat_map(comrak::arena_tree::Node::children).collect();
        let [value, label] = parts[..] else {
            pieces.push(HtmlPiece::Blocks(vec![item]));
            continue;
        };
        pieces.extend([
            HtmlPiece::markup(format!(
                "<!--[if mso]><td width=\"{percent}%\" align=\"center\" valign=\"top\"><![endif]--><div \
                 class=\"figure figure-of-{width}{class}\"{style}><p class=\"figure-value{long}\">"
            )),
            HtmlPiece::Inline(value),
            HtmlPiece::markup("</p><p class=\"figure-label\">"),
            HtmlPiece::NarrowInline(label),
            HtmlPiece::markup("</p></div><!--[if mso]></td><![endif]-->"),
        ]);
    }
    pieces.push(HtmlPiece::Blocks(behind_item.to_vec()));
    pieces.extend(in_loop("{% if loop.last %}"));
    pieces.extend([HtmlPiece::markup("<!--[if mso]></tr></table><![endif]-->"), HtmlPiece::close_box()]);
    pieces.extend(in_loop("{% endif %}"));
    pieces.push(HtmlPiece::Blocks(behind.to_vec()));
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_keeps_its_sign_its_thousands_and_its_unit() {
        for (text, value) in [
            ("78 kommuner", "78"),
            ("1 234 567 borgere", "1 234 567"),
            ("12,5 % af alle", "12,5 %"),
            ("2,3 mio. kr. sparet", "2,3 mio. kr."),
            ("kr. 500 om året", "kr. 500"),
            ("24/7 vagt", "24/7"),
            ("3\u{a0}% flere", "3\u{a0}%"),
            ("29", "29"),
            ("24 2027 er to tal", "24"),
            ("Kommuner: 78", ""),
            ("", ""),
        ] {
            assert_eq!(&text[..value_length(text)], value, "{text}");
        }
    }
}
