//! A picture that is ready to be sent, and the width it is shown at.

use std::fmt;
use std::sync::Arc;

use crate::base::digest::Digest;

/// How wide a picture may be shown, and in which shape.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct WidthLimits {
    /// The width that the author asks for; absent: the width of the picture.
    pub asked: Option<u32>,
    /// The width of the column it is in.
    pub most: u32,
    /// How wide it is shown on a phone, where it has the screen to itself; absent: no wider than elsewhere.
    pub on_phone: Option<u32>,
    /// The shape that it is given, so that it fits beside others; absent: its own.
    pub shape: Option<PictureShape>,
}

/// The ratio of a width to a height.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PictureShape {
    /// The width, in any unit: only the ratio to the height matters.
    pub wide: u32,
    /// The height, in the same units.
    pub tall: u32,
}

impl PictureShape {
    /// As wide as it is tall.
    pub(crate) const SQUARE: Self = Self { wide: 1, tall: 1 };

    /// The shape between those of some pictures: the geometric mean of their ratios. `None` if they hardly differ.
    pub(crate) fn between(shapes: &[Self]) -> Option<Self> {
        let ratios: Vec<f64> = shapes.iter().map(|shape| f64::from(shape.wide) / f64::from(shape.tall)).collect();
        let least = ratios.iter().copied().fold(f64::INFINITY, f64::min);
        let most = ratios.iter().copied().fold(0.0, f64::max);
        if ratios.len() < 2 || most / least < 1.02 {
            return None;
        }
        let count = f64::from(u32::try_from(ratios.len()).ok()?);
        let mean = (ratios.iter().map(|ratio| ratio.ln()).sum::<f64>() / count).exp();
        // A wider or taller one would leave little of the others. Formatting rounds without a lossy cast.
        let wide = format!("{:.0}", mean.clamp(0.75, 1.8) * 600.0).parse().ok()?;
        Some(Self { wide, tall: 600 })
    }
}

/// A picture, and the width it is shown at.
#[derive(Clone, Debug)]
pub struct ScaledPicture {
    /// What is sent.
    pub picture: Picture,
    /// How wide it is shown.
    pub width: u32,
    /// How wide the author's file is, in pixels, after any cropping.
    pub natural: u32,
    /// How wide it is shown on any screen.
    pub widest: u32,
}

impl ScaledPicture {
    /// As it is stored between two commands: a line with its format, its digest and its widths, then what is sent.
    pub(crate) fn written(&self) -> Vec<u8> {
        let Picture { name, format, bytes } = &self.picture;
        let mut stored =
            format!("{} {name} {} {} {}\n", format.ending(), self.width, self.natural, self.widest).into_bytes();
        stored.extend_from_slice(bytes);
        stored
    }

    /// What [`Self::written`] wrote; none if it is cut off or changed.
    pub(crate) fn read(stored: &[u8]) -> Option<Self> {
        let end = stored.iter().position(|byte| *byte == b'\n')?;
        let mut words = str::from_utf8(&stored[..end]).ok()?.split(' ');
        let format = PictureFormat::of_ending(words.next()?)?;
        let picture = Picture::new(format, stored[end + 1..].into());
        let is_whole = words.next()? == picture.name;
        let mut width = || words.next()?.parse().ok();
        let (shown, natural, widest) = (width()?, width()?, width()?);
        is_whole.then_some(Self { picture, width: shown, natural, widest })
    }
}

/// One picture, ready to be sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    name: String,
    format: PictureFormat,
    bytes: Arc<[u8]>,
}

/// A format that all mail programs show, or that is converted to one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PictureFormat {
    Png,
    Jpeg,
    Gif,
    WebP,
}

impl PictureFormat {
    const ALL: [Self; 4] = [Self::Png, Self::Jpeg, Self::Gif, Self::WebP];

    /// The end of the names of its files.
    fn ending(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Gif => "gif",
            Self::WebP => "webp",
        }
    }

    fn of_ending(ending: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.ending() == ending)
    }
}

impl Picture {
    /// A PNG.
    pub(super) fn png(bytes: Vec<u8>) -> Self {
        Self::new(PictureFormat::Png, bytes.into())
    }

    pub(super) fn format(&self) -> PictureFormat {
        self.format
    }

    pub(super) fn new(format: PictureFormat, bytes: Arc<[u8]>) -> Self {
        Self { name: Digest::sha256(&bytes).as_str()[..32].to_owned(), format, bytes }
    }

    /// Its Content-ID (RFC 2392), without `<` and `>`. The same content has the same one.
    pub fn cid(&self) -> String {
        format!("{}@picture", self.name)
    }

    /// A file name made from its content: `d96c308a07dca034.png`.
    pub fn file_name(&self) -> String {
        format!("{}.{}", &self.name[..16], self.format.ending())
    }

    /// Whether an address is such a file name.
    pub(crate) fn is_file_name(address: &str) -> bool {
        address.split_once('.').is_some_and(|(name, ending)| {
            name.len() == 16
                && name.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f'))
                && PictureFormat::of_ending(ending).is_some()
        })
    }

    /// Its media type: `image/png`.
    pub fn media_type(&self) -> &'static str {
        match self.format {
            PictureFormat::Png => "image/png",
            PictureFormat::Jpeg => "image/jpeg",
            PictureFormat::Gif => "image/gif",
            PictureFormat::WebP => "image/webp",
        }
    }

    /// Its content.
    pub fn bytes(&self) -> &Arc<[u8]> {
        &self.bytes
    }
}

impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Picture({} {} bytes)", self.file_name(), self.bytes.len())
    }
}
