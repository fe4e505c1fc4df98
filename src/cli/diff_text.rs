//! A comparison of two versions as lines for a terminal.

use anstyle::{AnsiColor, Style};

use crate::base::message::{Message, composed, message};
use crate::base::noun;
use crate::ops::diff::approved::SourceChange;
use crate::ops::diff::editions::{EditionChange, IssueComparison, PeopleDetail};
use crate::ops::diff::text::{DiffLine, DiffPiece, DiffSign, EditionDiff};
use crate::ops::text::visible;

/// The whole comparison.
pub(super) fn lines(comparison: &IssueComparison<'_>, people: PeopleDetail) -> Vec<Message> {
    let (before, after) = (comparison.before, comparison.after);
    let (old, new) = (&before.label, &after.label);
    let mut lines = vec![message!("from {old} to {new}", "fra {old} til {new}"), readers(comparison)];
    if people == PeopleDetail::Named {
        let listed = [("+", &comparison.added), ("-", &comparison.removed), ("~", &comparison.moved)];
        let address = |sign, address| Message::verbatim(format!("  {sign} {address}"));
        lines.extend(listed.iter().flat_map(|(sign, list)| list.iter().map(move |listed| address(sign, listed))));
    }
    if before.sender != after.sender {
        let (old, new) = (&before.sender, &after.sender);
        lines.push(message!("sender: {old}, now {new}", "afsender: {old}, nu {new}"));
    }
    if !comparison.files.is_empty() {
        let files = comparison.files.join(", ");
        lines.push(message!("also changed: {files}", "også ændret: {files}"));
    }
    let (old, new) = (comparison.old_blocks(), comparison.new_blocks());
    if !old.is_empty() || !new.is_empty() {
        lines.push(message!("who reads what:", "hvem læser hvad:"));
        lines.extend(old.into_iter().map(|block| block_line(DiffSign::Removed, block)));
        lines.extend(new.into_iter().map(|block| block_line(DiffSign::Added, block)));
    }
    lines.extend(texts(comparison));
    lines
}

/// How files have changed, each with the lines that differ.
pub(super) fn sources(changes: &[SourceChange]) -> Vec<Message> {
    let mut lines = Vec::new();
    for change in changes {
        lines.push(Message::default());
        let path = &change.path;
        let has_lines = !change.lines.is_empty();
        lines.push(if has_lines { Message::verbatim(path) } else { message!("{path}: changed", "{path}: ændret") });
        lines.extend(change.lines.iter().map(painted));
    }
    lines
}

fn readers(comparison: &IssueComparison<'_>) -> Message {
    if !comparison.are_lists_read() {
        return message!(
            "recipients: unknown, since a list is not in this copy",
            "modtagere: ukendt, da en liste ikke er i denne kopi"
        );
    }
    let (before, after) = (comparison.before.readers.len(), comparison.after.readers.len());
    let changes = [
        (comparison.added.len(), message!("added", "nye")),
        (comparison.removed.len(), message!("removed", "ude")),
        (comparison.moved.len(), message!("with another edition", "med en anden udgave")),
    ];
    let changes: Vec<Message> =
        changes.iter().filter(|(number, _)| *number > 0).map(|(number, word)| composed!("{number} {word}")).collect();
    let recipients = noun::RECIPIENT.count(after as u64);
    if changes.is_empty() {
        return message!("{recipients}, the same as before", "{recipients}, de samme som før");
    }
    let changes = Message::joined(changes, ", ");
    message!("{recipients}, before {before}: {changes}", "{recipients}, før {before}: {changes}")
}

/// Editions that change in the same way.
struct EditionGroup<'c> {
    ids: Vec<&'c str>,
    kind: EditionChange,
    change: &'c EditionDiff,
}

/// The changes of the texts; editions that change in the same way are printed once.
fn texts(comparison: &IssueComparison<'_>) -> Vec<Message> {
    let mut groups: Vec<EditionGroup<'_>> = Vec::new();
    for (id, change) in &comparison.editions {
        let kind = comparison.kind(id);
        match groups.iter_mut().find(|group| group.kind == kind && group.change == change) {
            Some(group) => group.ids.push(id),
            None => groups.push(EditionGroup { ids: vec![id], kind, change }),
        }
    }
    let mut lines = Vec::new();
    for EditionGroup { ids, kind, change } in groups {
        lines.push(Message::default());
        let kind = match kind {
            EditionChange::Added => message!("added", "ny"),
            EditionChange::Removed => message!("removed", "væk"),
            EditionChange::Unchanged => message!("same", "uændret"),
            EditionChange::Changed => message!("changed", "ændret"),
        };
        lines.push(composed!("{}: {kind}", ids.join(", ")));
        let parts = [
            (message!("subject", "emne"), &change.subject),
            (message!("preheader", "preheader"), &change.preheader),
            (message!("text", "tekst"), &change.text),
        ];
        for (name, changed) in parts {
            if !changed.is_empty() {
                lines.push(composed!("  {name}"));
                lines.extend(changed.iter().map(painted));
            }
        }
    }
    lines
}

fn block_line(sign: DiffSign, block: &str) -> Message {
    painted(&DiffLine { sign, pieces: vec![DiffPiece { text: block.to_owned(), differs: false }] })
}

/// A line with colours; what differs is underlined, for readers who do not see colours.
fn painted(line: &DiffLine) -> Message {
    let style = match line.sign {
        DiffSign::Removed => AnsiColor::Red.on_default(),
        DiffSign::Added => AnsiColor::Green.on_default(),
        DiffSign::Kept | DiffSign::Gap => Style::new(),
    };
    let piece = |piece: &DiffPiece| {
        let style = if piece.differs { style.bold().underline() } else { style };
        format!("{style}{}{style:#}", visible(&piece.text))
    };
    let mark = line.sign.mark();
    Message::verbatim(format!("{style}{mark}{style:#}{}", line.pieces.iter().map(piece).collect::<String>()))
}
