//! The lines of a text part: records that are laid out once their values are known.

pub(crate) mod layout;
pub(crate) mod position;
pub(crate) mod prelayout;
pub(crate) mod record;
