//! The web server where readers unsubscribe: small, behind another server that has the certificate.
//!
//! It is the only place with an async runtime: a thousand connections that wait must not be a thousand threads. The
//! ledger is written by a separate thread.

mod accepted_language;
pub mod address;
mod answer;
mod connections;
mod counters;
pub mod event;
mod form;
pub mod limits;
pub mod link_pattern;
pub mod listen;
pub mod live_preview;
mod request;
mod service;
#[cfg(test)]
mod tests;
mod writer;

use std::sync::{Arc, mpsc};

use tokio::runtime::Builder;

use crate::base::language::Lang;
use crate::feedback::pages::UnsubscribePages;
use crate::feedback::recorder::RequestRecorder;
use crate::feedback::server::address::{ListenAddress, ServerSocket};
use crate::feedback::server::counters::RequestCounters;
use crate::feedback::server::event::ServerEvent;
use crate::feedback::server::limits::ServerLimits;
use crate::feedback::server::link_pattern::LinkPattern;
use crate::feedback::server::listen::{ServerError, ServerStop, accept};
use crate::feedback::server::service::UnsubscribeService;
use crate::feedback::server::writer::LeaveWriter;

/// The server of one project.
pub struct UnsubscribeServer {
    /// The pages.
    pub pages: UnsubscribePages,
    /// Where the token is in the address of a request.
    pub pattern: LinkPattern,
    /// The language of readers whose browsers ask for none that there is.
    pub lang: Lang,
    /// Where requests are recorded.
    pub recorder: Box<dyn RequestRecorder>,
    /// How much a client may take.
    pub limits: ServerLimits,
}

/// Runs a server until it is asked to stop: at the socket from systemd, if there is one, or else at this address.
///
/// # Errors
///
/// It cannot listen or start.
pub fn run(
    server: UnsubscribeServer,
    address: &ListenAddress,
    stop: &ServerStop,
    events: mpsc::Sender<ServerEvent>,
) -> Result<(), ServerError> {
    let UnsubscribeServer { pages, pattern, lang, recorder, limits } = server;
    let counters = Arc::<RequestCounters>::default();
    let (submissions, receiver) = mpsc::channel();
    let writer =
        LeaveWriter { recorder, submissions: receiver, counters: Arc::clone(&counters), events: events.clone() };
    let writer = writer.start()?;
    let service = Arc::new(UnsubscribeService { pages, pattern, lang, limits, counters, submissions, events });
    let runtime = Builder::new_current_thread().enable_io().enable_time().build()?;
    let ended = runtime.block_on(async {
        let socket = open(address).await?;
        let address = socket.address()?;
        // The receiver is gone only when the program ends.
        _ = service.events.send(ServerEvent::Listening(address));
        accept(&socket, &service, stop).await;
        Ok(())
    });
    // The writer ends when the last sender is gone, and records everything submitted before.
    drop((runtime, service));
    _ = writer.join();
    ended
}

async fn open(address: &ListenAddress) -> Result<ServerSocket, ServerError> {
    if let Some(socket) = ServerSocket::inherited().map_err(ServerError::Inherited)? {
        return Ok(socket);
    }
    ServerSocket::bind(address).await.map_err(|source| ServerError::Bind { address: address.clone(), source })
}
