//! The only place that prints: results on standard output, everything else on standard error.

use std::error::Error as StdError;
use std::io::{self, IsTerminal, Write};
use std::path::Path;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use serde::Serialize;

use crate::base::error::Error;
use crate::base::source::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::base::source::span::Span;
use crate::cli::exit::Exit;
use crate::cli::global_args::{ColourChoice, GlobalArgs};
use crate::cli::report::DiagnosticJson;

/// The most mistakes that are printed: who has more sees the others when these are mended.
const MOST: usize = 100;

/// How much is told, and in which form.
#[derive(Debug)]
pub(super) struct Terminal {
    form: OutputFormat,
    talk: Verbosity,
    /// Whether standard error is a terminal with nothing else on it.
    is_bare: bool,
}

/// The form of results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OutputFormat {
    Text,
    Json,
}

/// How much is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Verbosity {
    Errors,
    Results,
    Letters,
}

impl Terminal {
    pub(super) fn new(common: &GlobalArgs) -> Self {
        let choice = match common.color {
            ColourChoice::Auto => anstream::ColorChoice::Auto,
            ColourChoice::Always => anstream::ColorChoice::Always,
            ColourChoice::Never => anstream::ColorChoice::Never,
        };
        choice.write_global();
        let talk = match (common.quiet, common.verbose) {
            (true, _) => Verbosity::Errors,
            (false, 0) => Verbosity::Results,
            (false, _) => Verbosity::Letters,
        };
        let is_bare = io::stderr().is_terminal() && common.log.as_deref() != Some(Path::new("-"));
        Self { form: if common.json { OutputFormat::Json } else { OutputFormat::Text }, talk, is_bare }
    }

    /// A line of a result, for people.
    pub(super) fn say(&self, line: &str) {
        if self.form == OutputFormat::Text && self.talk >= Verbosity::Results {
            print(&mut anstream::stdout(), line);
        }
    }

    /// A line that was asked for: told even when quiet.
    pub(super) fn answer(line: &str) {
        print(&mut anstream::stdout(), line);
    }

    /// One object on a line, where JSON was asked for.
    pub(super) fn json(&self, value: &impl Serialize) {
        if self.form == OutputFormat::Json {
            // A value of our own types can always be written; a map with keys that are no text does not occur.
            print(&mut anstream::stdout(), &serde_json::to_string(value).unwrap_or_default());
        }
    }

    pub(super) fn is_json(&self) -> bool {
        self.form == OutputFormat::Json
    }

    /// What a person in front of it should know, but no result.
    pub(super) fn note(&self, line: &str) {
        if self.talk >= Verbosity::Results {
            print(&mut anstream::stderr(), line);
        }
    }

    /// A line about one letter, where letters are told.
    pub(super) fn letter(&self, line: impl FnOnce() -> String) {
        if self.talk >= Verbosity::Letters {
            print(&mut anstream::stderr(), &line());
        }
    }

    /// Why nothing more was done: always told, and as an object too where JSON was asked for.
    pub(super) fn problem(&self, line: &str) {
        self.json(&serde_json::json!({ "error": line }));
        tracing::error!("{line}");
        print(&mut anstream::stderr(), &format!("{}: {}", paint(Severity::Error, "error"), visible(line)));
    }

    /// An error with all its causes, and the status it ends with.
    pub(super) fn error(&self, error: &Error) -> Exit {
        self.problem(&with_causes(error));
        Exit::of_error(error)
    }

    /// All mistakes, each with its line and its place underlined, and as an object too where JSON was asked for;
    /// warnings are left out when quiet.
    pub(super) fn diagnostics(&self, diagnostics: &Diagnostics) {
        diagnostics.iter().for_each(|it| self.json(&DiagnosticJson::new(it)));
        let told = |severity: Severity| severity == Severity::Error || self.talk >= Verbosity::Results;
        let all: Vec<&Diagnostic> = diagnostics.iter().filter(|it| it.off.is_none() && told(it.severity)).collect();
        let renderer = Renderer::styled();
        for diagnostic in first(&all) {
            print(&mut anstream::stderr(), &format!("{}\n", render(&renderer, diagnostic)));
        }
        if all.len() > MOST {
            print(&mut anstream::stderr(), &format!("… and {} more; --json tells them all", all.len() - MOST));
        }
    }

    /// Whether somebody sits in front of it who can answer a question.
    pub(super) fn can_ask(&self) -> bool {
        self.form == OutputFormat::Text && io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// Whether progress may be drawn.
    pub(super) fn draws(&self) -> bool {
        self.form == OutputFormat::Text && self.talk == Verbosity::Results && self.is_bare
    }

    /// Whether progress may be told in lines.
    pub(super) fn logs(&self) -> bool {
        self.talk >= Verbosity::Results
    }

    /// Whether the answer to a question is yes.
    pub(super) fn agrees(question: &str) -> bool {
        Self::ask(question).is_some_and(|it| ["y", "yes", "j", "ja"].contains(&it.to_lowercase().as_str()))
    }

    /// The line that was typed after a question.
    pub(super) fn ask(question: &str) -> Option<String> {
        let mut stderr = anstream::stderr();
        _ = write!(stderr, "{question} ").and_then(|()| stderr.flush());
        let mut line = String::new();
        io::stdin().read_line(&mut line).ok().filter(|read| *read > 0)?;
        Some(line.trim().to_owned())
    }
}

/// An error and its causes in one line; a cause that only says the same again is left out.
pub(super) fn with_causes(error: &dyn StdError) -> String {
    let mut last = error.to_string();
    let mut line = last.clone();
    let mut cause = error.source();
    while let Some(next) = cause {
        let text = next.to_string();
        if !text.ends_with(&last) {
            line = format!("{line}: {text}");
        }
        last = text;
        cause = next.source();
    }
    line
}

/// As many as somebody reads, in their order: warnings only where there is room beside the errors.
fn first<'a>(all: &[&'a Diagnostic]) -> Vec<&'a Diagnostic> {
    let errors = all.iter().filter(|it| it.severity == Severity::Error).count();
    let (mut errors_left, mut warnings_left) = (MOST, MOST.saturating_sub(errors));
    let room = |it: &&&'a Diagnostic| {
        let left = if it.severity == Severity::Error { &mut errors_left } else { &mut warnings_left };
        let is_told = *left > 0;
        *left = left.saturating_sub(1);
        is_told
    };
    all.iter().filter(room).copied().collect()
}

/// A reader that has gone away (`| head`) is no reason to panic.
fn print(stream: &mut impl Write, line: &str) {
    _ = writeln!(stream, "{line}");
}

fn paint(severity: Severity, word: &str) -> String {
    let colour = match severity {
        Severity::Error => anstyle::AnsiColor::Red,
        Severity::Warning => anstyle::AnsiColor::Yellow,
    };
    let style = colour.on_default().bold();
    format!("{style}{word}{style:#}")
}

fn render(renderer: &Renderer, diagnostic: &Diagnostic) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(visible(&diagnostic.message)).id(diagnostic.code.0);
    let hint = diagnostic.hint.as_deref().map(|hint| Level::HELP.message(visible(hint)));
    let report = match &diagnostic.place {
        Some(place) => {
            let line = visible(place.excerpt());
            let snippet = Snippet::source(line.clone())
                .line_start(place.line())
                .path(visible(place.path()))
                .annotation(AnnotationKind::Primary.span(marked(&line, place)));
            title.element(snippet).elements(hint)
        }
        None => title.elements(hint),
    };
    renderer.render(&[report])
}

/// The bytes of the line that the place means.
fn marked(line: &str, place: &Span) -> std::ops::Range<usize> {
    let byte = |column: usize| line.char_indices().nth(column).map_or(line.len(), |(at, _)| at);
    byte(place.column() - 1)..byte(place.column() - 1 + place.width())
}

/// The text with each control character replaced by its picture (U+2400…), one for one, so that columns stay and no
/// terminal obeys it.
pub(super) fn visible(text: &str) -> String {
    text.chars()
        .map(|it| match it {
            '\n' | '\t' => it,
            '\u{0}'..='\u{1f}' => char::from_u32(0x2400 + it as u32).unwrap_or('\u{fffd}'),
            '\u{7f}' => '\u{2421}',
            '\u{80}'..='\u{9f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::source::diagnostic::Code;
    use crate::base::source::text::Source;

    #[test]
    fn a_mistake_quotes_its_line_and_underlines_the_place() {
        let source = Source::new("issues/nyt.md", "---\nsubjekt: Nyt\n---\n");
        let diagnostic = Diagnostic::error(Code("NL002"), "`subjekt` is not known")
            .at(source.place(4..11))
            .hint("did you mean `subject`?");
        let expected = "\
error[NL002]: `subjekt` is not known
 --> issues/nyt.md:2:1
  |
2 | subjekt: Nyt
  | ^^^^^^^
  |
  = help: did you mean `subject`?";
        assert_eq!(render(&Renderer::plain(), &diagnostic), expected);
    }

    #[test]
    fn control_characters_are_shown_and_not_obeyed() {
        assert_eq!(visible("a\u{1b}[2Jb\u{9b}c\u{202e}d"), "a␛[2Jb\u{fffd}c\u{fffd}d");
    }
}
