//! The finished page of an issue on the web: the theme's page with the parts that only web pages have.

use jiff::Timestamp;

use crate::base::error::Error;
use crate::edition::images::original::CoverPicture;
use crate::edition::images::picture::PictureShape;
use crate::edition::images::placement::PicturePath;
use crate::issue::image::HeaderImage;
use crate::letter::decoded::DecodedLetter;
use crate::ops::prepared_issue::PreparedIssue;
use crate::ops::publication;
use crate::ops::web_pages::WebPage;
use crate::project::settings::archive;
use crate::publish::archive::contents::Thumbnail;
use crate::publish::page_frame::{LanguagePage, LinkPicture, PageFrame, PageLook, PictureSize};
use crate::publish::written_files::ChannelFile;

/// The size of the picture that other sites show beside a link, in pixels, as LinkedIn and Facebook recommend.
const LINK_PICTURE: PictureShape = PictureShape { wide: 1200, tall: 627 };
/// The size of the picture in the index of the archive, which shows it at half of that.
const THUMBNAIL: PictureShape = PictureShape { wide: 400, tall: 209 };

/// Whether the folder of the pages has an archive that they link to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArchiveIndex {
    /// It has, or will have after this export.
    Present,
    /// It has none.
    Absent,
}

/// When a page is made, and for which folder.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FrameMoment {
    /// The moment of its calendar files.
    pub(crate) made: Timestamp,
    /// Whether the folder has an archive.
    pub(crate) index: ArchiveIndex,
}

/// The pictures of a page that are not in its text, for other sites and for the archive.
#[derive(Debug, Default)]
pub(crate) struct FramePictures {
    /// Their files.
    pub(crate) files: Vec<ChannelFile>,
    /// The picture for other sites.
    link: Option<LinkPicture>,
    /// The one for the index.
    pub(crate) thumbnail: Option<Thumbnail>,
}

impl FramePictures {
    /// Those made from the `image` of the issue. Without an address of the page there are none, since no other site could load them.
    pub(crate) fn of(prepared: &PreparedIssue<'_>, page: &WebPage) -> Self {
        let (Some(image), Some(url)) = (image(prepared, page), &page.url) else { return Self::default() };
        let alt = alt(image, page);
        let file = image.file.value.trim();
        if file.starts_with("https://") {
            let link = LinkPicture { url: file.to_owned(), size: None, alt };
            return Self { link: Some(link), ..Self::default() };
        }
        // Compiling the page has reported a picture that cannot be read.
        let cover = |size| prepared.inputs.pictures.cover(PicturePath::BesideIssue(file), size).ok();
        let (Some(large), Some(small)) = (cover(LINK_PICTURE), cover(THUMBNAIL)) else { return Self::default() };
        let name = |cover: &CoverPicture| cover.picture.file_name();
        let size = PictureSize { width: large.size.wide, height: large.size.tall };
        let link = LinkPicture { url: format!("{url}{}", name(&large)), size: Some(size), alt };
        let thumbnail =
            Thumbnail { url: format!("{url}{}", name(&small)), width: small.size.wide, height: small.size.tall };
        let file = |cover: &CoverPicture| {
            ChannelFile::new(format!("{}{}", page.folder, name(cover)), &cover.picture.bytes()[..])
        };
        Self { files: vec![file(&large), file(&small)], link: Some(link), thumbnail: Some(thumbnail) }
    }
}

fn image<'a>(prepared: &'a PreparedIssue<'_>, page: &WebPage) -> Option<&'a HeaderImage> {
    prepared.inputs.manuscripts.in_lang(page.key.lang).issue().front.image.as_ref()
}

fn alt(image: &HeaderImage, page: &WebPage) -> String {
    let alt = image.alt.as_ref().and_then(|alt| alt.for_lang(page.key.lang));
    alt.map_or_else(String::new, |alt| alt.value.trim().to_owned())
}

/// A page as it is written, with calendar files of this moment.
///
/// # Errors
///
/// It needs values of a reader, which compiling the issue has reported.
pub(crate) fn finished<'a>(
    prepared: &PreparedIssue<'_>,
    page: &'a WebPage,
    pictures: &FramePictures,
    FrameMoment { made, index }: FrameMoment,
) -> Result<DecodedLetter<'a>, Error> {
    let mut decoded = DecodedLetter::of_page(&page.edition, made).map_err(|_| Error::Uncomposed)?;
    decoded.html = frame(prepared, page, &decoded, pictures, index).around(&decoded.html);
    Ok(decoded)
}

fn frame(
    prepared: &PreparedIssue<'_>,
    page: &WebPage,
    decoded: &DecodedLetter<'_>,
    pictures: &FramePictures,
    index: ArchiveIndex,
) -> PageFrame {
    let project = &prepared.inputs.project;
    let settings = project.settings();
    let moment = publication::moment(project, &prepared.inputs.issue);
    let folder = settings.archive_url.as_deref().map(|url| archive::folder(url).to_owned());
    PageFrame {
        sender: settings.name.clone(),
        title: decoded.subject.clone(),
        description: decoded.preheader.clone(),
        lang: page.key.lang,
        url: page.url.clone(),
        languages: languages(prepared),
        published: moment.map(|moment| moment.to_zoned_datetime(settings.timezone.clone())),
        picture: pictures.link.clone(),
        archive: match index {
            ArchiveIndex::Present => folder,
            ArchiveIndex::Absent => None,
        },
        accessibility: settings.web.accessibility_statement.clone(),
        look: PageLook { colour: settings.brand.colour, font: settings.brand.font.clone() },
    }
}

/// The pages of an issue by language, that of its own text first; none if they have no address.
pub(crate) fn languages(prepared: &PreparedIssue<'_>) -> Vec<LanguagePage> {
    let page = |page: &WebPage| Some(LanguagePage { lang: page.key.lang, url: page.url.clone()? });
    let mut pages: Vec<LanguagePage> = prepared.pages.iter().filter_map(page).collect();
    pages.sort_by_key(|page| page.lang != prepared.inputs.native);
    pages
}
