//! An article as a post on LinkedIn: text without markup, with hashtags.

use crate::publish::article::{Article, ArticleBlock, plain};
use crate::publish::plain_text::{self, TextPurpose};

/// The most characters of a post.
pub const MOST: usize = 3000;

/// How many characters are shown before "…see more".
pub const SHOWN: usize = 210;

/// A post. Its length is counted in UTF-16 units, as JavaScript does in LinkedIn's own editor: an emoji is two or more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkedInPost {
    text: String,
}

impl LinkedInPost {
    /// The post of an article, with a hashtag for each tag of the issue that has a letter.
    pub fn of(article: &Article, tags: &[String]) -> Self {
        let mut text = plain_text::write(article, TextPurpose::Post);
        let hashtags = hashtags(tags).join(" ");
        if !hashtags.is_empty() {
            text.extend(["\n", &hashtags, "\n"]);
        }
        Self { text }
    }

    /// The text, to be pasted.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Its length in characters.
    pub fn length(&self) -> usize {
        length(self.text.trim_end())
    }

    /// By how many characters it is too long; absent: it fits.
    pub fn excess(&self) -> Option<usize> {
        self.length().checked_sub(MOST).filter(|excess| *excess > 0)
    }

    /// What is shown before "…see more", and what comes after it.
    pub fn seen_first(&self) -> (&str, &str) {
        let mut units = 0;
        let cut = self.text.char_indices().find(|(_, letter)| {
            units += letter.len_utf16();
            units > SHOWN
        });
        self.text.split_at(cut.map_or(self.text.len(), |(at, _)| at))
    }
}

fn length(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

fn hashtags(tags: &[String]) -> Vec<String> {
    let mut hashtags: Vec<String> = Vec::new();
    for hashtag in tags.iter().filter_map(|tag| hashtag(tag)) {
        if !hashtags.iter().any(|known| known.to_lowercase() == hashtag.to_lowercase()) {
            hashtags.push(hashtag);
        }
    }
    hashtags
}

/// A tag as a hashtag, which has letters and digits only: `it-sikkerhed` is `#itsikkerhed`. `None` for a tag without
/// letters.
pub fn hashtag(tag: &str) -> Option<String> {
    let word: String = tag.chars().filter(|letter| letter.is_alphanumeric()).collect();
    word.contains(char::is_alphabetic).then(|| format!("#{word}"))
}

/// Whether the hashtag has another meaning than the tag: `C#` is `#C`. Spaces and hyphens between words do not matter.
pub fn is_changed(tag: &str) -> bool {
    let is_kept = |letter: char| letter.is_alphanumeric() || letter.is_whitespace() || "-_–’'".contains(letter);
    hashtag(tag).is_none() || !tag.chars().all(is_kept)
}

/// A part of a text below a heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextSection {
    /// The words of the heading.
    pub heading: String,
    /// How many characters of a post it takes.
    pub length: usize,
}

/// The section to leave out of a post that is too long: the shortest one that is long enough, else the longest. Absent: the
/// text has no headings.
pub fn section_to_leave_out(article: &Article, excess: usize) -> Option<TextSection> {
    let blocks = without_parts(&article.blocks);
    let is_heading = |block: &ArticleBlock| matches!(block, ArticleBlock::Heading { .. });
    let starts = (0..blocks.len()).filter(|at| blocks.get(*at).is_some_and(is_heading));
    let sections = starts.filter_map(|start| {
        let ArticleBlock::Heading { level, text, .. } = blocks.get(start)? else { return None };
        let ends = |block: &ArticleBlock| matches!(block, ArticleBlock::Heading { level: other, .. } if other <= level);
        let rest = blocks.get(start + 1..)?;
        let end = rest.iter().position(ends).map_or(blocks.len(), |at| start + 1 + at);
        let part = Article { title: String::new(), blocks: blocks[start..end].to_vec(), ..article.clone() };
        let length = length(&plain_text::write(&part, TextPurpose::Post)) + 1;
        Some(TextSection { heading: plain(text), length })
    });
    let sections: Vec<TextSection> = sections.collect();
    let enough = sections.iter().filter(|section| section.length >= excess).min_by_key(|section| section.length);
    enough.or_else(|| sections.iter().max_by_key(|section| section.length)).cloned()
}

/// The blocks, with those of parts among them.
fn without_parts(blocks: &[ArticleBlock]) -> Vec<ArticleBlock> {
    let flat = blocks.iter().flat_map(|block| match block {
        ArticleBlock::Part(inner) => without_parts(inner),
        block => vec![block.clone()],
    });
    flat.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::article::reader::{self, ArticleHead};

    fn article(html: &str) -> Article {
        reader::read(html, ArticleHead { subject: "Nyt", description: "", lang: "da" })
    }

    #[test]
    fn tags_become_hashtags_of_letters_and_digits() {
        let tags = ["it-sikkerhed", "OS2", "os2", "åbne data", "2027", "c++"].map(str::to_owned);
        let post = LinkedInPost::of(&article("<p>Hej @Anna Berg</p>"), &tags);
        assert_eq!(post.text(), "Nyt\n\nHej @Anna Berg\n\n#itsikkerhed #OS2 #åbnedata #c\n");
        assert_eq!(tags.each_ref().map(|tag| is_changed(tag)), [false, false, false, false, true, true]);
    }

    #[test]
    fn an_emoji_is_two_characters() {
        let post = LinkedInPost::of(&article(&format!("<p>{}</p>", "😀".repeat(1500))), &[]);
        assert_eq!((post.length(), post.excess()), (3005, Some(5)));
        let (first, rest) = post.seen_first();
        assert_eq!((first.encode_utf16().count(), rest.chars().next()), (209, Some('😀')));
        assert_eq!(LinkedInPost::of(&article("<p>Hej</p>"), &[]).seen_first(), ("Nyt\n\nHej\n", ""));
    }

    #[test]
    fn the_shortest_section_that_is_enough_is_left_out() {
        let section = |name: &str, length: usize| format!("<h2>{name}</h2><p>{}</p>", "a".repeat(length));
        let text = [section("A", 2000), section("B", 900), section("C", 600)].concat();
        let article = article(&text);
        let excess = LinkedInPost::of(&article, &[]).excess().unwrap();
        assert_eq!(section_to_leave_out(&article, excess).map(|section| section.heading).as_deref(), Some("C"));
        assert_eq!(section_to_leave_out(&article, 5000).map(|section| section.heading).as_deref(), Some("A"));
    }
}
