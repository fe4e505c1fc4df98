//! The words that an issue has for its readers, each with its place.

use std::ops::Range;

use crate::base::language::Lang;
use crate::issue::Issue;
use crate::issue::edition_key::EditionKey;
use crate::letter::complete::inline::{self, Paragraph};
use crate::letter::complete::words::{self, Presence, WordDigest};
use crate::letter::leak::lines::OpeningFence;

/// A word that readers should see.
#[derive(Debug)]
pub(super) struct WrittenWord {
    pub(super) digest: WordDigest,
    /// Its bytes in the file.
    pub(super) range: Range<usize>,
    pub(super) presence: Presence,
    /// The number of the blocks around it.
    context: usize,
    /// The note that it belongs to.
    note: Option<usize>,
}

/// Where readers read a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TextMedium {
    /// In a letter whose issue is not on the web.
    LetterAlone,
    /// In a letter that leads to a page on the web.
    LetterWithPage,
    /// On that page.
    Page,
}

/// The words of a text.
#[derive(Debug, Default)]
pub(super) struct WrittenText<'t> {
    pub(super) words: Vec<WrittenWord>,
    /// The blocks around words, outermost first.
    contexts: Vec<Vec<OpeningFence<'t>>>,
    /// The names of the notes.
    notes: Vec<&'t str>,
    /// The name in each reference to a note, and the number of the blocks around it.
    references: Vec<(String, usize)>,
}

impl WrittenText<'_> {
    /// The words that the readers of an edition should see.
    pub(super) fn for_edition(&self, key: &EditionKey, medium: TextMedium) -> impl Iterator<Item = &WrittenWord> {
        let open: Vec<bool> =
            self.contexts.iter().map(|around| around.iter().all(|fence| is_open(*fence, key, medium))).collect();
        let is_referred = |name: &&str| self.references.iter().any(|(other, at)| other == name && open[*at]);
        let notes: Vec<bool> = self.notes.iter().map(is_referred).collect();
        self.words.iter().filter(move |word| open[word.context] && word.note.is_none_or(|note| notes[note]))
    }
}

/// Whether the readers of an edition see the text of a block as it is written. A block that changes its text has its
/// own checks.
fn is_open(fence: OpeningFence<'_>, key: &EditionKey, medium: TextMedium) -> bool {
    match kind(fence) {
        "only" | "for" | "not" => !fence.excludes(key),
        "lang" => fence.words.split_whitespace().nth(1).and_then(Lang::parse) == Some(key.lang),
        "more" => medium != TextMedium::LetterWithPage,
        other => SHOWN_BLOCKS.contains(&other),
    }
}

fn kind(fence: OpeningFence<'_>) -> &str {
    fence.words.split_whitespace().next().unwrap_or_default()
}

/// Blocks whose text is shown as it is.
const SHOWN_BLOCKS: [&str; 14] = [
    "callout",
    "card",
    "caution",
    "columns",
    "event",
    "figures",
    "important",
    "media",
    "note",
    "person",
    "quote",
    "table",
    "tip",
    "warning",
];
/// Those of them whose title is text.
const TITLED_BLOCKS: [&str; 12] =
    ["callout", "card", "caution", "event", "important", "media", "more", "note", "person", "quote", "tip", "warning"];

/// Reads an issue.
pub(super) fn read(issue: &Issue) -> WrittenText<'_> {
    let mut reader = BlockReader {
        text: issue.text(),
        offset: issue.body.start,
        written: WrittenText { contexts: vec![Vec::new()], ..WrittenText::default() },
        around: Vec::new(),
        context: 0,
        paragraph: Paragraph::default(),
        code: None,
        conditions: 0,
        has_conditions: false,
        note: None,
        number: None,
    };
    let mut at = 0;
    while at < reader.text.len() {
        at = reader.line(at);
    }
    reader.flush();
    reader.written
}

struct BlockReader<'t> {
    text: &'t str,
    /// Where the text begins in the file.
    offset: usize,
    written: WrittenText<'t>,
    around: Vec<OpeningFence<'t>>,
    context: usize,
    paragraph: Paragraph,
    /// The fence of the code that is being read.
    code: Option<&'t str>,
    /// How many conditions and loops are open: what is in them may not be shown.
    conditions: usize,
    /// Whether there was one before: the number of an item depends on how many items are shown before it.
    has_conditions: bool,
    note: Option<usize>,
    /// The number before the last item.
    number: Option<&'t str>,
}

impl<'t> BlockReader<'t> {
    /// Reads the line at a byte of the text, and returns where the next one begins.
    fn line(&mut self, at: usize) -> usize {
        let rest = &self.text[at..];
        let line = rest.split('\n').next().unwrap_or_default();
        let next = at + line.len() + 1;
        if let Some(fence) = self.code {
            let content = line.trim_start_matches([' ', '\t', '>']).trim_end();
            if content.starts_with(fence) && content.chars().all(|letter| fence.contains(letter)) {
                self.code = None;
            } else {
                self.code_line(line, at);
            }
            return next;
        }
        if self.paragraph.is_in_tag() && !line.trim().is_empty() {
            self.paragraph.push(line, at + self.offset);
            return next;
        }
        if line.trim_matches([' ', '\t', '\r', '>']).is_empty() {
            self.flush();
            return next;
        }
        if !line.starts_with([' ', '\t']) && self.paragraph.is_empty() {
            self.note = None;
        }
        let start = at + self.markers(line, at);
        let content = &self.text[start..at + line.len()];
        if let Some(end) = self.unseen(start, content) {
            self.flush();
            return end;
        }
        if content.starts_with(":::") {
            self.flush();
            self.fence(content, start);
            return next;
        }
        let length = |marker: char| content.len() - content.trim_start_matches(marker).len();
        let (ticks, tildes) = (length('`'), length('~'));
        if ticks >= 3 && !content[ticks..].contains('`') || tildes >= 3 {
            self.flush();
            self.code = content.get(..ticks.max(tildes));
            return next;
        }
        if self.paragraph.is_empty() && is_address(content) || self.is_setting(content) || self.is_toc(content) {
            return next;
        }
        self.text_line(content, start);
        next
    }

    fn text_line(&mut self, content: &'t str, start: usize) {
        let mut from = start;
        if let Some((name, _)) = content.strip_prefix("[^").and_then(|inner| inner.split_once("]:")) {
            self.flush();
            self.note = Some(self.written.notes.len());
            self.written.notes.push(name);
            from += "[^]:".len() + name.len();
        }
        let is_quoted = self.text[..start].rsplit('\n').next().is_some_and(|markers| markers.contains('>'));
        if let Some(length) = notice_kind(content).filter(|_| is_quoted) {
            self.flush();
            from += length;
        }
        let is_heading = content.starts_with('#');
        if is_heading {
            self.flush();
        }
        self.paragraph.push(&self.text[from..start + content.len()], from + self.offset);
        if is_heading {
            self.flush();
        }
    }

    /// Reads the markers of quotes and items, and returns their length. The number of an item is a word, unless all items have
    /// the same one.
    fn markers(&mut self, line: &'t str, at: usize) -> usize {
        let mut rest = line.trim_start();
        loop {
            let digits = rest.len() - rest.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
            let after = if let Some(after) = rest.strip_prefix('>') {
                Some(after)
            } else if (1..=9).contains(&digits) {
                rest[digits..].strip_prefix(['.', ')']).filter(|after| after.starts_with([' ', '\t']))
            } else {
                rest.strip_prefix(['-', '*', '+']).filter(|after| after.starts_with([' ', '\t']))
            };
            let Some(after) = after else { return line.len() - rest.len() };
            if !rest.starts_with('>') {
                self.flush();
                self.note = self.note.filter(|_| line.starts_with([' ', '\t']));
            }
            if digits > 0 {
                let number = &rest[..digits];
                let start = at + line.len() - rest.len() + self.offset;
                // Leading zeros are not shown.
                let is_counted = number != "1" && self.number != Some(number) && !number.starts_with('0');
                if is_counted {
                    let presence = if self.has_conditions { Presence::SomeLetters } else { Presence::EveryLetter };
                    words::plain(number).for_each(|digest| self.word(digest, start..start + digits, presence));
                }
                self.number = Some(number);
            }
            rest = after.trim_start();
            // `[x]` is the box of a task.
            for task in ["[ ] ", "[x] ", "[X] "] {
                rest = rest.strip_prefix(task).unwrap_or(rest);
            }
        }
    }

    /// The end of invisible text that begins here, if any: a comment, a script, a style, a processing instruction. One
    /// without an end is text.
    fn unseen(&self, start: usize, content: &str) -> Option<usize> {
        let close = if content.starts_with("<!--") {
            "-->"
        } else if content.starts_with("<?") {
            "?>"
        } else if content.starts_with("{#") && !content.contains('}') {
            "#}"
        } else {
            let name = content.strip_prefix('<')?.to_ascii_lowercase();
            ["script", "style"].into_iter().find(|unseen| name.starts_with(unseen))?
        };
        let rest = &self.text[start + 2..];
        match close {
            "script" | "style" => {
                let at = rest.to_ascii_lowercase().find(&format!("</{close}"))?;
                Some(start + 2 + at + rest[at..].find('>')? + 1)
            }
            _ => rest.find(close).map(|at| start + 2 + at + close.len()),
        }
    }

    fn fence(&mut self, content: &'t str, start: usize) {
        let words = content.trim_start_matches(':').trim();
        let number = self.text[..start].matches('\n').count() + 1;
        let fence = OpeningFence { number, words };
        if matches!(kind(fence), "" | "end" | "slut") {
            self.around.pop();
        } else {
            self.around.push(fence);
        }
        self.context = self.written.contexts.len();
        self.written.contexts.push(self.around.clone());
        if TITLED_BLOCKS.contains(&kind(fence))
            && let Some((_, title)) = words.split_once(char::is_whitespace)
        {
            let from = start + content.trim_end().len() - title.len();
            self.paragraph.push(title, from + self.offset);
            self.flush();
        }
    }

    /// Whether a line is a setting of the block around it, such as `tid: …`, which is shown in other words.
    fn is_setting(&self, content: &str) -> bool {
        let is_event = self.around.last().is_some_and(|fence| kind(*fence) == "event");
        let name = content.split_once(':').map_or("", |(name, _)| name);
        is_event && !name.is_empty() && name.chars().all(|letter| letter.is_alphanumeric() || letter == ' ')
    }

    /// Whether a line is the marker that kramdown replaces by a table of contents, or the item above it.
    fn is_toc(&self, content: &str) -> bool {
        let end = content.as_ptr() as usize - self.text.as_ptr() as usize + content.len();
        let below = self.text.get(end..).unwrap_or_default().trim_start_matches(['\r', '\n', ' ']);
        content.starts_with("{:toc}") || below.starts_with("{:toc}")
    }

    fn code_line(&mut self, line: &str, at: usize) {
        let presence = if self.conditions == 0 { Presence::EveryLetter } else { Presence::SomeLetters };
        let range = at + self.offset..at + self.offset + line.len();
        words::plain(line).for_each(|digest| self.word(digest, range.clone(), presence));
    }

    fn word(&mut self, digest: WordDigest, range: Range<usize>, presence: Presence) {
        self.written.words.push(WrittenWord { digest, range, presence, context: self.context, note: self.note });
    }

    /// Reads the paragraph that has ended.
    fn flush(&mut self) {
        if self.paragraph.is_empty() {
            return;
        }
        let paragraph = std::mem::take(&mut self.paragraph);
        let read = inline::read(&paragraph, self.conditions);
        self.conditions = read.conditions;
        self.has_conditions |= read.has_conditions;
        let context = self.context;
        self.written.references.extend(read.references.into_iter().map(|name| (name, context)));
        for inline::FoundWord { digest, range, presence } in read.words {
            self.word(digest, range, presence);
        }
    }
}

/// Whether a line defines the URL of a link, which readers do not see: `[name]: https://…`.
fn is_address(line: &str) -> bool {
    let Some((name, target)) = line.strip_prefix('[').and_then(|inner| inner.split_once("]:")) else { return false };
    let first = target.split_whitespace().next().unwrap_or_default();
    let is_target = first.starts_with(['#', '/', '<', '.']) || first.contains([':', '@', '.', '/']);
    !name.starts_with('^') && !name.contains(['[', ']']) && is_target
}

/// The length of the kind of a notice, which is shown in other words: `[!NOTE]`, `**[!NOTE]**`.
fn notice_kind(content: &str) -> Option<usize> {
    let inner = content.trim_start_matches(['*', '_', '\\']).strip_prefix('[')?;
    inner.trim_start_matches('\\').strip_prefix('!').filter(|name| !name.starts_with('['))?;
    content.find(']').map(|end| end + 1)
}
