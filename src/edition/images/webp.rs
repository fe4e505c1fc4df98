//! The header of a WebP. It is always converted to a PNG or a JPEG.

use std::io::Cursor;

use image::ImageDecoder;
use image::codecs::webp::WebPDecoder;
use image::metadata::Orientation;

use crate::edition::images::error::PictureError;
use crate::edition::images::metadata::PictureMetadata;
use crate::edition::images::unsupported::UnsupportedFormat;

/// Finds its size and orientation.
pub(super) fn read(bytes: &[u8]) -> Result<PictureMetadata, PictureError> {
    let mut decoder = WebPDecoder::new(Cursor::new(bytes)).map_err(|_| PictureError::NotAPicture)?;
    if decoder.has_animation() {
        return Err(PictureError::Unsupported(UnsupportedFormat::MovingWebP));
    }
    let (width, height) = decoder.dimensions();
    Ok(PictureMetadata {
        width,
        height,
        // The decoder keeps the luma and chroma planes beside the pixels.
        bytes_per_pixel: 6,
        orientation: decoder.orientation().unwrap_or(Orientation::NoTransforms),
        keep_encoded: false,
        portable: false,
        parts: Vec::new(),
    })
}
