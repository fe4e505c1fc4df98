//! Accepts connections and has their requests answered, within limits, until the server is asked to stop.

use std::convert::Infallible;
use std::future::{self, Future};
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use thiserror::Error as ThisError;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time;

use crate::base::message::message;
use crate::feedback::server::address::{ListenAddress, ServerSocket};
use crate::feedback::server::answer::Answer;
use crate::feedback::server::connections::{ClientState, ConnectionTable};
use crate::feedback::server::limits::ServerLimits;

/// How long the server waits after a failed accept, for example when the limit of open files is reached.
const PAUSE: Duration = Duration::from_millis(100);

/// Why a server cannot run.
#[derive(Debug, ThisError)]
pub enum ServerError {
    /// It cannot listen.
    #[error("{}", message!("cannot listen at {address}", "kan ikke lytte på {address}"))]
    Bind {
        /// The address.
        address: ListenAddress,
        /// What the operating system said.
        source: io::Error,
    },
    /// The socket from systemd cannot be used.
    #[error("{}", message!(
        "cannot use the socket from systemd: it must be a stream socket that listens",
        "kan ikke bruge soklen fra systemd: den skal være en stream-sokkel, der lytter"
    ))]
    Inherited(#[source] io::Error),
    /// A thread cannot be started.
    #[error("{}", message!("cannot start the server", "kan ikke starte serveren"))]
    Start(#[from] io::Error),
}

/// Asks a server to stop.
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

    pub(super) fn subscribe(&self) -> watch::Receiver<bool> {
        self.0.subscribe()
    }
}

/// Answers the requests of all connections of a server.
pub(super) trait RequestService: Send + Sync + 'static {
    /// How much a client may take.
    fn limits(&self) -> ServerLimits;

    /// Answers a request; the connection is to be marked once the whole request has come.
    fn answer(
        &self,
        request: Request<Incoming>,
        connection: &ClientState,
    ) -> impl Future<Output = Result<Answer, Infallible>> + Send;
}

/// Accepts connections until the server is asked to stop, and waits for those that are open.
pub(super) async fn accept(socket: &ServerSocket, service: &Arc<impl RequestService>, stop: &ServerStop) {
    let mut table = ConnectionTable::new(service.limits().connections);
    let mut tasks = JoinSet::new();
    let mut stopped = stop.subscribe();
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
        _ = tasks.spawn(serve(stream, Arc::clone(service), state, stop.subscribe()));
    }
    while tasks.join_next().await.is_some() {}
}

/// Serves one connection until it ends, has to make room, or has been open for too long.
async fn serve(
    stream: Box<dyn ByteStream>,
    service: Arc<impl RequestService>,
    state: Arc<ClientState>,
    mut stopped: watch::Receiver<bool>,
) {
    let limits = service.limits();
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
            // An error is caused by the client, which is gone or does not send valid HTTP.
            _ = time::timeout(limits.request, connection).await;
        }
    }
    state.close();
}

/// Waits until the server is asked to stop.
pub(super) async fn until_stopped(stopped: &mut watch::Receiver<bool>) {
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
pub(super) enum Either<A, B> {
    First(A),
    Second(B),
}

/// Waits for the first of two; the other one is dropped.
pub(super) async fn first<A: Future, B: Future>(one: A, other: B) -> Either<A::Output, B::Output> {
    let (mut one, mut other) = (pin!(one), pin!(other));
    future::poll_fn(|context| {
        if let Poll::Ready(output) = one.as_mut().poll(context) {
            return Poll::Ready(Either::First(output));
        }
        other.as_mut().poll(context).map(Either::Second)
    })
    .await
}
