//! How heavy a letter is: Gmail cuts off what is too long, and with it the way to leave.

use comrak::nodes::{Node, NodeValue};

use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::text::Source;
use crate::issue::manuscript::tree;

const TOO_LONG: Code = Code("NL527");
const LONG: Code = Code("NL531");

/// Gmail shows no more of a letter than this many bytes (checklist 13).
const MOST: usize = 102_000;
/// From here on an author should know.
const MANY: usize = 80_000;

/// Tells of an encoded page that is too long, or will soon be, and of its longest section.
pub(crate) fn check(page: &str, root: Node<'_>, source: &Source, diagnostics: &mut Diagnostics) {
    let kilobytes = page.len().div_ceil(1000);
    let most = MOST / 1000;
    let diagnostic = if page.len() > MOST {
        let message =
            format!("the letter has {kilobytes} kB: Gmail cuts it off at {most}, and the link to leave with it");
        Diagnostic::error(TOO_LONG, message)
    } else if page.len() > MANY {
        Diagnostic::warning(LONG, format!("the letter has {kilobytes} kB: Gmail cuts letters off at {most}"))
    } else {
        return;
    };
    let hint = match longest(page, root) {
        Some((_, bytes)) if page.len() > MOST + bytes => {
            let over = (page.len() - MOST).div_ceil(1000);
            format!("take out {over} kB: put some of its sections on a page, and link to it")
        }
        Some((section, bytes)) => {
            format!("the longest section is \"{section}\" with {} kB: link to the rest of it", bytes.div_ceil(1000))
        }
        None => "make it shorter, or link to the rest".to_owned(),
    };
    diagnostics.push(diagnostic.at(source.line(1)).hint(hint));
}

/// The section with the most bytes.
fn longest(page: &str, root: Node<'_>) -> Option<(String, usize)> {
    let headings = root.descendants().filter_map(|it| match it.data().value {
        NodeValue::Heading(heading) if heading.level == 2 => Some(tree::plain(it)),
        _ => None,
    });
    let unbroken = page.replace("=\r\n", "");
    let sections: Vec<usize> = unbroken.split("<h2").skip(1).map(str::len).collect();
    headings.zip(sections).max_by_key(|(_, bytes)| *bytes)
}
