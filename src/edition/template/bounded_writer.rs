//! Limits the output of a template, written or only counted.

use std::io;

/// Writes at the end of a buffer, and fails instead of writing more than a limit.
pub(crate) struct BoundedWriter<'a> {
    out: &'a mut Vec<u8>,
    /// How long the buffer may become, in bytes.
    longest: usize,
}

impl<'a> BoundedWriter<'a> {
    /// Writes at most `limit` bytes at the end of this buffer.
    pub(crate) fn new(out: &'a mut Vec<u8>, limit: usize) -> Self {
        let longest = out.len() + limit;
        Self { out, longest }
    }
}

impl io::Write for BoundedWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.out.len() + bytes.len() > self.longest {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.out.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Counts the bytes, and fails where a [`BoundedWriter`] with the same limit does. Nothing is copied: a letter that is only checked
/// costs its values, however long the text around them is.
pub(crate) struct BoundedLength {
    length: usize,
    limit: usize,
}

impl BoundedLength {
    /// Counts at most `limit` bytes.
    pub(crate) fn new(limit: usize) -> Self {
        Self { length: 0, limit }
    }
}

impl io::Write for BoundedLength {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.length + bytes.len() > self.limit {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.length += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_length_is_that_of_what_is_written_and_has_the_same_limit(
            pieces in prop::collection::vec("[a-zæøå€]{0,40}", 0..9),
            limit in 0..300_usize,
        ) {
            let mut out = b"before".to_vec();
            let mut writer = BoundedWriter::new(&mut out, limit);
            let mut length = BoundedLength::new(limit);
            for piece in &pieces {
                let written = [writer.write_all(piece.as_bytes()), length.write_all(piece.as_bytes())];
                let [one, other] = written.map(|written| written.map_err(|error| error.kind()));
                prop_assert_eq!(one, other);
            }
            prop_assert_eq!(out.len() - "before".len(), length.length);
        }
    }
}
