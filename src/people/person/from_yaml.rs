//! Values and texts as they are written in YAML.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::base::language::Lang;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::span::Spanned;
use crate::base::source::text::Source;
use crate::base::source::yaml::fields::MappingReader;
use crate::base::source::yaml::{Node, NodeKind, QuoteStyle};
use crate::base::value::Value;
use crate::people::person::Localised;

const NO_TEXT: Code = Code("NL021");
const NESTED: Code = Code("NL022");

impl Localised {
    /// A text, or a text a language under `da:` and `en:`. `None` where none is written; what else stands there is
    /// reported.
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
    /// A value of the user's own: a text, a number, yes or no, a day, or a list of these. `None` where nothing is
    /// written; a group of keys is reported.
    pub fn from_node(source: &Source, node: &Node, name: &str, diagnostics: &mut Diagnostics) -> Option<Self> {
        match &node.kind {
            NodeKind::Null => None,
            NodeKind::Scalar { text, style: QuoteStyle::Plain } => {
                let text = node.text(source, name, diagnostics).map_or_else(|| text.clone(), |it| it.value);
                Some(Self::plain(&text))
            }
            NodeKind::Scalar { .. } => node.lines(source, name, diagnostics).map(|it| Self::Text(it.value)),
            NodeKind::Sequence(nodes) => {
                let values = nodes.iter().filter_map(|it| Self::from_node(source, it, name, diagnostics));
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

    /// What a text without quotes means. A number is only a number where it prints as it is written: `012`, `1e3`
    /// and `1.000` stay texts.
    fn plain(text: &str) -> Self {
        if text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false") {
            return Self::Bool(text.eq_ignore_ascii_case("true"));
        }
        if let Some(integer) = text.parse::<i64>().ok().filter(|it| it.to_string() == text) {
            return Self::Integer(integer);
        }
        if let Some(number) = text.parse::<f64>().ok().filter(|it| it.is_finite() && it.to_string() == text) {
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
    fn what_prints_otherwise_than_it_is_written_stays_a_text() {
        for text in ["012", "1e3", "no", "1_000", "1.000", "+45", "0x1f", "NaN", "null", "12:30"] {
            assert_eq!(Value::plain(text), Value::Text(text.to_owned()), "{text}");
        }
        assert_eq!(Value::plain("12"), Value::Integer(12));
        assert_eq!(Value::plain("-1.5"), Value::Number(-1.5));
        assert_eq!(Value::plain("True"), Value::Bool(true));
        assert_eq!(Value::plain("2026-12-01"), Value::Date(Date::constant(2026, 12, 1)));
    }
}
