//! Finds styles that load or run something, by their tokens: escapes, comments and upper case hide nothing.

use cssparser::{ParseError, Parser, Token};

/// Functions that load a file or run a script in one of the mail clients.
const FUNCTIONS: [&str; 9] = [
    "-moz-element",
    "-webkit-cross-fade",
    "-webkit-image-set",
    "cross-fade",
    "element",
    "expression",
    "image-set",
    "paint",
    "src",
];
/// Properties and values of old browser engines, some of which Outlook and Lotus Notes have: they attach scripts.
const NAMES: [&str; 4] = ["-moz-binding", "-ms-behavior", "behavior", "progid"];
/// Rules that load other files.
const RULES: [&str; 4] = ["document", "font-face", "import", "namespace"];

/// Something in styles that does not belong in a letter, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct UnsafeStyle {
    /// Where it begins, in bytes.
    pub(super) at: usize,
    /// As CSS reads it: `expression(`.
    pub(super) what: String,
}

/// The first part of styles that loads or runs something, or that ends the element around them.
pub(super) fn find(css: &str) -> Option<UnsafeStyle> {
    // HTML does not know the strings and comments of CSS: these signs end the element even there.
    if let Some(at) = css.find("</").or_else(|| css.find("<!")) {
        return Some(UnsafeStyle { at, what: css[at..].chars().take(2).collect() });
    }
    let mut found = None;
    walk(&mut Parser::new(css), &mut found);
    // Comments are dropped when the rules are written again, which joins the words around them.
    let bare = || Some(without_comments(css)).filter(|bare| bare != css);
    let may_have_comment = found.is_none() && css.contains("/*");
    found.or_else(|| find(&may_have_comment.then(bare).flatten()?).map(|part| UnsafeStyle { at: 0, ..part }))
}

fn walk(parser: &mut Parser<'_>, found: &mut Option<UnsafeStyle>) {
    while found.is_none() {
        let at = parser.position().byte_index();
        let Ok(token) = parser.next_including_whitespace_and_comments().cloned() else { return };
        if let Some(what) = what_is_unsafe(&token) {
            *found = Some(UnsafeStyle { at, what });
            return;
        }
        if let Token::Function(_) | Token::ParenthesisBlock | Token::SquareBracketBlock | Token::CurlyBracketBlock =
            token
        {
            let nested = parser.parse_nested_block(|inner| -> Result<(), ParseError<()>> {
                walk(inner, found);
                Ok(())
            });
            // An inner block that was left early is skipped by the parser.
            _ = nested;
        }
    }
}

fn what_is_unsafe(token: &Token<'_>) -> Option<String> {
    let is_in = |name: &str, list: &[&str]| list.iter().any(|word| name.eq_ignore_ascii_case(word));
    match token {
        Token::Function(name) if is_in(name, &FUNCTIONS) || is_in(name, &["url"]) => {
            Some(format!("{}(", name.to_ascii_lowercase()))
        }
        Token::UnquotedUrl(_) | Token::BadUrl(_) => Some("url(".to_owned()),
        Token::BadString(_) => Some("a text without its last quote".to_owned()),
        Token::Ident(name) if is_in(name, &NAMES) => Some(name.to_ascii_lowercase()),
        Token::AtKeyword(name) if is_in(name, &RULES) => Some(format!("@{}", name.to_ascii_lowercase())),
        _ => None,
    }
}

/// Styles without their comments; `/*` in a text is not one.
fn without_comments(css: &str) -> String {
    let mut bare = String::with_capacity(css.len());
    let mut rest = css;
    let mut quote = None;
    while let Some(letter) = rest.chars().next() {
        if quote.is_none() && rest.starts_with("/*") {
            rest = rest[2..].split_once("*/").map_or("", |(_, behind)| behind);
            continue;
        }
        match quote {
            Some(open) if open == letter => quote = None,
            None if letter == '"' || letter == '\'' => quote = Some(letter),
            Some(_) | None => {}
        }
        bare.push(letter);
        rest = &rest[letter.len_utf8()..];
    }
    bare
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_loads_or_runs_something_is_found() {
        for (css, expected) in [
            ("a { width: expression(alert(1)) }", "expression("),
            ("a { width: EXPRESSION(alert(1)) }", "expression("),
            (r"a { width: \65xpression(alert(1)) }", "expression("),
            ("a { width: exp/* */ression(alert(1)) }", "expression("),
            ("a { background: url(javascript:alert(1)) }", "url("),
            (r"a { background: \75rl(https://x.example/a.png) }", "url("),
            ("a { background: uRl( 'https://x.example/a.png' ) }", "url("),
            ("a { background: url(a b) }", "url("),
            ("a { background: image-set('a.png' 1x) }", "image-set("),
            ("a { color: min(1px, expression(1)) }", "expression("),
            ("@media (min-width: 1px) { a { background: url(x) } }", "url("),
            ("@import 'x.css';", "@import"),
            (r"@\69mport 'x.css';", "@import"),
            ("@font-face { font-family: x }", "@font-face"),
            ("a { behavior: url(#x) }", "behavior"),
            (r"a { -moz-bindin\67: none }", "-moz-binding"),
            ("a { filter: progid:DXImageTransform.Microsoft.AlphaImageLoader(src='x') }", "progid"),
            ("a { content: '</style><script>' }", "</"),
            ("/* </style> */", "</"),
            ("a { content: 'x\n }", "a text without its last quote"),
        ] {
            assert_eq!(find(css).map(|part| part.what).as_deref(), Some(expected), "{css}");
        }
        for css in [
            "a { color: red; background: #fff; font-family: 'url(x)', Arial; mso-hide: all }",
            "a:hover > b { scroll-behavior: smooth; color: rgb(1, 2, 3) } /* url(x) */",
            "@media (prefers-color-scheme: dark) { a { color: #fff } }",
        ] {
            assert_eq!(find(css), None, "{css}");
        }
    }

    #[test]
    fn its_place_is_known() {
        let css = "a { color: red }\nb { width: expression(1) }";
        assert_eq!(find(css).map(|part| &css[part.at..part.at + 10]), Some("expression"));
    }
}
