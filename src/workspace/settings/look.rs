//! How the sender looks and greets.

use std::collections::BTreeMap;

use super::reader::Reader;
use crate::language::Lang;
use crate::render::frame::{Brand, BrandLink, Greeting};
use crate::source::{Code, Diagnostic};

const BAD_COLOUR: Code = Code("NL130");
const BAD_FONT: Code = Code("NL131");
const BAD_LINK: Code = Code("NL132");
const HALF_GREETING: Code = Code("NL133");

/// How the sender looks; what is absent is as usual.
pub(super) fn brand(mut reader: Reader<'_, '_>) -> Brand {
    let colour = colour(&mut reader);
    let logo = reader.text("logo").map(|it| it.value);
    let font = reader.text("font").and_then(|font| {
        if font.value.chars().all(|it| it.is_alphanumeric() || " ,-_'\"".contains(it)) {
            return Some(font.value.replace('"', "'"));
        }
        let diagnostic = Diagnostic::error(BAD_FONT, "`font` has names of fonts and commas only");
        reader.tell(diagnostic, font.place, "write it like this: font: Georgia, 'Times New Roman', serif");
        None
    });
    let links = reader.group("links").map(links).unwrap_or_default();
    reader.finish_with(&[("color", "did you mean `colour`?"), ("farve", "did you mean `colour`?")]);
    let usual = Brand::default();
    Brand { colour: colour.unwrap_or(usual.colour), logo, font: font.unwrap_or(usual.font), links }
}

fn colour(reader: &mut Reader<'_, '_>) -> Option<String> {
    let colour = reader.text("colour")?;
    let digits = colour.value.strip_prefix('#').unwrap_or(&colour.value);
    let valid = digits.chars().all(|it| it.is_ascii_hexdigit());
    match (valid, digits.len()) {
        (true, 6) => Some(format!("#{digits}")),
        (true, 3) => Some(digits.chars().fold("#".to_owned(), |all, it| format!("{all}{it}{it}"))),
        (true | false, _) => {
            let diagnostic = Diagnostic::error(BAD_COLOUR, format!("`{}` is no colour", colour.value));
            reader.tell(diagnostic, colour.place, "write it like this: colour: \"#3A7F3B\"");
            None
        }
    }
}

fn links(mut reader: Reader<'_, '_>) -> Vec<BrandLink> {
    let mut links = Vec::new();
    for (key, node) in reader.rest() {
        let Some(url) = reader.text_of(node, &key.value) else { continue };
        let known = ["https://", "http://", "mailto:"].iter().any(|it| url.value.starts_with(it));
        if known && !url.value.contains(char::is_whitespace) {
            links.push(BrandLink { text: key.value.clone(), url: url.value });
        } else {
            let diagnostic = Diagnostic::error(BAD_LINK, format!("`{}` is no address of a page", url.value));
            reader.tell(diagnostic, url.place, format!("write it like this: {}: https://forening.example/", key.value));
        }
    }
    links
}

pub(super) fn greeting(mut reader: Reader<'_, '_>) -> BTreeMap<Lang, Greeting> {
    let mut greetings = BTreeMap::new();
    for lang in Lang::ALL {
        let Some(mut inner) = reader.group(lang.tag()) else { continue };
        let (with, without) = (inner.text("with_name"), inner.text("without_name"));
        if let (Some(with), Some(without)) = (with, without) {
            greetings.insert(lang, Greeting { with_name: with.value, without_name: without.value });
        } else {
            let message = format!("the greeting in {lang} needs both `with_name` and `without_name`");
            let place = inner.place();
            let hint = "write both: with_name: \"Kære {{ first_name }}\" and without_name: \"Kære medlem\"";
            inner.tell(Diagnostic::error(HALF_GREETING, message), place, hint);
        }
        inner.finish_with(&[]);
    }
    reader.finish_with(&[]);
    greetings
}
