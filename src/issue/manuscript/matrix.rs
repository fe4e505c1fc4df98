//! Which block of an issue is in which edition, and which is in none.

use std::collections::BTreeSet;

use comrak::nodes::{Node, NodeValue};

use crate::audience::AudienceId;
use crate::audience::channel::CHANNELS;
use crate::base::language::Lang;
use crate::base::message::{Message, message};
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::span::Span;
use crate::issue::Issue;
use crate::issue::edition_key::EditionKey;
use crate::issue::manuscript::placeholders::PlaceholderText;
use crate::issue::manuscript::placeholders::tag;
use crate::issue::manuscript::placeholders::words::Placeholders;
use crate::issue::manuscript::tree;
use crate::issue::manuscript::visibility::BlockVisibility;

const UNREAD: Code = Code("NL611");
const UNREAD_TODAY: Code = Code("NL612");
const EMPTY: Code = Code("NL613");

/// How many characters of a block are shown for it.
const BEGINNING: usize = 48;

/// The blocks of an issue that decide who reads what, in the order of the text.
#[derive(Clone, Debug, Default)]
pub struct BlockMatrix {
    rows: Vec<MatrixBlock>,
}

/// One block.
#[derive(Clone, Debug)]
pub struct MatrixBlock {
    /// Its fence in the file.
    pub place: Span,
    /// The fence's words: `only it-chiefs`.
    pub fence: String,
    /// How many such blocks are around it.
    pub depth: usize,
    /// The first words of its text.
    pub begins: String,
    /// The blocks around it and itself, outermost first.
    enclosing: Vec<EnclosingBlock>,
    /// The languages whose readers get the text that it is in.
    langs: Vec<Lang>,
}

/// A block around a text: an edition contains the text if it contains all of them.
#[derive(Clone, Debug)]
struct EnclosingBlock {
    line: usize,
    readers: BlockVisibility,
}

impl EnclosingBlock {
    /// Whether it names a channel.
    fn is_for(&self, channel: &str) -> bool {
        matches!(&self.readers, BlockVisibility::Only(named) | BlockVisibility::For(named) if named.contains(channel))
    }

    /// Whether a channel that it names is the one that lacks it.
    fn is_not_for(&self, channel: &str) -> bool {
        matches!(&self.readers, BlockVisibility::Not(named) if named.contains(channel))
    }

    /// Whether only the readers that it names get it.
    fn names_readers(&self) -> bool {
        matches!(self.readers, BlockVisibility::Only(_) | BlockVisibility::For(_))
    }
}

impl MatrixBlock {
    /// Whether an edition contains the block: it and every block around it are for its readers.
    pub fn is_in(&self, key: &EditionKey) -> bool {
        self.langs.contains(&key.lang) && self.enclosing.iter().all(|block| block.readers.include(key))
    }

    /// The audiences that the block is for, if an edition lacks it only because it is the edition of another audience.
    pub fn audiences_missed_by(&self, key: &EditionKey) -> Option<&BTreeSet<AudienceId>> {
        let (own, around) = self.enclosing.split_last()?;
        let is_near = self.langs.contains(&key.lang) && around.iter().all(|block| block.readers.include(key));
        match &own.readers {
            BlockVisibility::Only(named) if is_near && !named.contains(&key.audience) => Some(named),
            BlockVisibility::Only(_)
            | BlockVisibility::For(_)
            | BlockVisibility::Not(_)
            | BlockVisibility::Lang(_)
            | BlockVisibility::Nobody => None,
        }
    }

    /// Whether a channel other than letters shows the block: every `only` and `for` around it names the channel, and no
    /// `not` does.
    fn is_in_a_channel(&self) -> bool {
        CHANNELS.iter().filter(|channel| !self.enclosing.iter().any(|block| block.is_not_for(channel))).any(|channel| {
            let mut naming = self.enclosing.iter().filter(|block| block.names_readers()).peekable();
            naming.peek().is_some() && naming.all(|block| block.is_for(channel))
        })
    }

    /// Whether it names no readers, or an audience that does not exist, which is reported where it is parsed.
    fn is_unfinished(&self, known: &BTreeSet<AudienceId>) -> bool {
        match self.enclosing.last().map(|block| &block.readers) {
            Some(BlockVisibility::Only(named) | BlockVisibility::For(named) | BlockVisibility::Not(named)) => {
                named.is_empty() || named.iter().any(|audience| !audience.is_channel() && !known.contains(audience))
            }
            Some(BlockVisibility::Lang(_) | BlockVisibility::Nobody) | None => false,
        }
    }

    /// Whether an edition of one of these audiences can contain the block, whichever readers it has.
    fn can_be_read(&self, audiences: &[AudienceId]) -> bool {
        let (mut includes, mut excluded) = (BTreeSet::new(), BTreeSet::new());
        for block in &self.enclosing {
            match &block.readers {
                BlockVisibility::For(named) => includes.extend(named.iter().cloned()),
                BlockVisibility::Not(named) => excluded.extend(named),
                BlockVisibility::Only(_) | BlockVisibility::Lang(_) | BlockVisibility::Nobody => {}
            }
        }
        // The more audiences a reader is in, the more `for` blocks they get, except for those that a `not` block names.
        includes.retain(|audience| !excluded.contains(audience));
        audiences.iter().any(|audience| {
            let key = |lang| EditionKey {
                audience: audience.clone(),
                lang,
                includes: includes.clone(),
                leaves_out: BTreeSet::new(),
            };
            Lang::ALL.into_iter().any(|lang| self.is_in(&key(lang)))
        })
    }
}

impl BlockMatrix {
    /// The blocks of all texts of an issue.
    pub(crate) fn new(rows: Vec<MatrixBlock>) -> Self {
        Self { rows }
    }

    /// The blocks, in the order of the text.
    pub fn rows(&self) -> &[MatrixBlock] {
        &self.rows
    }

    /// Reports blocks that no edition of these audiences can contain, and blocks that none contains today; `read` are the
    /// editions that have recipients, and `known` all audiences of the project. Blocks inside a reported block are not reported
    /// again.
    pub fn check(
        &self,
        audiences: &[AudienceId],
        read: &BTreeSet<EditionKey>,
        known: &BTreeSet<AudienceId>,
    ) -> Diagnostics {
        let mut reported: BTreeSet<(&str, usize)> = BTreeSet::new();
        let mut diagnostics = Diagnostics::new();
        for row in &self.rows {
            let lines = || row.enclosing.iter().map(|block| (row.place.path(), block.line));
            if row.is_in_a_channel() || row.is_unfinished(known) || lines().any(|line| reported.contains(&line)) {
                continue;
            }
            let diagnostic = if !row.can_be_read(audiences) {
                Diagnostic::error(
                    UNREAD,
                    message!("no recipient can get this block", "ingen modtager kan få denne blok"),
                )
                .hint(unread_hint(row, audiences))
            } else if !read.is_empty() && !read.iter().any(|key| row.is_in(key)) {
                Diagnostic::warning(
                    UNREAD_TODAY,
                    message!(
                        "no recipient of this issue gets this block today",
                        "ingen modtager af nyhedsbrevet får blokken i dag"
                    ),
                )
                .hint(message!(
                    "delete the block, unless it is for recipients who come later",
                    "slet blokken, medmindre den er til modtagere, der kommer senere"
                ))
            } else {
                continue;
            };
            reported.extend(lines().next_back());
            diagnostics.push(diagnostic.at(row.place.clone()));
        }
        diagnostics
    }
}

/// The blocks of a text that readers of some languages get; mistakes in them are reported elsewhere.
pub(crate) fn blocks(
    root: Node<'_>,
    masked: &PlaceholderText,
    placeholders: &Placeholders,
    langs: &[Lang],
) -> Vec<MatrixBlock> {
    root.descendants().filter_map(|node| row(node, masked, placeholders, langs)).collect()
}

/// Reports an edition without any text. Only for a text without errors: with errors, what is left is not what was meant.
pub(crate) fn check_text(root: Node<'_>, issue: &Issue, key: &EditionKey, diagnostics: &mut Diagnostics) {
    let says = |node: Node<'_>| match &node.data().value {
        NodeValue::Text(text) => !text.trim().is_empty(),
        NodeValue::Code(_)
        | NodeValue::CodeBlock(_)
        | NodeValue::Image(_)
        | NodeValue::HtmlBlock(_)
        | NodeValue::HtmlInline(_)
        | NodeValue::Raw(_) => true,
        NodeValue::BlockDirective(fence) => BlockVisibility::read(&fence.info).is_none(),
        _ => false,
    };
    if root.descendants().any(says) {
        return;
    }
    let audience = &key.audience;
    diagnostics.push(
        Diagnostic::error(
            EMPTY,
            message!(
                "the edition {} has no text: all of it is in blocks for other readers",
                "udgaven {} har ingen tekst: alt står i blokke til andre læsere",
                key.id()
            ),
        )
        .at(issue.source.line(1))
        .hint(message!(
            "write something for its readers, or delete `{audience}` from `audiences`",
            "skriv noget til dens læsere, eller slet `{audience}` fra `audiences`"
        )),
    );
}

/// Why no recipient can get a block, and what to write instead.
fn unread_hint(row: &MatrixBlock, audiences: &[AudienceId]) -> Message {
    let own = row.enclosing.last().map(|block| &block.readers);
    let listed = |all: &mut dyn Iterator<Item = &AudienceId>| {
        all.map(|audience| format!("`{audience}`")).collect::<Vec<_>>().join(", ")
    };
    match own {
        Some(BlockVisibility::Only(named)) if !audiences.iter().any(|audience| named.contains(audience)) => message!(
            "the issue is for {}: add {} to its `audiences`, or delete the block",
            "nyhedsbrevet er til {}: tilføj {} til `audiences`, eller slet blokken",
            listed(&mut audiences.iter()),
            listed(&mut named.iter().filter(|audience| !audience.is_channel()))
        ),
        Some(BlockVisibility::Not(named)) if audiences.iter().all(|audience| named.contains(audience)) => {
            message!(
                "it excludes every audience of the issue: name fewer of them, or delete the block",
                "den udelukker alle nyhedsbrevets målgrupper: nævn færre, eller slet blokken"
            )
        }
        Some(BlockVisibility::Lang(lang)) if !row.langs.contains(lang) => {
            message!(
                "readers of `{lang}` get the translation of this issue: move the block there",
                "læsere med `{lang}` får oversættelsen af nyhedsbrevet: flyt blokken dertil"
            )
        }
        Some(
            BlockVisibility::Only(_)
            | BlockVisibility::For(_)
            | BlockVisibility::Not(_)
            | BlockVisibility::Lang(_)
            | BlockVisibility::Nobody,
        )
        | None => {
            let outer = row.enclosing.iter().rev().nth(1).map_or(1, |block| block.line);
            message!(
                "its readers are excluded by the block around it in line {outer}: move it out of that block",
                "dens læsere er udelukket af blokken uden om på linje {outer}: flyt den ud af den blok"
            )
        }
    }
}

/// The row of a node, if it is a block that decides who reads it.
fn row(node: Node<'_>, masked: &PlaceholderText, placeholders: &Placeholders, langs: &[Lang]) -> Option<MatrixBlock> {
    let mut enclosing: Vec<EnclosingBlock> = node.ancestors().filter_map(|node| deciding_block(node, masked)).collect();
    enclosing.reverse();
    deciding_block(node, masked)?;
    let fence = match &node.data().value {
        NodeValue::BlockDirective(fence) => fence.info.split_whitespace().collect::<Vec<_>>().join(" "),
        _ => return None,
    };
    let place = masked.line(node.data().sourcepos.start.line);
    Some(MatrixBlock {
        place,
        fence,
        depth: enclosing.len() - 1,
        begins: beginning(node, masked, placeholders),
        enclosing,
        langs: langs.to_vec(),
    })
}

fn deciding_block(node: Node<'_>, masked: &PlaceholderText) -> Option<EnclosingBlock> {
    let data = node.data();
    let NodeValue::BlockDirective(fence) = &data.value else { return None };
    Some(EnclosingBlock {
        line: masked.line(data.sourcepos.start.line).line(),
        readers: BlockVisibility::read(&fence.info).filter(|visibility| *visibility != BlockVisibility::Nobody)?,
    })
}

/// The first words below a node, with tags as typed.
fn beginning(node: Node<'_>, masked: &PlaceholderText, placeholders: &Placeholders) -> String {
    let words = node.descendants().filter(|node| node.data().value.contains_inlines()).map(tree::plain);
    let first = words.map(|words| words.trim().to_owned()).find(|words| !words.is_empty()).unwrap_or_default();
    let text = tag::as_typed(&first, placeholders, &masked.tags);
    if text.chars().count() <= BEGINNING {
        return text;
    }
    let cut: String = text.chars().take(BEGINNING).collect();
    format!("{} …", cut.rsplit_once(' ').map_or(cut.as_str(), |(whole, _)| whole))
}
