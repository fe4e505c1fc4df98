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
    // HTML is cleaned when its pictures and those around it have their addresses: `cid:` in a letter, the name of a file on a
    // web page. Any other relative address leads nowhere in a letter. `rel="noopener"`, which ammonia adds, is for pages in a browser.
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
    // Headings must come from Markdown, since their levels are put in order there. The others mean nothing in mail programs.
    builder.rm_tags(["h1", "h2", "h3", "h4", "h5", "h6", "map", "area", "article", "aside", "nav", "header", "footer"]);
    builder
});

/// A relative address, if it is one that this program gives to a picture on a web page.
fn picture_beside_page(address: &str) -> Option<Cow<'_, str>> {
    Picture::is_file_name(address).then_some(Cow::Borrowed(address))
}

/// The elements that an author may use.
static TAGS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| BUILDER.clone_tags());

/// The raw HTML that a node is, if it is any.
pub(crate) fn raw_html(node: Node<'_>) -> Option<String> {
    match &node.data().value {
        NodeValue::HtmlBlock(html) => Some(html.literal.clone()),
        NodeValue::HtmlInline(html) => Some(html.clone()),
        _ => None,
    }
}

/// Balanced HTML without scripts, forms, or anything that loads from elsewhere but pictures.
pub(crate) fn clean(html: &str) -> String {
    attribute_escaping::brackets(&BUILDER.clean(html).to_string())
}

/// Whether an author may use an element.
pub(crate) fn is_allowed(element: &str) -> bool {
    TAGS.contains(element)
}

/// The text of clean HTML, with the address of each link after its words, and a sign at both ends of what is struck out.
pub(crate) fn text(html: &str, struck_out: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
    let mut addresses: Vec<Option<String>> = Vec::new();
    while let Some(at) = rest.find('<') {
        push_text(&rest[..at], &mut out);
        let Some(end) = rest[at..].find('>') else { break };
        let tag = &rest[at + 1..at + end];
        rest = &rest[at + end + 1..];
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

/// The value of an attribute in the text of a tag.
pub(crate) fn attribute(tag: &str, name: &str) -> Option<String> {
    // In ASCII, upper and lower case have the same length, so that `at` is right in the original too.
    let at = tag.to_ascii_lowercase().find(&format!(" {name}="))?;
    let value = &tag[at + name.len() + 2..];
    let value = match value.strip_prefix(['"', '\'']) {
        Some(quoted) => quoted.split(['"', '\'']).next()?,
        None => value.split([' ', '>', '/']).next()?,
    };
    let mut out = String::new();
    push_text(value, &mut out);
    Some(out)
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
    fn blocks_are_separate_in_text() {
        let blocks = text("<details><summary>a</summary>b<hr>c<blockquote>d</blockquote>e</details>", "");
        assert_eq!(blocks.split_whitespace().collect::<Vec<_>>(), ["a", "b", "c", "d", "e"]);
    }
}
