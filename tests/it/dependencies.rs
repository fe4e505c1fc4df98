//! What the program is built from: banned crates, their number, and the Rust version that they need.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;

/// The most crates that a build may have, including this one: each costs build time, and trust in its authors.
const MOST_CRATES: usize = 275;
/// Named in Cargo.lock by an optional feature of rustls-webpki that is never enabled, and so never built.
const LISTED_ONLY: [&str; 1] = ["ring"];

/// What Cargo answers about this package, from `Cargo.lock` and without a network.
fn cargo(words: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO"));
    command.args(words).args(["--locked", "--offline"]).current_dir(env!("CARGO_MANIFEST_DIR"));
    let output = command.output().unwrap();
    assert!(output.status.success(), "cargo {words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The crates that `deny.toml` refuses.
fn banned() -> Vec<&'static str> {
    let bans = include_str!("../../deny.toml").split_once("\ndeny = [").unwrap().1.split_once("\n]").unwrap().0;
    let banned: Vec<&str> = bans.split("crate = \"").skip(1).map(|ban| ban.split_once('"').unwrap().0).collect();
    assert!(banned.contains(&"openssl"), "deny.toml is not read: {banned:?}");
    banned
}

#[test]
fn no_banned_crate_is_in_the_lock_file() {
    let lock = include_str!("../../Cargo.lock");
    let listed = banned().into_iter().filter(|name| lock.contains(&format!("name = \"{name}\"\n")));
    assert_eq!(listed.collect::<Vec<_>>(), LISTED_ONLY);
}

#[test]
fn a_build_has_few_crates_and_none_that_is_banned() {
    let tree = |edges| cargo(&["tree", "--prefix", "none", "--format", "{p}", "--edges", edges]);
    let with_tests = tree("normal,build,dev");
    let names: BTreeSet<&str> = with_tests.lines().filter_map(|line| line.split(' ').next()).collect();
    let built: Vec<&str> = banned().into_iter().filter(|name| names.contains(name)).collect();
    assert_eq!(built, Vec::<&str>::new());
    let without_tests = tree("normal,build");
    // A crate in two versions counts twice; `(*)` and `(proc-macro)` follow the name and version.
    let crates: BTreeSet<Vec<&str>> = without_tests.lines().map(|line| line.split(' ').take(2).collect()).collect();
    assert!(crates.len() <= MOST_CRATES, "a build has {} crates, more than {MOST_CRATES}", crates.len());
    assert!(crates.len() > 100, "cargo tree is not read");
}

/// `1.89` or `1.89.0`, to be compared.
fn version(text: &str) -> Vec<u32> {
    let mut parts: Vec<u32> = text.split('.').map(|part| part.parse().unwrap()).collect();
    parts.resize(3, 0);
    parts
}

#[test]
fn no_dependency_needs_a_newer_rust_than_ours() {
    let about_cargo = cargo(&["--version", "--verbose"]);
    let host = about_cargo.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    // Without the filter, Cargo also asks for crates of other systems, which may not have been downloaded.
    let metadata = cargo(&["metadata", "--format-version", "1", "--filter-platform", host]);
    let metadata: Value = serde_json::from_str(&metadata).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let ours = version(env!("CARGO_PKG_RUST_VERSION"));
    let newer = packages.iter().filter_map(|package| {
        let needed = package["rust_version"].as_str().filter(|needed| version(needed) > ours)?;
        Some(format!("{} {} needs Rust {needed}", package["name"], package["version"]))
    });
    assert_eq!(newer.collect::<Vec<_>>(), Vec::<String>::new());
    assert!(packages.len() > 100, "cargo metadata is not read");
}
