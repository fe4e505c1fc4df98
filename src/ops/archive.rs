//! The archive of a project on the web: the pages of all its public issues, the index, the feed, and what is withdrawn.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::base::error::Error;
use crate::base::message::{Message, message};
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::edition::context::BrandLogo;
use crate::edition::embed::LOGO_WIDTH;
use crate::edition::images::picture::WidthLimits;
use crate::edition::images::placement::{PicturePath, PictureSource};
use crate::issue::{Issue, IssueId};
use crate::ops::blocked::Blocked;
use crate::ops::export::{self, ShownPage, WEB, WebFiles};
use crate::ops::prepared_issue::PreparedIssue;
use crate::ops::publication::Publication;
use crate::ops::renamed_issues;
use crate::ops::web_folders;
use crate::ops::web_frame::{self, ArchiveIndex};
use crate::ops::web_pages::ArchiveSite;
use crate::project::export_folder::ExportFolder;
use crate::project::files;
use crate::project::pictures::IssuePictures;
use crate::project::settings::archive as archive_settings;
use crate::project::{Project, SETTINGS_FILE};
use crate::publish::archive::contents::{ArchiveIssue, ArchiveLogo, WebArchive};
use crate::publish::archive::feed;
use crate::publish::page_frame::{PageFrame, PageLook};
use crate::publish::written_files::{ChannelFile, ExportOwner, ExportPart};

const NO_ADDRESS: Code = Code("NL790");

/// The channel of the feed alone, in the record of an output folder.
const ATOM: &str = "atom";

/// The archive of a project, to be written.
#[derive(Debug)]
pub struct ArchiveExport {
    /// The pages of the issues that it lists, the index with its years and feed, and the owners whose pages are withdrawn.
    pub parts: Vec<ExportPart>,
    /// The issues that it lists, the newest first.
    pub listed: Vec<ListedIssue>,
    /// Public issues that it does not list yet, with the reason.
    pub waiting: Vec<WaitingIssue>,
    /// Pages of issues that were sent and whose files are gone: letters link to them, so they stay.
    pub linked: Vec<String>,
    /// Warnings about the pages.
    pub warnings: Diagnostics,
}

/// An issue in the archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedIssue {
    /// The issue.
    pub issue: IssueId,
    /// The addresses of its pages, that in its own language first.
    pub urls: Vec<String>,
}

/// A public issue that is not in the archive yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingIssue {
    /// The issue.
    pub issue: IssueId,
    /// Why not.
    pub reason: Message,
}

/// The public issues of a project.
#[derive(Default)]
struct PublicIssues {
    listed: Vec<(Timestamp, Issue)>,
    waiting: Vec<WaitingIssue>,
    /// Every one of them, whether it is listed or not: its pages are not withdrawn.
    ids: BTreeSet<IssueId>,
}

/// Makes the archive of a project as it is at this moment, for a folder with what earlier exports wrote there.
///
/// # Errors
///
/// The settings have no `archive_url`, an issue has errors, or a page contains text that not all readers may read.
pub fn export(project: &Project, folder: &ExportFolder, now: Timestamp) -> Result<ArchiveExport, Blocked> {
    let url = address(project)?;
    let public = public_issues(project, now)?;
    let (mut parts, mut issues, mut listed) = (Vec::new(), Vec::new(), Vec::new());
    let (mut problems, mut warnings) = (Diagnostics::new(), Diagnostics::new());
    for (moment, issue) in &public.listed {
        let path = project.root().join(issue.source.path().as_ref());
        let (prepared, diagnostics) = PreparedIssue::of(project, &path)?;
        let Some(prepared) = prepared.filter(|_| !diagnostics.has_errors()) else {
            problems.extend(diagnostics.iter().filter(|found| found.severity == Severity::Error).cloned().collect());
            continue;
        };
        warnings.extend(export::unchecked(&prepared).into_iter().collect());
        match export::check_pages(&prepared) {
            Ok(found) => warnings.extend(found),
            Err(Blocked::Diagnostics(found)) => {
                problems.extend(found);
                continue;
            }
            Err(blocked) => return Err(blocked),
        }
        let WebFiles { part, shown, warnings: found } = export::web_files(&prepared, ArchiveIndex::Present)?;
        warnings.extend(found);
        let languages = web_frame::languages(&prepared);
        issues.extend(entry(&prepared, *moment, shown));
        listed
            .push(ListedIssue { issue: issue.id.clone(), urls: languages.into_iter().map(|page| page.url).collect() });
        parts.push(part);
    }
    if problems.has_errors() {
        return Err(Blocked::Diagnostics(problems));
    }
    let mut linked = Vec::new();
    for owner in folder.owners().filter(|owner| owner.channel == WEB) {
        let Some(id) = owner.issue.as_ref().filter(|issue| !public.ids.contains(issue)) else { continue };
        if renamed_issues::is_lost(project, id)? {
            linked.extend(folder.pages_of(owner));
        } else {
            parts.push(ExportPart { owner: owner.clone(), files: Vec::new() });
        }
    }
    let (archive, logo) = archive(project, url, issues);
    let files = archive.pages().into_iter().chain([feed::file(&archive)]).chain(logo).collect();
    parts.push(ExportPart { owner: ExportOwner::of_channel(WEB), files });
    Ok(ArchiveExport { parts, listed, waiting: public.waiting, linked, warnings })
}

/// Pages that an export wrote into a folder once, and that its record does not have: the record was lost.
///
/// # Errors
///
/// The folder of the issues cannot be read.
pub fn forgotten_pages(project: &Project, folder: &ExportFolder) -> Result<Vec<String>, Error> {
    let mut pages = folder.unrecorded_pages();
    if pages.is_empty() {
        return Ok(pages);
    }
    let issues = project.issues()?.into_iter().filter_map(|path| project.issue(&path).ok()?.issue);
    // Former versions wrote pages without a mark.
    let own: BTreeSet<String> = issues.map(|issue| ArchiveSite::folder_name(&issue)).collect();
    let is_own = |page: &String| page.split_once('/').is_some_and(|(folder, _)| own.contains(folder));
    let has_mark = |page: &String| {
        let text = files::read(&folder.path().join(page)).unwrap_or_default();
        String::from_utf8_lossy(&text).contains(PageFrame::MARK)
    };
    pages.retain(|page| is_own(page) || has_mark(page));
    Ok(pages)
}

/// Whether an earlier export wrote the index of an archive into a folder.
pub fn index_in(folder: &ExportFolder) -> ArchiveIndex {
    let is_index = |owner: &ExportOwner| *owner == ExportOwner::of_channel(WEB);
    if folder.owners().any(is_index) { ArchiveIndex::Present } else { ArchiveIndex::Absent }
}

/// The feed alone.
///
/// # Errors
///
/// As for [`export`].
pub fn feed(project: &Project, folder: &ExportFolder, now: Timestamp) -> Result<ArchiveExport, Blocked> {
    let mut export = export(project, folder, now)?;
    let index = export.parts.pop();
    export.linked.clear();
    let files = index.into_iter().flat_map(|part| part.files).filter(|file| file.name == PageFrame::FEED);
    export.parts = vec![ExportPart { owner: ExportOwner::of_channel(ATOM), files: files.collect() }];
    Ok(export)
}

/// The address of the archive.
fn address(project: &Project) -> Result<String, Blocked> {
    let settings = project.settings();
    if let Some(url) = &settings.archive_url {
        return Ok(archive_settings::folder(url).to_owned());
    }
    let message = message!(
        "newsletter.yaml has no `archive_url`, which the archive and its feed need",
        "newsletter.yaml har ingen `archive_url`, som arkivet og dets feed skal bruge"
    );
    let site = settings.public_url.as_deref().unwrap_or("https://nyheder.forening.example");
    let hint = message!(
        "write the address that the folder will have: archive_url: {site}/{}/",
        "skriv den adresse, mappen får: archive_url: {site}/{}/",
        archive_settings::ISSUE
    );
    let diagnostic = Diagnostic::error(NO_ADDRESS, message).hint(hint);
    let settings = project.read_own(&project.root().join(SETTINGS_FILE))?;
    Err(Blocked::Diagnostics([diagnostic.at(settings.line(1))].into_iter().collect()))
}

/// Reads the front matter of every issue. One that has errors there stops the export: it may be public or withdrawn.
fn public_issues(project: &Project, now: Timestamp) -> Result<PublicIssues, Blocked> {
    let (mut public, mut problems) = (PublicIssues::default(), Diagnostics::new());
    let paths = project.issues()?;
    problems.extend(web_folders::check(project, &paths)?);
    problems.extend(renamed_issues::check(project, &paths)?);
    for path in &paths {
        let files = project.issue(path)?;
        let Some(issue) = files.issue else {
            problems.extend(files.diagnostics);
            continue;
        };
        match Publication::of(project, &issue, now)? {
            Publication::NotPublic => {}
            Publication::Published(moment) => {
                public.ids.insert(issue.id.clone());
                public.listed.push((moment, issue));
            }
            Publication::Waiting(reason) => {
                public.ids.insert(issue.id.clone());
                public.waiting.push(WaitingIssue { issue: issue.id, reason });
            }
        }
    }
    if problems.has_errors() {
        return Err(Blocked::Diagnostics(problems));
    }
    // Issues of the same moment are ordered by their ids.
    public.listed.sort_by(|(moment, issue), (other, second)| other.cmp(moment).then_with(|| issue.id.cmp(&second.id)));
    Ok(public)
}

/// What the index and the feed have of an issue.
fn entry(prepared: &PreparedIssue<'_>, moment: Timestamp, shown: Vec<ShownPage>) -> Option<ArchiveIssue> {
    let native = prepared.inputs.native;
    let page = shown.into_iter().find(|page| page.lang == native)?;
    let settings = prepared.inputs.project.settings();
    let (own, other_languages): (Vec<_>, Vec<_>) =
        web_frame::languages(prepared).into_iter().partition(|page| page.lang == native);
    Some(ArchiveIssue {
        url: own.into_iter().next()?.url,
        title: page.title,
        description: page.description,
        lang: native,
        number: prepared.inputs.issue.front.number.clone(),
        published: moment.to_zoned_datetime(settings.timezone.clone()),
        series: prepared.inputs.series().map(|_| settings.name.clone()),
        other_languages,
        thumbnail: page.thumbnail,
    })
}

/// The archive, and the files of its logo.
fn archive(project: &Project, url: String, issues: Vec<ArchiveIssue>) -> (WebArchive, Vec<ChannelFile>) {
    let settings = project.settings();
    let mut files = Vec::new();
    let logo = settings.brand.logo.as_ref().and_then(|logo| archive_logo(project, logo, &mut files));
    let archive = WebArchive {
        name: settings.name.clone(),
        url,
        lang: settings.lang,
        look: PageLook { colour: settings.brand.colour, font: settings.brand.font.clone() },
        logo,
        accessibility: settings.web.accessibility_statement.clone(),
        issues,
    };
    (archive, files)
}

/// The logo; `None` if it cannot be read, which `check` reports: then the name is written.
fn archive_logo(project: &Project, logo: &BrandLogo, files: &mut Vec<ChannelFile>) -> Option<ArchiveLogo> {
    let pictures = IssuePictures::new(project, project.root());
    let mut width = LOGO_WIDTH;
    let mut named = |written: &str| {
        if written.starts_with("https://") {
            return Some(written.to_owned());
        }
        let limits = WidthLimits { most: LOGO_WIDTH, ..WidthLimits::default() };
        let shown = pictures.load(PicturePath::InProject(written), limits).ok()?;
        width = shown.width;
        files.push(ChannelFile::new(shown.picture.file_name(), &shown.picture.bytes()[..]));
        Some(shown.picture.file_name())
    };
    let dark = logo.dark.as_ref().and_then(|dark| named(dark.value.trim()));
    let file = named(logo.file.value.trim())?;
    Some(ArchiveLogo { file, dark, width })
}
