//! Blocks: the words behind a fence (`:::`), and common mistakes in them.

use std::collections::BTreeSet;

use comrak::nodes::{Node, NodeValue};

use crate::audience::AudienceId;
use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::span::Span;
use crate::issue::manuscript::content_blocks::{ContentBlock, ContentKind};
use crate::issue::manuscript::placeholders::PlaceholderText;
use crate::issue::manuscript::snippets::SNIPPET;
use crate::issue::manuscript::visibility::{self, VisibilityFence};

const UNKNOWN_KIND: Code = Code("NL407");

/// Words that authors write for a kind, in Danish or from other programs, with what to write instead.
const COMMON_MISTAKES: [(&str, &str); 55] = [
    ("kun", "::: only …"),
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
    ("bemærk", "::: note …"),
    ("info", "::: note …"),
    ("tips", "::: tip …"),
    ("vigtigt", "::: important …"),
    ("advarsel", "::: warning …"),
    ("pas", "::: caution …"),
    ("danger", "::: caution …"),
    ("husk", "::: callout Husk …"),
    ("boks", "::: callout …"),
    ("faktaboks", "::: callout …"),
    ("fakta", "::: callout …"),
    ("infoboks", "::: callout …"),
    ("box", "::: callout …"),
    ("citat", "::: quote …"),
    ("blockquote", "::: quote …"),
    ("kolonner", "::: columns"),
    ("kolonne", "::: columns"),
    ("spalter", "::: columns"),
    ("grid", "::: columns"),
    ("column", "::: columns"),
    ("kort", "::: card …"),
    ("cards", "::: columns, with a `::: card …` for each inside"),
    ("billede", "::: media"),
    ("figur", "::: media"),
    ("image", "::: media"),
    ("portræt", "::: person …"),
    ("byline", "::: person …"),
    ("tal", "::: figures"),
    ("nøgletal", "::: figures"),
    ("stats", "::: figures"),
    ("galleri", "::: columns"),
    ("gallery", "::: columns"),
    ("mere", "::: more …"),
    ("læs", "::: more …"),
    ("details", "::: more …"),
    ("begivenhed", "::: event …"),
    ("arrangement", "::: event …"),
    ("møde", "::: event …"),
    ("kursus", "::: event …"),
    ("tabel", "::: table …"),
    ("csv", "::: table …"),
    ("tekst", "::: snippet …"),
    ("skabelon", "::: snippet …"),
    ("include", "::: snippet …"),
];

/// Every kind of block.
fn kinds() -> impl Iterator<Item = &'static str> {
    visibility::KINDS.into_iter().chain(ContentKind::ALL.into_iter().map(ContentKind::name)).chain([SNIPPET])
}

/// Whether a word behind colons is probably meant as the kind of a block.
pub(crate) fn is_probable_kind(word: &str) -> bool {
    let lower = word.to_lowercase();
    kinds().any(|kind| kind == lower) || COMMON_MISTAKES.iter().any(|(guess, _)| *guess == lower)
}

/// Reports fences whose words are unknown.
pub(crate) fn check(
    root: Node<'_>,
    masked: &PlaceholderText,
    known: &BTreeSet<AudienceId>,
    diagnostics: &mut Diagnostics,
) {
    for node in root.descendants() {
        let data = node.data();
        let NodeValue::BlockDirective(fence) = &data.value else { continue };
        let place = masked.line(data.sourcepos.start.line);
        let Some(kind) = fence.info.split_whitespace().next() else { continue };
        if let Some(fence) = VisibilityFence::read(&fence.info) {
            fence.check(&place, known, diagnostics);
        } else if ContentBlock::read(&fence.info).is_none() && kind != SNIPPET {
            // A snippet that is still here could not be included, which is reported already.
            diagnostics.push(unknown_kind(kind.trim_matches(','), &place));
        }
    }
}

fn unknown_kind(kind: &str, place: &Span) -> Diagnostic {
    let kind = kind.trim_end_matches(':');
    let lower = kind.to_lowercase();
    let guess = COMMON_MISTAKES.iter().find(|(guess, _)| *guess == lower).map(|(_, meant)| *meant);
    let unknown = Diagnostic::unknown(UNKNOWN_KIND, message!("block", "blok"), kind, kinds()).at(place.clone());
    match guess {
        Some(meant) => unknown.hint(message!("write `{meant}`", "skriv `{meant}`")),
        None => unknown,
    }
}
