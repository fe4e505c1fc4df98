//! Measures signing a letter of 40 kB (`cargo bench --bench signing`); targets: 320 µs with RSA, 50 µs with Ed25519.

use std::fmt::{Debug, Write};

use divan::Bencher;
use divan::counter::BytesCount;

use newsletter::letter::dkim::key::{Algorithm, PrivateKey};
use newsletter::letter::dkim::name::{Domain, KeyName, Selector};
use newsletter::letter::dkim::{Signer, Signers};
use newsletter::letter::letter_bytes::LetterBytes;

fn main() {
    divan::main();
}

/// Unwraps the input of a benchmark; without it, the figures mean nothing.
fn made<T, E: Debug>(result: Result<T, E>) -> T {
    result.unwrap_or_else(|error| panic!("{error:?}"))
}

/// A letter in quoted-printable with realistic white space: two spaces in some lines.
fn letter() -> Vec<u8> {
    let mut letter = String::from(
        "From: Nyt <nyt@forening.example>\r\nTo: =?utf-8?b?U8O4cmVu?= <soeren@kommune.example>\r\nSubject: Nyt fra\r\n \
         foreningen\r\nDate: Mon, 4 May 2026 09:00:00 +0200\r\nMessage-ID: <1@forening.example>\r\nList-Id:\r\n \
         <readers.forening.example>\r\nList-Unsubscribe: <https://forening.example/afmeld?t=0123456789abcdef01234567>,\r\n \
         <mailto:nyt@forening.example?subject=leave>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n\
         Precedence: bulk\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative;\r\n boundary=\"=_a1\"\r\n\r\n",
    );
    for line in 0.. {
        if letter.len() > 40_000 {
            break;
        }
        let gap = if line % 12 == 0 { "  " } else { " " };
        made(write!(letter, "<td style=3D\"padding:0 24px\">Linje{gap}{line:05} f=C3=A6llesskab og mere end det=\r\n"));
    }
    letter.into_bytes()
}

fn bench(bencher: Bencher<'_, '_>, algorithms: &[Algorithm]) {
    let signer = |algorithm: &Algorithm| Signer {
        name: KeyName {
            domain: made(Domain::parse("forening.example")),
            selector: made(Selector::parse("newsletter")),
        },
        key: made(PrivateKey::generate(*algorithm)),
    };
    let signers = Signers::new(algorithms.iter().map(signer).collect());
    let letter = letter();
    bencher.counter(BytesCount::new(letter.len())).with_inputs(|| LetterBytes::from(letter.clone())).bench_values(
        |mut letter| {
            made(signers.sign(&mut letter));
            letter
        },
    );
}

#[divan::bench]
fn rsa(bencher: Bencher<'_, '_>) {
    bench(bencher, &[Algorithm::Rsa]);
}

#[divan::bench]
fn ed25519(bencher: Bencher<'_, '_>) {
    bench(bencher, &[Algorithm::Ed25519]);
}

#[divan::bench]
fn both(bencher: Bencher<'_, '_>) {
    bench(bencher, &[Algorithm::Rsa, Algorithm::Ed25519]);
}
