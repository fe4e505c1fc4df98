//! The words that a language needs, by where they stand.

use serde::Serialize;

/// What every letter says by itself, as themes read it: `{{ words.because }}`.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct LetterWords {
    /// Before the reason.
    pub because: &'static str,
    /// The link that ends it.
    pub unsubscribe: &'static str,
    /// The same, where the reader can also leave one series alone.
    pub unsubscribe_all: &'static str,
    /// Over the list of an issue's sections.
    pub contents: &'static str,
    /// The link to the same text on the web.
    pub online: &'static str,
    /// Before what the rest of a text is about: `Read more: Programme`.
    pub more: &'static str,
    /// A task that is done.
    pub done: &'static str,
    /// A task that is not done.
    pub open: &'static str,
    /// Before the words for a picture, in the text part.
    pub picture: &'static str,
    /// Over a notice: `> [!NOTE]`.
    pub note: &'static str,
    /// Over a notice: `> [!TIP]`.
    pub tip: &'static str,
    /// Over a notice: `> [!IMPORTANT]`.
    pub important: &'static str,
    /// Over a notice: `> [!WARNING]`.
    pub warning: &'static str,
    /// Over a notice: `> [!CAUTION]`.
    pub caution: &'static str,
}

/// What is said of an event, and what an author writes before it.
#[derive(Debug)]
pub struct EventWords {
    /// The day and the time.
    pub when: EventLabel,
    /// What is written before a day alone.
    pub day_keys: &'static [&'static str],
    /// Where it is.
    pub place: EventLabel,
    /// Where it can be followed from afar.
    pub online: EventLabel,
    /// What it costs.
    pub price: EventLabel,
    /// Who holds it.
    pub organiser: EventLabel,
    /// How to sign up.
    pub sign_up: EventLabel,
    /// The last day to sign up.
    pub deadline: EventLabel,
    /// The button to sign up; `{title}` is the event's.
    pub sign_up_for: &'static str,
    /// The link to follow it from afar.
    pub join: &'static str,
    /// The text of a link to an event's file for calendars.
    pub add_to_calendar: &'static str,
}

/// Something that is said of an event.
#[derive(Debug)]
pub struct EventLabel {
    /// What readers read before it.
    pub shown: &'static str,
    /// What authors write before it, in lower case.
    pub keys: &'static [&'static str],
}

/// A measure of how hard a text is to read: words a sentence, plus long words in a hundred.
#[derive(Debug)]
pub struct ReadabilityMeasure {
    /// What it is called.
    pub measure: &'static str,
    /// A word with more letters than this is long.
    pub longest_short_word: usize,
    /// From which figure on a text is called what; the lowest first.
    pub levels: &'static [(u32, &'static str)],
}

/// The words of the page that shows every edition of an issue.
#[derive(Debug, Serialize)]
pub struct PreviewWords {
    /// One edition, and several.
    pub editions: [&'static str; 2],
    /// One reader, and several.
    pub readers: [&'static str; 2],
    /// Before the audiences whose members are left out.
    pub leaves_out: &'static str,
    /// Over the text part.
    pub text: &'static str,
    /// The name of a screen.
    pub desktop: &'static str,
    /// The name of a screen.
    pub phone: &'static str,
    /// That nobody on the page exists.
    pub invented: &'static str,
    /// Over the names of the editions.
    pub edition: &'static str,
    /// Over the numbers of their readers.
    pub recipients: &'static str,
    /// Over the table of editions.
    pub overview: &'static str,
    /// Over how large they are.
    pub size: &'static str,
    /// What a large letter comes to.
    pub limit: &'static str,
    /// Over how hard they are to read.
    pub readability: &'static str,
    /// Over the table of blocks.
    pub blocks: &'static str,
    /// Over the names of the blocks.
    pub block: &'static str,
    /// Before the number of a line.
    pub line: &'static str,
    /// That an edition holds a block.
    pub yes: &'static str,
    /// That an edition does not hold a block.
    pub no: &'static str,
    /// Over what `check` says.
    pub warnings: &'static str,
    /// That `check` says nothing.
    pub no_warnings: &'static str,
    /// Over the line that mail programs show.
    pub inbox: &'static str,
    /// Over the letter itself.
    pub letter: &'static str,
    /// Behind the name of a screen.
    pub light: &'static str,
    /// Behind the name of a screen.
    pub dark: &'static str,
    /// For whom the editions are shown, if for one: `{name}`.
    pub one_person: &'static str,
}
