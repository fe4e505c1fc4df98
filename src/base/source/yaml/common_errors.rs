//! The common mistakes of people who do not think of their file as YAML, and the line that they meant.

use std::collections::BTreeSet;

use serde_yaml::granit_parser::ErrorKind;

use crate::base::message::{Message, message};
use crate::base::source::diagnostic::Code;
use crate::base::source::yaml::indentation;
use crate::base::source::yaml::line::{self, BracketEnd, YamlLine};
use crate::base::source::yaml::line_problem::{LineProblem, LocatedProblem};
use crate::base::source::yaml::tree::{YamlError, YamlErrorKind};

pub(super) const SYNTAX: Code = Code("NL001");
const MISSING_SPACE: Code = Code("NL004");
const NEEDS_QUOTES: Code = Code("NL005");
const QUOTES: Code = Code("NL006");
const BRACKETS: Code = Code("NL008");

/// How many lines above the one where the parser stops are searched: an unquoted text may continue over several lines.
const LOOK_BACK: usize = 4;
/// How many lines below it are searched for a tab: the parser reports the text that ends at the tab where it begins.
const LOOK_AHEAD: usize = 2;
/// A longer line is not repeated in a hint.
const LONGEST_LINE: usize = 1000;

/// Finds the mistake behind an error of the parser, in the lines around it. Lines in `reported` are not searched.
pub(super) fn recognise(lines: &[&str], reported: &BTreeSet<usize>, fault: &YamlError) -> Option<LocatedProblem> {
    let text = |number: usize| lines.get(number.checked_sub(1)?).copied().filter(|_| !reported.contains(&number));
    let last = fault.line.min(lines.len());
    let first = last.saturating_sub(LOOK_BACK).max(1);
    let on_line = |number: usize, of: fn(&YamlLine<'_>) -> Option<LineProblem>| {
        text(number).and_then(YamlLine::read).and_then(|line| of(&line)).map(|problem| (number, problem))
    };
    let found = match &fault.kind {
        YamlErrorKind::Duplicate { .. } | YamlErrorKind::SecondDocument => None,
        YamlErrorKind::Anchor | YamlErrorKind::Alias | YamlErrorKind::Tag => on_line(fault.line, sign),
        YamlErrorKind::KeyNotText => on_line(fault.line, brackets),
        // A tab or a line that is wrong on its own is certain; indentation and a missing key are guesses, tried last.
        YamlErrorKind::Syntax(_) => (first..=last + LOOK_AHEAD)
            .find_map(|number| text(number).and_then(|_| Some((number, indentation::tab(lines, number)?))))
            .or_else(|| (first..=last).rev().find_map(|number| Some((number, on_one_line(text(number)?)?))))
            .or_else(|| text(last).and_then(|_| indentation::wrong(lines, last)))
            .or_else(|| text(last).and_then(no_key).map(|problem| (last, problem))),
    };
    found.map(|(number, problem)| problem.on_line(number))
}

/// A mistake that can be recognised without the lines around it.
fn on_one_line(text: &str) -> Option<LineProblem> {
    if text.len() > LONGEST_LINE {
        return None;
    }
    if let Some(found) = missing_space(text) {
        return Some(found);
    }
    let line = YamlLine::read(text)?;
    curly_quotes(&line)
        .or_else(|| quotes(&line))
        .or_else(|| brackets(&line))
        .or_else(|| sign(&line))
        .or_else(|| colon(&line))
}

fn missing_space(text: &str) -> Option<LineProblem> {
    let (colon, key) = line::key_without_space(text)?;
    let value = &text[colon + 1..];
    let value = if line::needs_quotes(value) { line::quoted(value) } else { value.to_owned() };
    let fixed = format!("{} {value}", &text[..=colon]);
    let message = message!(
        "there must be a space after the colon of `{key}:`",
        "der skal være et mellemrum efter kolonet i `{key}:`"
    );
    Some(LineProblem::fixed(MISSING_SPACE, colon..colon + 1, message, fixed))
}

/// The quotes of office programs.
const CURLY_QUOTES: [char; 7] = ['“', '”', '„', '»', '«', '‘', '’'];

fn curly_quotes(line: &YamlLine<'_>) -> Option<LineProblem> {
    let opened = line.value.strip_prefix(CURLY_QUOTES)?;
    // Where they are around some of the words only, they are part of the text.
    let inner = opened.strip_suffix(CURLY_QUOTES).filter(|inner| !inner.contains(['“', '”', '„', '»', '«']));
    let inner = inner.unwrap_or(line.value);
    let message = message!(
        "these are curly quotes; a value can only be in straight ones (\")",
        "det er krøllede anførselstegn; en værdi kan kun stå i lige (\")"
    );
    Some(LineProblem::fixed(QUOTES, line.columns(), message, line.with(&line::quoted(inner))))
}

fn quotes(line: &YamlLine<'_>) -> Option<LineProblem> {
    let quote = line.value.chars().next().filter(|sign| matches!(sign, '"' | '\''))?;
    let closed = line::closing_quote(line.value, quote);
    if closed == Some(line.value.len() - 1) {
        return None;
    }
    // What follows the closing quote may be a comment, or the value may be a quoted key, or an item of a list in
    // brackets.
    if closed.is_some_and(|at| line.value[at + 1..].trim_start().starts_with(['#', ':', ','])) {
        return None;
    }
    let inner = &line.value[1..];
    let (message, inner) = match (closed, inner.strip_suffix(quote)) {
        (None, None) => (
            message!(
                "a quote ({quote}) is opened here and never closed",
                "et anførselstegn ({quote}) åbnes her og lukkes aldrig"
            ),
            inner,
        ),
        (_, Some(inner)) => (
            message!(
                "there are quotes ({quote}) inside the quotes",
                "der er anførselstegn ({quote}) inde i anførselstegnene"
            ),
            inner,
        ),
        (Some(_), None) => (
            message!(
                "the quotes ({quote}) close before the text ends",
                "anførselstegnene ({quote}) lukkes, før teksten slutter"
            ),
            line.value,
        ),
    };
    Some(LineProblem::fixed(QUOTES, line.columns(), message, line.with(&line::quoted(inner))))
}

fn brackets(line: &YamlLine<'_>) -> Option<LineProblem> {
    if !line.value.starts_with(['[', '{']) {
        return None;
    }
    match line::bracket_end(line.value) {
        BracketEnd::Closed(end) if line.value[end..].trim_start().starts_with('#') || end == line.value.len() => {
            // `{{ first_name }}` is valid YAML, a mapping as the key of a mapping, but meant as a template.
            let template = line.value.starts_with("{{");
            template.then(|| {
                let message = message!(
                    "a value that begins with `{{{{` needs quotes around it",
                    "en værdi, der begynder med `{{{{`, skal have anførselstegn om"
                );
                LineProblem::fixed(BRACKETS, line.columns(), message, line.with(&line::quoted(line.value)))
            })
        }
        BracketEnd::Closed(_) => {
            let first = &line.value[..1];
            let message = message!(
                "a text that begins with `{first}` needs quotes around it",
                "en tekst, der begynder med `{first}`, skal have anførselstegn om"
            );
            Some(LineProblem::fixed(BRACKETS, line.columns(), message, line.with(&line::quoted(line.value))))
        }
        BracketEnd::Missing(missing) => {
            let message =
                message!("`{}` is opened here and never closed", "`{}` åbnes her og lukkes aldrig", &line.value[..1]);
            let fixed = line.with(&format!("{}{missing}", line.value.trim_end_matches(',')));
            Some(LineProblem::fixed(BRACKETS, line.columns(), message, fixed))
        }
    }
}

/// A character at the start that has a special meaning in YAML.
fn sign(line: &YamlLine<'_>) -> Option<LineProblem> {
    let sign = line.value.chars().next().filter(|sign| "@*%&!|>`#,?-]}".contains(*sign))?;
    let rest = &line.value[sign.len_utf8()..];
    // `|` and `>` begin a block, here also with its modifiers (YAML 1.2.2, section 8.1.1).
    let block = matches!(sign, '|' | '>') && rest.trim_start_matches(['-', '+', '1', '2', '4']).is_empty();
    // `-5` and `?x` are plain texts (section 7.3.3).
    let spaced = matches!(sign, '-' | '?') && !rest.starts_with(' ');
    if block || spaced || (sign == '#' && rest.starts_with(' ')) {
        return None;
    }
    let message = if matches!(sign, '&' | '*') {
        message!(
            "a text that begins with `{sign}` needs quotes around it (anchors and aliases are not supported)",
            "en tekst, der begynder med `{sign}`, skal have anførselstegn om (ankre og aliasser kan ikke bruges)"
        )
    } else {
        message!(
            "a text that begins with `{sign}` needs quotes around it",
            "en tekst, der begynder med `{sign}`, skal have anførselstegn om"
        )
    };
    Some(LineProblem::fixed(NEEDS_QUOTES, line.columns(), message, line.with(&line::quoted(line.value))))
}

fn colon(line: &YamlLine<'_>) -> Option<LineProblem> {
    // Brackets that are closed hold values of their own: `author: {name: Anna}`.
    if line.key.is_empty() || line.value.starts_with(['"', '\'', '[', '{']) {
        return None;
    }
    if !line.value.contains(": ") && !line.value.ends_with(':') {
        return None;
    }
    let message =
        message!("a text with a colon in it needs quotes around it", "en tekst med kolon i skal have anførselstegn om");
    Some(LineProblem::fixed(NEEDS_QUOTES, line.columns(), message, line.with(&line::quoted(line.value))))
}

/// A line without a key.
fn no_key(text: &str) -> Option<LineProblem> {
    let word = text.trim();
    if word.is_empty() || word.contains(':') || word.starts_with(['-', '[', '{', '"', '\'']) {
        return None;
    }
    let first = word.split_whitespace().next().unwrap_or(word);
    Some(LineProblem {
        code: SYNTAX,
        columns: line::indent(text)..text.len(),
        message: message!("there is no `key: value` on this line", "der er ingen `felt: værdi` på linjen"),
        hint: Some(message!(
            "write the key, a colon and a space before the value, such as {first}: …",
            "skriv feltet, et kolon og et mellemrum før værdien, f.eks. {first}: …"
        )),
        fixed: String::new(),
    })
}

/// The message and the hint for an error of the parser, for people who do not know YAML.
pub(super) fn plain_message(kind: &ErrorKind) -> (Message, Message) {
    let (message, hint) = match kind {
        ErrorKind::RecursionLimitExceeded => (
            message!(
                "lists or groups are nested more than 64 levels deep",
                "lister eller grupper ligger mere end 64 niveauer dybt"
            ),
            message!("use fewer levels", "brug færre niveauer"),
        ),
        ErrorKind::UnclosedQuotedScalar => (
            message!("a quote is opened and never closed", "et anførselstegn åbnes og lukkes aldrig"),
            message!("close it at the end of its text", "luk det, hvor teksten slutter"),
        ),
        ErrorKind::UnclosedFlowCollection { .. }
        | ErrorKind::UnexpectedEofFlowMapping
        | ErrorKind::UnexpectedEofFlowSequence => (
            message!("a bracket is opened and never closed", "en parentes åbnes og lukkes aldrig"),
            message!("close each [ with ] and each {{ with }}", "luk hver [ med ] og hver {{ med }}"),
        ),
        ErrorKind::MisplacedFlowCollectionEnd | ErrorKind::MismatchedFlowCollectionEnd { .. } => (
            message!("a closing bracket without an opening one", "en afsluttende parentes uden en, der åbner"),
            message!("close each [ with ] and each {{ with }}", "luk hver [ med ] og hver {{ med }}"),
        ),
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInIndentation
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabAtBlockScalarStart
        | ErrorKind::TabInPlainScalar
        | ErrorKind::InvalidBlockEntryWhitespace => (
            message!(
                "there is a tab here, and only spaces are allowed",
                "der er en tabulator her, og kun mellemrum er tilladt"
            ),
            message!("write spaces instead of the tab", "skriv mellemrum i stedet for tabulatoren"),
        ),
        ErrorKind::UnknownQuotedScalarEscape
        | ErrorKind::InvalidQuotedScalarHexEscape
        | ErrorKind::InvalidUnicodeEscape => (
            message!(
                "unknown escape sequence: in double quotes, a backslash begins one",
                "ukendt escape-sekvens: i dobbelte anførselstegn begynder en omvendt skråstreg en sådan"
            ),
            message!(
                "write two backslashes (\\\\) for one, or single quotes around the text",
                "skriv to omvendte skråstreger (\\\\) for én, eller enkelte anførselstegn om teksten"
            ),
        ),
        kind => {
            let hint = message!(
                "each line is `key: value`, a list item `- value`, or belongs to the line above and is indented",
                "hver linje er `felt: værdi`, et listepunkt `- værdi`, eller hører til linjen ovenover og er rykket ind"
            );
            let message = Message::translated(
                format!("invalid YAML: {kind}"),
                "linjen passer ikke sammen med linjerne omkring den",
            );
            return (message, hint);
        }
    };
    (message, hint)
}
