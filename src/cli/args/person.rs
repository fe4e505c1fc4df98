//! What can be typed after `person`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// What is done with one person's data.
#[derive(Debug, Subcommand)]
pub(crate) enum PersonCommand {
    /// What is held of somebody: lists, audiences, consent, letters, files
    Show(PersonShowArgs),
    /// The same as JSON, to be given to them
    Export(PersonExportArgs),
    /// Take somebody out of the ledger and of every file that is not your own, and write to them no more
    Forget(PersonForgetArgs),
}

#[derive(Args, Debug)]
pub(crate) struct PersonShowArgs {
    /// The address, in whatever spelling
    pub(crate) address: String,
}

#[derive(Args, Debug)]
pub(crate) struct PersonExportArgs {
    /// The address, in whatever spelling
    pub(crate) address: String,
    /// A new file that only you can read [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct PersonForgetArgs {
    /// The address, in whatever spelling
    pub(crate) address: String,
    /// Do it without asking
    #[arg(short, long)]
    pub(crate) yes: bool,
}
