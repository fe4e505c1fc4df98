//! Compares two texts by paragraphs, and names the words that differ.

use std::time::Duration;

use similar::{ChangeTag, TextDiff};

/// Longer than any newsletter takes; what is left then counts as changed.
const DIFF_TIMEOUT: Duration = Duration::from_millis(300);

/// How an edition changes; a part that is the same is empty.
#[derive(Debug, PartialEq, Eq)]
pub struct EditionDiff {
    /// The subject.
    pub subject: Vec<DiffLine>,
    /// The preheader.
    pub preheader: Vec<DiffLine>,
    /// The text part.
    pub text: Vec<DiffLine>,
}

impl EditionDiff {
    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.subject.is_empty() && self.preheader.is_empty() && self.text.is_empty()
    }
}

/// One line of a comparison.
#[derive(Debug, PartialEq, Eq)]
pub struct DiffLine {
    /// What happened to it.
    pub sign: DiffSign,
    /// Its pieces.
    pub pieces: Vec<DiffPiece>,
}

/// A piece of a line.
#[derive(Debug, PartialEq, Eq)]
pub struct DiffPiece {
    /// The words.
    pub text: String,
    /// Whether they are what differs.
    pub differs: bool,
}

/// What happened to a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiffSign {
    /// It is gone.
    Removed,
    /// It is new.
    Added,
    /// It is the same, and next to one that is not.
    Kept,
    /// Lines that are the same are left out here.
    Gap,
}

impl DiffSign {
    /// What is put in front of the line.
    pub fn mark(self) -> &'static str {
        match self {
            Self::Removed => "- ",
            Self::Added => "+ ",
            Self::Kept => "  ",
            Self::Gap => "  …",
        }
    }
}

impl DiffLine {
    /// Without colours: `- text`.
    pub fn plain(&self) -> String {
        let text: String = self.pieces.iter().map(|piece| piece.text.as_str()).collect();
        format!("{}{text}", self.sign.mark()).trim_end().to_owned()
    }
}

/// The paragraphs that differ, each with its neighbours; nothing where the texts are the same.
pub fn text(before: &str, after: &str) -> Vec<DiffLine> {
    if before == after {
        return Vec::new();
    }
    let (before, after) = (paragraphs(before), paragraphs(after));
    let (before, after): (Vec<&str>, Vec<&str>) =
        (before.iter().map(String::as_str).collect(), after.iter().map(String::as_str).collect());
    compared(&before, &after)
}

/// The lines of a file that differ, each with its neighbours, without empty ones; nothing where they are the same.
pub fn source(before: &str, after: &str) -> Vec<DiffLine> {
    let lines = |text| str::lines(text).filter(|line| !line.trim().is_empty()).collect::<Vec<_>>();
    compared(&lines(before), &lines(after))
}

fn compared(before: &[&str], after: &[&str]) -> Vec<DiffLine> {
    let diff = TextDiff::configure().timeout(DIFF_TIMEOUT).diff_slices(before, after);
    let mut lines = Vec::new();
    for (at, group) in diff.grouped_ops(1).iter().enumerate() {
        if at > 0 {
            lines.push(DiffLine { sign: DiffSign::Gap, pieces: Vec::new() });
        }
        for change in group.iter().flat_map(|operation| diff.iter_inline_changes(operation)) {
            let sign = match change.tag() {
                ChangeTag::Delete => DiffSign::Removed,
                ChangeTag::Insert => DiffSign::Added,
                ChangeTag::Equal => DiffSign::Kept,
            };
            let pieces =
                change.iter_strings_lossy().map(|(differs, text)| DiffPiece { text: text.into_owned(), differs });
            lines.push(DiffLine { sign, pieces: pieces.collect() });
        }
    }
    lines
}

/// The paragraphs of a text part, each on one line: another line break is not a change, nor is the length of the line
/// under a heading. List items, table rows and lines of code are separate paragraphs.
fn paragraphs(text: &str) -> Vec<String> {
    let mut paragraphs: Vec<String> = Vec::new();
    let mut open = false;
    for line in text.lines().map(str::trim_end) {
        let is_rule = line.len() > 2 && line.chars().all(|character| matches!(character, '=' | '-' | '~' | ' '));
        if line.is_empty() || is_rule {
            open = false;
            continue;
        }
        match paragraphs.last_mut().filter(|_| open && !begins_paragraph(line)) {
            Some(last) => last.extend([" ", line.trim_start()]),
            None => paragraphs.push(line.to_owned()),
        }
        open = true;
    }
    paragraphs
}

/// Whether a line does not continue the one above it.
fn begins_paragraph(line: &str) -> bool {
    let numbered = line.trim_start_matches(|character: char| character.is_ascii_digit());
    let numbered = numbered.len() < line.len() && numbered.starts_with(". ");
    let row = line.trim_start().contains("  ");
    let marked = ["- ", "> ", "| ", "[ ] ", "[x] ", "    "].iter().any(|mark| line.starts_with(mark));
    numbered || row || marked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(before: &str, after: &str, expected: &[&str]) {
        assert_eq!(text(before, after).iter().map(DiffLine::plain).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn paragraphs_are_compared_and_not_lines() {
        check("En to\ntre.\n\nFire.\n", "En\nto tre.\n\nFire.\n", &[]);
        check(
            "En.\n\nTo.\n\nTre.\n\nFire.\n",
            "En.\n\nTo.\n\nTre nu.\n\nFire.\n",
            &["  To.", "- Tre.", "+ Tre nu.", "  Fire."],
        );
        check("Nyt\n===\n\n1. et\n   og to\n", "Nyt\n===\n\n1. et og\n   to\n", &[]);
        check(
            "By    Antal\n----  -----\nÆrø       7\n",
            "By    Antal\n----  -----\nÆrø       8\n",
            &["  By    Antal", "- Ærø       7", "+ Ærø       8"],
        );
        check("- et\n- to\n", "- et\n- tre\n", &["  - et", "- - to", "+ - tre"]);
        check("", "Nyt", &["+ Nyt"]);
        check("a\n\nb\n\nc\n\nd\n\ne\n", "A\n\nb\n\nc\n\nd\n\nE\n", &["- a", "+ A", "  b", "  …", "  d", "- e", "+ E"]);
    }

    #[test]
    fn the_words_that_differ_are_known() {
        let lines = text("Vi ses på mandag i salen.", "Vi ses på tirsdag i salen.");
        let differ: Vec<&str> = lines
            .iter()
            .flat_map(|line| &line.pieces)
            .filter(|piece| piece.differs)
            .map(|piece| piece.text.as_str())
            .collect();
        assert_eq!(differ, ["mandag", "tirsdag"]);
    }
}
