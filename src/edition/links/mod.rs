//! Where a link may lead.

pub(crate) mod contact;
pub(crate) mod tracking;
pub(crate) mod web_links;

use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::base::source::nearest::nearest;

const RELATIVE: Code = Code("NL501");
const FORBIDDEN: Code = Code("NL502");
const EMPTY: Code = Code("NL503");
const OPEN: Code = Code("NL554");

/// The schemes that a letter may link to.
const ALLOWED: [&str; 4] = ["http", "https", "mailto", "tel"];

/// What becomes of a link.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum LinkDecision {
    /// It stays.
    Kept,
    /// It leads to a place in the same letter: the name behind the `#`.
    Anchor(String),
    /// Its text stays and the link is dropped, or the issue is refused.
    Refused(Box<Diagnostic>),
}

/// Judges an address as it stands after Markdown has read its entities and escapes.
///
/// Where `opens` says that it begins with a value that is filled in, its scheme is looked at when it is filled in.
pub(crate) fn check(url: &str, start: UrlStart) -> LinkDecision {
    // Browsers drop control characters and white space in a scheme, so `java\nscript:` is one too.
    let bare: String = url.chars().filter(|it| !it.is_control() && !it.is_whitespace()).collect();
    if bare.is_empty() {
        return reject(
            Diagnostic::error(EMPTY, "this link leads nowhere").hint("write the address between the brackets"),
        );
    }
    if start == UrlStart::FilledIn {
        return LinkDecision::Kept;
    }
    if let Some(anchor) = bare.strip_prefix('#') {
        return LinkDecision::Anchor(anchor.to_owned());
    }
    match scheme(&bare) {
        Some(scheme) if bare[scheme.len() + 1..].trim_matches('/').is_empty() => reject(
            Diagnostic::error(EMPTY, format!("nothing follows `{bare}`")).hint("write the whole address behind it"),
        ),
        Some(scheme) if ALLOWED.contains(&scheme.as_str()) => LinkDecision::Kept,
        Some(scheme) => match nearest(&scheme, ALLOWED) {
            Some(meant) => reject(
                Diagnostic::error(FORBIDDEN, format!("`{scheme}:` is no address that a letter can link to"))
                    .hint(format!("did you mean `{meant}:`?")),
            ),
            None => reject(forbidden(&scheme)),
        },
        None => reject(relative(&bare)),
    }
}

/// What is odd about a link that stays, in the words for each scheme; of an address of which all stands there.
pub(crate) fn warnings(url: &str) -> Vec<Diagnostic> {
    let url = url.trim();
    match scheme(url).as_deref() {
        Some("http") => vec![
            Diagnostic::warning(OPEN, "everybody on the way can read and change a page at an `http:` address")
                .hint(format!("write `https:{}`", &url["http:".len()..])),
        ],
        Some("mailto") => contact::mail(&url["mailto:".len()..]),
        Some("tel") => contact::telephone(&url["tel:".len()..]).into_iter().collect(),
        Some(_) | None => Vec::new(),
    }
}

/// What is told of a link that must not be in a letter.
pub(crate) fn forbidden(scheme: &str) -> Diagnostic {
    Diagnostic::warning(FORBIDDEN, format!("a link to `{scheme}:` is left out; its text stays"))
        .hint("a letter can link to https, mailto and tel")
}

/// Whether a relative address looks like one whose scheme was forgotten, and not like a file.
fn is_host(url: &str) -> bool {
    let host = url.split('/').next().unwrap_or(url);
    let ending = host.rsplit_once('.').map(|(_, ending)| ending.to_lowercase());
    ending.is_some_and(|it| !["md", "html", "htm", "pdf", "png", "jpg", "docx"].contains(&it.as_str()))
}

/// How an address begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UrlStart {
    /// As it is written.
    Written,
    /// With a value.
    FilledIn,
}

/// The scheme of an address that has one, in lower case.
pub(crate) fn scheme(url: &str) -> Option<String> {
    let (scheme, _) = url.split_once(':')?;
    let letters = scheme.starts_with(|it: char| it.is_ascii_alphabetic())
        && scheme.chars().all(|it| it.is_ascii_alphanumeric() || matches!(it, '+' | '-' | '.'));
    letters.then(|| scheme.to_ascii_lowercase())
}

fn reject(diagnostic: Diagnostic) -> LinkDecision {
    LinkDecision::Refused(Box::new(diagnostic))
}

fn relative(url: &str) -> Diagnostic {
    let hint = if url.starts_with("//") {
        format!("write `https:{url}`")
    } else if url.contains('@') && !url.contains('/') {
        format!("write `mailto:{url}`")
    } else if url.starts_with("www.") || is_host(url) {
        format!("write `https://{url}`")
    } else {
        "a letter is read outside the website: write the whole address, with https://".to_owned()
    };
    Diagnostic::error(RELATIVE, format!("`{url}` is no complete address")).hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_judged_by_their_scheme() {
        let kept = ["https://a.example/b:c", "HTTP://a.example", "mailto:a@b.example", "tel:+4512345678"];
        for url in kept {
            assert_eq!(check(url, UrlStart::Written), LinkDecision::Kept, "{url}");
        }
        for url in ["https://", "mailto:", "tel: "] {
            assert!(matches!(check(url, UrlStart::Written), LinkDecision::Refused(it) if it.code == EMPTY), "{url}");
        }
        assert_eq!(check("#top", UrlStart::Written), LinkDecision::Anchor("top".into()));
        for url in
            ["javascript:x", "JaVa\tScRiPt:x", " vbscript:x", "data:text/html,x", "\u{1}javascript:x", "file:///x"]
        {
            assert!(
                matches!(check(url, UrlStart::Written), LinkDecision::Refused(it) if it.code == FORBIDDEN),
                "{url}"
            );
        }
        for url in ["a.md", "/a", "//a.example", "www.a.example", "a@b.example"] {
            assert!(matches!(check(url, UrlStart::Written), LinkDecision::Refused(it) if it.code == RELATIVE), "{url}");
        }
    }
}
