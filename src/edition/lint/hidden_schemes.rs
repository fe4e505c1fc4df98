//! Addresses in an author's own HTML that run code. The sanitiser removes them; the author should know.

use comrak::nodes::Node;

use crate::base::source::diagnostic::Diagnostics;
use crate::edition::compile_context::CompileContext;
use crate::edition::html::sanitise;
use crate::edition::links;

const SCHEMES: [&str; 3] = ["javascript", "vbscript", "data"];

/// Reports such addresses in a node of raw HTML.
pub(crate) fn check(node: Node<'_>, context: CompileContext<'_>, diagnostics: &mut Diagnostics) {
    let Some(html) = sanitise::raw_html(node) else { return };
    let html = normalised(&html);
    for scheme in SCHEMES.into_iter().filter(|scheme| html.contains(&format!("{scheme}:"))) {
        diagnostics.push(links::forbidden(scheme).at(context.place(node)));
    }
}

/// HTML as a browser looks for a scheme in an address: entities decoded, control characters and white space removed, in
/// lower case. So `java&#x0a;script:` is found, too.
fn normalised(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let digits = rest.strip_prefix('#').unwrap_or("");
        let (radix, digits) = match digits.strip_prefix(['x', 'X']) {
            Some(digits) => (16, digits),
            None => (10, digits),
        };
        let length = digits.find(|character: char| !character.is_digit(radix)).unwrap_or(digits.len());
        // HTML parsers accept a numeric reference without its `;`.
        let read = u32::from_str_radix(&digits[..length], radix).ok().and_then(char::from_u32);
        if let Some(character) = read {
            out.push(character);
            rest = digits[length..].strip_prefix(';').unwrap_or(&digits[length..]);
        } else if let Some(after) = rest.strip_prefix("colon;") {
            // Of the named references only that of `:` and those of ignored white space can hide these schemes.
            out.push(':');
            rest = after;
        } else if let Some(after) = rest.strip_prefix("Tab;").or_else(|| rest.strip_prefix("NewLine;")) {
            rest = after;
        } else {
            out.push('&');
        }
    }
    out.push_str(rest);
    out.retain(|character| !character.is_control() && !character.is_whitespace());
    out.to_lowercase()
}
