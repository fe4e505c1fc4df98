//! Why somebody may be written to, gathered from the columns that say it.

use jiff::civil::Date;

use crate::base::value::Value;
use crate::people::lists::column::ConsentColumn;
use crate::people::lists::mapping::{CellFormat, boolean};
use crate::people::person::Consent;

/// The ground of somebody who said yes, where nothing more is written.
const AGREED: &str = "consent";

/// What is known of somebody's consent while their columns are read one by one.
#[derive(Debug, Default)]
pub(crate) struct ConsentBuilder {
    basis: ConsentBasis,
    at: Option<Date>,
    source: Option<String>,
    text: Option<String>,
}

/// What the column of the ground itself says.
#[derive(Debug, Default)]
enum ConsentBasis {
    /// Nothing.
    #[default]
    Silent,
    /// That they said no: what the other columns say is of no use.
    No,
    /// That they may be written to, on this ground.
    On(String),
}

impl ConsentBuilder {
    /// Notes what a column says; what was expected, where it says something else.
    pub(crate) fn note(&mut self, proof: ConsentColumn, text: &str, given: Option<&Value>) -> Result<(), &'static str> {
        if text.is_empty() {
            return Ok(());
        }
        match proof {
            ConsentColumn::Basis => {
                self.basis = match boolean(text) {
                    Some(true) => ConsentBasis::On(AGREED.to_owned()),
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

    /// The consent; absent where nothing is written, or a no. A day, a source or a text without a ground are those of
    /// a consent.
    pub(crate) fn consent(self) -> Option<Box<Consent>> {
        let Self { basis, at, source, text } = self;
        let basis = match basis {
            ConsentBasis::No => return None,
            ConsentBasis::Silent if at.is_none() && source.is_none() && text.is_none() => return None,
            ConsentBasis::Silent => AGREED.to_owned(),
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
        let mut grounds = ConsentBuilder::default();
        for (proof, text) in
            [ConsentColumn::Basis, ConsentColumn::At, ConsentColumn::Source, ConsentColumn::Text].into_iter().zip(cells)
        {
            grounds.note(proof, text, None).unwrap();
        }
        grounds.consent().map(|it| it.to_string())
    }

    #[test]
    fn consent_is_what_its_columns_say_together() {
        let all = "member, since 2026-01-12, by aftale, to the text v1";
        assert_eq!(read(["member", "12-01-2026", "aftale", "v1"]).as_deref(), Some(all));
        assert_eq!(read(["Ja", "", "", ""]).as_deref(), Some("consent"));
        assert_eq!(read(["", "12.1.2026", "", ""]).as_deref(), Some("consent, since 2026-01-12"));
        assert_eq!(read(["nej", "12.1.2026", "formular", "v1"]), None);
        assert_eq!(read(["", "", "", ""]), None);
        assert!(ConsentBuilder::default().note(ConsentColumn::At, "i går", None).is_err());
    }
}
