//! The inputs of compiling an issue: its texts, its readers and the project's parts that it uses, read and checked.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::Path;

use crate::audience::AudienceId;
use crate::audience::audiences::Audiences;
use crate::audience::membership::Membership;
use crate::base::digest::Digest;
use crate::base::error::Error;
use crate::base::language::Lang;
use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::text::Source;
use crate::edition::context::EditionContext;
use crate::edition::images::placement::PicturePath;
use crate::edition::picture_names;
use crate::edition::theme::Theme;
use crate::issue::Issue;
use crate::issue::front_matter::DraftStatus;
use crate::issue::manuscript::snippets;
use crate::issue::manuscript::{self, ManuscriptContext, Manuscripts};
use crate::issue::series::SeriesId;
use crate::letter::approval_code::{ApprovalCode, content_digest};
use crate::letter::former_recipients::FormerRecipients;
use crate::letter::mime::Attachment;
use crate::letter::plan::Fingerprint;
use crate::ops::former_recipients;
use crate::ops::languages;
use crate::ops::surroundings::Surroundings;
use crate::ops::web_pages::ArchiveSite;
use crate::people::person::mailbox::Mailbox;
use crate::project::pictures::IssuePictures;
use crate::project::resolved_audiences::ResolvedAudiences;
use crate::project::texts::IssueTexts;
use crate::project::translations::IssueFiles;
use crate::project::{Project, SETTINGS_FILE, digest_without};

const NO_AUDIENCE: Code = Code("NL604");
const ATTACHMENT: Code = Code("NL605");

/// An issue and everything that was read for it.
#[derive(Debug)]
pub struct IssueInputs<'p> {
    /// The issue, with its snippets included.
    pub issue: Issue,
    /// Its texts, one per language, parsed and checked.
    pub manuscripts: Manuscripts,
    /// Who is in the project's audiences.
    pub membership: Membership,
    /// The recipients of the earlier issue that `people` names; absent: it names none.
    pub former: Option<FormerRecipients>,
    /// The digest of every file that decides what is sent, by its path in the project.
    pub files: Fingerprint,
    /// The same for an approval, including the settings of consent, which do not affect a frozen plan.
    pub approved_files: Fingerprint,
    /// The language of the issue's own text.
    pub(crate) native: Lang,
    /// Its pages on the web; absent: it has none.
    pub(crate) site: Option<ArchiveSite>,
    /// The project, with the name and brand of the issue's series.
    pub(crate) project: Cow<'p, Project>,
    /// The project's audiences.
    pub(crate) audiences: Audiences,
    /// The theme.
    pub(crate) theme: Theme,
    /// Reads pictures beside the issue.
    pub(crate) pictures: IssuePictures,
    /// Reads snippets and tables.
    pub(crate) texts: IssueTexts,
    /// The files that every letter carries.
    pub(crate) attachments: Vec<Attachment>,
    /// Whether every list of people was read, since the project is trusted or needs no trust.
    pub(crate) lists_are_read: bool,
}

impl<'p> IssueInputs<'p> {
    /// Reads the issue at a path, its translations and attachments, the theme, and the project's audiences and people.
    /// Absent if errors leave nothing to compile.
    ///
    /// # Errors
    ///
    /// A file cannot be read; errors in files are diagnostics.
    pub(crate) fn read(project: &'p Project, path: &Path) -> Result<(Option<Self>, Diagnostics), Error> {
        let IssueFiles { source, issue, unread, mut diagnostics } = project.issue(path)?;
        let texts = IssueTexts::new(project, path);
        let mut interner = project.interner();
        let former = former_recipients::of_issue(project, issue.as_ref(), &mut interner, &mut diagnostics)?;
        let (readers, reader_diagnostics) = project.readers_with(interner)?;
        diagnostics.extend(reader_diagnostics);
        let ids: BTreeSet<AudienceId> = readers.audiences.ids().cloned().collect();
        let own = project.settings().greeting.iter().flat_map(|greetings| greetings.value.values());
        let greets_with_word = own.into_iter().all(|greeting| greeting.with_name.starts_with(char::is_alphabetic));
        let context = ManuscriptContext { audiences: &ids, texts: &texts, greets_with_word, surroundings: &[] };
        check_drafts(&unread, context, &mut diagnostics);
        let Some(issue) = issue.map(|issue| snippets::with_snippets(issue, &texts, &mut diagnostics)) else {
            return Ok((None, diagnostics));
        };
        let project = project.as_of(&issue);
        check_audiences(&issue, &source, &readers.audiences, &mut diagnostics);
        project.check_signed(&issue, &mut diagnostics);
        let Some(theme) = project.theme(&issue, &mut diagnostics)? else { return Ok((None, diagnostics)) };
        let native = languages::native_lang(&project, &issue, &readers.audiences);
        let site = ArchiveSite::of(&project, &issue, native);
        let surroundings = Surroundings { project: &project, issue: &issue, native, site: site.as_ref() };
        let contexts = surroundings.all(&readers.audiences);
        let surroundings: Vec<&str> = contexts.iter().flat_map(EditionContext::texts).chain(theme.texts()).collect();
        let manuscripts = Manuscripts::read(&issue, ManuscriptContext { surroundings: &surroundings, ..context });
        // Only now is it known which snippets and tables the texts include.
        let mut files = file_digests(&readers, &issue, &source, &texts);
        files.extend(theme.digests());
        files.insert(SETTINGS_FILE.to_owned(), project.fingerprint.clone());
        let pictures = IssuePictures::new(&project, path);
        files.extend(picture_digests(&project, &manuscripts, &pictures));
        let attachments = read_attachments(&issue, &pictures, &mut files, &mut diagnostics);
        let approved_files = approved_files(&project, &readers, &files);
        let ResolvedAudiences { audiences, membership, lists_are_read, .. } = readers;
        // The ledger may be on another machine, as lists of people may be.
        let lists_are_read = lists_are_read && former.as_ref().is_none_or(|former| !former.is_empty());
        let inputs = Self {
            issue,
            manuscripts,
            membership,
            former,
            files,
            approved_files,
            native,
            site,
            project,
            audiences,
            theme,
            pictures,
            texts,
            attachments,
            lists_are_read,
        };
        Ok((Some(inputs), diagnostics))
    }

    /// Turns off the warnings that the issue and the settings turn off.
    pub(crate) fn apply_exemptions(&self, diagnostics: &mut Diagnostics) {
        self.issue.front.ignore.apply(diagnostics);
        self.project.settings().ignore.apply(diagnostics);
    }

    /// The digest of the issue's own text, by which a copy of it under another name is recognised.
    pub(crate) fn content(&self) -> Digest {
        content_of(&self.issue)
    }

    /// The code with which a reader of a test or a preview approves the issue; absent: it needs no approval, or is a
    /// draft, which changes before it is sent.
    pub(crate) fn approval_code(&self) -> Option<ApprovalCode> {
        let is_needed = self.project.settings().sending.approval.is_some() && self.issue.front.draft == DraftStatus::No;
        is_needed.then(|| ApprovalCode::of(&content_digest(&self.approved_files)))
    }

    /// The series of the issue; absent: it belongs to the project's own newsletter.
    pub(crate) fn series(&self) -> Option<&SeriesId> {
        self.issue.front.series.as_ref().map(|series| &series.value)
    }

    /// The sender.
    pub(crate) fn from(&self) -> &Mailbox {
        self.issue.front.from.as_ref().unwrap_or(&self.project.settings().from)
    }

    /// What surrounds the text of its editions.
    pub(crate) fn surroundings(&self) -> Surroundings<'_> {
        Surroundings { project: &self.project, issue: &self.issue, native: self.native, site: self.site.as_ref() }
    }
}

/// The digest of the text of an issue whose snippets are included. Git may have changed the ends of its lines.
pub(crate) fn content_of(issue: &Issue) -> Digest {
    Digest::of([issue.text().replace("\r\n", "\n").as_bytes()])
}

/// Checks texts whose front matter has errors, so that all problems are reported at once.
fn check_drafts(unread: &[Source], context: ManuscriptContext<'_>, diagnostics: &mut Diagnostics) {
    for source in unread {
        let Some(body) = Issue::body_of(source) else { continue };
        let (expanded, body, snippet_diagnostics) = snippets::expand_snippets(source, body, context.texts);
        diagnostics.extend(snippet_diagnostics);
        diagnostics.extend(manuscript::check_draft(&expanded, body, context));
    }
}

/// Checks that the issue names an audience, and only audiences of the project.
fn check_audiences(issue: &Issue, source: &Source, audiences: &Audiences, diagnostics: &mut Diagnostics) {
    let ids: Vec<&str> = audiences.ids().map(AudienceId::as_str).collect();
    for named in issue.front.audiences.iter().chain(&issue.front.exclude) {
        if !audiences.contains(&named.value) {
            diagnostics.push(audiences.unknown(NO_AUDIENCE, named));
        }
    }
    if issue.front.audiences.is_empty() {
        let hint = message!(
            "write who reads it, for example `audiences: [{}]`",
            "skriv, hvem der læser det, f.eks. `audiences: [{}]`",
            ids.join(", ")
        );
        let diagnostic = Diagnostic::error(
            NO_AUDIENCE,
            message!("the issue names no audience", "nyhedsbrevet nævner ingen målgruppe"),
        )
        .at(source.line(1))
        .hint(hint);
        diagnostics.push(diagnostic);
    }
}

/// The digests of the issue's files, of the snippets and tables that it includes, and of the audiences' files.
fn file_digests(readers: &ResolvedAudiences, issue: &Issue, source: &Source, texts: &IssueTexts) -> Fingerprint {
    // A plan is frozen with its recipients, so a change of them, or of the consent they need, does not outdate it.
    let without_people = |source: &Source| digest_without(source, &["recipients", "require_consent"]);
    let own = std::iter::once(source).chain(issue.translations.values().map(|translation| &translation.source));
    let own = own.map(|source| (source.path().to_string(), source.digest()));
    let audiences = readers.sources.iter().map(|source| (source.path().to_string(), without_people(source)));
    audiences.chain(own).chain(texts.taken()).collect()
}

/// The digests of the files of an issue with the consent that its readers need.
fn approved_files(project: &Project, readers: &ResolvedAudiences, files: &Fingerprint) -> Fingerprint {
    let mut approved = files.clone();
    approved.insert(SETTINGS_FILE.to_owned(), project.approved_fingerprint.clone());
    let audiences = readers.sources.iter();
    approved.extend(audiences.map(|source| (source.path().to_string(), digest_without(source, &["recipients"]))));
    approved
}

/// The digests of the pictures that any edition may show, and of the sender's logo. A picture that is not a file is
/// reported when an edition is compiled.
fn picture_digests(project: &Project, manuscripts: &Manuscripts, pictures: &IssuePictures) -> Fingerprint {
    let named: BTreeSet<String> = manuscripts.all().flat_map(picture_names::beside_issue).collect();
    let logo = project.settings().brand.logo.iter().flat_map(|logo| std::iter::once(&logo.file).chain(&logo.dark));
    let logo = logo.map(|file| PicturePath::InProject(&file.value));
    named
        .iter()
        .map(|name| PicturePath::BesideIssue(name))
        .chain(logo)
        .filter_map(|path| pictures.digest(path))
        .collect()
}

fn read_attachments(
    issue: &Issue,
    pictures: &IssuePictures,
    files: &mut Fingerprint,
    diagnostics: &mut Diagnostics,
) -> Vec<Attachment> {
    let mut attachments = Vec::new();
    for named in &issue.front.attachments {
        match pictures.attachment(&named.value) {
            Ok(bytes) => {
                files.extend(pictures.digest(PicturePath::BesideIssue(&named.value)));
                attachments.push(Attachment::new(&named.value, &bytes));
            }
            Err(error) => {
                let message =
                    message!("`{}` cannot be attached: {error}", "`{}` kan ikke vedhæftes: {error}", named.value);
                diagnostics.push(Diagnostic::error(ATTACHMENT, message).at(named.place.clone()).hint(error.hint()));
            }
        }
    }
    attachments
}
