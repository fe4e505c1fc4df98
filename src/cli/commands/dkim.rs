//! `dkim`: the keys that sign letters, and their DNS records.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use crate::base::error::Error;
use crate::base::message::{Message, composed, message};
use crate::cli::exit::Exit;
use crate::cli::terminal::Terminal;
use crate::letter::dkim::key::{Algorithm, PrivateKey};
use crate::letter::dkim::name::{Domain, KeyName, Selector};
use crate::letter::dkim::record::{DkimRecord, DkimRecordError, PublishedKey, TestMode};
use crate::letter::dkim::verify;
use crate::letter::dkim::{Signer, Signers};
use crate::letter::letter_bytes::LetterBytes;
use crate::ops::text::with_causes;
use crate::project::Project;
use crate::project::files::read_typed;

/// The commands about DKIM keys.
#[derive(Debug, Subcommand)]
pub(crate) enum DkimCommand {
    /// Generate a key; print its line for newsletter.yaml and its DNS record
    Keygen(DkimKeygenArgs),
    /// Print the DNS record of each key
    Record,
    /// Sign a test letter with each key and verify it, optionally with the published record
    Check(DkimCheckArgs),
}

/// Arguments of `dkim keygen`.
#[derive(Args, Debug)]
pub(crate) struct DkimKeygenArgs {
    /// Signing domain [default: the domain of `from`]
    #[arg(long)]
    domain: Option<String>,
    /// DKIM selector [default: newsletter for RSA, newsletter-ed25519 for Ed25519]
    #[arg(long)]
    selector: Option<String>,
    /// Key type; use Ed25519 only beside an RSA key, which all receivers can verify
    #[arg(long = "type", value_enum, default_value_t = KeyType::Rsa, value_name = "TYPE")]
    kind: KeyType,
    /// Write the key to this file [default: .newsletter/dkim/SELECTOR.pem]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// The algorithm of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum KeyType {
    Rsa,
    Ed25519,
}

/// Arguments of `dkim check`.
#[derive(Args, Debug)]
pub(crate) struct DkimCheckArgs {
    /// File with the published records, as `dig +short TXT NAME` prints them; `-` is standard input
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
}

/// The letter that is signed to test a key; it is never sent.
const TEST_LETTER: &[u8] = b"From: a@forening.example\r\nTo: b@forening.example\r\nSubject: trial\r\n\r\nNothing.\r\n";

/// Runs one of them.
pub(super) fn run(terminal: &Terminal, project: &Project, command: &DkimCommand) -> Result<Exit, Error> {
    match command {
        DkimCommand::Keygen(keygen) => generate(terminal, project, keygen),
        DkimCommand::Record => records(terminal, project),
        DkimCommand::Check(check) => check_records(terminal, project, check),
    }
}

fn generate(terminal: &Terminal, project: &Project, keygen: &DkimKeygenArgs) -> Result<Exit, Error> {
    let (algorithm, default_selector) = match keygen.kind {
        // Each key needs its own selector: two records under one name are undefined (RFC 6376 §3.6.2.2).
        KeyType::Rsa => (Algorithm::Rsa, "newsletter"),
        KeyType::Ed25519 => (Algorithm::Ed25519, "newsletter-ed25519"),
    };
    let domain = match &keygen.domain {
        None => Domain::of(&project.settings().from.address),
        Some(typed) => match Domain::parse(typed) {
            Ok(domain) => domain,
            Err(error) => {
                let problem = message!(
                    "`{typed}` is not a valid domain: {error}",
                    "`{typed}` er ikke et gyldigt domæne: {error}"
                );
                return Ok(fail(terminal, problem));
            }
        },
    };
    let typed = keygen.selector.as_deref().unwrap_or(default_selector);
    let selector = match Selector::parse(typed) {
        Ok(selector) => selector,
        Err(error) => {
            let problem =
                message!("`{typed}` is not a valid selector: {error}", "`{typed}` er ikke en gyldig selektor: {error}");
            return Ok(fail(terminal, problem));
        }
    };
    let file = keygen.out.clone().unwrap_or_else(|| PathBuf::from(format!(".newsletter/dkim/{selector}.pem")));
    let Ok(key) = PrivateKey::generate(algorithm) else {
        let problem = message!(
            "cannot generate a key: the system has no random numbers",
            "der kan ikke laves en nøgle: systemet har ingen tilfældige tal"
        );
        return Ok(fail(terminal, problem));
    };
    let path = project.write_key(&file, &key)?;
    let signer = Signer { name: KeyName { domain, selector }, key };
    let record =
        DkimRecord::of(&signer).map_err(|source| Error::DkimKey { path: path.clone(), source: Box::new(source) })?;
    let line =
        format!("{{domain: {}, selector: {}, key_file: {}}}", signer.name.domain, signer.name.selector, file.display());
    terminal.json(&serde_json::json!({ "key_file": path, "name": record.name, "record": record.value }));
    let (path, zone_line, name) = (path.display(), record.zone_line(), record.name);
    terminal.print_line(message!(
        "created {path}\n\n1. Write this under `dkim:` in newsletter.yaml:\n\n  - {line}\n\n2. Publish this DNS record:\n\n{zone_line}\n\n\
         3. Check that it is published:\n\n  dig +short TXT {name} | newsletter dkim check --record -",
        "oprettede {path}\n\n1. Skriv dette under `dkim:` i newsletter.yaml:\n\n  - {line}\n\n2. Udgiv denne DNS-post:\n\n{zone_line}\n\n\
         3. Se efter, at den er udgivet:\n\n  dig +short TXT {name} | newsletter dkim check --record -"
    ));
    Ok(Exit::Done)
}

fn records(terminal: &Terminal, project: &Project) -> Result<Exit, Error> {
    let keys = &project.settings().dkim;
    if keys.is_empty() {
        return Ok(no_keys(terminal));
    }
    for key in keys {
        let signer = project.signer(key)?;
        let record = DkimRecord::of(&signer)
            .map_err(|source| Error::DkimKey { path: project.key_path(key), source: Box::new(source) })?;
        terminal.json(&serde_json::json!({ "name": record.name, "record": record.value }));
        terminal.print_line(Message::verbatim(record.zone_line()));
    }
    Ok(Exit::Done)
}

/// Checks every key before the command ends, so that all problems are reported at once.
fn check_records(terminal: &Terminal, project: &Project, check: &DkimCheckArgs) -> Result<Exit, Error> {
    let published = match &check.record {
        None => None,
        Some(path) => Some(PublishedKey::all(&read_typed(path)?)),
    };
    let keys = &project.settings().dkim;
    if keys.is_empty() {
        return Ok(no_keys(terminal));
    }
    let mut exit = Exit::Done;
    for key in keys {
        let name = KeyName { domain: key.domain.clone(), selector: key.selector.clone() }.to_string();
        let result = match project.signer(key) {
            Ok(signer) => check_key(signer, published.as_deref()),
            Err(error) => Err(with_causes(&error)),
        };
        let (Ok(message) | Err(message)) = &result;
        terminal.json(&serde_json::json!({ "name": name, "good": result.is_ok(), "message": message.english() }));
        let line = composed!("{name}: {message}");
        match &result {
            Ok(_) => terminal.print_line(line),
            Err(_) => exit = fail(terminal, line),
        }
    }
    Ok(exit)
}

/// Signs a letter with a key and verifies it; what was verified, or what is wrong.
fn check_key(signer: Signer, published: Option<&[Result<PublishedKey, DkimRecordError>]>) -> Result<Message, Message> {
    let own = DkimRecord::of(&signer).map_err(|error| Message::shown(&error))?;
    let expected = PublishedKey::parse(&own.value).map_err(|error| Message::shown(&error))?;
    let found =
        match published {
            None => None,
            Some(all) => Some(all.iter().flatten().find(|key| key.public_half == expected.public_half).ok_or_else(
                || match all.iter().find_map(|key| key.as_ref().err()) {
                    Some(error) => Message::shown(error),
                    None => message!(
                        "the published record is of another key; publish the one that `newsletter dkim record` prints",
                        "den udgivne DNS-post er til en anden nøgle; udgiv den, som `newsletter dkim record` viser"
                    ),
                },
            )?),
        };
    let name = signer.name.clone();
    let mut letter = LetterBytes::from(TEST_LETTER.to_vec());
    let result = Signers::new(vec![signer]).sign(&mut letter);
    result.map_err(|error| Message::shown(&error))?;
    let result = verify::verify(&letter, &name, found.unwrap_or(&expected));
    result.map_err(|error| Message::shown(&error))?;
    let name = own.name;
    Ok(match found.map(|key| key.test_mode) {
        None => message!(
            "the key signs; to check its record: dig +short TXT {name} | newsletter dkim check --record -",
            "nøglen kan signere; se DNS-posten efter med: dig +short TXT {name} | newsletter dkim check --record -"
        ),
        Some(TestMode::InForce) => {
            message!("the key signs, and its record matches", "nøglen kan signere, og DNS-posten passer til den")
        }
        Some(TestMode::Testing) => message!(
            "the key signs, and its record matches, but has t=y (testing): many servers ignore the signature",
            "nøglen kan signere, og DNS-posten passer, men har t=y (test): mange servere ser bort fra signaturen"
        ),
    })
}

fn fail(terminal: &Terminal, message: Message) -> Exit {
    terminal.problem(message);
    Exit::Settings
}

fn no_keys(terminal: &Terminal) -> Exit {
    fail(
        terminal,
        message!(
            "newsletter.yaml has no `dkim`, so letters are not signed; generate a key with `newsletter dkim keygen`",
            "newsletter.yaml har ingen `dkim`, så mails bliver ikke signeret; lav en nøgle med `newsletter dkim keygen`"
        ),
    )
}
