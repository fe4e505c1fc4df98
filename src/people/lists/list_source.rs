//! Where the list of an audience is.

use std::path::Path;
use std::time::Duration;

use crate::base::database::url::Server;
use crate::base::secret::SecretSource;

/// Where the list of an audience is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ListSource {
    /// A file.
    File {
        /// Its path in the project.
        path: String,
        /// How it is read.
        options: FileOptions,
    },
    /// An SQLite database.
    Sqlite {
        /// Its path in the project.
        path: String,
        /// The query.
        query: String,
    },
    /// A database of a PostgreSQL server.
    Postgres(Box<ServerQuery>),
    /// A command that prints the list.
    Command {
        /// The program and its arguments.
        words: Vec<String>,
        /// The format that it prints.
        format: ListFormat,
        /// How long it may take.
        timeout: Duration,
    },
}

/// A query, and the server that runs it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ServerQuery {
    /// The server.
    pub server: Server,
    /// Where the password is; absent: where libpq looks for it.
    pub password: Option<SecretSource>,
    /// The query.
    pub query: String,
    /// How long it may take.
    pub timeout: Duration,
}

/// How a file is read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileOptions {
    /// Its format.
    pub format: ListFormat,
    /// The sheet of a workbook; absent: the only one with content, or the first with addresses.
    pub sheet: Option<String>,
}

/// The format of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ListFormat {
    /// Cells separated by `;`, `,` or tabs.
    Csv,
    /// One object per line.
    JsonLines,
    /// An array of objects.
    Json,
    /// A list of mappings, as under `recipients`.
    Yaml,
    /// A workbook.
    Workbook(WorkbookKind),
}

/// The file format of a workbook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WorkbookKind {
    /// Excel 2007 and later.
    Xlsx,
    /// `LibreOffice`.
    Ods,
}

impl ListFormat {
    /// The names of the formats.
    pub const NAMES: [(&'static str, Self); 6] = [
        ("csv", Self::Csv),
        ("jsonl", Self::JsonLines),
        ("json", Self::Json),
        ("yaml", Self::Yaml),
        ("xlsx", Self::Workbook(WorkbookKind::Xlsx)),
        ("ods", Self::Workbook(WorkbookKind::Ods)),
    ];

    /// The format of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, format)| *format)
    }

    /// The format of a file by its extension; CSV if that is unknown.
    pub fn of_path(path: &str) -> Self {
        let extension = Path::new(path).extension().and_then(|text| text.to_str()).unwrap_or_default();
        match extension.to_ascii_lowercase().as_str() {
            "ndjson" => Self::JsonLines,
            "yml" => Self::Yaml,
            "xlsm" => Self::Workbook(WorkbookKind::Xlsx),
            other => Self::named(other).unwrap_or(Self::Csv),
        }
    }

    /// Whether it can be read as a stream, without seeking.
    pub fn is_stream(self) -> bool {
        match self {
            Self::Csv | Self::JsonLines | Self::Json => true,
            Self::Yaml | Self::Workbook(_) => false,
        }
    }
}

impl ListSource {
    /// A file with this path, in the format of its extension.
    pub fn file(path: String) -> Self {
        let options = FileOptions { format: ListFormat::of_path(&path), sheet: None };
        Self::File { path, options }
    }

    /// The name of the list in messages and origins of people.
    pub fn name(&self) -> String {
        match self {
            Self::File { path, .. } | Self::Sqlite { path, .. } => path.clone(),
            Self::Postgres(query) => match &query.server.database {
                Some(database) => format!("PostgreSQL at {}/{database}", query.server),
                None => format!("PostgreSQL at {}", query.server),
            },
            Self::Command { words, .. } => format!("`{}`", words.join(" ")),
        }
    }

    /// The path of the file; absent if it is not a file.
    pub fn path(&self) -> Option<&str> {
        match self {
            Self::File { path, .. } | Self::Sqlite { path, .. } => Some(path),
            Self::Postgres(_) | Self::Command { .. } => None,
        }
    }
}
