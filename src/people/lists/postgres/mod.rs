//! Reads people from a PostgreSQL server.

mod value;

use std::error::Error as StdError;
use std::iter;

use jiff::tz::TimeZone;
use postgres::error::{DbError, ErrorPosition, SqlState};
use postgres::fallible_iterator::FallibleIterator;
use postgres::types::ToSql;
use postgres::{Client, Column, Error, Row, Statement};

use crate::base::csv::row::ListRow;
use crate::base::database;
use crate::base::database::error::DatabaseError;
use crate::base::io_reason::io_reason;
use crate::base::message::{Message, message};
use crate::base::secret::Secret;
use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::base::value::Value;
use crate::people::lists::list_reader::ListReader;
use crate::people::lists::list_source::ServerQuery;
use crate::people::lists::postgres::value::{ColumnType, RawValue};
use crate::people::lists::sqlite::{NOT_A_SELECT, QUERY_FAILS, SELECT_HINT};

const CONNECTION: Code = Code("NL259");

/// How many characters of a query a message shows.
const MAX_SHOWN: usize = 40;

/// A part of the result of a query.
#[derive(Debug)]
pub enum QueryMessage {
    /// The names of the columns; comes first, and once.
    Columns(Vec<String>),
    /// The values of one row.
    Row(Vec<Option<Value>>),
    /// The query failed; comes last.
    Failed(Diagnostic),
}

/// Runs a query on a server, and passes on its result row by row until `send` returns `false`.
///
/// The user in the address may be allowed to write. So the query must be one statement that returns rows, and runs in a
/// read-only transaction that is rolled back in the end.
pub fn run(query: &ServerQuery, name: &str, password: Option<&Secret>, send: &mut dyn FnMut(QueryMessage) -> bool) {
    // The server itself ends a query that takes too long, and reports it.
    let limit = query.timeout.saturating_add(database::STATEMENT_LIMIT);
    let failed = match database::connect_for(&query.server, password, limit) {
        Ok((mut client, end)) => match send_rows(&mut client, query, send) {
            Ok(()) => None,
            Err(QueryError::Unusable(diagnostic)) => Some(*diagnostic),
            Err(QueryError::Server(_)) if end.was_forced() => Some(endless_result(query, name)),
            Err(QueryError::Server(error)) => Some(query_error(&error, query, name)),
        },
        Err(error) => Some(connection_error(&error)),
    };
    if let Some(diagnostic) = failed {
        send(QueryMessage::Failed(diagnostic));
    }
}

/// Why a query failed.
enum QueryError {
    /// Its result is not a list of people.
    Unusable(Box<Diagnostic>),
    /// The server refused it, or the connection broke.
    Server(Error),
}

impl From<Error> for QueryError {
    fn from(error: Error) -> Self {
        Self::Server(error)
    }
}

/// Reads the people of a result.
pub(crate) fn read(messages: impl Iterator<Item = QueryMessage>, reader: &mut ListReader<'_>) {
    let mut number = 0;
    for message in messages {
        match message {
            QueryMessage::Columns(names) => {
                if !reader.query_header(names.iter().map(String::as_str)) {
                    return;
                }
            }
            QueryMessage::Row(values) => {
                number += 1;
                reader.row(&ListRow::of_values(number, values));
            }
            QueryMessage::Failed(diagnostic) => reader.report(diagnostic),
        }
    }
}

fn send_rows(
    client: &mut Client,
    query: &ServerQuery,
    send: &mut dyn FnMut(QueryMessage) -> bool,
) -> Result<(), QueryError> {
    // The server enforces both, so that the query ends even if this program is killed.
    let milliseconds = query.timeout.as_millis();
    client.batch_execute(&format!(
        "SET default_transaction_read_only = on; SET statement_timeout = {milliseconds}; SET lock_timeout = '10s'"
    ))?;
    let mut transaction = client.build_transaction().read_only(true).start()?;
    // After its first query, a transaction can no longer be made read-write (PostgreSQL, "SET TRANSACTION").
    let zone: String = transaction.query_one("SELECT current_setting('TimeZone')", &[])?.try_get(0)?;
    let zone = TimeZone::get(&zone).unwrap_or(TimeZone::UTC);
    // PostgreSQL prepares no more than one statement, so that `SELECT 1; DELETE …` is refused.
    let statement = transaction.prepare(&query.query)?;
    let types = column_types(&statement).map_err(QueryError::Unusable)?;
    let names = statement.columns().iter().map(|column| column.name().to_owned()).collect();
    let mut is_wanted = send(QueryMessage::Columns(names));
    let mut rows = transaction.query_raw(&statement, iter::empty::<&(dyn ToSql + Sync)>())?;
    while is_wanted && let Some(row) = rows.next()? {
        is_wanted = send(QueryMessage::Row(values(&row, &types, &zone)?));
    }
    Ok(())
}

/// The types of the columns; an error if the result cannot be a list of people.
fn column_types(statement: &Statement) -> Result<Vec<ColumnType>, Box<Diagnostic>> {
    let columns = statement.columns();
    if columns.is_empty() {
        let diagnostic = Diagnostic::error(
            NOT_A_SELECT,
            message!(
                "this query returns no rows, so it is not run",
                "forespørgslen giver ingen rækker, så den køres ikke"
            ),
        );
        return Err(Box::new(diagnostic.hint(SELECT_HINT)));
    }
    if !statement.params().is_empty() {
        let message = message!(
            "the query has a parameter, such as $1, and there is no value for it",
            "forespørgslen har en parameter, f.eks. $1, og der er ingen værdi til den"
        );
        return Err(Box::new(
            Diagnostic::error(QUERY_FAILS, message)
                .hint(message!("write the value into the query", "skriv værdien i forespørgslen")),
        ));
    }
    let column_type = |column: &Column| {
        ColumnType::of(column.type_()).ok_or_else(|| {
            let (name, kind) = (column.name(), column.type_());
            let message = message!(
                "column {name} has the unsupported type {kind}",
                "kolonnen {name} har typen {kind}, som ikke kan bruges"
            );
            let hint = message!(
                "convert it to a text in the query: {name}::text AS {name}",
                "lav den til tekst i forespørgslen: {name}::text AS {name}"
            );
            Box::new(Diagnostic::error(QUERY_FAILS, message).hint(hint))
        })
    };
    columns.iter().map(column_type).collect()
}

fn values(row: &Row, types: &[ColumnType], zone: &TimeZone) -> Result<Vec<Option<Value>>, Error> {
    let columns = types.iter().enumerate();
    let values = columns.map(|(at, column_type)| {
        let raw: Option<RawValue<'_>> = row.try_get(at)?;
        Ok(raw.and_then(|raw| column_type.value(&raw, zone)))
    });
    values.collect()
}

/// An error with its causes, in the language that a message is being written in.
fn causes(error: &DatabaseError) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let said = cause.downcast_ref().map_or_else(|| cause.to_string(), |cause| io_reason(cause).to_string());
        // Some errors of rustls and postgres already print their source.
        if !text.contains(&said) {
            text = format!("{text}: {said}");
        }
        source = cause.source();
    }
    text
}

fn connection_error(error: &DatabaseError) -> Diagnostic {
    let message = Message::written(&|| causes(error));
    let code = match error {
        DatabaseError::Connect { source, .. } => source.code().cloned(),
        DatabaseError::Unreachable { .. }
        | DatabaseError::Silent { .. }
        | DatabaseError::PlaintextPassword { .. }
        | DatabaseError::CaFile { .. }
        | DatabaseError::NoRoots
        | DatabaseError::Library { .. } => None,
    };
    let hint = match code {
        Some(SqlState::INVALID_PASSWORD | SqlState::INVALID_AUTHORIZATION_SPECIFICATION) => {
            message!(
                "check the user in the address, and the password: password_file, PGPASSWORD or ~/.pgpass",
                "se efter brugeren i adressen og adgangskoden: password_file, PGPASSWORD eller ~/.pgpass"
            )
        }
        Some(SqlState::INVALID_CATALOG_NAME) => message!(
            "check the name of the database at the end of the address",
            "se efter databasens navn sidst i adressen"
        ),
        Some(_) => message!("ask the administrator of the server", "spørg serverens administrator"),
        None => message!(
            "check the host and the port in the address, and that the server runs and is reachable from here",
            "se efter vært og port i adressen, og om serveren kører og kan nås herfra"
        ),
    };
    Diagnostic::error(CONNECTION, message).hint(hint)
}

fn query_error(error: &Error, query: &ServerQuery, name: &str) -> Diagnostic {
    let Some(reply) = error.as_db_error() else {
        let cause = error.source().map_or_else(|| error.to_string(), ToString::to_string);
        let message =
            message!("the result from {name} cannot be read: {cause}", "resultatet fra {name} kan ikke læses: {cause}");
        return Diagnostic::error(QUERY_FAILS, message)
            .hint(message!("run the command again; nothing was changed", "kør kommandoen igen; intet blev ændret"));
    };
    if *reply.code() == SqlState::READ_ONLY_SQL_TRANSACTION {
        let message = message!(
            "this query would change the database, so it was stopped: {}",
            "forespørgslen ville ændre databasen, så den blev stoppet: {}",
            reply.message()
        );
        return Diagnostic::error(NOT_A_SELECT, message).hint(SELECT_HINT);
    }
    let message = message!(
        "query failed in {name}: {}{}",
        "forespørgslen fejlede i {name}: {}{}",
        reply.message(),
        position(reply, &query.query)
    );
    let hint = match reply.code() {
        code if *code == SqlState::QUERY_CANCELED => message!(
            "raise the limit, such as timeout: 5m, or simplify the query",
            "sæt grænsen op, f.eks. timeout: 5m, eller gør forespørgslen enklere"
        ),
        code if *code == SqlState::INSUFFICIENT_PRIVILEGE => {
            message!("let the user in the address read these tables", "lad brugeren i adressen læse disse tabeller")
        }
        code if *code == SqlState::SYNTAX_ERROR && reply.position().is_none() => {
            message!("write a single query", "skriv én forespørgsel")
        }
        _ => message!("try the query in a database client", "prøv forespørgslen i et databaseprogram"),
    };
    Diagnostic::error(QUERY_FAILS, message).hint(hint)
}

/// The server was still sending when the time of the query was over.
fn endless_result(query: &ServerQuery, name: &str) -> Diagnostic {
    let message = message!(
        "the result from {name} did not end in time (timeout: {} s)",
        "resultatet fra {name} kom ikke til ende i tide (timeout: {} s)",
        query.timeout.as_secs()
    );
    Diagnostic::error(QUERY_FAILS, message).hint(message!(
        "raise the limit, such as timeout: 5m, or simplify the query",
        "sæt grænsen op, f.eks. timeout: 5m, eller gør forespørgslen enklere"
    ))
}

/// The place of an error in the query, as a suffix of a message.
fn position(reply: &DbError, query: &str) -> Message {
    let Some(ErrorPosition::Original(position)) = reply.position() else { return Message::default() };
    let before = usize::try_from(*position).unwrap_or(usize::MAX).saturating_sub(1);
    let start: String = query.chars().take(before).collect();
    let line = start.matches('\n').count() + 1;
    let column = start.chars().rev().take_while(|letter| *letter != '\n').count() + 1;
    let rest: String = query.chars().skip(before).take_while(|letter| *letter != '\n').take(MAX_SHOWN).collect();
    let rest =
        if rest.is_empty() { message!("at its end", "til sidst") } else { message!("at `{rest}`", "ved `{rest}`") };
    message!(
        " (line {line}, column {column} of the query, {rest})",
        " (linje {line}, kolonne {column} i forespørgslen, {rest})"
    )
}
