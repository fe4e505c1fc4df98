//! Reads `brand`: the sender's appearance.

use crate::base::message::{Message, message};
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::span::{Span, Spanned};
use crate::base::source::text::Source;
use crate::base::source::yaml::fields::MappingReader;
use crate::base::source::yaml::node::Node;
use crate::base::source::yaml::node::NodeKind;
use crate::edition::colour::{Colour, READABLE};
use crate::edition::colour_names;
use crate::edition::context::{Brand, BrandLink, BrandLogo};
use crate::edition::fonts;
use crate::people::person::Localised;

const BAD_COLOUR: Code = Code("NL130");
const BAD_FONT: Code = Code("NL131");
const BAD_LINK: Code = Code("NL132");
const NO_LOGO: Code = Code("NL653");
const UNREADABLE: Code = Code("NL526");
const RARE_FONT: Code = Code("NL528");

/// Reads a brand; missing keys are as in `usual`.
pub(super) fn brand(mut reader: MappingReader<'_, '_>, usual: &Brand) -> Brand {
    let colour = colour(&mut reader).unwrap_or(usual.colour);
    let logo = reader.with("logo", logo).or_else(|| usual.logo.clone());
    let font = font(&mut reader).unwrap_or_else(|| usual.font.clone());
    let links = if reader.has("links") { links(&mut reader) } else { usual.links.clone() };
    reader.finish_or_guess(&[
        ("color", message!("did you mean `colour`?", "mente du `colour`?")),
        ("farve", message!("did you mean `colour`?", "mente du `colour`?")),
    ]);
    Brand { colour, logo, font, links }
}

/// `logo: logo.png`, or with a picture for dark mode: `logo: {file: logo.png, dark: logo-white.png}`.
fn logo(source: &Source, node: &Node, diagnostics: &mut Diagnostics) -> Option<BrandLogo> {
    if !matches!(node.kind, NodeKind::Mapping(_)) {
        return Some(BrandLogo { file: node.text(source, "logo", diagnostics)?, dark: None });
    }
    let mut fields = MappingReader::new(source, node, &Message::verbatim("logo"), diagnostics)?;
    let (file, dark) = (fields.text("file"), fields.text("dark"));
    fields.finish_or_guess(
        &["src", "light", "path", "url"].map(|wrong| (wrong, message!("did you mean `file`?", "mente du `file`?"))),
    );
    if file.is_none() {
        let diagnostic =
            Diagnostic::error(NO_LOGO, message!("`logo` has no file", "`logo` har ingen fil")).at(node.place(source));
        diagnostics.push(diagnostic.hint(message!(
            "write it like this: logo: {{file: logo.png, dark: logo-white.png}}",
            "skriv det sådan: logo: {{file: logo.png, dark: logo-white.png}}"
        )));
    }
    Some(BrandLogo { file: file?, dark })
}

fn colour(reader: &mut MappingReader<'_, '_>) -> Option<Colour> {
    let typed = reader.text("colour")?;
    let Some(colour) = Colour::parse(&typed.value) else {
        let diagnostic =
            Diagnostic::error(BAD_COLOUR, message!("invalid colour `{}`", "ugyldig farve `{}`", typed.value));
        let hint = match colour_names::named(&typed.value) {
            Some(named) => message!("write colour: \"{named}\"", "skriv colour: \"{named}\""),
            None => message!("write it like this: colour: \"#3A7F3B\"", "skriv det sådan: colour: \"#3A7F3B\""),
        };
        reader.report(diagnostic.at(typed.place).hint(hint));
        return None;
    };
    let contrast = colour.contrast(Colour::WHITE);
    if contrast < READABLE {
        // Rounded down: 4.46 is not 4.5.
        let contrast = (contrast * 10.0).floor() / 10.0;
        let ratio = |number: f64| {
            let text = format!("{number:.1}");
            let translation = text.replace('.', ",");
            Message::translated(text, translation)
        };
        let (contrast, readable) = (ratio(contrast), ratio(READABLE));
        let message = message!(
            "{colour} is too light: its contrast with white is {contrast}:1, and buttons and links need {readable}:1",
            "{colour} er for lys: kontrasten til hvid er {contrast}:1, og knapper og links kræver {readable}:1"
        );
        let near = colour.darkened(&[Colour::WHITE]);
        let hint = message!(
            "write the nearest readable colour: colour: \"{near}\"",
            "skriv den nærmeste læsbare farve: colour: \"{near}\""
        );
        reader.report(Diagnostic::error(UNREADABLE, message).at(typed.place).hint(hint));
    }
    Some(colour)
}

fn font(reader: &mut MappingReader<'_, '_>) -> Option<String> {
    let font = reader.text("font")?;
    if !font.value.chars().all(|sign| sign.is_alphanumeric() || " ,-_'\"".contains(sign)) {
        let diagnostic = Diagnostic::error(
            BAD_FONT,
            message!(
                "`font` must be names of fonts, separated by commas",
                "`font` skal være navne på skrifttyper med komma imellem"
            ),
        );
        reader.report(diagnostic.at(font.place).hint(message!(
            "write it like this: font: Georgia, 'Times New Roman', serif",
            "skriv det sådan: font: Georgia, 'Times New Roman', serif"
        )));
        return None;
    }
    if !font.value.split(',').any(fonts::is_common) {
        let message = message!("few readers have the font {}", "få læsere har skrifttypen {}", font.value);
        let hint = message!(
            "add common fonts: font: {}, Arial, sans-serif",
            "tilføj almindelige skrifttyper: font: {}, Arial, sans-serif",
            font.value
        );
        reader.report(Diagnostic::warning(RARE_FONT, message).at(font.place).hint(hint));
    }
    Some(font.value.replace('"', "'"))
}

/// Links are `text: address`, or a list of `text` and `url` if the text differs by language.
fn links(reader: &mut MappingReader<'_, '_>) -> Vec<BrandLink> {
    let source = reader.source();
    let Some(node) = reader.node("links") else { return Vec::new() };
    let diagnostics = reader.diagnostics();
    if matches!(node.kind, NodeKind::Sequence(_)) {
        let items = node.list(source, "links", diagnostics).unwrap_or_default();
        return items.iter().filter_map(|item| listed(item, source, diagnostics)).collect();
    }
    let Some(mut links) = MappingReader::new(source, node, &Message::verbatim("links"), diagnostics) else {
        return Vec::new();
    };
    let texts = links.rest_texts();
    let mut links = Vec::new();
    for (key, url) in texts {
        let Some(url) = url else { continue };
        let text = Localised::Same(Spanned { value: key.value.clone(), place: key.place(source) });
        links.extend(link(text, url, &key.value, diagnostics));
    }
    links
}

fn listed(node: &Node, source: &Source, diagnostics: &mut Diagnostics) -> Option<BrandLink> {
    let mut fields = MappingReader::new(source, node, &message!("a link", "et link"), diagnostics)?;
    let text = fields.with("text", |source, node, diagnostics| Localised::from_node(source, node, "text", diagnostics));
    let url = fields.text("url");
    let place = fields.place();
    fields.finish();
    let (Some(text), Some(url)) = (text, url) else {
        let hint = message!(
            "write both: - {{text: {{da: Om os, en: About us}}, url: https://forening.example/}}",
            "skriv begge: - {{text: {{da: Om os, en: About us}}, url: https://forening.example/}}"
        );
        diagnostics.push(diagnostic(
            message!("a link needs `text` and `url`", "et link skal have `text` og `url`"),
            place,
            hint,
        ));
        return None;
    };
    link(text, url, "url", diagnostics)
}

fn link(text: Localised, url: Spanned<String>, key: &str, diagnostics: &mut Diagnostics) -> Option<BrandLink> {
    let known = ["https://", "http://", "mailto:"].iter().any(|scheme| url.value.starts_with(scheme));
    if known && !url.value.contains(char::is_whitespace) {
        return Some(BrandLink { text, url });
    }
    let hint = message!(
        "write it like this: {key}: https://forening.example/",
        "skriv det sådan: {key}: https://forening.example/"
    );
    diagnostics.push(diagnostic(message!("invalid address `{}`", "ugyldig adresse `{}`", url.value), url.place, hint));
    None
}

fn diagnostic(message: Message, place: Span, hint: Message) -> Diagnostic {
    Diagnostic::error(BAD_LINK, message).at(place).hint(hint)
}
