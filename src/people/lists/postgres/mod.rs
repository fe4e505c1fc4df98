//! Reads people from a PostgreSQL server.

mod value;

use std::error::Error as StdError;
use std::iter;

use jiff::tz::TimeZone;
use postgres::error::{DbError, ErrorPosition, SqlState};
use postgres::fallible_iterator::FallibleIterator;
use postgres::types::ToSql;
use postgres::{Client, Column, Error, Row as Line, Statement};

use crate::base::csv::row::ListRow;
use crate::base::database::{self, DatabaseError};
use crate::base::secret::Secret;
use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::base::value::Value;
use crate::people::lists::list_reader::ListReader;
use crate::people::lists::list_source::ServerQuery;
use crate::people::lists::postgres::value::{ColumnType, RawValue};
use crate::people::lists::sqlite::{FAILS, WRITES, WRITES_HINT};

const NO_SERVER: Code = Code("NL259");

/// So much of a query is shown where it is wrong.
const SHOWN: usize = 40;

/// What a server says, piece by piece.
#[derive(Debug)]
pub enum QueryMessage {
    /// The names of the columns; comes first, and once.
    Columns(Vec<String>),
    /// The values of one person.
    Row(Vec<Option<Value>>),
    /// Something is wrong, and there is no more.
    Wrong(Diagnostic),
}

/// Asks a server. Its answer is told as it comes, row by row, until the teller returns `false`: nobody listens any more.
///
/// Whoever asks may be allowed to write there. So the query is one statement that answers rows, it runs in a transaction
/// that can only read, and that transaction is given up in the end: nothing of it remains.
pub fn ask(asked: &ServerQuery, name: &str, password: Option<&Secret>, tell: &mut dyn FnMut(QueryMessage) -> bool) {
    let wrong = match database::connect(&asked.server, password) {
        Ok(mut client) => match rows(&mut client, asked, tell) {
            Ok(wrong) => wrong,
            Err(error) => Some(query_error(&error, asked, name)),
        },
        Err(error) => Some(connection_error(&error)),
    };
    if let Some(wrong) = wrong {
        tell(QueryMessage::Wrong(wrong));
    }
}

/// Makes people of what was told.
pub(crate) fn read_answers(answers: impl Iterator<Item = QueryMessage>, intake: &mut ListReader<'_>) {
    let mut number = 0;
    for answer in answers {
        match answer {
            QueryMessage::Columns(names) => {
                if !intake.answer(names.iter().map(String::as_str)) {
                    return;
                }
            }
            QueryMessage::Row(values) => {
                number += 1;
                intake.row(&ListRow::of_values(number, values));
            }
            QueryMessage::Wrong(diagnostic) => intake.mistake(diagnostic),
        }
    }
}

/// Tells the answer; returns what is wrong with the query.
fn rows(
    client: &mut Client,
    asked: &ServerQuery,
    tell: &mut dyn FnMut(QueryMessage) -> bool,
) -> Result<Option<Diagnostic>, Error> {
    let milliseconds = asked.timeout.as_millis();
    client.batch_execute(&format!(
        "SET default_transaction_read_only = on; SET statement_timeout = {milliseconds}; SET lock_timeout = '10s'"
    ))?;
    let mut transaction = client.build_transaction().read_only(true).start()?;
    // A transaction that has answered something cannot be made one that writes (PostgreSQL, "SET TRANSACTION").
    let zone: String = transaction.query_one("SELECT current_setting('TimeZone')", &[])?.try_get(0)?;
    let zone = TimeZone::get(&zone).unwrap_or(TimeZone::UTC);
    // Prepared, it is one statement: PostgreSQL prepares no two.
    let statement = transaction.prepare(&asked.query)?;
    let kinds = match kinds(&statement) {
        Ok(kinds) => kinds,
        Err(wrong) => return Ok(Some(*wrong)),
    };
    let mut listens = tell(QueryMessage::Columns(statement.columns().iter().map(|it| it.name().to_owned()).collect()));
    let mut answers = transaction.query_raw(&statement, iter::empty::<&(dyn ToSql + Sync)>())?;
    while listens && let Some(line) = answers.next()? {
        listens = tell(QueryMessage::Row(values(&line, &kinds, &zone)?));
    }
    Ok(None)
}

/// What its columns hold; what is wrong, where the answer can be no list of people.
fn kinds(statement: &Statement) -> Result<Vec<ColumnType>, Box<Diagnostic>> {
    let columns = statement.columns();
    if columns.is_empty() {
        let diagnostic = Diagnostic::error(WRITES, "this query answers no rows, and is not run");
        return Err(Box::new(diagnostic.hint(WRITES_HINT)));
    }
    if !statement.params().is_empty() {
        let message = "there is a place for a value in the query, such as $1, and no value";
        return Err(Box::new(Diagnostic::error(FAILS, message).hint("write the value itself into the query")));
    }
    let kind = |column: &Column| {
        ColumnType::of(column.type_()).ok_or_else(|| {
            let (name, kind) = (column.name(), column.type_());
            let message = format!("the column {name} is of the type {kind}, which is no value of a person");
            let hint = format!("make it a text in the query: {name}::text AS {name}");
            Box::new(Diagnostic::error(FAILS, message).hint(hint))
        })
    };
    columns.iter().map(kind).collect()
}

fn values(line: &Line, kinds: &[ColumnType], zone: &TimeZone) -> Result<Vec<Option<Value>>, Error> {
    let value = |(at, kind): (usize, &ColumnType)| {
        let held: Option<RawValue<'_>> = line.try_get(at)?;
        Ok(held.and_then(|it| kind.value(&it, zone)))
    };
    kinds.iter().enumerate().map(value).collect()
}

fn connection_error(error: &DatabaseError) -> Diagnostic {
    let mut message = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        // Some causes repeat what caused them.
        if !message.contains(&cause.to_string()) {
            message = format!("{message}: {cause}");
        }
        source = cause.source();
    }
    let refused = match error {
        DatabaseError::Connect { source, .. } => source.code().cloned(),
        DatabaseError::CaFile { .. } | DatabaseError::NoRoots | DatabaseError::Library { .. } => None,
    };
    let hint = match refused {
        Some(SqlState::INVALID_PASSWORD | SqlState::INVALID_AUTHORIZATION_SPECIFICATION) => {
            "look at the user in the address, and at the password: password_file, PGPASSWORD or ~/.pgpass"
        }
        Some(SqlState::INVALID_CATALOG_NAME) => "look at the name of the database at the end of the address",
        Some(_) => "ask who runs the server",
        None => {
            "look at the host and the port in the address, and whether the server runs and can be reached from here"
        }
    };
    Diagnostic::error(NO_SERVER, message).hint(hint)
}

fn query_error(error: &Error, asked: &ServerQuery, name: &str) -> Diagnostic {
    let Some(told) = error.as_db_error() else {
        let cause = error.source().map_or_else(|| error.to_string(), ToString::to_string);
        let message = format!("the answer of {name} cannot be read: {cause}");
        return Diagnostic::error(FAILS, message).hint("run the command again; nothing was changed");
    };
    if *told.code() == SqlState::READ_ONLY_SQL_TRANSACTION {
        let message = format!("this query would change the database, and was stopped: {}", told.message());
        return Diagnostic::error(WRITES, message).hint(WRITES_HINT);
    }
    let message = format!("the query cannot be answered by {name}: {}{}", told.message(), position(told, &asked.query));
    let hint = match told.code() {
        code if *code == SqlState::QUERY_CANCELED => "give it longer with timeout: 5m, or make the query simpler",
        code if *code == SqlState::INSUFFICIENT_PRIVILEGE => "the user in the address must be allowed to read this",
        code if *code == SqlState::SYNTAX_ERROR && told.position().is_none() => {
            "write one query, without others behind"
        }
        _ => "try the query in the database itself",
    };
    Diagnostic::error(FAILS, message).hint(hint)
}

/// Where in the query something is wrong, in words.
fn position(told: &DbError, query: &str) -> String {
    let Some(ErrorPosition::Original(position)) = told.position() else { return String::new() };
    let before = usize::try_from(*position).unwrap_or(usize::MAX).saturating_sub(1);
    let start: String = query.chars().take(before).collect();
    let line = start.matches('\n').count() + 1;
    let column = start.chars().rev().take_while(|it| *it != '\n').count() + 1;
    let rest: String = query.chars().skip(before).take_while(|it| *it != '\n').take(SHOWN).collect();
    let rest = if rest.is_empty() { "at its end".to_owned() } else { format!("at `{rest}`") };
    format!(" (line {line}, column {column} of the query, {rest})")
}
