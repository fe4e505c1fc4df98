//! Access control of the live preview: only the page that was opened with the printed address may use it.
//!
//! Any web page can send requests to this machine, and can have its own host name resolve to it (DNS rebinding). So the
//! name in `Host` must be one of this machine, a request that comes from a page must come from ours, and the path has a
//! key that no other page knows.

use hyper::header::{self, HeaderName};
use hyper::{HeaderMap, Method, StatusCode};

use crate::feedback::server::request::header_text;

/// The header with the origin of a request (Fetch Metadata Request Headers, section 2).
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const FETCH_DESTINATION: HeaderName = HeaderName::from_static("sec-fetch-dest");

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum LivePreviewRoute {
    /// The page.
    Page,
    /// The page, by the path that `--open` gives to the browser.
    Opening,
    /// The state of the page, once its number is not this one.
    State {
        /// The number that the page has; absent: none yet.
        shown: Option<u64>,
    },
    /// A letter.
    Letter {
        /// Its digest.
        digest: String,
        /// Whether its pictures are loaded.
        pictures: LetterPictures,
    },
    /// A picture of a letter.
    Picture(String),
    /// To send a test.
    Test,
}

/// Whether the pictures of a letter are loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LetterPictures {
    Loaded,
    Blocked,
}

/// The paths of a live preview.
#[derive(Clone, Debug)]
pub(super) struct LivePreviewAccess {
    /// The first part of every path.
    pub(super) key: String,
    /// The path that `--open` gives to the browser. It is in the arguments of a process, which every user of the machine can
    /// see, so that it leads to the page only once.
    pub(super) opening: String,
}

impl LivePreviewAccess {
    /// What a request asks for.
    ///
    /// # Errors
    ///
    /// The status to answer with.
    pub(super) fn route(
        &self,
        method: &Method,
        target: &hyper::Uri,
        headers: &HeaderMap,
    ) -> Result<LivePreviewRoute, StatusCode> {
        check_origin(method, headers)?;
        let path = target.path().strip_prefix('/').unwrap_or_default();
        if *method == Method::GET && is_same(path, &self.opening) {
            return Ok(LivePreviewRoute::Opening);
        }
        let (key, rest) = path.split_once('/').ok_or(StatusCode::NOT_FOUND)?;
        if !is_same(key, &self.key) {
            return Err(StatusCode::NOT_FOUND);
        }
        let route = self::rest(rest, target.query().unwrap_or_default()).ok_or(StatusCode::NOT_FOUND)?;
        let expected = if route == LivePreviewRoute::Test { Method::POST } else { Method::GET };
        if *method == expected { Ok(route) } else { Err(StatusCode::METHOD_NOT_ALLOWED) }
    }
}

/// The part of a path after the key.
fn rest(path: &str, query: &str) -> Option<LivePreviewRoute> {
    let parts: Vec<&str> = path.split('/').collect();
    Some(match parts[..] {
        [""] => LivePreviewRoute::Page,
        ["state"] => {
            LivePreviewRoute::State { shown: query.strip_prefix("shown=").and_then(|shown| shown.parse().ok()) }
        }
        ["letter", digest] => LivePreviewRoute::Letter { digest: digest.to_owned(), pictures: LetterPictures::Loaded },
        ["bare", digest] => LivePreviewRoute::Letter { digest: digest.to_owned(), pictures: LetterPictures::Blocked },
        ["picture", name] => LivePreviewRoute::Picture(name.to_owned()),
        ["test"] => LivePreviewRoute::Test,
        _ => return None,
    })
}

/// Checks that a request is for this machine, and comes from the page itself or from no page at all.
fn check_origin(method: &Method, headers: &HeaderMap) -> Result<(), StatusCode> {
    let host = header_text(headers, &header::HOST);
    if headers.get_all(header::HOST).iter().count() != 1 || !is_this_machine(host) {
        return Err(StatusCode::FORBIDDEN);
    }
    let origin = headers.get(header::ORIGIN).map(|origin| origin.to_str().unwrap_or_default());
    let is_own = |origin: &str| origin.strip_prefix("http://") == Some(host);
    // Browsers send it with every POST.
    if origin.is_some_and(|origin| !is_own(origin)) || (*method == Method::POST && origin.is_none()) {
        return Err(StatusCode::FORBIDDEN);
    }
    // A link to the page is opened from a chat or a mail; nothing else is asked for by another site.
    let is_opened = *method == Method::GET && header_text(headers, &FETCH_DESTINATION) == "document";
    match header_text(headers, &FETCH_SITE) {
        "" | "same-origin" | "none" => Ok(()),
        _ if is_opened => Ok(()),
        _ => Err(StatusCode::FORBIDDEN),
    }
}

/// Whether `Host` names this machine, with any port: `ssh -L` may use another one.
fn is_this_machine(host: &str) -> bool {
    let (name, port) = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((name, rest)) => (name, rest),
        None => host.find(':').map_or((host, ""), |at| host.split_at(at)),
    };
    let is_port = |port: &str| port.strip_prefix(':').is_some_and(|port| port.parse::<u16>().is_ok());
    matches!(name, "127.0.0.1" | "localhost" | "::1") && (port.is_empty() || is_port(port))
}

/// Compares all bytes, so that the time of an answer does not show how many are right.
fn is_same(typed: &str, secret: &str) -> bool {
    let difference = typed.bytes().zip(secret.bytes()).fold(0, |difference, (one, other)| difference | (one ^ other));
    typed.len() == secret.len() && difference == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "127.0.0.1:8090";

    fn route(method: &Method, path: &str, headers: &[(&str, &str)]) -> Result<LivePreviewRoute, u16> {
        let access = LivePreviewAccess { key: "0123abcd".to_owned(), opening: "feed".to_owned() };
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(HeaderName::from_bytes(name.as_bytes()).unwrap(), value.parse().unwrap());
        }
        access.route(method, &path.parse().unwrap(), &map).map_err(|status| status.as_u16())
    }

    #[test]
    fn a_path_without_the_key_is_not_found() {
        let get = |path: &str| route(&Method::GET, path, &[("host", OWN)]);
        for path in ["/", "/0123abcd", "/0123abce/", "/0123abcd0/", "/0123abc/", "//", "/state", "/0123abcd/../x"] {
            assert_eq!(get(path), Err(404), "{path}");
        }
        assert_eq!(get("/0123abcd/"), Ok(LivePreviewRoute::Page));
        assert_eq!(get("/feed"), Ok(LivePreviewRoute::Opening));
        assert_eq!(get("/0123abcd/state"), Ok(LivePreviewRoute::State { shown: None }));
        assert_eq!(get("/0123abcd/state?shown=7"), Ok(LivePreviewRoute::State { shown: Some(7) }));
        assert_eq!(get("/0123abcd/picture/a.png"), Ok(LivePreviewRoute::Picture("a.png".to_owned())));
        let letter = |pictures| LivePreviewRoute::Letter { digest: "1f".to_owned(), pictures };
        assert_eq!(get("/0123abcd/letter/1f"), Ok(letter(LetterPictures::Loaded)));
        assert_eq!(get("/0123abcd/bare/1f"), Ok(letter(LetterPictures::Blocked)));
        assert_eq!(get("/0123abcd/test"), Err(405));
        let post = route(&Method::POST, "/0123abcd/", &[("host", OWN), ("origin", "http://127.0.0.1:8090")]);
        assert_eq!(post, Err(405));
    }

    #[test]
    fn a_host_that_is_not_this_machine_is_refused() {
        let to = |host: &str| route(&Method::GET, "/0123abcd/", &[("host", host)]);
        for host in ["localhost", "localhost:9000", "127.0.0.1", "[::1]:8090", "[::1]"] {
            assert_eq!(to(host), Ok(LivePreviewRoute::Page), "{host}");
        }
        let others =
            ["rebound.example:8090", "127.0.0.1.rebound.example", "localhost.example", "", "127.0.0.1:", "[::1]x"];
        for host in others {
            assert_eq!(to(host), Err(403), "{host}");
        }
        assert_eq!(route(&Method::GET, "/0123abcd/", &[]), Err(403));
        assert_eq!(route(&Method::GET, "/0123abcd/", &[("host", OWN), ("host", "a.example")]), Err(403));
    }

    #[test]
    fn a_page_of_another_origin_is_refused() {
        let post =
            |headers: &[(&str, &str)]| route(&Method::POST, "/0123abcd/test", &[&[("host", OWN)], headers].concat());
        assert_eq!(post(&[("origin", "http://127.0.0.1:8090")]), Ok(LivePreviewRoute::Test));
        for origin in ["http://evil.example", "http://127.0.0.1:8091", "https://127.0.0.1:8090", "null", ""] {
            assert_eq!(post(&[("origin", origin)]), Err(403), "{origin}");
        }
        assert_eq!(post(&[]), Err(403), "no browser leaves it out");
        let get =
            |headers: &[(&str, &str)]| route(&Method::GET, "/0123abcd/state", &[&[("host", OWN)], headers].concat());
        assert_eq!(get(&[("sec-fetch-site", "same-origin")]), Ok(LivePreviewRoute::State { shown: None }));
        assert_eq!(get(&[("origin", "http://evil.example")]), Err(403));
        for site in ["cross-site", "same-site"] {
            assert_eq!(get(&[("sec-fetch-site", site)]), Err(403), "a port of this machine is of the same site");
            let opened = [("sec-fetch-site", site), ("sec-fetch-dest", "document")];
            assert_eq!(get(&opened), Ok(LivePreviewRoute::State { shown: None }), "a link was followed");
        }
    }
}
