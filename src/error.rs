//! What stops a run, and the exit status it ends with.

use std::io;
use std::path::PathBuf;

use thiserror::Error as ThisError;

/// A cause that stops the whole run; mistakes in an author's files are [`Diagnostics`](crate::source::Diagnostics),
/// and a refused letter is an [`Outcome`](crate::report::Outcome).
#[derive(Debug, ThisError)]
pub enum Error {
    /// A file of the project could not be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file, as the person would name it.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A file could not be written.
    #[error("cannot write {}", path.display())]
    Write {
        /// The file, as the person would name it.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
}
