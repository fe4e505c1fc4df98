//! Where the server listens: an address of this host, a socket in a folder, or a socket that systemd has opened.

use std::fmt;
use std::fs::{self, Permissions};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::net::UnixStream as ProbeStream;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use listenfd::ListenFd;
use thiserror::Error as ThisError;
use tokio::net::{TcpListener, UnixListener};

use crate::base::message::message;

/// An address that the server can listen at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListenAddress {
    /// An IP address with a port; port 0 is any that is free.
    Tcp(SocketAddr),
    /// A socket in a folder, written `unix:PATH`.
    Unix(PathBuf),
}

/// A text is not an address to listen at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ThisError)]
#[error("{}", message!(
    "write an IP address with a port, such as 127.0.0.1:8085 or [::1]:8085, or unix: and a path",
    "skriv en IP-adresse med port, f.eks. 127.0.0.1:8085 eller [::1]:8085, eller unix: og en sti"
))]
pub struct ListenAddressError;

impl Default for ListenAddress {
    /// Only programs on this machine can connect, such as the web server in front.
    fn default() -> Self {
        Self::Tcp(SocketAddr::from((Ipv4Addr::LOCALHOST, 8085)))
    }
}

impl FromStr for ListenAddress {
    type Err = ListenAddressError;

    fn from_str(text: &str) -> Result<Self, ListenAddressError> {
        match text.strip_prefix("unix:") {
            Some("") => Err(ListenAddressError),
            Some(path) => Ok(Self::Unix(path.into())),
            None => text.parse().map(Self::Tcp).map_err(|_| ListenAddressError),
        }
    }
}

impl fmt::Display for ListenAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => write!(f, "{address}"),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

/// A socket that connections come in at.
#[derive(Debug)]
pub(super) enum ServerSocket {
    Tcp(TcpListener),
    Unix(UnixListener),
}

impl ServerSocket {
    /// The socket that systemd has opened for this process (`sd_listen_fds(3)`); absent: none.
    pub(super) fn inherited() -> io::Result<Option<Self>> {
        let mut inherited = ListenFd::from_env();
        if inherited.len() == 0 {
            return Ok(None);
        }
        if let Ok(Some(socket)) = inherited.take_unix_listener(0) {
            socket.set_nonblocking(true)?;
            return UnixListener::from_std(socket).map(|socket| Some(Self::Unix(socket)));
        }
        let Some(socket) = inherited.take_tcp_listener(0)? else { return Ok(None) };
        socket.set_nonblocking(true)?;
        TcpListener::from_std(socket).map(|socket| Some(Self::Tcp(socket)))
    }

    /// Opens a socket at an address.
    pub(super) async fn bind(address: &ListenAddress) -> io::Result<Self> {
        match address {
            ListenAddress::Tcp(address) => TcpListener::bind(address).await.map(Self::Tcp),
            ListenAddress::Unix(path) => {
                remove_unused(path)?;
                let socket = UnixListener::bind(path)?;
                // As with a port of this host, every user may connect; the folder of the socket can forbid it.
                fs::set_permissions(path, Permissions::from_mode(0o666))?;
                Ok(Self::Unix(socket))
            }
        }
    }

    /// The address in use, with the port that was free.
    pub(super) fn address(&self) -> io::Result<ListenAddress> {
        match self {
            Self::Tcp(socket) => socket.local_addr().map(ListenAddress::Tcp),
            Self::Unix(socket) => {
                let address = socket.local_addr()?;
                Ok(ListenAddress::Unix(address.as_pathname().map(Path::to_owned).unwrap_or_default()))
            }
        }
    }
}

/// Removes a socket that a server has left which was killed. One that something listens at stays, so that opening it fails.
fn remove_unused(path: &Path) -> io::Result<()> {
    let is_socket = fs::symlink_metadata(path).is_ok_and(|found| found.file_type().is_socket());
    let is_refused = || ProbeStream::connect(path).is_err_and(|error| error.kind() == io::ErrorKind::ConnectionRefused);
    if is_socket && is_refused() { fs::remove_file(path) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_and_written() {
        for text in ["127.0.0.1:8085", "[::1]:0", "unix:/run/newsletter/web.sock"] {
            assert_eq!(text.parse::<ListenAddress>().unwrap().to_string(), text);
        }
        for text in ["", "8085", "localhost:8085", "127.0.0.1", "::1:8085", "unix:", "127.0.0.1:70000"] {
            assert_eq!(text.parse::<ListenAddress>(), Err(ListenAddressError), "{text}");
        }
    }
}
