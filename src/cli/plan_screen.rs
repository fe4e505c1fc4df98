//! A new plan on the screen: what is sent, to whom, from whom and when, before the user confirms it.

use std::fmt::Display;

use jiff::tz::TimeZone;

use crate::ops::plan_overview::{AudienceOverview, PlanOverview};
use crate::ops::text::{local_time, visible};

/// How wide a line may be.
const WIDTH: usize = 80;
/// How many lines a list may have; the rest are counted.
const MAX_LISTED: usize = 5;

/// The lines of the screen: at most 80 columns, and about 25 lines.
pub(super) fn lines(overview: &PlanOverview, zone: &TimeZone) -> Vec<String> {
    let mut lines = vec![format!("{}: {}", overview.issue, overview.subject)];
    let send_at =
        overview.send_at.map_or_else(|| "now".to_owned(), |at| format!("now; `send_at` {}", local_time(at, zone)));
    lines.push(format!("  from       {}", overview.from));
    lines.extend(overview.reply_to.iter().map(|mailbox| format!("  replies    {mailbox}")));
    lines.push(format!("  by         {}", overview.relay.as_deref().unwrap_or("the folder outbox/, to nobody")));
    lines.push(format!("  time       {send_at}"));
    if !overview.hosts.is_empty() {
        lines.push(format!("  links to   {}", hosts(overview)));
    }
    list(&mut lines, "editions", overview.editions.iter().map(|(edition, letters)| counted(*letters, edition)));
    let reader = |(audience, people): (&String, &AudienceOverview)| {
        let names =
            if people.letters == 1 { people.first.clone() } else { format!("{} … {}", people.first, people.last) };
        counted(people.letters, format!("{audience}: {names}"))
    };
    list(&mut lines, "first and last reader of each audience", overview.audiences.iter().map(reader));
    list(&mut lines, "held back", overview.held_back.iter().map(|(reason, people)| counted(*people, reason.as_str())));
    lines.iter().map(|line| shortened(&visible(line))).collect()
}

fn counted(letters: u64, what: impl Display) -> String {
    format!("  {letters:>7}  {what}")
}

/// A heading and its lines, as far as they fit.
fn list(lines: &mut Vec<String>, heading: &str, entries: impl ExactSizeIterator<Item = String>) {
    let more = entries.len().saturating_sub(MAX_LISTED);
    if entries.len() > 0 {
        lines.push(format!("  {heading}:"));
    }
    lines.extend(entries.take(MAX_LISTED));
    if more > 0 {
        lines.push(format!("           and {more} more"));
    }
}

/// The hosts that fit on a line, and how many more there are.
fn hosts(overview: &PlanOverview) -> String {
    let mut shown = String::new();
    for (position, host) in overview.hosts.iter().enumerate() {
        let left = overview.hosts.len() - position;
        if position > 0 && shown.chars().count() + host.chars().count() > WIDTH - 32 {
            return format!("{shown} and {left} more");
        }
        shown = if shown.is_empty() { host.clone() } else { format!("{shown}, {host}") };
    }
    shown
}

/// The line, cut where it would not fit.
fn shortened(line: &str) -> String {
    if line.chars().count() <= WIDTH {
        return line.to_owned();
    }
    line.chars().take(WIDTH - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::issue::IssueId;
    use crate::people::person::suppression_reason::SuppressionReason;

    fn overview() -> PlanOverview {
        let reader =
            |letters, first: &str, last: &str| AudienceOverview { letters, first: first.into(), last: last.into() };
        PlanOverview {
            issue: IssueId::of_path("issues/maj.md"),
            subject: "Nyt i maj".to_owned(),
            from: "Foreningen <nyt@forening.example>".to_owned(),
            reply_to: Some("svar@forening.example".to_owned()),
            relay: Some("smtp.forening.example:587".to_owned()),
            send_at: "2026-12-01T08:00:00Z".parse().ok(),
            hosts: ["forening.example", "kommune.example"].map(str::to_owned).into(),
            editions: [("board.da".to_owned(), 1), ("members.da".to_owned(), 398)].into(),
            audiences: [
                ("board".to_owned(), reader(1, "Dorte Dam", "Dorte Dam")),
                ("members".to_owned(), reader(398, "Anna Berg", "Carl Lund")),
            ]
            .into(),
            held_back: [(SuppressionReason::Unsubscribed, 2), (SuppressionReason::Bounced, 1)].into(),
        }
    }

    #[test]
    fn a_plan_on_the_screen() {
        let zone = TimeZone::fixed(jiff::tz::offset(1));
        let expected = "\
issues/maj.md: Nyt i maj
  from       Foreningen <nyt@forening.example>
  replies    svar@forening.example
  by         smtp.forening.example:587
  time       now; `send_at` 2026-12-01 09:00
  links to   forening.example, kommune.example
  editions:
        1  board.da
      398  members.da
  first and last reader of each audience:
        1  board: Dorte Dam
      398  members: Anna Berg … Carl Lund
  held back:
        2  unsubscribed
        1  bounced";
        assert_eq!(lines(&overview(), &zone).join("\n"), expected);
    }

    #[test]
    fn a_large_plan_fits_on_a_screen() {
        let hosts = (0..40).map(|number| format!("en-lang-vaert-{number}.kommune.example")).collect();
        let editions = (0..40).map(|number| (format!("udgave-{number:02}.da"), number + 1)).collect();
        let long = || "Æ".repeat(90);
        let people = || AudienceOverview { letters: 2, first: long(), last: "B\u{1b}[2J".to_owned() };
        let audiences = (0..40).map(|number| (format!("a{number:02}"), people())).collect();
        let plan = PlanOverview { subject: long(), hosts, editions, audiences, ..overview() };
        let lines = lines(&plan, &TimeZone::UTC);
        assert!(lines.len() <= 24, "{lines:#?}");
        assert!(lines.iter().all(|line| line.chars().count() <= WIDTH && !line.contains('\u{1b}')), "{lines:#?}");
        assert!(lines.iter().any(|line| line.ends_with("example and 39 more")), "{lines:#?}");
        assert_eq!(lines.iter().filter(|line| line.trim() == "and 35 more").count(), 2, "{lines:#?}");
    }
}
