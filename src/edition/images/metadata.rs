//! What a picture's file is made of.

use std::ops::Range;

use image::metadata::Orientation;

/// What a file says of its picture, and where the picture itself stands in it.
#[derive(Debug)]
pub(super) struct PictureMetadata {
    /// Its width in pixels, as it is stored.
    pub(super) width: u32,
    /// Its height.
    pub(super) height: u32,
    /// What reading one pixel takes, in bytes.
    pub(super) per_pixel: u64,
    /// How it must be turned to stand upright.
    pub(super) turn: Orientation,
    /// Whether it is never written anew: it moves, or is stored in a way that cannot be read with certainty.
    pub(super) fixed: bool,
    /// Whether mail programs show it as it is stored.
    pub(super) portable: bool,
    /// What is the picture and no remark about it, in order.
    pub(super) parts: Vec<Range<usize>>,
}

impl PictureMetadata {
    /// What reading it takes, in bytes.
    pub(super) fn memory(&self) -> u64 {
        u64::from(self.width) * u64::from(self.height) * self.per_pixel
    }

    /// The file without anything but the picture.
    pub(super) fn kept(&self, bytes: &[u8]) -> Vec<u8> {
        self.parts.iter().filter_map(|it| bytes.get(it.clone())).flatten().copied().collect()
    }
}

/// The turn that EXIF asks for.
pub(super) fn turn(exif: Option<&[u8]>) -> Orientation {
    exif.and_then(Orientation::from_exif_chunk).unwrap_or(Orientation::NoTransforms)
}

/// A number of two bytes, the first one greater.
pub(super) fn number(bytes: &[u8], at: usize) -> Option<usize> {
    bytes.get(at..at + 2)?.try_into().ok().map(u16::from_be_bytes).map(usize::from)
}
