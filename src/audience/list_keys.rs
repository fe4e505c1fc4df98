//! The keys for a list of people: `people`, `columns` and `lists` of an audience's file, and the lists in `newsletter.yaml`.

use std::time::Duration;

use crate::base::limits;
use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::span::{Span, Spanned};
use crate::base::source::text::Source;
use crate::base::source::yaml::fields::MappingReader;
use crate::base::source::yaml::node::Node;
use crate::base::source::yaml::node::NodeKind;
use crate::people::lists::column::Column;
use crate::people::lists::list_source::{FileOptions, ListFormat, ListSource, ServerQuery};
use crate::people::lists::mapping::{CellFormat, FieldMapping, Mapping};

const NO_SEPARATOR: Code = Code("NL224");
const WHERE_KEPT: Code = Code("NL225");
const NO_FORMAT: Code = Code("NL226");
const NO_COLUMN: Code = Code("NL227");

const SHORTEST_TIMEOUT: Duration = Duration::from_secs(1);

/// What `people` says.
pub(super) enum PeopleKey {
    /// Where the list is.
    Source(Spanned<ListSource>),
    /// The name of a list in `newsletter.yaml`.
    Named(Spanned<String>),
}

/// Reads `people`: a path, or a mapping.
pub(super) fn people(fields: &mut MappingReader<'_, '_>) -> Option<PeopleKey> {
    let node = fields.node("people")?;
    if !matches!(node.kind, NodeKind::Mapping(_)) {
        return fields.text("people").map(|path| PeopleKey::Source(path.map(ListSource::file)));
    }
    let place = node.place(fields.source());
    let mut group = fields.group("people")?;
    let people = if group.has_value("list") {
        group.text("list").map(PeopleKey::Named)
    } else {
        source_of(&mut group, &place).map(|value| PeopleKey::Source(Spanned { value, place }))
    };
    group.finish();
    people
}

/// Reads where a list is.
pub(super) fn source_of(group: &mut MappingReader<'_, '_>, place: &Span) -> Option<ListSource> {
    let file = group.text("file");
    let sqlite = group.text("sqlite");
    let has_postgres = group.has_value("postgres");
    let command = group.with("command", command_words);
    match (file, sqlite, has_postgres, command) {
        (Some(path), None, false, None) => Some(file_source(path.value, group)),
        (None, Some(path), false, None) => query(group).map(|query| ListSource::Sqlite { path: path.value, query }),
        (None, None, true, None) => server_source(group),
        (None, None, false, Some(words)) => Some(command_source(words, group)),
        _ => {
            let message = message!(
                "`people` must have one of these keys: file, sqlite, postgres, command",
                "`people` skal have et af felterne: file, sqlite, postgres, command"
            );
            let hint = message!(
                "write people: people/medlemmer.csv, or people: {{sqlite: people/crm.db, query: \"SELECT …\"}}",
                "skriv people: people/medlemmer.csv, eller people: {{sqlite: people/crm.db, query: \"SELECT …\"}}"
            );
            group.report(Diagnostic::error(WHERE_KEPT, message).at(place.clone()).hint(hint));
            // Marks the other keys as read: an unknown key would only distract from the error.
            group.rest();
            None
        }
    }
}

/// A program and its arguments, as a list; a text is a program without arguments.
fn command_words(source: &Source, node: &Node, diagnostics: &mut Diagnostics) -> Option<Vec<String>> {
    let words = match &node.kind {
        NodeKind::Sequence(_) => {
            node.texts(source, "command", diagnostics)?.into_iter().map(|word| word.value).collect()
        }
        NodeKind::Scalar { .. } | NodeKind::Null | NodeKind::Mapping(_) => {
            let text = node.text(source, "command", diagnostics)?.value;
            // No shell splits the text, so that a space would be a part of the program's name.
            if text.contains(char::is_whitespace) {
                let list: Vec<&str> = text.split_whitespace().collect();
                let hint =
                    message!("write this instead: command: [{}]", "skriv i stedet: command: [{}]", list.join(", "));
                let message = message!(
                    "`command` must be a list: the program, then each argument",
                    "`command` skal være en liste: programmet og så hvert argument"
                );
                diagnostics.push(Diagnostic::error(WHERE_KEPT, message).at(node.place(source)).hint(hint));
            }
            vec![text]
        }
    };
    Some(words).filter(|words: &Vec<String>| words.first().is_some_and(|program| !program.is_empty()))
}

fn file_source(path: String, group: &mut MappingReader<'_, '_>) -> ListSource {
    let format = format(group).unwrap_or_else(|| ListFormat::of_path(&path));
    let sheet = group.text("sheet").map(|sheet| sheet.value);
    ListSource::File { path, options: FileOptions { format, sheet } }
}

fn query(group: &mut MappingReader<'_, '_>) -> Option<String> {
    let query = group.lines("query");
    if query.is_none() {
        let hint = message!(
            "write query: \"SELECT email, fornavn, efternavn FROM medlemmer\"",
            "skriv query: \"SELECT email, fornavn, efternavn FROM medlemmer\""
        );
        let diagnostic =
            Diagnostic::error(WHERE_KEPT, message!("a database needs a `query`", "en database kræver en `query`"));
        let place = group.place();
        group.report(diagnostic.at(place).hint(hint));
    }
    query.map(|query| query.value)
}

fn server_source(group: &mut MappingReader<'_, '_>) -> Option<ListSource> {
    let server = group.value("postgres");
    let password = group.secret("password", ["password_env", "password_file", "password_command"]);
    let query = query(group);
    let timeout = timeout(group);
    let server = server?.value;
    Some(ListSource::Postgres(Box::new(ServerQuery { server, password, query: query?, timeout })))
}

fn command_source(words: Vec<String>, group: &mut MappingReader<'_, '_>) -> ListSource {
    let place = group.place();
    let format = format(group).unwrap_or(ListFormat::Csv);
    let timeout = timeout(group);
    if !format.is_stream() {
        let diagnostic = Diagnostic::error(
            NO_FORMAT,
            message!("a command must print csv, jsonl or json", "en kommando skal skrive csv, jsonl eller json"),
        );
        group.report(
            diagnostic
                .at(place)
                .hint(message!("write format: csv, or format: jsonl", "skriv format: csv eller format: jsonl")),
        );
    }
    ListSource::Command { words, format, timeout }
}

fn timeout(group: &mut MappingReader<'_, '_>) -> Duration {
    group.duration("timeout", SHORTEST_TIMEOUT).unwrap_or(limits::LIST_TIME)
}

fn format(group: &mut MappingReader<'_, '_>) -> Option<ListFormat> {
    group.choice("format", &ListFormat::NAMES).map(|format| format.value)
}

/// How one field is read, with the locations of the keys, so that a missing column can be reported there.
#[derive(Clone, Debug)]
pub(super) struct DeclaredMapping {
    pub(super) field: Spanned<String>,
    pub(super) from: Option<Spanned<String>>,
    format: CellFormat,
}

/// The mapping that the list is read with.
pub(super) fn mapping(columns: &[DeclaredMapping]) -> Mapping {
    let mut mapping = Mapping::default();
    for column in columns {
        let from = column.from.as_ref().map(|header| header.value.clone());
        mapping.insert(column.field.value.clone(), FieldMapping { from, format: column.format.clone() });
    }
    mapping
}

/// Reads `columns`, and the short form `lists`.
pub(super) fn columns(fields: &mut MappingReader<'_, '_>) -> Vec<DeclaredMapping> {
    let mut columns = lists(fields);
    let Some(mut group) = fields.group("columns") else { return columns };
    let source = group.source();
    for (key, node) in group.rest() {
        let Some(column) = Column::named(&key.value) else {
            let message = message!("invalid field name {:?}", "ugyldigt feltnavn {:?}", key.value);
            let hint = message!(
                "write the field's name, such as email or rolle",
                "skriv feltets navn, f.eks. email eller rolle"
            );
            group.report(Diagnostic::error(NO_COLUMN, message).at(key.place(source)).hint(hint));
            continue;
        };
        let field = Spanned { value: column.field().to_owned(), place: key.place(source) };
        let (from, format) = match &node.kind {
            NodeKind::Mapping(_) => {
                let column_keys =
                    MappingReader::new(source, node, &message!("a column", "en kolonne"), group.diagnostics());
                let Some(mut column_keys) = column_keys else { continue };
                let from = column_keys.text("from");
                let format = cell_format(&mut column_keys, &column);
                column_keys.finish();
                (from, format)
            }
            NodeKind::Null | NodeKind::Scalar { .. } | NodeKind::Sequence(_) => {
                (node.text(source, &key.value, group.diagnostics()), CellFormat::Unchanged)
            }
        };
        // `columns` counts if `lists` has the same field.
        columns.retain(|known| known.field.value != field.value);
        let from = from.filter(|header| !header.value.is_empty());
        columns.push(DeclaredMapping { field, from, format });
    }
    columns
}

fn cell_format(column_keys: &mut MappingReader<'_, '_>, column: &Column) -> CellFormat {
    let source = column_keys.source();
    let kind = column_keys.text("type");
    if let Some((key, node)) = column_keys.entry("lists") {
        let separator = node.scalar().map(str::trim).filter(|separator| !separator.is_empty());
        if let (Some(separator), Column::Own(_)) = (separator, column) {
            return CellFormat::List(separator.to_owned());
        }
        column_keys.report(no_separator(&key.value, node.place(source)));
        return CellFormat::Unchanged;
    }
    let Some(kind) = kind else { return CellFormat::Unchanged };
    match (kind.value.as_str(), column) {
        ("text", _) => CellFormat::Unchanged,
        ("number", Column::Own(_)) => CellFormat::Number,
        ("boolean", Column::Own(_)) => CellFormat::Boolean,
        ("date", Column::Own(_)) => CellFormat::Date,
        (other, _) => {
            let message = message!("invalid type {other:?} for {column}", "ugyldig type {other:?} for {column}");
            let hint = message!(
                "write text, number, boolean or date, for a field of your own; for several values, lists: \"|\"",
                "skriv text, number, boolean eller date til dine egne felter; til flere værdier: lists: \"|\""
            );
            column_keys.report(Diagnostic::error(NO_COLUMN, message).at(kind.place).hint(hint));
            CellFormat::Unchanged
        }
    }
}

fn no_separator(name: &str, place: Span) -> Diagnostic {
    Diagnostic::error(NO_SEPARATOR, message!("`{name}` has no separator", "`{name}` har intet skilletegn"))
        .at(place)
        .hint(message!("write {name}: \"|\"", "skriv {name}: \"|\""))
}

/// Reads `lists`: the fields of several values, each with its separator.
fn lists(fields: &mut MappingReader<'_, '_>) -> Vec<DeclaredMapping> {
    let Some(mut group) = fields.group("lists") else { return Vec::new() };
    let source = group.source();
    let mut lists = Vec::new();
    for (key, node) in group.rest() {
        let separator = node.scalar().map(str::trim).filter(|separator| !separator.is_empty());
        match (Column::named(&key.value), separator) {
            (Some(Column::Own(value)), Some(separator)) => {
                let field = Spanned { value, place: key.place(source) };
                lists.push(DeclaredMapping { field, from: None, format: CellFormat::List(separator.to_owned()) });
            }
            (None | Some(Column::Own(_)), _) => group.report(no_separator(&key.value, node.place(source))),
            (Some(known), _) => {
                let message = message!("{known} cannot have several values", "{known} kan ikke have flere værdier");
                group.report(
                    Diagnostic::error(NO_SEPARATOR, message)
                        .at(key.place(source))
                        .hint(message!("delete this", "slet dette")),
                );
            }
        }
    }
    lists
}
