//! Reads `inbox`: the mailbox that bounces, complaints and mails to unsubscribe arrive in.

use std::path::PathBuf;

use crate::base::message::{Message, message};
use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::base::source::span::Spanned;
use crate::base::source::yaml::fields::MappingReader;
use crate::delivery::smtp::options::Security;
use crate::project::settings::mail_server::{self, MailLogin, MailPorts, ServerNotation, TokenOrigin};
use crate::project::settings::required::missing;

const ONE_MAILBOX: Code = Code("NL730");
const WRONG_PORT: Code = Code("NL731");
const PORTS: MailPorts = MailPorts { tls: IMAPS, starttls: &[IMAP], code: WRONG_PORT };
const SAME_FOLDER: Code = Code("NL732");

const IMAP_SERVER: ServerNotation =
    ServerNotation { kind: Message::fixed("the IMAP server", "IMAP-serveren"), example: "imap.forening.example" };
/// The port for IMAP that is encrypted from the first octet (RFC 8314 §3.2).
const IMAPS: u16 = 993;
/// The port for IMAP with STARTTLS.
const IMAP: u16 = 143;
/// The folder of a Maildir for messages that are done, unless another one is set: a subfolder, as Maildir++ names them.
pub(crate) const USUAL_DONE: &str = ".done";

/// Keys that authors write for others, with a hint.
const COMMON_MISTAKES: [(&str, Message); 8] = [
    (
        "tls",
        Message::fixed(
            "did you mean `security: tls` or `security: starttls`?",
            "mente du `security: tls` eller `security: starttls`?",
        ),
    ),
    ("ssl", Message::fixed("did you mean `security: tls`?", "mente du `security: tls`?")),
    ("server", Message::fixed("did you mean `host`?", "mente du `host`?")),
    ("user", Message::fixed("did you mean `username`?", "mente du `username`?")),
    ("login", Message::fixed("did you mean `username`?", "mente du `username`?")),
    ("mailbox", Message::fixed("did you mean `folder`?", "mente du `folder`?")),
    ("path", Message::fixed("did you mean `maildir`?", "mente du `maildir`?")),
    ("archive", Message::fixed("did you mean `done`?", "mente du `done`?")),
];

/// The mailbox from which feedback is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InboxSettings {
    /// A folder of an IMAP server.
    Imap(ImapSettings),
    /// A Maildir on this machine.
    Maildir(MaildirSettings),
}

/// A folder of an IMAP server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImapSettings {
    /// The server's name or IP address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is encrypted. With [`Security::None`] the host is this machine.
    pub security: Security,
    /// The login.
    pub login: MailLogin,
    /// A file of certificates that are trusted instead of the machine's; absent: the machine's.
    pub ca_file: Option<PathBuf>,
    /// The folder that is read.
    pub folder: String,
    /// The folder that messages are moved to once they are recorded; absent: they stay.
    pub done: Option<String>,
}

/// A Maildir, relative to the project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MaildirSettings {
    /// Its folder.
    pub path: PathBuf,
    /// The Maildir that messages are moved to once they are recorded.
    pub done: PathBuf,
}

pub(super) fn read(mut reader: MappingReader<'_, '_>, tokens: TokenOrigin) -> Option<InboxSettings> {
    let settings = match (reader.has("maildir"), reader.has("host")) {
        (true, false) => maildir(&mut reader).map(InboxSettings::Maildir),
        (false, true) => imap(&mut reader, tokens).map(InboxSettings::Imap),
        (is_both, _) => {
            let message = if is_both {
                message!(
                    "`inbox` has both `maildir` and `host`, and is one mailbox",
                    "`inbox` har både `maildir` og `host`, men er én postkasse"
                )
            } else {
                message!("`inbox` names no mailbox", "`inbox` nævner ingen postkasse")
            };
            let place = reader.key_place("maildir").unwrap_or_else(|| reader.place());
            let hint = message!(
                "write host: imap.forening.example for an IMAP server, or maildir: /var/mail/nyt for a folder",
                "skriv host: imap.forening.example for en IMAP-server eller maildir: /var/mail/nyt for en mappe"
            );
            reader.report(Diagnostic::error(ONE_MAILBOX, message).at(place).hint(hint));
            return None;
        }
    };
    reader.finish_or_guess(&COMMON_MISTAKES);
    settings
}

fn maildir(reader: &mut MappingReader<'_, '_>) -> Option<MaildirSettings> {
    let path = reader.text("maildir")?;
    let done = reader.text("done");
    check_folders(reader, &path.value, done.as_ref());
    let path = PathBuf::from(path.value);
    let done = done.map_or_else(|| path.join(USUAL_DONE), |done| PathBuf::from(done.value));
    Some(MaildirSettings { path, done })
}

fn imap(reader: &mut MappingReader<'_, '_>, tokens: TokenOrigin) -> Option<ImapSettings> {
    let host = mail_server::host(reader, &IMAP_SERVER);
    let has_port = reader.has_value("port");
    let number = if has_port { reader.number("port", 1, u16::MAX) } else { None };
    let security = mail_server::security(reader).unwrap_or(match number {
        Some(IMAP) => Security::StartTls,
        Some(_) | None => Security::Tls,
    });
    let usual = if security == Security::Tls { IMAPS } else { IMAP };
    let port = if has_port { number } else { Some(usual) };
    mail_server::check_port(reader, host.as_ref(), port, security, PORTS);
    mail_server::check_plaintext(reader, host.as_ref(), security);
    let reported = reader.diagnostics().len();
    let login = mail_server::login(reader, None, tokens);
    if login.is_none() && reader.diagnostics().len() == reported {
        missing(reader, "username", "nyhedsbrev@forening.example");
    }
    let ca_file = reader.text("ca_file").map(|path| PathBuf::from(path.value));
    let folder = reader.text("folder").map_or_else(|| "INBOX".to_owned(), |folder| folder.value);
    let done = reader.text("done");
    check_folders(reader, &folder, done.as_ref());
    let done = done.map(|done| done.value);
    Some(ImapSettings { host: host?.value, port: port?, security, login: login?, ca_file, folder, done })
}

/// Reports a folder for done messages that is the mailbox itself.
fn check_folders(reader: &mut MappingReader<'_, '_>, folder: &str, done: Option<&Spanned<String>>) {
    let Some(done) = done.filter(|done| done.value.eq_ignore_ascii_case(folder)) else { return };
    let message = message!("`done` is the folder that is read: {}", "`done` er den mappe, der læses: {}", done.value);
    reader.report(
        Diagnostic::error(SAME_FOLDER, message)
            .at(done.place.clone())
            .hint(message!("write the name of another folder", "skriv navnet på en anden mappe")),
    );
}
