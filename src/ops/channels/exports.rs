//! The files of an issue for each channel besides letters.

use std::path::Path;

use jiff::Timestamp;

use crate::audience::channel::Channel;
use crate::base::language::Lang;
use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::letter::decoded::DecodedLetter;
use crate::ops::blocked::{Blocked, GuardFailure};
use crate::ops::channels::reader_data;
use crate::ops::channels::texts::{self, ChannelText, TextFiles};
use crate::ops::prepared_issue::PreparedIssue;
use crate::ops::web_pages::{ArchiveSite, WebPage};
use crate::project::files;
use crate::publish::article::files::FileAddress;
use crate::publish::article::{Article, ArticleBlock};
use crate::publish::jekyll::{self, JekyllPost};
use crate::publish::linkedin::{self, LinkedInPost};
use crate::publish::markdown;
use crate::publish::markdown::dialect::MarkdownDialect;
use crate::publish::plain_text::{self, TextPurpose};
use crate::publish::written_files::{ChannelFile, ExportOwner, ExportPart};
use crate::publish::{plain_html, talking_points};

const TOO_LONG: Code = Code("NL780");
const NO_DATE: Code = Code("NL781");
const OTHER_HASHTAG: Code = Code("NL783");

/// A form that an issue is exported in for other channels than letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextExport {
    /// HTML to paste into a website.
    Html,
    /// A post for Jekyll.
    Jekyll,
    /// A post for LinkedIn.
    LinkedIn,
    /// Text without markup.
    Text,
    /// Markdown for any program that reads it.
    Markdown,
    /// Points for those who present it.
    TalkingPoints,
}

impl TextExport {
    /// Its name, as it is typed.
    pub fn name(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Jekyll => "jekyll",
            Self::LinkedIn => "linkedin",
            Self::Text => "text",
            Self::Markdown => "markdown",
            Self::TalkingPoints => "talkingpoints",
        }
    }

    /// The channel that decides which blocks are in it.
    pub fn channel(self) -> Channel {
        match self {
            Self::Html | Self::Jekyll | Self::Text | Self::Markdown => Channel::Web,
            Self::LinkedIn => Channel::LinkedIn,
            Self::TalkingPoints => Channel::TalkingPoints,
        }
    }
}

/// What an export writes.
#[derive(Debug)]
pub struct TextExportFiles {
    /// The files.
    pub part: ExportPart,
    /// The main file of each language.
    pub documents: Vec<ExportedDocument>,
}

/// The main file of an export in one language.
#[derive(Debug)]
pub struct ExportedDocument {
    /// Its language.
    pub lang: Lang,
    /// Its name below the output folder.
    pub file: String,
    /// Its title, for which websites have a separate field.
    pub title: String,
    /// The post; absent: not for LinkedIn.
    pub post: Option<LinkedInPost>,
}

/// Context for the files of an export.
struct ExportContext<'e, 'p> {
    prepared: &'e PreparedIssue<'p>,
    export: TextExport,
    /// The moment of its calendar files.
    made: Timestamp,
    /// The name of the issue in names of files.
    slug: String,
}

/// The files of an issue, always the same ones for the same issue; the warnings are to be reported. `folder` is where they will be.
///
/// # Errors
///
/// Not everyone may read the issue, its text has errors or contains what not everyone may read, or it does not fit.
pub fn files(
    prepared: &PreparedIssue<'_>,
    export: TextExport,
    folder: &Path,
) -> Result<(TextExportFiles, Diagnostics), Blocked> {
    let (texts, mut diagnostics) = texts::compile(prepared, export.channel())?;
    let known = texts::moment(prepared)?;
    let slug = ArchiveSite::folder_name(&prepared.inputs.issue);
    let context = ExportContext { prepared, export, made: known.unwrap_or(texts::UNDATED), slug };
    let written = match export {
        TextExport::Html => with_pictures(&context, texts, "html", |article| {
            let prefix = format!("{}-{}-", context.slug, article.lang);
            plain_html::write(&article.blocks, &prefix)
        }),
        TextExport::Markdown => with_pictures(&context, texts, "md", markdown_text),
        TextExport::Jekyll => {
            let moment = known.ok_or_else(|| no_date(prepared))?;
            jekyll(&context, texts, moment, folder)?
        }
        TextExport::LinkedIn => linkedin(&context, texts)?,
        TextExport::Text => plain(&context, texts, "txt", |article| plain_text::write(article, TextPurpose::Reading)),
        TextExport::TalkingPoints => plain(&context, texts, "md", talking_points::write),
    };
    diagnostics.extend(leaks(prepared, &written.checked));
    diagnostics.sort();
    if diagnostics.has_errors() {
        return Err(Blocked::Diagnostics(diagnostics));
    }
    diagnostics.extend(reader_data::check(prepared, &written.exported.part.files)?);
    match export {
        TextExport::Jekyll => diagnostics.extend(reader_data::authors(prepared)?),
        TextExport::LinkedIn => diagnostics.extend(other_hashtags(prepared)),
        TextExport::Html | TextExport::Text | TextExport::Markdown | TextExport::TalkingPoints => {}
    }
    Ok((written.exported, diagnostics))
}

/// Finished files, with their texts for the guard against leaks.
struct WrittenTexts {
    exported: TextExportFiles,
    checked: Vec<GuardedText>,
}

/// One text as it was written, for the guard against leaks.
struct GuardedText {
    text: ChannelText,
    written: String,
}

/// Text in the files that not everyone may read: the guard of letters reads what was written, and the same text as HTML.
fn leaks(prepared: &PreparedIssue<'_>, checked: &[GuardedText]) -> Diagnostics {
    let guard = prepared.guard();
    let mut diagnostics = Diagnostics::new();
    for GuardedText { text, written } in checked {
        let page = |html: String| DecodedLetter {
            subject: text.article.title.clone(),
            preheader: text.article.description.clone(),
            html,
            text: String::new(),
            pictures: text.edition.pictures(),
            placement: text.edition.placement(),
            enclosures: Vec::new(),
        };
        diagnostics.extend(guard.check_page(&text.key, &page(plain_html::write(&text.article.blocks, ""))));
        diagnostics.extend(guard.check_page(&text.key, &page(written.clone())));
    }
    diagnostics
}

impl ExportContext<'_, '_> {
    /// The part before the ending of a file's name for a language: empty for the issue's own.
    fn suffix(&self, lang: Lang, before: &str) -> String {
        if lang == self.prepared.inputs.native { String::new() } else { format!("{before}{lang}") }
    }

    fn part(&self, files: Vec<ChannelFile>) -> ExportPart {
        ExportPart { owner: ExportOwner::of_issue(self.export.name(), &self.prepared.inputs.issue.id), files }
    }

    /// Where a calendar file is for readers of a text that is pasted elsewhere: beside the issue's page on the web, if that has
    /// the event.
    fn calendar_address(&self, text: &ChannelText, file: &str) -> FileAddress {
        let page = self.prepared.pages.iter().find(|page| page.key.lang == text.key.lang);
        let has_event = |page: &&WebPage| page.edition.enclosures().iter().any(|enclosed| enclosed.name() == file);
        page.filter(has_event).and_then(|page| page.url.clone()).map_or(FileAddress::Nowhere, |page| {
            let folder = page.rfind('/').map_or(page.as_str(), |end| &page[..=end]);
            FileAddress::At(format!("{folder}{file}"))
        })
    }

    /// Gives the calendar files of a text their addresses on the web, and its pictures those of `picture`.
    fn move_files(&self, text: &mut ChannelText, picture: impl Fn(&str) -> Option<FileAddress>) {
        let calendar: Vec<String> = text.edition.enclosures().iter().map(|file| file.name().to_owned()).collect();
        let moved = |address: &str| match calendar.iter().find(|name| *name == address) {
            Some(name) => Some(self.calendar_address(text, name)),
            None => picture(address),
        };
        let mut article = text.article.clone();
        article.move_files(&moved);
        text.article = article;
    }
}

/// One file for each language: `maj.html`, `maj.en.html`, with the pictures beside it.
fn with_pictures(
    context: &ExportContext<'_, '_>,
    texts: Vec<ChannelText>,
    ending: &str,
    write: impl Fn(&Article) -> String,
) -> WrittenTexts {
    let pictures = TextFiles::pictures(&texts);
    let slug = &context.slug;
    let in_folder = |name: &str| format!("{slug}/{name}");
    let (mut files, mut documents, mut checked) = (Vec::new(), Vec::new(), Vec::new());
    for mut text in texts {
        let lang = text.key.lang;
        context.move_files(&mut text, |address| pictures.names.get(address).cloned().map(FileAddress::At));
        let written = write(&text.article);
        let file = in_folder(&format!("{slug}{}.{ending}", context.suffix(lang, ".")));
        files.push(ChannelFile::new(file.clone(), written.clone()));
        documents.push(ExportedDocument { lang, file, title: text.article.title.clone(), post: None });
        checked.push(GuardedText { text, written });
    }
    files.extend(pictures.files.into_iter().map(|file| ChannelFile { name: in_folder(&file.name), ..file }));
    WrittenTexts { exported: TextExportFiles { part: context.part(files), documents }, checked }
}

/// A text in Markdown, with its title as the first heading.
fn markdown_text(article: &Article) -> String {
    let title = markdown::text_line(&article.title);
    format!("# {title}\n\n{}", markdown::write(&article.blocks, MarkdownDialect::Common))
}

/// A post for each language, with its pictures and calendar files in a folder of the site's `assets`.
fn jekyll(
    context: &ExportContext<'_, '_>,
    texts: Vec<ChannelText>,
    moment: Timestamp,
    folder: &Path,
) -> Result<WrittenTexts, Blocked> {
    let slug = jekyll::name_without_date(&context.slug).unwrap_or(&context.slug).to_owned();
    let inputs = &context.prepared.inputs;
    let date = moment.to_zoned_datetime(inputs.project.settings().timezone.clone());
    let assets = jekyll::assets(&slug);
    let mut beside = TextFiles::pictures(&texts);
    let (mut files, mut documents, mut checked) = (Vec::new(), Vec::new(), Vec::new());
    for mut text in texts {
        let lang = text.key.lang;
        let suffix = context.suffix(lang, "-");
        let calendar = beside.add_calendar(&text, context.made, &suffix);
        let names = |address: &str| beside.names.get(address).or_else(|| calendar.get(address));
        text.article
            .move_files(&|address: &str| names(address).map(|name| FileAddress::At(format!("{assets}/{name}"))));
        let file = jekyll::file_name(&date, &format!("{slug}{suffix}"));
        check_other_post(folder, &file)?;
        let keys = site_keys(context, lang);
        let image = inputs.issue.front.image.as_ref().and_then(|_| first_picture(&text.article));
        let written = jekyll::write(&JekyllPost { article: &text.article, date: &date, image, keys: &keys });
        files.push(ChannelFile::new(file.clone(), written.clone()));
        documents.push(ExportedDocument { lang, file, title: text.article.title.clone(), post: None });
        checked.push(GuardedText { text, written });
    }
    let in_assets = |file: ChannelFile| ChannelFile { name: format!("{assets}/{}", file.name), ..file };
    files.extend(beside.files.into_iter().map(in_assets));
    Ok(WrittenTexts { exported: TextExportFiles { part: context.part(files), documents }, checked })
}

/// The author's keys for a website. Two posts cannot have one address, so that only the issue's own language keeps it.
fn site_keys(context: &ExportContext<'_, '_>, lang: Lang) -> Vec<(String, String)> {
    let inputs = &context.prepared.inputs;
    let mut keys = inputs.issue.in_lang(lang).site_keys();
    if keys.is_empty() {
        keys = inputs.issue.site_keys();
    }
    // Liquid must read the post: the addresses of its files depend on the address of the site.
    keys.retain(|(key, _)| key != "render_with_liquid");
    if lang != inputs.native {
        keys.retain(|(key, _)| !["permalink", "redirect_from", "aliases"].contains(&key.as_str()));
    }
    keys
}

/// The address of the picture above a text, from the root of the site.
fn first_picture(article: &Article) -> Option<String> {
    match article.blocks.first()? {
        ArticleBlock::Figure { picture, .. } if picture.address.contains(':') => Some(picture.address.clone()),
        ArticleBlock::Figure { picture, .. } => Some(format!("/{}", picture.address)),
        ArticleBlock::Heading { .. }
        | ArticleBlock::Paragraph(_)
        | ArticleBlock::List { .. }
        | ArticleBlock::Notes { .. }
        | ArticleBlock::Quote(_)
        | ArticleBlock::Note(_)
        | ArticleBlock::Table(_)
        | ArticleBlock::Code(_)
        | ArticleBlock::Rule
        | ArticleBlock::Language { .. }
        | ArticleBlock::Part(_)
        | ArticleBlock::Own(_) => None,
    }
}

/// Refuses a post that the website already has with another date in its name: it would have two.
fn check_other_post(folder: &Path, file: &str) -> Result<(), Blocked> {
    let posts = folder.join("_posts");
    let own = file.rsplit('/').next().unwrap_or(file);
    if !posts.is_dir() {
        return Ok(());
    }
    for path in files::entries(&posts)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let stem = |name: &str| name.rsplit_once('.').map(|(stem, _)| stem.to_owned());
        let is_same = jekyll::name_without_date(&name).and_then(stem) == jekyll::name_without_date(own).and_then(stem);
        if name != own && is_same {
            return Err(GuardFailure::PostExists { found: path }.into());
        }
    }
    Ok(())
}

fn no_date(prepared: &PreparedIssue<'_>) -> Blocked {
    let place = prepared.inputs.issue.source.line(1);
    let diagnostic = Diagnostic::error(
        NO_DATE,
        message!(
            "a post of Jekyll has a date in its name, and this issue has none",
            "et Jekyll-indlæg har en dato i navnet, og nyhedsbrevet har ingen"
        ),
    )
    .at(place)
    .hint(message!("write `date: 2027-05-04` in the front matter", "skriv `date: 2027-05-04` i front matter"));
    Blocked::Diagnostics([diagnostic].into_iter().collect())
}

/// A post for each language, within LinkedIn's limit.
fn linkedin(context: &ExportContext<'_, '_>, texts: Vec<ChannelText>) -> Result<WrittenTexts, Blocked> {
    let tags = context.prepared.inputs.issue.tags();
    let mut diagnostics = Diagnostics::new();
    let mut posts = Vec::new();
    for mut text in texts {
        context.move_files(&mut text, |_| None);
        let post = LinkedInPost::of(&text.article, &tags);
        if let Some(excess) = post.excess() {
            diagnostics.push(too_long(context, &text, &post, excess));
        }
        posts.push((text, post));
    }
    if diagnostics.has_errors() {
        return Err(Blocked::Diagnostics(diagnostics));
    }
    let (mut files, mut documents, mut checked) = (Vec::new(), Vec::new(), Vec::new());
    for (text, post) in posts {
        let lang = text.key.lang;
        let file = format!("{}{}.txt", context.slug, context.suffix(lang, "."));
        files.push(ChannelFile::new(file.clone(), post.text()));
        let (title, written) = (text.article.title.clone(), post.text().to_owned());
        documents.push(ExportedDocument { lang, file, title, post: Some(post) });
        checked.push(GuardedText { text, written });
    }
    Ok(WrittenTexts { exported: TextExportFiles { part: context.part(files), documents }, checked })
}

/// Warnings of tags that are other hashtags, or none.
fn other_hashtags(prepared: &PreparedIssue<'_>) -> Diagnostics {
    let tags = prepared.inputs.issue.placed_tags();
    let warnings = tags.into_iter().filter(|tag| linkedin::is_changed(&tag.value)).map(|tag| {
        let written = &tag.value;
        let message = match linkedin::hashtag(written) {
            Some(hashtag) => message!(
                "the tag `{written}` is `{hashtag}` on LinkedIn, which has letters and digits only",
                "emneordet `{written}` bliver til `{hashtag}` på LinkedIn, hvor der kun er bogstaver og tal"
            ),
            None => message!(
                "the tag `{written}` is left out on LinkedIn: a hashtag needs a letter",
                "emneordet `{written}` udelades på LinkedIn: et hashtag skal have et bogstav"
            ),
        };
        let hint = message!(
            "write it in letters and digits, such as `CSharp` or `rapport2026`",
            "skriv det med bogstaver og tal, f.eks. `CSharp` eller `rapport2026`"
        );
        Diagnostic::warning(OTHER_HASHTAG, message).at(tag.place).hint(hint)
    });
    let mut warnings: Diagnostics = warnings.collect();
    prepared.inputs.apply_exemptions(&mut warnings);
    warnings
}

fn too_long(context: &ExportContext<'_, '_>, text: &ChannelText, post: &LinkedInPost, excess: usize) -> Diagnostic {
    let source = &context.prepared.inputs.issue.in_lang(text.key.lang).source;
    let message = message!(
        "a post on LinkedIn has at most {} characters, and this one has {}: {excess} too many",
        "et opslag på LinkedIn har højst {} tegn, og dette har {}: {excess} for mange",
        linkedin::MOST,
        post.length()
    );
    let section = linkedin::section_to_leave_out(&text.article, excess);
    let is_heading = |line: &str, words: &str| line.trim_start().starts_with('#') && line.contains(words);
    let line = section.as_ref().and_then(|section| {
        source.text().lines().position(|line| is_heading(line, &section.heading)).map(|line| line + 1)
    });
    let hint = match section {
        Some(section) => message!(
            "put what is for letters and the web only between `::: not linkedin` and `:::`, such as \"{}\" with {} characters; a shorter text in its place goes below it, into `::: only linkedin`",
            "sæt det, der kun er til mail og web, mellem `::: not linkedin` og `:::`, f.eks. \"{}\" med {} tegn; en kortere tekst i stedet skrives nedenunder i `::: only linkedin`",
            section.heading,
            section.length
        ),
        None => message!(
            "put what is for letters and the web only between `::: not linkedin` and `:::`",
            "sæt det, der kun er til mail og web, mellem `::: not linkedin` og `:::`"
        ),
    };
    Diagnostic::error(TOO_LONG, message).at(source.line(line.unwrap_or(1))).hint(hint)
}

/// One file for each language, without pictures.
fn plain(
    context: &ExportContext<'_, '_>,
    texts: Vec<ChannelText>,
    ending: &str,
    write: impl Fn(&Article) -> String,
) -> WrittenTexts {
    let (mut files, mut documents, mut checked) = (Vec::new(), Vec::new(), Vec::new());
    for mut text in texts {
        let lang = text.key.lang;
        context.move_files(&mut text, |_| None);
        let written = write(&text.article);
        let file = format!("{}{}.{ending}", context.slug, context.suffix(lang, "."));
        files.push(ChannelFile::new(file.clone(), written.clone()));
        documents.push(ExportedDocument { lang, file, title: text.article.title.clone(), post: None });
        checked.push(GuardedText { text, written });
    }
    WrittenTexts { exported: TextExportFiles { part: context.part(files), documents }, checked }
}
