//! Notices as other programs and languages write them: `> [!ADVARSEL]`, `>[!warning]- Titel` of Obsidian and `> **[!WARNING]**`
//! are `> [!WARNING]`.

use std::collections::BTreeSet;

use comrak::nodes::{Node, NodeValue};

use crate::base::language::Lang;
use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::nearest::nearest;
use crate::issue::manuscript::content_blocks::NoticeKind;
use crate::issue::manuscript::lines;
use crate::issue::manuscript::parsed_text::ParsedText;
use crate::issue::manuscript::placeholders::{PlaceholderText, TextEdit};

const UNKNOWN: Code = Code("NL666");

/// Names besides the titles of the kinds, in lower case.
const MORE_NAMES: [(&str, NoticeKind); 27] = [
    ("info", NoticeKind::Note),
    ("information", NoticeKind::Note),
    ("notat", NoticeKind::Note),
    ("husk", NoticeKind::Note),
    ("hint", NoticeKind::Tip),
    ("tips", NoticeKind::Tip),
    ("råd", NoticeKind::Tip),
    ("vigtig", NoticeKind::Important),
    ("obs", NoticeKind::Warning),
    ("advarsler", NoticeKind::Warning),
    ("danger", NoticeKind::Caution),
    ("fare", NoticeKind::Caution),
    ("forsigtig", NoticeKind::Caution),
    // Obsidian's: https://help.obsidian.md/callouts
    ("abstract", NoticeKind::Note),
    ("summary", NoticeKind::Note),
    ("todo", NoticeKind::Note),
    ("question", NoticeKind::Note),
    ("help", NoticeKind::Note),
    ("faq", NoticeKind::Note),
    ("example", NoticeKind::Note),
    ("success", NoticeKind::Tip),
    ("check", NoticeKind::Tip),
    ("done", NoticeKind::Tip),
    ("attention", NoticeKind::Warning),
    ("failure", NoticeKind::Caution),
    ("error", NoticeKind::Caution),
    ("bug", NoticeKind::Caution),
];

/// The changes that make notices those of Markdown; unknown names, and notices outside a quotation, are reported.
pub(crate) fn edits(parsed: &ParsedText<'_>, diagnostics: &mut Diagnostics) -> Vec<TextEdit> {
    let ParsedText { masked, root } = parsed;
    let mut edits = Vec::new();
    if !["[!", "[\\!", "!!! ", "??? "].iter().any(|sign| masked.text.contains(sign)) {
        return edits;
    }
    let mut quoted = lines::code_lines(root);
    for quote in root.descendants().filter(|node| is_quote(node)) {
        let number = quote.data().sourcepos.start.line;
        let Some(start) = NoticeStart::read(masked.line_text(number)).filter(|_| quoted.insert(number)) else {
            continue;
        };
        match kind(start.name) {
            Some(kind) => {
                let at = masked.line_start(number);
                let space = if start.title_at < masked.line_text(number).len() { " " } else { "" };
                let text = format!(" [!{}]{space}{}", kind.name().to_uppercase(), start.signs);
                let range = at + start.at..at + start.title_at;
                // Most notices are written so already.
                edits.extend((masked.text[range.clone()] != text).then_some(TextEdit { range, text }));
            }
            None => diagnostics.push(unknown(start.name).at(masked.place(number, start.name_at + 1, start.name.len()))),
        }
    }
    report_apart(masked, &quoted, diagnostics);
    edits
}

/// The beginning of a notice, in the first line of its quotation.
struct NoticeStart<'t> {
    /// Where the text before its kind begins, after the `>`.
    at: usize,
    name: &'t str,
    name_at: usize,
    /// Where its title begins; the end of the line if it has none.
    title_at: usize,
    /// Signs of emphasis that end after the title.
    signs: &'t str,
}

impl<'t> NoticeStart<'t> {
    fn read(line: &'t str) -> Option<Self> {
        let open = line.find('[')?;
        let name = line[open + 1..].trim_start_matches('\\').strip_prefix('!')?;
        let name_at = line.len() - name.len();
        let at = line[..open].rfind('>')? + 1;
        // A pasted text may have a backslash before each bracket.
        let signs = line[at..open].trim().trim_end_matches('\\');
        let (name, rest) = name.split_once(']')?;
        let rest = rest.trim_end();
        let (rest, signs) = rest.strip_prefix(signs).map_or((rest, signs), |rest| (rest, ""));
        // Obsidian's signs for a notice that is folded at first.
        let rest = rest.strip_prefix(['+', '-']).unwrap_or(rest).trim_start_matches(':').trim_start();
        let rest = ["- ", "– ", "— "].iter().find_map(|dash| rest.strip_prefix(dash)).unwrap_or(rest).trim_start();
        let title_at = if rest.is_empty() { line.len() } else { line.trim_end().len() - rest.len() };
        let are_signs = signs.chars().all(|sign| matches!(sign, '*' | '_'));
        are_signs.then_some(Self { at, name: name.trim_end_matches('\\'), name_at, title_at, signs })
    }
}

/// Reports notices that do not begin a quotation.
fn report_apart(masked: &PlaceholderText, quoted: &BTreeSet<usize>, diagnostics: &mut Diagnostics) {
    for (number, line) in (1..).zip(masked.text.lines()).filter(|(number, _)| !quoted.contains(number)) {
        let of_mkdocs = line.strip_prefix("!!! ").or_else(|| line.strip_prefix("??? "));
        if let Some(known) = of_mkdocs.and_then(|rest| rest.split_whitespace().next()).and_then(kind) {
            diagnostics.push(
                Diagnostic::warning(
                    UNKNOWN,
                    message!(
                        "this is not a notice here: readers would see it as it is written",
                        "det er ikke en boks her: læserne ser det, som det er skrevet"
                    ),
                )
                .at(masked.line(number))
                .hint(message!(
                    "write `::: {} Titel` before its text, and `:::` after it",
                    "skriv `::: {} Titel` før teksten og `:::` efter",
                    known.name()
                )),
            );
        }
        let text = lines::without_containers(line).trim_start_matches(['*', '_', '\\']);
        let name = text.strip_prefix("[!").and_then(|text| text.split_once(']')).map(|(name, _)| name);
        let Some(name) = name.filter(|name| kind(name).is_some()) else { continue };
        diagnostics.push(
            Diagnostic::warning(
                UNKNOWN,
                message!(
                    "`[!{name}]` does not begin a quotation: readers would see it as it is written",
                    "`[!{name}]` indleder ikke et citat: læserne ser det, som det er skrevet"
                ),
            )
            .at(masked.line(number))
            .hint(message!(
                "write an empty line before it, and begin it and each line below it with `> `: `> [!{name}]`",
                "skriv en tom linje før, og begynd den og hver linje under med `> `: `> [!{name}]`"
            )),
        );
    }
}

fn is_quote(node: Node<'_>) -> bool {
    matches!(node.data().value, NodeValue::BlockQuote | NodeValue::Alert(_))
}

/// The kind that a name means, in whatever language.
fn kind(name: &str) -> Option<NoticeKind> {
    let name = name.trim().trim_end_matches(['!', ':']).trim_end().to_lowercase();
    let known = names().find(|(known, _)| *known == name);
    known.map(|(_, kind)| kind)
}

/// The known names, in lower case.
fn names() -> impl Iterator<Item = (String, NoticeKind)> {
    let titles = Lang::ALL.into_iter().flat_map(|lang| {
        let words = lang.words();
        NoticeKind::ALL.into_iter().map(move |kind| (kind.title(words).to_lowercase(), kind))
    });
    let own = NoticeKind::ALL.into_iter().map(|kind| (kind.name().to_owned(), kind));
    own.chain(titles).chain(MORE_NAMES.into_iter().map(|(name, kind)| (name.to_owned(), kind)))
}

fn unknown(name: &str) -> Diagnostic {
    let names: Vec<String> = names().map(|(name, _)| name).collect();
    let hint = match nearest(&name.to_lowercase(), names.iter().map(String::as_str)) {
        Some(near) => message!("did you mean `> [!{}]`?", "mente du `> [!{}]`?", near.to_uppercase()),
        None => message!(
            "write `> [!NOTE]`, `TIP`, `IMPORTANT`, `WARNING` or `CAUTION`, or their names in another language of letters",
            "skriv `> [!NOTE]`, `TIP`, `IMPORTANT`, `WARNING` eller `CAUTION`, eller ordet på et af mailenes sprog"
        ),
    };
    Diagnostic::warning(
        UNKNOWN,
        message!(
            "unknown kind of notice `[!{name}]`: readers would see it as it is written",
            "ukendt slags boks `[!{name}]`: læserne ser det, som det er skrevet"
        ),
    )
    .hint(hint)
}
