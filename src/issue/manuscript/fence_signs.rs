//! Recognises signs that look like a fence (`:::`) to a person.
//!
//! Markdown reads a fence only where three colons begin a line. People also write `;;;` (Shift was not pressed), `: : :`,
//! `：：：` (another keyboard), `\:::` (an editor's escape) or `:::` behind a character without width, and see no difference.

use crate::base::text_search::CharSet;
use crate::issue::manuscript::lines;

/// Signs of a fence, and the words behind them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FenceSigns<'l> {
    /// How many there are.
    pub(crate) count: usize,
    /// What they are made of.
    pub(crate) form: SignForm,
    /// What follows them, from the first letter or digit on.
    pub(crate) words: &'l str,
}

/// What the signs of a fence are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SignForm {
    /// Colons, one after the other.
    Colons,
    /// Something that looks like colons.
    LookAlikes,
}

/// The colon, and characters that look like it, or that are on its key.
static SIGNS: CharSet<24> = CharSet::of([
    ':', '\u{2237}', ';', '\u{2d0}', '\u{2f8}', '\u{37e}', '\u{589}', '\u{5c3}', '\u{703}', '\u{704}', '\u{903}',
    '\u{1361}', '\u{16ec}', '\u{1803}', '\u{205a}', '\u{2236}', '\u{a789}', '\u{fe13}', '\u{fe14}', '\u{fe30}',
    '\u{fe54}', '\u{fe55}', '\u{ff1a}', '\u{ff1b}',
]);

/// Names of characters in HTML that can be part of such signs, or hide them (HTML Standard, section 13.5).
const ENTITIES: [(&str, char); 14] = [
    ("colon", ':'),
    ("semi", ';'),
    ("nbsp", '\u{a0}'),
    ("NonBreakingSpace", '\u{a0}'),
    ("ensp", '\u{2002}'),
    ("emsp", '\u{2003}'),
    ("thinsp", '\u{2009}'),
    ("ZeroWidthSpace", '\u{200b}'),
    ("zwnj", '\u{200c}'),
    ("zwj", '\u{200d}'),
    ("NoBreak", '\u{2060}'),
    ("shy", '\u{ad}'),
    ("Tab", '\t'),
    ("NewLine", '\n'),
];

/// The signs that a line begins with, behind indentation, markers of lists, quotes and headings, tags, and all else that is
/// neither a letter nor a digit.
pub(crate) fn at_start(line: &str) -> Option<FenceSigns<'_>> {
    let mut rest = line;
    loop {
        let (character, length) = shown(rest)?;
        let skipped = match character {
            _ if weight(character) > 0 => return signs(rest).filter(|signs| signs.count > 1),
            // Both only where they are written as they are: `&#96;` and `\<` are text.
            '<' if rest.starts_with('<') => rest.find('>').map_or(1, |at| at + 1),
            // Three backticks open a code block; fewer are code within a line, which shows a fence on purpose.
            '`' if rest.starts_with('`') => {
                let ticks = run(rest, '`');
                (ticks >= 3 || !rest[ticks..].contains('`')).then_some(ticks)?
            }
            digit if digit.is_ascii_digit() => {
                let after = rest.trim_start_matches(|character: char| character.is_ascii_digit());
                after.starts_with(['.', ')']).then(|| rest.len() - after.len() + 1)?
            }
            other if other.is_alphanumeric() => return None,
            _ => length,
        };
        rest = &rest[skipped..];
    }
}

/// The signs within a line, outside code: where each run of two or more begins.
pub(crate) fn within(line: &str) -> impl Iterator<Item = FenceSigns<'_>> {
    let begins = |at: &usize| line[..*at].chars().next_back().is_none_or(|before| weight(before) == 0);
    let outside = SIGNS.positions(line).filter(begins).filter(|at| !lines::is_in_code(line, *at));
    outside.filter_map(|at| signs(&line[at..])).filter(|signs| signs.count > 1)
}

/// The first word behind the signs as a person reads it: without invisible characters and punctuation, in lower case.
pub(crate) fn first_word(words: &str) -> String {
    let word = words.split(char::is_whitespace).next().unwrap_or_default();
    let visible: String = word.chars().filter(|character| !is_invisible(*character)).collect();
    visible.trim_end_matches(|character: char| !character.is_alphanumeric()).to_lowercase()
}

/// The signs that a text begins with.
fn signs(text: &str) -> Option<FenceSigns<'_>> {
    let (mut count, mut form, mut end, mut at) = (0, SignForm::Colons, 0, 0);
    while let Some((character, length)) = shown(&text[at..]) {
        let weight = weight(character);
        if weight == 0 && !is_blank(character) {
            break;
        }
        if weight > 0 {
            if !text[at..].starts_with(':') || at > end {
                form = SignForm::LookAlikes;
            }
            count += weight;
            end = at + length;
        }
        at += length;
    }
    let words = text[end..].trim_start_matches(|character: char| !character.is_alphanumeric());
    (count > 0).then(|| FenceSigns { count, form, words: words.trim_end() })
}

/// The character that a text begins with as readers see it, and its length in the text: Markdown reads `\:` and `&#58;` as
/// a colon.
fn shown(text: &str) -> Option<(char, usize)> {
    let first = text.chars().next()?;
    let after = &text[first.len_utf8()..];
    let read = match first {
        '\\' => after.chars().next().filter(char::is_ascii_punctuation).map(|escaped| (escaped, 2)),
        '&' => after.split_once(';').and_then(|(name, _)| Some((entity(name)?, name.len() + 2))),
        _ => None,
    };
    Some(read.unwrap_or((first, first.len_utf8())))
}

fn entity(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let number = match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16),
            None => number.parse(),
        };
        return number.ok().and_then(char::from_u32);
    }
    ENTITIES.iter().find(|(known, _)| *known == name).map(|(_, character)| *character)
}

/// How many colons a character looks like.
fn weight(character: char) -> usize {
    match character {
        ':' => 1,
        // PROPORTION
        '\u{2237}' => 2,
        other => usize::from(SIGNS.has(other)),
    }
}

fn is_blank(character: char) -> bool {
    character.is_whitespace() || is_invisible(character)
}

/// Whether a character has no width: format characters, joiners, variation selectors and fillers (Unicode 16, general
/// category Cf and property `Default_Ignorable_Code_Point`).
fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}'
    )
}

fn run(text: &str, sign: char) -> usize {
    text.len() - text.trim_start_matches(sign).len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, count: usize, form: SignForm, words: &str) {
        assert_eq!(at_start(line), Some(FenceSigns { count, form, words }), "{line}");
    }

    #[test]
    fn colons_are_found_after_anything_but_words() {
        for before in [
            "",
            "    ",
            "\t",
            "> - ",
            "12. ",
            "# ",
            "| ",
            "```",
            "~~~",
            "<p class=\"x\">",
            "**",
            "\u{feff}",
            "&#96;",
            "\\<",
        ] {
            check(&format!("{before}::: only it "), 3, SignForm::Colons, "only it");
        }
        for line in
            ["", "tekst ::: only it", "12:30", "`::: only it`", "2 :: x", ": only", "|:--|:-:|", ";-)", "- [ ] x"]
        {
            assert_eq!(at_start(line), None, "{line}");
        }
    }

    #[test]
    fn signs_that_look_like_colons_are_counted() {
        for line in [
            ";;; only it",
            "::; only it",
            ": : : only it",
            "：：： only it",
            "\\::: only it",
            "\\:\\:\\: only it",
            "&#58;&#x3a;&colon; only it",
            ":\u{200b}:: only it",
            "∷: **only it",
        ] {
            check(line, 3, SignForm::LookAlikes, "only it");
        }
        assert_eq!(first_word("On\u{ad}ly, it"), "only");
    }

    #[test]
    fn signs_within_a_line_are_found_outside_code() {
        let counts = |line: &str| within(line).map(|signs| signs.count).collect::<Vec<_>>();
        assert_eq!(counts("Hej.\r::: only it\r::\u{2028};;; b"), [3, 5, 3]);
        assert_eq!(counts("Skriv `::: only it` foran, kl. 9:30"), [0; 0]);
    }
}
