//! The words of links: a reader who jumps from link to link with a screen reader hears nothing else.

use std::collections::BTreeMap;

use comrak::nodes::{Node, NodeValue};

use crate::base::language::Lang;
use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::edition::compile_context::CompileContext;
use crate::issue::manuscript::tree;

const VAGUE: Code = Code("NL550");
const SAME_WORDS: Code = Code("NL551");
const BARE: Code = Code("NL552");
const WORDLESS: Code = Code("NL553");

/// The longest address that may be shown as it is, in characters.
const LONGEST: usize = 60;

/// Reports links whose words do not say where they lead.
pub(crate) fn check(root: Node<'_>, context: CompileContext<'_>, diagnostics: &mut Diagnostics) {
    let mut places: BTreeMap<String, String> = BTreeMap::new();
    for node in root.descendants() {
        let url = match &node.data().value {
            NodeValue::Link(link) => link.url.clone(),
            _ => continue,
        };
        if node.descendants().any(|child| tree::placeholder(child).is_some()) {
            continue;
        }
        let words = tree::plain(node);
        let words = words.trim();
        if let Some(diagnostic) = wordless(words, node).or_else(|| vague(words)).or_else(|| bare(words, node)) {
            diagnostics.push(diagnostic.at(context.place(node)));
            continue;
        }
        let before = places.entry(words.to_lowercase()).or_insert_with(|| url.clone());
        if *before != url && context.placeholders.tags_in(&url).is_empty() {
            let message = message!(
                "`{words}` links to a different URL than the same words above",
                "`{words}` linker til en anden adresse end de samme ord ovenover"
            );
            let hint = message!(
                "give each link words that say where it leads",
                "giv hvert link ord, der siger, hvor det fører hen"
            );
            diagnostics.push(Diagnostic::warning(SAME_WORDS, message).at(context.place(node)).hint(hint));
        }
    }
}

fn wordless(words: &str, node: Node<'_>) -> Option<Diagnostic> {
    if !words.is_empty() || node.descendants().any(|child| matches!(child.data().value, NodeValue::HtmlInline(_))) {
        return None;
    }
    let picture = node.descendants().any(|child| matches!(child.data().value, NodeValue::Image(_)));
    let (message, hint) = if picture {
        (
            message!(
                "this linked picture has no text that says where it leads",
                "billedet med link har ingen tekst, der siger, hvor det fører hen"
            ),
            message!("write: `[![Programmet](billede.png)](…)`", "skriv: `[![Programmet](billede.png)](…)`"),
        )
    } else {
        (
            message!("this link has no words", "linket har ingen ord"),
            message!(
                "write where it leads between the square brackets",
                "skriv mellem kantparenteserne, hvor det fører hen"
            ),
        )
    };
    Some(Diagnostic::warning(WORDLESS, message).hint(hint))
}

fn vague(words: &str) -> Option<Diagnostic> {
    let lower = words.to_lowercase();
    let lower = lower.trim_matches(|character: char| !character.is_alphanumeric());
    Lang::ALL.into_iter().any(|lang| lang.language().empty_links.contains(&lower)).then(|| {
        Diagnostic::warning(
            VAGUE,
            message!("`{words}` does not say where the link leads", "`{words}` siger ikke, hvor linket fører hen"),
        )
        .hint(message!(
            "write what is there: `[Programmet for årsmødet](…)`; many readers hear only the links",
            "skriv, hvad der er der: `[Programmet for årsmødet](…)`; mange læsere hører kun links"
        ))
    })
}

fn bare(words: &str, node: Node<'_>) -> Option<Diagnostic> {
    if !["https://", "http://", "www."].iter().any(|prefix| words.starts_with(prefix)) {
        return None;
    }
    let button =
        node.data().attrs.as_ref().is_some_and(|attributes| attributes.classes.iter().any(|class| class == "button"));
    let message = match (button, words.chars().count()) {
        (true, _) => message!("this button shows a URL", "knappen viser en adresse"),
        (false, length) if length > LONGEST => {
            message!("this link shows a URL of {length} characters", "linket viser en adresse på {length} tegn")
        }
        (false, _) => return None,
    };
    Some(Diagnostic::warning(BARE, message).hint(message!(
        "say where it leads: `[Tilmeld dig årsmødet](https://…)`",
        "skriv, hvor det fører hen: `[Tilmeld dig årsmødet](https://…)`"
    )))
}
