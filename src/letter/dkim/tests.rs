use aws_lc_rs::signature::{RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, UnparsedPublicKey};

use super::*;
use crate::letter::dkim::key::{Algorithm, KeyError};
use crate::letter::dkim::name::{Domain, Selector};
use crate::letter::dkim::record::{DkimRecord, DkimRecordError, PublishedKey, TestMode};
use crate::letter::dkim::verify::{ParsedSignature, VerificationError, verify};
use crate::letter::letter_bytes::LetterBytes;

/// RFC 8463, appendix A.3.
const DINNER: &str = "\
DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=brisbane; t=1528637909; h=from : to :
 subject : date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus
 Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==
DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=test; t=1528637909; h=from : to : subject :
 date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3
 DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz
 dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=
From: Joe SixPack <joe@football.example.com>
To: Suzie Q <suzie@shopping.example.net>
Subject: Is dinner ready?
Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
Message-ID: <20030712040037.46341.5F8J@football.example.com>

Hi.

We lost the game.  Are you hungry yet?

Joe.
";
/// RFC 8463, appendix A.2.
const BRISBANE: &str = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
const TEST: &str = "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQi\
Y/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB";
/// RFC 8463, appendix A.1.
const SEED: &str = "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=\n";

const LETTER: &str = "\
From: Nyt <nyt@forening.example>\r\nTo: anna@a.example\r\nSubject: Nyt\r\nDate: Mon, 4 May 2026 09:00:00 +0200\r\n\
Message-ID: <1@forening.example>\r\nList-Unsubscribe: <mailto:nyt@forening.example>\r\nMIME-Version: 1.0\r\n\
Content-Type: text/plain\r\n\r\nDer er  nyt.\r\n";

fn signer(selector: &str, algorithm: Algorithm) -> Signer {
    Signer { name: name("forening.example", selector), key: PrivateKey::generate(algorithm).unwrap() }
}

fn name(domain: &str, selector: &str) -> KeyName {
    KeyName { domain: Domain::parse(domain).unwrap(), selector: Selector::parse(selector).unwrap() }
}

fn signed(signers: &Signers) -> String {
    let mut letter = LetterBytes::from(LETTER.as_bytes().to_vec());
    signers.sign(&mut letter).unwrap();
    String::from_utf8(letter.to_vec()).unwrap()
}

/// The result of verifying each key's signature.
fn verify_all(letter: &str, signers: &Signers) -> Vec<Result<(), VerificationError>> {
    let result = |signer: &Signer| {
        let published = PublishedKey::parse(&DkimRecord::of(signer).unwrap().value).unwrap();
        verify(letter.as_bytes(), &signer.name, &published)
    };
    signers.iter().map(result).collect()
}

#[test]
fn the_signatures_of_rfc_8463_are_valid() {
    let letter = DINNER.replace('\n', "\r\n");
    let brisbane = name("football.example.com", "brisbane");
    assert_eq!(verify(letter.as_bytes(), &brisbane, &PublishedKey::parse(BRISBANE).unwrap()), Ok(()));
    // The RSA key of the example has 1024 bits, which `verify` rejects (RFC 8301 §3.2 allows verifiers to); only the form
    // is checked.
    let parsed = ParsedSignature::find(letter.as_bytes(), &name("football.example.com", "test"));
    let parsed = parsed.unwrap_or_else(|error| panic!("{error}"));
    let key = PublishedKey::parse(TEST).unwrap().bytes();
    let key = UnparsedPublicKey::new(&RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, key);
    key.verify(&parsed.signed, &parsed.signature).unwrap();
    assert_eq!(parsed.body_hash, canonical::body_digest(canonical::split_header(letter.as_bytes()).1).as_ref());
}

#[test]
fn the_key_of_rfc_8463_gives_its_public_half() {
    let key = PrivateKey::parse(SEED).unwrap();
    assert_eq!(key.public_half().unwrap(), PublishedKey::parse(BRISBANE).unwrap().public_half);
    assert_eq!(format!("{key:?}"), "PrivateKey(ed25519, …)");
}

#[test]
fn any_change_or_addition_breaks_both_signatures() {
    let signers = Signers::new(vec![signer("r", Algorithm::Rsa), signer("e", Algorithm::Ed25519)]);
    let letter = signed(&signers);
    assert!(letter.ends_with(LETTER));
    assert_eq!(verify_all(&letter, &signers), [Ok(()), Ok(())]);
    assert_eq!(letter, signed(&signers), "the same letter has the same signatures");
    for (from, to, fault) in [
        ("Subject: Nyt", "Subject: Gammelt", VerificationError::Signature),
        ("From: Nyt", "From: ond@ond.example\r\nFrom: Nyt", VerificationError::Signature),
        ("\r\n\r\nDer", "\r\nFrom: ond@ond.example\r\n\r\nDer", VerificationError::Signature),
        ("\r\n\r\nDer", "\r\nReply-To: ond@ond.example\r\n\r\nDer", VerificationError::Signature),
        (
            "\r\n\r\nDer",
            "\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n\r\nDer",
            VerificationError::Signature,
        ),
        ("<mailto:nyt@", "<mailto:ond@", VerificationError::Signature),
        ("Der er", "der er", VerificationError::Body),
        ("nyt.\r\n", "nyt.\r\nMere.\r\n", VerificationError::Body),
    ] {
        assert_eq!(verify_all(&letter.replacen(from, to, 1), &signers), [Err(fault), Err(fault)], "{from} → {to}");
    }
    for (from, to) in
        [("Der er  nyt.", "Der er nyt. "), ("Subject: Nyt", "subject:\r\n\tNyt"), ("\r\nTo:", "\r\nX: y\r\nTo:")]
    {
        assert_eq!(verify_all(&letter.replacen(from, to, 1), &signers), [Ok(()), Ok(())], "{from} → {to}");
    }
}

#[test]
fn a_signature_is_folded() {
    let mut signer = signer("r", Algorithm::Rsa);
    signer.name.domain = Domain::parse(&format!("{}.{}.example", "a".repeat(60), "b".repeat(5))).unwrap();
    let signers = Signers::new(vec![signer]);
    let letter = signed(&signers);
    let field: Vec<&str> = letter.split("From: Nyt").next().unwrap().lines().collect();
    assert!(field.iter().all(|line| line.len() <= 78), "{field:#?}");
    assert!(field[0].starts_with("DKIM-Signature: v=1;") && field[1..].iter().all(|line| line.starts_with(' ')));
    assert_eq!(verify_all(&letter, &signers), [Ok(())]);
}

#[test]
fn a_generated_key_can_be_read() {
    for algorithm in [Algorithm::Rsa, Algorithm::Ed25519] {
        let key = PrivateKey::generate(algorithm).unwrap();
        let pem = key.to_pem().unwrap();
        let read = PrivateKey::parse(&pem.replace('\n', "\r\n")).unwrap();
        assert_eq!((read.algorithm(), read.public_half()), (algorithm, key.public_half()));
        assert_eq!(PrivateKey::parse(&pem[..pem.len() / 2]).err(), Some(KeyError::Damaged));
    }
}

#[test]
fn an_unusable_key_is_rejected() {
    let seed: String = SEED.trim().chars().rev().collect();
    for (text, error) in [
        ("", KeyError::NoKey),
        ("v=DKIM1; k=rsa", KeyError::NoKey),
        (&seed, KeyError::NoKey),
        ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", KeyError::PublicHalf),
        ("-----BEGIN PRIVATE KEY-----\nAA\n-----END PRIVATE KEY-----\n", KeyError::Damaged),
        ("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n", KeyError::Encrypted),
        ("-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n", KeyError::OtherAlgorithm),
    ] {
        assert_eq!(PrivateKey::parse(text).err(), Some(error), "{text}");
    }
}

#[test]
fn a_record_is_read_from_dig_and_from_zone_files() {
    let record = DkimRecord::of(&signer("nyt", Algorithm::Rsa)).unwrap();
    let published = PublishedKey::parse(&record.value).unwrap();
    let zone = record.zone_line();
    assert!(zone.split('"').skip(1).step_by(2).all(|string| string.len() <= 255), "{zone}");
    let dig = zone.split_once("( ").unwrap().1.trim_end_matches(" )").replace(';', "\\;");
    for text in [&record.value, &zone, &zone.replace("\" \"", "\"\n  \""), &dig] {
        assert_eq!(PublishedKey::all(text), [Ok(published.clone())], "{text}");
    }
    assert_eq!(PublishedKey::all(&format!("{dig}\n\"{BRISBANE}\"\n")).len(), 2);
}

#[test]
fn a_useless_record_is_rejected() {
    for (text, error) in [
        ("", DkimRecordError::NotDkim),
        ("v=spf1 -all", DkimRecordError::NotDkim),
        ("v=DKIM1; k=rsa; p=", DkimRecordError::Revoked),
        ("v=DKIM1; k=rsa", DkimRecordError::NoKey),
        ("v=DKIM1; p=a\u{e5}", DkimRecordError::NoKey),
        ("v=DKIM1; k=dsa; p=AAAA", DkimRecordError::OtherAlgorithm),
        ("v=DKIM1; h=sha1; p=AAAA", DkimRecordError::NoSha256),
        ("v=DKIM1; s=tlsrpt; p=AAAA", DkimRecordError::NotForMail),
    ] {
        assert_eq!(PublishedKey::all(text), [Err(error)], "{text}");
    }
    assert_eq!(PublishedKey::parse("p=AAAA; t=s:y").unwrap().test_mode, TestMode::Testing);
}
