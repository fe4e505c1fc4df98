//! Pixels: decoded, scaled, rotated, encoded.

use std::io::Cursor;

use image::codecs::jpeg::JpegDecoder;
use image::codecs::png::{PngDecoder, PngEncoder};
use image::codecs::webp::WebPDecoder;
use image::imageops::{self, FilterType};
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageEncoder, ImageResult, Limits, Rgba, RgbaImage};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use crate::edition::colour::Colour;
use crate::edition::images::error::PictureError;
use crate::edition::images::picture::PictureFormat;

/// The most memory that decoding a picture may take, in bytes: enough for the 48 megapixels of a phone.
pub(super) const DECODE_LIMIT: u64 = 150_000_000;

/// The quality of a JPEG: lower values show blocks in skies and skin, higher ones only make the file larger.
const QUALITY: u8 = 82;

/// A picture as pixels with eight bits per channel.
pub(super) struct Pixels {
    image: DynamicImage,
    /// Its ICC profile; absent: sRGB.
    profile: Option<Vec<u8>>,
}

impl Pixels {
    /// Decodes a file. The caller has checked that it is not too large.
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

    /// Rotated upright, and scaled to this size.
    pub(super) fn scaled(self, width: u32, height: u32, orientation: Orientation) -> Self {
        let swaps_sides = matches!(
            orientation,
            Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH
        );
        let (wide, tall) = if swaps_sides { (height, width) } else { (width, height) };
        // Scaling first means that fewer pixels have to be rotated.
        let mut image = shrunk(self.image, wide, tall);
        image.apply_orientation(orientation);
        Self { image, profile: self.profile }
    }

    /// Cropped to this size, or centred on a transparent canvas of it.
    pub(super) fn reshaped(self, width: u32, height: u32) -> Self {
        let Self { image, profile } = self;
        let (wide, tall) = (image.width().min(width), image.height().min(height));
        // In a tall photo of people, the faces are above the middle.
        let cropped = image.crop_imm((image.width() - wide) / 2, (image.height() - tall) / 3, wide, tall);
        if (wide, tall) == (width, height) {
            return Self { image: cropped, profile };
        }
        let mut canvas = RgbaImage::new(width, height);
        let (left, top) = (i64::from((width - wide) / 2), i64::from((height - tall) / 2));
        imageops::overlay(&mut canvas, &cropped.into_rgba8(), left, top);
        Self { image: canvas.into(), profile }
    }

    /// The width in pixels.
    pub(super) fn width(&self) -> u32 {
        self.image.width()
    }

    /// Each with its transparency.
    pub(super) fn rgba(&self) -> RgbaImage {
        self.image.to_rgba8()
    }

    /// The same on an opaque background with a margin of this many pixels on each side.
    pub(super) fn on(self, background: Colour, padding: u32) -> Self {
        let [red, green, blue] = background.channels();
        let wide = self.image.width().saturating_add(padding.saturating_mul(2));
        let tall = self.image.height().saturating_add(padding.saturating_mul(2));
        let mut plate = RgbaImage::from_pixel(wide, tall, Rgba([red, green, blue, u8::MAX]));
        imageops::overlay(&mut plate, &self.image.to_rgba8(), padding.into(), padding.into());
        Self { image: without_opaque_alpha(plate), profile: self.profile.filter(|_| self.image.color().has_color()) }
    }

    /// As a PNG.
    pub(super) fn png(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = PngEncoder::new(&mut bytes);
        if let Some(profile) = &self.profile {
            // An encoder without support for profiles writes the colours as they are.
            let _ = encoder.set_icc_profile(profile.clone());
        }
        let (width, height) = (self.image.width(), self.image.height());
        // Writing to memory cannot fail, and the size is the image's own.
        let _ = encoder.write_image(self.image.as_bytes(), width, height, self.image.color().into());
        bytes
    }

    /// As a JPEG; none if something is transparent, or if it is too large for a JPEG.
    pub(super) fn jpeg(&self) -> Option<Vec<u8>> {
        let opaque = match &self.image {
            DynamicImage::ImageRgba8(image) => image.pixels().all(|pixel| pixel.0[3] == 255),
            DynamicImage::ImageLumaA8(image) => image.pixels().all(|pixel| pixel.0[1] == 255),
            _ => true,
        };
        let width = u16::try_from(self.image.width()).ok().filter(|_| opaque)?;
        let height = u16::try_from(self.image.height()).ok()?;
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes, QUALITY);
        // Half the resolution for colour, as cameras store it.
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
    let profile = decoder
        .icc_profile()
        .ok()
        .flatten()
        .filter(|profile| profile_matches(profile, decoder.color_type().channel_count()));
    let image = match DynamicImage::from_decoder(decoder)? {
        DynamicImage::ImageLuma16(image) => DynamicImage::ImageLuma16(image).to_luma8().into(),
        DynamicImage::ImageLumaA16(image) => DynamicImage::ImageLumaA16(image).to_luma_alpha8().into(),
        DynamicImage::ImageRgb16(image) => DynamicImage::ImageRgb16(image).to_rgb8().into(),
        DynamicImage::ImageRgba16(image) => DynamicImage::ImageRgba16(image).to_rgba8().into(),
        image => image,
    };
    Ok(Pixels { image, profile })
}

/// Whether a profile is for this number of channels (ICC.1, 7.2.6). The decoder has converted CMYK to RGB, to which a CMYK
/// profile would no longer apply.
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
        // Scaling averages neighbours: a transparent pixel must not contribute its colour, so it is multiplied by alpha first.
        DynamicImage::ImageRgba8(mut image) => {
            image.pixels_mut().for_each(|pixel| *pixel = premultiplied(*pixel));
            let mut image = downscaled(image.into(), width, height).into_rgba8();
            image.pixels_mut().for_each(|pixel| *pixel = unmultiplied(*pixel));
            without_opaque_alpha(image)
        }
        DynamicImage::ImageLumaA8(_) => shrunk(image.into_rgba8().into(), width, height),
        image => downscaled(image, width, height),
    }
}

/// Scales in two steps if there are many pixels: the first one only averages, which is fast.
fn downscaled(mut image: DynamicImage, width: u32, height: u32) -> DynamicImage {
    let (wide, tall) = (width.saturating_mul(2), height.saturating_mul(2));
    if image.width() > wide && image.height() > tall {
        // Assigning to `image` frees the original before the second step allocates.
        image = image.thumbnail_exact(wide, tall);
    }
    image.resize_exact(width, height, FilterType::CatmullRom)
}

fn premultiplied(pixel: Rgba<u8>) -> Rgba<u8> {
    let [red, green, blue, alpha] = pixel.0;
    let multiply = |channel: u8| u8::try_from((u16::from(channel) * u16::from(alpha) + 127) / 255).unwrap_or(u8::MAX);
    Rgba([multiply(red), multiply(green), multiply(blue), alpha])
}

fn unmultiplied(pixel: Rgba<u8>) -> Rgba<u8> {
    let [red, green, blue, alpha] = pixel.0;
    let half = u16::from(alpha) / 2;
    let divide = |channel: u8| {
        let value = (u16::from(channel) * 255 + half).checked_div(u16::from(alpha)).unwrap_or(0);
        u8::try_from(value).unwrap_or(u8::MAX)
    };
    Rgba([divide(red), divide(green), divide(blue), alpha])
}

/// Without the alpha channel if nothing is transparent.
fn without_opaque_alpha(image: RgbaImage) -> DynamicImage {
    if image.pixels().all(|pixel| pixel.0[3] == 255) {
        DynamicImage::from(image).into_rgb8().into()
    } else {
        image.into()
    }
}
