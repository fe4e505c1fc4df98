//! A preview: every edition as files that can be opened, shared and compared, or on a page that follows the author.

pub mod live;
pub mod page;
pub mod write;
