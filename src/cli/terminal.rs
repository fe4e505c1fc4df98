//! The only place that prints: results on standard output, everything else on standard error.

use std::io::{self, BufRead, IsTerminal, Write};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use serde::Serialize;

use crate::base::error::Error;
use crate::base::language::Lang;
use crate::base::message::{Message, UserLanguage, composed, message};
use crate::base::source::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::base::source::span::Span;
use crate::cli::alike_findings;
use crate::cli::exit::Exit;
use crate::cli::global_args::{ColourChoice, GlobalArgs};
use crate::cli::held_output::{HeldOutput, OutputKind, OutputStream};
use crate::ops::blocked::Blocked;
use crate::ops::diagnostic_json::DiagnosticJson;
use crate::ops::text::{visible, with_causes, without_addresses};
use crate::project::Project;

/// The most diagnostics that are printed; the rest are seen once these are fixed.
const MAX_PRINTED: usize = 100;
/// The most errors that are kept for `status`.
const MAX_KEPT: usize = 10;

/// What is printed, and in which form.
#[derive(Debug)]
pub(super) struct Terminal {
    form: OutputFormat,
    verbosity: Verbosity,
    /// Whether standard error is a terminal without a log on it.
    is_interactive: bool,
    /// The language that was asked for; empty until the project's language is known.
    language: OnceLock<UserLanguage>,
    /// What was reported as an error so far, without addresses.
    problems: Mutex<Vec<Message>>,
    /// What is printed while output is held.
    held: Mutex<Option<HeldOutput>>,
}

/// The form of results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OutputFormat {
    Text,
    Json,
}

/// How much is printed.
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
        // `Auto` also follows NO_COLOR, CLICOLOR and CLICOLOR_FORCE.
        choice.write_global();
        let verbosity = match (common.quiet, common.verbose) {
            (true, _) => Verbosity::Errors,
            (false, 0) => Verbosity::Results,
            (false, _) => Verbosity::Letters,
        };
        let is_interactive = io::stderr().is_terminal() && common.log.as_deref() != Some(Path::new("-"));
        let form = if common.json { OutputFormat::Json } else { OutputFormat::Text };
        let language = asked_language(common.lang).map_or_else(OnceLock::new, OnceLock::from);
        Self { form, verbosity, is_interactive, language, problems: Mutex::default(), held: Mutex::default() }
    }

    /// For a command line whose options cannot be read.
    pub(super) fn of_language(language: UserLanguage) -> Self {
        let (form, verbosity) = (OutputFormat::Text, Verbosity::Results);
        let language = OnceLock::from(language);
        Self { form, verbosity, is_interactive: false, language, problems: Mutex::default(), held: Mutex::default() }
    }

    /// Uses the language of the project from now on, if neither the command line nor the environment names one.
    pub(super) fn speak(&self, language: UserLanguage) {
        self.language.get_or_init(|| language);
    }

    /// The language of the output.
    pub(super) fn language(&self) -> UserLanguage {
        self.language.get().copied().unwrap_or_default()
    }

    /// Whether the output goes to no one at a terminal, as under cron: then `run` prints changes only.
    pub(super) fn is_unattended(&self) -> bool {
        let is_watched = io::stdout().is_terminal() || io::stderr().is_terminal();
        self.form == OutputFormat::Text && self.verbosity < Verbosity::Letters && !is_watched
    }

    /// Holds all output from now on, until [`Self::release`].
    pub(super) fn hold(&self) {
        *self.held() = Some(HeldOutput::default());
    }

    /// Returns what was printed while output was held; later output is still held.
    pub(super) fn take_held(&self) -> HeldOutput {
        self.held().as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// Stops holding output; returns what was held.
    pub(super) fn release(&self) -> HeldOutput {
        self.held().take().unwrap_or_default()
    }

    /// Marks what `print` prints as events of this run, which are printed even if the last run printed the same.
    pub(super) fn as_news(&self, print: impl FnOnce()) {
        self.set_kind(OutputKind::News);
        print();
        self.set_kind(OutputKind::State);
    }

    fn set_kind(&self, kind: OutputKind) {
        if let Some(held) = self.held().as_mut() {
            held.next = kind;
        }
    }

    fn held(&self) -> MutexGuard<'_, Option<HeldOutput>> {
        // Lines are pushed whole, so it is consistent whenever the lock is free.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Prints what was held, as far as it is wanted.
    pub(super) fn print_held(output: HeldOutput, is_wanted: impl Fn(OutputKind) -> bool) {
        for line in output.lines.into_iter().filter(|line| is_wanted(line.kind)) {
            write(line.stream, &line.text);
        }
    }

    /// Prints a line, or holds it.
    fn print(&self, stream: OutputStream, line: &str) {
        match self.held().as_mut() {
            Some(held) => held.push(stream, line),
            None => write(stream, line),
        }
    }

    /// Prints a line of a result, for people.
    pub(super) fn print_line(&self, line: impl Into<Message>) {
        if self.form == OutputFormat::Text && self.verbosity >= Verbosity::Results {
            self.print(OutputStream::Results, line.into().in_language(self.language()));
        }
    }

    /// Prints a line that was asked for, even with `--quiet`.
    pub(super) fn answer(line: &str) {
        print_result(line);
    }

    /// Prints a line for people that must be read, even with `--quiet`.
    pub(super) fn print_always(&self, line: &Message) {
        if self.form == OutputFormat::Text {
            print_result(line.in_language(self.language()));
        }
    }

    /// Prints an object on a line, with `--json`.
    pub(super) fn json(&self, value: &impl Serialize) {
        if self.form == OutputFormat::Json {
            // Serialising fails only for maps whose keys are not strings, which none of the types here has.
            self.print(OutputStream::Results, &serde_json::to_string(value).unwrap_or_default());
        }
    }

    pub(super) fn is_json(&self) -> bool {
        self.form == OutputFormat::Json
    }

    /// Prints what the user should know but is not a result.
    pub(super) fn note(&self, line: impl Into<Message>) {
        if self.verbosity >= Verbosity::Results {
            self.print(OutputStream::Notes, line.into().in_language(self.language()));
        }
    }

    /// Prints a line about one letter, with `--verbose`.
    pub(super) fn letter<M: Into<Message>>(&self, line: impl FnOnce() -> M) {
        if self.verbosity >= Verbosity::Letters {
            self.print(OutputStream::Notes, line().into().in_language(self.language()));
        }
    }

    /// Prints what stopped the command: always, and also as an object with `--json`.
    pub(super) fn problem(&self, line: impl Into<Message>) {
        let line = line.into();
        self.json(&serde_json::json!({ "error": line.english() }));
        self.record(line.map(without_addresses));
        let (word, line) = (self.severity_word(Severity::Error), line.in_language(self.language()));
        self.print(OutputStream::Notes, &format!("{}: {}", paint(Severity::Error, word), visible(line)));
    }

    /// What a severity is called.
    fn severity_word(&self, severity: Severity) -> &'static str {
        match (self.language(), severity) {
            (UserLanguage::English, Severity::Error) => "error",
            (UserLanguage::English, Severity::Warning) => "warning",
            (UserLanguage::Danish, Severity::Error) => "fejl",
            (UserLanguage::Danish, Severity::Warning) => "advarsel",
        }
    }

    /// Reports that results could not be printed, as on a full disk; the exit status then.
    pub(super) fn lost_output(&self) -> Exit {
        let Some(error) = LOST_OUTPUT.get() else { return Exit::Done };
        self.problem(message!("cannot write standard output: {error}", "kan ikke skrive resultatet: {error}"));
        Exit::Ledger
    }

    /// Logs an error, and keeps it for `status` and for those whom a run notifies.
    fn record(&self, line: Message) {
        tracing::error!("{line}");
        if let Some(held) = self.held().as_mut() {
            held.problems.push(line.english().to_owned());
        }
        // The list is consistent whenever the lock is free, even after a panic elsewhere.
        self.problems.lock().unwrap_or_else(PoisonError::into_inner).push(line);
    }

    /// The errors reported after the first ones, which are counted: at most [`MAX_KEPT`] lines.
    pub(super) fn problems_after(&self, others: usize) -> Vec<Message> {
        let problems = self.problems.lock().unwrap_or_else(PoisonError::into_inner);
        problems.iter().skip(others).take(MAX_KEPT).cloned().collect()
    }

    /// How many errors were reported so far.
    pub(super) fn problem_count(&self) -> usize {
        self.problems.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Prints an error with all its causes, and returns its exit status.
    pub(super) fn error(&self, error: &Error) -> Exit {
        self.problem(with_causes(error));
        Exit::of_error(error)
    }

    /// Prints what stopped a command, and returns its exit status.
    pub(super) fn blocked(&self, blocked: &Blocked) -> Exit {
        match blocked {
            Blocked::Diagnostics(diagnostics) => self.diagnostics(diagnostics),
            Blocked::Guard(failure) => {
                self.problem(Message::shown(failure));
                return Exit::of_guard(failure);
            }
            Blocked::Failed(error) => return self.error(error),
        }
        Exit::Blocked
    }

    /// Prints the diagnostics of audiences and lists, except for those that the settings turn off; returns the exit
    /// status of a command that shows the rest.
    pub(super) fn list_diagnostics(&self, project: &Project, mut diagnostics: Diagnostics) -> Exit {
        diagnostics.sort();
        project.settings().ignore.apply(&mut diagnostics);
        self.diagnostics(&diagnostics);
        if diagnostics.has_errors() { Exit::Blocked } else { Exit::Done }
    }

    /// Prints all diagnostics, each with its line and the place underlined, and also as objects with `--json`; without
    /// warnings with `--quiet`.
    pub(super) fn diagnostics(&self, diagnostics: &Diagnostics) {
        diagnostics.iter().for_each(|diagnostic| self.json(&DiagnosticJson::new(diagnostic)));
        let is_printed = |severity: Severity| severity == Severity::Error || self.verbosity >= Verbosity::Results;
        let all: Vec<&Diagnostic> = diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.off.is_none() && is_printed(diagnostic.severity))
            .collect();
        all.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).for_each(|diagnostic| {
            let place = diagnostic.place.as_ref().map(|place| format!("{}:{}: ", place.path(), place.line()));
            let (place, message) = (place.unwrap_or_default(), diagnostic.message.map(without_addresses));
            self.record(composed!("{place}{}: {message}", diagnostic.code.0).map(visible));
        });
        let renderer = Renderer::styled();
        for findings in alike_findings::joined(&first(&all)) {
            let others = findings.others().map(|others| format!("  {}\n", others.in_language(self.language())));
            let text = render(&renderer, self.language(), findings.first);
            self.print(OutputStream::Notes, &format!("{text}\n{}", others.unwrap_or_default()));
        }
        if all.len() > MAX_PRINTED {
            let more = all.len() - MAX_PRINTED;
            let line =
                message!("… and {more} more; use --json to see all", "… og {more} mere; brug --json for at se alle");
            self.print(OutputStream::Notes, line.in_language(self.language()));
        }
    }

    /// Whether there is a user who can answer a question; under cron, standard input is not a terminal.
    pub(super) fn can_ask(&self) -> bool {
        self.form == OutputFormat::Text && io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// Whether only errors are printed.
    pub(super) fn is_quiet(&self) -> bool {
        self.verbosity == Verbosity::Errors
    }

    /// Whether progress may be drawn.
    pub(super) fn shows_progress(&self) -> bool {
        self.form == OutputFormat::Text && self.verbosity == Verbosity::Results && self.is_interactive
    }

    /// Whether progress may be printed as lines.
    pub(super) fn prints_progress_lines(&self) -> bool {
        self.verbosity >= Verbosity::Results && self.held().is_none()
    }

    /// Whether the answer to a question is yes.
    pub(super) fn confirms(&self, question: impl Into<Message>) -> bool {
        self.ask(question).is_some_and(|answer| ["y", "yes", "j", "ja"].contains(&answer.to_lowercase().as_str()))
    }

    /// Prints a question, with the cursor behind it.
    pub(super) fn prompt(&self, question: impl Into<Message>) {
        let question = question.into();
        let mut stderr = anstream::stderr();
        _ = write!(stderr, "{} ", question.in_language(self.language())).and_then(|()| stderr.flush());
    }

    /// The line that was typed after a question.
    pub(super) fn ask(&self, question: impl Into<Message>) -> Option<String> {
        self.prompt(question);
        let mut line = Vec::new();
        // Zero bytes are the end of input (Ctrl-D), which is not an empty answer.
        io::stdin().lock().read_until(b'\n', &mut line).ok().filter(|read| *read > 0)?;
        Some(String::from_utf8_lossy(&line).trim().to_owned())
    }
}

/// The first [`MAX_PRINTED`] diagnostics in their order; warnings only if there are fewer errors than that.
fn first<'a>(all: &[&'a Diagnostic]) -> Vec<&'a Diagnostic> {
    let errors = all.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).count();
    let (mut errors_left, mut warnings_left) = (MAX_PRINTED, MAX_PRINTED.saturating_sub(errors));
    let has_room = |diagnostic: &&&'a Diagnostic| {
        let left = if diagnostic.severity == Severity::Error { &mut errors_left } else { &mut warnings_left };
        let has_room = *left > 0;
        *left = left.saturating_sub(1);
        has_room
    };
    all.iter().filter(has_room).copied().collect()
}

/// Reports that nothing is confirmed, since no one can be asked.
pub(super) fn cannot_ask() -> Message {
    message!(
        "cannot ask for confirmation without a terminal; use `--yes`",
        "der kan ikke spørges om bekræftelse uden en terminal; brug `--yes`"
    )
}

/// Why a result could not be printed, if one could not.
static LOST_OUTPUT: OnceLock<io::Error> = OnceLock::new();

/// Prints a line.
fn print(stream: &mut impl Write, line: &str) {
    // `println!` would panic if the reader has closed the pipe (`| head`): Rust ignores SIGPIPE.
    _ = writeln!(stream, "{line}");
}

/// Prints a line where it belongs.
fn write(stream: OutputStream, line: &str) {
    match stream {
        OutputStream::Results => print_result(line),
        OutputStream::Notes => print(&mut anstream::stderr(), line),
    }
}

/// Whether results are printed with styles. It is found out once: each time costs a system call, and `--json` prints a line
/// for each letter.
static RESULT_STYLES: OnceLock<anstream::ColorChoice> = OnceLock::new();

/// Prints a line of a result.
fn print_result(line: &str) {
    let stdout = io::stdout();
    let styles = *RESULT_STYLES.get_or_init(|| anstream::AutoStream::choice(&stdout));
    let mut stdout = anstream::AutoStream::new(stdout, styles);
    if let Err(error) = writeln!(stdout, "{line}").and_then(|()| stdout.flush())
        && error.kind() != io::ErrorKind::BrokenPipe
    {
        _ = LOST_OUTPUT.set(error);
    }
}

fn paint(severity: Severity, word: &str) -> String {
    let colour = match severity {
        Severity::Error => anstyle::AnsiColor::Red,
        Severity::Warning => anstyle::AnsiColor::Yellow,
    };
    let style = colour.on_default().bold();
    format!("{style}{word}{style:#}")
}

/// The language that the command line or the environment names; `None`: that of the project.
pub(super) fn asked_language(lang: Option<Lang>) -> Option<UserLanguage> {
    // The order of POSIX: the first of these variables that has a value counts.
    let of_environment = || {
        let values = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(|name| std::env::var(name).ok());
        values.into_iter().find(|value| !value.is_empty()).and_then(|locale| UserLanguage::of_locale(&locale))
    };
    lang.map(Lang::user_language).or_else(of_environment)
}

fn render(renderer: &Renderer, language: UserLanguage, diagnostic: &Diagnostic) -> String {
    let level = match (language, diagnostic.severity) {
        (UserLanguage::English, Severity::Error) => Level::ERROR,
        (UserLanguage::English, Severity::Warning) => Level::WARNING,
        (UserLanguage::Danish, Severity::Error) => Level::ERROR.with_name("fejl"),
        (UserLanguage::Danish, Severity::Warning) => Level::WARNING.with_name("advarsel"),
    };
    let help = match language {
        UserLanguage::English => Level::HELP,
        UserLanguage::Danish => Level::HELP.with_name("hjælp"),
    };
    let title = level.primary_title(visible(diagnostic.message.in_language(language))).id(diagnostic.code.0);
    let hint = diagnostic.hint.as_ref().map(|hint| help.message(visible(hint.in_language(language))));
    let report = match &diagnostic.place {
        Some(place) => {
            let line = visible(place.excerpt());
            let snippet = Snippet::source(line.clone())
                .line_start(place.line())
                .path(visible(place.path()))
                .annotation(AnnotationKind::Primary.span(annotated(&line, place)));
            title.element(snippet).elements(hint)
        }
        None => title.elements(hint),
    };
    renderer.render(&[report])
}

/// The bytes of the line that the span covers: its columns count characters.
fn annotated(line: &str, place: &Span) -> std::ops::Range<usize> {
    let byte = |column: usize| line.char_indices().nth(column).map_or(line.len(), |(at, _)| at);
    byte(place.column() - 1)..byte(place.column() - 1 + place.width())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::source::diagnostic::Code;
    use crate::base::source::text::Source;

    #[test]
    fn a_diagnostic_quotes_its_line_and_underlines_the_place() {
        let source = Source::new("issues/nyt.md", "---\nsubjekt: Nyt\n---\n");
        let diagnostic = Diagnostic::error(Code("NL000"), Message::verbatim("`subjekt` is not known"))
            .at(source.place(4..11))
            .hint(Message::verbatim("did you mean `subject`?"));
        let expected = "\
error[NL000]: `subjekt` is not known
 --> issues/nyt.md:2:1
  |
2 | subjekt: Nyt
  | ^^^^^^^
  |
  = help: did you mean `subject`?";
        assert_eq!(render(&Renderer::plain(), UserLanguage::English, &diagnostic), expected);
    }
}
