//! Gives template tags nodes of the tree in place of their placeholders.

use std::borrow::Cow;

use comrak::Arena;
use comrak::nodes::{AstNode, ListType, Node, NodeValue, Sourcepos};

use crate::issue::manuscript::placeholders::tag::Tag;
use crate::issue::manuscript::placeholders::words::{PlaceholderPiece, Placeholders};
use crate::issue::manuscript::structure::StatementGroups;
use crate::issue::manuscript::tree::placeholder;

/// Gives every tag its own node, at the level of the elements that it opens and closes around.
pub(crate) fn place_tags<'a>(arena: &'a Arena<'a>, root: Node<'a>, tags: &[Tag], placeholders: &Placeholders) {
    restore_code(root, tags, placeholders);
    split_placeholders(arena, root, placeholders);
    lift_rows(arena, root, tags);
    let groups = StatementGroups::of(root, tags);
    leave_items(root, &groups);
    join_lists(root, &groups);
    enter_lists(root, &groups);
}

/// Tags in code are text.
fn restore_code(root: Node<'_>, tags: &[Tag], placeholders: &Placeholders) {
    let typed = |text: &str| {
        let mut out = String::new();
        for piece in placeholders.split_tags(text) {
            match piece {
                PlaceholderPiece::Text(text) => out.push_str(text),
                PlaceholderPiece::Number(number) => {
                    let comment = out.ends_with("<!--");
                    out.truncate(out.len() - if comment { 4 } else { 0 });
                    out.push_str(tags.get(number).map_or("", |tag| &tag.typed));
                    // The placeholder of a statement alone on its line is a comment: its end is removed below.
                    out.push_str(if comment { "\u{1}" } else { "" });
                }
            }
        }
        out.replace("\u{1}-->", "")
    };
    for node in root.descendants() {
        match &mut node.data_mut().value {
            NodeValue::Code(code) => code.literal = typed(&code.literal),
            NodeValue::CodeBlock(code) => {
                code.literal = typed(&code.literal);
                code.info = typed(&code.info);
            }
            _ => {}
        }
    }
}

/// Splits texts at their placeholders. The author's own comments are removed, with the tags in them.
fn split_placeholders<'a>(arena: &'a Arena<'a>, root: Node<'a>, placeholders: &Placeholders) {
    // Collected first, since splitting a text changes the tree.
    let nodes: Vec<Node<'a>> = root.descendants().collect();
    for node in nodes {
        let (text, position) = {
            let data = node.data();
            let text = match &data.value {
                NodeValue::Text(text) if !placeholders.has_tags(text) => continue,
                NodeValue::Text(text) => text.to_string(),
                NodeValue::HtmlBlock(html) => html.literal.clone(),
                NodeValue::HtmlInline(html) => html.clone(),
                _ => continue,
            };
            (text, data.sourcepos)
        };
        if matches!(node.data().value, NodeValue::Text(_)) {
            replace_text(arena, node, &placeholders.split_tags(&text), position);
        } else if let Some(numbers) = comments(&text, placeholders) {
            for number in numbers {
                node.insert_before(raw(arena, number, position));
            }
            node.detach();
        }
    }
}

fn replace_text<'a>(arena: &'a Arena<'a>, node: Node<'a>, pieces: &[PlaceholderPiece<'_>], position: Sourcepos) {
    if pieces.iter().all(|piece| piece.number().is_none()) {
        return;
    }
    for piece in pieces {
        node.insert_before(match piece {
            PlaceholderPiece::Text(text) => new(arena, NodeValue::Text(Cow::Owned((*text).to_owned())), position),
            PlaceholderPiece::Number(number) => raw(arena, *number, position),
        });
    }
    node.detach();
}

/// The tags of HTML that consists of comments: those whose placeholder is a whole comment.
fn comments(html: &str, placeholders: &Placeholders) -> Option<Vec<usize>> {
    let mut rest = html.trim();
    let mut found = Vec::new();
    if !rest.starts_with("<!--") {
        return None;
    }
    while let Some(comment) = rest.strip_prefix("<!--") {
        let (inner, after) = comment.split_once("-->")?;
        if let [PlaceholderPiece::Number(number)] = placeholders.split_tags(inner)[..] {
            found.push(number);
        }
        rest = after.trim_start();
    }
    rest.is_empty().then_some(found)
}

fn new<'a>(arena: &'a Arena<'a>, value: NodeValue, position: Sourcepos) -> Node<'a> {
    let node = arena.alloc(AstNode::from(value));
    node.data_mut().sourcepos = position;
    node
}

fn raw<'a>(arena: &'a Arena<'a>, number: usize, position: Sourcepos) -> Node<'a> {
    new(arena, NodeValue::Raw(number.to_string()), position)
}

/// Replaces a row of a table that contains only statements by their nodes.
fn lift_rows<'a>(arena: &'a Arena<'a>, root: Node<'a>, tags: &[Tag]) {
    let rows: Vec<Node<'a>> =
        root.descendants().filter(|node| matches!(node.data().value, NodeValue::TableRow(false))).collect();
    for row in rows {
        let leaves: Vec<Node<'a>> =
            row.children().flat_map(comrak::arena_tree::Node::children).filter(|leaf| !is_blank(leaf)).collect();
        let numbers: Vec<usize> = leaves.iter().filter_map(|leaf| placeholder(leaf)).collect();
        let silent = numbers.iter().all(|number| tags.get(*number).is_some_and(|tag| !tag.kind.prints()));
        if numbers.is_empty() || numbers.len() < leaves.len() || !silent {
            continue;
        }
        let position = row.data().sourcepos;
        for number in numbers {
            row.insert_before(raw(arena, number, position));
        }
        row.detach();
    }
}

fn is_blank(node: Node<'_>) -> bool {
    node.data().value.text().is_some_and(|text| text.trim().is_empty())
}

/// Moves tags at the end of an item or a table out of it if their partner is outside: Markdown reads a line after an item as
/// part of the item.
fn leave_items<'a>(root: Node<'a>, groups: &StatementGroups<'a>) {
    let holders: Vec<Node<'a>> = root
        .descendants()
        .filter(|node| matches!(node.data().value, NodeValue::Item(_) | NodeValue::TaskItem(_) | NodeValue::Table(_)))
        .collect();
    // Innermost first, so that a tag can leave several.
    for holder in holders.into_iter().rev() {
        while let Some(last) = holder.last_child()
            && placeholder(last).is_some_and(|number| !groups.lies_within(number, holder))
        {
            holder.insert_after(last);
        }
    }
}

/// Joins lists that only tags separate: the author wrote one list with a loop or a condition in it.
fn join_lists<'a>(root: Node<'a>, groups: &StatementGroups<'a>) {
    let lists: Vec<Node<'a>> =
        root.descendants().filter(|node| matches!(node.data().value, NodeValue::List(_))).collect();
    for list in lists {
        if list.parent().is_none() {
            continue;
        }
        loop {
            let between: Vec<Node<'a>> =
                list.following_siblings().skip(1).take_while(|node| placeholder(node).is_some()).collect();
            let after = between.last().map_or(list, |node| *node).next_sibling();
            let joins = || {
                let stays = |tag: Node<'a>| can_enter(list, tag);
                between.iter().filter_map(|node| placeholder(node)).all(|number| groups.members(number).all(stays))
            };
            let Some(after) = after.filter(|next| !between.is_empty() && same_kind(list, next) && joins()) else {
                break;
            };
            let items: Vec<Node<'a>> = after.children().collect();
            for child in between.into_iter().chain(items) {
                list.append(child);
            }
            after.detach();
        }
    }
}

/// Whether a tag is before a list, or after it with nothing but tags and lists of its kind between.
fn can_enter<'a>(list: Node<'a>, tag: Node<'a>) -> bool {
    let mut before = list.preceding_siblings().skip(1).take_while(|node| placeholder(node).is_some());
    let mut behind = list.following_siblings().take_while(|node| placeholder(node).is_some() || same_kind(list, node));
    before.any(|node| node.same_node(tag))
        || behind.any(|node| node.same_node(tag) || tag.parent().is_some_and(|parent| parent.same_node(node)))
}

fn same_kind<'a>(left: Node<'a>, right: Node<'a>) -> bool {
    match (&left.data().value, &right.data().value) {
        (NodeValue::List(left), NodeValue::List(right)) => {
            left.list_type == right.list_type
                && match left.list_type {
                    ListType::Bullet => left.bullet_char == right.bullet_char,
                    ListType::Ordered => left.delimiter == right.delimiter,
                }
        }
        _ => false,
    }
}

/// Moves an opener or a closer beside a list into it if its partner is inside.
fn enter_lists<'a>(root: Node<'a>, groups: &StatementGroups<'a>) {
    let lists: Vec<Node<'a>> = root
        .descendants()
        .filter(|node| matches!(node.data().value, NodeValue::List(_) | NodeValue::Table(_)))
        .collect();
    for list in lists {
        while let Some(next) = list.next_sibling()
            && placeholder(next).is_some_and(|number| groups.has_member_in(number, list))
        {
            list.append(next);
        }
        while let Some(previous) = list.previous_sibling()
            && placeholder(previous).is_some_and(|number| groups.has_member_in(number, list))
            && matches!(list.data().value, NodeValue::List(_))
        {
            list.prepend(previous);
        }
    }
}
