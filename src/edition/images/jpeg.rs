//! The segments of a JPEG (ITU T.81, annex B).

use std::ops::Range;

use image::metadata::Orientation;

use crate::edition::images::error::PictureError;
use crate::edition::images::metadata::{PictureMetadata, number, orientation};

const EXIF: &[u8] = b"Exif\0\0";
const PROFILE: &[u8] = b"ICC_PROFILE\0";

/// What is known after some segments.
struct JpegSegments {
    size: Option<(u32, u32)>,
    components: u8,
    bytes_per_pixel: u64,
    orientation: Orientation,
    /// Whether the colour components are stored one after the other.
    keep_encoded: bool,
    parts: Vec<Range<usize>>,
}

/// Finds the parts that make up the picture: EXIF, XMP, IPTC, comments, previews and data after the end do not.
pub(super) fn read(bytes: &[u8]) -> Result<PictureMetadata, PictureError> {
    let mut found = JpegSegments {
        size: None,
        components: 0,
        bytes_per_pixel: 3,
        orientation: Orientation::NoTransforms,
        keep_encoded: false,
        parts: Vec::new(),
    };
    found.keep(0..2);
    let mut at = 2;
    loop {
        let Some(marker) = marker(bytes, &mut at) else {
            return Err(if found.size.is_some() { PictureError::CutOff } else { PictureError::NotAPicture });
        };
        if marker == 0xd9 {
            found.keep(at..at + 2);
            break;
        }
        // The length counts its own two bytes, and not those of the marker (B.1.1.4).
        let length = number(bytes, at + 2).filter(|length| *length >= 2).ok_or(PictureError::CutOff)?;
        let segment = at..at + 2 + length;
        let content = bytes.get(at + 4..segment.end).ok_or(PictureError::CutOff)?;
        found.segment(marker, segment.clone(), content);
        at = segment.end;
        if marker == 0xda {
            let end = scan_end(bytes, at);
            found.keep(at..end);
            at = end;
        }
    }
    let (width, height) = found.size.ok_or(PictureError::NotAPicture)?;
    Ok(PictureMetadata {
        width,
        height,
        bytes_per_pixel: found.bytes_per_pixel,
        orientation: found.orientation,
        keep_encoded: found.keep_encoded,
        // CMYK is for print: some mail programs show it wrong or not at all.
        portable: matches!(found.components, 1 | 3),
        parts: found.parts,
    })
}

impl JpegSegments {
    fn keep(&mut self, part: Range<usize>) {
        self.parts.push(part);
    }

    fn segment(&mut self, marker: u8, segment: Range<usize>, content: &[u8]) {
        match marker {
            // A longer JFIF segment holds a thumbnail, which may show what was cropped from the picture.
            0xe0 if content.starts_with(b"JFIF\0") && content.len() == 14 => self.keep(segment),
            0xe1 => {
                if let Some(exif) = content.strip_prefix(EXIF)
                    && self.orientation == Orientation::NoTransforms
                {
                    self.orientation = orientation(Some(exif));
                }
            }
            0xe2 if content.starts_with(PROFILE) => self.keep(segment),
            // Adobe's segment says how the colours are stored. Without it a decoder has to guess.
            0xee if content.starts_with(b"Adobe") => self.keep(segment),
            0xe0..=0xef | 0xf0..=0xfe | 0x02..=0xbf => {}
            // DHT (C4), JPG (C8) and DAC (CC) are in the range of the frame headers.
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                self.frame(marker, content);
                self.keep(segment);
            }
            0xda => {
                // zune-jpeg 0.5.15 decodes such a scan wrong without an error (its issues 422 and 430).
                self.keep_encoded |= self.components > 1 && content.first() == Some(&1) && content.get(3) == Some(&0);
                self.keep(segment);
            }
            _ => self.keep(segment),
        }
    }

    fn frame(&mut self, marker: u8, content: &[u8]) {
        let side = |at: usize| number(content, at).and_then(|side| u32::try_from(side).ok());
        let (None, Some(height), Some(width), Some(components)) = (self.size, side(1), side(3), content.get(5)) else {
            return;
        };
        self.size = Some((width, height));
        self.components = *components;
        // A progressive picture is held whole, with two bytes for each coefficient, until its last scan is decoded.
        if matches!(marker & 0x0f, 0x02 | 0x06 | 0x0a | 0x0e) {
            self.bytes_per_pixel = 9;
        }
    }
}

/// Skips to the next marker.
fn marker(bytes: &[u8], at: &mut usize) -> Option<u8> {
    loop {
        match (bytes.get(*at)?, bytes.get(*at + 1)?) {
            // A marker may have any number of fill bytes before it (B.1.1.2).
            (0xff, 0xff) => *at += 1,
            (0xff, 0x00 | 0x01 | 0xd0..=0xd8) => *at += 2,
            (0xff, marker) => return Some(*marker),
            (_, _) => *at += 1,
        }
    }
}

/// Where the data of a scan ends: at a marker other than a restart marker.
fn scan_end(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    while at + 1 < bytes.len() {
        // `FF 00` is a byte of the data (B.1.1.5), `FF D0` to `FF D7` are restart markers.
        if bytes[at] == 0xff && !matches!(bytes[at + 1], 0x00 | 0xd0..=0xd7 | 0xff) {
            return at;
        }
        at += 1;
    }
    bytes.len()
}
