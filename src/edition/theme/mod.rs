//! Themes: the page around an edition's content, with its styles inlined into the elements.

pub(crate) mod backgrounds;
mod css;
pub mod files;
mod harmless_html;
mod inlined;
pub(crate) mod palette;
mod required_pieces;
mod styles;
pub(crate) mod template_values;
pub(crate) mod text_template;
mod unsafe_html;
mod unsafe_styles;
mod used_selectors;
mod widths;

use std::ops::Range;

use css_inline::{CSSInliner, InlineOptions};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value, context};

use crate::base::digest::Digest;
use crate::base::limits;
use crate::base::message::message;
use crate::base::parser_words::parser_message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::text::Source;
use crate::edition::context::Brand;
use crate::edition::fonts;
use crate::edition::html::attribute_escaping;
use crate::edition::text_width::{FigureText, TableText, TextMeasure, TextRoom};
use crate::edition::theme::backgrounds::LogoBackgrounds;
use crate::edition::theme::files::{ThemeFile, ThemeFiles};
use crate::edition::theme::inlined::OwnRules;
use crate::edition::theme::palette::Palette;
use crate::edition::theme::styles::{SCREEN_STYLES, ScreenStyles, ThemeStyles};
use crate::edition::theme::template_values::{ButtonContext, EventContext, Logo, ThemeContext};
use crate::edition::theme::text_template::TemplatePiece;
use crate::edition::theme::used_selectors::UsedSelectors;
use crate::edition::theme::widths::{PageRooms, PageWidths};

const BAD_THEME: Code = Code("NL520");
const HEAVY: Code = Code("NL525");
const UNSAFE: Code = Code("NL581");
const UNSUBSCRIBE_LINK_ON_WEB: Code = Code("NL635");

/// How the built-in themes are named among the files of an issue.
const BUILT_IN_THEMES: &str = "the built-in themes";

/// The font size of the text, in pixels, in a theme that sets none for its tables.
const TEXT_SIZE: u32 = 16;

/// The most bytes of styles that Gmail accepts: it ignores `<style>` elements beyond that.
const STYLE_BYTES: usize = 16_384;

/// A theme whose files have been read.
#[derive(Debug)]
pub struct Theme {
    engine: Environment<'static>,
    brand: Brand,
    palette: Palette,
    files: ThemeFiles,
    styles: ThemeStyles,
    /// What a page has of them before it is finished.
    page_styles: String,
    screen_styles: ScreenStyles,
    /// Warnings about its styles, which do not stop an issue.
    warnings: Diagnostics,
}

/// The first tag that is too long for the engine, which calls itself for each operator.
fn long_tag(text: &str) -> Option<Range<usize>> {
    let tags = [("{{", "}}"), ("{%", "%}")].into_iter().flat_map(|(opening, closing)| {
        text.match_indices(opening).map(move |(at, _)| at..at + text[at..].find(closing).unwrap_or(text.len() - at))
    });
    tags.into_iter().find(|tag| tag.len() > limits::EXPRESSION)
}

impl Theme {
    /// Reads a theme for a brand.
    ///
    /// # Errors
    /// One of its files cannot be read.
    pub fn parse(files: ThemeFiles, brand: Brand) -> Result<Self, Diagnostics> {
        let mut engine = Environment::new();
        engine.set_undefined_behavior(UndefinedBehavior::SemiStrict);
        // The pieces are finished HTML, or plain text.
        engine.set_auto_escape_callback(|_| AutoEscape::None);
        // A value that an issue lacks is written as nothing; Jinja writes `None`.
        engine.set_formatter(
            |out, state, value| {
                if value.is_none() { Ok(()) } else { minijinja::escape_formatter(out, state, value) }
            },
        );
        // A line that holds only a statement leaves no blank line: in the text part that would end a paragraph.
        let mut syntax = SyntaxConfig::builder();
        engine.set_syntax(syntax.trim_blocks(true).lstrip_blocks(true).build().unwrap_or_default());
        engine.set_debug(true);
        engine.set_fuel(Some(100_000));
        let mut diagnostics = Diagnostics::new();
        for (name, text) in ThemeFiles::included() {
            if let Err(error) = engine.add_template_owned(name, text) {
                diagnostics.push(template_error(&error, files.source(ThemeFile::Letter)));
            }
        }
        for (file, source) in files.iter() {
            if let Some(tag) = long_tag(source.text()) {
                let message = message!(
                    "this template tag is longer than {} characters",
                    "skabelonfeltet er længere end {} tegn",
                    limits::EXPRESSION
                );
                diagnostics.push(
                    Diagnostic::error(BAD_THEME, message)
                        .at(source.place(tag))
                        .hint(message!("split it", "del det op")),
                );
            } else if let Err(error) = engine.add_template_owned(file.name(), source.text().to_owned()) {
                diagnostics.push(template_error(&error, source));
            }
        }
        let palette = Palette::of(brand.colour);
        let mut theme = Self {
            engine,
            brand,
            palette,
            files,
            styles: ThemeStyles::default(),
            page_styles: String::new(),
            screen_styles: ScreenStyles::default(),
            warnings: Diagnostics::new(),
        };
        if !diagnostics.has_errors() {
            theme.styles = theme.read_styles(&mut diagnostics);
            theme.screen_styles = ScreenStyles::of(&theme.styles);
            theme.page_styles = theme.styles.page_styles();
            let button =
                context! { button => Value::from(Serde(ButtonContext::default())), ..theme.brand_values(None) };
            theme.render(ThemeFile::Button, button, &mut diagnostics);
            theme.check_event(&mut diagnostics);
        }
        if diagnostics.has_errors() {
            return Err(diagnostics);
        }
        theme.warnings = diagnostics;
        Ok(theme)
    }

    /// Warnings about it, which do not stop an issue.
    pub(crate) fn warnings(&self) -> &Diagnostics {
        &self.warnings
    }

    fn read_styles(&self, diagnostics: &mut Diagnostics) -> ThemeStyles {
        let mut read = |file: ThemeFile| {
            let css = self.render(file, self.brand_values(None), diagnostics).unwrap_or_default();
            css::rules(&css, self.files.source(file), diagnostics)
        };
        let [mut rules, own, dark, phone] =
            [ThemeFile::Base, ThemeFile::Styles, ThemeFile::Dark, ThemeFile::Phone].map(&mut read);
        inlined::check(&rules, self.files.source(ThemeFile::Base), diagnostics);
        inlined::check(&own, self.files.source(ThemeFile::Styles), diagnostics);
        rules.extend(own);
        let wide = widths::font_size(&rules, ".data").unwrap_or(TEXT_SIZE);
        let measure = |size| TextMeasure::new(&self.brand.font, size);
        let table_measures = [wide, widths::font_size(&phone, ".data").unwrap_or(wide)].map(measure);
        let figure_measures = [".figure-value", ".figure-label"]
            .map(|class| measure(widths::font_size(&rules, class).unwrap_or(TEXT_SIZE)));
        let (own, widths) = (OwnRules::of(&rules, &self.brand.font), PageWidths::of(&rules));
        let rooms = PageRooms::of(&rules, &phone);
        let backgrounds = LogoBackgrounds::of(&rules, &dark);
        ThemeStyles { own, dark, phone, widths, rooms, table_measures, figure_measures, backgrounds }
    }

    /// The digests of the project's own files of the theme, and one of everything built in, since a theme may include any
    /// built-in file. Its brand is in `newsletter.yaml`.
    pub fn digests(&self) -> impl Iterator<Item = (String, Digest)> {
        let own = self.files.own().map(|source| (source.path().to_string(), source.digest()));
        let built_in: Vec<(String, &str)> = ThemeFiles::included().collect();
        let built_in = built_in.iter().flat_map(|(name, text)| [name.as_bytes(), text.as_bytes()]);
        own.chain([(BUILT_IN_THEMES.to_owned(), Digest::of(built_in))])
    }

    /// Every text that a page may hold because of the theme: no placeholder may occur in them.
    pub fn texts(&self) -> impl Iterator<Item = &str> + Clone {
        let styles = [&self.page_styles, &self.screen_styles.all, &self.brand.font];
        self.files.iter().map(|(_, source)| source.text()).chain(styles.map(String::as_str))
    }

    /// How the text of its tables is written.
    pub(crate) fn table_text(&self) -> TableText {
        let [wide, phone] = self.styles.table_measures;
        let [bare_column, phone_column] = [self.styles.rooms.bare, self.styles.rooms.phone];
        TableText { column: self.text_room(), bare_column, phone_column, wide, phone }
    }

    /// How figures are written.
    pub(crate) fn figure_text(&self) -> FigureText {
        let [value, label] = self.styles.figure_measures;
        FigureText { value, label }
    }

    /// Whether its page lists the sections of an issue.
    pub(crate) fn lists_sections(&self) -> bool {
        self.names("contents")
    }

    /// Whether it wants links to the sections in letters too.
    pub(crate) fn links_sections(&self) -> bool {
        self.names("linked_contents")
    }

    /// Whether one of its files for the page names a value.
    pub fn names(&self, value: &str) -> bool {
        ThemeFile::PAGE.into_iter().any(|file| self.files.source(file).text().contains(value))
    }

    /// The room for its text on a wide screen.
    pub(crate) fn text_room(&self) -> TextRoom {
        self.styles.rooms.wide
    }

    /// The width of its text column on a wide screen, in pixels.
    pub(crate) fn column_width(&self) -> u32 {
        self.styles.widths.column
    }

    /// The width of a picture above the text on a wide screen, in pixels.
    pub(crate) fn hero_width(&self) -> u32 {
        self.styles.widths.hero
    }

    /// The backgrounds of the sender's logo.
    pub(crate) fn logo_backgrounds(&self) -> LogoBackgrounds {
        self.styles.backgrounds
    }

    /// One button.
    pub(crate) fn button(&self, pieces: &ButtonContext) -> String {
        let values = context! { button => Value::from(Serde(pieces)), ..self.brand_values(None) };
        // `parse` rendered the template once already, so it cannot fail here.
        self.render(ThemeFile::Button, values, &mut Diagnostics::new()).unwrap_or_default()
    }

    /// The parts of the rendered event before, between and after its title and its details.
    pub(crate) fn event(&self, event: EventContext) -> [String; 3] {
        let page = self.render_event(event, &mut Diagnostics::new()).unwrap_or_default();
        // `parse` looked for both already.
        let (before, rest) = page.split_once(EventContext::TITLE).unwrap_or_default();
        let (between, behind) = rest.split_once(EventContext::DETAILS).unwrap_or_default();
        [before, between, behind].map(str::to_owned)
    }

    fn render_event(&self, event: EventContext, diagnostics: &mut Diagnostics) -> Option<String> {
        let values = context! { event => Value::from(Serde(event)), ..self.brand_values(None) };
        self.render(ThemeFile::Event, values, diagnostics)
    }

    /// Reports a template of an event that leaves out what an event must have, or has it in another order.
    fn check_event(&self, diagnostics: &mut Diagnostics) {
        let Some(page) = self.render_event(EventContext::new("21", "jan."), diagnostics) else { return };
        let rest = page.split_once(EventContext::TITLE).map(|(_, rest)| rest);
        let missing = match rest.map(|rest| rest.contains(EventContext::DETAILS)) {
            Some(true) => return,
            Some(false) => "event.details` after `event.title",
            None => "event.title",
        };
        diagnostics.push(
            Diagnostic::error(
                required_pieces::INCOMPLETE,
                message!(
                    "the theme leaves out `{missing}`, which every event must have",
                    "temaet udelader `{missing}`, som hvert arrangement skal have"
                ),
            )
            .at(self.files.source(ThemeFile::Event).line(1))
            .hint(message!(
                "see where the built-in theme has it: templates/default/event.html of this program",
                "se, hvor det indbyggede tema har det: programmets templates/default/event.html"
            )),
        );
    }

    /// The whole page with its styles in place.
    pub(crate) fn page(&self, pieces: &ThemeContext, diagnostics: &mut Diagnostics) -> Option<String> {
        let values = context! { styles => &self.page_styles, word_styles => &self.styles.own.word, width => Value::from(Serde(&self.styles.widths)) };
        let values = context! { ..values, ..self.brand_values(pieces.logo.as_ref()) };
        let values = context! { ..values, ..Value::from(Serde(pieces)) };
        let page = self.render(ThemeFile::Letter, values, diagnostics)?;
        let source = self.files.source(ThemeFile::Letter);
        required_pieces::check(&page, pieces, source, diagnostics);
        // A web page has no address for unsubscribing: `unsubscribe` is empty.
        if pieces.web && page.contains("href=\"\"") {
            let message = message!(
                "the theme has an unsubscribe link on web pages, where it leads nowhere",
                "temaet har et afmeldingslink på websider, hvor det ikke fører nogen steder hen"
            );
            let hint = message!(
                "put it between `{{% if unsubscribe %}}` and `{{% endif %}}`",
                "sæt det mellem `{{% if unsubscribe %}}` og `{{% endif %}}`"
            );
            diagnostics.push(Diagnostic::error(UNSUBSCRIBE_LINK_ON_WEB, message).at(source.line(1)).hint(hint));
        }
        // Styles that depend on the screen cannot be inlined. A page has about one node for 32 bytes.
        let options = InlineOptions {
            load_remote_stylesheets: false,
            minify_css: true,
            preallocate_node_capacity: page.len() / 32,
            ..InlineOptions::default()
        };
        let inliner = CSSInliner::new(options);
        let page = inliner.inline(&page).map_err(|error| {
            diagnostics.push(
                Diagnostic::error(BAD_THEME, message!("invalid styles: {error}", "ugyldige styles: {error}"))
                    .at(source.line(1)),
            );
        });
        let page = page.ok()?;
        // All rules are counted, so that a theme is not accepted or refused for the blocks of one issue.
        self.check_style_size(&page, diagnostics);
        // Only the finished page shows which rules can match: all others would count towards Gmail's limits for nothing.
        let used = UsedSelectors::of(&page);
        let media_styles = self.styles.for_screens(|selector| used.may_match(selector));
        let is_harmless = self.screen_styles.are_harmless && harmless_html::is_harmless(&page);
        let page = page.replace(SCREEN_STYLES, &media_styles);
        if !is_harmless {
            self.report_unsafe(&page, diagnostics);
        }
        Some(attribute_escaping::brackets(page))
    }

    /// Reports what a page of this theme runs, loads or sends. The rendered page is read and not the files, since a template
    /// can put a tag together from pieces; an author's own HTML in it was cleaned before.
    fn report_unsafe(&self, page: &str, diagnostics: &mut Diagnostics) {
        for part in unsafe_html::find(page) {
            let files = ThemeFile::PAGE.map(|file| self.files.source(file));
            let find = |word: &String| {
                files.iter().find_map(|source| {
                    // In ASCII, upper and lower case have the same length.
                    let at = source.text().to_ascii_lowercase().find(word)?;
                    Some(source.place(at..at + word.len()))
                })
            };
            let at = part.words.iter().find_map(find);
            let message = message!(
                "the theme has {}, which a letter cannot have",
                "temaet har {}, som en mail ikke kan have",
                part.what
            );
            diagnostics.push(Diagnostic::error(UNSAFE, message).at(at.unwrap_or_else(|| files[0].line(1))).hint(
                message!(
                    "delete it: mail programs remove it, or warn their readers of the letter",
                    "slet det: mailprogrammer fjerner det eller advarer mod mailen"
                ),
            ));
        }
    }

    /// The text part as records, with the content and the like in the places of their characters.
    pub(crate) fn text(
        &self,
        pieces: &ThemeContext,
        pieces_of_records: &[TemplatePiece<'_>],
        diagnostics: &mut Diagnostics,
    ) -> Option<String> {
        let values = Value::from(Serde(pieces));
        let text = self.render(ThemeFile::Text, values, diagnostics)?;
        required_pieces::check(&text, pieces, self.files.source(ThemeFile::Text), diagnostics);
        Some(text_template::records(&text, pieces_of_records))
    }

    /// The brand and the colours, for every file of the theme.
    fn brand_values(&self, logo: Option<&Logo>) -> Value {
        let dark_logo = logo.and_then(|logo| logo.dark.as_ref());
        let brand = context! {
            font => &self.brand.font,
            windows_font => fonts::for_windows(&self.brand.font),
            logo => logo.map(|logo| &logo.light.src),
            logo_width => logo.map(|logo| logo.light.width),
            logo_dark => dark_logo.map(|dark| &dark.src),
            logo_dark_width => dark_logo.map(|dark| dark.width),
            logo_plate => logo.is_some_and(|logo| logo.plate),
        };
        context! { brand, light => self.palette.light(), dark => self.palette.dark() }
    }

    fn render(&self, file: ThemeFile, values: Value, diagnostics: &mut Diagnostics) -> Option<String> {
        match self.engine.get_template(file.name()).and_then(|template| template.render(values)) {
            Ok(text) => Some(text),
            Err(error) => {
                let source =
                    error.name().and_then(|name| self.files.iter().find(|(candidate, _)| candidate.name() == name));
                diagnostics.push(template_error(&error, source.map_or(self.files.source(file), |(_, source)| source)));
                None
            }
        }
    }

    fn check_style_size(&self, page: &str, diagnostics: &mut Diagnostics) {
        let bytes = self.screen_styles.bytes_in(page);
        if bytes > STYLE_BYTES {
            let message = message!(
                "the styles for phones and dark mode have {bytes} bytes: Gmail accepts {STYLE_BYTES}",
                "styles til telefoner og mørk tilstand fylder {bytes} byte: Gmail tillader {STYLE_BYTES}"
            );
            diagnostics.push(Diagnostic::error(HEAVY, message).at(self.files.source(ThemeFile::Dark).line(1)).hint(
                message!(
                    "make dark.css and phone.css shorter; a rule in dark.css counts twice",
                    "gør dark.css og phone.css kortere; en regel i dark.css tæller dobbelt"
                ),
            ));
        }
    }
}

fn template_error(error: &minijinja::Error, source: &Source) -> Diagnostic {
    let message = parser_message(&error.detail().map_or_else(|| error.kind().to_string(), str::to_owned));
    let place = error.range().map_or_else(|| source.line(error.line().unwrap_or(1)), |range| source.place(range));
    Diagnostic::error(BAD_THEME, message!("invalid theme: {message}", "ugyldigt tema: {message}")).at(place)
}
