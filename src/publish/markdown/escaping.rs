//! Escapes characters of a text that would be markup.
//!
//! Kramdown 2, pandoc 3 and GitHub agree on a backslash before some signs; others become character references, which all three
//! read. Braces are among these, so that no tag of Liquid is left.

/// Text within a line. `line_start` and the first word of a heading need more: see [`start_of_line`].
pub(super) fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut before = ' ';
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '$' => {
                out.push('\\');
                out.push(letter);
            }
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '{' => out.push_str("&#123;"),
            '}' => out.push_str("&#125;"),
            '~' => out.push_str("&#126;"),
            '^' => out.push_str("&#94;"),
            '&' if letters.peek().is_some_and(|next| next.is_ascii_alphanumeric() || *next == '#') => {
                out.push_str("&amp;");
            }
            // Two of them would be a dash.
            '-' if before == '-' => out.push_str("\\-"),
            '\n' | '\r' => out.push(' '),
            _ => out.push(letter),
        }
        before = letter;
    }
    out
}

/// An escaped text at the start of a line, where some words begin a list, a heading or a definition.
pub(super) fn start_of_line(escaped: &str) -> String {
    let escaped = escaped.trim_start_matches(' ');
    let Some(first) = escaped.chars().next() else { return String::new() };
    let marker_end =
        escaped.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '(').unwrap_or(escaped.len());
    let behind = escaped[marker_end..].strip_prefix(['.', ')']);
    let is_marker = is_number(escaped[..marker_end].trim_start_matches('('))
        && behind.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
    if is_marker {
        return format!("{}\\{}", &escaped[..marker_end], &escaped[marker_end..]);
    }
    match first {
        '#' | '+' | '-' | ':' => format!("\\{escaped}"),
        '=' => format!("&#61;{}", &escaped[1..]),
        _ => escaped.to_owned(),
    }
}

/// Whether a word can number the items of a list: pandoc also reads a letter or a Roman numeral as a number.
fn is_number(word: &str) -> bool {
    let is_roman = |letter: char| "ivxlcdm".contains(letter.to_ascii_lowercase());
    !word.is_empty()
        && (word.chars().all(|letter| letter.is_ascii_digit()) || word.len() == 1 || word.chars().all(is_roman))
}

/// Whether Liquid would read a part of a text.
pub(super) fn has_liquid(text: &str) -> bool {
    text.contains("{{") || text.contains("{%")
}

/// A text of HTML without braces.
pub(super) fn braces(html: &str) -> String {
    html.replace('{', "&#123;").replace('}', "&#125;")
}

/// An address between parentheses, without a sign that would end it or that Liquid would read.
pub(super) fn url(url: &str) -> String {
    let mut out = String::with_capacity(url.len());
    for letter in url.chars() {
        match letter {
            '(' => out.push_str("%28"),
            ')' => out.push_str("%29"),
            '{' => out.push_str("%7B"),
            '}' => out.push_str("%7D"),
            '<' => out.push_str("%3C"),
            '>' => out.push_str("%3E"),
            ' ' => out.push_str("%20"),
            '"' => out.push_str("%22"),
            '\\' => out.push_str("%5C"),
            '|' => out.push_str("%7C"),
            '`' => out.push_str("%60"),
            '*' => out.push_str("%2A"),
            _ => out.push(letter),
        }
    }
    out
}
