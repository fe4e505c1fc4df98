//! Reads a mailbox and reports what was in it.

use jiff::Timestamp;

use crate::base::message::{Message, composed, message};
use crate::base::noun;
use crate::cli::exit::Exit;
use crate::cli::terminal::Terminal;
use crate::feedback::mailbox::MessageFolder;
use crate::ops::inbox::report::{InboxCounts, InboxReport};
use crate::ops::inbox::{self, InboxError, InboxOrder, InboxPolicy};
use crate::ops::receipts;
use crate::ops::text::{visible, with_causes};
use crate::project::Project;

/// When a mailbox is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum InboxOutput {
    /// Always.
    Always,
    /// If something new was recorded: cron mails each line.
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
    if let Some(message) = &report.first_unreadable {
        terminal.problem(message.clone());
    }
    let kept = if policy == InboxPolicy::Record { receipts::keep_all(project) } else { Ok(()) };
    if let Err(error) = kept {
        return terminal.error(&error);
    }
    match result {
        // A reader who unsubscribed in one of these would get the next letter.
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
    terminal.print_line(line(report).map(visible));
    for (words, letters) in &report.ours {
        let (letters, words) = (noun::LETTER.count(*letters), visible(words));
        terminal.print_line(message!(
            "  {letters} refused because of the sender or the content, so nobody is suppressed: {words}",
            "  {letters} afvist på grund af indholdet, så ingen er spærret: {words}"
        ));
    }
    if report.counts.marked > 0 {
        terminal.print_line(message!(
            "  the server cannot move messages: they are copied, and marked as deleted where they were",
            "  serveren kan ikke flytte mails: de er kopieret og markeret som slettet, hvor de lå"
        ));
    }
    if policy == InboxPolicy::Show {
        terminal.print_line(message!(
            "  nothing was recorded or moved (--dry-run)",
            "  intet er gemt eller flyttet (--dry-run)"
        ));
    }
}

/// One line: `INBOX on imap.forening.example: 12 bounced (9 addresses suppressed), 2 for a person (left there)`.
fn line(report: &InboxReport) -> Message {
    let parts: Vec<Message> = parts(&report.counts).into_iter().flatten().collect();
    let parts = if parts.is_empty() { message!("no messages", "ingen mails") } else { Message::joined(parts, ", ") };
    composed!("{}: {parts}", report.mailbox)
}

fn parts(counts: &InboxCounts) -> [Option<Message>; 10] {
    let part = |number: u64, words: Message| (number > 0).then(|| composed!("{number} {words}"));
    let suppressed = match counts.suppressed {
        0 => message!("bounced", "kom retur"),
        number => {
            let addresses = noun::ADDRESS.count(number);
            message!("bounced ({addresses} suppressed)", "kom retur ({addresses} spærret)")
        }
    };
    let tokens = noun::UNKNOWN_TOKEN.count(counts.unknown_tokens);
    [
        part(counts.bounced, suppressed),
        (counts.complained > 0).then(|| noun::COMPLAINT.count(counts.complained)),
        part(counts.left, message!("unsubscribed", "afmeldt")),
        part(counts.delayed, message!("delayed", "forsinket")),
        part(counts.known, message!("known before", "kendt i forvejen")),
        (counts.automatic > 0).then(|| noun::AUTOMATIC_MESSAGE.count(counts.automatic)),
        part(counts.personal, message!("for a person (left there)", "til et menneske (ligger der endnu)")),
        part(counts.unproven, message!("without proof (left there)", "uden bevis (ligger der endnu)")),
        (counts.unknown_tokens > 0).then(|| message!("{tokens} (left there)", "{tokens} (ligger der endnu)")),
        part(counts.unreadable, message!("unreadable", "kan ikke læses")),
    ]
}
