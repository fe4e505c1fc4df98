//! Why a picture cannot be sent.

use thiserror::Error as ThisError;

use crate::base::byte_size::{ByteLimit, ByteSize};
use crate::base::message::message;
use crate::edition::images::unsupported::UnsupportedFormat;

/// Why a picture cannot be sent.
#[derive(Clone, Debug, PartialEq, Eq, ThisError)]
pub enum PictureError {
    /// The file does not exist.
    #[error("{}", message!("picture not found", "billedet findes ikke"))]
    Missing {
        /// The name of a file that differs in case or by a letter.
        near: Option<String>,
    },
    /// The path leads out of the project.
    #[error("{}", message!("the picture is outside the project", "billedet ligger uden for projektet"))]
    Outside,
    /// The path is absolute.
    #[error("{}", message!(
        "a picture's path must be relative to the issue",
        "stien til et billede skal være relativ til nyhedsbrevet"
    ))]
    Absolute,
    /// The file is not a picture.
    #[error("{}", message!("this file is not a picture", "filen er ikke et billede"))]
    NotAPicture,
    /// The file ends before its picture does.
    #[error("{}", message!(
        "the picture is damaged: its file ends in the middle",
        "billedet er ødelagt: filen slutter midt i det"
    ))]
    CutOff,
    /// The file is too large to be made smaller.
    #[error("{}", message!(
        "the picture has {}; at most {} are allowed",
        "billedet fylder {}; det må højst fylde {}",
        ByteSize(*bytes), ByteLimit(*limit)
    ))]
    TooLarge {
        /// Its size.
        bytes: u64,
        /// The largest size allowed.
        limit: u64,
    },
    /// It has more pixels than can be decoded.
    #[error("{}", message!(
        "the picture has {width} × {height} pixels, more than can be decoded",
        "billedet har {width} × {height} pixels, mere end der kan behandles"
    ))]
    TooManyPixels {
        /// Its width.
        width: u32,
        /// Its height.
        height: u32,
    },
    /// A picture in a format that some mail programs do not show.
    #[error("{}", .0.problem())]
    Unsupported(
        /// The format.
        UnsupportedFormat,
    ),
    /// The file cannot be read.
    #[error("{}", message!("the picture cannot be read", "billedet kan ikke læses"))]
    Unreadable,
}
