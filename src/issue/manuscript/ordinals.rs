//! Ordinal numbers at the start of a line, such as the day in `24. april`, which Markdown would read as the number of an item.
//!
//! A list counts on from its first number, so that a second date would be sent as another day. The full stop is escaped before
//! the text is parsed. A list whose numbers count from 1, and whose items are not all such phrases, is left as it is: its
//! numbers are the written ones.

use comrak::nodes::{ListDelimType, ListType, Node, NodeValue};

use crate::issue::manuscript::list_numbers::{self, WrittenNumber};
use crate::issue::manuscript::parsed_text::ParsedText;
use crate::issue::manuscript::placeholders::{PlaceholderText, TextEdit};

/// The names of months and their usual abbreviations, in lower case: Danish, Norwegian, Swedish, English, German, French, Dutch,
/// Finnish, Icelandic, Faroese, Spanish, Italian, Polish and Czech.
const MONTHS: &str = " \
    januar februar marts april maj juni juli august september oktober november december mars mai desember \
    januari februari augusti october january february march may june july jan feb mar apr jun jul aug sep \
    sept okt oct nov dec des jänner feber märz dezember dez mrz janvier février fevrier avril juin juillet \
    août aout septembre octobre novembre décembre decembre maart mei augustus mrt tammikuuta helmikuuta \
    maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta marraskuuta \
    joulukuuta janúar febrúar apríl maí júní júlí ágúst október nóvember enero febrero marzo abril mayo \
    junio julio agosto septiembre octubre noviembre diciembre gennaio febbraio aprile maggio giugno luglio \
    settembre ottobre dicembre stycznia lutego marca kwietnia maja czerwca lipca sierpnia września \
    października listopada grudnia ledna února března dubna května června července srpna září října \
    listopadu prosince \
    janv févr juil déc ";

/// Other words that a number and a full stop are written before: Danish, Norwegian and Swedish. With a capital they begin an
/// item: `1. Møde med borgmesteren`.
const COUNTED: &str = " \
    gang kvartal halvår halvleg klasse klassetrin trin trinn årgang årskursus udgave utgave oplag oplæg \
    advent juledag påskedag pinsedag nytårsdag søndag mandag tirsdag onsdag torsdag fredag lørdag lördag sal \
    etage etasje behandling division runde omgang plads plass præmie premie generation generations \
    verdenskrig århundrede årtusinde semester trimester års årsdag fødselsdag version del kapitel tertial \
    termin session møde kursusgang kvt pkt gangen mødegang bind række nummer uge måned stk mal \
    \
    kvartalet klass upplaga kapitlet våning århundradet världskriget \
    gången sön mån tis ons tor tors fre lör ";

/// The same in a language that writes nouns with a capital; in lower case here.
const COUNTED_AS_NOUNS: &str = " \
    quartal halbjahr ausgabe auflage weihnachtstag ostertag pfingsttag weltkrieg jahrgang jahrhundert platz stock \
    etappe woche jahrestag geburtstag montag dienstag mittwoch donnerstag freitag samstag sonntag ";

/// Words and signs between the days of a date: `24. og 25. april`.
const CONNECTIVES: [&str; 14] =
    ["og", "and", "und", "och", "eller", "or", "oder", "til", "till", "to", "bis", "-", "–", "+"];

/// How the word after the number is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum WordCase {
    /// In lower case, as no sentence begins: it belongs to the number.
    Lower,
    /// With a capital, as a German noun or the beginning of an item.
    Capital,
}

/// An item whose number may be an ordinal number.
struct Candidate<'a> {
    item: Node<'a>,
    written: WrittenNumber,
    /// Absent: it is the number of an item.
    ordinal: Option<WordCase>,
}

/// The changes that put a `\` in each ordinal number that would be read as the number of an item. Lines that were items keep
/// their breaks.
pub(crate) fn edits(parsed: &ParsedText<'_>) -> Vec<TextEdit> {
    let ParsedText { masked, root } = parsed;
    let mut edits = Vec::new();
    // Most texts have no such line.
    if !masked.text.lines().any(may_begin_with_ordinal) {
        return edits;
    }
    for node in root.descendants() {
        if let NodeValue::List(list) = &node.data().value
            && list.list_type == ListType::Ordered
            && list.delimiter == ListDelimType::Period
        {
            escape_list(node, masked, &mut edits);
        }
    }
    edits
}

fn may_begin_with_ordinal(line: &str) -> bool {
    let mut rest = line;
    loop {
        let text = rest.trim_start_matches(|sign: char| sign.is_whitespace() || matches!(sign, '>' | '-' | '*' | '+'));
        let after = text.trim_start_matches(|sign: char| sign.is_ascii_digit());
        let digits = &text[..text.len() - after.len()];
        if after.strip_prefix('.').is_some_and(|after| ordinal(digits, after).is_some()) {
            return true;
        }
        // An item may begin with another number: `1. 24. december`.
        match after.strip_prefix(['.', ')']).filter(|_| !digits.is_empty()) {
            Some(inner) => rest = inner,
            None => return false,
        }
    }
}

fn escape_list<'a>(list: Node<'a>, masked: &PlaceholderText, edits: &mut Vec<TextEdit>) {
    let candidates: Vec<Candidate<'a>> = list
        .children()
        .filter_map(|item| {
            let written = list_numbers::written(item, masked)?;
            let digits = &masked.text[written.range.clone()];
            let ordinal = ordinal(digits, &masked.text[written.range.end + 1..]).filter(|_| is_one_paragraph(item));
            Some(Candidate { item, written, ordinal })
        })
        .collect();
    let counts = candidates.iter().zip(1..).all(|(candidate, number)| candidate.written.number == number);
    let are_all = candidates.iter().all(|candidate| candidate.ordinal.is_some());
    let is_capital = candidates.iter().any(|candidate| candidate.ordinal == Some(WordCase::Capital));
    // Both readings have the written numbers here, and this one is a list.
    if counts && (!are_all || is_capital && candidates.len() > 1) {
        return;
    }
    for (position, candidate) in candidates.iter().enumerate() {
        if candidate.ordinal.is_some() {
            let end = candidate.written.range.end;
            edits.push(TextEdit { range: end..end, text: "\\".to_owned() });
        }
        let before = position.checked_sub(1).and_then(|before| candidates.get(before));
        if before.map_or(candidates.len() > 1 && candidate.ordinal.is_some(), |before| keeps_break(before, candidate)) {
            edits.extend(break_before(candidate, list, masked));
        }
    }
}

/// Whether an item would become the continuation of the one before it.
fn keeps_break(before: &Candidate<'_>, candidate: &Candidate<'_>) -> bool {
    // An item with the number 1 also begins below a line of text (CommonMark 0.31, section 5.2).
    candidate.ordinal.is_some() || before.ordinal.is_some() && candidate.written.number != 1
}

/// A hard break at the end of the line before an item, if that line is text of a paragraph.
fn break_before<'a>(candidate: &Candidate<'a>, list: Node<'a>, masked: &PlaceholderText) -> Option<TextEdit> {
    let line = candidate.item.data().sourcepos.start.line.checked_sub(1)?;
    let before = candidate.item.previous_sibling().or_else(|| list.previous_sibling())?;
    let block = before.last_child().filter(|_| matches!(before.data().value, NodeValue::Item(_))).unwrap_or(before);
    let is_text = matches!(block.data().value, NodeValue::Paragraph) && block.data().sourcepos.end.line == line;
    let at = masked.line_start(line) + masked.line_text(line).trim_end().len();
    (is_text && !masked.text[..at].ends_with('\\')).then(|| TextEdit { range: at..at, text: "\\".to_owned() })
}

/// Whether an item is text that is unchanged when it is no longer an item.
fn is_one_paragraph(item: Node<'_>) -> bool {
    let first = item.first_child();
    first.is_some_and(|first| matches!(first.data().value, NodeValue::Paragraph) && first.next_sibling().is_none())
}

/// Whether a number is an ordinal number, by the text after its full stop.
fn ordinal(digits: &str, after: &str) -> Option<WordCase> {
    let number: u32 = digits.parse().ok()?;
    let line = after.lines().next().unwrap_or_default();
    let mut words = line.strip_prefix([' ', '\t', '\u{a0}'])?.split_whitespace();
    let first = words.next()?;
    if CONNECTIVES.contains(&first) {
        let is_day = words.next()?.strip_suffix('.').is_some_and(|day| day.parse().is_ok_and(|day: u32| day <= 31));
        return words.next().filter(|month| is_day && is_listed(MONTHS, month)).map(|_| WordCase::Lower);
    }
    let is_month = (1..=31).contains(&number) && is_listed(MONTHS, first);
    let case = if first.starts_with(char::is_uppercase) { WordCase::Capital } else { WordCase::Lower };
    let is_counted = case == WordCase::Lower && is_listed(COUNTED, first) || is_listed(COUNTED_AS_NOUNS, first);
    (is_month || is_counted).then_some(case)
}

fn is_listed(list: &str, word: &str) -> bool {
    let bare = word.trim_end_matches([',', ':', ';', '!', '?', ')']).to_lowercase();
    let contains = |word: &str| !word.is_empty() && !word.contains(' ') && list.contains(&format!(" {word} "));
    contains(&bare) || contains(bare.trim_end_matches('.'))
}
