//! Placeholders for names as other programs write them, and invisible characters.

use std::collections::BTreeSet;

use crate::base::message::{Message, message};
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::span::Span;
use crate::base::source::text::Source;
use crate::base::text_search::CharSet;
use crate::issue::manuscript::lines;
use crate::issue::manuscript::placeholders::PlaceholderText;
use crate::issue::manuscript::placeholders::tag;

const OTHER_PROGRAM: Code = Code("NL430");
const CONTROL: Code = Code("NL431");
const HIDDEN: Code = Code("NL432");
const MODULE: Code = Code("NL667");

/// How other programs mark a name to fill in.
const BRACKETS: [(&str, &str); 18] = [
    ("*|", "|*"),
    ("%%", "%%"),
    ("[[", "]]"),
    ("[", "]"),
    ("%", "%"),
    ("{{", "}}"),
    ("{", "}"),
    ("${", "}"),
    ("<<", ">>"),
    ("«", "»"),
    ("‹", "›"),
    ("##", "##"),
    ("#", "#"),
    ("@@", "@@"),
    ("{(", ")}"),
    ("[{", "}]"),
    SLIPS[0],
    SLIPS[1],
];

/// Typing errors for `{{` and `}}`, or what autocorrection makes of them. They have no other meaning, whatever the
/// name.
const SLIPS: [(&str, &str); 2] = [("{[", "]}"), ("{ {", "} }")];

/// The signs that they begin with, in Markdown: `@@` is not looked for in it.
static OPENING: CharSet<9> = CharSet::of(['*', '%', '[', '{', '$', '<', '«', '‹', '#']);
/// The signs that they begin with in what readers see.
static SEEN_OPENING: CharSet<10> = CharSet::of(['*', '%', '[', '{', '$', '<', '«', '‹', '#', '@']);

/// Reports names, outside code, that another program would fill in.
pub(crate) fn check(masked: &PlaceholderText, code: &BTreeSet<usize>, diagnostics: &mut Diagnostics) {
    for (at, line) in masked.text.lines().enumerate() {
        if code.contains(&(at + 1)) {
            continue;
        }
        check_module(line, at + 1, masked, diagnostics);
        let mut free = 0;
        for start in OPENING.positions(line) {
            if start < free || lines::is_in_code(line, start) {
                continue;
            }
            if let Some(field) = merge_field(&line[start..]) {
                free = start + field.typed.len();
                diagnostics.push(field.diagnostic().at(masked.place(at + 1, start + 1, field.typed.len())));
            }
        }
    }
}

/// Reports a line of JavaScript, which MDX has in its texts: `import Card from './Card'`.
fn check_module(line: &str, number: usize, masked: &PlaceholderText, diagnostics: &mut Diagnostics) {
    let quoted = |text: &str| text.contains(['"', '\'']);
    let is_import = line.strip_prefix("import ").is_some_and(|rest| {
        rest.starts_with(['"', '\'', '{', '*']) && quoted(rest)
            || rest.split_once(" from ").is_some_and(|from| quoted(from.1))
    });
    let export = line.strip_prefix("export ").and_then(|rest| rest.split_whitespace().next());
    if is_import || export.is_some_and(|word| ["const", "let", "default", "function"].contains(&word)) {
        let hint = message!(
            "delete it, and write in Markdown what it is for; between backticks it is shown as it is",
            "slet den, og skriv i Markdown det, den skal vise; mellem backticks vises den, som den er"
        );
        let message = message!(
            "a line of MDX: readers would see it as it is written",
            "linjen er MDX: læserne ser den, som den er skrevet"
        );
        diagnostics.push(Diagnostic::warning(MODULE, message).at(masked.line(number)).hint(hint));
    }
}

/// A merge field of another program.
pub(crate) struct MergeField<'t> {
    /// With its brackets.
    pub(crate) typed: &'t str,
    /// The field that is meant, if it is a known one, or typed as a field is.
    field: Option<&'t str>,
}

impl MergeField<'_> {
    /// Reports that it will not be filled in.
    pub(crate) fn diagnostic(&self) -> Diagnostic {
        let Self { typed, field } = self;
        let message = message!(
            "`{typed}` is not filled in, and readers would see it as written",
            "`{typed}` udfyldes ikke, og læserne ser det, som det er skrevet"
        );
        // Plain square brackets are also those of a form: `Skriv i feltet [Navn]`.
        let is_plain =
            typed.starts_with('[') && !typed.starts_with("[[") && matches!(field, Some("name" | "email" | "greeting"));
        let diagnostic = Diagnostic::error(OTHER_PROGRAM, message);
        let diagnostic = if is_plain { diagnostic.as_warning() } else { diagnostic };
        let is_condition = ["*|IF", "*|ELSE", "*|END"].iter().any(|start| typed.starts_with(start));
        let instead = match field {
            None if is_condition => Message::verbatim("{% if organisation %}` … `{% endif %}"),
            None if typed.starts_with("*|") => message!("what belongs there", "det, der skal stå der"),
            field => Message::verbatim(format!("{{{{ {} }}}}", field.unwrap_or("name_of_the_column"))),
        };
        let instead = instead.map(|text| if text.starts_with('{') { format!("`{text}`") } else { text.to_owned() });
        diagnostic.hint(message!(
            "write {instead}; between backticks it is text",
            "skriv {instead}; mellem backticks er det tekst"
        ))
    }
}

/// The first name in some program's brackets in a line that readers see.
pub(crate) fn first_merge_field(line: &str) -> Option<MergeField<'_>> {
    SEEN_OPENING.positions(line).find_map(|at| merge_field(&line[at..]))
}

/// The name in some program's brackets that a text begins with.
fn merge_field(text: &str) -> Option<MergeField<'_>> {
    const FIELDS: [&str; 6] = ["first_name", "last_name", "name", "email", "organisation", "greeting"];
    for (open, close) in BRACKETS {
        let Some(inner) = text.strip_prefix(open) else { continue };
        let Some((name, after)) = inner.split_once(close) else { continue };
        if name.len() > 20 || (open == "[" && after.starts_with(['(', '[', ':', '{'])) {
            continue;
        }
        let known = FIELDS.iter().copied().find(|field| *field == name.trim().to_lowercase().replace(' ', "_"));
        // A word in square brackets is often plain text: there, `name` alone does not count.
        let meant = tag::known_field(name).or(known.filter(|field| open != "[" || *field != "name"));
        let is_slip = SLIPS.contains(&(open, close)) && is_field_name(name.trim());
        if let Some(field) = meant.or(Some(name.trim()).filter(|_| is_slip)) {
            return Some(MergeField { typed: &text[..open.len() + name.len() + close.len()], field: Some(field) });
        }
    }
    // Conditions and other fields of Mailchimp: `*|IF:ORG|*`, `*|CURRENT_YEAR|*`.
    if let Some((name, _)) = text.strip_prefix("*|").and_then(|rest| rest.split_once("|*")) {
        let word = name.split(':').next().unwrap_or_default();
        let is_field = word.len() > 1
            && word.chars().all(|sign| sign.is_ascii_uppercase() || sign.is_ascii_digit() || sign == '_');
        return is_field.then_some(MergeField { typed: &text[..name.len() + "*||*".len()], field: None });
    }
    // Word writes the names of its fields with `_` for spaces; a word in quotation marks has none.
    let (name, _) = text.strip_prefix('«')?.split_once('»')?;
    let typed = &text[..name.len() + '«'.len_utf8() + '»'.len_utf8()];
    (name.contains('_') && !name.contains(' ')).then_some(MergeField { typed, field: None })
}

fn is_field_name(name: &str) -> bool {
    name.starts_with(|sign: char| sign.is_ascii_lowercase())
        && name.chars().all(|sign| sign.is_ascii_alphanumeric() || matches!(sign, '_' | '.'))
}

/// Reports control characters, which mail must not contain (RFC 5322, section 2.3), and characters that reverse the
/// direction of text.
pub(crate) fn check_characters(source: &Source, body: std::ops::Range<usize>, diagnostics: &mut Diagnostics) {
    let text = source.text().get(body.clone()).unwrap_or("");
    let is_control = |character: char| character.is_control() && !matches!(character, '\n' | '\r' | '\t');
    let is_odd = |(_, character): &(usize, char)| is_control(*character) || changes_direction(*character);
    for (at, character) in text.char_indices().filter(is_odd) {
        let place = || source.place(body.start + at..body.start + at + character.len_utf8());
        let number = u32::from(character);
        if is_control(character) {
            diagnostics.push(
                Diagnostic::error(
                    CONTROL,
                    message!("invisible control character U+{number:04X}", "usynligt kontroltegn U+{number:04X}"),
                )
                .at(place())
                .hint(control_hint(character)),
            );
        }
        if changes_direction(character) {
            diagnostics.push(direction_change(character, place()));
        }
        // Enough to see the cause: a pasted binary file has thousands.
        if diagnostics.iter().count() > 100 {
            break;
        }
    }
}

/// What to do about a control character: one that divides words must not be deleted.
fn control_hint(character: char) -> Message {
    match character {
        '\u{b}' | '\u{c}' | '\u{85}' => message!(
            "replace it by a line break: it is one of Word's, and without it the words around it are joined",
            "erstat det med et linjeskift: det er et linjeskift fra Word, og uden det løber ordene omkring det sammen"
        ),
        _ => message!(
            "delete it: it came with a copied text, and mail programs may fail on it",
            "slet det: det fulgte med en kopieret tekst, og mailprogrammer kan fejle på det"
        ),
    }
}

/// Reports characters that reverse the direction of text in what an inbox shows: a subject or sender could be disguised
/// (Unicode UAX #9, explicit directional formatting).
pub(crate) fn check_directions(source: &Source, front: std::ops::Range<usize>, diagnostics: &mut Diagnostics) {
    let text = source.text().get(front.clone()).unwrap_or("");
    for (at, character) in text.char_indices().filter(|indexed| changes_direction(indexed.1)).take(100) {
        let at = front.start + at;
        diagnostics.push(direction_change(character, source.place(at..at + character.len_utf8())));
    }
}

fn changes_direction(character: char) -> bool {
    matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn direction_change(character: char, place: Span) -> Diagnostic {
    let number = u32::from(character);
    Diagnostic::warning(
        HIDDEN,
        message!(
            "invisible character U+{number:04X} changes the direction of text",
            "usynligt tegn U+{number:04X} ændrer tekstens retning"
        ),
    )
    .at(place)
    .hint(message!(
        "delete it unless the text is in Arabic or Hebrew",
        "slet det, medmindre teksten er på arabisk eller hebraisk"
    ))
}
