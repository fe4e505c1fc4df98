//! Reads people from YAML: those of an audience's own file, or of a list.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::civil::Date;

use crate::base::language::Lang;
use crate::base::message::{Message, message};
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::nearest::nearest;
use crate::base::source::span::{Span, Spanned};
use crate::base::source::text::Source;
use crate::base::source::yaml;
use crate::base::source::yaml::fields::MappingReader;
use crate::base::source::yaml::node::MappingKey;
use crate::base::source::yaml::node::Node;
use crate::base::source::yaml::node::NodeKind;
use crate::base::value::Value;
use crate::people::lists::capped_diagnostics::CappedDiagnostics;
use crate::people::lists::column::{Column, ConsentColumn};
use crate::people::lists::consent_columns::ConsentBuilder;
use crate::people::lists::list_problems::{suspicious_address, unknown_language};
use crate::people::lists::list_reader::{ADDRESS, CONTROL, NO_ADDRESS, TWICE, TWICE_HINT};
use crate::people::lists::person_builder::{PersonBuilder, unexpected_character};
use crate::people::person::suspicious_address::SuspiciousAddress;
use crate::people::person::values::FieldNameSets;
use crate::people::person::{Address, Consent, Person, PersonOrigin};

const FIELD_TWICE: Code = Code("NL215");
const CONSENT: Code = Code("NL216");
const WRONG_TYPE: Code = Code("NL217");
const NO_FIELD_NAME: Code = Code("NL218");
const NO_LIST: Code = Code("NL258");

/// Reads the recipients of an audience: each valid one, the first of those with the same address.
pub(crate) fn read(source: &Source, nodes: &[Node], diagnostics: &mut Diagnostics) -> Vec<Arc<Person>> {
    let mut first: HashMap<String, (usize, usize)> = HashMap::new();
    let mut persons = Vec::new();
    let mut all = CappedDiagnostics::default();
    for (position, node) in nodes.iter().enumerate() {
        let mut found = Diagnostics::new();
        let person = person(&PersonEntry { source, position, node }, &mut found).filter(|_| !found.has_errors());
        all.extend(&found);
        let Some(person) = person else { continue };
        match first.get(&person.address.key()) {
            None => {
                first.insert(person.address.key(), (position, node.line));
                persons.push(Arc::new(person));
            }
            Some((other, line)) => {
                let message = message!(
                    "recipients[{position}] on line {} has the address of recipients[{other}] on line {line}: {}",
                    "recipients[{position}] på linje {} har samme adresse som recipients[{other}] på linje {line}: {}",
                    node.line,
                    person.address
                );
                let place = node.place(source);
                all.push(Diagnostic::warning(TWICE, message).at(place).hint(TWICE_HINT));
            }
        }
    }
    diagnostics.extend(all.finish());
    persons
}

/// Reads a file that is a list of people, or has one under `recipients` or `people`.
pub(crate) fn read_file(source: &Source) -> (Vec<Arc<Person>>, Diagnostics) {
    let mut diagnostics = Diagnostics::new();
    let node = match yaml::parse(source) {
        Ok(node) => node,
        Err(errors) => return (Vec::new(), errors),
    };
    let list = match &node.kind {
        NodeKind::Mapping(entries) => {
            let people = entries.iter().find(|(key, _)| ["recipients", "people"].contains(&&*key.value));
            people.map_or(&node, |(_, people)| people)
        }
        NodeKind::Sequence(_) | NodeKind::Scalar { .. } | NodeKind::Null => &node,
    };
    let NodeKind::Sequence(nodes) = &list.kind else {
        let message = message!(
            "{} must be a list of people, not {}",
            "{} skal være en liste med personer, ikke {}",
            source.path(),
            list.noun()
        );
        diagnostics.push(Diagnostic::error(NO_LIST, message).at(list.place(source)).hint(READER_HINT));
        return (Vec::new(), diagnostics);
    };
    let persons = read(source, nodes, &mut diagnostics);
    (persons, diagnostics)
}

/// The diagnostic for a file that cannot be read as a text.
pub(crate) fn unreadable(path: &str, reason: &Message) -> Diagnostics {
    let diagnostic =
        Diagnostic::error(NO_LIST, message!("{path} cannot be read: {reason}", "{path} kan ikke læses: {reason}"));
    [diagnostic.hint(message!("save it as text in UTF-8", "gem den som tekst i UTF-8"))].into_iter().collect()
}

/// A person as written, or the value of one of their keys.
struct PersonEntry<'a> {
    source: &'a Source,
    position: usize,
    node: &'a Node,
}

fn person(entry: &PersonEntry<'_>, diagnostics: &mut Diagnostics) -> Option<Person> {
    let source = entry.source;
    let entries = match &entry.node.kind {
        NodeKind::Mapping(entries) => entries,
        NodeKind::Scalar { text, .. } => return only_address(entry, text, diagnostics),
        NodeKind::Null | NodeKind::Sequence(_) => {
            let noun = entry.node.noun();
            let message = message!(
                "recipients[{}] must be an address or a mapping, not {noun}",
                "recipients[{}] skal være en adresse eller felter med værdier, ikke {noun}",
                entry.position
            );
            let place = entry.node.place(source);
            diagnostics.push(Diagnostic::error(WRONG_TYPE, message).at(place).hint(READER_HINT));
            return None;
        }
    };
    let mut builder = PersonBuilder::default();
    let mut keys: HashMap<Column, &MappingKey> = HashMap::new();
    let mut address = None;
    for (key, node) in entries {
        if let Some(diagnostic) = Value::cut_by_comma(source, key, node) {
            diagnostics.push(diagnostic);
            continue;
        }
        let Some(column) = Column::named(&key.value) else {
            let message = message!("invalid field name {:?}", "ugyldigt feltnavn {:?}", key.value);
            diagnostics.push(Diagnostic::error(NO_FIELD_NAME, message).at(key.place(source)));
            continue;
        };
        if let Some(other) = keys.insert(column.clone(), key) {
            let message =
                message!("{:?} and {:?} are both {column}", "{:?} og {:?} er begge {column}", other.value, key.value);
            diagnostics.push(
                Diagnostic::error(FIELD_TWICE, message)
                    .at(key.place(source))
                    .hint(message!("keep one of them", "behold den ene")),
            );
        }
        match column {
            Column::Email => address = read_address(source, node, diagnostics),
            other => set_field(&mut builder, &other, &PersonEntry { node, ..*entry }, diagnostics),
        }
    }
    if !keys.contains_key(&Column::Email) {
        diagnostics.push(no_address(entry, entries));
    }
    Some(builder.person(address?, origin(entry), &mut FieldNameSets::default()))
}

fn origin(entry: &PersonEntry<'_>) -> PersonOrigin {
    PersonOrigin { path: Arc::clone(entry.source.path()), line: entry.node.line }
}

/// A person written as an address only.
fn only_address(entry: &PersonEntry<'_>, text: &str, diagnostics: &mut Diagnostics) -> Option<Person> {
    warn_suspicious(text, &entry.node.place(entry.source), diagnostics);
    match Address::parse(text) {
        Ok(address) => Some(PersonBuilder::default().person(address, origin(entry), &mut FieldNameSets::default())),
        Err(error) => {
            let place = entry.node.place(entry.source);
            diagnostics.push(Diagnostic::error(ADDRESS, Message::shown(&error)).at(place).hint(READER_HINT));
            None
        }
    }
}

fn warn_suspicious(text: &str, place: &Span, diagnostics: &mut Diagnostics) {
    if let Some(suspicious) = SuspiciousAddress::of(text) {
        diagnostics.push(suspicious_address(&suspicious).at(place.clone()));
    }
}

fn read_address(source: &Source, node: &Node, diagnostics: &mut Diagnostics) -> Option<Address> {
    let place = node.place(source);
    let Some(text) = node.scalar() else {
        let message =
            message!("email must be a text (a string), not {}", "email skal være en tekst, ikke {}", node.noun());
        diagnostics.push(
            Diagnostic::error(WRONG_TYPE, message)
                .at(place)
                .hint(message!("write email: anna@kommune.example", "skriv email: anna@kommune.example")),
        );
        return None;
    };
    match (Address::parse(text), Value::from_node(source, node, "email", &mut Diagnostics::new())) {
        (Ok(address), _) => {
            warn_suspicious(text, &place, diagnostics);
            Some(address)
        }
        (Err(_), Some(Value::Integer(_) | Value::Number(_) | Value::Bool(_) | Value::Date(_))) => {
            let message = message!("email must be an address, not {text}", "email skal være en adresse, ikke {text}");
            let diagnostic = Diagnostic::error(WRONG_TYPE, message).at(place);
            diagnostics.push(
                diagnostic.hint(message!("write email: anna@kommune.example", "skriv email: anna@kommune.example")),
            );
            None
        }
        (Err(error), _) => {
            diagnostics.push(Diagnostic::error(ADDRESS, Message::shown(&error)).at(place));
            None
        }
    }
}

/// The diagnostic for a person without an address; a key that looks like a typo of `email` is named.
fn no_address(entry: &PersonEntry<'_>, entries: &[(MappingKey, Node)]) -> Diagnostic {
    let near = entries.iter().find(|(key, _)| nearest(&key.value, ["email", "e-mail"]).is_some());
    let position = entry.position;
    match near {
        Some((key, _)) => {
            let message = message!(
                "recipients[{position}] has no email, but {:?}",
                "recipients[{position}] har ingen email, men {:?}",
                key.value
            );
            Diagnostic::error(NO_ADDRESS, message)
                .at(key.place(entry.source))
                .hint(message!("did you mean email?", "mente du email?"))
        }
        None => Diagnostic::error(
            NO_ADDRESS,
            message!(
                "recipients[{position}] on line {} has no email",
                "recipients[{position}] på linje {} har ingen email",
                entry.node.line
            ),
        )
        .at(entry.node.place(entry.source))
        .hint(message!("add email: and the address", "tilføj email: og adressen")),
    }
}

fn set_field(builder: &mut PersonBuilder, column: &Column, entry: &PersonEntry<'_>, diagnostics: &mut Diagnostics) {
    let PersonEntry { source, node, .. } = *entry;
    match column {
        Column::Email => {}
        Column::Consent(ConsentColumn::Basis) if matches!(node.kind, NodeKind::Mapping(_)) => {
            builder.consent = consent(source, node, diagnostics).map(ConsentBuilder::from).unwrap_or_default();
        }
        Column::Consent(part) => {
            let Some(text) = node.text(source, column.field(), diagnostics) else { return };
            if builder.consent.read(*part, &text.value, None).is_err() {
                diagnostics.push(invalid_date(&text));
            }
        }
        Column::Lang => {
            let Some(text) = node.text(source, "lang", diagnostics) else { return };
            builder.lang = Lang::parse(&text.value);
            if builder.lang.is_none() && !text.value.is_empty() {
                diagnostics.push(unknown_language(&text.value).at(text.place));
            }
        }
        Column::Name | Column::FirstName | Column::LastName => {
            // Without quotes `No` is a surname, too, not a boolean.
            let value = node.lines(source, column.field(), diagnostics).map(|text| Value::Text(text.value));
            set_value(builder, column, value, entry, diagnostics);
        }
        Column::Own(name) => {
            let value = Value::from_node(source, node, name, diagnostics);
            set_value(builder, column, value, entry, diagnostics);
        }
    }
}

fn set_value(
    builder: &mut PersonBuilder,
    column: &Column,
    value: Option<Value>,
    entry: &PersonEntry<'_>,
    diagnostics: &mut Diagnostics,
) {
    let Some(value) = value else { return };
    if let Some(unexpected_character) = unexpected_characters(column, &value) {
        let place = entry.node.place(entry.source);
        diagnostics.push(
            Diagnostic::error(
                CONTROL,
                message!("{column} has {unexpected_character}", "{column} har {unexpected_character}"),
            )
            .at(place),
        );
    }
    let is_empty = matches!(&value, Value::Text(text) if text.is_empty());
    if !is_empty {
        builder.fields.insert(column.field().to_owned(), value);
    }
}

fn unexpected_characters(column: &Column, value: &Value) -> Option<Message> {
    match value {
        Value::Text(text) => unexpected_character(column, text),
        Value::List(values) => values.iter().find_map(|value| unexpected_characters(column, value)),
        Value::Bool(_) | Value::Integer(_) | Value::Number(_) | Value::Date(_) => None,
    }
}

/// `consent: {basis: member, at: 2026-01-12, source: …, text: …}`.
fn consent(source: &Source, node: &Node, diagnostics: &mut Diagnostics) -> Option<Consent> {
    let mut fields = MappingReader::new(source, node, &Message::verbatim("consent"), diagnostics)?;
    let basis = fields.text("basis");
    let at = fields.text("at");
    let recorded = fields.text("source").map(|text| text.value);
    let version = fields.text("text").map(|text| text.value);
    let date = at.as_ref().and_then(|text| text.value.parse::<Date>().ok());
    if let (Some(text), None) = (&at, date) {
        fields.report(invalid_date(text));
    }
    fields.finish();
    let Some(basis) = basis else {
        let diagnostic =
            Diagnostic::error(CONSENT, message!("consent has no basis", "consent har intet grundlag (basis)"))
                .at(node.place(source));
        diagnostics.push(diagnostic.hint(message!(
            "write basis: member, or another basis, under consent",
            "skriv basis: member, eller et andet grundlag, under consent"
        )));
        return None;
    };
    Some(Consent { basis: basis.value, at: date, source: recorded, text: version })
}

fn invalid_date(text: &Spanned<String>) -> Diagnostic {
    let diagnostic = Diagnostic::error(CONSENT, message!("invalid date {:?}", "ugyldig dato {:?}", text.value))
        .at(text.place.clone());
    diagnostic.hint(message!("write it as 2026-01-12", "skriv den som 2026-01-12"))
}

const READER_HINT: Message = Message::fixed(
    "write \"- email: anna@kommune.example\", and below it first_name: and other fields",
    "skriv \"- email: anna@kommune.example\" og under den first_name: og andre felter",
);
