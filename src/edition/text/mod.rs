//! The text part of an edition, from the same tree as the HTML: records that are laid out once their values are known.

pub(crate) mod layout;
pub(crate) mod position;
pub(crate) mod prelayout;
pub(crate) mod record;
pub(crate) mod writer;
