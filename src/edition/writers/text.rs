//! Writes the records of an edition's text part from the tree of its text.

use comrak::nodes::{ListType, Node, NodeList, NodeTable, NodeValue, TableAlignment};

use crate::edition::blocks;
use crate::edition::blocks::pieces::TextPiece;
use crate::edition::compile_context::CompileContext;
use crate::edition::html::sanitise;
use crate::edition::links::tracking;
use crate::edition::template::slots::{SlotContext, Slots};
use crate::edition::text::position::{BlankLine, BlockPosition, LinePrefix};
use crate::edition::text::record::{self, RecordKind, TextRecord};
use crate::edition::url_encoding::encoded;
use crate::issue::manuscript::captions::is_caption;
use crate::issue::manuscript::content_blocks::ContentBlock;
use crate::issue::manuscript::notes::NoteNumbers;
use crate::issue::manuscript::tree;

/// Marks both ends of struck-out text, as in Markdown.
const STRUCK_OUT: &str = "~~";

/// Writes the records of the content of an edition; the placeholders of its tags become slots.
pub(crate) fn write(root: Node<'_>, context: CompileContext<'_>, slots: &mut Slots<'_>) -> String {
    let mut writer = TextWriter { context, slots, note_numbers: NoteNumbers::of(root), out: String::new() };
    writer.blocks(root, &BlockPosition { prefix: LinePrefix::default(), blank_line: BlankLine::Before });
    writer.out
}

/// Writes one tree.
struct TextWriter<'w, 't> {
    context: CompileContext<'w>,
    slots: &'w mut Slots<'t>,
    note_numbers: NoteNumbers,
    out: String,
}

impl TextWriter<'_, '_> {
    fn put(&mut self, text: &str) {
        self.out.push_str(text);
    }

    /// The blocks of a node, with a blank line between them.
    fn blocks(&mut self, parent: Node<'_>, position: &BlockPosition) {
        self.sequence(parent.children(), position, BlankLine::Before);
    }

    /// Blocks one after the other; `between` is for all but the first.
    fn sequence<'a>(&mut self, nodes: impl Iterator<Item = Node<'a>>, position: &BlockPosition, between: BlankLine) {
        let mut next = position.clone();
        for node in nodes {
            if is_caption(node) {
                next.blank_line = BlankLine::None;
            }
            self.block(node, &next);
            // A tag writes no line, so the block after it is still the first.
            if tree::placeholder(node).is_none() {
                next = BlockPosition { prefix: position.prefix.rest(), blank_line: between };
            }
        }
    }

    fn block_pieces(&mut self, pieces: Vec<TextPiece<'_>>) {
        for piece in pieces {
            match piece {
                TextPiece::Blocks(nodes, position) => self.sequence(nodes.into_iter(), &position, BlankLine::Before),
                TextPiece::Title(node, position) => self.title(node, &position),
                TextPiece::Paragraph(node, position) => {
                    let inline = self.inline_of(node);
                    self.record(RecordKind::Text, &position, &inline);
                }
            }
        }
    }

    fn block(&mut self, node: Node<'_>, position: &BlockPosition) {
        let outside = self.context.words;
        self.context.words = self.context.words_in(node);
        self.in_its_language(node, position);
        self.context.words = outside;
    }

    fn in_its_language(&mut self, node: Node<'_>, position: &BlockPosition) {
        let data = node.data();
        match &data.value {
            NodeValue::Raw(_) => self.tag(node),
            NodeValue::Paragraph => {
                let inline = self.inline_of(node);
                // A decorative picture writes nothing, but the number or bullet of an item is still written.
                if !inline.is_empty() || position.prefix.first != position.prefix.rest {
                    self.record(RecordKind::Text, position, &inline);
                }
            }
            NodeValue::Heading(heading) => {
                let inline = self.inline_of(node);
                self.record(RecordKind::heading(heading.level), position, &inline);
            }
            NodeValue::ThematicBreak => self.record(RecordKind::Rule, position, "-"),
            NodeValue::List(list) => self.list(node, *list, position),
            NodeValue::BlockQuote | NodeValue::MultilineBlockQuote(_) => {
                self.blocks(node, &position.boxed("> "));
            }
            NodeValue::CodeBlock(code) => {
                let code = record::lines(code.literal.trim_end_matches('\n'));
                self.record(RecordKind::Verbatim, &position.nested("    ", "    "), &code);
            }
            NodeValue::HtmlBlock(html) => {
                let text = sanitise::text(&sanitise::clean_block(&html.literal), STRUCK_OUT);
                for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
                    let line = self.slots.text(line, SlotContext::Text, SlotContext::Text, record::plain);
                    self.record(RecordKind::Text, position, &line);
                }
            }
            NodeValue::Table(table) => self.table(node, table, position),
            NodeValue::FootnoteDefinition(definition) => {
                let number = format!("[{}] ", self.note_numbers.number(&definition.name));
                self.blocks(node, &position.nested(&number, &" ".repeat(number.len())));
            }
            NodeValue::BlockDirective(fence) => match ContentBlock::read(&fence.info) {
                Some(content) => self.block_pieces(blocks::text(node, &content, position)),
                None => self.blocks(node, position),
            },
            _ => self.blocks(node, position),
        }
    }

    /// Writes a title in capitals, unless it holds an address.
    fn title(&mut self, node: Node<'_>, position: &BlockPosition) {
        let linked = node.descendants().any(|child| matches!(child.data().value, NodeValue::Link(_)));
        let inline = self.inline_of(node);
        let title = if linked { inline } else { self.capitals(inline) };
        self.record(RecordKind::Text, position, &title);
    }

    /// A title in capitals, unless it holds a slot, whose name must stay as it is.
    fn capitals(&self, title: String) -> String {
        if self.context.placeholders.has_slots(&title) { title } else { title.to_uppercase() }
    }

    fn tag(&mut self, node: Node<'_>) {
        if let Some(number) = tree::placeholder(node) {
            let slot = self.slots.tag(number, SlotContext::Text);
            self.out.push_str(&slot);
        }
    }

    fn record(&mut self, kind: RecordKind, position: &BlockPosition, content: &str) {
        let LinePrefix { first, rest } = &position.prefix;
        TextRecord { kind, blank_line: position.blank_line, first, rest, content }.write(&mut self.out);
    }

    /// Opens or closes a numbered list: always, or only in the round of a loop that meets a condition.
    fn list_edge(&mut self, edge: &str, condition: Option<&str>) {
        if let Some(condition) = condition {
            let start = self.slots.statement(&format!("{{% if {condition} %}}"));
            let end = self.slots.statement("{% endif %}");
            self.put(&format!("{start}{edge}{end}"));
        } else {
            self.put(edge);
        }
    }

    fn list(&mut self, node: Node<'_>, list: NodeList, position: &BlockPosition) {
        let ordered = list.list_type == ListType::Ordered;
        let is_loop_body = tree::is_loop_body(node, self.context.tags);
        if ordered {
            self.list_edge(&record::open_list(list.start), is_loop_body.then_some("loop.first"));
        }
        // The number of the tenth item is a column wider.
        let indent = match (ordered, list.start + node.children().count() > 10) {
            (true, true) => "    ",
            (true, false) => "   ",
            (false, _) => "  ",
        };
        let between = if list.tight { BlankLine::None } else { BlankLine::Before };
        let mut next = position.clone();
        if is_loop_body && position.blank_line != BlankLine::None {
            // The items of a loop share one record each, which cannot ask for a blank line before the first only.
            let (first, end) = (self.slots.statement("{% if loop.first %}"), self.slots.statement("{% endif %}"));
            self.out.push_str(&first);
            self.record(RecordKind::Space, position, "");
            self.out.push_str(&end);
            next.blank_line = between;
        }
        for item in node.children() {
            if tree::placeholder(item).is_some() {
                self.tag(item);
                continue;
            }
            let (bullet, indent) = match &item.data().value {
                NodeValue::TaskItem(task) if task.symbol.is_some() => ("[x] ".to_owned(), "    "),
                NodeValue::TaskItem(_) => ("[ ] ".to_owned(), "    "),
                _ if ordered => (record::number(indent.len()), indent),
                _ => ("- ".to_owned(), indent),
            };
            self.sequence(item.children(), &next.nested(&bullet, indent), between);
            next = BlockPosition { prefix: position.prefix.rest(), blank_line: between };
        }
        if ordered {
            self.list_edge(record::CLOSE_LIST, is_loop_body.then_some("loop.last"));
        }
    }

    fn table(&mut self, node: Node<'_>, table: &NodeTable, position: &BlockPosition) {
        let alignments: String = table
            .alignments
            .iter()
            .map(|alignment| match alignment {
                TableAlignment::Right => 'r',
                TableAlignment::Center => 'c',
                TableAlignment::Left | TableAlignment::None => 'l',
            })
            .collect();
        for row in node.children() {
            if tree::placeholder(row).is_some() {
                self.tag(row);
                continue;
            }
            let cells: Vec<String> = row.children().map(|cell| self.inline_of(cell)).collect();
            let header = matches!(row.data().value, NodeValue::TableRow(true));
            let kind = if header { RecordKind::Header } else { RecordKind::Row };
            let content = format!("{alignments}{}{}", record::CELL, cells.join(record::CELL));
            let blank_line = if header { position.blank_line } else { BlankLine::None };
            self.record(kind, &BlockPosition { prefix: position.prefix.clone(), blank_line }, &content);
        }
    }

    /// The inline content of a node.
    fn inline_of(&mut self, node: Node<'_>) -> String {
        let before = std::mem::take(&mut self.out);
        let mut addresses = Vec::new();
        node.children().for_each(|child| self.inline(child, &mut addresses));
        std::mem::replace(&mut self.out, before)
    }

    fn inline(&mut self, node: Node<'_>, addresses: &mut Vec<Option<String>>) {
        let data = node.data();
        match &data.value {
            NodeValue::Text(text) => {
                let word = self.end_of_word(node, text);
                self.out.push_str(&record::plain(&text[word..]));
            }
            NodeValue::Raw(_) => self.tag(node),
            NodeValue::SoftBreak => self.out.push(' '),
            NodeValue::LineBreak => self.out.push_str(record::BREAK),
            NodeValue::Code(code) => self.out.push_str(&record::plain(&code.literal)),
            NodeValue::HtmlInline(html) => self.raw(html, addresses),
            NodeValue::Link(link) if is_own_url(&self.shown(node), tracking::without_tracking(&link.url)) => {
                let bare = link.url.strip_prefix("mailto:").or_else(|| link.url.strip_prefix("tel:"));
                let (shown, later) =
                    bare.map_or((link.url.as_str(), SlotContext::TextUrlPart), |address| (address, SlotContext::Text));
                let first = if bare.is_some() { SlotContext::Text } else { SlotContext::TextUrl };
                let address = self.slots.text(shown, first, later, record::plain);
                self.put(&address);
            }
            NodeValue::Image(_) => {
                if node.first_child().is_some() {
                    self.put(&format!("[{}: ", self.context.words.picture));
                    node.children().for_each(|child| self.inline(child, addresses));
                    self.put("]");
                }
            }
            NodeValue::Link(link) => {
                node.children().for_each(|child| self.inline(child, addresses));
                if !link.url.starts_with('#') && !goes_on(node) {
                    self.address(&link.url);
                }
            }
            NodeValue::Underline if is_caption(node) => {
                self.put(" (");
                node.children().for_each(|child| self.inline(child, addresses));
                self.put(")");
            }
            NodeValue::FootnoteReference(reference) => self.put(&format!("[{}]", reference.ix)),
            // Without a sign, struck-out text would read as valid.
            NodeValue::Strikethrough => {
                self.put(STRUCK_OUT);
                node.children().for_each(|child| self.inline(child, addresses));
                self.put(STRUCK_OUT);
            }
            _ => node.children().for_each(|child| self.inline(child, addresses)),
        }
    }

    /// If a link is the beginning of a word, writes the rest of that word, and then the address of the link. Returns
    /// the length of that rest.
    fn end_of_word(&mut self, node: Node<'_>, text: &str) -> usize {
        let Some(link) = node.previous_sibling().filter(|before| goes_on(before)) else { return 0 };
        let length = text.find(|letter: char| !letter.is_alphanumeric()).unwrap_or(text.len());
        self.out.push_str(&record::plain(&text[..length]));
        if let NodeValue::Link(link) = &link.data().value {
            self.address(&link.url);
        }
        length
    }

    /// The words of a link, with the placeholders of its tags.
    fn shown(&self, node: Node<'_>) -> String {
        let pieces = node.descendants().map(|child| match &child.data().value {
            NodeValue::Text(text) => text.to_string(),
            NodeValue::Raw(_) => {
                tree::placeholder(child).map_or_else(String::new, |number| self.context.placeholders.for_tag(number))
            }
            _ => String::new(),
        });
        pieces.collect()
    }

    /// An address after the text that it belongs to.
    fn address(&mut self, url: &str) {
        let address = self.slots.text(url, SlotContext::TextUrl, SlotContext::TextUrlPart, record::plain);
        let space = if self.out.is_empty() || self.out.ends_with(' ') { "" } else { " " };
        self.put(&format!("{space}<{address}>"));
    }

    /// The author's own HTML: a text can show its line breaks and addresses.
    fn raw(&mut self, html: &str, addresses: &mut Vec<Option<String>>) {
        let clean = html.trim_start_matches('<').trim_end_matches('>');
        let lower = clean.to_ascii_lowercase();
        if matches!(lower.trim_start_matches('/'), "del" | "s" | "strike") {
            self.out.push_str(STRUCK_OUT);
        } else if lower.starts_with("br") {
            self.out.push_str(record::BREAK);
        } else if lower.starts_with("a ") {
            let address = sanitise::attribute(clean, "href");
            let allowed = |address: &String| {
                let lower = address.to_ascii_lowercase();
                ["https:", "http:", "mailto:", "tel:"].iter().any(|scheme| lower.starts_with(scheme))
            };
            addresses.push(address.filter(allowed).map(|address| encoded(&address)));
        } else if lower.starts_with("img ") {
            self.out.push_str(&record::plain(&sanitise::attribute(clean, "alt").unwrap_or_default()));
        } else if lower == "/a"
            && let Some(address) = addresses.pop().flatten()
        {
            self.address(&address);
        }
    }
}

/// Whether a word begins in a link and ends after it: `[program](…)met`. A word cannot continue after a bare address.
fn goes_on(link: Node<'_>) -> bool {
    let is_link = matches!(&link.data().value, NodeValue::Link(link) if !link.url.starts_with('#'));
    let next = || link.next_sibling().map(|next| next.data().value.clone());
    is_link
        && tree::plain(link).ends_with(char::is_alphanumeric)
        && matches!(next(), Some(NodeValue::Text(text)) if text.starts_with(char::is_alphanumeric))
}

/// Whether the words of a link are its address, with or without its start and its last slash.
fn is_own_url(shown: &str, url: &str) -> bool {
    !shown.is_empty() && bare_address(&encoded(shown)) == bare_address(url)
}

/// An address without the parts that people omit when they write one.
fn bare_address(url: &str) -> &str {
    let schemes = ["https://", "http://", "mailto:", "tel:"];
    let rest = schemes.iter().find_map(|scheme| url.strip_prefix(scheme)).unwrap_or(url);
    rest.trim_start_matches("www.").trim_end_matches('/')
}
