//! Words that stand for tags while a text goes through Markdown, the sanitiser and the inliner.

/// The words of one edition: letters and digits that none of its texts holds.
#[derive(Clone, Debug)]
pub(crate) struct Placeholders {
    prefix: String,
}

const DIGITS: usize = 6;
const TAG: char = 't';
const USE: char = 'u';

impl Placeholders {
    /// Words that occur in none of these texts, in any case; the same texts give the same words.
    pub(crate) fn absent_from<'a>(texts: impl Iterator<Item = &'a str> + Clone) -> Self {
        let lower: Vec<String> = texts.map(str::to_ascii_lowercase).collect();
        let mut number = 0_usize;
        loop {
            let prefix = format!("zq{number}w");
            if !lower.iter().any(|text| text.contains(&prefix)) {
                return Self { prefix };
            }
            number += 1;
        }
    }

    /// The word for a tag.
    pub(crate) fn tag(&self, number: usize) -> String {
        format!("{}{number:0DIGITS$}{TAG}", self.prefix)
    }

    /// The word for one use of a tag, which knows how to write it there.
    pub(crate) fn used(&self, number: usize) -> String {
        format!("{}{number:0DIGITS$}{USE}", self.prefix)
    }

    /// The numbers of the tags in a text, in order.
    pub(crate) fn find(&self, text: &str) -> Vec<usize> {
        self.split(text, TAG).into_iter().filter_map(Result::err).collect()
    }

    /// Whether a text holds a word for a use.
    pub(crate) fn has_uses(&self, text: &str) -> bool {
        self.split(text, USE).iter().any(Result::is_err)
    }

    /// Whether a text holds tags and white space, and nothing else.
    pub(crate) fn only(&self, text: &str) -> bool {
        let pieces = self.split(text, TAG);
        pieces.iter().any(Result::is_err)
            && pieces.iter().all(|piece| piece.as_ref().map_or(true, |text| text.trim().is_empty()))
    }

    /// A text cut at the words for tags: text, or the number of a tag.
    pub(crate) fn tags<'a>(&self, text: &'a str) -> Vec<Result<&'a str, usize>> {
        self.split(text, TAG)
    }

    /// A text cut at the words for uses: text, or the number of a use.
    pub(crate) fn uses<'a>(&self, text: &'a str) -> Vec<Result<&'a str, usize>> {
        self.split(text, USE)
    }

    fn split<'a>(&self, text: &'a str, kind: char) -> Vec<Result<&'a str, usize>> {
        let mut pieces = Vec::new();
        let mut from = 0;
        for (at, _) in text.match_indices(&self.prefix) {
            let digits = at + self.prefix.len();
            let end = digits + DIGITS;
            let number = text.get(digits..end).and_then(|digits| digits.parse().ok());
            if let Some(number) = number
                && text[end..].starts_with(kind)
            {
                if from < at {
                    pieces.push(Ok(&text[from..at]));
                }
                pieces.push(Err(number));
                from = end + 1;
            }
        }
        if from < text.len() {
            pieces.push(Ok(&text[from..]));
        }
        pieces
    }
}
