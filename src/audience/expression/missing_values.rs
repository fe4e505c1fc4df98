//! Makes comparisons safe for people who lack a value.
//!
//! The template language orders values of different kinds by kind: `age < 18` would be true of everyone without an age,
//! and `members > 100` of everyone whose cell is a text, as all cells of a CSV file are. So each comparison becomes a
//! call of a function that treats a missing value as unequal to every value and never less or greater, and parses a
//! text that is compared with a number.

use std::cmp::Ordering;
use std::ops::Range;

use minijinja::value::Value;

/// The name of the comparing function.
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

/// The order of two values; `None` if they have none.
fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left.as_str(), right.as_str()) {
        (Some(left), Some(right)) => Some(left.cmp(right)),
        (Some(text), None) => order(&parse_like(text, right)?, right),
        (None, Some(text)) => order(left, &parse_like(text, left)?),
        // minijinja's `cmp` orders all values, even of different kinds.
        (None, None) => (left.kind() == right.kind()).then(|| left.cmp(right)),
    }
}

/// Parses a text as the kind of value that it is compared with.
fn parse_like(text: &str, other: &Value) -> Option<Value> {
    if other.is_number() {
        return text.trim().parse::<f64>().ok().filter(|number| number.is_finite()).map(Value::from);
    }
    bool::try_from(other.clone()).ok()?;
    text.trim().to_lowercase().parse::<bool>().ok().map(Value::from)
}

/// A kind of token of an expression.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ComparisonToken {
    /// A field, a number or a text.
    Value,
    /// `and`, `or`, `not`, `(`, `)`: what may be next to a comparison.
    Border,
    /// `<`, `<=`, `>` and `>=`.
    Order,
    /// `==` and `!=`.
    Equality,
    /// Anything else.
    Other,
}

/// The expression with its comparisons as calls.
///
/// # Errors
///
/// An operand of an ordering operator is not a single value, as in `a + 1 < b`; the error is the operator.
pub(super) fn as_calls(expression: &str) -> Result<String, &str> {
    let tokens = tokens(expression);
    let kind = |at: Option<usize>| at.and_then(|at| tokens.get(at)).map_or(ComparisonToken::Border, |(kind, _)| *kind);
    let mut output = String::new();
    let mut copied = 0;
    for (at, (token, span)) in tokens.iter().enumerate() {
        if !matches!(token, ComparisonToken::Order | ComparisonToken::Equality) {
            continue;
        }
        // An equality of other operands stays as it is: values of different kinds are unequal anyway.
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
            // Only directly after an operator is a minus a sign; `a -1` is a subtraction.
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

/// The length in bytes of the name or number at the beginning.
fn word(rest: &str) -> usize {
    rest.find(|letter: char| !(letter.is_alphanumeric() || matches!(letter, '_' | '.'))).unwrap_or(rest.len())
}

/// The length in bytes of the quoted text at the beginning, with its quotes.
fn quoted(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, letter) in rest.char_indices().skip(1) {
        if letter == quote && !escaped {
            return at + 1;
        }
        escaped = letter == '\\' && !escaped;
    }
    rest.len()
}
