//! The text part of an edition, from the same tree: records that are laid out once their values are known.

pub(crate) mod layout;
pub(crate) mod prelayout;

use comrak::nodes::{ListType, Node, NodeList, NodeTable, NodeValue, TableAlignment};

use crate::edition::blocks;
use crate::edition::blocks::alert;
use crate::edition::html::sanitise;
use crate::edition::html::{self, WriteContext};
use crate::edition::links::tracking;
use crate::edition::template::slots::{SlotContext, Slots};
use crate::edition::text::layout::RecordKind;
use crate::issue::manuscript::content_blocks::ContentBlock;
use crate::issue::manuscript::tree;

/// Writes the records of the content of an edition; its marks are uses of `uses`.
pub(crate) fn write(root: Node<'_>, scene: WriteContext<'_>, uses: &mut Slots<'_>) -> String {
    let mut writer = TextWriter { scene, uses, out: String::new() };
    writer.blocks(root, &LinePrefix::default(), (BlankLine::Line, BlankLine::Line));
    writer.out
}

/// Writes one tree.
pub(crate) struct TextWriter<'w, 't> {
    scene: WriteContext<'w>,
    uses: &'w mut Slots<'t>,
    out: String,
}

/// What stands before the first and the other lines of a block.
#[derive(Clone, Debug, Default)]
pub(crate) struct LinePrefix {
    first: String,
    rest: String,
}

impl LinePrefix {
    /// With more behind it.
    pub(crate) fn then(&self, first: &str, rest: &str) -> Self {
        Self { first: format!("{}{first}", self.first), rest: format!("{}{rest}", self.rest) }
    }

    /// For the blocks after the first.
    pub(crate) fn rest(&self) -> Self {
        Self { first: self.rest.clone(), rest: self.rest.clone() }
    }
}

/// Whether an empty line stands before a block.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum BlankLine {
    None,
    Line,
}

/// Where a block goes.
#[derive(Clone, Copy)]
pub(crate) struct BlockPosition<'p> {
    pub(crate) prefix: &'p LinePrefix,
    pub(crate) gap: BlankLine,
}

impl TextWriter<'_, '_> {
    fn put(&mut self, text: &str) {
        self.out.push_str(text);
    }

    /// The blocks of a node, with the gaps before the first and before the others.
    fn blocks(&mut self, parent: Node<'_>, prefix: &LinePrefix, gaps: (BlankLine, BlankLine)) {
        self.run(parent.children(), prefix, gaps);
    }

    /// Writes blocks with an empty line between them.
    pub(crate) fn all<'a>(&mut self, nodes: impl Iterator<Item = Node<'a>>, at: BlockPosition<'_>) {
        self.run(nodes, at.prefix, (at.gap, BlankLine::Line));
    }

    fn run<'a>(
        &mut self,
        nodes: impl Iterator<Item = Node<'a>>,
        prefix: &LinePrefix,
        (first, others): (BlankLine, BlankLine),
    ) {
        let mut now = prefix.clone();
        let mut before = first;
        for child in nodes {
            self.block(child, &now, before);
            if tree::placeholder(child).is_none() {
                now = prefix.rest();
                before = others;
            }
        }
    }

    fn block(&mut self, node: Node<'_>, prefix: &LinePrefix, gap: BlankLine) {
        let value = node.data().value.clone();
        match value {
            NodeValue::Raw(_) => self.tag(node),
            NodeValue::Paragraph => {
                let inline = self.inline_of(node);
                // A picture that is decoration leaves nothing behind, unless a list has put its number there.
                if !inline.is_empty() || prefix.first != prefix.rest {
                    self.record(RecordKind::Text, gap, prefix, &inline);
                }
            }
            NodeValue::Heading(heading) => {
                let inline = self.inline_of(node);
                self.record(RecordKind::heading(heading.level), gap, prefix, &inline);
            }
            NodeValue::ThematicBreak => self.record(RecordKind::Rule, gap, prefix, "-"),
            NodeValue::List(list) => self.list(node, list, prefix, gap),
            NodeValue::BlockQuote | NodeValue::MultilineBlockQuote(_) => {
                self.blocks(node, &prefix.then("> ", "> "), (gap, BlankLine::Line));
            }
            NodeValue::Alert(alert) => {
                let inner = prefix.then("| ", "| ");
                let title = alert.title.as_deref().unwrap_or_else(|| alert::title(alert.alert_type, self.scene.words));
                let title = self.uses.text(title, SlotContext::Text, SlotContext::Text, layout::plain);
                self.record(RecordKind::Text, gap, &inner, &title.to_uppercase_outside_marks(self.scene));
                self.blocks(node, &inner.rest(), (BlankLine::None, BlankLine::Line));
            }
            NodeValue::CodeBlock(code) => {
                let inner = prefix.then("    ", "    ");
                self.record(RecordKind::Verbatim, gap, &inner, &layout::lines(code.literal.trim_end_matches('\n')));
            }
            NodeValue::HtmlBlock(html) => {
                let text = sanitise::text(&sanitise::clean(&html.literal));
                for line in text.lines().map(str::trim).filter(|it| !it.is_empty()) {
                    let line = self.uses.text(line, SlotContext::Text, SlotContext::Text, layout::plain);
                    self.record(RecordKind::Text, gap, prefix, &line);
                }
            }
            NodeValue::Table(table) => self.table(node, &table, prefix, gap),
            NodeValue::FootnoteDefinition(definition) => {
                let number = format!("[{}] ", html::note_number(node, &definition.name));
                let indent = " ".repeat(number.len());
                self.blocks(node, &prefix.then(&number, &indent), (gap, BlankLine::Line));
            }
            NodeValue::BlockDirective(fence) => match ContentBlock::read(&fence.info) {
                Some(content) => blocks::text(self, node, &content, BlockPosition { prefix, gap }),
                None => self.blocks(node, prefix, (gap, BlankLine::Line)),
            },
            _ => self.blocks(node, prefix, (gap, BlankLine::Line)),
        }
    }

    /// Writes a line in capitals where all of it is words.
    pub(crate) fn capitals(&mut self, node: Node<'_>, at: BlockPosition<'_>) {
        let linked = node.descendants().any(|it| matches!(it.data().value, NodeValue::Link(_)));
        let inline = self.inline_of(node);
        let title = if linked { inline } else { inline.to_uppercase_outside_marks(self.scene) };
        self.record(RecordKind::Text, at.gap, at.prefix, &title);
    }

    fn tag(&mut self, node: Node<'_>) {
        if let Some(number) = tree::placeholder(node) {
            let mark = self.uses.tag(number, SlotContext::Text);
            self.out.push_str(&mark);
        }
    }

    /// Writes one record.
    pub(crate) fn record(&mut self, kind: RecordKind, gap: BlankLine, prefix: &LinePrefix, content: &str) {
        let record =
            layout::TextRecord { kind, gap: gap == BlankLine::Line, first: &prefix.first, rest: &prefix.rest, content };
        record.write(&mut self.out);
    }

    fn list(&mut self, node: Node<'_>, list: NodeList, prefix: &LinePrefix, gap: BlankLine) {
        let ordered = list.list_type == ListType::Ordered;
        let looped = html::is_loop_body(node, self.scene.tags);
        let opening = layout::open_list(list.start);
        if ordered && looped {
            let (first, end) = (self.uses.statement("{% if loop.first %}"), self.uses.statement("{% endif %}"));
            self.put(&format!("{first}{opening}{end}"));
        } else if ordered {
            self.out.push_str(&opening);
        }
        let many = list.start + node.children().count() > 10;
        let indent = if ordered && many {
            "    "
        } else if ordered {
            "   "
        } else {
            "  "
        };
        let between = if list.tight { BlankLine::None } else { BlankLine::Line };
        let mut before = gap;
        let mut now = prefix.clone();
        if looped && gap == BlankLine::Line {
            // What a loop repeats cannot say that it is the first; this can.
            let (first, end) = (self.uses.statement("{% if loop.first %}"), self.uses.statement("{% endif %}"));
            self.out.push_str(&first);
            self.record(RecordKind::Space, BlankLine::Line, prefix, "");
            self.out.push_str(&end);
            before = between;
        }
        for item in node.children() {
            let symbol = match &item.data().value {
                NodeValue::TaskItem(task) => Some(task.symbol.is_some()),
                _ => None,
            };
            if tree::placeholder(item).is_some() {
                self.tag(item);
                continue;
            }
            let bullet = match symbol {
                Some(true) => "[x] ".to_owned(),
                Some(false) => "[ ] ".to_owned(),
                None if ordered => layout::number(indent.len()),
                None => "- ".to_owned(),
            };
            let indent = if symbol.is_some() { "    " } else { indent };
            self.blocks(item, &now.then(&bullet, indent), (before, between));
            now = prefix.rest();
            before = between;
        }
        if ordered && looped {
            let (at_end, end) = (self.uses.statement("{% if loop.last %}"), self.uses.statement("{% endif %}"));
            self.put(&format!("{at_end}{}{end}", layout::CLOSE_LIST));
        } else if ordered {
            self.out.push_str(layout::CLOSE_LIST);
        }
    }

    fn table(&mut self, node: Node<'_>, table: &NodeTable, prefix: &LinePrefix, gap: BlankLine) {
        let alignments: String = table
            .alignments
            .iter()
            .map(|it| match it {
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
            let cells: Vec<String> = row.children().map(|it| self.inline_of(it)).collect();
            let header = matches!(row.data().value, NodeValue::TableRow(true));
            let kind = if header { RecordKind::Header } else { RecordKind::Row };
            let content = format!("{alignments}{}{}", layout::CELL, cells.join(layout::CELL));
            self.record(kind, if header { gap } else { BlankLine::None }, prefix, &content);
        }
    }

    /// The inline content of a node.
    pub(crate) fn inline_of(&mut self, node: Node<'_>) -> String {
        let before = std::mem::take(&mut self.out);
        let mut addresses = Vec::new();
        node.children().for_each(|it| self.inline(it, &mut addresses));
        std::mem::replace(&mut self.out, before)
    }

    fn inline(&mut self, node: Node<'_>, addresses: &mut Vec<Option<String>>) {
        let value = node.data().value.clone();
        match value {
            NodeValue::Text(text) => self.out.push_str(&layout::plain(&text)),
            NodeValue::Raw(_) => self.tag(node),
            NodeValue::SoftBreak => self.out.push(' '),
            NodeValue::LineBreak => self.out.push_str(layout::BREAK),
            NodeValue::Code(code) => self.out.push_str(&layout::plain(&code.literal)),
            NodeValue::HtmlInline(html) => self.raw(&html, addresses),
            NodeValue::Link(link) if is_own_url(&self.shown(node), tracking::without_tracking(&link.url)) => {
                let bare = link.url.strip_prefix("mailto:").or_else(|| link.url.strip_prefix("tel:"));
                let (shown, later) =
                    bare.map_or((link.url.as_str(), SlotContext::TextUrlPart), |it| (it, SlotContext::Text));
                let first = if bare.is_some() { SlotContext::Text } else { SlotContext::TextUrl };
                let address = self.uses.text(shown, first, later, layout::plain);
                self.put(&address);
            }
            NodeValue::Image(_) => {
                if node.first_child().is_some() {
                    self.put(&format!("[{}: ", self.scene.words.picture));
                    node.children().for_each(|it| self.inline(it, addresses));
                    self.put("]");
                }
            }
            NodeValue::Link(link) => {
                node.children().for_each(|it| self.inline(it, addresses));
                if !link.url.starts_with('#') {
                    self.address(&link.url);
                }
            }
            NodeValue::FootnoteReference(reference) => self.put(&format!("[{}]", reference.ix)),
            _ => node.children().for_each(|it| self.inline(it, addresses)),
        }
    }

    /// The words of a link, with the marks of its tags.
    fn shown(&self, node: Node<'_>) -> String {
        let pieces = node.descendants().map(|it| match &it.data().value {
            NodeValue::Text(text) => text.to_string(),
            NodeValue::Raw(_) => tree::placeholder(it).map_or_else(String::new, |it| self.scene.marks.tag(it)),
            _ => String::new(),
        });
        pieces.collect()
    }

    /// An address behind the text that it belongs to.
    fn address(&mut self, url: &str) {
        let address = self.uses.text(url, SlotContext::TextUrl, SlotContext::TextUrlPart, layout::plain);
        let space = if self.out.is_empty() || self.out.ends_with(' ') { "" } else { " " };
        self.put(&format!("{space}<{address}>"));
    }

    /// The author's own tags: line breaks and addresses are what a text can show of them.
    fn raw(&mut self, html: &str, addresses: &mut Vec<Option<String>>) {
        let clean = html.trim_start_matches('<').trim_end_matches('>');
        let lower = clean.to_ascii_lowercase();
        if lower.starts_with("br") {
            self.out.push_str(layout::BREAK);
        } else if lower.starts_with("a ") {
            let address = sanitise::attribute(clean, "href");
            let allowed =
                |it: &String| ["https:", "http:", "mailto:", "tel:"].iter().any(|scheme| it.starts_with(scheme));
            addresses.push(address.filter(allowed));
        } else if lower.starts_with("img ") {
            self.out.push_str(&layout::plain(&sanitise::attribute(clean, "alt").unwrap_or_default()));
        } else if lower == "/a"
            && let Some(address) = addresses.pop().flatten()
        {
            self.address(&address);
        }
    }
}

/// Whether the words of a link are its address, with or without its beginning and its last slash.
fn is_own_url(shown: &str, url: &str) -> bool {
    let bare = |it: &str| {
        let it = ["https://", "http://", "mailto:", "tel:"]
            .iter()
            .find_map(|scheme| it.strip_prefix(scheme))
            .unwrap_or(it)
            .to_owned();
        it.trim_start_matches("www.").trim_end_matches('/').to_owned()
    };
    !shown.is_empty() && bare(shown) == bare(url)
}

/// Capitals for a title, where its marks must stay as they are.
trait UppercaseExt {
    fn to_uppercase_outside_marks(&self, scene: WriteContext<'_>) -> String;
}

impl UppercaseExt for String {
    fn to_uppercase_outside_marks(&self, scene: WriteContext<'_>) -> String {
        let marked = scene.marks.uses(self).iter().any(Result::is_err);
        if marked { self.clone() } else { self.to_uppercase() }
    }
}
