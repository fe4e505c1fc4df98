//! Invented people, so that a preview can be shared.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::date;

use crate::audience::file::{Audience, RequiredField};
use crate::base::digest::HmacKey;
use crate::base::error::Error;
use crate::base::language::Lang;
use crate::base::value::Value;
use crate::edition::compiled::Edition;
use crate::issue::edition_key::EditionKey;
use crate::letter::headers::CommonHeaders;
use crate::letter::message_id::MessageIds;
use crate::letter::plan::PlannedLetter;
use crate::ops::prepared_issue::{PreparedIssue, USUAL_FIELDS};
use crate::people::person::address_checks::AddressError;
use crate::people::person::{Address, FieldShape, Person, PersonOrigin, fold};

/// The key of previews: it is public, so that everybody's previews of the same files are the same.
const PUBLIC_KEY: &[u8] = b"newsletter preview";

impl PreparedIssue<'_> {
    /// The recipient with this address and the edition that is theirs; none where nobody has it.
    ///
    /// # Errors
    ///
    /// A list was laid aside on the disk, which does not give it back.
    pub fn reader(&self, address: &str) -> Result<Option<(Arc<Person>, &EditionKey)>, Error> {
        let wanted = Address::parse(address).ok().and_then(|address| self.membership.address_id(&address));
        let found = wanted.and_then(|number| self.selection.recipients().find(|reader| reader.address_id() == number));
        found.map(|reader| Ok((Arc::new(reader.person()?), reader.edition()))).transpose()
    }

    /// What the letters of a preview bear: no secret is needed for them, and the same files make the same letters.
    pub fn preview_masthead(&self) -> CommonHeaders {
        self.masthead_with(self.date(Timestamp::UNIX_EPOCH), [HmacKey::new(PUBLIC_KEY), HmacKey::new(PUBLIC_KEY)])
    }

    /// The letter of a preview to somebody, invented or not.
    pub fn preview_letter(&self, person: Arc<Person>, key: &EditionKey) -> PlannedLetter {
        let message_ids = MessageIds { key: HmacKey::new(PUBLIC_KEY), domain: "preview.example".to_owned() };
        PlannedLetter {
            message_id: message_ids.letter(&self.issue.id, &person.address),
            person,
            audience: key.audience.clone(),
            edition: key.id(),
        }
    }

    /// Somebody who could read this edition and does not exist. Every field that anybody has, and every one that the
    /// edition reads, is filled in; what the audience's rule wants of its members holds for them.
    ///
    /// # Errors
    ///
    /// Never: the address that is invented is one.
    pub fn invented(&self, key: &EditionKey) -> Result<Arc<Person>, AddressError> {
        let mut fields: BTreeMap<String, Value> = self
            .membership
            .fields()
            .iter()
            .map(|(name, shape)| (name.clone(), filler(name, self.kind(name, *shape), key.lang)))
            .collect();
        let read = self.editions.get(&key.id()).map_or(&[][..], Edition::variables);
        for name in read
            .iter()
            .filter_map(|variable| variable.name.split('.').next())
            .filter(|name| !USUAL_FIELDS.contains(name))
        {
            fields.entry(name.to_owned()).or_insert_with(|| filler(name, SampleKind::Text, key.lang));
        }
        let required = self.audiences.named(&key.audience).map(Audience::required_fields).unwrap_or_default();
        for RequiredField { name, values } in required {
            let list = self.membership.fields().get(name) == Some(&FieldShape::List);
            let mut values = values.into_iter().map(|text| Value::Text(text.to_owned()));
            let value = if list { Some(Value::List(values.collect())) } else { values.next() };
            // A number or a date that a rule names as text stays what it is for everybody else.
            if let Some(value) = value.filter(|_| list || self.kind(name, FieldShape::Single) == SampleKind::Text) {
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
            origin: PersonOrigin { path: "preview".into(), line: 1 },
        }))
    }

    /// What kind of value a field holds for the readers of the issue: only that much of theirs is looked at.
    fn kind(&self, name: &str, shape: FieldShape) -> SampleKind {
        // What cannot be read again is told when it is to be sent.
        let mut readers = self.selection.recipients().filter_map(|reader| reader.person().ok());
        let held = readers.find_map(|person| person.fields.get(name).cloned());
        match (shape, held) {
            (FieldShape::List, _) | (_, Some(Value::List(_))) => SampleKind::List,
            (FieldShape::Single, Some(Value::Bool(_))) => SampleKind::Bool,
            (FieldShape::Single, Some(Value::Integer(_) | Value::Number(_))) => SampleKind::Number,
            (FieldShape::Single, Some(Value::Date(_))) => SampleKind::Date,
            (FieldShape::Single, Some(Value::Text(text))) if is_link(&text) => SampleKind::Link,
            (FieldShape::Single, Some(Value::Text(text))) if text.bytes().all(|byte| byte.is_ascii_digit()) => {
                SampleKind::Digits
            }
            (FieldShape::Single, Some(Value::Text(_)) | None) => SampleKind::Text,
        }
    }
}

/// What kind of value is invented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SampleKind {
    Text,
    /// A text of digits, as a CSV file has numbers.
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

/// A plausible value for a field; a text of which nothing is known shows where it stands.
fn filler(name: &str, kind: SampleKind, lang: Lang) -> Value {
    let [first, last] = lang.language().example;
    let of_name = |parts: &[&str]| parts.iter().any(|part| fold(name).contains(part));
    let text = match kind {
        SampleKind::List => return Value::List(Vec::new()),
        SampleKind::Bool => return Value::Bool(true),
        SampleKind::Number => return Value::Integer(7),
        SampleKind::Date => return Value::Date(date(2027, 1, 21)),
        SampleKind::Text | SampleKind::Digits if of_name(&["mail"]) => "anna.eksempel@kommune.example".to_owned(),
        SampleKind::Link => LINK.to_owned(),
        SampleKind::Text | SampleKind::Digits if of_name(&["url", "link", "website", "hjemmeside"]) => LINK.to_owned(),
        SampleKind::Text | SampleKind::Digits
            if of_name(&["organi", "kommune", "company", "firma", "virksomhed", "municipality"]) =>
        {
            "Eksempel Kommune".to_owned()
        }
        SampleKind::Text | SampleKind::Digits if of_name(&["telefon", "phone", "mobil", "tlf"]) => {
            "70 10 10 10".to_owned()
        }
        SampleKind::Text | SampleKind::Digits if of_name(&["postnr", "postnummer", "zip", "postcode"]) => {
            "9999".to_owned()
        }
        SampleKind::Text | SampleKind::Digits if of_name(&["navn", "name"]) => format!("{first} {last}"),
        SampleKind::Text | SampleKind::Digits if ["by", "city", "town"].contains(&name) => "Eksempelby".to_owned(),
        SampleKind::Digits => "7".to_owned(),
        SampleKind::Text => format!("[{name}]"),
    };
    Value::Text(text)
}

/// Where an invented address of a page leads.
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
            assert_eq!(filler(name, kind, danish).to_string(), expected, "{name}");
        }
    }
}
