//! Letters in folders: the project's outbox, and dry runs.

use std::fs;
use std::path::{Path, PathBuf};

use newsletter::delivery::folder::FolderTransport;
use newsletter::delivery::outbox::Outbox;
use newsletter::delivery::transport::{Payload, Transport};

use crate::book::with_in_flight;
use crate::smtp::envelope;

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    // It may be left over from the last run of the tests.
    let _ = fs::remove_dir_all(&folder);
    folder
}

fn deliver(transport: &dyn Transport, recipient: &str, body: &str) -> String {
    let mut connection = transport.open().unwrap();
    connection.offer(&envelope(recipient)).unwrap();
    with_in_flight(|in_flight| {
        connection.send(in_flight, &Payload { body: &body.as_bytes().to_vec().into(), next: None });
    });
    let outcome = connection.wait().outcome.outcome().to_string();
    connection.close();
    outcome
}

/// Every file below a folder, with its content.
fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            found.extend(files(&path).into_iter().map(|file| format!("{name}/{file}")));
        } else {
            found.push(format!("{name}: {}", fs::read_to_string(&path).unwrap()));
        }
    }
    found.sort();
    found
}

#[test]
fn a_second_delivery_replaces_the_first() {
    let folder = folder("outbox");
    let outbox = Outbox::new(folder.clone());
    let accepted = "accepted: 250 written to the outbox as 1@forening.example";
    assert_eq!(deliver(&outbox, "anna@kommune.example", "første"), accepted);
    assert_eq!(files(&folder), ["new/1@forening.example: første"]);
    deliver(&outbox, "anna@kommune.example", "anden");
    assert_eq!(files(&folder), ["new/1@forening.example: anden"]);

    fs::rename(folder.join("new/1@forening.example"), folder.join("cur/1@forening.example:2,S")).unwrap();
    deliver(&outbox, "anna@kommune.example", "tredje");
    assert_eq!(files(&folder), ["cur/1@forening.example:2,S: tredje"]);
}

#[test]
fn an_outbox_that_cannot_be_created_is_reported() {
    let folder = folder("no-outbox");
    fs::write(&folder, "a file").unwrap();
    let error = Outbox::new(folder.clone()).open().err().unwrap();
    let path = folder.join("tmp");
    assert_eq!(error.to_string(), format!("cannot create files in {}", path.display()));
    fs::remove_file(folder).unwrap();
}

#[test]
fn a_dry_run_writes_a_file_per_recipient() {
    let folder = folder("dry-run");
    let dry = FolderTransport::new(folder.clone());
    assert_eq!(
        deliver(&dry, "anna@kommune.example", "hej"),
        "accepted: 250 written to it-chiefs.da/anna@kommune.example.eml"
    );
    deliver(&dry, "-/bo@kommune.example", "hej");
    assert_eq!(
        files(&folder),
        ["it-chiefs.da/%2d%2fbo@kommune.example.eml: hej", "it-chiefs.da/anna@kommune.example.eml: hej"]
    );
}
