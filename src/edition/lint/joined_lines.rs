//! Lines that were written below each other, and that Markdown joins into one: items with other bullets than `-`, rows of
//! cells.

use comrak::nodes::{Node, NodeValue};

use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::edition::lint::visible_text::{LineFinding, VisibleLine};

const ITEMS: Code = Code("NL566");
const CELLS: Code = Code("NL567");

/// The bullets of Word, Outlook and web pages. U+F0B7 and U+F0A7 are those of the fonts Symbol and Wingdings.
const BULLETS: [char; 18] =
    ['•', '·', '●', '○', '◦', '▪', '▫', '■', '□', '‣', '⁃', '∙', '➢', '➤', '✓', '✔', '\u{f0b7}', '\u{f0a7}'];

/// Signs that web pages and mails begin their items with.
const SIGNS: [char; 14] = ['→', '⇒', '➔', '➜', '►', '▶', '▸', '▹', '❖', '◆', '◇', '☐', '☑', '\u{f0d8}'];

/// The first line of a paragraph that is joined with another one by mistake.
pub(crate) fn finding<'l>(paragraph: Node<'_>, lines: &'l [VisibleLine]) -> Option<(&'l VisibleLine, LineFinding)> {
    let in_item = paragraph
        .parent()
        .is_some_and(|parent| matches!(parent.data().value, NodeValue::Item(_) | NodeValue::TaskItem(_)));
    let mut items = lines.iter().filter_map(|line| bullet(&line.text).map(|bullet| (line, bullet)));
    // One item of Word below an item of Markdown is enough: a sentence goes on with none of its bullets.
    let is_below = |line: &VisibleLine, bullet: &str| {
        in_item
            && is_of_word(&line.text)
            && line.number > lines[0].number
            && !bullet.starts_with(|sign: char| sign.is_ascii_digit() || "–—-+*".contains(sign))
    };
    let first = items.next();
    if let Some((line, bullet)) = first.filter(|(line, bullet)| items.next().is_some() || is_below(line, bullet)) {
        let message = format!("the lines with `{}` are not a list: readers get them in one paragraph", bullet.trim());
        let number = bullet.trim_end_matches(['.', ')']).parse::<u32>();
        let hint = if in_item {
            "begin each with `  - `: two spaces put it below the item above it"
        } else if number.is_ok() {
            "write a full stop and a space after each number: `1. Punkt`"
        } else {
            "begin each item with `- `, and write an empty line before the first"
        };
        let diagnostic = Diagnostic::warning(ITEMS, message).hint(hint);
        return Some((line, LineFinding { excerpt: bullet.to_owned(), diagnostic }));
    }
    if let Some((line, bullet)) = lines.iter().find_map(|line| items_in_one(&line.text).map(|bullet| (line, bullet))) {
        let message = format!("the items with `{bullet}` are not a list");
        let diagnostic = Diagnostic::warning(ITEMS, message).hint("begin each item on a line of its own with `- `");
        return Some((line, LineFinding { excerpt: bullet.to_owned(), diagnostic }));
    }
    if let Some(line) = lines.iter().skip(1).find(|line| line.text.trim_start().starts_with(": ")) {
        let diagnostic = Diagnostic::warning(
            ITEMS,
            "a line with `:` is no definition here: readers get it behind the line above it",
        )
        .hint("write `**Ord:** forklaring`, or a table");
        return Some((line, LineFinding { excerpt: ":".to_owned(), diagnostic }));
    }
    let pipes = |line: &VisibleLine| line.text.matches(" | ").count();
    let are_even = lines.len() > 1 && lines.iter().all(|line| pipes(line) > 0 && pipes(line) == pipes(&lines[0]));
    let is_row = |line: &&VisibleLine| line.text.trim().contains('\t') || is_pipe_row(&line.text) || are_even;
    let mut rows = lines.iter().filter(is_row);
    let first = rows.next()?;
    let is_ruler = |line: &VisibleLine| line.text.trim().chars().all(|letter| matches!(letter, '|' | '-' | ':' | ' '));
    // A tab in a single sentence is not a column.
    let is_sentence = || lines.len() == 1 && first.text.trim_end().ends_with(['.', '!', '?', ':']);
    if rows.next().is_none() && !(first.text.trim().contains('\t') && !is_sentence() || is_ruler(first)) {
        return None;
    }
    let diagnostic = Diagnostic::warning(CELLS, "these cells are not a table: readers get them in one paragraph")
        .hint("write `::: table` on the line before them, and `:::` on the line after them");
    Some((first, LineFinding { excerpt: first.text.trim().to_owned(), diagnostic }))
}

/// The bullet of Word that a line begins with. Between words it separates them on purpose.
fn items_in_one(text: &str) -> Option<&str> {
    let text = text.trim_start();
    if let Some(open) =
        ["[ ]", "[x]", "[X]"].into_iter().find(|open| text.strip_prefix(open).is_some_and(|rest| rest.starts_with(' ')))
    {
        return Some(open);
    }
    let first = text.chars().next().filter(|first| BULLETS[..8].contains(first) || BULLETS[16..].contains(first))?;
    text[first.len_utf8()..].starts_with(char::is_whitespace).then(|| &text[..first.len_utf8()])
}

/// A row of a Markdown table that is not read as one.
fn is_pipe_row(text: &str) -> bool {
    text.trim().starts_with('|') && text.matches('|').count() > 1
}

/// The bullet or number that a line begins with, where it is not one of Markdown.
fn bullet(text: &str) -> Option<&str> {
    let text = text.trim_start();
    let first = text.chars().next()?;
    let after = &text[first.len_utf8()..];
    let next = after.chars().next();
    let digits = text.len() - text.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
    let length = match first {
        bullet if BULLETS.contains(&bullet) || SIGNS.contains(&bullet) => first.len_utf8(),
        // `§ 5` is a paragraph of a law.
        'o' | '§' if next.is_some_and(char::is_whitespace) && !begins_with_digit(after.trim_start()) => {
            first.len_utf8()
        }
        '(' => {
            let (inner, rest) = after.split_once(')').filter(|(_, rest)| rest.starts_with(' '))?;
            let is_number = (1..3).contains(&inner.len()) && inner.chars().all(|sign| sign.is_ascii_digit());
            let is_letter = inner.len() == 1 && inner.starts_with(|sign: char| sign.is_ascii_lowercase());
            (is_number || is_letter).then_some(text.len() - rest.len())?
        }
        '–' | '—' if next.is_some_and(char::is_whitespace) => first.len_utf8(),
        '-' | '+' if next.is_some_and(char::is_alphabetic) => 1,
        '*' if next.is_some_and(char::is_alphabetic) && !after.contains('*') => 1,
        _ if (1..3).contains(&digits) => {
            let sign = text[digits..].chars().next().filter(|sign| matches!(sign, '.' | ')'))?;
            // A space is missing after it, or the first number is not 1, which cannot interrupt a paragraph. A date is text.
            let rest = &text[digits + sign.len_utf8()..];
            let is_item = rest.starts_with(char::is_alphabetic)
                || rest.starts_with(' ') && rest.trim().starts_with(char::is_uppercase);
            is_item.then_some(digits + 1)?
        }
        letter if letter.is_ascii_lowercase() => {
            // `a)`, `b.` and `iv.`
            let (name, rest) = text.split_once(['.', ')']).filter(|(_, rest)| rest.starts_with([' ', '\t']))?;
            let is_roman = (1..5).contains(&name.len()) && name.chars().all(|sign| "ivx".contains(sign));
            (name.len() == 1 || is_roman).then_some(text.len() - rest.len())?
        }
        _ => return None,
    };
    Some(&text[..length])
}

fn begins_with_digit(text: &str) -> bool {
    text.starts_with(|sign: char| sign.is_ascii_digit())
}

/// Whether a line begins with a bullet of Word, which no sentence goes on with: an `o` may be a word.
fn is_of_word(text: &str) -> bool {
    let text = text.trim_start();
    let after = text.strip_prefix('o').map(|after| (after, after.trim_start()));
    match after {
        Some((after, word)) => {
            after.starts_with(['\t', ' '])
                && (after.len() > word.len() + 1 || after.starts_with('\t') || word.starts_with(char::is_uppercase))
        }
        None => text.starts_with(|first: char| first == '§' || BULLETS.contains(&first) || SIGNS.contains(&first)),
    }
}
