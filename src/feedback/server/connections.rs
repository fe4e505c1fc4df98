//! The open connections: there is a limit, and connections that only wait do not keep others out.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use tokio::sync::Notify;

/// The state of a connection, shared between the connection and the table.
#[derive(Debug)]
pub(super) struct ClientState {
    /// It has sent a whole request, and waits for the answer.
    is_served: AtomicBool,
    is_closed: AtomicBool,
    /// When it was opened, or last got an answer.
    last_active: Mutex<Instant>,
    evicted: Notify,
}

impl ClientState {
    fn new() -> Self {
        Self {
            is_served: AtomicBool::new(false),
            is_closed: AtomicBool::new(false),
            last_active: Mutex::new(Instant::now()),
            evicted: Notify::new(),
        }
    }

    /// A whole request has come.
    pub(super) fn begin_request(&self) {
        self.is_served.store(true, Ordering::Relaxed);
    }

    /// The answer is made.
    pub(super) fn end_request(&self) {
        *self.last_active.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        self.is_served.store(false, Ordering::Relaxed);
    }

    /// The connection has ended.
    pub(super) fn close(&self) {
        self.is_closed.store(true, Ordering::Relaxed);
    }

    /// Waits until the connection has to make room for another one.
    pub(super) async fn evicted(&self) {
        self.evicted.notified().await;
    }

    /// When it was last active; absent while it is served.
    fn idle_since(&self) -> Option<Instant> {
        let is_idle = !self.is_served.load(Ordering::Relaxed);
        is_idle.then(|| *self.last_active.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The open connections.
#[derive(Debug)]
pub(super) struct ConnectionTable {
    limit: usize,
    open: Vec<Arc<ClientState>>,
}

impl ConnectionTable {
    /// A table with room for this many.
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, open: Vec::new() }
    }

    /// Adds a connection. Where there is no room, the one that has sent nothing for longest is closed; `None` if all of
    /// them are being served.
    pub(super) fn add(&mut self) -> Option<Arc<ClientState>> {
        if self.open.len() >= self.limit {
            self.open.retain(|state| !state.is_closed.load(Ordering::Relaxed));
        }
        if self.open.len() >= self.limit {
            let idle = self.open.iter().enumerate().filter_map(|(at, state)| Some((state.idle_since()?, at)));
            let (_, at) = idle.min()?;
            self.open.swap_remove(at).evicted.notify_one();
        }
        let state = Arc::new(ClientState::new());
        self.open.push(Arc::clone(&state));
        Some(state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_connection_that_waits_longest_makes_room() {
        let mut table = ConnectionTable::new(3);
        let [first, second, third] = [(); 3].map(|()| table.add().unwrap());
        first.begin_request();
        let fourth = table.add().unwrap();
        let held = |state: &Arc<ClientState>| table.open.iter().any(|other| Arc::ptr_eq(other, state));
        assert_eq!([&first, &second, &third, &fourth].map(held), [true, false, true, true]);
        third.begin_request();
        fourth.begin_request();
        assert!(table.add().is_none(), "all are being served");
        third.close();
        assert!(table.add().is_some());
    }
}
