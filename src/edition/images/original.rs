//! A picture's file made fit for a letter: as wide as it is shown, upright, and without metadata about who took it and where.

use std::sync::Arc;

use image::metadata::Orientation;

use crate::edition::colour::Colour;
use crate::edition::images::error::PictureError;
use crate::edition::images::metadata::PictureMetadata;
use crate::edition::images::picture::{Picture, PictureFormat, PictureShape, ScaledPicture, WidthLimits};
use crate::edition::images::pixels::{DECODE_LIMIT, Pixels};
use crate::edition::images::unsupported::UnsupportedFormat;
use crate::edition::images::{gif, jpeg, png, webp};

/// The pixels that are sent for each one that is shown: phones and many computers have such screens.
const PIXEL_RATIO: u32 = 2;
/// The same, in tenths, for the width on a phone: more would only make the letter larger, since its pixels are tiny.
const PHONE_TENTHS: u32 = 15;
/// A larger PNG, in bytes, is tried as a JPEG, since it is probably a photo.
pub(super) const JPEG_THRESHOLD: usize = 500_000;

/// A picture as the author supplied it.
#[derive(Debug)]
pub struct OriginalPicture {
    format: PictureFormat,
    bytes: Arc<[u8]>,
    metadata: PictureMetadata,
}

/// A picture that fills a size.
#[derive(Clone, Debug)]
pub(crate) struct CoverPicture {
    /// What is shown.
    pub(crate) picture: Picture,
    /// Its width and height in pixels.
    pub(crate) size: PictureShape,
}

impl OriginalPicture {
    /// Detects the format and the size of a picture.
    ///
    /// # Errors
    /// If the file is not a picture, if mail programs cannot show it, and if it is too large to be decoded.
    pub fn read(bytes: Arc<[u8]>) -> Result<Self, PictureError> {
        let format = match &bytes[..] {
            [0x89, b'P', b'N', b'G', ..] => PictureFormat::Png,
            [0xff, 0xd8, 0xff, ..] => PictureFormat::Jpeg,
            [b'G', b'I', b'F', b'8', ..] => PictureFormat::Gif,
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => PictureFormat::WebP,
            other => {
                return Err(UnsupportedFormat::of(other).map_or(PictureError::NotAPicture, PictureError::Unsupported));
            }
        };
        let metadata = match format {
            PictureFormat::Png => png::read(&bytes),
            PictureFormat::Jpeg => jpeg::read(&bytes),
            PictureFormat::Gif => gif::read(&bytes),
            PictureFormat::WebP => webp::read(&bytes),
        }?;
        if metadata.width == 0 || metadata.height == 0 {
            return Err(PictureError::NotAPicture);
        }
        if metadata.memory() > DECODE_LIMIT {
            return Err(PictureError::TooManyPixels { width: metadata.width, height: metadata.height });
        }
        Ok(Self { format, bytes, metadata })
    }

    /// The picture as it is sent: never enlarged, and with no more pixels than can be seen. One that fits already is not
    /// re-encoded; it only loses its metadata.
    ///
    /// # Errors
    /// If it is damaged.
    pub fn fit(&self, limits: WidthLimits) -> Result<ScaledPicture, PictureError> {
        let whole = self.upright();
        let kept = limits.shape.filter(|_| !self.metadata.keep_encoded).map_or(whole, |shape| self.kept(whole, shape));
        let natural = kept.0;
        let width = limits.asked.unwrap_or(natural).min(limits.most).max(1);
        let widest = limits.on_phone.map_or(width, |phone| natural.min(phone).max(width));
        let target = natural.min(width.saturating_mul(PIXEL_RATIO).max(widest.saturating_mul(PHONE_TENTHS) / 10));
        let shown = |picture: Picture| ScaledPicture { picture, width, natural, widest };
        if self.metadata.keep_encoded {
            let upright = self.metadata.orientation == Orientation::NoTransforms && self.metadata.portable;
            return if upright {
                Ok(shown(self.without_metadata()))
            } else {
                Err(PictureError::Unsupported(UnsupportedFormat::Layers))
            };
        }
        // A picture that is sent as it is gets decoded too, since that finds out whether it is damaged.
        let pixels = Pixels::decode(self.format, &self.bytes)?;
        let fits = target == natural
            && kept == whole
            && self.metadata.orientation == Orientation::NoTransforms
            && self.metadata.portable;
        if fits {
            let cleaned = self.without_metadata();
            let photo = self.format == PictureFormat::Png && cleaned.bytes().len() > JPEG_THRESHOLD;
            return Ok(shown(if photo { smaller_photo(cleaned, &pixels) } else { cleaned }));
        }
        let side = |length: u32| {
            let scaled = u64::from(length) * u64::from(target) / u64::from(natural);
            u32::try_from(scaled).unwrap_or(u32::MAX).max(1)
        };
        let pixels = pixels.scaled(side(whole.0), side(whole.1), self.metadata.orientation);
        let pixels = if kept == whole { pixels } else { pixels.reshaped(side(kept.0), side(kept.1)) };
        Ok(shown(self.encoded(&pixels)))
    }

    /// The middle of the picture as a JPEG of a size in pixels, enlarged where it is smaller; what is transparent is
    /// white. One that cannot be decoded, such as a GIF, is unchanged.
    ///
    /// # Errors
    /// If it is damaged.
    pub(crate) fn cover(&self, size: PictureShape) -> Result<CoverPicture, PictureError> {
        let whole = self.upright();
        let as_it_is = || Ok(CoverPicture { picture: self.without_metadata(), size: self.shape() });
        if self.metadata.keep_encoded || self.format == PictureFormat::Gif {
            return as_it_is();
        }
        let cropped = |length: u32, other: u32, wide: u32, tall: u32| {
            let fitting = u64::from(other) * u64::from(wide) / u64::from(tall.max(1));
            length.min(u32::try_from(fitting).unwrap_or(u32::MAX)).max(1)
        };
        let width = cropped(whole.0, whole.1, size.wide, size.tall);
        let height = cropped(whole.1, whole.0, size.tall, size.wide);
        let pixels = Pixels::decode(self.format, &self.bytes)?;
        // Before it is scaled: of a long strip, only a part needs memory.
        let pixels = pixels.scaled(whole.0, whole.1, self.metadata.orientation).reshaped(width, height);
        let pixels = pixels.scaled(size.wide, size.tall, Orientation::NoTransforms).on(Colour::WHITE, 0);
        match pixels.jpeg() {
            Some(bytes) => Ok(CoverPicture { picture: Picture::new(PictureFormat::Jpeg, bytes.into()), size }),
            None => as_it_is(),
        }
    }

    /// The size that it has in another shape: a photo is cropped, and a graphic, of which every part may count, is put on a
    /// larger canvas.
    fn kept(&self, (width, height): (u32, u32), shape: PictureShape) -> (u32, u32) {
        let scaled = |length: u32, factor: u32, divisor: u32| {
            let scaled = u64::from(length) * u64::from(factor) / u64::from(divisor.max(1));
            u32::try_from(scaled).unwrap_or(u32::MAX).max(1)
        };
        let (wide, tall) = (scaled(height, shape.wide, shape.tall), scaled(width, shape.tall, shape.wide));
        let is_photo =
            matches!(self.format, PictureFormat::Jpeg | PictureFormat::WebP) || shape == PictureShape::SQUARE;
        if is_photo { (width.min(wide), height.min(tall)) } else { (width.max(wide), height.max(tall)) }
    }

    /// Its shape when it is upright.
    pub fn shape(&self) -> PictureShape {
        let (wide, tall) = self.upright();
        PictureShape { wide, tall }
    }

    /// Its width and height when it is upright.
    fn upright(&self) -> (u32, u32) {
        match self.metadata.orientation {
            Orientation::NoTransforms
            | Orientation::Rotate180
            | Orientation::FlipHorizontal
            | Orientation::FlipVertical => (self.metadata.width, self.metadata.height),
            Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH => (self.metadata.height, self.metadata.width),
        }
    }

    fn without_metadata(&self) -> Picture {
        let kept = self.metadata.without_metadata(&self.bytes);
        let bytes = if kept == self.bytes[..] { Arc::clone(&self.bytes) } else { kept.into() };
        Picture::new(self.format, bytes)
    }

    fn encoded(&self, pixels: &Pixels) -> Picture {
        let png = || Picture::new(PictureFormat::Png, pixels.png().into());
        let jpeg = || pixels.jpeg().map(|bytes| Picture::new(PictureFormat::Jpeg, bytes.into()));
        match self.format {
            PictureFormat::Jpeg => jpeg().unwrap_or_else(png),
            PictureFormat::WebP => {
                let png = png();
                jpeg().filter(|jpeg| jpeg.bytes().len() < png.bytes().len()).unwrap_or(png)
            }
            PictureFormat::Png | PictureFormat::Gif => {
                let png = png();
                if png.bytes().len() > JPEG_THRESHOLD { smaller_photo(png, pixels) } else { png }
            }
        }
    }
}

/// A PNG as a JPEG if that is less than half its size and nothing is transparent.
fn smaller_photo(png: Picture, pixels: &Pixels) -> Picture {
    let jpeg = pixels.jpeg().filter(|jpeg| jpeg.len() < png.bytes().len() / 2);
    jpeg.map_or(png, |bytes| Picture::new(PictureFormat::Jpeg, bytes.into()))
}
