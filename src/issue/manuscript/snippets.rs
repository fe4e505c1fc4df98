//! Expands snippets, and rewrites fences for the Markdown parser.

use std::ops::Range;

use comrak::Arena;

use crate::base::message::message;
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

/// How deep snippets may nest.
const DEPTH: usize = 8;
/// How many snippets one issue may include.
const MOST: usize = 500;
/// The longest expanded text, in bytes: longer than any letter.
const LONGEST: usize = 2_000_000;
/// The word for a snippet behind a fence.
pub(crate) const SNIPPET: &str = "snippet";
/// The words of a closing fence that names its block.
const ENDS: [&str; 2] = ["end", "slut"];
/// A colon as a character reference: comrak would read `:::` at the end of a label as the end of the fence.
pub(crate) const COLON: &str = "&#58;";

/// An issue and its translations with their snippets expanded.
pub fn with_snippets(issue: Issue, texts: &dyn TextSource, diagnostics: &mut Diagnostics) -> Issue {
    let (source, body, more) = expand_snippets(&issue.source, issue.body.clone(), texts);
    diagnostics.extend(more);
    let translations = issue.translations.into_iter();
    let translations = translations.map(|(lang, translation)| (lang, with_snippets(translation, texts, diagnostics)));
    Issue { translations: translations.collect(), source, body, ..issue }
}

/// Expands the snippets of a text. Places in the result are those of the files that the text came from.
pub fn expand_snippets(
    source: &Source,
    body: Range<usize>,
    texts: &dyn TextSource,
) -> (Source, Range<usize>, Diagnostics) {
    let mut expander = SnippetExpander {
        texts,
        text: String::new(),
        origins: Vec::new(),
        included: 0,
        diagnostics: Diagnostics::new(),
    };
    expander.copy(source, 0..body.start);
    expander.add(source, body.clone(), &Container::default(), &mut Vec::new());
    let SnippetExpander { text, origins, diagnostics, .. } = expander;
    if text == source.text() {
        return (source.clone(), body, diagnostics);
    }
    let whole = Source::gathered(source.path().clone(), text, origins);
    let end = whole.text().len();
    (whole, body.start..end, diagnostics)
}

/// The prefix of the lines of a snippet: the markers of the quotes and list items around it.
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
    /// How many snippets were included.
    included: usize,
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

    /// Writes text that is not in the file; its place is `at`.
    fn push_generated(&mut self, source: &Source, at: usize, text: &str) {
        if !text.is_empty() {
            self.origins.push(SourceSegment::generated(self.text.len(), source, at));
            self.text.push_str(text);
        }
    }

    fn add(&mut self, source: &Source, range: Range<usize>, container: &Container, names: &mut Vec<String>) {
        let code = code_lines(source, range.clone());
        let mut open: Vec<OpenBlock<'_>> = Vec::new();
        let mut at = range.start;
        // The colons of a snippet that was just included: a closing fence may follow, but need not.
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
                    let inner = container.nested(prefix, fence.container);
                    self.include(&fence, place, &inner, names);
                    snippet = Some(fence.colons);
                }
                Some(fence) => {
                    self.push_generated(source, start, prefix);
                    self.write_fence(source, start..at, &fence, &mut open);
                }
                None => {
                    self.push_generated(source, start, prefix);
                    self.copy(source, start..at);
                }
            }
        }
    }

    /// Writes a fence for the parser, and checks that a closing fence with a name closes the block of that name.
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
                    Diagnostic::error(
                        OTHER_KIND,
                        message!("`{}` closes another block", "`{}` lukker en anden blok", fence.words),
                    )
                    .hint(message!(
                        "close `::: {}` from {} first",
                        "luk `::: {}` fra {} først",
                        opening.words,
                        opening.place.relative_to(&place)
                    ))
                    .at(place),
                );
            }
            self.copy(source, line.start..words);
            return self.push_generated(source, words, "\n");
        }
        open.push(OpenBlock { words: fence.words, place });
        let labelled = !fence.words.ends_with(":::");
        self.copy(source, line.start..words);
        let mut from = words;
        for (at, _) in source.text()[words..line.end].match_indices(':').filter(|_| labelled) {
            self.copy(source, from..words + at);
            self.push_generated(source, words + at, COLON);
            from = words + at + 1;
        }
        self.copy(source, from..line.end);
    }

    fn include(&mut self, fence: &FenceLine<'_>, place: Span, container: &Container, names: &mut Vec<String>) {
        self.included += 1;
        // The first snippet beyond the limit is reported below; the rest are skipped without a report.
        if self.included > MOST + 1 {
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
        // An empty line on both sides keeps the snippet out of the paragraphs around it.
        let gap = format!("{}\n", container.rest.trim_end());
        if alone {
            self.push_generated(&snippet, range.start, &gap);
        }
        self.add(&snippet, range.start..range.end.max(range.start), container, names);
        self.push_generated(&snippet, range.end, &format!("\n{gap}"));
        names.pop();
    }

    /// The text of a snippet, or why it cannot be included here.
    fn snippet(&self, name: &str, names: &[String]) -> Result<Source, Box<Diagnostic>> {
        if name.is_empty() {
            let unnamed =
                Diagnostic::error(NO_SNIPPET, message!("`::: snippet` has no name", "`::: snippet` har intet navn"));
            return Err(unnamed
                .hint(message!(
                    "write the name of a file in snippets/ after it, without `.md`: `::: snippet om-os`",
                    "skriv navnet på en fil i snippets/ efter, uden `.md`: `::: snippet om-os`"
                ))
                .into());
        }
        let snippet = self.texts.snippet(name).map_err(|error| Box::new(snippet_error(name, &error)))?;
        if names.iter().any(|name| **name == **snippet.path()) {
            let circular = Diagnostic::error(
                ENDLESS,
                message!("the snippet `{name}` includes itself", "tekststykket `{name}` indsætter sig selv"),
            );
            return Err(Box::new(
                circular
                    .hint(message!("delete this line, here or in the snippet", "slet linjen her eller i tekststykket")),
            ));
        }
        if names.len() >= DEPTH || self.included > MOST || self.text.len() + snippet.text().len() > LONGEST {
            let too_many = Diagnostic::error(
                ENDLESS,
                message!(
                    "too many snippets, or they nest too deep",
                    "for mange tekststykker, eller de ligger for dybt i hinanden"
                ),
            );
            return Err(Box::new(
                too_many.hint(message!("write the text in the issue itself", "skriv teksten i selve nyhedsbrevet")),
            ));
        }
        Ok(snippet)
    }
}

impl Container {
    /// The container inside more quotes and list items.
    fn nested(&self, prefix: &str, signs: &str) -> Self {
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

/// Where the text begins: a snippet may have a front matter, which is not part of its text.
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
    let mut unreported = Diagnostics::new();
    nesting::check_lines(source, range, &mut unreported);
    if unreported.has_errors() || !text.contains(":::") {
        return std::collections::BTreeSet::new();
    }
    lines::code_lines(tree::markdown(&Arena::new(), text))
}

fn snippet_error(name: &str, error: &TextError) -> Diagnostic {
    let (message, hint) = match error {
        TextError::Missing { near: Some(near) } => (
            message!("there is no snippet `{name}`", "der er intet tekststykke `{name}`"),
            message!("did you mean `::: snippet {near}`?", "mente du `::: snippet {near}`?"),
        ),
        TextError::Missing { near: None } => (
            message!("there is no snippet `{name}`", "der er intet tekststykke `{name}`"),
            message!(
                "create a file of this name, ending in `.md`, in the folder snippets/",
                "lav en fil med det navn, som slutter på `.md`, i mappen snippets/"
            ),
        ),
        TextError::NoFolder { folder } => (
            message!("there is no snippet `{name}`: {error}", "der er intet tekststykke `{name}`: {error}"),
            message!("create the file {folder}/{name}.md", "lav filen {folder}/{name}.md"),
        ),
        TextError::Outside | TextError::Absolute => (
            message!(
                "the snippet `{name}` is outside the folder of snippets",
                "tekststykket `{name}` ligger uden for mappen med tekststykker"
            ),
            message!("write only the name of a file in snippets/", "skriv kun navnet på en fil i snippets/"),
        ),
        TextError::Private => (
            message!("the snippet `{name}` cannot be read: {error}", "tekststykket `{name}` kan ikke læses: {error}"),
            message!(
                "put what everyone may read into a separate file",
                "skriv det, alle må læse, i en fil for sig selv"
            ),
        ),
        TextError::TooLarge { .. } | TextError::NotText | TextError::Unreadable => (
            message!("the snippet `{name}` cannot be read: {error}", "tekststykket `{name}` kan ikke læses: {error}"),
            message!("save it as text in UTF-8", "gem den som tekst i UTF-8"),
        ),
    };
    Diagnostic::error(NO_SNIPPET, message).hint(hint)
}
