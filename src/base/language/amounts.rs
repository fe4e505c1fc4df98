//! How a language writes amounts, and what it keeps on one line.

/// How a language writes amounts of money and shares. Formats contain `{number}` and `{currency}`.
#[derive(Debug)]
pub struct AmountFormats {
    /// An amount of money.
    pub money: &'static str,
    /// The currency of an amount that names none (ISO 4217).
    pub currency: &'static str,
    /// What the language writes for the codes of currencies (ISO 4217), where that is not the code.
    pub currencies: &'static [(&'static str, &'static str)],
    /// A share of a hundred.
    pub percent: &'static str,
}

/// The words that stay on the line of the number beside them, in lower case.
#[derive(Debug)]
pub struct NumberNeighbours {
    /// Words before a number: `kl.`, `§`.
    pub before: &'static [&'static str],
    /// Words behind a number, such as units: `kr.`, `%`.
    pub behind: &'static [&'static str],
}
