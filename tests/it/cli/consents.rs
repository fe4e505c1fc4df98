//! Consent: where it is recorded, and what happens without it.

use crate::project::{ISSUE, MAY, Project, SETTINGS};

const LIST: &str = "email;navn;samtykke;samtykke_dato;samtykke_kilde;samtykke_tekst\n\
    anna@a.example;Anna;opt-in;12-01-2026;formular;2026-01\n\
    bo@b.example;Bo;nej;12-01-2026;formular;2026-01\n\
    cia@c.example;Cia;;3.2.2026;;\n\
    dan@d.example;Dan;member;i fjor;;\n";
const PROMISE: &str = "Vi skriver om foreningens møder, højst en gang om måneden.\n";
const DIGEST: &str = "828e2ba1666a7230ce662f2a5a4c56bd8995c5987f0b9eea383508845a5f0edf";

fn project(name: &str, list: &str) -> Project {
    Project::empty(&format!("consents-{name}"))
        .file("newsletter.yaml", SETTINGS)
        .file("audiences/members.yaml", "name: Medlemmer\npeople: people/alle.csv\n")
        .file("people/alle.csv", list)
        .file(MAY, ISSUE)
}

#[test]
fn consents_are_read_explained_and_shown() {
    let project = project("shown", LIST);
    let settings =
        format!("{SETTINGS}consent_texts:\n  2026-01:\n    file: consent/2026-01.md\n    sha256: {DIGEST}\n");
    project.write("newsletter.yaml", settings);
    project.write("consent/2026-01.md", PROMISE);
    let explained = |address: &str| project.run(&format!("audience explain {address}")).stdout;
    let anna = format!(
        "  people/alle.csv:2: consent opt-in, since 2026-01-12, by formular, to the text 2026-01 (SHA-256 {DIGEST})\n"
    );
    assert!(explained("anna@a.example").ends_with(&anna), "{}", explained("anna@a.example"));
    assert!(explained("bo@b.example").ends_with("  people/alle.csv:3: no consent is recorded\n"));
    assert!(explained("cia@c.example").ends_with("  people/alle.csv:4: consent consent, since 2026-02-03\n"));
    let json = project.run("audience explain anna@a.example --json").stdout;
    let json_end = format!(
        "{{\"address\":\"anna@a.example\",\"origin\":\"people/alle.csv:2\",\"consent\":{{\"basis\":\"opt-in\",\
        \"at\":\"2026-01-12\",\"source\":\"formular\",\"text\":\"2026-01\"}},\"text_sha256\":\"{DIGEST}\"}}\n"
    );
    assert!(json.ends_with(&json_end), "{json}");
    let output = project.run("audience show members --csv=comma");
    let csv = "email,lang,first_name,name,consent,consent_at,consent_source,consent_text\n\
        anna@a.example,,Anna,Anna,opt-in,2026-01-12,formular,2026-01\n\
        bo@b.example,,Bo,Bo,,,,\n\
        cia@c.example,,Cia,Cia,consent,2026-02-03,,\n\
        dan@d.example,,Dan,Dan,member,,,\n";
    assert_eq!(output.stdout, csv);
    let reported = "\"i fjor\" in consent_at is not a date, such as 2026-01-12 or 12-01-2026";
    assert!(output.stderr.contains(reported), "{}", output.stderr);
    let json = project.run("audience show members --json").stdout;
    assert!(json.contains("\"consent\":{\"basis\":\"member\",\"at\":null,\"source\":null,\"text\":null},\"origin\""));
}

#[test]
fn consents_are_read_from_yaml_and_json() {
    let project = project("keys", "")
        .file(
            "audiences/members.yaml",
            "name: Medlemmer\npeople: people/alle.jsonl\nrecipients:\n  \
            - {email: bo@b.example, consent: {basis: member, at: 2026-01-12, source: aftale, text: v1}}\n  \
            - {email: cia@c.example, consent: ja, consent_at: 2026-01-13}\n",
        )
        .file(
            "people/alle.jsonl",
            "{\"email\": \"anna@a.example\", \"consent\": {\"basis\": \"opt-in\", \"at\": \"2026-01-14\", \
            \"source\": \"api\", \"text\": \"v2\"}}\n",
        );
    let csv = "email,lang,consent,consent_at,consent_source,consent_text\n\
        anna@a.example,,opt-in,2026-01-14,api,v2\n\
        bo@b.example,,member,2026-01-12,aftale,v1\n\
        cia@c.example,,consent,2026-01-13,,\n";
    assert_eq!(project.run("audience show members --csv=comma").stdout, csv);
}

#[test]
fn a_send_without_required_consent_stops() {
    let project = project("demanded", LIST);
    let reported = "no consent is recorded for 1 of 4 readers of members: bo@b.example (people/alle.csv:3)";
    let dry = project.run("send issues/maj.md --dry-run");
    assert!(dry.status == 0 && dry.stderr.contains(&format!("warning[NL606]: {reported}")), "{}", dry.stderr);
    project.write("newsletter.yaml", format!("{SETTINGS}require_consent: true\n"));
    for command in ["send issues/maj.md --dry-run", "send issues/maj.md --yes", "check issues/maj.md"] {
        let output = project.run(command);
        assert!(
            output.status == 3 && output.stderr.contains(&format!("error[NL606]: {reported}")),
            "{}",
            output.stderr
        );
    }
    assert!(!project.path("outbox").exists());
    // A suppressed address needs no consent.
    project.run("unsubscribe bo@b.example");
    let output = project.run("send issues/maj.md --dry-run");
    assert!(output.status == 0 && !output.stderr.contains("NL606"), "{}", output.stderr);
    project.run_words(&["suppression", "remove", "bo@b.example", "--because", "asked for it"]);
    assert_eq!(project.run("preview issues/maj.md").status, 0);
    project.edit("audiences/members.yaml", "people:", "require_consent: false\npeople:");
    let output = project.run("send issues/maj.md --yes");
    assert!(output.status == 0 && !output.stderr.contains("NL606"), "{}", output.stderr);
}

#[test]
fn a_list_without_any_consent_is_reported_only_on_request() {
    let project = project("silent", "email\nanna@a.example\nbo@b.example\n");
    let warned = |settings: &str| {
        project.write("newsletter.yaml", format!("{SETTINGS}{settings}"));
        project.run("check issues/maj.md").stderr.contains("warning[NL606]: no consent is recorded for 2 of 2 readers")
    };
    assert!(!warned("") && warned("require_consent: warn\n") && !warned("require_consent: false\n"));
}
