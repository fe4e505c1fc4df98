//! The web server of `preview --watch`: a page on this machine that shows an issue while it is written.
//!
//! It does not depend on issues: it serves the snapshots of the latest, and passes on requests to send a test.

mod access;
pub mod latest_snapshot;
pub mod page;
mod service;
pub mod test_request;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, mpsc};

use tokio::runtime::Builder;

use crate::feedback::server::address::{ListenAddress, ServerSocket};
use crate::feedback::server::listen::{self, ServerError, ServerStop};
use crate::feedback::server::live_preview::access::LivePreviewAccess;
use crate::feedback::server::live_preview::latest_snapshot::LatestSnapshot;
use crate::feedback::server::live_preview::page::LivePreviewPage;
use crate::feedback::server::live_preview::service::LivePreviewService;
use crate::feedback::server::live_preview::test_request::LivePreviewTestRequest;

/// The server of one live preview.
pub struct LivePreviewServer {
    /// The page.
    pub page: LivePreviewPage,
    /// What it shows.
    pub latest: LatestSnapshot,
    /// The first part of every path, which cannot be guessed.
    pub key: String,
    /// A path that leads to the page once; another secret.
    pub opening: String,
    /// Gets requests to send a test; gone: none is sent.
    pub tests: mpsc::Sender<LivePreviewTestRequest>,
}

/// The addresses of a live preview that listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LivePreviewAddresses {
    /// The address of the page.
    pub page: String,
    /// One that leads to it once.
    pub opening: String,
}

/// Runs a live preview on this machine's loopback interface until it is asked to stop; port 0 is any that is free. `listening` is
/// called once, when connections are accepted.
///
/// # Errors
///
/// It cannot listen or start.
pub fn run(
    server: LivePreviewServer,
    port: u16,
    stop: &ServerStop,
    listening: impl FnOnce(LivePreviewAddresses),
) -> Result<(), ServerError> {
    let LivePreviewServer { page, latest, key, opening, tests } = server;
    let runtime = Builder::new_current_thread().enable_io().enable_time().build()?;
    runtime.block_on(async {
        let address = ListenAddress::Tcp(SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
        let socket = ServerSocket::bind(&address).await;
        let socket = socket.map_err(|source| ServerError::Bind { address, source })?;
        let base = format!("http://{}", socket.address()?);
        listening(LivePreviewAddresses { page: format!("{base}/{key}/"), opening: format!("{base}/{opening}") });
        let service = Arc::new(LivePreviewService {
            page,
            shown: latest.subscribe(),
            access: LivePreviewAccess { key, opening },
            is_opened: AtomicBool::new(false),
            tests,
            stopped: stop.subscribe(),
        });
        listen::accept(&socket, &service, stop).await;
        Ok(())
    })
}
