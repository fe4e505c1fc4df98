//! `inbox`: records the bounces, complaints and requests to unsubscribe in a mailbox.

use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::exit::Exit;
use crate::cli::inbox::{InboxOutput, failed, read, read_set};
use crate::cli::terminal::Terminal;
use crate::ops::inbox::{InboxPolicy, open_path, open_stream};
use crate::project::Project;

/// Arguments of `inbox`.
#[derive(Args, Debug)]
pub(crate) struct InboxArgs {
    /// Maildir, mbox, or file with one message; `-` reads standard input [default: `inbox` in newsletter.yaml]
    #[arg(value_name = "MAILBOX")]
    mailbox: Option<PathBuf>,
    /// Print what is found; record and move nothing
    #[arg(long = "dry-run")]
    dry: bool,
}

/// Reads the mailbox that was typed, or that of the settings.
pub(super) fn run(terminal: &Terminal, project: &Project, args: &InboxArgs) -> Exit {
    let policy = if args.dry { InboxPolicy::Show } else { InboxPolicy::Record };
    let Some(mailbox) = &args.mailbox else { return read_set(terminal, project, policy, InboxOutput::Always) };
    let opened =
        if mailbox == Path::new("-") { open_stream(Box::new(BufReader::new(io::stdin()))) } else { open_path(mailbox) };
    match opened {
        Ok(mut folder) => read(terminal, project, &mut *folder, policy, InboxOutput::Always),
        Err(error) => match failed(terminal, &error) {
            // The path is not a setting: it was typed.
            Exit::Settings => Exit::Blocked,
            exit => exit,
        },
    }
}
