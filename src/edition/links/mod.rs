//! Which addresses a letter may link to.

pub(crate) mod contact;
pub(crate) mod tracking;

use std::borrow::Cow;

use comrak::nodes::{Node, NodeValue};

use crate::base::message::{Message, message};
use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::base::source::nearest::nearest;
use crate::edition::url_encoding::{self, encoded, is_unsafe, percent};

const RELATIVE: Code = Code("NL501");
const FORBIDDEN: Code = Code("NL502");
const EMPTY: Code = Code("NL503");
const REPEATED: Code = Code("NL509");
const OPEN: Code = Code("NL554");
const CHARACTER: Code = Code("NL642");

/// The schemes that a letter may link to.
const ALLOWED: [&str; 4] = ["http", "https", "mailto", "tel"];

/// The extensions of files that people link to; some are top-level domains as well.
const FILE_ENDINGS: [&str; 22] = [
    "md", "html", "htm", "php", "aspx", "pdf", "png", "jpg", "jpeg", "gif", "svg", "doc", "docx", "xls", "xlsx", "ppt",
    "pptx", "odt", "ods", "ics", "csv", "zip",
];

/// The extensions of files that people attach.
const ATTACHED_ENDINGS: [&str; 11] = ["pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "odt", "ods", "ics", "zip"];

/// What happens to a link.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum LinkDecision {
    /// It stays.
    Kept,
    /// It leads to an anchor in the same letter: the name after the `#`.
    Anchor(String),
    /// The link is removed and its text stays; the issue is refused if the diagnostic is an error.
    Refused(Box<Diagnostic>),
}

/// Checks an address, after Markdown has decoded its entities and escapes.
///
/// The scheme of an address that starts with a value is checked when the value is filled in.
pub(crate) fn check(url: &str, start: UrlStart) -> LinkDecision {
    // Browsers remove tabs and line breaks before they look for a scheme (URL Standard, section 4.4), so `java\nscript:`
    // runs code.
    let cleaned: Cow<'_, str> = if url.bytes().all(|byte| byte.is_ascii_graphic()) {
        Cow::Borrowed(url)
    } else {
        url.chars().filter(|character| !character.is_control() && !character.is_whitespace()).collect()
    };
    if cleaned.is_empty() {
        return reject(
            Diagnostic::error(EMPTY, message!("this link has no URL", "linket har ingen adresse"))
                .hint(message!("write the URL between the parentheses", "skriv adressen mellem parenteserne")),
        );
    }
    if start == UrlStart::FilledIn {
        return LinkDecision::Kept;
    }
    if let Some(anchor) = cleaned.strip_prefix('#') {
        return LinkDecision::Anchor(anchor.to_owned());
    }
    if let Some(inner) = inside_another(&cleaned) {
        return reject(repeated_scheme(&cleaned, inner));
    }
    match scheme(&cleaned) {
        Some(scheme) if cleaned[scheme.len() + 1..].trim_matches('/').is_empty() => reject(
            Diagnostic::error(EMPTY, message!("nothing follows `{cleaned}`", "der står intet efter `{cleaned}`"))
                .hint(message!("write the whole address", "skriv hele adressen")),
        ),
        Some(scheme) if ALLOWED.contains(&scheme.as_str()) => LinkDecision::Kept,
        Some(scheme) => match nearest(&scheme, ALLOWED) {
            Some(meant) => reject(
                Diagnostic::error(
                    FORBIDDEN,
                    message!("a letter cannot link to `{scheme}:`", "en mail kan ikke linke til `{scheme}:`"),
                )
                .hint(message!("did you mean `{meant}:`?", "mente du `{meant}:`?")),
            ),
            None => reject(forbidden(&scheme)),
        },
        None => reject(relative(&cleaned)),
    }
}

/// What is wrong with a link that is kept and holds no values.
pub(crate) fn warnings(url: &str) -> Vec<Diagnostic> {
    let url = url.trim();
    match scheme(url).as_deref() {
        Some("http") => {
            let open = Diagnostic::warning(
                OPEN,
                message!(
                    "a page at an `http:` URL can be read and changed on its way",
                    "en side på en `http:`-adresse kan læses og ændres undervejs"
                ),
            )
            .hint(message!("write `https:{}`", "skriv `https:{}`", &url["http:".len()..]));
            [open].into_iter().chain(odd_character(url)).collect()
        }
        Some("https") => odd_character(url).into_iter().collect(),
        Some("mailto") => contact::mail(&url["mailto:".len()..]),
        Some("tel") => contact::telephone(&url["tel:".len()..]).into_iter().collect(),
        Some(_) | None => Vec::new(),
    }
}

/// Encodes the addresses of all links of a tree, and of pictures on the web.
pub(crate) fn encode(root: Node<'_>) {
    for node in root.descendants() {
        if let NodeValue::Link(link) | NodeValue::Image(link) = &mut node.data_mut().value
            && scheme(&link.url).is_some()
        {
            link.url = encoded(&link.url);
        }
    }
}

/// The problem of an address with a character that is not valid in web addresses or host names.
fn odd_character(url: &str) -> Option<Diagnostic> {
    let server = url.split_once("//").map_or("", |(_, rest)| rest.split(['/', '?', '#']).next().unwrap_or(rest));
    // An underscore is not allowed there, but browsers accept it.
    let is_odd = |character: char| !character.is_alphanumeric() && !".-_:@[]%".contains(character);
    let unsafe_one = url.chars().find(|character| is_unsafe(*character));
    let character = unsafe_one.or_else(|| server.chars().find(|character| is_odd(*character)))?;
    let name = match character {
        ' ' => message!("a space", "et mellemrum"),
        '\u{a0}' => message!("a no-break space", "et hårdt mellemrum"),
        other => Message::verbatim(format!("`{}`", other.escape_debug())),
    };
    let is_in_server = server.contains(character);
    let place = if is_in_server {
        message!("the name of a server", "navnet på en server")
    } else {
        message!("an address", "en adresse")
    };
    let comma = server.replace(',', ".");
    let hint = if is_in_server && character == ',' && !comma.chars().any(is_odd) && !comma.contains("..") {
        let meant = url.replacen(server, &comma, 1);
        message!("did you mean `{meant}`?", "mente du `{meant}`?")
    } else if is_in_server {
        message!(
            "write it as in `https://www.forening.example/program`",
            "skriv den som i `https://www.forening.example/program`"
        )
    } else {
        message!(
            "delete it if it is a typing error; else write `{}`",
            "slet det, hvis det er en tastefejl; ellers skriv `{}`",
            percent(character)
        )
    };
    Some(
        Diagnostic::warning(
            CHARACTER,
            message!("{place} cannot contain {name}: `{url}`", "{place} kan ikke indeholde {name}: `{url}`"),
        )
        .hint(hint),
    )
}

/// The diagnostic for a scheme that must not be in a letter.
pub(crate) fn forbidden(scheme: &str) -> Diagnostic {
    Diagnostic::warning(
        FORBIDDEN,
        message!(
            "a link to `{scheme}:` is left out; its text stays",
            "et link til `{scheme}:` udelades; teksten bliver stående"
        ),
    )
    .hint(message!("a letter can link to https, mailto and tel", "en mail kan linke til https, mailto og tel"))
}

/// Whether a relative address looks like one whose scheme is missing, and not like a file.
fn is_host(url: &str) -> bool {
    // The extension of a file could be a top-level domain by its form.
    let host = url.split('/').next().unwrap_or(url);
    // `./products` and `../accounts.md` are paths.
    let is_name = !host.split('.').any(str::is_empty);
    let ending = host.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).filter(|_| is_name);
    ending.is_some_and(|ending| !FILE_ENDINGS.contains(&ending.as_str()))
}

/// The path of a file beside the issue that could be attached, as it is written in a list of YAML.
fn attachable(url: &str) -> Option<String> {
    let path = url_encoding::decoded(url.strip_prefix("./").unwrap_or(url));
    let (_, ending) = path.rsplit_once('.')?;
    let is_plain =
        path.starts_with(char::is_alphanumeric) && !path.contains([',', '[', ']', '{', '}', ':', '#', '?', '@', '"']);
    (is_plain && ATTACHED_ENDINGS.contains(&ending.to_lowercase().as_str())).then_some(path)
}

/// How an address starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UrlStart {
    /// As it is written.
    Written,
    /// With a value.
    FilledIn,
}

/// The scheme of an address that has one, in lower case (RFC 3986, section 3.1).
pub(crate) fn scheme(url: &str) -> Option<String> {
    let (scheme, _) = url.split_once(':')?;
    let letters = scheme.starts_with(|character: char| character.is_ascii_alphabetic())
        && scheme.chars().all(|character| character.is_ascii_alphanumeric() || matches!(character, '+' | '-' | '.'));
    letters.then(|| scheme.to_ascii_lowercase())
}

fn reject(diagnostic: Diagnostic) -> LinkDecision {
    LinkDecision::Refused(Box::new(diagnostic))
}

/// The address inside another one that has only a scheme before it, as in `https://https://forening.example`.
fn inside_another(url: &str) -> Option<&str> {
    let first = scheme(url)?;
    let inner = url[first.len() + 1..].trim_start_matches('/');
    let second = scheme(inner)?;
    let is_web = |scheme: &str| matches!(scheme, "http" | "https");
    let is_repeated = second == first && ALLOWED.contains(&first.as_str());
    (is_repeated || is_web(&first) && is_web(&second)).then_some(inner)
}

fn repeated_scheme(url: &str, inner: &str) -> Diagnostic {
    let message =
        message!("`{url}` has the beginning of an address twice", "`{url}` har begyndelsen af en adresse to gange");
    Diagnostic::error(REPEATED, message).hint(message!("write `{inner}`", "skriv `{inner}`"))
}

fn relative(url: &str) -> Diagnostic {
    let hint = if url.starts_with("//") {
        message!("write `https:{url}`", "skriv `https:{url}`")
    } else if url.contains('@') && !url.contains('/') {
        message!("write `mailto:{url}`", "skriv `mailto:{url}`")
    } else if url.starts_with("www.") || is_host(url) {
        message!("write `https://{url}`", "skriv `https://{url}`")
    } else if let Some(file) = attachable(url) {
        message!(
            "attach the file: write `attachments: [{file}]` at the top; or write the whole URL, with https://",
            "vedhæft filen: skriv `attachments: [{file}]` øverst; eller skriv hele adressen med https://"
        )
    } else {
        message!(
            "write the whole URL, with https://, since a letter is not on your website",
            "skriv hele adressen med https://, da en mail ikke er på jeres hjemmeside"
        )
    };
    Diagnostic::error(RELATIVE, message!("`{url}` is not a complete URL", "`{url}` er ikke en hel adresse")).hint(hint)
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
        for (url, hint) in [
            ("https://https://a.example", "write `https://a.example`"),
            ("http:https://a.example", "write `https://a.example`"),
            ("mailto:mailto:a@b.example", "write `mailto:a@b.example`"),
        ] {
            let LinkDecision::Refused(diagnostic) = check(url, UrlStart::Written) else { panic!("{url}") };
            assert_eq!(diagnostic.hint.map(|hint| hint.to_string()).as_deref(), Some(hint), "{url}");
        }
        for url in
            ["javascript:x", "JaVa\tScRiPt:x", " vbscript:x", "data:text/html,x", "\u{1}javascript:x", "file:///x"]
        {
            assert!(
                matches!(check(url, UrlStart::Written), LinkDecision::Refused(it) if it.code == FORBIDDEN),
                "{url}"
            );
        }
        let whole = "write the whole URL, with https://, since a letter is not on your website";
        for (url, hint) in [
            ("a.md", whole),
            ("/a", whole),
            ("./products", whole),
            ("../accounts.md", whole),
            (".", whole),
            (
                "min%20dagsorden.pdf",
                "attach the file: write `attachments: [min dagsorden.pdf]` at the top; or write the whole URL, with https://",
            ),
            ("www.forening.example/program.pdf", "write `https://www.forening.example/program.pdf`"),
            ("forening.example/vedtaegter.pdf", "write `https://forening.example/vedtaegter.pdf`"),
            ("/files/a.pdf", whole),
            ("//a.example", "write `https://a.example`"),
            ("a.example/b", "write `https://a.example/b`"),
            ("www.a.example", "write `https://www.a.example`"),
            ("a@b.example", "write `mailto:a@b.example`"),
        ] {
            let decision = check(url, UrlStart::Written);
            let LinkDecision::Refused(diagnostic) = decision else { panic!("{url}: {decision:?}") };
            assert_eq!(
                (diagnostic.code, diagnostic.hint.map(|hint| hint.to_string())),
                (RELATIVE, Some(hint.to_owned())),
                "{url}"
            );
        }
    }
}
