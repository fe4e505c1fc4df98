//! Makes comparisons safe for people who lack a value.
//!
//! The template language orders values of different kinds by kind: `age < 18` would be true of everybody without an
//! age, and `members > 100` of everybody whose cell holds a text, as the cells of a file do. So each comparison becomes
//! a call that finds a missing value unequal to everything, and before nothing, and reads a number in a text.

use std::cmp::Ordering;
use std::ops::Range;

use minijinja::value::Value;

/// The name of the function that compares.
pub(super) const CALL: &str = "_compare";

/// Compares two values by an operator.
pub(super) fn compare(left: &Value, operator: &str, right: &Value) -> bool {
    let ordering = if left.is_undefined() || right.is_undefined() || left.is_none() || right.is_none() {
        None
    } else {
        order(left, right)
    };
    match operator {
        "==" => ordering == Some(Ordering::Equal),
        "!=" => ordering != Some(Ordering::Equal),
        "<" => ordering == Some(Ordering::Less),
        "<=" => matches!(ordering, Some(Ordering::Less | Ordering::Equal)),
        ">" => ordering == Some(Ordering::Greater),
        _ => matches!(ordering, Some(Ordering::Greater | Ordering::Equal)),
    }
}

/// The order of two values; none where there is no order between them.
fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left.as_str(), right.as_str()) {
        (Some(left), Some(right)) => Some(left.cmp(right)),
        (Some(text), None) => order(&read(text, right)?, right),
        (None, Some(text)) => order(left, &read(text, left)?),
        (None, None) => (left.kind() == right.kind()).then(|| left.cmp(right)),
    }
}

/// A text as the kind of value that it is compared with.
fn read(text: &str, other: &Value) -> Option<Value> {
    if other.is_number() {
        return text.trim().parse::<f64>().ok().filter(|number| number.is_finite()).map(Value::from);
    }
    bool::try_from(other.clone()).ok()?;
    text.trim().to_lowercase().parse::<bool>().ok().map(Value::from)
}

/// A piece of an expression.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ComparisonToken {
    /// A field, a number or a text.
    Value,
    /// `and`, `or`, `not`, `(`, `)`: a comparison may stand beside it.
    Border,
    /// `<` and its kin.
    Order,
    /// `==` and `!=`.
    Equality,
    /// Anything else.
    Other,
}

/// The expression with its comparisons as calls; the operator that compares more than single values otherwise.
pub(super) fn as_calls(expression: &str) -> Result<String, &str> {
    let tokens = tokens(expression);
    let kind = |at: Option<usize>| at.and_then(|at| tokens.get(at)).map_or(ComparisonToken::Border, |(kind, _)| *kind);
    let mut output = String::new();
    let mut copied = 0;
    for (at, (token, span)) in tokens.iter().enumerate() {
        if !matches!(token, ComparisonToken::Order | ComparisonToken::Equality) {
            continue;
        }
        let single = kind(at.checked_sub(1)) == ComparisonToken::Value
            && kind(Some(at + 1)) == ComparisonToken::Value
            && kind(at.checked_sub(2)) == ComparisonToken::Border
            && kind(Some(at + 2)) == ComparisonToken::Border;
        if single {
            let (left, right) = (tokens[at - 1].1.clone(), tokens[at + 1].1.clone());
            output.push_str(&expression[copied..left.start]);
            let operator = &expression[span.clone()];
            copied = right.end;
            output.extend([CALL, "(", &expression[left], ", '", operator, "', ", &expression[right], ")"]);
        } else if *token == ComparisonToken::Order {
            return Err(&expression[span.clone()]);
        }
    }
    output.push_str(&expression[copied..]);
    Ok(output)
}

fn tokens(expression: &str) -> Vec<(ComparisonToken, Range<usize>)> {
    let mut tokens: Vec<(ComparisonToken, Range<usize>)> = Vec::new();
    let mut at = 0;
    while let Some(first) = expression[at..].chars().next() {
        let rest = &expression[at..];
        let before = tokens.last().map_or(ComparisonToken::Border, |(kind, _)| *kind);
        let (kind, length) = match first {
            '\'' | '"' => (ComparisonToken::Value, quoted(rest, first)),
            '<' | '>' | '=' | '!' => operator(rest),
            '(' | ')' => (ComparisonToken::Border, 1),
            '-' if matches!(before, ComparisonToken::Order | ComparisonToken::Equality) && word(&rest[1..]) > 0 => {
                (ComparisonToken::Value, 1 + word(&rest[1..]))
            }
            _ if word(rest) > 0 => (named(&rest[..word(rest)]), word(rest)),
            _ => (ComparisonToken::Other, first.len_utf8()),
        };
        if !first.is_whitespace() {
            tokens.push((kind, at..at + length));
        }
        at += length;
    }
    tokens
}

fn operator(rest: &str) -> (ComparisonToken, usize) {
    match rest.as_bytes() {
        [b'=' | b'!', b'=', ..] => (ComparisonToken::Equality, 2),
        [b'<' | b'>', b'=', ..] => (ComparisonToken::Order, 2),
        [b'<' | b'>', ..] => (ComparisonToken::Order, 1),
        _ => (ComparisonToken::Other, 1),
    }
}

fn named(word: &str) -> ComparisonToken {
    match word {
        "and" | "or" | "not" | "if" | "else" => ComparisonToken::Border,
        "in" | "is" => ComparisonToken::Other,
        _ => ComparisonToken::Value,
    }
}

/// The bytes of the name or number at the beginning.
fn word(rest: &str) -> usize {
    rest.find(|it: char| !(it.is_alphanumeric() || matches!(it, '_' | '.'))).unwrap_or(rest.len())
}

/// The bytes of the text at the beginning, with its marks.
fn quoted(rest: &str, mark: char) -> usize {
    let mut escaped = false;
    for (at, letter) in rest.char_indices().skip(1) {
        if letter == mark && !escaped {
            return at + 1;
        }
        escaped = letter == '\\' && !escaped;
    }
    rest.len()
}
