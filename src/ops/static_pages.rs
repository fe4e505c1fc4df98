//! The unsubscribe page as files, for a web server that keeps an access log.

use crate::base::language::Lang;
use crate::feedback::pages::LeftNewsletters;
use crate::ops::unsubscribe_pages;
use crate::project::Project;
use crate::publish::written_files::{ChannelFile, ExportOwner, ExportPart};

/// The channel of the page, in the record of an output folder.
const UNSUBSCRIBE: &str = "unsubscribe";

/// The two files of a language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaticPage {
    /// The language.
    pub lang: Lang,
    /// The page with the button, whose form posts to the page's own address.
    pub button: String,
    /// The page that answers the form.
    pub left: String,
}

/// The files of the pages, and their names by language.
pub fn files(project: &Project) -> (Vec<StaticPage>, ExportPart) {
    let pages = unsubscribe_pages::pages(project);
    let (mut named, mut files) = (Vec::new(), Vec::new());
    for lang in Lang::ALL {
        let page =
            StaticPage { lang, button: format!("unsubscribe.{lang}.html"), left: format!("unsubscribed.{lang}.html") };
        let left = pages.left(lang, None, &LeftNewsletters::OfLink);
        files.push(ChannelFile::new(&*page.button, pages.static_button(lang).html));
        files.push(ChannelFile::new(&*page.left, left.html));
        named.push(page);
    }
    (named, ExportPart { owner: ExportOwner::of_channel(UNSUBSCRIBE), files })
}
