//! Where the pictures of an edition come from, and where readers load them from.

use crate::edition::images::error::PictureError;
use crate::edition::images::picture::{Picture, ScaledPicture, WidthLimits};

/// Where the pictures of an issue come from.
pub trait PictureSource {
    /// Loads the picture of a path, and makes it fit.
    ///
    /// # Errors
    /// If it is missing, if it must not be read, or if mail programs cannot show it.
    fn load(&self, named: PicturePath<'_>, room: WidthLimits) -> Result<ScaledPicture, PictureError>;
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
}

/// Where readers load the pictures from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Placement {
    /// In the letter itself.
    #[default]
    Inside,
    /// On a web server.
    Published {
        /// The address of the folder: `https`, without a slash at its end.
        url: String,
    },
    /// Beside the page, on the web.
    Beside,
}

impl Placement {
    /// The address of a picture in HTML.
    pub fn address(&self, picture: &Picture) -> String {
        match self {
            Self::Inside => format!("cid:{}", picture.cid()),
            Self::Beside => picture.file_name(),
            Self::Published { url } => format!("{url}/{}", picture.file_name()),
        }
    }
}
