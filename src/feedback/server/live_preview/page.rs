//! The page of the live preview with its policy: its own script and style, its own letters, and nothing else.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::base::digest;

/// The page of a live preview.
#[derive(Clone, Debug)]
pub struct LivePreviewPage {
    /// Its HTML.
    pub html: String,
    /// Its Content-Security-Policy.
    pub(super) policy: String,
}

impl LivePreviewPage {
    /// A page with the texts of its only `<script>` and its only `<style>`: their digests in the policy make a browser
    /// refuse any others.
    pub fn new(html: String, script: &str, style: &str) -> Self {
        let hash = |text: &str| STANDARD.encode(digest::sha256_bytes(text.as_bytes()));
        let policy = format!(
            "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; connect-src 'self'; frame-src 'self'; \
             form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
            hash(script),
            hash(style)
        );
        Self { html, policy }
    }
}
