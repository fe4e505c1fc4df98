//! `audience diff`: who is added or removed between two lists, or two revisions of the audiences.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use clap::Args;
use serde::Serialize;

use crate::audience::AudienceId;
use crate::base::error::Error;
use crate::base::message::{Message, message};
use crate::base::noun;
use crate::cli::exit::Exit;
use crate::cli::terminal::Terminal;
use crate::people::person::Person;
use crate::project::Project;
use crate::project::revision::Revision;

/// Arguments of `audience diff`.
#[derive(Args, Debug)]
pub(crate) struct AudienceDiffArgs {
    /// A list of people, or a Git revision: `HEAD~1`
    before: String,
    /// The list or revision to compare with; `.` is the working tree
    after: String,
    /// List the addresses that are added, removed or changed
    #[arg(long)]
    people: bool,
}

/// The project as it is now, in place of a revision.
const CURRENT: &str = ".";

/// People by their addresses' keys.
type PeopleByKey = BTreeMap<String, Person>;

/// The people of each audience; those of a list have an empty name.
type PeopleByGroup = BTreeMap<String, PeopleByKey>;

#[derive(Serialize)]
struct ChangeJson<'a> {
    audience: &'a str,
    added: Vec<&'a str>,
    removed: Vec<&'a str>,
    changed: Vec<&'a str>,
}

/// Reports who is added, removed or changed.
pub(super) fn run(terminal: &Terminal, project: &Project, diff: &AudienceDiffArgs) -> Result<Exit, Error> {
    let files = [&diff.before, &diff.after].map(|typed| Path::new(typed).is_file());
    let sides = if files == [true, true] {
        [list(terminal, project, &diff.before)?, list(terminal, project, &diff.after)?]
    } else {
        [revision(terminal, project, &diff.before)?, revision(terminal, project, &diff.after)?]
    };
    let [Some(before), Some(after)] = sides else { return Ok(Exit::Blocked) };
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let no_people = PeopleByKey::new();
    for name in names {
        let [before, after] = [&before, &after].map(|groups| groups.get(name).unwrap_or(&no_people));
        print_report(terminal, name, before, after, diff);
    }
    Ok(Exit::Done)
}

fn list(terminal: &Terminal, project: &Project, path: &str) -> Result<Option<PeopleByGroup>, Error> {
    let (people, diagnostics) = match project.list_of(path) {
        Ok(read) => read,
        Err(error) => {
            terminal.problem(message!("{path} cannot be read: {error}", "{path} kan ikke læses: {error}"));
            return Ok(None);
        }
    };
    terminal.diagnostics(&diagnostics);
    if diagnostics.has_errors() {
        return Ok(None);
    }
    Ok(Some(PeopleByGroup::from([(String::new(), by_address(people.iter())?)])))
}

fn by_address(people: impl Iterator<Item = Result<Person, Error>>) -> Result<PeopleByKey, Error> {
    people.map(|person| person.map(|person| (person.address.key(), person))).collect()
}

fn revision(terminal: &Terminal, project: &Project, name: &str) -> Result<Option<PeopleByGroup>, Error> {
    if name == CURRENT {
        return groups(terminal, project, name);
    }
    let Some(files) = Revision::check_out(project, name)? else {
        terminal.problem(message!(
            "{name} is neither a list of people nor a Git revision of this project",
            "{name} er hverken en liste over personer eller en Git-revision af projektet"
        ));
        return Ok(None);
    };
    let Some(project) = files.project(project)?.project else {
        terminal.problem(message!("newsletter.yaml has errors in {name}", "newsletter.yaml har fejl i {name}"));
        return Ok(None);
    };
    groups(terminal, &project, name)
}

fn groups(terminal: &Terminal, project: &Project, name: &str) -> Result<Option<PeopleByGroup>, Error> {
    let (readers, diagnostics) = project.readers()?;
    if diagnostics.has_errors() {
        let of_revision = if name == CURRENT { Message::default() } else { message!(" in {name}", " i {name}") };
        terminal.problem(message!(
            "the audiences have errors{of_revision}: see `newsletter check`",
            "målgrupperne har fejl{of_revision}: se `newsletter check`"
        ));
        return Ok(None);
    }
    let group = |id: &AudienceId| {
        let members = by_address(readers.membership.of(id).map(|member| member.person()))?;
        Ok((id.to_string(), members))
    };
    readers.audiences.iter().map(|audience| group(&audience.id)).collect::<Result<_, _>>().map(Some)
}

fn print_report(terminal: &Terminal, name: &str, before: &PeopleByKey, after: &PeopleByKey, diff: &AudienceDiffArgs) {
    let only = |one: &PeopleByKey, other: &PeopleByKey| -> Vec<String> {
        one.iter().filter(|(key, _)| !other.contains_key(*key)).map(|(_, person)| person.address.to_string()).collect()
    };
    let (added, removed) = (only(after, before), only(before, after));
    let is_changed = |one: &Person, other: &Person| one.fields != other.fields || one.lang != other.lang;
    let both = after.iter().filter_map(|(key, person)| Some((person, before.get(key)?)));
    let changed: Vec<String> =
        both.filter(|(one, other)| is_changed(one, other)).map(|(person, _)| person.address.to_string()).collect();
    terminal.json(&ChangeJson {
        audience: name,
        added: added.iter().map(String::as_str).collect(),
        removed: removed.iter().map(String::as_str).collect(),
        changed: changed.iter().map(String::as_str).collect(),
    });
    let label = if name.is_empty() { String::new() } else { format!("{name}: ") };
    let total = noun::MEMBER.count(after.len() as u64);
    let (new, gone, other) = (added.len(), removed.len(), changed.len());
    terminal.print_line(message!(
        "{label}{total}; {new} added, {gone} removed, {other} changed",
        "{label}{total}; {new} nye, {gone} ude, {other} ændret"
    ));
    if diff.people {
        for (sign, list) in [('+', &added), ('-', &removed), ('~', &changed)] {
            for address in list {
                terminal.print_line(Message::verbatim(format!("  {sign} {address}")));
            }
        }
    }
}
