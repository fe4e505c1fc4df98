//! What lies beside an issue and goes into it.

use crate::edition::images::placement::Pictures;
use crate::issue::manuscript::texts::Texts;

/// Where pictures and texts of an issue come from.
#[derive(Clone, Copy)]
pub struct Beside<'b> {
    /// Its pictures.
    pub pictures: &'b dyn Pictures,
    /// Its snippets and tables.
    pub texts: &'b dyn Texts,
}
