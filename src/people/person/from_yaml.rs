//! Reads values and texts of YAML.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::base::language::Lang;
use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::span::Spanned;
use crate::base::source::text::Source;
use crate::base::source::yaml::fields::MappingReader;
use crate::base::source::yaml::node::MappingKey;
use crate::base::source::yaml::node::Node;
use crate::base::source::yaml::node::NodeKind;
use crate::base::source::yaml::node::QuoteStyle;
use crate::base::value::Value;
use crate::people::person::Localised;

const NO_TEXT: Code = Code("NL021");
const NESTED: Code = Code("NL022");
const OTHER_NUMBER: Code = Code("NL679");

impl Localised {
    /// Reads a text, or a text per language under `da:` and `en:`. `None` if there is none; anything else is reported.
    pub fn from_node(source: &Source, node: &Node, name: &str, diagnostics: &mut Diagnostics) -> Option<Self> {
        if !matches!(node.kind, NodeKind::Mapping(_)) {
            return node.prose(source, name, diagnostics).filter(|text| !text.value.is_empty()).map(Self::Same);
        }
        let mut fields = MappingReader::new(
            source,
            node,
            &message!("a text in several languages", "en tekst på flere sprog"),
            diagnostics,
        )?;
        let mut texts: BTreeMap<Lang, Spanned<String>> = BTreeMap::new();
        for lang in Lang::ALL {
            let prose =
                |source, node: &Node, diagnostics: &mut Diagnostics| node.prose(source, lang.tag(), diagnostics);
            texts.extend(fields.with(lang.tag(), prose).filter(|text| !text.value.is_empty()).map(|text| (lang, text)));
        }
        fields.finish();
        if texts.is_empty() {
            let diagnostic = Diagnostic::error(
                NO_TEXT,
                message!("`{name}` has no text in any language", "`{name}` har ingen tekst på noget sprog"),
            );
            diagnostics.push(
                diagnostic
                    .at(node.place(source))
                    .hint(message!("write {name}: and the text after it", "skriv {name}: og teksten efter")),
            );
            return None;
        }
        Some(Self::PerLang(texts))
    }
}

impl Value {
    /// Reads a field: a text, a number, yes or no, a date, or a list of these. `None` if there is
    /// nothing; a mapping is reported.
    pub fn from_node(source: &Source, node: &Node, name: &str, diagnostics: &mut Diagnostics) -> Option<Self> {
        match &node.kind {
            NodeKind::Null => None,
            NodeKind::Scalar { text, style: QuoteStyle::Plain } => {
                let text = node.text(source, name, diagnostics).map_or_else(|| text.clone(), |text| text.value);
                if is_grouped(&text) {
                    diagnostics.push(grouped(&text, name).at(node.place(source)));
                }
                Some(Self::plain(&text))
            }
            // Quotes mean that it is a text, whatever it looks like.
            NodeKind::Scalar { .. } => node.lines(source, name, diagnostics).map(|text| Self::Text(text.value)),
            NodeKind::Sequence(nodes) => {
                let values = nodes.iter().filter_map(|node| Self::from_node(source, node, name, diagnostics));
                Some(Self::List(values.collect()))
            }
            NodeKind::Mapping(_) => {
                let message = message!(
                    "`{name}` must be a value or a list, and this is a group of keys",
                    "`{name}` skal være en værdi eller en liste, og det her er en gruppe felter"
                );
                let hint = message!(
                    "a text with a colon in it needs quotes: {name}: \"…: …\"",
                    "en tekst med kolon i skal have anførselstegn: {name}: \"…: …\""
                );
                diagnostics.push(Diagnostic::error(NESTED, message).at(node.place(source)).hint(hint));
                None
            }
        }
    }

    /// The problem of a key between braces that is the rest of a number: `{price: 1,234}` has a key `234`.
    pub fn cut_by_comma(source: &Source, key: &MappingKey, node: &Node) -> Option<Diagnostic> {
        let before = source.text().get(..key.span.start)?.strip_suffix(',')?;
        let is_rest = node.kind == NodeKind::Null && key.value.starts_with(|first: char| first.is_ascii_digit());
        let start = before.trim_end_matches(|sign: char| sign.is_ascii_digit() || matches!(sign, '.' | '-')).len();
        let number = format!("{},{}", &before[start..], key.value);
        (is_rest && start < before.len()).then(|| {
            Diagnostic::error(
                OTHER_NUMBER,
                message!(
                    "the comma ends the value: YAML reads `{}`, and not `{number}`",
                    "kommaet afslutter værdien: YAML læser `{}` og ikke `{number}`",
                    &before[start..]
                ),
            )
            .at(source.place(start..key.span.end))
            .hint(message!("put quotes around it: \"{number}\"", "sæt anførselstegn om: \"{number}\""))
        })
    }

    /// Reads a text without quotes.
    fn plain(text: &str) -> Self {
        if text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false") {
            return Self::Bool(text.eq_ignore_ascii_case("true"));
        }
        // Postal codes and telephone numbers are not numbers: `0800`, `+45`, `1e3` and `1.000` stay texts, since a
        // number would be printed differently.
        if let Some(integer) = text.parse::<i64>().ok().filter(|number| number.to_string() == text) {
            return Self::Integer(integer);
        }
        if let Some(number) = text.parse::<f64>().ok().filter(|number| number.is_finite() && number.to_string() == text)
        {
            return Self::Number(number);
        }
        match text.parse::<Date>() {
            Ok(date) if date.to_string() == text => Self::Date(date),
            Ok(_) | Err(_) => Self::Text(text.to_owned()),
        }
    }
}

/// Whether a text is a number with three decimals, which people in most languages here read as a whole number.
fn is_grouped(text: &str) -> bool {
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    text.strip_prefix('-').unwrap_or(text).split_once('.').is_some_and(|(whole, rest)| {
        rest.len() == 3
            && (1..=3).contains(&whole.len())
            && !whole.starts_with('0')
            && are_digits(whole)
            && are_digits(rest)
    })
}

fn grouped(text: &str, name: &str) -> Diagnostic {
    let (shown, whole) = (text.replace('.', ","), text.replace('.', ""));
    let message = message!(
        "`{name}: {text}` is a number with three decimals, which readers would see as `{shown}`",
        "`{name}: {text}` er et tal med tre decimaler, som læserne ville se som `{shown}`"
    );
    let hint = message!(
        "write \"{text}\" in quotes to have it shown as it is written, or {whole} if that is the number",
        "skriv \"{text}\" i anførselstegn for at vise det, som det er skrevet, eller {whole}, hvis det er tallet"
    );
    Diagnostic::error(OTHER_NUMBER, message).hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_would_print_differently_as_a_number_stays_a_text() {
        for text in ["012", "1e3", "no", "1_000", "1.000", "+45", "0x1f", "NaN", "null", "12:30"] {
            assert_eq!(Value::plain(text), Value::Text(text.to_owned()), "{text}");
        }
        assert_eq!(Value::plain("12"), Value::Integer(12));
        assert_eq!(Value::plain("-1.5"), Value::Number(-1.5));
        assert_eq!(Value::plain("True"), Value::Bool(true));
        assert_eq!(Value::plain("2026-12-01"), Value::Date(Date::constant(2026, 12, 1)));
    }
}
