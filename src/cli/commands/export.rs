//! `export`: writes an issue for another channel than mail, the archive or the unsubscribe page, as files.

use std::path::{Path, PathBuf};

use clap::{ArgGroup, Args, ValueEnum};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::base::error::Error;
use crate::base::message::{Message, message};
use crate::base::noun;
use crate::cli::channel_export;
use crate::cli::exit::Exit;
use crate::cli::export_summary::{self, FolderSummary};
use crate::cli::package_export;
use crate::cli::terminal::Terminal;
use crate::issue::IssueId;
use crate::ops::archive::{self, ArchiveExport};
use crate::ops::blocked::{Blocked, GuardFailure};
use crate::ops::channels::exports::TextExport;
use crate::ops::export::{self, WebFiles};
use crate::ops::export_owners;
use crate::ops::prepared_issue::PreparedIssue;
use crate::ops::static_pages::{self, StaticPage};
use crate::ops::web_frame::ArchiveIndex;
use crate::project::Project;
use crate::project::export_folder::ExportFolder;
use crate::publish::written_files::{ExportOwner, KeptCause};

/// Arguments of `export`.
#[derive(Args, Debug)]
#[command(group = ArgGroup::new("exported").args(["issue", "all"]))]
pub(crate) struct ExportArgs {
    /// The issue's file, with `archive: public` unless it is for talking points; drafts are allowed
    pub(super) issue: Option<PathBuf>,
    /// All issues with `archive: public` that are published, with an index, a page for each year and a feed
    #[arg(long)]
    all: bool,
    /// What to export
    #[arg(long, value_name = "CHANNEL", requires_if("web", "exported"))]
    to: ExportChannel,
    /// Output folder [default: public in the project for `web` and `atom`, public/CHANNEL for `ics` and `unsubscribe`, export/CHANNEL for others]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// A channel besides mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ExportChannel {
    /// The page of an issue; with --all, the archive
    Web,
    /// The feed of the archive alone
    Atom,
    /// HTML to paste into Odoo, Drupal or another website, with its pictures
    Html,
    /// A post for a website that Jekyll builds, with its pictures: use `--out` for the folder of the website
    Jekyll,
    /// A post for LinkedIn
    #[value(name = "linkedin")]
    LinkedIn,
    /// Text without markup
    Text,
    /// Points for the board or the secretariat, in Markdown
    #[value(name = "talkingpoints")]
    TalkingPoints,
    /// A package for people who share an issue in their own channels: texts, pictures and a page on how to use them
    Kit,
    /// All events of an issue as one calendar file
    Ics,
    /// The page where readers unsubscribe
    Unsubscribe,
}

impl ExportChannel {
    /// Its name, as it is typed and as the record of an output folder has it.
    fn name(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Atom => "atom",
            Self::Html => TextExport::Html.name(),
            Self::Jekyll => TextExport::Jekyll.name(),
            Self::LinkedIn => TextExport::LinkedIn.name(),
            Self::Text => TextExport::Text.name(),
            Self::TalkingPoints => TextExport::TalkingPoints.name(),
            Self::Kit => "kit",
            Self::Ics => "ics",
            Self::Unsubscribe => "unsubscribe",
        }
    }

    /// The folder that it is written into unless `--out` names one.
    fn usual_folder(self, project: &Project) -> PathBuf {
        match self {
            Self::Web | Self::Atom => project.public(),
            Self::Ics | Self::Unsubscribe => project.public().join(self.name()),
            Self::Html | Self::Jekyll | Self::LinkedIn | Self::Text | Self::TalkingPoints | Self::Kit => {
                project.exports().join(self.name())
            }
        }
    }
}

/// Writes files for a channel.
pub(super) fn run(terminal: &Terminal, project: &Project, args: &ExportArgs) -> Result<Exit, Blocked> {
    if args.out.is_none() {
        project.check_public()?;
    }
    let folder = args.out.clone().unwrap_or_else(|| args.to.usual_folder(project));
    match &args.issue {
        Some(issue) => {
            let exported = run_issue(terminal, project, args.to, &project.issue_path(issue), &folder);
            if let Err(Blocked::Guard(GuardFailure::MembersOnly { issue } | GuardFailure::NotPublic { issue })) =
                &exported
            {
                report_former(terminal, args.to, issue, &folder)?;
            }
            exported
        }
        None => run_all(terminal, project, args, &folder),
    }
}

/// Exports one issue.
fn run_issue(
    terminal: &Terminal,
    project: &Project,
    channel: ExportChannel,
    issue: &Path,
    folder: &Path,
) -> Result<Exit, Blocked> {
    let text = |export| channel_export::run(terminal, project, issue, export, folder);
    match channel {
        ExportChannel::Web => {
            // `check` has the warnings of the letters.
            let (prepared, unchecked) = export::prepare(project, issue)?;
            terminal.diagnostics(&unchecked);
            write_pages(terminal, &prepared, folder)
        }
        ExportChannel::Html => text(TextExport::Html),
        ExportChannel::Jekyll => text(TextExport::Jekyll),
        ExportChannel::LinkedIn => text(TextExport::LinkedIn),
        ExportChannel::Text => text(TextExport::Text),
        ExportChannel::TalkingPoints => text(TextExport::TalkingPoints),
        ExportChannel::Kit => package_export::kit(terminal, project, issue, folder),
        ExportChannel::Ics => package_export::calendars(terminal, project, issue, folder),
        ExportChannel::Atom => {
            terminal.problem(message!(
                "`--to atom` takes no issue: the feed has all of them",
                "`--to atom` tager ikke et nyhedsbrev: feedet har dem alle"
            ));
            Ok(Exit::Blocked)
        }
        ExportChannel::Unsubscribe => {
            terminal.problem(message!(
                "`--to unsubscribe` takes no issue: the page is the same for all issues",
                "`--to unsubscribe` tager ikke et nyhedsbrev: siden er den samme for dem alle"
            ));
            Ok(Exit::Blocked)
        }
    }
}

/// Exports what belongs to no issue, or to all of them.
fn run_all(terminal: &Terminal, project: &Project, args: &ExportArgs, folder: &Path) -> Result<Exit, Blocked> {
    match args.to {
        // clap has refused `web` with neither an issue nor `--all`.
        ExportChannel::Web => {
            write_archive(terminal, project, folder, |folder| archive::export(project, folder, Timestamp::now()))
        }
        ExportChannel::Atom => {
            write_archive(terminal, project, folder, |folder| archive::feed(project, folder, Timestamp::now()))
        }
        ExportChannel::Unsubscribe if args.all => {
            terminal.problem(message!(
                "`--to unsubscribe` takes no `--all`: the page belongs to no issue",
                "`--to unsubscribe` tager ikke `--all`: siden hører ikke til et nyhedsbrev"
            ));
            Ok(Exit::Blocked)
        }
        ExportChannel::Unsubscribe => Ok(write_unsubscribe_page(terminal, project, folder)?),
        ExportChannel::Html
        | ExportChannel::Jekyll
        | ExportChannel::LinkedIn
        | ExportChannel::Text
        | ExportChannel::TalkingPoints
        | ExportChannel::Kit
        | ExportChannel::Ics => {
            let channel = args.to.name();
            let why = if args.all {
                message!("takes one issue, and no `--all`", "gælder ét nyhedsbrev og tager ikke `--all`")
            } else {
                message!("needs an issue", "mangler et nyhedsbrev")
            };
            let typed = format!("`newsletter export issues/… --to {channel}`");
            terminal.problem(message!("`--to {channel}` {why}: {typed}", "`--to {channel}` {why}: {typed}"));
            Ok(Exit::Blocked)
        }
    }
}

/// Names the files of an issue that was exported when everyone could read it, and is not public any more.
fn report_former(terminal: &Terminal, channel: ExportChannel, issue: &IssueId, folder: &Path) -> Result<(), Blocked> {
    let files = ExportFolder::open(folder)?.files_of(&ExportOwner::of_issue(channel.name(), issue));
    if files.is_empty() {
        return Ok(());
    }
    let files = export_summary::listed(folder, &files);
    let remedy = match channel {
        ExportChannel::Web => message!(
            "remove it with `newsletter export --all --to web`, and upload the folder again",
            "fjern det med `newsletter export --all --to web`, og læg mappen på nettet igen"
        ),
        ExportChannel::Html
        | ExportChannel::Jekyll
        | ExportChannel::LinkedIn
        | ExportChannel::Text
        | ExportChannel::TalkingPoints
        | ExportChannel::Kit
        | ExportChannel::Ics
        | ExportChannel::Atom
        | ExportChannel::Unsubscribe => {
            message!("delete it, and everything published from it", "slet det, og det, der er lagt ud fra det")
        }
    };
    terminal.problem(message!(
        "{issue} was exported before, and that is still there: {files}; {remedy}",
        "{issue} er eksporteret før, og det ligger her endnu: {files}; {remedy}"
    ));
    Ok(())
}

/// Writes a page for each language of the issue, with its pictures and calendar files beside it.
fn write_pages(terminal: &Terminal, prepared: &PreparedIssue<'_>, path: &Path) -> Result<Exit, Blocked> {
    let found = export::check_single(prepared)?;
    let mut folder = ExportFolder::open(path)?;
    let index = archive::index_in(&folder);
    let WebFiles { part, warnings, .. } = export::web_files(prepared, index)?;
    terminal.diagnostics(&prepared.page_warnings.clone().into_iter().chain(found).chain(warnings).collect());
    let names: Vec<String> = part.files.iter().map(|file| file.name.clone()).collect();
    let parts = [part];
    export_owners::check(&prepared.inputs.project, &folder, &parts)?;
    let exported = folder.write(&parts)?;
    let mut pages = Vec::new();
    for page in &prepared.pages {
        terminal.print_line(Message::verbatim(match &page.url {
            Some(url) => format!("{}  {url}", page.key.lang),
            None => format!("{}  {}", page.key.lang, page.file_name()),
        }));
        let is_own =
            |name: &&String| name.rsplit_once('/').is_some_and(|(of, _)| page.folder.strip_suffix('/') == Some(of));
        let files: Vec<&String> = names.iter().filter(is_own).collect();
        pages.push(json!({ "lang": page.key.lang, "url": page.url, "files": files }));
    }
    if index == ArchiveIndex::Present {
        terminal.note(message!(
            "the index and the feed are as they were: `newsletter export --all --to web` updates them",
            "oversigten og feedet er som før: `newsletter export --all --to web` opdaterer dem"
        ));
    }
    let what = noun::PAGE.count(pages.len() as u64);
    let content = content([("pages", Value::from(pages))]);
    Ok(export_summary::print(terminal, &FolderSummary { folder: path, what, content, exported: &exported }))
}

/// Writes the archive, or a part of it, into a folder.
fn write_archive(
    terminal: &Terminal,
    project: &Project,
    path: &Path,
    export: impl FnOnce(&ExportFolder) -> Result<ArchiveExport, Blocked>,
) -> Result<Exit, Blocked> {
    let mut folder = ExportFolder::open(path)?;
    let ArchiveExport { parts, listed, waiting, linked, warnings } = export(&folder)?;
    terminal.diagnostics(&warnings);
    export_owners::check(project, &folder, &parts)?;
    let mut exported = folder.write(&parts)?;
    exported.keep(linked, KeptCause::Linked);
    exported.keep(archive::forgotten_pages(project, &folder)?, KeptCause::Unrecorded);
    for issue in &listed {
        terminal.print_line(Message::verbatim(format!("{}  {}", issue.issue, issue.urls.join("  "))));
    }
    for issue in &waiting {
        let (issue, reason) = (&issue.issue, &issue.reason);
        terminal
            .note(message!("{issue} is not in the archive yet: {reason}", "{issue} er ikke i arkivet endnu: {reason}"));
    }
    let issues = listed.iter().map(|issue| json!({ "issue": issue.issue, "urls": issue.urls }));
    let waiting = waiting.iter().map(|issue| json!({ "issue": issue.issue, "reason": issue.reason }));
    let content = content([("issues", issues.collect()), ("waiting", waiting.collect())]);
    let what = noun::ISSUE.count(listed.len() as u64);
    Ok(export_summary::print(terminal, &FolderSummary { folder: path, what, content, exported: &exported }))
}

/// Writes the page where readers unsubscribe, and the answer to its form, in each language.
fn write_unsubscribe_page(terminal: &Terminal, project: &Project, path: &Path) -> Result<Exit, Error> {
    if project.settings().unsubscribe.url.is_none() {
        terminal.problem(message!(
            "newsletter.yaml has no `url` under `unsubscribe:`: no letter would link to the page",
            "newsletter.yaml har ingen `url` under `unsubscribe:`: ingen mail ville linke til siden"
        ));
        return Ok(Exit::Blocked);
    }
    let (named, part) = static_pages::files(project);
    let exported = ExportFolder::open(path)?.write(&[part])?;
    let what = noun::PAGE.count(2 * named.len() as u64);
    let mut pages = Vec::new();
    for StaticPage { lang, button, left } in named {
        terminal.print_line(Message::verbatim(format!("{lang}  {button}  {left}")));
        pages.push(json!({ "lang": lang, "files": [button, left] }));
    }
    let content = content([("pages", Value::from(pages))]);
    Ok(export_summary::print(terminal, &FolderSummary { folder: path, what, content, exported: &exported }))
}

fn content<const N: usize>(values: [(&str, Value); N]) -> Map<String, Value> {
    values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
