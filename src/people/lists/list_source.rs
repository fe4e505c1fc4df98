//! Where the people of an audience are kept.

use std::path::Path;
use std::time::Duration;

use crate::base::database::url::Server;
use crate::base::secret::SecretSource;

/// Where the people of an audience are kept.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ListSource {
    /// In a file, by its path in the project.
    File {
        /// The path.
        path: String,
        /// What is in it.
        table: FileOptions,
    },
    /// In a database of SQLite.
    Sqlite {
        /// Its path in the project.
        path: String,
        /// What is asked.
        query: String,
    },
    /// In a database on a server of PostgreSQL.
    Postgres(Box<ServerQuery>),
    /// In another system, behind a command that prints them.
    Command {
        /// The program and its arguments.
        words: Vec<String>,
        /// What it prints.
        format: ListFormat,
        /// How long it may take.
        timeout: Duration,
    },
}

/// What a server is asked for, and how it is reached.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ServerQuery {
    /// The server.
    pub server: Server,
    /// Where the password is found; absent: where PostgreSQL's own programs look for it.
    pub password: Option<SecretSource>,
    /// What is asked.
    pub query: String,
    /// How long the answer may take.
    pub timeout: Duration,
}

/// What a file is made of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FileOptions {
    /// Its format.
    pub format: ListFormat,
    /// The sheet of a workbook; absent: the only one, or the first with addresses.
    pub sheet: Option<String>,
}

/// The format of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ListFormat {
    /// Cells with `;`, `,` or tabs between them.
    Csv,
    /// One object a line.
    JsonLines,
    /// A list of objects.
    Json,
    /// A list of groups of keys, as `recipients` is one.
    Yaml,
    /// A workbook.
    Workbook(WorkbookKind),
}

/// Who writes a workbook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WorkbookKind {
    /// Excel, since 2007.
    Xlsx,
    /// `LibreOffice`.
    Ods,
}

impl ListFormat {
    /// The formats that can be named.
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
        Self::NAMES.iter().find(|(it, _)| it.eq_ignore_ascii_case(name)).map(|(_, format)| *format)
    }

    /// The format of a file by the ending of its name; anything that is not known is CSV.
    pub fn of_path(path: &str) -> Self {
        let ending = Path::new(path).extension().and_then(|it| it.to_str()).unwrap_or_default().to_ascii_lowercase();
        match ending.as_str() {
            "ndjson" => Self::JsonLines,
            "yml" => Self::Yaml,
            "xlsm" => Self::Workbook(WorkbookKind::Xlsx),
            other => Self::named(other).unwrap_or(Self::Csv),
        }
    }

    /// Whether it can be read from the beginning to the end, as a command prints it.
    pub fn is_stream(self) -> bool {
        match self {
            Self::Csv | Self::JsonLines | Self::Json => true,
            Self::Yaml | Self::Workbook(_) => false,
        }
    }
}

impl ListSource {
    /// A file of which only the path is written.
    pub fn file(path: String) -> Self {
        let table = FileOptions { format: ListFormat::of_path(&path), sheet: None };
        Self::File { path, table }
    }

    /// What the list is called in messages and beside each person.
    pub fn name(&self) -> String {
        match self {
            Self::File { path, .. } | Self::Sqlite { path, .. } => path.clone(),
            Self::Postgres(asked) => match &asked.server.database {
                Some(database) => format!("PostgreSQL at {}/{database}", asked.server),
                None => format!("PostgreSQL at {}", asked.server),
            },
            Self::Command { words, .. } => format!("`{}`", words.join(" ")),
        }
    }

    /// The file that it lies in; absent where it is in no file.
    pub fn path(&self) -> Option<&str> {
        match self {
            Self::File { path, .. } | Self::Sqlite { path, .. } => Some(path),
            Self::Postgres(_) | Self::Command { .. } => None,
        }
    }
}
