//! How an edition looks: the page round its content, and its styles written into each element.

use css_inline::{CSSInliner, InlineOptions};
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value, context};
use serde::Serialize;

use crate::digest::Digest;
use crate::render::frame::Brand;
use crate::render::words::Words;
use crate::source::{Code, Diagnostic, Diagnostics, Source};

const BAD_THEME: Code = Code("NL520");

const BAD_BRAND: Code = Code("NL521");

const INCOMPLETE: Code = Code("NL522");

const LETTER: &str = "newsletter.html";
const BUTTON: &str = "button.html";
const STYLES: &str = "theme.css";

/// A theme whose templates have been read.
#[derive(Debug)]
pub struct Theme {
    engine: Environment<'static>,
    brand: Brand,
    sources: [Source; 3],
}

/// What a button of a theme is made of: finished pieces.
#[derive(Debug, Serialize)]
pub(crate) struct ButtonPieces {
    pub(crate) href: String,
    pub(crate) mso_href: String,
    pub(crate) label: String,
    pub(crate) mso_label: String,
    pub(crate) width: u32,
}

/// A picture over the text, which says nothing that the text does not.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Hero {
    pub(crate) src: String,
    pub(crate) width: u32,
}

/// What a page of a theme is made of: finished pieces, never the person.
#[derive(Debug, Serialize)]
pub(crate) struct Pieces {
    pub(crate) lang: &'static str,
    pub(crate) subject: String,
    /// The subject as a heading; absent where the issue has one of its own.
    pub(crate) heading: Option<String>,
    pub(crate) preheader: String,
    /// A picture over the text; absent: none.
    pub(crate) hero: Option<Hero>,
    pub(crate) content: String,
    pub(crate) sender: String,
    pub(crate) reason: String,
    pub(crate) postal_address: Vec<String>,
    pub(crate) unsubscribe: String,
    pub(crate) online: Option<String>,
    pub(crate) words: Words,
}

/// The files of a theme.
#[derive(Clone, Debug)]
pub struct ThemeFiles {
    /// The page: `newsletter.html`.
    pub letter: Source,
    /// A button: `button.html`.
    pub button: Source,
    /// The styles that are written into the elements: `theme.css`.
    pub styles: Source,
}

impl ThemeFiles {
    /// The built-in theme, for each file that a project's own does not have.
    pub fn built_in() -> Self {
        Self {
            letter: Source::new(
                "templates/default/newsletter.html",
                include_str!("../../templates/default/newsletter.html"),
            ),
            button: Source::new("templates/default/button.html", include_str!("../../templates/default/button.html")),
            styles: Source::new("templates/default/theme.css", include_str!("../../templates/default/theme.css")),
        }
    }
}

impl Theme {
    /// Reads a theme for a brand.
    ///
    /// # Errors
    /// Where a template cannot be read, or where the brand's colour or font cannot be used.
    pub fn parse(files: ThemeFiles, brand: Brand) -> Result<Self, Diagnostics> {
        let mut engine = Environment::new();
        engine.set_undefined_behavior(UndefinedBehavior::SemiStrict);
        engine.set_auto_escape_callback(|_| AutoEscape::None);
        engine.set_debug(true);
        engine.set_fuel(Some(100_000));
        let mut diagnostics = check_brand(&brand);
        let named = [(LETTER, &files.letter), (BUTTON, &files.button), (STYLES, &files.styles)];
        for (name, source) in named {
            if let Err(error) = engine.add_template_owned(name, source.text().to_owned()) {
                diagnostics.push(told(&error, source));
            }
        }
        if diagnostics.has_errors() {
            return Err(diagnostics);
        }
        Ok(Self { engine, brand, sources: [files.letter, files.button, files.styles] })
    }

    /// Every text of the theme.
    /// The digest of its files and its brand: what decides how an edition looks.
    pub fn digest(&self) -> Digest {
        let brand = format!("{:?}", self.brand);
        let files = self.sources.iter().map(|it| it.text().as_bytes());
        Digest::of(files.chain(std::iter::once(brand.as_bytes())))
    }

    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> + Clone {
        let brand = [self.brand.colour.as_str(), self.brand.font.as_str()];
        self.sources.iter().map(Source::text).chain(brand)
    }

    /// One button.
    pub(crate) fn button(&self, pieces: &ButtonPieces) -> String {
        let brand = self.look();
        let rendered = self
            .engine
            .get_template(BUTTON)
            .and_then(|it| it.render(context! { button => Value::from(Serde(pieces)), brand }));
        // What a button's template does with text alone cannot differ from one button to the next; `page` tells it.
        rendered.unwrap_or_default()
    }

    /// The whole page with its styles in place.
    pub(crate) fn page(&self, pieces: &Pieces, diagnostics: &mut Diagnostics) -> Option<String> {
        let [letter, button, styles] = &self.sources;
        let probe = ButtonPieces {
            href: String::new(),
            mso_href: String::new(),
            label: String::new(),
            mso_label: String::new(),
            width: 1,
        };
        let brand = self.look();
        let css = self.render(STYLES, styles, context! { brand => brand.clone() }, diagnostics);
        let tried = self.render(
            BUTTON,
            button,
            context! { button => Value::from(Serde(probe)), brand => brand.clone() },
            diagnostics,
        );
        let page =
            self.render(LETTER, letter, context! { styles => css?, brand, ..Value::from(Serde(pieces)) }, diagnostics);
        tried?;
        let page = page?;
        check_complete(&page, pieces, letter, diagnostics);
        // Blocks that say `data-css-inline="keep"` stay as they are: what depends on the screen cannot be inlined.
        let inliner = CSSInliner::new(InlineOptions { load_remote_stylesheets: false, ..InlineOptions::default() });
        match inliner.inline(&page) {
            Ok(page) => Some(page),
            Err(error) => {
                diagnostics.push(
                    Diagnostic::error(BAD_THEME, format!("the styles cannot be used: {error}")).at(styles.line(1)),
                );
                None
            }
        }
    }

    fn look(&self) -> Value {
        let links: Vec<Value> =
            self.brand.links.iter().map(|it| context! { text => escaped(&it.text), url => escaped(&it.url) }).collect();
        context! {
            colour => &self.brand.colour,
            font => &self.brand.font,
            logo => self.brand.logo.as_deref().map(escaped),
            links,
        }
    }

    fn render(&self, name: &str, source: &Source, values: Value, diagnostics: &mut Diagnostics) -> Option<String> {
        match self.engine.get_template(name).and_then(|it| it.render(values)) {
            Ok(text) => Some(text),
            Err(error) => {
                diagnostics.push(told(&error, source));
                None
            }
        }
    }
}

/// Tells of a colour or a font that would break the styles, or that white text cannot be read on.
fn check_brand(brand: &Brand) -> Diagnostics {
    let mut diagnostics = Diagnostics::new();
    match luminance(&brand.colour) {
        None => diagnostics.push(
            Diagnostic::error(BAD_BRAND, format!("`{}` is no colour", brand.colour))
                .hint("write `#` and six digits, such as \"#3A7F3B\""),
        ),
        Some(luminance) if 1.05 / (luminance + 0.05) < CONTRAST => diagnostics.push(
            Diagnostic::error(
                BAD_BRAND,
                format!("the colour {} is too light for the white text of a button", brand.colour),
            )
            .hint("take a darker one"),
        ),
        Some(_) => {}
    }
    if brand.font.contains(['{', '}', ';', '<', '>', '"']) {
        diagnostics.push(
            Diagnostic::error(BAD_BRAND, "the font's name holds a sign that styles cannot hold")
                .hint("write names with commas between them, and those with spaces in single quotes"),
        );
    }
    diagnostics
}

/// The least contrast of text (WCAG 2.2, 1.4.3).
const CONTRAST: f64 = 4.5;

/// How light a colour is, from 0 to 1 (WCAG 2.2, relative luminance).
fn luminance(colour: &str) -> Option<f64> {
    let digits = colour.strip_prefix('#').filter(|it| it.len() == 6 && it.is_ascii())?;
    let channel = |at: usize| {
        let part = f64::from(u8::from_str_radix(&digits[at..at + 2], 16).ok()?) / 255.0;
        Some(if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) })
    };
    Some(0.2126 * channel(0)? + 0.7152 * channel(2)? + 0.0722 * channel(4)?)
}

fn escaped(text: &str) -> String {
    crate::render::html::escape(text)
}

fn told(error: &minijinja::Error, source: &Source) -> Diagnostic {
    let message = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
    let place = error.range().map_or_else(|| source.line(error.line().unwrap_or(1)), |it| source.place(it));
    Diagnostic::error(BAD_THEME, format!("the theme cannot be used: {message}")).at(place)
}

/// Tells of what every letter must hold and a theme leaves out: its text, why it comes, from where, and how to leave.
fn check_complete(page: &str, pieces: &Pieces, letter: &Source, diagnostics: &mut Diagnostics) {
    let address = pieces.postal_address.first().map_or("", String::as_str);
    let needed = [
        ("content", pieces.content.as_str()),
        ("reason", &pieces.reason),
        ("unsubscribe", &pieces.unsubscribe),
        ("postal_address", address),
    ];
    for (name, _) in needed.into_iter().filter(|(_, piece)| !page.contains(piece)) {
        diagnostics.push(
            Diagnostic::error(INCOMPLETE, format!("the theme leaves out `{name}`, which every letter must have"))
                .at(letter.line(1))
                .hint("the built-in theme shows where it stands: templates/default/newsletter.html of this program"),
        );
    }
}
