//! Writes the unsubscribe page as files, for a web server that keeps an access log.

use std::path::Path;

use crate::base::error::Error;
use crate::base::language::Lang;
use crate::delivery::file::FileReaders;
use crate::feedback::pages::LeftNewsletters;
use crate::ops::unsubscribe_pages;
use crate::project::{Project, files};

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

/// Writes the pages of each language into a folder.
///
/// # Errors
///
/// A file cannot be written.
pub fn write(project: &Project, folder: &Path) -> Result<Vec<StaticPage>, Error> {
    let pages = unsubscribe_pages::pages(project);
    let mut written = Vec::new();
    for lang in Lang::ALL {
        let page =
            StaticPage { lang, button: format!("unsubscribe.{lang}.html"), left: format!("unsubscribed.{lang}.html") };
        let left = pages.left(lang, None, &LeftNewsletters::OfLink);
        for (name, content) in [(&page.button, pages.static_button(lang)), (&page.left, left)] {
            files::write(&folder.join(name), content.html.as_bytes(), FileReaders::Everyone)?;
        }
        written.push(page);
    }
    Ok(written)
}
