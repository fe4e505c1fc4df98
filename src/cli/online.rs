//! `check --online`: whether what the issues lead to is there.

use std::collections::{BTreeMap, BTreeSet};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use jiff::Timestamp;

use crate::base::source::diagnostic::Diagnostics;
use crate::base::source::exemption::Exemptions;
use crate::base::source::span::Spanned;
use crate::cli::project::OpenProject;
use crate::cli::terminal::Terminal;
use crate::edition::compiled::Edition;
use crate::ops::prepared_issue::PreparedIssue;
use crate::project::online::link_status;
use crate::project::online::{self, LinkStatuses, RequestLimits};

/// What one issue leads to, and what is not to be told of it.
pub(super) struct IssueLinks {
    links: BTreeMap<String, Spanned<String>>,
    ignore: Exemptions,
}

impl IssueLinks {
    /// Those of all its editions, each once.
    pub(super) fn of(prepared: &PreparedIssue<'_>) -> Self {
        let links = prepared.editions.values().flat_map(Edition::web_links);
        let links = links.map(|it| (format!("{} {}", it.place, it.value), it.clone())).collect();
        Self { links, ignore: prepared.issue.front.ignore.clone() }
    }

    fn judged(&self, answers: &LinkStatuses) -> Diagnostics {
        let told = self.links.values().filter_map(|it| {
            let answer = answers.of(&it.value)?;
            Some(answer.diagnostic(&it.value)?.at(it.place.clone()))
        });
        let mut told: Diagnostics = told.collect();
        self.ignore.apply(&mut told);
        told
    }
}

/// Asks every address that the issues lead to, and adds what is wrong with it.
pub(super) fn ask(terminal: &Terminal, opened: &OpenProject, leads: &[IssueLinks], all: &mut Diagnostics) {
    let urls: BTreeSet<String> =
        online::addresses(leads.iter().flat_map(|it| it.links.values()).map(|it| it.value.as_str()));
    let limits = RequestLimits::default();
    let target = if terminal.draws() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(Some(urls.len() as u64), target);
    if let Ok(style) = ProgressStyle::with_template("{bar:32} {pos}/{len} addresses") {
        bar.set_style(style);
    }
    let answers = online::ask(&urls, (&opened.project.answers(), Timestamp::now()), limits, &|| bar.inc(1));
    bar.finish_and_clear();
    opened.project.keep_answers(&answers.kept);
    let mut told = Diagnostics::new();
    for it in leads {
        told.extend(it.judged(&answers));
    }
    if answers.left > 0 {
        told.push(link_status::too_many(limits.most, answers.left));
    }
    opened.project.settings().ignore.apply(&mut told);
    all.extend(told);
}
