//! Runs the queries of the read half on PostgreSQL.

use postgres::fallible_iterator::FallibleIterator;
use postgres::types::{ToSql, Type};
use postgres::{Error, GenericClient, Row, Transaction};

use crate::delivery::ledger::columns::ResultColumns;
use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::postgres::open::Postgres;
use crate::delivery::ledger::read::{Database, Parameter};

const IS_ONE_OF: &str = "= ANY($1)";

impl Database for Transaction<'_> {
    const IS_ONE_OF: &'static str = IS_ONE_OF;

    fn query<E: From<LedgerError>>(
        &mut self,
        sql: &str,
        parameters: &[Parameter<'_>],
        visit: &mut dyn FnMut(&dyn ResultColumns) -> Result<(), E>,
    ) -> Result<(), E> {
        stream(self, sql, parameters, visit).map_err(|error| match error {
            StreamError::Query(error) => LedgerError::from(error).into(),
            StreamError::Visit(error) => error,
        })
    }
}

impl Database for Postgres {
    const IS_ONE_OF: &'static str = IS_ONE_OF;

    fn query<E: From<LedgerError>>(
        &mut self,
        sql: &str,
        parameters: &[Parameter<'_>],
        visit: &mut dyn FnMut(&dyn ResultColumns) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut visited = false;
        self.client.retrying(|client| {
            let streamed = stream(&mut **client, sql, parameters, &mut |row| {
                visited = true;
                visit(row)
            });
            match streamed {
                Ok(()) => Ok(Ok(())),
                Err(StreamError::Visit(error)) => Ok(Err(error)),
                // A second attempt would visit the rows twice.
                Err(StreamError::Query(error)) if visited => Ok(Err(LedgerError::from(error).into())),
                Err(StreamError::Query(error)) => Err(error),
            }
        })?
    }
}

enum StreamError<E> {
    Query(Error),
    Visit(E),
}

/// Visits rows as they arrive: a million letters are never in memory together.
fn stream<E>(
    client: &mut impl GenericClient,
    sql: &str,
    parameters: &[Parameter<'_>],
    visit: &mut dyn FnMut(&dyn ResultColumns) -> Result<(), E>,
) -> Result<(), StreamError<E>> {
    let values = parameters.iter().map(value);
    let mut rows = client.query_raw(sql, values).map_err(StreamError::Query)?;
    while let Some(row) = rows.next().map_err(StreamError::Query)? {
        visit(&row).map_err(StreamError::Visit)?;
    }
    Ok(())
}

pub(super) fn value<'a>(parameter: &'a Parameter<'_>) -> &'a (dyn ToSql + Sync) {
    match parameter {
        Parameter::Integer(number) => number,
        Parameter::Text(text) => text,
        Parameter::OptionalInteger(number) => number,
        Parameter::OptionalText(text) => text,
        Parameter::Texts(texts) => texts,
    }
}

impl ResultColumns for Row {
    fn integer(&self, index: usize) -> Result<Option<i64>, LedgerError> {
        // PostgreSQL sends the width of the column, and the driver converts no INTEGER to an i64.
        let is_narrow = self.columns().get(index).is_some_and(|column| *column.type_() == Type::INT4);
        Ok(if is_narrow { self.try_get::<_, Option<i32>>(index)?.map(i64::from) } else { self.try_get(index)? })
    }

    fn text(&self, index: usize) -> Result<Option<String>, LedgerError> {
        Ok(self.try_get(index)?)
    }

    fn boolean(&self, index: usize) -> Result<bool, LedgerError> {
        Ok(self.try_get(index)?)
    }
}
