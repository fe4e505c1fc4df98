//! Sets up the web server where the readers of a project unsubscribe.

use std::path::Path;

use crate::base::error::Error;
use crate::feedback::recorder::{LedgerRecorder, RequestRecorder};
use crate::feedback::server::UnsubscribeServer;
use crate::feedback::server::limits::ServerLimits;
use crate::feedback::server::link_pattern::LinkPattern;
use crate::feedback::spool::LeaveSpool;
use crate::ops::{ledgers, unsubscribe_pages};
use crate::project::Project;

/// Where the token is in the address of the project's page; absent if the settings have no address, or one whose token
/// a server cannot see.
pub fn link_pattern(project: &Project) -> Option<LinkPattern> {
    LinkPattern::parse(project.settings().unsubscribe.url.as_deref()?)
}

/// The server, which records in this spool, or else in the project's ledger. With a spool it needs no more of the project
/// than its settings and its logo.
///
/// # Errors
///
/// The spool cannot be created, or the ledger not opened.
pub fn server(project: &Project, pattern: LinkPattern, spool: Option<&Path>) -> Result<UnsubscribeServer, Error> {
    let recorder: Box<dyn RequestRecorder> = if let Some(folder) = spool {
        let spool = LeaveSpool::new(folder);
        spool.create()?;
        Box::new(spool)
    } else {
        let own = project.clone();
        let mut recorder = LedgerRecorder::new(Box::new(move || ledgers::open_to_suppress(&own)));
        recorder.open()?;
        Box::new(recorder)
    };
    let (pages, lang) = (unsubscribe_pages::pages(project), project.settings().lang);
    Ok(UnsubscribeServer { pages, pattern, lang, recorder, limits: ServerLimits::default() })
}
