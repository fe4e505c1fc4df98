//! Pictures that travel with a letter.

use std::fmt;
use std::sync::Arc;

use thiserror::Error as ThisError;

use crate::digest::Digest;
use crate::render::dimensions;

/// Where the pictures of an issue come from.
pub trait Pictures {
    /// The picture at a path as the issue names it, relative to the issue's own folder.
    ///
    /// # Errors
    /// Where there is none, where it must not be read, or where mail programs cannot show it.
    fn load(&self, path: &str) -> Result<Picture, PictureError>;
}

/// No pictures at all: every path is missing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoPictures;

impl Pictures for NoPictures {
    fn load(&self, _: &str) -> Result<Picture, PictureError> {
        Err(PictureError::Missing { near: None })
    }
}

/// One picture, known to be one by its content.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    cid: String,
    format: Format,
    bytes: Arc<[u8]>,
    width: u32,
    height: u32,
}

/// A format that every mail program shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
    /// GIF.
    Gif,
}

/// Why a picture cannot be sent.
#[derive(Clone, Debug, PartialEq, Eq, ThisError)]
pub enum PictureError {
    /// There is no such file; perhaps one whose name is nearly the same.
    #[error("there is no such picture")]
    Missing {
        /// The name of a file that differs in case or by a letter.
        near: Option<String>,
    },
    /// The path leads out of the project.
    #[error("the picture lies outside the project")]
    Outside,
    /// The path begins at the root of the disk.
    #[error("a picture's path must be relative to the issue")]
    Absolute,
    /// The content is no picture.
    #[error("this file is not a picture")]
    NotAPicture,
    /// The file is larger than a letter should be.
    #[error("the picture has {bytes} bytes, and {limit} are allowed")]
    TooLarge {
        /// Its size.
        bytes: u64,
        /// The largest size allowed.
        limit: u64,
    },
    /// A picture in a format that some mail programs do not show.
    #[error("{format} pictures are not shown by every mail program")]
    Unsupported {
        /// The name of the format.
        format: &'static str,
    },
    /// The file is there and cannot be read.
    #[error("the picture cannot be read")]
    Unreadable,
}

impl Picture {
    /// Reads a picture's format and size from its content.
    ///
    /// # Errors
    /// Where the content is no PNG, JPEG or GIF.
    pub fn read(bytes: Arc<[u8]>) -> Result<Self, PictureError> {
        let format = match &bytes[..] {
            [0x89, b'P', b'N', b'G', ..] => Format::Png,
            [0xff, 0xd8, 0xff, ..] => Format::Jpeg,
            [b'G', b'I', b'F', b'8', ..] => Format::Gif,
            other => return Err(refused(other)),
        };
        let (width, height) = match format {
            Format::Png => dimensions::png(&bytes),
            Format::Jpeg => dimensions::jpeg(&bytes),
            Format::Gif => dimensions::gif(&bytes),
        }
        .filter(|(width, height)| *width > 0 && *height > 0)
        .ok_or(PictureError::NotAPicture)?;
        let cid = format!("{}@picture", &Digest::sha256(&bytes).as_str()[..32]);
        Ok(Self { cid, format, bytes, width, height })
    }

    /// Its Content-ID, without `<` and `>`: the same content has the same.
    pub fn cid(&self) -> &str {
        &self.cid
    }

    /// Its media type: `image/png`.
    pub fn media_type(&self) -> &'static str {
        match self.format {
            Format::Png => "image/png",
            Format::Jpeg => "image/jpeg",
            Format::Gif => "image/gif",
        }
    }

    /// Its content.
    pub fn bytes(&self) -> &Arc<[u8]> {
        &self.bytes
    }

    /// Its width in pixels.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Its height in pixels.
    pub fn height(&self) -> u32 {
        self.height
    }
}

impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Picture({:?} {}x{} {})", self.format, self.width, self.height, self.cid)
    }
}

/// Why content that is no PNG, JPEG or GIF is refused.
fn refused(bytes: &[u8]) -> PictureError {
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(512)]).to_lowercase();
    let format = match bytes {
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => "WebP",
        [_, _, _, _, b'f', b't', b'y', b'p', b'a', b'v', b'i', b'f', ..] => "AVIF",
        [_, _, _, _, b'f', b't', b'y', b'p', b'h', b'e', b'i', ..] => "HEIC",
        [b'B', b'M', ..] => "BMP",
        [b'I', b'I', b'*', 0, ..] | [b'M', b'M', 0, b'*', ..] => "TIFF",
        _ if start.contains("<svg") => "SVG",
        _ => return PictureError::NotAPicture,
    };
    PictureError::Unsupported { format }
}
