//! The texts of an issue for one channel.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::audience::channel::Channel;
use crate::base::error::Error;
use crate::base::language::Lang;
use crate::base::source::diagnostic::Diagnostics;
use crate::edition::compile;
use crate::edition::compiled::Edition;
use crate::edition::generated_file::CalendarMoment;
use crate::issue::Issue;
use crate::issue::edition_key::EditionKey;
use crate::issue::front_matter::Archive;
use crate::issue::slug::slug;
use crate::letter::decoded;
use crate::ops::blocked::{Blocked, GuardFailure};
use crate::ops::ledgers;
use crate::ops::prepared_issue::PreparedIssue;
use crate::ops::web_pages::{text_langs, unfilled_error};
use crate::publish::article::Article;
use crate::publish::article::reader::{self, ArticleHead};
use crate::publish::written_files::ChannelFile;

/// The text of an issue for a channel in one language.
#[derive(Debug)]
pub struct ChannelText {
    /// The key of its edition.
    pub key: EditionKey,
    /// Its text. Pictures and calendar files have the names that they have on a web page.
    pub article: Article,
    /// Its edition, which has the pictures and the calendar files.
    pub edition: Edition,
}

/// Checks that everyone may read an issue.
///
/// # Errors
///
/// It is for its members only, or does not say that it is public.
pub fn check_public(issue: &Issue) -> Result<(), GuardFailure> {
    match issue.front.archive.as_ref().map(|archive| archive.value) {
        Some(Archive::Public) => Ok(()),
        Some(Archive::Members) => Err(GuardFailure::MembersOnly { issue: issue.id.clone() }),
        Some(Archive::None) | None => Err(GuardFailure::NotPublic { issue: issue.id.clone() }),
    }
}

/// The texts of a channel, one for each language of the issue, the issue's own first. Talking points may be of any issue; for the
/// others it must be public.
///
/// # Errors
///
/// The issue is not for everyone, or its text for the channel has errors.
pub fn compile(prepared: &PreparedIssue<'_>, channel: Channel) -> Result<(Vec<ChannelText>, Diagnostics), Blocked> {
    match channel {
        Channel::Web | Channel::LinkedIn => check_public(&prepared.inputs.issue)?,
        Channel::TalkingPoints => {}
    }
    let inputs = &prepared.inputs;
    let context = inputs.surroundings().of_pages();
    let not = inputs.manuscripts.followed_audiences().leaves_out;
    let (mut texts, mut diagnostics) = (Vec::new(), Diagnostics::new());
    let mut langs: Vec<Lang> = text_langs(&inputs.manuscripts, inputs.native).collect();
    langs.sort_by_key(|lang| *lang != inputs.native);
    for lang in langs {
        let key = EditionKey::of_channel(channel, lang, not.clone());
        let manuscript = inputs.manuscripts.in_lang(lang);
        diagnostics.extend(manuscript.diagnostics().clone());
        let (edition, found) = compile::edition(manuscript, &key, &context, &inputs.theme, &inputs.pictures);
        diagnostics.extend(found);
        let Some(edition) = edition else { continue };
        match article(&edition) {
            Ok(article) => texts.push(ChannelText { key, article, edition }),
            Err(unfilled) => {
                diagnostics.extend(unfilled.iter().map(|unfilled| unfilled_error(unfilled, channel)).collect());
            }
        }
    }
    inputs.apply_exemptions(&mut diagnostics);
    inputs.project.settings().ignore.apply(&mut diagnostics);
    diagnostics.sort();
    if diagnostics.has_errors() { Err(Blocked::Diagnostics(diagnostics)) } else { Ok((texts, diagnostics)) }
}

/// The article of an edition of a channel besides letters.
///
/// # Errors
///
/// Values of a reader that it prints.
pub fn article(edition: &Edition) -> Result<Article, Vec<crate::edition::compiled::UnfilledValue>> {
    let content = decoded::article(edition)?;
    let head = ArticleHead { subject: &content.subject, description: &content.preheader, lang: edition.text_tag() };
    Ok(reader::read(&content.html, head))
}

/// The moment of the calendar files of an issue without a known date: every export of it is the same, and a letter with
/// the same event is newer.
pub const UNDATED: Timestamp = Timestamp::UNIX_EPOCH;

/// The moment of an issue: its date, else its `send_at`, else when it was sent; absent: none of them is known.
///
/// # Errors
///
/// The ledger cannot be read.
pub fn moment(prepared: &PreparedIssue<'_>) -> Result<Option<Timestamp>, Error> {
    let (inputs, front) = (&prepared.inputs, &prepared.inputs.issue.front);
    if let Some(moment) = front.date.or(front.send_at) {
        return Ok(Some(moment));
    }
    let Some(mut ledger) = ledgers::open_to_read(&inputs.project)? else { return Ok(None) };
    Ok(ledgers::plan_of(&inputs.project, &mut *ledger, &inputs.issue.id)?.map(|plan| plan.frozen_at))
}

/// The files of some texts, in a folder: pictures under the names that their author gave them, and calendar files.
#[derive(Debug, Default)]
pub struct TextFiles {
    /// The name of each file in the folder, by its name on a web page.
    pub names: BTreeMap<String, String>,
    /// The files.
    pub files: Vec<ChannelFile>,
}

impl TextFiles {
    /// The pictures that some texts show.
    pub fn pictures(texts: &[ChannelText]) -> Self {
        let mut files = Self::default();
        for text in texts {
            let named: BTreeMap<String, _> =
                text.edition.named_pictures().map(|(picture, path)| (picture.file_name(), (picture, path))).collect();
            for shown in text.article.shown_files() {
                let Some((picture, path)) = named.get(&shown).filter(|_| !files.names.contains_key(&shown)) else {
                    continue;
                };
                let name = files.free_name(&readable_name(path, &shown));
                files.files.push(ChannelFile::new(name.clone(), &picture.bytes()[..]));
                files.names.insert(shown, name);
            }
        }
        files
    }

    /// Adds the calendar files of a text, made at a moment; `suffix` is put before the ending of each name.
    pub fn add_calendar(&mut self, text: &ChannelText, made: Timestamp, suffix: &str) -> BTreeMap<String, String> {
        let mut names = BTreeMap::new();
        for file in text.edition.enclosures() {
            let dated = file.dated(CalendarMoment::of(made));
            let (stem, ending) = dated.name().rsplit_once('.').unwrap_or((dated.name(), "ics"));
            let name = self.free_name(&format!("{stem}{suffix}.{ending}"));
            self.files.push(ChannelFile::new(name.clone(), dated.text()));
            names.insert(dated.name().to_owned(), name);
        }
        names
    }

    /// A name that no file has yet: `kort.png`, `kort-2.png`.
    fn free_name(&self, name: &str) -> String {
        let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
        let numbered = (2..).map(|number: u32| format!("{stem}-{number}.{ending}"));
        let is_free = |name: &String| !self.files.iter().any(|file| file.name == *name);
        std::iter::once(name.to_owned()).chain(numbered).find(is_free).unwrap_or_default()
    }
}

/// The name of a picture: that of its author's file in letters that every website can have, with the ending of its format.
fn readable_name(path: &str, file_name: &str) -> String {
    let file = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let stem = slug(file.rsplit_once('.').map_or(file, |(stem, _)| stem));
    let ending = file_name.rsplit_once('.').map_or("", |(_, ending)| ending);
    if stem.is_empty() { file_name.to_owned() } else { format!("{stem}.{ending}") }
}
