//! Blocks: who reads which part of an issue.

use std::collections::BTreeSet;

use comrak::nodes::{Node, NodeValue};

use crate::audience::AudienceId;
use crate::language::Lang;
use crate::render::EditionKey;
use crate::render::lift::Lifted;
use crate::render::notes;
use crate::source::{Code, Diagnostic, Diagnostics, Place, nearest};

const UNKNOWN_KIND: Code = Code("NL407");
const UNKNOWN_AUDIENCE: Code = Code("NL408");
const NO_NAMES: Code = Code("NL409");
const UNKNOWN_LANG: Code = Code("NL410");

/// Where a text is read that is no letter.
pub(crate) const CHANNELS: [&str; 2] = ["web", "linkedin"];

const KINDS: [&str; 3] = ["only", "not", "lang"];

/// What people write for a kind, in Danish or from other programs.
const GUESSES: [(&str, &str); 13] = [
    ("kun", "::: only …"),
    ("for", "::: only …"),
    ("til", "::: only …"),
    ("audience", "::: only …"),
    ("ikke", "::: not …"),
    ("undtagen", "::: not …"),
    ("except", "::: not …"),
    ("sprog", "::: lang …"),
    ("dansk", "::: lang da"),
    ("engelsk", "::: lang en"),
    ("knap", "[Tekst](https://…){.button}"),
    ("button", "[Text](https://…){.button}"),
    ("warning", "> [!WARNING]"),
];

/// Kinds that other programs have, and this one has not yet.
const NOT_YET: [&str; 8] = ["event", "table", "columns", "card", "callout", "quote", "more", "snippet"];

/// Who reads a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Block {
    /// The audiences named; channels are left out, since no edition is one.
    Only(BTreeSet<AudienceId>),
    /// Everybody who is in none of the audiences named.
    Not(BTreeSet<AudienceId>),
    /// Readers of one language.
    Lang(Lang),
}

impl Block {
    /// Whether an edition holds the block.
    pub(crate) fn is_read_by(&self, key: &EditionKey) -> bool {
        match self {
            Self::Only(audiences) => audiences.contains(&key.audience),
            Self::Not(audiences) => !audiences.contains(&key.audience) && audiences.is_disjoint(&key.leaves_out),
            Self::Lang(lang) => *lang == key.lang,
        }
    }

    /// Reads what stands behind a fence, without telling of mistakes.
    pub(crate) fn read(info: &str) -> Option<Self> {
        let mut words = info.split_whitespace();
        match words.next()? {
            "only" => Some(Self::Only(words.filter(|it| !CHANNELS.contains(it)).filter_map(named).collect())),
            "not" => Some(Self::Not(words.filter_map(named).collect())),
            "lang" => words.next().and_then(Lang::parse).map(Self::Lang),
            _ => None,
        }
    }
}

fn named(word: &str) -> Option<AudienceId> {
    AudienceId::parse(word.trim_matches(',')).ok()
}

/// Whether a word behind colons can only be meant as the kind of a block.
pub(crate) fn is_meant(word: &str) -> bool {
    let lower = word.to_lowercase();
    KINDS.contains(&lower.as_str()) || GUESSES.iter().any(|(guess, _)| *guess == lower)
}

/// Tells of fences whose words are not known.
pub(crate) fn check(root: Node<'_>, lifted: &Lifted<'_>, known: &BTreeSet<AudienceId>, diagnostics: &mut Diagnostics) {
    for node in root.descendants() {
        let data = node.data();
        if let NodeValue::BlockDirective(block) = &data.value {
            check_info(&block.info, &lifted.line(data.sourcepos.start.line), known, diagnostics);
        }
    }
}

fn check_info(info: &str, place: &Place, known: &BTreeSet<AudienceId>, diagnostics: &mut Diagnostics) {
    let mut words = info.split_whitespace().map(|it| it.trim_matches(','));
    let Some(kind) = words.next() else { return };
    let names: Vec<&str> = words.filter(|it| !it.is_empty()).collect();
    match kind {
        "only" | "not" | "lang" if names.is_empty() => diagnostics.push(
            Diagnostic::error(NO_NAMES, format!("`::: {kind}` does not say who")).at(place.clone()).hint(
                if kind == "lang" {
                    format!("write `::: lang` and one of: {}", Lang::known())
                } else {
                    "name at least one audience behind it".to_owned()
                },
            ),
        ),
        "only" | "not" => {
            let channels: &[&str] = if kind == "only" { &CHANNELS } else { &[] };
            for name in names.into_iter().filter(|it| !channels.contains(it)) {
                check_audience(name, place, known, diagnostics);
            }
        }
        "lang" => {
            for name in names.iter().filter(|it| Lang::parse(it).is_none()) {
                diagnostics.push(
                    Diagnostic::error(UNKNOWN_LANG, format!("there is no edition in the language `{name}`"))
                        .at(place.clone())
                        .hint(format!("write one of: {}", Lang::known())),
                );
            }
            if names.len() > 1 {
                diagnostics.push(
                    Diagnostic::error(UNKNOWN_LANG, "a block is in one language")
                        .at(place.clone())
                        .hint("write a block for each language"),
                );
            }
        }
        _ => diagnostics.push(unknown_kind(kind, place)),
    }
}

fn check_audience(name: &str, place: &Place, known: &BTreeSet<AudienceId>, diagnostics: &mut Diagnostics) {
    let ids = || known.iter().map(AudienceId::as_str);
    if ids().any(|it| it == name) {
        return;
    }
    let hint = match nearest(name, ids()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("the audiences are {}", ids().collect::<Vec<_>>().join(", ")),
    };
    diagnostics.push(
        Diagnostic::error(UNKNOWN_AUDIENCE, format!("there is no audience called `{name}`"))
            .at(place.clone())
            .hint(hint),
    );
}

fn unknown_kind(kind: &str, place: &Place) -> Diagnostic {
    let lower = kind.to_lowercase();
    let guess = GUESSES.iter().find(|(guess, _)| *guess == lower).map(|(_, meant)| *meant);
    let hint = match (guess, nearest(kind, KINDS)) {
        (Some(meant), _) => format!("write `{meant}`"),
        (None, Some(near)) => format!("did you mean `::: {near}`?"),
        (None, None) => "write `::: only …`, `::: not …` or `::: lang …`".into(),
    };
    let message = if NOT_YET.contains(&lower.as_str()) {
        format!("blocks of the kind `{kind}` are not known in this version")
    } else {
        format!("there is no block called `{kind}`")
    };
    Diagnostic::error(UNKNOWN_KIND, message).at(place.clone()).hint(hint)
}

/// Leaves out the blocks that an edition does not hold, and opens the others.
pub(crate) fn filter<'a>(root: Node<'a>, key: &EditionKey) {
    let blocks: Vec<Node<'a>> =
        root.descendants().filter(|it| matches!(it.data().value, NodeValue::BlockDirective(_))).collect();
    let mut unread = Vec::new();
    for block in blocks {
        let read = match &block.data().value {
            NodeValue::BlockDirective(fence) => Block::read(&fence.info).is_some_and(|it| it.is_read_by(key)),
            _ => false,
        };
        if read {
            let children: Vec<Node<'a>> = block.children().collect();
            for child in children {
                block.insert_before(child);
            }
        } else {
            unread.push(notes::lines(block));
        }
        let parent = block.parent();
        block.detach();
        drop_emptied(parent);
    }
    notes::leave_out(root, &unread);
}

/// An item or a quote that held nothing but blocks for others goes with them.
fn drop_emptied(mut node: Option<Node<'_>>) {
    while let Some(emptied) = node.filter(|it| it.first_child().is_none()) {
        node = emptied.parent();
        emptied.detach();
    }
}

/// The audiences that `not` blocks of a text name.
pub(crate) fn left_out(root: Node<'_>) -> BTreeSet<AudienceId> {
    let mut names = BTreeSet::new();
    for node in root.descendants() {
        if let NodeValue::BlockDirective(fence) = &node.data().value
            && let Some(Block::Not(audiences)) = Block::read(&fence.info)
        {
            names.extend(audiences);
        }
    }
    names
}
