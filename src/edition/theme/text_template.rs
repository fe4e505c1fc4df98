//! The lines that a theme's `newsletter.txt` puts around the content of the text part, as records.

use crate::edition::text::position::BlankLine;
use crate::edition::text::record::{BREAK, RecordKind, TextRecord};

/// A piece of the text part that is records already, such as the content.
pub(crate) struct TemplatePiece<'r> {
    /// The character in its place in the rendered template.
    pub(crate) placeholder: &'r str,
    /// What replaces it.
    pub(crate) records: &'r str,
}

/// The records of a rendered template.
pub(super) fn records(template: &str, pieces: &[TemplatePiece<'_>]) -> String {
    let mut out = String::new();
    let mut paragraph: Vec<&str> = Vec::new();
    for line in template.lines().map(str::trim) {
        if let Some(piece) = pieces.iter().find(|piece| line.contains(piece.placeholder)) {
            let (before, behind) = line.split_once(piece.placeholder).unwrap_or((line, ""));
            paragraph.push(before);
            finish(&mut paragraph, RecordKind::Text, &mut out);
            out.push_str(piece.records);
            paragraph.push(behind);
        } else if let Some(heading) = rule(line) {
            let kind = if paragraph.is_empty() { RecordKind::Rule } else { heading };
            paragraph.extend(paragraph.is_empty().then_some(line));
            finish(&mut paragraph, kind, &mut out);
        } else if line.is_empty() {
            finish(&mut paragraph, RecordKind::Text, &mut out);
        } else {
            paragraph.push(line);
        }
    }
    finish(&mut paragraph, RecordKind::Text, &mut out);
    out
}

/// The kind of heading that a line of `===` or `---` makes of the lines above it, as in Markdown (`CommonMark` 0.31,
/// section 4.3).
fn rule(line: &str) -> Option<RecordKind> {
    let all = |sign: char| line.len() >= 3 && line.chars().all(|character| character == sign);
    [('=', RecordKind::Title), ('-', RecordKind::Heading)]
        .into_iter()
        .find_map(|(sign, kind)| all(sign).then_some(kind))
}

fn finish(paragraph: &mut Vec<&str>, kind: RecordKind, out: &mut String) {
    paragraph.retain(|line| !line.is_empty());
    if !paragraph.is_empty() {
        TextRecord { kind, blank_line: BlankLine::Before, first: "", rest: "", content: &paragraph.join(BREAK) }
            .write(out);
    }
    paragraph.clear();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edition::text::layout::{LineEncoding, lay_out};

    #[test]
    fn lines_become_paragraphs_headings_and_rules() {
        let text = "Nyt\n===\n\n\u{11}\nHej\nder\n----\n\n---\nFra os\n  Gade 1  \n\n\nSlut\n";
        let mut content = String::new();
        TextRecord { kind: RecordKind::Text, blank_line: BlankLine::Before, first: "", rest: "", content: "Indhold" }
            .write(&mut content);
        let laid =
            lay_out(&records(text, &[TemplatePiece { placeholder: "\u{11}", records: &content }]), LineEncoding::Plain);
        assert_eq!(
            laid,
            "Nyt\n===\n\nIndhold\n\nHej\nder\n---\n\n----------------------------------------\n\nFra os\nGade 1\n\nSlut\n"
        );
    }
}
