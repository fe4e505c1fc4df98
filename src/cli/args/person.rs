//! What can be typed after `person`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// What is done with one person's data.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum PersonCommand {
    /// What is held of somebody: lists, audiences, consent, letters, files
    Show(PersonShow),
    /// The same as JSON, to be given to them
    Export(PersonExport),
    /// Take somebody out of the ledger and of every file that is not your own, and write to them no more
    Forget(PersonForget),
}

#[derive(Args, Debug)]
pub(in crate::cli) struct PersonShow {
    /// The address, in whatever spelling
    pub(in crate::cli) address: String,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct PersonExport {
    /// The address, in whatever spelling
    pub(in crate::cli) address: String,
    /// A new file that only you can read [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) out: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct PersonForget {
    /// The address, in whatever spelling
    pub(in crate::cli) address: String,
    /// Do it without asking
    #[arg(short, long)]
    pub(in crate::cli) yes: bool,
}
