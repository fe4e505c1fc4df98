//! Pictures of an issue, loaded and measured.

use std::collections::BTreeMap;

use comrak::nodes::{Node, NodeValue};

use crate::issue::Issue;
use crate::render::html::escape;
use crate::render::links;
use crate::render::pictures::{Picture, PictureError, Pictures};
use crate::render::resolve::{Sight, unwrap};
use crate::render::theme::Hero;
use crate::render::tree;
use crate::source::{Code, Diagnostic, Diagnostics};

const NO_ALT: Code = Code("NL510");
const CANNOT_SEND: Code = Code("NL511");
const BAD_ADDRESS: Code = Code("NL512");
const NO_WIDTH: Code = Code("NL513");

/// The width of the text column in pixels.
pub(crate) const CONTENT_WIDTH: u32 = 536;
/// The width of the letter in pixels.
const PAGE_WIDTH: u32 = 600;

/// Loads the picture of a node and writes its address and width into the node.
pub(crate) fn picture(
    node: Node<'_>,
    url: &str,
    sight: Sight<'_>,
    (pictures, diagnostics): (&mut BTreeMap<String, Picture>, &mut Diagnostics),
) {
    if tree::plain(node).trim().is_empty() && node.first_child().is_none() {
        diagnostics.push(
            Diagnostic::warning(NO_ALT, "this picture has no text for readers who do not see it")
                .at(sight.place(node))
                .hint("write what it shows between the square brackets: `![Two people at a table](…)`"),
        );
    }
    match links::scheme(url.trim()).as_deref() {
        Some("https") => {
            if asked_width(node).is_none() {
                diagnostics.push(
                    Diagnostic::warning(NO_WIDTH, "how wide this picture is cannot be seen from here")
                        .at(sight.place(node))
                        .hint(format!(
                            "it is shown {CONTENT_WIDTH} wide; write `![…](…){{width=300}}` for another width"
                        )),
                );
            }
            set_width(node, CONTENT_WIDTH, None);
        }
        Some("http") => diagnostics.push(
            Diagnostic::error(BAD_ADDRESS, "mail programs do not show pictures from `http:` addresses")
                .at(sight.place(node))
                .hint("write `https:`, or put the picture beside the issue"),
        ),
        Some(scheme) => {
            diagnostics.push(
                Diagnostic::warning(BAD_ADDRESS, format!("a picture from `{scheme}:` is left out; its text stays"))
                    .at(sight.place(node))
                    .hint("put the picture beside the issue, or give its https address"),
            );
            unwrap(node);
        }
        None if !sight.marks.find(url).is_empty() => diagnostics.push(
            Diagnostic::error(BAD_ADDRESS, "a picture that is sent along cannot have a value in its name")
                .at(sight.place(node))
                .hint("give a whole https address, or put the picture into a condition"),
        ),
        None => match sight.pictures.load(url) {
            Ok(picture) => {
                set_width(node, picture.width().min(CONTENT_WIDTH), Some(&picture));
                pictures.insert(picture.cid().to_owned(), picture);
            }
            Err(error) => diagnostics.push(refused(url, &error).at(sight.place(node))),
        },
    }
}

/// The picture that an issue wants over its text, from beside it or from the web; loaded like any other.
pub(crate) fn hero(
    issue: &Issue,
    source: &dyn Pictures,
    (pictures, diagnostics): (&mut BTreeMap<String, Picture>, &mut Diagnostics),
) -> Option<Hero> {
    let image = issue.front.image.as_ref()?;
    match links::scheme(image.value.trim()).as_deref() {
        Some("https") => return Some(Hero { src: escape(image.value.trim()), width: PAGE_WIDTH }),
        Some(_) => {
            let message = "mail programs show pictures from `https:` addresses only";
            let diagnostic = Diagnostic::error(BAD_ADDRESS, message).at(image.place.clone());
            diagnostics.push(diagnostic.hint("write `https:`, or put the picture beside the issue"));
            return None;
        }
        None => {}
    }
    match source.load(&image.value) {
        Ok(picture) => {
            let hero = Hero { src: format!("cid:{}", picture.cid()), width: picture.width().min(PAGE_WIDTH) };
            pictures.insert(picture.cid().to_owned(), picture);
            Some(hero)
        }
        Err(error) => {
            diagnostics.push(refused(&image.value, &error).at(image.place.clone()));
            None
        }
    }
}

fn refused(url: &str, error: &PictureError) -> Diagnostic {
    let hint = match error {
        PictureError::Missing { near: Some(near) } => format!("did you mean `{near}`? Upper and lower case differ"),
        PictureError::Missing { near: None } => format!("put `{url}` into the issue's folder"),
        PictureError::Outside => "put a copy into the issue's folder".into(),
        PictureError::Absolute => "put the picture beside the issue, and write only its name".into(),
        PictureError::NotAPicture => "save it again as PNG or JPEG".into(),
        PictureError::TooLarge { .. } => "save a smaller one: 1,200 pixels wide is enough".into(),
        PictureError::Unsupported { .. } => "save it as PNG, JPEG or GIF".into(),
        PictureError::Unreadable => "look at the rights of the file".into(),
    };
    Diagnostic::error(CANNOT_SEND, format!("{error}: `{url}`")).hint(hint)
}

/// The width that an author asks for: `{width=300}`.
fn asked_width(node: Node<'_>) -> Option<u32> {
    let data = node.data();
    let pairs = &data.attrs.as_ref()?.pairs;
    let (_, width) = pairs.iter().find(|(key, _)| key == "width")?;
    width.trim_end_matches("px").parse().ok().filter(|it| *it > 0)
}

fn set_width(node: Node<'_>, usual: u32, picture: Option<&Picture>) {
    let width = asked_width(node).unwrap_or(usual).min(CONTENT_WIDTH);
    let mut data = node.data_mut();
    if let (NodeValue::Image(link), Some(picture)) = (&mut data.value, picture) {
        link.url = format!("cid:{}", picture.cid());
    }
    let attributes = data.attrs.get_or_insert_with(Box::default);
    attributes.pairs = vec![("width".into(), width.to_string())];
}

/// HTML with its entities and control characters read, in lower case, as a browser would find a scheme in it.
pub(crate) fn disguised(html: &str) -> String {
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
        let length = digits.find(|it: char| !it.is_digit(radix)).unwrap_or(digits.len());
        let read = u32::from_str_radix(&digits[..length], radix).ok().and_then(char::from_u32);
        if let Some(character) = read {
            out.push(character);
            rest = digits[length..].strip_prefix(';').unwrap_or(&digits[length..]);
        } else if let Some(after) = rest.strip_prefix("colon;") {
            out.push(':');
            rest = after;
        } else if let Some(after) = rest.strip_prefix("Tab;").or_else(|| rest.strip_prefix("NewLine;")) {
            rest = after;
        } else {
            out.push('&');
        }
    }
    out.push_str(rest);
    out.retain(|it| !it.is_control() && !it.is_whitespace());
    out.to_lowercase()
}
