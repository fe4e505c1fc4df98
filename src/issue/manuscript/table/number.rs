//! Which cells are numbers, as Danes and others write them.

/// Units before or after a number.
const UNITS: [&str; 22] = [
    "kr.", "kr", "dkk", "eur", "usd", "€", "$", "£", "%", "pct.", "pct", "‰", "mio.", "mia.", "mio", "mia", "t.kr.",
    "tkr.", "stk.", "stk", "ca.", "timer",
];

/// Cells without a value, which are allowed in a column of numbers.
const NOTHING: [&str; 6] = ["", "-", "–", "—", "n/a", "i.a."];

/// What a cell contains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CellValueKind {
    Number,
    Nothing,
    Words,
}

/// Classifies a cell: `1.234,5`, `12 %`, `kr. 1.200`, `-3` and `1,200.50` are numbers.
pub(super) fn classify(cell: &str) -> CellValueKind {
    let lower = cell.trim().to_lowercase();
    let mut rest = lower.as_str();
    if NOTHING.contains(&rest) {
        return CellValueKind::Nothing;
    }
    loop {
        let before = rest;
        rest = rest.trim().trim_start_matches(['+', '-', '−', '–', '±', '~', '<', '>']);
        for unit in UNITS {
            rest = rest.strip_prefix(unit).or_else(|| rest.strip_suffix(unit)).unwrap_or(rest).trim();
        }
        if let Some(inner) = rest.strip_prefix('(').and_then(|text| text.strip_suffix(')')) {
            rest = inner;
        }
        // Danish prices are written `1.200,-`.
        rest = rest.strip_suffix(",-").or_else(|| rest.strip_suffix(",–")).unwrap_or(rest);
        if rest == before {
            break;
        }
    }
    if is_number(rest) { CellValueKind::Number } else { CellValueKind::Words }
}

/// Whether a text is digits, in groups of three or not, with decimals or not. A date or a telephone number is not.
fn is_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits(text) {
        return text.len() <= 15;
    }
    let groups = |text: &str, sign: char| {
        let mut groups = text.split(sign);
        let first = groups.next().is_some_and(|group| digits(group) && group.len() <= 3);
        first && groups.all(|group| digits(group) && group.len() == 3)
    };
    let whole = |text: &str, sign: char| digits(text) || groups(text, sign);
    [('.', ','), (',', '.'), (' ', ','), ('\u{a0}', ','), ('\u{202f}', ','), ('\'', '.')].into_iter().any(
        |(thousand, decimal)| match text.split_once(decimal) {
            Some((before, after)) => whole(before, thousand) && digits(after),
            None => groups(text, thousand),
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_recognised_in_all_notations() {
        let numbers = [
            "7",
            "-3",
            "−3",
            "1.234",
            "1.234,5",
            "12 %",
            "12%",
            "kr. 1.200",
            "1.200 kr.",
            "1.200,-",
            "1,200.50",
            "12,5 pct.",
            "1 234 567",
            "€ 3",
            "(45)",
            "2027",
            "9.30",
            "+4,5 %",
            "3 mio. kr.",
            "ca. 40",
        ];
        for cell in numbers {
            assert_eq!(classify(cell), CellValueKind::Number, "{cell}");
        }
        for cell in ["", " ", "–", "-", "N/A"] {
            assert_eq!(classify(cell), CellValueKind::Nothing, "{cell}");
        }
        for cell in ["Aarhus", "21.1.2027", "70 22 10 10", "1.23.456", "10-20", "A4", "1,2,3", "kr.", "%", "1.", ",5"] {
            assert_eq!(classify(cell), CellValueKind::Words, "{cell}");
        }
    }
}
