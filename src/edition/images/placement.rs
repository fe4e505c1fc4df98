//! Where the pictures of an edition come from, and where readers load them from.

use crate::edition::images::error::PictureError;
use crate::edition::images::picture::{Picture, PictureShape, ScaledPicture, WidthLimits};

/// Where the pictures of an issue come from.
pub trait PictureSource {
    /// Loads the picture of a path, and makes it fit.
    ///
    /// # Errors
    /// If it is missing, if it must not be read, or if mail programs cannot show it.
    fn load(&self, path: PicturePath<'_>, limits: WidthLimits) -> Result<ScaledPicture, PictureError>;

    /// The shape of the picture of a path.
    ///
    /// # Errors
    /// As those of [`Self::load`], but for damage that only decoding finds.
    fn shape(&self, path: PicturePath<'_>) -> Result<PictureShape, PictureError>;
}

/// A path, and what it is relative to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PicturePath<'n> {
    /// To the issue's own folder.
    BesideIssue(&'n str),
    /// To the project's folder.
    InProject(&'n str),
}

/// No pictures at all: every path is missing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoPictures;

impl PictureSource for NoPictures {
    fn load(&self, _: PicturePath<'_>, _: WidthLimits) -> Result<ScaledPicture, PictureError> {
        Err(PictureError::Missing { near: None })
    }

    fn shape(&self, _: PicturePath<'_>) -> Result<PictureShape, PictureError> {
        Err(PictureError::Missing { near: None })
    }
}

/// Where readers load the pictures from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Placement {
    /// From the letter itself: each picture is a part of it (RFC 2392).
    #[default]
    Embedded,
    /// From a web server.
    Hosted {
        /// The address of the folder: `https`, without a slash at its end.
        url: String,
    },
    /// From the folder of the web page that shows them.
    BesidePage,
}

impl Placement {
    /// The address of a picture in HTML.
    pub fn address(&self, picture: &Picture) -> String {
        match self {
            Self::Embedded => format!("cid:{}", picture.cid()),
            Self::BesidePage => picture.file_name(),
            Self::Hosted { url } => format!("{url}/{}", picture.file_name()),
        }
    }
}
