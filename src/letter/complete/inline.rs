//! The words of a paragraph of Markdown. A word is left out if it is unclear how readers see it, for example because a
//! value is part of it: a false alarm is worse than a missed one.

use std::ops::Range;

use crate::letter::complete::words::{self, Presence, WordBuilder, WordDigest};
use crate::letter::leak::{html_entities, shingles};

/// The lines of a paragraph without the markers before them.
#[derive(Debug, Default)]
pub(super) struct Paragraph {
    text: String,
    /// Where each line begins in the text, and in the file.
    lines: Vec<(usize, usize)>,
}

impl Paragraph {
    /// Adds a line that begins at this byte of the file.
    pub(super) fn push(&mut self, line: &str, start: usize) {
        self.lines.push((self.text.len(), start));
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// Whether it has no line.
    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Whether a tag has begun and not ended: a `>` at the start of the next line is its end, and not a quote.
    pub(super) fn is_in_tag(&self) -> bool {
        let tag = self.text.rsplit_once('<').map_or("", |(_, tag)| tag);
        tag.starts_with(|letter: char| letter.is_ascii_alphabetic()) && !tag.contains('>')
    }

    fn origin(&self, at: usize) -> usize {
        let line = self.lines.partition_point(|(start, _)| *start <= at).saturating_sub(1);
        self.lines.get(line).map_or(at, |(start, file)| file + at - start)
    }
}

/// A word of a paragraph.
#[derive(Debug)]
pub(super) struct FoundWord {
    pub(super) digest: WordDigest,
    /// Its bytes in the file.
    pub(super) range: Range<usize>,
    pub(super) presence: Presence,
}

/// What a paragraph contains.
#[derive(Debug, Default)]
pub(super) struct ParagraphWords {
    /// Its words.
    pub(super) words: Vec<FoundWord>,
    /// The names of the notes that it refers to.
    pub(super) references: Vec<String>,
    /// How many conditions and loops are open after it.
    pub(super) conditions: usize,
    /// Whether one begins in it.
    pub(super) has_conditions: bool,
}

/// Elements that end a word. For all others this is unclear: most are removed from a letter.
const BLOCKS: [&str; 28] = [
    "blockquote",
    "br",
    "caption",
    "center",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "hr",
    "img",
    "li",
    "ol",
    "p",
    "pre",
    "script",
    "style",
    "summary",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "ul",
];

/// Reads a paragraph after this number of open conditions and loops.
pub(super) fn read(paragraph: &Paragraph, conditions: usize) -> ParagraphWords {
    let found = ParagraphWords { conditions, ..ParagraphWords::default() };
    let mut reader = InlineReader {
        paragraph,
        found,
        word: WordBuilder::default(),
        start: 0,
        end: 0,
        certainty: Certainty::Sure,
        beside: Certainty::Sure,
        brackets: Vec::new(),
    };
    let text = paragraph.text.as_str();
    let mut at = 0;
    while let Some(letter) = text[at..].chars().next() {
        at = reader.letter(letter, at);
    }
    reader.end_word();
    reader.found
}

/// Whether a reader sees a word as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Certainty {
    Sure,
    /// A template tag touches it.
    BesideTag,
    /// A tag of HTML, a comment or a bracket touches it: it may be part of a longer word.
    Unclear,
}

struct InlineReader<'p> {
    paragraph: &'p Paragraph,
    found: ParagraphWords,
    word: WordBuilder,
    /// Where the word begins and ends.
    start: usize,
    end: usize,
    /// Whether a reader sees this word as it is written.
    certainty: Certainty,
    /// The certainty of a word that begins here: what is right before it may belong to it.
    beside: Certainty,
    /// The open square brackets. For that of a picture, the number of words found before it.
    brackets: Vec<Option<usize>>,
}

impl InlineReader<'_> {
    /// Reads the character at a byte of the text, and returns where the next one is.
    fn letter(&mut self, letter: char, at: usize) -> usize {
        let text = self.paragraph.text.as_str();
        let rest = &text[at..];
        let after = at + letter.len_utf8();
        match letter {
            '\\' if rest[1..].starts_with(|sign: char| sign.is_ascii_punctuation()) => {
                if !rest[1..].starts_with(shingles::is_ignorable) {
                    self.separate();
                }
                at + 2
            }
            '`' => self.code(rest, at),
            '{' => self.braces(rest, at),
            '<' => self.angle(rest, at),
            '[' => self.bracket(rest, at),
            ']' => self.close_bracket(rest, at),
            '&' => self.reference(rest, at),
            'h' | 'w' if !self.word.is_open() && is_url(rest) => {
                let end = |sign: char| sign.is_whitespace() || matches!(sign, '<' | '|' | '"');
                at + rest.find(end).unwrap_or(rest.len())
            }
            'm' | 'M' if !self.word.is_open() && is_mail_link(rest) => at + MAILTO.len(),
            letter if letter.is_alphanumeric() => {
                self.push(letter, at);
                after
            }
            letter if shingles::is_ignorable(letter) => after,
            _ => {
                self.separate();
                after
            }
        }
    }

    fn push(&mut self, letter: char, at: usize) {
        if !self.word.is_open() {
            self.start = at;
            self.certainty = Certainty::Sure;
        }
        self.certainty = self.certainty.max(std::mem::replace(&mut self.beside, Certainty::Sure));
        self.end = at + letter.len_utf8();
        self.word.push(letter);
    }

    fn separate(&mut self) {
        self.end_word();
        self.beside = Certainty::Sure;
    }

    fn end_word(&mut self) {
        if let Some(digest) = self.word.finish()
            && self.certainty != Certainty::Unclear
        {
            let range = self.paragraph.origin(self.start)..self.paragraph.origin(self.end);
            let is_sure = self.certainty == Certainty::Sure && self.found.conditions == 0;
            let presence = if is_sure { Presence::EveryLetter } else { Presence::SomeLetters };
            self.found.words.push(FoundWord { digest, range, presence });
        }
    }

    /// Goes past something that readers do not see as it is written; the words that touch it have this certainty.
    fn pass(&mut self, certainty: Certainty) {
        if self.word.is_open() {
            self.certainty = self.certainty.max(certainty);
        }
        self.end_word();
        self.beside = certainty;
    }

    /// A run of backticks, and the code up to the next run of the same length (`CommonMark` 0.31, section 6.1).
    fn code(&mut self, rest: &str, at: usize) -> usize {
        let length = rest.len() - rest.trim_start_matches('`').len();
        let mut from = length;
        while let Some(found) = rest[from..].find('`') {
            let start = from + found;
            let run = rest[start..].len() - rest[start..].trim_start_matches('`').len();
            if run == length {
                for (offset, letter) in rest[length..start].char_indices() {
                    let at = at + length + offset;
                    if letter.is_alphanumeric() {
                        self.push(letter, at);
                    } else if !shingles::is_ignorable(letter) {
                        self.separate();
                    }
                }
                return at + start + run;
            }
            from = start + run;
        }
        at + length
    }

    /// A template tag, or attributes.
    fn braces(&mut self, rest: &str, at: usize) -> usize {
        for (open, close) in [("{{", "}}"), ("{%", "%}")] {
            if let Some((inner, _)) = rest.strip_prefix(open).and_then(|inner| inner.split_once(close)) {
                self.pass(Certainty::BesideTag);
                self.count_conditions(if open == "{%" { inner } else { "" });
                return at + open.len() + inner.len() + close.len();
            }
        }
        if let Some((inner, _)) = rest[1..].split_once('}')
            && !inner.contains('{')
        {
            if rest.starts_with("{#") && inner.ends_with('#') {
                self.pass(Certainty::Unclear);
                return at + inner.len() + 2;
            }
            let is_after_link = self.paragraph.text[..at].ends_with([')', ']']);
            if inner.starts_with(['#', '.', ':']) || is_after_link && inner.contains('=') {
                return at + inner.len() + 2;
            }
        }
        self.separate();
        at + 1
    }

    fn count_conditions(&mut self, statement: &str) {
        let word = statement.trim_matches([' ', '-', '+']).split(|sign: char| !sign.is_alphanumeric()).next();
        match word {
            Some("if" | "for") => {
                self.found.conditions += 1;
                self.found.has_conditions = true;
            }
            Some("endif" | "endfor") => self.found.conditions = self.found.conditions.saturating_sub(1),
            _ => {}
        }
    }

    /// A comment, an address in angle brackets, or an HTML tag.
    fn angle(&mut self, rest: &str, at: usize) -> usize {
        for (open, close) in [("<!--", "-->"), ("<?", "?>")] {
            if let Some((inner, _)) = rest.strip_prefix(open).and_then(|inner| inner.split_once(close)) {
                self.pass(Certainty::Unclear);
                return at + open.len() + inner.len() + close.len();
            }
        }
        let is_tag = rest[1..].starts_with(|sign: char| sign.is_ascii_alphabetic() || sign == '/');
        let Some(end) = rest.find('>').filter(|_| is_tag) else {
            self.separate();
            return at + 1;
        };
        let name = rest[1..].trim_start_matches('/');
        let name =
            name[..name.find(|sign: char| !sign.is_ascii_alphanumeric()).unwrap_or(name.len())].to_ascii_lowercase();
        // `a<b og c>d` is a comparison: what looks like attributes has no values, and readers see it as it is written.
        let attributes = &rest[1..end];
        if words::INLINE.contains(&name.as_str()) && attributes.contains(' ') && !attributes.contains('=') {
            self.pass(Certainty::Unclear);
            return at + end + 1;
        }
        if BLOCKS.contains(&name.as_str()) {
            self.separate();
        } else if !words::INLINE.contains(&name.as_str()) {
            let is_inside = self.word.is_open();
            self.certainty = if is_inside { Certainty::Unclear } else { self.certainty };
            self.beside = if is_inside { Certainty::Unclear } else { Certainty::Sure };
        }
        if matches!(name.as_str(), "script" | "style") && !rest.starts_with("</") {
            let close = rest.to_ascii_lowercase().find(&format!("</{name}"));
            return at + close.unwrap_or(end + 1);
        }
        at + end + 1
    }

    fn bracket(&mut self, rest: &str, at: usize) -> usize {
        let before = &self.paragraph.text[..at];
        let inner = rest[1..].split(']').next().unwrap_or_default();
        let has_end = rest.len() > inner.len() + 1;
        if has_end && let Some(name) = inner.strip_prefix('^').filter(|name| !name.contains(char::is_whitespace)) {
            self.separate();
            self.found.references.push(name.to_owned());
            return at + inner.len() + 2;
        }
        // `[text][name]`
        if has_end && before.ends_with(']') {
            return at + inner.len() + 2;
        }
        self.pass(Certainty::Unclear);
        self.brackets.push(before.ends_with('!').then_some(self.found.words.len()));
        self.beside = if before.ends_with(char::is_alphanumeric) { Certainty::Unclear } else { Certainty::Sure };
        at + 1
    }

    /// The end of a link's or a picture's words, with the address behind it. The title of a picture is text.
    fn close_bracket(&mut self, rest: &str, at: usize) -> usize {
        let words_before = self.brackets.pop().flatten();
        self.beside = Certainty::Unclear;
        let Some(inner) = rest.strip_prefix("](") else { return at + 1 };
        let Some(target) = link_target(inner) else { return at + 2 };
        if let Some(words_before) = words_before {
            if has_alt(&inner[target.length + 1..]) {
                self.pass(Certainty::Unclear);
                self.found.words.truncate(words_before);
            }
            self.separate();
            let from = at + 2 + target.title.start;
            for (offset, letter) in inner[target.title].char_indices() {
                if letter.is_alphanumeric() {
                    self.push(letter, from + offset);
                } else if !shingles::is_ignorable(letter) {
                    self.separate();
                }
            }
        }
        at + 2 + target.length + 1
    }

    /// A character reference, such as `&aelig;`.
    fn reference(&mut self, rest: &str, at: usize) -> usize {
        let end = rest.bytes().take(34).position(|byte| byte == b';');
        let reference = end.map_or("&", |end| &rest[..=end]);
        let decoded = html_entities::decode(reference);
        if decoded == reference {
            self.separate();
            return at + 1;
        }
        for letter in decoded.chars() {
            if letter.is_alphanumeric() {
                self.push(letter, at);
            } else if !shingles::is_ignorable(letter) {
                self.separate();
            }
        }
        at + reference.len()
    }
}

fn is_url(text: &str) -> bool {
    ["http://", "https://", "www."].iter().any(|start| text.starts_with(start))
}

const MAILTO: &str = "mailto:";

/// Whether a text begins with the link of an address, which is shown without `mailto:`.
fn is_mail_link(text: &str) -> bool {
    text.get(..MAILTO.len()).is_some_and(|start| start.eq_ignore_ascii_case(MAILTO))
        && text[MAILTO.len()..].starts_with(char::is_alphanumeric)
}

/// Whether the attributes behind a picture have a text that is shown instead of the one in its brackets.
fn has_alt(behind: &str) -> bool {
    let attributes = behind.strip_prefix('{').and_then(|inner| inner.split_once('}')).map_or("", |(inner, _)| inner);
    attributes.split([' ', ':', '\n']).any(|attribute| attribute.starts_with("alt="))
}

/// What is between the parentheses of a link.
struct LinkTarget {
    /// Its length, up to the `)`.
    length: usize,
    /// Where its title is, without the quotes.
    title: Range<usize>,
}

/// The address and the title of a link. An address may have parentheses in pairs, a title in quotes any (`CommonMark` 0.31,
/// section 6.3).
fn link_target(inner: &str) -> Option<LinkTarget> {
    let mut depth = 1_u32;
    let mut title = 0..0;
    let mut at = if inner.starts_with('<') { inner.find('>').unwrap_or(0) } else { 0 };
    while let Some(letter) = inner[at..].chars().next() {
        match letter {
            '\\' => at += inner[at + 1..].chars().next().map_or(0, char::len_utf8),
            '"' | '\'' if inner[..at].ends_with(char::is_whitespace) => {
                if let Some(length) = title_length(&inner[at + 1..], letter) {
                    title = at + 1..at + 1 + length;
                    at = title.end;
                }
            }
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(LinkTarget { length: at, title });
        }
        at += letter.len_utf8();
    }
    None
}

/// The length of a title up to its closing quote, which only the end of the link follows.
fn title_length(text: &str, quote: char) -> Option<usize> {
    let mut is_escaped = false;
    let end = text.find(|letter: char| {
        let is_end = letter == quote && !is_escaped;
        is_escaped = letter == '\\' && !is_escaped;
        is_end
    })?;
    text[end + 1..].trim_start().starts_with(')').then_some(end)
}
