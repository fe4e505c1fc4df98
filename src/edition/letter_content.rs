//! The content of one person's letter, whose HTML part is written straight into the letter.

use minijinja::Value;

use crate::edition::compiled::{
    Edition, HTML, LetterRecipient, PREHEADER, SUBJECT, TEXT, TransferEncoding, UnfilledValue, one_line, personal,
};

/// The content of one person's letter. Its HTML part, which is most of it, is not stored here: it is written straight
/// into the letter.
#[derive(Debug)]
pub(crate) struct LetterContent<'e> {
    edition: &'e Edition,
    values: Value,
    /// The subject, on one line.
    pub(crate) subject: String,
    /// The text part, encoded.
    pub(crate) text: String,
    /// How it is encoded.
    pub(crate) text_encoding: TransferEncoding,
}

impl Edition {
    /// The content of the letter of one person.
    ///
    /// # Errors
    /// As [`personalise`](Self::personalise), except for values that only the HTML part prints.
    pub(crate) fn letter_content(&self, reader: &LetterRecipient<'_>) -> Result<LetterContent<'_>, UnfilledValue> {
        let values = self.values(personal(reader))?;
        match self.parts_beside_html(&values) {
            Ok((subject, filled)) => {
                let (text, text_encoding) = self.text(&filled);
                Ok(LetterContent { edition: self, values, subject, text, text_encoding })
            }
            // The HTML part comes before the text part: if both lack a value, the place in the HTML part is reported.
            Err(unfilled) => Err(self.content(&values).err().unwrap_or(unfilled)),
        }
    }

    /// The subject, and the records of the text part.
    fn parts_beside_html(&self, values: &Value) -> Result<(String, String), UnfilledValue> {
        let subject = one_line(&self.render(SUBJECT, values)?);
        // It is in the HTML part as well; it is rendered here to check that it can be.
        if self.parts.get(PREHEADER).is_some_and(|part| !part.tags.is_empty()) {
            self.render(PREHEADER, values)?;
        }
        Ok((subject, self.render(TEXT, values)?))
    }

    /// About how many octets the parts of a letter have.
    pub(crate) fn letter_size(&self) -> usize {
        [HTML, TEXT].iter().map(|part| self.expected_size(part)).sum()
    }
}

impl LetterContent<'_> {
    /// Writes the HTML part in quoted-printable: lines of at most 76 ASCII characters with CRLF, none begins with a dot.
    ///
    /// # Errors
    /// As [`personalise`](Edition::personalise).
    pub(crate) fn write_html(&self, out: &mut Vec<u8>) -> Result<(), UnfilledValue> {
        self.edition.render_to(HTML, &self.values, out)
    }
}
