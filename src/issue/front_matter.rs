//! What stands above an issue's text.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::audience::AudienceId;
use crate::base::language::Lang;
use crate::base::source::exemption::Exemptions;
use crate::base::source::span::{Span, Spanned};
use crate::base::value::Value;
use crate::issue::image::HeaderImage;
use crate::issue::series::SeriesId;
use crate::people::person::Localised;
use crate::people::person::mailbox::Mailbox;

/// What stands above the text.
#[derive(Clone, Debug)]
pub struct FrontMatter {
    /// The subject; it may hold template tags, and never a line break.
    pub subject: Localised,
    /// What mail programs show beside the subject; absent: the beginning of the text.
    pub preheader: Option<Localised>,
    /// Where its key stands, also where nothing follows it.
    pub preheader_at: Option<Span>,
    /// Who reads it. Who is in two of them gets the edition of the first. Empty while it is not decided.
    pub audiences: Vec<Spanned<AudienceId>>,
    /// Who is never written to, whatever else they are in.
    pub exclude: Vec<Spanned<AudienceId>>,
    /// Who writes; absent: the project's sender.
    pub from: Option<Mailbox>,
    /// Where answers go; absent: where the project says.
    pub reply_to: Option<Mailbox>,
    /// What its readers read who chose no language; absent: the audience's.
    pub lang: Option<Lang>,
    /// The Date of the letters; absent: `send_at`, or else the moment of sending.
    pub date: Option<Timestamp>,
    /// When `run` sends it; absent: it never does, and `send` does.
    pub send_at: Option<Timestamp>,
    /// After this moment nothing more is sent; absent: no such moment.
    pub send_until: Option<Timestamp>,
    /// Whether it is being written.
    pub draft: DraftStatus,
    /// The theme; absent: the project's.
    pub theme: Option<Spanned<String>>,
    /// A picture above the text; absent: none.
    pub image: Option<HeaderImage>,
    /// A name that stays when the file gets another one; absent: there is none.
    pub slug: Option<String>,
    /// Files that every letter carries, as they were written.
    pub attachments: Vec<Spanned<String>>,
    /// The warnings that its author turned off.
    pub ignore: Exemptions,
    /// Who may read it on the web; absent: nobody.
    pub archive: Option<Spanned<Archive>>,
    /// The author's own values.
    pub params: BTreeMap<String, Value>,
    /// The series it belongs to; absent: the house's own newsletter.
    pub series: Option<Spanned<SeriesId>>,
}

/// Whether an issue is being written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DraftStatus {
    /// It is, and `run` leaves it alone.
    Yes,
    /// It is finished.
    #[default]
    No,
}

/// Who may read an issue on the web.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Archive {
    /// Everybody.
    Public,
    /// Who got it.
    Members,
    /// Nobody.
    None,
}
