//! Reads a mailbox and reports what was in it.

use jiff::Timestamp;

use crate::cli::exit::Exit;
use crate::cli::terminal::Terminal;
use crate::feedback::mailbox::MessageFolder;
use crate::ops::inbox::report::{InboxCounts, InboxReport};
use crate::ops::inbox::{self, InboxError, InboxOrder, InboxPolicy};
use crate::ops::receipts;
use crate::ops::text::{count, visible, with_causes};
use crate::project::Project;

/// When a mailbox is worth a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum InboxOutput {
    /// Always.
    Always,
    /// If the ledger says something new: cron mails each line.
    News,
}

/// Reads the mailbox of the settings; reports an error as well.
pub(super) fn read_set(terminal: &Terminal, project: &Project, policy: InboxPolicy, output: InboxOutput) -> Exit {
    match inbox::open_set(project, policy) {
        Ok(mut folder) => read(terminal, project, &mut *folder, policy, output),
        Err(error) => failed(terminal, &error),
    }
}

/// Reads a mailbox.
pub(super) fn read(
    terminal: &Terminal,
    project: &Project,
    folder: &mut dyn MessageFolder,
    policy: InboxPolicy,
    output: InboxOutput,
) -> Exit {
    let mut report = InboxReport::new(folder.name());
    let order = InboxOrder { policy, now: Timestamp::now() };
    let result = inbox::read(project, folder, order, &mut report);
    let has_unreadable = report.counts.unreadable > 0;
    if report.counts.has_news() {
        terminal.as_news(|| print(terminal, &report, policy));
    } else if output == InboxOutput::Always || has_unreadable {
        print(terminal, &report, policy);
    }
    let kept = if policy == InboxPolicy::Record { receipts::keep_all(project) } else { Ok(()) };
    if let Err(error) = kept {
        return terminal.error(&error);
    }
    match result {
        // Who unsubscribed in one of these would get the next letter.
        Ok(()) if has_unreadable => Exit::SomeFailed,
        Ok(()) => Exit::Done,
        Err(error) => failed(terminal, &error),
    }
}

/// Reports an error.
pub(super) fn failed(terminal: &Terminal, error: &InboxError) -> Exit {
    terminal.problem(with_causes(error));
    Exit::of_inbox_error(error)
}

fn print(terminal: &Terminal, report: &InboxReport, policy: InboxPolicy) {
    terminal.json(report);
    tracing::info!("{}", line(report));
    terminal.print_line(visible(&line(report)));
    for (words, letters) in &report.ours {
        let letters = count(*letters, "letter");
        terminal
            .print_line(format!("  {letters} refused for what was sent, so nobody is suppressed: {}", visible(words)));
    }
    if report.counts.marked > 0 {
        terminal
            .print_line("  the server cannot move messages: they are copied, and marked as deleted where they were");
    }
    if policy == InboxPolicy::Show {
        terminal.print_line("  nothing was recorded or moved (--dry-run)");
    }
}

/// One line: `INBOX on imap.forening.example: 12 bounced (9 addresses suppressed), 2 for a person (left there)`.
fn line(report: &InboxReport) -> String {
    let counts = &report.counts;
    let parts: Vec<String> = parts(counts).into_iter().flatten().collect();
    let parts = if parts.is_empty() { "no messages".to_owned() } else { parts.join(", ") };
    format!("{}: {parts}", report.mailbox)
}

fn parts(counts: &InboxCounts) -> [Option<String>; 10] {
    let part = |number: u64, words: &str| (number > 0).then(|| format!("{number} {words}"));
    let suppressed = match counts.suppressed {
        0 => "bounced".to_owned(),
        number => format!("bounced ({} suppressed)", count(number, "address")),
    };
    [
        part(counts.bounced, &suppressed),
        (counts.complained > 0).then(|| count(counts.complained, "complaint")),
        part(counts.left, "unsubscribed"),
        part(counts.delayed, "delayed"),
        part(counts.known, "known before"),
        (counts.automatic > 0).then(|| count(counts.automatic, "automatic message")),
        part(counts.personal, "for a person (left there)"),
        part(counts.unproven, "without proof (left there)"),
        (counts.unknown_tokens > 0).then(|| format!("{} (left there)", count(counts.unknown_tokens, "unknown token"))),
        part(counts.unreadable, "unreadable"),
    ]
}
