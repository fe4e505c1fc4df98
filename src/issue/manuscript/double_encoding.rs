//! Text that was read with the wrong encoding and saved again: `Ã¸` for `ø`.

use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::text::Source;
use crate::base::text_search::CharSet;

const TWICE: Code = Code("NL449");

/// What the letters of Danish, quotation marks, dashes and emoji become. UTF-8 read as Windows-1252 begins with `Ã`, `Â` or
/// `â€`; read as the encoding of old Macs with `√`, and as that of DOS with `├`.
const TRACES: [&str; 14] = ["=C3=", "â€", "â‚¬", "ðŸ", "ï»¿", "√¶", "√∏", "√•", "√ò", "√Ü", "√Ö", "├ª", "├©", "├Ñ"];

/// What such text begins with.
static FIRST: CharSet<8> = CharSet::of(['Ã', 'Â', '=', 'â', 'ð', 'ï', '√', '├']);

/// Reports the first place of such text in a file, once.
pub(crate) fn check(source: &Source, diagnostics: &mut Diagnostics) {
    let text = source.text();
    let trace = |at: usize| {
        let mut pair = text[at..].chars();
        let is_pair = matches!(pair.next(), Some('Ã' | 'Â')) && pair.next().is_some_and(continues);
        let pair_length = text[at..].len() - pair.as_str().len();
        let known = TRACES.into_iter().find(|trace| text[at..].starts_with(trace));
        known.map(str::len).or(is_pair.then_some(pair_length)).map(|length| (at, length))
    };
    let mut traces = FIRST.positions(text).filter_map(trace);
    if let Some((at, length)) = traces.next() {
        let message = message!(
            "`{}` comes from text that was saved as UTF-8 twice",
            "`{}` kommer fra tekst, der er gemt som UTF-8 to gange",
            &text[at..at + length]
        );
        let more = traces.count();
        let message = if more > 0 {
            message!("{message} ({more} more in this file)", "{message} ({more} mere i filen)")
        } else {
            message
        };
        diagnostics.push(Diagnostic::error(TWICE, message).at(source.place(at..at + length)).hint(message!(
            "copy the text again from its source, or open the file as UTF-8 and retype the letters",
            "kopiér teksten igen fra kilden, eller åbn filen som UTF-8, og skriv bogstaverne igen"
        )));
    } else if let Some(at) = text.find('\u{fffd}') {
        let lost = match text.matches('\u{fffd}').count() {
            1 => message!("a character was", "et tegn gik tabt"),
            count => message!("{count} characters were", "{count} tegn gik tabt"),
        };
        diagnostics.push(
            Diagnostic::error(
                TWICE,
                message!(
                    "{lost} lost when this text was saved (`\u{fffd}`)",
                    "{lost}, da teksten blev gemt (`\u{fffd}`)"
                ),
            )
            .at(source.place(at..at + '\u{fffd}'.len_utf8()))
            .hint(message!("retype them, and save the file as UTF-8", "skriv dem igen, og gem filen som UTF-8")),
        );
    }
}

/// Whether a character is what Windows-1252 makes of a byte that continues a character of UTF-8 (0x80 to 0xBF).
fn continues(character: char) -> bool {
    matches!(character, '\u{a0}'..='\u{bf}') || "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ".contains(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reported(text: &str) -> usize {
        let mut diagnostics = Diagnostics::new();
        check(&Source::new("a.md", text), &mut diagnostics);
        diagnostics.len()
    }

    #[test]
    fn letters_that_were_saved_twice_are_reported_once() {
        for text in ["bestyrelsesmÃ¸de pÃ¥ Ã†rÃ¸", "det â€“ ja", "Â» Hej Â«", "kl.Â\u{a0}9", "b√∏rn", "f\u{fffd}rst"]
        {
            assert_eq!(reported(text), 1, "{text}");
        }
        for text in ["»HØR PÅ«", "ÆØÅ æøå é à ü", "SÃO PAULO", "“PÅ”", "Âge", "√2 ≈ 1,41"] {
            assert_eq!(reported(text), 0, "{text}");
        }
    }
}
