//! The metadata in a picture's file.

use std::ops::Range;

use image::metadata::Orientation;

/// The metadata of a picture, and which parts of its file make up the picture.
#[derive(Debug)]
pub(super) struct PictureMetadata {
    /// Its width in pixels, as it is stored.
    pub(super) width: u32,
    /// Its height.
    pub(super) height: u32,
    /// The memory for decoding one pixel, in bytes.
    pub(super) bytes_per_pixel: u64,
    /// How it must be rotated to be upright.
    pub(super) orientation: Orientation,
    /// Whether it is never re-encoded: it is animated, or stored in a way that may be decoded wrong.
    pub(super) keep_encoded: bool,
    /// Whether mail programs show it as it is stored.
    pub(super) portable: bool,
    /// The byte ranges that make up the picture, in order; the rest is metadata.
    pub(super) parts: Vec<Range<usize>>,
}

impl PictureMetadata {
    /// The memory for decoding it, in bytes.
    pub(super) fn memory(&self) -> u64 {
        u64::from(self.width) * u64::from(self.height) * self.bytes_per_pixel
    }

    /// The file without metadata.
    pub(super) fn without_metadata(&self, bytes: &[u8]) -> Vec<u8> {
        self.parts.iter().filter_map(|part| bytes.get(part.clone())).flatten().copied().collect()
    }
}

/// The rotation that EXIF asks for.
pub(super) fn orientation(exif: Option<&[u8]>) -> Orientation {
    exif.and_then(Orientation::from_exif_chunk).unwrap_or(Orientation::NoTransforms)
}

/// A big-endian number of two bytes.
pub(super) fn number(bytes: &[u8], at: usize) -> Option<usize> {
    bytes.get(at..at + 2)?.try_into().ok().map(u16::from_be_bytes).map(usize::from)
}
