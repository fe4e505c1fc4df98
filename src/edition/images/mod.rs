//! The pictures of an edition: found beside the issue, made fit for mail, and placed where readers find them.

pub(crate) mod collection;
pub mod error;
mod gif;
mod jpeg;
mod metadata;
pub mod original;
pub mod picture;
mod pixels;
pub mod placement;
mod png;
#[cfg(test)]
mod tests;
pub mod unsupported;
pub(crate) mod visibility;
mod webp;
