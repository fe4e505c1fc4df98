//! Answers the requests of a live preview.

use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::{HeaderMap, Request, Response, StatusCode};
use tokio::sync::{oneshot, watch};
use tokio::time;

use crate::feedback::server::answer::Answer;
use crate::feedback::server::connections::ClientState;
use crate::feedback::server::form;
use crate::feedback::server::limits::ServerLimits;
use crate::feedback::server::listen::{Either, RequestService, first, until_stopped};
use crate::feedback::server::live_preview::access::{LetterPictures, LivePreviewAccess, LivePreviewRoute};
use crate::feedback::server::live_preview::latest_snapshot::NumberedSnapshot;
use crate::feedback::server::live_preview::page::LivePreviewPage;
use crate::feedback::server::live_preview::test_request::LivePreviewTestRequest;
use crate::feedback::server::request::{header_text, read};

/// How long a request for the state waits for another one. Shorter than the time-outs of programs in between, such as a
/// tunnel.
const PATIENCE: Duration = Duration::from_secs(20);

/// The same for every answer: nothing is cached, no referrer is sent, and no other site may use it.
const HEADERS: [(HeaderName, &str); 6] = [
    (header::CACHE_CONTROL, "no-store"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("x-robots-tag"), "noindex, nofollow"),
];

/// Answers the requests of all connections to a live preview.
pub(super) struct LivePreviewService {
    pub(super) page: LivePreviewPage,
    pub(super) shown: watch::Receiver<NumberedSnapshot>,
    pub(super) access: LivePreviewAccess,
    /// Whether the path that works once was used.
    pub(super) is_opened: AtomicBool,
    pub(super) tests: mpsc::Sender<LivePreviewTestRequest>,
    pub(super) stopped: watch::Receiver<bool>,
}

impl RequestService for LivePreviewService {
    fn limits(&self) -> ServerLimits {
        ServerLimits { connections: 64, ..ServerLimits::default() }
    }

    async fn answer(&self, request: Request<Incoming>, connection: &ClientState) -> Result<Answer, Infallible> {
        let answer = match self.access.route(request.method(), request.uri(), request.headers()) {
            Ok(route) => self.answer_route(route, request, connection).await,
            Err(refused) => empty(refused),
        };
        connection.end_request();
        Ok(answer)
    }
}

impl LivePreviewService {
    async fn answer_route(
        &self,
        route: LivePreviewRoute,
        request: Request<Incoming>,
        connection: &ClientState,
    ) -> Answer {
        match route {
            LivePreviewRoute::Page => {
                with_policy(body(StatusCode::OK, "text/html; charset=utf-8", self.page.html.clone()), &self.page.policy)
            }
            LivePreviewRoute::Opening if self.is_opened.swap(true, Ordering::Relaxed) => empty(StatusCode::NOT_FOUND),
            LivePreviewRoute::Opening => {
                let mut answer = empty(StatusCode::SEE_OTHER);
                if let Ok(page) = HeaderValue::try_from(format!("/{}/", self.access.key)) {
                    answer.headers_mut().insert(header::LOCATION, page);
                }
                answer
            }
            LivePreviewRoute::State { shown } => {
                connection.begin_request();
                self.state(shown).await
            }
            LivePreviewRoute::Letter { digest, pictures } => self.letter(&digest, pictures, request.headers()),
            LivePreviewRoute::Picture(name) => match self.shown.borrow().picture(&name) {
                Some(picture) => body(StatusCode::OK, picture.media_type, Bytes::from_owner(picture.bytes)),
                None => empty(StatusCode::NOT_FOUND),
            },
            LivePreviewRoute::Test => self.test(request, connection).await,
        }
    }

    /// The state, as soon as there is one whose number is not this one; no content if none comes for a while.
    async fn state(&self, shown: Option<u64>) -> Answer {
        let (mut snapshots, mut stopped) = (self.shown.clone(), self.stopped.clone());
        let is_new = |snapshot: &NumberedSnapshot| snapshot.number > 0 && Some(snapshot.number) != shown;
        let next = time::timeout(PATIENCE, snapshots.wait_for(is_new));
        let Either::First(Ok(Ok(snapshot))) = first(next, until_stopped(&mut stopped)).await else {
            return empty(StatusCode::NO_CONTENT);
        };
        let state = format!("{{\"number\":{},\"state\":{}}}", snapshot.number, snapshot.current.state);
        body(StatusCode::OK, "application/json", state)
    }

    /// A letter: without scripts, and with no more than its own pictures.
    fn letter(&self, digest: &str, pictures: LetterPictures, headers: &HeaderMap) -> Answer {
        let Some(letter) = self.shown.borrow().letter(digest) else { return empty(StatusCode::NOT_FOUND) };
        let images = match pictures {
            // The host is named, since browsers disagree on what `'self'` is in a sandbox.
            LetterPictures::Loaded => format!("http://{} data:", header_text(headers, &header::HOST)),
            LetterPictures::Blocked => "'none'".to_owned(),
        };
        let policy = format!(
            "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox; default-src 'none'; \
             style-src 'unsafe-inline'; img-src {images}; form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
        );
        with_policy(body(StatusCode::OK, "text/html; charset=utf-8", letter.to_string()), &policy)
    }

    /// Passes on a request to send a test, and waits for its result.
    async fn test(&self, request: Request<Incoming>, connection: &ClientState) -> Answer {
        let limits = self.limits();
        let body_text = match time::timeout(limits.request, read(request.into_body(), limits.body_bytes)).await {
            Ok(Ok(bytes)) => bytes,
            Ok(Err(status)) => return empty(status),
            Err(_) => return empty(StatusCode::REQUEST_TIMEOUT),
        };
        connection.begin_request();
        let fields = form::urlencoded(&body_text);
        let field = |wanted: &str| fields.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.clone());
        let Some(to) = field("to") else { return empty(StatusCode::BAD_REQUEST) };
        let edition = field("edition").filter(|edition| !edition.is_empty());
        let (answer, answered) = oneshot::channel();
        if self.tests.send(LivePreviewTestRequest { to, edition, answer }).is_err() {
            return empty(StatusCode::SERVICE_UNAVAILABLE);
        }
        match answered.await {
            Ok(json) => body(StatusCode::OK, "application/json", json),
            Err(_) => empty(StatusCode::SERVICE_UNAVAILABLE),
        }
    }
}

/// An answer of this type.
fn body(status: StatusCode, content_type: &'static str, content: impl Into<Bytes>) -> Answer {
    let mut answer = Response::new(Full::new(content.into()));
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.extend(HEADERS.map(|(name, value)| (name, HeaderValue::from_static(value))));
    answer
}

/// An answer without a body: it reveals nothing to a client that is refused.
fn empty(status: StatusCode) -> Answer {
    let mut answer = body(status, "", Bytes::new());
    answer.headers_mut().remove(header::CONTENT_TYPE);
    answer
}

fn with_policy(mut answer: Answer, policy: &str) -> Answer {
    if let Ok(policy) = HeaderValue::try_from(policy) {
        answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    answer
}
