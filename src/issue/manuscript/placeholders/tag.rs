//! Template tags: what is allowed between `{{ }}` and `{% %}` in an issue.

use std::borrow::Cow;
use std::sync::LazyLock;

use minijinja::Environment;

use crate::base::language::Lang;
use crate::base::limits;
use crate::base::message::{Message, message};
use crate::base::parser_words::parser_message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::nearest::nearest;
use crate::base::source::span::Span;
use crate::base::source::text::Source;
use crate::issue::manuscript::placeholders::missing_values;
use crate::issue::manuscript::placeholders::words::{PlaceholderPiece, Placeholders};

const BAD_SYNTAX: Code = Code("NL420");
const NOT_ALLOWED: Code = Code("NL421");
const UNKNOWN_FILTER: Code = Code("NL422");
const GUESSED: Code = Code("NL423");

/// The engine's filters that make sense in a letter.
const FILTERS: [&str; 38] = [
    "abs",
    "attr",
    "batch",
    "bool",
    "capitalize",
    "count",
    "d",
    "default",
    "dictsort",
    "e",
    "escape",
    "first",
    "float",
    "groupby",
    "int",
    "items",
    "join",
    "last",
    "length",
    "list",
    "lower",
    "map",
    "max",
    "min",
    "reject",
    "rejectattr",
    "replace",
    "reverse",
    "round",
    "select",
    "selectattr",
    "slice",
    "sort",
    "split",
    "string",
    "sum",
    "title",
    "trim",
];
const MORE_FILTERS: [&str; 3] = ["unique", "upper", "lines"];
/// Filters that depend on a language (`edition::template::language_filters`).
const LANGUAGE_FILTERS: [&str; 5] = ["currency", "date", "number", "percent", "plural"];

/// Names that the engine knows by itself.
const GLOBALS: [&str; 4] = ["loop", "range", "dict", "namespace"];

/// An engine that only parses. Debug mode keeps the positions of errors.
static SYNTAX: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut engine = Environment::new();
    engine.set_debug(true);
    engine
});

/// Names that authors write for the known fields, from other systems or in Danish.
const COMMON_MISTAKES: [(&str, &str); 11] = [
    ("fornavn", "first_name"),
    ("efternavn", "last_name"),
    ("navn", "name"),
    ("fname", "first_name"),
    ("lname", "last_name"),
    ("firstname", "first_name"),
    ("lastname", "last_name"),
    ("first name", "first_name"),
    ("last name", "last_name"),
    ("mail", "email"),
    ("organization", "organisation"),
];

/// One tag of a text.
#[derive(Clone, Debug)]
pub(crate) struct Tag {
    /// What it does.
    pub(crate) kind: TagKind,
    /// The tag as typed.
    pub(crate) typed: String,
    /// Its place.
    pub(crate) place: Span,
    /// The names it reads, with their members: `first_name`, `params.venue`.
    pub(crate) variables: Vec<String>,
    /// The language that it writes values in; absent: that of the words around the text. An edition sets it.
    pub(crate) lang: Option<Lang>,
}

/// What a tag does, with its expression made safe by [`missing_values::rewrite`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TagKind {
    /// Prints a value.
    Print(String),
    /// Opens a condition.
    If(String),
    /// Tries another condition.
    Elif(String),
    /// The alternative of a condition.
    Else,
    /// Closes a condition.
    EndIf,
    /// Opens a loop: `x in xs`.
    For(String),
    /// Closes a loop.
    EndFor,
    /// Names a value: `x = 1`.
    Set(String),
}

impl Tag {
    /// Whether it compares the language of the reader with this one: `lang == "en"`.
    pub(crate) fn compares_with(&self, lang: Lang) -> bool {
        let is_named = |quote: char| self.typed.contains(&format!("{quote}{lang}{quote}"));
        self.variables.iter().any(|name| name == "lang") && (is_named('"') || is_named('\''))
    }

    /// The names that a tag gives values to: `x` in `for x in xs` and in `set x = 1`.
    pub(crate) fn names_set(&self) -> impl Iterator<Item = &str> {
        let names = match &self.kind {
            TagKind::For(head) => head.split(" in ").next().unwrap_or(""),
            TagKind::Set(assignment) => assignment.split('=').next().unwrap_or(""),
            _ => "",
        };
        names.split([',', '(', ')', ' ']).filter(|name| !name.is_empty())
    }
}

impl TagKind {
    /// Whether it prints; all others are statements.
    pub(crate) fn prints(&self) -> bool {
        matches!(self, Self::Print(_))
    }

    /// The same with another expression, condition or head.
    pub(crate) fn with_expression(&self, other: impl Fn(&str) -> String) -> Self {
        match self {
            Self::Print(expression) => Self::Print(other(expression)),
            Self::If(condition) => Self::If(other(condition)),
            Self::Elif(condition) => Self::Elif(other(condition)),
            Self::For(head) => Self::For(other(head)),
            Self::Set(assignment) => Self::Set(other(assignment)),
            Self::Else | Self::EndIf | Self::EndFor => self.clone(),
        }
    }

    /// The tag as the engine reads it; a printing tag is written by its context.
    pub(crate) fn statement(&self) -> String {
        match self {
            Self::Print(expression) => format!("{{{{ {expression} }}}}"),
            Self::If(condition) => format!("{{% if {condition} %}}"),
            Self::Elif(condition) => format!("{{% elif {condition} %}}"),
            Self::Else => "{% else %}".into(),
            Self::EndIf => "{% endif %}".into(),
            Self::For(head) => format!("{{% for {head} %}}"),
            Self::EndFor => "{% endfor %}".into(),
            Self::Set(assignment) => format!("{{% set {assignment} %}}"),
        }
    }
}

/// The known field that is probably meant by a name of another system.
pub(crate) fn known_field(name: &str) -> Option<&'static str> {
    let name = name.trim().to_lowercase();
    let found = COMMON_MISTAKES.iter().find(|(guess, _)| letters_of_name(guess).eq(letters_of_name(&name)));
    found.map(|(_, field)| *field).filter(|field| *field != name)
}

/// A name without what is between its words.
fn letters_of_name(name: &str) -> impl Iterator<Item = char> {
    name.chars().filter(|letter| !matches!(letter, ' ' | '_' | '-'))
}

/// Where a tag was found, and its text.
pub(crate) struct RawTag<'a> {
    /// The file.
    pub(crate) source: &'a Source,
    /// The first byte of the tag in the file; absent if the file writes it in another way (a YAML escape, for example).
    pub(crate) start: Option<usize>,
    /// The text before the tag.
    pub(crate) before: &'a str,
    /// The text behind the tag.
    pub(crate) behind: &'a str,
    /// The whole tag, from `{` to `}`.
    pub(crate) typed: &'a str,
    /// The place of the tag.
    pub(crate) place: Span,
}

impl RawTag<'_> {
    /// The place of some bytes of the tag.
    fn part(&self, start: usize, length: usize) -> Span {
        match self.start {
            Some(tag) => self.source.place(tag + start..tag + start + length.max(1)),
            None => self.place.clone(),
        }
    }

    /// The text between the delimiters, and where it begins.
    fn inner(&self) -> (&str, usize) {
        let inner = &self.typed[2..self.typed.len().saturating_sub(2).max(2)];
        let stripped = inner.strip_prefix(['-', '+']).unwrap_or(inner);
        let start = 2 + inner.len() - stripped.len();
        (stripped.strip_suffix(['-', '+']).unwrap_or(stripped), start)
    }
}

/// A text as its author typed it, with the tags in the place of their placeholders.
pub(crate) fn as_typed(text: &str, placeholders: &Placeholders, tags: &[Tag]) -> String {
    let typed = |piece| match piece {
        PlaceholderPiece::Text(text) => text,
        PlaceholderPiece::Number(number) => tags.get::<usize>(number).map_or("", |tag| tag.typed.as_str()),
    };
    placeholders.split_tags(text).into_iter().map(typed).collect()
}

/// Reads one tag; what is wrong with it is reported.
pub(crate) fn parse(found: &RawTag<'_>, diagnostics: &mut Diagnostics) -> Option<Tag> {
    let (inner, start) = found.inner();
    if inner.len() > limits::EXPRESSION {
        let message = message!(
            "invalid template tag: it is longer than {} characters",
            "ugyldigt skabelonfelt: det er længere end {} tegn",
            limits::EXPRESSION
        );
        let diagnostic = Diagnostic::error(BAD_SYNTAX, message).at(found.place.clone());
        diagnostics.push(diagnostic.hint(message!(
            "name parts of it: `{{% set part = … %}}`",
            "giv dele af det et navn: `{{% set part = … %}}`"
        )));
        return None;
    }
    let kind = if found.typed.starts_with("{{") {
        let expression = with_one_article(inner.trim(), found.before);
        Some(TagKind::Print(missing_values::rewrite(&with_one_full_stop(&expression, found.behind))))
    } else {
        statement(found, inner, diagnostics)
    }?;
    check_filters(found, inner, start, diagnostics);
    // A tag with an error is kept, so that its partners are not reported as well.
    let variables = variables(&kind, inner).unwrap_or_else(|(message, at)| {
        let at = at.map_or(0, |at| (start + at).min(found.typed.len()));
        diagnostics.push(
            Diagnostic::error(BAD_SYNTAX, {
                let message = parser_message(&message);
                message!("invalid template tag: {message}", "ugyldigt skabelonfelt: {message}")
            })
            .at(found.part(at, found.typed.len().saturating_sub(at)))
            .hint(syntax_hint(inner)),
        );
        Vec::new()
    });
    for name in &variables {
        if let Some(field) = known_field(name) {
            diagnostics.push(
                Diagnostic::error(GUESSED, message!("there is no field `{name}`", "der er intet felt `{name}`"))
                    .at(found.place.clone())
                    .hint(message!("write `{{{{ {field} }}}}`", "skriv `{{{{ {field} }}}}`")),
            );
        }
    }
    Some(Tag { kind, typed: found.typed.into(), place: found.place.clone(), variables, lang: None })
}

/// A date after `den` or `d.` is written without its own Danish article: `Den {{ params.frist|date }}`.
fn with_one_article<'a>(expression: &'a str, before: &str) -> Cow<'a, str> {
    let before = before.trim_end_matches(['*', '_']);
    let word =
        before.split_whitespace().next_back().unwrap_or_default().trim_start_matches(['*', '_', '(']).to_lowercase();
    let is_article = before.ends_with([' ', '\u{a0}', '\n']) && matches!(word.as_str(), "den" | "d.");
    match missing_values::filters(expression).last() {
        Some(("date", at)) if is_article && expression.len() == at + "date".len() => {
            Cow::Owned(format!("{expression}('long')"))
        }
        _ => Cow::Borrowed(expression),
    }
}

/// An amount before a full stop is written without the full stop of its currency: `Det koster {{ params.pris|currency
/// }}.`
fn with_one_full_stop<'a>(expression: &'a str, behind: &str) -> Cow<'a, str> {
    let mut behind = behind.trim_start_matches(['*', '_']).chars();
    let ends_sentence =
        behind.next() == Some('.') && behind.next().is_none_or(|next| !next.is_alphanumeric() && next != '.');
    let is_amount = matches!(missing_values::filters(expression).last(), Some(("currency", _)));
    if ends_sentence && is_amount {
        Cow::Owned(format!("{expression}|_before_full_stop"))
    } else {
        Cow::Borrowed(expression)
    }
}

/// An assignment with a filter that limits the size of the value: repeated doubling would exhaust memory.
fn bounded(assignment: &str) -> String {
    assignment.split_once('=').map_or_else(String::new, |(name, value)| format!("{name}=({})|_bounded", value.trim()))
}

/// Reads a `{% … %}`.
fn statement(found: &RawTag<'_>, inner: &str, diagnostics: &mut Diagnostics) -> Option<TagKind> {
    let inner = inner.trim();
    let (word, rest) = inner.split_once(char::is_whitespace).unwrap_or((inner, ""));
    let rest = rest.trim();
    let kind = match word {
        "if" => TagKind::If(missing_values::rewrite(rest)),
        "elif" => TagKind::Elif(missing_values::rewrite(rest)),
        "else" => TagKind::Else,
        "endif" => TagKind::EndIf,
        "for" if !rest.ends_with(" recursive") => TagKind::For(missing_values::rewrite(rest)),
        "endfor" => TagKind::EndFor,
        "set" if missing_values::assigns(rest) => TagKind::Set(bounded(&missing_values::rewrite(rest))),
        _ => {
            let hint = unsupported_statement(word);
            diagnostics.push(
                Diagnostic::error(
                    NOT_ALLOWED,
                    message!(
                        "`{{% {word} %}}` cannot be used in an issue",
                        "`{{% {word} %}}` kan ikke bruges i et nyhedsbrev"
                    ),
                )
                .at(found.place.clone())
                .hint(hint),
            );
            return None;
        }
    };
    Some(kind)
}

/// What to write instead of a statement that is not allowed in an issue.
fn unsupported_statement(word: &str) -> Message {
    const KNOWN: [&str; 7] = ["if", "elif", "else", "endif", "for", "endfor", "set"];
    match word {
        "set" | "endset" => message!(
            "name a value in one tag: `{{% set name = \"value\" %}}`",
            "giv en værdi et navn i ét felt: `{{% set navn = \"værdi\" %}}`"
        ),
        "elseif" | "elsif" => message!("write `{{% elif … %}}`", "skriv `{{% elif … %}}`"),
        "end" => message!("write `{{% endif %}}` or `{{% endfor %}}`", "skriv `{{% endif %}}` eller `{{% endfor %}}`"),
        "include" | "import" | "from" | "extends" | "block" | "endblock" => {
            message!(
                "move the text to a file in snippets/, and write `::: snippet` and its name",
                "flyt teksten til en fil i snippets/, og skriv `::: snippet` og dens navn"
            )
        }
        "raw" | "endraw" | "verbatim" | "endverbatim" => {
            message!(
                "between backticks nothing is filled in: write `` `{{{{ tag }}}}` ``",
                "mellem backticks udfyldes intet: skriv `` `{{{{ tag }}}}` ``"
            )
        }
        _ => match nearest(word, KNOWN) {
            Some(known) => message!(
                "did you mean `{{% {known} … %}}`? Otherwise delete it",
                "mente du `{{% {known} … %}}`? Ellers slet det"
            ),
            None => message!(
                "write `if`, `for` or `set`; between backticks it is text",
                "skriv `if`, `for` eller `set`; mellem backticks er det tekst"
            ),
        },
    }
}

fn check_filters(found: &RawTag<'_>, inner: &str, start: usize, diagnostics: &mut Diagnostics) {
    let known = || FILTERS.iter().chain(&MORE_FILTERS).chain(&LANGUAGE_FILTERS).copied();
    for (name, at) in missing_values::filters(inner) {
        if known().any(|known_name| known_name == name) {
            continue;
        }
        let unknown = Diagnostic::unknown(UNKNOWN_FILTER, message!("filter", "filter"), name, nearest(name, known()))
            .or_hint(message!(
                "common filters are default, upper, lower, title, join, length, first, last, round",
                "almindelige filtre er default, upper, lower, title, join, length, first, last, round"
            ));
        diagnostics.push(unknown.at(found.part(start + at, name.len())));
    }
}

/// The names that a tag reads; or why the tag is invalid, with the byte position in its inner text.
fn variables(kind: &TagKind, inner: &str) -> Result<Vec<String>, (String, Option<usize>)> {
    let (before, after) = match kind {
        TagKind::Print(_) => ("{{", "}}"),
        TagKind::If(_) => ("{%", "%}{% endif %}"),
        TagKind::Elif(_) => ("{% if true %}{%", "%}{% endif %}"),
        TagKind::For(_) => ("{%", "%}{% endfor %}"),
        TagKind::Set(_) => ("{%", "%}"),
        TagKind::Else | TagKind::EndIf | TagKind::EndFor => return Ok(Vec::new()),
    };
    let text = format!("{before}{inner}{after}");
    let template = SYNTAX.template_from_named_str("tag", &text).map_err(|error| {
        let message = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
        (message, error.range().map(|range| range.start.saturating_sub(before.len()).min(inner.len())))
    })?;
    let mut names: Vec<String> = template.undeclared_variables(true).into_iter().collect();
    names.retain(|name| !GLOBALS.contains(&name.split('.').next().unwrap_or(name)));
    names.sort();
    Ok(names)
}

/// What to write instead of an expression that cannot be read.
fn syntax_hint(inner: &str) -> Message {
    match known_field(inner) {
        // Word and phones insert them.
        _ if inner.contains(['“', '”', '„', '‘', '’', '»', '«']) => {
            message!("write straight quotes: \"…\" or '…'", "skriv lige anførselstegn: \"…\" eller '…'")
        }
        Some(field) => message!("write `{{{{ {field} }}}}`", "skriv `{{{{ {field} }}}}`"),
        None => message!(
            "write the name of a field, such as `{{{{ first_name }}}}`",
            "skriv navnet på et felt, f.eks. `{{{{ first_name }}}}`"
        ),
    }
}
