//! What the program does, without a terminal: values in, values out.

mod consent_texts;
pub mod import;
mod languages;
mod leak_context;
pub mod personal_data;
pub mod prepared_issue;
mod sample_reader;
pub mod web_pages;
