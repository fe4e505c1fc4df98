//! Required and optional keys.

use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::base::source::span::Spanned;
use crate::base::source::yaml::fields::MappingReader;
use crate::base::source::yaml::from_text::FromText;

pub(super) const MISSING: Code = Code("NL101");

/// Reads a required value; a missing one is reported.
pub(super) fn required<'a, 'd, T>(
    reader: &mut MappingReader<'a, 'd>,
    key: &'static str,
    example: &str,
    read: fn(&mut MappingReader<'a, 'd>, &'static str) -> Option<Spanned<T>>,
) -> Option<T> {
    let before = reader.diagnostics().len();
    let value = read(reader, key);
    if value.is_none() && reader.diagnostics().len() == before {
        missing(reader, key, example);
    }
    value.map(|value| value.value)
}

pub(super) fn optional<T: FromText>(reader: &mut MappingReader<'_, '_>, key: &'static str) -> Option<T> {
    reader.value(key).map(|value| value.value)
}

pub(super) fn missing(reader: &mut MappingReader<'_, '_>, key: &'static str, example: &str) {
    let diagnostic = Diagnostic::error(MISSING, message!("`{key}` is missing", "`{key}` mangler"));
    let place = reader.key_place(key).unwrap_or_else(|| reader.place());
    reader.report(
        diagnostic
            .at(place)
            .hint(message!("write it like this: {key}: {example}", "skriv det sådan: {key}: {example}")),
    );
}
