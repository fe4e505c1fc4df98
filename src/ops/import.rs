//! Which list an import is written to, and the files that it writes.

use std::path::Path;

use thiserror::Error as ThisError;

use crate::audience::AudienceId;
use crate::audience::audiences::Audiences;
use crate::audience::file::Audience;
use crate::base::error::Error;
use crate::base::message::{Message, message};
use crate::base::source::nearest::nearest;
use crate::base::source::text::Source;
use crate::delivery::file::FileReaders;
use crate::people::import::list::CsvList;
use crate::people::import::{ImportError, SEPARATOR};
use crate::people::lists::list_source::{ListFormat, ListSource};
use crate::people::lists::mapping::Mapping;
use crate::project::Project;
use crate::project::files;

/// The file with the rejected rows of an import, beside the list.
pub(crate) const REJECTED: &str = "import_errors.csv";

/// The list that an import is written to, and what happens to the file of its audience.
#[derive(Clone, Debug)]
pub struct Destination {
    /// The list's path in the project.
    pub name: String,
    /// How the audience's file maps the columns to fields.
    pub mapping: Mapping,
    /// The audience; absent where the list was given by its path.
    pub audience: Option<AudienceFile>,
}

/// The file of the audience that an import is written to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AudienceFile {
    /// The audience.
    pub id: AudienceId,
    /// The file's path in the project.
    pub name: String,
    /// What happens to it.
    pub action: AudienceFileAction,
}

/// What an import does to the file of an audience.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AudienceFileAction {
    /// Nothing: it names the list already.
    Keep,
    /// Adds the name of the list.
    AddList,
    /// Creates it.
    Create,
}

/// Why an import has no destination.
#[derive(Clone, Debug, PartialEq, Eq, ThisError)]
pub enum DestinationError {
    /// Several audiences have their own lists.
    #[error("{}", message!(
        "there are several lists: choose one with --into {}",
        "der er flere lister: vælg en med --into {}",
        Message::translated(audiences.join(", or --into "), audiences.join(" eller --into "))
    ))]
    Several {
        /// An audience of each list.
        audiences: Vec<String>,
    },
    /// The people of the audience are not in a CSV file.
    #[error("{}", message!(
        "the people of {audience} are in {source_name}: an import can only be written to a CSV file",
        "personerne i {audience} står i {source_name}: der kan kun importeres til en CSV-fil"
    ))]
    NotCsv {
        /// The audience.
        audience: AudienceId,
        /// Where its people are.
        source_name: String,
    },
    /// The file of the audience has errors.
    #[error("{}", message!(
        "the file of the audience {audience} has errors: see `newsletter check`",
        "filen for målgruppen {audience} har fejl: se `newsletter check`"
    ))]
    InvalidAudience {
        /// The audience.
        audience: AudienceId,
    },
    /// The audience is unknown, but one has a similar name.
    #[error("{}", message!(
        "unknown audience `{typed}`; did you mean `{near}`?",
        "ukendt målgruppe `{typed}`; mente du `{near}`?"
    ))]
    Near {
        /// What was typed.
        typed: String,
        /// The audience with a similar name.
        near: String,
    },
    /// Neither an audience nor a CSV file.
    #[error("{}", message!(
        "`{typed}` is neither a valid audience id nor the path of a CSV file",
        "`{typed}` er hverken en målgruppes navn eller stien til en CSV-fil"
    ))]
    Neither {
        /// What was typed.
        typed: String,
    },
}

/// The list to import into: that of the audience `into`, or the file `into`; if absent, the project's only list, or a
/// new one called `new_name`.
///
/// # Errors
///
/// The audiences cannot be read. The inner error: the destination is ambiguous or unusable.
pub fn destination(
    project: &Project,
    into: Option<&str>,
    new_name: &str,
) -> Result<Result<Destination, DestinationError>, Error> {
    let (audiences, _) = project.audiences()?;
    let Some(typed) = into else { return Ok(only_destination(project, &audiences, new_name)) };
    let is_path = Path::new(typed).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
    if is_path {
        let name = files::name(project.root(), Path::new(typed)).to_string_lossy().replace('\\', "/");
        let has_list = |audience: &&Audience| {
            audience.list_source().is_some_and(|source| source.value.path() == Some(name.as_str()))
        };
        let mapping = audiences.iter().find(has_list).map(Audience::mapping).unwrap_or_default();
        return Ok(Ok(Destination { name, mapping, audience: None }));
    }
    let Ok(id) = AudienceId::parse(typed) else {
        return Ok(Err(DestinationError::Neither { typed: typed.to_owned() }));
    };
    Ok(match audiences.named(&id) {
        Some(audience) => list_of_audience(project, audience),
        // Its id is known, but its file could not be parsed.
        None if audiences.contains(&id) => Err(DestinationError::InvalidAudience { audience: id }),
        None => {
            // Its list would be overwritten, or be beside one whose name differs in case only.
            let list = format!("people/{id}.csv").to_lowercase();
            let has_list = |audience: &&Audience| {
                let path = audience.list_source().and_then(|source| source.value.path());
                path.is_some_and(|path| path.to_lowercase() == list)
            };
            let meant = audiences.called(typed).or_else(|| audiences.iter().find(has_list));
            let meant = meant.map(|audience| audience.id.as_str());
            match meant.or_else(|| nearest(typed, audiences.ids().map(AudienceId::as_str))) {
                Some(near) => Err(DestinationError::Near { typed: typed.to_owned(), near: near.to_owned() }),
                None => new_list(project, typed),
            }
        }
    })
}

/// The project's only list, or a new one.
fn only_destination(project: &Project, audiences: &Audiences, new_name: &str) -> Result<Destination, DestinationError> {
    let source = |audience: &Audience| audience.list_source().map(|source| source.value.clone());
    let mut listed: Vec<&Audience> = audiences.iter().filter(|audience| audience.list_source().is_some()).collect();
    // Audiences may share a list, which then counts once.
    listed.sort_by_key(|audience| source(audience));
    listed.dedup_by_key(|audience| source(audience));
    match listed.as_slice() {
        [] => new_list(project, new_name),
        [audience] => list_of_audience(project, audience),
        several => {
            let mut audiences: Vec<String> = several.iter().map(|audience| audience.id.to_string()).collect();
            audiences.sort();
            Err(DestinationError::Several { audiences })
        }
    }
}

fn list_of_audience(project: &Project, audience: &Audience) -> Result<Destination, DestinationError> {
    let id = audience.id.clone();
    let (name, action) = match audience.list_source().map(|source| &source.value) {
        None => (format!("people/{id}.csv"), AudienceFileAction::AddList),
        Some(ListSource::File { path, options }) if options.format == ListFormat::Csv => {
            (path.clone(), AudienceFileAction::Keep)
        }
        Some(source) => return Err(DestinationError::NotCsv { audience: id, source_name: source.name() }),
    };
    let file = AudienceFile { name: audience_file_name(project, &id), id, action };
    Ok(Destination { name, mapping: audience.mapping(), audience: Some(file) })
}

fn new_list(project: &Project, typed: &str) -> Result<Destination, DestinationError> {
    let id = AudienceId::parse(typed).map_err(|_| DestinationError::Neither { typed: typed.to_owned() })?;
    let file = AudienceFile { name: audience_file_name(project, &id), id, action: AudienceFileAction::Create };
    let name = format!("people/{}.csv", file.id);
    Ok(Destination { name, mapping: Mapping::default(), audience: Some(file) })
}

/// The path of an audience's file in the project, with either extension.
fn audience_file_name(project: &Project, id: &AudienceId) -> String {
    let folder = &project.settings().paths.audiences;
    let short = folder.join(format!("{id}.yml"));
    let path = if project.root().join(&short).exists() { short } else { folder.join(format!("{id}.yaml")) };
    path.to_string_lossy().replace('\\', "/")
}

/// The list as it is before the import; empty where the file does not exist.
///
/// # Errors
///
/// It cannot be read. The inner error: it is not a list of people.
pub fn read_list(project: &Project, destination: &Destination) -> Result<Result<CsvList, ImportError>, Error> {
    let path = project.root().join(&destination.name);
    if !path.exists() {
        return Ok(Ok(CsvList::default()));
    }
    Ok(CsvList::parse(&destination.name, &files::read(&path)?, &destination.mapping))
}

/// Writes a list of people: at any moment the old one or the new one is complete, and only its owner can read it.
///
/// # Errors
///
/// It cannot be written.
pub fn write_list(project: &Project, destination: &Destination, csv: &str) -> Result<(), Error> {
    files::write(&project.root().join(&destination.name), csv.as_bytes(), FileReaders::Owner)
}

/// Writes the rejected rows beside the list, and returns the file's name; where there are none, removes those of an
/// earlier import.
///
/// # Errors
///
/// The file cannot be written or removed.
pub fn write_rejected(project: &Project, destination: &Destination, csv: Option<&str>) -> Result<String, Error> {
    let name = Path::new(&destination.name).with_file_name(REJECTED);
    let path = project.root().join(&name);
    match csv {
        Some(csv) => files::write(&path, csv.as_bytes(), FileReaders::Owner)?,
        None => files::remove(&path)?,
    }
    Ok(name.to_string_lossy().replace('\\', "/"))
}

/// Creates the file of an audience, or adds to it the name of its list and which fields hold several values. Returns what
/// the user has to write instead, if lines cannot be appended to the file.
///
/// # Errors
///
/// It cannot be read or written.
pub fn update_audience_file(
    project: &Project,
    destination: &Destination,
    list_fields: &[&str],
) -> Result<Option<Message>, Error> {
    let must_change = |file: &&AudienceFile| file.action != AudienceFileAction::Keep;
    let Some(file) = destination.audience.as_ref().filter(must_change) else { return Ok(None) };
    let path = project.root().join(&file.name);
    let separators: Vec<String> = list_fields.iter().map(|field| format!("{field}: \"{SEPARATOR}\"")).collect();
    let lists = if separators.is_empty() { String::new() } else { format!("lists: {{{}}}\n", separators.join(", ")) };
    let lines = format!("people: {}\n{lists}", destination.name);
    if file.action == AudienceFileAction::Create {
        files::write_new(&path, format!("name: {}\n{lines}", file.id))?;
        return Ok(None);
    }
    let source = files::read_source(project.root(), &path)?;
    let text = source.text().trim_end();
    let text = if text.is_empty() { lines.clone() } else { format!("{text}\n{lines}") };
    // After a mapping in flow style, or after `...`, the appended lines are not valid YAML.
    let changed = Source::new(file.name.as_str(), text.as_str());
    let (audience, _) = Audience::parse(file.id.clone(), &changed, &project.settings().shared);
    if audience.is_none() {
        return Ok(Some({
            let lines = lines.trim_end();
            Message::translated(
                format!("write into {}: {}", file.name, lines.replace('\n', ", and ")),
                format!("skriv i {}: {}", file.name, lines.replace('\n', ", og ")),
            )
        }));
    }
    files::write(&path, text.as_bytes(), FileReaders::Everyone)?;
    Ok(None)
}

/// Adds a list to the project's `.gitignore`; returns the lines that were missing.
///
/// # Errors
///
/// The file cannot be read or written.
pub fn ignore_in_git(project: &Project, destination: &Destination) -> Result<Option<Message>, Error> {
    let list = Path::new(&destination.name);
    // A pattern cannot match files above the folder of its `.gitignore`.
    if list.is_absolute() || list.starts_with("..") {
        return Ok(None);
    }
    let folder = list.parent().filter(|folder| !folder.as_os_str().is_empty());
    // With a leading slash a pattern matches only at the top, and not in every folder (gitignore(5)).
    let patterns = match folder {
        Some(folder) => vec![format!("/{}/", folder.to_string_lossy().replace('\\', "/"))],
        None => vec![format!("/{}", destination.name), format!("/{REJECTED}")],
    };
    let path = project.root().join(".gitignore");
    let mut text =
        if path.exists() { files::read_source(project.root(), &path)?.text().to_owned() } else { String::new() };
    let bare = |line: &str| line.trim().trim_matches('/').to_owned();
    let missing: Vec<&str> = patterns
        .iter()
        .map(String::as_str)
        .filter(|pattern| !text.lines().any(|line| bare(line) == bare(pattern)))
        .collect();
    if missing.is_empty() {
        return Ok(None);
    }
    let added = Message::all(&missing);
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    for line in missing {
        text.extend([line, "\n"]);
    }
    files::write(&path, text.as_bytes(), FileReaders::Everyone)?;
    Ok(Some(added))
}
