//! `approve`: records that a person has read an issue and agrees that it is sent.

use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;

use crate::base::message::{Message, message};
use crate::base::noun;
use crate::cli::exit::Exit;
use crate::cli::terminal::{self, Terminal};
use crate::ops::approval::record::{self, ApprovalRequest, ApprovalState, AuthorKnowledge, NewApproval};
use crate::ops::blocked::Blocked;
use crate::ops::plan;
use crate::project::Project;
use crate::project::approval_file::UNKNOWN_RECORDER;
use crate::project::files;

/// Arguments of `approve`.
#[derive(Args, Debug)]
pub(crate) struct ApproveArgs {
    /// The issue's file, for example issues/november.md
    pub(super) issue: PathBuf,
    /// Record the approval of this person [default: you, by your name in Git]
    #[arg(long, value_name = "NAME", value_parser = name)]
    by: Option<String>,
    /// The code that they read in a test mail or the preview; approve only if it is that of the issue as it is now
    #[arg(long, value_name = "CODE", requires = "by")]
    code: Option<String>,
    /// Approve without confirmation
    #[arg(short, long)]
    yes: bool,
}

/// The name of a person, as `approvals/` records it.
fn name(typed: &str) -> Result<String, Message> {
    let name = typed.split_whitespace().collect::<Vec<_>>().join(" ");
    let own = name.split('<').next().unwrap_or_default();
    if own.contains('@') {
        return Err(message!(
            "write the name of the person, not only the address: \"Karen Holm\"",
            "skriv personens navn, ikke kun adressen: \"Karen Holm\""
        ));
    }
    if own.chars().filter(|sign| sign.is_alphabetic()).count() < 2 || name.chars().any(char::is_control) {
        return Err(message!("write the name of the person: \"Karen Holm\"", "skriv personens navn: \"Karen Holm\""));
    }
    Ok(name)
}

/// Checks the issue as `send` does, shows what is approved, and writes `approvals/<issue>.yaml`.
pub(super) fn run(terminal: &Terminal, project: &Project, args: &ApproveArgs) -> Result<Exit, Blocked> {
    let path = project.issue_path(&args.issue);
    let (prepared, warnings) = plan::prepare(project, &path)?;
    terminal.diagnostics(&warnings);
    let issue = prepared.inputs.issue.id.clone();
    let request =
        ApprovalRequest { typed: args.issue.display().to_string(), by: args.by.clone(), code: args.code.clone() };
    let approval = record::prepare(project, prepared, &request, Timestamp::now())?;
    terminal.diagnostics(&approval.warnings);
    print_approval(terminal, issue.as_str(), &approval);
    if approval.state == ApprovalState::Known {
        let name = &approval.by.name;
        terminal.print_line(message!(
            "{name} has approved {issue} as it is now",
            "{name} har godkendt {issue}, som det er nu"
        ));
        return Ok(Exit::Done);
    }
    if !args.yes && !is_confirmed(terminal, &approval) {
        return Ok(Exit::Blocked);
    }
    let written = approval.write(project)?;
    let written = files::name(project.root(), &written).display().to_string();
    terminal.json(&serde_json::json!({
        "issue": issue.as_str(), "by": approval.by.name, "code": approval.code.to_string(),
        "recipients": approval.recipients, "file": written,
    }));
    let name = &approval.by.name;
    terminal.print_line(message!(
        "{name} approves {issue}; commit {written}",
        "{name} godkender {issue}; commit filen {written}"
    ));
    if approval.recorded_by.as_deref() == Some(UNKNOWN_RECORDER) {
        terminal.note(message!(
            "Git has no `user.name` and `user.email` here: the file does not say who recorded the approval",
            "Git har ingen `user.name` og `user.email` her: filen siger ikke, hvem der har gemt godkendelsen"
        ));
    }
    if project.settings().sending.approval.is_none() {
        terminal.note(message!(
            "`send` does not require it: write `approval: required` in newsletter.yaml",
            "`send` kræver den ikke: skriv `approval: required` i newsletter.yaml"
        ));
    }
    Ok(Exit::Done)
}

/// Shows what is approved: the code, and how many people get it.
fn print_approval(terminal: &Terminal, issue: &str, approval: &NewApproval) {
    let code = &approval.code;
    terminal.note(message!("{issue}, code {code}:", "{issue}, kode {code}:"));
    match &approval.recipients {
        Some(counts) => {
            for (audience, recipients) in counts {
                terminal.note(Message::verbatim(format!("  {recipients:>6}  {audience}")));
            }
            terminal.note(noun::RECIPIENT.count(counts.values().sum()));
        }
        None => terminal.note(message!(
            "  the lists of people are not here: how many get it is not known",
            "  listerne over personer er ikke her: det vides ikke, hvor mange der får det"
        )),
    }
    if approval.author == AuthorKnowledge::Unknown {
        let name = &approval.by.name;
        terminal.note(message!(
            "without Git, it is not known whether {name} is another person than the author",
            "uden Git vides det ikke, om {name} er en anden end forfatteren"
        ));
    }
}

fn is_confirmed(terminal: &Terminal, approval: &NewApproval) -> bool {
    if !terminal.can_ask() {
        terminal.problem(terminal::cannot_ask());
        return false;
    }
    let name = &approval.by.name;
    let confirmed = terminal.confirms(message!("Approve it as {name}? [y/N]", "Godkend det som {name}? [j/N]"));
    if !confirmed {
        terminal.problem(message!("nothing was approved", "intet er godkendt"));
    }
    confirmed
}
