//! Kinds of notices in the language of the author: `> [!ADVARSEL]` is `> [!WARNING]`.

use comrak::Arena;
use comrak::nodes::{Node, NodeValue};

use crate::base::language::Lang;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::nearest::nearest;
use crate::issue::manuscript::content_blocks::NoticeKind;
use crate::issue::manuscript::lines;
use crate::issue::manuscript::placeholders::{PlaceholderText, TextEdit};
use crate::issue::manuscript::tree;

const UNKNOWN: Code = Code("NL666");

/// Names besides the titles of the kinds, in lower case.
const MORE_NAMES: [(&str, NoticeKind); 13] = [
    ("info", NoticeKind::Note),
    ("information", NoticeKind::Note),
    ("notat", NoticeKind::Note),
    ("husk", NoticeKind::Note),
    ("hint", NoticeKind::Tip),
    ("tips", NoticeKind::Tip),
    ("råd", NoticeKind::Tip),
    ("vigtig", NoticeKind::Important),
    ("obs", NoticeKind::Warning),
    ("advarsler", NoticeKind::Warning),
    ("danger", NoticeKind::Caution),
    ("fare", NoticeKind::Caution),
    ("forsigtig", NoticeKind::Caution),
];

/// The text with the names that Markdown knows; names that nobody knows are reported.
pub(crate) fn translate(masked: PlaceholderText, diagnostics: &mut Diagnostics) -> PlaceholderText {
    if !masked.text.contains("[!") {
        return masked;
    }
    let arena = Arena::new();
    let mut edits = Vec::new();
    for quote in tree::markdown(&arena, &masked.text).descendants().filter(|node| is_quote(node)) {
        let number = quote.data().sourcepos.start.line;
        let line = masked.line_text(number);
        let Some(name) = lines::without_containers(line).strip_prefix("[!").and_then(|rest| rest.split_once(']'))
        else {
            continue;
        };
        let at = line.find("[!").unwrap_or_default() + "[!".len();
        match kind(name.0) {
            Some(kind) => {
                let start = masked.line_start(number) + at;
                edits.push(TextEdit { range: start..start + name.0.len(), text: kind.name().to_uppercase() });
            }
            None => diagnostics.push(unknown(name.0).at(masked.place(number, at + 1, name.0.len()))),
        }
    }
    if edits.is_empty() { masked } else { masked.edited(edits) }
}

fn is_quote(node: Node<'_>) -> bool {
    matches!(node.data().value, NodeValue::BlockQuote)
}

/// The kind that a name means, in whatever language.
fn kind(name: &str) -> Option<NoticeKind> {
    let name = name.trim().trim_end_matches(['!', ':']).trim_end().to_lowercase();
    let known = names().find(|(known, _)| *known == name);
    known.map(|(_, kind)| kind)
}

/// The known names, in lower case.
fn names() -> impl Iterator<Item = (String, NoticeKind)> {
    let titles = Lang::ALL.into_iter().flat_map(|lang| {
        let words = lang.words();
        NoticeKind::ALL.into_iter().map(move |kind| (kind.title(words).to_lowercase(), kind))
    });
    let own = NoticeKind::ALL.into_iter().map(|kind| (kind.name().to_owned(), kind));
    own.chain(titles).chain(MORE_NAMES.into_iter().map(|(name, kind)| (name.to_owned(), kind)))
}

fn unknown(name: &str) -> Diagnostic {
    let names: Vec<String> = names().map(|(name, _)| name).collect();
    let hint = match nearest(&name.to_lowercase(), names.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `> [!{}]`?", near.to_uppercase()),
        None => "write `> [!NOTE]`, `TIP`, `IMPORTANT`, `WARNING` or `CAUTION`, or their names in another language of letters".to_owned(),
    };
    Diagnostic::warning(UNKNOWN, format!("unknown kind of notice `[!{name}]`: readers would see it as it is written"))
        .hint(hint)
}
