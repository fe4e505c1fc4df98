//! `audience list`: the sizes of audiences and of their overlaps.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use crate::audience::AudienceId;
use crate::base::error::Error;
use crate::base::message::{Message, UserLanguage, message};
use crate::base::noun;
use crate::cli::commands::audience::counts::AudienceCounts;
use crate::cli::commands::audience::{overlap_page, suppressed};
use crate::cli::exit::Exit;
use crate::cli::terminal::Terminal;
use crate::delivery::file::FileReaders;
use crate::people::lists::People;
use crate::project::Project;
use crate::project::files;
use crate::project::resolved_audiences::ResolvedAudiences;

/// Arguments of `audience list`.
#[derive(Args, Debug)]
pub(crate) struct AudienceListArgs {
    /// Write the overlaps to this HTML file
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

#[derive(Serialize)]
struct AudienceJson<'a> {
    audience: &'a str,
    name: &'a str,
    members: usize,
    /// How many of them are suppressed.
    suppressed: usize,
    overlaps: BTreeMap<&'a str, usize>,
}

/// Lists the audiences.
pub(super) fn run(terminal: &Terminal, project: &Project, list: &AudienceListArgs) -> Result<Exit, Error> {
    let (readers, diagnostics) = project.readers()?;
    let exit = terminal.list_diagnostics(project, diagnostics);
    let counts = AudienceCounts::of(&readers);
    if let Some(path) = &list.html {
        let page = overlap_page::page(&project.settings().name, &counts, terminal.language());
        files::write(path, page.as_bytes(), FileReaders::Everyone)?;
        let path = path.display();
        terminal.note(message!("wrote {path}", "skrev {path}"));
    }
    let (addresses, mut held_back) = (suppressed::read(project)?, Vec::new());
    for (at, audience) in counts.audiences.iter().enumerate() {
        let others = counts.audiences.iter().enumerate().filter(|(other, _)| *other != at);
        let overlaps = others.map(|(other, audience)| (audience.id.as_str(), counts.shared[at][other])).collect();
        let members = counts.shared[at][at];
        let suppressed = suppressed::count(&readers, &audience.id, &addresses)?;
        held_back.push(suppressed);
        let (id, name) = (audience.id.as_str(), audience.name.as_str());
        terminal.json(&AudienceJson { audience: id, name, members, suppressed, overlaps });
    }
    for line in lines(&counts, terminal.language()) {
        terminal.print_line(Message::verbatim(line));
    }
    for (audience, suppressed) in counts.audiences.iter().zip(held_back).filter(|(_, suppressed)| *suppressed > 0) {
        let (id, members) = (&audience.id, noun::MEMBER.count(suppressed as u64));
        terminal.print_line(message!(
            "{id}: {members} suppressed: see `newsletter suppression list`",
            "{id}: {members} spærret: se `newsletter suppression list`"
        ));
    }
    for list in ListCount::of_all(&readers) {
        terminal.json(&list);
        if list.in_no_audience > 0 {
            let (list, people, nowhere) = (list.list, list.people, list.in_no_audience);
            let verb = if nowhere == 1 { "is" } else { "are" };
            terminal.print_line(Message::of(
                format_args!("{list}: {nowhere} of {people} people {verb} in no audience"),
                format_args!("{list}: {nowhere} af {people} personer er ikke i nogen målgruppe"),
            ));
        }
    }
    Ok(exit)
}

/// How many people of a list are in no audience.
#[derive(Serialize)]
struct ListCount<'a> {
    list: &'a str,
    people: usize,
    in_no_audience: usize,
}

impl<'a> ListCount<'a> {
    /// For each list, in the order of its name.
    fn of_all(readers: &'a ResolvedAudiences) -> Vec<Self> {
        // A list may be read in several ways, which find the same people.
        let lists: BTreeMap<&str, &People> = readers.people.values().map(|people| (people.name(), &**people)).collect();
        let ids: Vec<&AudienceId> = readers.audiences.ids().collect();
        let count = |(list, people): (&'a str, &People)| {
            let in_no_audience = readers.membership.outside(&ids, people);
            Self { list, people: people.len(), in_no_audience }
        };
        lists.into_iter().map(count).collect()
    }
}

/// The table: a line per audience, with the number of its members that are also in each of the others.
fn lines(counts: &AudienceCounts<'_>, language: UserLanguage) -> Vec<String> {
    let audiences = &counts.audiences;
    if audiences.is_empty() {
        return vec![message!("no audiences", "ingen målgrupper").in_language(language).to_owned()];
    }
    let heads = [message!("audience", "målgruppe"), message!("members", "medlemmer"), message!("also in", "også i")];
    let [audience, members, also] = heads.each_ref().map(|head| head.in_language(language));
    let ids = audiences.iter().map(|audience| audience.id.as_str().chars().count()).max().unwrap_or(0);
    let id_width = ids.max(audience.chars().count());
    let largest = (0..audiences.len()).map(|at| counts.shared[at][at]).max().unwrap_or(0).to_string().len();
    let count_width = largest.max(members.chars().count());
    let cell = largest.max(audiences.len().to_string().len()).max(2);
    let numbers: Vec<String> = (1..=audiences.len()).map(|number| format!("{number:>cell$}")).collect();
    let mut head = format!("    {audience:<id_width$}  {members:>count_width$}");
    if audiences.len() > 1 {
        head = format!("{head}  {also} {}", numbers.join(" "));
    }
    let (mut lines, gap) = (vec![head], " ".repeat(also.chars().count() + 3));
    for (at, audience) in audiences.iter().enumerate() {
        let row = counts.shared[at].iter().enumerate();
        let cells: Vec<String> = row
            .map(|(other, count)| if other == at { format!("{:>cell$}", "·") } else { format!("{count:>cell$}") })
            .collect();
        let name = if audience.name == audience.id.as_str() { "" } else { audience.name.as_str() };
        let members = counts.shared[at][at];
        lines.push(
            format!(
                "{:>2}  {:<id_width$}  {members:>count_width$}{gap}{}  {name}",
                at + 1,
                audience.id.as_str(),
                cells.join(" ")
            )
            .trim_end()
            .to_owned(),
        );
    }
    lines
}
