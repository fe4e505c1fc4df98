//! Puts the pictures of an issue into an edition: loads them, and sets their addresses and widths.

use comrak::nodes::{Node, NodeValue};

use crate::base::message::{composed, message};
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::span::{Span, Spanned};
use crate::edition::blocks::{self, picture_shapes};
use crate::edition::compile_context::CompileContext;
use crate::edition::html::escape::escape;
use crate::edition::images::collection::PictureSet;
use crate::edition::images::error::PictureError;
use crate::edition::images::picture::{ScaledPicture, WidthLimits};
use crate::edition::images::placement::PicturePath;
use crate::edition::links;
use crate::edition::lint::alt_text;
use crate::edition::theme::template_values::Hero;
use crate::issue::manuscript::tree;

const CANNOT_SEND: Code = Code("NL511");
const BAD_ADDRESS: Code = Code("NL512");
const NO_WIDTH: Code = Code("NL513");
const BLURRED: Code = Code("NL540");
const BAD_WIDTH: Code = Code("NL544");

/// The width of the sender's logo in pixels.
pub(crate) const LOGO_WIDTH: u32 = 160;
/// Narrower pictures are icons and badges, which may be blurred.
const SMALL: u32 = 200;

/// Loads the picture of a node and writes its address and width into the node.
#[expect(clippy::too_many_lines, reason = "each message has a text in two languages")]
pub(crate) fn picture(
    node: Node<'_>,
    url: &str,
    context: CompileContext<'_>,
    pictures: &mut PictureSet<'_>,
    diagnostics: &mut Diagnostics,
) {
    apply_alt_attribute(node, context);
    alt_text::check(node, context, diagnostics);
    let requested = requested_width(node, context, diagnostics);
    let whole = context.theme.text_room();
    let on_phone = blocks::width_on_phone(node).filter(|_| requested.is_none());
    match links::scheme(url.trim()).as_deref() {
        Some("https") => {
            // Nothing is loaded over the network to compile an edition, not even the size of a picture.
            if requested.is_none() && !blocks::decides_width(node) {
                diagnostics.push(unknown_width(whole.column).at(context.place(node)));
            }
            let room = blocks::room(node, whole);
            let width = requested.unwrap_or(room).min(room);
            set_width(node, width, on_phone.unwrap_or(width));
            tree::set_attribute(node, tree::ASKED_WIDTH, requested.map(|width| width.to_string()).as_deref());
        }
        Some("http") => diagnostics.push(
            Diagnostic::error(
                BAD_ADDRESS,
                message!(
                    "mail programs do not show pictures from `http:` URLs",
                    "mailprogrammer viser ikke billeder fra `http:`-adresser"
                ),
            )
            .at(context.place(node))
            .hint(message!(
                "write `https:`, or put the picture beside the issue",
                "skriv `https:`, eller læg billedet ved siden af nyhedsbrevet"
            )),
        ),
        // `C:` is a drive of Windows, not a scheme.
        Some(scheme) if scheme == "file" || scheme.len() == 1 => {
            diagnostics.push(picture_diagnostic(url, &PictureError::Absolute).at(context.place(node)));
        }
        Some(scheme) => {
            diagnostics.push(
                Diagnostic::warning(
                    BAD_ADDRESS,
                    message!(
                        "a picture from `{scheme}:` is left out; its text stays",
                        "et billede fra `{scheme}:` udelades; teksten bliver stående"
                    ),
                )
                .at(context.place(node))
                .hint(message!(
                    "put the picture beside the issue, or write its https URL",
                    "læg billedet ved siden af nyhedsbrevet, eller skriv dets https-adresse"
                )),
            );
            tree::unwrap(node);
        }
        None if !context.placeholders.tags_in(url).is_empty() => diagnostics.push(
            Diagnostic::error(
                BAD_ADDRESS,
                message!(
                    "the file name of a picture cannot contain a value",
                    "et billedes filnavn kan ikke indeholde en værdi"
                ),
            )
            .at(context.place(node))
            .hint(message!(
                "write a whole https URL, or put the picture into a condition",
                "skriv en hel https-adresse, eller sæt billedet i en betingelse"
            )),
        ),
        None => {
            let (most, shape) = (blocks::room(node, whole), picture_shapes::of(node));
            let limits = WidthLimits { asked: requested, most, on_phone, shape };
            let file = RequestedFile { name: url, limits, syntax: PictureSyntax::Markdown };
            let loaded = beside_issue(file, &context.place(node), pictures, diagnostics);
            if let Some((address, shown)) = loaded {
                set_width(node, shown.width, shown.widest);
                tree::set_attribute(node, tree::ASKED_WIDTH, requested.map(|width| width.to_string()).as_deref());
                if let NodeValue::Image(link) = &mut node.data_mut().value {
                    link.url = address;
                }
            }
        }
    }
}

/// Loads a picture from a file beside the issue: its address, and how it is shown. A problem is reported.
pub(crate) fn beside_issue(
    file: RequestedFile<'_>,
    place: &Span,
    pictures: &mut PictureSet<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<(String, ScaledPicture)> {
    match pictures.add(PicturePath::BesideIssue(file.name), file.limits, place) {
        Ok((address, shown)) => {
            warn_blurred(file, &shown, place, diagnostics);
            Some((address, shown))
        }
        Err(error) => {
            diagnostics.push(picture_diagnostic(file.name, &error).at(place.clone()));
            None
        }
    }
}

/// A picture's file as an author names it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RequestedFile<'n> {
    /// Its path, relative to the issue.
    pub(crate) name: &'n str,
    /// How wide it may be.
    pub(crate) limits: WidthLimits,
    /// How it is written.
    pub(crate) syntax: PictureSyntax,
}

/// How an author names a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PictureSyntax {
    /// `![Five houses](houses.png){width=300}`
    Markdown,
    /// `<img src="houses.png" alt="Five houses" width="300">`
    Html,
    /// A key of the front matter or the settings.
    Key,
}

/// Makes the value of `{alt="…"}` the alternative text of a picture.
fn apply_alt_attribute<'a>(node: Node<'a>, context: CompileContext<'_>) {
    let Some(text) = alt_text::attribute(node).filter(|text| context.placeholders.tags_in(text).is_empty()) else {
        return;
    };
    let children: Vec<Node<'a>> = node.children().collect();
    if text.trim().is_empty() {
        children.into_iter().for_each(comrak::arena_tree::Node::detach);
    } else if let Some((first, others)) = children.split_first() {
        first.data_mut().value = NodeValue::Text(text.into());
        for other in others {
            other.detach();
        }
    }
}

/// The picture above the text of an issue, from beside the issue or from the web.
pub(crate) fn hero(
    context: CompileContext<'_>,
    pictures: &mut PictureSet<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Hero> {
    let CompileContext { issue, lang, theme, .. } = context;
    let image = issue.front.image.as_ref()?;
    let [alt, caption] = [&image.alt, &image.caption].map(|texts| {
        let text = texts.as_ref().and_then(|texts| texts.for_lang(lang));
        text.map_or_else(String::new, |text| text.value.trim().to_owned())
    });
    let (src, width) = if is_on_web(&image.file) {
        (escape(image.file.value.trim()), theme.hero_width())
    } else {
        let path = PicturePath::BesideIssue(&image.file.value);
        let limits = WidthLimits { most: theme.hero_width(), ..WidthLimits::default() };
        let shown = outside_text(&image.file, OutsidePicture { path, limits }, pictures, diagnostics)?;
        (pictures.keep(path, &shown, &image.file.place), shown.width)
    };
    Some(Hero { src, width, alt, caption })
}

/// A picture outside the text, and how wide it may be.
#[derive(Clone, Copy)]
pub(crate) struct OutsidePicture<'n> {
    pub(crate) path: PicturePath<'n>,
    pub(crate) limits: WidthLimits,
}

/// Whether a picture outside the text is named by its `https` address.
pub(crate) fn is_on_web(written: &Spanned<String>) -> bool {
    links::scheme(written.value.trim()).as_deref() == Some("https")
}

/// Loads the file of a picture outside the text; what is wrong with it is reported.
pub(crate) fn outside_text(
    written: &Spanned<String>,
    OutsidePicture { path, limits }: OutsidePicture<'_>,
    pictures: &PictureSet<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<ScaledPicture> {
    if links::scheme(written.value.trim()).is_some() {
        let message = message!(
            "mail programs show pictures from `https:` URLs only",
            "mailprogrammer viser kun billeder fra `https:`-adresser"
        );
        let diagnostic = Diagnostic::error(BAD_ADDRESS, message).at(written.place.clone());
        diagnostics.push(diagnostic.hint(message!(
            "write `https:`, or the name of a file in the project",
            "skriv `https:` eller navnet på en fil i projektet"
        )));
        return None;
    }
    match pictures.load(path, limits) {
        Ok(shown) => {
            let file = RequestedFile { name: &written.value, limits, syntax: PictureSyntax::Key };
            warn_blurred(file, &shown, &written.place, diagnostics);
            Some(shown)
        }
        Err(error) => {
            diagnostics.push(picture_diagnostic(&written.value, &error).at(written.place.clone()));
            None
        }
    }
}

fn picture_diagnostic(url: &str, error: &PictureError) -> Diagnostic {
    let hint = match error {
        PictureError::Missing { near: Some(near) } if near.contains('/') => {
            message!("write `{near}`, with `/` between folders", "skriv `{near}` med `/` mellem mapper")
        }
        PictureError::Missing { near: Some(near) } => message!(
            "did you mean `{near}`? Upper and lower case differ",
            "mente du `{near}`? Store og små bogstaver er ikke ens"
        ),
        PictureError::Missing { near: None } => {
            message!("put `{url}` into the issue's folder", "læg `{url}` i nyhedsbrevets mappe")
        }
        PictureError::Outside => message!("put a copy into the issue's folder", "læg en kopi i nyhedsbrevets mappe"),
        PictureError::Absolute => message!(
            "put the picture beside the issue, and write only its name",
            "læg billedet ved siden af nyhedsbrevet, og skriv kun dets navn"
        ),
        PictureError::NotAPicture => message!("save it again as PNG or JPEG", "gem det igen som PNG eller JPEG"),
        PictureError::CutOff => message!(
            "copy or download it again, or save it again as PNG or JPEG",
            "kopiér eller hent det igen, eller gem det igen som PNG eller JPEG"
        ),
        PictureError::TooLarge { .. } | PictureError::TooManyPixels { .. } => {
            message!("save a smaller one: 1200 pixels wide is enough", "gem et mindre: 1200 pixels bredt er nok")
        }
        PictureError::Unsupported(format) => format.remedy(),
        PictureError::Unreadable => message!("check the permissions of the file", "se efter filens rettigheder"),
    };
    Diagnostic::error(CANNOT_SEND, composed!("{error}: `{url}`")).hint(hint)
}

/// Reports a picture with fewer pixels than high-resolution screens show in its width.
fn warn_blurred(file: RequestedFile<'_>, shown: &ScaledPicture, place: &Span, diagnostics: &mut Diagnostics) {
    let (natural, width) = (shown.natural, shown.width);
    if width < SMALL || natural.saturating_mul(2) >= width.saturating_mul(3) {
        return;
    }
    let url = file.name;
    let message = message!(
        "`{url}` is {natural} pixels wide and shown at {width}: it is blurred on most screens",
        "`{url}` er {natural} pixels bredt og vises i {width}: det er uskarpt på de fleste skærme"
    );
    let better = message!("use one that is {} pixels wide", "brug et, der er {} pixels bredt", width.saturating_mul(2));
    let smaller = natural.saturating_mul(2) / 3;
    let hint = match file.syntax {
        PictureSyntax::Markdown => message!(
            "{better}, or show it smaller: `{{width={smaller}}}`",
            "{better}, eller vis det mindre: `{{width={smaller}}}`"
        ),
        PictureSyntax::Html => message!(
            "{better}, or show it smaller: `width=\"{smaller}\"`",
            "{better}, eller vis det mindre: `width=\"{smaller}\"`"
        ),
        PictureSyntax::Key => better,
    };
    diagnostics.push(Diagnostic::warning(BLURRED, message).at(place.clone()).hint(hint));
}

/// The width that an author asks for: `{width=300}`.
fn requested_width(node: Node<'_>, context: CompileContext<'_>, diagnostics: &mut Diagnostics) -> Option<u32> {
    let pairs = node.data().attrs.as_ref().map(|attributes| attributes.pairs.clone()).unwrap_or_default();
    for (key, _) in pairs.iter().filter(|(key, _)| key != "width" && key != "alt") {
        let diagnostic = Diagnostic::warning(
            BAD_WIDTH,
            message!("unknown attribute `{key}` of a picture", "ukendt egenskab `{key}` ved et billede"),
        );
        diagnostics.push(diagnostic.at(context.place(node)).hint(message!(
            "the known ones are `{{width=300}}` and `{{alt=\"\"}}`",
            "de kendte er `{{width=300}}` og `{{alt=\"\"}}`"
        )));
    }
    let (_, written) = pairs.iter().find(|(key, _)| key == "width")?;
    let width = written.trim().trim_end_matches("px").parse().ok().filter(|width| *width > 0);
    if width.is_none() {
        let message = message!("`{written}` is not a valid width", "`{written}` er ikke en gyldig bredde");
        let column = context.theme.column_width();
        let hint = message!(
            "write a number of pixels: `{{width=300}}`; the text is {column} wide",
            "skriv et antal pixels: `{{width=300}}`; teksten er {column} pixels bred"
        );
        diagnostics.push(Diagnostic::error(BAD_WIDTH, message).at(context.place(node)).hint(hint));
    }
    width
}

fn unknown_width(column: u32) -> Diagnostic {
    let hint = message!(
        "it is shown {column} wide; write `![…](…){{width=300}}` for another width",
        "det vises {column} pixels bredt; skriv `![…](…){{width=300}}` for en anden bredde"
    );
    Diagnostic::warning(NO_WIDTH, message!("the width of this picture is unknown", "billedets bredde er ukendt"))
        .hint(hint)
}

/// Gives a picture its width, and the width that it has at most on any screen.
fn set_width(node: Node<'_>, width: u32, widest: u32) {
    let pairs = [("width", width), ("widest", widest.max(width))];
    node.data_mut().attrs.get_or_insert_with(Box::default).pairs =
        pairs.map(|(name, width)| (name.to_owned(), width.to_string())).into();
}
