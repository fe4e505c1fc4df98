//! What an issue says in one of its readers' languages and not in another.

use std::collections::BTreeSet;

use comrak::nodes::Node;

use crate::base::language::Lang;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::span::Span;
use crate::issue::Issue;
use crate::issue::edition_key::EditionKey;
use crate::issue::manuscript::placeholders::PlaceholderText;
use crate::issue::manuscript::visibility::{self, BlockVisibility};
use crate::people::person::Localised;

const HALF_A_KEY: Code = Code("NL344");
const HALF_A_BLOCK: Code = Code("NL345");

/// Tells of a subject, a preheader and blocks that are not written in a language which some of these editions are for,
/// while something is. An issue in one language alone is whole, whoever reads it; so is a translation.
pub(crate) fn check(
    issue: &Issue,
    groups: &[TranslationGroup],
    native: Lang,
    editions: &BTreeSet<EditionKey>,
) -> Diagnostics {
    let editions: Vec<&EditionKey> =
        editions.iter().filter(|key| !issue.translations.contains_key(&key.lang)).collect();
    let read: BTreeSet<Lang> = editions.iter().map(|key| key.lang).collect();
    let mut diagnostics = Diagnostics::new();
    let front = &issue.front;
    let keys = [("subject", Some(&front.subject)), ("preheader", front.preheader.as_ref())];
    let in_keys = keys.into_iter().filter_map(|(_, text)| text).flat_map(Localised::langs);
    let used: BTreeSet<Lang> = in_keys.chain(groups.iter().flat_map(TranslationGroup::langs)).collect();
    for lang in read.iter().filter(|lang| used.contains(*lang) || **lang == native && !used.is_empty()) {
        for (name, text) in keys.into_iter().filter_map(|(name, text)| Some((name, text?))) {
            if text.lang_for(*lang, native) != *lang {
                diagnostics.push(half_a_key(name, text, *lang));
            }
        }
    }
    for lang in front.subject.langs().filter(|lang| *lang != native && read.contains(lang)) {
        if !groups.iter().any(|group| group.langs().any(|member| member == lang)) {
            diagnostics.push(subject_alone(&front.subject, lang));
        }
    }
    for group in groups {
        let (served, lacking): (BTreeSet<Lang>, BTreeSet<Lang>) = editions
            .iter()
            .filter(|key| group.around.iter().all(|block| block.include(key)))
            .map(|key| key.lang)
            .partition(|lang| group.langs().any(|member| member == *lang));
        if served.is_empty() {
            // That nobody reads it is told as such.
            continue;
        }
        diagnostics.extend(lacking.into_iter().map(|lang| half_a_block(group, lang)).collect());
    }
    diagnostics
}

fn half_a_key(name: &str, text: &Localised, lang: Lang) -> Diagnostic {
    let place = text.for_lang(lang).map(|text| text.place.clone());
    let message = format!("the `{name}` is not written in `{lang}`, which readers of this issue read");
    let hint = format!("write below `{name}:` a line for each language, and among them `  {lang}: …`");
    let diagnostic = Diagnostic::warning(HALF_A_KEY, message).hint(hint);
    Diagnostic { place, ..diagnostic }
}

fn subject_alone(subject: &Localised, lang: Lang) -> Diagnostic {
    let place = subject.for_lang(lang).map(|text| text.place.clone());
    let message = format!("the subject is written in `{lang}`, and nothing of the text is");
    let hint = format!("write `::: lang {lang}` blocks, or a whole translation beside the issue, `….{lang}.md`");
    let diagnostic = Diagnostic::warning(HALF_A_KEY, message).hint(hint);
    Diagnostic { place, ..diagnostic }
}

fn half_a_block(group: &TranslationGroup, lang: Lang) -> Diagnostic {
    let message = format!("readers of `{lang}` find nothing in this place");
    let hint = format!("write a block `::: lang {lang}` beside it, if they are to read this too");
    Diagnostic::warning(HALF_A_BLOCK, message).at(group.place.clone()).hint(hint)
}

/// Blocks of languages that stand side by side: one passage, written several times.
#[derive(Debug)]
pub(crate) struct TranslationGroup {
    place: Span,
    members: Vec<Lang>,
    /// The blocks that they all stand in.
    around: Vec<BlockVisibility>,
}

impl TranslationGroup {
    fn langs(&self) -> impl Iterator<Item = Lang> {
        self.members.iter().copied()
    }
}

/// The passages of a text that are written in languages, in the order of the text; what is wrong is reported elsewhere.
pub(crate) fn groups(root: Node<'_>, masked: &PlaceholderText) -> Vec<TranslationGroup> {
    let begins = |node: &Node<'_>| {
        lang_of(node).is_some() && node.previous_sibling().is_none_or(|sibling| lang_of(sibling).is_none())
    };
    let group = |node: Node<'_>| {
        let members = std::iter::successors(Some(node), |node| node.next_sibling()).map_while(lang_of).collect();
        let around = node.ancestors().skip(1).filter_map(visibility::readers).collect();
        TranslationGroup { place: masked.line(node.data().sourcepos.start.line), members, around }
    };
    root.descendants().filter(begins).map(group).collect()
}

fn lang_of(node: Node<'_>) -> Option<Lang> {
    match visibility::readers(node)? {
        BlockVisibility::Lang(lang) => Some(lang),
        BlockVisibility::Only(_) | BlockVisibility::Not(_) | BlockVisibility::Nobody => None,
    }
}
