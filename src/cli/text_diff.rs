//! What changes in a text, by paragraphs, with the words that differ.

use std::time::Duration;

use similar::{ChangeTag, TextDiff};

use crate::cli::terminal::visible;

/// Longer than any newsletter takes; what is left is told as changed.
const DIFF_TIMEOUT: Duration = Duration::from_millis(300);

/// How an edition changes; each part is empty where it does not.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct EditionDiff {
    pub(super) subject: Vec<DiffLine>,
    pub(super) preheader: Vec<DiffLine>,
    pub(super) text: Vec<DiffLine>,
}

impl EditionDiff {
    pub(super) fn is_empty(&self) -> bool {
        self.subject.is_empty() && self.preheader.is_empty() && self.text.is_empty()
    }
}

/// One line of a comparison.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct DiffLine {
    sign: DiffSign,
    /// Its pieces, and whether they are what differs.
    pieces: Vec<(bool, String)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum DiffSign {
    Removed,
    Added,
    Kept,
    Gap,
}

impl DiffSign {
    fn mark(self) -> &'static str {
        match self {
            Self::Removed => "- ",
            Self::Added => "+ ",
            Self::Kept => "  ",
            Self::Gap => "  …",
        }
    }

    fn style(self) -> anstyle::Style {
        match self {
            Self::Removed => anstyle::AnsiColor::Red.on_default(),
            Self::Added => anstyle::AnsiColor::Green.on_default(),
            Self::Kept | Self::Gap => anstyle::Style::new(),
        }
    }
}

impl DiffLine {
    /// Without colours: `- text`.
    pub(super) fn plain(&self) -> String {
        let text: String = self.pieces.iter().map(|(_, it)| it.as_str()).collect();
        format!("{}{text}", self.sign.mark()).trim_end().to_owned()
    }

    /// For a terminal: what differs is underlined.
    pub(super) fn painted(&self) -> String {
        let style = self.sign.style();
        let painted = |(differs, text): &(bool, String)| {
            let style = if *differs { style.bold().underline() } else { style };
            format!("{style}{}{style:#}", visible(text))
        };
        let mark = self.sign.mark();
        format!("{style}{mark}{style:#}{}", self.pieces.iter().map(painted).collect::<String>())
    }
}

/// A line that is gone, for a terminal.
pub(super) fn removed(text: &str) -> String {
    DiffLine { sign: DiffSign::Removed, pieces: vec![(false, text.to_owned())] }.painted()
}

/// A line that is new, for a terminal.
pub(super) fn added(text: &str) -> String {
    DiffLine { sign: DiffSign::Added, pieces: vec![(false, text.to_owned())] }.painted()
}

/// The paragraphs that differ, each with its neighbours; nothing where the texts are the same.
pub(super) fn text(before: &str, after: &str) -> Vec<DiffLine> {
    if before == after {
        return Vec::new();
    }
    let (before, after) = (paragraphs(before), paragraphs(after));
    let (before, after): (Vec<&str>, Vec<&str>) =
        (before.iter().map(String::as_str).collect(), after.iter().map(String::as_str).collect());
    let diff = TextDiff::configure().timeout(DIFF_TIMEOUT).diff_slices(&before, &after);
    let mut lines = Vec::new();
    for (at, group) in diff.grouped_ops(1).iter().enumerate() {
        if at > 0 {
            lines.push(DiffLine { sign: DiffSign::Gap, pieces: Vec::new() });
        }
        for change in group.iter().flat_map(|it| diff.iter_inline_changes(it)) {
            let sign = match change.tag() {
                ChangeTag::Delete => DiffSign::Removed,
                ChangeTag::Insert => DiffSign::Added,
                ChangeTag::Equal => DiffSign::Kept,
            };
            let pieces = change.iter_strings_lossy().map(|(differs, it)| (differs, it.into_owned()));
            lines.push(DiffLine { sign, pieces: pieces.collect() });
        }
    }
    lines
}

/// The paragraphs of a text part, each in one line: where its lines were broken is no change, nor is how long the line
/// under a heading is. Items of lists, rows of tables and lines of code are each their own.
fn paragraphs(text: &str) -> Vec<String> {
    let mut paragraphs: Vec<String> = Vec::new();
    let mut open = false;
    for line in text.lines().map(str::trim_end) {
        let drawn = line.len() > 2 && line.chars().all(|it| matches!(it, '=' | '-' | '~' | ' '));
        if line.is_empty() || drawn {
            open = false;
            continue;
        }
        match paragraphs.last_mut().filter(|_| open && !begins(line)) {
            Some(last) => last.extend([" ", line.trim_start()]),
            None => paragraphs.push(line.to_owned()),
        }
        open = true;
    }
    paragraphs
}

/// Whether a line is no continuation of the one above it.
fn begins(line: &str) -> bool {
    let numbered = line.trim_start_matches(|it: char| it.is_ascii_digit());
    let numbered = numbered.len() < line.len() && numbered.starts_with(". ");
    let row = line.trim_start().contains("  ");
    let marked = ["- ", "> ", "| ", "[ ] ", "[x] ", "    "].iter().any(|it| line.starts_with(it));
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
        let differ: Vec<&str> =
            lines.iter().flat_map(|it| &it.pieces).filter(|(differs, _)| *differs).map(|(_, it)| it.as_str()).collect();
        assert_eq!(differ, ["mandag", "tirsdag"]);
    }
}
