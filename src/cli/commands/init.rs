//! `init`: creates a project, ready to run.

use std::path::{Component, Path, PathBuf};

use clap::Args;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::base::error::Error;
use crate::base::language::Lang;
use crate::base::message::message;
use crate::cli::ci_files::{self, CiHost};
use crate::cli::exit::Exit;
use crate::cli::global_args::GlobalArgs;
use crate::cli::init_questions::{self, AnsweredProject, InitOptions, InitPlan};
use crate::cli::terminal::Terminal;
use crate::ops::ledger_identity;
use crate::ops::new_issue::{NewFrontMatter, issue_text};
use crate::ops::new_project::{FIRST_ISSUE, NewFile, PASSWORD_FILE, SETTINGS_PATH};
use crate::ops::project_folder::{self, NewFileState};
use crate::ops::reference;
use crate::ops::relay_answer::RelayAnswer;
use crate::ops::text::without_dot;
use crate::project::Project;

/// Arguments of `init`.
#[derive(Args, Debug)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct InitArgs {
    /// Folder to create the project in [default: the current folder]
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
    /// Also write what checks the project in pull requests; in a project that exists, only that
    #[arg(long, value_name = "HOST")]
    ci: Option<CiHost>,
    #[command(flatten)]
    options: InitOptions,
}

const AFTER_HELP: &str = "\
On a terminal, `init` asks for what no option says; elsewhere it needs --name, --from and --address together, or none of them for an
example. --lang is also the language of the letters.";

const SETTINGS: &str = include_str!("../scaffold/newsletter.yaml");
const MEMBERS: &str = include_str!("../scaffold/members.yaml");

/// Creates the files of a project; an existing file is left unchanged, and an existing project is refused.
pub(super) fn run(terminal: &Terminal, global: &GlobalArgs, args: &InitArgs) -> Result<Exit, Error> {
    let folder = as_typed(global.directory.as_deref(), args.folder.as_deref());
    if args.folder.as_ref().is_some_and(|folder| folder.starts_with("~")) {
        terminal.problem(message!(
            "the shell puts the home folder in place of `~` only where it is not in quotes",
            "`~` bliver kun til hjemmemappen, når den ikke er i anførselstegn"
        ));
        return Ok(Exit::Blocked);
    }
    let settings = folder.join(SETTINGS_PATH);
    if let Some(host) = args.ci.filter(|_| settings.exists()) {
        ci_files::write(terminal, &folder, host)?;
        return Ok(Exit::Done);
    }
    if settings.exists() {
        return Err(Error::Exists { path: without_dot(&settings).to_owned() });
    }
    project_folder::check(&folder)?;
    let answered = match init_questions::plan(terminal, &args.options, global.lang) {
        InitPlan::Example => None,
        InitPlan::Answered(answered) => Some(answered),
        InitPlan::Nothing => return Ok(Exit::Blocked),
    };
    if let Some(answered) = &answered {
        terminal.speak(answered.draft.lang.user_language());
    }
    create(terminal, &folder, answered.as_deref())?;
    if let Some(host) = args.ci {
        ci_files::write(terminal, &folder, host)?;
    }
    terminal.json(&serde_json::json!({ "folder": folder }));
    print_next(terminal, &folder, answered.as_deref());
    Ok(Exit::Done)
}

/// The folder of the project from what was typed, without each `.` in it.
fn as_typed(directory: Option<&Path>, folder: Option<&Path>) -> PathBuf {
    let parts = directory.into_iter().chain(folder).flat_map(Path::components);
    let folder: PathBuf = parts.filter(|part| *part != Component::CurDir).collect();
    if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder }
}

/// Writes all files; the settings are the last ones, so that a run that fails can be repeated.
fn create(terminal: &Terminal, folder: &Path, answered: Option<&AnsweredProject>) -> Result<(), Error> {
    let today = TimeZone::UTC.to_datetime(Timestamp::now()).date();
    let files = answered.map_or_else(example, |answered| answered.draft.files(today, terminal.language()));
    let git_ignores = project_folder::write_git_ignores(folder)?;
    report(terminal, &folder.join(".gitignore"), git_ignores);
    let schemas = folder.join("schemas");
    reference::schema::write_all(&schemas)?;
    let path = without_dot(&schemas).display();
    terminal.print_line(message!(
        "created {path}, with which an editor completes keys",
        "oprettede {path}, som gør, at en editor foreslår felter"
    ));
    for file in &files {
        report(terminal, &folder.join(file.path), project_folder::write(folder, file)?);
    }
    // The ledger and its key, so that the first `send` finds both: a key alone shows that a ledger was lost.
    if let Some(project) = Project::find(Some(folder), folder)?.project {
        ledger_identity::begin_anew(&project)?;
    }
    if let Some(password) = answered.and_then(|answered| answered.password.as_ref()) {
        report(terminal, &folder.join(PASSWORD_FILE), project_folder::write_password(folder, password)?);
    }
    Ok(())
}

/// The files of a project whose association is invented.
fn example() -> Vec<NewFile> {
    let issue = issue_text(&NewFrontMatter {
        subject: "Velkommen til nyhedsbrevet",
        preheader: "Det første nyhedsbrev fra foreningen, og hvad du kan vente dig af de næste",
        audiences: &["members".to_owned()],
        // That of the settings.
        lang: Lang::default(),
        occasion: None,
        news: None,
    });
    vec![
        NewFile { path: "audiences/members.yaml", text: MEMBERS.to_owned() },
        NewFile { path: FIRST_ISSUE, text: issue },
        NewFile { path: SETTINGS_PATH, text: SETTINGS.to_owned() },
    ]
}

fn report(terminal: &Terminal, path: &Path, state: NewFileState) {
    let path = without_dot(path).display();
    match state {
        NewFileState::Created => terminal.print_line(message!("created {path}", "oprettede {path}")),
        NewFileState::Kept => terminal.note(message!("{path} exists and is unchanged", "{path} fandtes og er uændret")),
        NewFileState::Extended => terminal
            .print_line(message!("added to {path} what Git must not see", "tilføjede i {path}, hvad Git ikke må se")),
    }
}

/// What to do next.
fn print_next(terminal: &Terminal, folder: &Path, answered: Option<&AnsweredProject>) {
    let issue = typed_path(&folder.join(FIRST_ISSUE));
    terminal.print_line(message!(
        "next: edit {issue}, and look at the mail meanwhile:\n  newsletter preview {issue} --watch --open",
        "skriv nu i {issue}, og se mailen imens:\n  newsletter preview {issue} --watch --open"
    ));
    terminal.print_line(message!(
        "then delete `draft: true` in the file, and send it:\n  newsletter send {issue}",
        "slet så `draft: true` i filen, og send:\n  newsletter send {issue}"
    ));
    if let Some(answered) = answered {
        print_relay(terminal, folder, answered);
    }
    terminal.print_line(message!("the handbook: newsletter help handbook", "håndbogen: newsletter help håndbog"));
}

/// What a relay still needs.
fn print_relay(terminal: &Terminal, folder: &Path, answered: &AnsweredProject) {
    let settings = typed_path(&folder.join(SETTINGS_PATH));
    let project = typed_path(folder);
    let doctor =
        if project.is_empty() { "newsletter doctor".to_owned() } else { format!("newsletter -C {project} doctor") };
    match &answered.draft.relay {
        RelayAnswer::Outbox => {}
        RelayAnswer::Microsoft365 => terminal.print_line(message!(
            "Microsoft 365 needs an administrator first: {settings} says what to do; until then letters are written to outbox/",
            "Microsoft 365 kræver først en administrator: {settings} siger, hvad der skal gøres; indtil da lægges mails i outbox/"
        )),
        RelayAnswer::Server(relay) if relay.username.is_some() && answered.password.is_none() => {
            let file = typed_path(&folder.join(PASSWORD_FILE));
            terminal.print_line(message!(
                "write the relay's password to {file}, run chmod 600 {file}, and try the relay:\n  {doctor}",
                "skriv mailserverens adgangskode i {file}, kør chmod 600 {file}, og prøv mailserveren:\n  {doctor}"
            ));
        }
        RelayAnswer::Server(_) => terminal.print_line(message!("try the relay:\n  {doctor}", "prøv mailserveren:\n  {doctor}")),
    }
}

/// A path as it is typed in a shell, from where the user is.
fn typed_path(path: &Path) -> String {
    let path = without_dot(path).display().to_string();
    let is_plain = |letter: char| letter.is_alphanumeric() || "/._-".contains(letter);
    if path.chars().all(is_plain) { path } else { format!("'{}'", path.replace('\'', r"'\''")) }
}
