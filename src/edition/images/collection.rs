//! The pictures of one edition, and their size together.

use std::collections::BTreeMap;

use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::span::Span;
use crate::edition::images::error::PictureError;
use crate::edition::images::picture::{Picture, ScaledPicture, WidthLimits};
use crate::edition::images::placement::{PicturePath, PictureSource, Placement};

const HEAVY: Code = Code("NL541");
const TOO_HEAVY: Code = Code("NL542");

/// More bytes of pictures than this load slowly on a phone, and are a gigabyte for a thousand readers.
const WARN_BYTES: usize = 1_000_000;
/// Many mail servers refuse a letter above 10 MB, of which base64 is more than a quarter.
const MOST_BYTES: usize = 7_000_000;

/// The pictures of one edition: each content once.
pub(crate) struct PictureSet<'s> {
    source: &'s dyn PictureSource,
    placement: &'s Placement,
    found: BTreeMap<String, (Picture, Span, String)>,
}

impl<'s> PictureSet<'s> {
    pub(crate) fn new(source: &'s dyn PictureSource, placement: &'s Placement) -> Self {
        Self { source, placement, found: BTreeMap::new() }
    }

    /// Loads a picture that is named at a place, and returns its address in HTML and how it is shown.
    pub(crate) fn add(
        &mut self,
        named: PicturePath<'_>,
        room: WidthLimits,
        place: &Span,
    ) -> Result<(String, ScaledPicture), PictureError> {
        let shown = self.source.load(named, room)?;
        let address = self.placement.address(&shown.picture);
        let (PicturePath::BesideIssue(path) | PicturePath::InProject(path)) = named;
        let entry = || (shown.picture.clone(), place.clone(), path.to_owned());
        self.found.entry(shown.picture.file_name()).or_insert_with(entry);
        Ok((address, shown))
    }

    /// Reports pictures that are too large for one letter.
    pub(crate) fn weigh(&self, diagnostics: &mut Diagnostics) {
        let sum: usize = self.found.values().map(|(picture, _, _)| picture.bytes().len()).sum();
        let largest = self.found.values().max_by_key(|(picture, _, _)| picture.bytes().len());
        let Some((largest, place, path)) = largest.filter(|_| sum > WARN_BYTES) else { return };
        let size = format!("the pictures of this letter have {} kB", sum / 1000);
        let hint = format!(
            "the largest is `{path}` with {} kB: show it smaller, such as `{{width=300}}`, or save photos as JPEG",
            largest.bytes().len() / 1000
        );
        let diagnostic = match self.placement {
            Placement::Embedded if sum > MOST_BYTES => Diagnostic::error(
                TOO_HEAVY,
                format!("{size}: mail servers refuse letters with more than {} kB", MOST_BYTES / 1000),
            ),
            Placement::Embedded | Placement::BesidePage | Placement::Hosted { .. } => {
                Diagnostic::warning(HEAVY, format!("{size}: that is slow on a phone"))
            }
        };
        diagnostics.push(diagnostic.at(place.clone()).hint(hint));
    }

    /// The pictures, by their names.
    pub(crate) fn into_pictures(self) -> Vec<Picture> {
        self.found.into_values().map(|(picture, _, _)| picture).collect()
    }
}
