//! Addresses that a mail filter or a search engine wrapped: they contain the email
//! address of the person who copied them, and stop working.

use comrak::nodes::{Node, NodeValue};

use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::edition::compile_context::CompileContext;
use crate::edition::html::sanitise;
use crate::edition::url_encoding;

const WRAPPED: Code = Code("NL568");

/// A part of such addresses, and the parameter with the address that is meant, if it can be read.
const WRAPPERS: [(&str, &str); 8] = [
    ("safelinks.protection.outlook.com/", "url="),
    ("statics.teams.cdn.office.net/evergreen-assets/safelinks/", "url="),
    ("urldefense.com/", ""),
    ("urldefense.proofpoint.com/", ""),
    ("linkprotect.cudasvc.com/url", "a="),
    (".mimecast.com/s/", ""),
    ("google.com/url?", "q="),
    ("l.facebook.com/l.php", "u="),
];

/// Reports such an address in a node.
pub(crate) fn check(node: Node<'_>, context: CompileContext<'_>, diagnostics: &mut Diagnostics) {
    let text = match &node.data().value {
        NodeValue::Link(link) | NodeValue::Image(link) => Some(link.url.clone()),
        _ => None,
    };
    let Some(text) = text.or_else(|| sanitise::raw_html(node)) else { return };
    let Some((address, parameter)) = WRAPPERS.into_iter().find_map(|(wrapper, parameter)| {
        let at = text.to_ascii_lowercase().find(wrapper)?;
        Some((&text[at..], parameter))
    }) else {
        return;
    };
    let host = address.trim_start_matches('.').split('/').next().unwrap_or(address);
    let message = message!(
        "this URL was wrapped by a mail filter (`{host}`), and may name the person who copied it",
        "adressen er skrevet om af et mailfilter (`{host}`) og kan afsløre, hvem der kopierede den"
    );
    diagnostics.push(Diagnostic::warning(WRAPPED, message).at(context.place(node)).hint(
        match meant(address, parameter) {
            Some(meant) => message!("write `{meant}`", "skriv `{meant}`"),
            None => message!(
                "open it, and write the URL of the page that it leads to",
                "åbn den, og skriv adressen på den side, den fører til"
            ),
        },
    ));
}

/// The address in a parameter of a wrapped one.
fn meant(address: &str, parameter: &str) -> Option<String> {
    let query = address.split_once('?')?.1.replace("&amp;", "&");
    let value = query.split('&').find_map(|part| part.strip_prefix(parameter).filter(|_| !parameter.is_empty()))?;
    Some(url_encoding::decoded(value)).filter(|meant| meant.starts_with("http"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_that_is_meant_is_read() {
        let wrapped = "safelinks.protection.outlook.com/?url=https%3A%2F%2Fa.example%2Fb&data=05%7Canna%40a.example";
        assert_eq!(meant(wrapped, "url=").as_deref(), Some("https://a.example/b"));
        assert_eq!(meant("urldefense.com/v3/__https://a.example__;!!x", ""), None);
    }
}
