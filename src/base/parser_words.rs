//! Translates the error messages of the template parser, which are in English only, into Danish.

use crate::base::message::Message;

/// The words of the parser (minijinja 3) and their translations. Longer ones come before those that they contain.
const WORDS: [(&str, &str); 16] = [
    ("end of variable block", "`}}`"),
    ("start of variable block", "`{{`"),
    ("end of block", "`%}`"),
    ("start of block", "`{%`"),
    ("end of input", "slutning"),
    ("end of expression", "slutning"),
    ("block keyword", "et ord som `if`"),
    ("template data", "tekst"),
    ("identifier", "et navn"),
    ("expression", "et udtryk"),
    ("integer", "et tal"),
    ("float", "et tal"),
    ("string", "en tekst i anførselstegn"),
    ("unexpected ", "uventet: "),
    (", expected ", "; der skulle stå "),
    (" or ", " eller "),
];

/// The message in both languages. Text that is not of the form `unexpected …, expected …` stays English, since it
/// quotes the author.
pub(crate) fn parser_message(text: &str) -> Message {
    if !text.starts_with("unexpected ") {
        return Message::verbatim(text);
    }
    // What is between backticks is the author's.
    let parts =
        text.split('`').enumerate().map(|(at, part)| if at % 2 == 0 { translated(part) } else { part.to_owned() });
    Message::translated(text.to_owned(), parts.collect::<Vec<_>>().join("`"))
}

fn translated(text: &str) -> String {
    WORDS.iter().fold(text.to_owned(), |text, (word, translation)| text.replace(word, translation))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::message::UserLanguage;

    #[test]
    fn a_mistake_is_named_in_both_languages() {
        for (english, danish) in [
            ("unexpected end of input, expected expression", "uventet: slutning; der skulle stå et udtryk"),
            ("unexpected `or`, expected end of variable block", "uventet: `or`; der skulle stå `}}`"),
            (
                "unexpected end of variable block, expected identifier or integer",
                "uventet: `}}`; der skulle stå et navn eller et tal",
            ),
            ("unknown statement x", "unknown statement x"),
        ] {
            let message = parser_message(english);
            assert_eq!((message.english(), message.in_language(UserLanguage::Danish)), (english, danish));
        }
    }
}
