//! The trait of values that are parsed from one line of text.

use crate::base::source::diagnostic::Diagnostic;

/// A value that is written as one line of text, such as an address or a duration.
pub trait FromText: Sized {
    /// Reads the text.
    ///
    /// # Errors
    ///
    /// What is wrong, and how to write it under this `key`; the caller adds the location.
    fn from_text(text: &str, key: &str) -> Result<Self, Box<Diagnostic>>;
}
