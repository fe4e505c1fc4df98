//! Reads people from an SQLite file.

use std::path::Path;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};

use crate::base::csv::row::ListRow;
use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::base::value::Value;
use crate::people::lists::list_reader::ListReader;

pub(super) const FAILS: Code = Code("NL251");
pub(super) const WRITES: Code = Code("NL252");
/// What to write instead of a query that writes.
pub(super) const WRITES_HINT: &str = "write a query that begins with SELECT";

/// Reads what a query answers: its columns are the header, its rows the people. The file is opened read-only.
pub(crate) fn read(file: &Path, query: &str, intake: &mut ListReader<'_>) {
    let failed =
        match Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX) {
            Ok(connection) => rows(&connection, query, intake),
            Err(error) => Err(error),
        };
    if let Err(error) = failed {
        let message = format!("the query cannot be answered by {}: {error}", intake.path());
        intake.mistake(Diagnostic::error(FAILS, message).hint("try the query in the database itself"));
    }
}

fn rows(connection: &Connection, query: &str, intake: &mut ListReader<'_>) -> rusqlite::Result<()> {
    let mut statement = connection.prepare(query)?;
    if !statement.readonly() {
        intake.mistake(
            Diagnostic::error(WRITES, "this query would change the database, and is not run").hint(WRITES_HINT),
        );
        return Ok(());
    }
    if statement.column_count() == 0 {
        let message = "this query answers no rows, and is not run";
        intake.mistake(Diagnostic::error(WRITES, message).hint(WRITES_HINT));
        return Ok(());
    }
    if !intake.answer(statement.column_names()) {
        return Ok(());
    }
    let columns = statement.column_count();
    let mut rows = statement.query([])?;
    let mut number = 0;
    while let Some(row) = rows.next()? {
        number += 1;
        let values: rusqlite::Result<Vec<Option<Value>>> = (0..columns).map(|at| Ok(value(row.get_ref(at)?))).collect();
        intake.row(&ListRow::of_values(number, values?));
    }
    Ok(())
}

fn value(held: ValueRef<'_>) -> Option<Value> {
    match held {
        ValueRef::Null => None,
        ValueRef::Integer(whole) => Some(Value::Integer(whole)),
        ValueRef::Real(number) => Some(Value::Number(number)),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
            Some(Value::Text(String::from_utf8_lossy(bytes).trim().to_owned()))
        }
    }
}
