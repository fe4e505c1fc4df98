//! Files made from the text of an edition, attached to every letter.

use jiff::Timestamp;

use crate::base::digest::Digest;

/// A calendar file made from the text of an edition, without the time of creation: that is the Date of the letters,
/// which the plan decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UndatedFile {
    name: String,
    media_type: &'static str,
    head: String,
    tail: String,
    purpose: CalendarPurpose,
}

/// When the calendar files of a letter are made. A calendar keeps the version of an event with the greater number, or else the
/// later moment (RFC 5545 §3.8.7.2 to §3.8.7.4, RFC 5546 §2.1.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CalendarMoment {
    made: Timestamp,
    version: i64,
}

impl CalendarMoment {
    /// The moment of a letter that replaces no earlier one.
    pub fn of(made: Timestamp) -> Self {
        // Minutes, since many programs read the number into 32 bits.
        Self { made, version: made.as_second().div_euclid(60).max(0) }
    }

    /// The Date of the letter.
    pub fn made(self) -> Timestamp {
        self.made
    }

    /// The moment of a letter that was planned after one with this moment, whatever the Dates of both: its version is greater.
    #[must_use]
    pub fn then(self, made: Timestamp) -> Self {
        let next = Self::of(made);
        Self { version: next.version.max(self.version.saturating_add(1)), ..next }
    }
}

/// What a calendar file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CalendarPurpose {
    /// Its event takes place.
    Add,
    /// Its event is cancelled: the entry of a reader who has it changes.
    Cancel,
}

impl UndatedFile {
    /// A calendar file of one event under a name of ASCII letters, digits, `-` and `.`. The time of creation comes
    /// between `head` and `tail`.
    pub(crate) fn calendar(name: String, purpose: CalendarPurpose, head: String, tail: String) -> Self {
        Self { name, media_type: "text/calendar; charset=utf-8", head, tail, purpose }
    }

    /// What it is for.
    pub(crate) fn purpose(&self) -> CalendarPurpose {
        self.purpose
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The file as it is at this moment.
    pub fn dated(&self, moment: CalendarMoment) -> GeneratedFile {
        let CalendarMoment { made, version } = moment;
        let moment = made.strftime("%Y%m%dT%H%M%SZ");
        let dates = format!("DTSTAMP:{moment}\r\nLAST-MODIFIED:{moment}\r\nSEQUENCE:{version}\r\n");
        let content = [self.head.as_str(), &dates, &self.tail].concat();
        GeneratedFile { name: self.name.clone(), media_type: self.media_type, content }
    }

    /// Its digest, which is part of the edition's.
    pub(crate) fn digest(&self) -> Digest {
        Digest::of([&self.name, &self.head, &self.tail].map(String::as_bytes))
    }
}

/// A file made from the text of an edition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GeneratedFile {
    name: String,
    media_type: &'static str,
    content: String,
}

impl GeneratedFile {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its media type, with its parameters.
    pub fn media_type(&self) -> &'static str {
        self.media_type
    }

    /// Its content.
    pub fn text(&self) -> &str {
        &self.content
    }
}
