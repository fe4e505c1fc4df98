//! Requests a feed. Its server decides where a redirect leads and how much it sends, so that both are limited.

use std::net::IpAddr;
use std::time::Duration;

use crate::base::message::{Message, message};
use crate::project::online::client::{AllowedSchemes, Client, ClientOptions, Download, DownloadError, ProxyUse};
use crate::project::online::link_status::LinkStatus;
use crate::project::online::public_address::is_public;
use crate::project::online::request_url;

/// The largest feed that is read, in bytes, from the web or from a file.
pub(crate) const LARGEST: u64 = 5_000_000;
/// How long a request may take, with its redirects and its body.
const TIME: Duration = Duration::from_secs(20);

/// An address that may be requested: `https:`, without a user name or a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FeedAddress(String);

/// Why an address is not requested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FeedAddressError {
    /// It has no encryption.
    Http,
    /// It has a user name or a password, which would be in the history of the shell and in messages.
    Credentials,
    /// It is neither an address of the web nor the path of a file.
    OtherScheme,
    /// Its host is missing, or has characters that no host has.
    Malformed,
}

impl FeedAddressError {
    /// What is wrong, and what to do.
    pub(crate) fn reason(self) -> Message {
        match self {
            Self::Http => message!(
                "it is not encrypted, so that anyone on the way could change it: write `https://`",
                "den er ikke krypteret, så alle undervejs kan ændre den: skriv `https://`"
            ),
            Self::Credentials => message!(
                "it has a user name or a password: use an address without them",
                "den har brugernavn eller adgangskode: brug en adresse uden"
            ),
            Self::OtherScheme => {
                message!(
                    "it is not an `https:` address: name a file or a folder, or an address that begins with `https://`",
                    "det er ikke en `https:`-adresse: skriv en fil eller mappe, eller en adresse, der begynder med `https://`"
                )
            }
            Self::Malformed => message!("it is not a valid address", "det er ikke en gyldig adresse"),
        }
    }
}

impl FeedAddress {
    /// Reads an address; none if what was typed is the path of a file.
    pub(crate) fn parse(typed: &str) -> Option<Result<Self, FeedAddressError>> {
        let (scheme, rest) = typed.trim().split_once("://")?;
        let rest = rest.split_once('#').map_or(rest, |(rest, _)| rest);
        let (host, path) = rest.split_at(rest.find(['/', '?', '\\']).unwrap_or(rest.len()));
        Some(match scheme.to_ascii_lowercase().as_str() {
            _ if host.contains('@') => Err(FeedAddressError::Credentials),
            "https" => Self::of_parts(host, path).ok_or(FeedAddressError::Malformed),
            "http" => Err(FeedAddressError::Http),
            _ => Err(FeedAddressError::OtherScheme),
        })
    }

    fn of_parts(host: &str, path: &str) -> Option<Self> {
        let host = if host.is_ascii() { host.to_ascii_lowercase() } else { request_url::in_ascii(host)? };
        let is_host = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte);
        let slash = if path.starts_with('/') { "" } else { "/" };
        let is_valid = !host.is_empty() && host.bytes().all(is_host);
        is_valid.then(|| Self(format!("https://{host}{slash}{}", request_url::percent_encoded(path))))
    }

    /// The address for messages: what is behind a `?` may be a token.
    pub(crate) fn shown(&self) -> String {
        self.0.split_once('?').map_or_else(|| self.0.clone(), |(page, _)| format!("{page}?…"))
    }

    /// Requests the feed from a public host.
    pub(crate) fn download(&self) -> Result<Download, DownloadError> {
        request(&self.0, TIME, is_public, AllowedSchemes::Https)
    }
}

fn request(
    url: &str,
    timeout: Duration,
    may_reach: fn(IpAddr) -> bool,
    schemes: AllowedSchemes,
) -> Result<Download, DownloadError> {
    Client::with(&ClientOptions { timeout, may_reach, purpose: "feed", schemes, proxy: ProxyUse::Environment })
        .download(url, LARGEST)
}

impl DownloadError {
    /// What is wrong, as part of a sentence.
    pub(crate) fn reason(self) -> Message {
        let status = match self {
            Self::NotHttps => {
                return message!(
                    "it redirects to an address that is not encrypted",
                    "den viderestiller til en adresse, der ikke er krypteret"
                );
            }
            Self::TooLarge => {
                return message!("it has more than {} MB", "den fylder mere end {} MB", LARGEST / 1_000_000);
            }
            Self::Unanswered(status) => status,
        };
        match status {
            LinkStatus::There => message!("it has no content", "den har intet indhold"),
            LinkStatus::Status(404 | 410) => message!("there is no such page", "siden findes ikke"),
            LinkStatus::Status(code) => message!("the server responded {code}", "serveren svarede {code}"),
            LinkStatus::UnknownHost => message!("unknown host", "ukendt server"),
            LinkStatus::WrongName => {
                message!("its certificate is for another name", "certifikatet er til et andet navn")
            }
            LinkStatus::Expired => message!("its certificate has expired", "certifikatet er udløbet"),
            LinkStatus::Untrusted => message!(
                "its certificate is not signed by a trusted authority",
                "certifikatet er ikke underskrevet af en betroet udsteder"
            ),
            LinkStatus::BadCertificate => message!("its certificate is invalid", "certifikatet er ugyldigt"),
            LinkStatus::Redirects => message!("more than 5 redirects", "over 5 viderestillinger"),
            LinkStatus::Silent => message!(
                "it was not received within {} seconds",
                "den blev ikke modtaget inden for {} sekunder",
                TIME.as_secs()
            ),
            LinkStatus::Garbled => message!("invalid response", "ugyldigt svar"),
            LinkStatus::Unreachable => message!("no connection", "ingen forbindelse"),
            LinkStatus::Private => message!(
                "it leads to a private address, which is not requested",
                "det fører til en privat adresse, som ikke hentes"
            ),
            LinkStatus::NoNames => message!("host names cannot be resolved here", "servernavne kan ikke slås op her"),
            LinkStatus::NoRoots => message!(
                "this machine has no trusted certificates: install ca-certificates",
                "maskinen har ingen betroede certifikater: installér ca-certificates"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader, Write};
    use std::net::{Ipv4Addr, TcpListener, TcpStream};
    use std::thread;

    use super::*;

    /// A server on this machine that responds according to the path.
    fn server() -> u16 {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        thread::spawn(move || {
            for stream in listener.incoming() {
                thread::spawn(move || answer(&stream.unwrap(), port));
            }
        });
        port
    }

    /// Responds until the client hangs up, which fails the write.
    fn answer(mut stream: &TcpStream, port: u16) -> std::io::Result<()> {
        let asked = BufReader::new(stream).lines().next().unwrap()?;
        let path = asked.split(' ').nth(1).unwrap().to_owned();
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n";
        if let Some(target) = path.strip_prefix("/to/") {
            return write!(stream, "HTTP/1.1 302 Found\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n");
        }
        match path.as_str() {
            "/feed" => write!(stream, "{head}\r\n<rss/>"),
            "/round" => write!(
                stream,
                "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{port}/round\r\nContent-Length: 0\r\n\r\n"
            ),
            "/endless" => {
                write!(stream, "{head}\r\n<rss>")?;
                loop {
                    stream.write_all(&[b'x'; 8192])?;
                }
            }
            // A byte, and then nothing.
            "/slow" => {
                write!(stream, "{head}Content-Length: 100\r\n\r\n<")?;
                BufReader::new(stream).lines().for_each(drop);
                Ok(())
            }
            "/endless-head" => {
                write!(stream, "HTTP/1.1 200 OK\r\n")?;
                loop {
                    write!(stream, "X-More: {}\r\n", "x".repeat(1000))?;
                }
            }
            _ => write!(stream, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"),
        }
    }

    #[test]
    fn size_time_and_redirects_are_bounded() {
        let port = server();
        let own: fn(IpAddr) -> bool = |address| address == Ipv4Addr::LOCALHOST;
        let ask = |path: &str| {
            request(&format!("http://127.0.0.1:{port}{path}"), Duration::from_millis(500), own, AllowedSchemes::Both)
        };
        let feed = ask("/feed").unwrap();
        assert_eq!((feed.bytes.as_slice(), feed.address), (&b"<rss/>"[..], format!("http://127.0.0.1:{port}/feed")));
        assert_eq!(ask("/to//feed").unwrap().address, format!("http://127.0.0.1:{port}/feed"));
        let unanswered = |status| Err(DownloadError::Unanswered(status));
        assert_eq!(ask("/slow"), unanswered(LinkStatus::Silent));
        assert_eq!(ask("/round"), unanswered(LinkStatus::Redirects));
        assert_eq!(ask("/none"), unanswered(LinkStatus::Status(404)));
        assert!(matches!(ask("/endless-head"), Err(DownloadError::Unanswered(_))));
        for private in ["127.0.0.2", "[::1]", "169.254.169.254", "10.0.0.1", "[::ffff:10.0.0.1]", "[64:ff9b::a00:1]"] {
            assert_eq!(ask(&format!("/to/http://{private}:{port}/feed")), unanswered(LinkStatus::Private), "{private}");
        }
        let slower = Duration::from_secs(20);
        let endless = request(&format!("http://127.0.0.1:{port}/endless"), slower, own, AllowedSchemes::Both);
        assert_eq!(endless, Err(DownloadError::TooLarge));
        let plain = request(&format!("http://127.0.0.1:{port}/feed"), slower, own, AllowedSchemes::Https);
        assert_eq!(plain, Err(DownloadError::NotHttps));
    }

    #[test]
    fn an_address_is_encrypted_and_has_no_password() {
        let parse = |typed: &str| FeedAddress::parse(typed).map(|address| address.map(|address| address.shown()));
        for (typed, expected) in [
            ("feed.xml", None),
            ("C:\\feed.xml", None),
            ("https://a.example/feed.xml#x", Some(Ok("https://a.example/feed.xml".to_owned()))),
            ("HTTPS://a.example/feed?token=geheim", Some(Ok("https://a.example/feed?…".to_owned()))),
            ("http://a.example/feed.xml", Some(Err(FeedAddressError::Http))),
            ("https://anna:kode@a.example/", Some(Err(FeedAddressError::Credentials))),
            ("http://anna@a.example/", Some(Err(FeedAddressError::Credentials))),
            ("file:///etc/passwd", Some(Err(FeedAddressError::OtherScheme))),
            ("https:///x", Some(Err(FeedAddressError::Malformed))),
            ("https://a b/", Some(Err(FeedAddressError::Malformed))),
            ("https://blåbær.example?x y", Some(Ok("https://xn--blbr-roah.example/?…".to_owned()))),
        ] {
            assert_eq!(parse(typed), expected, "{typed}");
        }
    }
}
