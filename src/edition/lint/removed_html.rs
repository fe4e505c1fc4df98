//! Elements in an author's own HTML that are removed, since mail programs do not support them.

use comrak::nodes::Node;

use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::edition::compile_context::CompileContext;
use crate::edition::html::sanitise;

const DROPPED: Code = Code("NL389");
const SHOWN: Code = Code("NL576");

/// Styles that hide an element, without spaces. `mso-hide` is Outlook's own.
const HIDING: [&str; 6] =
    ["display:none", "visibility:hidden", "opacity:0;", "font-size:0", "max-height:0", "mso-hide:all"];

/// Elements that ammonia removes with their content; the text of all others stays.
const WITH_CONTENT: [&str; 4] = ["math", "script", "style", "template"];

/// Reports the elements that are removed, each at its line.
pub(crate) fn check(node: Node<'_>, context: CompileContext<'_>, diagnostics: &mut Diagnostics) {
    let Some(html) = sanitise::raw_html(node) else { return };
    let first = node.data().sourcepos.start.line;
    let mut rest = html.as_str();
    while let Some(at) = rest.find('<') {
        let before = html.len() - rest.len() + at;
        rest = &rest[at + 1..];
        let (tag, behind) = rest.split_at(sanitise::tag_end(rest));
        rest = behind;
        let end = tag.find(|character: char| !character.is_ascii_alphanumeric()).unwrap_or(tag.len());
        let name = tag[..end].to_ascii_lowercase();
        if !name.starts_with(|character: char| character.is_ascii_alphabetic()) {
            continue;
        }
        let line = first + html[..before].matches('\n').count();
        if let Some(what) = hiding(tag) {
            let message = message!(
                "this element is shown to readers: `{what}` is removed from `<{name}>`",
                "elementet vises for læserne: `{what}` fjernes fra `<{name}>`"
            );
            let hint = message!(
                "delete the element, or write `<!-- … -->` around it",
                "slet elementet, eller skriv `<!-- … -->` omkring"
            );
            diagnostics.push(Diagnostic::warning(SHOWN, message).at(context.masked.line(line)).hint(hint));
        }
        if sanitise::is_allowed(&name) {
            continue;
        }
        let removes_content = WITH_CONTENT.contains(&name.as_str());
        let (what, hint) = if removes_content {
            (
                message!("is removed with its content", "fjernes med sit indhold"),
                message!("remove it; styles belong in a theme", "slet det; formatering hører til i et tema"),
            )
        } else {
            (
                message!("is removed and its text stays", "fjernes, og teksten bliver stående"),
                message!("write that part in Markdown", "skriv den del i Markdown"),
            )
        };
        let message = message!(
            "`<{name}>` {what}: mail programs do not support it",
            "`<{name}>` {what}: mailprogrammer kan ikke bruge det"
        );
        diagnostics.push(Diagnostic::warning(DROPPED, message).at(context.masked.line(line)).hint(hint));
        if removes_content {
            let close = format!("</{name}");
            rest = rest.to_ascii_lowercase().find(&close).map_or("", |at| &rest[at + close.len()..]);
        }
    }
}

/// What hides an element, by the text of its tag.
fn hiding(tag: &str) -> Option<&'static str> {
    let bare: String = sanitise::attribute(tag, "style").unwrap_or_default().to_ascii_lowercase();
    let bare: String = bare.chars().filter(|letter| !letter.is_whitespace()).chain([';']).collect();
    // `font-size:0.9em` hides nothing.
    let is_whole = |after: &str| !after.starts_with(|letter: char| letter == '.' || letter.is_ascii_digit());
    let style = HIDING.into_iter().find(|style| bare.split(style).skip(1).any(is_whole));
    let is_hidden = sanitise::attribute(tag, "hidden").is_some();
    style.map(|style| style.trim_end_matches(';')).or(is_hidden.then_some("hidden"))
}
