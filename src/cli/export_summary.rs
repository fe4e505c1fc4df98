//! The summary of an export: how much was written, what was removed, and which files were kept because a person changed
//! them.

use std::path::Path;

use serde_json::{Map, Value, json};

use crate::base::message::{Message, message};
use crate::cli::exit::Exit;
use crate::cli::terminal::Terminal;
use crate::project::export_folder::ExportedFiles;
use crate::publish::written_files::KeptCause;

/// What an export wrote into a folder.
#[derive(Debug)]
pub(super) struct FolderSummary<'a> {
    /// The folder, as it was named.
    pub(super) folder: &'a Path,
    /// How much was written, with the noun: `2 pages`.
    pub(super) what: Message,
    /// What `--json` says of it, besides the files that were removed or kept.
    pub(super) content: Map<String, Value>,
    /// What became of the files.
    pub(super) exported: &'a ExportedFiles,
}

/// Prints it, as text or as JSON. The status is [`Exit::SomeFailed`] where a file was kept that the export would have
/// changed: what is in the folder then is not what was exported.
pub(super) fn print(terminal: &Terminal, summary: &FolderSummary<'_>) -> Exit {
    let FolderSummary { folder, what, content, exported } = summary;
    let kept = exported.kept.iter().map(|(name, cause)| json!({ "file": name, "cause": cause_name(*cause) }));
    let kept: Vec<Value> = kept.collect();
    let mut content = content.clone();
    content.insert("folder".to_owned(), json!(folder));
    content.insert("removed".to_owned(), json!(exported.removed));
    content.insert("kept".to_owned(), json!(kept));
    let gone = exported.gone.iter().map(|(issue, files)| json!({ "issue": issue, "files": files }));
    content.insert("gone".to_owned(), gone.collect());
    terminal.json(&content);
    for name in &exported.removed {
        terminal.print_line(message!("removed {name}", "slettede {name}"));
    }
    let shown = folder.display();
    terminal.print_line(message!("{what} in {shown}", "{what} i {shown}"));
    for (issue, files) in &exported.gone {
        let files = listed(folder, files);
        terminal.note(message!(
            "{issue} is gone, and its exported files are still there. Delete them if they are not needed: {files}",
            "{issue} findes ikke længere, men det, der er eksporteret fra det, ligger her endnu. Slet det, hvis ingen bruger det: {files}"
        ));
    }
    for (name, cause) in &exported.kept {
        let (file, reason) = (folder.join(name), reason(*cause));
        let file = file.display();
        terminal.problem(message!("{file} was kept: {reason}", "{file} er ikke rørt: {reason}"));
    }
    if exported.kept.is_empty() { Exit::Done } else { Exit::SomeFailed }
}

/// The most files that are named.
const MOST_NAMED: usize = 3;

/// Some files with their folder: as many as are named.
pub(super) fn listed(folder: &Path, files: &[String]) -> Message {
    let named = files.iter().take(MOST_NAMED).map(|name| Message::verbatim(folder.join(name).display().to_string()));
    let more = files.len().saturating_sub(MOST_NAMED);
    let more = (more > 0).then(|| message!("and {more} more", "og {more} mere"));
    Message::joined(named.chain(more), ", ")
}

fn reason(cause: KeptCause) -> Message {
    match cause {
        KeptCause::Changed => message!(
            "it was changed after it was exported. To take the new version, delete the file and export again",
            "den er ændret efter eksporten. Vil du have den nye version, så slet filen, og eksportér igen"
        ),
        KeptCause::Foreign => message!(
            "it was there before, and not from an export. To replace it, delete the file and export again",
            "den lå der i forvejen og er ikke fra en eksport. Vil du erstatte den, så slet filen, og eksportér igen"
        ),
        KeptCause::ChangedAndUnneeded => message!(
            "it is not exported any more, but it was changed after it was exported. Delete it if it is not needed",
            "den eksporteres ikke længere, men er ændret efter eksporten. Slet den, hvis ingen bruger den"
        ),
        KeptCause::Linked => message!(
            "letters that were sent link to it, and the file of its issue is gone. Restore the file; to withdraw the page, give \
             the issue `archive: none`",
            "sendte mails linker til den, og nyhedsbrevets fil er væk. Læg filen tilbage; skal siden trækkes tilbage, så giv \
             nyhedsbrevet `archive: none`"
        ),
        KeptCause::Unrecorded => message!(
            "it was exported once and is not any more, and the record of the folder does not have it. Delete it, or it stays on the web",
            "den er engang eksporteret, men bliver det ikke længere, og mappens liste kender den ikke. Slet den, ellers bliver den på nettet"
        ),
    }
}

fn cause_name(cause: KeptCause) -> &'static str {
    match cause {
        KeptCause::Changed => "changed",
        KeptCause::Foreign => "not exported",
        KeptCause::ChangedAndUnneeded => "changed and not needed",
        KeptCause::Linked => "letters link to it",
        KeptCause::Unrecorded => "not in the record",
    }
}
