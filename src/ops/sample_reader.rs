//! Sample readers: invented people, so that a preview can be shared.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::{Date, date};

use crate::audience::file::{Audience, RequiredField};
use crate::base::digest::HmacKey;
use crate::base::language::Lang;
use crate::base::value::Value;
use crate::edition::compiled::Edition;
use crate::issue::edition_key::EditionKey;
use crate::issue::manuscript::placeholders::missing_values;
use crate::letter::compose::LetterOptions;
use crate::letter::message_id::MessageIds;
use crate::letter::plan::PlannedLetter;
use crate::ops::letter_options::LetterKeys;
use crate::ops::prepared_issue::{BUILT_IN_FIELDS, PreparedIssue};
use crate::people::person::address_checks::AddressError;
use crate::people::person::{Address, FieldShape, Person, PersonOrigin, fold};

/// The origin of sample readers.
pub(crate) const SAMPLE_ORIGIN: &str = "preview";

/// The key of previews. It is public: the same files give the same preview on every machine, and no secret is needed.
const PUBLIC_KEY: &[u8] = b"newsletter preview";

/// That key, for what is composed and never sent.
pub(crate) fn public_key() -> HmacKey {
    HmacKey::new(PUBLIC_KEY)
}

impl PreparedIssue<'_> {
    /// The options of the letters of a preview.
    pub(crate) fn preview_letter_options(&self) -> LetterOptions {
        let keys = LetterKeys { letters: public_key(), unsubscribe: public_key() };
        self.inputs.letter_options_with(self.inputs.date(Timestamp::UNIX_EPOCH), keys)
    }

    /// The letter of a preview to this person.
    pub(crate) fn preview_letter(&self, person: Arc<Person>, key: &EditionKey) -> PlannedLetter {
        let message_ids = MessageIds { key: public_key(), domain: "preview.example".to_owned() };
        PlannedLetter {
            message_id: message_ids.letter(&self.inputs.issue.id, &person.address),
            person,
            audience: key.audience.clone(),
            edition: key.id(),
        }
    }

    /// A letter of each edition, to a sample reader.
    pub fn sample_letters(&self) -> Vec<PlannedLetter> {
        let letter = |key: &EditionKey| Some(self.preview_letter(self.sample_person(key).ok()?, key));
        self.keys().filter_map(letter).collect()
    }

    /// An invented person who could get this edition. All fields of the lists and all that the edition reads
    /// have values; those that the audience's rule requires satisfy it.
    ///
    /// # Errors
    ///
    /// Never: the sample address is valid.
    pub(crate) fn sample_person(&self, key: &EditionKey) -> Result<Arc<Person>, AddressError> {
        let shapes = self.inputs.membership.fields();
        let mut fields: BTreeMap<String, Value> = shapes
            .iter()
            .map(|(name, shape)| (name.clone(), sample_value(name, self.sample_kind(name, *shape), key.lang)))
            .collect();
        let variables = self.editions.get(&key.id()).map_or(&[][..], Edition::variables);
        let names = variables.iter().filter_map(|variable| Some((variable, variable.name.split('.').next()?)));
        for (variable, name) in names.filter(|(_, name)| !BUILT_IN_FIELDS.contains(name)) {
            fields.entry(name.to_owned()).or_insert_with(|| sample_value(name, kind_of_use(&variable.typed), key.lang));
        }
        let required = self.inputs.audiences.named(&key.audience).map(Audience::required_fields).unwrap_or_default();
        for RequiredField { name, values } in required {
            let is_list = shapes.get(name) == Some(&FieldShape::List);
            let mut values = values.into_iter().map(|text| Value::Text(text.to_owned()));
            let value = if is_list { Some(Value::List(values.collect())) } else { values.next() };
            // A rule names its values as text; a field of numbers or dates keeps the type that real readers have.
            let is_text = is_list || self.sample_kind(name, FieldShape::Single) == SampleKind::Text;
            if let Some(value) = value.filter(|_| is_text) {
                fields.insert(name.to_owned(), value);
            }
        }
        let [first, last] = key.lang.language().example;
        for (name, value) in [("first_name", first), ("last_name", last), ("name", &format!("{first} {last}"))] {
            fields.insert(name.to_owned(), Value::Text(value.to_owned()));
        }
        Ok(Arc::new(Person {
            address: Address::parse("anna.eksempel@kommune.example")?,
            lang: Some(key.lang),
            fields: fields.into_iter().collect(),
            consent: None,
            origin: PersonOrigin { path: SAMPLE_ORIGIN.into(), line: 1 },
        }))
    }

    /// The kind of value that a field has for the recipients; only the kind of their values is used.
    fn sample_kind(&self, name: &str, shape: FieldShape) -> SampleKind {
        // A person who cannot be read back from disk is skipped: sending reports it.
        let mut people = self.selection.recipients().filter_map(|recipient| recipient.person().ok());
        let value = people.find_map(|person| person.fields.get(name).cloned());
        match (shape, value) {
            (FieldShape::List, _) | (_, Some(Value::List(_))) => SampleKind::List,
            (FieldShape::Single, Some(Value::Bool(_))) => SampleKind::Bool,
            (FieldShape::Single, Some(Value::Integer(_) | Value::Number(_))) => SampleKind::Number,
            (FieldShape::Single, Some(Value::Date(_))) => SampleKind::Date,
            (FieldShape::Single, Some(Value::Text(text))) if is_link(&text) => SampleKind::Link,
            (FieldShape::Single, Some(Value::Text(text))) if is_amount(&text) => SampleKind::Digits,
            (FieldShape::Single, Some(Value::Text(text))) if is_day(&text) => SampleKind::Date,
            (FieldShape::Single, Some(Value::Text(_)) | None) => SampleKind::Text,
        }
    }
}

/// The kind of value that the filters of a tag expect of a field that no list has.
fn kind_of_use(typed: &str) -> SampleKind {
    let filters = missing_values::filters(typed);
    let has = |names: &[&str]| filters.iter().any(|(filter, _)| names.contains(filter));
    if has(&["number", "currency", "percent", "plural", "round", "int", "float"]) {
        SampleKind::Digits
    } else if has(&["date"]) {
        SampleKind::Date
    } else {
        SampleKind::Text
    }
}

/// The kind of a sample value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SampleKind {
    Text,
    /// Text of digits, as in an amount: CSV has no numbers.
    Digits,
    Link,
    Number,
    Bool,
    Date,
    List,
}

fn is_link(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://")
}

/// Whether a text is a number as people write it, which a filter of numbers reads: `1.200,50`.
fn is_amount(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_digit() || first == '-')
        && text.ends_with(|last: char| last.is_ascii_digit())
        && text.chars().skip(1).all(|character| character.is_ascii_digit() || "., \u{a0}".contains(character))
}

/// Whether a text is a day, or a day and a time, which the filter of dates reads.
fn is_day(text: &str) -> bool {
    text.get(..10).is_some_and(|day| day.parse::<Date>().is_ok())
}

/// A plausible value for a field, by its kind and by words in its name; if these say nothing, the name in brackets.
fn sample_value(name: &str, kind: SampleKind, lang: Lang) -> Value {
    let [first, last] = lang.language().example;
    let has_word = |words: &[&str]| words.iter().any(|word| fold(name).contains(word));
    let text = match kind {
        SampleKind::List => return Value::List(Vec::new()),
        SampleKind::Bool => return Value::Bool(true),
        SampleKind::Number => return Value::Integer(7),
        SampleKind::Date => return Value::Date(date(2027, 1, 21)),
        SampleKind::Text | SampleKind::Digits if has_word(&["mail"]) => "anna.eksempel@kommune.example".to_owned(),
        SampleKind::Link => LINK.to_owned(),
        SampleKind::Text | SampleKind::Digits if has_word(&["url", "link", "website", "hjemmeside"]) => LINK.to_owned(),
        SampleKind::Text | SampleKind::Digits
            if has_word(&["organi", "kommune", "company", "firma", "virksomhed", "municipality"]) =>
        {
            "Eksempel Kommune".to_owned()
        }
        SampleKind::Text | SampleKind::Digits if has_word(&["telefon", "phone", "mobil", "tlf"]) => {
            "70 10 10 10".to_owned()
        }
        SampleKind::Text | SampleKind::Digits if has_word(&["postnr", "postnummer", "zip", "postcode"]) => {
            "9999".to_owned()
        }
        SampleKind::Text | SampleKind::Digits if has_word(&["navn", "name"]) => format!("{first} {last}"),
        // The whole name: `by` is Danish for a town, but also the beginning of `bygning`, a building.
        SampleKind::Text | SampleKind::Digits if ["by", "city", "town"].contains(&name) => "Eksempelby".to_owned(),
        SampleKind::Digits => "7".to_owned(),
        SampleKind::Text => format!("[{name}]"),
    };
    Value::Text(text)
}

/// A sample web address.
const LINK: &str = "https://kommune.example/";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_filled_by_its_name_and_kind() {
        let danish = Lang::parse("da").unwrap();
        for (name, kind, expected) in [
            ("Organisation", SampleKind::Text, "Eksempel Kommune"),
            ("kontaktperson_navn", SampleKind::Text, "Anna Eksempel"),
            ("hjemmeside", SampleKind::Text, LINK),
            ("side", SampleKind::Link, LINK),
            ("arbejdsmail", SampleKind::Text, "anna.eksempel@kommune.example"),
            ("by", SampleKind::Text, "Eksempelby"),
            ("bygning", SampleKind::Text, "[bygning]"),
            ("antal", SampleKind::Number, "7"),
            ("antal", SampleKind::Digits, "7"),
            ("postnr", SampleKind::Digits, "9999"),
            ("siden", SampleKind::Date, "2027-01-21"),
            ("betalt", SampleKind::Bool, "true"),
            ("roller", SampleKind::List, ""),
        ] {
            assert_eq!(sample_value(name, kind, danish).to_string(), expected, "{name}");
        }
    }
}
