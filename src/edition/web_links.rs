//! The web addresses that an edition links to or shows pictures from.

use comrak::nodes::{Node, NodeValue};

use crate::base::source::span::{Span, Spanned};
use crate::edition::compile_context::CompileContext;
use crate::edition::html::sanitise;
use crate::edition::links;

/// The addresses of the text and of what is around it, with the places that name them. Those that hold a value are left
/// out: they are different for each reader.
pub(crate) fn collect(root: Node<'_>, context: CompileContext<'_>) -> Vec<Spanned<String>> {
    let CompileContext { issue, edition_context, .. } = context;
    let mut found = Vec::new();
    let mut add = |url: &str, place: Span| {
        let known = matches!(links::scheme(url.trim()).as_deref(), Some("http" | "https"));
        // The page of the issue itself does not exist before it is published.
        let own = edition_context.online.as_deref().is_some_and(|page| url.starts_with(page));
        if known && !own && context.placeholders.tags_in(url).is_empty() && !url.contains(['{', '}']) {
            found.push(Spanned { value: url.trim().to_owned(), place });
        }
    };
    for node in root.descendants() {
        match &node.data().value {
            NodeValue::Link(link) | NodeValue::Image(link) => add(&link.url, context.place(node)),
            NodeValue::HtmlBlock(html) => in_html(&html.literal, |address| add(address, context.place(node))),
            NodeValue::HtmlInline(html) => in_html(html, |address| add(address, context.place(node))),
            _ => {}
        }
    }
    let logo = edition_context.brand.logo.iter().flat_map(|logo| std::iter::once(&logo.file).chain(&logo.dark));
    let image = issue.front.image.as_ref().map(|image| &image.file);
    let links = edition_context.brand.links.iter().map(|link| &link.url);
    image.into_iter().chain(logo).chain(links).for_each(|url| add(&url.value, url.place.clone()));
    found
}

/// The addresses in an author's own HTML.
fn in_html(html: &str, mut add: impl FnMut(&str)) {
    for tag in sanitise::opened_tags(html) {
        for name in ["href", "src"] {
            if let Some(address) = sanitise::attribute(tag, name) {
                add(&address.replace("&amp;", "&"));
            }
        }
    }
}
