//! A file with one message, or an mbox (RFC 4155) with many; it is only read.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use jiff::Timestamp;

use crate::feedback::mailbox::error::MessageFolderError;
use crate::feedback::mailbox::{
    BATCH_MESSAGES, MESSAGE_LIMIT, MessageBatch, MessageFolder, MoveCount, ReceivedMessage,
};

/// A file of messages, or standard input.
pub struct MessageFile {
    name: String,
    reader: Box<dyn BufRead>,
    /// The line that was read last and is not used yet.
    line: Vec<u8>,
    format: FileFormat,
    /// When the file was written; absent: it is a stream.
    written_at: Option<Timestamp>,
}

/// What is in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FileFormat {
    /// One message.
    Message,
    /// Messages that begin with a line `From …`.
    Mbox,
}

impl MessageFile {
    /// Opens a file.
    ///
    /// # Errors
    ///
    /// It cannot be read.
    pub fn open(path: &Path) -> Result<Self, MessageFolderError> {
        let failed = |source| MessageFolderError::Unreadable { path: path.to_owned(), source };
        let file = File::open(path).map_err(failed)?;
        let modified = file.metadata().and_then(|metadata| metadata.modified());
        let written_at = modified.ok().and_then(|time| Timestamp::try_from(time).ok());
        let read = Self::read(path.display().to_string(), Box::new(BufReader::new(file))).map_err(failed)?;
        Ok(Self { written_at, ..read })
    }

    /// Reads from a stream; `name` is for messages.
    ///
    /// # Errors
    ///
    /// It cannot be read.
    pub fn read(name: String, mut reader: Box<dyn BufRead>) -> io::Result<Self> {
        let mut line = Vec::new();
        read_line(&mut *reader, &mut line)?;
        let format = if line.starts_with(b"From ") { FileFormat::Mbox } else { FileFormat::Message };
        Ok(Self { name, reader, line, format, written_at: None })
    }

    /// The next message; `None` at the end.
    fn next(&mut self) -> io::Result<Option<Vec<u8>>> {
        if self.line.is_empty() {
            return Ok(None);
        }
        if self.format == FileFormat::Mbox {
            read_line(&mut *self.reader, &mut self.line)?;
        }
        let mut message = Vec::new();
        let mut after_blank = false;
        while !self.line.is_empty() {
            if self.format == FileFormat::Mbox && after_blank && is_separator(&self.line) {
                break;
            }
            after_blank = matches!(&self.line[..], b"\n" | b"\r\n");
            let room = MESSAGE_LIMIT.saturating_sub(message.len()).min(self.line.len());
            message.extend_from_slice(&self.line[..room]);
            read_line(&mut *self.reader, &mut self.line)?;
        }
        Ok(Some(message))
    }
}

impl MessageFolder for MessageFile {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn read_batch(&mut self, visit: &mut dyn FnMut(ReceivedMessage)) -> Result<MessageBatch, MessageFolderError> {
        for number in 0..BATCH_MESSAGES {
            let message = self
                .next()
                .map_err(|source| MessageFolderError::Unreadable { path: self.name.clone().into(), source })?;
            match message {
                Some(octets) => visit(ReceivedMessage { number, octets, delivered_at: self.written_at }),
                None => return Ok(MessageBatch { is_last: true, ..MessageBatch::default() }),
            }
        }
        Ok(MessageBatch::default())
    }

    fn put_away(&mut self, _: &[usize]) -> Result<MoveCount, MessageFolderError> {
        Ok(MoveCount::default())
    }
}

/// Reads a line with its LF; what is beyond [`MESSAGE_LIMIT`] is skipped. At the end there is none.
fn read_line(reader: &mut dyn BufRead, line: &mut Vec<u8>) -> io::Result<()> {
    line.clear();
    loop {
        let available = match reader.fill_buf() {
            Ok(available) => available,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let end = available.iter().position(|octet| *octet == b'\n').map(|at| at + 1);
        let length = end.unwrap_or(available.len());
        let room = MESSAGE_LIMIT.saturating_sub(line.len()).min(length);
        line.extend_from_slice(&available[..room]);
        reader.consume(length);
        if end.is_some() || length == 0 {
            return Ok(());
        }
    }
}

const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Whether a line begins a message: `From nyt@forening.example Sat Nov 28 21:01:13 2026`. Programs that do not escape lines of
/// the text that begin with `From ` can be distinguished only by the time.
fn is_separator(line: &[u8]) -> bool {
    let Some(rest) = line.strip_prefix(b"From ") else { return false };
    let text = String::from_utf8_lossy(&rest[..rest.len().min(500)]);
    let words: Vec<&str> = text.split_whitespace().collect();
    words.windows(4).any(|words| {
        WEEKDAYS.contains(&words[0])
            && MONTHS.contains(&words[1])
            && words[2].parse::<u8>().is_ok()
            && words[3].contains(':')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(text: &str) -> Vec<String> {
        let reader = Box::new(io::Cursor::new(text.as_bytes().to_vec()));
        let mut file = MessageFile::read("-".to_owned(), reader).unwrap();
        let mut found = Vec::new();
        file.read_batch(&mut |message| found.push(String::from_utf8(message.octets).unwrap())).unwrap();
        found
    }

    #[test]
    fn a_file_is_one_message_or_an_mbox() {
        assert_eq!(messages(""), Vec::<String>::new());
        assert_eq!(messages("Subject: a\n\nFrom anna Sat Nov 28 21:01:13 2026\n").len(), 1);
        let two = "From - Sat Nov 28 21:01:13 2026\nSubject: a\n\nFrom here on\n\nFrom me to you\n\n\
            From nyt@forening.example Sun Nov 29 1:01:13 2026\nSubject: b\n\n>From x\n";
        let expected = ["Subject: a\n\nFrom here on\n\nFrom me to you\n\n", "Subject: b\n\n>From x\n"];
        assert_eq!(messages(two), expected);
    }

    #[test]
    fn a_long_message_is_cut_and_the_next_one_is_read() {
        let long = "x".repeat(2 * MESSAGE_LIMIT);
        let from = "From - Sat Nov 28 21:01:13 2026\n";
        let found = messages(&format!("{from}A: b\n\n{long}\n{long}\n\n{from}C: d\n"));
        assert_eq!(found.iter().map(String::len).collect::<Vec<_>>(), [MESSAGE_LIMIT, 5]);
    }
}
