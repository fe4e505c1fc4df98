//! The steps from an issue to one edition.

use std::collections::{BTreeMap, BTreeSet};

use comrak::Arena;
use comrak::nodes::{Node, NodeValue};
use minijinja::Value;

use crate::base::language::Lang;
use crate::base::language::words::LetterWords;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::span::Spanned;
use crate::base::source::text::Source;
use crate::edition::blocks;
use crate::edition::blocks::event;
use crate::edition::compile_context::CompileContext;
use crate::edition::compiled::{
    self, CompiledParts, Edition, GREETING, HTML, PLAIN_GREETING, PREHEADER, SUBJECT, TEXT,
};
use crate::edition::context::{BrandLink, EditionContext, Greeting};
use crate::edition::embed;
use crate::edition::generated_file::GeneratedFile;
use crate::edition::html::escape::escape;
use crate::edition::images::collection::PictureSet;
use crate::edition::images::picture::Picture;
use crate::edition::images::placement::{PictureSource, Placement};
use crate::edition::links::tracking;
use crate::edition::lint::size;
use crate::edition::resolve::{self, TitleSource};
use crate::edition::template::engine;
use crate::edition::template::phrase;
use crate::edition::template::slots::{self, CompiledTemplate, SlotContext, Slots};
use crate::edition::template::transfer_encoding;
use crate::edition::text::layout::LineEncoding;
use crate::edition::text::prelayout;
use crate::edition::text::record;
use crate::edition::theme::text_template::TemplatePiece;
use crate::edition::theme::{Hero, Logo, Theme, ThemeContext, ThemeLink};
use crate::edition::web_links;
use crate::edition::writers;
use crate::edition::writers::contents;
use crate::issue::Issue;
use crate::issue::edition_key::EditionKey;
use crate::issue::manuscript::Manuscript;
use crate::issue::manuscript::matrix;
use crate::issue::manuscript::placeholders::tag::{Tag, TagKind};
use crate::issue::manuscript::placeholders::words::Placeholders;
use crate::issue::manuscript::tree;
use crate::issue::manuscript::visibility;
use crate::people::person::Localised;

const NOT_HERE: Code = Code("NL427");
const UNREADABLE: Code = Code("NL428");
const NO_PREHEADER: Code = Code("NL530");

/// What stands for the content in the frame of the text part: no source holds it.
const CONTENT: &str = "\u{11}";
/// What stands there for the list of its sections.
const SECTIONS: &str = "\u{12}";

/// The phrases of an edition, with marks for their tags.
struct Phrases {
    subject: String,
    preheader: String,
    greeting: String,
    plain_greeting: String,
    greeting_reads: Vec<String>,
}

/// Makes one edition; what is wrong with it is reported, and an error leaves none.
pub(crate) fn edition(
    manuscript: &Manuscript,
    key: &EditionKey,
    (frame, theme): (&EditionContext, &Theme),
    pictures: &dyn PictureSource,
    diagnostics: &mut Diagnostics,
) -> Option<Edition> {
    let arena = Arena::new();
    let root = manuscript.tree(&arena)?;
    let issue = manuscript.issue();
    let lang = manuscript.language(key.lang, frame.lang);
    visibility::filter(root, key);
    if !manuscript.diagnostics().has_errors() {
        matrix::check_text(root, issue, key, diagnostics);
    }
    let (masked, placeholders) = (manuscript.masked(), manuscript.placeholders());
    let mut tags = masked.tags.clone();
    let mut phrases = phrases(issue, lang, frame, (placeholders, &mut tags, diagnostics));
    let context =
        CompileContext { issue, key, masked, placeholders, tags: &tags, lang, words: lang.words(), frame, theme };
    blocks::prepare(&arena, root, context, diagnostics);
    let enclosures = event::expand(&arena, root, context, diagnostics);
    let mut album = PictureSet::new(pictures, &frame.pictures);
    let title = resolve::resolve(root, context, (&mut album, diagnostics));
    let web_links = web_links::collect(root, context);
    if let Some(campaign) = &frame.campaign {
        tracking::append(root, campaign, issue, key);
    }
    if frame.is_web() {
        event::add_calendar_links(&arena, root, &enclosures, lang);
    }
    let hero = embed::hero(issue, lang, &mut album, diagnostics);
    let logo = embed::logo(&frame.brand, &mut album, diagnostics);
    album.check_size(diagnostics);
    if manuscript.diagnostics().has_errors() || diagnostics.has_errors() {
        return None;
    }
    if phrases.preheader.trim().is_empty() {
        phrases.preheader = first_words(root, &tags);
        diagnostics.push(
            Diagnostic::warning(NO_PREHEADER, "there is no preheader: the first words of the text stand in for it")
                .at(issue.front.preheader_at.clone().unwrap_or_else(|| issue.source.line(1)))
                .hint("write `preheader: …`, a sentence that makes the reader open the letter"),
        );
    }
    let written = PartInput { root, title, hero, logo, phrases: &phrases, context };
    let (parts, text_form) = parts(&written, diagnostics)?;
    if let Some(html) = parts.get(HTML).filter(|_| !frame.is_web()) {
        size::check(&html.template, root, &issue.source, diagnostics);
    }
    let pictures = (frame.pictures.clone(), album.into_pictures());
    finish(
        issue,
        key,
        EditionParts { parts, text_form, phrases, tags, pictures, enclosures, web_links, lang },
        diagnostics,
    )
}

fn phrases(
    issue: &Issue,
    lang: Lang,
    frame: &EditionContext,
    (placeholders, tags, diagnostics): (&Placeholders, &mut Vec<Tag>, &mut Diagnostics),
) -> Phrases {
    let mut localised = |text: Option<&Localised>, tags: &mut Vec<Tag>| match text.and_then(|text| text.for_lang(lang))
    {
        Some(text) => phrase::extract(&text.value, &text.place, placeholders, tags, diagnostics),
        None => String::new(),
    };
    let subject = localised(Some(&issue.front.subject), tags);
    let preheader = localised(issue.front.preheader.as_ref(), tags);
    let greeting = frame.greetings.get(&lang).cloned().unwrap_or_else(|| Greeting::default_for(lang));
    let mut settings = |text: &str, tags: &mut Vec<Tag>| {
        let place = Source::new("newsletter.yaml", text).line(1);
        phrase::extract(text, &place, placeholders, tags, diagnostics)
    };
    let first = tags.len();
    let with_name = settings(&greeting.with_name, tags);
    let reads = tags[first..].iter().flat_map(|tag| &tag.variables);
    let greeting_reads = reads.map(|name| name.split('.').next().unwrap_or(name).to_owned()).collect();
    let plain_greeting = settings(&greeting.without_name, tags);
    Phrases { subject, preheader, greeting: with_name, plain_greeting, greeting_reads }
}

/// The beginning of the text, for letters without a preheader: of the first paragraph that says something, to everybody.
fn first_words(root: Node<'_>, tags: &[Tag]) -> String {
    let mut conditions = 0_u32;
    for node in root.descendants() {
        match tree::placeholder(node).and_then(|number| tags.get(number)).map(|tag| &tag.kind) {
            Some(TagKind::If(_) | TagKind::For(_)) => conditions += 1,
            Some(TagKind::EndIf | TagKind::EndFor) => conditions = conditions.saturating_sub(1),
            Some(TagKind::Print(_) | TagKind::Set(_) | TagKind::Elif(_) | TagKind::Else) | None => {}
        }
        if conditions > 0 {
            continue;
        }
        let tagged = node.descendants().any(|node| tree::placeholder(node).is_some());
        if !matches!(node.data().value, NodeValue::Paragraph) || tagged {
            continue;
        }
        let words = tree::plain(node);
        if words.chars().count() >= 30 {
            let cut: String = words.chars().take(140).collect();
            let whole = cut.chars().count() == words.chars().count();
            let end = if whole { cut.len() } else { cut.rfind(' ').unwrap_or(cut.len()) };
            return format!("{}{}", &cut[..end], if whole { "" } else { " …" });
        }
    }
    String::new()
}

/// What the writers of an edition's parts are given.
struct PartInput<'w, 'a> {
    root: Node<'a>,
    title: TitleSource,
    hero: Option<Hero>,
    logo: Option<Logo>,
    phrases: &'w Phrases,
    context: CompileContext<'w>,
}

fn parts(written: &PartInput<'_, '_>, diagnostics: &mut Diagnostics) -> Option<(CompiledParts, LineEncoding)> {
    let mut parts = BTreeMap::from([
        (SUBJECT, text_template(&written.phrases.subject, written.context)),
        (PREHEADER, text_template(&written.phrases.preheader, written.context)),
        (GREETING, text_template(&written.phrases.greeting, written.context)),
        (PLAIN_GREETING, text_template(&written.phrases.plain_greeting, written.context)),
    ]);
    let html = html_part(written, diagnostics);
    let (text, form) = text_part(written, diagnostics)?;
    parts.extend([(HTML, html?), (TEXT, text)]);
    Some((parts, form))
}

fn text_template(marked: &str, context: CompileContext<'_>) -> CompiledTemplate {
    let mut slots = Slots::new(context.tags, context.placeholders);
    let text = slots.text(marked, SlotContext::Text, SlotContext::Text, record::plain);
    slots.compile(&text, slots::literal)
}

fn html_part(written: &PartInput<'_, '_>, diagnostics: &mut Diagnostics) -> Option<CompiledTemplate> {
    let PartInput { root, context, phrases, .. } = written;
    let CompileContext { frame, theme, .. } = *context;
    let (reader, lists) = (context.key.lang, theme.lists_sections());
    let mut slots = Slots::new(context.tags, context.placeholders);
    let phrase = |marked: &str, slots: &mut Slots<'_>| slots.text(marked, SlotContext::Html, SlotContext::Html, escape);
    let pieces = ThemeContext {
        web: frame.is_web(),
        lang: context.lang.tag(),
        footer_lang: reader.tag(),
        reason_lang: frame.reason_lang(reader).tag(),
        subject: phrase(&phrases.subject, &mut slots),
        heading: (written.title == TitleSource::Subject).then(|| phrase(&phrases.subject, &mut slots)),
        preheader: phrase(&phrases.preheader, &mut slots),
        hero: written.hero.as_ref().map(|hero| hero.with_alt(escape)),
        logo: written.logo.clone(),
        contents: lists.then(|| contents::html(root, *context, &mut slots)).flatten(),
        content: writers::html::write(root, *context, theme, &mut slots),
        sender: escape(&frame.sender),
        reason: escape(&reason(frame, reader)),
        postal_address: address_lines(frame).map(escape).collect(),
        unsubscribe: leaving(frame, &mut slots, SlotContext::HtmlUrl),
        online: frame.online.as_deref().map(escape),
        links: links(*context, &mut slots, SlotContext::HtmlUrl, escape),
        words: words(frame, (context.lang, reader)),
    };
    let page = theme.page(&pieces, diagnostics)?;
    let page = if page.ends_with('\n') { page } else { page + "\n" };
    let present: BTreeSet<usize> = slots.present(&page).into_iter().collect();
    for lost in expected(root, *context).into_iter().filter(|number| !present.contains(number)) {
        if let Some(tag) = context.tags.get(lost) {
            diagnostics.push(
                Diagnostic::error(NOT_HERE, format!("`{}` cannot be used in this place", tag.typed))
                    .at(tag.place.clone())
                    .hint("put it into the text, or into the address of a link"),
            );
        }
    }
    Some(slots.compile(&page, transfer_encoding::encode))
}

/// The tags that a tree holds where they are to be written.
fn expected(root: Node<'_>, context: CompileContext<'_>) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    for node in root.descendants() {
        found.extend(tree::placeholder(node));
        match &node.data().value {
            NodeValue::Link(link) | NodeValue::Image(link) => found.extend(context.placeholders.tags_in(&link.url)),
            NodeValue::HtmlBlock(html) => found.extend(context.placeholders.tags_in(&html.literal)),
            NodeValue::HtmlInline(html) => found.extend(context.placeholders.tags_in(html)),
            _ => {}
        }
    }
    found
}

/// The address for leaving; none where nobody gets anything.
fn leaving(frame: &EditionContext, slots: &mut Slots<'_>, context: SlotContext) -> String {
    if frame.is_web() { String::new() } else { slots.value("unsubscribe_url", context) }
}

fn reason(frame: &EditionContext, reader: Lang) -> String {
    let reason = frame.medium.reason().and_then(|text| text.for_lang(reader)).map_or("", |text| text.value.as_str());
    record::plain(reason.trim().trim_end_matches('.'))
}

/// The way out of one series, where the issue is of one, and the sender's own links.
fn links(
    context: CompileContext<'_>,
    slots: &mut Slots<'_>,
    slot: SlotContext,
    write: fn(&str) -> String,
) -> Vec<ThemeLink> {
    let frame = context.frame;
    let series = frame.series.as_ref().filter(|_| !frame.is_web());
    let leave = series.map(|name| ThemeLink {
        text: write(&context.key.lang.leave_series(name)),
        url: slots.value("unsubscribe_series_url", slot),
    });
    let link = |link: &BrandLink| ThemeLink {
        text: write(link.text.for_lang(context.lang).map_or("", |text| &text.value)),
        url: write(&link.url.value),
    };
    leave.into_iter().chain(frame.brand.links.iter().map(link)).collect()
}

/// What a theme says by itself: in the language of the text, and in the footer in the reader's. The sentence with the
/// reason is in one language, the reason's.
fn words(frame: &EditionContext, (text, reader): (Lang, Lang)) -> LetterWords {
    let LetterWords { unsubscribe, unsubscribe_all, online, .. } = *reader.words();
    let unsubscribe = if frame.series.is_some() { unsubscribe_all } else { unsubscribe };
    let because = frame.reason_lang(reader).words().because;
    LetterWords { because, unsubscribe, online, ..*text.words() }
}

fn address_lines(frame: &EditionContext) -> impl Iterator<Item = &str> {
    frame.postal_address.lines().map(str::trim).filter(|line| !line.is_empty())
}

fn text_part(written: &PartInput<'_, '_>, diagnostics: &mut Diagnostics) -> Option<(CompiledTemplate, LineEncoding)> {
    let PartInput { root, context, phrases, .. } = written;
    let CompileContext { frame, theme, .. } = *context;
    let (reader, lists) = (context.key.lang, theme.lists_sections());
    let mut slots = Slots::new(context.tags, context.placeholders);
    let phrase =
        |marked: &str, slots: &mut Slots<'_>| slots.text(marked, SlotContext::Text, SlotContext::Text, record::plain);
    let sections = lists.then(|| contents::text(root, *context, &mut slots)).flatten();
    let pieces = ThemeContext {
        web: frame.is_web(),
        lang: context.lang.tag(),
        footer_lang: reader.tag(),
        reason_lang: frame.reason_lang(reader).tag(),
        subject: phrase(&phrases.subject, &mut slots),
        heading: (written.title == TitleSource::Subject).then(|| phrase(&phrases.subject, &mut slots)),
        preheader: phrase(&phrases.preheader, &mut slots),
        hero: written.hero.as_ref().filter(|hero| !hero.alt.is_empty()).map(|hero| hero.with_alt(record::plain)),
        logo: None,
        contents: sections.is_some().then(|| SECTIONS.into()),
        content: CONTENT.into(),
        sender: record::plain(&frame.sender),
        reason: reason(frame, reader),
        postal_address: address_lines(frame).map(record::plain).collect(),
        unsubscribe: leaving(frame, &mut slots, SlotContext::TextUrl),
        online: frame.online.clone(),
        links: links(*context, &mut slots, SlotContext::TextUrl, record::plain),
        words: words(frame, (context.lang, reader)),
    };
    let content = writers::text::write(root, *context, &mut slots);
    let records = [
        TemplatePiece { placeholder: CONTENT, records: &content },
        TemplatePiece { placeholder: SECTIONS, records: sections.as_deref().unwrap_or_default() },
    ];
    let text = theme.text(&pieces, &records, diagnostics)?;
    let (settled, form) = prelayout::prelayout(&text, context.placeholders);
    Some((slots.compile(&settled, slots::literal), form))
}

/// What an edition is finished from.
struct EditionParts {
    parts: CompiledParts,
    text_form: LineEncoding,
    phrases: Phrases,
    tags: Vec<Tag>,
    pictures: (Placement, Vec<Picture>),
    enclosures: Vec<GeneratedFile>,
    web_links: Vec<Spanned<String>>,
    lang: Lang,
}

fn finish(issue: &Issue, key: &EditionKey, from: EditionParts, diagnostics: &mut Diagnostics) -> Option<Edition> {
    let EditionParts { parts, text_form, phrases, tags, pictures: (placement, pictures), enclosures, web_links, lang } =
        from;
    let params = issue.front.params.iter().map(|(name, value)| (name.clone(), engine::value(value)));
    let params = Value::from(params.collect::<BTreeMap<_, _>>());
    let mut engine = engine::engine(lang);
    for (name, part) in &parts {
        if let Err(error) = engine.add_template_owned(*name, part.template.clone()) {
            let tag = part.tag_at(&error).and_then(|number| tags.get(number));
            let place = tag.map_or_else(|| issue.source.line(1), |tag| tag.place.clone());
            diagnostics.push(
                Diagnostic::error(UNREADABLE, "the template tags cannot be read together")
                    .at(place)
                    .hint("look for a condition or a loop that is too complicated"),
            );
            return None;
        }
    }
    let digest = compiled::digest_of(key, &parts, &format!("{:?}", issue.front.params), (&pictures, &enclosures));
    let variables = compiled::variables(&tags, &parts);
    Some(Edition {
        key: key.clone(),
        engine,
        parts,
        text_form,
        tags,
        greeting_reads: phrases.greeting_reads,
        params,
        pictures,
        enclosures,
        web_links,
        placement,
        variables,
        digest,
        lang,
    })
}
