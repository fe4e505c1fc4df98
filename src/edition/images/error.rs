//! Why a picture cannot be sent.

use thiserror::Error as ThisError;

use crate::base::byte_size::{ByteLimit, ByteSize};
use crate::edition::images::unsupported::UnsupportedFormat;

/// Why a picture cannot be sent.
#[derive(Clone, Debug, PartialEq, Eq, ThisError)]
pub enum PictureError {
    /// There is no such file.
    #[error("picture not found")]
    Missing {
        /// The name of a file that differs in case or by a letter.
        near: Option<String>,
    },
    /// The path leads out of the project.
    #[error("the picture is outside the project")]
    Outside,
    /// The path is absolute.
    #[error("a picture's path must be relative to the issue")]
    Absolute,
    /// The file is not a picture.
    #[error("this file is not a picture")]
    NotAPicture,
    /// The file ends before its picture does.
    #[error("the picture is damaged: its file ends in the middle")]
    CutOff,
    /// The file is too large to be made smaller.
    #[error("the picture has {}; at most {} are allowed", ByteSize(*bytes), ByteLimit(*limit))]
    TooLarge {
        /// Its size.
        bytes: u64,
        /// The largest size allowed.
        limit: u64,
    },
    /// It has more pixels than can be decoded.
    #[error("the picture has {width} × {height} pixels, more than can be decoded")]
    TooManyPixels {
        /// Its width.
        width: u32,
        /// Its height.
        height: u32,
    },
    /// A picture in a format that some mail programs do not show.
    #[error("{} not shown by every mail program", .0.subject())]
    Unsupported(
        /// The format.
        UnsupportedFormat,
    ),
    /// The file cannot be read.
    #[error("the picture cannot be read")]
    Unreadable,
}
