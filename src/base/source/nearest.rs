//! The word that was probably meant by a mistyped one.

use crate::base::message::{Message, message};

/// The known word nearest to the typed one, if one is near enough: at most one edit for every three letters.
///
/// Words of one or two letters may differ in case only: with one edit, `de` and `da` would be the same.
pub fn nearest<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let typed = typed.to_lowercase();
    let letters = typed.chars().count();
    let limit = if letters > 2 { letters / 3 } else { 0 };
    known
        .into_iter()
        .map(|word| (distance(&typed, &word.to_lowercase()), word))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

/// How many letters must be inserted, deleted, changed or swapped with their neighbour.
///
/// This is the optimal string alignment distance: a swap counts as one edit, since `langauge` is one typing error, and
/// Levenshtein's distance would count two.
pub(crate) fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    // Three rows of the matrix are enough: each row needs the one above it, and a swap the one above that.
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    let mut last = None;
    for (i, a) in left.chars().enumerate() {
        let mut next = vec![i + 1];
        for (j, b) in right.iter().enumerate() {
            let change = row[j] + usize::from(a != *b);
            let mut best = change.min(row[j + 1] + 1).min(next[j] + 1);
            if j > 0 && last == Some(*b) && right[j - 1] == a {
                best = best.min(before[j - 1] + 1);
            }
            next.push(best);
        }
        before = std::mem::replace(&mut row, next);
        last = Some(a);
    }
    row[right.len()]
}

/// What to write instead of an unknown word: the nearest known one, or else the known ones.
pub fn suggestion<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<Message> {
    let known: Vec<&str> = known.into_iter().collect();
    match (nearest(typed, known.iter().copied()), known.as_slice()) {
        (_, []) => None,
        (Some(near), _) => Some(message!("did you mean `{near}`?", "mente du `{near}`?")),
        (None, [only]) => Some(message!("only `{only}` is known here", "her kendes kun `{only}`")),
        (None, all) if all.len() > MAX_LISTED => {
            let (first, count) = (all[..MAX_LISTED].join(", "), all.len());
            Some(message!("expected one of: {first}, … ({count} in all)", "vælg mellem: {first}, … ({count} i alt)"))
        }
        (None, all) => {
            let all = all.join(", ");
            Some(message!("expected one of: {all}", "vælg mellem: {all}"))
        }
    }
}

/// A hint lists at most this many known words.
const MAX_LISTED: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_or_all_words() {
        let suggest = |typed: &str, known: &[&str]| {
            suggestion(typed, known.iter().copied()).map(|hint| hint.english().to_owned())
        };
        assert_eq!(suggest("bestyrlesen", &["bestyrelsen", "alle"]).as_deref(), Some("did you mean `bestyrelsen`?"));
        assert_eq!(suggest("x1", &["bestyrelsen", "alle"]).as_deref(), Some("expected one of: bestyrelsen, alle"));
        assert_eq!(suggest("zzz", &["alle"]).as_deref(), Some("only `alle` is known here"));
        assert_eq!(suggest("zzz", &[]), None);
        let many: Vec<String> = (0..50).map(|number| format!("liste{number}")).collect();
        let hint = suggestion("zzz", many.iter().map(String::as_str)).unwrap();
        assert!(hint.english().ends_with("liste19, … (50 in all)"), "{hint}");
    }
}
