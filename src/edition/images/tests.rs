//! What is sent of a picture: its pixels, and none of its metadata.

use std::io::Cursor;

use image::codecs::png::PngEncoder;
use image::codecs::webp::WebPEncoder;
use image::{ExtendedColorType, ImageEncoder, ImageFormat, Rgb, RgbImage, RgbaImage};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use crate::edition::images::error::PictureError;
use crate::edition::images::original::{JPEG_THRESHOLD, OriginalPicture};
use crate::edition::images::picture::{Picture, PictureShape, ScaledPicture, WidthLimits};
use crate::edition::images::unsupported::UnsupportedFormat;

const COLUMN: WidthLimits = WidthLimits { asked: None, most: 536, on_phone: None, shape: None };
/// EXIF that asks for a quarter turn to the right and has a GPS section.
const EXIF: &[u8] =
    b"II*\0\x08\0\0\0\x02\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\x25\x88\x04\0\x01\0\0\0\x1a\0\0\0\0\0\0\0GPS-55.6761N";
const SECRET: &[u8] = b"GPS-55.6761N";

/// Red on the left, blue on the right.
fn pixels(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, _| if x < width / 2 { Rgb([220, 20, 20]) } else { Rgb([20, 20, 220]) })
}

fn jpeg(width: u16, height: u16, change: impl Fn(&mut Encoder<&mut Vec<u8>>)) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 90);
    change(&mut encoder);
    encoder.encode(&pixels(width.into(), height.into()), width, height, ColorType::Rgb).unwrap();
    bytes
}

fn with_exif(encoder: &mut Encoder<&mut Vec<u8>>) {
    encoder.add_app_segment(1, [b"Exif\0\0", EXIF].concat()).unwrap();
    encoder.add_app_segment(13, b"Photoshop 3.0\0GPS-55.6761N".to_vec()).unwrap();
    encoder.add_app_segment(1, b"http://ns.adobe.com/xap/1.0/\0GPS-55.6761N".to_vec()).unwrap();
}

fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let image = pixels(width, height);
    PngEncoder::new(&mut bytes).write_image(&image, width, height, ExtendedColorType::Rgb8).unwrap();
    bytes
}

/// A chunk behind the header of a PNG.
fn with_chunk(png: &[u8], name: &[u8], content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap().to_be_bytes();
    // Decoders do not check the checksums of chunks that they skip.
    [&png[..33], &length, name, content, &[0; 4], &png[33..]].concat()
}

fn gif(comment: &[u8]) -> Vec<u8> {
    let remark = [b"\x21\xfe".as_slice(), &[u8::try_from(comment.len()).unwrap()], comment, b"\0"].concat();
    let remark = if comment.is_empty() { &[][..] } else { &remark };
    let header = b"GIF89a\x02\0\x01\0\x80\0\0\0\0\0\xff\xff\xff\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0";
    [header, remark, b"\x2c\0\0\0\0\x02\0\x01\0\0\x02\x02\x04\x0a\0\x3b"].concat()
}

fn fit(bytes: &[u8], room: WidthLimits) -> Result<ScaledPicture, PictureError> {
    OriginalPicture::read(bytes.into())?.fit(room)
}

fn sent(bytes: &[u8]) -> Vec<u8> {
    fit(bytes, COLUMN).unwrap().picture.bytes().to_vec()
}

fn read(picture: &Picture) -> RgbImage {
    image::load_from_memory(picture.bytes()).unwrap().into_rgb8()
}

fn holds(bytes: &[u8], words: &[u8]) -> bool {
    bytes.windows(words.len()).any(|window| window == words)
}

/// Whether a pixel is rather red, or rather blue.
fn is_red(image: &RgbImage, x: u32, y: u32) -> bool {
    let [red, _, blue] = image.get_pixel(x, y).0;
    red > 150 && blue < 100
}

#[test]
fn a_picture_is_sent_twice_as_fine_as_it_is_shown_and_never_larger_than_it_is() {
    for (natural, asked, width, sent) in [
        (3000, None, 536, 1072),
        (800, None, 536, 800),
        (300, None, 300, 300),
        (1000, Some(200), 200, 400),
        (90, Some(400), 400, 90),
    ] {
        let room = WidthLimits { asked, ..COLUMN };
        for bytes in [jpeg(natural, 60, |_| {}), png(natural.into(), 60)] {
            let shown = fit(&bytes, room).unwrap();
            assert_eq!((shown.natural, shown.width), (natural.into(), width));
            assert_eq!(read(&shown.picture).width(), sent, "{natural} {asked:?}");
        }
    }
}

#[test]
fn what_fits_keeps_its_bytes() {
    for bytes in [jpeg(400, 30, |_| {}), jpeg(400, 30, |encoder| encoder.set_progressive(true)), png(400, 30), gif(b"")]
    {
        assert!(sent(&bytes) == bytes);
    }
}

#[test]
fn metadata_about_who_took_a_picture_and_where_is_removed() {
    let upright = |encoder: &mut Encoder<&mut Vec<u8>>| {
        encoder.add_app_segment(1, b"Exif\0\0II*\0GPS-55.6761N".to_vec()).unwrap();
    };
    let behind = [&jpeg(40, 30, |_| {})[..], SECRET].concat();
    let remark = [b"\xff\xd8\xff\xfe\0\x0eGPS-55.6761N", &jpeg(40, 30, |_| {})[2..]].concat();
    let text = with_chunk(&with_chunk(&png(40, 30), b"tEXt", SECRET), b"eXIf", EXIF);
    let small = [jpeg(40, 30, with_exif), jpeg(40, 30, upright), behind, remark, text, gif(SECRET)];
    let large = [jpeg(1600, 30, with_exif), with_chunk(&png(1600, 30), b"iTXt", SECRET)];
    for bytes in small.iter().chain(&large) {
        assert!(holds(bytes, SECRET));
        assert!(!holds(&sent(bytes), SECRET) && !holds(&sent(bytes), b"Exif"));
    }
    assert!(sent(&small[1]) == jpeg(40, 30, |_| {}), "what fits is not re-encoded");
    assert!(sent(&small[5]) == gif(b""));
}

#[test]
fn a_photo_that_is_stored_rotated_is_sent_upright() {
    for (width, height, asked) in [(80, 40, None), (400, 200, Some(50))] {
        let shown = fit(&jpeg(width, height, with_exif), WidthLimits { asked, ..COLUMN }).unwrap();
        assert_eq!(shown.natural, u32::from(height));
        let image = read(&shown.picture);
        assert_eq!(image.height(), image.width() * 2);
        // What was on the left is on top once it is turned to the right.
        assert!(is_red(&image, 3, 3) && is_red(&image, image.width() - 4, 3));
        assert!(!is_red(&image, 3, image.height() - 4));
    }
}

#[test]
fn profiles_stay_with_their_colours() {
    let mut profile = vec![7; 200];
    profile[16..20].copy_from_slice(b"RGB ");
    let with_profile = |encoder: &mut Encoder<&mut Vec<u8>>| encoder.add_icc_profile(&profile).unwrap();
    for width in [40, 1600] {
        assert!(holds(&sent(&jpeg(width, 30, with_profile)), &profile));
    }
}

#[test]
fn cmyk_becomes_rgb() {
    let mut bytes = Vec::new();
    Encoder::new(&mut bytes, 90).encode(&[0, 0, 0, 0].repeat(64), 8, 8, ColorType::Cmyk).unwrap();
    let shown = fit(&bytes, COLUMN).unwrap();
    assert!(matches!(image::load_from_memory(shown.picture.bytes()).unwrap(), image::DynamicImage::ImageRgb8(_)));
}

#[test]
fn what_may_be_decoded_wrong_is_not_reencoded() {
    let layers = |encoder: &mut Encoder<&mut Vec<u8>>| {
        encoder.set_sampling_factor(SamplingFactor::F_2_2);
        encoder.set_optimized_huffman_tables(true);
    };
    let bytes = jpeg(1600, 80, layers);
    assert!(sent(&bytes) == bytes);
    let turned = jpeg(1600, 80, |encoder| (with_exif(encoder), layers(encoder)).1);
    assert_eq!(fit(&turned, COLUMN).unwrap_err(), PictureError::Unsupported(UnsupportedFormat::Layers));
}

#[test]
fn transparent_pixels_do_not_colour_their_neighbours() {
    let image = RgbaImage::from_fn(2000, 8, |x, _| if x % 2 == 0 { [250, 0, 0, 255] } else { [0, 0, 0, 0] }.into());
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, ImageFormat::Png).unwrap();
    let shown = fit(bytes.get_ref(), WidthLimits { asked: Some(250), ..COLUMN }).unwrap();
    let image = image::load_from_memory(shown.picture.bytes()).unwrap().into_rgba8();
    let [red, green, blue, alpha] = image.get_pixel(250, 1).0;
    assert!(red > 240 && green == 0 && blue == 0 && (100..156).contains(&alpha), "{:?}", image.get_pixel(250, 1));
}

#[test]
fn webp_becomes_png_or_jpeg() {
    let webp = |image: &[u8], colours| {
        let mut bytes = Vec::new();
        WebPEncoder::new_lossless(&mut bytes).encode(image, 20, 10, colours).unwrap();
        sent(&bytes)
    };
    let clear = webp(&[9, 8, 7, 100].repeat(200), ExtendedColorType::Rgba8);
    assert_eq!(image::load_from_memory(&clear).unwrap().into_rgba8().get_pixel(3, 3).0, [9, 8, 7, 100]);
    let plain = webp(&pixels(20, 10), ExtendedColorType::Rgb8);
    assert!(matches!(image::guess_format(&plain).unwrap(), ImageFormat::Png | ImageFormat::Jpeg));
}

#[test]
fn a_large_png_of_a_photo_is_sent_as_jpeg() {
    let mut seed = 1_u32;
    let mut noise = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        u8::try_from(seed >> 27).unwrap() + 100
    };
    let image = RgbImage::from_fn(1000, 400, |_, _| Rgb([noise(), noise(), noise()]));
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, ImageFormat::Png).unwrap();
    assert!(bytes.get_ref().len() > JPEG_THRESHOLD);
    let shown = fit(bytes.get_ref(), COLUMN).unwrap();
    assert_eq!((shown.picture.media_type(), read(&shown.picture).width()), ("image/jpeg", 1000));
}

#[test]
fn the_same_picture_has_the_same_name() {
    let bytes = jpeg(2000, 100, |_| {});
    let name = |bytes: &[u8], asked| fit(bytes, WidthLimits { asked, ..COLUMN }).unwrap().picture.file_name();
    assert_eq!(name(&bytes, None), name(&jpeg(2000, 100, |_| {}), Some(600)));
    assert_ne!(name(&bytes, None), name(&bytes, Some(100)));
    assert_eq!(name(&jpeg(40, 30, with_exif), None), name(&jpeg(40, 30, with_exif), None));
}

#[test]
fn decompression_bombs_are_not_decoded() {
    let mut bomb = png(4, 4);
    bomb[16..24].copy_from_slice(&[0, 0, 0xfd, 0xe8, 0, 0, 0xfd, 0xe8]);
    let mut wide = gif(b"");
    wide[6..10].copy_from_slice(&[0xff; 4]);
    let mut large = jpeg(16, 16, |encoder| encoder.set_progressive(true));
    let frame = large.windows(2).position(|window| window == [0xff, 0xc2]).unwrap();
    large[frame + 5..frame + 9].copy_from_slice(&[0xff; 4]);
    for (bytes, side) in [(bomb, 65_000), (wide, 65_535), (large, 65_535)] {
        let error = OriginalPicture::read(bytes.into()).unwrap_err();
        assert_eq!(error, PictureError::TooManyPixels { width: side, height: side });
    }
}

#[test]
fn damaged_pictures_are_refused() {
    for whole in [jpeg(40, 30, with_exif), jpeg(1600, 30, |_| {}), png(40, 30), gif(b"x")] {
        for length in 0..whole.len() {
            assert!(fit(&whole[..length], COLUMN).is_err(), "{length} of {}", whole.len());
        }
    }
}

#[test]
fn other_formats_are_named() {
    for (bytes, format) in [
        (&b"\0\0\0\x18ftypheic\0\0\0\0"[..], UnsupportedFormat::Heic),
        (b"\0\0\0\x18ftypmif1\0\0\0\0", UnsupportedFormat::Heic),
        (b"\0\0\0\x18ftypavif\0\0\0\0", UnsupportedFormat::Avif),
        (b"<?xml version=\"1.0\"?>\n<SVG xmlns", UnsupportedFormat::Svg),
        (b"BM\0\0\0\0", UnsupportedFormat::Bmp),
        (b"MM\0*\0\0", UnsupportedFormat::Tiff),
        (b"\xff\x0a\0\0", UnsupportedFormat::JpegXl),
        (b"8BPS\0\x01", UnsupportedFormat::Photoshop),
        (b"%PDF-1.7", UnsupportedFormat::Pdf),
    ] {
        assert_eq!(OriginalPicture::read(bytes.into()).unwrap_err(), PictureError::Unsupported(format));
        assert!(!format.remedy().english().is_empty());
    }
    for bytes in [&b""[..], b"root:x:0", b"\xff\xd8\xff\xe0", b"GIF89a", b"RIFF\0\0\0\0WEBPVP8 "] {
        assert!(
            matches!(OriginalPicture::read(bytes.into()), Err(PictureError::NotAPicture | PictureError::CutOff)),
            "{bytes:?}"
        );
    }
}

#[test]
fn a_photo_is_cropped_to_its_shape_and_a_graphic_gets_a_margin() {
    let shaped = |wide, tall| WidthLimits { most: 100, shape: Some(PictureShape { wide, tall }), ..COLUMN };
    for (bytes, limits, natural, size) in [
        (jpeg(1600, 1000, |_| {}), shaped(1, 1), 1000, (200, 200)),
        (jpeg(1600, 1000, |_| {}), shaped(2, 1), 1600, (200, 100)),
        // EXIF turns it upright: it is 1000 wide and 1600 tall.
        (jpeg(1600, 1000, with_exif), shaped(2, 1), 1000, (200, 100)),
        (jpeg(90, 60, |_| {}), shaped(1, 1), 60, (60, 60)),
        (png(400, 100), shaped(600, 600), 400, (200, 200)),
        (png(100, 400), shaped(600, 600), 400, (200, 200)),
        // A portrait is a square, whatever its format.
        (png(400, 100), shaped(1, 1), 100, (100, 100)),
    ] {
        let shown = fit(&bytes, limits).unwrap();
        let image = read(&shown.picture);
        assert_eq!((shown.natural, image.width(), image.height()), (natural, size.0, size.1));
    }
    let shown = fit(&png(400, 100), shaped(600, 600)).unwrap();
    let image = image::load_from_memory(shown.picture.bytes()).unwrap().into_rgba8();
    assert_eq!((image.get_pixel(100, 10).0[3], image.get_pixel(100, 100).0[3]), (0, 255));
}

#[test]
fn pictures_side_by_side_get_the_shape_between_theirs() {
    let shape = |wide, tall| PictureShape { wide, tall };
    let between = |shapes: &[PictureShape]| PictureShape::between(shapes).map(|shape| shape.wide);
    assert_eq!(between(&[shape(400, 100), shape(100, 100)]), Some(1080), "at most 1.8 times as wide as tall");
    assert_eq!(between(&[shape(200, 100), shape(100, 200)]), Some(600));
    assert_eq!(between(&[shape(1600, 1000), shape(800, 501)]), None, "they hardly differ");
    assert_eq!(between(&[shape(1, 2)]), None);
}

#[test]
fn a_picture_that_a_phone_shows_larger_has_the_pixels_for_it() {
    let limits = WidthLimits { most: 160, on_phone: Some(380), ..COLUMN };
    for (natural, widest, sent) in [(1600, 380, 570), (300, 300, 300), (100, 100, 100)] {
        let shown = fit(&jpeg(natural, 60, |_| {}), limits).unwrap();
        assert_eq!((shown.widest, read(&shown.picture).width()), (widest, sent), "{natural}");
    }
}
