//! Where an audience's people are kept, and what its file says of their columns.

use std::time::Duration;

use crate::base::database::url::{Server, UrlError};
use crate::base::secret::SecretSource;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::nearest::nearest;
use crate::base::source::span::{Span, Spanned};
use crate::base::source::text::Source;
use crate::base::source::yaml::fields::MappingReader;
use crate::base::source::yaml::{Node, NodeKind};
use crate::people::lists::column::Column;
use crate::people::lists::list_source::{FileOptions, ListFormat, ListSource, ServerQuery};
use crate::people::lists::mapping::{CellFormat, FieldMapping, Mapping};

const NO_SEPARATOR: Code = Code("NL224");
const WHERE_KEPT: Code = Code("NL225");
const NO_FORMAT: Code = Code("NL226");
const NO_COLUMN: Code = Code("NL227");
const NO_DURATION: Code = Code("NL228");
const PASSWORD: Code = Code("NL260");

/// How long a command or a query may take that says nothing of it.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(60);
const PASSWORD_HINT: &str = "take it out, give it a new one, and say where it is kept: password_file: /etc/newsletter/crm \
     (chmod 600), password_env, password_command, or ~/.pgpass";

/// Reads `people`: a path, or keys that say more.
pub(super) fn kept(fields: &mut MappingReader<'_>, diagnostics: &mut Diagnostics) -> Option<Spanned<ListSource>> {
    let source = fields.source();
    let node = fields.node("people")?;
    if !matches!(node.kind, NodeKind::Mapping(_)) {
        let path = node.text(source, "people", diagnostics).filter(|it| !it.value.is_empty())?;
        return Some(Spanned { value: ListSource::file(path.value), place: path.place });
    }
    let mut group = MappingReader::new(source, node, "people", diagnostics)?;
    let place = node.place(source);
    let file = group.text("file", diagnostics);
    let sqlite = group.text("sqlite", diagnostics);
    let postgres = group.text("postgres", diagnostics);
    let command = group.node("command").and_then(|it| words(source, it, diagnostics));
    let value = match (file, sqlite, postgres, command) {
        (Some(path), None, None, None) => Some(table(path.value, &mut group, diagnostics)),
        (None, Some(path), None, None) => {
            query(&mut group, diagnostics).map(|query| ListSource::Sqlite { path: path.value, query })
        }
        (None, None, Some(url), None) => asked(&url, &mut group, diagnostics),
        (None, None, None, Some(words)) => program(words, &mut group, diagnostics),
        _ => {
            let message = "people must say where they are kept, in one of these: file, sqlite, postgres, command";
            let hint = "write people: people/medlemmer.csv, or people: {sqlite: people/crm.db, query: \"SELECT …\"}";
            diagnostics.push(Diagnostic::error(WHERE_KEPT, message).at(place.clone()).hint(hint));
            group.rest();
            None
        }
    };
    group.finish(diagnostics);
    Some(Spanned { value: value?, place })
}

/// A program and its arguments, as a list; one text is a program without any.
fn words(source: &Source, node: &Node, diagnostics: &mut Diagnostics) -> Option<Vec<String>> {
    let words = match &node.kind {
        NodeKind::Sequence(_) => node.texts(source, "command", diagnostics)?.into_iter().map(|it| it.value).collect(),
        NodeKind::Scalar { .. } | NodeKind::Null | NodeKind::Mapping(_) => {
            let text = node.text(source, "command", diagnostics)?.value;
            if text.contains(char::is_whitespace) {
                let list: Vec<&str> = text.split_whitespace().collect();
                let hint = format!("write this instead: command: [{}]", list.join(", "));
                let message = "a command is a list: the program, then each of its arguments";
                diagnostics.push(Diagnostic::error(WHERE_KEPT, message).at(node.place(source)).hint(hint));
            }
            vec![text]
        }
    };
    Some(words).filter(|it: &Vec<String>| it.first().is_some_and(|it| !it.is_empty()))
}

fn table(path: String, group: &mut MappingReader<'_>, diagnostics: &mut Diagnostics) -> ListSource {
    let format = format(group, diagnostics).unwrap_or_else(|| ListFormat::of_path(&path));
    let sheet = group.text("sheet", diagnostics).map(|it| it.value);
    ListSource::File { path, table: FileOptions { format, sheet } }
}

fn query(group: &mut MappingReader<'_>, diagnostics: &mut Diagnostics) -> Option<String> {
    let query = group.lines("query", diagnostics).filter(|it| !it.value.is_empty());
    if query.is_none() {
        let hint = "write query: \"SELECT email, fornavn, efternavn FROM medlemmer\"";
        let diagnostic = Diagnostic::error(WHERE_KEPT, "a database needs a query that says who is meant");
        diagnostics.push(diagnostic.at(group.place()).hint(hint));
    }
    query.map(|it| it.value)
}

fn asked(url: &Spanned<String>, group: &mut MappingReader<'_>, diagnostics: &mut Diagnostics) -> Option<ListSource> {
    let server = server(url, diagnostics);
    let password = password(group, diagnostics);
    let query = query(group, diagnostics);
    let timeout = timeout(group, diagnostics);
    Some(ListSource::Postgres(Box::new(ServerQuery { server: server?, password, query: query?, timeout: timeout? })))
}

fn server(url: &Spanned<String>, diagnostics: &mut Diagnostics) -> Option<Server> {
    let error = match Server::parse(&url.value) {
        Ok(server) => return Some(server),
        Err(error) => error,
    };
    let (code, hint) = match &error {
        UrlError::Password => (PASSWORD, PASSWORD_HINT),
        UrlError::NoHost => (WHERE_KEPT, "for a socket on this machine: postgres:///crm?host=/run/postgresql"),
        UrlError::Value { .. } => (WHERE_KEPT, "write disable, prefer, require or verify-full"),
        UrlError::Key { .. } => (WHERE_KEPT, "these are: host, sslmode, sslrootcert"),
        UrlError::Scheme | UrlError::Port | UrlError::Percent => {
            (WHERE_KEPT, "write it like this: postgres: postgres://nyt@db.forening.example/crm")
        }
    };
    let diagnostic = Diagnostic::error(code, format!("the address of the database cannot be used: {error}"));
    diagnostics.push(diagnostic.at(url.place.clone()).hint(hint));
    None
}

/// Where the password is found that a server asks for.
fn password(group: &mut MappingReader<'_>, diagnostics: &mut Diagnostics) -> Option<SecretSource> {
    if let Some((key, _)) = group.entry("password") {
        let diagnostic = Diagnostic::error(PASSWORD, "a password never stands in this file: it is read by many");
        diagnostics.push(diagnostic.at(key.place(group.source())).hint(PASSWORD_HINT));
    }
    let env = group.text("password_env", diagnostics).map(|it| (it.place, SecretSource::Env(it.value)));
    let file = group.text("password_file", diagnostics).map(|it| (it.place, SecretSource::File(it.value.into())));
    let command = group.text("password_command", diagnostics).map(|it| (it.place, SecretSource::Command(it.value)));
    let mut sources = [env, file, command].into_iter().flatten();
    let (_, source) = sources.next()?;
    if let Some((place, _)) = sources.next() {
        let message = "only one of password_env, password_file, password_command can stand here";
        diagnostics.push(Diagnostic::error(WHERE_KEPT, message).at(place).hint("delete the others"));
    }
    Some(source)
}

fn program(words: Vec<String>, group: &mut MappingReader<'_>, diagnostics: &mut Diagnostics) -> Option<ListSource> {
    let place = group.place();
    let format = format(group, diagnostics).unwrap_or(ListFormat::Csv);
    let timeout = timeout(group, diagnostics)?;
    if !format.is_stream() {
        let diagnostic = Diagnostic::error(NO_FORMAT, "a command prints csv, jsonl or json, and no other format");
        diagnostics.push(diagnostic.at(place).hint("write format: csv, or format: jsonl"));
    }
    Some(ListSource::Command { words, format, timeout })
}

fn timeout(group: &mut MappingReader<'_>, diagnostics: &mut Diagnostics) -> Option<Duration> {
    let Some(text) = group.text("timeout", diagnostics) else { return Some(DEFAULT_TIMEOUT) };
    let read = duration(&text.value);
    if read.is_none() {
        let diagnostic = Diagnostic::error(NO_DURATION, format!("{:?} is no length of time", text.value));
        diagnostics.push(diagnostic.at(text.place).hint("write timeout: 60s, or 5m"));
    }
    read
}

fn format(group: &mut MappingReader<'_>, diagnostics: &mut Diagnostics) -> Option<ListFormat> {
    let text = group.text("format", diagnostics)?;
    let format = ListFormat::named(&text.value);
    if format.is_none() {
        let names = || ListFormat::NAMES.iter().map(|(name, _)| *name);
        let hint = match nearest(&text.value, names()) {
            Some(near) => format!("did you mean {near}?"),
            None => format!("the formats are: {}", names().collect::<Vec<_>>().join(", ")),
        };
        let diagnostic = Diagnostic::error(NO_FORMAT, format!("{:?} is no format that is read", text.value));
        diagnostics.push(diagnostic.at(text.place).hint(hint));
    }
    format
}

fn duration(text: &str) -> Option<Duration> {
    let digits = text.find(|it: char| !it.is_ascii_digit())?;
    let count: u64 = text[..digits].parse().ok().filter(|it| *it > 0)?;
    match text[digits..].trim() {
        "s" => Some(Duration::from_secs(count)),
        "m" => count.checked_mul(60).map(Duration::from_secs),
        _ => None,
    }
}

/// What is said of one field: how it is read, and where that is written, so that a header nobody has can be told there.
#[derive(Clone, Debug)]
pub(super) struct DeclaredMapping {
    pub(super) field: Spanned<String>,
    pub(super) from: Option<Spanned<String>>,
    reading: CellFormat,
}

/// What is said of the columns, as the list is read by it.
pub(super) fn mapping(columns: &[DeclaredMapping]) -> Mapping {
    let mut mapping = Mapping::default();
    for said in columns {
        let from = said.from.as_ref().map(|it| it.value.clone());
        mapping.insert(said.field.value.clone(), FieldMapping { from, reading: said.reading.clone() });
    }
    mapping
}

/// Reads `columns`, and the short form `lists`.
pub(super) fn columns(fields: &mut MappingReader<'_>, diagnostics: &mut Diagnostics) -> Vec<DeclaredMapping> {
    let mut said = lists(fields, diagnostics);
    let Some(mut group) = fields.group("columns", diagnostics) else { return said };
    let source = group.source();
    for (key, node) in group.rest() {
        let Some(column) = Column::named(&key.value) else {
            let message = format!("{:?} is no name for a field", key.value);
            let hint = "write the field's name, such as email or rolle";
            diagnostics.push(Diagnostic::error(NO_COLUMN, message).at(key.place(source)).hint(hint));
            continue;
        };
        let field = Spanned { value: column.field().to_owned(), place: key.place(source) };
        let (from, reading) = match &node.kind {
            NodeKind::Mapping(_) => {
                let Some(mut more) = MappingReader::new(source, node, "a column", diagnostics) else { continue };
                let from = more.text("from", diagnostics);
                let reading = reading(&mut more, &column, diagnostics);
                more.finish(diagnostics);
                (from, reading)
            }
            NodeKind::Null | NodeKind::Scalar { .. } | NodeKind::Sequence(_) => {
                (node.text(source, &key.value, diagnostics), CellFormat::AsItIs)
            }
        };
        said.retain(|it| it.field.value != field.value);
        said.push(DeclaredMapping { field, from: from.filter(|it| !it.value.is_empty()), reading });
    }
    said
}

fn reading(more: &mut MappingReader<'_>, column: &Column, diagnostics: &mut Diagnostics) -> CellFormat {
    let source = more.source();
    let kind = more.text("type", diagnostics);
    if let Some((key, node)) = more.entry("lists") {
        let separator = node.scalar().map(str::trim).filter(|it| !it.is_empty());
        if let (Some(separator), Column::Own(_)) = (separator, column) {
            return CellFormat::List(separator.to_owned());
        }
        diagnostics.push(no_separator(&key.value, node.place(source)));
        return CellFormat::AsItIs;
    }
    let Some(kind) = kind else { return CellFormat::AsItIs };
    match (kind.value.as_str(), column) {
        ("text", _) => CellFormat::AsItIs,
        ("number", Column::Own(_)) => CellFormat::Number,
        ("boolean", Column::Own(_)) => CellFormat::Boolean,
        ("date", Column::Own(_)) => CellFormat::Date,
        (other, _) => {
            let message = format!("{} cannot be read as {other:?}", column.field());
            let hint = "a field of your own is text, number, boolean or date; several values are lists: \"|\"";
            diagnostics.push(Diagnostic::error(NO_COLUMN, message).at(kind.place).hint(hint));
            CellFormat::AsItIs
        }
    }
}

fn no_separator(name: &str, place: Span) -> Diagnostic {
    Diagnostic::error(NO_SEPARATOR, format!("lists must say what separates the values of {name}"))
        .at(place)
        .hint(format!("write {name}: \"|\""))
}

/// The fields whose cells hold several values, each with what separates them.
fn lists(fields: &mut MappingReader<'_>, diagnostics: &mut Diagnostics) -> Vec<DeclaredMapping> {
    let Some(mut group) = fields.group("lists", diagnostics) else { return Vec::new() };
    let source = group.source();
    let mut lists = Vec::new();
    for (key, node) in group.rest() {
        let separator = node.scalar().map(str::trim).filter(|it| !it.is_empty());
        match (Column::named(&key.value), separator) {
            (Some(Column::Own(value)), Some(separator)) => {
                let field = Spanned { value, place: key.place(source) };
                lists.push(DeclaredMapping { field, from: None, reading: CellFormat::List(separator.to_owned()) });
            }
            (None | Some(Column::Own(_)), _) => diagnostics.push(no_separator(&key.value, node.place(source))),
            (Some(known), _) => {
                let message = format!("{known} holds one value, and cannot be among the lists");
                diagnostics.push(Diagnostic::error(NO_SEPARATOR, message).at(key.place(source)).hint("remove this"));
            }
        }
    }
    lists
}
