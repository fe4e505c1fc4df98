//! The blocks of a GIF (`GIF89a`, appendix B).

use image::metadata::Orientation;

use crate::edition::images::error::PictureError;
use crate::edition::images::metadata::PictureMetadata;

/// The applications whose blocks say how often an animation repeats.
const LOOPS: [&[u8]; 2] = [b"NETSCAPE2.0", b"ANIMEXTS1.0"];

/// Finds the parts that make up the picture: comments and other applications' blocks do not. A GIF is never re-encoded.
pub(super) fn read(bytes: &[u8]) -> Result<PictureMetadata, PictureError> {
    let side = |at: usize| bytes.get(at..at + 2).and_then(|bytes| bytes.try_into().ok()).map(u16::from_le_bytes);
    let (Some(width), Some(height), Some(flags)) = (side(6), side(8), bytes.get(10)) else {
        return Err(PictureError::NotAPicture);
    };
    // The header has 6 bytes and the screen descriptor 7; the common colour table comes next.
    let mut at = 13 + table(*flags);
    let mut parts = Vec::new();
    parts.push(0..at);
    loop {
        let block = bytes.get(at..).ok_or(PictureError::CutOff)?;
        let start = match block {
            // The trailer.
            [0x3b, ..] => {
                parts.push(at..at + 1);
                break;
            }
            // An extension.
            [0x21, _, ..] => at + 2,
            // An image, perhaps with a colour table of its own.
            [0x2c, ..] => at + 11 + table(*block.get(9).ok_or(PictureError::CutOff)?),
            _ => return Err(PictureError::CutOff),
        };
        let end = blocks_end(bytes, start).ok_or(PictureError::CutOff)?;
        let kept = match block {
            // A comment.
            [0x21, 0xfe, ..] => false,
            [0x21, 0xff, _, name @ ..] => LOOPS.iter().any(|application| name.starts_with(application)),
            _ => true,
        };
        if kept {
            parts.push(at..end);
        }
        at = end;
    }
    Ok(PictureMetadata {
        width: width.into(),
        height: height.into(),
        bytes_per_pixel: 3,
        orientation: Orientation::NoTransforms,
        keep_encoded: true,
        portable: true,
        parts,
    })
}

/// The length of a colour table.
fn table(flags: u8) -> usize {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 0x07) + 1) }
}

/// Where a sequence of sub-blocks ends: after the empty one.
fn blocks_end(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        let length = usize::from(*bytes.get(at)?);
        at += 1 + length;
        if length == 0 {
            return Some(at);
        }
    }
}
