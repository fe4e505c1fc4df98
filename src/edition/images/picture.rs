//! A picture that is ready to be sent, and the width it is shown at.

use std::fmt;
use std::sync::Arc;

use crate::base::digest::Digest;

/// How wide a picture may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WidthLimits {
    /// The width that the author asks for; absent: the width of the picture.
    pub asked: Option<u32>,
    /// The width of the column it is in.
    pub most: u32,
}

/// A picture, and the width it is shown at.
#[derive(Clone, Debug)]
pub struct ScaledPicture {
    /// What is sent.
    pub picture: Picture,
    /// How wide it is shown.
    pub width: u32,
    /// How wide the author's file is, in pixels.
    pub natural: u32,
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

impl Picture {
    pub(super) fn new(format: PictureFormat, bytes: Arc<[u8]>) -> Self {
        Self { name: Digest::sha256(&bytes).as_str()[..32].to_owned(), format, bytes }
    }

    /// Its Content-ID (RFC 2392), without `<` and `>`. The same content has the same one.
    pub fn cid(&self) -> String {
        format!("{}@picture", self.name)
    }

    /// A file name made from its content: `d96c308a07dca034.png`.
    pub fn file_name(&self) -> String {
        let ending = match self.format {
            PictureFormat::Png => "png",
            PictureFormat::Jpeg => "jpg",
            PictureFormat::Gif => "gif",
            PictureFormat::WebP => "webp",
        };
        format!("{}.{ending}", &self.name[..16])
    }

    /// Whether an address is such a file name.
    pub(crate) fn is_file_name(address: &str) -> bool {
        address.split_once('.').is_some_and(|(name, ending)| {
            name.len() == 16
                && name.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f'))
                && ["png", "jpg", "gif", "webp"].contains(&ending)
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
