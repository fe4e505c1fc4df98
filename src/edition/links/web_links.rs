//! The addresses on the web that an edition's readers are led to, or shown a picture from.

use comrak::nodes::{Node, NodeValue};

use crate::base::source::span::{Span, Spanned};
use crate::edition::compile_context::CompileContext;
use crate::edition::html::sanitise;
use crate::edition::links;

/// Those that are wholly known, with the places that name them: of the text, as its author wrote them, and of what stands
/// around it. What is filled in for each reader leads everybody somewhere else, and is none of them.
pub(crate) fn collect(root: Node<'_>, sight: CompileContext<'_>) -> Vec<Spanned<String>> {
    let CompileContext { issue, frame, .. } = sight;
    let mut found = Vec::new();
    let mut add = |url: &str, place: Span| {
        let known = matches!(links::scheme(url.trim()).as_deref(), Some("http" | "https"));
        // The page of the issue itself is not there before it is published.
        let own = frame.online.as_deref().is_some_and(|it| url.starts_with(it));
        if known && !own && sight.placeholders.find(url).is_empty() && !url.contains(['{', '}']) {
            found.push(Spanned { value: url.trim().to_owned(), place });
        }
    };
    for node in root.descendants() {
        match &node.data().value {
            NodeValue::Link(link) | NodeValue::Image(link) => add(&link.url, sight.place(node)),
            NodeValue::HtmlBlock(html) => in_html(&html.literal, |it| add(it, sight.place(node))),
            NodeValue::HtmlInline(html) => in_html(html, |it| add(it, sight.place(node))),
            _ => {}
        }
    }
    let image = issue.front.image.as_ref().map(|it| &it.file);
    let links = frame.brand.links.iter().map(|it| &it.url);
    image.into_iter().chain(&frame.brand.logo).chain(links).for_each(|it| add(&it.value, it.place.clone()));
    found
}

/// What the elements of an author's own HTML lead to or show.
fn in_html(html: &str, mut add: impl FnMut(&str)) {
    for tag in html.split('<').filter(|it| it.starts_with(|it: char| it.is_ascii_alphabetic())) {
        let tag = tag.split('>').next().unwrap_or(tag).replace(['\n', '\t'], " ");
        for name in ["href", "src"] {
            if let Some(address) = sanitise::attribute(&tag, name) {
                add(&address.replace("&amp;", "&"));
            }
        }
    }
}
