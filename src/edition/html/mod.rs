//! HTML that is safe in mail: text that is put into it, authors' own HTML, and what serialisers leave unescaped.

pub(crate) mod attribute_escaping;
pub(crate) mod escape;
pub(crate) mod sanitise;
