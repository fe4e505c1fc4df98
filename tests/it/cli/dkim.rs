//! Signed letters, and keys that cannot sign.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use newsletter::letter::dkim::Signer;
use newsletter::letter::dkim::key::{Algorithm, PrivateKey};
use newsletter::letter::dkim::name::{Domain, KeyName, Selector};
use newsletter::letter::dkim::record::{DkimRecord, PublishedKey};
use newsletter::letter::dkim::verify;

use crate::needs::Need;
use crate::project::{Project, SETTINGS, files};

const DKIM: &str = "\
dkim:
  - {domain: forening.example, selector: nyt, key_file: keys/nyt.pem}
  - {domain: forening.example, selector: nyt-ed, key_file: keys/nyt-ed.pem}
";

/// A project with an RSA and an Ed25519 key.
pub(super) fn project(name: &str) -> Project {
    let key = |algorithm| PrivateKey::generate(algorithm).unwrap().to_pem().unwrap();
    let project = Project::new(name).file("newsletter.yaml", format!("{SETTINGS}{DKIM}"));
    let project = project.file("keys/nyt.pem", key(Algorithm::Rsa)).file("keys/nyt-ed.pem", key(Algorithm::Ed25519));
    project.mode("keys/nyt.pem", 0o600).mode("keys/nyt-ed.pem", 0o600)
}

fn signer(project: &Project, selector: &str) -> Signer {
    Signer {
        name: KeyName {
            domain: Domain::parse("forening.example").unwrap(),
            selector: Selector::parse(selector).unwrap(),
        },
        key: PrivateKey::parse(&project.read(&format!("keys/{selector}.pem"))).unwrap(),
    }
}

#[test]
fn every_letter_has_both_signatures_and_equals_the_dry_runs() {
    let project = project("dkim-signed");
    project
        .run("send issues/maj.md --dry-run --out dry")
        .succeeds_with("issues/maj.md: 3 recipients: 3 written\nwritten to dry; nothing was sent\n");
    assert_eq!(project.run("send issues/maj.md --yes").status, 0);
    let letters = project.outbox();
    assert_eq!(letters.len(), 3);
    for selector in ["nyt", "nyt-ed"] {
        let signer = signer(&project, selector);
        let published = PublishedKey::parse(&DkimRecord::of(&signer).unwrap().value).unwrap();
        for letter in letters.values() {
            let verdict = verify::verify(letter.as_bytes(), &signer.name, &published);
            assert_eq!(verdict, Ok(()), "{letter}");
        }
    }
    let dry: Vec<String> =
        files(&project.path("dry")).iter().map(|file| project.read(&format!("dry/{file}"))).collect();
    let dry = dry.iter().filter(|letter| letter.starts_with("DKIM-Signature: "));
    assert!(dry.clone().count() == 3 && dry.into_iter().all(|letter| letters.values().any(|other| letter == other)));
}

/// The keys are on the machine that sends; issues are written and reviewed elsewhere.
#[test]
fn check_and_preview_need_no_key() {
    let project = project("dkim-looked-at");
    fs::remove_dir_all(project.path("keys")).unwrap();
    assert_eq!(project.run("check").status, 0);
    assert_eq!(project.run("preview issues/maj.md").status, 0);
    project
        .run("send issues/maj.md --yes")
        .fails_with(78, "DIR/keys/nyt.pem cannot be used: No such file or directory (os error 2)");
    assert_eq!(project.reached(), Vec::<String>::new());
}

/// A key that OpenSSL makes.
fn openssl(words: &str) -> Vec<u8> {
    let output = Command::new("openssl").args(words.split(' ')).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

#[test]
fn a_key_that_cannot_sign_stops() {
    if !Need::OpenSsl.is_met() {
        return;
    }
    let project = project("dkim-wrong-keys");
    let check = |key: &[u8], error: &str| {
        project.write("keys/nyt.pem", key);
        let error = format!("the DKIM key DIR/keys/nyt.pem cannot be used: {error}");
        project.run("send issues/maj.md --yes").fails_with(78, &error);
    };
    check(&openssl("genrsa 1024"), "the RSA key has fewer than 2048 bits; to make a new one: newsletter dkim keygen");
    check(
        &openssl("genrsa -traditional 1024"),
        "the RSA key has fewer than 2048 bits; to make a new one: newsletter dkim keygen",
    );
    check(
        &openssl("genpkey -algorithm ED25519 -aes256 -pass pass:x"),
        "the key is encrypted with a passphrase; to remove it: openssl pkey -in FILE -out NEW",
    );
    check(&openssl("ecparam -name prime256v1 -genkey"), "unsupported kind of key: DKIM has RSA and Ed25519 only");
    check(b"\xff\xfe", "no private key in the file: `-----BEGIN PRIVATE KEY-----` and the lines below it are missing");
    let project = project.mode("keys/nyt.pem", 0o640);
    project
        .run("send issues/maj.md --yes")
        .fails_with(78, "DIR/keys/nyt.pem can be read by others (mode 0640): run chmod 600 on it");
    assert_eq!(project.reached(), Vec::<String>::new());
}

#[test]
fn keys_made_by_openssl_can_sign() {
    if !Need::OpenSsl.is_met() {
        return;
    }
    let project = project("dkim-openssl");
    for key in ["genrsa 2048", "genrsa -traditional 2048", "genpkey -algorithm ED25519"] {
        project.write("keys/nyt.pem", openssl(key));
        assert_eq!(project.run("send issues/maj.md --dry-run").status, 0, "{key}");
    }
}

/// A new key signs the same letters: the plan continues with the unsent ones.
#[test]
fn a_new_key_does_not_change_the_content() {
    let project = project("dkim-rotation");
    assert_eq!(project.run("send issues/maj.md --yes --limit 1").status, 0);
    assert_eq!(project.reached().len(), 1);
    project.edit("newsletter.yaml", "selector: nyt,", "selector: nyt2,");
    assert_eq!(project.run("send issues/maj.md --yes").status, 0);
    assert_eq!(project.reached().len(), 3);
}

#[test]
fn a_key_is_generated_published_and_checked() {
    let project = Project::new("dkim-commands");
    assert_eq!(project.run("dkim record").status, 78);
    let made = project.run("dkim keygen --json");
    let made: serde_json::Value = serde_json::from_str(&made.stdout).unwrap();
    assert_eq!(made["name"], "newsletter._domainkey.forening.example");
    let bits = fs::metadata(project.path(".newsletter/dkim/newsletter.pem")).unwrap().permissions().mode();
    assert_eq!(bits & 0o777, 0o600);
    let other = project.run("dkim keygen --type ed25519 --json");
    let other: serde_json::Value = serde_json::from_str(&other.stdout).unwrap();
    let before = project.read(".newsletter/dkim/newsletter.pem");
    assert_eq!(project.run("dkim keygen").status, 3);
    assert_eq!(project.read(".newsletter/dkim/newsletter.pem"), before, "a key is never written over");
    let lines = ["newsletter", "newsletter-ed25519"].map(|line| {
        format!("  - {{domain: forening.example, selector: {line}, key_file: .newsletter/dkim/{line}.pem}}\n")
    });
    project.write("newsletter.yaml", format!("{SETTINGS}dkim:\n{}", lines.concat()));
    let records = project.run("dkim record").stdout;
    assert_eq!(records.lines().count(), 2, "{records}");
    assert!(records.lines().all(|line| line.split('"').skip(1).step_by(2).all(|line| line.len() <= 255)), "{records}");
    project.write("both.txt", &records);
    project.run("dkim check --record both.txt").is(
        0,
        "newsletter._domainkey.forening.example: the key signs, and its record matches\n\
         newsletter-ed25519._domainkey.forening.example: the key signs, and its record matches\n",
        "",
    );
    project.write("one.txt", made["record"].as_str().unwrap());
    let run = project.run("dkim check --record one.txt");
    assert_eq!(run.status, 78);
    assert!(
        run.stderr.contains("newsletter-ed25519._domainkey.forening.example: the published record is of another key"),
        "{}",
        run.stderr
    );
    project.write("revoked.txt", "\"v=DKIM1; k=rsa; p=\"");
    assert!(project.run("dkim check --record revoked.txt").stderr.contains("revoked"));
    let secret: String = before.lines().nth(3).unwrap().to_owned();
    assert!(!format!("{made}{other}{records}").contains(&secret));
}
