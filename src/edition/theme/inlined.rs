//! Which rules of `base.css` and `theme.css` are written into the elements, and which stay in the head of the page.

use std::collections::BTreeSet;

use cssparser::{ParseError, Parser, Token};

use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::text::Source;
use crate::edition::fonts;
use crate::edition::theme::css::CssRule;
use crate::edition::theme::widths::{self, PageWidths};

const STATE: Code = Code("NL578");

/// States that a reader causes. A style in the element cannot depend on them, so their rules stay in the head.
const STATES: [&str; 5] = ["active", "focus", "hover", "link", "visited"];

/// Pseudo-classes that are decided when the page is made.
const STRUCTURE: [&str; 14] = [
    "empty",
    "first-child",
    "first-of-type",
    "is",
    "last-child",
    "last-of-type",
    "not",
    "nth-child",
    "nth-last-child",
    "nth-last-of-type",
    "nth-of-type",
    "only-child",
    "only-of-type",
    "root",
];

/// The elements that need an explicit font in Word, which does not inherit it and would use Times New Roman.
const WORD_ELEMENTS: &str = "body,table,td,th,p,a,li,h1,h2,h3,h4,h5,h6";

/// How a rule is used for a selector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SelectorUse {
    /// It is written into the elements.
    Element,
    /// It is written into the head.
    Head,
    /// Neither has an effect: a pseudo-element, or an unknown state.
    Nowhere,
}

/// The rules of a theme that are not for a kind of screen.
#[derive(Debug, Default)]
pub(super) struct OwnRules {
    /// The style sheet that is written into the elements.
    pub(super) inline: String,
    /// What stays in the head: rules for states, and what has `!important`.
    pub(super) head: Vec<CssRule>,
    /// The style sheet for Word.
    pub(super) word: String,
}

impl OwnRules {
    /// Divides the rules, in the order in which they are applied; `font` is the brand's.
    pub(super) fn of(rules: &[CssRule], font: &str) -> Self {
        let mut own = Self { word: font_rule(WORD_ELEMENTS, font), ..Self::default() };
        let mut word_paddings = WordPaddings { page: PageWidths::of(rules).page, shares: BTreeSet::new() };
        for rule in rules {
            let selectors = |wanted: SelectorUse| {
                let mut rule = rule.clone();
                rule.selectors.retain(|selector| selector_use(selector) == wanted);
                (!rule.selectors.is_empty()).then_some(rule)
            };
            own.head.extend(selectors(SelectorUse::Head));
            let Some(inlined) = selectors(SelectorUse::Element) else { continue };
            own.inline.push_str(&written(&inlined, word_paddings.of(&inlined)));
            if let Some(fonts) = inlined.value("font-family").filter(|fonts| *fonts != font) {
                own.word.push_str(&font_rule(&inlined.selectors.join(","), fonts));
            }
            let mut important = inlined;
            important.declarations.retain(|declaration| declaration.important);
            own.head.extend(Some(important).filter(|rule| !rule.declarations.is_empty()));
        }
        own
    }
}

/// A rule without `!important`, which Outlook drops in an element together with its style.
fn written(rule: &CssRule, added: Option<String>) -> String {
    let declarations = rule.declarations.iter().map(|found| format!("{}:{}", found.property, found.value));
    let declarations: Vec<String> = declarations.chain(added).collect();
    format!("{}{{{}}}\n", rule.selectors.join(","), declarations.join(";"))
}

/// The paddings that Word needs in pixels: it supports none in per cent.
struct WordPaddings {
    /// The width of the page, in pixels.
    page: u32,
    /// The selectors that have a padding in per cent.
    shares: BTreeSet<String>,
}

impl WordPaddings {
    /// What a rule needs in addition to its padding. Word reads `mso-padding-alt` instead, so a later rule needs it as
    /// well.
    fn of(&mut self, rule: &CssRule) -> Option<String> {
        let padding = rule.value("padding").filter(|_| rule.value("mso-padding-alt").is_none())?;
        if padding.contains('%') {
            self.shares.extend(rule.selectors.iter().cloned());
        }
        let is_needed = rule.selectors.iter().any(|selector| self.shares.contains(selector));
        let sides = padding.split_whitespace().map(|side| widths::in_pixels(side, self.page));
        is_needed.then(|| format!("mso-padding-alt:{}", sides.collect::<Vec<_>>().join(" ")))
    }
}

/// The fonts of a list that Windows has.
fn font_rule(selectors: &str, list: &str) -> String {
    format!("{selectors}{{font-family:{} !important;}}", fonts::for_windows(list))
}

/// Reports selectors that have no effect.
pub(super) fn check(rules: &[CssRule], source: &Source, diagnostics: &mut Diagnostics) {
    for rule in rules {
        let lost = |selector: &&String| selector_use(selector) == SelectorUse::Nowhere;
        if let Some(selector) = rule.selectors.iter().find(lost) {
            let message =
                message!("`{selector}` has no effect in a letter", "`{selector}` har ingen virkning i en mail");
            diagnostics.push(Diagnostic::warning(STATE, message).at(source.line(rule.line)).hint(message!(
                "delete the rule; the known states are `:hover`, `:focus`, `:active`, `:link` and `:visited`",
                "slet reglen; de kendte tilstande er `:hover`, `:focus`, `:active`, `:link` og `:visited`"
            )));
        }
    }
}

fn selector_use(selector: &str) -> SelectorUse {
    let mut found = SelectorUse::Element;
    let mut parser = Parser::new(selector);
    walk(&mut parser, &mut found);
    found
}

fn walk(parser: &mut Parser<'_>, found: &mut SelectorUse) {
    while let Ok(token) = parser.next_including_whitespace_and_comments().cloned() {
        let name = match token {
            Token::Colon => parser.next_including_whitespace_and_comments().cloned().ok(),
            Token::Function(_) | Token::ParenthesisBlock | Token::SquareBracketBlock => {
                nested(parser, found);
                continue;
            }
            _ => continue,
        };
        let (name, is_function) = match &name {
            Some(Token::Ident(name)) => (name.to_ascii_lowercase(), false),
            Some(Token::Function(name)) => (name.to_ascii_lowercase(), true),
            // A second colon, or nothing.
            _ => (String::new(), false),
        };
        if STATES.contains(&&*name) {
            *found = if *found == SelectorUse::Element { SelectorUse::Head } else { *found };
        } else if !STRUCTURE.contains(&&*name) {
            *found = SelectorUse::Nowhere;
        }
        if is_function {
            nested(parser, found);
        }
    }
}

fn nested(parser: &mut Parser<'_>, found: &mut SelectorUse) {
    let read = parser.parse_nested_block(|inner| -> Result<(), ParseError<()>> {
        walk(inner, found);
        Ok(())
    });
    // The block is read to its end, so that no rest is left that could be an error.
    _ = read;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edition::theme::css;

    fn own(css: &str) -> OwnRules {
        let rules = css::rules(css, &Source::new("theme.css", css), &mut Diagnostics::new());
        OwnRules::of(&rules, "Inter, Arial, sans-serif")
    }

    #[test]
    fn states_and_important_styles_stay_in_the_head() {
        let css = "a, a:HOVER { color: red; margin: 0 !important }\np:not(.x):first-child { color: blue }";
        let own = own(css);
        assert_eq!(own.inline, "a{color:red;margin:0}\np:not(.x):first-child{color:blue}\n");
        assert_eq!(
            css::sheet(&own.head),
            "a:HOVER{color:red !important;margin:0 !important}\na{margin:0 !important}\n"
        );
    }

    #[test]
    fn selectors_without_an_effect_are_found() {
        for (selector, expected) in [
            ("a::before", SelectorUse::Nowhere),
            ("a:before", SelectorUse::Nowhere),
            ("a:hoover", SelectorUse::Nowhere),
            (".a:is(p, a:first-line)", SelectorUse::Nowhere),
            ("a:not(:hover)", SelectorUse::Head),
            ("td > h2:first-child", SelectorUse::Element),
            (".b[title=\":hover\"]", SelectorUse::Element),
            ("tr:nth-child(2n) td", SelectorUse::Element),
        ] {
            assert_eq!(selector_use(selector), expected, "{selector}");
        }
    }

    #[test]
    fn word_gets_paddings_in_pixels() {
        let inline = own(".a { padding: 16px 5.33% 0 }\n.b { padding: 8px }\n.a { padding: 4px 20px }").inline;
        assert_eq!(
            inline,
            ".a{padding:16px 5.33% 0;mso-padding-alt:16px 32px 0}\n.b{padding:8px}\n\
             .a{padding:4px 20px;mso-padding-alt:4px 20px}\n"
        );
    }

    #[test]
    fn word_gets_the_fonts_of_headings() {
        let word = own("h1, .a { font-family: Playfair, Georgia, serif }\ncode { font-family: Menlo, monospace }").word;
        let usual = format!("{WORD_ELEMENTS}{{font-family:Arial,sans-serif !important;}}");
        let headings =
            "h1,.a{font-family:Georgia,serif !important;}code{font-family:Courier New,monospace !important;}";
        assert_eq!(word, format!("{usual}{headings}"));
    }
}
