//! The answers of the server, with the headers that keep a page to itself.

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};

use crate::feedback::pages::UnsubscribePage;

/// An answer, whose body is in memory.
pub(super) type Answer = Response<Full<Bytes>>;

/// The same for every page: nothing is cached, no referrer is sent, and no search engine lists it.
const HEADERS: [(HeaderName, &str); 6] = [
    (header::CACHE_CONTROL, "no-store"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::VARY, "Accept-Language"),
    (HeaderName::from_static("x-robots-tag"), "noindex, nofollow"),
];

/// A page.
pub(super) fn page(status: StatusCode, page: UnsubscribePage) -> Answer {
    let UnsubscribePage { lang, html, policy } = page;
    let mut answer = text(status, "text/html; charset=utf-8", html);
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(lang.tag()));
    if let Ok(policy) = HeaderValue::try_from(policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    answer
}

/// A text of this type.
pub(super) fn text(status: StatusCode, content_type: &'static str, text: String) -> Answer {
    let mut answer = Response::new(Full::new(Bytes::from(text)));
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.extend(HEADERS.map(|(name, value)| (name, HeaderValue::from_static(value))));
    answer
}

/// A line that names the status, for programs.
pub(super) fn status(status: StatusCode) -> Answer {
    text(status, "text/plain; charset=utf-8", format!("{status}\n"))
}

/// The answer to a method that is not allowed.
pub(super) fn not_allowed(methods: &'static str) -> Answer {
    let mut answer = status(StatusCode::METHOD_NOT_ALLOWED);
    answer.headers_mut().insert(header::ALLOW, HeaderValue::from_static(methods));
    answer
}
