//! The files of a new project, made from the user's answers.

use jiff::civil::Date;

use crate::base::language::Lang;
use crate::base::message::{Message, UserLanguage, message};
use crate::delivery::smtp::options::Security;
use crate::edition::colour::Colour;
use crate::ops::relay_answer::{RelayAnswer, RelayDraft, RelayService};
use crate::people::person::Address;
use crate::people::person::mailbox::Mailbox;
use crate::publish::markdown;

/// What the files of a new project are made of.
#[derive(Clone, Debug)]
pub struct ProjectDraft {
    /// The sender's name.
    pub name: String,
    /// The sender.
    pub from: Mailbox,
    /// The sender's postal address, on one line.
    pub postal_address: String,
    /// The colour of buttons and links.
    pub colour: Colour,
    /// The language of the letters.
    pub lang: Lang,
    /// Where the letters go.
    pub relay: RelayAnswer,
    /// The only reader: the person who creates the project.
    pub reader: Address,
}

/// A file of a new project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFile {
    /// Its path in the project.
    pub path: &'static str,
    /// Its text.
    pub text: String,
}

/// The settings; a folder with this file is a project.
pub const SETTINGS_PATH: &str = "newsletter.yaml";
/// The first issue.
pub const FIRST_ISSUE: &str = "issues/velkommen.md";
/// The file for the relay's password, which Git ignores.
pub const PASSWORD_FILE: &str = ".newsletter/smtp-password";
/// What Git must ignore.
pub const GIT_IGNORES: &str = "\
# State and personal data: keep them out of Git.
/.newsletter/
/outbox/
/preview/
/export/
/people/
";

impl ProjectDraft {
    /// The files, the settings last: a folder is a project only when all others are there. `today` is the day on which the
    /// calendar begins; comments are in the language of the user.
    pub fn files(&self, today: Date, user: UserLanguage) -> Vec<NewFile> {
        vec![
            NewFile { path: "audiences/members.yaml", text: self.audience(user) },
            NewFile { path: FIRST_ISSUE, text: self.issue() },
            NewFile { path: "calendar.yaml", text: self.calendar(today, user) },
            NewFile { path: SETTINGS_PATH, text: self.settings(user) },
        ]
    }

    fn settings(&self, user: UserLanguage) -> String {
        let (about, outbox, approval) = (
            message!(
                "The newsletter's settings. `newsletter help KEY` explains each key: newsletter help postal_address",
                "Nyhedsbrevets indstillinger. `newsletter help FELT` forklarer hvert felt: newsletter help postal_address"
            ),
            message!(
                "Until a relay is set here, letters are written to outbox/, and nobody receives them.",
                "Så længe der ikke står en mailserver her, lægges mails i outbox/, og ingen får dem."
            ),
            message!(
                "With this, no issue is sent until another person than its author has approved it: newsletter approve",
                "Med denne linje sendes intet, før en anden end forfatteren har godkendt det: newsletter approve"
            ),
        );
        let relay = match &self.relay {
            RelayAnswer::Outbox => format!("{}{}", comment(&outbox, user), commented(&self.relay_example())),
            RelayAnswer::Microsoft365 => {
                format!("{}{}", comment(&microsoft(), user), commented(&self.microsoft_keys()))
            }
            RelayAnswer::Server(relay) => relay_keys(relay),
        };
        format!(
            "# yaml-language-server: $schema=schemas/newsletter.json\n{}name: {}\nfrom: {}\npostal_address: {}\nlang: {}\n\
             timezone: Europe/Copenhagen\n\nbrand:\n  colour: \"{}\"\n\n{relay}\n{}# approval: required\n",
            comment(&about, user),
            scalar(&self.name),
            scalar(&sender_line(&self.from)),
            scalar(&self.postal_address),
            self.lang,
            self.colour,
            comment(&approval, user),
        )
    }

    /// A relay at the domain of the sender, to be filled in.
    fn relay_example(&self) -> String {
        let (address, domain) = (&self.from.address, self.from.address.domain());
        format!(
            "smtp:\n  host: smtp.{domain}\n  port: 587\n  username: {}\n  password_file: {PASSWORD_FILE}\n",
            scalar(address.as_str())
        )
    }

    fn microsoft_keys(&self) -> String {
        let (address, domain) = (&self.from.address, self.from.address.domain());
        format!(
            "oauth:\n  provider: microsoft365\n  tenant: {domain}\n  client_id: 12345678-90ab-cdef-1234-567890abcdef\n\
             smtp:\n  preset: microsoft365\n  username: {}\n",
            scalar(address.as_str())
        )
    }

    fn audience(&self, user: UserLanguage) -> String {
        let starter = &self.lang.language().starter;
        let (about, only, list) = (
            message!(
                "The readers. Each audience is one file; its name is the audience's id: members.",
                "Læserne. Hver målgruppe er en fil; filens navn er målgruppens id: members."
            ),
            message!(
                "The first mail goes to this address only. Delete it when the list is in place.",
                "Den første mail går kun til denne adresse. Slet den, når listen er på plads."
            ),
            message!(
                "A list from Excel: save it as people/members.xlsx with a column `email`, and delete `# ` below.",
                "En liste fra Excel: gem den som people/members.xlsx med en kolonne `email`, og slet `# ` herunder."
            ),
        );
        format!(
            "# yaml-language-server: $schema=../schemas/audience.json\n{}name: {}\nreason: {}\nrecipients:\n  {}  - email: {}\n\
             {}# people: people/members.xlsx\n",
            comment(&about, user),
            starter.audience,
            starter.reason,
            comment(&only, user),
            scalar(self.reader.as_str()),
            comment(&list, user),
        )
    }

    fn issue(&self) -> String {
        let starter = &self.lang.language().starter;
        let text = starter.text.replace("{name}", &markdown::text_line(&self.name));
        format!(
            "---\nsubject: {}\npreheader: {}\naudiences: [members]\ndraft: true\n---\n{text}",
            starter.subject, starter.preheader
        )
    }

    fn calendar(&self, today: Date, user: UserLanguage) -> String {
        let next = today.first_of_month().saturating_add(jiff::Span::new().months(1));
        let about = message!(
            "What is promised for the year: `newsletter calendar` shows it, and what is late.",
            "Det, I har lovet i årets løb: `newsletter calendar` viser det, og hvad der er forsinket."
        );
        format!(
            "# yaml-language-server: $schema=schemas/calendar.json\n{}entries:\n  - title: {}\n    kind: newsletter\n    \
             every: month\n    from: {:04}-{:02}\n    audience: members\n",
            comment(&about, user),
            self.lang.language().starter.calendar_entry,
            next.year(),
            next.month(),
        )
    }
}

/// The steps for an administrator before the lines below are valid.
fn microsoft() -> Message {
    message!(
        "Microsoft 365: until these lines are valid, letters are written to outbox/. An administrator registers the program \
         (the manual: \"Microsoft 365, step by step\"); fill in tenant and client_id, delete each `# `, and run: newsletter \
         login microsoft365",
        "Microsoft 365: indtil disse linjer gælder, lægges mails i outbox/. En administrator registrerer programmet \
         (manualen: \"Microsoft 365, step by step\"); udfyld tenant og client_id, slet hvert `# `, og kør: newsletter login \
         microsoft365"
    )
}

fn relay_keys(relay: &RelayDraft) -> String {
    let mut lines = vec!["smtp:".to_owned()];
    if relay.service == RelayService::Google {
        lines.push("  preset: google".to_owned());
    }
    lines.push(format!("  host: {}", scalar(&relay.host)));
    if relay.service == RelayService::Other {
        let security = match relay.security {
            Security::StartTls => "starttls",
            Security::Tls => "tls",
            Security::None => "none",
        };
        lines.extend([format!("  port: {}", relay.port), format!("  security: {security}")]);
    }
    if let Some(username) = &relay.username {
        lines.extend([format!("  username: {}", scalar(username)), format!("  password_file: {PASSWORD_FILE}")]);
    }
    lines.join("\n") + "\n"
}

/// The sender as it is written in settings. A name in quotation marks keeps them: one pair is read as the quotes of the name.
fn sender_line(from: &Mailbox) -> String {
    match &from.name {
        Some(name) if name.starts_with('"') && name.ends_with('"') => format!("\"{name}\" <{}>", from.address),
        Some(_) | None => from.to_string(),
    }
}

/// The longest line of a comment.
const MAX_LINE: usize = 100;

/// A comment, on as many lines as it needs.
fn comment(text: &Message, user: UserLanguage) -> String {
    let mut out = "#".to_owned();
    let mut length = out.len();
    for word in &words(text.in_language(user)) {
        let letters = word.chars().count() + 1;
        if length + letters > MAX_LINE {
            out.push_str("\n#");
            length = 1;
        }
        out.extend([" ", word.as_str()]);
        length += letters;
    }
    out + "\n"
}

/// The words of a text. A command counts as one word: split over two lines it could not be copied.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut in_command = false;
    for word in text.split(' ') {
        match words.last_mut().filter(|_| in_command) {
            Some(command) => command.extend([" ", word]),
            None => words.push(word.to_owned()),
        }
        let begins = !in_command && word.trim_start_matches('`') == "newsletter";
        in_command = (in_command || begins)
            && !word.trim_end_matches('`').ends_with(['.', ',', ';', ':', ')'])
            && !word.ends_with('`');
    }
    words
}

/// Each line as a comment.
fn commented(text: &str) -> String {
    text.lines().flat_map(|line| ["# ", line, "\n"]).collect()
}

/// Words that some YAML parsers read as something other than text.
const OTHER_VALUES: [&str; 13] = ["", "~", "null", "true", "false", "yes", "no", "on", "off", "y", "n", "ja", "nej"];

/// A value of YAML on one line: without quotes if every YAML parser reads it as this text, otherwise as a JSON string,
/// which is a double-quoted YAML string as well (YAML 1.2 §1.3).
fn scalar(text: &str) -> String {
    let is_plain_sign = |sign: char| sign.is_alphanumeric() || " .,_-+/()<>@:".contains(sign);
    let is_plain = text.starts_with(char::is_alphabetic)
        && text.chars().all(is_plain_sign)
        && !text.contains(": ")
        && !text.ends_with([':', ' '])
        && !OTHER_VALUES.contains(&text.to_lowercase().as_str());
    if is_plain { text.to_owned() } else { serde_json::Value::from(text).to_string() }
}

/// An existing `.gitignore` with the missing lines added. Absent: none are missing.
pub fn with_git_ignores(text: &str) -> Option<String> {
    let bare = |line: &str| line.trim().trim_matches('/').to_owned();
    let is_missing = |line: &&str| !text.lines().any(|own| bare(own) == bare(line));
    let missing: Vec<&str> =
        GIT_IGNORES.lines().filter(|line| !line.starts_with('#')).filter(|line| is_missing(line)).collect();
    let comment = GIT_IGNORES.lines().next().filter(|_| !missing.is_empty())?;
    let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    Some(format!("{text}{end}{comment}\n{}\n", missing.join("\n")))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::audience::AudienceId;
    use crate::audience::file::Audience;
    use crate::audience::shared::SharedParts;
    use crate::base::source::text::Source;
    use crate::ops::{project_answers, relay_answer};
    use crate::project::settings::Settings;

    fn draft(name: &str, postal_address: &str, relay: &str) -> ProjectDraft {
        ProjectDraft {
            name: project_answers::name(name).unwrap(),
            from: project_answers::sender("nyt@forening.example", name).unwrap(),
            postal_address: project_answers::postal_address(postal_address).unwrap(),
            colour: Colour::DEFAULT,
            lang: Lang::default(),
            relay: relay_answer::parse(relay).unwrap(),
            reader: project_answers::address("karen@forening.example").unwrap(),
        }
    }

    /// The settings as they are read again, which must have no problem.
    fn read(draft: &ProjectDraft) -> Settings {
        let text = draft.settings(UserLanguage::Danish);
        let (settings, diagnostics) = Settings::parse(&Source::new(SETTINGS_PATH, text.clone()));
        let problems: Vec<String> = diagnostics.iter().map(|problem| problem.message.to_string()).collect();
        assert!(problems.is_empty(), "{problems:?}\n{text}");
        settings.unwrap()
    }

    #[test]
    fn answers_are_read_as_they_were_typed() {
        for name in [
            "Ø & Å: \"foreningen\"",
            "\"Foreningen\"",
            "Nyt # 1",
            "#1",
            "nej",
            "Null",
            "3F",
            "1.5",
            "2027-01-21",
            "- streg",
            "Foreningen:",
            "'citat'",
            "[A]",
            "100 % grøn",
            "*stjerne*",
            "a\\b",
            "@alle",
            "Kommune, afd. 2 (øst)",
        ] {
            let draft = draft(name, name.trim_matches('@'), "");
            let settings = read(&draft);
            assert_eq!(settings.name, name);
            assert_eq!(settings.from.name.as_deref(), Some(name));
            assert_eq!(settings.postal_address, name.trim_matches('@'));
        }
    }

    #[test]
    fn each_kind_of_relay_is_valid() {
        for (typed, expected) in [
            ("", None),
            ("microsoft365", None),
            ("localhost:2525", Some(("localhost", 2525, Security::None))),
            ("smtp://nyt@smtp.forening.example", Some(("smtp.forening.example", 587, Security::StartTls))),
            ("smtps://nyt@smtp.forening.example", Some(("smtp.forening.example", 465, Security::Tls))),
            ("smtp.forening.example:25", Some(("smtp.forening.example", 25, Security::StartTls))),
            ("[::1]:2525", Some(("::1", 2525, Security::None))),
            ("smtp://nyt@smtp-relay.gmail.com", Some(("smtp-relay.gmail.com", 587, Security::StartTls))),
        ] {
            let settings = read(&draft("Nyt", "Vej 1", typed));
            let relay = settings.smtp.as_ref().map(|relay| (relay.host.as_str(), relay.port, relay.security));
            assert_eq!(relay, expected, "{typed}");
        }
    }

    #[test]
    fn the_lines_in_comments_are_valid_once_they_are_not() {
        for typed in ["", "microsoft365"] {
            let text = draft("Nyt", "Vej 1", typed).settings(UserLanguage::English);
            let first = if typed.is_empty() { "# smtp:" } else { "# oauth:" };
            let keys = text.lines().skip_while(|line| *line != first).map_while(|line| line.strip_prefix("# "));
            let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).chain(keys).collect();
            let settings = lines.join("\n");
            let (read, diagnostics) = Settings::parse(&Source::new(SETTINGS_PATH, settings.clone()));
            assert!(!diagnostics.has_errors(), "{settings}");
            assert!(read.unwrap().smtp.is_some(), "{settings}");
        }
    }

    #[test]
    fn the_audience_has_one_reader() {
        let text = draft("Nyt", "Vej 1", "").audience(UserLanguage::Danish);
        let source = Source::new("audiences/members.yaml", text.clone());
        let id = AudienceId::parse("members").unwrap();
        let (audience, diagnostics) = Audience::parse(id, &source, &SharedParts::default());
        assert!(audience.is_some() && diagnostics.is_empty(), "{text}");
        assert_eq!(text.matches("- email: ").count(), 1);
    }

    #[test]
    fn the_calendar_begins_next_month() {
        let text = draft("Nyt", "Vej 1", "").calendar(date(2026, 12, 31), UserLanguage::English);
        assert!(text.contains("    from: 2027-01\n"), "{text}");
    }

    #[test]
    fn a_gitignore_gets_what_it_lacks() {
        assert_eq!(with_git_ignores(GIT_IGNORES), None);
        let added = with_git_ignores("target/\noutbox").unwrap();
        let expected = "target/\noutbox\n# State and personal data: keep them out of Git.\n/.newsletter/\n/preview/\n/export/\n/people/\n";
        assert_eq!(added, expected);
        assert_eq!(with_git_ignores(&added), None);
    }
}
