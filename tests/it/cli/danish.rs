//! What the program prints in Danish: whole outputs of the commands that officers use, and a search for English in all
//! others.

use crate::project::{MAY, Project, RunOutput, SETTINGS};
use crate::scripted::{Relay, Script, Trick};

/// Words that are the same in both languages, or are names, in lower case. Text between backticks, or with a sign such
/// as `.`, `@` or `_`, is not a word.
const SHARED: &str = "\
    kb anna bo carl dora members board karen holm nyt maj juni foreningen message-id lix manual preheader pass \
    spam link links git europe/copenhagen unsubscribe suppression add mail web linkedin nyhedsbrev \
    generalforsamling text rsa ed25519 mailbox dkim email lang first name dig txt newsletter check record short \
    sha-256 det vigtigste hej alle møde søndag den kl læg kalenderen da address last selector velkommen til \
    nyhedsbrevet ok intet sted preview send watch open du får mailen fordi er april august september november";

/// Words of English that no Danish text has.
const ENGLISH: &str = "\
    the not of and are with was were from this which it its yet than no has letter letters issue issues recipient \
    recipients file files line lines written wrote";

fn is_in(list: &str, word: &str) -> bool {
    list.split(' ').any(|listed| listed == word)
}

/// The words of a line that are prose: what is quoted, and names with signs in them, is left out.
fn words(line: &str) -> Vec<String> {
    let prose: String = line.split('`').step_by(2).collect::<Vec<_>>().join(" ");
    let prose: String = prose.split('"').step_by(2).collect::<Vec<_>>().join(" ");
    let is_key = |word: &&str| word.contains(['{', '[', '<']);
    let words = prose.split_whitespace().filter(|word| !is_key(word));
    let words = words.map(|word| word.trim_matches(|sign: char| !sign.is_alphanumeric()));
    let is_word =
        |word: &&str| word.chars().all(|sign| sign.is_alphabetic() || sign == '-') && word.chars().count() > 1;
    words.filter(is_word).map(str::to_lowercase).collect()
}

/// The same project twice: one with an English user, and one with a Danish one.
struct Twins {
    english: Project,
    danish: Project,
    /// What is wrong so far.
    wrong: Vec<String>,
}

impl Twins {
    fn new(name: &str, make: impl Fn(&str) -> Project) -> Self {
        Self { english: make(&format!("{name}-en")), danish: make(&format!("{name}-da")), wrong: Vec::new() }
    }

    /// Runs a command in both, and notes each line of the Danish output that is English, wholly or in a part.
    fn run(&mut self, typed: &str) -> &mut Self {
        let output = |project: &Project, lang: &str| project.run(&format!("--lang {lang} {typed}"));
        let (english, danish) = (output(&self.english, "en"), output(&self.danish, "da"));
        if english.status != danish.status {
            self.wrong.push(format!("{typed}: exit status {} and {}", english.status, danish.status));
        }
        let lines = |output: &RunOutput| -> Vec<String> {
            let lines = output.stdout.lines().chain(output.stderr.lines()).map(str::to_owned);
            // What a diagnostic quotes of a file, and a mail to a reader, is in the language of its author.
            let is_quoted = |line: &String| {
                let number = line.trim_start().split(' ').next().unwrap_or_default();
                let is_of_file = line.contains(" | ") && number.bytes().all(|sign| sign.is_ascii_digit());
                is_of_file || line.starts_with("+ ") || line.starts_with("- ")
            };
            lines.take_while(|line| !line.starts_with("Emne: ")).filter(|line| !is_quoted(line)).collect()
        };
        let (english, danish) = (lines(&english), lines(&danish));
        // The calendar wraps its lines, and a title has more room in one of the languages.
        if english.len() != danish.len() && !typed.starts_with("calendar") || english.is_empty() {
            self.wrong.push(format!("{typed}: {} lines and {}:\n{}", english.len(), danish.len(), danish.join("\n")));
        }
        for line in &danish {
            let words = words(line);
            let is_same = english.contains(line) && words.iter().any(|word| !is_in(SHARED, word));
            let is_mixed = words.iter().any(|word| is_in(ENGLISH, word));
            if is_same || is_mixed {
                self.wrong.push(format!("{typed}: {line}"));
            }
        }
        self
    }

    /// Applies the same change to both.
    fn each(&mut self, change: impl Fn(&Project)) -> &mut Self {
        change(&self.english);
        change(&self.danish);
        self
    }

    /// Runs a command in both while a relay follows this script.
    fn run_with_relay(&mut self, typed: &str, tricks: &[(&'static str, Trick)]) -> &mut Self {
        let script = Script { tricks: tricks.to_vec(), ..Script::default() };
        let relays = [Relay::start(script.clone()), Relay::start(script)];
        self.english.relay(relays[0].port(), "");
        self.danish.relay(relays[1].port(), "");
        self.run(typed);
        for relay in relays {
            relay.finish();
        }
        self
    }

    #[track_caller]
    fn end(&self) {
        assert!(self.wrong.is_empty(), "{}", self.wrong.join("\n"));
    }
}

/// An issue with this front matter for the audience `members`.
fn issue(front: &str) -> String {
    format!("---\nsubject: Nyt\npreheader: Det vigtigste\naudiences: [members]\n{front}\n---\nHej alle.\n")
}

#[test]
fn what_is_written_and_checked_is_reported_in_danish() {
    Twins::new("danish-first", Project::empty)
        .run("init")
        .run("check")
        .run("preview issues/velkommen.md")
        .run("new Juni")
        .run("new Rettelse --correction-of issues/velkommen.md")
        .run("new ...")
        .run("status")
        .run("schedule")
        .run("report")
        .run("audience list")
        .run("send issues/velkommen.md --yes")
        .end();
    let project = |name: &str| {
        Project::new(name)
            .audience("board", &["Anna <anna@a.example>"])
            .file("issues/juni.md", issue("date: 2026-06-01").replace("[members]", "[members, board]"))
    };
    Twins::new("danish-checked", project)
        .run("check issues/juni.md")
        .run("check --explain NL000000")
        .run("preview issues/juni.md")
        .run("audience list")
        .run("audience show members")
        .run("audience show members --limit 1")
        .run("audience explain anna@a.example --issue issues/juni.md")
        .run("audience explain zoe@z.example --issue issues/juni.md")
        .run("audience explain zoe")
        .run("audience load")
        .run("audience diff audiences/members.yaml nothing")
        .run("audience list --html overlaps.html")
        .run("new Juli --like issues/juni.md")
        .run("approve issues/juni.md")
        .run("approve issues/juni.md --by Karen --yes")
        .run("approve issues/juni.md --by Karen --yes")
        .run("diff issues/maj.md issues/juni.md --people")
        .run("diff issues/juni.md")
        .run("diff nothing")
        .run("test issues/juni.md --to karen@k.example")
        .run("test issues/juni.md --to karen")
        .run("help nothing")
        .run("doctor --offline")
        .run("man pages")
        .run("trust")
        .run("trust --remove")
        .end();
}

#[test]
fn what_is_sent_is_reported_in_danish() {
    let refused = Trick::Say("550 5.1.1 Intet sted\r\n");
    let tricks = [
        ("RCPT", Trick::Say("250 2.1.5 OK\r\n")),
        ("RCPT", refused),
        ("dot", Trick::Say("250 2.0.0 OK\r\n")),
        ("dot", Trick::Close),
    ];
    let mut twins = Twins::new("danish-sent", Project::new);
    twins
        .run("send issues/maj.md")
        .run("cancel issues/maj.md")
        .run("resolve issues/maj.md --sent")
        .run_with_relay("send issues/maj.md --yes", &tricks)
        .run("status")
        .run("status issues/maj.md --letters")
        .run("status issues/maj.md --feedback")
        .run("status issues/maj.md anna@a.example")
        .run("status issues/maj.md bo@b.example")
        .run("status issues/maj.md carl@c.example")
        .run("status issues/maj.md zoe@z.example")
        .run("resolve issues/maj.md bo@b.example --sent")
        .run("cancel issues/maj.md")
        .run("send issues/maj.md --yes")
        .run("resolve issues/maj.md --resend")
        .run("send issues/maj.md --yes")
        .run("cancel issues/maj.md --yes")
        .run("send issues/maj.md --yes")
        .run("report --year 2026")
        .run("report --year 2026 --html report.html")
        .run("ledger check")
        .run("ledger prune")
        .run("ledger new")
        .run("ledger migrate nothing.db")
        .run("ledger rotate-key")
        .run("ledger accept-clock")
        .run("new --correction-of issues/maj.md")
        .end();
    let mut twins = Twins::new("danish-paused", Project::new);
    twins
        .run_with_relay("send issues/maj.md --yes", &[("MAIL", Trick::Say("550 5.7.1 Ukendt\r\n"))])
        .run_with_relay("send issues/maj.md --yes --limit 1", &[("RCPT", Trick::Say("450 4.2.0 Senere\r\n"))])
        .run("cancel issues/maj.md --yes")
        .end();
}

#[test]
fn what_is_scheduled_is_reported_in_danish() {
    let project = |name: &str| Project::new(name).file(MAY, issue("send_at: 2126-05-04 09:00"));
    Twins::new("danish-scheduled", project)
        .each(|project| {
            for (name, text) in [
                ("draft", issue("send_at: 2126-01-05 09:00\ndraft: true")),
                ("errors", issue("send_at: 2126-01-06 09:00\nsubjekt: x")),
                ("nobody", issue("send_at: 2126-01-08 09:00").replace("members", "closed")),
                ("long-ago", issue("send_at: 2020-01-09 09:00")),
            ] {
                project.write(&format!("issues/{name}.md"), text);
            }
            project.write("audiences/closed.yaml", "name: L\nreason: du er med\nrecipients: [dora@d.example]\n");
        })
        .run("suppression add dora@d.example")
        .run("schedule")
        .run("status")
        .run("status issues/draft.md")
        .run("run --dry-run")
        .run("run --verbose")
        .run("run")
        .run("send issues/maj.md --yes")
        .run("send issues/draft.md --yes")
        .run("send issues/long-ago.md --yes")
        .run("send issues/nobody.md --yes --now")
        .run("send issues/maj.md --yes --now --expect 7")
        .end();
    let calendar = "\
entries:
  - {title: Nyhedsbrev, kind: newsletter, every: month, from: 2127-02, until: 2127-04, audience: members, owner: Karen Holm, priority: must, done: [2127-02]}
  - {title: Generalforsamling, kind: meeting, when: 2127-05-26}
  - {title: Møde, kind: meeting, when: 2127-W12, channel: mail, deadlines: {draft: 8w, approved: 6w, sent: 4w}}
  - {title: Magasin, kind: campaign, when: 2127-Q2, channel: other, priority: could}
  - {title: Messe, kind: event, when: 1.-2. oktober 2127, channels: [web, linkedin]}
  - {title: Fest, kind: event, when: 30. september - 1. oktober 2127}
";
    Twins::new("danish-calendar", move |name| Project::new(name).file("calendar.yaml", calendar))
        .run("calendar --year 2127 --on 2127-04-08")
        .run("calendar --year 2126 --on 2127-04-08")
        .run("calendar --check --on 2127-04-08")
        .run("calendar --year 2127 --html year.html")
        .run("calendar --year 2127 --ics year.ics")
        .end();
}

#[test]
fn what_is_done_with_people_is_reported_in_danish() {
    let list = "Email Address,First Name,Last Name,MEMBER_RATING\nanna@a.example,Anna,Berg,2\nzoe,Zoe,Dam,2\n";
    Twins::new("danish-people", |name| Project::new(name).file("subscribed_members.csv", list))
        .run("audience import subscribed_members.csv --into people.csv")
        .run("audience import subscribed_members.csv --into people.csv --yes")
        .run("audience import subscribed_members.csv --into people.csv --yes")
        .run("audience import nothing.csv")
        .run("suppression add anna@a.example")
        .run("suppression add anna@a.example bo")
        .run("suppression list")
        .run("unsubscribe bo@b.example")
        .run("unsubscribe bo@b.example")
        .run("unsubscribe nobody")
        .run("unsubscribe bo@b.example --dry-run")
        .run("unsubscribe --spool")
        .run("audience explain bo@b.example")
        .run("suppression remove bo@b.example --because x")
        .run("suppression remove bo@b.example --because x")
        .run("suppression list")
        .run("send issues/maj.md --yes")
        .run("status")
        .run("person show bo@b.example")
        .run("person show zoe@z.example")
        .run("person erase bo@b.example")
        .run("person erase bo@b.example --yes")
        .run("person show bo@b.example")
        .run("inbox nothing")
        .end();
}

#[test]
fn what_is_exported_is_reported_in_danish() {
    let event = "\n::: event Møde\ntid: 4. maj 2127 kl. 9\n:::\n";
    let project = |name: &str| {
        let project = Project::new(name).file(MAY, issue("date: 2026-05-04 09:00\narchive: public") + event);
        let settings = project.read("newsletter.yaml");
        project.file("newsletter.yaml", format!("{settings}archive_url: \"https://forening.example/nyt/{{issue}}/\"\n"))
    };
    Twins::new("danish-exported", project)
        .run("export issues/maj.md --to web")
        .run("export --all --to web")
        .run("export issues/maj.md --to linkedin")
        .run("export issues/maj.md --to kit")
        .run("export issues/maj.md --to ics")
        .run("export issues/maj.md --to atom")
        .run("export --to kit")
        .each(|project| project.write("export/linkedin/maj.da.txt", "changed by hand"))
        .run("export issues/maj.md --to linkedin")
        .run("export issues/maj.md --to unsubscribe")
        .run("export --to unsubscribe")
        .run("dkim record")
        .run("dkim keygen")
        .run("serve")
        .end();
}

/// Checks what a command prints in Danish on standard output and on standard error.
#[track_caller]
fn says(project: &Project, typed: &str, status: i32, stdout: &str, stderr: &str) {
    project.run(&format!("--lang da {typed}")).is(status, stdout, stderr);
}

#[test]
fn an_issue_is_written_approved_and_sent() {
    let project = Project::new("danish-whole");
    says(&project, "new Juni", 0, "oprettede DIR/issues/juni.md\n", "");
    project.git("init -q");
    project.git("add issues audiences newsletter.yaml");
    project.git("commit -qm x");
    project.git("config user.name Karen");
    project.git("config user.email karen@k.example");
    let approved = project.run("--lang da approve issues/maj.md --yes");
    let (status, stdout) = (approved.status, approved.stdout.as_str());
    assert_eq!(
        (status, stdout),
        (0, "Karen godkender issues/maj.md; commit filen approvals/maj.yaml\n"),
        "{approved:?}"
    );
    let counted =
        "       3  members\n3 modtagere\n`send` kræver den ikke: skriv `approval: required` i newsletter.yaml\n";
    assert!(approved.stderr.starts_with("issues/maj.md, kode ") && approved.stderr.ends_with(counted), "{approved:?}");
    says(
        &project,
        "send issues/maj.md",
        3,
        "",
        "fejl: der kan ikke spørges om bekræftelse uden en terminal; brug `--yes`\n",
    );
    let written = "issues/maj.md: 3 modtagere: 3 lagt i outbox\n  skrevet til outbox/; intet er sendt. Skriv `smtp` i newsletter.yaml \
                   for at sende gennem en mailserver\n";
    says(&project, "send issues/maj.md --yes", 0, written, "");
    let again = written.replacen("3 modtagere", "der er ikke mere at sende. 3 modtagere", 1);
    says(&project, "send issues/maj.md --yes", 0, &again, "");
    let report = project.run("--lang da report --year 2020").stdout;
    let (first, last) = ("Nyt fra foreningen: 2020 i tal\n\nOpgjort den ", "\n\nDer er ikke sendt noget i 2020.\n");
    assert!(report.starts_with(first) && report.ends_with(last), "{report}");
}

#[test]
fn a_status_says_what_has_become_of_each_letter() {
    let tricks = vec![
        ("RCPT", Trick::Say("250 2.1.5 OK\r\n")),
        ("RCPT", Trick::Say("550 5.1.1 No such user\r\n")),
        ("dot", Trick::Say("250 2.0.0 Queued\r\n")),
        ("dot", Trick::Close),
    ];
    let relay = Relay::start(Script { tricks, ..Script::default() });
    let project = Project::with_relay("danish-status", relay.port());
    let totals = "issues/maj.md: 3 modtagere: 1 modtaget af mailserveren, 1 afvist, 1 i tvivl\n";
    let advice = "  se adresser og årsager med `newsletter status issues/maj.md --failed`
  i tvivl: forbindelsen gik tabt, før mailserveren svarede. Spørg den, der passer mailserveren, og kør så \
                  `newsletter resolve issues/maj.md --sent` (de er nået frem) eller `--resend`\n";
    let reasons = "  1 afvist: 550 5.1.1 No such user\n  1 i tvivl: forbindelsen røg ved slutningen af mailen\n";
    says(&project, "send issues/maj.md --yes", 1, &format!("{totals}{reasons}{advice}"), "");
    relay.finish();
    says(&project, "status issues/maj.md", 0, &format!("{totals}  emne: Nyt i maj\n{advice}"), "");
}

#[test]
fn a_schedule_says_what_is_sent_and_what_is_not() {
    let project = Project::new("danish-schedule").file(MAY, issue("send_at: 2126-05-04 09:00"));
    says(&project, "run", 0, "", "");
    project.write("issues/draft.md", issue("send_at: 2126-01-05 09:00\ndraft: true"));
    project.write("issues/errors.md", issue("send_at: 2126-01-06 09:00\nsubjekt: x"));
    let schedule = "\
lør 2126-01-05 09:00  issues/draft.md   ikke sendt: kladde
søn 2126-01-06 09:00  issues/errors.md  ikke sendt: 1 fejl; se `newsletter check issues/errors.md`
lør 2126-05-04 09:00  issues/maj.md     3 mails
Tidspunkterne er i Europe/Copenhagen.
";
    says(&project, "schedule", 0, schedule, "");
    let due = Project::new("danish-due").file(MAY, issue("send_at: 2020-05-04 09:00")).always_due();
    says(&due, "run --dry-run", 0, "issues/maj.md: 3 mails ville blive sendt nu\n", "");
}

#[test]
fn audiences_are_listed_in_columns() {
    let project = Project::new("danish-audiences").audience("board", &["Anna <anna@a.example>"]);
    let list = "    målgruppe  medlemmer  også i  1  2
 1  board              1          ·  1
 2  members            3          1  ·
";
    says(&project, "audience list", 0, list, "");
    let members = "\
email           first_name  name
anna@a.example  Anna        Anna
bo@b.example    Bo          Bo
1 til 2 af 3 medlemmer; næste side: --offset 2
";
    says(&project, "audience show members --limit 2", 0, members, "");
}

#[test]
fn a_command_line_that_cannot_be_read_is_reported() {
    let project = Project::new("danish-typed");
    let more = "Tilføj `--help` for at se mere (på engelsk).\n";
    for (typed, said) in [
        ("sned maj", "ukendt kommando `sned`: mente du `send`?\nSkriv: newsletter [OPTIONS] <COMMAND>\n"),
        ("xyz", "ukendt kommando `xyz`; `newsletter help` viser kommandoerne\nSkriv: newsletter [OPTIONS] <COMMAND>\n"),
        ("new", "der mangler `<TITLE>`\nSkriv: newsletter new <TITLE>\n"),
        ("send maj --yess", "`--yess` kan ikke bruges her: mente du `--yes`?\nSkriv: newsletter send --yes <ISSUE>\n"),
        (
            "new Nyt i maj",
            "`i` kan ikke bruges her: sæt anførselstegn om ord, der hører sammen\nSkriv: newsletter new [OPTIONS] [TITLE]\n",
        ),
        ("report 2025", "`2025` kan ikke bruges her: mente du `--year 2025`?\nSkriv: newsletter report [OPTIONS]\n"),
        ("send maj --log-format x", "`x` kan ikke bruges til `--log-format <FORMAT>`: en af text, json, journal\n"),
        ("send maj --limit", "skriv en værdi efter `--limit <N>`\n"),
        ("send maj --limit to", "`to` kan ikke bruges til `--limit <N>`: skriv et tal\n"),
        ("calendar --on 1/2", "`1/2` kan ikke bruges til `--on <DATE>`: skriv en dag med årstal, f.eks. 2026-12-24\n"),
        ("calendar --year 1", "`1` kan ikke bruges til `--year <YEAR>`: skriv et tal fra 1900 til 2999\n"),
        ("send maj --limit 0", "`0` kan ikke bruges til `--limit <N>`: skriv et tal fra 1 og op\n"),
        ("check --yes --yes", "`--yes` kan ikke bruges her\nSkriv: newsletter check [OPTIONS] [ISSUES]...\n"),
        (
            "send maj --limit 1 --limit 2",
            "`--limit <N>` kan kun bruges én gang\nSkriv: newsletter send [OPTIONS] <ISSUE>\n",
        ),
    ] {
        says(&project, &format!("--lang da {typed}"), 2, "", &format!("fejl: {said}{more}"));
    }
    // The language is that of the environment, or of the project; help is in English.
    let english = project.run("sned maj");
    assert!(english.status == 2 && english.stderr.starts_with("error: unrecognized subcommand"), "{}", english.stderr);
    let settings = format!("{SETTINGS}lang: da\n");
    let danish =
        Project::new("danish-typed-here").file("newsletter.yaml", settings).variable("LANG", "").run("sned maj");
    assert!(danish.stderr.starts_with("fejl: ukendt kommando"), "{}", danish.stderr);
    assert_eq!(project.run("--lang da send --help").stdout, project.run("send --help").stdout);
}

#[test]
fn a_project_is_created() {
    let created = "\
oprettede .gitignore
oprettede schemas, som gør, at en editor foreslår felter
oprettede audiences/members.yaml
oprettede issues/velkommen.md
oprettede newsletter.yaml
";
    let output = Project::empty("danish-init").run("--lang da init");
    assert_eq!((output.status, output.stderr.as_str()), (0, ""));
    assert!(output.stdout.starts_with(created) && output.stdout.contains("issues/velkommen.md"), "{}", output.stdout);
}

#[test]
fn days_parsers_and_files_are_in_danish() {
    let project = Project::new("danish-details").variable("LANG", "da_DK.UTF-8");
    project.edit(MAY, "date: 2026-05-04 09:00", "send_at: 2099-01-03 09:00");
    let checked = project.run("check issues/maj.md").stderr;
    assert!(checked.contains("advarsel[NL762]: `send_at` er på en lørdag: den 3. januar 2099\n"), "{checked}");
    project.edit(MAY, "{{ greeting }}", "{{ first_name | }}");
    let checked = project.run("check issues/maj.md").stderr;
    assert!(checked.contains("ugyldigt skabelonfelt: uventet: `}}`; der skulle stå et navn\n"), "{checked}");
    project.write("issues/juni.md", "---\nsubject: A\naudiences:\n    - members\n - board\n---\nx\n");
    let checked = project.run("check issues/juni.md").stderr;
    assert!(checked.contains("fejl[NL001]: linjen passer ikke sammen med linjerne omkring den\n"), "{checked}");
    assert_eq!(project.run("unsubscribe bo@b.example").status, 0);
    let listed = project.run("suppression list").stdout;
    assert!(listed.contains(" (`newsletter unsubscribe`)\n"), "{listed}");
    project.write("rows.csv", "E-mail;Fornavn\nanna@a.example;A\nikke-en-adresse;B\n");
    let imported = project.run("audience import rows.csv --into people/x.csv --yes");
    assert_eq!(imported.status, 0, "{}", imported.stderr);
    let rejected = project.read("people/import_errors.csv");
    assert!(rejected.contains("fil;linje;årsag;række"), "{rejected}");
}
