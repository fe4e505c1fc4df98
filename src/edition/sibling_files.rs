//! What lies beside an issue and goes into it.

use crate::edition::images::placement::PictureSource;
use crate::issue::manuscript::texts::TextSource;

/// Where pictures and texts of an issue come from.
#[derive(Clone, Copy)]
pub struct SiblingFiles<'b> {
    /// Its pictures.
    pub pictures: &'b dyn PictureSource,
    /// Its snippets and tables.
    pub texts: &'b dyn TextSource,
}
