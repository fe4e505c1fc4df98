//! The chunks of a PNG (W3C PNG, third edition, chapter 5).

use crate::edition::images::error::PictureError;
use crate::edition::images::metadata::{PictureMetadata, orientation};

/// The chunks that decide how a picture looks; text, time and EXIF do not.
const KEPT_CHUNKS: [&[u8]; 17] = [
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"bKGD", b"pHYs",
    b"cICP", b"mDCV", b"acTL", b"fcTL", b"fdAT",
];

/// Finds the parts that make up the picture.
pub(super) fn read(bytes: &[u8]) -> Result<PictureMetadata, PictureError> {
    let word = |at: usize| bytes.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).map(u32::from_be_bytes);
    let header = bytes.get(12..29).filter(|header| header.starts_with(b"IHDR")).ok_or(PictureError::NotAPicture)?;
    // The colour type; a palette is decoded to RGB, or to RGBA where it has transparency.
    let channels = match header[13] {
        0 => 1,
        2 => 3,
        4 => 2,
        _ => 4,
    };
    // Sixteen bits per channel are decoded to two bytes, and then converted to one.
    let bytes_per_pixel = if header[12] == 16 { channels * 3 } else { channels };
    let mut metadata = PictureMetadata {
        width: word(16).unwrap_or(0),
        height: word(20).unwrap_or(0),
        bytes_per_pixel,
        orientation: orientation(None),
        keep_encoded: false,
        portable: true,
        parts: Vec::new(),
    };
    // The signature.
    metadata.parts.push(0..8);
    let mut at = 8;
    loop {
        let length = word(at).and_then(|length| usize::try_from(length).ok()).ok_or(PictureError::CutOff)?;
        // Length, name and checksum of a chunk have four bytes each.
        let end = at.checked_add(length).and_then(|end| end.checked_add(12)).ok_or(PictureError::CutOff)?;
        let chunk = bytes.get(at + 4..end).ok_or(PictureError::CutOff)?;
        let (name, content) = (&chunk[..4], &chunk[4..4 + length]);
        match name {
            // It is animated: re-encoding would keep its first frame only.
            b"acTL" => metadata.keep_encoded = true,
            b"eXIf" => metadata.orientation = orientation(Some(content)),
            _ => {}
        }
        if KEPT_CHUNKS.contains(&name) {
            metadata.parts.push(at..end);
        }
        if name == b"IEND" {
            return Ok(metadata);
        }
        at = end;
    }
}
