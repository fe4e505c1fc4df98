//! The web server of `preview --watch`: a page on this machine that shows an issue while it is written.
//!
//! It does not depend on issues: it serves the snapshots of the board, and passes on requests to send a test.

pub mod board;
mod gate;
pub mod page;
mod service;
pub mod test_request;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, mpsc};

use tokio::runtime::Builder;

use crate::feedback::server::address::{ListenAddress, ServerSocket};
use crate::feedback::server::desk::board::DeskBoard;
use crate::feedback::server::desk::gate::DeskGate;
use crate::feedback::server::desk::page::DeskPage;
use crate::feedback::server::desk::service::DeskService;
use crate::feedback::server::desk::test_request::DeskTestRequest;
use crate::feedback::server::listen::{self, ServerError, ServerStop};

/// The server of one desk.
pub struct DeskServer {
    /// The page.
    pub page: DeskPage,
    /// What it shows.
    pub board: DeskBoard,
    /// The first part of every path, which cannot be guessed.
    pub key: String,
    /// A path that leads to the page once; another secret.
    pub opening: String,
    /// Gets requests to send a test; gone: none is sent.
    pub tests: mpsc::Sender<DeskTestRequest>,
}

/// The addresses of a desk that listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeskAddresses {
    /// The address of the page.
    pub page: String,
    /// One that leads to it once.
    pub opening: String,
}

/// Runs a desk on this machine's loopback interface until it is asked to stop; port 0 is any that is free. `listening` is
/// called once, when connections are accepted.
///
/// # Errors
///
/// It cannot listen or start.
pub fn run(
    server: DeskServer,
    port: u16,
    stop: &ServerStop,
    listening: impl FnOnce(DeskAddresses),
) -> Result<(), ServerError> {
    let DeskServer { page, board, key, opening, tests } = server;
    let runtime = Builder::new_current_thread().enable_io().enable_time().build()?;
    runtime.block_on(async {
        let address = ListenAddress::Tcp(SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
        let socket = ServerSocket::bind(&address).await;
        let socket = socket.map_err(|source| ServerError::Bind { address, source })?;
        let base = format!("http://{}", socket.address()?);
        listening(DeskAddresses { page: format!("{base}/{key}/"), opening: format!("{base}/{opening}") });
        let service = Arc::new(DeskService {
            page,
            shown: board.subscribe(),
            gate: DeskGate { key, opening },
            is_opened: AtomicBool::new(false),
            tests,
            stopped: stop.subscribe(),
        });
        listen::accept(&socket, &service, stop).await;
        Ok(())
    })
}
