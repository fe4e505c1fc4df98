//! How much is read from each source at most. Whatever is larger, slower or nested deeper is an error that names the limit, so
//! that no file or command can fill the memory or hold up a run from cron. The manual has the same table under "Limits".

use std::time::Duration;

/// A line of a list, an object of a list in JSON, or a cell of several lines, in bytes: a person is shorter.
pub(crate) const LINE: u64 = 1 << 20;
/// A list in JSON, in bytes. It is read object by object.
pub(crate) const JSON_LIST: u64 = 1 << 30;
/// A text that is read as a whole: settings, an audience, an issue, a list in YAML, a file of a theme.
pub(crate) const TEXT: u64 = 16 << 20;
/// Any other file that is read as a whole, such as a picture or an export.
pub(crate) const FILE: u64 = 256 << 20;
/// A workbook, in bytes.
pub(crate) const WORKBOOK: u64 = 64 << 20;
/// What a workbook unpacks to: a million people take half of it.
pub(crate) const WORKBOOK_UNPACKED: u64 = 1 << 30;
/// The columns of a sheet of a workbook.
pub(crate) const COLUMNS: usize = 1000;
/// A password, key or token, in bytes.
pub(crate) const SECRET: u64 = 1 << 16;
/// How long a command may take to print a password. It cannot ask: no one is there to answer.
pub(crate) const SECRET_TIME: Duration = Duration::from_secs(20);
/// A file of certificates: those of a whole system take a quarter of a megabyte.
pub(crate) const CERTIFICATES: u64 = 4 << 20;
/// How long a query to an SQLite file may take, and a command or a query to a server if the list has no `timeout`.
pub(crate) const LIST_TIME: Duration = Duration::from_secs(60);
/// An expression of a rule or a template tag, in bytes. The template engine calls itself for each operator, and limits that for
/// brackets only.
pub(crate) const EXPRESSION: usize = 2000;
