//! Pictures in an author's own HTML: `<img>` with a file beside the issue is sent as a picture of Markdown is.

use comrak::nodes::{Node, NodeValue};

use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::edition::blocks;
use crate::edition::compile_context::CompileContext;
use crate::edition::embed::{self, PictureSyntax, RequestedFile};
use crate::edition::html::escape::escape;
use crate::edition::html::sanitise;
use crate::edition::images::collection::PictureSet;
use crate::edition::images::picture::WidthLimits;
use crate::edition::links;
use crate::edition::lint::alt_text;

const NOT_LOADED: Code = Code("NL508");
const TITLE: Code = Code("NL658");

/// Loads the pictures of a node of raw HTML, and writes their addresses and widths into it.
pub(crate) fn embed(
    node: Node<'_>,
    context: CompileContext<'_>,
    pictures: &mut PictureSet<'_>,
    diagnostics: &mut Diagnostics,
) {
    let Some(html) = sanitise::raw_html(node) else { return };
    let mut written = String::with_capacity(html.len());
    let mut rest = html.as_str();
    while let Some(at) = rest.find('<') {
        let (before, tag) = rest.split_at(at + 1);
        written.push_str(before);
        let end = sanitise::tag_end(tag);
        let picture = is_picture(tag).then(|| HtmlPicture::of(&tag[..end]));
        match picture.and_then(|picture| picture.load(node, context, pictures, diagnostics)) {
            Some(loaded) => written.push_str(&loaded),
            None => written.push_str(&tag[..end]),
        }
        rest = &tag[end..];
    }
    written.push_str(rest);
    match &mut node.data_mut().value {
        NodeValue::HtmlBlock(block) => block.literal = written,
        NodeValue::HtmlInline(inline) => *inline = written,
        _ => {}
    }
}

/// The addresses of the pictures in raw HTML, as their author wrote them.
pub(crate) fn addresses(html: &str) -> Vec<String> {
    let tags = html.split('<').skip(1).filter(|tag| is_picture(tag));
    tags.map(|tag| HtmlPicture::of(&tag[..sanitise::tag_end(tag)]).address).collect()
}

/// An `img` element as its author wrote it.
struct HtmlPicture {
    address: String,
    alt: Option<String>,
    title: Option<String>,
    width: Option<String>,
    class: Option<String>,
}

impl HtmlPicture {
    /// Reads the text between `<` and `>`.
    fn of(tag: &str) -> Self {
        // In `<img src=a.jpg/>` the slash ends the element; HTML would read it as a part of the name.
        let tag = tag.trim_end_matches('/').replace(['\n', '\t'], " ");
        let attribute = |name| sanitise::attribute(&tag, name);
        Self {
            address: attribute("src").unwrap_or_default(),
            alt: attribute("alt"),
            title: attribute("title"),
            width: attribute("width"),
            class: attribute("class"),
        }
    }

    /// The element with the address under which readers load it; `None` if it stays as it is.
    fn load(
        &self,
        node: Node<'_>,
        context: CompileContext<'_>,
        pictures: &mut PictureSet<'_>,
        diagnostics: &mut Diagnostics,
    ) -> Option<String> {
        let place = context.place(node);
        if self.alt.is_none() {
            let hint = message!(
                "add `alt=\"What it shows\"`, or `alt=\"\"` if it is decoration",
                "tilføj `alt=\"Hvad det viser\"`, eller `alt=\"\"`, hvis det er pynt"
            );
            diagnostics.push(alt_text::missing_alt(place.clone()).hint(hint));
        }
        if self.title.as_deref().is_some_and(|title| !title.trim().is_empty()) {
            let message =
                message!("the title of a picture in HTML is not shown", "titlen på et billede i HTML vises ikke");
            let hint = message!("write it below the picture", "skriv den under billedet");
            diagnostics.push(Diagnostic::warning(TITLE, message).at(place.clone()).hint(hint));
        }
        if self.address.starts_with("https://") {
            return None;
        }
        let scheme = links::scheme(&self.address);
        let has_value = !context.placeholders.tags_in(&self.address).is_empty();
        if scheme.is_some() || has_value || self.address.trim().is_empty() {
            let typed = context.typed(&self.address);
            let message = message!(
                "the picture `{typed}` cannot be sent from HTML",
                "billedet `{typed}` kan ikke sendes fra HTML"
            );
            let hint = if has_value {
                message!(
                    "write a whole https URL, or put the picture into a condition",
                    "skriv en hel https-adresse, eller sæt billedet i en betingelse"
                )
            } else {
                message!(
                    "write the name of a file beside the issue, or an https URL, in `src`",
                    "skriv navnet på en fil ved siden af nyhedsbrevet eller en https-adresse i `src`"
                )
            };
            diagnostics.push(Diagnostic::error(NOT_LOADED, message).at(place).hint(hint));
            return None;
        }
        let most = blocks::room(node, context.theme.text_room());
        let limits = WidthLimits { asked: self.asked(most), most, ..WidthLimits::default() };
        let file = RequestedFile { name: &self.address, limits, syntax: PictureSyntax::Html };
        let (address, shown) = embed::beside_issue(file, &place, pictures, diagnostics)?;
        let alt = escape(self.alt.as_deref().unwrap_or_default());
        let class = escape(self.class.as_deref().unwrap_or("picture"));
        Some(format!("img src=\"{}\" alt=\"{alt}\" width=\"{}\" class=\"{class}\"", escape(&address), shown.width))
    }

    /// The width that its author asks for, in pixels: `300`, `300px`, or `50%` of the width it can have.
    fn asked(&self, most: u32) -> Option<u32> {
        let width = self.width.as_deref()?.trim();
        let number = width.trim_end_matches(['%', 'p', 'x']).parse::<u32>().ok().filter(|width| *width > 0)?;
        Some(if width.ends_with('%') { most.saturating_mul(number.min(100)) / 100 } else { number })
    }
}

/// Whether the text behind a `<` is an `img` element.
fn is_picture(tag: &str) -> bool {
    let name = tag.get(..3).filter(|name| name.eq_ignore_ascii_case("img"));
    name.is_some_and(|name| tag[name.len()..].starts_with([' ', '\n', '\t', '/', '>']))
}
