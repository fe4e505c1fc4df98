//! The entries of `calendar.yaml`: when they are, and the deadlines for draft, approval and sending.

use jiff::Span as Length;
use jiff::civil::Date;

use crate::audience::AudienceId;
use crate::base::source::span::{Span, Spanned};
use crate::issue::series::SeriesId;
use crate::publish::calendar::period::Period;
use crate::publish::calendar::repetition::Repetition;

/// The content of `calendar.yaml`: ids are unique, and each audience and series exists in the project.
#[derive(Clone, Debug, Default)]
pub struct YearCalendar {
    /// The entries, in the order of the file.
    pub entries: Vec<YearEntry>,
}

/// An entry of `calendar.yaml`.
#[derive(Clone, Debug)]
pub struct YearEntry {
    /// Its name, unique in the file: `generalforsamling-2027`. It has small letters, digits and hyphens only.
    pub id: String,
    /// What it is, on one line; never empty.
    pub title: String,
    /// Where it begins in the file.
    pub place: Span,
    /// What kind of thing it is.
    pub kind: EntryKind,
    /// When it is.
    pub time: EntryTime,
    /// Where it is published; empty: nowhere, as for a meeting that is only in the calendar.
    pub channels: Vec<YearChannel>,
    /// Its audiences; empty: not stated.
    pub audiences: Vec<Spanned<AudienceId>>,
    /// The series whose issue it is; absent: that of the newsletter itself, or not stated.
    pub series: Option<Spanned<SeriesId>>,
    /// The person responsible, as written; absent: not stated.
    pub owner: Option<String>,
    /// How firmly it is promised.
    pub priority: EntryPriority,
    /// The latest days of its stages.
    pub deadlines: Deadlines,
    /// The issue that it is, by its file in the project or its slug; absent: it is found by its own key `calendar`, or
    /// by its day.
    pub issue: Option<Spanned<String>>,
    /// Occurrences that are done without a record in the ledger: days of a single entry, periods of a repeated one.
    pub done: Vec<Spanned<Period>>,
}

/// When an entry is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryTime {
    /// Once.
    Once(Period),
    /// Again and again.
    Every(Repetition),
}

/// What kind of thing an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// An issue of a newsletter.
    Newsletter,
    /// A campaign.
    Campaign,
    /// A new version of a product.
    Release,
    /// Something that people attend.
    Event,
    /// A meeting of a board, of members or of a group.
    Meeting,
}

impl EntryKind {
    /// All of them, with their names in the file.
    pub(super) const NAMES: [(&'static str, Self); 5] = [
        ("newsletter", Self::Newsletter),
        ("campaign", Self::Campaign),
        ("release", Self::Release),
        ("event", Self::Event),
        ("meeting", Self::Meeting),
    ];

    /// Its name in the file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Newsletter => "newsletter",
            Self::Campaign => "campaign",
            Self::Release => "release",
            Self::Event => "event",
            Self::Meeting => "meeting",
        }
    }

    /// The channels of an entry that names none.
    pub(super) fn usual_channels(self) -> Vec<YearChannel> {
        match self {
            Self::Newsletter | Self::Campaign | Self::Release => vec![YearChannel::Mail],
            Self::Event | Self::Meeting => Vec::new(),
        }
    }
}

/// Where an entry is published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum YearChannel {
    /// By mail: the ledger knows when.
    Mail,
    /// On a website.
    Web,
    /// On LinkedIn.
    Linkedin,
    /// As a package for product communities.
    Kit,
    /// As talking points for board and secretariat.
    Talkingpoints,
    /// Anything else, such as a magazine or the press: there is no issue of it.
    Other,
}

impl YearChannel {
    /// All of them, with their names in the file.
    pub(super) const NAMES: [(&'static str, Self); 6] = [
        ("mail", Self::Mail),
        ("web", Self::Web),
        ("linkedin", Self::Linkedin),
        ("kit", Self::Kit),
        ("talkingpoints", Self::Talkingpoints),
        ("other", Self::Other),
    ];

    /// Its name in the file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Web => "web",
            Self::Linkedin => "linkedin",
            Self::Kit => "kit",
            Self::Talkingpoints => "talkingpoints",
            Self::Other => "other",
        }
    }
}

/// How firmly an entry is promised, the firmest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntryPriority {
    /// It is a duty: `calendar --check` fails without it.
    Must,
    /// It is planned.
    Should,
    /// It would be good.
    Could,
}

impl EntryPriority {
    /// All of them, with their names in the file.
    pub(super) const NAMES: [(&'static str, Self); 3] =
        [("must", Self::Must), ("should", Self::Should), ("could", Self::Could)];

    /// Its name in the file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Must => "must",
            Self::Should => "should",
            Self::Could => "could",
        }
    }
}

/// A stage on the way of an entry, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntryStage {
    /// There is a draft.
    Draft,
    /// It may be sent: approved if that is required, otherwise no longer a draft.
    Approved,
    /// It is sent, or published.
    Sent,
}

impl EntryStage {
    /// All of them, in their order.
    pub(crate) const ALL: [Self; 3] = [Self::Draft, Self::Approved, Self::Sent];

    /// Its name in the file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Approved => "approved",
            Self::Sent => "sent",
        }
    }
}

/// The latest days of the stages of an entry. If `sent` is not set, it is the promised day of the period.
#[derive(Clone, Debug, Default)]
pub struct Deadlines {
    /// Of the draft.
    pub draft: Option<Deadline>,
    /// Of the approval.
    pub approved: Option<Deadline>,
    /// Of sending it.
    pub sent: Option<Deadline>,
}

/// The latest day of a stage.
#[derive(Clone, Copy, Debug)]
pub enum Deadline {
    /// That long before the promised day: whole days, weeks or months.
    Before(Length),
    /// This day.
    On(Date),
}

impl Deadline {
    /// The day, for an entry that is promised for `promised`.
    pub(super) fn day(self, promised: Date) -> Date {
        match self {
            Self::Before(length) => promised.saturating_sub(length),
            Self::On(day) => day,
        }
    }
}

impl Deadlines {
    /// The one of a stage.
    pub(super) fn of(&self, stage: EntryStage) -> Option<Deadline> {
        match stage {
            EntryStage::Draft => self.draft,
            EntryStage::Approved => self.approved,
            EntryStage::Sent => self.sent,
        }
    }
}

impl YearEntry {
    /// Whether an issue belongs to it.
    pub fn has_issue(&self) -> bool {
        self.issue.is_some() || self.channels.iter().any(|channel| *channel != YearChannel::Other)
    }

    /// Whether the ledger knows when it is done.
    pub fn is_mailed(&self) -> bool {
        self.channels.contains(&YearChannel::Mail)
    }

    /// Whether it is only in the calendar: there is nothing to publish.
    pub fn is_only_a_day(&self) -> bool {
        self.channels.is_empty() && self.issue.is_none()
    }
}
