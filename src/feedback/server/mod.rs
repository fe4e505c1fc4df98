//! The web server where readers unsubscribe: small, behind another server that has the certificate.
//!
//! It is the only place with an async runtime: a thousand connections that wait must not be a thousand threads. The ledger
//! is written by a thread of its own.

mod accepted_language;
pub mod address;
mod answer;
mod connections;
mod counters;
pub mod event;
mod form;
pub mod limits;
pub mod link_pattern;
mod service;
#[cfg(test)]
mod tests;
mod writer;

use std::future::{self, Future};
use std::io;
use std::pin::pin;
use std::sync::{Arc, mpsc};
use std::task::Poll;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use thiserror::Error as ThisError;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::runtime::Builder;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time;

use crate::base::language::Lang;
use crate::feedback::pages::UnsubscribePages;
use crate::feedback::recorder::RequestRecorder;
use crate::feedback::server::address::{ListenAddress, ServerSocket};
use crate::feedback::server::connections::{ClientState, ConnectionTable};
use crate::feedback::server::counters::RequestCounters;
use crate::feedback::server::event::ServerEvent;
use crate::feedback::server::limits::ServerLimits;
use crate::feedback::server::link_pattern::LinkPattern;
use crate::feedback::server::service::UnsubscribeService;
use crate::feedback::server::writer::LeaveWriter;

/// How long the server waits before it accepts again after that failed, as when no file may be opened any more.
const PAUSE: Duration = Duration::from_millis(100);

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

/// Why a server cannot run.
#[derive(Debug, ThisError)]
pub enum ServerError {
    /// It cannot listen.
    #[error("cannot listen at {address}")]
    Bind {
        /// The address.
        address: ListenAddress,
        /// What the operating system said.
        source: io::Error,
    },
    /// The socket from systemd cannot be used.
    #[error("cannot use the socket from systemd: it must be a stream socket that listens")]
    Inherited(#[source] io::Error),
    /// A thread cannot be started.
    #[error("cannot start the server")]
    Start(#[from] io::Error),
}

/// Tells a server to stop.
#[derive(Clone, Debug)]
pub struct ServerStop(watch::Sender<bool>);

impl Default for ServerStop {
    fn default() -> Self {
        Self(watch::Sender::new(false))
    }
}

impl ServerStop {
    /// Stops it: it accepts nothing more, and answers what it has.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }
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
    // The writer ends when nobody can submit any more; what it has is recorded before.
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

/// Accepts connections until the server is asked to stop, and waits for those that are open.
async fn accept(socket: &ServerSocket, service: &Arc<UnsubscribeService>, stop: &ServerStop) {
    let mut table = ConnectionTable::new(service.limits.connections);
    let mut tasks = JoinSet::new();
    let mut stopped = stop.0.subscribe();
    loop {
        while tasks.try_join_next().is_some() {}
        let Either::First(accepted) = first(socket.accept(), until_stopped(&mut stopped)).await else { break };
        let Ok(stream) = accepted else {
            time::sleep(PAUSE).await;
            continue;
        };
        let state = loop {
            match table.add() {
                Some(state) => break state,
                // All connections are being served: this one waits, and those behind it in the system's queue.
                None => _ = tasks.join_next().await,
            }
        };
        _ = tasks.spawn(serve(stream, Arc::clone(service), state, stop.0.subscribe()));
    }
    while tasks.join_next().await.is_some() {}
}

/// Serves one connection until it ends, has to make room, or has been open for too long.
async fn serve(
    stream: Box<dyn ByteStream>,
    service: Arc<UnsubscribeService>,
    state: Arc<ClientState>,
    mut stopped: watch::Receiver<bool>,
) {
    let limits = service.limits;
    let answer = service_fn(|request| service.answer(request, &state));
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(limits.idle).max_buf_size(limits.header_bytes);
    // Some clients close their side as soon as they have sent their request.
    builder.half_close(true);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), answer));
    let closing = first(until_stopped(&mut stopped), time::sleep(limits.connection));
    match first(connection.as_mut(), first(state.evicted(), closing)).await {
        // It has ended, or makes room for another one.
        Either::First(_) | Either::Second(Either::First(())) => {}
        Either::Second(Either::Second(_)) => {
            connection.as_mut().graceful_shutdown();
            // An error is the client's, who has gone or sends no HTTP.
            _ = time::timeout(limits.request, connection).await;
        }
    }
    state.close();
}

/// Waits until the server is asked to stop.
async fn until_stopped(stopped: &mut watch::Receiver<bool>) {
    // It fails where no sender of the signal is left, which is an end as well.
    _ = stopped.wait_for(|stop| *stop).await;
}

/// A connection, of either kind.
trait ByteStream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> ByteStream for T {}

impl ServerSocket {
    async fn accept(&self) -> io::Result<Box<dyn ByteStream>> {
        Ok(match self {
            Self::Tcp(socket) => {
                let (stream, _) = socket.accept().await?;
                // An answer is one small packet, which must not wait for the one before to be acknowledged.
                stream.set_nodelay(true)?;
                Box::new(stream)
            }
            Self::Unix(socket) => Box::new(socket.accept().await?.0),
        })
    }
}

/// What came first.
enum Either<A, B> {
    First(A),
    Second(B),
}

/// Waits for the first of two; the other one is dropped.
async fn first<A: Future, B: Future>(one: A, other: B) -> Either<A::Output, B::Output> {
    let (mut one, mut other) = (pin!(one), pin!(other));
    future::poll_fn(|context| {
        if let Poll::Ready(output) = one.as_mut().poll(context) {
            return Poll::Ready(Either::First(output));
        }
        other.as_mut().poll(context).map(Either::Second)
    })
    .await
}
