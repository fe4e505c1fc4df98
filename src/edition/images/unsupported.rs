//! Picture formats that cannot be sent.

use crate::base::message::{Message, message};

/// A format that some mail programs do not show, and that is not converted here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnsupportedFormat {
    /// HEIC, the format of iPhones.
    Heic,
    /// AVIF.
    Avif,
    /// SVG.
    Svg,
    /// BMP.
    Bmp,
    /// TIFF.
    Tiff,
    /// JPEG XL.
    JpegXl,
    /// Photoshop.
    Photoshop,
    /// PDF.
    Pdf,
    /// Animated WebP.
    MovingWebP,
    /// A JPEG whose colour components are stored one after the other, or an animated PNG, that would have to be rotated.
    Layers,
}

impl UnsupportedFormat {
    /// Finds the format by the first bytes of a file.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        let format = match bytes {
            [_, _, _, _, b'f', b't', b'y', b'p', brand @ ..] => match brand.get(..4)? {
                b"avif" | b"avis" => Self::Avif,
                // The last two are any HEIF; what phones write under them is HEIC.
                b"heic" | b"heix" | b"hevc" | b"hevx" | b"heim" | b"heis" | b"mif1" | b"msf1" => Self::Heic,
                _ => return None,
            },
            [b'B', b'M', ..] => Self::Bmp,
            [b'I', b'I', b'*', 0, ..] | [b'M', b'M', 0, b'*', ..] => Self::Tiff,
            [0xff, 0x0a, ..] | [0, 0, 0, 0x0c, b'J', b'X', b'L', ..] => Self::JpegXl,
            [b'8', b'B', b'P', b'S', ..] => Self::Photoshop,
            [b'%', b'P', b'D', b'F', ..] => Self::Pdf,
            // An XML declaration, comments and a document type may come before the element.
            _ if String::from_utf8_lossy(&bytes[..bytes.len().min(1024)]).to_lowercase().contains("<svg") => Self::Svg,
            _ => return None,
        };
        Some(format)
    }

    /// What is wrong with such a file.
    pub(super) fn problem(self) -> Message {
        match self {
            Self::Heic => message!(
                "HEIC pictures (from iPhones) are not shown by every mail program",
                "HEIC-billeder (fra iPhones) vises ikke i alle mailprogrammer"
            ),
            Self::Avif => of_pictures("AVIF"),
            Self::Svg => message!(
                "SVG drawings are not shown by every mail program",
                "SVG-tegninger vises ikke i alle mailprogrammer"
            ),
            Self::Bmp => of_pictures("BMP"),
            Self::Tiff => of_pictures("TIFF"),
            Self::JpegXl => of_pictures("JPEG XL"),
            Self::Photoshop => message!(
                "Photoshop files are not shown by every mail program",
                "Photoshop-filer vises ikke i alle mailprogrammer"
            ),
            Self::Pdf => message!(
                "this is a PDF, and documents are not shown by every mail program",
                "det er en PDF, og dokumenter vises ikke i alle mailprogrammer"
            ),
            Self::MovingWebP => message!(
                "animated WebP pictures are not shown by every mail program",
                "animerede WebP-billeder vises ikke i alle mailprogrammer"
            ),
            Self::Layers => message!(
                "this kind of picture, when it is stored rotated, is not shown by every mail program",
                "den slags billede vises ikke i alle mailprogrammer, når det er gemt drejet"
            ),
        }
    }

    /// What the author can do.
    pub fn remedy(self) -> Message {
        match self {
            Self::Heic => {
                message!(
                    "save it as JPEG; for new pictures set the iPhone to Indstillinger > Kamera > Formater > Mest kompatibel (Settings > Camera > Formats > Most Compatible)",
                    "gem det som JPEG; til nye billeder: sæt iPhonen til Indstillinger > Kamera > Formater > Mest kompatibel"
                )
            }
            Self::Svg => message!(
                "export it as PNG, twice as wide as it is shown: 1072 pixels for the whole column",
                "eksportér det som PNG, dobbelt så bredt, som det vises: 1072 pixels for hele kolonnen"
            ),
            Self::Avif | Self::Bmp | Self::Tiff | Self::JpegXl | Self::Photoshop => {
                message!(
                    "save it as JPEG if it is a photo, and as PNG otherwise",
                    "gem det som JPEG, hvis det er et foto, og ellers som PNG"
                )
            }
            Self::Pdf => message!(
                "save the page as PNG, or send the document with `attachments:` in the front matter",
                "gem siden som PNG, eller send dokumentet med `attachments:` i front matter"
            ),
            Self::MovingWebP => message!("save it as GIF", "gem det som GIF"),
            Self::Layers => message!("open it, rotate it, and save it again", "åbn det, drej det, og gem det igen"),
        }
    }
}

fn of_pictures(format: &str) -> Message {
    message!(
        "{format} pictures are not shown by every mail program",
        "{format}-billeder vises ikke i alle mailprogrammer"
    )
}
