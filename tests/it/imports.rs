//! `audience import`: each folder of tests/cases/import contains the exports of one system and the expected result.

use std::fmt::Write;
use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::case::Case;
use crate::project::{ISSUE, MAY, Project, RunOutput, SETTINGS, files};

/// A project without people, in the time zone of the dates in the ledger.
fn empty(name: &str) -> Project {
    let project = Project::empty(name)
        .file("newsletter.yaml", format!("{SETTINGS}timezone: UTC\n"))
        .file(".newsletter/key", "0123456789abcdef".repeat(4));
    fs::create_dir_all(project.path("audiences")).unwrap();
    project.mode(".newsletter/key", 0o600).mode(".newsletter", 0o700).empty_ledger()
}

fn transcript(typed: &str, output: &RunOutput) -> String {
    format!("$ {typed}\n{}{}status {}\n", output.stdout, output.stderr, output.status)
}

/// Every file that an import may have written, and the suppressed addresses.
fn state(project: &Project) -> String {
    let mut reported = String::new();
    for folder in ["people", "audiences"] {
        for file in files(&project.path(folder)) {
            let text = project.read(&format!("{folder}/{file}")).replace('\u{feff}', "").replace("\r\n", "\n");
            write!(reported, "-- {folder}/{file}\n{text}").unwrap();
        }
    }
    let today = jiff::Timestamp::now().to_zoned_datetime(jiff::tz::TimeZone::UTC).date().to_string();
    reported + &transcript("suppression list", &project.run("suppression list")).replace(&today, "TODAY")
}

#[test]
fn exports_are_recognised_by_their_headers() {
    let mut wrong = String::new();
    for case in Case::all("import") {
        let system = &case.name;
        let project = empty(&format!("import-{system}"));
        let mut typed = "audience import --yes".to_owned();
        for file in case.inputs() {
            project.write(&format!("exports/{file}"), case.bytes(&file).unwrap());
            typed = format!("{typed} exports/{file}");
        }
        let mut reported = transcript(&typed, &project.run(&typed));
        if let Some(more) = case.text("typed.txt") {
            typed = format!("{typed} {}", more.trim());
            reported += &transcript(&typed, &project.run(&typed));
        }
        reported += &state(&project);
        if !case.holds("expected.txt", &reported) {
            writeln!(wrong, "== {system}\n{reported}").unwrap();
        }
        let before = state(&project);
        let again = project.run(&typed);
        let changes_nothing = again.status != 0 || again.stdout.contains(": 0 new, 0 changed");
        assert!(changes_nothing && state(&project) == before, "{system}, again: {}", again.stdout);
    }
    assert!(wrong.is_empty(), "{wrong}");
}

const MEMBERS: &str = "email;fornavn;organisation\nanna@a.example;Anna;A\nbo@b.example;Bo;B\ncarl@c.example;Carl;C\n";

/// A list with an additional column and an unreadable row, and an export of three of its people.
fn listed(name: &str) -> Project {
    empty(name)
        .file(
            "people/medlemmer.csv",
            "E-mail,First Name,noter\nbo@b.example,Bob,\"ringer, tit\"\ndan@d.example,Dan,\nkaput,,\n",
        )
        .file("audiences/members.yaml", "name: members\nreason: du er medlem\npeople: people/medlemmer.csv\n")
        .file("export.csv", MEMBERS)
}

#[test]
fn a_list_keeps_its_own_columns_and_rows() {
    let project = listed("import-own");
    project.run("audience import export.csv --yes").succeeds_with(
        "export.csv: a list of people, 3 rows: 3 read, 0 suppressed, 0 rejected
  email         email
  fornavn       first_name
  organisation  organisation
people/medlemmer.csv: 2 new, 1 changed, 0 unchanged, 1 not in the export (kept; `--sync` removes them)
  new columns: organisation
added /people/ to .gitignore
wrote people/medlemmer.csv
",
    );
    let list = "E-mail,First Name,noter,organisation\nbo@b.example,Bo,\"ringer, tit\",B\ndan@d.example,Dan,,\nkaput,,,\n\
                anna@a.example,Anna,,A\ncarl@c.example,Carl,,C\n";
    assert_eq!(project.read("people/medlemmer.csv"), list);
    let mode = |path: &str| fs::metadata(project.path(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("people/medlemmer.csv"), 0o600);
    let synced = project.run("audience import export.csv --yes --sync");
    assert!(
        synced.stdout.contains("0 new, 0 changed, 3 unchanged, 1 not in the export (removed)"),
        "{}",
        synced.stdout
    );
    assert_eq!(project.read("people/medlemmer.csv"), list.replace("dan@d.example,Dan,,\n", ""));
}

#[test]
fn a_sync_that_removes_many_needs_their_number() {
    let project = listed("import-yes-remove");
    let mut list = "email\n".to_owned();
    (1..=20).for_each(|at| list.extend(["p", &at.to_string(), "@x.example\n"]));
    let export = |people: usize| list.lines().take(people + 1).collect::<Vec<_>>().join("\n");
    project.write("people/medlemmer.csv", &list);
    // An export of which only the header and the first row arrived.
    project.write("export.csv", export(1));
    let said = project.run("audience import export.csv --sync --yes");
    assert_eq!(said.status, 3);
    assert_eq!(
        said.stderr,
        "error: --sync would remove 19 of 20 people from people/medlemmer.csv; nothing was written: is the export complete? If \
         so, add --yes-remove 19\n"
    );
    assert_eq!(project.run("audience import export.csv --sync --yes --yes-remove 18").status, 3);
    assert_eq!(project.read("people/medlemmer.csv"), list);
    // A fifth needs no number, and neither does one person of a short list.
    project.write("export.csv", export(16));
    assert_eq!(project.run("audience import export.csv --sync --yes").status, 0);
    project.write("export.csv", export(2));
    assert_eq!(project.run("audience import export.csv --sync --yes --yes-remove 14").status, 0);
    project.write("export.csv", export(1));
    assert_eq!(project.run("audience import export.csv --sync --yes").status, 0);
    project.write("export.csv", "email\nnobody@x.example\n");
    assert_eq!(project.run("audience import export.csv --sync --yes").status, 3);
    assert_eq!(project.read("people/medlemmer.csv"), "email\np1@x.example\n");
}

#[test]
fn nothing_is_written_without_confirmation() {
    let project = listed("import-no-yes");
    let before = state(&project);
    let output = project.run("audience import export.csv --sync");
    assert_eq!(output.status, 3);
    assert!(output.stdout.contains("2 new, 1 changed"), "{}", output.stdout);
    assert_eq!(output.stderr, "error: cannot ask for confirmation without a terminal; use `--yes`\n");
    assert_eq!(state(&project), before);
    assert!(!project.path(".gitignore").exists());
}

#[test]
fn an_import_does_not_bring_back_unsubscribed_people() {
    let project = listed("import-left")
        .file("unsubscribed.csv", "email\nanna@A.example\n")
        .file(MAY, ISSUE.replace("{{ greeting }}", "Hej."));
    project.run("audience import export.csv --yes");
    project.run("unsubscribe Bo@B.example").succeeds_with("1 address suppressed (unsubscribed)\n");
    let left = project.run("audience import unsubscribed.csv --yes");
    assert!(left.stdout.contains("suppressed: 1 new, 0 already known"), "{}", left.stdout);
    let list = project.read("people/medlemmer.csv");
    let again = project.run("audience import export.csv --yes --sync");
    assert!(
        again.stdout.contains("  2 unsubscribed earlier and stay suppressed: anna@a.example, bo@b.example"),
        "{}",
        again.stdout
    );
    assert_eq!(project.read("people/medlemmer.csv"), list.replace("dan@d.example,Dan,,\n", ""));
    project.edit("people/medlemmer.csv", "kaput,,,\n", "");
    let sent = project.run("send issues/maj.md --yes");
    assert_eq!(sent.status, 0, "{}", sent.stderr);
    assert_eq!(project.reached(), ["carl@c.example"]);
    project
        .run("suppression remove bo@b.example --because spurgte-selv-3-maj")
        .succeeds_with("1 address no longer suppressed, from the next issue on\n");
    let again = project.run("audience import export.csv --yes");
    assert!(again.stdout.contains("  1 unsubscribed earlier and stays suppressed: anna@a.example"), "{}", again.stdout);
}

#[test]
fn importing_an_own_export_changes_nothing() {
    let project = listed("import-round").file(
        "audiences/members.yaml",
        "name: members\nreason: du er medlem\npeople: people/medlemmer.csv\nlists: {roller: \"|\"}\n",
    );
    project.write(
        "people/medlemmer.csv",
        "email;first_name;last_name;lang;roller;noter\nanna@a.example;Anna;Østergård;da;\"it-chef|bruger\";\"en;\nto\"\n\
         bo@b.example;Bo;Ærø;;;\n",
    );
    let out = project.run("audience show members --csv");
    assert_eq!(out.status, 0, "{}", out.stderr);
    project.write("ud.csv", &out.stdout);
    let before = state(&project);
    let back = project.run("audience import ud.csv --yes");
    let reported = "people/medlemmer.csv: 0 new, 0 changed, 2 unchanged, 0 not in the export\n";
    assert!(back.stdout.contains(reported), "{}", back.stdout);
    assert_eq!(state(&project), before);
}

#[test]
fn an_import_needs_a_clear_target_and_system() {
    let project = listed("import-where")
        .file("people/andre.csv", "email\nx@x.example\n")
        .file("audiences/others.yaml", "people: people/andre.csv\n")
        .file("audiences/live.yaml", "people: {command: [cat, people/andre.csv], format: csv}\n");
    let stops = |typed: &str, error: &str| {
        let typed = format!("audience import export.csv --yes {typed}");
        let output = project.run(typed.trim());
        assert_eq!((output.status, output.stdout.as_str()), (3, ""), "{}", output.stderr);
        assert_eq!(output.stderr, format!("error: {error}\n"));
    };
    let several = "there are several lists: choose one with --into live, or --into members, or --into others";
    stops("", several);
    stops("--into member", "unknown audience `member`; did you mean `members`?");
    stops("--into medlemmer", "unknown audience `medlemmer`; did you mean `members`?");
    stops(
        "--into live",
        "the people of live are in `cat people/andre.csv`: an import can only be written to a CSV file",
    );
    stops("--into a/b", "`a/b` is neither a valid audience id nor the path of a CSV file");
    let unknown = "unknown system `outlook`; expected one of: heyloyalty, listmonk, keila, mailchimp, phplist, buttondown, \
                   brevo, activecampaign, kit, systemeio, substack, ghost, list";
    stops("--into members --from outlook", unknown);
    project.write("people/andre.csv", "email;navn\nx@x.example\n");
    stops("--into others", "people/andre.csv:2: this row has 1 cells, and the first line has 2; fix it first");
    let made = project.run("audience import export.csv --yes --into nye");
    assert_eq!(made.status, 0, "{}", made.stderr);
    assert_eq!(project.read("audiences/nye.yaml"), "name: nye\npeople: people/nye.csv\n");
    let path = project.run("audience import export.csv --yes --into people/tredje.csv");
    assert!(path.stdout.contains("people/tredje.csv: 3 new"), "{}", path.stdout);
}

#[test]
fn a_guessed_encoding_is_reported_with_names() {
    let export = "email;navn;by\na@a.example;Søren Ås;Ærø\nb@b.example;Åse;Aarhus\nc@c.example;Jørgen;Aarhus\nd@d.example;Zoë;Ry\n";
    let bytes: Vec<u8> = export.chars().map(|character| u8::try_from(u32::from(character)).unwrap()).collect();
    let project = empty("import-guessed").file("export.csv", bytes);
    let output = project.run("audience import export.csv --yes");
    let reported = "  not UTF-8, so it was read as Windows-1252; check these: Søren Ås, Åse, Jørgen\n";
    assert!(output.status == 0 && output.stdout.contains(reported), "{output:?}");
    let json = project.run("audience import export.csv --yes --json").stdout;
    assert!(json.contains("\"guessed\":[\"Søren Ås\",\"Åse\",\"Jørgen\"]"), "{json}");
    assert!(project.run("audience import export.csv --yes").stdout.contains("4 unchanged"));
    let project = project.file("export.csv", export);
    assert!(!project.run("audience import export.csv --yes").stdout.contains("Windows-1252"));
}
