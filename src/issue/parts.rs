//! Where the front matter ends and the text begins. It is between two lines `---` in YAML, or between two lines `+++` in TOML.

use std::ops::Range;

use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::text::Source;
use crate::base::source::yaml::node::Node;
use crate::base::source::{toml, yaml};

const EMPTY_FILE: Code = Code("NL301");
const NO_FRONT_MATTER: Code = Code("NL302");
const NOT_CLOSED: Code = Code("NL303");
const EMPTY_BODY: Code = Code("NL304");
const SECOND_FRONT_MATTER: Code = Code("NL390");

/// The two parts of an issue, in bytes of its file.
#[derive(Debug)]
pub(crate) struct IssueParts {
    pub(crate) front: Range<usize>,
    pub(crate) body: Range<usize>,
}

/// The line around front matter in TOML.
const TOML_FENCE: &str = "+++";

/// The tree of the front matter.
pub(crate) fn tree(source: &Source, front: Range<usize>) -> Result<Node, Diagnostics> {
    if is_toml(source) { toml::parse_part(source, front) } else { yaml::parse_part(source, front) }
}

/// Whether the front matter is in TOML.
pub(super) fn is_toml(source: &Source) -> bool {
    source.text().trim_start_matches('\u{feff}').starts_with(TOML_FENCE)
}

/// Whether a path is that of a list of people that an audience may name.
fn is_list(path: &str) -> bool {
    let path = path.to_lowercase();
    [".csv", ".tsv", ".json"].iter().any(|ending| path.ends_with(ending))
}

/// Splits the file at its lines `---` or `+++`. An empty text is reported, and the front matter is still read.
#[expect(clippy::too_many_lines, reason = "each message has a text in two languages")]
pub(crate) fn split(source: &Source, diagnostics: &mut Diagnostics) -> Option<IssueParts> {
    let text = source.text();
    // Editors on Windows may begin a UTF-8 file with a byte-order mark.
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    if text[start..].trim().is_empty() {
        let hint = message!(
            "an issue begins with a line ---, then subject: and audiences:, then a line ---, then the text",
            "et nyhedsbrev begynder med en linje ---, så subject: og audiences:, så en linje --- og så teksten"
        );
        diagnostics.push(
            Diagnostic::error(EMPTY_FILE, message!("the file is empty", "filen er tom")).at(source.line(1)).hint(hint),
        );
        return None;
    }
    let mut lines = text[start..].split_inclusive('\n').scan(start, |at, line| {
        let range = *at..*at + line.len();
        *at = range.end;
        Some((range, line.trim_end()))
    });
    let first = lines.next().filter(|(_, line)| ["---", TOML_FENCE].contains(line));
    let Some((opening, fence)) = first else {
        let message =
            message!("there is no front matter with a `subject`", "der er ingen front matter med et emne (`subject`)");
        let hint = if is_list(source.path()) {
            message!(
                "this is a list of people, not an issue: `newsletter check` without a file checks it too",
                "det er en liste over personer og ikke et nyhedsbrev: `newsletter check` uden en fil kontrollerer også den"
            )
        } else if source.path().ends_with("calendar.yaml") {
            message!(
                "the calendar is not an issue: `newsletter check` without a file checks it, and `newsletter calendar --check` says what is late",
                "kalenderen er ikke et nyhedsbrev: `newsletter check` uden en fil kontrollerer den, og `newsletter calendar --check` viser, hvad der er forsinket"
            )
        } else if source.path().ends_with(".yaml") || source.path().ends_with(".yml") {
            message!(
                "this file is not an issue: `newsletter check` without a file checks it too",
                "filen er ikke et nyhedsbrev: `newsletter check` uden en fil kontrollerer også den"
            )
        } else if text[start..].trim_start().starts_with("---") {
            message!(
                "the front matter must begin on line 1: delete everything above its line ---",
                "front matter skal begynde på linje 1: slet det, der står over linjen ---"
            )
        } else {
            message!(
                "begin the file with a line ---, a line `subject: …` and a line ---",
                "begynd filen med en linje ---, en linje `subject: …` og en linje ---"
            )
        };
        diagnostics.push(Diagnostic::error(NO_FRONT_MATTER, message).at(source.line(1)).hint(hint));
        return None;
    };
    let Some((closing, _)) = lines.find(|(_, line)| *line == fence) else {
        let message = message!(
            "the front matter that begins on line 1 is never closed",
            "den front matter, der begynder på linje 1, bliver aldrig lukket"
        );
        let hint = message!(
            "put a line {fence} between the front matter and the text",
            "sæt en linje {fence} mellem front matter og teksten"
        );
        diagnostics.push(Diagnostic::error(NOT_CLOSED, message).at(source.line(1)).hint(hint));
        return None;
    };
    let parts = IssueParts { front: opening.end..closing.start, body: closing.end..text.len() };
    if text[parts.body.clone()].trim().is_empty() {
        let diagnostic = Diagnostic::error(
            EMPTY_BODY,
            message!("there is no text after the front matter", "der er ingen tekst efter front matter"),
        );
        diagnostics.push(
            diagnostic
                .at(source.place(closing))
                .hint(message!("write the newsletter below this line", "skriv nyhedsbrevet under denne linje")),
        );
    }
    check_second(source, parts.body.clone(), diagnostics);
    Some(parts)
}

/// Reports a text that begins with another front matter, as after a page was pasted twice: readers would see its keys.
fn check_second(source: &Source, body: Range<usize>, diagnostics: &mut Diagnostics) {
    let text = &source.text()[body.clone()];
    let Some(inner) = text.trim_start().strip_prefix("---").filter(|inner| inner.starts_with(['\r', '\n'])) else {
        return;
    };
    let mut lines = inner.lines().map(str::trim_end).skip_while(|line| line.is_empty());
    let begins_with_key = lines.next().and_then(|line| line.split_once(':')).is_some_and(|(key, _)| is_key(key));
    if begins_with_key && lines.any(|line| line == "---") {
        let start = body.end - text.trim_start().len();
        diagnostics.push(
            Diagnostic::error(
                SECOND_FRONT_MATTER,
                message!("the text begins with a second front matter", "teksten begynder med endnu en front matter"),
            )
            .at(source.place(start..start + 3))
            .hint(message!(
                "keep one front matter, and delete the other one with both of its lines ---",
                "behold den ene front matter, og slet den anden med begge linjer ---"
            )),
        );
    }
}

fn is_key(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '-'))
}
