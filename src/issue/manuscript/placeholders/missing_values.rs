//! Rewrites expressions so that a missing value behaves as the manual's table says.
//!
//! minijinja's semi-strict mode refuses to print a missing value, and treats it as false in conditions. Filters do the rest:
//! `for` and `in` read a missing value as an empty list (`_each`), two missing values are not equal (`_side`), and no filter but
//! `default` accepts a missing value (`_known`).

/// The filters that accept a missing value.
const TAKES_MISSING: [&str; 2] = ["default", "d"];

/// A token of an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ExpressionToken<'a> {
    Space(&'a str),
    Word(&'a str),
    Literal(&'a str),
    Sign(&'a str),
}

impl<'a> ExpressionToken<'a> {
    fn text(self) -> &'a str {
        match self {
            Self::Space(text) | Self::Word(text) | Self::Literal(text) | Self::Sign(text) => text,
        }
    }
}

/// An expression, or the head of a statement, with the filters added.
pub(crate) fn rewrite(expression: &str) -> String {
    let tokens = tokens(expression);
    let mut out = String::with_capacity(expression.len() + 32);
    // The filter to append at the end of the current operand, for each open bracket.
    let mut pending: Vec<Option<&'static str>> = vec![None];
    for (at, token) in tokens.iter().enumerate() {
        if ends_operand(*token)
            && let Some(filter) = pending.last_mut().and_then(Option::take)
        {
            append(&mut out, filter);
        }
        match token.text() {
            "(" | "[" | "{" => pending.push(None),
            ")" | "]" | "}" if pending.len() > 1 => drop(pending.pop()),
            "==" | "!=" => {
                append(&mut out, "|_side");
                require_filter(&mut pending, "|_side");
            }
            "<" | "<=" | ">" | ">=" => {
                append(&mut out, "|_known");
                require_filter(&mut pending, "|_known");
            }
            "|" if !takes_missing(&tokens[at + 1..]) => append(&mut out, "|_known"),
            "in" if matches!(token, ExpressionToken::Word(_)) => require_filter(&mut pending, "|_each"),
            _ => {}
        }
        out.push_str(token.text());
    }
    if let Some(filter) = pending.pop().flatten() {
        append(&mut out, filter);
    }
    out
}

/// An expression in which each operand of `~` is as `write` makes it. The engine itself would join a number in the
/// notation of programs, and a template has no other way to format it.
pub(crate) fn rewrite_joined(expression: &str, write: impl Fn(&str) -> String) -> String {
    let mut out = String::with_capacity(expression.len() + 32);
    // Where the current operand begins, and whether a `~` is before it, for each open bracket.
    let mut operands = vec![(0, false)];
    let close = |out: &mut String, (start, is_joined): (usize, bool)| {
        let operand = out.split_off(start);
        let inner = operand.trim();
        if is_joined && !inner.is_empty() {
            let indent = operand.len() - operand.trim_start().len();
            out.extend([&operand[..indent], &write(inner), &operand[indent + inner.len()..]]);
        } else {
            out.push_str(&operand);
        }
    };
    for token in tokens(expression) {
        let operand = operands.last().copied().unwrap_or_default();
        let is_join = token == ExpressionToken::Sign("~");
        // A sign before any operand belongs to it: `-1`.
        let is_sum = matches!(token.text(), "+" | "-") && !out[operand.0..].trim().is_empty();
        let ends = is_join || is_sum || ends_operand(token);
        if ends {
            close(&mut out, (operand.0, operand.1 || is_join));
        }
        match token.text() {
            ")" | "]" | "}" if operands.len() > 1 => drop(operands.pop()),
            _ => {}
        }
        out.push_str(token.text());
        match token.text() {
            "(" | "[" | "{" => operands.push((out.len(), false)),
            // The bracket is a part of the operand around it.
            ")" | "]" | "}" => {}
            _ if ends => drop(operands.last_mut().map(|operand| *operand = (out.len(), is_join))),
            _ => {}
        }
    }
    let operand = operands.pop().unwrap_or_default();
    close(&mut out, operand);
    out
}

/// The names of the filters that an expression uses, with the place of each in it.
pub(crate) fn filters(expression: &str) -> Vec<(&str, usize)> {
    let mut found = Vec::new();
    let mut at = 0;
    let mut after_bar = false;
    for token in tokens(expression) {
        match token {
            ExpressionToken::Word(name) if after_bar => found.push((name, at)),
            ExpressionToken::Space(_)
            | ExpressionToken::Word(_)
            | ExpressionToken::Literal(_)
            | ExpressionToken::Sign(_) => {}
        }
        if !matches!(token, ExpressionToken::Space(_)) {
            after_bar = token == ExpressionToken::Sign("|");
        }
        at += token.text().len();
    }
    found
}

/// A name in an expression that may be replaced by another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ExpressionName<'e> {
    /// That of a filter: `date` in `params.day|date`.
    Filter(&'e str),
    /// That of a value, without its members: `params` in `params.day|date`.
    Value(&'e str),
}

/// An expression, or a whole tag, in which some names are replaced.
pub(crate) fn renamed(expression: &str, other: impl Fn(ExpressionName<'_>) -> Option<String>) -> String {
    let mut out = String::with_capacity(expression.len() + 16);
    let mut before = "";
    for token in tokens(expression) {
        let name = match token {
            ExpressionToken::Word(name) if before == "|" => other(ExpressionName::Filter(name)),
            ExpressionToken::Word(name) if before != "." => other(ExpressionName::Value(name)),
            ExpressionToken::Word(_)
            | ExpressionToken::Space(_)
            | ExpressionToken::Literal(_)
            | ExpressionToken::Sign(_) => None,
        };
        out.push_str(name.as_deref().unwrap_or(token.text()));
        if !matches!(token, ExpressionToken::Space(_)) {
            before = token.text();
        }
    }
    out
}

/// Whether a statement's head assigns (`set x = …`) rather than captures.
pub(crate) fn assigns(head: &str) -> bool {
    tokens(head).contains(&ExpressionToken::Sign("="))
}

fn require_filter(pending: &mut [Option<&'static str>], filter: &'static str) {
    if let Some(last) = pending.last_mut() {
        *last = Some(filter);
    }
}

/// Appends a filter before trailing white space.
fn append(out: &mut String, filter: &str) {
    let end = out.trim_end().len();
    out.insert_str(end, filter);
}

fn takes_missing(after: &[ExpressionToken<'_>]) -> bool {
    let name = after.iter().find(|token| !matches!(token, ExpressionToken::Space(_)));
    name.is_some_and(|token| TAKES_MISSING.contains(&token.text()))
}

/// Whether an operand that began before this token ends here.
fn ends_operand(token: ExpressionToken<'_>) -> bool {
    match token {
        ExpressionToken::Word(word) => matches!(word, "and" | "or" | "if" | "else" | "not" | "is" | "in" | "recursive"),
        ExpressionToken::Sign(sign) => {
            matches!(sign, "==" | "!=" | "<" | "<=" | ">" | ">=" | "," | ":" | "=" | ")" | "]" | "}")
        }
        ExpressionToken::Space(_) | ExpressionToken::Literal(_) => false,
    }
}

fn tokens<'e>(expression: &'e str) -> Vec<ExpressionToken<'e>> {
    let mut tokens = Vec::new();
    let mut rest = expression;
    while let Some(first) = rest.chars().next() {
        let (length, kind): (usize, fn(&'e str) -> ExpressionToken<'e>) = if first.is_whitespace() {
            (run(rest, char::is_whitespace), ExpressionToken::Space)
        } else if first.is_alphabetic() || first == '_' {
            (run(rest, |character| character.is_alphanumeric() || character == '_'), ExpressionToken::Word)
        } else if first.is_numeric() {
            (run(rest, |character| character.is_alphanumeric() || character == '_'), ExpressionToken::Literal)
        } else if first == '"' || first == '\'' {
            (quoted(rest, first), ExpressionToken::Literal)
        } else {
            let double = ["==", "!=", "<=", ">=", "**", "//"].iter().any(|sign| rest.starts_with(sign));
            (if double { 2 } else { first.len_utf8() }, ExpressionToken::Sign)
        };
        let (head, tail) = rest.split_at(length);
        tokens.push(kind(head));
        rest = tail;
    }
    tokens
}

fn run(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.find(|character| !belongs(character)).unwrap_or(text.len())
}

/// The length of a quoted text with its quotes; an unclosed one runs to the end.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if character == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_written_at_the_end_of_operands() {
        for (typed, expected) in [
            ("x", "x"),
            ("x in xs if x", "x in xs|_each if x"),
            ("'it' in roles and a", "'it' in roles|_each and a"),
            ("a == b", "a|_side == b|_side"),
            ("(a) in (b) or c", "(a) in (b)|_each or c"),
            ("a|upper", "a|_known|upper"),
            ("a|default('|in ')|upper", "a|default('|in ')|_known|upper"),
            ("a < b and c", "a|_known < b|_known and c"),
            ("f(a in b, c)", "f(a in b|_each, c)"),
            ("x = a not in b", "x = a not in b|_each"),
        ] {
            assert_eq!(rewrite(typed), expected);
        }
    }

    #[test]
    fn operands_that_are_joined_are_rewritten() {
        for (typed, expected) in [
            ("x", "x"),
            ("x ~ ' kr.'", "<x> ~ <' kr.'>"),
            ("a * 2 ~ b ~ c", "<a * 2> ~ <b> ~ <c>"),
            ("-a ~ b + c", "<-a> ~ <b> + c"),
            ("f(a ~ b)|upper ~ c", "<f(<a> ~ <b>)|upper> ~ <c>"),
            ("a ~ b if c == d else e", "<a> ~ <b> if c == d else e"),
            ("x|default('~') ", "x|default('~') "),
            ("[a ~ b, c]", "[<a> ~ <b>, c]"),
        ] {
            assert_eq!(rewrite_joined(typed, |operand| format!("<{operand}>")), expected);
        }
    }

    #[test]
    fn names_are_replaced_outside_texts() {
        let other = |name: ExpressionName<'_>| match name {
            ExpressionName::Filter("date") => Some("date_en".to_owned()),
            ExpressionName::Value("greeting") => Some("_greeting".to_owned()),
            ExpressionName::Filter(_) | ExpressionName::Value(_) => None,
        };
        for (typed, expected) in [
            ("{{ (x.date | date('|date')|upper)|_html }}", "{{ (x.date | date_en('|date')|upper)|_html }}"),
            ("{% if greeting ~ x.greeting %}", "{% if _greeting ~ x.greeting %}"),
        ] {
            assert_eq!(renamed(typed, other), expected);
        }
    }

    #[test]
    fn filters_are_found_outside_texts() {
        assert_eq!(filters("a|upper ~ '|no'|first | d(1)"), [("upper", 2), ("first", 16), ("d", 24)]);
        assert!(assigns("x = 1") && !assigns("x") && !assigns("x == 1"));
    }
}
