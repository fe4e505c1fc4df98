//! The encodings that spreadsheets save lists in: UTF-8, UTF-16 (Excel's "Unicode Text") and Windows-1252 (Excel's
//! plain "CSV").

use std::io::{self, BufRead, BufReader, Read};

use encoding_rs::{DecoderResult, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::base::message::message;

/// How the lines of a list are encoded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// UTF-8, or ASCII throughout.
    #[default]
    Utf8,
    /// Windows-1252: at least one line is not valid UTF-8, and no line with more than ASCII is.
    Windows1252,
}

/// Decodes the lines of one file, and infers its encoding from them.
#[derive(Debug, Default)]
pub(crate) struct LineDecoder {
    encoding: Encoding,
    /// Whether a line with more than ASCII was valid UTF-8.
    has_utf8: bool,
}

impl LineDecoder {
    /// The encoding of the lines so far.
    pub(crate) fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// The text of a line.
    ///
    /// # Errors
    ///
    /// The line is in no known encoding, or in another one than earlier lines; the error is what can be read of
    /// it.
    pub(crate) fn decode(&mut self, bytes: Vec<u8>) -> Result<String, String> {
        match (String::from_utf8(bytes), self.encoding) {
            (Ok(text), Encoding::Utf8) => {
                // A byte-order mark counts: no Windows-1252 file begins with `ï»¿`.
                self.has_utf8 |= !text.is_ascii();
                Ok(text)
            }
            (Ok(text), Encoding::Windows1252) if text.is_ascii() => Ok(text),
            // `Ã¸` in Windows-1252 is `ø` in UTF-8, and hardly anyone writes the former: the file mixes encodings.
            (Ok(text), Encoding::Windows1252) => Err(text.trim_end().to_owned()),
            (Err(error), _) => {
                let text = windows_1252(error.as_bytes()).filter(|_| !self.has_utf8);
                let text = text.ok_or_else(|| String::from_utf8_lossy(error.as_bytes()).trim_end().to_owned())?;
                self.encoding = Encoding::Windows1252;
                Ok(text)
            }
        }
    }
}

/// What a text was before it was saved as UTF-8, read as Windows-1252, and saved as UTF-8 again; `None` if it was not.
pub(crate) fn encoded_twice(text: &str) -> Option<String> {
    // Each letter that was encoded twice begins with one of these: `Ã¸` was `ø`, and `â€“` was a dash.
    if !text.contains(['Ã', 'Â', 'Å', 'Ä', 'â']) {
        return None;
    }
    let (bytes, _, has_other_letters) = WINDOWS_1252.encode(text);
    let text = String::from_utf8(bytes.into_owned()).ok()?;
    (!has_other_letters).then_some(text)
}

/// Decodes UTF-16 in the order of its byte-order mark, or else with the greater byte first (RFC 2781 §4.3).
pub(crate) fn utf_16(bytes: &[u8]) -> String {
    UTF_16BE.decode(bytes).0.into_owned()
}

/// Decodes Windows-1252; `None` where a byte has no character in it, or is NUL.
pub(crate) fn windows_1252(bytes: &[u8]) -> Option<String> {
    let (text, _) = WINDOWS_1252.decode_without_bom_handling(bytes);
    // The WHATWG's table decodes the five bytes without a character (81, 8D, 8F, 90, 9D) as C1 controls.
    let is_undefined = |letter: char| matches!(letter, '\0' | '\u{80}'..='\u{9f}');
    (!text.contains(is_undefined)).then(|| text.into_owned())
}

/// Decodes a file that begins with the byte-order mark of UTF-16; any other file is passed through.
pub(crate) fn utf8<'a>(mut input: impl BufRead + Send + 'a) -> io::Result<Box<dyn BufRead + Send + 'a>> {
    let encoding = match input.fill_buf()? {
        [0xff, 0xfe, ..] => UTF_16LE,
        [0xfe, 0xff, ..] => UTF_16BE,
        _ => return Ok(Box::new(input)),
    };
    let decoder = encoding.new_decoder_with_bom_removal();
    Ok(Box::new(BufReader::new(Utf16 { input, decoder, ended: false })))
}

/// Reads UTF-16 as UTF-8, into buffers of at least 4 bytes: the decoder writes no part of a character.
struct Utf16<R> {
    input: R,
    decoder: encoding_rs::Decoder,
    /// Whether the decoder has seen the end of the file: it panics if it is used after that.
    ended: bool,
}

impl<R: BufRead> Read for Utf16<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while !self.ended {
            let bytes = self.input.fill_buf()?;
            let is_last = bytes.is_empty();
            let (result, read, written) = self.decoder.decode_to_utf8_without_replacement(bytes, into, is_last);
            self.input.consume(read);
            if let DecoderResult::Malformed(..) = result {
                return Err(io::Error::new(
                    io::ErrorKind::InvalidData,
                    message!("it is not valid UTF-16, or is truncated", "den er ikke gyldig UTF-16 eller er afkortet"),
                ));
            }
            self.ended = is_last && result == DecoderResult::InputEmpty;
            if written > 0 {
                return Ok(written);
            }
        }
        Ok(0)
    }
}
