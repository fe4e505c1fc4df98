//! Checks who can read the project's secrets, and whether this user can write what a run writes.

use std::fs::{self, Metadata};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::Access;

use crate::base::io_reason::io_reason;
use crate::base::message::{Message, message};
use crate::base::secret::SecretSource;
use crate::delivery::ledger::location::LedgerLocation;
use crate::ops::doctor::finding::{DoctorCheck, DoctorFinding, RemedyPlace};
use crate::ops::text::shell_word;
use crate::project::host_user;
use crate::project::run_history;
use crate::project::secrets;
use crate::project::settings::ledger::LedgerSettings;
use crate::project::{Project, SETTINGS_FILE, STATE};

const CHECK: DoctorCheck = DoctorCheck::Files;

/// A finding for each problem, or a single one if there are none.
pub(super) fn examine(project: &Project, program: &Path) -> Vec<DoctorFinding> {
    let secrets = secrets(project);
    let mut findings: Vec<DoctorFinding> = secrets.iter().filter_map(|file| secret(project.root(), file)).collect();
    let state = project.root().join(STATE);
    let folders = [state.clone(), project.outbox(), project.receipts_folder()];
    let ledger = match project.ledger() {
        Ok(LedgerLocation::File(path)) => Some(path),
        Ok(LedgerLocation::Server(_)) | Err(_) => None,
    };
    findings.extend(folders.iter().chain(&ledger).filter_map(|path| denied(project.root(), path, FileUse::Written)));
    // A file is replaced as a whole: its folder decides who can write it.
    let read_again = project.receipt_files().unwrap_or_default().into_iter().chain([run_history::path(project.root())]);
    findings.extend(read_again.filter_map(|path| denied(project.root(), &path, FileUse::Read)));
    findings.extend(private(&state));
    let read = [project.root().to_owned(), project.root().join(SETTINGS_FILE), state.clone()];
    findings.extend(read.iter().chain(&ledger).filter_map(|path| writable_by_all(path)));
    findings.extend(other_user(project.root(), program));
    if findings.is_empty() {
        let text = match secrets.len() {
            0 => message!("this user can write the project's files", "denne bruger kan skrive projektets filer"),
            _ => message!(
                "secrets are readable by their owner only, and this user can write the project's files",
                "hemmeligheder kan kun læses af deres ejer, og denne bruger kan skrive projektets filer"
            ),
        };
        findings.push(DoctorFinding::pass(CHECK, text));
    }
    findings
}

/// A file with a secret.
struct SecretFile {
    path: PathBuf,
    /// Its path, unless that may be the secret itself, under the wrong key.
    name: Message,
}

impl SecretFile {
    fn shown(path: PathBuf) -> Self {
        Self { name: Message::verbatim(path.display().to_string()), path }
    }
}

/// The files with secrets that the settings name, and the project's own key if there is one.
fn secrets(project: &Project) -> Vec<SecretFile> {
    let (settings, root) = (project.settings(), project.root());
    let of_ledger = match &settings.ledger {
        LedgerSettings::File(_) => None,
        LedgerSettings::Server(server) => server.password.as_ref(),
    };
    let logins = settings.login_secrets();
    let sources = logins.into_iter().chain(&settings.unsubscribe.secret).chain(of_ledger);
    let named = sources.filter_map(|source| match source {
        SecretSource::File(path) => {
            Some(SecretFile { path: root.join(path), name: secrets::password_file_name(root, path) })
        }
        SecretSource::Env(_) | SecretSource::Command(_) => None,
    });
    let keys = settings.dkim.iter().map(|key| SecretFile {
        path: project.key_path(key),
        name: secrets::key_file_name(root, Path::new(&key.key_file)),
    });
    let tokens = project.access_tokens().map(|tokens| tokens.file().to_owned());
    let google = settings.oauth.iter().filter_map(|oauth| oauth.secret_file()).map(|path| root.join(path));
    let own = google.chain(tokens).chain([project.key_file()]).filter(|path| path.exists());
    let mut files: Vec<SecretFile> = named.chain(keys).chain(own.map(SecretFile::shown)).collect();
    files.sort_by(|one, other| one.path.cmp(&other.path));
    files.dedup_by(|one, other| one.path == other.path);
    files
}

/// What is wrong with a file that has a secret.
fn secret(root: &Path, file: &SecretFile) -> Option<DoctorFinding> {
    let SecretFile { path, name } = file;
    let metadata = match fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) => {
            let reason = io_reason(&error);
            let message = message!("{name} cannot be used: {reason}", "{name} kan ikke bruges: {reason}");
            return Some(DoctorFinding::fail(CHECK, message).advice(message!(
                "create it, or correct its path in newsletter.yaml; the key takes a path, not the secret itself",
                "opret den, eller ret stien i newsletter.yaml; der skal stå en sti, ikke selve hemmeligheden"
            )));
        }
    };
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        let message = message!(
            "{name} can be read by other users (mode {mode:03o}): it is not used",
            "{name} kan læses af andre brugere (rettigheder {mode:03o}): den bruges ikke"
        );
        return Some(
            DoctorFinding::fail(CHECK, message).write(RemedyPlace::Shell, format!("chmod 600 {}", quoted(path))),
        );
    }
    denied(root, path, FileUse::Read)
}

/// What a run does with a file or folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FileUse {
    /// It writes to it.
    Written,
    /// It reads it.
    Read,
}

/// What is wrong with a file or folder that this user needs, if it exists.
fn denied(root: &Path, path: &Path, file_use: FileUse) -> Option<DoctorFinding> {
    let owner = fs::metadata(path).ok()?.uid();
    let needed = match file_use {
        FileUse::Written => Access::WRITE_OK,
        FileUse::Read => Access::READ_OK,
    };
    if rustix::fs::access(path, needed).is_ok() {
        return None;
    }
    let (name, owner_name) = (path.display(), host_user::name(owner));
    let message = match file_use {
        FileUse::Written => message!(
            "{name} cannot be written by this user; it belongs to {owner_name}",
            "{name} kan ikke skrives af denne bruger; den tilhører {owner_name}"
        ),
        FileUse::Read => message!(
            "{name} cannot be read by this user; it belongs to {owner_name}",
            "{name} kan ikke læses af denne bruger; den tilhører {owner_name}"
        ),
    };
    let finding = DoctorFinding::fail(CHECK, message).advice(message!(
        "run the command as the user who sends, or change the owner",
        "kør kommandoen som den bruger, der sender, eller skift ejer"
    ));
    // What root wrote belongs to the owner of the project; what belongs to anyone else may be right, and this user the wrong one.
    let user = rustix::process::geteuid().as_raw();
    let is_stray = owner == 0 && host_user::uid(root) == Some(user);
    let command = format!("sudo chown -R {} {}", shell_word(&host_user::name(user)), quoted(path));
    Some(if is_stray { finding.write(RemedyPlace::Shell, command) } else { finding })
}

/// What is wrong with a file or folder that decides what is sent, and to whom, if every user of the machine can change it.
fn writable_by_all(path: &Path) -> Option<DoctorFinding> {
    let mode = fs::metadata(path).ok()?.permissions().mode() & 0o7777;
    // With the sticky bit, a user can only remove their own files from a folder.
    if mode & 0o002 == 0 || mode & 0o1000 != 0 {
        return None;
    }
    let name = path.display();
    let message = message!(
        "every user of this machine can change {name} (mode {mode:03o}), and so decide what is sent",
        "alle brugere af maskinen kan ændre {name} (rettigheder {mode:03o}) og dermed bestemme, hvad der sendes"
    );
    Some(DoctorFinding::fail(CHECK, message).write(RemedyPlace::Shell, format!("chmod o-w {}", quoted(path))))
}

/// A warning if others can look into the folder of the ledger and the keys.
fn private(state: &Path) -> Option<DoctorFinding> {
    let mode = fs::metadata(state).ok().filter(Metadata::is_dir)?.permissions().mode() & 0o777;
    // The lowest digit is what all others may do.
    if mode.is_multiple_of(0o10) {
        return None;
    }
    // The files have their own permissions: their content stays private.
    let open = fs::read_dir(state).ok()?.flatten().filter_map(|entry| entry.metadata().ok());
    let is_open = open.filter(Metadata::is_file).any(|file| file.permissions().mode() & 0o004 != 0 && file.len() > 0);
    let message = message!(
        "files in {} can be read by every user of this machine",
        "filer i {} kan læses af alle brugere på maskinen",
        state.display()
    );
    is_open
        .then(|| DoctorFinding::warn(CHECK, message).write(RemedyPlace::Shell, format!("chmod 700 {}", quoted(state))))
}

/// A warning if root checks the project of another user: the findings do not show what that user can do.
fn other_user(root: &Path, program: &Path) -> Option<DoctorFinding> {
    let is_root = rustix::process::geteuid().is_root();
    let owner = fs::metadata(root).ok()?.uid();
    let message = message!(
        "`doctor` runs as root, and the project belongs to user {owner}, who may be unable to read its files",
        "du er root, og projektet tilhører bruger {owner}, som måske ikke kan læse alle filer"
    );
    (is_root && owner != 0).then(|| {
        let command = format!("sudo -u '#{owner}' {} -C {} doctor", quoted(program), quoted(root));
        DoctorFinding::warn(CHECK, message)
            .advice(message!("run the command as the user who sends", "kør kommandoen som den bruger, der sender"))
            .write(RemedyPlace::Shell, command)
    })
}

/// A path as an argument of a shell.
pub(super) fn quoted(path: &Path) -> String {
    shell_word(&path.display().to_string())
}
