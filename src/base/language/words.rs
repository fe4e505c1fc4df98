//! The words of a language, grouped by where they are used.

use serde::Serialize;

/// The words of letters, which themes use as `{{ words.because }}`.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct LetterWords {
    /// Before the reason for getting the letter.
    pub because: &'static str,
    /// The unsubscribe link.
    pub unsubscribe: &'static str,
    /// The unsubscribe link of a letter that also has one for its series.
    pub unsubscribe_all: &'static str,
    /// Above the table of contents.
    pub contents: &'static str,
    /// The number of an issue: `{number}`.
    pub number: &'static str,
    /// The link to the same text on the web.
    pub online: &'static str,
    /// The link to the rest of a text, before its subject: `Read more: Programme`.
    pub more: &'static str,
    /// A task that is done.
    pub done: &'static str,
    /// A task that is not done.
    pub open: &'static str,
    /// Before a picture's alternative text, in the text part.
    pub picture: &'static str,
    /// Above the points of a text that come before its first heading.
    pub in_short: &'static str,
    /// Above an alert: `> [!NOTE]`.
    pub note: &'static str,
    /// Above an alert: `> [!TIP]`.
    pub tip: &'static str,
    /// Above an alert: `> [!IMPORTANT]`.
    pub important: &'static str,
    /// Above an alert: `> [!WARNING]`.
    pub warning: &'static str,
    /// Above an alert: `> [!CAUTION]`.
    pub caution: &'static str,
}

/// The words of a draft that corrects an earlier issue.
#[derive(Clone, Copy, Debug)]
pub struct CorrectionWords {
    /// Before the subject of the earlier issue, and before what is right.
    pub label: &'static str,
    /// What its author replaces, without a full stop.
    pub text: &'static str,
}

impl CorrectionWords {
    /// The text that its author replaces, as it is in the draft.
    pub fn in_brackets(self) -> String {
        format!("[{}.]", self.text)
    }
}

/// The texts that drafts begin with. What their author is to write is in brackets.
#[derive(Debug)]
pub struct DraftTexts {
    /// What follows a day that the program has chosen.
    pub check_day: &'static str,
    /// The comment beside several audiences, which are in alphabetical order and should be put in order by the author.
    pub audience_order: &'static str,
    /// The comment beside no audience, in a draft that is published and not mailed: an issue needs at least one.
    pub no_audience: &'static str,
    /// The text of an issue of no kind.
    pub empty: &'static str,
    /// The text of an issue of no kind that is made of news.
    pub news: &'static str,
    /// The kinds of issues that every project has.
    pub kinds: [DraftKind; 7],
}

/// A kind of issue that every project has.
#[derive(Debug)]
pub struct DraftKind {
    /// Its name, the same in all languages.
    pub name: &'static str,
    /// An issue of this kind.
    pub text: &'static str,
}

/// The labels of an event's details, as readers see them and as authors write them.
#[derive(Debug)]
pub struct EventWords {
    /// The day and the time.
    pub when: EventLabel,
    /// The keys of a date without a time.
    pub day_keys: &'static [&'static str],
    /// The keys of a time without a date.
    pub clock_keys: &'static [&'static str],
    /// Where it is.
    pub place: EventLabel,
    /// The link for joining online.
    pub online: EventLabel,
    /// What it costs.
    pub price: EventLabel,
    /// Who organises it.
    pub organiser: EventLabel,
    /// How to sign up.
    pub sign_up: EventLabel,
    /// The last day to sign up.
    pub deadline: EventLabel,
    /// The button to sign up; `{title}` is the event's, so that each link says where it leads.
    pub sign_up_for: &'static str,
    /// The text of the link for joining online.
    pub join: &'static str,
    /// The text of the link to an event's calendar file.
    pub add_to_calendar: &'static str,
    /// The same of an event that does not take place.
    pub update_calendar: &'static str,
    /// Where that file is in a letter: `{file}`.
    pub open_attachment: &'static str,
    /// Between two ways to do something.
    pub or: &'static str,
    /// The values of `status` that say that an event does not take place, in lower case.
    pub cancelled: &'static [&'static str],
    /// The title of an event that does not take place; `{title}` is the event's.
    pub cancelled_title: &'static str,
}

/// The label of a detail of an event.
#[derive(Debug)]
pub struct EventLabel {
    /// The label that readers see.
    pub shown: &'static str,
    /// The keys that authors write, in lower case.
    pub keys: &'static [&'static str],
}

/// A readability measure: words per sentence, plus the percentage of long words.
#[derive(Debug)]
pub struct ReadabilityMeasure {
    /// Its name.
    pub measure: &'static str,
    /// A word with more letters than this is long.
    pub longest_short_word: usize,
    /// The lowest figure of each level and the level's name, the lowest first.
    pub levels: &'static [(u32, &'static str)],
}

/// The words of the preview page, which shows every edition of an issue.
#[derive(Debug, Serialize)]
pub struct PreviewWords {
    /// Singular and plural.
    pub editions: [&'static str; 2],
    /// Singular and plural.
    pub readers: [&'static str; 2],
    /// Before the audiences whose `for` blocks are included.
    pub includes: &'static str,
    /// Before the audiences whose `not` blocks are left out.
    pub leaves_out: &'static str,
    /// Above the text part.
    pub text: &'static str,
    /// The name of a screen.
    pub desktop: &'static str,
    /// The name of a screen.
    pub phone: &'static str,
    /// That the people on the page are invented.
    pub invented: &'static str,
    /// Above the names of the editions.
    pub edition: &'static str,
    /// Above the numbers of their readers.
    pub recipients: &'static str,
    /// Above the table of editions.
    pub overview: &'static str,
    /// Above their sizes.
    pub size: &'static str,
    /// What Gmail does with large letters.
    pub limit: &'static str,
    /// Above their readability.
    pub readability: &'static str,
    /// Above the table of blocks.
    pub blocks: &'static str,
    /// Above the names of the blocks.
    pub block: &'static str,
    /// Before the number of a line.
    pub line: &'static str,
    /// An edition contains a block.
    pub yes: &'static str,
    /// An edition does not contain a block.
    pub no: &'static str,
    /// Above the output of `check`.
    pub warnings: &'static str,
    /// The output of `check` is empty.
    pub no_warnings: &'static str,
    /// Before the code with which a reader approves the issue.
    pub code: &'static str,
    /// Above the line that mail clients show in the inbox.
    pub inbox: &'static str,
    /// Above the letter itself.
    pub letter: &'static str,
    /// The colour scheme, after the name of a screen.
    pub light: &'static str,
    /// The colour scheme, after the name of a screen.
    pub dark: &'static str,
    /// The person whose letter is shown: `{name}`.
    pub one_person: &'static str,
}

/// The words of the mails to those who run the newsletter. `{issue}` is the issue's file, `{time}` a moment.
#[derive(Debug)]
pub struct NoticeWords {
    /// The subject when an issue is done.
    pub done_subject: &'static str,
    /// What a relay has accepted: `{accepted}` of `{recipients}`.
    pub done: &'static str,
    /// What was written to the outbox: `{accepted}` of `{recipients}`.
    pub written: &'static str,
    /// Above the reasons why letters were not accepted, each with its number of letters.
    pub not_accepted: &'static str,
    /// Above the domains that refused letters.
    pub domains: &'static str,
    /// How many letters were cancelled.
    pub cancelled: &'static str,
    /// Where to read more.
    pub done_more: &'static str,
    /// The subject when an issue is blocked.
    pub blocked_subject: &'static str,
    /// Above what blocks it.
    pub blocked: &'static str,
    /// What to do about it.
    pub blocked_more: &'static str,
    /// The subject when it is blocked no longer.
    pub recovered_subject: &'static str,
    /// That it is not.
    pub recovered: &'static str,
}

/// The words of the pages where readers unsubscribe. `{name}` is what they leave: the newsletter or one of its series;
/// `{address}` is the address that they can write to.
#[derive(Debug, Serialize)]
pub struct LeaveWords {
    /// The heading of the page with the button: `{name}`.
    pub heading: &'static str,
    /// What the button does, where there is nothing to choose.
    pub press: &'static str,
    /// Above the choices.
    pub what: &'static str,
    /// The choice of one series: `{name}`.
    pub one_series: &'static str,
    /// The choice of everything.
    pub everything: &'static str,
    /// The choice of some of the series.
    pub some: &'static str,
    /// Above the series that can be kept.
    pub keep: &'static str,
    /// The button.
    pub button: &'static str,
    /// The heading once it is done.
    pub done: &'static str,
    /// The reader has left these: `{name}`.
    pub left: &'static str,
    /// Between the last two names of a list.
    pub and: &'static str,
    /// The reader has left everything.
    pub left_everything: &'static str,
    /// The reader has kept every series.
    pub left_nothing: &'static str,
    /// The wish is received, and carried out later.
    pub received: &'static str,
    /// That a letter may still come.
    pub on_its_way: &'static str,
    /// How to undo it: `{address}`.
    pub undo: &'static str,
    /// That the link is that of a test, so that nobody has left.
    pub test: &'static str,
    /// The heading where it could not be recorded.
    pub failed: &'static str,
    /// What to do then: `{address}`.
    pub try_again: &'static str,
    /// The heading where the link has no token.
    pub broken: &'static str,
    /// What to do then: `{address}`.
    pub write_to_us: &'static str,
}

/// The words of the report of a year.
#[derive(Debug)]
pub struct ReportWords {
    /// The heading: `{name}` is the newsletter, `{year}` the year.
    pub title: &'static str,
    /// Where nothing was sent: `{year}`.
    pub nothing: &'static str,
    /// The day on which the figures were counted.
    pub as_of: &'static str,
    /// Above all of the year.
    pub year: &'static str,
    /// Above the figures of all of the year.
    pub number: &'static str,
    /// Above the months.
    pub by_month: &'static str,
    /// Above the audiences.
    pub by_audience: &'static str,
    /// Above the topics.
    pub by_topic: &'static str,
    /// Above the issues.
    pub each_issue: &'static str,
    /// Above what the calendar promised.
    pub promises: &'static str,
    /// How much it promised.
    pub promised: &'static str,
    /// How much of that is done.
    pub done: &'static str,
    /// How much is late.
    pub late: &'static str,
    /// How much is to come.
    pub to_come: &'static str,
    /// Above the names of months.
    pub month: &'static str,
    /// Above the names of audiences.
    pub audience: &'static str,
    /// Above topics.
    pub topic: &'static str,
    /// In place of the topic of issues without one.
    pub no_topic: &'static str,
    /// Above days.
    pub date: &'static str,
    /// Above the subjects of issues.
    pub subject: &'static str,
    /// How many issues.
    pub issues: &'static str,
    /// How many editions.
    pub editions: &'static str,
    /// How many letters, sent or not.
    pub recipients: &'static str,
    /// How many letters a mail server accepted.
    pub sent: &'static str,
    /// How many letters it refused.
    pub refused: &'static str,
    /// How many letters it never got.
    pub not_sent: &'static str,
    /// How many letters came back.
    pub bounced: &'static str,
    /// How many letters were reported as spam.
    pub complained: &'static str,
    /// How many readers unsubscribed.
    pub left: &'static str,
    /// How many readers of an audience got its first issue of the year.
    pub first: &'static str,
    /// The same of its last one.
    pub last: &'static str,
    /// The difference of both.
    pub change: &'static str,
    /// Before the sums.
    pub total: &'static str,
    /// What the bars of the months show.
    pub months_plot: &'static str,
    /// What the bars of the audiences show.
    pub audiences_plot: &'static str,
    /// What the bars of the topics show.
    pub topics_plot: &'static str,
    /// The same, where a year has more topics than there are bars.
    pub most_topics_plot: &'static str,
    /// Above the files of issues, in a spreadsheet; the next six are column headers there too.
    pub file: &'static str,
    /// How many letters were not sent, since their readers are suppressed.
    pub suppressed: &'static str,
    /// The same, since they had expired.
    pub expired: &'static str,
    /// The same, since their issue was cancelled.
    pub cancelled: &'static str,
    /// How many letters are in doubt: sent or not.
    pub in_doubt: &'static str,
    /// How many letters are not sent yet.
    pub open: &'static str,
    /// Where the figures of an issue are from.
    pub record: &'static str,
    /// That they are from the ledger, and that they are from a receipt.
    pub records: [&'static str; 2],
    /// What the words above mean, in sentences.
    pub explained: [&'static str; 5],
}

impl ReportWords {
    /// The heading of a newsletter's year.
    pub fn title(&self, name: &str, year: i16) -> String {
        self.title.replace("{year}", &year.to_string()).replace("{name}", name)
    }

    /// On which day the figures were counted.
    pub fn as_of(&self, date: &str) -> String {
        self.as_of.replace("{date}", date)
    }

    /// That nothing was sent in a year.
    pub fn nothing(&self, year: i16) -> String {
        self.nothing.replace("{year}", &year.to_string())
    }
}

/// The words of the archive on the web: its index, the pages of its years, and the foot of each issue's page.
#[derive(Debug, Serialize)]
pub struct ArchiveWords {
    /// The heading of the index, and the link to it.
    pub all: &'static str,
    /// The heading of the page of a year: `{year}`.
    pub of_year: &'static str,
    /// The name of the list of years, which screen readers say.
    pub years: &'static str,
    /// The link to the feed.
    pub feed: &'static str,
    /// Before the languages in which an issue can be read too.
    pub languages: &'static str,
    /// The link to the accessibility statement.
    pub accessibility: &'static str,
    /// That there is no issue yet.
    pub empty: &'static str,
}

/// The words of a package for those who share an issue in channels of their own.
#[derive(Debug, Serialize)]
pub struct KitWords {
    /// The name of the page that says how to use the package, without its ending.
    pub readme: &'static str,
    /// The name of the list of pictures, without its ending.
    pub picture_list: &'static str,
    /// The heading of the page.
    pub title: &'static str,
    /// What the package is.
    pub intro: &'static str,
    /// Before the address of the issue's page.
    pub online: &'static str,
    /// Above the files with text.
    pub texts: &'static str,
    /// What the HTML is for.
    pub html: &'static str,
    /// What the Markdown is for.
    pub markdown: &'static str,
    /// What the text without markup is for.
    pub text: &'static str,
    /// What the post for LinkedIn is for.
    pub linkedin: &'static str,
    /// What the calendar file is for.
    pub calendar: &'static str,
    /// Above the pictures.
    pub pictures: &'static str,
    /// What to do with a picture.
    pub use_pictures: &'static str,
    /// Before the alternative text of a picture.
    pub alternative_text: &'static str,
    /// Before what is written below a picture.
    pub caption: &'static str,
    /// In place of the alternative text of a decoration.
    pub decoration: &'static str,
    /// Before the address to write to.
    pub questions: &'static str,
}
