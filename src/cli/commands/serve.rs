//! `serve`: the web page where readers unsubscribe.

use std::path::PathBuf;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use clap::Args;

use crate::base::error::Error;
use crate::base::message::message;
use crate::cli::exit::Exit;
use crate::cli::server_stop;
use crate::cli::terminal::Terminal;
use crate::feedback::server;
use crate::feedback::server::address::ListenAddress;
use crate::feedback::server::event::ServerEvent;
use crate::feedback::server::listen::{ServerError, ServerStop};
use crate::ops::serve;
use crate::ops::text::with_causes;
use crate::project::Project;

/// Arguments of `serve`.
#[derive(Args, Debug)]
pub(crate) struct ServeArgs {
    /// Address and port to listen on, or `unix:PATH`; a socket from systemd is used instead [default: `listen` in
    /// `unsubscribe:`, else 127.0.0.1:8085]
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<ListenAddress>,
    /// Write requests to this folder, for a host without people and ledger; `unsubscribe --spool` reads them
    #[arg(long, value_name = "DIR")]
    spool: Option<PathBuf>,
}

/// Serves the page until a signal ends it.
pub(super) fn run(terminal: &Terminal, project: &Project, args: &ServeArgs) -> Result<Exit, Error> {
    let Some(pattern) = serve::link_pattern(project) else {
        terminal.problem(message!(
            "newsletter.yaml has no address for the page, or none with {{token}} at its end: write \
             `unsubscribe: {{url: \"https://forening.example/afmeld/{{token}}\"}}`",
            "newsletter.yaml mangler en adresse til siden med {{token}} til sidst: skriv \
             `unsubscribe: {{url: \"https://forening.example/afmeld/{{token}}\"}}`"
        ));
        return Ok(Exit::Settings);
    };
    let server = serve::server(project, pattern, args.spool.as_deref())?;
    let listen = args.listen.clone().or_else(|| project.settings().unsubscribe.listen.clone()).unwrap_or_default();
    let stop = ServerStop::default();
    server_stop::stop_on_signals(terminal, &stop);
    let (sender, events) = mpsc::channel();
    let ended = thread::scope(|scope| {
        let running = scope.spawn(|| server::run(server, &listen, &stop, sender));
        for event in &events {
            report(terminal, event);
        }
        running.join()
    });
    match ended {
        Ok(Ok(())) => {
            tracing::info!("stopped");
            Ok(Exit::Done)
        }
        Ok(Err(error)) => {
            terminal.problem(with_causes(&error));
            Ok(match error {
                ServerError::Bind { .. } | ServerError::Inherited(_) => Exit::Blocked,
                ServerError::Start(_) => Exit::RetryLater,
            })
        }
        Err(_) => Err(Error::WorkerLost),
    }
}

/// Prints or logs what happened. A log line has neither a token nor an address.
fn report(terminal: &Terminal, event: ServerEvent) {
    match event {
        ServerEvent::Listening(address) => {
            tracing::info!("listening on {address}");
            terminal.json(&serde_json::json!({ "listening": address.to_string() }));
            terminal.print_line(message!("listening on {address}", "lytter på {address}"));
        }
        ServerEvent::Answered { method, status, took } => {
            tracing::info!(status, milliseconds = milliseconds(took), "{method}");
        }
        ServerEvent::NotRecorded(error) => {
            terminal.error(&error);
            terminal
                .note(message!("readers are asked to try again later", "læserne bliver bedt om at prøve igen senere"));
        }
        ServerEvent::RecordedAgain => {
            tracing::info!("requests are recorded again");
            terminal.note(message!("requests are recorded again", "afmeldinger bliver gemt igen"));
        }
    }
}

/// As a type that the log's JSON writes as a number.
fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
