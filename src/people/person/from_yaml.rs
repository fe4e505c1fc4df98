//! Reads values and texts of YAML.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::base::language::Lang;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::span::Spanned;
use crate::base::source::text::Source;
use crate::base::source::yaml::fields::MappingReader;
use crate::base::source::yaml::node::Node;
use crate::base::source::yaml::node::NodeKind;
use crate::base::source::yaml::node::QuoteStyle;
use crate::base::value::Value;
use crate::people::person::Localised;

const NO_TEXT: Code = Code("NL021");
const NESTED: Code = Code("NL022");

impl Localised {
    /// Reads a text, or a text per language under `da:` and `en:`. `None` if there is none; anything else is reported.
    pub fn from_node(source: &Source, node: &Node, name: &str, diagnostics: &mut Diagnostics) -> Option<Self> {
        if !matches!(node.kind, NodeKind::Mapping(_)) {
            return node.prose(source, name, diagnostics).filter(|text| !text.value.is_empty()).map(Self::Same);
        }
        let mut fields = MappingReader::new(source, node, "a text in several languages", diagnostics)?;
        let mut texts: BTreeMap<Lang, Spanned<String>> = BTreeMap::new();
        for lang in Lang::ALL {
            let prose =
                |source, node: &Node, diagnostics: &mut Diagnostics| node.prose(source, lang.tag(), diagnostics);
            texts.extend(fields.with(lang.tag(), prose).filter(|text| !text.value.is_empty()).map(|text| (lang, text)));
        }
        fields.finish();
        if texts.is_empty() {
            let diagnostic = Diagnostic::error(NO_TEXT, format!("`{name}` has no text in any language"));
            diagnostics.push(diagnostic.at(node.place(source)).hint(format!("write {name}: and the text after it")));
            return None;
        }
        Some(Self::PerLang(texts))
    }
}

impl Value {
    /// Reads a field of the user's own: a text, a number, yes or no, a date, or a list of these. `None` if there is
    /// nothing; a mapping is reported.
    pub fn from_node(source: &Source, node: &Node, name: &str, diagnostics: &mut Diagnostics) -> Option<Self> {
        match &node.kind {
            NodeKind::Null => None,
            NodeKind::Scalar { text, style: QuoteStyle::Plain } => {
                let text = node.text(source, name, diagnostics).map_or_else(|| text.clone(), |text| text.value);
                Some(Self::plain(&text))
            }
            // Quotes say that it is a text, whatever it looks like.
            NodeKind::Scalar { .. } => node.lines(source, name, diagnostics).map(|text| Self::Text(text.value)),
            NodeKind::Sequence(nodes) => {
                let values = nodes.iter().filter_map(|node| Self::from_node(source, node, name, diagnostics));
                Some(Self::List(values.collect()))
            }
            NodeKind::Mapping(_) => {
                let message = format!("`{name}` must be a value or a list, and this is a group of keys");
                let hint = format!("a text with a colon in it needs quotes: {name}: \"…: …\"");
                diagnostics.push(Diagnostic::error(NESTED, message).at(node.place(source)).hint(hint));
                None
            }
        }
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
