//! The definition of a language: its words, its date formats and its plural.

use crate::base::language::amounts::{AmountFormats, NumberNeighbours};
use crate::base::language::calendar::{DateFormats, HolidayCalendar};
use crate::base::language::live_preview_words::LivePreviewWords;
use crate::base::language::starter_texts::StarterTexts;
use crate::base::language::words::{
    ArchiveWords, CorrectionWords, DraftTexts, EventWords, KitWords, LeaveWords, LetterWords, NoticeWords,
    PreviewWords, ReadabilityMeasure, ReportWords,
};
use crate::base::language::year_words::YearWords;

/// The texts and formats of one language. Names in braces are replaced by values: `{name}`.
#[derive(Debug)]
pub struct Language {
    /// Its tag (RFC 5646) in lower case, for `lang="…"` and file names: `da`.
    pub tag: &'static str,
    /// The language with the country where most of its readers are, as web pages name it for other sites: `da_DK`.
    pub locale: &'static str,
    /// Its name in the language itself, in lower case.
    pub name: &'static str,
    /// What else people write for it, in lower case: its names in other languages, and codes of three letters.
    pub spellings: &'static [&'static str],
    /// The greeting unless the settings have another; a name may follow it.
    pub greeting: &'static str,
    /// The reason for getting a letter, for an audience that gives none: the end of the sentence that `because` begins.
    /// `{name}` is the audience's.
    pub on_list: &'static str,
    /// The text of the link to unsubscribe from one series only; `{name}` is the series.
    pub leave_series: &'static str,
    /// The words around the author's text.
    pub words: LetterWords,
    /// Dates and times.
    pub calendar: DateFormats,
    /// The public holidays of its country; absent: they are not known.
    pub holidays: Option<HolidayCalendar>,
    /// The index of a word's form for a number: 0 is the first, 1 the second …
    pub plural: fn(f64) -> usize,
    /// The separator of thousands, and the decimal separator.
    pub separators: [char; 2],
    /// Amounts of money, and shares.
    pub amounts: AmountFormats,
    /// What is not separated from a number at the end of a line.
    pub number_neighbours: NumberNeighbours,
    /// The words for yes and no, in lower case.
    pub yes_no: [&'static str; 2],
    /// Where its words are divided.
    pub hyphenation: hypher::Lang,
    /// The labels of an event.
    pub event: EventWords,
    /// A correction of an earlier issue.
    pub correction: CorrectionWords,
    /// The texts of drafts; those of English where nobody has translated them.
    pub drafts: &'static DraftTexts,
    /// What a new project begins with.
    pub starter: StarterTexts,
    /// How text in brackets begins that an author is to replace, in lower case.
    pub to_replace: &'static [&'static str],
    /// Link texts that do not say where the link leads, in lower case.
    pub empty_links: &'static [&'static str],
    /// What authors write before a colon to say who made a picture or where it is from, in lower case.
    pub credits: &'static [&'static str],
    /// Words that a full stop belongs to and that a sentence goes on after, in lower case and without that stop.
    pub abbreviations: &'static [&'static str],
    /// How readability is measured; absent: there is no established measure for this language.
    pub readability: Option<ReadabilityMeasure>,
    /// The words of the preview page.
    pub preview: PreviewWords,
    /// The page of `preview --watch`.
    pub live_preview: LivePreviewWords,
    /// The words of the pages where readers unsubscribe.
    pub leave: LeaveWords,
    /// The words of a package for those who share an issue.
    pub kit: KitWords,
    /// The words of the archive on the web.
    pub archive: ArchiveWords,
    /// The words of the year's calendar.
    pub year: YearWords,
    /// The words of the mails to those who run the newsletter.
    pub notice: NoticeWords,
    /// The words of the report of a year.
    pub report: ReportWords,
    /// The answer to a person who asked for erasure; `{name}` is the newsletter's, `{postal_address}` its sender's.
    pub erasure_notice: &'static str,
    /// The first and last name of an invented person.
    pub example: [&'static str; 2],
}
