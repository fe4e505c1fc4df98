//! An article as points for those who present it: a heading for each part of the text, and a list of points below it.
//!
//! The points of a part are those written for this channel, `::: only talkingpoints`; otherwise the first sentence of
//! each paragraph and of each item of a list.

use crate::base::language::Lang;
use crate::publish::article::{Article, ArticleBlock, ArticleInline, plain};
use crate::publish::markdown;
use crate::publish::plain_text::lang_of;

/// The deepest heading. Below it, points are part of the one above: slides have no room for more.
const DEEPEST: u8 = 3;

/// The points of an article, as Markdown.
pub fn write(article: &Article) -> String {
    let lang = lang_of(article);
    let words = lang.words().in_short;
    let first = PointsPart { level: 2, heading: words.to_owned(), ..PointsPart::default() };
    let mut parts = PointsParts { list: vec![first], current: 0 };
    collect(&article.blocks, lang, &mut parts);
    let parts = parts.list;
    let mut out = format!("# {}\n", markdown::text_line(&article.title));
    let has_points = |part: &PointsPart| !part.points().is_empty();
    for (at, part) in parts.iter().enumerate() {
        // A heading without points stays if one below it has some.
        let below = parts[at + 1..].iter().take_while(|below| below.level > part.level);
        if !has_points(part) && !below.into_iter().any(has_points) {
            continue;
        }
        let marks = "#".repeat(usize::from(part.level));
        out.extend(["\n", &marks, " ", &markdown::text_line(&part.heading), "\n"]);
        if has_points(part) {
            out.push('\n');
        }
        for point in part.points() {
            out.extend(["- ", &markdown::text_line(point), "\n"]);
        }
    }
    out
}

/// A part of the text below a heading.
#[derive(Debug, Default)]
struct PointsPart {
    level: u8,
    heading: String,
    /// The points written for this channel.
    own: Vec<String>,
    /// The points taken from the text for everyone.
    taken: Vec<String>,
}

impl PointsPart {
    fn points(&self) -> &[String] {
        if self.own.is_empty() { &self.taken } else { &self.own }
    }
}

/// The parts of a text, in its order.
struct PointsParts {
    list: Vec<PointsPart>,
    /// The place of the part that points are added to.
    current: usize,
}

impl PointsParts {
    /// Begins a part below a heading.
    fn begin(&mut self, level: u8, heading: &[ArticleInline]) {
        self.current = self.list.len();
        self.list.push(PointsPart { level: level.min(DEEPEST), heading: plain(heading), ..PointsPart::default() });
    }

    /// Changes the part that points are added to. Empty ones are left out.
    fn add(&mut self, change: impl FnOnce(&mut PointsPart)) {
        if let Some(part) = self.list.get_mut(self.current) {
            change(part);
            part.own.retain(|point| !point.trim().is_empty());
            part.taken.retain(|point| !point.trim().is_empty());
        }
    }
}

fn collect(blocks: &[ArticleBlock], lang: Lang, parts: &mut PointsParts) {
    for block in blocks {
        match block {
            ArticleBlock::Heading { level, text, .. } if *level <= DEEPEST => {
                parts.begin(*level, text);
            }
            ArticleBlock::Own(inner) => {
                let mut points = Vec::new();
                own_points(inner, parts, &mut points);
                parts.add(|part| part.own.append(&mut points));
            }
            ArticleBlock::Heading { text, .. } | ArticleBlock::Paragraph(text) if is_point(text) => {
                let point = lang.first_sentence(&plain(text)).to_owned();
                parts.add(|part| part.taken.push(point));
            }
            ArticleBlock::List { items, .. } => {
                for item in items {
                    let point = lang.first_sentence(&first_line(item)).to_owned();
                    parts.add(|part| part.taken.push(point));
                }
            }
            ArticleBlock::Quote(inner) => {
                let point = lang.first_sentence(&first_line(inner)).to_owned();
                parts.add(|part| part.taken.push(point));
            }
            ArticleBlock::Note(inner) => {
                let point = note(inner, lang);
                parts.add(|part| part.taken.push(point));
            }
            ArticleBlock::Language { blocks: inner, .. } => collect(inner, lang, parts),
            ArticleBlock::Part(inner) => part(inner, lang, parts),
            ArticleBlock::Heading { .. }
            | ArticleBlock::Paragraph(_)
            | ArticleBlock::Notes { .. }
            | ArticleBlock::Figure { .. }
            | ArticleBlock::Table(_)
            | ArticleBlock::Code(_)
            | ArticleBlock::Rule => {}
        }
    }
}

/// A part with its own title. The text after it belongs to the part around it.
fn part(blocks: &[ArticleBlock], lang: Lang, parts: &mut PointsParts) {
    let around = parts.current;
    let rest = match blocks.split_first() {
        Some((ArticleBlock::Heading { level, text, .. }, rest)) => {
            parts.begin(*level, text);
            rest
        }
        Some(_) | None => blocks,
    };
    collect(rest, lang, parts);
    parts.current = around;
}

/// Whether a paragraph is a point: not if it consists of a link, or introduces what follows.
fn is_point(text: &[ArticleInline]) -> bool {
    !matches!(text, [ArticleInline::Link { .. }]) && !plain(text).trim_end().ends_with(':')
}

/// The title of a note and the first sentence of its text: `Tip: Tag en kollega med.`
fn note(blocks: &[ArticleBlock], lang: Lang) -> String {
    let (title, text) = match blocks.split_first() {
        Some((ArticleBlock::Paragraph(title), text)) if matches!(title[..], [ArticleInline::Strong(_)]) => {
            (plain(title), text)
        }
        Some(_) | None => (String::new(), blocks),
    };
    let text = first_line(text);
    let sentence = lang.first_sentence(&text);
    if title.is_empty() || sentence.is_empty() { title + sentence } else { format!("{title}: {sentence}") }
}

/// Points as their author wrote them: each paragraph and each item of a list, whole. A heading among them begins a part.
fn own_points(blocks: &[ArticleBlock], parts: &mut PointsParts, points: &mut Vec<String>) {
    for block in blocks {
        match block {
            ArticleBlock::Heading { level, text, .. } => {
                parts.add(|part| part.own.append(points));
                parts.begin(*level, text);
            }
            ArticleBlock::Paragraph(text) => points.push(plain(text)),
            ArticleBlock::List { items, .. } | ArticleBlock::Notes { notes: items, .. } => {
                for item in items {
                    own_points(item, parts, points);
                }
            }
            ArticleBlock::Quote(inner)
            | ArticleBlock::Note(inner)
            | ArticleBlock::Own(inner)
            | ArticleBlock::Part(inner)
            | ArticleBlock::Language { blocks: inner, .. } => own_points(inner, parts, points),
            ArticleBlock::Figure { .. } | ArticleBlock::Table(_) | ArticleBlock::Code(_) | ArticleBlock::Rule => {}
        }
    }
}

/// The words of the first paragraph of some blocks.
fn first_line(blocks: &[ArticleBlock]) -> String {
    let lines = blocks.iter().filter_map(|block| match block {
        ArticleBlock::Heading { text, .. } | ArticleBlock::Paragraph(text) => Some(plain(text)),
        ArticleBlock::List { items, .. } | ArticleBlock::Notes { notes: items, .. } => {
            items.first().map(|item| first_line(item))
        }
        ArticleBlock::Quote(inner)
        | ArticleBlock::Note(inner)
        | ArticleBlock::Own(inner)
        | ArticleBlock::Part(inner)
        | ArticleBlock::Language { blocks: inner, .. } => Some(first_line(inner)),
        ArticleBlock::Figure { .. } | ArticleBlock::Table(_) | ArticleBlock::Code(_) | ArticleBlock::Rule => None,
    });
    lines.into_iter().find(|line| !line.trim().is_empty()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::article::reader::{self, ArticleHead};

    fn points(html: &str) -> String {
        write(&reader::read(html, ArticleHead { subject: "Nyt i maj", description: "", lang: "da" }))
    }

    #[test]
    fn a_part_has_its_own_points_or_first_sentences() {
        let html = "<p>Vi mødes d. 3. maj kl. 9. Kom nu.</p>\
            <h2>Budget</h2><p>Budgettet steg med 1,8 mio. kr. i år. Det er nyt.</p>\
            <div data-own=\"talkingpoints\"><ul><li>Husk at sige tak. Og smil.</li></ul></div>\
            <h2>Drift</h2><h3>Nede</h3><ul><li>Et. Mere.</li><li>To</li></ul><h4>Dybt</h4>\
            <aside><p><strong>Tip</strong></p><p>Tag med. Nu.</p></aside><p>Se her:</p><p><a href=\"https://a.example\">Køb</a></p>\
            <h2>Tomt</h2><figure><img src=\"a.png\" alt=\"\"></figure>";
        assert_eq!(
            points(html),
            "# Nyt i maj\n\n## Kort fortalt\n\n- Vi mødes d. 3. maj kl. 9.\n\n## Budget\n\n- Husk at sige tak. Og smil.\n\n\
             ## Drift\n\n### Nede\n\n- Et.\n- To\n- Dybt\n- Tip: Tag med.\n"
        );
    }

    #[test]
    fn the_title_of_a_block_ends_with_it() {
        let html = "<h2>Nyt om havnen</h2><section><h3>Året i tal</h3><p>12 ture</p></section>\
            <section><h4>Årsmøde</h4><p>Mandag kl. 9</p></section><p>Et afsnit.</p>\
            <div data-own=\"talkingpoints\"><ul><li>Mit eget punkt</li></ul></div>";
        assert_eq!(
            points(html),
            "# Nyt i maj\n\n## Nyt om havnen\n\n- Mit eget punkt\n\n### Året i tal\n\n- 12 ture\n\n### Årsmøde\n\n- Mandag kl. 9\n"
        );
    }

    #[test]
    fn no_word_of_a_point_is_markup() {
        assert_eq!(
            points("<p>1986. et *godt* år</p><p>Hverken.</p>"),
            "# Nyt i maj\n\n## Kort fortalt\n\n- 1986\\. et \\*godt\\* år\n- Hverken.\n"
        );
    }
}
