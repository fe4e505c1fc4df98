//! Other channels than mail, and the year of a newsletter.
//!
//! Everything here is pure: it takes values and returns texts. `project` reads and writes the files, `ops` has the steps of a
//! command. The results are public, and contain no personal data.

pub mod archive;
pub mod article;
pub mod calendar;
pub(crate) mod feeds;
pub mod jekyll;
pub mod kit;
pub mod linkedin;
pub mod markdown;
pub(crate) mod news;
pub mod page_frame;
pub mod plain_html;
pub mod plain_text;
pub mod talking_points;
pub mod written_files;
pub mod year;
