//! Sends forms to a token server. They contain secrets, so no redirect is followed; and answers are read up to a limit
//! only.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;

use crate::base::message::message;
use crate::base::secret::Secret;
use crate::project::online::client::{AllowedSchemes, Client, ClientOptions, DownloadError, ProxyUse};
use crate::project::online::link_status::LinkStatus;

/// How long a request may take, with its answer.
const TIME: Duration = Duration::from_secs(20);
/// The largest answer that is read, in bytes.
const LARGEST: u64 = 64 << 10;

/// A field of a form.
#[derive(Clone, Copy, Debug)]
pub(crate) enum FormField<'a> {
    /// One that may be shown.
    Plain(&'static str, &'a str),
    /// One that must not be.
    Hidden(&'static str, &'a Secret),
}

impl<'a> FormField<'a> {
    /// What must not be shown.
    pub(crate) fn secret(&self) -> Option<&'a str> {
        match self {
            Self::Plain(..) => None,
            Self::Hidden(_, secret) => Some(secret.reveal()),
        }
    }

    fn pair(&self) -> [&'a str; 2] {
        match self {
            Self::Plain(name, value) => [name, value],
            Self::Hidden(name, secret) => [name, secret.reveal()],
        }
    }
}

/// What a server answered.
#[derive(Clone)]
pub(crate) struct FormReply {
    /// The HTTP status.
    pub(crate) status: u16,
    /// The text, which may hold tokens.
    pub(crate) body: String,
    /// The server's clock.
    pub(crate) date: Option<Timestamp>,
}

/// Why a token server gave no answer that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenServerFault {
    /// The host is unknown.
    UnknownHost,
    /// The connection failed.
    Unreachable,
    /// It did not answer in time: this many seconds.
    Silent(u64),
    /// Its certificate is not trusted, has expired, or is for another name.
    Untrusted,
    /// This machine trusts no certificates at all.
    NoRoots,
    /// It has an internal error, or is overloaded.
    Status(u16),
    /// What it sent is not the answer of a token server.
    NoAnswer(u16),
    /// It sent more than a token server does.
    TooLarge,
    /// What it sent is not HTTP.
    Garbled,
}

impl fmt::Display for TokenServerFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownHost => write!(f, "{}", message!("unknown host", "ukendt server")),
            Self::Unreachable => write!(f, "{}", message!("no connection", "ingen forbindelse")),
            Self::Silent(seconds) => {
                write!(f, "{}", message!("no answer within {seconds} s", "intet svar inden for {seconds} sekunder"))
            }
            Self::Untrusted => {
                write!(f, "{}", message!("its certificate is not trusted", "dens certifikat er ikke betroet"))
            }
            Self::NoRoots => write!(
                f,
                "{}",
                message!(
                    "this machine has no trusted certificates: install ca-certificates",
                    "maskinen har ingen betroede certifikater: installér ca-certificates"
                )
            ),
            Self::Status(status) => write!(
                f,
                "{}",
                message!(
                    "the server responded {status}; run again later",
                    "serveren svarede {status}; kør igen senere"
                )
            ),
            Self::NoAnswer(status) => {
                write!(
                    f,
                    "{}",
                    message!(
                        "not the answer of a token server (status {status}); is there a proxy that wants a login?",
                        "ikke et svar fra en tokenserver (status {status}); er der en proxy, der kræver login?"
                    )
                )
            }
            Self::TooLarge => write!(
                f,
                "{}",
                message!("the answer is too large for a token server", "svaret er for stort til en tokenserver")
            ),
            Self::Garbled => write!(f, "{}", message!("invalid response", "ugyldigt svar")),
        }
    }
}

/// Sends a form with POST.
///
/// # Errors
///
/// No answer, or one that is not a token server's.
pub(crate) fn post(url: &str, form: &[FormField<'_>]) -> Result<FormReply, TokenServerFault> {
    post_within(url, form, TIME)
}

fn post_within(url: &str, form: &[FormField<'_>], timeout: Duration) -> Result<FormReply, TokenServerFault> {
    // The settings allow no address without encryption but those of this machine, which no proxy reaches.
    let is_here = url.starts_with("http:");
    let options = ClientOptions {
        timeout,
        may_reach: |_| true,
        purpose: "login",
        schemes: if is_here { AllowedSchemes::Both } else { AllowedSchemes::Https },
        proxy: if is_here { ProxyUse::None } else { ProxyUse::Environment },
    };
    let form = form.iter().map(FormField::pair);
    let reply = Client::with(&options).post(url, form, LARGEST).map_err(fault)?;
    let date = reply.date.and_then(|date| rfc2822::DateTimeParser::new().parse_timestamp(date.trim()).ok());
    let body = String::from_utf8(reply.bytes).map_err(|_| TokenServerFault::NoAnswer(reply.status))?;
    Ok(FormReply { status: reply.status, body, date })
}

fn fault(error: DownloadError) -> TokenServerFault {
    let status = match error {
        DownloadError::NotHttps => return TokenServerFault::Garbled,
        DownloadError::TooLarge => return TokenServerFault::TooLarge,
        DownloadError::Unanswered(status) => status,
    };
    match status {
        LinkStatus::UnknownHost | LinkStatus::NoNames => TokenServerFault::UnknownHost,
        LinkStatus::WrongName | LinkStatus::Expired | LinkStatus::Untrusted | LinkStatus::BadCertificate => {
            TokenServerFault::Untrusted
        }
        LinkStatus::NoRoots => TokenServerFault::NoRoots,
        LinkStatus::Silent => TokenServerFault::Silent(TIME.as_secs()),
        LinkStatus::Status(status) => TokenServerFault::Status(status),
        LinkStatus::There | LinkStatus::Redirects | LinkStatus::Garbled => TokenServerFault::Garbled,
        LinkStatus::Unreachable | LinkStatus::Private => TokenServerFault::Unreachable,
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader, Write};
    use std::net::{Ipv4Addr, TcpListener};
    use std::thread;

    use super::*;

    /// Starts a server that sends this, and then nothing while the connection lasts; returns its address.
    fn server(says: &'static str) -> String {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                stream.write_all(says.as_bytes()).unwrap();
                BufReader::new(stream).lines().map_while(Result::ok).for_each(drop);
            }
        });
        format!("http://127.0.0.1:{port}/token")
    }

    #[test]
    fn a_slow_server_is_not_waited_for() {
        let secret = Secret::new("hemmelig".to_owned());
        let form = [FormField::Plain("grant_type", "a b"), FormField::Hidden("client_secret", &secret)];
        let ask = |url: &str| {
            post_within(url, &form, Duration::from_millis(300)).map(|reply| (reply.status, reply.body, reply.date))
        };
        let silent = Err(TokenServerFault::Silent(20));
        assert_eq!(ask(&server("")), silent);
        assert_eq!(ask(&server("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")), silent);
        assert_eq!(ask(&server("220 mail.example ESMTP\r\n")), Err(TokenServerFault::Garbled));
        let date = "HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 1970 00:01:00 GMT\r\nContent-Length: 2\r\n\r\n{}";
        let minute = Timestamp::from_second(60).unwrap();
        assert_eq!(ask(&server(date)), Ok((200, "{}".to_owned(), Some(minute))));
    }

    #[test]
    fn what_is_hidden_is_not_in_debug_output() {
        let secret = Secret::new("hemmelig".to_owned());
        assert!(!format!("{:?}", FormField::Hidden("client_secret", &secret)).contains("hemmelig"));
    }
}
