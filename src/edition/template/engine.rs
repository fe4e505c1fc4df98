//! The template engine: what a missing value does, and how values are written.

use std::borrow::Cow;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::ValueKind;
use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior, Value};

use crate::base::language::Lang;
use crate::base::value::Value as FieldValue;
use crate::edition::html::escape::escape;
use crate::edition::links;
use crate::edition::template::language_filters;
use crate::edition::template::transfer_encoding;
use crate::issue::manuscript::placeholders::missing_values::{self, ExpressionName};

/// The most steps for one part of one letter: enough for some thousand rounds of a loop.
const FUEL: u64 = 100_000;

/// The deepest recursion.
const DEPTH: usize = 50;

/// The largest value in bytes, counting eight for each item.
const ROOM: usize = 1_000_000;

/// An engine with the filters of [`crate::edition::template::slots::SlotContext`], of [`crate::issue::manuscript::placeholders::missing_values`] and of [`language_filters`].
///
/// `lang` is the readers' language, `home` that of the project: numbers in its lists are written as in that language.
pub(crate) fn engine(lang: Lang, home: Lang) -> Environment<'static> {
    let mut engine = Environment::new();
    // A missing value may be tested in a condition, but not printed.
    engine.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    // Only a slot knows whether its value is written into HTML, an address or text: its filter escapes it.
    engine.set_auto_escape_callback(|_| AutoEscape::None);
    // Like Jinja, minijinja drops the line break at the end of a template by default. Quoted-printable needs it.
    engine.set_syntax(SyntaxConfig::builder().keep_trailing_newline(true).build().unwrap_or_default());
    engine.set_fuel(Some(FUEL));
    engine.set_recursion_limit(DEPTH);
    // Without debug mode errors have no place.
    engine.set_debug(true);
    // `debug()` would print every value that a template can read.
    engine.remove_global("debug");
    engine
        .add_filter("_known", |value: &Value| if value.is_undefined() { Err(missing_value()) } else { bounded(value) });
    engine.add_filter("_bounded", bounded);
    engine.add_filter("_before_full_stop", |amount: &str| amount.strip_suffix('.').unwrap_or(amount).to_owned());
    engine.add_filter("_listed", as_listed);
    engine.add_filter("_entered", as_entered);
    engine.add_filter("_each", |value: &Value| {
        if value.is_undefined() || value.is_none() { Ok(Value::from(Vec::<Value>::new())) } else { bounded(value) }
    });
    // NaN equals nothing, not even itself, so two missing values are not equal either.
    engine.add_filter(
        "_side",
        |value: &Value| {
            if value.is_undefined() { Ok(Value::from(f64::NAN)) } else { bounded(value) }
        },
    );
    engine
        .add_filter("_html_url", |value: &Value| Ok::<_, Error>(transfer_encoding::encode(&escape(&address(value)?))));
    engine.add_filter("_html_part", |value: &Value| {
        Ok::<_, Error>(transfer_encoding::encode(&percent(&line(value, None)?, &UNRESERVED)))
    });
    engine.add_filter("_text_url", |value: &Value| address(value));
    engine.add_filter("_text_part", |value: &Value| Ok::<_, Error>(percent(&line(value, None)?, &UNRESERVED)));
    add_language(&mut engine, lang, home, Cow::Borrowed);
    engine
}

/// The filters that write a value in the language of the text around it.
const WRITING: [&str; 8] = ["_html", "_joined", "_text", "currency", "date", "number", "percent", "plural"];

/// Adds the filters that write values in another language than that of most of the text, for the tags that
/// [`in_language`] makes.
pub(crate) fn add_other_language(engine: &mut Environment<'static>, lang: Lang, home: Lang) {
    add_language(engine, lang, home, |name| Cow::Owned(language_filters::name_in(name, lang)));
}

/// The code of a tag that writes its values in this language.
pub(crate) fn in_language(code: &str, lang: Lang) -> String {
    missing_values::renamed(code, |name| match name {
        ExpressionName::Filter(filter) if WRITING.contains(&filter) => Some(language_filters::name_in(filter, lang)),
        ExpressionName::Filter(_) | ExpressionName::Value(_) => None,
    })
}

fn add_language(
    engine: &mut Environment<'static>,
    lang: Lang,
    home: Lang,
    name: impl Fn(&'static str) -> Cow<'static, str>,
) {
    let text = move |value: &Value| line(value, Some(lang)).map(Cow::into_owned);
    engine.add_filter(name("_joined"), text);
    engine.add_filter(name("_text"), text);
    engine.add_filter(name("_html"), move |value: &Value| {
        Ok::<_, Error>(transfer_encoding::encode(&escape(&line(value, Some(lang))?)))
    });
    language_filters::add_filters(engine, lang, home, name);
}

/// The value of a field of a person or an issue, as templates read it.
pub(crate) fn value(value: &FieldValue) -> Value {
    match value {
        FieldValue::Bool(truth) => Value::from(*truth),
        FieldValue::Integer(number) => Value::from(*number),
        FieldValue::Number(number) => Value::from(*number),
        FieldValue::Date(date) => Value::from(date.to_string()),
        FieldValue::List(items) => Value::from(items.iter().map(self::value).collect::<Vec<_>>()),
        FieldValue::Text(text) => Value::from(text.as_str()),
    }
}

/// The value, if it is no larger than a letter may be. A list that repeats itself many times costs no fuel to make or to
/// write, so its size must be checked.
fn bounded(value: &Value) -> Result<Value, Error> {
    let mut room = ROOM;
    if charge_size(value, DEPTH, &mut room) { Ok(value.clone()) } else { Err(Error::from(ErrorKind::OutOfFuel)) }
}

/// Subtracts the size of a value from the room that is left; false once there is none.
fn charge_size(value: &Value, depth: usize, room: &mut usize) -> bool {
    let own = 8 + value.as_str().map_or(0, str::len);
    let Some(left) = room.checked_sub(own) else { return false };
    *room = left;
    // A sequence without a length is an iterator, which can be read only once.
    if value.as_str().is_some() || value.len().is_none() {
        return true;
    }
    let is_map = value.kind() == ValueKind::Map;
    let Some(depth) = depth.checked_sub(1) else { return false };
    let Ok(mut items) = value.try_iter() else { return true };
    items.all(|item| {
        charge_size(&item, depth, room)
            && (!is_map || value.get_item(&item).is_ok_and(|member| charge_size(&member, depth, room)))
    })
}

fn missing_value() -> Error {
    Error::from(ErrorKind::UndefinedError)
}

/// A value of a person; whole numbers are written as in the list, since they may be postcodes or membership numbers.
fn as_listed(value: &Value) -> Result<Value, Error> {
    match value.kind() {
        ValueKind::Number if value.is_integer() => Ok(Value::from(value.to_string())),
        ValueKind::Seq => {
            value.try_iter()?.map(|item| as_listed(&item)).collect::<Result<Vec<_>, _>>().map(Value::from)
        }
        _ => Ok(value.clone()),
    }
}

/// A value of the author. A number that looks like a CVR or a telephone number is written as it was entered: one of
/// eight digits or more that is not round, unlike amounts of that size.
fn as_entered(value: &Value) -> Result<Value, Error> {
    if value.kind() == ValueKind::Seq {
        return value.try_iter()?.map(|item| as_entered(&item)).collect::<Result<Vec<_>, _>>().map(Value::from);
    }
    let number = value.is_integer().then(|| i64::try_from(value.clone()).ok()).flatten();
    match number {
        Some(number) if number >= 10_000_000 && number % 1_000 != 0 => as_listed(value),
        _ => Ok(value.clone()),
    }
}

/// A value on one line, without control characters: a list by its items. Numbers, days, yes and no are written in the
/// readers' language; without a language, in the notation of programs, for addresses.
fn line(value: &Value, lang: Option<Lang>) -> Result<Cow<'_, str>, Error> {
    bounded(value)?;
    if let Some(text) = value.as_str() {
        if let Some(day) = lang.and_then(|lang| language_filters::long_date(text, lang)) {
            return Ok(Cow::Owned(day));
        }
        let clean = text.chars().all(|character| !character.is_control());
        return Ok(if clean { Cow::Borrowed(text) } else { Cow::Owned(spaced(text)) });
    }
    match value.kind() {
        ValueKind::Undefined | ValueKind::None => Err(missing_value()),
        ValueKind::Seq => {
            let items: Vec<Value> = value.try_iter()?.collect();
            let items: Result<Vec<String>, Error> =
                items.iter().map(|item| line(item, lang).map(Cow::into_owned)).collect();
            Ok(Cow::Owned(items?.join(", ")))
        }
        ValueKind::Invalid => Err(Error::from(ErrorKind::BadSerialization)),
        kind => {
            let text = lang.and_then(|lang| localised(value, kind, lang));
            Ok(Cow::Owned(text.unwrap_or_else(|| spaced(&value.to_string()))))
        }
    }
}

/// A number, or yes or no, in a language.
fn localised(value: &Value, kind: ValueKind, lang: Lang) -> Option<String> {
    match kind {
        ValueKind::Bool => {
            let [yes, no] = lang.language().yes_no;
            Some(if value.is_true() { yes } else { no }.to_owned())
        }
        ValueKind::Number if value.is_integer() => i128::try_from(value.clone()).ok().map(|number| lang.whole(number)),
        ValueKind::Number => lang.decimal(f64::try_from(value.clone()).ok()?),
        _ => None,
    }
}

fn spaced(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect()
}

/// A whole address, or the start of one, with a scheme that a letter may link to.
fn address(value: &Value) -> Result<String, Error> {
    let text = line(value, None)?;
    let text = text.trim();
    match links::check(text, links::UrlStart::Written) {
        links::LinkDecision::Kept => Ok(percent(text, &RESERVED)),
        links::LinkDecision::Anchor(_) | links::LinkDecision::Refused(_) => {
            Err(Error::new(ErrorKind::InvalidOperation, BAD_ADDRESS))
        }
    }
}

/// The detail of an error about a value that is not an address.
pub(crate) const BAD_ADDRESS: &str = "not a complete https, mailto or tel URL";

/// What a part of an address keeps besides letters and digits (RFC 3986, section 2.3).
const UNRESERVED: KeptBytes = KeptBytes::letters_digits_and(b"-._~");
/// What a whole address keeps: with `%`, so that what is percent-encoded already is not encoded twice.
const RESERVED: KeptBytes = KeptBytes::letters_digits_and(b"-._~:/?#[]@!$&()*+,;=%");

/// The bytes that percent-encoding keeps, as a table: every letter has links.
struct KeptBytes([bool; 256]);

impl KeptBytes {
    const fn letters_digits_and(signs: &[u8]) -> Self {
        let mut kept = [false; 256];
        let mut byte = 0_u8;
        while byte < 128 {
            kept[byte as usize] = byte.is_ascii_alphanumeric();
            byte += 1;
        }
        let mut at = 0;
        while at < signs.len() {
            kept[signs[at] as usize] = true;
            at += 1;
        }
        Self(kept)
    }

    fn has(&self, byte: u8) -> bool {
        self.0[usize::from(byte)]
    }
}

/// Percent-encoding of everything but letters, digits and some signs (RFC 3986, section 2).
fn percent(text: &str, kept: &KeptBytes) -> String {
    if text.bytes().all(|byte| kept.has(byte)) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + 16);
    for byte in text.bytes() {
        if kept.has(byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.extend([byte >> 4, byte & 15].map(|digit| char::from(b"0123456789ABCDEF"[usize::from(digit)])));
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
        let mut engine = engine(Lang::default(), Lang::default());
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
    }

    #[test]
    fn numbers_and_booleans_are_written_as_the_language_does() {
        let printed = |expression: &str, lang: &str| {
            let mut engine = engine(Lang::parse(lang).unwrap(), Lang::default());
            engine.add_template_owned("x", format!("{{{{ ({expression})|_text }}}}")).unwrap();
            engine.get_template("x").unwrap().render(context! {}).unwrap()
        };
        for (expression, danish, english) in [
            ("1234.5", "1.234,5", "1,234.5"),
            ("3 * 1.1", "3,3", "3.3"),
            ("-0.25", "-0,25", "-0.25"),
            ("1234567.0", "1.234.567", "1,234,567"),
            ("2026", "2026", "2026"),
            ("12345", "12.345", "12,345"),
            ("-1234567", "-1.234.567", "-1,234,567"),
            ("12345|_listed", "12345", "12345"),
            ("[8000, 12345]|_listed", "8000, 12345", "8000, 12345"),
            ("'2027-01-21'", "21. januar 2027", "21 January 2027"),
            ("'2027-01-21T09:30'", "21. januar 2027 kl. 9.30", "21 January 2027, 9:30"),
            ("'2027-01'", "2027-01", "2027-01"),
            ("'2027-02-30'", "2027-02-30", "2027-02-30"),
            ("true", "ja", "yes"),
            ("[false, 0.5]", "nej, 0,5", "no, 0.5"),
            ("'1234.5'", "1234.5", "1234.5"),
        ] {
            assert_eq!([printed(expression, "da"), printed(expression, "en")], [danish, english], "{expression}");
        }
    }

    #[test]
    fn a_missing_value_outside_a_slot_is_an_error() {
        assert_eq!(rendered("{{ missing }}"), None);
    }
}
