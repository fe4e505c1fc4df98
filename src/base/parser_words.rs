//! Translates the error messages of the template parser, which are in English only, into Danish.

use crate::base::message::Message;

/// The words of the parser (minijinja 3) and their translations. Longer ones come before those that they contain.
const WORDS: [(&str, &str); 23] = [
    ("end of variable block", "`}}`"),
    ("start of variable block", "`{{`"),
    ("end of block", "`%}`"),
    ("start of block", "`{%`"),
    ("end of input", "slutning"),
    ("end of expression", "slutning"),
    ("input after expression", "tekst efter udtrykket"),
    ("input after ", "tekst efter "),
    ("end of string", "slutning: et anførselstegn mangler"),
    ("block keyword", "et ord som `if`"),
    ("assignment operator", "`=`"),
    ("template data", "tekst"),
    ("template-data", "tekst"),
    ("identifier", "et navn"),
    ("expression", "et udtryk"),
    ("character", "tegn"),
    ("keyword", "et ord som `if`"),
    ("comma", "`,`"),
    ("integer", "et tal"),
    ("float", "et tal"),
    ("string", "en tekst i anførselstegn"),
    (", expected ", "; der skulle stå "),
    (" or ", " eller "),
];

/// Messages in which the text between the two parts, if any, is the author's.
const SENTENCES: [SentenceTranslation; 8] = [
    SentenceTranslation { message: ("filter ", " is unknown"), translation: ("der er intet filter `", "`") },
    SentenceTranslation { message: ("test ", " is unknown"), translation: ("der er ingen prøve `", "`") },
    SentenceTranslation { message: ("", " is unknown"), translation: ("der er ingen funktion `", "`") },
    SentenceTranslation { message: ("unknown statement ", ""), translation: ("ukendt ord `", "`") },
    SentenceTranslation {
        message: ("cannot assign to reserved variable name ", ""),
        translation: ("navnet `", "` har en fast betydning"),
    },
    SentenceTranslation { message: ("unable to calculate ", ""), translation: ("dette kan ikke regnes ud: ", "") },
    SentenceTranslation {
        message: ("cannot perform a containment check on this value", ""),
        translation: ("`in` kræver en liste eller en tekst", ""),
    },
    SentenceTranslation { message: ("invalid integer (too large)", ""), translation: ("tallet er for stort", "") },
];

/// The names of kinds of values in messages of the engine.
const KINDS: [(&str, &str); 8] = [
    ("undefined", "en værdi, der mangler"),
    ("none", "en tom værdi"),
    ("bool", "ja/nej"),
    ("number", "et tal"),
    ("string", "en tekst"),
    ("sequence", "en liste"),
    ("iterator", "en liste"),
    ("map", "felter"),
];

/// A message of the engine around a part that is kept.
struct SentenceTranslation {
    message: (&'static str, &'static str),
    translation: (&'static str, &'static str),
}

/// The message in both languages. Text of another form stays English, since it quotes the author.
pub(crate) fn parser_message(text: &str) -> Message {
    let translation = text
        .strip_prefix("unexpected ")
        .map(|rest| format!("uventet: {}", translated_words(rest)))
        .or_else(|| unsupported_types(text))
        .or_else(|| translated_sentence(text));
    match translation {
        Some(translation) => Message::translated(text.to_owned(), translation),
        None => Message::verbatim(text),
    }
}

fn translated_words(text: &str) -> String {
    // What is between backticks is the author's.
    let parts =
        text.split('`').enumerate().map(|(at, part)| if at % 2 == 0 { translated(part) } else { part.to_owned() });
    parts.collect::<Vec<_>>().join("`")
}

fn translated(text: &str) -> String {
    WORDS.iter().fold(text.to_owned(), |text, (word, translation)| text.replace(word, translation))
}

fn translated_sentence(text: &str) -> Option<String> {
    SENTENCES.iter().find_map(|SentenceTranslation { message, translation }| {
        let kept = text.strip_prefix(message.0)?.strip_suffix(message.1)?;
        Some(format!("{}{kept}{}", translation.0, translation.1))
    })
}

/// The message about an operator between values of kinds that it cannot combine.
fn unsupported_types(text: &str) -> Option<String> {
    let (operator, kinds) = text.strip_prefix("tried to use ")?.split_once(" operator on unsupported types ")?;
    let (left, right) = kinds.split_once(" and ")?;
    let [left, right] = [left, right]
        .map(|kind| KINDS.iter().find(|(name, _)| *name == kind).map_or(kind, |(_, translated)| translated));
    Some(format!("`{operator}` kan ikke bruges på {left} og {right}"))
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
            ("unexpected input after expression", "uventet: tekst efter udtrykket"),
            ("unexpected character", "uventet: tegn"),
            ("unexpected identifier, expected `,`", "uventet: et navn; der skulle stå `,`"),
            ("filter expression is unknown", "der er intet filter `expression`"),
            ("bogstaver is unknown", "der er ingen funktion `bogstaver`"),
            ("unknown statement x", "ukendt ord `x`"),
            (
                "tried to use / operator on unsupported types string and number",
                "`/` kan ikke bruges på en tekst og et tal",
            ),
            ("something else", "something else"),
        ] {
            let message = parser_message(english);
            assert_eq!((message.english(), message.in_language(UserLanguage::Danish)), (english, danish));
        }
    }
}
