//! A project on disk: finds it, and reads its settings, files, secrets and Git history.

pub(crate) mod access;
pub(crate) mod appearance;
pub mod approval_file;
pub mod browser;
mod command;
mod copied_files;
pub mod export_folder;
mod file_cache;
pub mod files;
mod git;
pub mod git_history;
pub(crate) mod host_name;
mod host_state;
pub(crate) mod host_user;
mod inbox;
mod issue_names;
mod key;
mod ledger_location;
mod link_cache;
mod lists;
mod mail_login;
pub(crate) mod news_folder;
pub mod oauth;
pub mod online;
mod picture_cache;
pub(crate) mod pictures;
mod private_files;
pub mod receipt;
pub mod receipt_folder;
mod record_file;
mod redaction;
pub mod resolved_audiences;
pub mod revision;
pub mod run_history;
pub mod secrets;
mod series;
pub mod settings;
mod sibling_files;
mod signing;
mod source;
pub(crate) mod texts;
pub mod translations;
pub mod trust;
mod unread_files;
pub mod watched_files;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use crate::audience::AudienceId;
use crate::audience::audiences::Audiences;
use crate::audience::channel::CHANNELS;
use crate::audience::file::Audience;
use crate::base::digest::Digest;
use crate::base::error::Error;
use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::base::source::text::Source;
use crate::base::source::yaml;
use crate::base::source::yaml::node::Node;
use crate::base::source::yaml::node::NodeKind;
use crate::delivery::ledger::rate_limits::RateLimits;
use crate::delivery::retry::RetryPolicy;
use crate::issue::Issue;
use crate::issue::translation;
use crate::people::lists::list_source::ListSource;
use crate::project::file_cache::FileCache;
use crate::project::private_files::PrivateFiles;
use crate::project::secrets::ProjectKeys;
use crate::project::settings::Settings;
use crate::project::trust::Trust;

const BAD_NAME: Code = Code("NL291");
const TWO_FILES: Code = Code("NL293");
const CHANNEL: Code = Code("NL634");

/// The file that marks a project's folder.
pub const SETTINGS_FILE: &str = "newsletter.yaml";
/// The settings about sending, and those of web pages only, which do not affect the content of letters.
const SENDING_KEYS: [&str; 14] = [
    "smtp",
    "inbox",
    "bounces",
    "dkim",
    "ledger",
    "retention",
    "grace",
    "approval",
    "limits",
    "notify",
    "send_host",
    "web",
    "paths",
    "ignore",
];
/// The settings about required consent. A plan is frozen with its recipients, so they do not outdate it.
const CONSENT_KEYS: [&str; 3] = ["require_consent", "consent_expires", "consent_texts"];
/// The folder with the project's state, which does not belong in Git.
pub(crate) const STATE: &str = ".newsletter";

/// A project on disk, with valid settings.
#[derive(Clone, Debug)]
pub struct Project {
    root: PathBuf,
    settings: Settings,
    /// The digest of `newsletter.yaml` without the keys that change no letter.
    pub(crate) fingerprint: Digest,
    /// The same with those about consent: they decide who may be written to, which is a part of what is approved.
    pub(crate) approved_fingerprint: Digest,
    /// Another project whose lists of people are used where this one lacks them; absent: none.
    people_from: Option<PathBuf>,
    /// The files read so far; shared with the copies that series get.
    files: Arc<FileCache>,
    keys: ProjectKeys,
    /// The files that must never be sent; computed on first use.
    private: Arc<OnceLock<Arc<PrivateFiles>>>,
    trust: Trust,
    /// How a list of people that may not be read is reported.
    unread: Severity,
    /// How a list of people whose file is not in this copy is treated.
    missing_lists: MissingLists,
    /// Lists of people that may be read although the project is not trusted: the trusted one that it is compared with has
    /// the same.
    trusted_lists: Vec<ListSource>,
}

/// How a list of people whose file does not exist is treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum MissingLists {
    /// An error: its people would get no letter.
    Refused,
    /// A copy of the project without its people, which are seldom in Git.
    Expected,
    /// The result is the same without people: a list that a command or a server does not deliver is a warning, too.
    NotNeeded,
}

/// A project whose settings were read, or what is wrong with them.
#[derive(Debug)]
pub struct LoadedProject {
    /// The project's folder.
    pub root: PathBuf,
    /// The project; absent where its settings have errors.
    pub project: Option<Project>,
    /// The problems of `newsletter.yaml`.
    pub diagnostics: Diagnostics,
}

impl Project {
    /// Finds the project's folder: the one named, or the nearest one upwards that has a `newsletter.yaml`.
    ///
    /// # Errors
    ///
    /// No such folder exists, or its settings cannot be read.
    pub fn find(named: Option<&Path>, start: &Path) -> Result<LoadedProject, Error> {
        let root = match named {
            Some(folder) if folder.join(SETTINGS_FILE).is_file() => folder.to_owned(),
            Some(folder) => return Err(Error::NoProject { searched: folder.to_owned() }),
            None => find_root(start)?,
        };
        files::check_link(&root, &root.join(SETTINGS_FILE))?;
        let source = redaction::hide(files::read_source(&root, &root.join(SETTINGS_FILE))?);
        let (settings, mut diagnostics) = Settings::parse(&source);
        diagnostics.extend(redaction::check_password_file(&source, &root.join(SETTINGS_FILE)));
        // A diagnostic may quote a line with a password.
        let diagnostics = redaction::redact(&diagnostics, &source);
        let fingerprint = digest_without(&source, &[&SENDING_KEYS[..], &CONSENT_KEYS].concat());
        let approved_fingerprint = digest_without(&source, &SENDING_KEYS);
        Ok(LoadedProject {
            root: root.clone(),
            project: settings.map(|settings| Self {
                root,
                settings,
                fingerprint,
                approved_fingerprint,
                people_from: None,
                files: Arc::default(),
                keys: ProjectKeys::default(),
                private: Arc::default(),
                trust: Trust::Withheld,
                unread: Severity::Warning,
                missing_lists: MissingLists::Refused,
                trusted_lists: Vec::new(),
            }),
            diagnostics,
        })
    }

    /// The project's folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Its settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The folder of its issues.
    pub fn issues_folder(&self) -> PathBuf {
        self.root.join(&self.settings.paths.issues)
    }

    /// The folder to which letters are written without a relay.
    pub fn outbox(&self) -> PathBuf {
        self.root.join("outbox")
    }

    /// The folder with requests to unsubscribe from a host without a ledger; absent: the settings name none.
    pub fn spool(&self) -> Option<PathBuf> {
        self.settings.unsubscribe.spool.as_ref().map(|spool| self.root.join(spool))
    }

    /// The folder of pictures that letters load from the web.
    pub fn public(&self) -> PathBuf {
        self.root.join("public")
    }

    /// The folder of texts for other channels, in a folder for each. They may be of drafts, and [`Self::public`] is what a web
    /// server shows.
    pub fn exports(&self) -> PathBuf {
        self.root.join("export")
    }

    /// Refuses a folder of pictures that is a link out of the project: files would be written elsewhere.
    ///
    /// # Errors
    ///
    /// It is such a link.
    pub(crate) fn check_public(&self) -> Result<(), Error> {
        files::check_link(&self.root, &self.public())
    }

    /// Every issue of the project: `<name>.md` and `<name>/index.md`, by name. A translation is not an issue, unless its issue is
    /// missing, which is an error.
    pub fn issues(&self) -> Result<Vec<PathBuf>, Error> {
        let mut issues = Vec::new();
        let is_markdown =
            |path: &PathBuf| path.extension().is_some_and(|extension| extension == "md") && path.is_file();
        for path in files::entries(&self.issues_folder())? {
            if !path.is_dir() {
                issues.extend(Some(path).filter(is_markdown));
            } else if path.join("index.md").is_file() {
                issues.push(path.join("index.md"));
            } else {
                let index =
                    |path: &PathBuf| translation::of_file(path).is_some_and(|file| file.0.ends_with("index.md"));
                issues.extend(files::entries(&path)?.into_iter().filter(|path| is_markdown(path) && index(path)));
            }
        }
        issues.retain(|path| self.translated_by(path).is_none());
        Ok(issues)
    }

    /// The names of the audiences, by their files alone: they may have errors.
    pub fn audience_names(&self) -> Vec<String> {
        let files = files::entries(&self.root.join(&self.settings.paths.audiences)).unwrap_or_default();
        let yaml = files.iter().filter(|path| path.extension().is_some_and(|end| end == "yaml" || end == "yml"));
        yaml.filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned())).collect()
    }

    /// Reads every audience of the project.
    ///
    /// # Errors
    ///
    /// The folder or a file in it cannot be read; mistakes in them are diagnostics.
    pub fn audiences(&self) -> Result<(Audiences, Diagnostics), Error> {
        let mut diagnostics = Diagnostics::new();
        let (_, audiences) = self.audience_files(&mut diagnostics)?;
        Ok((audiences, diagnostics))
    }

    /// The audiences with the files they were read from.
    #[expect(clippy::too_many_lines, reason = "each message has a text in two languages")]
    fn audience_files(&self, diagnostics: &mut Diagnostics) -> Result<(Vec<Source>, Audiences), Error> {
        let mut sources = Vec::new();
        let mut audiences = Vec::new();
        let mut seen = BTreeSet::new();
        let mut mistaken = Vec::new();
        let folder = self.root.join(&self.settings.paths.audiences);
        files::check_link(&self.root, &folder)?;
        for path in files::entries(&folder)? {
            if path.extension().is_none_or(|extension| extension != "yaml" && extension != "yml") {
                continue;
            }
            let source = redaction::hide_list(self.read_own(&path)?);
            let stem = path.file_stem().unwrap_or_default().to_string_lossy();
            if CHANNELS.contains(&&*stem) {
                let message = message!(
                    "an audience cannot be named `{stem}`: `::: only {stem}` is for a channel",
                    "en målgruppe kan ikke hedde `{stem}`: `::: only {stem}` er til en kanal"
                );
                let hint = message!(
                    "rename the file, and use the new name in the issues",
                    "omdøb filen, og brug det nye navn i nyhedsbrevene"
                );
                diagnostics.push(Diagnostic::error(CHANNEL, message).at(source.line(1)).hint(hint));
            }
            match AudienceId::parse(&stem) {
                Ok(id) => {
                    if !seen.insert(id.clone()) {
                        let message = message!(
                            "two files for the audience `{id}`, .yaml and .yml",
                            "to filer til målgruppen `{id}`, .yaml og .yml"
                        );
                        let diagnostic = Diagnostic::error(TWO_FILES, message).at(source.line(1));
                        diagnostics.push(
                            diagnostic.hint(message!("delete or rename one of them", "slet eller omdøb den ene")),
                        );
                    }
                    let (audience, more) = Audience::parse(id.clone(), &source, &self.settings.shared);
                    diagnostics.extend(redaction::redact_list(more, &source));
                    match audience {
                        Some(audience) => audiences.push(audience),
                        None => mistaken.push(id),
                    }
                }
                Err(error) => diagnostics.push(
                    Diagnostic::error(
                        BAD_NAME,
                        message!(
                            "invalid audience name `{stem}`: {error}",
                            "ugyldigt navn på målgruppe `{stem}`: {error}"
                        ),
                    )
                    .at(source.line(1))
                    .hint(message!(
                        "rename the file, for example to it-chiefs.yaml",
                        "omdøb filen, f.eks. til it-chefer.yaml"
                    )),
                ),
            }
            sources.push(source);
        }
        let mut audiences: Audiences = audiences.into_iter().collect();
        for id in mistaken {
            audiences.insert_invalid(id);
        }
        Ok((sources, audiences))
    }

    /// The relay's rate limits.
    pub fn rate(&self) -> RateLimits {
        self.settings.smtp.as_ref().map(|relay| relay.rate.clone()).unwrap_or_default()
    }

    /// When deferred letters are tried again.
    pub fn retry(&self) -> RetryPolicy {
        self.settings.smtp.as_ref().map(|relay| relay.retry).unwrap_or_default()
    }

    /// An empty folder for a command's output about an issue; earlier output is removed.
    ///
    /// # Errors
    ///
    /// It cannot be emptied.
    pub fn empty_preview(&self, issue: &Issue, kind: &str) -> Result<PathBuf, Error> {
        let path = Path::new(issue.source.path().as_ref());
        let stem = match path.file_stem().and_then(|name| name.to_str()) {
            Some("index") => path.parent().and_then(Path::file_name).and_then(|name| name.to_str()),
            stem => stem,
        };
        let folder = self.root.join("preview").join(stem.unwrap_or("issue")).join(kind);
        // Through a link, files elsewhere would be deleted.
        files::check_link(&self.root, &folder)?;
        files::empty(&folder)?;
        Ok(folder)
    }
}

fn find_root(start: &Path) -> Result<PathBuf, Error> {
    let absolute = std::path::absolute(start).map_err(|source| Error::Read { path: start.to_owned(), source })?;
    let root = absolute.ancestors().find(|folder| folder.join(SETTINGS_FILE).is_file());
    root.map(Path::to_owned).ok_or(Error::NoProject { searched: absolute.clone() })
}

/// The digest of a YAML file without some of its keys, whose values change no letter.
pub(crate) fn digest_without(source: &Source, keys: &[&str]) -> Digest {
    let text = source.text();
    let Ok(Node { kind: NodeKind::Mapping(entries), .. }) = yaml::parse(source) else {
        return source.digest();
    };
    let kept = entries.iter().filter(|(key, _)| !keys.contains(&key.value.as_str()));
    let pieces = kept.flat_map(|(key, node)| {
        let value = text.get(node.span.start..node.span.end).unwrap_or(text);
        [key.value.clone(), value.trim_end().replace("\r\n", "\n")]
    });
    let pieces: Vec<String> = pieces.collect();
    Digest::of(pieces.iter().map(String::as_bytes))
}

/// The part of a text that is approved: without people, and without keys that are only about sending, such as the
/// relay.
pub(crate) fn approved_part(source: &Source) -> String {
    let is_yaml = Path::new(&**source.path()).extension().is_some_and(|kind| kind == "yaml" || kind == "yml");
    match &**source.path() {
        SETTINGS_FILE => lines_without(source, &SENDING_KEYS),
        // An audience, or else a file that has no such key.
        _ if is_yaml => lines_without(source, &["recipients"]),
        _ => source.text().to_owned(),
    }
}

/// The lines of a YAML file without those of some keys; none if it cannot be read.
fn lines_without(source: &Source, keys: &[&str]) -> String {
    let Ok(Node { kind: NodeKind::Mapping(entries), .. }) = yaml::parse(source) else { return String::new() };
    let kept = source.text().lines().enumerate().filter(|(before, _)| {
        let entry = entries.iter().rfind(|(key, _)| key.line <= before + 1);
        entry.is_some_and(|(key, _)| !keys.contains(&key.value.as_str()))
    });
    kept.map(|(_, line)| line).collect::<Vec<_>>().join("\n")
}
