//! The year in figures: issues, letters, audiences, topics and feedback.
//!
//! A [`report::YearReport`] is made of issues that were sent. Its tables are laid out once (`tables`), and written as text,
//! as Markdown and as a web page, so that they always agree.

pub mod figures;
pub mod markdown;
pub mod page;
mod plot;
pub mod promises;
pub mod report;
pub mod sent_issue;
mod table;
mod tables;
#[cfg(test)]
mod tests;
pub mod text;
