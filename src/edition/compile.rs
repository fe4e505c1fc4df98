//! The steps from an issue to one edition.

use std::collections::{BTreeMap, BTreeSet};

use comrak::Arena;
use comrak::nodes::Node;
use minijinja::Value;

use crate::base::language::Lang;
use crate::base::language::direction::Direction;
use crate::base::language::words::LetterWords;
use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::span::Spanned;
use crate::base::value::Value as FieldValue;
use crate::edition::blocks;
use crate::edition::blocks::event;
use crate::edition::blocks::event::calendar_files::WebCalendarFiles;
use crate::edition::compile_context::CompileContext;
use crate::edition::compiled::{
    self, ARTICLE, CompiledParts, Edition, EditionGreeting, HTML, PREHEADER, SUBJECT, TEXT, UNSUBSCRIBE_SERIES_URL,
    UNSUBSCRIBE_URL,
};
use crate::edition::context::{BrandLink, EditionContext};
use crate::edition::embed;
use crate::edition::generated_file::UndatedFile;
use crate::edition::html::escape::escape;
use crate::edition::images::collection::PictureSet;
use crate::edition::images::picture::Picture;
use crate::edition::images::placement::PictureSource;
use crate::edition::issue_line::IssueLine;
use crate::edition::links;
use crate::edition::links::tracking;
use crate::edition::lint::{final_text, size};
use crate::edition::logo;
use crate::edition::passage_tags;
use crate::edition::phrases::{self, GreetingPhrases, GreetingPlace, PhraseLanguages, Phrases};
use crate::edition::preview_text;
use crate::edition::resolve::{self, TitleSource};
use crate::edition::template::engine;
use crate::edition::template::slots::{self, CompiledTemplate, SlotContext, Slots};
use crate::edition::template::transfer_encoding;
use crate::edition::text::layout::LineEncoding;
use crate::edition::text::prelayout;
use crate::edition::text::record;
use crate::edition::text_language::TextLanguage;
use crate::edition::theme::Theme;
use crate::edition::theme::template_values::{Hero, Logo, ThemeContext, ThemeLink};
use crate::edition::theme::text_template::TemplatePiece;
use crate::edition::typography;
use crate::edition::web_links;
use crate::edition::writers;
use crate::edition::writers::contents;
use crate::issue::Issue;
use crate::issue::edition_key::EditionKey;
use crate::issue::manuscript::Manuscript;
use crate::issue::manuscript::matrix;
use crate::issue::manuscript::visibility;

const NOT_HERE: Code = Code("NL427");
const UNREADABLE: Code = Code("NL428");
const NO_PREHEADER: Code = Code("NL530");

/// Represents the content in the template of the text part. A control character: no source may contain one.
const CONTENT: &str = "\u{11}";
/// Represents the list of sections there.
const SECTIONS: &str = "\u{12}";

/// Makes one edition of a text, with everything that is wrong with this edition; what is wrong for every reader is in the
/// diagnostics of the manuscript. No edition if either has errors.
pub fn edition(
    manuscript: &Manuscript,
    key: &EditionKey,
    edition_context: &EditionContext,
    theme: &Theme,
    pictures: &dyn PictureSource,
) -> (Option<Edition>, Diagnostics) {
    let mut diagnostics = Diagnostics::new();
    let edition_input = EditionInput { edition_context, theme, pictures };
    let edition = compile(manuscript, key, edition_input, &mut diagnostics);
    let mut diagnostics = manuscript.reworded(diagnostics);
    diagnostics.sort();
    // The last steps report all their errors before they give up, so an edition may exist in spite of errors.
    (edition.filter(|_| !diagnostics.has_errors()), diagnostics)
}

/// What an edition is compiled from besides its text.
#[derive(Clone, Copy)]
struct EditionInput<'s> {
    edition_context: &'s EditionContext,
    theme: &'s Theme,
    pictures: &'s dyn PictureSource,
}

fn compile(
    manuscript: &Manuscript,
    key: &EditionKey,
    edition_input: EditionInput<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Edition> {
    let EditionInput { edition_context, theme, pictures } = edition_input;
    let arena = Arena::new();
    let root = manuscript.tree(&arena)?;
    let issue = manuscript.issue();
    let text_is_valid = !manuscript.diagnostics().has_errors();
    let web_calendar = WebCalendarFiles::of(root, issue, key);
    visibility::filter(root, key);
    let text_language = &TextLanguage::of(root, manuscript, key.lang, edition_context.lang);
    let lang = text_language.words;
    if text_is_valid {
        matrix::check_text(root, issue, key, diagnostics);
    }
    let native = edition_context.lang;
    let languages = PhraseLanguages { subject: manuscript.language(key.lang, native), greeting: lang, native };
    let mut phrases = phrases::extract(manuscript, languages, edition_context, diagnostics);
    let (masked, placeholders) = (manuscript.masked(), manuscript.placeholders());
    if let Some(lang) = passage_tags::mark(root, lang, placeholders, &mut phrases.tags) {
        phrases.add_greeting(GreetingPlace::Passage(lang), manuscript, edition_context, diagnostics);
    }
    let (tags, words) = (&phrases.tags, lang.words());
    let context =
        CompileContext { issue, key, masked, placeholders, tags, text_language, lang, words, edition_context, theme };
    blocks::prepare(&arena, root, context, diagnostics);
    let enclosures = event::expand(&arena, root, context, diagnostics);
    let mut picture_set = PictureSet::new(pictures, &edition_context.pictures);
    let title = resolve::resolve(root, context, &mut picture_set, diagnostics);
    final_text::check(root, context, diagnostics);
    let web_links = web_links::collect(root, context);
    // After the links are collected: a link is checked as its author wrote it.
    links::encode(root);
    if let Some(campaign) = &edition_context.campaign {
        tracking::append(root, campaign, issue, key);
    }
    event::add_calendar_lines(&arena, root, &enclosures, &web_calendar, context);
    text_language.mark(root);
    let hero = embed::hero(context, &mut picture_set, diagnostics);
    let logo = logo::logo(context, &mut picture_set, diagnostics);
    picture_set.check_size(diagnostics);
    if !text_is_valid || diagnostics.has_errors() {
        return None;
    }
    if phrases.preheader.trim().is_empty() {
        phrases.preheader = preview_text::first_words(root, tags, placeholders);
        diagnostics.push(no_preheader(issue));
    }
    // After what is checked and collected: texts are compared as their author wrote them.
    typography::join_numbers(root, context);
    let input = PartInput { root, title, hero, logo, phrases: &phrases, context };
    let (parts, text_form) = parts(&input, diagnostics)?;
    if let Some(html) = parts.get(HTML).filter(|_| !edition_context.is_web()) {
        size::check(&html.template, root, &issue.source, diagnostics);
    }
    let pictures = picture_set.into_pictures();
    let made = EditionMade { text_language, edition_context };
    let finished = EditionParts { parts, text_form, phrases, pictures, enclosures, web_links, made };
    finish(issue, key, finished, diagnostics)
}

fn no_preheader(issue: &Issue) -> Diagnostic {
    let place = issue.front.preheader_at.clone().unwrap_or_else(|| issue.source.line(1));
    Diagnostic::warning(
        NO_PREHEADER,
        message!(
            "there is no preheader: inboxes show the first words of the text",
            "der er ingen preheader: indbakker viser de første ord af teksten"
        ),
    )
    .at(place)
    .hint(message!(
        "write `preheader: …`, a sentence that makes readers open the letter",
        "skriv `preheader: …`, en sætning, der får læserne til at åbne mailen"
    ))
}

/// What the parts of an edition are written from.
struct PartInput<'w, 'a> {
    root: Node<'a>,
    title: TitleSource,
    hero: Option<Hero>,
    logo: Option<Logo>,
    phrases: &'w Phrases,
    context: CompileContext<'w>,
}

fn parts(input: &PartInput<'_, '_>, diagnostics: &mut Diagnostics) -> Option<(CompiledParts, LineEncoding)> {
    let mut parts = BTreeMap::from([
        (SUBJECT, text_template(&input.phrases.subject, input.context)),
        (PREHEADER, text_template(&input.phrases.preheader, input.context)),
    ]);
    for GreetingPhrases { names, with_name, without_name, .. } in &input.phrases.greetings {
        parts.insert(names.with_name, text_template(with_name, input.context));
        parts.insert(names.without_name, text_template(without_name, input.context));
    }
    let html = html_part(input, diagnostics);
    let (text, form) = text_part(input, diagnostics)?;
    parts.extend([(HTML, html?), (TEXT, text)]);
    if input.context.edition_context.is_web() {
        parts.insert(ARTICLE, article_part(input));
    }
    Some((parts, form))
}

fn text_template(marked: &str, context: CompileContext<'_>) -> CompiledTemplate {
    let mut slots = Slots::new(context.tags, context.placeholders);
    let text = slots.text(marked, SlotContext::Text, SlotContext::Text, record::plain);
    slots.compile(&text, slots::literal)
}

/// How a part writes text, and the slots that take a person's values in it.
struct PartFormat {
    text: SlotContext,
    url: SlotContext,
    write: fn(&str) -> String,
}

const HTML_FORMAT: PartFormat = PartFormat { text: SlotContext::Html, url: SlotContext::HtmlUrl, write: escape };
const TEXT_FORMAT: PartFormat = PartFormat { text: SlotContext::Text, url: SlotContext::TextUrl, write: record::plain };

impl PartFormat {
    /// A title whose long words may be hyphenated, if the part can say where; `tag` is that of its language.
    fn title(&self, text: &str, tag: &str) -> String {
        match (self.text, Lang::of_primary_subtag(tag)) {
            (SlotContext::Html, Some(lang)) => lang.with_soft_hyphens(text).into_owned(),
            _ => text.to_owned(),
        }
    }
}

/// What differs between the parts of an edition.
struct PartContent {
    hero: Option<Hero>,
    logo: Option<Logo>,
    contents: Option<String>,
    content: String,
}

/// What the theme writes a part from.
fn theme_context(
    input: &PartInput<'_, '_>,
    format: &PartFormat,
    own: PartContent,
    slots: &mut Slots<'_>,
) -> ThemeContext {
    let PartInput { context, phrases, .. } = input;
    let CompileContext { edition_context, lang, key: EditionKey { lang: reader, .. }, .. } = *context;
    let write = format.write;
    let phrase = |text: &str, slots: &mut Slots<'_>| slots.text(text, format.text, format.text, write);
    let PartContent { hero, logo, contents, content } = own;
    let front = &context.issue.front;
    let issue = IssueLine::of(front, &edition_context.timezone, lang).written(write);
    let subject_lang = subject_lang(*context);
    let heading =
        (input.title == TitleSource::Subject).then(|| phrase(&format.title(&phrases.subject, &subject_lang), slots));
    ThemeContext {
        web: edition_context.is_web(),
        lang: context.text_language.tag.to_string(),
        dir: context.text_language.direction.name(),
        start: match context.text_language.direction {
            Direction::LeftToRight => "left",
            Direction::RightToLeft => "right",
        },
        subject_lang,
        footer_lang: reader.tag(),
        reason_lang: edition_context.reason_lang(*reader).tag(),
        subject: phrase(&phrases.subject, slots),
        date: issue.date.clone(),
        issue,
        series: edition_context.series.as_deref().map(write),
        params: front.params.iter().map(|(name, value)| (name.clone(), theme_value(value, lang, write))).collect(),
        heading,
        preheader: phrase(&phrases.preheader, slots),
        hero: hero.map(|hero| hero.written(write)),
        logo,
        linked_contents: contents.clone(),
        contents,
        content,
        sender: write(&edition_context.sender),
        reason: write(&reason(edition_context, *reader)),
        postal_address: address_lines(edition_context).map(write).collect(),
        unsubscribe: unsubscribe_url(edition_context, slots, format.url),
        online: edition_context.online.as_deref().map(write),
        links: links(*context, slots, format),
        words: words(*context),
    }
}

/// A value of the author's as a theme prints it: text is escaped, and a day is written in the language of the text. Numbers and
/// truth values stay what they are, since themes decide by them.
fn theme_value(value: &FieldValue, lang: Lang, write: fn(&str) -> String) -> Value {
    match value {
        FieldValue::Text(text) => Value::from(write(text)),
        FieldValue::Date(date) => Value::from(write(&lang.date_alone(*date))),
        FieldValue::List(items) => items.iter().map(|item| theme_value(item, lang, write)).collect(),
        FieldValue::Bool(_) | FieldValue::Integer(_) | FieldValue::Number(_) => engine::value(value),
    }
}

/// The language of the subject for the readers of an edition.
fn subject_lang(context: CompileContext<'_>) -> String {
    let CompileContext { issue, key, edition_context, text_language, .. } = context;
    let own = issue.front.lang.unwrap_or(edition_context.lang);
    match issue.front.subject.lang_for(key.lang, own) {
        lang if lang == own => text_language.tag.to_string(),
        lang => lang.tag().to_owned(),
    }
}

fn html_part(input: &PartInput<'_, '_>, diagnostics: &mut Diagnostics) -> Option<CompiledTemplate> {
    let PartInput { root, context, .. } = input;
    let theme = context.theme;
    let mut slots = Slots::new(context.tags, context.placeholders);
    let own = PartContent {
        hero: input.hero.clone(),
        logo: input.logo.clone(),
        contents: theme.lists_sections().then(|| contents::html(root, *context, &mut slots)).flatten(),
        content: writers::html::write(root, *context, &mut slots, diagnostics),
    };
    let theme_context = theme_context(input, &HTML_FORMAT, own, &mut slots);
    let page = theme.page(&theme_context, diagnostics)?;
    let page = if page.ends_with('\n') { page } else { page + "\n" };
    let compiled = slots.compile(&page, transfer_encoding::encode);
    let present: BTreeSet<usize> = compiled.tags.iter().map(|(_, tag)| *tag).collect();
    for lost in passage_tags::tags_in(root, context.placeholders).into_iter().filter(|number| !present.contains(number))
    {
        if let Some(tag) = context.tags.get(lost) {
            diagnostics.push(
                Diagnostic::error(
                    NOT_HERE,
                    message!("`{}` cannot be used in this place", "`{}` kan ikke bruges her", tag.typed),
                )
                .at(tag.place.clone())
                .hint(message!(
                    "use it in the text, or in the URL of a link",
                    "brug det i teksten eller i adressen på et link"
                )),
            );
        }
    }
    Some(compiled)
}

/// The text alone as plain HTML, from which other channels than letters are written.
fn article_part(input: &PartInput<'_, '_>) -> CompiledTemplate {
    let PartInput { root, context, .. } = input;
    let mut slots = Slots::new(context.tags, context.placeholders);
    let article = writers::plain_html::write(root, input.hero.as_ref(), *context, &mut slots);
    slots.compile(&article, transfer_encoding::encode)
}

/// The address where a reader unsubscribes; empty on a web page, which has no recipients.
fn unsubscribe_url(edition_context: &EditionContext, slots: &mut Slots<'_>, context: SlotContext) -> String {
    if edition_context.is_web() { String::new() } else { slots.value(UNSUBSCRIBE_URL, context) }
}

fn reason(edition_context: &EditionContext, reader: Lang) -> String {
    let reason =
        edition_context.medium.reason().and_then(|text| text.for_lang(reader)).map_or("", |text| text.value.as_str());
    record::plain(reason.trim().trim_end_matches('.'))
}

/// The link that unsubscribes from the issue's series, if it has one, and the sender's own links.
fn links(context: CompileContext<'_>, slots: &mut Slots<'_>, format: &PartFormat) -> Vec<ThemeLink> {
    let write = format.write;
    let edition_context = context.edition_context;
    let series = edition_context.series.as_ref().filter(|_| !edition_context.is_web());
    let leave = series.map(|name| ThemeLink {
        text: write(&context.key.lang.leave_series(name)),
        url: slots.value(UNSUBSCRIBE_SERIES_URL, format.url),
    });
    let link = |link: &BrandLink| ThemeLink {
        text: write(link.text.for_lang(context.key.lang).map_or("", |text| &text.value)),
        url: write(&link.url.value),
    };
    leave.into_iter().chain(edition_context.brand.links.iter().map(link)).collect()
}

/// The theme's own words: in the language of the text, and in the footer in the reader's. The sentence with the reason
/// is entirely in the language of the reason.
fn words(context: CompileContext<'_>) -> LetterWords {
    let CompileContext { edition_context, key: EditionKey { lang: reader, .. }, .. } = context;
    let LetterWords { unsubscribe, unsubscribe_all, online, .. } = *reader.words();
    let unsubscribe = if edition_context.series.is_some() { unsubscribe_all } else { unsubscribe };
    let because = edition_context.reason_lang(*reader).words().because;
    LetterWords { because, unsubscribe, online, ..*context.words }
}

fn address_lines(edition_context: &EditionContext) -> impl Iterator<Item = &str> {
    edition_context.postal_address.lines().map(str::trim).filter(|line| !line.is_empty())
}

fn text_part(input: &PartInput<'_, '_>, diagnostics: &mut Diagnostics) -> Option<(CompiledTemplate, LineEncoding)> {
    let PartInput { root, context, .. } = input;
    let theme = context.theme;
    let mut slots = Slots::new(context.tags, context.placeholders);
    let sections = theme.lists_sections().then(|| contents::text(root, *context, &mut slots)).flatten();
    let content = writers::text::write(root, *context, &mut slots);
    let own = PartContent {
        // A text part shows no picture, only what its alternative text says.
        hero: input.hero.clone().filter(|hero| !hero.alt.is_empty()),
        logo: None,
        contents: sections.is_some().then(|| SECTIONS.into()),
        content: CONTENT.into(),
    };
    let theme_context = theme_context(input, &TEXT_FORMAT, own, &mut slots);
    let records = [
        TemplatePiece { placeholder: CONTENT, records: &content },
        TemplatePiece { placeholder: SECTIONS, records: sections.as_deref().unwrap_or_default() },
    ];
    let text = theme.text(&theme_context, &records, diagnostics)?;
    let (laid_out, form) = prelayout::prelayout(&text, context.placeholders);
    Some((slots.compile(&laid_out, slots::literal), form))
}

/// What an edition is finished from.
struct EditionParts<'m> {
    parts: CompiledParts,
    text_form: LineEncoding,
    phrases: Phrases,
    /// The pictures, each with the file that the issue names for it.
    pictures: Vec<(Picture, String)>,
    enclosures: Vec<UndatedFile>,
    web_links: Vec<Spanned<String>>,
    made: EditionMade<'m>,
}

/// What an edition was made for, and in which language.
struct EditionMade<'m> {
    text_language: &'m TextLanguage,
    edition_context: &'m EditionContext,
}

fn finish(issue: &Issue, key: &EditionKey, from: EditionParts<'_>, diagnostics: &mut Diagnostics) -> Option<Edition> {
    let EditionParts { parts, text_form, phrases, pictures, enclosures, web_links, made } = from;
    let EditionMade { text_language, edition_context } = made;
    let (pictures, picture_paths): (Vec<Picture>, Vec<String>) = pictures.into_iter().unzip();
    let lang = text_language.words;
    let Phrases { greetings, tags, .. } = phrases;
    let edition_greeting = |GreetingPhrases { names, reads, .. }| EditionGreeting { names, reads };
    let greetings = greetings.into_iter().map(edition_greeting).collect();
    let params = issue.front.params.iter().map(|(name, value)| (name.clone(), engine::value(value)));
    let params = Value::from(params.collect::<BTreeMap<_, _>>());
    let mut engine = engine::engine(lang, edition_context.lang);
    let others: BTreeSet<Lang> = tags.iter().filter_map(|tag| tag.lang).collect();
    for other in others {
        engine::add_other_language(&mut engine, other, edition_context.lang);
    }
    for (name, part) in &parts {
        if let Err(error) = engine.add_template_owned(*name, part.template.clone()) {
            let tag = part.tag_at(&error).and_then(|number| tags.get(number));
            let place = tag.map_or_else(|| issue.source.line(1), |tag| tag.place.clone());
            diagnostics.push(
                Diagnostic::error(
                    UNREADABLE,
                    message!(
                        "the template tags are too complicated together",
                        "skabelonfelterne er tilsammen for indviklede"
                    ),
                )
                .at(place)
                .hint(message!("simplify a condition or a loop", "gør en betingelse eller løkke enklere")),
            );
            return None;
        }
    }
    let digest = compiled::digest_of(key, &parts, &format!("{:?}", issue.front.params), &pictures, &enclosures);
    let variables = compiled::variables(&tags, &parts);
    Some(Edition {
        key: key.clone(),
        engine,
        parts,
        text_form,
        tags,
        greetings,
        params,
        pictures,
        picture_paths,
        enclosures,
        web_links,
        placement: edition_context.pictures.clone(),
        variables,
        digest,
        lang,
        text_tag: text_language.tag.to_string(),
    })
}
