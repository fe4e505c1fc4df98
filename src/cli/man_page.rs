//! Man pages, made from the arguments that clap knows: the same words as `--help`.
//!
//! The language is that of man(7): a line that begins with a full stop is a request, and `\-` is a hyphen that can be copied.

use std::fmt::Write as _;

use clap::{Arg, Command};

/// The comment by which a page is recognised.
pub(super) const MARK: &str = r#".\" Written by `newsletter man`"#;

/// A page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ManPage {
    /// `newsletter-audience-list`.
    pub(super) name: String,
    /// The page.
    pub(super) text: String,
}

/// The pages of a program: one for itself, and one for each command. The program must be built, so that each command has
/// the global options.
pub(super) fn pages(program: &Command, version: &str) -> Vec<ManPage> {
    let mut pages = vec![page(program, &[program.get_name()], version)];
    add_commands(&mut pages, program, &[program.get_name()], version);
    pages
}

fn add_commands(pages: &mut Vec<ManPage>, command: &Command, names: &[&str], version: &str) {
    for inner in commands(command) {
        let path = [names, &[inner.get_name()]].concat();
        pages.push(page(inner, &path, version));
        add_commands(pages, inner, &path, version);
    }
}

/// The commands of a command, without the one that clap adds: it prints what the page has.
fn commands(command: &Command) -> impl Iterator<Item = &Command> {
    command.get_subcommands().filter(|inner| {
        let is_ours = inner.get_positionals().next().is_some_and(|arg| arg.get_id() == "words");
        !inner.is_hide_set() && (inner.get_name() != "help" || is_ours)
    })
}

fn page(command: &Command, path: &[&str], version: &str) -> ManPage {
    let name = path.join("-");
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    let mut text =
        format!("{MARK}\n.TH {} 1 \"\" \"newsletter {version}\" \"User Commands\"\n", escape(&name.to_uppercase()));
    _ = write!(text, ".SH NAME\n{} \\- {}\n", escape(&name), escape(&about));
    _ = write!(text, ".SH SYNOPSIS\n\\fB{}\\fR{}\n", escape(&path.join(" ")), synopsis(command));
    if let Some(long) = command.get_long_about().map(ToString::to_string).filter(|long| *long != about) {
        _ = write!(text, ".SH DESCRIPTION\n{}\n", paragraphs(&long));
    }
    let mut inner = commands(command).peekable();
    if inner.peek().is_some() {
        text.push_str(".SH COMMANDS\n");
        for command in inner {
            let page = format!("{name}-{}", command.get_name());
            let about = command.get_about().map(ToString::to_string).unwrap_or_default();
            _ = write!(text, ".TP\n\\fB{}\\fR(1)\n{}\n", escape(&page), escape(&about));
        }
    }
    text.push_str(&arguments(command));
    if let Some(after) = command.get_after_help() {
        text.push_str(&after_help(&after.to_string()));
    }
    if let Some((_, above)) = path.split_last().filter(|(_, above)| !above.is_empty()) {
        _ = write!(text, ".SH SEE ALSO\n\\fB{}\\fR(1)\n", escape(&above.join("-")));
    }
    ManPage { name, text }
}

fn synopsis(command: &Command) -> String {
    let mut words = String::from(" [\\fIoptions\\fR]");
    for arg in command.get_positionals().filter(|arg| !arg.is_hide_set()) {
        let value = value_names(arg);
        let more = if arg.get_num_args().is_some_and(|range| range.max_values() > 1) { "..." } else { "" };
        let word = if arg.is_required_set() { format!("{value}{more}") } else { format!("[{value}{more}]") };
        _ = write!(words, " {word}");
    }
    if commands(command).next().is_some() {
        words.push_str(" \\fIcommand\\fR");
    }
    words
}

/// The arguments, then each group of options under its heading.
fn arguments(command: &Command) -> String {
    let mut text = String::new();
    let mut positionals = command.get_positionals().filter(|arg| !arg.is_hide_set()).peekable();
    if positionals.peek().is_some() {
        text.push_str(".SH ARGUMENTS\n");
        positionals.for_each(|arg| text.push_str(&entry(arg, &value_names(arg))));
    }
    let options = || command.get_opts().chain(command.get_arguments().filter(|arg| is_flag(arg)));
    let mut headings: Vec<&str> = options().map(heading).collect();
    headings.sort_by_key(|heading| *heading != "Options");
    headings.dedup();
    let mut seen = Vec::new();
    for heading_of_group in headings {
        if seen.contains(&heading_of_group) {
            continue;
        }
        seen.push(heading_of_group);
        _ = writeln!(text, ".SH {}", escape(&heading_of_group.to_uppercase()));
        let shown = options().filter(|arg| !arg.is_hide_set() && heading(arg) == heading_of_group);
        shown.for_each(|arg| text.push_str(&entry(arg, &option_words(arg))));
    }
    text
}

fn is_flag(arg: &Arg) -> bool {
    !arg.is_positional() && !arg.get_action().takes_values()
}

fn heading(arg: &Arg) -> &str {
    arg.get_help_heading().unwrap_or("Options")
}

/// `-C, --directory DIR`.
fn option_words(arg: &Arg) -> String {
    let short = arg.get_short().map(|letter| format!("\\fB\\-{letter}\\fR"));
    let long = arg.get_long().map(|long| format!("\\fB\\-\\-{}\\fR", escape(long)));
    let names: Vec<String> = short.into_iter().chain(long).collect();
    let names = names.join(", ");
    if !arg.get_action().takes_values() {
        return names;
    }
    let sign = if arg.is_require_equals_set() { "=" } else { " " };
    let value = value_names(arg);
    let is_optional = arg.get_num_args().is_some_and(|range| range.min_values() == 0);
    if is_optional { format!("{names}[{sign}{value}]") } else { format!("{names}{sign}{value}") }
}

fn value_names(arg: &Arg) -> String {
    let names: Vec<String> = arg.get_value_names().into_iter().flatten().map(ToString::to_string).collect();
    let names = if names.is_empty() { arg.get_id().as_str().to_uppercase() } else { names.join(" ") };
    format!("\\fI{}\\fR", escape(&names))
}

fn entry(arg: &Arg, words: &str) -> String {
    let mut about = arg.get_long_help().or_else(|| arg.get_help()).map(ToString::to_string).unwrap_or_default();
    if !arg.is_hide_default_value_set() && arg.get_action().takes_values() && !arg.get_default_values().is_empty() {
        let values: Vec<_> = arg.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
        _ = write!(about, " [default: {}]", values.join(" "));
    }
    let possible = arg.get_possible_values();
    if !arg.is_hide_possible_values_set() && arg.get_action().takes_values() && !possible.is_empty() {
        let names: Vec<&str> = possible.iter().map(clap::builder::PossibleValue::get_name).collect();
        _ = write!(about, " [possible values: {}]", names.join(", "));
    }
    format!(".TP\n{words}\n{}\n", escape(&about))
}

/// What is below the options of `--help`: a heading, and lines whose first word is explained.
fn after_help(text: &str) -> String {
    let (heading, lines) = text.split_once('\n').unwrap_or((text, ""));
    format!(".SH {}\n.nf\n{}\n.fi\n", escape(&heading.trim_end_matches(':').to_uppercase()), escape(lines))
}

fn paragraphs(text: &str) -> String {
    let paragraphs: Vec<String> = text.split("\n\n").map(escape).collect();
    paragraphs.join("\n.PP\n")
}

/// Escapes a text, so that it has no special meaning in man(7).
fn escape(text: &str) -> String {
    let plain = text.replace('\\', "\\e").replace('-', "\\-");
    let lines =
        plain.lines().map(|line| if line.starts_with(['.', '\'']) { format!("\\&{line}") } else { line.to_owned() });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_never_a_request() {
        assert_eq!(escape(".TH a-b\n'x \\n"), "\\&.TH a\\-b\n\\&'x \\en");
    }

    #[test]
    fn a_page_has_the_arguments_of_its_command() {
        let number = Arg::new("limit").long("limit").short('l').value_name("N").help("At most N letters");
        let send = Command::new("send").about("Send an issue").arg(Arg::new("issue").required(true)).arg(number);
        let mut program = Command::new("newsletter").subcommand(send).disable_help_flag(true);
        program.build();
        let pages = pages(&program, "1.2.3");
        assert_eq!(pages.iter().map(|page| &*page.name).collect::<Vec<_>>(), ["newsletter", "newsletter-send"]);
        let expected = r#".\" Written by `newsletter man`
.TH NEWSLETTER\-SEND 1 "" "newsletter 1.2.3" "User Commands"
.SH NAME
newsletter\-send \- Send an issue
.SH SYNOPSIS
\fBnewsletter send\fR [\fIoptions\fR] \fIISSUE\fR
.SH ARGUMENTS
.TP
\fIISSUE\fR

.SH OPTIONS
.TP
\fB\-l\fR, \fB\-\-limit\fR \fIN\fR
At most N letters
.SH SEE ALSO
\fBnewsletter\fR(1)
"#;
        assert_eq!(pages[1].text, expected);
    }
}
