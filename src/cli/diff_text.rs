//! A comparison of two versions as lines for a terminal.

use anstyle::{AnsiColor, Style};

use crate::ops::diff::approved::SourceChange;
use crate::ops::diff::editions::{IssueComparison, PeopleDetail};
use crate::ops::diff::text::{DiffLine, DiffPiece, DiffSign, EditionDiff};
use crate::ops::text::{count, visible};

/// The whole comparison.
pub(super) fn lines(comparison: &IssueComparison<'_>, people: PeopleDetail) -> Vec<String> {
    let (before, after) = (comparison.before, comparison.after);
    let mut lines = vec![format!("from {} to {}", before.label, after.label), readers(comparison)];
    if people == PeopleDetail::Named {
        let listed = [("+", &comparison.added), ("-", &comparison.removed), ("~", &comparison.moved)];
        lines.extend(
            listed.iter().flat_map(|(sign, list)| list.iter().map(move |address| format!("  {sign} {address}"))),
        );
    }
    if before.sender != after.sender {
        lines.push(format!("sender: {}, now {}", before.sender, after.sender));
    }
    if !comparison.files.is_empty() {
        lines.push(format!("also changed: {}", comparison.files.join(", ")));
    }
    let (old, new) = (comparison.old_blocks(), comparison.new_blocks());
    if !old.is_empty() || !new.is_empty() {
        lines.push("who reads what:".to_owned());
        lines.extend(old.into_iter().map(|block| block_line(DiffSign::Removed, block)));
        lines.extend(new.into_iter().map(|block| block_line(DiffSign::Added, block)));
    }
    lines.extend(texts(comparison));
    lines
}

/// How files have changed, each with the lines that differ.
pub(super) fn sources(changes: &[SourceChange]) -> Vec<String> {
    let mut lines = Vec::new();
    for change in changes {
        lines.push(String::new());
        lines.push(if change.lines.is_empty() { format!("{}: changed", change.path) } else { change.path.clone() });
        lines.extend(change.lines.iter().map(painted));
    }
    lines
}

fn readers(comparison: &IssueComparison<'_>) -> String {
    let (before, after) = (comparison.before.readers.len(), comparison.after.readers.len());
    let changes = [
        (comparison.added.len(), "added"),
        (comparison.removed.len(), "removed"),
        (comparison.moved.len(), "with another edition"),
    ];
    let changes: Vec<String> =
        changes.iter().filter(|(number, _)| *number > 0).map(|(number, word)| format!("{number} {word}")).collect();
    if changes.is_empty() {
        return format!("{}, the same as before", count(after as u64, "recipient"));
    }
    format!("{}, before {before}: {}", count(after as u64, "recipient"), changes.join(", "))
}

/// Editions that change in the same way.
struct EditionGroup<'c> {
    ids: Vec<&'c str>,
    kind: &'static str,
    change: &'c EditionDiff,
}

/// The changes of the texts; editions that change in the same way are printed once.
fn texts(comparison: &IssueComparison<'_>) -> Vec<String> {
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
        lines.push(String::new());
        lines.push(format!("{}: {kind}", ids.join(", ")));
        for (name, changed) in [("subject", &change.subject), ("preheader", &change.preheader), ("text", &change.text)]
        {
            if !changed.is_empty() {
                lines.push(format!("  {name}"));
                lines.extend(changed.iter().map(painted));
            }
        }
    }
    lines
}

fn block_line(sign: DiffSign, block: &str) -> String {
    painted(&DiffLine { sign, pieces: vec![DiffPiece { text: block.to_owned(), differs: false }] })
}

/// A line with colours; what differs is underlined, for readers who do not see them.
fn painted(line: &DiffLine) -> String {
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
    format!("{style}{mark}{style:#}{}", line.pieces.iter().map(piece).collect::<String>())
}
