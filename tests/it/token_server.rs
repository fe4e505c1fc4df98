//! A token server that follows a script.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// The server's reply.
#[derive(Clone, Debug)]
pub(crate) enum TokenAnswer {
    /// This status, with this body.
    Body(u16, String),
    /// The same, with a field `Date`.
    Dated(u16, String, &'static str),
    /// A body that has no end.
    Endless,
    /// A redirect to this place.
    To(String),
}

/// A server that runs until the test ends.
pub(crate) struct TokenServer {
    port: u16,
    heard: Arc<Mutex<Vec<String>>>,
}

/// An answer with an access token.
pub(crate) fn given(access: &str, refresh: &str) -> TokenAnswer {
    let refresh = if refresh.is_empty() { String::new() } else { format!(r#","refresh_token":"{refresh}""#) };
    TokenAnswer::Body(200, format!(r#"{{"token_type":"Bearer","expires_in":3599,"access_token":"{access}"{refresh}}}"#))
}

/// A refusal.
pub(crate) fn refused(code: &str, words: &str) -> TokenAnswer {
    TokenAnswer::Body(400, format!(r#"{{"error":"{code}","error_description":"{words}"}}"#))
}

/// A code for a person.
pub(crate) fn code(lifetime: u32) -> TokenAnswer {
    TokenAnswer::Body(
        200,
        format!(
            r#"{{"device_code":"hemmelig-device","user_code":"ABCD-EFGH","verification_uri":"https://login.example/device","expires_in":{lifetime},"interval":1}}"#
        ),
    )
}

impl TokenServer {
    /// Sends these answers in order, and then 500.
    pub(crate) fn start(answers: impl IntoIterator<Item = TokenAnswer>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let answers = Arc::new(Mutex::new(answers.into_iter().collect::<VecDeque<_>>()));
        let heard = Arc::new(Mutex::default());
        let server = Self { port, heard: Arc::clone(&heard) };
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (answers, heard) = (Arc::clone(&answers), Arc::clone(&heard));
                // A client that hangs up early is part of the tests.
                thread::spawn(move || _ = answer(&stream.unwrap(), &answers, &heard));
            }
        });
        server
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The paths and forms since the last call, in order.
    pub(crate) fn heard(&self) -> Vec<String> {
        std::mem::take(&mut *self.heard.lock().unwrap())
    }
}

fn answer(
    mut stream: &TcpStream,
    answers: &Mutex<VecDeque<TokenAnswer>>,
    heard: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let (mut path, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let line = line.trim_end();
        if let Some(rest) = line.strip_prefix("POST ") {
            path = rest.split(' ').next().unwrap_or_default().to_owned();
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if line.is_empty() {
            break;
        }
    }
    let mut form = vec![0; length];
    reader.read_exact(&mut form)?;
    heard.lock().unwrap().push(format!("{path} {}", String::from_utf8(form).unwrap()));
    let next = answers.lock().unwrap().pop_front();
    match next.unwrap_or(TokenAnswer::Body(500, "<html>no more answers</html>".to_owned())) {
        TokenAnswer::Body(status, body) => reply(stream, status, "", &body),
        TokenAnswer::Dated(status, body, date) => reply(stream, status, &format!("Date: {date}\r\n"), &body),
        TokenAnswer::To(place) => reply(stream, 307, &format!("Location: {place}\r\n"), ""),
        TokenAnswer::Endless => {
            write!(stream, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{{\"x\":\"")?;
            loop {
                stream.write_all(&[b'x'; 8192])?;
            }
        }
    }
}

fn reply(mut stream: &TcpStream, status: u16, more: &str, body: &str) -> std::io::Result<()> {
    let length = body.len();
    write!(stream, "HTTP/1.1 {status} X\r\n{more}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}")
}
