//! The template engine as issues use it: what a missing value does, and how values are written.

use std::borrow::Cow;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::ValueKind;
use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior, Value};

use crate::base::language::Lang;
use crate::edition::html::escape::escape;
use crate::edition::links;
use crate::edition::template::language_filters;
use crate::edition::template::transfer_encoding;

/// Steps that one part of one letter may take: some thousand lines of a loop.
const FUEL: u64 = 100_000;

/// How deep one part of one letter may go.
const DEPTH: usize = 50;

/// The bytes that a value may have, with eight for each item.
const ROOM: usize = 1_000_000;

/// An engine with the filters of [`crate::edition::template::slots::Context`], of [`crate::issue::manuscript::placeholders::missing_values`] and of [`speech`].
pub(crate) fn engine(lang: Lang) -> Environment<'static> {
    let mut engine = Environment::new();
    engine.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    engine.set_auto_escape_callback(|_| AutoEscape::None);
    engine.set_syntax(SyntaxConfig::builder().keep_trailing_newline(true).build().unwrap_or_default());
    engine.set_fuel(Some(FUEL));
    engine.set_recursion_limit(DEPTH);
    // Without it errors do not say where they happened.
    engine.set_debug(true);
    engine.remove_global("debug");
    engine
        .add_filter("_known", |value: &Value| if value.is_undefined() { Err(missing_value()) } else { bounded(value) });
    engine.add_filter("_bounded", bounded);
    engine.add_filter("_each", |value: &Value| {
        if value.is_undefined() || value.is_none() { Ok(Value::from(Vec::<Value>::new())) } else { bounded(value) }
    });
    // Not a number is equal to nothing, not even to another missing value.
    engine.add_filter(
        "_side",
        |value: &Value| {
            if value.is_undefined() { Ok(Value::from(f64::NAN)) } else { bounded(value) }
        },
    );
    engine.add_filter("_html", |value: &Value| Ok::<_, Error>(transfer_encoding::encode(&escape(&line(value)?))));
    engine
        .add_filter("_html_url", |value: &Value| Ok::<_, Error>(transfer_encoding::encode(&escape(&address(value)?))));
    engine.add_filter("_html_part", |value: &Value| {
        Ok::<_, Error>(transfer_encoding::encode(&percent(&line(value)?, UNRESERVED)))
    });
    engine.add_filter("_text", |value: &Value| line(value).map(Cow::into_owned));
    engine.add_filter("_text_url", |value: &Value| address(value));
    engine.add_filter("_text_part", |value: &Value| Ok::<_, Error>(percent(&line(value)?, UNRESERVED)));
    language_filters::add_filters(&mut engine, lang);
    engine
}

/// What a template reads of a field of a person or of an issue.
pub(crate) fn value(value: &crate::base::value::Value) -> Value {
    match value {
        crate::base::value::Value::Bool(it) => Value::from(*it),
        crate::base::value::Value::Integer(it) => Value::from(*it),
        crate::base::value::Value::Number(it) => Value::from(*it),
        crate::base::value::Value::Date(it) => Value::from(it.to_string()),
        crate::base::value::Value::List(items) => {
            Value::from(items.iter().map(crate::edition::template::engine::value).collect::<Vec<_>>())
        }
        crate::base::value::Value::Text(it) => Value::from(it.as_str()),
    }
}

/// A value that is no larger than a letter. A list that holds itself many times takes no step to make, and no fuel to
/// write: only its size tells of it.
fn bounded(value: &Value) -> Result<Value, Error> {
    let mut room = ROOM;
    if charge_size(value, DEPTH, &mut room) { Ok(value.clone()) } else { Err(Error::from(ErrorKind::OutOfFuel)) }
}

/// Takes the size of a value from the room that is left; false once there is none.
fn charge_size(value: &Value, depth: usize, room: &mut usize) -> bool {
    let own = 8 + value.as_str().map_or(0, str::len);
    let Some(left) = room.checked_sub(own) else { return false };
    *room = left;
    // A sequence without a length can be read only once.
    if value.as_str().is_some() || value.len().is_none() {
        return true;
    }
    let is_map = value.kind() == ValueKind::Map;
    let Some(depth) = depth.checked_sub(1) else { return false };
    let Ok(mut items) = value.try_iter() else { return true };
    items.all(|it| {
        charge_size(&it, depth, room) && (!is_map || value.get_item(&it).is_ok_and(|it| charge_size(&it, depth, room)))
    })
}

fn missing_value() -> Error {
    Error::from(ErrorKind::UndefinedError)
}

/// A value on one line, without control characters: a list by its items.
fn line(value: &Value) -> Result<Cow<'_, str>, Error> {
    bounded(value)?;
    if let Some(text) = value.as_str() {
        let clean = text.chars().all(|it| !it.is_control());
        return Ok(if clean { Cow::Borrowed(text) } else { Cow::Owned(spaced(text)) });
    }
    match value.kind() {
        ValueKind::Undefined | ValueKind::None => Err(missing_value()),
        ValueKind::Seq => {
            let items: Vec<Value> = value.try_iter()?.collect();
            let items: Result<Vec<String>, Error> = items.iter().map(|it| line(it).map(Cow::into_owned)).collect();
            Ok(Cow::Owned(items?.join(", ")))
        }
        ValueKind::Invalid => Err(Error::from(ErrorKind::BadSerialization)),
        _ => Ok(Cow::Owned(spaced(&value.to_string()))),
    }
}

fn spaced(text: &str) -> String {
    text.chars().map(|it| if it.is_control() { ' ' } else { it }).collect()
}

/// A whole address, or the beginning of one: its scheme is one that a letter may link to.
fn address(value: &Value) -> Result<String, Error> {
    let text = line(value)?;
    let text = text.trim();
    match links::check(text, links::UrlStart::Written) {
        links::LinkDecision::Kept => Ok(percent(text, RESERVED)),
        links::LinkDecision::Anchor(_) | links::LinkDecision::Refused(_) => {
            Err(Error::new(ErrorKind::InvalidOperation, BAD_ADDRESS))
        }
    }
}

/// What an error says whose value is no address.
pub(crate) const BAD_ADDRESS: &str = "no complete address with https, mailto or tel";

const UNRESERVED: &[u8] = b"-._~";
const RESERVED: &[u8] = b"-._~:/?#[]@!$&()*+,;=%";

/// Percent-encoding of everything but letters, digits and some signs (RFC 3986, section 2).
fn percent(text: &str, kept: &[u8]) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || kept.contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.extend([byte >> 4, byte & 15].map(|it| char::from(b"0123456789ABCDEF"[usize::from(it)])));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use minijinja::context;

    use super::*;
    use crate::issue::manuscript::placeholders::missing_values::rewrite;

    fn rendered(template: &str) -> Option<String> {
        let mut engine = engine(Lang::default());
        engine.add_template("x", template).unwrap();
        let name = context! { name => "Æ", list => vec![1, 2], none => () };
        engine.get_template("x").unwrap().render(name).ok()
    }

    fn condition(expression: &str) -> Option<String> {
        rendered(&format!("{{% if {} %}}yes{{% else %}}no{{% endif %}}", rewrite(expression)))
    }

    fn printed(expression: &str) -> Option<String> {
        rendered(&format!("{{{{ ({})|_text }}}}", rewrite(expression)))
    }

    #[test]
    fn a_missing_value_is_false_and_empty_and_unequal() {
        for expression in
            ["missing", "1 in missing", "missing == other", "missing == 1", "missing and true", "missing == none"]
        {
            assert_eq!(condition(expression).as_deref(), Some("no"), "{expression}");
        }
        for expression in ["not missing", "1 not in missing", "missing != other", "missing != 1", "1 in list"] {
            assert_eq!(condition(expression).as_deref(), Some("yes"), "{expression}");
        }
        let looped = format!("{{% for {} %}}x{{% endfor %}}", rewrite("x in missing if x"));
        assert_eq!(rendered(&looped).as_deref(), Some(""));
    }

    #[test]
    fn a_missing_value_is_never_printed() {
        for expression in [
            "missing",
            "missing ~ 'a'",
            "missing|upper",
            "missing|join(',')",
            "missing|length",
            "missing + 1",
            "missing.x",
            "none",
        ] {
            assert_eq!(printed(expression), None, "{expression}");
        }
        assert_eq!(condition("missing < 3"), None);
        assert_eq!(printed("missing|default('a')|upper").as_deref(), Some("A"));
        assert_eq!(printed("name ~ 'b'").as_deref(), Some("Æb"));
        assert_eq!(printed("list").as_deref(), Some("1, 2"));
        assert_eq!(rendered("{{ missing }}"), None);
    }
}
