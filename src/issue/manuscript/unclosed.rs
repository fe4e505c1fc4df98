//! Code fences and comments that are never closed, and so swallow the rest of a letter.

use comrak::nodes::{Node, NodeValue};

use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::issue::manuscript::lines;
use crate::issue::manuscript::placeholders::PlaceholderText;

const CODE: Code = Code("NL446");
const COMMENT: Code = Code("NL447");
const BARE_RETURN: Code = Code("NL448");

/// Reports such fences and comments, and line endings by which the lines of a text cannot be counted.
pub(crate) fn check(root: Node<'_>, masked: &PlaceholderText, diagnostics: &mut Diagnostics) {
    line_ends(masked, diagnostics);
    for node in root.descendants() {
        let data = node.data();
        let first = data.sourcepos.start.line;
        match &data.value {
            NodeValue::CodeBlock(code) if code.fenced && !code.closed => {
                let fence = char::from(code.fence_char).to_string().repeat(code.fence_length);
                diagnostics.push(
                    Diagnostic::error(
                        CODE,
                        message!(
                            "this code block is never closed: all that follows is shown as code",
                            "kodeblokken bliver aldrig lukket: alt derefter vises som kode"
                        ),
                    )
                    .at(masked.line(first))
                    .hint(message!(
                        "write {fence} on a separate line where the code ends",
                        "skriv {fence} på en linje for sig selv, hvor koden slutter"
                    )),
                );
            }
            NodeValue::HtmlBlock(html) => {
                if let Some(at) = unclosed_comment(&html.literal) {
                    let line = first + html.literal[..at].matches('\n').count();
                    diagnostics.push(
                        Diagnostic::error(
                            COMMENT,
                            message!(
                                "this comment is never closed: all that follows is left out",
                                "kommentaren bliver aldrig lukket: alt derefter udelades"
                            ),
                        )
                        .at(masked.line(line))
                        .hint(message!("write `-->` where it ends", "skriv `-->`, hvor den slutter")),
                    );
                }
            }
            _ => {}
        }
    }
}

/// Where a comment opens in HTML that is not closed in it.
fn unclosed_comment(html: &str) -> Option<usize> {
    let mut at = 0;
    while let Some(found) = html[at..].find("<!--") {
        at += found;
        match lines::comment_length(&html[at..]) {
            Some(length) => at += length,
            None => return Some(at),
        }
    }
    None
}

/// A carriage return alone ends a line in Markdown (`CommonMark` 0.31, section 2.1), but not in editors and in messages.
fn line_ends(masked: &PlaceholderText, diagnostics: &mut Diagnostics) {
    let bare = |line: &str| line.strip_suffix('\r').unwrap_or(line).contains('\r');
    if let Some(at) = masked.text.split('\n').position(bare) {
        diagnostics.push(
            Diagnostic::error(
                BARE_RETURN,
                message!(
                    "this line contains line endings of another kind (CR)",
                    "linjen har linjeskift af en anden slags (CR)"
                ),
            )
            .at(masked.line(at + 1))
            .hint(message!("save the file with LF or CRLF line endings", "gem filen med LF eller CRLF som linjeskift")),
        );
    }
}
