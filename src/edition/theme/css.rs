//! The styles of a theme: plain rules, of which the blocks for phones and for the dark are made.

use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::text::Source;

const BAD_RULE: Code = Code("NL523");
const NOT_SHOWN: Code = Code("NL524");

/// What programs that many people read their mail in do not know (caniemail.com), and what to write instead.
const NOT_KNOWN: [(&str, &str, &str); 7] = [
    ("position", "", "mail programs drop it: use the cells of a table"),
    ("display", "flex", "Outlook has no flex: use the cells of a table"),
    ("display", "grid", "Outlook has no grid: use the cells of a table"),
    ("", "rem", "Outlook knows no rem: write px"),
    ("", "var(", "most mail programs know no variables: write the value, or {{ … }}"),
    ("", "calc(", "Outlook does not calculate: write the sum"),
    ("", "url(", "nothing is fetched for styles: put a picture into newsletter.html"),
];

/// One rule: whose looks it says, and what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CssRule {
    line: usize,
    selectors: Vec<String>,
    declarations: Vec<(String, String)>,
}

/// The rules of a finished style sheet; what is wrong in it is told at its line of the file it comes from.
pub(crate) fn rules(css: &str, source: &Source, diagnostics: &mut Diagnostics) -> Vec<CssRule> {
    let css = without_comments(css);
    let mut tell = |at: usize, message: String, hint: &str| {
        let line = line(&css, at, source);
        diagnostics.push(Diagnostic::error(BAD_RULE, message).at(source.line(line)).hint(hint));
    };
    let mut rules = Vec::new();
    let mut from = 0;
    loop {
        let rest = &css[from..];
        let start = from + (rest.len() - rest.trim_start().len());
        if start == css.len() {
            break;
        }
        let Some(open) = css[start..].find(['{', '}', ';']).map(|it| it + start) else {
            tell(start, "these styles have no `{`".into(), "write them like this: h2 { color: #333333; }");
            break;
        };
        if css[start..].starts_with('@') {
            let hint = "the dark goes into dark.css and phones into phone.css; other rules with @ are not for mail";
            tell(start, "a rule with @ cannot stand in the styles of a theme".into(), hint);
            from = behind_block(&css, open);
            continue;
        }
        if !css[open..].starts_with('{') {
            tell(open, "a brace or a selector is missing before this".into(), "each rule is: h2 { color: #333333; }");
            from = open + 1;
            continue;
        }
        let close = css[open + 1..].find(['{', '}']).map(|it| it + open + 1);
        let Some(close) = close.filter(|it| css[*it..].starts_with('}')) else {
            tell(start, "the `}` of this rule is missing".into(), "each rule is: h2 { color: #333333; }");
            from = close.map_or(css.len(), |it| behind_block(&css, it));
            continue;
        };
        let line = line(&css, start, source);
        let selectors = css[start..open].split(',').map(|it| it.trim().to_owned()).collect();
        let declarations = declarations(&css[open + 1..close]);
        rules.push(CssRule { line, selectors, declarations });
        from = close + 1;
    }
    for rule in &rules {
        check(rule, source, diagnostics);
    }
    rules
}

/// The line of its file that a place in a finished style sheet has: counted from the end, since what a file includes
/// stands at its beginning.
fn line(css: &str, at: usize, source: &Source) -> usize {
    let behind = css[at..].matches('\n').count() + usize::from(!css.ends_with('\n'));
    let lines = source.text().trim_end_matches('\n').lines().count();
    (lines + 1).saturating_sub(behind).max(1)
}

/// Comments as white space, so that every line stays where it is.
fn without_comments(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    while let Some(at) = rest.find("/*") {
        out.push_str(&rest[..at]);
        let end = rest[at + 2..].find("*/").map_or(rest.len(), |it| at + it + 4);
        out.extend(rest[at..end].chars().filter(|it| *it == '\n'));
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}

/// Behind the block whose brace stands here, or behind the `;` where there is none.
fn behind_block(css: &str, open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, sign) in css[open..].char_indices() {
        match sign {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 && matches!(sign, '}' | ';') {
            return open + at + 1;
        }
    }
    css.len()
}

fn declarations(block: &str) -> Vec<(String, String)> {
    let declarations = block.split(';').filter(|it| !it.trim().is_empty());
    declarations
        .map(|it| {
            let (property, value) = it.split_once(':').unwrap_or((it, ""));
            (property.trim().to_ascii_lowercase(), value.trim().trim_end_matches("!important").trim_end().to_owned())
        })
        .collect()
}

fn check(rule: &CssRule, source: &Source, diagnostics: &mut Diagnostics) {
    for (property, value) in &rule.declarations {
        let written = format!("{property}: {value}");
        if value.is_empty() {
            diagnostics.push(
                Diagnostic::error(BAD_RULE, format!("`{property}` has no value"))
                    .at(source.line(rule.line))
                    .hint("each line of a rule is a name, `:`, a value and `;`, such as: color: #333333;"),
            );
        }
        let known = |(name, word, _): &&(&str, &str, &str)| {
            (name.is_empty() || name == property) && (word.is_empty() || uses(value, word))
        };
        if let Some((.., hint)) = NOT_KNOWN.iter().find(known) {
            diagnostics.push(
                Diagnostic::error(NOT_SHOWN, format!("many readers would not see `{written}`"))
                    .at(source.line(rule.line))
                    .hint(*hint),
            );
        }
    }
}

/// Whether a value holds a function or a keyword, or a number in a unit.
fn uses(value: &str, word: &str) -> bool {
    let value = value.to_ascii_lowercase();
    if word.ends_with('(') {
        return value.contains(word);
    }
    value
        .split([' ', ',', '(', ')', '-'])
        .any(|it| it.trim_start_matches(|it: char| it.is_ascii_digit() || it == '.') == word)
}

/// The rules whose selectors are wanted, each without those that are not.
pub(crate) fn matching_rules(rules: &[CssRule], wanted: impl Fn(&str) -> bool) -> Vec<CssRule> {
    let rules = rules.iter().cloned().map(|mut rule| {
        rule.selectors.retain(|it| wanted(it));
        rule
    });
    rules.filter(|it| !it.selectors.is_empty()).collect()
}

/// Rules as a block for one kind of screen, where they outdo what stands in the elements.
pub(crate) fn media(condition: &str, rules: &[CssRule]) -> String {
    let rules: Vec<String> = rules.iter().filter_map(|it| with_important("", it, |_| true)).collect();
    if rules.is_empty() { String::new() } else { format!("@media ({condition}){{{}}}", rules.concat()) }
}

/// Rules for the dark of Outlook.com, which knows no media block for it: it marks what it has changed with `data-ogsb`
/// for backgrounds and with `data-ogsc` for all other colours.
pub(crate) fn outlook_dark_rules(rules: &[CssRule]) -> String {
    let background = |property: &str| property.starts_with("background");
    let twins = rules.iter().flat_map(|rule| {
        let behind = with_important("[data-ogsb] ", rule, background);
        let before = with_important("[data-ogsc] ", rule, |it| !background(it));
        behind.into_iter().chain(before)
    });
    twins.collect()
}

fn with_important(before: &str, rule: &CssRule, which: impl Fn(&str) -> bool) -> Option<String> {
    let declarations: Vec<String> = rule
        .declarations
        .iter()
        .filter(|(property, _)| which(property))
        .map(|(property, value)| format!("{property}:{value} !important"))
        .collect();
    let selectors: Vec<String> = rule.selectors.iter().map(|it| format!("{before}{it}")).collect();
    (!declarations.is_empty()).then(|| format!("{}{{{}}}\n", selectors.join(","), declarations.join(";")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(css: &str) -> Vec<String> {
        let mut diagnostics = Diagnostics::new();
        rules(css, &Source::new("theme.css", css), &mut diagnostics);
        let line = |it: &Diagnostic| it.place.as_ref().map_or(0, crate::base::source::span::Span::line);
        diagnostics.iter().map(|it| format!("{} {} {}", line(it), it.code, it.message)).collect()
    }

    #[test]
    fn dark_rules_are_said_for_both_kinds_of_dark() {
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
    fn mistakes_are_told_at_their_lines() {
        assert_eq!(
            told("a { color: red; }\n\n.b { color: red\n.c { color: blue; }"),
            ["3 NL523 the `}` of this rule is missing"]
        );
        assert_eq!(told("a { color: red; } }"), ["1 NL523 a brace or a selector is missing before this"]);
        assert_eq!(told("a"), ["1 NL523 these styles have no `{`"]);
        assert_eq!(told("\na { color }"), ["2 NL523 `color` has no value"]);
        let at = "NL523 a rule with @ cannot stand in the styles of a theme";
        assert_eq!(told("@import 'x';\n@media (x) { a { b: c } }\na { b: c }"), [format!("1 {at}"), format!("2 {at}")]);
        let shown: Vec<String> =
            ["position: fixed", "display: inline flex", "margin: 1.5rem", "background: url(https://x)"]
                .iter()
                .flat_map(|it| told(&format!("a {{ {it} }}")))
                .collect();
        assert_eq!(shown.len(), 4, "{shown:?}");
        assert_eq!(told("a { font-family: Gridlock; margin: 0 1em; display: block }"), Vec::<String>::new());
    }
}
