//! What a template writes, up to a limit.

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
