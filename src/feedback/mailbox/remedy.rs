//! Remedies for a mailbox that cannot be read.

/// A remedy for an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FolderRemedy {
    /// To try again later.
    Wait,
    /// Other settings.
    ChangeSettings,
    /// Another login, or a server that can be trusted.
    ChangeLogin,
    /// Other permissions on this machine, or more room.
    RepairFiles,
}
