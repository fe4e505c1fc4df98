//! Reads people from an SQLite file.

use std::path::Path;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::base::csv::row::ListRow;
use crate::base::limits;
use crate::base::message::{Message, message};
use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::base::value::Value;
use crate::people::lists::list_reader::ListReader;

pub(super) const QUERY_FAILS: Code = Code("NL251");
pub(super) const NOT_A_SELECT: Code = Code("NL252");
/// What to write instead of a query that returns no rows.
pub(super) const SELECT_HINT: Message =
    Message::fixed("write a query that begins with SELECT", "skriv en forespørgsel, der begynder med SELECT");

/// How much memory SQLite may take, in bytes: a query can make values of a gigabyte.
const MEMORY: u64 = 256 << 20;

/// Stops a query that runs in another thread.
pub type Interrupt = Box<dyn Fn() + Send>;

/// Reads the result of a query: its columns are the header, its rows the people. The file is opened read-only.
///
/// `watch` receives a handle that stops the query if it takes too long.
pub(crate) fn read(file: &Path, query: &str, watch: impl FnOnce(Interrupt), reader: &mut ListReader<'_>) {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let failed = match Connection::open_with_flags(file, flags) {
        Ok(connection) => {
            let handle = connection.get_interrupt_handle();
            watch(Box::new(move || handle.interrupt()));
            rows(&connection, query, reader)
        }
        Err(error) => Err(error),
    };
    let Err(error) = failed else { return };
    let is_stopped = error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted);
    let (message, hint) = if is_stopped {
        let seconds = limits::LIST_TIME.as_secs();
        let message = message!(
            "the query in {} took longer than {seconds} s, and was stopped",
            "forespørgslen i {} tog mere end {seconds} s og blev stoppet",
            reader.path()
        );
        (
            message,
            message!("look for a view or a recursion without an end", "se efter en visning eller rekursion uden ende"),
        )
    } else {
        (
            message!("query failed in {}: {error}", "forespørgslen fejlede i {}: {error}", reader.path()),
            message!("try the query in a database client", "prøv forespørgslen i et databaseprogram"),
        )
    };
    reader.report(Diagnostic::error(QUERY_FAILS, message).hint(hint));
}

fn rows(connection: &Connection, query: &str, reader: &mut ListReader<'_>) -> rusqlite::Result<()> {
    connection.execute_batch(&format!("PRAGMA hard_heap_limit = {MEMORY}"))?;
    // rusqlite refuses a second statement, so that `SELECT 1; DELETE …` does not run.
    let mut statement = connection.prepare(query)?;
    if !statement.readonly() {
        reader.report(
            Diagnostic::error(
                NOT_A_SELECT,
                message!(
                    "this query would change the database, so it is not run",
                    "forespørgslen ville ændre databasen, så den køres ikke"
                ),
            )
            .hint(SELECT_HINT),
        );
        return Ok(());
    }
    if statement.column_count() == 0 {
        let message = message!(
            "this query returns no rows, so it is not run",
            "forespørgslen giver ingen rækker, så den køres ikke"
        );
        reader.report(Diagnostic::error(NOT_A_SELECT, message).hint(SELECT_HINT));
        return Ok(());
    }
    if !reader.query_header(statement.column_names()) {
        return Ok(());
    }
    let columns = statement.column_count();
    let mut rows = statement.query([])?;
    let mut number = 0;
    while let Some(row) = rows.next()? {
        number += 1;
        let values: rusqlite::Result<Vec<Option<Value>>> = (0..columns).map(|at| Ok(value(row.get_ref(at)?))).collect();
        reader.row(&ListRow::of_values(number, values?));
    }
    Ok(())
}

fn value(value: ValueRef<'_>) -> Option<Value> {
    match value {
        ValueRef::Null => None,
        ValueRef::Integer(whole) => Some(Value::Integer(whole)),
        ValueRef::Real(number) => Some(Value::Number(number)),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
            Some(Value::Text(String::from_utf8_lossy(bytes).trim().to_owned()))
        }
    }
}
