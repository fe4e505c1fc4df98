//! The words of a part of a letter, as its reader sees them.

use std::collections::{HashMap, HashSet};

use crate::letter::complete::words::{self, WordBuilder, WordDigest};
use crate::letter::leak::{html_entities, shingles};

/// The words of a part in their order.
#[derive(Debug, Default)]
pub(super) struct ArrivedWords {
    words: Vec<WordDigest>,
}

/// Elements whose content no reader sees.
const UNSEEN: [&str; 3] = ["script", "style", "title"];

impl ArrivedWords {
    /// The words of the text part.
    pub(super) fn of_text(text: &str) -> Self {
        let mut arrived = Self::default();
        words::plain(text).for_each(|word| arrived.add(word));
        arrived
    }

    /// The words of the HTML part. The numbers of a numbered list are not text: they are counted as a mail client
    /// counts them.
    pub(super) fn of_html(html: &str) -> Self {
        let mut reader = HtmlReader::default();
        let mut rest = html;
        while let Some(at) = rest.find('<') {
            reader.text(&rest[..at]);
            rest = &rest[at + 1..];
            if let Some(comment) = rest.strip_prefix("!--") {
                // Only Outlook reads a conditional comment, and its words are the same as those for other programs.
                rest = comment.split_once("-->").map_or("", |(_, behind)| behind);
            } else if rest.starts_with(|letter: char| letter.is_ascii_alphabetic() || matches!(letter, '/' | '!')) {
                let end = rest.find('>').unwrap_or(rest.len());
                let tag = &rest[..end];
                rest = rest.get(end + 1..).unwrap_or("");
                let name = reader.tag(tag);
                if UNSEEN.contains(&name) {
                    let close = rest.find("</").unwrap_or(rest.len());
                    rest = &rest[close..];
                }
            }
        }
        reader.text(rest);
        reader.end_word();
        reader.arrived
    }

    fn add(&mut self, word: WordDigest) {
        self.words.push(word);
    }

    /// How often each word is in the part.
    pub(super) fn counts(&self) -> HashMap<WordDigest, usize> {
        let mut counts = HashMap::with_capacity(self.words.len());
        for word in &self.words {
            *counts.entry(*word).or_default() += 1;
        }
        counts
    }

    /// Which words are beside each other.
    pub(super) fn pairs(&self) -> HashSet<[WordDigest; 2]> {
        self.words.windows(2).filter_map(|pair| pair.try_into().ok()).collect()
    }
}

#[derive(Debug, Default)]
struct HtmlReader {
    arrived: ArrivedWords,
    word: WordBuilder,
    /// The next number of each list around; absent for one with bullets.
    lists: Vec<Option<u64>>,
}

impl HtmlReader {
    fn text(&mut self, text: &str) {
        for letter in html_entities::decode(text).chars() {
            if letter.is_alphanumeric() {
                self.word.push(letter);
            } else if !shingles::is_ignorable(letter) {
                self.end_word();
            }
        }
    }

    fn end_word(&mut self) {
        if let Some(word) = self.word.finish() {
            self.arrived.add(word);
        }
    }

    /// Reads a tag without its brackets, and returns the name of its element.
    fn tag<'h>(&mut self, tag: &'h str) -> &'h str {
        let end = tag.find(|letter: char| letter.is_whitespace() || letter == '/' && !tag.starts_with('/'));
        let name = &tag[..end.unwrap_or(tag.len())];
        if words::INLINE.contains(&name.trim_start_matches('/')) {
            return name;
        }
        self.end_word();
        match name {
            "ol" => self.lists.push(Some(attribute(tag, "start").and_then(|start| start.parse().ok()).unwrap_or(1))),
            "ul" => self.lists.push(None),
            "/ol" | "/ul" => drop(self.lists.pop()),
            "li" => {
                if let Some(Some(number)) = self.lists.last_mut() {
                    let shown = number.to_string();
                    *number += 1;
                    words::plain(&shown).for_each(|word| self.arrived.add(word));
                }
            }
            "img" => {
                if let Some(alt) = attribute(tag, "alt") {
                    self.text(alt);
                    self.end_word();
                }
            }
            _ => {}
        }
        name
    }
}

/// The value of an attribute. The program writes all of them in double quotes, and `<` and `>` in them as references.
fn attribute<'h>(tag: &'h str, name: &str) -> Option<&'h str> {
    let (_, value) = tag.split_once(&format!(" {name}=\""))?;
    value.split('"').next()
}
