//! Markup that was not read as such, so that readers see its signs.

use crate::base::message::{Message, message};
use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::edition::lint::alt_text;
use crate::edition::lint::left_addresses::address;
use crate::edition::lint::sign_set::SignSet;
use crate::edition::lint::visible_text::{LineFinding, NO_BREAK_SPACES, OTHER, VALUE, VisibleLine, finding, shortened};

const LINK: Code = Code("NL560");
const EMPHASIS: Code = Code("NL561");
const HEADING: Code = Code("NL562");
const TAG: Code = Code("NL563");
const ATTRIBUTES: Code = Code("NL565");
const HTML: Code = Code("NL572");
const MARKER: Code = Code("NL641");

/// A search for markup in a line, with the signs without which there is none; absent where it has no sign of its own.
type MarkupSearch = (Option<SignSet>, fn(&VisibleLine) -> Option<LineFinding>);

/// In the order in which their findings are reported.
const SEARCHES: [MarkupSearch; 9] = [
    (Some(SignSet::of("*_~")), |line| emphasis(&line.text)),
    (Some(SignSet::of("*_~")), beside_emphasis),
    (Some(SignSet::of("*_`")), |line| open_sign(&line.text)),
    (Some(SignSet::of("=+^$:")), |line| other_markup(&line.text)),
    (Some(SignSet::of("#")), |line| heading_with_no_break_space(&line.text).or_else(|| heading(&line.text))),
    (None, |line| marker(&line.text)),
    (Some(SignSet::of("{}")), |line| template_tag(&line.text)),
    (Some(SignSet::of("{")), |line| attributes(&line.text)),
    (Some(SignSet::of("<>&")), |line| html(&line.text)),
];

/// The findings in a line of text with these signs.
pub(super) fn findings(line: &VisibleLine, signs: SignSet) -> Vec<LineFinding> {
    let mut found = Vec::new();
    if signs.has_any(const { SignSet::of("[]") }) {
        found.extend(link(&line.text));
    }
    // The address of a link that is not read is not another mistake.
    let may_be_address = found.is_empty() && signs.has_any(const { SignSet::of("/\\@") });
    // Most lines have few signs, and are searched for little.
    for (_, search) in SEARCHES.iter().filter(|(needed, _)| needed.is_none_or(|needed| signs.has_any(needed))) {
        found.extend(search(line));
    }
    if may_be_address {
        found.extend(address(line));
    }
    found
}

/// The findings in a subject or a preheader, which know no Markdown: stars and addresses in it are text.
pub(crate) fn findings_in_phrase(line: &VisibleLine) -> Vec<LineFinding> {
    let text = line.text.as_str();
    [link(text), emphasis(text), html(text)].into_iter().flatten().collect()
}

fn shown(code: Code, excerpt: &str) -> Diagnostic {
    Diagnostic::error(
        code,
        message!("readers would see `{}` as it is", "læserne ville se `{}`, som det står", shortened(excerpt)),
    )
}

fn maybe_shown(code: Code, excerpt: &str) -> Diagnostic {
    shown(code, excerpt).as_warning()
}

/// How an address begins.
const ADDRESS_STARTS: [&str; 4] = ["https:", "http:", "mailto:", "www."];

fn begins_address(text: &str) -> bool {
    let text = text.trim_start_matches('<').as_bytes();
    let begins_with =
        |start: &&str| text.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start.as_bytes()));
    ADDRESS_STARTS.iter().any(begins_with)
}

/// A link or a picture whose signs are not those of Markdown.
fn link(text: &str) -> Option<LineFinding> {
    if let Some(at) = text.find("](") {
        let start = text[..at].rfind('[').map_or(at, |open| open - usize::from(text[..open].ends_with('!')));
        let end = text[at..].find(')').map_or(text.len(), |close| at + close + 1);
        let target = text[at + 2..end].trim_end_matches(')');
        let is_picture = text[start..].starts_with('!');
        // A picture whose file has a space in its name has a separate check (NL548).
        if is_picture && target.contains(' ') && alt_text::is_file_name(target) {
            return None;
        }
        let words = text[start..at].trim_start_matches(['!', '[']);
        let sign = if is_picture { "!" } else { "" };
        let hint = if target.trim().contains(' ') {
            message!(
                "write the address in angle brackets: `{sign}[{words}](<{}>)`",
                "skriv adressen i vinkelparenteser: `{sign}[{words}](<{}>)`",
                target.trim()
            )
        } else {
            message!(
                "write a link as `[Tekst](https://…)`; between backticks it is shown as it is",
                "skriv et link som `[Tekst](https://…)`; mellem backticks vises det, som det er"
            )
        };
        return Some(finding(&text[start..end], shown(LINK, &text[start..end]).hint(hint)));
    }
    if let Some(at) = text.match_indices("] (").map(|found| found.0).find(|at| begins_address(&text[at + 3..]))
        && let Some(start) = text[..at].rfind('[')
    {
        let end = text[at..].find(')').map_or(text.len(), |close| at + close + 1);
        let hint =
            message!("delete the space: `{}`", "slet mellemrummet: `{}`", text[start..end].replacen("] (", "](", 1));
        return Some(finding(&text[start..end], shown(LINK, &text[start..end]).hint(hint)));
    }
    if let Some(at) = text.match_indices(")[").map(|found| found.0).find(|at| begins_address(&text[at + 2..]))
        && let Some(start) = text[..at].rfind('(')
    {
        let end = text[at..].find(']').map_or(text.len(), |close| at + close + 1);
        let (words, target) = (&text[start + 1..at], text[at + 2..end].trim_end_matches(']'));
        let hint = message!(
            "write square brackets first: `[{words}]({target})`",
            "skriv kantparenteser først: `[{words}]({target})`"
        );
        return Some(finding(&text[start..end], shown(LINK, &text[start..end]).hint(hint)));
    }
    unread_picture(text)
        .or_else(|| wiki_link(text))
        .or_else(|| unread_reference(text))
        .or_else(|| unread_note(text))
        .or_else(|| open_bracket(text))
}

fn unread_picture(text: &str) -> Option<LineFinding> {
    let at = text.match_indices("![").map(|found| found.0).find(|at| {
        let before = text[..*at].chars().next_back();
        before.is_none_or(|letter| !letter.is_alphanumeric())
    })?;
    let end = text[at..].find(']').map_or(text.len(), |close| at + close + 1);
    let diagnostic = shown(LINK, &text[at..end]).hint(message!(
        "write a picture as `![What it shows](file.png)`",
        "skriv et billede som `![Hvad det viser](fil.png)`"
    ));
    Some(finding(&text[at..end], diagnostic))
}

/// `[text][name]` whose name is not defined.
fn unread_reference(text: &str) -> Option<LineFinding> {
    let at = text.find("][")?;
    let start = text[..at].rfind('[')?;
    let after = &text[at + 2..];
    if begins_address(after) {
        let end = at + 2 + after.find(char::is_whitespace).unwrap_or(after.len());
        let hint = message!(
            "write the URL in round brackets: `[Tekst](https://…)`",
            "skriv adressen i runde parenteser: `[Tekst](https://…)`"
        );
        return Some(finding(&text[start..end], shown(LINK, &text[start..end]).hint(hint)));
    }
    let end = at + 1 + text[at + 1..].find(']')? + 1;
    let name = text[at + 2..end - 1].trim();
    let hint = message!(
        "define it on a separate line: `[{name}]: https://…`; between backticks it is shown as it is",
        "skriv adressen på en linje for sig selv: `[{name}]: https://…`; mellem backticks vises det, som det er"
    );
    Some(finding(&text[start..end], maybe_shown(LINK, &text[start..end]).hint(hint)))
}

/// `[^1]` without a note of this name.
fn unread_note(text: &str) -> Option<LineFinding> {
    let at = text.find("[^")?;
    let end = at + text[at..].find(']')? + 1;
    let note = &text[at..end];
    let is_name = !note.contains(char::is_whitespace) && note.len() > "[^]".len();
    let hint = message!(
        "write the note on a separate line: `{note}: …`; between backticks it is shown as it is",
        "skriv noten på en linje for sig selv: `{note}: …`; mellem backticks vises det, som det er"
    );
    is_name.then(|| finding(note, shown(LINK, note).hint(hint)))
}

/// `[text(https://…` or `text](https://…`: an address in round brackets right behind a square one, or words that run into it.
fn open_bracket(text: &str) -> Option<LineFinding> {
    let at = text.match_indices('(').map(|found| found.0).find(|at| {
        let before = text[..*at].chars().next_back();
        begins_address(&text[at + 1..]) && before.is_some_and(|letter| !letter.is_whitespace())
    })?;
    let start = text[..at].rfind('[')?;
    let is_open = !text[start..at].contains(']');
    let end = text[at..].find(')').map_or(text.len(), |close| at + close + 1);
    let hint = message!(
        "write a link as `[Tekst](https://…)`; between backticks it is shown as it is",
        "skriv et link som `[Tekst](https://…)`; mellem backticks vises det, som det er"
    );
    is_open.then(|| finding(&text[start..end], shown(LINK, &text[start..end]).hint(hint)))
}

/// Where runs of a sign are, with their lengths.
fn runs(text: &str, sign: char) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for (at, _) in text.match_indices(sign) {
        match runs.last_mut() {
            Some((start, length)) if *start + *length * sign.len_utf8() == at => *length += 1,
            _ => runs.push((at, 1)),
        }
    }
    runs
}

/// Stars, underscores and tildes in pairs that emphasise nothing: `** x **`, `**x`.
fn emphasis(text: &str) -> Option<LineFinding> {
    for sign in ['*', '_', '~'] {
        let pairs: Vec<usize> =
            runs(text, sign).into_iter().filter(|(_, length)| matches!(length, 2 | 3)).map(|(at, _)| at).collect();
        let is_beside_word = |at: usize| {
            let after = text[at..].trim_start_matches(sign).chars().next();
            let before = text[..at].chars().next_back();
            let is_word = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
            // `2**3` is a power: signs with letters or digits on both sides are text.
            is_word(after) != is_word(before)
        };
        let signs: String = std::iter::repeat_n(sign, 2).collect();
        let (at, hint) = match pairs.as_slice() {
            [first, second, ..] => {
                let is_around = |letter: char| {
                    letter == sign || [' ', VALUE, OTHER].contains(&letter) || NO_BREAK_SPACES.contains(&letter)
                };
                let inner = text[*first..*second].trim_matches(is_around);
                if !inner.contains(char::is_alphanumeric) {
                    continue;
                }
                let word = shortened(inner);
                let hint = message!(
                    "write it without spaces inside: `{signs}{word}{signs}`; between backticks it is shown as it is",
                    "skriv det uden mellemrum indeni: `{signs}{word}{signs}`; mellem backticks vises det, som det er"
                );
                (*first, hint)
            }
            [only] if is_beside_word(*only) => (*only, pair_hint(&signs)),
            [] | [_] => continue,
        };
        let end = text[at..].char_indices().nth(24).map_or(text.len(), |(length, _)| at + length);
        let excerpt = text[at..end].trim_end();
        let diagnostic = if sign == '*' { shown(EMPHASIS, excerpt) } else { maybe_shown(EMPHASIS, excerpt) };
        return Some(finding(excerpt, diagnostic.hint(hint)));
    }
    None
}

/// What to do about opening or closing signs without a partner.
fn pair_hint(signs: &str) -> Message {
    message!(
        "write `{signs}` at its end too, or delete it; between backticks it is shown as it is",
        "skriv også `{signs}`, hvor det slutter, eller slet det; mellem backticks vises det, som det er"
    )
}

/// Signs of other kinds of Markdown: `==marked==`, `++added++`, `x^2^`, `$$x$$` and `:smile:`.
fn other_markup(text: &str) -> Option<LineFinding> {
    let is_word = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
    ["==", "++", "^", "$$", "$", ":"].into_iter().find_map(|sign| {
        let (start, end) = text.match_indices(sign).find_map(|(at, _)| {
            let after = &text[at + sign.len()..];
            let inner = &after[..after.find(sign)?];
            let before = text[..at].chars().next_back();
            let behind = after[inner.len() + sign.len()..].chars().next();
            let is_tight = !inner.is_empty() && inner.trim() == inner;
            let is_name = inner.len() > 1
                && inner
                    .chars()
                    .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || "_+-".contains(letter))
                && inner.contains(|letter: char| letter.is_ascii_lowercase());
            let is_markup = match sign {
                "^" => is_word(before) && !inner.contains(char::is_whitespace),
                "$" => inner.contains(['\\', '^', '{', '=']) && !is_word(before) && !is_word(behind),
                // Not `std::ops::Add`.
                ":" => {
                    is_name
                        && ![before, behind].iter().any(|letter| is_word(*letter) || matches!(letter, Some(':' | '/')))
                }
                _ => inner.contains(char::is_alphanumeric) && !is_word(before) && !is_word(behind),
            };
            (is_tight && is_markup).then_some((at, at + inner.len() + 2 * sign.len()))
        })?;
        let excerpt = &text[start..end];
        let hint = match sign {
            ":" => message!(
                "write the character itself, such as 🙂; between backticks it is shown as it is",
                "skriv selve tegnet, f.eks. 🙂; mellem backticks vises det, som det er"
            ),
            "==" | "++" => message!(
                "write `**ord**`; between backticks it is shown as it is",
                "skriv `**ord**`; mellem backticks vises det, som det er"
            ),
            _ => message!(
                "write it as text, such as x² and H₂O; between backticks it is shown as it is",
                "skriv det som tekst, f.eks. x² og H₂O; mellem backticks vises det, som det er"
            ),
        };
        Some(finding(excerpt, maybe_shown(EMPHASIS, excerpt).hint(hint)))
    })
}

/// `[[Page]]`, a link of a wiki.
fn wiki_link(text: &str) -> Option<LineFinding> {
    let at = text.find("[[")?;
    let end = at + text[at..].find("]]")? + 2;
    let hint = message!(
        "write a link as `[Tekst](https://…)`; between backticks it is shown as it is",
        "skriv et link som `[Tekst](https://…)`; mellem backticks vises det, som det er"
    );
    let is_name = text[at..end].contains(char::is_alphanumeric);
    is_name.then(|| finding(&text[at..end], maybe_shown(LINK, &text[at..end]).hint(hint)))
}

/// A sign of emphasis right beside emphasised text, as in `**x*`.
fn beside_emphasis(line: &VisibleLine) -> Option<LineFinding> {
    let text = &line.text;
    let is_sign = |letter: Option<char>| letter.is_some_and(|letter| matches!(letter, '*' | '_' | '~'));
    let at = line
        .edges
        .iter()
        .copied()
        .find(|at| is_sign(text[..*at].chars().next_back()) || is_sign(text[*at..].chars().next()))?;
    let start = text[..at].char_indices().next_back().map_or(at, |(start, _)| start);
    let end = text[at..].char_indices().nth(12).map_or(text.len(), |(length, _)| at + length);
    let hint = message!(
        "write the same signs before and after it; between backticks it is shown as it is",
        "skriv samme tegn før og efter; mellem backticks vises det, som det er"
    );
    Some(finding(&text[start..end], maybe_shown(EMPHASIS, &text[start..end]).hint(hint)))
}

/// A star or an underscore before a word, or a backtick beside one, that has no partner. At the start of a line a star is the
/// mark of a note.
fn open_sign(text: &str) -> Option<LineFinding> {
    let at = text.char_indices().find_map(|(at, sign)| {
        let before = text[..at].chars().next_back();
        let after = text[at + sign.len_utf8()..].chars().next();
        let is_word = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
        let is_open = match sign {
            '*' | '_' => before.is_some_and(char::is_whitespace) && is_word(after),
            '`' => is_word(after) != is_word(before),
            _ => false,
        };
        is_open.then_some(at)
    })?;
    let end = text[at..].find(char::is_whitespace).map_or(text.len(), |length| at + length);
    let excerpt = &text[at..end];
    let hint = message!(
        "write the sign at its end too, or `\\` before it if it is text",
        "skriv også tegnet, hvor det slutter, eller `\\` foran, hvis det er tekst"
    );
    Some(finding(excerpt, maybe_shown(EMPHASIS, excerpt).hint(hint)))
}

/// A heading that only a no-break space before or behind its signs keeps from being one.
fn heading_with_no_break_space(text: &str) -> Option<LineFinding> {
    let bare = text.trim_start_matches(NO_BREAK_SPACES);
    let level = bare.len() - bare.trim_start_matches('#').len();
    let after = &bare[level..];
    let is_no_break = after.starts_with(NO_BREAK_SPACES) || bare.len() < text.len() && after.starts_with(' ');
    let words = after.trim_matches(|letter: char| letter.is_whitespace() || NO_BREAK_SPACES.contains(&letter));
    if !is_no_break || !(1..=6).contains(&level) || !words.starts_with(char::is_alphanumeric) {
        return None;
    }
    let hint = message!(
        "write an ordinary space instead of the no-break space: `{} {words}`",
        "skriv et almindeligt mellemrum i stedet for det hårde: `{} {words}`",
        "#".repeat(level)
    );
    Some(finding(bare.trim_end(), shown(HEADING, bare.trim_end()).hint(hint)))
}

/// `##Word`: Markdown reads a heading only where a space follows the signs.
fn heading(text: &str) -> Option<LineFinding> {
    let words = text.trim_start_matches('#');
    let level = text.len() - words.len();
    // A sign between the `#` and its word is a typing error: `#|Program`.
    let sign = words.chars().next().filter(|sign| sign.is_ascii_punctuation() && level > 0);
    let after = sign.map_or("", |sign| &words[sign.len_utf8()..]);
    if let Some(sign) = sign.filter(|_| after.trim_start().starts_with(char::is_alphabetic)) {
        let excerpt = text.split_whitespace().next().unwrap_or(text);
        let hint = message!("delete the `{sign}`: `{} {}`", "slet `{sign}`: `{} {}`", "#".repeat(level), after.trim());
        return Some(finding(excerpt, maybe_shown(HEADING, excerpt).hint(hint)));
    }
    let is_word = words.starts_with(char::is_alphanumeric);
    // A single `#` before one word is a hashtag.
    let is_hashtag =
        level == 1 && (!words.trim().contains(' ') || words.contains('#') || !words.starts_with(char::is_uppercase));
    if !is_word || !(1..=6).contains(&level) || is_hashtag {
        return None;
    }
    let excerpt = text.split_whitespace().next().unwrap_or(text);
    let diagnostic = if level == 1 { maybe_shown(HEADING, excerpt) } else { shown(HEADING, excerpt) };
    Some(finding(
        excerpt,
        diagnostic.hint(message!(
            "write a space: `{} {}`",
            "skriv et mellemrum: `{} {}`",
            "#".repeat(level),
            words.trim()
        )),
    ))
}

/// A line that begins with signs that are nearly the bullet of an item: `-- Kaffe`, `. Kaffe`.
fn marker(text: &str) -> Option<LineFinding> {
    let text = text.trim_start();
    let words = text.trim_start_matches(['-', '–', '.', ',', '*', '+']);
    let signs = &text[..text.len() - words.len()];
    // A dash before direct speech, dots before a sentence that goes on, and signs with a backslash before them.
    let is_meant = ["–", "—", "-", "*", "+"].contains(&signs) || signs.starts_with("..");
    let is_near = (1..=2).contains(&signs.chars().count()) && !is_meant;
    let word = words.trim_start();
    // `** Ord**` is bold text with a space in it.
    let is_bold = signs == "**" && word.contains("**");
    if !is_near || is_bold || word.len() == words.len() || !word.starts_with(char::is_alphanumeric) {
        return None;
    }
    let end = word.find(char::is_whitespace).unwrap_or(word.len());
    let excerpt = &text[..text.len() - word.len() + end];
    let hint = message!("begin an item with `- `: `- {}`", "begynd et punkt med `- `: `- {}`", shortened(word));
    Some(finding(excerpt, maybe_shown(MARKER, excerpt).hint(hint)))
}

/// The end of a template tag; one that only begins is reported where tags are read.
fn template_tag(text: &str) -> Option<LineFinding> {
    // One brace too many is left beside a value.
    let beside_value = ["\u{14}}", "{\u{14}"].into_iter().find(|pair| text.contains(pair));
    let sign = ["}}", "%}"].into_iter().find(|sign| text.contains(sign)).or(beside_value)?;
    let sign = sign.trim_matches(VALUE);
    let hint = message!(
        "write a value as `{{{{ first_name }}}}`; between backticks it is shown as it is",
        "skriv en værdi som `{{{{ first_name }}}}`; mellem backticks vises det, som det er"
    );
    Some(finding(sign, shown(TAG, sign).hint(hint)))
}

/// `{: .class}`, the attributes of other programs.
fn attributes(text: &str) -> Option<LineFinding> {
    let at = text.find("{:")?;
    let end = at + text[at..].find('}')? + 1;
    let hint = message!(
        "write the attributes directly after a link or a heading: `[Tekst](https://…){{.button}}`",
        "skriv egenskaberne lige efter et link eller en overskrift: `[Tekst](https://…){{.button}}`"
    );
    Some(finding(&text[at..end], shown(ATTRIBUTES, &text[at..end]).hint(hint)))
}

/// A piece of an HTML tag or a character reference.
fn html(text: &str) -> Option<LineFinding> {
    if let Some(sign) = ["<!-", "-->", "--!>"].into_iter().find(|sign| text.contains(sign)) {
        let hint = message!(
            "begin a comment on a separate line with `<!--`, and end it with `-->`; between backticks it is shown as it is",
            "begynd en kommentar på en linje for sig selv med `<!--`, og slut med `-->`; mellem backticks vises det, som det er"
        );
        return Some(finding(sign, shown(HTML, sign).hint(hint)));
    }
    let tag = text.match_indices('<').find_map(|(at, _)| {
        let name = text[at + 1..].trim_start_matches('/');
        let length = name.find(|letter: char| !letter.is_ascii_alphanumeric()).unwrap_or(name.len());
        let known = ["a", "b", "i", "u", "br", "p", "div", "span", "strong", "em", "img", "table", "td", "tr", "font"];
        let is_known = known.contains(&name[..length].to_ascii_lowercase().as_str());
        let end = text.len() - name.len() + length;
        is_known.then(|| &text[at..end])
    });
    if let Some(tag) = tag {
        let hint = message!(
            "close the tag with `>`, or write it in Markdown; between backticks it is shown as it is",
            "luk tagget med `>`, eller skriv det i Markdown; mellem backticks vises det, som det er"
        );
        return Some(finding(tag, maybe_shown(HTML, tag).hint(hint)));
    }
    let reference = text.match_indices('&').find_map(|(at, _)| {
        let name = text[at + 1..].split_once(';')?.0;
        let digits = name.strip_prefix('#').map(|digits| digits.trim_start_matches(['x', 'X']));
        let is_number =
            digits.is_some_and(|digits| !digits.is_empty() && digits.chars().all(|digit| digit.is_ascii_hexdigit()));
        let is_name = (2..9).contains(&name.len()) && name.chars().all(|letter| letter.is_ascii_alphabetic());
        (is_number || is_name).then(|| &text[at..at + name.len() + 2])
    })?;
    let hint = message!(
        "write the character itself; between backticks it is shown as it is",
        "skriv selve tegnet; mellem backticks vises det, som det er"
    );
    Some(finding(reference, maybe_shown(HTML, reference).hint(hint)))
}
