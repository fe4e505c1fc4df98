//! Blocks for some readers: who gets which part of an issue.

use std::collections::BTreeSet;

use comrak::nodes::{Node, NodeValue};

use crate::audience::AudienceId;
use crate::audience::channel::CHANNELS;
use crate::base::language::Lang;
use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::span::Span;
use crate::issue::edition_key::{EditionKey, FollowedAudiences};
use crate::issue::manuscript::content_blocks::{self, ContentBlock};
use crate::issue::manuscript::notes;
use crate::issue::manuscript::tree;

const UNKNOWN_AUDIENCE: Code = Code("NL408");
const NO_NAMES: Code = Code("NL409");
const UNKNOWN_LANG: Code = Code("NL410");

/// The words for them behind a fence.
pub(crate) const KINDS: [&str; 4] = ["only", "for", "not", "lang"];

/// Who gets a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum BlockVisibility {
    /// The audiences named, and the channels.
    Only(BTreeSet<AudienceId>),
    /// Everyone in one of these audiences, whichever edition they get, and the channels named.
    For(BTreeSet<AudienceId>),
    /// All readers outside these audiences, and the channels that are not named.
    Not(BTreeSet<AudienceId>),
    /// Readers of one language.
    Lang(Lang),
    /// No one: the words after the fence are wrong, which is reported.
    Nobody,
}

impl BlockVisibility {
    /// Whether an edition contains the block.
    pub(crate) fn include(&self, key: &EditionKey) -> bool {
        match self {
            Self::Only(audiences) => audiences.contains(&key.audience),
            Self::For(audiences) => audiences.contains(&key.audience) || !audiences.is_disjoint(&key.includes),
            Self::Not(audiences) => !audiences.contains(&key.audience) && audiences.is_disjoint(&key.leaves_out),
            Self::Lang(lang) => *lang == key.lang,
            Self::Nobody => false,
        }
    }

    /// Reads the words behind a fence; none where they are not about readers.
    pub(crate) fn read(info: &str) -> Option<Self> {
        VisibilityFence::read(info).map(|fence| fence.visibility())
    }
}

/// The kinds of blocks for some readers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum VisibilityKind {
    Only,
    For,
    Not,
    Lang,
}

/// The words behind a fence that say who reads its block, before they are looked up.
#[derive(Debug)]
pub(crate) struct VisibilityFence<'f> {
    kind: VisibilityKind,
    names: Vec<&'f str>,
}

impl<'f> VisibilityFence<'f> {
    /// Reads the words behind a fence; none where they are not about readers. Commas between names are ignored.
    pub(crate) fn read(info: &'f str) -> Option<Self> {
        let mut words = info.split_whitespace();
        let kind = match words.next()? {
            "only" => VisibilityKind::Only,
            "for" => VisibilityKind::For,
            "not" => VisibilityKind::Not,
            "lang" => VisibilityKind::Lang,
            _ => return None,
        };
        let names = words.map(|word| word.trim_matches(',')).filter(|word| !word.is_empty());
        Some(Self { kind, names: names.collect() })
    }

    fn visibility(&self) -> BlockVisibility {
        let audiences = || self.names.iter().filter_map(|name| AudienceId::parse(name).ok()).collect();
        match self.kind {
            VisibilityKind::Only => BlockVisibility::Only(audiences()),
            VisibilityKind::For => BlockVisibility::For(audiences()),
            VisibilityKind::Not => BlockVisibility::Not(audiences()),
            VisibilityKind::Lang => {
                let lang = self.names.first().and_then(|name| Lang::parse(name));
                lang.map_or(BlockVisibility::Nobody, BlockVisibility::Lang)
            }
        }
    }

    /// Reports names that are missing or unknown.
    pub(crate) fn check(&self, place: &Span, known: &BTreeSet<AudienceId>, diagnostics: &mut Diagnostics) {
        let (kind, hint, channels): (_, _, &[&str]) = match self.kind {
            VisibilityKind::Only => {
                ("only", message!("name at least one audience after it", "skriv mindst én målgruppe efter"), &CHANNELS)
            }
            VisibilityKind::For => {
                ("for", message!("name at least one audience after it", "skriv mindst én målgruppe efter"), &CHANNELS)
            }
            VisibilityKind::Not => {
                ("not", message!("name at least one audience after it", "skriv mindst én målgruppe efter"), &CHANNELS)
            }
            VisibilityKind::Lang => (
                "lang",
                message!("write `::: lang` and one of: {}", "skriv `::: lang` og en af: {}", Lang::known()),
                &[],
            ),
        };
        if self.names.is_empty() {
            let message = message!("`::: {kind}` names no readers", "`::: {kind}` nævner ingen læsere");
            return diagnostics.push(Diagnostic::error(NO_NAMES, message).at(place.clone()).hint(hint));
        }
        if self.kind == VisibilityKind::Lang {
            return check_lang(&self.names, place, diagnostics);
        }
        for name in self.names.iter().filter(|name| !channels.contains(name)) {
            check_audience(name, place, known, diagnostics);
        }
    }
}

fn check_lang(names: &[&str], place: &Span, diagnostics: &mut Diagnostics) {
    for name in names.iter().filter(|name| Lang::parse(name).is_none()) {
        diagnostics.push(
            Diagnostic::error(UNKNOWN_LANG, message!("unknown language `{name}`", "ukendt sprog `{name}`"))
                .at(place.clone())
                .hint(message!("write one of: {}", "vælg mellem: {}", Lang::known())),
        );
    }
    if names.len() > 1 {
        diagnostics.push(
            Diagnostic::error(
                UNKNOWN_LANG,
                message!("a block can have only one language", "en blok kan kun have ét sprog"),
            )
            .at(place.clone())
            .hint(message!("write a block for each language", "skriv en blok for hvert sprog")),
        );
    }
}

fn check_audience(name: &str, place: &Span, known: &BTreeSet<AudienceId>, diagnostics: &mut Diagnostics) {
    let ids = || known.iter().map(AudienceId::as_str);
    if ids().any(|id| id == name) {
        return;
    }
    diagnostics
        .push(Diagnostic::unknown(UNKNOWN_AUDIENCE, message!("audience", "målgruppe"), name, ids()).at(place.clone()));
}

/// Removes the blocks that are not for an edition, and unwraps the others; blocks about appearance stay.
pub(crate) fn filter<'a>(root: Node<'a>, key: &EditionKey) {
    // Collected first, since unwrapping a block changes the tree.
    let blocks: Vec<(Node<'a>, BlockVisibility)> =
        root.descendants().filter_map(|node| readers(node).map(|readers| (node, readers))).collect();
    let mut unread = Vec::new();
    for (block, readers) in blocks {
        if readers.include(key) {
            let children: Vec<Node<'a>> = block.children().collect();
            for child in children {
                if let BlockVisibility::Lang(lang) = &readers {
                    tree::set_attribute(child, tree::LANG, Some(lang.tag()));
                }
                if matches!(readers, BlockVisibility::Only(_)) && key.audience.is_channel() {
                    tree::set_attribute(child, tree::OWN, Some(key.audience.as_str()));
                }
                block.insert_before(child);
            }
        } else {
            unread.push(notes::lines(block));
        }
        let parent = block.parent();
        block.detach();
        remove_empty(parent);
    }
    notes::leave_out(root, &unread);
}

/// Who gets a block; none if the node is not a block or is one about appearance.
pub(crate) fn readers(node: Node<'_>) -> Option<BlockVisibility> {
    match &node.data().value {
        NodeValue::BlockDirective(fence) if ContentBlock::read(&fence.info).is_some() => None,
        // A block of an unknown kind is left out: a misspelt `only` must not reach everyone.
        NodeValue::BlockDirective(fence) => Some(BlockVisibility::read(&fence.info).unwrap_or(BlockVisibility::Nobody)),
        _ => None,
    }
}

/// Removes items, quotes and boxes that contained only blocks for other readers.
fn remove_empty(mut node: Option<Node<'_>>) {
    while let Some(emptied) = node.filter(|emptied| content_blocks::body(emptied).next().is_none()) {
        node = emptied.parent();
        emptied.detach();
    }
}

/// The languages of a text's `lang` blocks.
pub(crate) fn langs(root: Node<'_>) -> BTreeSet<Lang> {
    let lang = |node| match readers(node) {
        Some(BlockVisibility::Lang(lang)) => Some(lang),
        Some(
            BlockVisibility::Only(_) | BlockVisibility::For(_) | BlockVisibility::Not(_) | BlockVisibility::Nobody,
        )
        | None => None,
    };
    root.descendants().filter_map(lang).collect()
}

/// The audiences that `for` and `not` blocks of a text name.
pub(crate) fn followed_audiences(root: Node<'_>) -> FollowedAudiences {
    let mut followed = FollowedAudiences::default();
    // A channel is not an audience.
    let people = |audiences: BTreeSet<AudienceId>| audiences.into_iter().filter(|audience| !audience.is_channel());
    for visibility in root.descendants().filter_map(readers) {
        match visibility {
            BlockVisibility::For(audiences) => followed.includes.extend(people(audiences)),
            BlockVisibility::Not(audiences) => followed.leaves_out.extend(people(audiences)),
            BlockVisibility::Only(_) | BlockVisibility::Lang(_) | BlockVisibility::Nobody => {}
        }
    }
    followed
}
