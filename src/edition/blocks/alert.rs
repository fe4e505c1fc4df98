//! The title of a notice: `> [!NOTE]`.

use comrak::nodes::AlertType;

use crate::base::language::words::LetterWords;

/// The title of a kind of notice that has none of its own.
pub(crate) fn title(kind: AlertType, words: &LetterWords) -> &'static str {
    match kind {
        AlertType::Note => words.note,
        AlertType::Tip => words.tip,
        AlertType::Important => words.important,
        AlertType::Warning => words.warning,
        AlertType::Caution => words.caution,
    }
}
