//! `audience import`: imports the people of another system's export.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use clap::Args;
use jiff::Timestamp;
use serde::Serialize;

use crate::base::error::Error;
use crate::base::message::{Message, composed, message};
use crate::base::noun;
use crate::cli::exit::Exit;
use crate::cli::terminal::{self, Terminal};
use crate::delivery::ledger::suppression::{SuppressedAddresses, Suppression};
use crate::ops::import::{self, AudienceFileAction, Destination};
use crate::ops::ledgers;
use crate::people::import::list::{CsvList, ListChanges, MissingPolicy};
use crate::people::import::{ExportFile, ImportedFile, ImportedPeople, SEPARATOR, export_reader};
use crate::people::person::Address;
use crate::people::person::address_matcher;
use crate::people::person::suppression_reason::SuppressionReason;
use crate::project::Project;
use crate::project::files::read_export;

/// Arguments of `audience import`.
#[derive(Args, Debug)]
pub(crate) struct AudienceImportArgs {
    /// CSV files of one export; give all parts, such as Mailchimp's three
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The system that wrote them: activecampaign, brevo, buttondown, ghost, heyloyalty, keila, kit, list, listmonk,
    /// mailchimp, phplist, substack or systemeio [default: detected from the headers]
    #[arg(long, value_name = "SYSTEM")]
    from: Option<String>,
    /// The audience or CSV file to import into [default: the project's only list]
    #[arg(long, value_name = "AUDIENCE|FILE")]
    into: Option<String>,
    /// Remove people from the list who are not in the export
    #[arg(long)]
    sync: bool,
    /// Confirm that --sync removes N people: needed for more than a fifth of a list
    #[arg(long, value_name = "N", requires = "sync")]
    yes_remove: Option<usize>,
    /// Write without confirmation
    #[arg(short, long)]
    yes: bool,
}

/// How many addresses are named; the rest are counted.
const MAX_NAMED: usize = 3;

/// What would be written.
struct ImportPlan {
    incoming: ImportedPeople,
    destination: Destination,
    list: CsvList,
    change: ListChanges,
    /// How many of those who unsubscribed there are not suppressed yet.
    newly_suppressed: usize,
}

/// What an import did to one file, for programs.
#[derive(Serialize)]
struct FileJson<'a> {
    file: &'a str,
    system: &'a str,
    rows: usize,
    readers: usize,
    left: usize,
    rejected: usize,
    /// Some texts of a file whose encoding was guessed.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    guessed: &'a [String],
    columns: Vec<[&'a str; 2]>,
}

/// What an import did, for programs.
#[derive(Serialize)]
struct ImportJson<'a> {
    list: &'a str,
    new: usize,
    changed: usize,
    same: usize,
    missing: usize,
    removed: usize,
    stay_out: usize,
    suppressed: usize,
    rejected: usize,
    written: bool,
}

/// Shows how the exports were understood and what would be written, and writes it once that is confirmed.
pub(super) fn run(terminal: &Terminal, project: &Project, typed: &AudienceImportArgs) -> Result<Exit, Error> {
    let Some(plan) = prepare(terminal, project, typed)? else { return Ok(Exit::Blocked) };
    for file in &plan.incoming.files {
        report_file(terminal, file);
    }
    report_change(terminal, &plan, typed);
    if !is_removal_confirmed(terminal, &plan, typed) || !is_confirmed(terminal, typed) {
        terminal.json(&json(&plan, WriteStatus::No));
        return Ok(Exit::Blocked);
    }
    write(terminal, project, &plan)?;
    terminal.json(&json(&plan, WriteStatus::Yes));
    Ok(Exit::Done)
}

/// Reads everything; nothing is written yet. Absent where an error, which was reported, stops the import.
fn prepare(terminal: &Terminal, project: &Project, typed: &AudienceImportArgs) -> Result<Option<ImportPlan>, Error> {
    let mut files = Vec::new();
    for path in &typed.files {
        files.push((name(path), read_export(path)?));
    }
    let exports: Vec<ExportFile<'_>> = files.iter().map(|(name, bytes)| ExportFile { name, bytes }).collect();
    let mut incoming = match export_reader::read(&exports, typed.from.as_deref()) {
        Ok(incoming) => incoming,
        Err(error) => return Ok(report_error(terminal, &error)),
    };
    let new_name = incoming.files.first().map_or("list", |file| file.system_id);
    let destination = match import::destination(project, typed.into.as_deref(), new_name)? {
        Ok(destination) => destination,
        Err(error) => return Ok(report_error(terminal, &error)),
    };
    let mut list = match import::read_list(project, &destination)? {
        Ok(list) => list,
        Err(error) => return Ok(report_error(terminal, &error)),
    };
    let suppressed = match ledgers::open_to_read(project)? {
        Some(mut ledger) => SuppressedAddresses::read(&mut *ledger, project.keys()?, None)?,
        None => SuppressedAddresses::default(),
    };
    // The file with the rejected rows must not bring back the data of an erased person either.
    let is_erased = |address: Address| suppressed.reason(&address) == Some(SuppressionReason::Erased);
    incoming.rejected.retain(|rejected| !address_matcher::addresses(&rejected.row).any(is_erased));
    let departed: HashSet<String> =
        incoming.readers().filter(|address| suppressed.reason(address).is_some()).map(Address::key).collect();
    let missing = if typed.sync { MissingPolicy::Removed } else { MissingPolicy::Kept };
    let change = list.merge(&incoming, &departed, missing);
    let newly_suppressed =
        incoming.suppressions.iter().filter(|request| suppressed.reason(&request.address).is_none()).count();
    Ok(Some(ImportPlan { incoming, destination, list, change, newly_suppressed }))
}

fn report_error<T>(terminal: &Terminal, error: &dyn std::error::Error) -> Option<T> {
    terminal.problem(Message::shown(error));
    None
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn report_file(terminal: &Terminal, file: &ImportedFile) {
    terminal.json(&FileJson {
        file: &file.name,
        system: file.system_id,
        rows: file.rows,
        readers: file.readers,
        left: file.left,
        rejected: file.rejected,
        guessed: &file.guessed,
        columns: file.columns.iter().map(|column| [column.header.as_str(), column.becomes.english()]).collect(),
    });
    let rows = noun::ROW.count(file.rows as u64);
    let (readers, left, rejected) = (file.readers, file.left, file.rejected);
    let name = &file.name;
    // The names of other systems are the same in all languages.
    let system = match file.system_id {
        "list" => message!("a list of people", "en liste over personer"),
        _ => Message::verbatim(file.system),
    };
    terminal.print_line(message!(
        "{name}: {system}, {rows}: {readers} read, {left} suppressed, {rejected} rejected",
        "{name}: {system}, {rows}: {readers} læst, {left} spærret, {rejected} afvist"
    ));
    if !file.guessed.is_empty() {
        let names = file.guessed.join(", ");
        terminal.print_line(message!(
            "  not UTF-8, so it was read as Windows-1252; check these: {names}",
            "  ikke UTF-8, så den er læst som Windows-1252; se disse efter: {names}"
        ));
    }
    let header = |header: &str| match header {
        "" => message!("(no name)", "(uden navn)"),
        named => Message::verbatim(named),
    };
    let headers = file.columns.iter().map(|column| header(&column.header));
    let width = headers.map(|header| header.in_language(terminal.language()).chars().count()).max().unwrap_or_default();
    for column in &file.columns {
        terminal.print_line(composed!("  {:width$}  {}", header(&column.header), column.becomes));
    }
}

fn report_change(terminal: &Terminal, plan: &ImportPlan, typed: &AudienceImportArgs) {
    let change = &plan.change;
    let missing = match (change.missing, typed.sync) {
        (0, _) => message!("0 not in the export", "0 ikke i eksporten"),
        (missing, true) => message!("{missing} not in the export (removed)", "{missing} ikke i eksporten (fjernes)"),
        (missing, false) => message!(
            "{missing} not in the export (kept; `--sync` removes them)",
            "{missing} ikke i eksporten (beholdes; `--sync` fjerner dem)"
        ),
    };
    let ListChanges { new, changed, same, .. } = change;
    let list = &plan.destination.name;
    terminal.print_line(message!(
        "{list}: {new} new, {changed} changed, {same} unchanged, {missing}",
        "{list}: {new} nye, {changed} ændret, {same} uændret, {missing}"
    ));
    if !change.columns.is_empty() {
        let columns = change.columns.join(", ");
        terminal.print_line(message!("  new columns: {columns}", "  nye kolonner: {columns}"));
    }
    if !change.stay_out.is_empty() {
        let first = change.stay_out.iter().take(MAX_NAMED).map(|address| Message::verbatim(address.to_string()));
        let more = change.stay_out.len().saturating_sub(MAX_NAMED);
        let more = (more > 0).then(|| message!("and {more} more", "og {more} mere"));
        let (number, names) = (change.stay_out.len(), Message::joined(first.chain(more), ", "));
        terminal.print_line(if number == 1 {
            message!(
                "  1 unsubscribed earlier and stays suppressed: {names}",
                "  1 har afmeldt sig tidligere og er stadig spærret: {names}"
            )
        } else {
            message!(
                "  {number} unsubscribed earlier and stay suppressed: {names}",
                "  {number} har afmeldt sig tidligere og er stadig spærret: {names}"
            )
        });
    }
    let suppressions = plan.incoming.suppressions.len();
    if suppressions > 0 {
        let known = suppressions - plan.newly_suppressed;
        let new = plan.newly_suppressed;
        terminal.print_line(message!(
            "suppressed: {new} new, {known} already known",
            "spærret: {new} nye, {known} kendt i forvejen"
        ));
    }
}

/// An export that was cut off would remove most of a list: `--yes` alone does not confirm that.
fn is_removal_confirmed(terminal: &Terminal, plan: &ImportPlan, typed: &AudienceImportArgs) -> bool {
    let ListChanges { removed, before, .. } = plan.change;
    let is_confirmed = match typed.yes_remove {
        Some(expected) => expected == removed,
        None => !plan.change.removes_many(),
    };
    if !is_confirmed {
        let list = &plan.destination.name;
        terminal.problem(message!(
            "--sync would remove {removed} of {before} people from {list}; nothing was written: is the export complete? If so, add \
             --yes-remove {removed}",
            "--sync ville fjerne {removed} af {before} personer fra {list}; intet er skrevet: er eksporten hel? Så tilføj \
             --yes-remove {removed}"
        ));
    }
    is_confirmed
}

fn is_confirmed(terminal: &Terminal, typed: &AudienceImportArgs) -> bool {
    if typed.yes {
        return true;
    }
    if !terminal.can_ask() {
        terminal.problem(terminal::cannot_ask());
        return false;
    }
    let confirmed = terminal.confirms(message!("Write this? [y/N]", "Skal det skrives? [j/N]"));
    if !confirmed {
        terminal.problem(message!("nothing was written", "intet er skrevet"));
    }
    confirmed
}

/// Writes the suppressions first: whatever fails afterwards, no one who unsubscribed gets a letter.
fn write(terminal: &Terminal, project: &Project, plan: &ImportPlan) -> Result<(), Error> {
    let destination = &plan.destination;
    if !plan.incoming.suppressions.is_empty() {
        // First: the ledger of a project that has none is created together with the key.
        let mut ledger = ledgers::open_to_suppress(project)?;
        let (key, now) = (project.key()?, Timestamp::now());
        let suppressions: Vec<Suppression> =
            plan.incoming.suppressions.iter().map(|request| Suppression::new(request, None, &key, now)).collect();
        ledger.suppress(&suppressions, now)?;
    }
    if let Some(patterns) = import::ignore_in_git(project, destination)? {
        terminal.print_line(message!("added {patterns} to .gitignore", "tilføjede {patterns} til .gitignore"));
    }
    let change = &plan.change;
    if change.new + change.changed + change.removed > 0 || !change.columns.is_empty() {
        import::write_list(project, destination, &plan.list.to_csv())?;
        let list = &destination.name;
        terminal.print_line(message!("wrote {list}", "skrev {list}"));
        report_audience(terminal, project, plan)?;
    }
    let rejected = &plan.incoming.rejected;
    let csv = Some(plan.incoming.rejected_csv(terminal.language())).filter(|_| !rejected.is_empty());
    let name = import::write_rejected(project, destination, csv.as_deref())?;
    if !rejected.is_empty() {
        let rows = noun::ROW.count(rejected.len() as u64);
        terminal.print_line(message!(
            "wrote {name}: {rows} rejected, with the reasons",
            "skrev {name}: {rows} afvist, med begrundelser"
        ));
    }
    Ok(())
}

fn report_audience(terminal: &Terminal, project: &Project, plan: &ImportPlan) -> Result<(), Error> {
    let destination = &plan.destination;
    let lists = CsvList::undeclared_lists(&plan.incoming.lists, &destination.mapping);
    let Some(file) = &destination.audience else { return Ok(()) };
    if file.action == AudienceFileAction::Keep {
        if !lists.is_empty() {
            let separators: Vec<String> = lists.iter().map(|field| format!("{field}: \"{SEPARATOR}\"")).collect();
            let (file, separators) = (&file.name, separators.join(", "));
            terminal.print_line(message!(
                "  fields with several values: write into {file}: lists: {{{separators}}}",
                "  felter med flere værdier: skriv i {file}: lists: {{{separators}}}"
            ));
        }
        return Ok(());
    }
    if let Some(advice) = import::update_audience_file(project, destination, &lists)? {
        terminal.note(advice);
    } else {
        let file = &file.name;
        terminal.print_line(message!("wrote {file}", "skrev {file}"));
    }
    if file.action == AudienceFileAction::Create {
        let example = "reason: du er medlem af foreningen";
        terminal.print_line(message!(
            "  add why its readers get mail, for example {example}",
            "  tilføj, hvorfor læserne får mails, f.eks. {example}"
        ));
    }
    Ok(())
}

/// Whether an import was written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum WriteStatus {
    Yes,
    No,
}

fn json(plan: &ImportPlan, written: WriteStatus) -> ImportJson<'_> {
    let change = &plan.change;
    ImportJson {
        list: &plan.destination.name,
        new: change.new,
        changed: change.changed,
        same: change.same,
        missing: change.missing,
        removed: change.removed,
        stay_out: change.stay_out.len(),
        suppressed: plan.newly_suppressed,
        rejected: plan.incoming.rejected.len(),
        written: written == WriteStatus::Yes,
    }
}
