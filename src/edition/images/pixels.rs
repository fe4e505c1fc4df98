//! Pixels: read, made fewer, turned, written.

use std::io::Cursor;

use image::codecs::jpeg::JpegDecoder;
use image::codecs::png::{PngDecoder, PngEncoder};
use image::codecs::webp::WebPDecoder;
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageEncoder, ImageResult, Limits, Rgba, RgbaImage};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use crate::edition::images::error::PictureError;
use crate::edition::images::picture::PictureFormat;

/// The most memory that decoding a picture may take, in bytes: enough for the 48 megapixels of a phone.
pub(super) const DECODE_LIMIT: u64 = 150_000_000;

/// The quality of a JPEG: below it sky and skin show blocks, above it only the file grows.
const QUALITY: u8 = 82;

/// A picture as pixels of eight bits a colour.
pub(super) struct Pixels {
    image: DynamicImage,
    /// What its colours mean; absent: as on the web.
    profile: Option<Vec<u8>>,
}

impl Pixels {
    /// Reads a file. The caller has seen that it is not too large.
    pub(super) fn decode(format: PictureFormat, bytes: &[u8]) -> Result<Self, PictureError> {
        let limits = || {
            let mut limits = Limits::default();
            limits.max_alloc = Some(DECODE_LIMIT + DECODE_LIMIT / 4);
            limits
        };
        let bytes = Cursor::new(bytes);
        let read = match format {
            PictureFormat::Png => PngDecoder::with_limits(bytes, limits()).and_then(pixels),
            PictureFormat::Jpeg => JpegDecoder::new(bytes).and_then(pixels),
            PictureFormat::WebP => WebPDecoder::new(bytes).and_then(pixels),
            PictureFormat::Gif => return Err(PictureError::NotAPicture),
        };
        read.map_err(|_| PictureError::CutOff)
    }

    /// Turned upright, and so wide and tall then.
    pub(super) fn scaled(self, width: u32, height: u32, turn: Orientation) -> Self {
        let lies = matches!(
            turn,
            Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH
        );
        let (wide, tall) = if lies { (height, width) } else { (width, height) };
        // To turn few pixels takes less memory than to turn many.
        let mut image = shrunk(self.image, wide, tall);
        image.apply_orientation(turn);
        Self { image, profile: self.profile }
    }

    /// As a PNG.
    pub(super) fn png(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = PngEncoder::new(&mut bytes);
        if let Some(profile) = &self.profile {
            // An encoder that knows no profiles writes the colours as they are.
            let _ = encoder.set_icc_profile(profile.clone());
        }
        let (width, height) = (self.image.width(), self.image.height());
        // Writing to memory cannot fail, and the size is the image's own.
        let _ = encoder.write_image(self.image.as_bytes(), width, height, self.image.color().into());
        bytes
    }

    /// As a JPEG; none where something shines through, and where a JPEG cannot be so large.
    pub(super) fn jpeg(&self) -> Option<Vec<u8>> {
        let opaque = match &self.image {
            DynamicImage::ImageRgba8(image) => image.pixels().all(|it| it.0[3] == 255),
            DynamicImage::ImageLumaA8(image) => image.pixels().all(|it| it.0[1] == 255),
            _ => true,
        };
        let width = u16::try_from(self.image.width()).ok().filter(|_| opaque)?;
        let height = u16::try_from(self.image.height()).ok()?;
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes, QUALITY);
        encoder.set_sampling_factor(SamplingFactor::F_2_2);
        if let Some(profile) = &self.profile {
            encoder.add_icc_profile(profile).ok()?;
        }
        match &self.image {
            DynamicImage::ImageLuma8(image) => encoder.encode(image, width, height, ColorType::Luma).ok()?,
            other => encoder.encode(&other.to_rgb8(), width, height, ColorType::Rgb).ok()?,
        }
        Some(bytes)
    }
}

fn pixels(mut decoder: impl ImageDecoder) -> ImageResult<Pixels> {
    let profile =
        decoder.icc_profile().ok().flatten().filter(|it| profile_matches(it, decoder.color_type().channel_count()));
    let image = match DynamicImage::from_decoder(decoder)? {
        DynamicImage::ImageLuma16(image) => DynamicImage::ImageLuma16(image).to_luma8().into(),
        DynamicImage::ImageLumaA16(image) => DynamicImage::ImageLumaA16(image).to_luma_alpha8().into(),
        DynamicImage::ImageRgb16(image) => DynamicImage::ImageRgb16(image).to_rgb8().into(),
        DynamicImage::ImageRgba16(image) => DynamicImage::ImageRgba16(image).to_rgba8().into(),
        image => image,
    };
    Ok(Pixels { image, profile })
}

/// Whether a profile is one for so many colours (ICC.1, 7.2.6): one for ink would spoil what was made into light.
fn profile_matches(profile: &[u8], channels: u8) -> bool {
    match profile.get(16..20) {
        Some(b"GRAY") => channels < 3,
        Some(b"RGB ") => channels >= 3,
        Some(_) | None => false,
    }
}

fn shrunk(image: DynamicImage, width: u32, height: u32) -> DynamicImage {
    if (image.width(), image.height()) == (width, height) {
        return image;
    }
    match image {
        // What shines through has no colour of its own, and must not lend it to its neighbours.
        DynamicImage::ImageRgba8(mut image) => {
            image.pixels_mut().for_each(|it| *it = dimmed(*it));
            let mut image = downscaled(image.into(), width, height).into_rgba8();
            image.pixels_mut().for_each(|it| *it = brightened(*it));
            whole(image)
        }
        DynamicImage::ImageLumaA8(_) => shrunk(image.into_rgba8().into(), width, height),
        image => downscaled(image, width, height),
    }
}

/// In two steps where there are many pixels: the first one only takes averages, which is fast.
fn downscaled(mut image: DynamicImage, width: u32, height: u32) -> DynamicImage {
    let (wide, tall) = (width.saturating_mul(2), height.saturating_mul(2));
    if image.width() > wide && image.height() > tall {
        // What is assigned over is given back before the second step takes memory of its own.
        image = image.thumbnail_exact(wide, tall);
    }
    image.resize_exact(width, height, FilterType::CatmullRom)
}

fn dimmed(pixel: Rgba<u8>) -> Rgba<u8> {
    let [red, green, blue, alpha] = pixel.0;
    let dim = |it: u8| u8::try_from((u16::from(it) * u16::from(alpha) + 127) / 255).unwrap_or(u8::MAX);
    Rgba([dim(red), dim(green), dim(blue), alpha])
}

fn brightened(pixel: Rgba<u8>) -> Rgba<u8> {
    let [red, green, blue, alpha] = pixel.0;
    let half = u16::from(alpha) / 2;
    let bright = |it: u8| {
        let value = (u16::from(it) * 255 + half).checked_div(u16::from(alpha)).unwrap_or(0);
        u8::try_from(value).unwrap_or(u8::MAX)
    };
    Rgba([bright(red), bright(green), bright(blue), alpha])
}

/// Without the fourth colour where nothing shines through.
fn whole(image: RgbaImage) -> DynamicImage {
    if image.pixels().all(|it| it.0[3] == 255) { DynamicImage::from(image).into_rgb8().into() } else { image.into() }
}
