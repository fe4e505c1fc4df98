//! Pictures that are written and would not come out: in HTML, and with blanks in their names.

use comrak::nodes::{Node, NodeValue};

use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::edition::compile_context::CompileContext;
use crate::edition::html::sanitise;
use crate::edition::links;
use crate::edition::lint::alt_text;

const IN_HTML: Code = Code("NL508");
const BLANKS: Code = Code("NL548");

/// Tells of pictures in an author's own HTML that cannot be shown, or say nothing.
pub(crate) fn check_html(node: Node<'_>, html: &str, sight: CompileContext<'_>, diagnostics: &mut Diagnostics) {
    let is_picture = |it: &&str| {
        let rest = it.get(..3).filter(|it| it.eq_ignore_ascii_case("img")).map(|_| &it[3..]);
        rest.is_some_and(|it| it.starts_with([' ', '\n', '\t', '/', '>']))
    };
    for tag in html.split('<').filter(is_picture) {
        let tag = tag.split('>').next().unwrap_or(tag).replace(['\n', '\t'], " ");
        let address = sanitise::attribute(&tag, "src").unwrap_or_default();
        if !address.starts_with("https://") && links::scheme(&address).is_none_or(|it| it == "http") {
            diagnostics.push(
                Diagnostic::error(IN_HTML, format!("the picture `{address}` cannot be sent from HTML"))
                    .at(sight.place(node))
                    .hint(format!("write it in Markdown: `![What it shows]({address})`")),
            );
        } else if sanitise::attribute(&tag, "alt").is_none() {
            let hint = "write `alt=\"What it shows\"` into it, or `alt=\"\"` if it is decoration";
            diagnostics.push(alt_text::missing_alt(sight.place(node)).hint(hint));
        }
    }
}

/// Tells of a picture that Markdown takes for text, since there are blanks in its name.
pub(crate) fn check_blanks(node: Node<'_>, sight: CompileContext<'_>, diagnostics: &mut Diagnostics) {
    if !matches!(node.data().value, NodeValue::Paragraph | NodeValue::Heading(_) | NodeValue::TableCell) {
        return;
    }
    let words = |it: Node<'_>| match &it.data().value {
        NodeValue::Text(text) => text.to_string(),
        _ => String::new(),
    };
    // Code is there to be read as it stands.
    let text: String = node.descendants().map(words).collect();
    let pieces: Vec<&str> = text.split("](").collect();
    for pair in pieces.windows(2) {
        let (Some((_, alt)), Some((name, _))) = (pair[0].rsplit_once("!["), pair[1].split_once(')')) else { continue };
        if name.contains(' ') && alt_text::is_file_name(name) {
            let message = format!("`{name}` has blanks in its name, and would be read as it stands");
            let hint = format!("write the name in angle brackets: `![{alt}](<{name}>)`");
            diagnostics.push(Diagnostic::error(BLANKS, message).at(sight.place(node)).hint(hint));
        }
    }
}
