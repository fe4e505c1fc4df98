//! An author's raw HTML made safe.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};
use comrak::nodes::{Node, NodeValue};

use crate::edition::html::attribute_escaping;
use crate::edition::images::picture::Picture;
use crate::edition::url_encoding::encoded;

/// The elements and attributes that an author may use.
static BUILDER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::default();
    let class: HashSet<&str> = HashSet::from(["class"]);
    let attributes = HashMap::from([
        ("a", HashSet::from(["href", "class"])),
        ("img", HashSet::from(["src", "alt", "width", "class"])),
        ("span", HashSet::from(["class", "role", "aria-label"])),
        ("code", class.clone()),
        ("sup", class.clone()),
        ("td", HashSet::from(["align", "colspan", "rowspan"])),
        ("th", HashSet::from(["align", "colspan", "rowspan", "scope"])),
        ("ol", HashSet::from(["start"])),
    ]);
    // HTML is cleaned after pictures have got their addresses: `cid:` in a letter, the name of a file on a web page.
    // Any other relative address leads nowhere in a letter. `rel="noopener"`, which ammonia adds, is for pages in a
    // browser.
    builder
        .tag_attributes(attributes)
        .generic_attributes(HashSet::from(["lang", "dir"]))
        .url_schemes(HashSet::from(["http", "https", "mailto", "tel", "cid"]))
        .url_relative(UrlRelative::Custom(Box::new(picture_beside_page)))
        .attribute_filter(|_, attribute, value| match attribute {
            "href" => Some(Cow::Owned(encoded(value))),
            _ => Some(Cow::Borrowed(value)),
        })
        .link_rel(None);
    // Headings must come from Markdown, since their levels are put in order there. The others have no effect in mail
    // programs.
    builder.rm_tags(["h1", "h2", "h3", "h4", "h5", "h6", "map", "area", "article", "aside", "nav", "header", "footer"]);
    builder
});

/// A relative address, if it is one that this program gives to a picture on a web page.
fn picture_beside_page(address: &str) -> Option<Cow<'_, str>> {
    Picture::is_file_name(address).then_some(Cow::Borrowed(address))
}

/// The elements that an author may use.
static TAGS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| BUILDER.clone_tags());

/// The raw HTML of a node, if it is a node of raw HTML.
pub(crate) fn raw_html(node: Node<'_>) -> Option<String> {
    match &node.data().value {
        NodeValue::HtmlBlock(html) => Some(html.literal.clone()),
        NodeValue::HtmlInline(html) => Some(html.clone()),
        _ => None,
    }
}

/// Balanced HTML without scripts, forms, or anything that loads from elsewhere but pictures.
pub(crate) fn clean(html: &str) -> String {
    attribute_escaping::brackets(BUILDER.clean(html).to_string())
}

/// A block of HTML made safe. A heading in it becomes a paragraph in bold, and another element that mail programs do not know
/// a `<div>`: without them, the words before and after such an element would be one.
pub(crate) fn clean_block(html: &str) -> String {
    const HEADINGS: [&str; 6] = ["h1", "h2", "h3", "h4", "h5", "h6"];
    const BLOCKS: [&str; 12] = [
        "address", "article", "aside", "fieldset", "footer", "form", "header", "hgroup", "main", "nav", "option",
        "section",
    ];
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let behind = &rest[at + 1..];
        let (tag, after) = behind.split_at(tag_end(behind));
        out.push_str(&rest[..at]);
        let name = tag.trim_start_matches('/');
        let name =
            name.split(|sign: char| !sign.is_ascii_alphanumeric()).next().unwrap_or_default().to_ascii_lowercase();
        let is_whole = after.starts_with('>') && !tag.is_empty();
        let renamed = match (is_whole, tag.starts_with('/')) {
            (true, false) if HEADINGS.contains(&name.as_str()) => Some("<p><b>"),
            (true, true) if HEADINGS.contains(&name.as_str()) => Some("</b></p>"),
            (true, false) if BLOCKS.contains(&name.as_str()) => Some("<div>"),
            (true, true) if BLOCKS.contains(&name.as_str()) => Some("</div>"),
            // Its tag is removed; without this, the texts of two buttons would become one word.
            (true, true) if name == "button" => Some(" "),
            _ => None,
        };
        rest = if let Some(renamed) = renamed {
            out.push_str(renamed);
            &after[1..]
        } else {
            out.extend(["<", tag]);
            after
        };
    }
    out.push_str(rest);
    clean(&out)
}

/// Whether an author may use an element.
pub(crate) fn is_allowed(element: &str) -> bool {
    TAGS.contains(element)
}

/// The text of clean HTML, with the address of each link after its words, and a sign at both ends of struck-out text.
pub(crate) fn text(html: &str, struck_out: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
    let mut addresses: Vec<Option<String>> = Vec::new();
    while let Some(at) = rest.find('<') {
        push_text(&rest[..at], &mut out);
        rest = &rest[at + 1..];
        let (tag, after) = rest.split_at(tag_end(rest));
        rest = after.strip_prefix('>').unwrap_or(after);
        match tag.split([' ', '/']).find(|name| !name.is_empty()).unwrap_or("") {
            "a" if tag.starts_with('/') => {
                if let Some(address) = addresses.pop().flatten() {
                    out.extend([" <", &address, ">"]);
                }
            }
            "a" => addresses.push(attribute(tag, "href")),
            "img" => out.push_str(&attribute(tag, "alt").unwrap_or_default()),
            "br" | "p" | "div" | "tr" | "li" | "ul" | "ol" | "table" | "caption" | "dl" | "dt" | "dd" | "details"
            | "summary" | "blockquote" | "hr" | "pre" | "figure" | "figcaption" | "center" => out.push('\n'),
            "td" | "th" => out.push(' '),
            "del" | "s" | "strike" => out.push_str(struck_out),
            _ => {}
        }
    }
    push_text(rest, &mut out);
    out
}

/// The length of the tag or the comment that a text behind a `<` begins with, without its `>`; 0 if it begins with neither.
pub(crate) fn tag_end(html: &str) -> usize {
    if html.starts_with("!--") {
        return html.find("-->").map_or(html.len(), |at| at + 2);
    }
    if html.starts_with(|character: char| character.is_ascii_alphabetic()) {
        let mut attributes = Attributes::of(html);
        attributes.by_ref().for_each(drop);
        return html.len() - attributes.rest.len();
    }
    let is_markup = html.starts_with(['/', '!', '?']);
    if is_markup { html.find('>').unwrap_or(html.len()) } else { 0 }
}

/// Decodes the text of clean HTML.
pub(crate) fn decoded(escaped: &str) -> String {
    let mut out = String::new();
    push_text(escaped, &mut out);
    out
}

/// The elements that HTML opens, each as the text of its tag between `<` and `>`.
pub(crate) fn opened_tags(html: &str) -> impl Iterator<Item = &str> {
    let mut rest = html;
    std::iter::from_fn(move || {
        let at = rest.find('<')?;
        let behind = &rest[at + 1..];
        let (tag, after) = behind.split_at(tag_end(behind));
        rest = after;
        Some(tag)
    })
    .filter(|tag| tag.starts_with(|character: char| character.is_ascii_alphabetic()))
}

/// The value of an attribute in the text of a tag; empty if the attribute has none.
pub(crate) fn attribute(tag: &str, name: &str) -> Option<String> {
    let found = Attributes::of(tag).find(|attribute| attribute.name.eq_ignore_ascii_case(name))?;
    Some(decoded(found.value))
}

/// An attribute as it is written in a tag.
struct Attribute<'t> {
    name: &'t str,
    value: &'t str,
}

/// The attributes of a tag, read as a browser reads them (HTML Living Standard, 13.2.5.32 to 13.2.5.39).
struct Attributes<'t> {
    /// The unread rest; at the end, from the `>` of the tag on.
    rest: &'t str,
}

impl<'t> Attributes<'t> {
    /// Those of a text that begins with the name of an element.
    fn of(tag: &'t str) -> Self {
        let end = tag.find(|character: char| character.is_ascii_whitespace() || "/>".contains(character));
        Self { rest: &tag[end.unwrap_or(tag.len())..] }
    }

    /// Reads up to a character, which stays.
    fn until(&mut self, is_end: impl Fn(char) -> bool) -> &'t str {
        let (read, rest) = self.rest.split_at(self.rest.find(is_end).unwrap_or(self.rest.len()));
        self.rest = rest;
        read
    }

    /// Reads the value behind a `=`. A quoted value ends at the quotation mark that opened it: it may hold the other one, and `>`.
    fn value(&mut self) -> &'t str {
        self.rest = self.rest.trim_ascii_start();
        let Some(quote) = self.rest.chars().next().filter(|character| ['"', '\''].contains(character)) else {
            return self.until(|character| character.is_ascii_whitespace() || character == '>');
        };
        self.rest = &self.rest[quote.len_utf8()..];
        let value = self.until(|character| character == quote);
        self.rest = self.rest.strip_prefix(quote).unwrap_or(self.rest);
        value
    }
}

impl<'t> Iterator for Attributes<'t> {
    type Item = Attribute<'t>;

    fn next(&mut self) -> Option<Attribute<'t>> {
        self.rest = self.rest.trim_start_matches(|character: char| character.is_ascii_whitespace() || character == '/');
        if self.rest.is_empty() || self.rest.starts_with('>') {
            return None;
        }
        // A `=` at the start is a part of the name.
        let start = self.rest;
        self.rest = start.strip_prefix('=').unwrap_or(start);
        self.until(|character| character.is_ascii_whitespace() || "/>=".contains(character));
        let name = &start[..start.len() - self.rest.len()];
        let value = match self.rest.trim_ascii_start().strip_prefix('=') {
            Some(behind) => {
                self.rest = behind;
                self.value()
            }
            None => "",
        };
        Some(Attribute { name, value })
    }
}

fn push_text(text: &str, out: &mut String) {
    // `&amp;` is the last one: `&amp;lt;` is the text `&lt;`, and must not be decoded twice.
    const ENTITIES: [(&str, &str); 6] =
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&nbsp;", "\u{a0}"), ("&amp;", "&")];
    let read = ENTITIES.iter().fold(text.to_owned(), |text, (entity, character)| text.replace(entity, character));
    out.push_str(&read);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_forms_and_styles_are_removed() {
        for html in [
            "<script>x</script>",
            "<a href='javascript:x'>",
            "<svg onload=x>",
            "<p onclick=x>",
            "<iframe src=x>",
            "<style>x</style>",
            "<form><input>",
            "<base href=x>",
            "<meta http-equiv=refresh>",
            "<!-- x -->",
            "<a href='java&#x0a;script:x'>",
            "<img src=x onerror=y>",
            "<div style='position:fixed'>",
        ] {
            let clean = clean(html).to_lowercase();
            for word in [
                "<script",
                "javascript",
                "<svg",
                " on",
                "<iframe",
                "<style",
                "style=",
                "<form",
                "<input",
                "<base",
                "<meta",
                "<!--",
            ] {
                assert!(!clean.contains(word), "{html} -> {clean}");
            }
        }
    }

    #[test]
    fn links_keep_their_address_in_text() {
        assert_eq!(
            text("<p>a <a href=\"https://b.example/?c&amp;d\">e</a> <s>f</s></p>", "~~"),
            "\na e <https://b.example/?c&d> ~~f~~\n"
        );
    }

    #[test]
    fn an_attribute_is_read_up_to_the_quote_that_opened_it() {
        for (tag, name, value) in [
            ("img src=\"huset.jpg\" alt=\"Ann's hus\"", "alt", Some("Ann's hus")),
            ("img alt='Det \"gamle\" hus' src=a.jpg", "alt", Some("Det \"gamle\" hus")),
            ("IMG src = \"havnen.jpg\"", "src", Some("havnen.jpg")),
            ("img\n\tSRC\n=\n'havnen.jpg'/", "src", Some("havnen.jpg")),
            ("img alt=\"brug src=x her\" src=\"a.jpg\"", "src", Some("a.jpg")),
            ("img alt=\"brug src=x her\"", "src", None),
            ("img data-src=\"b.jpg\"", "src", None),
            ("a href=https://a.example/b>c", "href", Some("https://a.example/b")),
            ("p hidden title=x", "hidden", Some("")),
            ("p =hidden", "hidden", None),
        ] {
            assert_eq!(attribute(tag, name).as_deref(), value, "{tag}");
        }
    }

    #[test]
    fn a_tag_ends_outside_quotes() {
        for (html, tag) in [
            ("img alt=\"Havnen > torvet\"> og", "img alt=\"Havnen > torvet\""),
            ("img alt='a > \"b'/> og", "img alt='a > \"b'/"),
            ("p title=it's> og 'mere'", "p title=it's"),
            ("/p>", "/p"),
            ("!-- a > b --> c", "!-- a > b --"),
            (" 3 og > 2", ""),
            ("p", "p"),
        ] {
            assert_eq!(&html[..tag_end(html)], tag);
        }
        let tags = opened_tags("1 < 2 <a title=\"<b>\">c</a><!-- <i> --><br>");
        assert_eq!(tags.collect::<Vec<_>>(), ["a title=\"<b>\"", "br"]);
    }

    #[test]
    fn words_of_removed_blocks_stay_apart() {
        let html = clean_block(
            "<h2 class=x>Nyt</h2><h3><a href=\"https://a.example\">Mere</a></h3><section>a</section><SECTION>b</SECTION> 1 < 2 <>",
        );
        assert_eq!(
            text(&html, "").split_whitespace().collect::<Vec<_>>(),
            ["Nyt", "Mere", "<https://a.example>", "a", "b", "1", "<", "2", "<>"]
        );
        assert!(html.starts_with("<p><b>Nyt</b></p><p><b><a "), "{html}");
    }

    #[test]
    fn blocks_are_separate_in_text() {
        let blocks = text("<details><summary>a</summary>b<hr>c<blockquote>d</blockquote>e</details>", "");
        assert_eq!(blocks.split_whitespace().collect::<Vec<_>>(), ["a", "b", "c", "d", "e"]);
    }
}
