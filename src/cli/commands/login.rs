//! `login`: gets access tokens for Microsoft 365 or Google, and tries them.

use clap::{Args, ValueEnum};

use crate::base::error::Error;
use crate::base::message::{Message, message};
use crate::cli::exit::Exit;
use crate::cli::terminal::Terminal;
use crate::ops::mail_login::{self, AcceptedLogin, LoginTrialError};
use crate::ops::text::with_causes;
use crate::project::Project;
use crate::project::oauth::device_login::DeviceLogin;
use crate::project::settings::oauth::OAuthProvider;

/// What newsletter.yaml needs for Microsoft 365.
const MICROSOFT_KEYS: &str = "oauth:
  provider: microsoft365
  tenant: TENANT                             # Directory (tenant) ID
  client_id: CLIENT-ID                       # Application (client) ID
  client_secret_file: /etc/newsletter/secret # or leave it out, and log in with a code
smtp:
  preset: microsoft365
  username: MAILBOX";

/// What newsletter.yaml needs for Google.
const GOOGLE_KEYS: &str = "oauth:
  provider: google
  key_file: /etc/newsletter/google.json      # the key of a service account, in JSON
smtp:
  preset: google
  username: MAILBOX";

const INTRODUCTION: &str = "newsletter.yaml needs, for Microsoft 365:";
const ABOUT_GOOGLE: &str = "and for Google, which permits mail to a service account only, and to no login with a code:";
const END: &str =
    "`inbox` takes the same tokens. The manual says how to register the application, and who must consent.";

/// Arguments of `login`.
#[derive(Args, Debug)]
#[command(after_help = format!("{INTRODUCTION}\n\n{MICROSOFT_KEYS}\n\n{ABOUT_GOOGLE}\n\n{GOOGLE_KEYS}\n\n{END}"))]
pub(crate) struct LoginArgs {
    /// The service that newsletter.yaml names under `oauth`
    #[arg(value_enum)]
    service: LoginService,
}

/// A service with access tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum LoginService {
    #[value(name = "microsoft365")]
    Microsoft365,
    Google,
}

impl LoginService {
    fn provider(self) -> OAuthProvider {
        match self {
            Self::Microsoft365 => OAuthProvider::Microsoft365,
            Self::Google => OAuthProvider::Google,
        }
    }
}

/// Logs in where a person must, and tries the token at the relay and the mailbox.
pub(super) fn run(terminal: &Terminal, project: &Project, args: &LoginArgs) -> Result<Exit, Error> {
    let asked = args.service.provider();
    let Some(tokens) = project.access_tokens() else {
        let keys = match asked {
            OAuthProvider::Microsoft365 => MICROSOFT_KEYS,
            OAuthProvider::Google => GOOGLE_KEYS,
        };
        terminal.problem(message!(
            "newsletter.yaml has no `oauth`: write, with your own values:",
            "newsletter.yaml mangler `oauth`: skriv, med jeres egne værdier:",
        ));
        terminal.note(Message::verbatim(keys));
        return Ok(Exit::Settings);
    };
    if tokens.provider() != asked {
        let provider = tokens.provider().key();
        terminal.problem(message!(
            "newsletter.yaml has `provider: {provider}`: run `newsletter login {provider}`",
            "newsletter.yaml har `provider: {provider}`: kør `newsletter login {provider}`",
        ));
        return Ok(Exit::Settings);
    }
    if let Some(login) = tokens.begin_login()? {
        print_code(terminal, project, &login);
        login.finish()?;
        let file = tokens.file();
        terminal.json(&serde_json::json!({ "provider": asked.key(), "token_file": file }));
        let (name, file) = (asked.name(), file.display());
        terminal.print_line(message!(
            "logged in to {name}: the token is in {file}",
            "logget ind hos {name}: adgangskoden (token) ligger i {file}"
        ));
    }
    Ok(try_logins(terminal, project))
}

/// Prints what the person has to do, even with `--quiet`: without it, they cannot log in.
fn print_code(terminal: &Terminal, project: &Project, login: &DeviceLogin<'_>) {
    let minutes = login.lifetime().as_secs() / 60;
    terminal.json(&serde_json::json!({
        "page": login.page(),
        "code": login.code(),
        "expires_in": login.lifetime().as_secs(),
    }));
    let (page, code) = (login.page(), login.code());
    let mailboxes = mail_login::mailboxes(project);
    let mailbox = Message::translated(
        mailboxes.join(", or as a user with access to "),
        mailboxes.join(", eller som en bruger med adgang til "),
    );
    let lines = [
        message!(
            "1. Open {page} in a browser, on any machine",
            "1. Åbn {page} i en browser, på en hvilken som helst maskine"
        ),
        message!("2. Type the code {code}", "2. Skriv koden {code}"),
        message!("3. Log in as {mailbox}", "3. Log ind som {mailbox}"),
        message!(
            "Waiting; the code is valid for {minutes} minutes. Ctrl-C stops, and stores nothing.",
            "Venter; koden gælder i {minutes} minutter. Ctrl-C stopper, og intet bliver gemt."
        ),
    ];
    for line in &lines {
        terminal.print_always(line);
    }
}

/// Tries every server, so that one that refuses does not hide another one.
fn try_logins(terminal: &Terminal, project: &Project) -> Exit {
    let mut exit = Exit::Done;
    for trial in [mail_login::try_relay(project), mail_login::try_inbox(project)] {
        match trial {
            Ok(Some(AcceptedLogin { host, username })) => {
                terminal.json(&serde_json::json!({ "host": host, "username": username, "accepted": true }));
                terminal.print_line(message!(
                    "{host} accepts the login as {username}",
                    "{host} accepterer login som {username}"
                ));
            }
            Ok(None) => {}
            Err(error) => exit = exit.min(failed(terminal, &error)),
        }
    }
    exit
}

fn failed(terminal: &Terminal, error: &LoginTrialError) -> Exit {
    terminal.problem(with_causes(error));
    match error {
        LoginTrialError::Project(error) => Exit::of_error(error),
        LoginTrialError::Relay(error) => Exit::of_open_error(error),
        LoginTrialError::Inbox(error) => Exit::of_inbox_error(error),
    }
}
