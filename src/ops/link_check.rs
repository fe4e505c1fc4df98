//! Checks whether the web addresses that issues link to exist.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::base::source::diagnostic::Diagnostics;
use crate::base::source::exemption::Exemptions;
use crate::base::source::span::Spanned;
use crate::edition::compiled::Edition;
use crate::ops::prepared_issue::PreparedIssue;
use crate::project::Project;
use crate::project::online::link_status;
use crate::project::online::{self, LinkStatuses, RequestLimits};

/// The links of one issue, and the warnings that it turns off.
pub struct IssueLinks {
    links: BTreeMap<String, Spanned<String>>,
    ignore: Exemptions,
}

impl IssueLinks {
    /// The links of all editions, each once.
    pub(crate) fn of(prepared: &PreparedIssue<'_>) -> Self {
        let links = prepared.editions.values().flat_map(Edition::web_links);
        let links = links.map(|link| (format!("{} {}", link.place, link.value), link.clone())).collect();
        Self { links, ignore: prepared.inputs.issue.front.ignore.clone() }
    }

    /// Each with its place.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Spanned<String>> {
        self.links.values()
    }

    fn diagnostics(&self, statuses: &LinkStatuses) -> Diagnostics {
        let diagnose = |link: &Spanned<String>| {
            let status = statuses.of(&link.value)?;
            Some(status.diagnostic(&link.value)?.at(link.place.clone()))
        };
        let mut diagnostics: Diagnostics = self.links.values().filter_map(diagnose).collect();
        self.ignore.apply(&mut diagnostics);
        diagnostics
    }
}

/// The addresses to request, each once.
pub fn urls(links: &[IssueLinks]) -> BTreeSet<String> {
    online::addresses(links.iter().flat_map(|issue| issue.links.values()).map(|link| link.value.as_str()))
}

/// Requests the addresses; `on_answer` is called for each that replies. The results are cached in the project.
pub fn check(project: &Project, links: &[IssueLinks], now: Timestamp, on_answer: &(dyn Fn() + Sync)) -> Diagnostics {
    let limits = RequestLimits::default();
    let statuses = online::ask(&urls(links), &project.link_cache(), now, limits, on_answer);
    project.save_link_cache(&statuses.kept);
    let mut diagnostics = Diagnostics::new();
    for issue in links {
        diagnostics.extend(issue.diagnostics(&statuses));
    }
    if statuses.left > 0 {
        diagnostics.push(link_status::too_many(limits.most, statuses.left));
    }
    project.settings().ignore.apply(&mut diagnostics);
    diagnostics
}
