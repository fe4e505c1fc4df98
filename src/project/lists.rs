//! Reads the lists of people that audiences name, wherever they are kept.

use std::collections::BTreeMap;
use std::error::Error as _;
use std::fs;
use std::io;
use std::iter;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use crate::audience::AudienceId;
use crate::audience::audiences::Audiences;
use crate::base::error::Error;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::span::{Span, Spanned};
use crate::people::lists::list_source::{FileOptions, ListFormat, ListSource, ServerQuery};
use crate::people::lists::mapping::Mapping;
use crate::people::lists::postgres;
use crate::people::lists::{ListOptions, People};
use crate::people::store::address_interner::AddressInterner;
use crate::project::Project;
use crate::project::command::{CommandError, RunningCommand};
use crate::project::files;
use crate::project::ledger_location;

const NO_PEOPLE: Code = Code("NL292");
const CHANGED: Code = Code("NL294");
const COMMAND_FAILED: Code = Code("NL295");

/// A server ends what takes too long by itself; so much longer it is waited for: to connect, and to hear of it.
const GRACE: Duration = Duration::from_secs(20);
/// So many rows of an answer wait to be read.
const QUEUED_ROWS: usize = 1024;

impl Project {
    /// Reads the people of the audiences that keep them outside their own file, each list once; a list that cannot be
    /// read is a mistake of the audience that names it.
    pub(super) fn people(
        &self,
        audiences: &Audiences,
        registry: &mut AddressInterner,
        diagnostics: &mut Diagnostics,
    ) -> BTreeMap<AudienceId, Arc<People>> {
        let mut people: BTreeMap<AudienceId, Arc<People>> = BTreeMap::new();
        let mut read: BTreeMap<(&ListSource, Mapping), Arc<People>> = BTreeMap::new();
        for audience in audiences.iter() {
            let Some(kept) = audience.list_source() else { continue };
            let key = (&kept.value, audience.mapping());
            if let Some(list) = read.get(&key) {
                people.insert(audience.id.clone(), Arc::clone(list));
                continue;
            }
            let mut found = Diagnostics::new();
            let list = self.list((kept, &key.1), registry, &mut found).map(Arc::new);
            diagnostics.extend(at_place(&found, &kept.place));
            match list {
                Ok(list) => {
                    people.insert(audience.id.clone(), Arc::clone(&list));
                    read.insert(key, list);
                }
                Err(error) => {
                    let message = format!("the people of {} cannot be read: {error}", audience.id);
                    let diagnostic = Diagnostic::error(NO_PEOPLE, message).at(kept.place.clone());
                    diagnostics.push(diagnostic.hint(missing_hint(&kept.value)));
                }
            }
        }
        people
    }

    /// Reads a list of people that no audience names, from a path on the command line.
    ///
    /// # Errors
    ///
    /// There is no such file, or it cannot be read.
    pub fn list_of(&self, path: &str) -> io::Result<(People, Diagnostics)> {
        let table = FileOptions { format: ListFormat::of_path(path), sheet: None };
        let (mut registry, mut diagnostics) = (AddressInterner::new(self.scratch()), Diagnostics::new());
        let people =
            file((Path::new(path), &path.into()), (&table, &Mapping::default()), &mut registry, &mut diagnostics)?;
        Ok((people, diagnostics))
    }

    fn list(
        &self,
        (kept, mapping): (&Spanned<ListSource>, &Mapping),
        registry: &mut AddressInterner,
        diagnostics: &mut Diagnostics,
    ) -> io::Result<People> {
        let name: Arc<str> = kept.value.name().into();
        match &kept.value {
            ListSource::File { path, options } => {
                file((&self.lent(path), &name), (options, mapping), registry, diagnostics)
            }
            ListSource::Sqlite { path, query } => {
                let path = self.lent(path);
                files::open(&path)?;
                let (people, more) = People::from_sqlite(ListOptions { name: &name, mapping }, &path, query, registry);
                diagnostics.extend(more);
                Ok(people)
            }
            ListSource::Postgres(asked) => {
                let (people, more) = self.answered((&name, mapping), asked, registry)?;
                diagnostics.extend(more);
                Ok(people)
            }
            ListSource::Command { words, format, timeout } => {
                let mut program = RunningCommand::start(self.lender(), words, *timeout)?;
                let (people, more) =
                    People::from_stream(ListOptions { name: &name, mapping }, &mut program, *format, registry);
                let failure = program.finish().err().filter(|error| half_a_line_counts(error, *format));
                match failure {
                    // What is wrong with half an output is no mistake of anybody's.
                    Some(failure) => diagnostics.push(command_failed(&name, &failure, kept.place.clone())),
                    None => diagnostics.extend(more),
                }
                Ok(people)
            }
        }
    }

    /// What a server answers. It is asked apart, so that one that says no more is given up.
    fn answered(
        &self,
        (name, mapping): (&Arc<str>, &Mapping),
        asked: &ServerQuery,
        registry: &mut AddressInterner,
    ) -> io::Result<(People, Diagnostics)> {
        let mut asked = asked.clone();
        let password = ledger_location::password(self.lender(), asked.password.as_ref(), &asked.server);
        let password = password.map_err(|error| one_line_error(&error))?;
        asked.server = asked.server.based(self.lender());
        let patience = asked.timeout + GRACE;
        let (to_us, answers) = mpsc::sync_channel(QUEUED_ROWS);
        let name_there = Arc::clone(name);
        thread::Builder::new().spawn(move || {
            postgres::run(&asked, &name_there, password.as_ref(), &mut |row| to_us.send(Some(row)).is_ok());
            // This is the end; without it something is missing.
            _ = to_us.send(None);
        })?;
        let mut broken = false;
        let answers = iter::from_fn(|| {
            let answer = answers.recv_timeout(patience);
            broken = answer.is_err();
            answer.ok().flatten()
        });
        let people = People::from_query(ListOptions { name, mapping }, answers, registry);
        let silent = || io::Error::new(io::ErrorKind::TimedOut, "the server does not answer any more");
        if broken { Err(silent()) } else { Ok(people) }
    }

    /// The folder that commands and secrets of lists belong to.
    fn lender(&self) -> &Path {
        self.people_from.as_deref().unwrap_or(self.root())
    }

    /// The path of a list: the project's own, or else the one of the folder that lends its lists.
    fn lent(&self, path: &str) -> PathBuf {
        let own = self.root().join(path);
        match &self.people_from {
            Some(other) if files::open(&own).is_err() => other.join(path),
            Some(_) | None => own,
        }
    }
}

/// All that went wrong, for a message of one line.
fn one_line_error(error: &Error) -> io::Error {
    let cause = error.source().map(|source| format!(": {source}")).unwrap_or_default();
    io::Error::other(format!("{error}{cause}"))
}

/// Reads a file, and sees whether it stayed as it was.
fn file(
    (path, name): (&Path, &Arc<str>),
    (table, mapping): (&FileOptions, &Mapping),
    registry: &mut AddressInterner,
    diagnostics: &mut Diagnostics,
) -> io::Result<People> {
    let file = files::open(path)?;
    let before = file.metadata()?;
    let (people, more) = People::from_file(ListOptions { name, mapping }, &file, table, registry);
    let after = fs::metadata(path)?;
    // Somebody may have put another file in its place, as old and as long.
    let same_file = (before.dev(), before.ino()) == (after.dev(), after.ino());
    if same_file && (before.len(), before.modified()?) == (after.len(), after.modified()?) {
        diagnostics.extend(more);
    } else {
        let message = format!("{name} was changed while it was read");
        diagnostics.push(Diagnostic::error(CHANGED, message).hint("run the command again when it is complete"));
    }
    Ok(people)
}

/// What no line of a list is to blame for is told where the list is named.
fn at_place(found: &Diagnostics, named: &Span) -> Diagnostics {
    let placed = |mut diagnostic: Diagnostic| {
        diagnostic.place.get_or_insert_with(|| named.clone());
        diagnostic
    };
    found.iter().cloned().map(placed).collect()
}

fn missing_hint(kept: &ListSource) -> &'static str {
    match kept {
        ListSource::File { .. } | ListSource::Sqlite { .. } => "the path is relative to the project's folder",
        ListSource::Postgres(_) => {
            "look at password_env, password_file or password_command, and whether the server runs"
        }
        ListSource::Command { .. } => "the program must be installed here; it is started in the project's folder",
    }
}

/// JSON that is cut off is told where it is read.
fn half_a_line_counts(failure: &CommandError, format: ListFormat) -> bool {
    match (failure, format) {
        (CommandError::HalfALine, ListFormat::Json) => false,
        (CommandError::HalfALine | CommandError::Late | CommandError::Status(..) | CommandError::Lost(_), _) => true,
    }
}

fn command_failed(name: &str, failure: &CommandError, place: Span) -> Diagnostic {
    let (message, hint) = match failure {
        CommandError::Late => (
            format!("{name} did not end in time, and was ended"),
            "give it longer with timeout: 5m, or look why it hangs",
        ),
        CommandError::Status(status, complaint) if complaint.is_empty() => {
            (format!("{name} failed: {status}"), "run it by hand in the project's folder")
        }
        CommandError::Status(status, complaint) => {
            (format!("{name} failed: {status}: {complaint}"), "run it by hand in the project's folder")
        }
        CommandError::HalfALine => (
            format!("the last line that {name} printed has no end: some people may be missing"),
            "the command must end each line, the last one too",
        ),
        CommandError::Lost(error) => (format!("{name} cannot be waited for: {error}"), "run the command again"),
    };
    Diagnostic::error(COMMAND_FAILED, message).at(place).hint(hint)
}
