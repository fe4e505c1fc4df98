//! The package for people who share an issue in their own channels: a product community, a municipality, a partner. It
//! has the text in several forms, the pictures with their credits, and a page that says how to use them.

pub mod picture_list;
pub mod readme;
pub mod zip_file;
