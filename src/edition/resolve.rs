//! Prepares the filtered tree for a letter: checks links, loads pictures, orders headings.

use std::collections::{BTreeMap, BTreeSet};

use comrak::Anchorizer;
use comrak::nodes::{Node, NodeHtmlBlock, NodeValue};

use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::nearest::nearest;
use crate::base::source::span::Span;
use crate::edition::blocks::picture_shapes;
use crate::edition::compile_context::CompileContext;
use crate::edition::embed;
use crate::edition::html_pictures;
use crate::edition::images::collection::PictureSet;
use crate::edition::links::{self, LinkDecision};
use crate::edition::lint::{hidden_schemes, link_text, removed_html, spaces_in_names, wrapped_links};
use crate::edition::url_encoding;
use crate::edition::writers::contents;
use crate::issue::manuscript::notes;
use crate::issue::manuscript::tree;
use crate::issue::slug;

const STATEMENT_IN_LINK: Code = Code("NL504");
const NO_SUCH_ANCHOR: Code = Code("NL505");
const STATEMENT_IN_HTML: Code = Code("NL506");
const STRAY_ATTRIBUTES: Code = Code("NL507");

/// Which headings get an anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum AnchoredHeadings {
    /// Those that a link of the same letter leads to.
    Wanted,
    /// Those, and the sections that a table of contents links to.
    Listed,
    /// All of them: other pages may link to a heading of a web page.
    All,
}

/// Whether the theme writes the subject above the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TitleSource {
    /// It does: the issue has no heading that can be the letter's title.
    Subject,
    /// It does not: the issue's first heading is the letter's title.
    Own,
}

/// Checks every link of the tree, loads its pictures and orders its headings.
pub(crate) fn resolve<'a>(
    root: Node<'a>,
    context: CompileContext<'_>,
    pictures: &mut PictureSet<'_>,
    diagnostics: &mut Diagnostics,
) -> TitleSource {
    notes::number_notes(root, context.masked, diagnostics);
    let title = order_headings(root);
    let named = if context.edition_context.is_web() {
        AnchoredHeadings::All
    } else if context.theme.lists_sections() && contents::is_linked(context) && contents::is_shown(root) {
        AnchoredHeadings::Listed
    } else {
        AnchoredHeadings::Wanted
    };
    let anchors = anchors(root, named);
    picture_shapes::decide(root, pictures);
    let nodes: Vec<Node<'a>> = root.descendants().collect();
    for node in nodes {
        spaces_in_names::check(node, context, diagnostics);
        wrapped_links::check(node, context, diagnostics);
        let is_looked_at = match &node.data().value {
            NodeValue::Link(_) | NodeValue::Image(_) | NodeValue::HtmlBlock(_) | NodeValue::HtmlInline(_) => true,
            NodeValue::Text(text) => text.contains('{'),
            _ => false,
        };
        if !is_looked_at {
            continue;
        }
        let value = node.data().value.clone();
        match value {
            NodeValue::Link(link) => resolve_link(node, &link.url, context, &anchors, diagnostics),
            NodeValue::Image(link) => embed::picture(node, &link.url, context, pictures, diagnostics),
            NodeValue::Text(text) => attributes_in_text(node, &text, context, diagnostics),
            NodeValue::HtmlBlock(NodeHtmlBlock { literal, .. }) | NodeValue::HtmlInline(literal) => {
                statements_in_html(node, &literal, context, diagnostics);
                html_pictures::embed(node, context, pictures, diagnostics);
            }
            _ => {}
        }
    }
    link_text::check(root, context, diagnostics);
    title
}

fn resolve_link(
    node: Node<'_>,
    url: &str,
    context: CompileContext<'_>,
    anchors: &Anchors,
    diagnostics: &mut Diagnostics,
) {
    if let Some(tag) = statement(url, context) {
        diagnostics.push(
            Diagnostic::error(
                STATEMENT_IN_LINK,
                message!(
                    "a URL can contain `{{{{ }}}}`, but not `{{% %}}`",
                    "en adresse kan indeholde `{{{{ }}}}`, men ikke `{{% %}}`"
                ),
            )
            .at(tag)
            .hint(message!(
                "write the whole link inside the condition: `{{% if x %}}[a](…){{% else %}}[b](…){{% endif %}}`",
                "skriv hele linket inde i betingelsen: `{{% if x %}}[a](…){{% else %}}[b](…){{% endif %}}`"
            )),
        );
        return;
    }
    match links::check(&context.typed(url), context.start(url)) {
        LinkDecision::Kept if context.placeholders.tags_in(url).is_empty() => {
            for oddity in links::warnings(url) {
                diagnostics.push(oddity.at(context.place(node)));
            }
        }
        LinkDecision::Kept => {}
        LinkDecision::Anchor(name) => match anchors.ids.get(&url_encoding::decoded(&name)) {
            Some(known) => link_to_anchor(node, known),
            None => diagnostics.push(no_such_anchor(&name, anchors).at(context.place(node))),
        },
        LinkDecision::Refused(diagnostic) => {
            diagnostics.push(diagnostic.at(context.place(node)));
            tree::unwrap(node);
        }
    }
}

/// Points a link at an anchor.
fn link_to_anchor(node: Node<'_>, name: &str) {
    if let NodeValue::Link(link) = &mut node.data_mut().value {
        link.url = format!("#{name}");
    }
}

fn no_such_anchor(name: &str, anchors: &Anchors) -> Diagnostic {
    let hint = match nearest(name, anchors.ids.keys().map(String::as_str)) {
        Some(near) => message!("did you mean `#{near}`?", "mente du `#{near}`?"),
        None if anchors.ids.is_empty() => {
            message!(
                "this edition has no headings; a link to another page begins with https://",
                "udgaven har ingen overskrifter; et link til en anden side begynder med https://"
            )
        }
        None => {
            let known: Vec<String> = anchors.taken.iter().take(8).map(|name| format!("#{name}")).collect();
            message!("the headings are: {}", "overskrifterne er: {}", known.join(", "))
        }
    };
    Diagnostic::error(
        NO_SUCH_ANCHOR,
        message!("this edition has no heading `#{name}`", "udgaven har ingen overskrift `#{name}`"),
    )
    .hint(hint)
}

/// The place of the first statement in a text of the tree.
fn statement(text: &str, context: CompileContext<'_>) -> Option<Span> {
    let numbers = context.placeholders.tags_in(text);
    let tag = numbers.iter().filter_map(|number| context.tags.get(*number)).find(|tag| !tag.kind.prints())?;
    Some(tag.place.clone())
}

fn statements_in_html(node: Node<'_>, html: &str, context: CompileContext<'_>, diagnostics: &mut Diagnostics) {
    if let Some(place) = statement(html, context) {
        diagnostics.push(
            Diagnostic::error(
                STATEMENT_IN_HTML,
                message!("`{{% %}}` cannot be used inside HTML", "`{{% %}}` kan ikke bruges inde i HTML"),
            )
            .at(place)
            .hint(message!(
                "write that part in Markdown, or the tag on a separate line with empty lines around it",
                "skriv den del i Markdown, eller feltet på en linje for sig selv med tomme linjer omkring"
            )),
        );
    }
    removed_html::check(node, context, diagnostics);
    hidden_schemes::check(node, context, diagnostics);
}

/// Reports `{.button}` and `{#name}` that belong to no element and would be shown as text.
fn attributes_in_text(node: Node<'_>, text: &str, context: CompileContext<'_>, diagnostics: &mut Diagnostics) {
    for (at, opening) in text.match_indices(['{']) {
        let inner = text[at + opening.len()..].split_once('}').map_or("", |(inner, _)| inner);
        let name = inner.strip_prefix(['.', '#']).unwrap_or("");
        if name.is_empty()
            || !name
                .chars()
                .all(|character| character.is_alphanumeric() || matches!(character, '-' | '_' | ' ' | '.' | '#' | '='))
        {
            continue;
        }
        let start = node.data().sourcepos.start;
        let place = context.masked.place(start.line, start.column + at, inner.len() + 2);
        diagnostics.push(
            Diagnostic::error(
                STRAY_ATTRIBUTES,
                message!(
                    "`{{{inner}}}` belongs to no element, and readers would see it as written",
                    "`{{{inner}}}` hører ikke til noget element, og læserne ser det, som det er skrevet"
                ),
            )
            .at(place)
            .hint(message!(
                "write it directly after a link, a picture or a heading: `[Text](https://…){{.button}}`",
                "skriv det lige efter et link, et billede eller en overskrift: `[Tekst](https://…){{.button}}`"
            )),
        );
    }
}

/// Numbers the headings so that one is of the first level and no level is skipped: screen readers navigate by them (WCAG 2.2,
/// technique G141).
fn order_headings<'a>(root: Node<'a>) -> TitleSource {
    let headings: Vec<Node<'a>> =
        root.descendants().filter(|node| matches!(node.data().value, NodeValue::Heading(_))).collect();
    for empty in headings.iter().filter(|heading| heading.first_child().is_none()) {
        empty.detach();
    }
    let level = |node: &Node<'a>| match &node.data().value {
        NodeValue::Heading(heading) => heading.level,
        _ => 6,
    };
    let headings: Vec<Node<'a>> = headings.into_iter().filter(|heading| heading.first_child().is_some()).collect();
    let firsts = headings.iter().filter(|heading| level(heading) == 1).count();
    let own = firsts == 1
        && headings.first().is_some_and(|heading| {
            level(heading) == 1 && heading.parent().is_some_and(|parent| parent.same_node(root))
        });
    let mut open: Vec<u8> = if own { Vec::new() } else { vec![0] };
    for node in headings {
        let written = level(&node);
        while open.last().is_some_and(|outer| *outer >= written) {
            open.pop();
        }
        open.push(written);
        if let NodeValue::Heading(heading) = &mut node.data_mut().value {
            heading.level = u8::try_from(open.len()).unwrap_or(6).min(6);
        }
    }
    if own { TitleSource::Own } else { TitleSource::Subject }
}

/// The anchors of headings, by every spelling that a link may have: those that authors give, and those made of the headings'
/// words as GitHub does; both also in ASCII, which is how they are written.
fn anchors(root: Node<'_>, which: AnchoredHeadings) -> Anchors {
    let wanted: BTreeSet<String> = root
        .descendants()
        .filter_map(|node| match &node.data().value {
            NodeValue::Link(link) => link.url.trim().strip_prefix('#').map(url_encoding::decoded),
            _ => None,
        })
        .collect();
    let mut anchorizer = Anchorizer::new();
    let mut anchors = Anchors::default();
    for node in root.descendants() {
        let mut data = node.data_mut();
        if !matches!(data.value, NodeValue::Heading(_)) {
            continue;
        }
        let is_needed = match which {
            AnchoredHeadings::Wanted => false,
            AnchoredHeadings::Listed => matches!(&data.value, NodeValue::Heading(heading) if heading.level == 2),
            AnchoredHeadings::All => true,
        };
        let given = data.attrs.as_ref().and_then(|attributes| attributes.id.clone());
        drop(data);
        let written = given.unwrap_or_else(|| anchorizer.anchorize(&tree::plain(node)));
        let id = anchors.add(&written);
        let is_wanted = is_needed || wanted.contains(&written) || wanted.contains(&id);
        data = node.data_mut();
        data.attrs.get_or_insert_with(Box::default).id = is_wanted.then_some(id);
    }
    anchors
}

/// The anchors of a letter.
#[derive(Debug, Default)]
struct Anchors {
    /// The anchor that each spelling leads to.
    ids: BTreeMap<String, String>,
    taken: BTreeSet<String>,
}

impl Anchors {
    /// Adds the heading of a name, and returns its anchor.
    fn add(&mut self, written: &str) -> String {
        let ascii = slug::anchor(written);
        // `Møder` and `Moeder` are two headings.
        let numbered = (1..).map(|number: u32| format!("{ascii}-{number}"));
        let id = std::iter::once(ascii.clone()).chain(numbered).find(|id| !self.taken.contains(id)).unwrap_or(ascii);
        self.taken.insert(id.clone());
        for spelling in [written, &id] {
            self.ids.entry(spelling.to_owned()).or_insert_with(|| id.clone());
        }
        id
    }
}
