//! `dkim`: the keys that letters are signed with, and what the DNS has to say of them.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use crate::base::error::Error;
use crate::cli::exit::Exit;
use crate::cli::terminal::Terminal;
use crate::letter::dkim::key::{Algorithm, PrivateKey};
use crate::letter::dkim::name::{Domain, KeyName, Selector};
use crate::letter::dkim::record::{DkimRecord, DkimRecordError, PublishedKey, TestMode};
use crate::letter::dkim::verify;
use crate::letter::dkim::{Signer, Signers};
use crate::ops::text::with_causes;
use crate::project::Project;
use crate::project::files::read_typed;

/// The commands about DKIM keys.
#[derive(Debug, Subcommand)]
pub(crate) enum DkimCommand {
    /// Generate a key; print its DNS record and the lines for newsletter.yaml
    Keygen(DkimKeygenArgs),
    /// Print the DNS record of each key
    Record,
    /// Sign a test letter with each key and verify it, optionally with the published record
    Check(DkimCheckArgs),
}

/// Arguments of `dkim keygen`.
#[derive(Args, Debug)]
pub(crate) struct DkimKeygenArgs {
    /// Domain that signs [default: the domain of `from`]
    #[arg(long)]
    domain: Option<String>,
    /// Selector [default: newsletter for RSA, newsletter-ed25519 for Ed25519]
    #[arg(long)]
    selector: Option<String>,
    /// RSA (2048 bits) is verified everywhere; use Ed25519 only in addition to an RSA key
    #[arg(long = "type", value_enum, default_value_t = KeyType::Rsa, value_name = "TYPE")]
    kind: KeyType,
    /// Key file [default: .newsletter/dkim/SELECTOR.pem]
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

/// What is signed to try a key; nobody receives it.
const TRIAL: &[u8] = b"From: a@forening.example\r\nTo: b@forening.example\r\nSubject: trial\r\n\r\nNothing.\r\n";

/// Does what was asked for.
pub(super) fn run(terminal: &Terminal, project: &Project, command: &DkimCommand) -> Result<Exit, Error> {
    match command {
        DkimCommand::Keygen(keygen) => make(terminal, project, keygen),
        DkimCommand::Record => records(terminal, project),
        DkimCommand::Check(check) => check_records(terminal, project, check),
    }
}

fn make(terminal: &Terminal, project: &Project, keygen: &DkimKeygenArgs) -> Result<Exit, Error> {
    let (algorithm, usual) = match keygen.kind {
        KeyType::Rsa => (Algorithm::Rsa, "newsletter"),
        KeyType::Ed25519 => (Algorithm::Ed25519, "newsletter-ed25519"),
    };
    let domain = match &keygen.domain {
        None => Domain::of(&project.settings().from.address),
        Some(typed) => match Domain::parse(typed) {
            Ok(domain) => domain,
            Err(error) => return Ok(wrong(terminal, &format!("{typed} is no domain: {error}"))),
        },
    };
    let typed = keygen.selector.as_deref().unwrap_or(usual);
    let selector = match Selector::parse(typed) {
        Ok(selector) => selector,
        Err(error) => return Ok(wrong(terminal, &format!("{typed} is no selector: {error}"))),
    };
    let file = keygen.out.clone().unwrap_or_else(|| PathBuf::from(format!(".newsletter/dkim/{selector}.pem")));
    let Ok(key) = PrivateKey::generate(algorithm) else {
        return Ok(wrong(terminal, "no key could be made: there are no random numbers to be had"));
    };
    let path = project.keep_key(&file, &key)?;
    let signer = Signer { name: KeyName { domain, selector }, key };
    let record =
        DkimRecord::of(&signer).map_err(|source| Error::DkimKey { path: path.clone(), source: Box::new(source) })?;
    let line =
        format!("{{domain: {}, selector: {}, key_file: {}}}", signer.name.domain, signer.name.selector, file.display());
    terminal.json(&serde_json::json!({ "key_file": path, "name": record.name, "record": record.value }));
    terminal.say(&format!(
        "made {}\n\n1. Publish this record in the DNS:\n\n{}\n\n2. Look whether it is there:\n\n  \
         dig +short TXT {} | newsletter dkim check --record -\n\n3. Write this under `dkim:` in newsletter.yaml:\n\n  - {line}",
        path.display(),
        record.zone_line(),
        record.name,
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
        terminal.say(&record.zone_line());
    }
    Ok(Exit::Done)
}

/// Every key is tried before the command ends, so that all that is wrong is told at once.
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
        let name = format!("{}._domainkey.{}", key.selector, key.domain);
        let said = match project.signer(key) {
            Ok(signer) => verdict(signer, published.as_deref()),
            Err(error) => Err(with_causes(&error)),
        };
        let (good, what) = match &said {
            Ok(what) => (true, what),
            Err(what) => (false, what),
        };
        terminal.json(&serde_json::json!({ "name": name, "good": good, "said": what }));
        if good {
            terminal.say(&format!("{name}: {what}"));
        } else {
            exit = wrong(terminal, &format!("{name}: {what}"));
        }
    }
    Ok(exit)
}

/// What is good about a key, or what is wrong with it.
fn verdict(signer: Signer, published: Option<&[Result<PublishedKey, DkimRecordError>]>) -> Result<String, String> {
    let own = DkimRecord::of(&signer).map_err(|error| error.to_string())?;
    let wanted = PublishedKey::parse(&own.value).map_err(|error| error.to_string())?;
    let found = match published {
        None => None,
        Some(all) => Some(all.iter().flatten().find(|key| key.public_half == wanted.public_half).ok_or_else(|| {
            match all.iter().find_map(|key| key.as_ref().err()) {
                Some(error) => error.to_string(),
                None => "the record is another key's; publish the one that `newsletter dkim record` prints".to_owned(),
            }
        })?),
    };
    let name = signer.name.clone();
    let mut letter = TRIAL.to_vec();
    Signers::new(vec![signer]).sign(&mut letter).map_err(|error| error.to_string())?;
    verify::verify(&letter, &name, found.unwrap_or(&wanted)).map_err(|error| error.to_string())?;
    Ok(match found.map(|key| key.test_mode) {
        None => format!(
            "the key signs; to look at its record: dig +short TXT {} | newsletter dkim check --record -",
            own.name
        ),
        Some(TestMode::InForce) => "the key signs, and its record fits".to_owned(),
        Some(TestMode::Testing) => {
            "the key signs, and its record fits, but says t=y: many servers pay no heed to it".to_owned()
        }
    })
}

fn wrong(terminal: &Terminal, what: &str) -> Exit {
    terminal.problem(what);
    Exit::Settings
}

fn no_keys(terminal: &Terminal) -> Exit {
    wrong(terminal, "newsletter.yaml has no `dkim`: letters are not signed here; `newsletter dkim keygen` makes a key")
}
