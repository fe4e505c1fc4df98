//! The text of an issue as it is read: snippets in their places, and fences as the parser of Markdown knows them.

use std::ops::Range;

use comrak::Arena;

use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::span::Span;
use crate::base::source::text::{Source, SourceSegment};
use crate::issue::Issue;
use crate::issue::manuscript::lines;
use crate::issue::manuscript::nesting;
use crate::issue::manuscript::texts::{TextError, TextSource};
use crate::issue::manuscript::tree;

const OTHER_KIND: Code = Code("NL452");
const NO_SNIPPET: Code = Code("NL453");
const ENDLESS: Code = Code("NL454");

/// How many snippets may stand in each other.
const DEPTH: usize = 8;
/// How many snippets one issue may take in.
const MOST: usize = 500;
/// The longest text that snippets may make, in bytes: more than any letter holds.
const LONGEST: usize = 2_000_000;
/// The word for a snippet behind a fence.
pub(crate) const SNIPPET: &str = "snippet";
/// What a fence says that names the block it closes.
const ENDS: [&str; 2] = ["end", "slut"];
/// What the parser reads as a colon, and not as the end of a fence.
pub(crate) const COLON: &str = "&#58;";

/// The issue and its translations with the texts that their own take in.
pub fn with_snippets(issue: Issue, texts: &dyn TextSource, diagnostics: &mut Diagnostics) -> Issue {
    let (source, body, more) = expand_snippets(&issue.source, issue.body.clone(), texts);
    diagnostics.extend(more);
    let translations = issue.translations.into_iter();
    let translations = translations.map(|(lang, translation)| (lang, with_snippets(translation, texts, diagnostics)));
    Issue { translations: translations.collect(), source, body, ..issue }
}

/// Puts snippets into the text of an issue; places in what comes out are those of the files that it came from.
pub fn expand_snippets(
    source: &Source,
    body: Range<usize>,
    texts: &dyn TextSource,
) -> (Source, Range<usize>, Diagnostics) {
    let mut gathering =
        SnippetExpander { texts, text: String::new(), origins: Vec::new(), taken: 0, diagnostics: Diagnostics::new() };
    gathering.copy(source, 0..body.start);
    gathering.add(source, body.clone(), &Container::default(), &mut Vec::new());
    let SnippetExpander { text, origins, diagnostics, .. } = gathering;
    if text == source.text() {
        return (source.clone(), body, diagnostics);
    }
    let whole = Source::gathered(source.path().clone(), text, origins);
    let end = whole.text().len();
    (whole, body.start..end, diagnostics)
}

/// What stands before the lines of a snippet: the signs of the quotes and items that it stands in.
#[derive(Clone, Debug, Default)]
struct Container {
    first: String,
    rest: String,
}

/// An open block: the words behind its fence, and where it opens.
struct OpenBlock<'s> {
    words: &'s str,
    place: Span,
}

struct SnippetExpander<'t> {
    texts: &'t dyn TextSource,
    text: String,
    origins: Vec<SourceSegment>,
    /// How many snippets were taken in.
    taken: usize,
    diagnostics: Diagnostics,
}

/// One line that looks like a fence.
struct FenceLine<'s> {
    container: &'s str,
    colons: usize,
    words: &'s str,
}

fn fence(line: &str) -> Option<FenceLine<'_>> {
    let content = lines::without_containers(line);
    let words = content.trim_start_matches(':');
    let colons = content.len() - words.len();
    let container = &line[..line.trim_end().len() - content.len()];
    (colons >= 3).then(|| FenceLine { container, colons, words: words.trim() })
}

impl SnippetExpander<'_> {
    fn copy(&mut self, source: &Source, range: Range<usize>) {
        let at = self.text.len();
        if !self.origins.last().is_some_and(|segment| segment.continues(at, source, range.start)) {
            self.origins.push(SourceSegment::copied(at, source, range.start));
        }
        self.text.push_str(&source.text()[range]);
    }

    /// Writes what stands for something at a place of a file.
    fn stand(&mut self, source: &Source, at: usize, text: &str) {
        if !text.is_empty() {
            self.origins.push(SourceSegment::generated(self.text.len(), source, at));
            self.text.push_str(text);
        }
    }

    fn add(&mut self, source: &Source, range: Range<usize>, container: &Container, names: &mut Vec<String>) {
        let code = code_lines(source, range.clone());
        let mut open: Vec<OpenBlock<'_>> = Vec::new();
        let mut at = range.start;
        // The colons of a snippet whose closer may follow: it needs none.
        let mut snippet: Option<usize> = None;
        for (number, line) in source.text()[range.clone()].split_inclusive('\n').enumerate() {
            let start = at;
            at += line.len();
            let bare = line.trim_end_matches(['\n', '\r']);
            let fence = fence(bare).filter(|_| !code.contains(&(number + 1)));
            let blank = lines::without_containers(bare).is_empty();
            if snippet.is_some() && fence.as_ref().is_some_and(|fence| snippet == Some(fence.colons) && closing(fence))
            {
                snippet = None;
                continue;
            }
            snippet = snippet.filter(|_| blank);
            let prefix = if start == range.start { &container.first } else { &container.rest };
            match fence {
                Some(fence) if fence.words.split_whitespace().next() == Some(SNIPPET) => {
                    let place = source.place(start + fence.container.len()..start + bare.len());
                    let inner = container.around(prefix, fence.container);
                    self.include(&fence, place, &inner, names);
                    snippet = Some(fence.colons);
                }
                Some(fence) => {
                    self.stand(source, start, prefix);
                    self.write_fence(source, start..at, &fence, &mut open);
                }
                None => {
                    self.stand(source, start, prefix);
                    self.copy(source, start..at);
                }
            }
        }
    }

    /// Writes a fence as the parser knows it, and sees that a closer that names a block closes that one.
    fn write_fence<'s>(
        &mut self,
        source: &'s Source,
        line: Range<usize>,
        fence: &FenceLine<'s>,
        open: &mut Vec<OpenBlock<'s>>,
    ) {
        let colons = line.start + fence.container.len();
        let words = colons + fence.colons;
        let place = source.place(colons..colons + source.text()[colons..line.end].trim_end().len());
        if closing(fence) {
            let named = fence.words.split_once(char::is_whitespace).map_or("", |(_, named)| named.trim());
            if let Some(opening) = open.pop()
                && !(named.is_empty() || begins(opening.words, named))
            {
                self.diagnostics.push(
                    Diagnostic::error(OTHER_KIND, format!("`{}` closes another block", fence.words))
                        .hint(format!(
                            "what is open here is `::: {}`, from {}: close that first",
                            opening.words,
                            opening.place.relative_to(&place)
                        ))
                        .at(place),
                );
            }
            self.copy(source, line.start..words);
            return self.stand(source, words, "\n");
        }
        open.push(OpenBlock { words: fence.words, place });
        let labelled = !fence.words.ends_with(":::");
        self.copy(source, line.start..words);
        let mut from = words;
        for (at, _) in source.text()[words..line.end].match_indices(':').filter(|_| labelled) {
            self.copy(source, from..words + at);
            self.stand(source, words + at, COLON);
            from = words + at + 1;
        }
        self.copy(source, from..line.end);
    }

    fn include(&mut self, fence: &FenceLine<'_>, place: Span, container: &Container, names: &mut Vec<String>) {
        self.taken += 1;
        if self.taken > MOST + 1 {
            return;
        }
        let name = fence.words.split_once(char::is_whitespace).map_or("", |(_, name)| name.trim());
        let snippet = match self.snippet(name, names) {
            Ok(snippet) => snippet,
            Err(diagnostic) => return self.diagnostics.push(diagnostic.at(place)),
        };
        let text = snippet.text();
        let range = front_matter(text)..text.trim_end().len();
        let alone = container.first.chars().all(|character| character.is_whitespace() || character == '>');
        names.push(snippet.path().to_string());
        let gap = format!("{}\n", container.rest.trim_end());
        if alone {
            self.stand(&snippet, range.start, &gap);
        }
        self.add(&snippet, range.start..range.end.max(range.start), container, names);
        self.stand(&snippet, range.end, &format!("\n{gap}"));
        names.pop();
    }

    /// The text of a name, or why it cannot stand here.
    fn snippet(&self, name: &str, names: &[String]) -> Result<Source, Box<Diagnostic>> {
        if name.is_empty() {
            let told = Diagnostic::error(NO_SNIPPET, "`::: snippet` does not say which");
            return Err(told
                .hint("write the name of a file in snippets/ behind it, without `.md`: `::: snippet om-os`")
                .into());
        }
        let snippet = self.texts.snippet(name).map_err(|error| Box::new(snippet_error(name, &error)))?;
        if names.iter().any(|name| **name == **snippet.path()) {
            let told =
                Diagnostic::error(ENDLESS, format!("the snippet `{name}` would stand in itself, without an end"));
            return Err(Box::new(told.hint("take this line out, here or in the snippet")));
        }
        if names.len() >= DEPTH || self.taken > MOST || self.text.len() + snippet.text().len() > LONGEST {
            let told = Diagnostic::error(ENDLESS, "the snippets here are too many, or stand too deep in each other");
            return Err(Box::new(told.hint("put the text itself into the issue")));
        }
        Ok(snippet)
    }
}

impl Container {
    /// For a text that stands in more quotes and items.
    fn around(&self, prefix: &str, signs: &str) -> Self {
        let rest = signs.chars().map(|sign| if sign == '>' || sign == '\t' { sign } else { ' ' });
        Self { first: format!("{prefix}{signs}"), rest: self.rest.chars().chain(rest).collect() }
    }
}

fn closing(fence: &FenceLine<'_>) -> bool {
    fence.words.split_whitespace().next().is_none_or(|word| ENDS.contains(&word))
}

/// Whether the words of a closer are the first ones of what opened the block.
fn begins(opening: &str, named: &str) -> bool {
    let mut words = opening.split_whitespace();
    named.split_whitespace().all(|word| words.next() == Some(word))
}

/// Where the text begins behind a front matter that somebody left in a snippet: it is not text.
fn front_matter(text: &str) -> usize {
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut at = start;
    for (number, line) in text[start..].split_inclusive('\n').enumerate() {
        at += line.len();
        match (number, line.trim_end()) {
            (0, "---") => {}
            (0, _) => return start,
            (_, "---") => return at,
            _ => {}
        }
    }
    start
}

fn code_lines(source: &Source, range: Range<usize>) -> std::collections::BTreeSet<usize> {
    let text = &source.text()[range.clone()];
    let mut untold = Diagnostics::new();
    nesting::check_lines(source, range, &mut untold);
    if untold.has_errors() || !text.contains(":::") {
        return std::collections::BTreeSet::new();
    }
    lines::code_lines(tree::markdown(&Arena::new(), text))
}

fn snippet_error(name: &str, error: &TextError) -> Diagnostic {
    let (message, hint) = match error {
        TextError::Missing { near: Some(near) } => {
            (format!("there is no snippet `{name}`"), format!("did you mean `::: snippet {near}`?"))
        }
        TextError::Missing { near: None } => (
            format!("there is no snippet `{name}`"),
            "put the text into a file of this name, with `.md` behind it, in the folder snippets/".to_owned(),
        ),
        TextError::NoFolder { folder } => (
            format!("there is no snippet `{name}`: {error}"),
            format!("make the folder {folder}/ and in it a file of this name, with `.md` behind it"),
        ),
        TextError::Outside | TextError::Absolute => (
            format!("the snippet `{name}` would lie outside the folder of snippets"),
            "write only the name of a file in the folder snippets/".to_owned(),
        ),
        TextError::TooLarge { .. } | TextError::NotText | TextError::Unreadable => (
            format!("the snippet `{name}` cannot be read: {error}"),
            "save it again as text, in UTF-8, and no longer than a letter".to_owned(),
        ),
    };
    Diagnostic::error(NO_SNIPPET, message).hint(hint)
}
