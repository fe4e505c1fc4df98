//! The pictures of one edition, and their size together.

use std::collections::BTreeMap;

use crate::base::byte_size::{ByteLimit, ByteSize};
use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::span::Span;
use crate::edition::images::error::PictureError;
use crate::edition::images::picture::{Picture, PictureShape, ScaledPicture, WidthLimits};
use crate::edition::images::placement::{PicturePath, PictureSource, Placement};

const HEAVY: Code = Code("NL541");
const TOO_HEAVY: Code = Code("NL542");

/// More bytes of pictures than this load slowly on a phone, and are a gigabyte for a thousand readers.
const WARN_BYTES: usize = 1_000_000;
/// Many mail servers refuse a letter above 10 MB, and base64 makes four bytes of three.
const MOST_BYTES: usize = 7_000_000;

/// The pictures of one edition: each content once.
pub(crate) struct PictureSet<'s> {
    source: &'s dyn PictureSource,
    placement: &'s Placement,
    found: BTreeMap<String, NamedPicture>,
}

/// A picture, and where the issue first names it.
struct NamedPicture {
    picture: Picture,
    place: Span,
    path: String,
}

impl<'s> PictureSet<'s> {
    pub(crate) fn new(source: &'s dyn PictureSource, placement: &'s Placement) -> Self {
        Self { source, placement, found: BTreeMap::new() }
    }

    /// Loads a picture that is named at a place, and returns its address in HTML and how it is shown.
    pub(crate) fn add(
        &mut self,
        path: PicturePath<'_>,
        limits: WidthLimits,
        place: &Span,
    ) -> Result<(String, ScaledPicture), PictureError> {
        let shown = self.load(path, limits)?;
        Ok((self.keep(path, &shown, place), shown))
    }

    /// Loads a picture that is not yet a part of the edition.
    pub(crate) fn load(&self, path: PicturePath<'_>, limits: WidthLimits) -> Result<ScaledPicture, PictureError> {
        self.source.load(path, limits)
    }

    /// Makes a loaded picture a part of the edition, and returns its address in HTML.
    pub(crate) fn keep(&mut self, path: PicturePath<'_>, shown: &ScaledPicture, place: &Span) -> String {
        let address = self.placement.address(&shown.picture);
        let (PicturePath::BesideIssue(name) | PicturePath::InProject(name)) = path;
        let entry = || NamedPicture { picture: shown.picture.clone(), place: place.clone(), path: name.to_owned() };
        self.found.entry(shown.picture.file_name()).or_insert_with(entry);
        address
    }

    /// The shape of a picture beside the issue; none if it cannot be read.
    pub(crate) fn shape(&self, path: &str) -> Option<PictureShape> {
        self.source.shape(PicturePath::BesideIssue(path)).ok()
    }

    /// Reports pictures that are too large for one letter.
    pub(crate) fn check_size(&self, diagnostics: &mut Diagnostics) {
        let bytes = |named: &NamedPicture| named.picture.bytes().len();
        let sum: usize = self.found.values().map(bytes).sum();
        let largest = self.found.values().max_by_key(|named| bytes(named));
        let Some(largest) = largest.filter(|_| sum > WARN_BYTES) else { return };
        let size =
            message!("the pictures of this letter have {}", "mailens billeder fylder {}", ByteSize::of_length(sum));
        let hint = message!(
            "the largest is `{}` with {}: show it smaller, such as `{{width=300}}`, or save photos as JPEG",
            "det største er `{}` med {}: vis det mindre, f.eks. `{{width=300}}`, eller gem fotos som JPEG",
            largest.path,
            ByteSize::of_length(bytes(largest))
        );
        let diagnostic = match self.placement {
            Placement::Embedded if sum > MOST_BYTES => Diagnostic::error(
                TOO_HEAVY,
                message!(
                    "{size}: mail servers refuse letters with more than {}",
                    "{size}: mailservere afviser mails på mere end {}",
                    ByteLimit::of_length(MOST_BYTES)
                ),
            ),
            // Pictures on a web server are not part of the letter.
            Placement::Embedded | Placement::BesidePage | Placement::Hosted { .. } => Diagnostic::warning(
                HEAVY,
                message!("{size}: that is slow on a phone", "{size}: det er langsomt på en telefon"),
            ),
        };
        diagnostics.push(diagnostic.at(largest.place.clone()).hint(hint));
    }

    /// The pictures, by their names, each with the file that the issue names for it first.
    pub(crate) fn into_pictures(self) -> Vec<(Picture, String)> {
        self.found.into_values().map(|named| (named.picture, named.path)).collect()
    }
}
