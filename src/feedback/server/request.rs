//! Reads the parts of a request.

use http_body_util::BodyExt;
use hyper::body::{Body, Bytes, Incoming};
use hyper::header::HeaderName;
use hyper::{HeaderMap, StatusCode};

/// Reads a body of at most this many bytes.
///
/// # Errors
///
/// The status to answer with: it is too large, or not valid HTTP.
pub(super) async fn read(mut body: Incoming, limit: usize) -> Result<Vec<u8>, StatusCode> {
    let is_too_large = body.size_hint().lower() > limit as u64;
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        // The connection is lost, or a length is invalid: what was meant is unknown.
        let data: Bytes = frame.map_err(|_| StatusCode::BAD_REQUEST)?.into_data().unwrap_or_default();
        if is_too_large || bytes.len() + data.len() > limit {
            return Err(StatusCode::PAYLOAD_TOO_LARGE);
        }
        bytes.extend_from_slice(&data);
    }
    Ok(bytes)
}

/// The text of a header; empty if it is missing or not text.
pub(super) fn header_text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}
