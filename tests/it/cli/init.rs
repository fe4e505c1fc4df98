//! `init`: its questions, its options, and the files that it writes.

use std::fs;

use crate::conversation::converse;
use crate::project::{Project, files};
use crate::scripted::{Relay, Script};

/// The options for a complete project.
const OPTIONS: [&str; 6] =
    ["--name", "Grønt Fællesskab", "--from", "nyt@groent.example", "--address", "Havnegade 12, 9999 Eksempelby"];
/// The files that `init` writes.
const FILES: [&str; 12] = [
    ".gitignore",
    ".newsletter/key",
    ".newsletter/ledger.db",
    ".newsletter/ledger.db.lock",
    "audiences/members.yaml",
    "calendar.yaml",
    "issues/velkommen.md",
    "newsletter.yaml",
    "schemas/audience.json",
    "schemas/calendar.json",
    "schemas/issue.json",
    "schemas/newsletter.json",
];

#[test]
fn a_user_is_asked_in_their_language() {
    let project = Project::empty("init-asks").variable("LANG", "da_DK.UTF-8");
    let answers = ["Ø & Å: \"foreningen\"", "nyt@groent.example", "Havnegade 12, 9999 Eksempelby", "", "", ""];
    let shown = converse(&project, "newsletter init", &answers);
    let expected = "\
Svar på spørgsmålene; Enter vælger det, der står i parentes. Alt kan rettes bagefter. Ctrl-C opretter intet.
Navn på foreningen eller nyhedsbrevet: Ø & Å: \"foreningen\"
Afsenderens mailadresse, f.eks. nyt@forening.example: nyt@groent.example
Postadresse, som vises nederst i hver mail: gade, postnummer og by: Havnegade 12, 9999 Eksempelby
Farve på knapper og links, f.eks. blå eller #1F5FA8 [grøn]: 
Sproget i mailene (da, en, de, nb, sv) [da]: 
Mailserver, f.eks. smtp.forening.example, localhost, google eller microsoft365 [senere]: 
oprettede .gitignore
oprettede schemas, som gør, at en editor foreslår felter
oprettede audiences/members.yaml
oprettede issues/velkommen.md
oprettede calendar.yaml
oprettede newsletter.yaml
skriv nu i issues/velkommen.md, og se mailen imens:
  newsletter preview issues/velkommen.md --watch --open
slet så `draft: true` i filen, og send:
  newsletter send issues/velkommen.md
håndbogen: newsletter help håndbog
";
    assert_eq!((shown.status, shown.text.as_str()), (0, expected));
    assert_eq!(files(&project.path("")), FILES);
    project.run("--lang en check").succeeds_with("1 issue checked: no problems\n");
    project.edit("issues/velkommen.md", "draft: true\n", "");
    assert_eq!(project.run("send velkommen --yes").status, 0);
    assert_eq!(project.reached(), ["nyt@groent.example"]);
}

#[test]
fn an_answer_that_is_wrong_is_asked_for_again() {
    let project = Project::empty("init-again");
    let answers = [
        "",
        "Nyt",
        "nyt.groent.example",
        "nyt@groent.example",
        "nyt@groent.example",
        "Vej 1",
        "yelow",
        "",
        "pl",
        "en",
        "nyt@groent.example",
        "localhost:2525",
        "karen@groent.example",
    ];
    let shown = converse(&project, "newsletter init nyt", &answers);
    let said: Vec<&str> =
        shown.text.lines().filter(|line| line.starts_with("  ") && !line.contains("newsletter ")).collect();
    assert_eq!(
        said,
        [
            "  type a name",
            "  invalid mail address: the address has no @",
            "  type the street, the postcode and the town: the law requires them at the end of each mail",
            "  unknown colour `yelow`: did you mean yellow?",
            "  yellow: #856200 is taken, which is dark enough for white text on a button",
            "  unknown language `pl`: type one of da, en, de, nb, sv",
            "  this is a mail address; type the name of the mail server, such as smtp.forening.example",
        ]
    );
    assert_eq!(shown.status, 0, "{}", shown.text);
    assert!(project.read("nyt/newsletter.yaml").contains("  colour: \"#856200\"\n"));
    project.run("-C nyt check").succeeds_with("1 issue checked: no problems\n");
}

#[test]
fn a_password_is_typed_unseen_and_kept_by_itself() {
    let project = Project::empty("init-password");
    let mut answers = vec!["smtp.groent.example", "", "hemmelig%1", ""];
    let typed = "newsletter init --name Nyt --from nyt@groent.example --address 'Vej 1' --colour blå --lang en";
    let shown = converse(&project, typed, &answers);
    assert_eq!(shown.status, 0, "{}", shown.text);
    assert!(!shown.text.contains("hemmelig"), "{}", shown.text);
    assert!(shown.text.contains("User name at smtp.groent.example; `-` if it needs no login [nyt@groent.example]: "));
    assert_eq!(project.read(".newsletter/smtp-password"), "hemmelig%1");
    let mode = std::os::unix::fs::PermissionsExt::mode(
        &fs::metadata(project.path(".newsletter/smtp-password")).unwrap().permissions(),
    );
    assert_eq!(mode & 0o777, 0o600);
    assert!(!project.read("newsletter.yaml").contains("hemmelig"));
    project.run("check").succeeds_with("1 issue checked: no problems\n");
    // Without a password, its file is named.
    let project = Project::empty("init-password-later");
    answers[2] = "";
    let shown = converse(&project, typed, &answers);
    let hint = "write the relay's password to .newsletter/smtp-password, run chmod 600 .newsletter/smtp-password, and try the relay:\n  newsletter doctor\n";
    assert!(shown.text.contains(hint), "{}", shown.text);
    assert!(!project.path(".newsletter/smtp-password").exists());
}

#[test]
fn no_file_is_written_if_the_questions_are_not_answered() {
    let project = Project::empty("init-ends");
    let shown = converse(&project, "newsletter init nyt", &["Nyt", "nyt@groent.example"]);
    assert_eq!(shown.status, 3, "{}", shown.text);
    assert!(shown.text.ends_with("error: stopped; nothing was created\n"), "{}", shown.text);
    // Ctrl-C
    let shown = converse(&project, "newsletter init nyt", &["Nyt", "\u{3}"]);
    assert_ne!(shown.status, 0, "{}", shown.text);
    assert_eq!(files(&project.path("")), Vec::<String>::new());
}

#[test]
fn options_create_a_project_in_each_language() {
    for lang in ["da", "en", "de", "nb", "sv"] {
        let project = Project::empty(&format!("init-options-{lang}"));
        let words =
            [&["--lang", lang, "init", "--to", "karen@groent.example", "--colour", "#FFF"][..], &OPTIONS].concat();
        let wrong = project.run_words(&words);
        assert_eq!((wrong.status, files(&project.path("")).len()), (3, 0), "{}", wrong.stderr);
        let words =
            [&["--lang", lang, "init", "--to", "karen@groent.example", "--colour", "mørk rød"][..], &OPTIONS].concat();
        let created = project.run_words(&words);
        assert_eq!((created.status, created.stderr.as_str()), (0, ""));
        assert_eq!(files(&project.path("")), FILES);
        assert!(project.read("newsletter.yaml").contains(&format!("lang: {lang}\n")));
        project.run("--lang en check").succeeds_with("1 issue checked: no problems\n");
        assert_eq!(project.run("calendar --year 2030").status, 0);
    }
}

#[test]
fn options_that_are_wrong_or_missing_are_all_reported() {
    let project = Project::empty("init-wrong-options");
    project.run_words(&["init", "--from", "a@", "--relay", "smtp://a:b@c.example", "--to", "b"]).is(
        3,
        "",
        "error: --from: invalid mail address: nothing after the @\n\
         error: --relay: leave out the password: smtp://NAME@c.example\n\
         error: --to: invalid mail address: the address has no @\n",
    );
    project.run_words(&["init", "--name", "Nyt"]).fails_with(3, "write these options as well: --from, --address");
    let real = [&["init", "--relay", "smtp.forening.dk"][..], &OPTIONS].concat();
    let example = "--from: the sender's address is an example, and no mail server takes mail from it: type your own";
    project.run_words(&real).fails_with(3, example);
    assert_eq!(files(&project.path("")), Vec::<String>::new());
}

#[test]
fn the_first_letter_goes_to_the_officer_alone() {
    let relay = Relay::start(Script::default());
    let project = Project::empty("init-relay");
    let at = format!("localhost:{}", relay.port());
    let words = [&["init", "--relay", &at, "--to", "karen@groent.example"][..], &OPTIONS].concat();
    let created = project.run_words(&words);
    assert!(created.stdout.contains("\ntry the relay:\n  newsletter doctor\n"), "{}", created.stdout);
    project.edit("issues/velkommen.md", "draft: true\n", "");
    project.run("send velkommen --yes").succeeds_with("issues/velkommen.md: 1 recipient: 1 accepted by the relay\n");
    let recipients: Vec<String> = relay.finish().into_iter().filter(|line| line.starts_with("RCPT")).collect();
    assert_eq!(recipients, ["RCPT TO:<karen@groent.example>"]);
}

#[test]
fn existing_files_are_kept() {
    let project = Project::empty("init-there").file("README.md", "Min egen\n").file(".gitignore", "/target/\n/outbox");
    let project = project.file("issues/velkommen.md", "Min egen\n");
    let created = project.run_words(&[&["init"][..], &OPTIONS].concat());
    assert_eq!((created.status, created.stderr.as_str()), (0, "issues/velkommen.md exists and is unchanged\n"));
    assert!(created.stdout.starts_with("added to .gitignore what Git must not see\n"), "{}", created.stdout);
    assert_eq!(project.read("README.md") + &project.read("issues/velkommen.md"), "Min egen\nMin egen\n");
    let ignored = "/target/\n/outbox\n# State and personal data: keep them out of Git.\n/.newsletter/\n/preview/\n/export/\n/people/\n";
    assert_eq!(project.read(".gitignore"), ignored);
    project.run_words(&[&["init"][..], &OPTIONS].concat()).fails_with(3, "newsletter.yaml already exists");
    // A terminal is not asked before that is known.
    assert_eq!(converse(&project, "newsletter init", &[]).text, "error: newsletter.yaml already exists\n");
    let file = project.run("init README.md/nyt");
    assert_eq!(file.status, 74, "{}", file.stderr);
    let home = "the shell puts the home folder in place of `~` only where it is not in quotes";
    project.run("init ~/nyt").fails_with(3, home);
    assert!(!project.path("~").exists());
}

#[test]
fn a_run_that_fails_can_be_repeated() {
    // A folder in place of a file makes it fail halfway.
    let project = Project::empty("init-repeat").file("audiences", "");
    let words = [&["init"][..], &OPTIONS].concat();
    assert_eq!(project.run_words(&words).status, 74);
    assert!(!project.path("newsletter.yaml").exists());
    fs::remove_file(project.path("audiences")).unwrap();
    assert_eq!(project.run_words(&words).status, 0);
    assert_eq!(files(&project.path("")), FILES);
}

#[test]
fn a_light_colour_is_darkened_and_a_bare_ending_is_not_a_relay() {
    let project = Project::empty("init-gul");
    let mut words = vec!["init"];
    words.extend(OPTIONS);
    words.extend(["--yes", "--colour", "gul", "--relay", "dk"]);
    let output = project.run_words(&words);
    let said = "  gul: #856200 is taken, which is dark enough for white text on a button\n\
        error: --relay: `dk` is not the name of a mail server: type it as in smtp.forening.example:587, or `-` for later\n";
    assert_eq!((output.status, output.stderr.as_str()), (3, said));
    assert!(!project.path("newsletter.yaml").exists());
}
