//! Texts in a list that are probably mistakes, each kind reported once per column with its number of rows.

use std::collections::BTreeMap;

use crate::base::csv::encoding::encoded_twice;
use crate::base::message::message;
use crate::base::noun;
use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::base::source::span::Span;

const NO_VALUE: Code = Code("NL270");
const GARBLED: Code = Code("NL271");

/// What databases, spreadsheets and scripts write for a value that is missing or cannot be computed. `Null` in mixed case is a
/// surname.
const NO_VALUES: [&str; 13] =
    ["NULL", "null", "(null)", "<null>", "None", "nil", "undefined", "NaN", "nan", "N/A", "n/a", "#N/A", "#I/T"];

/// The suspicious texts of one list.
#[derive(Default)]
pub(super) struct SuspiciousTexts(BTreeMap<(String, TextFault), RowCount>);

/// What is wrong with a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum TextFault {
    NoValue,
    Garbled,
}

/// The rows with one kind of text in one column.
struct RowCount {
    rows: usize,
    text: String,
    place: Span,
}

impl SuspiciousTexts {
    /// Notes the text of a cell.
    pub(super) fn note(&mut self, field: &str, text: &str, place: impl FnOnce() -> Span) {
        let fault = if NO_VALUES.contains(&text) {
            TextFault::NoValue
        } else if !text.is_ascii() && (text.contains('\u{fffd}') || encoded_twice(text).is_some()) {
            TextFault::Garbled
        } else {
            return;
        };
        let count = self.0.entry((field.to_owned(), fault));
        count.or_insert_with(|| RowCount { rows: 0, text: text.to_owned(), place: place() }).rows += 1;
    }

    /// A problem for each column and kind.
    pub(super) fn finish(self) -> impl Iterator<Item = Diagnostic> {
        self.0.into_iter().map(|((field, fault), RowCount { rows, text, place })| {
            let rows = noun::ROW.count(rows as u64);
            match (fault, encoded_twice(&text)) {
                (TextFault::NoValue, _) => {
                    let message = message!(
                        "{field} is the word {text} in {rows}, and letters would print it",
                        "{field} er ordet {text} i {rows}, og mailene ville vise det"
                    );
                    Diagnostic::warning(NO_VALUE, message).at(place).hint(message!(
                        "leave the cell empty where there is no value",
                        "lad cellen være tom, hvor der ingen værdi er"
                    ))
                }
                (TextFault::Garbled, Some(meant)) => {
                    let message = message!(
                        "{field} is garbled in {rows}: {text:?} was saved as UTF-8 twice",
                        "{field} er ødelagt i {rows}: {text:?} er gemt som UTF-8 to gange"
                    );
                    let hint = message!(
                        "export the list again as UTF-8; here it should be {meant:?}",
                        "eksportér listen igen som UTF-8; her skulle der stå {meant:?}"
                    );
                    Diagnostic::warning(GARBLED, message).at(place).hint(hint)
                }
                (TextFault::Garbled, None) => {
                    let message = message!(
                        "{field} is garbled in {rows}: {text:?} has lost letters",
                        "{field} er ødelagt i {rows}: {text:?} har mistet bogstaver"
                    );
                    Diagnostic::warning(GARBLED, message)
                        .at(place)
                        .hint(message!("export the list again as UTF-8", "eksportér listen igen som UTF-8"))
                }
            }
        })
    }
}
