//! The sender of a page: the newsletter or one of its series, with its colours and its logo.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use minijinja::{Environment, context};
use serde::Serialize;

use crate::base::digest;
use crate::edition::colour::Colour;
use crate::edition::theme::palette::Palette;

const STYLE: &str = include_str!("page.css");

/// The newsletter, or one of its series, as its pages show it.
#[derive(Clone, Debug)]
pub struct PageBrand {
    /// Its name.
    pub name: String,
    /// The colour that all others are derived from.
    pub colour: Colour,
    /// The fonts, as CSS writes them.
    pub font: String,
    /// The picture at the top; absent: the name is written there.
    pub logo: Option<PageLogo>,
}

/// A logo that is part of the page: a page asks no other server for anything.
#[derive(Clone, Debug)]
pub struct PageLogo {
    /// Its type, such as `image/png`.
    pub media_type: &'static str,
    /// Its file.
    pub bytes: Vec<u8>,
    /// Its width in pixels.
    pub width: u32,
}

/// What the template needs of a brand.
#[derive(Debug, Serialize)]
pub(super) struct PageSender {
    pub(super) name: String,
    style: String,
    logo: Option<InlineLogo>,
    /// The policy of its pages.
    #[serde(skip)]
    pub(super) policy: String,
}

#[derive(Debug, Serialize)]
struct InlineLogo {
    source: String,
    width: u32,
}

impl PageSender {
    pub(super) fn new(brand: &PageBrand) -> Self {
        let palette = Palette::of(brand.colour);
        let values = context! { light => palette.light(), dark => palette.dark(), font => &brand.font };
        // The template is built in, and the tests render it.
        let style = Environment::new().render_named_str("page.css", STYLE, values).unwrap_or_default();
        let logo = brand.logo.as_ref().map(|logo| InlineLogo {
            source: format!("data:{};base64,{}", logo.media_type, STANDARD.encode(&logo.bytes)),
            width: logo.width,
        });
        Self { name: brand.name.clone(), policy: policy(&style), style, logo }
    }
}

/// The Content-Security-Policy of a page with this style: no script, nothing from other servers, and no frames around
/// it, which would allow clickjacking.
fn policy(style: &str) -> String {
    let hash = STANDARD.encode(digest::sha256_bytes(style.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; img-src data:; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'"
    )
}
