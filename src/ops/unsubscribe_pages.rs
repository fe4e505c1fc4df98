//! The pages where readers unsubscribe, with the names, colours and logos of a project.

use crate::base::digest::Digest;
use crate::edition::context::Brand;
use crate::edition::embed::LOGO_WIDTH;
use crate::edition::images::picture::WidthLimits;
use crate::edition::images::placement::{PicturePath, PictureSource};
use crate::feedback::pages::sender::{PageBrand, PageLogo};
use crate::feedback::pages::{PageOptions, UnsubscribePages};
use crate::people::person::Address;
use crate::project::Project;
use crate::project::pictures::IssuePictures;

/// How many digits the marker of a project's page has.
const MARKER_DIGITS: usize = 16;

/// The pages of a project. They need only its settings and its logo: no people, no key and no ledger.
pub fn pages(project: &Project) -> UnsubscribePages {
    let settings = project.settings();
    let series = settings.series.iter().map(|(id, series)| (id.clone(), brand(project, &series.name, &series.brand)));
    UnsubscribePages::new(&PageOptions {
        newsletter: brand(project, &settings.name, &settings.brand),
        series: series.collect(),
        contact: contact(project),
        marker: marker(project),
    })
}

/// The content of a `meta` element that identifies the project's own page: derived from settings that every letter
/// shows.
pub fn marker(project: &Project) -> String {
    let settings = project.settings();
    let url = settings.unsubscribe.url.as_deref().unwrap_or_default();
    let pieces = [settings.from.address.as_str(), url].map(str::as_bytes);
    Digest::of(pieces).as_str()[..MARKER_DIGITS].to_owned()
}

/// The address that readers can write to. Never the one for unsubscribing, where every mail counts as a request to
/// unsubscribe.
fn contact(project: &Project) -> Address {
    let settings = project.settings();
    settings.reply_to.as_ref().unwrap_or(&settings.from).address.clone()
}

fn brand(project: &Project, name: &str, brand: &Brand) -> PageBrand {
    PageBrand { name: name.to_owned(), colour: brand.colour, font: brand.font.clone(), logo: logo(project, brand) }
}

/// The logo, if it is a file of the project: one on another server would show that server who unsubscribes.
fn logo(project: &Project, brand: &Brand) -> Option<PageLogo> {
    let file = &brand.logo.as_ref()?.file;
    let named = PicturePath::InProject(&file.value);
    let limits = WidthLimits { most: LOGO_WIDTH, ..WidthLimits::default() };
    // `check` reports a logo that cannot be read; the page has the name instead.
    let shown = IssuePictures::new(project, project.root()).load(named, limits).ok()?;
    let bytes = shown.picture.bytes().to_vec();
    Some(PageLogo { media_type: shown.picture.media_type(), bytes, width: shown.width })
}
