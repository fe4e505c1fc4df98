//! The octets of a letter, in one buffer from its template to the socket.

use std::ops::Deref;

/// The octets of a letter: header and body, as they are kept in a file.
///
/// Before the letter the buffer has room for header fields that are known only after the rest: signatures. Inserting
/// them moves nothing.
#[derive(Debug)]
pub struct LetterBytes {
    /// The room that is left, and behind it the letter.
    buffer: Vec<u8>,
    /// Where the letter begins.
    start: usize,
    lines: LineForm,
}

/// How the lines of a letter are sent by SMTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LineForm {
    /// As they are: none begins with a dot, and the last one ends with CRLF.
    AsSent,
    /// Unknown: they are examined, and changed if necessary (RFC 5321 §4.5.2).
    Any,
}

impl LetterBytes {
    /// An empty letter in this buffer, whose content is dropped, with `room` octets before it.
    ///
    /// What is written must be in the form in which it is sent: fields of a header, or parts in quoted-printable, base64 or
    /// plain lines, none of which begins with a dot, each with its CRLF.
    pub(super) fn begin(mut buffer: Vec<u8>, room: usize) -> Self {
        buffer.clear();
        buffer.resize(room, 0);
        Self { buffer, start: room, lines: LineForm::AsSent }
    }

    /// Makes sure that this many octets fit without another allocation.
    pub(super) fn reserve(&mut self, octets: usize) {
        self.buffer.reserve(octets);
    }

    /// Writes pieces at the end.
    pub(super) fn push(&mut self, pieces: &[&str]) {
        for piece in pieces {
            self.buffer.extend_from_slice(piece.as_bytes());
        }
    }

    /// The buffer, at whose end a part of the letter is written.
    pub(super) fn end(&mut self) -> &mut Vec<u8> {
        &mut self.buffer
    }

    /// Puts header fields before the letter. Only where there is too little room for them, the letter moves.
    pub(super) fn put_before(&mut self, fields: &[u8]) {
        if let Some(start) = self.start.checked_sub(fields.len()) {
            self.buffer[start..self.start].copy_from_slice(fields);
            self.start = start;
        } else {
            self.buffer.splice(..self.start, fields.iter().copied());
            self.start = 0;
        }
    }

    /// How its lines are sent.
    pub(crate) fn lines(&self) -> LineForm {
        self.lines
    }

    /// The buffer, to be used for another letter.
    pub(crate) fn into_buffer(self) -> Vec<u8> {
        self.buffer
    }
}

/// A letter that was written elsewhere: its lines may be of any form.
impl From<Vec<u8>> for LetterBytes {
    fn from(buffer: Vec<u8>) -> Self {
        Self { buffer, start: 0, lines: LineForm::Any }
    }
}

impl Deref for LetterBytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.buffer[self.start..]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_put_into_the_room_before_a_letter_or_move_it() {
        for room in 0..12 {
            let mut letter = LetterBytes::begin(b"another letter".to_vec(), room);
            letter.push(&["c: 3\r\n", "\r\n"]);
            letter.put_before(b"b: 2\r\n");
            letter.put_before(b"a: 1\r\n");
            assert_eq!(&*letter, b"a: 1\r\nb: 2\r\nc: 3\r\n\r\n", "{room}");
        }
    }
}
