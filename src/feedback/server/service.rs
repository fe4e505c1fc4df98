//! Answers requests: the page, its form, and monitoring.

use std::convert::Infallible;
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use hyper::body::Incoming;
use hyper::header;
use hyper::{HeaderMap, Method, Request, StatusCode};
use jiff::Timestamp;
use tokio::sync::oneshot;
use tokio::time;

use crate::base::language::Lang;
use crate::delivery::ledger::feedback::LeaveRequest;
use crate::feedback::pages::{LeftNewsletters, UnsubscribePages};
use crate::feedback::server::accepted_language::accepted_language;
use crate::feedback::server::answer::{self, Answer};
use crate::feedback::server::connections::ClientState;
use crate::feedback::server::counters::RequestCounters;
use crate::feedback::server::event::ServerEvent;
use crate::feedback::server::form::{LeaveChoice, LeaveSource};
use crate::feedback::server::limits::ServerLimits;
use crate::feedback::server::link_pattern::LinkPattern;
use crate::feedback::server::listen::RequestService;
use crate::feedback::server::request::{header_text, read};
use crate::feedback::server::writer::LeaveSubmission;
use crate::issue::series::SeriesId;
use crate::letter::unsubscribe_token::LeaveTarget;

/// What the links of a test have instead of a token.
const TEST: &str = "test";
/// An answer to a form leaves at a multiple of this time after the request has come: how long it took to record it must not
/// show whether the ledger knows the token.
const BEAT: Duration = Duration::from_millis(25);

/// Answers the requests of all connections.
pub(super) struct UnsubscribeService {
    pub(super) pages: UnsubscribePages,
    pub(super) pattern: LinkPattern,
    pub(super) lang: Lang,
    pub(super) limits: ServerLimits,
    pub(super) counters: Arc<RequestCounters>,
    pub(super) submissions: mpsc::Sender<LeaveSubmission>,
    pub(super) events: mpsc::Sender<ServerEvent>,
}

/// What an unsubscribe link is for.
enum Link {
    Reader(LeaveTarget),
    Test,
}

impl RequestService for UnsubscribeService {
    fn limits(&self) -> ServerLimits {
        self.limits
    }

    async fn answer(&self, request: Request<Incoming>, connection: &ClientState) -> Result<Answer, Infallible> {
        let started = Instant::now();
        let method = method_name(request.method());
        let answer = self.route(request, connection, started).await;
        connection.end_request();
        let (status, took) = (answer.status().as_u16(), started.elapsed());
        self.counters.answered(method, status, took);
        // The receiver is gone only when the server ends.
        _ = self.events.send(ServerEvent::Answered { method, status, took });
        Ok(answer)
    }
}

impl UnsubscribeService {
    async fn route(&self, request: Request<Incoming>, connection: &ClientState, started: Instant) -> Answer {
        let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
        match request.uri().path() {
            "/healthz" | "/metrics" if !is_read => return answer::not_allowed("GET, HEAD"),
            "/healthz" if self.counters.is_failing() => return answer::status(StatusCode::SERVICE_UNAVAILABLE),
            "/healthz" => return answer::status(StatusCode::OK),
            "/metrics" => {
                let content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
                return answer::text(StatusCode::OK, content_type, self.counters.page());
            }
            _ => {}
        }
        let lang = self.language(request.headers());
        let Some(text) = self.pattern.token(request.uri().path(), request.uri().query()) else {
            return answer::page(StatusCode::NOT_FOUND, self.pages.broken_link(lang));
        };
        if !is_read && *request.method() != Method::POST {
            return answer::not_allowed("GET, HEAD, POST");
        }
        // The form of a token is no secret; whether it belongs to a reader is never revealed.
        let Some(link) = Link::parse(text) else {
            return answer::page(StatusCode::NOT_FOUND, self.pages.broken_link(lang));
        };
        if is_read {
            return answer::page(StatusCode::OK, self.pages.button(lang, link.series()));
        }
        let content_type = header_text(request.headers(), &header::CONTENT_TYPE).to_owned();
        let body = match time::timeout(self.limits.request, read(request.into_body(), self.limits.body_bytes)).await {
            Ok(Ok(body)) => body,
            Ok(Err(status)) => return answer::status(status),
            Err(_) => return answer::status(StatusCode::REQUEST_TIMEOUT),
        };
        connection.begin_request();
        match LeaveChoice::read(&content_type, &body) {
            Ok(choice) => self.leave(lang, &link, choice, started).await,
            Err(_) => answer::status(StatusCode::BAD_REQUEST),
        }
    }

    /// Records what was chosen, and says so once it is on disk.
    async fn leave(&self, lang: Lang, link: &Link, choice: LeaveChoice, started: Instant) -> Answer {
        let (left, source) = self.left(link, choice);
        let requests = link.requests(&left, source);
        let is_recorded = requests.is_empty() || self.record(requests, started).await;
        let beats = started.elapsed().as_nanos() / BEAT.as_nanos() + 1;
        let rest = BEAT.saturating_mul(u32::try_from(beats).unwrap_or(u32::MAX)).saturating_sub(started.elapsed());
        time::sleep(rest).await;
        if is_recorded {
            return answer::page(StatusCode::OK, self.pages.left(lang, link.series(), &left));
        }
        let mut answer = answer::page(StatusCode::SERVICE_UNAVAILABLE, self.pages.not_recorded(lang));
        answer.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("60"));
        answer
    }

    /// Whether requests are on disk within the time of a request.
    async fn record(&self, requests: Vec<LeaveRequest>, started: Instant) -> bool {
        let (recorded, outcome) = oneshot::channel();
        if self.submissions.send(LeaveSubmission { requests, recorded }).is_err() {
            return false;
        }
        let rest = self.limits.request.saturating_sub(started.elapsed());
        // A request that is recorded later than that still counts, which does no harm: the reader wanted it.
        matches!(time::timeout(rest, outcome).await, Ok(Ok(true)))
    }

    /// What a choice leaves, and who made it.
    fn left(&self, link: &Link, choice: LeaveChoice) -> (LeftNewsletters, LeaveSource) {
        let Link::Reader(target) = link else { return (LeftNewsletters::Test, LeaveSource::Page) };
        match choice {
            LeaveChoice::OfLink(source) => match &target.series {
                Some(series) if self.pages.series().any(|known| known == series) => {
                    (LeftNewsletters::Series(vec![series.clone()]), source)
                }
                // A link may be truncated within the name of its series, and a series may be gone: then the reader
                // leaves too much rather than too little.
                Some(_) | None => (LeftNewsletters::Everything, source),
            },
            LeaveChoice::Everything => (LeftNewsletters::Everything, LeaveSource::Page),
            LeaveChoice::Keep(kept) => {
                let known: Vec<&SeriesId> = self.pages.series().collect();
                // A link may be for a series that the settings no longer have.
                let gone = target.series.iter().filter(|series| !known.contains(series));
                let left = known.iter().copied().chain(gone).filter(|series| !kept.contains(*series));
                let is_any_kept = known.iter().any(|series| kept.contains(*series));
                let left = if is_any_kept {
                    LeftNewsletters::Series(left.cloned().collect())
                } else {
                    LeftNewsletters::Everything
                };
                (left, LeaveSource::Page)
            }
        }
    }

    fn language(&self, headers: &HeaderMap) -> Lang {
        accepted_language(header_text(headers, &header::ACCEPT_LANGUAGE)).unwrap_or(self.lang)
    }
}

impl Link {
    fn parse(text: &str) -> Option<Self> {
        if text.eq_ignore_ascii_case(TEST) { Some(Self::Test) } else { LeaveTarget::parse(text).map(Self::Reader) }
    }

    fn series(&self) -> Option<&SeriesId> {
        match self {
            Self::Reader(target) => target.series.as_ref(),
            Self::Test => None,
        }
    }

    /// The requests to the ledger.
    fn requests(&self, left: &LeftNewsletters, source: LeaveSource) -> Vec<LeaveRequest> {
        let Self::Reader(target) = self else { return Vec::new() };
        let (at, source) = (Timestamp::now(), source.as_str());
        let request = |series: Option<SeriesId>| LeaveRequest {
            target: LeaveTarget { token: target.token, series },
            at,
            source: source.to_owned(),
        };
        match left {
            LeftNewsletters::Everything => vec![request(None)],
            LeftNewsletters::Series(series) => series.iter().map(|series| request(Some(series.clone()))).collect(),
            LeftNewsletters::OfLink | LeftNewsletters::Test => Vec::new(),
        }
    }
}

/// The name of a method in logs and metrics: invented ones are not repeated.
fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        _ => "other",
    }
}
