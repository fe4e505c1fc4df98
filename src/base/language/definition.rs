//! What a language is: its words, its dates and its plural.

use crate::base::language::calendar::DateFormats;
use crate::base::language::words::{EventWords, LetterWords, PreviewWords, ReadabilityMeasure};

/// All that the program says in one language. Texts in braces stand for what is filled in: `{name}`.
#[derive(Debug)]
pub struct Language {
    /// Its tag (RFC 5646) in lower case, for `lang="…"` and file names: `da`.
    pub tag: &'static str,
    /// What its speakers call it.
    pub name: &'static str,
    /// What else people write for it, in lower case: in other languages, and as codes of three letters.
    pub spellings: &'static [&'static str],
    /// How a letter begins where the settings say nothing; a name may follow it.
    pub greeting: &'static str,
    /// Why somebody gets a letter, where their audience says nothing: ends the sentence that `because` begins. `{name}`
    /// is the audience's.
    pub on_list: &'static str,
    /// What leaves one series alone is called; `{name}` is the series.
    pub leave_series: &'static str,
    /// What stands round the author's text.
    pub words: LetterWords,
    /// Days and times.
    pub calendar: DateFormats,
    /// Which form of a word goes with a number: 0 is the first, 1 the second …
    pub plural: fn(f64) -> usize,
    /// What stands between thousands, and before the decimals.
    pub separators: [char; 2],
    /// The labels of an event.
    pub event: EventWords,
    /// Texts of links that do not say where they lead, in lower case.
    pub empty_links: &'static [&'static str],
    /// How hard a text is to read is measured so; absent: there is no measure that is known for this language.
    pub readability: Option<ReadabilityMeasure>,
    /// The page of a preview.
    pub gallery: PreviewWords,
    /// The answer to somebody who asked to be forgotten; `{name}` is the newsletter's, `{postal_address}` its sender's.
    pub forgotten: &'static str,
    /// Somebody who does not exist: first and last name.
    pub example: [&'static str; 2],
}
