//! Keeps numbers on one line with the words they belong to: `21. januar`, `kl. 9.30`, `1.200 kr.`, `§ 4`.

use std::borrow::Cow;

use comrak::nodes::{Node, NodeValue};

use crate::base::language::Lang;
use crate::edition::compile_context::CompileContext;
use crate::issue::manuscript::tree;

/// A space where no line ends.
const NO_BREAK_SPACE: char = '\u{a0}';

/// What may follow a word without being part of it.
const PUNCTUATION: [char; 12] = [',', ';', ':', '!', '?', ')', ']', '"', '”', '“', '…', '»'];

/// Replaces the spaces of an edition's texts that must not end a line.
pub(crate) fn join_numbers(root: Node<'_>, context: CompileContext<'_>) {
    for node in root.descendants() {
        if let Some(joined) = joined_text(node, context) {
            node.data_mut().value = NodeValue::Text(Cow::Owned(joined));
        }
    }
}

/// A text of the edition with such spaces replaced, if it has any.
fn joined_text(node: Node<'_>, context: CompileContext<'_>) -> Option<String> {
    let data = node.data();
    let NodeValue::Text(text) = &data.value else { return None };
    if !text.contains(' ') {
        return None;
    }
    // A value of the reader is a number if a unit follows it.
    let is_value = |sibling: Option<Node<'_>>| {
        let tag = sibling.and_then(tree::placeholder).and_then(|number| context.tags.get(number));
        tag.is_some_and(|tag| tag.kind.prints())
    };
    let around = ValuesAround { before: is_value(node.previous_sibling()), behind: is_value(node.next_sibling()) };
    let has_number = around.before || around.behind || text.bytes().any(|byte| byte.is_ascii_digit());
    let lang = has_number.then(|| context.text_language.of_node(node)).flatten()?;
    joined(text, around, LinePosition::of(node), lang)
}

/// Whether a value is printed directly before or behind a text.
#[derive(Clone, Copy, Debug, Default)]
struct ValuesAround {
    before: bool,
    behind: bool,
}

/// Where in a line a text begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LinePosition {
    /// At the start of a line, which never ends behind its first word: an ordinary space can be searched for and copied.
    Start,
    /// Inside a line, or in a cell, which may be narrow.
    Inside,
}

impl LinePosition {
    fn of(node: Node<'_>) -> Self {
        let is_start = match node.previous_sibling() {
            Some(before) => matches!(before.data().value, NodeValue::LineBreak),
            None => node.parent().is_some_and(|parent| matches!(parent.data().value, NodeValue::Paragraph)),
        };
        if is_start { Self::Start } else { Self::Inside }
    }
}

/// A text with some of its spaces replaced; none if there is nothing to replace.
fn joined(text: &str, around: ValuesAround, start: LinePosition, lang: Lang) -> Option<String> {
    let words: Vec<&str> = text.split(' ').collect();
    let last = words.len() - 1;
    let mut out = String::with_capacity(text.len() + 8);
    let mut follows_number = false;
    for (at, word) in words.iter().enumerate() {
        let next = words.get(at + 1);
        out.push_str(word);
        let is_value =
            (at == 0 && word.is_empty() && around.before) || (at > 0 && at == last && word.is_empty() && around.behind);
        let is_own_unit = follows_number && is_unit(word, lang);
        let number = is_value || is_number(word);
        follows_number = number;
        let Some(next) = next else { break };
        let next_is_number = starts_with_number(next) || (at + 1 == last && next.is_empty() && around.behind);
        let joins = (next_is_number && is_before_number(word, lang))
            || (number && (is_unit(next, lang) || is_month_of(word, next, lang)))
            // 3 mio. kr.
            || (is_own_unit && is_unit(next, lang));
        let is_first = at == 0 && start == LinePosition::Start;
        out.push(if joins && !is_first { NO_BREAK_SPACE } else { ' ' });
    }
    (out != text).then_some(out)
}

fn is_number(word: &str) -> bool {
    let bare = word.trim_end_matches(['.', ')']);
    bare.ends_with(|letter: char| letter.is_ascii_digit())
}

fn starts_with_number(word: &str) -> bool {
    word.trim_start_matches(['+', '-', '−', '±']).starts_with(|letter: char| letter.is_ascii_digit())
}

fn is_unit(word: &str, lang: Lang) -> bool {
    let lower = word.to_lowercase();
    let without_comma = lower.trim_end_matches(PUNCTUATION);
    let units = lang.language().number_neighbours.behind;
    [without_comma, without_comma.trim_end_matches('.')].iter().any(|word| units.contains(word))
}

fn is_before_number(word: &str, lang: Lang) -> bool {
    let word = word.trim_start_matches(['(', '[', '"', '”', '»']).to_lowercase();
    lang.language().number_neighbours.before.contains(&word.as_str())
}

/// Whether a number is the day of the month behind it.
fn is_month_of(day: &str, month: &str, lang: Lang) -> bool {
    let calendar = &lang.language().calendar;
    let digits = day.chars().filter(char::is_ascii_digit).count();
    let month = month.trim_end_matches(PUNCTUATION).trim_end_matches('.').to_lowercase();
    let names = calendar.months.iter().chain(&calendar.short_months);
    let is_month = |name: &&str| name.trim_end_matches('.').chars().flat_map(char::to_lowercase).eq(month.chars());
    (1..=4).contains(&digits) && names.into_iter().any(is_month)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, tag: &str, around: ValuesAround) -> String {
        let lang = Lang::parse(tag).unwrap();
        joined(text, around, LinePosition::Inside, lang).unwrap_or_else(|| text.to_owned()).replace(NO_BREAK_SPACE, "_")
    }

    #[test]
    fn numbers_stay_beside_what_they_belong_to() {
        let none = ValuesAround::default();
        for (danish, joined) in [
            ("den 21. januar 2027", "den 21._januar 2027"),
            ("21.–22. januar, 3. feb.", "21.–22._januar, 3._feb."),
            ("Kl. 9.30, kl. 10 og klokken 11", "Kl._9.30, kl._10 og klokken_11"),
            ("1.200 kr., 12 % (3 mio. kr.) og kr. 5", "1.200_kr., 12_% (3_mio._kr.) og kr._5"),
            ("efter § 4, stk. 2, nr. 7", "efter §_4, stk._2, nr._7"),
            ("i 2027 og 84 kommuner", "i 2027 og 84 kommuner"),
            ("uden tal kr. og kl. og §", "uden tal kr. og kl. og §"),
        ] {
            assert_eq!(shown(danish, "da", none), joined);
        }
        let danish = Lang::parse("da").unwrap();
        let first = joined("21. januar eller 22. januar", none, LinePosition::Start, danish);
        assert_eq!(first.as_deref(), Some("21. januar eller 22.\u{a0}januar"));
        assert_eq!(shown("21 January, 9 a.m. and 10%", "en", none), "21_January, 9_a.m. and 10%");
    }

    #[test]
    fn a_value_counts_as_a_number() {
        let both = ValuesAround { before: true, behind: true };
        assert_eq!(shown(" kr. pr. år, kl. ", "da", both), "_kr. pr. år, kl._");
        assert_eq!(shown(" kr. pr. år, kl. ", "da", ValuesAround::default()), " kr. pr. år, kl. ");
    }
}
