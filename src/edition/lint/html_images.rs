//! Pictures in an author's own HTML that cannot be sent, or have no text for readers who do not see them.

use comrak::nodes::Node;

use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::edition::compile_context::CompileContext;
use crate::edition::html::sanitise;
use crate::edition::links;
use crate::edition::lint::alt_text;

const IN_HTML: Code = Code("NL508");

/// Reports the pictures of a node of raw HTML.
pub(crate) fn check(node: Node<'_>, context: CompileContext<'_>, diagnostics: &mut Diagnostics) {
    let Some(html) = sanitise::raw_html(node) else { return };
    for tag in html.split('<').filter(|tag| is_picture(tag)) {
        let tag = tag.split('>').next().unwrap_or(tag).replace(['\n', '\t'], " ");
        let address = sanitise::attribute(&tag, "src").unwrap_or_default();
        // Only Markdown's pictures are loaded from files and measured.
        if !address.starts_with("https://") && links::scheme(&address).is_none_or(|scheme| scheme == "http") {
            diagnostics.push(
                Diagnostic::error(IN_HTML, format!("the picture `{address}` cannot be sent from HTML"))
                    .at(context.place(node))
                    .hint(format!("write it in Markdown: `![What it shows]({address})`")),
            );
        } else if sanitise::attribute(&tag, "alt").is_none() {
            let hint = "add `alt=\"What it shows\"`, or `alt=\"\"` if it is decoration";
            diagnostics.push(alt_text::missing_alt(context.place(node)).hint(hint));
        }
    }
}

/// Whether the text behind a `<` is an `img` element.
fn is_picture(tag: &str) -> bool {
    let name = tag.get(..3).filter(|name| name.eq_ignore_ascii_case("img"));
    name.is_some_and(|name| tag[name.len()..].starts_with([' ', '\n', '\t', '/', '>']))
}
