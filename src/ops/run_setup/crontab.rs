//! Lines for cron (crontab(5)).

use crate::base::message::{Message, message};
use crate::ops::run_setup::RunSetup;
use crate::ops::text::{shell_word, visible};

/// The lines that start `run` every five minutes, with comments.
pub fn lines(setup: &RunSetup) -> Message {
    let name = visible(&setup.name.replace('\n', " "));
    let (program, folder) = (word(setup.program.as_str()), word(setup.folder.as_str()));
    let log = word(&format!("{}/.newsletter/run.log", setup.folder));
    let (mail_to, who) = mail_to(setup);
    let edit = if setup.user == "root" { "crontab -e".to_owned() } else { format!("crontab -u {} -e", setup.user) };
    let lines = message!(
        "# {name}: add these lines with `sudo {edit}`.\n\
         {who}\n{mail_to}\n\
         */5 * * * * {program} -C {folder} run --log {log}",
        "# {name}: tilføj disse linjer med `sudo {edit}`.\n\
         {who}\n{mail_to}\n\
         */5 * * * * {program} -C {folder} run --log {log}"
    );
    if !setup.has_access_logs {
        return lines;
    }
    let daily = format!("30 5 * * * {program} -q -C {folder} unsubscribe --access-log");
    message!(
        "{lines}\n# Reads the web server's logs before they are rotated away.\n{daily}",
        "{lines}\n# Læser webserverens logfiler, før de roteres væk.\n{daily}"
    )
}

/// The line that sets the address for cron's mails, and the comment above it.
fn mail_to(setup: &RunSetup) -> (String, Message) {
    if setup.notify.is_empty() {
        let comment = message!(
            "# Cron mails here what a run prints: write an address that is read, or `notify` in newsletter.yaml.",
            "# Hertil sender cron det, en kørsel skriver: angiv en adresse, der bliver læst, eller `notify` i newsletter.yaml."
        );
        return (format!("MAILTO={}", setup.user), comment);
    }
    let comment = message!("# Cron mails here what a run prints.", "# Hertil sender cron det, en kørsel skriver.");
    (format!("MAILTO={}", setup.notify.join(",")), comment)
}

/// A word of a command: cron reads `%` as the end of the line unless a backslash is before it, even between quotes.
fn word(text: &str) -> String {
    shell_word(text).replace('%', r"\%")
}
