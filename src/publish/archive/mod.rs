//! The archive of a newsletter on the web: an index of its issues, a page for each year, and a feed.

pub mod contents;
pub mod feed;
pub mod pages;
#[cfg(test)]
mod tests;
