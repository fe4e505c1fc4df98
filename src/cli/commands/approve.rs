//! `approve`: records that a person has read an issue and agrees that it is sent.

use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;

use crate::cli::exit::Exit;
use crate::cli::terminal::Terminal;
use crate::ops::approval::record::{self, ApprovalRequest, ApprovalState, AuthorKnowledge, NewApproval};
use crate::ops::blocked::Blocked;
use crate::ops::plan;
use crate::ops::text::count;
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
fn name(typed: &str) -> Result<String, &'static str> {
    let name = typed.split_whitespace().collect::<Vec<_>>().join(" ");
    let own = name.split('<').next().unwrap_or_default();
    if own.contains('@') {
        return Err("write the name of the person, not only the address: \"Karen Holm\"");
    }
    if own.chars().filter(|sign| sign.is_alphabetic()).count() < 2 || name.chars().any(char::is_control) {
        return Err("write the name of the person: \"Karen Holm\"");
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
        terminal.print_line(format!("{} has approved {issue} as it is now", approval.by.name));
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
    terminal.print_line(format!("{} approves {issue}; commit {written}", approval.by.name));
    if approval.recorded_by.as_deref() == Some(UNKNOWN_RECORDER) {
        terminal.note("Git has no `user.name` and `user.email` here: the file does not say who recorded the approval");
    }
    if project.settings().sending.approval.is_none() {
        terminal.note("`send` does not require it: write `approval: required` in newsletter.yaml");
    }
    Ok(Exit::Done)
}

/// Shows what is approved: the code, and how many people get it.
fn print_approval(terminal: &Terminal, issue: &str, approval: &NewApproval) {
    terminal.note(format!("{issue}, code {}:", approval.code));
    match &approval.recipients {
        Some(counts) => {
            for (audience, recipients) in counts {
                terminal.note(format!("  {recipients:>6}  {audience}"));
            }
            terminal.note(count(counts.values().sum(), "recipient"));
        }
        None => terminal.note("  the lists of people are not here: how many get it is not known"),
    }
    if approval.author == AuthorKnowledge::Unknown {
        let name = &approval.by.name;
        terminal.note(format!("without Git, it is not known whether {name} is another person than the author"));
    }
}

fn is_confirmed(terminal: &Terminal, approval: &NewApproval) -> bool {
    if !terminal.can_ask() {
        terminal.problem("cannot ask for confirmation without a terminal; use `--yes`");
        return false;
    }
    let confirmed = terminal.confirms(format!("Approve it as {}? [y/N]", approval.by.name));
    if !confirmed {
        terminal.problem("nothing was approved");
    }
    confirmed
}
