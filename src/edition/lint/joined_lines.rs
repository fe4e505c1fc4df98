//! Lines that Markdown joins into one although they were written as separate lines: items with other bullets than `-`,
//! rows of cells.

use comrak::nodes::{Node, NodeValue};

use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::edition::lint::visible_text::{LineFinding, NO_BREAK_SPACES, VisibleLine};

const ITEMS: Code = Code("NL566");
const CELLS: Code = Code("NL567");

/// The bullets of Word, Outlook and web pages. U+F0B7 and U+F0A7 are those of the fonts Symbol and Wingdings.
const BULLETS: [char; 18] =
    ['•', '·', '●', '○', '◦', '▪', '▫', '■', '□', '‣', '⁃', '∙', '➢', '➤', '✓', '✔', '\u{f0b7}', '\u{f0a7}'];

/// Signs that web pages and mails begin their items with.
const SIGNS: [char; 14] = ['→', '⇒', '➔', '➜', '►', '▶', '▸', '▹', '❖', '◆', '◇', '☐', '☑', '\u{f0d8}'];

/// Signs that have a meaning of their own.
const SHOWN: [char; 9] = ['✓', '✔', '→', '⇒', '➔', '➜', '▪', '●', '☑'];

/// The numbers of items in Roman letters.
const ROMAN: [&str; 10] = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"];

/// The first line of a paragraph that is joined with another one by mistake.
pub(crate) fn finding<'l>(paragraph: Node<'_>, lines: &'l [VisibleLine]) -> Option<(&'l VisibleLine, LineFinding)> {
    let in_item = is_in_item(paragraph);
    if let Some(unread) = list_with_no_break_spaces(paragraph, lines) {
        return Some(unread);
    }
    let items = items_of(paragraph, lines);
    // One item of Word below an item of Markdown is enough: a sentence goes on with none of its bullets.
    let is_below = |line: &VisibleLine, bullet: &str| {
        in_item
            && is_of_word(&line.text)
            && line.number > lines[0].number
            && !bullet.starts_with(|sign: char| sign.is_ascii_digit() || "–—-+*".contains(sign))
    };
    let first = items.first().copied();
    if let Some((line, bullet)) = first.filter(|(line, bullet)| items.len() > 1 || is_below(line, bullet)) {
        // Checks and arrows in successive lines are displayed as intended.
        let is_meant = are_kept(lines) && !in_item && bullet.starts_with(SHOWN);
        return (!is_meant).then(|| (line, unread_list(bullet, lines, paragraph)));
    }
    if let Some((line, bullet)) = lines.iter().find_map(|line| items_in_one(&line.text).map(|bullet| (line, bullet))) {
        let message = message!("the items with `{bullet}` are not a list", "punkterne med `{bullet}` er ikke en liste");
        let diagnostic = Diagnostic::warning(ITEMS, message).hint(message!(
            "begin each item on a separate line with `- `",
            "begynd hvert punkt på sin egen linje med `- `"
        ));
        return Some((line, LineFinding { excerpt: bullet.to_owned(), diagnostic }));
    }
    if let Some(line) = lines.iter().skip(1).find(|line| line.text.trim_start().starts_with(": ")) {
        let diagnostic = Diagnostic::warning(
            ITEMS,
            message!(
                "a line with `:` is not a definition here: readers see it after the line above it",
                "en linje med `:` er ikke en definition her: læserne får den efter linjen ovenover"
            ),
        )
        .hint(message!("write `**Ord:** forklaring`, or a table", "skriv `**Ord:** forklaring` eller en tabel"));
        return Some((line, LineFinding { excerpt: ":".to_owned(), diagnostic }));
    }
    let pipes = |line: &VisibleLine| line.text.matches(" | ").count();
    let are_even = lines.len() > 1 && lines.iter().all(|line| pipes(line) > 0 && pipes(line) == pipes(&lines[0]));
    // Two lines with one `|` are a signature.
    let are_even = are_even && (lines.len() > 2 || pipes(&lines[0]) > 1);
    let are_even = are_even || are_semicolon_rows(lines);
    let is_row = |line: &&VisibleLine| is_tab_row(&line.text) || is_pipe_row(&line.text) || are_even;
    let mut rows = lines.iter().filter(is_row);
    let first = rows.next()?;
    let is_ruler = |line: &VisibleLine| line.text.trim().chars().all(|letter| matches!(letter, '|' | '-' | ':' | ' '));
    // A tab in a single sentence is not a column.
    let is_sentence = || lines.len() == 1 && first.text.trim_end().ends_with(['.', '!', '?', ':']);
    if rows.next().is_none() && !(first.text.trim().matches('\t').count() > 1 && !is_sentence() || is_ruler(first)) {
        return None;
    }
    let diagnostic = Diagnostic::warning(
        CELLS,
        message!(
            "these cells are not a table: readers get them as running text",
            "cellerne er ikke en tabel: læserne får dem som løbende tekst"
        ),
    )
    .hint(message!(
        "write `::: table` on the line before them, and `:::` on the line after them",
        "skriv `::: table` på linjen før og `:::` på linjen efter"
    ));
    Some((first, LineFinding { excerpt: first.text.trim().to_owned(), diagnostic }))
}

/// Items that only no-break spaces keep from being a list. One is enough where nothing else is likely: below another item, and with
/// a dash.
fn list_with_no_break_spaces<'l>(
    paragraph: Node<'_>,
    lines: &'l [VisibleLine],
) -> Option<(&'l VisibleLine, LineFinding)> {
    let items: Vec<_> =
        lines.iter().filter_map(|line| item_with_no_break_space(&line.text).map(|sign| (line, sign))).collect();
    let is_enough = |sign: &str| items.len() > 1 || sign == "-" || is_in_item(paragraph);
    let (line, sign) = items.first().copied().filter(|(_, sign)| is_enough(sign))?;
    let diagnostic = Diagnostic::warning(
        ITEMS,
        message!(
            "the lines with `{sign}` are not a list: the space beside it is a no-break space",
            "linjerne med `{sign}` er ikke en liste: mellemrummet ved tegnet er hårdt"
        ),
    )
    .hint(message!(
        "delete it, and write an ordinary space: `{sign} Item`",
        "slet det, og skriv et almindeligt: `{sign} Punkt`"
    ));
    Some((line, LineFinding { excerpt: sign.to_owned(), diagnostic }))
}

/// The sign of an item that only a no-break space before or behind it keeps from being one.
fn item_with_no_break_space(text: &str) -> Option<&str> {
    let bare = text.trim_start_matches(NO_BREAK_SPACES);
    let digits = bare.len() - bare.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
    let sign = bare[digits..].chars().next()?;
    let is_sign = if digits == 0 { matches!(sign, '-' | '+' | '*') } else { digits < 3 && matches!(sign, '.' | ')') };
    let length = digits + sign.len_utf8();
    let after = is_sign.then(|| &bare[length..])?;
    let is_no_break = after.starts_with(NO_BREAK_SPACES) || bare.len() < text.len() && after.starts_with(' ');
    let words = after.trim_matches(|letter: char| letter.is_whitespace() || NO_BREAK_SPACES.contains(&letter));
    // `1. maj` is a day.
    let is_item = if digits == 0 { !words.is_empty() } else { words.starts_with(char::is_uppercase) };
    (is_no_break && is_item).then(|| &bare[..length])
}

/// Rows of a CSV file: the same number of semicolons in each line, and no space behind them.
fn are_semicolon_rows(lines: &[VisibleLine]) -> bool {
    let cells = |line: &VisibleLine| line.text.matches(';').count();
    let is_row = |line: &VisibleLine| !line.text.contains("; ") && cells(line) == cells(&lines[0]);
    // A semicolon at the end of a line is one between the points of a sentence.
    let has_cells = lines.first().is_some_and(|line| line.text.trim().trim_end_matches(';').contains(';'));
    lines.len() > 1 && has_cells && lines.iter().all(is_row)
}

/// Reports items with a bullet that makes no list.
fn unread_list(bullet: &str, lines: &[VisibleLine], paragraph: Node<'_>) -> LineFinding {
    let outcome = if are_kept(lines) {
        message!("readers get lines of text", "læserne får linjer med tekst")
    } else {
        message!("readers get them in one paragraph", "læserne får dem i ét afsnit")
    };
    let message = message!(
        "the lines with `{}` are not a list: {outcome}",
        "linjerne med `{}` er ikke en liste: {outcome}",
        bullet.trim()
    );
    let number = bullet.trim_end_matches(['.', ')']).parse::<u32>();
    let is_tight = matches!(bullet, "-" | "+" | "*");
    let hint = if is_in_item(paragraph) && is_tight {
        message!(
            "write a space after each `{bullet}`: `{bullet} Item`",
            "skriv et mellemrum efter hvert `{bullet}`: `{bullet} Punkt`"
        )
    } else if is_in_item(paragraph) {
        message!(
            "begin each with `  - `: two spaces put it below the item above it",
            "begynd hver med `  - `: to mellemrum sætter den under punktet ovenover"
        )
    } else if number.is_ok() {
        message!(
            "write a full stop and a space after each number: `1. Punkt`",
            "skriv punktum og mellemrum efter hvert tal: `1. Punkt`"
        )
    } else {
        message!(
            "begin each item with `- `, and write an empty line before the first",
            "begynd hvert punkt med `- `, og skriv en tom linje før det første"
        )
    };
    let diagnostic = Diagnostic::warning(ITEMS, message).hint(hint);
    LineFinding { excerpt: bullet.to_owned(), diagnostic }
}

/// Whether the lines stay separate for readers.
fn are_kept(lines: &[VisibleLine]) -> bool {
    lines.iter().skip(1).all(|line| line.is_kept)
}

fn is_in_item(paragraph: Node<'_>) -> bool {
    paragraph.parent().is_some_and(|parent| matches!(parent.data().value, NodeValue::Item(_) | NodeValue::TaskItem(_)))
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
    // A middle dot followed by one space is also used as a separator.
    let after = &text[first.len_utf8()..];
    let is_bullet = after.starts_with(char::is_whitespace)
        && (first != '·' || after.starts_with(['\t', '\u{a0}']) || after.starts_with("  "));
    is_bullet.then(|| &text[..first.len_utf8()])
}

/// The lines of a paragraph that begin with a bullet, a number or a letter in its order.
fn items_of<'l>(paragraph: Node<'_>, lines: &'l [VisibleLine]) -> Vec<(&'l VisibleLine, &'l str)> {
    let mut items: Vec<_> = lines.iter().filter_map(|line| bullet(&line.text).map(|bullet| (line, bullet))).collect();
    let name = |bullet: &str| bullet.trim_matches(['(', ')', '.']).to_ascii_lowercase();
    let letters = items.iter().map(|(_, bullet)| name(bullet)).filter(|name| is_letters(name)).collect::<Vec<_>>();
    // `d. 3. maj`, `v. Ida Holm` and `c. 1900` are words.
    let are_ordered = letters.iter().zip('a'..='z').all(|(name, letter)| *name == letter.to_string())
        || letters.iter().zip(ROMAN).all(|(name, number)| name == number);
    // The dash of direct speech.
    let mut dashes =
        items.iter().filter(|(_, bullet)| bullet.starts_with(['–', '—'])).map(|(line, _)| &line.text).peekable();
    let is_speech = dashes.peek().is_some() && dashes.all(|text| is_sentence(text));
    let mut remarks = lines.iter().filter_map(|line| line.text.strip_prefix('*'));
    let has_note =
        are_remarks(lines) || remarks.all(|text| text.starts_with(char::is_uppercase)) && is_noted(paragraph);
    items.retain(|(_, bullet)| {
        let is_word =
            bullet.trim_start_matches('(') != "o" && is_letters(&name(bullet)) && bullet.len() > 1 && !are_ordered;
        let is_dash = is_speech && bullet.starts_with(['–', '—']);
        let is_note = has_note && bullet.starts_with('*');
        !(is_word || is_dash || is_note)
    });
    items
}

/// Whether the name of an item is in letters. A lone `o` is a bullet of Word.
fn is_letters(name: &str) -> bool {
    name.starts_with(|sign: char| sign.is_ascii_lowercase()) && name != "o"
}

/// Whether a line is a sentence of some words.
fn is_sentence(text: &str) -> bool {
    text.trim_end().ends_with(['.', '!', '?', '…', '”', '"']) && text.split_whitespace().count() > 2
}

/// Whether a word of the text has the asterisk of a note behind it.
fn is_noted(paragraph: Node<'_>) -> bool {
    let is_mark = |text: &str| {
        text.match_indices('*').any(|(at, _)| {
            let before = text[..at].chars().next_back();
            before.is_some_and(|before| !before.is_whitespace() && before != '*')
                && !text[at + 1..].starts_with(char::is_alphanumeric)
        })
    };
    let root = paragraph.ancestors().last();
    root.is_some_and(|root| {
        root.descendants().any(|node| matches!(&node.data().value, NodeValue::Text(text) if is_mark(text)))
    })
}

/// Whether lines with an asterisk begin as a remark does: `*Inkl. moms`.
fn are_remarks(lines: &[VisibleLine]) -> bool {
    let mut words = lines.iter().filter_map(|line| line.text.strip_prefix('*')?.split_whitespace().next());
    words.all(|word| word.ends_with('.'))
}

/// Whether a line has columns, rather than a label and what belongs to it: `Sted:⇥Odense`.
fn is_tab_row(text: &str) -> bool {
    text.trim().split_once('\t').is_some_and(|(label, rest)| rest.contains('\t') || !label.trim_end().ends_with(':'))
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
        letter if letter.is_ascii_alphabetic() => {
            // `a)`, `B.` and `iv.`
            let (name, rest) = text.split_once(['.', ')']).filter(|(_, rest)| rest.starts_with([' ', '\t']))?;
            let is_roman = (1..5).contains(&name.len()) && name.chars().all(|sign| "ivxIVX".contains(sign));
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
