//! `schedule`: what is sent next, and what will not be sent although it has a `send_at`; and what starts `run` at these times.

use std::env;
use std::path::Path;

use clap::Args;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::base::error::Error;
use crate::base::message::{Message, composed, message};
use crate::base::noun;
use crate::cli::exit::Exit;
use crate::cli::next_issues;
use crate::cli::terminal::Terminal;
use crate::cli::year_table::weekday;
use crate::ops::outlook::{self, IssueOutlook, SendOutlook};
use crate::ops::run_setup::crontab;
use crate::ops::run_setup::systemd::{self, UnitSetup};
use crate::ops::run_setup::{RunSetup, SetupError};
use crate::ops::text::shell_word;
use crate::project::Project;

/// For how many days an issue that was not sent in time is listed: years of them would hide what is next.
const DAYS_LISTED: i64 = 30;

/// Arguments of `schedule`.
#[derive(Args, Debug)]
pub(crate) struct ScheduleArgs {
    /// Print lines for a crontab that start `run` every five minutes
    #[arg(long, conflicts_with = "systemd")]
    crontab: bool,
    /// Print units for systemd that start `run` every five minutes, and how to enable them
    #[arg(long)]
    systemd: bool,
}

/// Lists the issues with a `send_at` that are not finished, or prints what starts `run` by itself.
pub(super) fn run(terminal: &Terminal, project: &Project, args: &ScheduleArgs) -> Result<Exit, Error> {
    if !args.crontab && !args.systemd {
        return list(terminal, project);
    }
    let program = env::current_exe().unwrap_or_else(|_| "/usr/bin/newsletter".into());
    let setup = match RunSetup::of(project, &program) {
        Ok(setup) => setup,
        Err(SetupError::Project(error)) => return Err(error),
        Err(SetupError::Path(path)) => {
            let path = path.display();
            terminal.problem(message!(
                "{path} has a control character or is not UTF-8, so that neither cron nor systemd can start it: rename it",
                "{path} indeholder et styretegn eller er ikke UTF-8, så hverken cron eller systemd kan starte det: omdøb det"
            ));
            return Ok(Exit::Blocked);
        }
    };
    if setup.is_unknown_user() {
        let (user, folder) = (&setup.user, shell_word(setup.folder.as_str()));
        terminal.problem(message!(
            "the project belongs to user {user}, whom this machine does not know: give it to the user who sends, for example with `chown -R newsletter: {folder}`",
            "projektet tilhører brugeren {user}, som denne maskine ikke kender: giv det til den bruger, der sender, f.eks. med `chown -R newsletter: {folder}`"
        ));
        return Ok(Exit::Blocked);
    }
    if args.systemd && setup.program.as_str().contains(['"', '\'', '\\']) {
        let program = &setup.program;
        terminal.problem(message!(
            "systemd cannot start a program with a quotation mark or a backslash in its path: move {program}",
            "systemd starter ikke et program med anførselstegn eller omvendt skråstreg i stien: flyt {program}"
        ));
        return Ok(Exit::Blocked);
    }
    if args.crontab {
        let lines = crontab::lines(&setup);
        terminal.json(&serde_json::json!({ "user": setup.user, "crontab": lines.english() }));
        answer(terminal, &lines);
    } else {
        let exists = |path: &str| Path::new(path).exists();
        let is_packaged = systemd::is_packaged(&setup, exists);
        let units = if is_packaged { systemd::packaged(&setup) } else { systemd::own(&setup) };
        let files: Vec<_> =
            units.files.iter().map(|file| serde_json::json!({ "path": file.path, "text": file.text })).collect();
        terminal.json(&serde_json::json!({ "user": setup.user, "files": files, "commands": units.commands }));
        answer(terminal, &unit_text(&units));
    }
    if setup.user == "root" {
        let folder = shell_word(setup.folder.as_str());
        terminal.note(message!(
            "the project belongs to root: a dedicated user is safer, for example after `chown -R newsletter: {folder}`",
            "projektet tilhører root: det er sikrere med sin egen bruger, for eksempel efter `chown -R newsletter: {folder}`"
        ));
    }
    Ok(Exit::Done)
}

/// Prints a text that was asked for, unless JSON was.
fn answer(terminal: &Terminal, text: &Message) {
    if !terminal.is_json() {
        Terminal::answer(text.in_language(terminal.language()));
    }
}

/// The units, each below its path, and what to do with them.
fn unit_text(units: &UnitSetup) -> Message {
    let commands = units.commands.iter().map(|command| format!("#   {command}")).collect::<Vec<_>>().join("\n");
    let service = &units.service;
    let introduction = if units.files.is_empty() {
        message!("# As root:", "# Som root:")
    } else {
        message!(
            "# Write the text below each path to that file, and then, as root:",
            "# Skriv det under hver sti i den fil, og derefter, som root:"
        )
    };
    let files = units
        .files
        .iter()
        .map(|file| format!("\n\n# {}\n{}", file.path, file.text.trim_end()))
        .collect::<Vec<_>>()
        .concat();
    message!(
        "{introduction}\n{commands}\n# `systemctl list-timers` shows when it starts next, and `journalctl --unit='{service}'` what it did.{files}",
        "{introduction}\n{commands}\n# `systemctl list-timers` viser, hvornår den starter næste gang, og `journalctl --unit='{service}'`, hvad den gjorde.{files}"
    )
}

/// Lists the issues with a `send_at` that are not finished.
fn list(terminal: &Terminal, project: &Project) -> Result<Exit, Error> {
    let zone = &project.settings().timezone;
    let now = Timestamp::now();
    let since = now.checked_sub(SignedDuration::from_hours(24 * DAYS_LISTED)).unwrap_or(Timestamp::MIN);
    let is_old = |issue: &IssueOutlook| issue.outlook.is_too_late() && issue.send_at.is_some_and(|at| at < since);
    let (old, issues): (Vec<_>, Vec<_>) = outlook::all(project, now)?.into_iter().partition(is_old);
    let lines: Vec<(Message, &str, Message)> = issues
        .iter()
        .map(|issue| {
            let at = issue.send_at.map(|at| day_and_time(at, zone));
            let at = at.unwrap_or_else(|| message!("time unknown", "tidspunkt ukendt"));
            let what = match &issue.outlook {
                SendOutlook::Letters(letters) => noun::LETTER.count(*letters),
                SendOutlook::Blocked { text, .. } => message!("not sent: {text}", "ikke sendt: {text}"),
            };
            (at, issue.issue.as_str(), what)
        })
        .collect();
    for issue in &issues {
        terminal.json(&next_issues::json(issue));
    }
    if let Some(last) = old.last() {
        let others = match old.len() - 1 {
            0 => Message::default(),
            others => message!(" and {others} before it", " og {others} før det"),
        };
        terminal.print_line(message!(
            "{}{others} should have been sent more than {DAYS_LISTED} days ago: is the year right?",
            "{}{others} skulle være sendt for over {DAYS_LISTED} dage siden: er årstallet rigtigt?",
            last.issue
        ));
    } else if lines.is_empty() {
        terminal.print_line(message!(
            "nothing is scheduled: no issue has a `send_at` and is not sent",
            "intet er planlagt: intet usendt nyhedsbrev har en `send_at`"
        ));
    }
    if lines.is_empty() {
        return Ok(Exit::Done);
    }
    let width = lines.iter().map(|(_, issue, _)| issue.chars().count()).max().unwrap_or_default();
    for (at, issue, what) in &lines {
        terminal.print_line(composed!("{at:20}  {issue:width$}  {what}"));
    }
    let name = zone.iana_name().map(Message::verbatim);
    let name = name.unwrap_or_else(|| message!("the project's time zone", "projektets tidszone"));
    terminal.print_line(message!("Times are in {name}.", "Tidspunkterne er i {name}."));
    Ok(Exit::Done)
}

/// A moment with its weekday: `Tue 2026-12-01 09:00`.
fn day_and_time(moment: Timestamp, zone: &TimeZone) -> Message {
    let moment = moment.to_zoned_datetime(zone.clone());
    composed!("{} {}", weekday(moment.date()), moment.strftime("%Y-%m-%d %H:%M"))
}
