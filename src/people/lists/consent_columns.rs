//! A person's consent, gathered from the columns that record it.

use jiff::civil::Date;

use crate::base::message::Message;
use crate::base::value::Value;
use crate::people::lists::column::ConsentColumn;
use crate::people::lists::mapping::{CellFormat, parse_boolean};
use crate::people::person::Consent;

/// The basis of a consent that is recorded as a plain yes.
const DEFAULT_BASIS: &str = "consent";

/// A consent whose columns are being read.
#[derive(Debug, Default)]
pub(crate) struct ConsentBuilder {
    basis: ConsentBasis,
    at: Option<Date>,
    source: Option<String>,
    text: Option<String>,
}

/// What the column of the basis says.
#[derive(Debug, Default)]
enum ConsentBasis {
    /// Nothing.
    #[default]
    Silent,
    /// They said no, so the other columns do not count.
    No,
    /// They consented, on this basis.
    On(String),
}

impl ConsentBuilder {
    /// Reads a column.
    ///
    /// # Errors
    ///
    /// The text is invalid; the error names what is expected.
    pub(crate) fn read(&mut self, column: ConsentColumn, text: &str, given: Option<&Value>) -> Result<(), Message> {
        if text.is_empty() {
            return Ok(());
        }
        match column {
            ConsentColumn::Basis => {
                // Many lists have a column "samtykke" with a yes or no instead of a basis.
                self.basis = match parse_boolean(text) {
                    Some(true) => ConsentBasis::On(DEFAULT_BASIS.to_owned()),
                    Some(false) => ConsentBasis::No,
                    None => ConsentBasis::On(text.to_owned()),
                }
            }
            ConsentColumn::At => match CellFormat::Date.read(text, given)? {
                Value::Date(day) => self.at = Some(day),
                Value::Bool(_) | Value::Integer(_) | Value::Number(_) | Value::List(_) | Value::Text(_) => {}
            },
            ConsentColumn::Source => self.source = Some(text.to_owned()),
            ConsentColumn::Text => self.text = Some(text.to_owned()),
        }
        Ok(())
    }

    /// The consent; absent if nothing is recorded, or a no. A date, a source or a text without a basis count as a
    /// consent.
    pub(crate) fn build(self) -> Option<Box<Consent>> {
        let Self { basis, at, source, text } = self;
        let basis = match basis {
            ConsentBasis::No => return None,
            ConsentBasis::Silent if at.is_none() && source.is_none() && text.is_none() => return None,
            ConsentBasis::Silent => DEFAULT_BASIS.to_owned(),
            ConsentBasis::On(basis) => basis,
        };
        Some(Box::new(Consent { basis, at, source, text }))
    }
}

impl From<Consent> for ConsentBuilder {
    fn from(Consent { basis, at, source, text }: Consent) -> Self {
        Self { basis: ConsentBasis::On(basis), at, source, text }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(cells: [&str; 4]) -> Option<String> {
        let mut consent = ConsentBuilder::default();
        for (column, text) in
            [ConsentColumn::Basis, ConsentColumn::At, ConsentColumn::Source, ConsentColumn::Text].into_iter().zip(cells)
        {
            consent.read(column, text, None).unwrap();
        }
        consent.build().map(|consent| consent.to_string())
    }

    #[test]
    fn consent_is_what_its_columns_say_together() {
        let all = "member, since 2026-01-12, by aftale, to the text v1";
        assert_eq!(read(["member", "12-01-2026", "aftale", "v1"]).as_deref(), Some(all));
        assert_eq!(read(["Ja", "", "", ""]).as_deref(), Some("consent"));
        assert_eq!(read(["", "12.1.2026", "", ""]).as_deref(), Some("consent, since 2026-01-12"));
        assert_eq!(read(["nej", "12.1.2026", "formular", "v1"]), None);
        assert_eq!(read(["", "", "", ""]), None);
        assert!(ConsentBuilder::default().read(ConsentColumn::At, "i går", None).is_err());
    }
}
