//! The package for those who share an issue in channels of their own: a product community, a municipality, a partner. It has the
//! text in several forms, the pictures with their credits, and a page that says how to use them.

pub mod picture_list;
pub mod readme;
pub mod zip_file;
