//! `person`: one person's data, and erasing it.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use newsletter::delivery::ledger;
use newsletter::delivery::ledger::location::LedgerLocation;
use serde_json::Value;

use crate::postgres;
use crate::project::{ISSUE, Project, SETTINGS, files};

/// Annika is in a CSV file, twice, and in an audience file; in the outbox, a preview, a dry run, and the errors of an
/// import. One issue is sent completely, and another one partly.
fn project(name: &str, more: &str) -> Project {
    begun(Project::new(name), more)
}

fn begun(project: Project, more: &str) -> Project {
    let issue = |title: &str| ISSUE.replace("Nyt i maj", title).replace("Der er nyt.", &format!("{title} er her."));
    let project = project
        .file("newsletter.yaml", format!("{SETTINGS}{more}"))
        .file("audiences/members.yaml", "name: Medlemmer\nlang: en\nrequire_consent: false\npeople: people/alle.csv\n")
        .file("people/alle.csv", "email;fornavn;consent\nbo@b.example;Bo;\nAnnika.Lind@A.example;Annika;opt-in 2024-02-01\n")
        .file("audiences/board.yaml", "recipients:\n  - email: annika.lind@a.example\n    first_name: Annika\n")
        .file("issues/april.md", issue("April"))
        .file("issues/maj.md", ISSUE)
        .file(
            "eksport.csv",
            "E-mail;Navn\nannika.lind@a.example;Annika\nannika.lind@a.example;Annika igen\ncarl@@c.example;Carl\nann@a.example;Ann\n",
        );
    assert_eq!(project.run("audience import eksport.csv --into members --yes").status, 0);
    fs::remove_file(project.path("eksport.csv")).unwrap();
    assert_eq!(project.run("send issues/april.md --yes").status, 0);
    assert_eq!(project.run("send issues/maj.md --yes --limit 1").status, 0);
    assert_eq!(project.run("preview issues/maj.md --as annika.lind@a.example").status, 0);
    assert_eq!(project.run("send issues/maj.md --dry-run --yes").status, 0);
    project
}

#[test]
fn show_prints_all_data_about_a_person() {
    let project = project("person-show", "");
    let output = project.run("person show ANNIKA.LIND@a.example");
    let of_today =
        |line: &&str| ["Message-ID <", "planned on ", ": 250 written to"].iter().any(|word| line.contains(word));
    assert_eq!((output.status, output.stderr.as_str()), (0, ""));
    assert_eq!(output.stdout.lines().filter(of_today).count(), 5, "{}", output.stdout);
    let reported: Vec<&str> = output.stdout.lines().filter(|line| !of_today(line)).collect();
    let letter = reported.iter().find(|event| event.contains("outbox/new/")).unwrap();
    let expected = "\
ANNIKA.LIND@a.example

lists
  audiences/board.yaml:2, for board: annika.lind@a.example
      first_name: Annika
      name: Annika
  people/alle.csv:3, for members: Annika.Lind@a.example
      first_name: Annika
      name: Annika
      consent: opt-in 2024-02-01

audiences
  board    in   audiences/board.yaml:2
  members  in   people/alle.csv:3

letters
  issues/april.md: in the outbox, edition members.en
      first_name: Annika
      name: Annika
      consent: opt-in 2024-02-01
  issues/maj.md: not sent yet, edition members.en
      first_name: Annika
      name: Annika
      consent: opt-in 2024-02-01

files
  audiences/board.yaml: your own file, line 2
OUTBOX
  people/alle.csv: your own file, line 3
  people/import_errors.csv: rejected rows of an import
  preview/maj/editions/index.html: a preview of their letter
  preview/maj/editions/members.en.eml: a preview of their letter
  preview/maj/letters/members.en/Annika.Lind@a.example.eml: a letter to them";
    assert_eq!(reported.join("\n"), expected.replace("OUTBOX", letter));
    let json: Value = serde_json::from_str(&project.run("person show annika.lind@a.example --json").stdout).unwrap();
    assert_eq!(json["audiences"][1]["because"], "people/alle.csv:3");
}

#[test]
fn export_writes_all_data_about_a_person() {
    let project = project("person-export", "");
    assert_eq!(project.run("suppression add bo@b.example --reason bounced").status, 0);
    let output = project.run("person export bo@b.example --out bo.json");
    assert_eq!((output.status, output.stdout.as_str(), output.stderr.as_str()), (0, "", ""));
    assert_eq!(fs::metadata(project.path("bo.json")).unwrap().permissions().mode() & 0o777, 0o600);
    let held: Value = serde_json::from_str(&project.read("bo.json")).unwrap();
    assert_eq!(held["lists"][0]["origin"], serde_json::json!({"path": "people/alle.csv", "line": 2}));
    assert_eq!(held["suppressions"][0]["reason"], "bounced");
    let letters = held["letters"].as_array().unwrap();
    let states: Vec<&Value> = letters.iter().map(|state| &state["state"]).collect();
    assert_eq!(states, ["accepted", "accepted"]);
    assert!(letters[0]["reply"].as_str().unwrap().starts_with("250 written to the outbox as "), "{}", letters[0]);
    assert_eq!(held["files"].as_array().unwrap().len(), 4, "{}", held["files"]);
}

#[test]
fn nothing_is_stored_about_an_unknown_address() {
    let project = Project::new("person-stranger");
    for command in ["show", "export"] {
        let output = project.run(&format!("person {command} gerda@g.example"));
        output.is(0, "", "no data about gerda@g.example\n");
    }
    project.run("person show gerda --log log").fails_with(3, "invalid address: the address has no @");
    assert!(!project.read("log").contains("gerda"));
}

/// The files below the project's folder in which a byte search finds the address, its local part or the name, plain, in
/// quoted-printable or in base64, except for the user's own lists.
fn remains(project: &Project) -> Vec<String> {
    let needles = ["annika.lind@a.example", "annika.lind", "annika=2elind", "annika", "lind=40a", "lind%40a"];
    let mut coded: Vec<String> = Vec::new();
    for word in ["annika.lind@a.example", "Annika.Lind@a.example", "annika.lind", "Annika.Lind", "Annika"] {
        coded.extend([0, 1, 2].map(|shift| base64(word, shift)));
    }
    let own = ["audiences/board.yaml", "people/alle.csv", "eksport.csv"];
    let all = files(&project.path("")).into_iter().filter(|file| !own.contains(&file.as_str()));
    all.filter(|name| {
        let text = String::from_utf8_lossy(&fs::read(project.path(name)).unwrap()).into_owned();
        // Quoted-printable may have a soft line break anywhere (RFC 2045 §6.7), and base64 a hard one.
        let plain = [&text, &text.replace("=\r\n", ""), name].map(|text_form| text_form.to_ascii_lowercase());
        let joined = text.replace(['\r', '\n'], "");
        needles.iter().any(|word| plain.iter().any(|text| text.contains(word)))
            || coded.iter().any(|word| joined.contains(word.as_str()))
    })
    .collect()
}

/// The part of a text's base64 that does not depend on its neighbours, if the text begins this many bytes after a group
/// of three.
fn base64(text: &str, shift: usize) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bytes = &text.as_bytes()[(3 - shift) % 3..];
    let digits = bytes.chunks_exact(3).flat_map(|chunk| {
        let bits = u32::from(chunk[0]) << 16 | u32::from(chunk[1]) << 8 | u32::from(chunk[2]);
        [18, 12, 6, 0].map(|at| char::from(DIGITS[(bits >> at & 63) as usize]))
    });
    digits.collect()
}

const FORGET: &str = "person erase ANNIKA.lind@a.example --yes";

#[test]
fn nothing_is_left_of_an_erased_person() {
    let project = project("person-forget", "");
    let status =
        |issue: &str| project.run(&format!("status issues/{issue}.md")).stdout.lines().next().unwrap().to_owned();
    let held = [
        ".newsletter/ledger.db",
        "outbox/new/LETTER",
        "people/import_errors.csv",
        "preview/maj/editions/index.html",
        "preview/maj/editions/members.en.eml",
        "preview/maj/editions/members.en.html",
        "preview/maj/editions/members.en.txt",
        "preview/maj/letters/members.en/Annika.Lind@a.example.eml",
    ];
    let found = remains(&project);
    let letter = found.iter().find(|file| file.starts_with("outbox/")).unwrap().clone();
    assert_eq!(found, held.map(|line| line.replace("outbox/new/LETTER", &letter)));
    let before = (status("april"), status("maj"));
    assert_eq!(before.1, "issues/maj.md: 3 recipients: 2 not sent yet, 1 in the outbox");

    let output = project.run(FORGET);
    assert_eq!((output.status, output.stderr.as_str()), (0, ""));
    let expected = format!(
        "\
ANNIKA.lind@a.example is erased: they get no more letters, and only a keyed hash is kept
  ledger: 2 letters anonymised; the totals stay the same

deleted, or rewritten without the address
  {letter}
  people/import_errors.csv
  preview/maj/editions
  preview/maj/letters/members.en/Annika.Lind@a.example.eml

to edit by hand
  audiences/board.yaml:2
  people/alle.csv:3

copies that cannot be reached from here
  backups and snapshots of this folder, the shell's history, and files copied elsewhere

a reply to send when that is done

Subject: Your data has been erased
"
    );
    assert!(output.stdout.starts_with(&expected), "{}", output.stdout);
    assert!(
        output.stdout.ends_with("Kind regards\nNyt fra foreningen\nGadevej 1, 8000 Aarhus C\n"),
        "{}",
        output.stdout
    );
    assert_eq!(remains(&project), Vec::<String>::new());
    assert!(project.read("people/import_errors.csv").contains("carl@@c.example"));
    let after = "issues/maj.md: 3 recipients: 1 not sent yet, 1 in the outbox, 1 suppressed";
    assert_eq!((status("april"), status("maj").as_str()), (before.0, after));
    project.run("ledger check").succeeds_with(
        "issues/april.md: 3 recipients: 3 in the outbox\n\
         issues/maj.md: 3 recipients: 1 not sent yet, 1 in the outbox, 1 suppressed\n\
         no damage found: 2 plans, 6 letters\n",
    );

    let json: Value = serde_json::from_str(&project.run(&format!("{FORGET} --json")).stdout).unwrap();
    assert_eq!(json["by_hand"], serde_json::json!(["audiences/board.yaml:2", "people/alle.csv:3"]));
    assert_eq!((&json["letters"], &json["files"]), (&serde_json::json!(0), &serde_json::json!([])));
    let again = project.run(FORGET);
    assert!(again.status == 0 && again.stdout.contains("ledger: 0 letters"), "{}", again.stdout);
    assert!(again.stdout.contains("edit by hand\n  audiences/board.yaml:2\n  people/alle.csv:3\n"), "{}", again.stdout);
}

#[test]
fn an_erased_person_does_not_come_back() {
    let project = project("person-forgotten", "");
    assert_eq!(project.run(FORGET).status, 0);
    let rest = project.run("send issues/maj.md --yes --replan");
    assert_eq!((rest.status, rest.stderr.as_str()), (0, ""));
    let reached: Vec<String> = project.reached();
    assert_eq!(reached, ["ann@a.example", "bo@b.example"]);
    assert_eq!(remains(&project), Vec::<String>::new());
    project.write("people/alle.csv", "email;fornavn\nbo@b.example;Bo\n");
    project.write(
        "eksport.csv",
        "email;navn\nANNIKA.LIND@A.example;Annika\nannika.lind@a.example;Annika\ncarl@c.example;Carl\n",
    );
    let import = project.run("audience import eksport.csv --into members --yes");
    assert!(import.stdout.contains(": 1 new"), "{}", import.stdout);
    assert!(
        import.stdout.contains("1 unsubscribed earlier and stays suppressed: ANNIKA.LIND@a.example"),
        "{}",
        import.stdout
    );
    assert_eq!(project.read("people/alle.csv").to_lowercase().matches("annika").count(), 0);
    assert_eq!(remains(&project), Vec::<String>::new());
}

#[test]
fn erasing_needs_confirmation_and_no_active_run() {
    let project = project("person-forget-not", "");
    let asked = "cannot ask for confirmation without a terminal; use `--yes`";
    project.run("person erase annika.lind@a.example").fails_with(3, asked);
    let path = LedgerLocation::File(project.path(".newsletter/ledger.db"));
    let held = ledger::open::open_to_write(&path).unwrap();
    project.run(FORGET).fails_with(4, "another run is sending from this project");
    drop(held);
    assert_eq!(remains(&project).len(), 8);
}

#[test]
fn a_letter_in_doubt_to_an_erased_person_is_not_sent_again() {
    let project = project("person-forget-doubt", "");
    let ledger = rusqlite::Connection::open(project.path(".newsletter/ledger.db")).unwrap();
    ledger.execute_batch("UPDATE delivery SET state = 'in_doubt' WHERE plan = 1").unwrap();
    drop(ledger);
    assert_eq!(project.run(FORGET).status, 0);
    assert_eq!(project.run("resolve issues/april.md --resend").status, 75);
    let status = project.run("status issues/april.md").stdout;
    assert!(status.starts_with("issues/april.md: 3 recipients: 2 not sent yet, 1 suppressed\n"), "{status}");
}

/// Fails if the files of the ledger's tables contain the name.
const IN_NO_TABLE: &str = "CHECKPOINT; DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM unnest(ARRAY['letter', 'letter_key', 'delivery', 'suppression']) AS name
      WHERE encode(pg_read_binary_file(pg_relation_filepath(('forgetful.' || name)::regclass)), 'escape') ILIKE '%annika%')
    THEN RAISE EXCEPTION 'the name is in a file'; END IF; END $$";

#[test]
fn a_person_is_erased_from_a_shared_ledger() {
    let Some(server) = postgres::server() else { return };
    let more = format!("ledger:\n  url: {}\n  schema: forgetful\n  password_file: kodeord\n", server.url(""));
    let project = Project::new("person-forget-shared").trusted().file("kodeord", server.fact("PASSWORD"));
    let project = begun(project.mode("kodeord", 0o600), &more);
    let before = project.run("status").stdout;
    assert!(project.run("ledger export").stdout.contains("Annika.Lind@a.example"));
    let output = project.run(FORGET);
    assert_eq!((output.status, output.stderr.as_str()), (0, ""));
    assert!(output.stdout.contains("2 letters anonymised"), "{}", output.stdout);
    assert!(output.stdout.contains("the database server's write-ahead log, backups and replicas"), "{}", output.stdout);
    assert!(!output.stdout.contains("VACUUM"), "{}", output.stdout);
    assert_eq!(remains(&project), Vec::<String>::new());
    for command in ["ledger export", "suppression list", "suppression list --json"] {
        assert!(!project.run(command).stdout.to_lowercase().contains("annika"), "{command}");
    }
    server.execute(IN_NO_TABLE);
    let after = before.replace("2 not sent yet, 1 in the outbox", "1 not sent yet, 1 in the outbox, 1 suppressed");
    assert_eq!(project.run("status").stdout, after);
    assert_eq!(project.run("send issues/maj.md --yes").status, 0);
    assert!(!project.reached().contains(&"Annika.Lind@a.example".to_owned()));
    server.execute("INSERT INTO forgetful.holder (plan, expires) VALUES (1, now() + interval '1 hour')");
    project.run(FORGET).fails_with(4, "another run is sending from this project");
}
