//! Bounces, complaints and unsubscriptions in words: by domain, with a warning where there are too many.

use crate::base::message::{Message, composed, message};
use crate::base::noun;
use crate::cli::terminal::Terminal;
use crate::ops::feedback_rates::{DomainFeedback, FeedbackCounts, FeedbackRates, SenderFaults};
use crate::ops::text::visible;

/// How many domains are listed, and how many get a warning.
const MAX_DOMAINS: usize = 20;
const MAX_WARNINGS: usize = 5;

/// Prints the rates of all letters, and of the domains with bounces, complaints or unsubscriptions.
pub(super) fn print(terminal: &Terminal, rates: &FeedbackRates) {
    terminal.json(rates);
    terminal.print_line(composed!("{}: {}", noun::LETTER.count(rates.all.sent), line(&rates.all)));
    let came_back = |domain: &&DomainFeedback| {
        let FeedbackCounts { bounced, complained, left, .. } = domain.counts;
        bounced + complained + left > 0
    };
    let domains: Vec<&DomainFeedback> = rates.domains.iter().filter(came_back).collect();
    for domain in domains.iter().take(MAX_DOMAINS) {
        terminal.print_line(composed!(
            "  {}: {}: {}",
            name(domain),
            noun::LETTER.count(domain.counts.sent),
            line(&domain.counts)
        ));
    }
    if domains.len() > MAX_DOMAINS {
        let more = domains.len() - MAX_DOMAINS;
        let domains = if more == 1 { message!("domain", "domæne") } else { noun::DOMAIN.plural().clone() };
        terminal.print_line(message!(
            "  and {more} more {domains}; see `--json`",
            "  og {more} andre {domains}; se `--json`"
        ));
    }
    warn(terminal, rates);
}

/// `12 bounced (1.0 %), 1 reported as spam (0.1 %), 3 unsubscribed (0.2 %)`.
fn line(counts: &FeedbackCounts) -> Message {
    let FeedbackCounts { sent, bounced, complained, left } = *counts;
    let parts = [
        (bounced, message!("bounced", "kom retur")),
        (complained, message!("reported as spam", "meldt som spam")),
        (left, message!("unsubscribed", "afmeldt")),
    ];
    let parts = parts.iter().map(|(number, word)| composed!("{number} {word} ({})", percent(*number, sent)));
    Message::joined(parts, ", ")
}

/// A share as `2.5 %`; two decimals where one would hide it.
fn percent(part: u64, whole: u64) -> Message {
    let whole = whole.max(1);
    // In hundredths of a percent, rounded, but never down to zero.
    let share = ((part * 10_000 + whole / 2) / whole).max(u64::from(part > 0));
    if (1..100).contains(&share) {
        message!("{}.{:02} %", "{},{:02} %", share / 100, share % 100)
    } else {
        let tenths = (share + 5) / 10;
        message!("{}.{} %", "{},{} %", tenths / 10, tenths % 10)
    }
}

fn name(domain: &DomainFeedback) -> Message {
    let name = domain.domain.as_deref().map(Message::verbatim);
    name.unwrap_or_else(|| message!("erased readers", "slettede læsere"))
}

/// Warns of letters of the last issue that bounced for a reason on the sender's side: the next ones may bounce too.
pub(super) fn warn_of_faults(terminal: &Terminal, faults: &SenderFaults) {
    let letters = noun::LETTER.count(faults.letters());
    let issue = &faults.issue;
    terminal.note(message!(
        "warning: {letters} of {issue} bounced because of the sender or the content, not because of the addresses:",
        "advarsel: {letters} fra {issue} kom retur på grund af afsenderen eller indholdet, ikke på grund af adresserne:"
    ));
    for reason in faults.reasons.iter().take(MAX_WARNINGS) {
        terminal.note(composed!("  {}: {}", noun::LETTER.count(reason.letters), visible(&reason.text)));
    }
}

fn warn(terminal: &Terminal, rates: &FeedbackRates) {
    let of_all = (None, &rates.all);
    let of_domains = rates.domains.iter().map(|domain| (Some(name(domain)), &domain.counts));
    let mut warnings = Vec::new();
    for (domain, counts) in [of_all].into_iter().chain(of_domains) {
        let to = domain.map(|domain| message!(" to {domain}", " til {domain}")).unwrap_or_default();
        if counts.bounces_too_often() {
            let share = percent(counts.bounced, counts.sent);
            warnings.push(message!(
                "{share} of the letters{to} bounced, and receivers tolerate at most 2 %: check the lists",
                "{share} af alle mails{to} kom retur, og modtagernes servere finder sig i 2 %: se listerne efter"
            ));
        }
        if counts.complains_too_often() {
            let share = percent(counts.complained, counts.sent);
            warnings.push(message!(
                "{share} of the letters{to} were reported as spam, and receivers tolerate at most 0.1 %: check who asked for them",
                "{share} af alle mails{to} er meldt som spam, og modtagernes servere finder sig i 0,1 %: se efter, hvem der \
                 har bedt om dem"
            ));
        }
    }
    for warning in warnings.iter().take(MAX_WARNINGS) {
        terminal.note(message!("warning: {warning}", "advarsel: {warning}"));
    }
    if warnings.len() > MAX_WARNINGS {
        let more = warnings.len() - MAX_WARNINGS;
        terminal.note(message!(
            "warning: and {more} more domains are above these limits",
            "advarsel: og {more} andre domæner er over de grænser"
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::message::UserLanguage;

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
            assert_eq!(percent(part, whole).english(), shown, "{part} of {whole}");
            let danish = shown.replace('.', ",");
            assert_eq!(percent(part, whole).in_language(UserLanguage::Danish), danish, "{part} of {whole}");
        }
    }
}
