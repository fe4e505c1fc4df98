//! Reads the lists of people that audiences name, wherever they are kept.

use std::collections::BTreeMap;
use std::error::Error as _;
use std::fs;
use std::io;
use std::iter;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use crate::audience::AudienceId;
use crate::audience::audiences::Audiences;
use crate::base::error::Error;
use crate::base::io_reason::io_reason;
use crate::base::limits;
use crate::base::message::{Message, message};
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::span::{Span, Spanned};
use crate::people::lists::list_source::{FileOptions, ListFormat, ListSource, ServerQuery};
use crate::people::lists::mapping::Mapping;
use crate::people::lists::postgres;
use crate::people::lists::sqlite::Interrupt;
use crate::people::lists::{ListOptions, People};
use crate::people::store::address_interner::AddressInterner;
use crate::project::Project;
use crate::project::access;
use crate::project::command::{CommandError, RunningCommand};
use crate::project::files;
use crate::project::ledger_location;
use crate::project::sibling_files;

const NO_PEOPLE: Code = Code("NL292");
const CHANGED: Code = Code("NL294");
const COMMAND_FAILED: Code = Code("NL295");

/// How much longer than the query's own timeout the client waits: the server ends the query by itself (`statement_timeout`),
/// and connecting and transferring take time too.
const GRACE: Duration = Duration::from_secs(20);
/// How many rows of an answer may wait to be read.
const QUEUED_ROWS: usize = 1024;

impl Project {
    /// Reads the people of the audiences that keep them in a list outside their own file, each list once; a list that cannot
    /// be read is reported where an audience names it.
    pub(super) fn people(
        &self,
        audiences: &Audiences,
        registry: &mut AddressInterner,
        diagnostics: &mut Diagnostics,
    ) -> BTreeMap<AudienceId, Arc<People>> {
        let mut people: BTreeMap<AudienceId, Arc<People>> = BTreeMap::new();
        let mut read: BTreeMap<(&ListSource, Mapping), Arc<People>> = BTreeMap::new();
        for audience in audiences.iter() {
            let Some(source) = audience.list_source() else { continue };
            let key = (&source.value, audience.mapping());
            if let Some(list) = read.get(&key) {
                people.insert(audience.id.clone(), Arc::clone(list));
                continue;
            }
            let path = source.value.path().map(|path| self.list_path(path));
            if let Some(path) = &path {
                self.files.note(path);
            }
            if let Some(unread) = self.unread_list(source, path.as_deref()) {
                diagnostics.push(unread);
                continue;
            }
            let mut found = Diagnostics::new();
            let list = self.list(source, &key.1, registry, &mut found).map(Arc::new);
            if (list.is_err() || found.has_errors())
                && let Some(unread) = access::not_needed(self, source)
            {
                diagnostics.push(unread);
                continue;
            }
            diagnostics.extend(at_place(&found, &source.place));
            match list {
                Ok(list) => {
                    people.insert(audience.id.clone(), Arc::clone(&list));
                    read.insert(key, list);
                }
                Err(error) => {
                    let reason = io_reason(&error);
                    let message = message!(
                        "the people of {} cannot be read: {reason}",
                        "personerne i {} kan ikke læses: {reason}",
                        audience.id
                    );
                    let diagnostic = Diagnostic::error(NO_PEOPLE, message).at(source.place.clone());
                    diagnostics.push(diagnostic.hint(missing_hint(&source.value, path.as_deref())));
                }
            }
        }
        people
    }

    /// Reads a list of people that no audience names, from a path on the command line.
    ///
    /// # Errors
    ///
    /// The file does not exist, or cannot be read.
    pub fn list_of(&self, path: &str) -> io::Result<(People, Diagnostics)> {
        let options = FileOptions { format: ListFormat::of_path(path), sheet: None };
        let list = ListOptions { name: &path.into(), mapping: &Mapping::default() };
        let (mut registry, mut diagnostics) = (AddressInterner::new(self.scratch()), Diagnostics::new());
        let people = file(Path::new(path), &options, list, &mut registry, &mut diagnostics)?;
        Ok((people, diagnostics))
    }

    fn list(
        &self,
        source: &Spanned<ListSource>,
        mapping: &Mapping,
        registry: &mut AddressInterner,
        diagnostics: &mut Diagnostics,
    ) -> io::Result<People> {
        let name: Arc<str> = source.value.name().into();
        let list = ListOptions { name: &name, mapping };
        match &source.value {
            ListSource::File { path, options } => file(&self.list_path(path), options, list, registry, diagnostics),
            ListSource::Sqlite { path, query } => {
                let path = self.list_path(path);
                files::open(&path)?;
                let (reading, ended) = mpsc::channel::<()>();
                let watch = |interrupt: Interrupt| {
                    thread::spawn(move || {
                        if ended.recv_timeout(limits::LIST_TIME) == Err(RecvTimeoutError::Timeout) {
                            interrupt();
                        }
                    });
                };
                let (people, more) = People::from_sqlite(list, &path, query, watch, registry);
                drop(reading);
                diagnostics.extend(more);
                Ok(people)
            }
            ListSource::Postgres(query) => {
                let (people, more) = self.query(list, query, registry)?;
                diagnostics.extend(more);
                Ok(people)
            }
            ListSource::Command { words, format, timeout } => {
                let mut program = RunningCommand::start(self.lists_root(), words, *timeout)?;
                let (people, more) = People::from_stream(list, &mut program, *format, registry);
                let failure = program.finish().err().filter(|error| is_reported(error, *format));
                match failure {
                    // Rows of an incomplete output would be reported as mistakes although the command is the cause.
                    Some(failure) => diagnostics.push(command_failed(&name, &failure, source.place.clone())),
                    None => diagnostics.extend(more),
                }
                Ok(people)
            }
        }
    }

    /// The rows that a server returns. The query runs in a separate thread, so that a server that stops responding can
    /// be abandoned.
    fn query(
        &self,
        list: ListOptions<'_>,
        query: &ServerQuery,
        registry: &mut AddressInterner,
    ) -> io::Result<(People, Diagnostics)> {
        let mut query = query.clone();
        let password = ledger_location::password(self.lists_root(), query.password.as_ref(), &query.server);
        let password = password.map_err(|error| one_line_error(&error))?;
        query.server = query.server.based(self.lists_root());
        let limit = query.timeout + GRACE;
        let (sender, rows) = mpsc::sync_channel(QUEUED_ROWS);
        let name = Arc::clone(list.name);
        thread::Builder::new().spawn(move || {
            postgres::run(&query, &name, password.as_ref(), &mut |row| sender.send(Some(row)).is_ok());
            // Marks the end: a thread that panics drops the channel without it, so that the list does not count as
            // complete.
            _ = sender.send(None);
        })?;
        let mut broken = false;
        let rows = iter::from_fn(|| {
            let row = rows.recv_timeout(limit);
            broken = row.is_err();
            row.ok().flatten()
        });
        let people = People::from_query(list, rows, registry);
        let stopped = || {
            io::Error::new(
                io::ErrorKind::TimedOut,
                message!("the server stopped responding", "serveren holdt op med at svare"),
            )
        };
        if broken { Err(stopped()) } else { Ok(people) }
    }

    /// The folder that commands run in and that secrets of lists are relative to.
    fn lists_root(&self) -> &Path {
        self.people_from.as_deref().unwrap_or(self.root())
    }

    /// The path of a list: in this project, or else in the project whose lists it uses.
    fn list_path(&self, path: &str) -> PathBuf {
        let own = self.root().join(path);
        match &self.people_from {
            Some(other) if files::open(&own).is_err() => other.join(path),
            Some(_) | None => own,
        }
    }
}

/// An error and its cause on one line.
fn one_line_error(error: &Error) -> io::Error {
    let cause = error.source().map(|source| format!(": {source}")).unwrap_or_default();
    io::Error::other(format!("{error}{cause}"))
}

/// Reads a file, and checks that it did not change meanwhile.
fn file(
    path: &Path,
    options: &FileOptions,
    list: ListOptions<'_>,
    registry: &mut AddressInterner,
    diagnostics: &mut Diagnostics,
) -> io::Result<People> {
    let file = files::open(path)?;
    let before = file.metadata()?;
    let (people, more) = People::from_file(list, &file, options, registry);
    let after = fs::metadata(path)?;
    // The inode too: a file that was moved into its place may have the same length and modification time.
    let same_file = (before.dev(), before.ino()) == (after.dev(), after.ino());
    if same_file && (before.len(), before.modified()?) == (after.len(), after.modified()?) {
        diagnostics.extend(more);
    } else {
        let message = message!("{} was changed while it was read", "{} blev ændret, mens den blev læst", list.name);
        diagnostics.push(
            Diagnostic::error(CHANGED, message)
                .hint(message!("run the command again when it is complete", "kør kommandoen igen, når den er færdig")),
        );
    }
    Ok(people)
}

/// Problems without a line in the list are reported where the list is named.
fn at_place(found: &Diagnostics, named: &Span) -> Diagnostics {
    let placed = |mut diagnostic: Diagnostic| {
        diagnostic.place.get_or_insert_with(|| named.clone());
        diagnostic
    };
    found.iter().cloned().map(placed).collect()
}

/// What to do about a list that cannot be read; `stored` is where its file should be.
fn missing_hint(source: &ListSource, stored: Option<&Path>) -> Message {
    let near = stored.filter(|path| !path.exists()).and_then(sibling_files::similar_name);
    if let (Some(written), Some(near)) = (source.path(), near) {
        let near = Path::new(written).with_file_name(near);
        return message!("did you mean `{}`?", "mente du `{}`?", near.display());
    }
    match source {
        ListSource::File { path, .. } | ListSource::Sqlite { path, .. } if path.contains('\\') => {
            Message::fixed(r"write `/` between folders and not `\`", r"skriv `/` mellem mapper og ikke `\`")
        }
        ListSource::File { .. } | ListSource::Sqlite { .. } => {
            message!("the path is relative to the project's folder", "stien regnes fra projektets mappe")
        }
        ListSource::Postgres(_) => message!(
            "check password_env, password_file or password_command, and whether the server runs",
            "se efter password_env, password_file eller password_command, og om serveren kører"
        ),
        ListSource::Command { .. } => message!(
            "the program must be installed here; it is started in the project's folder",
            "programmet skal være installeret her; det startes i projektets mappe"
        ),
    }
}

/// Whether a failure is reported. JSON that is cut off is a syntax error already, with a better message.
fn is_reported(failure: &CommandError, format: ListFormat) -> bool {
    match (failure, format) {
        (CommandError::IncompleteLine, ListFormat::Json) => false,
        (
            CommandError::IncompleteLine | CommandError::TimedOut | CommandError::Status(..) | CommandError::Lost(_),
            _,
        ) => true,
    }
}

fn command_failed(name: &str, failure: &CommandError, place: Span) -> Diagnostic {
    let (message, hint) = match failure {
        CommandError::TimedOut => (
            message!("{name} timed out and was stopped", "{name} tog for lang tid og blev stoppet"),
            message!(
                "allow more time with timeout: 5m, or find out why it hangs",
                "giv mere tid med timeout: 5m, eller find ud af, hvorfor den hænger"
            ),
        ),
        CommandError::Status(status, complaint) if complaint.is_empty() => (
            message!("{name} failed: {status}", "{name} fejlede: {status}"),
            message!("run it by hand in the project's folder", "kør den i hånden i projektets mappe"),
        ),
        CommandError::Status(status, complaint) => (
            message!("{name} failed: {status}: {complaint}", "{name} fejlede: {status}: {complaint}"),
            message!("run it by hand in the project's folder", "kør den i hånden i projektets mappe"),
        ),
        CommandError::IncompleteLine => (
            message!(
                "the output of {name} ends within a line: some people may be missing",
                "det, {name} skriver, slutter midt i en linje: nogle personer kan mangle"
            ),
            message!(
                "the command must end every line with a line break, also the last one",
                "kommandoen skal slutte hver linje med et linjeskift, også den sidste"
            ),
        ),
        CommandError::Lost(error) => (
            message!(
                "the exit status of {name} cannot be read: {}",
                "exitkoden fra {name} kan ikke læses: {}",
                io_reason(error)
            ),
            message!("run the command again", "kør kommandoen igen"),
        ),
    };
    Diagnostic::error(COMMAND_FAILED, message).at(place).hint(hint)
}
