//! What each part of a theme must contain.

use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::span::floor_char_boundary;
use crate::base::source::text::Source;
use crate::base::text_search;
use crate::edition::theme::files::ThemeFile;
use crate::edition::theme::template_values::ThemeContext;

/// A theme leaves something out.
pub(super) const INCOMPLETE: Code = Code("NL522");

/// The number of bytes of a piece that are searched for first.
const PIECE_START: usize = 64;

/// Whether a part contains a piece. The piece may be nearly as long as the part, so only its beginning is searched for,
/// and the rest compared.
fn holds(part: &str, piece: &str) -> bool {
    let start = &piece[..floor_char_boundary(piece, PIECE_START)];
    text_search::positions(part, start).any(|at| part[at..].starts_with(piece))
}

/// Reports what every part must contain and the theme leaves out: the text, the reason, the postal address, and how to
/// unsubscribe.
pub(super) fn check(part: &str, pieces: &ThemeContext, source: &Source, diagnostics: &mut Diagnostics) {
    let address = pieces.postal_address.first().map_or("", String::as_str);
    let needed = [
        ("content", pieces.content.as_str()),
        ("reason", &pieces.reason),
        ("unsubscribe", &pieces.unsubscribe),
        ("postal_address", address),
    ];
    let file = source.path().rsplit('/').next().unwrap_or_default();
    let page = ThemeFile::Letter.name();
    for (name, _) in needed.into_iter().filter(|(_, piece)| !holds(part, piece)) {
        let file = if file == page && name != "content" { ThemeFile::Footer.name() } else { file };
        diagnostics.push(
            Diagnostic::error(
                INCOMPLETE,
                message!(
                    "the theme leaves out `{name}`, which every letter must have",
                    "temaet udelader `{name}`, som hver mail skal have"
                ),
            )
            .at(source.line(1))
            .hint(message!(
                "see where the built-in theme has it: templates/default/{file} of this program",
                "se, hvor det indbyggede tema har det: programmets templates/default/{file}"
            )),
        );
    }
}
