//! What can be typed after `person`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// What is done with one person's data.
#[derive(Debug, Subcommand)]
pub(crate) enum PersonCommand {
    /// What is held of somebody: lists, audiences, consent, letters, files
    Show(PersonShow),
    /// The same as JSON, to be given to them
    Export(PersonExport),
    /// Take somebody out of the ledger and of every file that is not your own, and write to them no more
    Forget(PersonForget),
}

#[derive(Args, Debug)]
pub(crate) struct PersonShow {
    /// The address, in whatever spelling
    pub(crate) address: String,
}

#[derive(Args, Debug)]
pub(crate) struct PersonExport {
    /// The address, in whatever spelling
    pub(crate) address: String,
    /// A new file that only you can read [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct PersonForget {
    /// The address, in whatever spelling
    pub(crate) address: String,
    /// Do it without asking
    #[arg(short, long)]
    pub(crate) yes: bool,
}
