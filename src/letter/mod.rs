//! Letters: who gets which edition, and the bytes of each letter.
//!
//! The modules in the order in which they may use each other:
//!
//! - [`former_recipients`]: who had an earlier issue, and which edition of it.
//! - [`selection`]: which edition each person gets.
//! - [`message_id`]: the Message-IDs of letters.
//! - [`plan`]: what is sent to whom, frozen before the first letter leaves.
//! - [`approval_code`]: the digest of what is sent, and its short form.
//! - [`purpose`]: whether letters are a mailing or a test.
//! - [`return_path`]: the envelope sender.
//! - [`unsubscribe_token`]: which reader leaves, and what they leave.
//! - [`unsubscribe_links`]: how a recipient unsubscribes.
//! - [`letter_bytes`]: the octets of a letter.
//! - [`media_type`]: of which type an attached file is, and in which character set.
//! - [`mime`]: the body and its parts.
//! - [`dkim`]: signatures on letters.
//! - [`header_lines`]: how they are folded, and how long they may be.
//! - [`headers`]: the header fields of a letter.
//! - [`decoded`]: what a recipient sees, for previews and web pages.
//! - [`failed_letters`]: letters that cannot be composed, and why.
//! - [`compose`]: all letters of a plan, composed once. Delivery accepts nothing else.
//! - [`parsed`]: a letter read back from its bytes.
//! - [`leak`]: whether a letter contains text that its recipients must not read.
//! - [`complete`]: whether a letter lacks text that its recipients should read.

pub mod approval_code;
pub mod complete;
pub mod compose;
pub mod decoded;
pub mod dkim;
pub mod failed_letters;
pub mod former_recipients;
pub mod header_lines;
pub mod headers;
pub mod leak;
pub mod letter_bytes;
mod media_type;
pub mod message_id;
pub mod mime;
pub mod notice;
pub mod parsed;
pub mod plan;
pub mod purpose;
pub mod return_path;
pub mod selection;
pub mod unsubscribe_links;
pub mod unsubscribe_token;
