//! Passwords and tokens, which must never be printed, and where they are kept.

use std::fmt;
use std::path::PathBuf;

/// A text whose `Debug` output is `…`; it has no `Display`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a text.
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The text, for the one place that needs it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// Where a secret is kept; never the secret itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SecretSource {
    /// A variable of the environment.
    Env(String),
    /// A file; a relative path is below the project's folder.
    File(PathBuf),
    /// The standard output of a command.
    Command(String),
}
