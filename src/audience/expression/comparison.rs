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
enum Token {
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
    let kind = |at: Option<usize>| at.and_then(|at| tokens.get(at)).map_or(Token::Border, |(kind, _)| *kind);
    let mut output = String::new();
    let mut copied = 0;
    for (at, (token, span)) in tokens.iter().enumerate() {
        if !matches!(token, Token::Order | Token::Equality) {
            continue;
        }
        let single = kind(at.checked_sub(1)) == Token::Value
            && kind(Some(at + 1)) == Token::Value
            && kind(at.checked_sub(2)) == Token::Border
            && kind(Some(at + 2)) == Token::Border;
        if single {
            let (left, right) = (tokens[at - 1].1.clone(), tokens[at + 1].1.clone());
            output.push_str(&expression[copied..left.start]);
            let operator = &expression[span.clone()];
            copied = right.end;
            output.extend([CALL, "(", &expression[left], ", '", operator, "', ", &expression[right], ")"]);
        } else if *token == Token::Order {
            return Err(&expression[span.clone()]);
        }
    }
    output.push_str(&expression[copied..]);
    Ok(output)
}

fn tokens(expression: &str) -> Vec<(Token, Range<usize>)> {
    let mut tokens: Vec<(Token, Range<usize>)> = Vec::new();
    let mut at = 0;
    while let Some(first) = expression[at..].chars().next() {
        let rest = &expression[at..];
        let before = tokens.last().map_or(Token::Border, |(kind, _)| *kind);
        let (kind, length) = match first {
            '\'' | '"' => (Token::Value, quoted(rest, first)),
            '<' | '>' | '=' | '!' => operator(rest),
            '(' | ')' => (Token::Border, 1),
            '-' if matches!(before, Token::Order | Token::Equality) && word(&rest[1..]) > 0 => {
                (Token::Value, 1 + word(&rest[1..]))
            }
            _ if word(rest) > 0 => (named(&rest[..word(rest)]), word(rest)),
            _ => (Token::Other, first.len_utf8()),
        };
        if !first.is_whitespace() {
            tokens.push((kind, at..at + length));
        }
        at += length;
    }
    tokens
}

fn operator(rest: &str) -> (Token, usize) {
    match rest.as_bytes() {
        [b'=' | b'!', b'=', ..] => (Token::Equality, 2),
        [b'<' | b'>', b'=', ..] => (Token::Order, 2),
        [b'<' | b'>', ..] => (Token::Order, 1),
        _ => (Token::Other, 1),
    }
}

fn named(word: &str) -> Token {
    match word {
        "and" | "or" | "not" | "if" | "else" => Token::Border,
        "in" | "is" => Token::Other,
        _ => Token::Value,
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
