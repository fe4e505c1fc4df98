//! The size of a letter: Gmail cuts off long ones, including the unsubscribe link at the end.

use comrak::nodes::{Node, NodeValue};

use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::text::Source;
use crate::issue::manuscript::tree;

const TOO_LONG: Code = Code("NL527");
const LONG: Code = Code("NL531");

/// The most bytes of the HTML part that Gmail shows: 102 kB.
const MOST: usize = 102_000;
/// From this size on the author is warned, in bytes.
const MANY: usize = 80_000;

/// Reports an encoded page that is too long, or almost, and its longest section.
pub(crate) fn check(page: &str, root: Node<'_>, source: &Source, diagnostics: &mut Diagnostics) {
    let kilobytes = page.len().div_ceil(1000);
    let most = MOST / 1000;
    let diagnostic = if page.len() > MOST {
        let message = message!(
            "the letter has {kilobytes} kB: Gmail cuts it off at {most}, with its unsubscribe link",
            "mailen fylder {kilobytes} kB: Gmail skærer den af ved {most}, så afmeldingslinket mangler"
        );
        Diagnostic::error(TOO_LONG, message)
    } else if page.len() > MANY {
        Diagnostic::warning(
            LONG,
            message!(
                "the letter has {kilobytes} kB: Gmail cuts letters off at {most}",
                "mailen fylder {kilobytes} kB: Gmail skærer mails af ved {most}"
            ),
        )
    } else {
        return;
    };
    // Where the letter is too long even without its longest section, shortening that one does not help.
    let hint = match longest(page, root) {
        Some((_, bytes)) if page.len() > MOST + bytes => {
            let over = (page.len() - MOST).div_ceil(1000);
            message!(
                "remove {over} kB: put some of its sections on a web page, and link to it",
                "fjern {over} kB: sæt nogle afsnit på en webside, og link til den"
            )
        }
        Some((section, bytes)) => {
            message!(
                "the longest section is \"{section}\" with {} kB: link to the rest of it",
                "det længste afsnit er \"{section}\" med {} kB: link til resten af det",
                bytes.div_ceil(1000)
            )
        }
        None => message!("make it shorter, or link to the rest", "gør den kortere, eller link til resten"),
    };
    diagnostics.push(diagnostic.at(source.line(1)).hint(hint));
}

/// The section with the most bytes.
fn longest(page: &str, root: Node<'_>) -> Option<(String, usize)> {
    let headings = root.descendants().filter_map(|node| match node.data().value {
        NodeValue::Heading(heading) if heading.level == 2 => Some(tree::plain(node)),
        _ => None,
    });
    // A soft line break of quoted-printable may be in the middle of `<h2`.
    let unbroken = page.replace("=\r\n", "");
    let sections: Vec<usize> = unbroken.split("<h2").skip(1).map(str::len).collect();
    headings.zip(sections).max_by_key(|(_, bytes)| *bytes)
}
