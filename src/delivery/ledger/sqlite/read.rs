//! Runs the queries of the read half on SQLite.

use rusqlite::types::ToSqlOutput;
use rusqlite::{Connection, Row, Statement, ToSql};

use crate::delivery::ledger::columns::ResultColumns;
use crate::delivery::ledger::error::LedgerError;
use crate::delivery::ledger::read::{Database, Parameter};
use crate::delivery::ledger::sqlite::open::Sqlite;

/// The names of parameters. SQLite treats `$2` as a name, not as a position: without binding by name, parameters would
/// be counted in the order in which they first occur (<https://sqlite.org/lang_expr.html#varparam>).
const NAMES: [&str; 8] = ["$1", "$2", "$3", "$4", "$5", "$6", "$7", "$8"];

/// A list of texts is one parameter, an array in JSON (<https://sqlite.org/json1.html#jeach>).
const IS_ONE_OF: &str = "IN (SELECT value FROM json_each($1))";

impl Database for &Connection {
    const IS_ONE_OF: &'static str = IS_ONE_OF;

    fn query<E: From<LedgerError>>(
        &mut self,
        sql: &str,
        parameters: &[Parameter<'_>],
        visit: &mut dyn FnMut(&dyn ResultColumns) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut statement = self.prepare_cached(sql).map_err(LedgerError::from)?;
        bind(&mut statement, parameters)?;
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next().map_err(LedgerError::from)? {
            visit(row)?;
        }
        Ok(())
    }
}

impl Database for Sqlite {
    const IS_ONE_OF: &'static str = IS_ONE_OF;

    fn query<E: From<LedgerError>>(
        &mut self,
        sql: &str,
        parameters: &[Parameter<'_>],
        visit: &mut dyn FnMut(&dyn ResultColumns) -> Result<(), E>,
    ) -> Result<(), E> {
        (&self.connection).query(sql, parameters, visit)
    }
}

pub(super) fn bind(statement: &mut Statement<'_>, parameters: &[Parameter<'_>]) -> Result<(), LedgerError> {
    for (name, parameter) in NAMES.iter().zip(parameters) {
        if let Some(index) = statement.parameter_index(name)? {
            statement.raw_bind_parameter(index, parameter)?;
        }
    }
    Ok(())
}

impl ToSql for Parameter<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Integer(number) => ToSqlOutput::from(*number),
            Self::Text(text) => ToSqlOutput::from(*text),
            Self::OptionalInteger(number) => number.to_sql()?,
            Self::OptionalText(text) => text.to_sql()?,
            Self::Texts(texts) => {
                let json = serde_json::to_string(texts);
                ToSqlOutput::from(json.map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?)
            }
        })
    }
}

impl ResultColumns for Row<'_> {
    fn integer(&self, index: usize) -> Result<Option<i64>, LedgerError> {
        Ok(self.get(index)?)
    }

    fn text(&self, index: usize) -> Result<Option<String>, LedgerError> {
        Ok(self.get(index)?)
    }

    fn boolean(&self, index: usize) -> Result<bool, LedgerError> {
        Ok(self.get(index)?)
    }
}
