//! Files made from the text of an edition, attached to every letter.

use crate::base::digest::Digest;

/// A file made from the text of an edition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GeneratedFile {
    name: String,
    media_type: &'static str,
    content: String,
}

impl GeneratedFile {
    /// A file under a name of ASCII letters, digits, `-` and `.`.
    pub(crate) fn new(name: String, media_type: &'static str, content: String) -> Self {
        Self { name, media_type, content }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its media type, with its parameters.
    pub fn media_type(&self) -> &'static str {
        self.media_type
    }

    /// Its content.
    pub fn bytes(&self) -> &[u8] {
        self.content.as_bytes()
    }

    /// Its digest, which is part of the edition's.
    pub(crate) fn digest(&self) -> Digest {
        Digest::of([self.name.as_bytes(), self.content.as_bytes()])
    }
}
