//! Compares two texts by paragraphs, and names the words that differ.

use imara_diff::{Algorithm, Diff, Hunk, InternedInput};

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
    let hunks: Vec<Hunk> = differences(before.iter().copied(), after.iter().copied()).1.hunks().collect();
    let mut lines = Vec::new();
    let mut shown = 0;
    for (at, hunk) in hunks.iter().enumerate() {
        let (start, end) = (hunk.before.start as usize, hunk.before.end as usize);
        let between = &before[shown..start];
        match between {
            [.., last] if at == 0 => lines.push(kept(last)),
            [first, .., last] if between.len() > 2 => {
                lines.extend([kept(first), DiffLine { sign: DiffSign::Gap, pieces: Vec::new() }, kept(last)]);
            }
            _ => lines.extend(between.iter().map(|line| kept(line))),
        }
        let added = &after[hunk.after.start as usize..hunk.after.end as usize];
        lines.extend(replacement(&before[start..end], added));
        shown = end;
    }
    if !hunks.is_empty() {
        lines.extend(before[shown..].first().map(|line| kept(line)));
    }
    lines
}

/// What differs between two lists of tokens, and the tokens as numbers.
fn differences<'a>(
    before: impl Iterator<Item = &'a str>,
    after: impl Iterator<Item = &'a str>,
) -> (InternedInput<&'a str>, Diff) {
    let mut input = InternedInput::default();
    input.update_before(before);
    input.update_after(after);
    let mut diff = Diff::compute(Algorithm::Histogram, &input);
    diff.postprocess_no_heuristic(&input);
    (input, diff)
}

fn kept(line: &str) -> DiffLine {
    DiffLine { sign: DiffSign::Kept, pieces: vec![DiffPiece { text: line.to_owned(), differs: false }] }
}

/// Lines in place of others. The words that differ are marked where at least half of the words are the same: in a
/// line that was written anew, marks are noise.
fn replacement(removed: &[&str], added: &[&str]) -> Vec<DiffLine> {
    let removed: Vec<Vec<&str>> = removed.iter().map(|line| words(line)).collect();
    let added: Vec<Vec<&str>> = added.iter().map(|line| words(line)).collect();
    let (input, diff) = differences(removed.iter().flatten().copied(), added.iter().flatten().copied());
    let same = input.before.len() - diff.count_removals() as usize;
    let alike = same > 0 && 4 * same >= input.before.len() + input.after.len();
    let removed = marked(DiffSign::Removed, &removed, |word| alike && diff.is_removed(word));
    let added = marked(DiffSign::Added, &added, |word| alike && diff.is_added(word));
    removed.into_iter().chain(added).collect()
}

/// Lines of words, those words marked that differ; `differs` is asked with a word's index in all lines.
fn marked(sign: DiffSign, lines: &[Vec<&str>], differs: impl Fn(u32) -> bool) -> Vec<DiffLine> {
    let mut indexes = 0..;
    let mut line_of = |words: &Vec<&str>| {
        let mut pieces: Vec<DiffPiece> = Vec::new();
        for (word, index) in words.iter().zip(&mut indexes) {
            let differs = differs(index);
            match pieces.last_mut().filter(|piece| piece.differs == differs) {
                Some(piece) => piece.text.push_str(word),
                None => pieces.push(DiffPiece { text: (*word).to_owned(), differs }),
            }
        }
        DiffLine { sign, pieces }
    };
    lines.iter().map(&mut line_of).collect()
}

/// The words of a line, and the spaces between them.
fn words(line: &str) -> Vec<&str> {
    let same_kind = |one: char, other: char| one.is_whitespace() == other.is_whitespace();
    let mut words = Vec::new();
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let end = rest.find(|character| !same_kind(first, character)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        words.push(word);
        rest = after;
    }
    words
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
        check("Gammelt", "", &["- Gammelt"]);
        check("b\n\nc\n\nd\n", "A\n\nb\n\nB\n\nc\n\nd\n", &["+ A", "  b", "+ B", "  c"]);
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
        assert!(text("Vi ses på mandag.", "Husk at betale.").iter().all(|line| line.pieces.len() == 1));
    }
}
