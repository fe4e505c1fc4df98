//! Addresses in a text that are not links, since they are mistyped or lead into the author's own network.

use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::edition::lint::visible_text::{LineFinding, OTHER, VALUE, VisibleLine, finding, shortened};
use crate::people::person::Address;

const ADDRESS: Code = Code("NL573");

/// An address that is not a link, since a letter of it is missing or doubled.
pub(super) fn address(line: &VisibleLine) -> Option<LineFinding> {
    let text = &line.text;
    if let Some(path) = local_path(text) {
        return Some(path);
    }
    let marks = ["://", ":/", "https", "http", "@"];
    let at = marks.iter().flat_map(|mark| text.match_indices(mark)).map(|found| found.0).find(|at| {
        let is_link = line.links.iter().any(|link| link.contains(at));
        let word = word_at(text, *at);
        let rest = word.trim_start_matches(|letter: char| letter.is_ascii_alphabetic());
        // A valid address is not linked in the cells of a file; mail programs link it themselves.
        let is_right =
            ["https://", "http://", "www."].iter().any(|start| word.starts_with(start)) || is_valid_mail(word);
        !(is_link || is_right)
            && (rest.starts_with(":/") || rest.starts_with("//") || is_mail(word))
            && word.contains('.')
    })?;
    let word = word_at(text, at);
    let example = if word.contains('@') { "anna@forening.example" } else { "https://www.forening.example" };
    let hint = message!(
        "write an address as `{example}`; between backticks it is shown as it is",
        "skriv en adresse som `{example}`; mellem backticks vises det, som det er"
    );
    let message = message!(
        "`{}` looks like an address, but is not a link",
        "`{}` ligner en adresse, men er ikke et link",
        shortened(word)
    );
    Some(finding(word, Diagnostic::warning(ADDRESS, message).hint(hint)))
}

/// Whether a word resembles an email address, with a surplus or wrong character.
fn is_mail(word: &str) -> bool {
    let is_end = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
    word.split_once('@').is_some_and(|(before, after)| {
        is_end(before.chars().next_back()) && is_end(after.trim_start_matches('@').chars().next())
    })
}

/// Whether a word is a valid email address, also one of a `mailto:` link, perhaps at the end of a sentence.
fn is_valid_mail(word: &str) -> bool {
    let word = word.strip_prefix("mailto:").unwrap_or(word);
    let address = word.split('?').next().unwrap_or_default();
    Address::parse(address.trim_end_matches(['.', ',', ';', ':', '!'])).is_ok()
}

/// A file on the author's own computer, or in a folder of the network: `\\server\share`, of which Markdown shows one backslash.
fn local_path(text: &str) -> Option<LineFinding> {
    let share = text.split_whitespace().find(|word| {
        let name = word.trim_start_matches(['"', '(', '\\']);
        word.trim_start_matches(['"', '(']).starts_with('\\')
            && name.starts_with(char::is_alphanumeric)
            && name.contains('\\')
    });
    if let Some(word) = share {
        let diagnostic = Diagnostic::warning(
            ADDRESS,
            message!("`{}` is a folder on your own network", "`{}` er en mappe på jeres eget netværk", shortened(word)),
        );
        return Some(finding(
            word,
            diagnostic.hint(message!(
                "link to the file on a web page, or attach it",
                "link til filen på en webside, eller vedhæft den"
            )),
        ));
    }
    let at = text.find(":\\").and_then(|at| at.checked_sub(1))?;
    let is_drive = text.is_char_boundary(at) && text[at..].starts_with(|letter: char| letter.is_ascii_uppercase());
    let word = word_at(text, is_drive.then_some(at)?);
    let diagnostic = Diagnostic::warning(
        ADDRESS,
        message!("`{}` is a file on your own computer", "`{}` er en fil på din egen computer", shortened(word)),
    );
    Some(finding(
        word,
        diagnostic.hint(message!(
            "link to the file on a web page, or attach it",
            "link til filen på en webside, eller vedhæft den"
        )),
    ))
}

/// The word that a byte of a text is in.
fn word_at(text: &str, at: usize) -> &str {
    let ends = |letter: char| {
        letter.is_whitespace() || matches!(letter, '<' | '>' | '(' | ')' | '"' | '[' | ']' | OTHER | VALUE)
    };
    let start =
        text[..at].rfind(ends).map_or(0, |before| before + text[before..].chars().next().map_or(1, char::len_utf8));
    let end = text[at..].find(ends).map_or(text.len(), |length| at + length);
    &text[start..end]
}
