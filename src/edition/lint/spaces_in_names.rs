//! Pictures that Markdown reads as text, since the names of their files contain spaces.

use comrak::nodes::{Node, NodeValue};

use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::edition::compile_context::CompileContext;
use crate::edition::lint::alt_text;

const SPACES: Code = Code("NL548");

/// Reports such pictures in a block of text.
pub(crate) fn check(node: Node<'_>, context: CompileContext<'_>, diagnostics: &mut Diagnostics) {
    if !matches!(node.data().value, NodeValue::Paragraph | NodeValue::Heading(_) | NodeValue::TableCell) {
        return;
    }
    // Code is left out: what it shows is meant to be read as it is.
    let words = |child: Node<'_>| match &child.data().value {
        NodeValue::Text(text) => text.to_string(),
        _ => String::new(),
    };
    let may_have_link = |child: Node<'_>| matches!(&child.data().value, NodeValue::Text(text) if text.contains(']'));
    if !node.descendants().any(may_have_link) {
        return;
    }
    let text: String = node.descendants().map(words).collect();
    let pieces: Vec<&str> = text.split("](").collect();
    for pair in pieces.windows(2) {
        let (Some((_, alt)), Some((name, _))) = (pair[0].rsplit_once("!["), pair[1].split_once(')')) else { continue };
        if name.contains(' ') && alt_text::is_file_name(name) {
            let message = message!(
                "`{name}` has spaces in its name, and would be read as text",
                "`{name}` har mellemrum i navnet og ville blive læst som tekst"
            );
            let hint = message!(
                "write the name in angle brackets: `![{alt}](<{name}>)`",
                "skriv navnet i vinkelparenteser: `![{alt}](<{name}>)`"
            );
            diagnostics.push(Diagnostic::error(SPACES, message).at(context.place(node)).hint(hint));
        }
    }
}
