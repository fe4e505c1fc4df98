//! What came back of letters, in words: by domain, and with a warning where it is too much.

use std::fmt::Write;

use crate::cli::terminal::Terminal;
use crate::ops::feedback_rates::{DomainFeedback, FeedbackCounts, FeedbackRates, SenderFaults};
use crate::ops::text::{count, visible};

/// How many domains are listed, and how many are warned of.
const MAX_DOMAINS: usize = 20;
const MAX_WARNINGS: usize = 5;

/// Prints the rates of all letters, and of the domains from which something came back.
pub(super) fn print(terminal: &Terminal, rates: &FeedbackRates) {
    terminal.json(rates);
    terminal.print_line(format!("{}: {}", count(rates.all.sent, "letter"), line(&rates.all)));
    let came_back = |domain: &&DomainFeedback| {
        let FeedbackCounts { bounced, complained, left, .. } = domain.counts;
        bounced + complained + left > 0
    };
    let domains: Vec<&DomainFeedback> = rates.domains.iter().filter(came_back).collect();
    for domain in domains.iter().take(MAX_DOMAINS) {
        terminal.print_line(format!(
            "  {}: {}: {}",
            name(domain),
            count(domain.counts.sent, "letter"),
            line(&domain.counts)
        ));
    }
    if domains.len() > MAX_DOMAINS {
        terminal
            .print_line(format!("  and {} more; see `--json`", count((domains.len() - MAX_DOMAINS) as u64, "domain")));
    }
    warn(terminal, rates);
}

/// `12 bounced (1.0 %), 1 reported as spam (0.1 %), 3 unsubscribed (0.2 %)`.
fn line(counts: &FeedbackCounts) -> String {
    let FeedbackCounts { sent, bounced, complained, left } = *counts;
    let mut text = String::new();
    for (number, word) in [(bounced, "bounced"), (complained, "reported as spam"), (left, "unsubscribed")] {
        let separator = if text.is_empty() { "" } else { ", " };
        // Writing to a string in memory cannot fail.
        _ = write!(text, "{separator}{number} {word} ({})", percent(number, sent));
    }
    text
}

/// A share as `2.5 %`; two decimals where one would hide it.
fn percent(part: u64, whole: u64) -> String {
    let whole = whole.max(1);
    // In hundredths of a percent, rounded, but not to none.
    let share = ((part * 10_000 + whole / 2) / whole).max(u64::from(part > 0));
    if (1..100).contains(&share) {
        format!("{}.{:02} %", share / 100, share % 100)
    } else {
        let tenths = (share + 5) / 10;
        format!("{}.{} %", tenths / 10, tenths % 10)
    }
}

fn name(domain: &DomainFeedback) -> &str {
    domain.domain.as_deref().unwrap_or("erased readers")
}

/// Warns of letters of the last issue that came back through our own fault: the next ones may as well.
pub(super) fn warn_of_faults(terminal: &Terminal, faults: &SenderFaults) {
    let letters = count(faults.letters(), "letter");
    terminal.note(format!(
        "warning: {letters} of {} came back because of the sender or the content, not because of the addresses:",
        faults.issue
    ));
    for reason in faults.reasons.iter().take(MAX_WARNINGS) {
        terminal.note(format!("  {}: {}", count(reason.letters, "letter"), visible(&reason.text)));
    }
}

fn warn(terminal: &Terminal, rates: &FeedbackRates) {
    let of_all = (None, &rates.all);
    let of_domains = rates.domains.iter().map(|domain| (Some(name(domain)), &domain.counts));
    let mut warnings = Vec::new();
    for (domain, counts) in [of_all].into_iter().chain(of_domains) {
        let to = domain.map(|domain| format!(" to {domain}")).unwrap_or_default();
        if counts.bounces_too_often() {
            let share = percent(counts.bounced, counts.sent);
            warnings
                .push(format!("{share} of the letters{to} bounced, and receivers put up with 2 %: check the lists"));
        }
        if counts.complains_too_often() {
            let share = percent(counts.complained, counts.sent);
            warnings.push(format!(
                "{share} of the letters{to} were reported as spam, and receivers put up with 0.1 %: check who asked for them"
            ));
        }
    }
    for warning in warnings.iter().take(MAX_WARNINGS) {
        terminal.note(format!("warning: {warning}"));
    }
    if warnings.len() > MAX_WARNINGS {
        terminal.note(format!("warning: and {} more domains are above these limits", warnings.len() - MAX_WARNINGS));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_share_is_not_shown_as_none() {
        for (part, whole, shown) in [
            (0, 0, "0.0 %"),
            (0, 10, "0.0 %"),
            (1, 1, "100.0 %"),
            (1, 3, "33.3 %"),
            (2, 3, "66.7 %"),
            (25, 1000, "2.5 %"),
            (1, 1000, "0.10 %"),
            (1, 100_000, "0.01 %"),
            (1, 1_000_000, "0.01 %"),
        ] {
            assert_eq!(percent(part, whole), shown, "{part} of {whole}");
        }
    }
}
