//! The bytes of lists, as the programs that people have write them: UTF-8, UTF-16 (Excel's "Unicode text") and
//! Windows-1252 (Excel's plain "CSV").

use std::io::{self, BufRead, Read};

/// How the lines of a list are encoded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// UTF-8, as far as it can be told: no line had anything but ASCII, or all were UTF-8.
    #[default]
    Utf8,
    /// Windows-1252: some line was not UTF-8, and none that had more than ASCII was.
    Windows1252,
}

/// Turns the lines of one file into text, and learns from them how they are encoded.
#[derive(Debug, Default)]
pub(crate) struct Decoder {
    encoding: Encoding,
    /// Whether a line so far was UTF-8 and more than ASCII.
    proved: bool,
}

impl Decoder {
    /// How the lines so far were encoded.
    pub(crate) fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// A line's text; where it fits no encoding, or another one than the lines before it, what can be read of it.
    pub(crate) fn decode(&mut self, bytes: Vec<u8>) -> Result<String, String> {
        match (String::from_utf8(bytes), self.encoding) {
            (Ok(text), Encoding::Utf8) => {
                // A byte-order mark proves it, too.
                self.proved |= !text.is_ascii();
                Ok(text)
            }
            (Ok(text), Encoding::Windows1252) if text.is_ascii() => Ok(text),
            // Two bytes that are one letter of UTF-8 are two rare signs of Windows-1252: the file is a mixture.
            (Ok(text), Encoding::Windows1252) => Err(text.trim_end().to_owned()),
            (Err(error), _) => {
                let text = windows_1252(error.as_bytes()).filter(|_| !self.proved);
                let text = text.ok_or_else(|| String::from_utf8_lossy(error.as_bytes()).trim_end().to_owned())?;
                self.encoding = Encoding::Windows1252;
                Ok(text)
            }
        }
    }
}

/// The text of bytes in Windows-1252; none where there is a byte that it has no character for, or a NUL.
fn windows_1252(bytes: &[u8]) -> Option<String> {
    const HIGH: [char; 32] = [
        '€', '\0', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\0', 'Ž', '\0', '\0', '‘', '’', '“', '”',
        '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\0', 'ž', 'Ÿ',
    ];
    let letter = |byte: &u8| match byte {
        0 => None,
        0x80..=0x9f => Some(HIGH[usize::from(byte - 0x80)]).filter(|letter| *letter != '\0'),
        other => Some(char::from(*other)),
    };
    bytes.iter().map(letter).collect()
}

/// The list as UTF-8 where it begins with the byte-order mark of UTF-16; otherwise as it is.
pub(crate) fn utf8<'a>(mut input: impl BufRead + 'a) -> io::Result<Box<dyn BufRead + 'a>> {
    let start = input.fill_buf()?;
    let order = match start {
        [0xff, 0xfe, ..] => u16::from_le_bytes as fn([u8; 2]) -> u16,
        [0xfe, 0xff, ..] => u16::from_be_bytes,
        _ => return Ok(Box::new(input)),
    };
    input.consume(2);
    Ok(Box::new(io::BufReader::new(Utf16 { input, order, high: None, ready: Vec::new() })))
}

/// Reads UTF-16 as UTF-8.
struct Utf16<R> {
    input: R,
    order: fn([u8; 2]) -> u16,
    /// The first half of a pair that is not complete.
    high: Option<u16>,
    /// What is decoded and not read yet.
    ready: Vec<u8>,
}

impl<R: BufRead> Read for Utf16<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.ready.is_empty() {
            let Some(unit) = self.unit()? else { break };
            let units = self.high.take().into_iter().chain([unit]);
            if (0xd800..0xdc00).contains(&unit) {
                self.high = Some(unit);
                continue;
            }
            for letter in char::decode_utf16(units) {
                let letter = letter.map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
                self.ready.extend(letter.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
        let count = self.ready.len().min(into.len());
        into[..count].copy_from_slice(&self.ready[..count]);
        self.ready.drain(..count);
        Ok(count)
    }
}

impl<R: BufRead> Utf16<R> {
    /// The next unit; a lone byte at the end is the mark of a file that was cut off.
    fn unit(&mut self) -> io::Result<Option<u16>> {
        let mut bytes = [0; 2];
        let mut read = 0;
        while read < 2 {
            match self.input.read(&mut bytes[read..])? {
                0 => break,
                count => read += count,
            }
        }
        match read {
            0 if self.high.is_none() => Ok(None),
            2 => Ok(Some((self.order)(bytes))),
            _ => Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the file ends in the middle of a letter")),
        }
    }
}
