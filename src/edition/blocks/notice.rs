//! `::: tip Titel` and `> [!TIP]`: a note with the colour, the sign and the title of its kind.

use comrak::Arena;
use comrak::nodes::{AstNode, Node, NodeValue};

use crate::base::language::words::LetterWords;
use crate::edition::blocks::pieces::{HtmlPiece, TextPiece, open_box_of};
use crate::edition::text::position::BlockPosition;
use crate::issue::manuscript::content_blocks::{LABEL, NoticeKind, body, label_of};
use crate::issue::manuscript::tree;

/// A box with more links than this has no colour behind its text: links on a tint are hard to look at.
const MOST_LINKS: usize = 2;

/// The sign of a kind: a character that no mail program replaces by a coloured picture, as they do with U+26A0 and U+2139.
fn sign(kind: NoticeKind) -> char {
    match kind {
        NoticeKind::Note => 'i',
        NoticeKind::Tip => '✓',
        NoticeKind::Important => '★',
        NoticeKind::Warning => '!',
        NoticeKind::Caution => '×',
    }
}

/// The kind that a title names: a callout "Pas på" is a caution.
pub(super) fn kind_of_title(label: Node<'_>, words: &LetterWords) -> Option<NoticeKind> {
    let written = tree::plain(label).to_lowercase();
    let written = written.trim().trim_end_matches(['!', ':', '.']);
    NoticeKind::ALL.into_iter().find(|kind| kind.title(words).to_lowercase() == written)
}

/// Gives a block without a title that of its kind.
pub(super) fn add_title<'a>(arena: &'a Arena<'a>, block: Node<'a>, kind: NoticeKind, words: &LetterWords) {
    if label_of(block).is_some() {
        return;
    }
    let label: Node<'a> = arena.alloc(AstNode::from(NodeValue::Paragraph));
    let text: Node<'a> = arena.alloc(AstNode::from(NodeValue::Text(kind.title(words).into())));
    label.append(text);
    for node in [label, text] {
        node.data_mut().sourcepos = block.data().sourcepos;
    }
    label.data_mut().attrs.get_or_insert_with(Box::default).classes = vec![LABEL.to_owned()];
    block.prepend(label);
}

/// The additional class of a box with many links.
pub(super) fn quiet_class(block: Node<'_>) -> &'static str {
    let links = block.descendants().filter(|node| matches!(node.data().value, NodeValue::Link(_)));
    if links.count() > MOST_LINKS { " quiet" } else { "" }
}

/// The start of a notice, through the sign in its title.
fn open(block: Node<'_>, kind: NoticeKind) -> String {
    let (name, sign, quiet) = (kind.name(), sign(kind), quiet_class(block));
    // Word ignores the padding of the sign, so it gets spaces. Screen readers skip the sign, since the title has the
    // same meaning.
    let title = format!(
        "<p class=\"notice-title\"><span class=\"sign\" aria-hidden=\"true\"><!--[if mso]>&nbsp;<![endif]-->{sign}\
         <!--[if mso]>&nbsp;<![endif]--></span>&nbsp; "
    );
    open_box_of("notice", &format!(" notice-{name}{quiet}")) + &title
}

pub(super) fn html(block: Node<'_>, kind: NoticeKind) -> Vec<HtmlPiece<'_>> {
    let mut pieces = vec![HtmlPiece::markup(open(block, kind))];
    pieces.extend(label_of(block).map(HtmlPiece::Inline));
    pieces.extend([HtmlPiece::markup("</p>\n"), HtmlPiece::Blocks(body(block).collect()), HtmlPiece::close_box()]);
    pieces
}

pub(super) fn text<'a>(block: Node<'a>, position: &BlockPosition) -> Vec<TextPiece<'a>> {
    let position = position.boxed("| ");
    let below = position.below();
    let title = label_of(block).map(|label| TextPiece::Title(label, position));
    title.into_iter().chain([TextPiece::Blocks(body(block).collect(), below)]).collect()
}
