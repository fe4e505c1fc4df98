//! The data that the archive of a newsletter is made from.

use jiff::ZonedDateTime;
use serde::Serialize;

use crate::base::language::Lang;
use crate::publish::page_frame::{LanguagePage, PageLook};

/// The data of the archive.
#[derive(Clone, Debug)]
pub struct WebArchive {
    /// The name of the newsletter.
    pub name: String,
    /// The whole address of its folder, with a slash at its end.
    pub url: String,
    /// The language of the index.
    pub lang: Lang,
    /// How it looks.
    pub look: PageLook,
    /// The logo; absent: the name is written.
    pub logo: Option<ArchiveLogo>,
    /// The address of the accessibility statement; absent: none.
    pub accessibility: Option<String>,
    /// The issues, the newest first.
    pub issues: Vec<ArchiveIssue>,
}

/// The sender's logo.
#[derive(Clone, Debug, Serialize)]
pub struct ArchiveLogo {
    /// Its file, below the archive's folder, or its whole address.
    pub file: String,
    /// The one for dark mode; absent: the same.
    pub dark: Option<String>,
    /// The width it is shown at, in pixels.
    pub width: u32,
}

/// An issue in the archive.
#[derive(Clone, Debug)]
pub struct ArchiveIssue {
    /// The whole address of its page in its own language.
    pub url: String,
    /// Its subject.
    pub title: String,
    /// Its preheader.
    pub description: String,
    /// The language of its own text.
    pub lang: Lang,
    /// Its number; absent: it has none.
    pub number: Option<String>,
    /// When it was published.
    pub published: ZonedDateTime,
    /// The name of its series; absent: it belongs to the newsletter itself.
    pub series: Option<String>,
    /// Its pages in other languages.
    pub other_languages: Vec<LanguagePage>,
    /// A small picture; absent: none.
    pub thumbnail: Option<Thumbnail>,
}

/// A small picture of an issue.
#[derive(Clone, Debug)]
pub struct Thumbnail {
    /// Its whole address.
    pub url: String,
    /// Its width in pixels; it is shown at half of it.
    pub width: u32,
    /// Its height in pixels.
    pub height: u32,
}
