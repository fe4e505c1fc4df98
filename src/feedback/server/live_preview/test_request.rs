//! A request to send a test.

use tokio::sync::oneshot;

/// A request to send a test, by the button of the page.
#[derive(Debug)]
pub struct LivePreviewTestRequest {
    /// The address, as it was typed.
    pub to: String,
    /// The id of the edition; absent: all of them.
    pub edition: Option<String>,
    /// Gets the answer for the page, as a JSON object.
    pub answer: oneshot::Sender<String>,
}
