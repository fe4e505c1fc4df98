//! The styles of a theme: plain rules, from which the media blocks for phones and for dark mode are made.

use cssparser::{ParseError, Parser, SourcePosition, Token};

use crate::base::message::{Message, message};
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::text::Source;
use crate::edition::theme::unsafe_styles;

const BAD_RULE: Code = Code("NL523");
const NOT_SHOWN: Code = Code("NL524");
const UNSAFE: Code = Code("NL582");

/// A declaration that much-used mail programs ignore, and what to write instead (caniemail.com).
struct Unsupported {
    /// The property; empty: any.
    property: &'static str,
    /// A keyword, a unit or a function of the value; empty: any value.
    value: &'static str,
    hint: Message,
}

const UNSUPPORTED: [Unsupported; 6] = [
    Unsupported {
        property: "position",
        value: "",
        hint: Message::fixed(
            "mail programs ignore it: use the cells of a table",
            "mailprogrammer overser det: brug celler i en tabel",
        ),
    },
    Unsupported {
        property: "display",
        value: "flex",
        hint: Message::fixed(
            "Outlook does not support flex: use the cells of a table",
            "Outlook kan ikke flex: brug celler i en tabel",
        ),
    },
    Unsupported {
        property: "display",
        value: "grid",
        hint: Message::fixed(
            "Outlook does not support grid: use the cells of a table",
            "Outlook kan ikke grid: brug celler i en tabel",
        ),
    },
    Unsupported {
        property: "",
        value: "rem",
        hint: Message::fixed("Outlook does not support rem: use px", "Outlook kan ikke rem: brug px"),
    },
    Unsupported {
        property: "",
        value: "var(",
        hint: Message::fixed(
            "most mail programs do not support variables: write the value, or {{ … }}",
            "de fleste mailprogrammer kan ikke variabler: skriv værdien, eller {{ … }}",
        ),
    },
    Unsupported {
        property: "",
        value: "calc(",
        hint: Message::fixed(
            "Outlook does not support calc(): write the result",
            "Outlook kan ikke calc(): skriv resultatet",
        ),
    },
];

/// One rule: its selector and its declarations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CssRule {
    /// In its file, from 1.
    pub(super) line: usize,
    pub(super) selectors: Vec<String>,
    pub(super) declarations: Vec<Declaration>,
}

impl CssRule {
    /// Its value of a property; `None` if it does not set the property.
    pub(super) fn value(&self, property: &str) -> Option<&str> {
        self.declarations.iter().rev().find(|found| found.property == property).map(|found| &*found.value)
    }
}

/// One property with its value, as they are written, without comments and `!important`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Declaration {
    pub(super) property: String,
    pub(super) value: String,
    /// Whether `!important` follows the value.
    pub(super) important: bool,
}

/// The value that the rules give a property of a selector, for rules with exactly this selector.
pub(super) fn declared<'r>(rule: &'r CssRule, selector: &str, property: &str) -> Option<&'r str> {
    let is_selected = rule.selectors.iter().any(|candidate| candidate == selector);
    rule.value(property).filter(|_| is_selected)
}

/// Why no rule can be read at a place.
enum RuleError {
    AtRule,
    NoBlock,
    NoSelector { at: usize },
    NotClosed,
}

impl RuleError {
    /// What is wrong, with what to write instead.
    fn diagnostic(&self) -> Diagnostic {
        let example =
            message!("write a rule as: h2 {{ color: #333333; }}", "skriv en regel som: h2 {{ color: #333333; }}");
        let (message, hint) = match self {
            Self::AtRule => (
                message!("a theme's styles cannot contain rules with @", "et temas styles kan ikke have regler med @"),
                message!(
                    "put rules for dark mode into dark.css and rules for phones into phone.css",
                    "sæt regler for mørk tilstand i dark.css og regler for telefoner i phone.css"
                ),
            ),
            Self::NoBlock => (message!("the `{{` of this rule is missing", "reglens `{{` mangler"), example),
            Self::NoSelector { .. } => (
                message!(
                    "a `{{` or a selector is missing before this",
                    "der mangler et `{{` eller en selektor før dette"
                ),
                example,
            ),
            Self::NotClosed => (message!("the `}}` of this rule is missing", "reglens `}}` mangler"), example),
        };
        Diagnostic::error(BAD_RULE, message).hint(hint)
    }
}

/// The rules of a rendered style sheet; problems are reported at their lines of the file that it was rendered from.
pub(crate) fn rules(css: &str, source: &Source, diagnostics: &mut Diagnostics) -> Vec<CssRule> {
    let mut parser = Parser::new(css);
    let mut rules = Vec::new();
    let mut lines = FileLines::of(css, source);
    loop {
        parser.skip_whitespace();
        if parser.is_exhausted() {
            break;
        }
        let start = parser.position().byte_index();
        match rule(&mut parser, css) {
            Ok((selectors, declarations)) => {
                rules.push(CssRule { line: lines.of_byte(start), selectors, declarations });
            }
            Err(error) => {
                let at = if let RuleError::NoSelector { at } = error { at } else { start };
                diagnostics.push(error.diagnostic().at(source.line(lines.of_byte(at))));
            }
        }
    }
    // In a letter the rules are in a `<style>` element, which these signs would end or hide, also in a comment.
    if let Some(at) = css.find("</").or_else(|| css.find("<!")) {
        diagnostics.push(unsafe_style(&css[at..at + 2]).at(source.line(lines.of_byte(at))));
    }
    for rule in &rules {
        check(rule, source, diagnostics);
    }
    rules
}

/// The error for a part of a style that loads or runs something.
fn unsafe_style(what: &str) -> Diagnostic {
    Diagnostic::error(
        UNSAFE,
        message!("a style in a letter cannot have `{what}`", "en style i en mail kan ikke have `{what}`"),
    )
    .hint(message!(
        "delete it: mail programs load no files and run no code for styles. A picture goes into newsletter.html",
        "slet det: mailprogrammer henter ingen filer og kører ingen kode for styles. Et billede skal i newsletter.html"
    ))
}

/// The lines of a file that the places in the style sheet rendered from it have. Lines are counted from the end, since a file
/// that includes another one does so at its beginning.
struct FileLines<'c> {
    css: &'c str,
    /// The number of lines of the style sheet.
    lines: usize,
    /// The number of lines of the file.
    of_file: usize,
    /// The last place, so that each byte is read once where places are asked for in their order.
    at: usize,
    /// The number of lines that end before it.
    before: usize,
}

impl<'c> FileLines<'c> {
    fn of(css: &'c str, source: &Source) -> Self {
        let lines = css.matches('\n').count() + usize::from(!css.ends_with('\n'));
        let of_file = source.text().trim_end_matches('\n').lines().count();
        Self { css, lines, of_file, at: 0, before: 0 }
    }

    /// The line of a byte of the style sheet, from 1.
    fn of_byte(&mut self, at: usize) -> usize {
        if at < self.at {
            (self.at, self.before) = (0, 0);
        }
        self.before += self.css[self.at..at].matches('\n').count();
        self.at = at;
        (self.of_file + 1 + self.before).saturating_sub(self.lines).max(1)
    }
}

/// Reads the next rule. After an error, the parser is past the faulty part.
fn rule(parser: &mut Parser<'_>, css: &str) -> Result<(Vec<String>, Vec<Declaration>), RuleError> {
    let mut selectors = vec![String::new()];
    let mut is_at_rule = false;
    loop {
        let start = parser.position();
        let Ok(token) = parser.next_including_whitespace_and_comments().cloned() else {
            return Err(if is_at_rule { RuleError::AtRule } else { RuleError::NoBlock });
        };
        match token {
            Token::CurlyBracketBlock => {
                let block = block(parser, css);
                let selectors = selectors.iter().map(|selector| selector.trim().to_owned()).collect();
                return if is_at_rule { Err(RuleError::AtRule) } else { Ok((selectors, block?)) };
            }
            Token::Semicolon if is_at_rule => return Err(RuleError::AtRule),
            // CSS reads these as part of the selector. In a theme they are the remains of an incomplete rule.
            Token::Semicolon | Token::CloseCurlyBracket => {
                return Err(RuleError::NoSelector { at: start.byte_index() });
            }
            Token::Comma => selectors.push(String::new()),
            token => {
                is_at_rule |= matches!(token, Token::AtKeyword(_)) && selectors.concat().trim().is_empty();
                if let Some(selector) = selectors.last_mut() {
                    selector.push_str(&source_of(&token, start, parser));
                }
            }
        }
    }
}

/// The declarations of a block whose `{` was read.
fn block(parser: &mut Parser<'_>, css: &str) -> Result<Vec<Declaration>, RuleError> {
    let block = parser.parse_nested_block(|parser| -> Result<Vec<Declaration>, ParseError<()>> {
        let mut declarations = Vec::new();
        while let Some(declaration) = declaration(parser)? {
            declarations
                .extend(Some(declaration).filter(|found| !found.property.is_empty() || !found.value.is_empty()));
        }
        // The parser closes what is open at the end of a file, as browsers do.
        let is_closed = css[parser.position().byte_index()..].starts_with('}');
        if is_closed { Ok(declarations) } else { Err(ParseError::custom(())) }
    });
    block.map_err(|_| RuleError::NotClosed)
}

/// The next declaration, through its `;`; none at the end of the block.
fn declaration(parser: &mut Parser<'_>) -> Result<Option<Declaration>, ParseError<()>> {
    parser.skip_whitespace();
    if parser.is_exhausted() {
        return Ok(None);
    }
    let (mut property, mut value) = (String::new(), None::<String>);
    loop {
        let start = parser.position();
        match parser.next_including_whitespace_and_comments().cloned() {
            Ok(Token::Semicolon) | Err(_) => break,
            Ok(Token::Colon) if value.is_none() => value = Some(String::new()),
            // No value in mail has braces: these are those of the next rule.
            Ok(Token::CurlyBracketBlock) => return Err(ParseError::custom(())),
            Ok(token) => value.as_mut().unwrap_or(&mut property).push_str(&source_of(&token, start, parser)),
        }
    }
    let value = value.unwrap_or_default();
    let value = value.trim();
    // `media` writes it behind every value.
    let bare = without_important(value);
    Ok(Some(Declaration {
        property: property.trim().to_ascii_lowercase(),
        value: bare.unwrap_or(value).trim_end().to_owned(),
        important: bare.is_some(),
    }))
}

/// A value without the `!important` after it; `None` if it has none.
fn without_important(value: &str) -> Option<&str> {
    let start = value.len().checked_sub("important".len())?;
    let (rest, word) = value.is_char_boundary(start).then(|| value.split_at(start))?;
    word.eq_ignore_ascii_case("important").then(|| rest.trim_end().strip_suffix('!'))?
}

/// A token that was just read as it is written, with all that is inside where it opens a function or a bracket; comments
/// are left out.
fn source_of(token: &Token<'_>, start: SourcePosition, parser: &mut Parser<'_>) -> String {
    let mut source = match token {
        Token::Comment(_) => return String::new(),
        _ => parser.slice_from(start).to_owned(),
    };
    let close = match token {
        Token::Function(_) | Token::ParenthesisBlock => ')',
        Token::SquareBracketBlock => ']',
        _ => return source,
    };
    let inside = parser.parse_nested_block(|parser| -> Result<String, ParseError<()>> {
        let mut inside = String::new();
        loop {
            let start = parser.position();
            let Ok(token) = parser.next_including_whitespace_and_comments().cloned() else { return Ok(inside) };
            inside.push_str(&source_of(&token, start, parser));
        }
    });
    source.push_str(&inside.unwrap_or_default());
    source.push(close);
    source
}

fn check(rule: &CssRule, source: &Source, diagnostics: &mut Diagnostics) {
    for Declaration { property, value, .. } in &rule.declarations {
        let written = format!("{property}: {value}");
        if value.is_empty() {
            diagnostics.push(
                Diagnostic::error(BAD_RULE, message!("`{property}` has no value", "`{property}` har ingen værdi"))
                    .at(source.line(rule.line))
                    .hint(message!(
                        "write a property, `:`, a value and `;`, such as: color: #333333;",
                        "skriv en egenskab, `:`, en værdi og `;`, f.eks.: color: #333333;"
                    )),
            );
        }
        if let Some(part) = unsafe_styles::find(&written) {
            diagnostics.push(unsafe_style(&part.what).at(source.line(rule.line)));
        }
        let matches = |unsupported: &&Unsupported| {
            (unsupported.property.is_empty() || unsupported.property == property)
                && (unsupported.value.is_empty() || has_word(value, unsupported.value))
        };
        if let Some(Unsupported { hint, .. }) = UNSUPPORTED.iter().find(matches) {
            diagnostics.push(
                Diagnostic::error(
                    NOT_SHOWN,
                    message!("many mail programs ignore `{written}`", "mange mailprogrammer overser `{written}`"),
                )
                .at(source.line(rule.line))
                .hint(hint.clone()),
            );
        }
    }
}

/// Whether a value holds a function, a keyword, or a number with a unit.
fn has_word(value: &str, word: &str) -> bool {
    let value = value.to_ascii_lowercase();
    if word.ends_with('(') {
        return value.contains(word);
    }
    // `inline-flex` is as little supported as `flex`.
    value
        .split([' ', ',', '(', ')', '-'])
        .any(|part| part.trim_start_matches(|character: char| character.is_ascii_digit() || character == '.') == word)
}

/// The rules with only those selectors that `wanted` accepts.
pub(crate) fn matching_rules(rules: &[CssRule], wanted: impl Fn(&str) -> bool) -> Vec<CssRule> {
    let rules = rules.iter().cloned().map(|mut rule| {
        rule.selectors.retain(|selector| wanted(selector));
        rule
    });
    rules.filter(|rule| !rule.selectors.is_empty()).collect()
}

/// Rules as a media block. They are `!important`, to override the styles that were inlined into the elements.
pub(crate) fn media(condition: &str, rules: &[CssRule]) -> String {
    let rules = sheet(rules);
    if rules.is_empty() { rules } else { format!("@media ({condition}){{{rules}}}") }
}

/// Rules for every screen. They are `!important` too.
pub(crate) fn sheet(rules: &[CssRule]) -> String {
    rules.iter().filter_map(|rule| with_important("", rule, |_| true)).collect()
}

/// Rules for dark mode in Outlook.com, which does not support the media query for it. It marks the elements that it changed
/// with `data-ogsb` for backgrounds and with `data-ogsc` for all other colours.
pub(crate) fn outlook_dark_rules(rules: &[CssRule]) -> String {
    let background = |property: &str| property.starts_with("background");
    let marked = rules.iter().flat_map(|rule| {
        let behind = with_important("[data-ogsb] ", rule, background);
        let before = with_important("[data-ogsc] ", rule, |property| !background(property));
        behind.into_iter().chain(before)
    });
    marked.collect()
}

fn with_important(before: &str, rule: &CssRule, which: impl Fn(&str) -> bool) -> Option<String> {
    let declarations: Vec<String> = rule
        .declarations
        .iter()
        .filter(|declaration| which(&declaration.property))
        .map(|Declaration { property, value, .. }| format!("{property}:{value} !important"))
        .collect();
    let selectors: Vec<String> = rule.selectors.iter().map(|selector| format!("{before}{selector}")).collect();
    (!declarations.is_empty()).then(|| format!("{}{{{}}}\n", selectors.join(","), declarations.join(";")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reported(css: &str) -> Vec<String> {
        let mut diagnostics = Diagnostics::new();
        rules(css, &Source::new("theme.css", css), &mut diagnostics);
        let line = |diagnostic: &Diagnostic| diagnostic.place.as_ref().map_or(0, crate::base::source::span::Span::line);
        diagnostics
            .iter()
            .map(|diagnostic| format!("{} {} {}", line(diagnostic), diagnostic.code, diagnostic.message))
            .collect()
    }

    #[test]
    fn dark_rules_are_written_for_both_kinds_of_dark_mode() {
        let css =
            "/* a { */ .card, td {\n color: #fff; Background-Color: #000 !important }\nhr { border-color: #333; }";
        let rules = rules(css, &Source::new("dark.css", css), &mut Diagnostics::new());
        assert_eq!(
            media("prefers-color-scheme:dark", &rules),
            "@media (prefers-color-scheme:dark){.card,td{color:#fff !important;background-color:#000 !important}\n\
             hr{border-color:#333 !important}\n}"
        );
        assert_eq!(
            outlook_dark_rules(&rules),
            "[data-ogsb] .card,[data-ogsb] td{background-color:#000 !important}\n\
             [data-ogsc] .card,[data-ogsc] td{color:#fff !important}\n[data-ogsc] hr{border-color:#333 !important}\n"
        );
        assert_eq!(media("max-width:480px", &[]), "");
    }

    #[test]
    fn errors_are_reported_at_their_lines() {
        assert_eq!(
            reported("a { color: red; }\n\n.b { color: red\n.c { color: blue; }"),
            ["3 NL523 the `}` of this rule is missing"]
        );
        assert_eq!(reported("a { color: red; } }"), ["1 NL523 a `{` or a selector is missing before this"]);
        assert_eq!(reported("a"), ["1 NL523 the `{` of this rule is missing"]);
        assert_eq!(reported("\na { color }"), ["2 NL523 `color` has no value"]);
        let at = "NL523 a theme's styles cannot contain rules with @";
        assert_eq!(
            reported("@import 'x';\n@media (x) { a { b: c } }\na { b: c }"),
            [format!("1 {at}"), format!("2 {at}")]
        );
        let shown: Vec<String> =
            ["position: fixed", "display: inline flex", "margin: 1.5rem", "background: url(https://x)"]
                .iter()
                .flat_map(|declaration| reported(&format!("a {{ {declaration} }}")))
                .collect();
        assert_eq!(shown.len(), 4, "{shown:?}");
        assert_eq!(reported("a { font-family: Gridlock; margin: 0 1em; display: block }"), Vec::<String>::new());
    }

    #[test]
    fn braces_in_strings_and_comments_do_not_end_a_rule() {
        let css =
            ".a:before { content: \"}\"; /* { ; */ color: red; }\n/* } */ .b:is(p, td)[title=\"{\"] { color: blue }";
        let mut diagnostics = Diagnostics::new();
        let rules = rules(css, &Source::new("dark.css", css), &mut diagnostics);
        assert_eq!(diagnostics.iter().count(), 0);
        assert_eq!(
            media("prefers-color-scheme:dark", &rules),
            "@media (prefers-color-scheme:dark){.a:before{content:\"}\" !important;color:red !important}\n\
             .b:is(p, td)[title=\"{\"]{color:blue !important}\n}"
        );
    }
}
