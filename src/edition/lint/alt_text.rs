//! The text of a picture, for readers who do not see it.

use comrak::nodes::Node;

use crate::base::message::{Message, message};
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::span::Span;
use crate::edition::compile_context::CompileContext;
use crate::issue::manuscript::tree;

const NO_ALT: Code = Code("NL510");
const NO_WORDS: Code = Code("NL543");
const FILLED_IN: Code = Code("NL546");

const SAY_IT: Message = Message::fixed(
    "write what it shows between the square brackets, as in `![Two people at a table](…)`, or \
                      `![](…){alt=\"\"}` if it is decoration",
    "skriv, hvad det viser, mellem kantparenteserne, som i `![To ved et bord](…)`, eller `![](…){alt=\"\"}`, hvis det kun er pynt",
);

/// Names that cameras and programs give to pictures, and that describe nothing.
const EMPTY_WORDS: [&str; 24] = [
    "alt",
    "billede",
    "billedet",
    "dcim",
    "dsc",
    "dscf",
    "dscn",
    "foto",
    "graphic",
    "grafik",
    "image",
    "img",
    "photo",
    "pic",
    "picture",
    "pxl",
    "screenshot",
    "skærmbillede",
    "skærmbillede kl",
    "tekst",
    "text",
    "unavngivet",
    "untitled",
    "wp",
];
const ENDINGS: [&str; 8] = [".png", ".jpg", ".jpeg", ".gif", ".webp", ".heic", ".svg", ".bmp"];

/// Reports a picture whose text is missing, or says nothing. `{alt="…"}` has been applied by now.
pub(crate) fn check(node: Node<'_>, context: CompileContext<'_>, diagnostics: &mut Diagnostics) {
    match attribute(node) {
        Some(text) if !context.placeholders.tags_in(&text).is_empty() => diagnostics.push(
            Diagnostic::error(
                FILLED_IN,
                message!("`{{alt=…}}` cannot contain a value", "`{{alt=…}}` kan ikke indeholde en værdi"),
            )
            .at(context.place(node))
            .hint(message!(
                "write the text between the square brackets, where a value is allowed",
                "skriv teksten mellem kantparenteserne: der må der stå en værdi"
            )),
        ),
        None if !has_words_or_values(node) => diagnostics.push(missing_alt(context.place(node)).hint(SAY_IT)),
        Some(_) | None => {}
    }
    let text = tree::plain(node);
    if is_uninformative(&text) && node.descendants().all(|child| tree::placeholder(child).is_none()) {
        let message = message!("`{}` says nothing about the picture", "`{}` siger intet om billedet", text.trim());
        diagnostics.push(Diagnostic::warning(NO_WORDS, message).at(context.place(node)).hint(SAY_IT));
    }
}

/// The diagnostic for a picture without a text that is not marked as decoration.
pub(crate) fn missing_alt(place: Span) -> Diagnostic {
    Diagnostic::error(NO_ALT, message!("this picture has no alternative text", "billedet har ingen alt-tekst"))
        .at(place)
}

/// Whether a text ends as the name of a picture's file does.
pub(crate) fn is_file_name(text: &str) -> bool {
    let lower = text.trim().to_lowercase();
    ENDINGS.iter().any(|ending| lower.ends_with(ending))
}

/// The author's own `{alt="…"}`.
pub(crate) fn attribute(node: Node<'_>) -> Option<String> {
    let data = node.data();
    let (_, text) = data.attrs.as_ref()?.pairs.iter().find(|(key, _)| key == "alt")?;
    Some(text.clone())
}

/// Whether a node has words or values.
fn has_words_or_values(node: Node<'_>) -> bool {
    !tree::plain(node).trim().is_empty() || node.descendants().any(|child| tree::placeholder(child).is_some())
}

/// Whether a text is a file name, or a word that says only that there is a picture.
fn is_uninformative(text: &str) -> bool {
    let lower = text.trim().to_lowercase();
    let words = lower.trim_matches(|character: char| character.is_numeric() || " _-.:()".contains(character));
    !lower.is_empty() && (words.is_empty() || EMPTY_WORDS.contains(&words) || is_file_name(&lower))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_are_uninformative() {
        for text in ["IMG_1234.jpg", "IMG_1234", "billede", "Billede 3", "image", "DSC-0042", "kort.PNG", "20260504"] {
            assert!(is_uninformative(text), "{text}");
        }
        for text in ["", "Fem huse", "Billede af fem huse", "Kort over 8000 Aarhus", "Aarhus 2026", "OS2"] {
            assert!(!is_uninformative(text), "{text}");
        }
    }
}
