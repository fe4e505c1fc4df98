//! Reports parts of an issue that are written in one of its readers' languages but not in another.

use std::collections::BTreeSet;

use comrak::nodes::Node;

use crate::base::language::Lang;
use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::span::Span;
use crate::issue::Issue;
use crate::issue::edition_key::EditionKey;
use crate::issue::manuscript::placeholders::PlaceholderText;
use crate::issue::manuscript::visibility::{self, BlockVisibility};
use crate::people::person::Localised;

const KEY_NOT_TRANSLATED: Code = Code("NL344");
const BLOCK_NOT_TRANSLATED: Code = Code("NL345");

/// Reports a subject, a preheader and blocks that are missing in a language of these editions while other parts are written
/// in it. An issue in only one language is complete, and so is a translation.
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
                diagnostics.push(untranslated_key(name, text, *lang));
            }
        }
    }
    for lang in front.subject.langs().filter(|lang| *lang != native && read.contains(lang)) {
        if !groups.iter().any(|group| group.langs().any(|member| member == lang)) {
            diagnostics.push(untranslated_text(&front.subject, lang));
        }
    }
    for group in groups {
        let (served, lacking): (BTreeSet<Lang>, BTreeSet<Lang>) = editions
            .iter()
            .filter(|key| group.enclosing.iter().all(|block| block.include(key)))
            .map(|key| key.lang)
            .partition(|lang| group.langs().any(|member| member == *lang));
        if served.is_empty() {
            // A block without readers has a separate check (NL611, NL612).
            continue;
        }
        diagnostics.extend(lacking.into_iter().map(|lang| untranslated_block(group, lang)).collect());
    }
    diagnostics
}

fn untranslated_key(name: &str, text: &Localised, lang: Lang) -> Diagnostic {
    let place = text.for_lang(lang).map(|text| text.place.clone());
    let message = message!(
        "the `{name}` is missing in `{lang}`, a language of this issue's readers",
        "`{name}` mangler på `{lang}`, som er nogle af læsernes sprog"
    );
    let hint = message!(
        "write a line for each language below `{name}:`, such as `  {lang}: …`",
        "skriv en linje for hvert sprog under `{name}:`, f.eks. `  {lang}: …`"
    );
    let diagnostic = Diagnostic::warning(KEY_NOT_TRANSLATED, message).hint(hint);
    Diagnostic { place, ..diagnostic }
}

fn untranslated_text(subject: &Localised, lang: Lang) -> Diagnostic {
    let place = subject.for_lang(lang).map(|text| text.place.clone());
    let message = message!(
        "the subject is in `{lang}`, but no part of the text",
        "emnet er på `{lang}`, men ingen del af teksten er"
    );
    let hint = message!(
        "write `::: lang {lang}` blocks, or a whole translation beside the issue, `….{lang}.md`",
        "skriv `::: lang {lang}`-blokke, eller en hel oversættelse ved siden af: `….{lang}.md`"
    );
    let diagnostic = Diagnostic::warning(KEY_NOT_TRANSLATED, message).hint(hint);
    Diagnostic { place, ..diagnostic }
}

fn untranslated_block(group: &TranslationGroup, lang: Lang) -> Diagnostic {
    let message = message!("this passage is missing in `{lang}`", "stykket mangler på `{lang}`");
    let hint = message!(
        "write a block `::: lang {lang}` next to it, if these readers should get it too",
        "skriv en blok `::: lang {lang}` ved siden af, hvis de læsere også skal have det"
    );
    Diagnostic::warning(BLOCK_NOT_TRANSLATED, message).at(group.place.clone()).hint(hint)
}

/// Adjacent `lang` blocks: one passage in several languages.
#[derive(Debug)]
pub(crate) struct TranslationGroup {
    place: Span,
    members: Vec<Lang>,
    /// The blocks around them.
    enclosing: Vec<BlockVisibility>,
}

impl TranslationGroup {
    fn langs(&self) -> impl Iterator<Item = Lang> {
        self.members.iter().copied()
    }
}

/// The passages of a text in several languages, in the order of the text; mistakes in them are reported elsewhere.
pub(crate) fn groups(root: Node<'_>, masked: &PlaceholderText) -> Vec<TranslationGroup> {
    let begins = |node: &Node<'_>| {
        lang_of(node).is_some() && node.previous_sibling().is_none_or(|sibling| lang_of(sibling).is_none())
    };
    let group = |node: Node<'_>| {
        let members = std::iter::successors(Some(node), |node| node.next_sibling()).map_while(lang_of).collect();
        let enclosing = node.ancestors().skip(1).filter_map(visibility::readers).collect();
        TranslationGroup { place: masked.line(node.data().sourcepos.start.line), members, enclosing }
    };
    root.descendants().filter(begins).map(group).collect()
}

fn lang_of(node: Node<'_>) -> Option<Lang> {
    match visibility::readers(node)? {
        BlockVisibility::Lang(lang) => Some(lang),
        BlockVisibility::Only(_) | BlockVisibility::For(_) | BlockVisibility::Not(_) | BlockVisibility::Nobody => None,
    }
}
