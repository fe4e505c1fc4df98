//! Stops a web server on a signal.

use std::thread;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::base::message::message;
use crate::cli::terminal::Terminal;
use crate::feedback::server::listen::ServerStop;
use crate::ops::hangup::is_hangup_ignored;

/// Stops the server on a signal, after the current requests are answered. Under nohup SIGHUP is ignored, and stays so.
pub(super) fn stop_on_signals(terminal: &Terminal, stop: &ServerStop) {
    let hangup = if is_hangup_ignored() { None } else { Some(SIGHUP) };
    let stop = stop.clone();
    let started = Signals::new([SIGINT, SIGTERM].into_iter().chain(hangup)).and_then(|mut signals| {
        thread::Builder::new().name("signals".to_owned()).spawn(move || {
            // The first one stops the server; it accepts no new connections, so a second signal changes nothing.
            if signals.forever().next().is_some() {
                stop.stop();
            }
        })
    });
    if let Err(error) = started {
        terminal.note(message!(
            "cannot catch signals ({error}): requests in hand are not answered when it ends",
            "signaler kan ikke fanges ({error}): påbegyndte forespørgsler får intet svar, når programmet slutter"
        ));
    }
}
