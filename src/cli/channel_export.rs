//! `export` of an issue as a text for another channel than mail: what it prints, and where it writes.

use std::path::Path;

use serde_json::{Map, Value, json};

use crate::base::message::{Message, message};
use crate::base::noun;
use crate::cli::exit::Exit;
use crate::cli::export_summary::{self, FolderSummary};
use crate::cli::terminal::Terminal;
use crate::ops::blocked::Blocked;
use crate::ops::channels::exports::{self, ExportedDocument, TextExport};
use crate::ops::export;
use crate::ops::export_owners;
use crate::project::Project;
use crate::project::export_folder::ExportFolder;
use crate::publish::linkedin::{self, LinkedInPost};

/// Shows where LinkedIn ends what everyone sees, in its own words.
const CUT: &str = "[…see more]";

/// Writes the text of the issue at a path into a folder.
pub(super) fn run(
    terminal: &Terminal,
    project: &Project,
    issue: &Path,
    export: TextExport,
    folder: &Path,
) -> Result<Exit, Blocked> {
    // `check` has the warnings of the letters.
    let (prepared, unchecked) = export::prepare(project, issue)?;
    let (files, warnings) = exports::files(&prepared, export, folder)?;
    terminal.diagnostics(&unchecked.into_iter().chain(warnings).collect());
    let (mut target, parts) = (ExportFolder::open(folder)?, [files.part]);
    export_owners::check(project, &target, &parts)?;
    let mut exported = target.write(&parts)?;
    exported.gone = export_owners::gone(project, &target, &parts)?;
    for document in &files.documents {
        print(terminal, document);
    }
    let documents: Vec<Value> = files.documents.iter().map(in_json).collect();
    let content = Map::from_iter([("documents".to_owned(), Value::from(documents))]);
    let what = noun::TEXT.count(files.documents.len() as u64);
    Ok(export_summary::print(terminal, &FolderSummary { folder, what, content, exported: &exported }))
}

/// One line for each text, and below it a post as readers see it.
fn print(terminal: &Terminal, document: &ExportedDocument) {
    let ExportedDocument { lang, file, title, post } = document;
    match post {
        None => terminal.print_line(Message::verbatim(format!("{lang}  {file}  {title}"))),
        Some(post) => {
            let (length, most) = (post.length(), linkedin::MOST);
            terminal.print_line(message!(
                "{lang}  {file}  {length} of {most} characters",
                "{lang}  {file}  {length} af {most} tegn"
            ));
            terminal.print_line(Message::verbatim(format!("\n{}\n", shown(post))));
        }
    }
}

fn shown(post: &LinkedInPost) -> String {
    let (first, rest) = post.seen_first();
    let text = if rest.trim().is_empty() { first.to_owned() } else { format!("{first}{CUT}{rest}") };
    text.trim_end().to_owned()
}

fn in_json(document: &ExportedDocument) -> Value {
    let ExportedDocument { lang, file, title, post } = document;
    let mut object = json!({ "lang": lang, "file": file, "title": title });
    if let (Some(post), Some(fields)) = (post, object.as_object_mut()) {
        fields.insert("characters".to_owned(), json!(post.length()));
    }
    object
}
