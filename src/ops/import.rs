//! Where an import goes, and how it is written.

use std::path::{Path, PathBuf};

use thiserror::Error as ThisError;

use crate::audience::AudienceId;
use crate::audience::file::Audience;
use crate::base::error::Error;
use crate::base::source::nearest::nearest;
use crate::base::source::text::Source;
use crate::people::import::list::CsvList;
use crate::people::import::{ImportError, SEPARATOR};
use crate::people::lists::list_source::{ListFormat, ListSource};
use crate::people::lists::mapping::Mapping;
use crate::project::Project;
use crate::project::files;

/// The file beside a list with the rows of an import that nobody can use.
pub(crate) const REJECTED: &str = "import_errors.csv";

/// The list that an import goes into, and what happens to the file of its audience.
#[derive(Clone, Debug)]
pub struct Destination {
    /// The list's path, as it is known in the project.
    pub name: String,
    /// What its audience's file says of its columns.
    pub mapping: Mapping,
    /// The audience, unless the list was named by its path.
    pub audience: Option<AudienceFile>,
}

/// The file of an audience that an import goes into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AudienceFile {
    /// The audience.
    pub id: AudienceId,
    /// The file's path in the project.
    pub name: String,
    /// What is to be done to it.
    pub step: AudienceFileAction,
}

/// What an import does to the file of an audience.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AudienceFileAction {
    /// Nothing: it names the list already.
    Leave,
    /// It is told where its people are.
    Tell,
    /// It is made.
    Make,
}

/// Why nobody knows where an import goes.
#[derive(Clone, Debug, PartialEq, Eq, ThisError)]
pub enum DestinationError {
    /// Several audiences have lists of their own.
    #[error("there are several lists of people; say which one: --into {}", audiences.join(", or --into "))]
    Several {
        /// An audience of each list.
        audiences: Vec<String>,
    },
    /// The people of the audience stand elsewhere.
    #[error("the people of {audience} are kept in {kept}, and an import goes into a CSV file")]
    NotCsv {
        /// The audience.
        audience: AudienceId,
        /// Where they are kept.
        kept: String,
    },
    /// The file of the audience has mistakes.
    #[error("the file of the audience {audience} has mistakes: `newsletter check` tells them")]
    Mistaken {
        /// The audience.
        audience: AudienceId,
    },
    /// There is no such audience, and one of nearly that name.
    #[error("unknown audience `{typed}`; did you mean `{near}`?")]
    Near {
        /// What was typed.
        typed: String,
        /// The one that there is.
        near: String,
    },
    /// Neither an audience nor a CSV file.
    #[error("{typed} is neither an audience nor the path of a CSV file")]
    Neither {
        /// What was typed.
        typed: String,
    },
}

impl Project {
    /// Where an import goes: into the list of the audience that is named, into a list that is named by its path, or
    /// where nothing is named into the only list that there is, or a new one that is called so.
    ///
    /// # Errors
    ///
    /// The audiences cannot be read. That nobody knows where it goes is the inner error.
    pub fn destination(
        &self,
        into: Option<&str>,
        otherwise: &str,
    ) -> Result<Result<Destination, DestinationError>, Error> {
        let (audiences, _) = self.audiences()?;
        let Some(typed) = into else {
            let mut listed: Vec<&Audience> =
                audiences.iter().filter(|audience| audience.list_source().is_some()).collect();
            listed.sort_by_key(|audience| audience.list_source().map(|kept| kept.value.clone()));
            listed.dedup_by_key(|audience| audience.list_source().map(|kept| kept.value.clone()));
            return Ok(match listed.as_slice() {
                [] => self.new_list(otherwise),
                [audience] => self.list_of_audience(audience),
                several => {
                    let mut audiences: Vec<String> = several.iter().map(|audience| audience.id.to_string()).collect();
                    audiences.sort();
                    Err(DestinationError::Several { audiences })
                }
            });
        };
        let is_path = Path::new(typed).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
        if is_path {
            let name = files::name(self.root(), Path::new(typed)).to_string_lossy().replace('\\', "/");
            let has_list = |audience: &&Audience| {
                audience.list_source().is_some_and(|kept| kept.value.path() == Some(name.as_str()))
            };
            let mapping = audiences.iter().find(has_list).map(Audience::mapping).unwrap_or_default();
            return Ok(Ok(Destination { name, mapping, audience: None }));
        }
        let Ok(id) = AudienceId::parse(typed) else {
            return Ok(Err(DestinationError::Neither { typed: typed.to_owned() }));
        };
        Ok(match audiences.named(&id) {
            Some(audience) => self.list_of_audience(audience),
            None if audiences.contains(&id) => Err(DestinationError::Mistaken { audience: id }),
            None => match nearest(typed, audiences.ids().map(AudienceId::as_str)) {
                Some(near) => Err(DestinationError::Near { typed: typed.to_owned(), near: near.to_owned() }),
                None => self.new_list(typed),
            },
        })
    }

    fn list_of_audience(&self, audience: &Audience) -> Result<Destination, DestinationError> {
        let id = audience.id.clone();
        let (name, step) = match audience.list_source().map(|kept| &kept.value) {
            None => (format!("people/{id}.csv"), AudienceFileAction::Tell),
            Some(ListSource::File { path, options }) if options.format == ListFormat::Csv => {
                (path.clone(), AudienceFileAction::Leave)
            }
            Some(kept) => return Err(DestinationError::NotCsv { audience: id, kept: kept.name() }),
        };
        let file = AudienceFile { name: self.audience_name(&id), id, step };
        Ok(Destination { name, mapping: audience.mapping(), audience: Some(file) })
    }

    fn new_list(&self, typed: &str) -> Result<Destination, DestinationError> {
        let id = AudienceId::parse(typed).map_err(|_| DestinationError::Neither { typed: typed.to_owned() })?;
        let file = AudienceFile { name: self.audience_name(&id), id, step: AudienceFileAction::Make };
        let name = format!("people/{}.csv", file.id);
        Ok(Destination { name, mapping: Mapping::default(), audience: Some(file) })
    }

    /// The path of an audience's file, whichever ending it has.
    fn audience_name(&self, id: &AudienceId) -> String {
        let folder = &self.settings().paths.audiences;
        let short = folder.join(format!("{id}.yml"));
        let path = if self.root().join(&short).exists() { short } else { folder.join(format!("{id}.yaml")) };
        path.to_string_lossy().replace('\\', "/")
    }

    /// The list that an import goes into, as it is now; an empty one where there is none.
    ///
    /// # Errors
    ///
    /// It cannot be read. That it is no list is the inner error.
    pub fn import_list(&self, destination: &Destination) -> Result<Result<CsvList, ImportError>, Error> {
        let path = self.root().join(&destination.name);
        if !path.exists() {
            return Ok(Ok(CsvList::default()));
        }
        Ok(CsvList::parse(&destination.name, &files::read(&path)?, &destination.mapping))
    }

    /// Writes a list of people: the old one or the new one is there at any moment, readable to its owner only.
    ///
    /// # Errors
    ///
    /// It cannot be written.
    pub fn write_list(&self, destination: &Destination, csv: &str) -> Result<(), Error> {
        files::put_private(&self.root().join(&destination.name), csv.as_bytes())
    }

    /// Writes the rows that nobody can use beside the list, and gives the file's name; where there are none, those of
    /// an earlier import are taken away.
    ///
    /// # Errors
    ///
    /// The file cannot be written.
    pub fn write_rejected(&self, destination: &Destination, csv: Option<&str>) -> Result<String, Error> {
        let name = Path::new(&destination.name).with_file_name(REJECTED);
        let path = self.root().join(&name);
        match csv {
            Some(csv) => files::put_private(&path, csv.as_bytes())?,
            None => files::remove(&path)?,
        }
        Ok(name.to_string_lossy().replace('\\', "/"))
    }

    /// Makes the file of an audience, or tells it where its people are and which fields hold several values; what the
    /// person has to do instead, where its lines cannot be added to.
    ///
    /// # Errors
    ///
    /// It cannot be read or written.
    pub fn tell_audience(&self, destination: &Destination, lists: &[&str]) -> Result<Option<String>, Error> {
        let Some(file) = destination.audience.as_ref().filter(|file| file.step != AudienceFileAction::Leave) else {
            return Ok(None);
        };
        let path = self.root().join(&file.name);
        let said: Vec<String> = lists.iter().map(|field| format!("{field}: \"{SEPARATOR}\"")).collect();
        let lists = if said.is_empty() { String::new() } else { format!("lists: {{{}}}\n", said.join(", ")) };
        let lines = format!("people: {}\n{lists}", destination.name);
        if file.step == AudienceFileAction::Make {
            files::write_new(&path, &format!("name: {}\n{lines}", file.id))?;
            return Ok(None);
        }
        let source = files::read_source(self.root(), &path)?;
        let text = source.text().trim_end();
        let text = if text.is_empty() { lines.clone() } else { format!("{text}\n{lines}") };
        let (audience, _) =
            Audience::parse(file.id.clone(), &Source::new(file.name.as_str(), text.as_str()), &self.settings().rules);
        if audience.is_none() {
            return Ok(Some(format!("write into {}: {}", file.name, lines.trim_end().replace('\n', ", and "))));
        }
        files::put_public(&path, text.as_bytes())?;
        Ok(None)
    }

    /// Keeps a list out of Git, where the project's `.gitignore` does not do so yet; whether it had to be told.
    ///
    /// # Errors
    ///
    /// The file cannot be read or written.
    pub fn keep_out_of_git(&self, destination: &Destination) -> Result<Option<String>, Error> {
        let list = Path::new(&destination.name);
        let folder = list.parent().filter(|folder| !folder.as_os_str().is_empty());
        if list.is_absolute() || list.starts_with("..") {
            return Ok(None);
        }
        let wanted = match folder {
            Some(folder) => vec![format!("/{}/", folder.to_string_lossy().replace('\\', "/"))],
            None => vec![format!("/{}", destination.name), format!("/{REJECTED}")],
        };
        let path: PathBuf = self.root().join(".gitignore");
        let mut text =
            if path.exists() { files::read_source(self.root(), &path)?.text().to_owned() } else { String::new() };
        let plain = |line: &str| line.trim().trim_matches('/').to_owned();
        let missing: Vec<&String> =
            wanted.iter().filter(|line| !text.lines().any(|other| plain(other) == plain(line))).collect();
        if missing.is_empty() {
            return Ok(None);
        }
        let told = missing.iter().map(|line| line.as_str()).collect::<Vec<_>>().join(" and ");
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        for line in missing {
            text.push_str(line);
            text.push('\n');
        }
        files::put_public(&path, text.as_bytes())?;
        Ok(Some(told))
    }
}
