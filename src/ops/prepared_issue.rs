//! An issue with everything it needs read, checked and compiled: one step before its plan.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use jiff::tz::TimeZone;

use crate::audience::AudienceId;
use crate::audience::audiences::Audiences;
use crate::audience::membership::Membership;
use crate::base::digest::{Digest, HmacKey};
use crate::base::error::Error;
use crate::base::language::Lang;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::text::Source;
use crate::edition;
use crate::edition::compiled::Edition;
use crate::edition::context::EditionContext;
use crate::edition::images::placement::Placement;
use crate::edition::theme::Theme;
use crate::issue::Issue;
use crate::issue::edition_key::EditionKey;
use crate::issue::manuscript::matrix::BlockMatrix;
use crate::issue::manuscript::snippets;
use crate::issue::manuscript::{self, ManuscriptContext, Manuscripts};
use crate::issue::series::SeriesId;
use crate::letter::dkim::Signers;
use crate::letter::headers::CommonHeaders;
use crate::letter::message_id::MessageIds;
use crate::letter::mime::Attachment;
use crate::letter::plan::{Fingerprint, Plan, PlannedLetters, TransportKind};
use crate::letter::purpose::LetterPurpose;
use crate::letter::selection::{self, Selection, SelectionContext};
use crate::letter::unsubscribe_links::UnsubscribeOptions;
use crate::ops::web_pages::{ArchiveSite, WebPage};
use crate::people::person::mailbox::Mailbox;
use crate::project::files;
use crate::project::pictures::IssuePictures;
use crate::project::resolved_audiences::ResolvedAudiences;
use crate::project::texts::IssueTexts;
use crate::project::translations::IssueFiles;
use crate::project::{Project, digest_without};

const UNKNOWN_FIELD: Code = Code("NL603");
const NO_AUDIENCE: Code = Code("NL604");
const ATTACHMENT: Code = Code("NL605");

/// What may be asked of everybody, whether or not anybody of this project has it.
pub(crate) const USUAL_FIELDS: [&str; 9] =
    ["email", "name", "first_name", "last_name", "lang", "greeting", "audience", "params", "unsubscribe_url"];

/// What is known of an issue once all its files are read: its readers, and an edition for each of them.
#[derive(Debug)]
pub struct PreparedIssue<'p> {
    /// The issue.
    pub issue: Issue,
    /// Who is in the project's audiences.
    pub membership: Membership,
    /// Who gets which edition.
    pub selection: Arc<Selection>,
    /// The editions by their ids.
    pub editions: BTreeMap<String, Edition>,
    /// What each edition is for.
    pub keys: BTreeMap<String, EditionKey>,
    /// Which block is in which edition.
    pub matrix: BlockMatrix,
    /// Its texts, read and checked.
    pub manuscripts: Manuscripts,
    /// What everybody can read of it on the web.
    pub pages: Vec<WebPage>,
    /// What the mail is made from.
    pub fingerprint: Fingerprint,
    /// The digest of the issue's own text.
    pub content: Digest,
    /// The language of the issue's own text.
    pub(crate) native: Lang,
    /// Where everybody can read it; absent: nowhere.
    pub(crate) site: Option<ArchiveSite>,
    /// The project, with the name and the looks of the issue's series.
    pub(crate) project: Cow<'p, Project>,
    pub(crate) audiences: Audiences,
    pub(crate) theme: Theme,
    pub(crate) pictures: IssuePictures,
    pub(crate) texts: IssueTexts,
    attachments: Vec<Attachment>,
}

impl<'p> PreparedIssue<'p> {
    /// Reads the issue at a path, the project's audiences and people, the theme and the pictures, and compiles every
    /// edition that somebody reads, and one for each audience in any case. Absent where mistakes leave nothing to show.
    ///
    /// # Errors
    ///
    /// A file cannot be read; mistakes in files are diagnostics.
    pub fn of(project: &'p Project, path: &Path) -> Result<(Option<Self>, Diagnostics), Error> {
        let (prepared, mut diagnostics) = Self::read(project, path)?;
        if let Some(prepared) = &prepared {
            prepared.excuse(&mut diagnostics);
            if !diagnostics.has_errors() {
                diagnostics.extend(prepared.issue.front.ignore.needless(&diagnostics));
            }
        }
        project.settings().ignore.apply(&mut diagnostics);
        Ok((prepared, diagnostics))
    }

    /// Turns off the warnings that the issue and the settings turn off.
    pub fn excuse(&self, diagnostics: &mut Diagnostics) {
        self.issue.front.ignore.apply(diagnostics);
        self.project.settings().ignore.apply(diagnostics);
    }

    fn read(project: &'p Project, path: &Path) -> Result<(Option<Self>, Diagnostics), Error> {
        let IssueFiles { source, issue, unread, mut diagnostics } = project.issue(path)?;
        let texts = IssueTexts::new(project, path);
        let (readers, more) = project.readers()?;
        diagnostics.extend(more);
        let ids: BTreeSet<AudienceId> = readers.audiences.ids().cloned().collect();
        let with = ManuscriptContext { audiences: &ids, texts: &texts, surroundings: &[] };
        check_drafts(&unread, with, &mut diagnostics);
        let Some(issue) = issue.map(|issue| snippets::with_snippets(issue, &texts, &mut diagnostics)) else {
            return Ok((None, diagnostics));
        };
        let project = project.as_of(&issue);
        known_audiences(&issue, &source, &readers.audiences, &mut diagnostics);
        project.check_signed(&issue, &mut diagnostics);
        let Some(theme) = project.theme(&issue, &mut diagnostics)? else { return Ok((None, diagnostics)) };
        let native = project.native(&issue, &readers.audiences);
        let site = ArchiveSite::of(&project, &issue, native, &mut diagnostics);
        let around = Surroundings::of(&project, &readers.audiences, native, site.as_ref());
        let surroundings = around.texts(&theme);
        let manuscripts = Manuscripts::read(&issue, ManuscriptContext { surroundings: &surroundings, ..with });
        let not = manuscripts.not_audiences();
        let choice = SelectionContext {
            audiences: &readers.audiences,
            membership: &readers.membership,
            not: &not,
            lang: project.settings().lang,
        };
        let selection = selection::select(&issue, &choice);
        let read = selection.editions();
        let matrix = manuscripts.matrix();
        let audiences: Vec<AudienceId> = issue.front.audiences.iter().map(|audience| audience.value.clone()).collect();
        diagnostics.extend(matrix.check(&audiences, &read));
        diagnostics.extend(project.check_languages(&manuscripts, &choice, &read));
        let wanted: BTreeSet<EditionKey> =
            read.into_iter().chain(selection::default_editions(&issue, &choice)).collect();
        let pictures = IssuePictures::new(&project, path);
        let mut fingerprint = fingerprint(&readers, (&issue, &source), &texts);
        let attachments = read_attachments(&issue, &pictures, (&mut fingerprint, &mut diagnostics));
        let mut prepared = Self {
            content: Digest::of([issue.text().as_bytes()]),
            issue,
            membership: readers.membership,
            selection: Arc::new(selection),
            editions: BTreeMap::new(),
            keys: BTreeMap::new(),
            matrix,
            manuscripts,
            pages: Vec::new(),
            fingerprint,
            native,
            site,
            project,
            audiences: readers.audiences,
            theme,
            pictures,
            texts,
            attachments,
        };
        diagnostics.extend(prepared.compile(&Vec::from_iter(wanted)));
        Ok((Some(prepared), diagnostics))
    }

    /// Compiles the editions of these keys and the pages, and checks them together.
    fn compile(&mut self, keys: &[EditionKey]) -> Diagnostics {
        self.fingerprint.insert("the theme".to_owned(), self.theme.digest());
        self.fingerprint.insert("newsletter.yaml".to_owned(), self.project.fingerprint.clone());
        let mut diagnostics = self.complete(keys);
        diagnostics.extend(self.compile_pages());
        diagnostics.extend(self.unknown_fields());
        diagnostics.extend(self.project.check_greetings(&self.editions));
        diagnostics
    }

    /// Compiles the editions of these keys that are not there yet.
    pub fn complete(&mut self, keys: &[EditionKey]) -> Diagnostics {
        let mut diagnostics = Diagnostics::new();
        for key in keys {
            if self.keys.contains_key(&key.id()) {
                continue;
            }
            let Some(audience) = self.audiences.named(&key.audience) else { continue };
            let manuscript = self.manuscripts.in_lang(key.lang);
            diagnostics.extend(manuscript.diagnostics().clone());
            let mut frame = self.project.frame(Some(audience), self.native);
            frame.series = self.series().map(|_| self.project.settings().name.clone());
            let lang = manuscript.language(key.lang, self.native);
            frame.online = self.site.as_ref().and_then(|site| site.url(lang));
            let (edition, more) = edition::compile(manuscript, key, &frame, &self.theme, &self.pictures);
            diagnostics.extend(more);
            let Some(edition) = edition else { continue };
            for picture in edition.pictures() {
                self.fingerprint.insert(format!("the picture {}", picture.cid()), Digest::of([&picture.bytes()[..]]));
            }
            self.keys.insert(key.id(), key.clone());
            self.editions.insert(key.id(), edition);
        }
        diagnostics
    }

    /// Compiles the pages of an issue that is for everybody.
    fn compile_pages(&mut self) -> Diagnostics {
        let Some(site) = &self.site else { return Diagnostics::new() };
        let context = self.project.frame(None, self.native);
        let (pages, diagnostics) = site.compile(&self.manuscripts, &context, &self.theme, &self.pictures);
        self.pages = pages;
        diagnostics
    }

    /// A variable that nobody has a value for is a slip of the pen, or a list whose people are not at hand.
    fn unknown_fields(&self) -> Diagnostics {
        let fields = self.membership.fields().keys().map(String::as_str);
        // The footer's own, in an issue of a series.
        let footer = self.series().map(|_| "unsubscribe_series_url");
        let known: BTreeSet<&str> = fields.chain(USUAL_FIELDS).chain(footer).collect();
        let mut diagnostics = Diagnostics::new();
        for variable in self.editions.values().flat_map(Edition::variables) {
            let name = variable.name.split('.').next().unwrap_or_default();
            if known.contains(name) {
                continue;
            }
            let unknown = Diagnostic::unknown(UNKNOWN_FIELD, "field", name, known.iter().copied());
            diagnostics.push(unknown.as_warning().at(variable.place.clone()));
        }
        diagnostics
    }

    /// The plan, to be frozen with its letters.
    ///
    /// # Errors
    ///
    /// The project's key cannot be read or made.
    pub fn plan(&self, transport: TransportKind, now: Timestamp) -> Result<(Plan, PlannedLetters), Error> {
        let domain = self.from().address.domain().to_owned();
        let message_ids = MessageIds { key: self.project.key()?, domain };
        let letters = PlannedLetters::new(self.issue.id.clone(), Arc::clone(&self.selection), message_ids);
        let plan = Plan {
            issue: self.issue.id.clone(),
            series: self.series().cloned(),
            transport,
            date: self.date(now),
            fingerprint: self.fingerprint.clone(),
            editions: self.selection.editions().into_iter().collect(),
        };
        Ok((plan, letters))
    }

    /// Lays the pictures that readers get from the web into the project's folder `public/`; how many are new there, and
    /// the address that the folder must be published at. `None` where pictures travel in the letters.
    ///
    /// # Errors
    ///
    /// A file cannot be written.
    pub fn publish(&self) -> Result<Option<(usize, &str)>, Error> {
        let mut new = 0;
        let mut address = None;
        for edition in self.editions.values() {
            let Placement::Hosted { .. } = edition.placement() else { continue };
            address = self.project.settings().public_url.as_deref();
            for picture in edition.pictures() {
                let path = self.project.public().join(picture.file_name());
                // A name says what is in the file, so that one which is there need not be written again.
                if !path.exists() {
                    files::write_over(&path, picture.bytes())?;
                    new += 1;
                }
            }
        }
        Ok(address.map(|url| (new, url)))
    }

    /// The Date of its letters: the issue's `date`, else its `send_at`, else the moment given.
    pub fn date(&self, now: Timestamp) -> String {
        let front = &self.issue.front;
        self.moment(front.date.or(front.send_at).unwrap_or(now))
    }

    /// A moment as a Date header says it, in the project's zone.
    pub fn moment(&self, moment: Timestamp) -> String {
        let zoned = moment.to_zoned_datetime(self.project.settings().timezone.clone());
        // RFC 5322 cannot write years before 1 or after 9999, and jiff has no others after 9999; before 1 nobody mails.
        DateTimePrinter::new().zoned_datetime_to_string(&zoned).unwrap_or_else(|_| utc(moment))
    }

    /// What every letter bears that leaves.
    ///
    /// # Errors
    ///
    /// A secret of the settings cannot be read, or a DKIM key.
    pub fn masthead(&self, date: String) -> Result<CommonHeaders, Error> {
        Ok(CommonHeaders { signers: self.project.signers()?, ..self.unsigned_masthead(date)? })
    }

    /// The same without signatures, for letters that only are looked at: the keys to sign with lie where letters are sent
    /// from, and nowhere else.
    ///
    /// # Errors
    ///
    /// A secret of the settings cannot be read.
    pub fn unsigned_masthead(&self, date: String) -> Result<CommonHeaders, Error> {
        Ok(self.masthead_with(date, [self.project.key()?, self.project.unsubscribe_key()?]))
    }

    /// The same with other keys: of letters and boundaries, and of the tokens for leaving.
    pub(crate) fn masthead_with(&self, date: String, [key, unsubscribe]: [HmacKey; 2]) -> CommonHeaders {
        let settings = self.project.settings();
        let from = self.from().clone();
        let reply_to = self.issue.front.reply_to.clone().or_else(|| settings.reply_to.clone());
        let answers = reply_to.as_ref().map_or(&from.address, |mailbox| &mailbox.address);
        CommonHeaders {
            bounces_to: settings.bounces_to.clone().unwrap_or_else(|| from.address.clone().into()),
            date,
            series: self.series().map(|series| (series.clone(), settings.name.clone())),
            lists: self.audiences.iter().map(|audience| (audience.id.clone(), audience.name.clone())).collect(),
            unsubscribe: UnsubscribeOptions {
                url: settings.unsubscribe.url.clone(),
                mailto: settings.unsubscribe.mailto.clone().unwrap_or_else(|| answers.clone()),
                key: unsubscribe,
            },
            attachments: self.attachments.clone(),
            key,
            purpose: LetterPurpose::Mailing,
            signers: Signers::default(),
            from,
            reply_to,
        }
    }

    /// The series of the issue; absent: it is of the house's own newsletter.
    pub fn series(&self) -> Option<&SeriesId> {
        self.issue.front.series.as_ref().map(|series| &series.value)
    }

    pub(crate) fn from(&self) -> &Mailbox {
        self.issue.front.from.as_ref().unwrap_or(&self.project.settings().from)
    }
}

fn utc(moment: Timestamp) -> String {
    let zoned = moment.to_zoned_datetime(TimeZone::UTC);
    DateTimePrinter::new().zoned_datetime_to_string(&zoned).unwrap_or_default()
}

/// What a translation adds to the fingerprint.
fn translation_fingerprint(source: &Source) -> (String, Digest) {
    (format!("the translation {}", source.path()), Digest::of([source.text().as_bytes()]))
}

/// What is wrong with texts whose front matter has mistakes of its own.
fn check_drafts(unread: &[Source], context: ManuscriptContext<'_>, diagnostics: &mut Diagnostics) {
    for (source, body) in unread.iter().filter_map(|source| Some((source, Issue::body_of(source)?))) {
        let (whole, body, more) = snippets::expand_snippets(source, body, context.texts);
        diagnostics.extend(more);
        diagnostics.extend(manuscript::check_draft(&whole, body, context));
    }
}

/// What the editions of an issue put around its text.
struct Surroundings {
    frames: Vec<EditionContext>,
    page: Option<String>,
}

impl Surroundings {
    fn of(project: &Project, audiences: &Audiences, native: Lang, site: Option<&ArchiveSite>) -> Self {
        Self {
            frames: audiences.iter().map(|audience| project.frame(Some(audience), native)).collect(),
            page: site.and_then(|site| site.url(native)),
        }
    }

    fn texts<'s>(&'s self, theme: &'s Theme) -> Vec<&'s str> {
        let frames = self.frames.iter().flat_map(EditionContext::texts);
        frames.chain(theme.texts()).chain(self.page.as_deref()).collect()
    }
}

/// The digests of the issue's files, of the texts that it takes in, and of the audiences' less the people in them.
fn fingerprint(readers: &ResolvedAudiences, (issue, source): (&Issue, &Source), texts: &IssueTexts) -> Fingerprint {
    let digest = |source: &Source| {
        (format!("the audience {}", source.path()), digest_without(source, &["recipients", "require_consent"]))
    };
    let own = (issue.id.to_string(), Digest::of([source.text().as_bytes()]));
    let translated = issue.translations.values().map(|translation| translation_fingerprint(&translation.source));
    let taken = texts.taken().into_iter().map(|(path, digest)| (format!("the text {path}"), digest));
    readers.sources.iter().map(digest).chain([own]).chain(translated).chain(taken).collect()
}

/// Every audience that the issue names must be one, and it must name one.
fn known_audiences(issue: &Issue, source: &Source, audiences: &Audiences, diagnostics: &mut Diagnostics) {
    let ids: Vec<&str> = audiences.ids().map(AudienceId::as_str).collect();
    for named in issue.front.audiences.iter().chain(&issue.front.exclude) {
        if !audiences.contains(&named.value) {
            let unknown = Diagnostic::unknown(NO_AUDIENCE, "audience", named.value.as_str(), ids.iter().copied());
            diagnostics.push(unknown.at(named.place.clone()));
        }
    }
    if issue.front.audiences.is_empty() {
        let hint = format!("write who reads it, for example `audiences: [{}]`", ids.join(", "));
        let diagnostic = Diagnostic::error(NO_AUDIENCE, "the issue names no audience").at(source.line(1)).hint(hint);
        diagnostics.push(diagnostic);
    }
}

fn read_attachments(
    issue: &Issue,
    pictures: &IssuePictures,
    (fingerprint, diagnostics): (&mut Fingerprint, &mut Diagnostics),
) -> Vec<Attachment> {
    let mut attachments = Vec::new();
    for named in &issue.front.attachments {
        match pictures.attachment(&named.value) {
            Ok(bytes) => {
                fingerprint.insert(format!("the attachment {}", named.value), Digest::of([&bytes[..]]));
                attachments.push(Attachment::new(&named.value, &bytes));
            }
            Err(error) => {
                let message = format!("`{}` cannot be attached: {error}", named.value);
                let hint = "put the file beside the issue, and write only its name";
                diagnostics.push(Diagnostic::error(ATTACHMENT, message).at(named.place.clone()).hint(hint));
            }
        }
    }
    attachments
}
