//! Blocks about appearance: the kind behind the fence, and the label after it.

use comrak::nodes::{AlertType, Node, NodeValue};

use crate::base::language::words::LetterWords;

/// The class of a node that holds a label. Authors cannot write this class, since theirs have no spaces.
pub(crate) const LABEL: &str = "the label of a fence";

/// The kinds of blocks about appearance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ContentKind {
    /// A note in a box.
    Callout,
    /// Something that happens at a time: see `edition::blocks::event`.
    Event,
    /// Cells of a spreadsheet: see `issue::manuscript::table`.
    Table,
    /// An item in a box with a border.
    Card,
    /// Cells side by side.
    Columns,
    /// A quotation, and who said it.
    Quote,
    /// Numbers with their labels, side by side.
    Figures,
    /// A picture beside a text.
    Media,
    /// The rest of a text, which is on the web page only.
    More,
    /// A portrait with a name and a role.
    Person,
    /// A note with the colour and the sign of its kind.
    Notice(NoticeKind),
}

/// The kinds of notices, which are those of GitHub's alerts (`> [!TIP]`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoticeKind {
    Note,
    Tip,
    Important,
    Warning,
    Caution,
}

impl NoticeKind {
    /// Every kind.
    pub(crate) const ALL: [Self; 5] = [Self::Note, Self::Tip, Self::Important, Self::Warning, Self::Caution];

    /// The word for it behind a fence.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Tip => "tip",
            Self::Important => "important",
            Self::Warning => "warning",
            Self::Caution => "caution",
        }
    }

    /// The default title.
    pub(crate) fn title(self, words: &LetterWords) -> &'static str {
        match self {
            Self::Note => words.note,
            Self::Tip => words.tip,
            Self::Important => words.important,
            Self::Warning => words.warning,
            Self::Caution => words.caution,
        }
    }
}

impl From<AlertType> for NoticeKind {
    fn from(alert: AlertType) -> Self {
        match alert {
            AlertType::Note => Self::Note,
            AlertType::Tip => Self::Tip,
            AlertType::Important => Self::Important,
            AlertType::Warning => Self::Warning,
            AlertType::Caution => Self::Caution,
        }
    }
}

impl ContentKind {
    /// Every kind.
    pub(crate) const ALL: [Self; 15] = [
        Self::Callout,
        Self::Card,
        Self::Columns,
        Self::Event,
        Self::Figures,
        Self::Media,
        Self::More,
        Self::Notice(NoticeKind::Note),
        Self::Notice(NoticeKind::Tip),
        Self::Notice(NoticeKind::Important),
        Self::Notice(NoticeKind::Warning),
        Self::Notice(NoticeKind::Caution),
        Self::Person,
        Self::Quote,
        Self::Table,
    ];

    /// The word for it behind a fence.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Callout => "callout",
            Self::Event => "event",
            Self::Table => "table",
            Self::Card => "card",
            Self::Columns => "columns",
            Self::Quote => "quote",
            Self::Figures => "figures",
            Self::Media => "media",
            Self::More => "more",
            Self::Notice(kind) => kind.name(),
            Self::Person => "person",
        }
    }
}

/// A block about appearance, with its label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ContentBlock {
    pub(crate) kind: ContentKind,
    /// The rest of the line, in Markdown; it may be empty.
    pub(crate) label: String,
}

impl ContentBlock {
    /// Reads the words behind a fence; none if the first is not one of these kinds.
    pub(crate) fn read(info: &str) -> Option<Self> {
        let (word, label) = info.trim().split_once(char::is_whitespace).unwrap_or((info.trim(), ""));
        let kind = ContentKind::ALL.into_iter().find(|kind| kind.name() == word)?;
        let label = if kind == ContentKind::Media { without_side(label.trim()) } else { label.trim() };
        Some(Self { kind, label: label.to_owned() })
    }

    /// The block that a node of the tree is, if it is one.
    pub(crate) fn of(node: Node<'_>) -> Option<Self> {
        match &node.data().value {
            NodeValue::BlockDirective(fence) => Self::read(&fence.info),
            _ => None,
        }
    }
}

/// At the end of the words behind a fence: the picture is to the right of its text.
pub(crate) const RIGHT: &str = "{.right}";

/// The label of a media block without the side of its picture.
pub(crate) fn without_side(label: &str) -> &str {
    label.strip_suffix(RIGHT).unwrap_or(label).trim_end()
}

/// Every such block of a tree.
pub(crate) fn all(root: Node<'_>) -> Vec<(Node<'_>, ContentBlock)> {
    root.descendants().filter_map(|node| ContentBlock::of(node).map(|content| (node, content))).collect()
}

/// Whether a node is the label of a block.
pub(crate) fn is_label(node: Node<'_>) -> bool {
    node.data().attrs.as_ref().is_some_and(|attributes| attributes.classes.iter().any(|class| class == LABEL))
}

/// The children of a node, without the label.
pub(crate) fn body(node: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    node.children().filter(|node| !is_label(node))
}

/// The label of a block.
pub(crate) fn label_of(node: Node<'_>) -> Option<Node<'_>> {
    node.children().find(|node| is_label(node))
}
