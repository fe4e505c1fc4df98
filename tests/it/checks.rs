//! What `check` reports, code by code. A check is one folder, `tests/cases/checks/NL244`: `check.md` describes it and
//! why it matters, `check.da.md` does so in Danish, and the other files trigger it. `docs/checks.md`, `docs/checks.da.md`,
//! `check --explain` and `help` are made from these folders.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::Path;

use newsletter::base::message::{Message, UserLanguage};
use newsletter::base::source::register;

use crate::case::{self, Case};
use crate::project::{Project, files, has_extension};

/// What `check.md` may set above the reason. `command` is the command line without the program's name; variables of the
/// environment may precede it.
const KEYS: [&str; 3] = ["title", "severity", "command"];
const USUAL_COMMAND: &str = "check issues/maj.md";
/// The checks without a case, and the reason.
const NOT_SHOWN: [(&str, &str); 7] = [
    ("NL294", "a list must change while it is read: shown in sources.rs"),
    ("NL772", "needs an issue that was sent: shown in cli/corrections.rs"),
    ("NL774", "needs an issue that was sent: shown in cli/corrections.rs"),
    ("NL749", "needs Git: shown in cli/approval"),
    ("NL753", "needs Git: shown in cli/approval"),
    ("NL717", "needs a web server: shown in src/ops/unsubscribe_check.rs"),
    ("NL428", "a safety net below all other checks of template tags: no text is known that reaches it"),
];

/// The first code that may be in each section of the documents.
const FIRST_CODES: [&str; 13] = [
    "NL001", "NL101", "NL200", "NL301", "NL401", "NL501", "NL601", "NL630", "NL641", "NL700", "NL780", "NL800", "NL840",
];

/// A language in which checks are described.
struct Language {
    /// What is made of the folders.
    document: &'static str,
    introduction: &'static str,
    /// What the sections of the document are called.
    sections: [&'static str; FIRST_CODES.len()],
    /// The file of a folder that describes the check.
    description: &'static str,
    /// The file of a folder with what its command prints.
    printed: &'static str,
    /// What is added to the command.
    option: &'static str,
    /// `error` and `warning`, and what is between them.
    severities: [&'static str; 2],
    or: &'static str,
}

const ENGLISH: Language = Language {
    document: "docs/checks.md",
    introduction: "\
<!-- Made from tests/cases/checks by `NEWSLETTER_EXPECT=write cargo test --test it checks`: do not edit. -->

# Checks

Everything that `newsletter check` reports, by code: how severe it is, why it matters, and an example as it is printed.
`newsletter check --explain NL530` shows one check. In Danish: [checks.da.md](checks.da.md).

An error stops the issue. A warning does not, and you can turn it off with a reason, in the front matter of an issue or, for
all issues, in `newsletter.yaml`:

```yaml
ignore:
  NL530: vi skriver aldrig preheader
```
",
    sections: [
        "YAML",
        "newsletter.yaml",
        "Audiences and people",
        "Front matter",
        "Blocks, template tags and text",
        "Links, images and themes",
        "Recipients",
        "The web",
        "What is written, and what arrives",
        "What comes back",
        "Other channels",
        "The year",
        "News",
    ],
    description: "check.md",
    printed: "stderr",
    option: "--lang en",
    severities: ["error", "warning"],
    or: " or ",
};

const DANISH: Language = Language {
    document: "docs/checks.da.md",
    introduction: "\
<!-- Made from tests/cases/checks by `NEWSLETTER_EXPECT=write cargo test --test it checks`: do not edit. -->

# Kontroller

Alt, hvad `newsletter check` kan melde, efter kode: hvor alvorligt det er, hvorfor det betyder noget, og et eksempel, som du ser det.
`newsletter help NL530` viser en enkelt kode.

En fejl stopper nyhedsbrevet. Det gør en advarsel ikke, og du kan slå den fra med en grund, øverst i nyhedsbrevet eller, for alle
nyhedsbreve, i `newsletter.yaml`:

```yaml
ignore:
  NL530: vi skriver aldrig preheader
```
",
    sections: [
        "YAML",
        "newsletter.yaml",
        "Målgrupper og personer",
        "Øverst i nyhedsbrevet",
        "Blokke, skabelonfelter og tekst",
        "Links, billeder og temaer",
        "Modtagere",
        "Nettet",
        "Det, du skriver, og det, der når frem",
        "Det, der kommer retur",
        "Andre kanaler",
        "Året",
        "Nyheder",
    ],
    description: "check.da.md",
    printed: "stderr.da",
    option: "--lang da",
    severities: ["fejl", "advarsel"],
    or: " eller ",
};

const LANGUAGES: [&Language; 2] = [&ENGLISH, &DANISH];

struct Check {
    case: Case,
    /// As `check.md` has it, which also says how the case is run.
    english: Description,
}

/// What a file describes a check with.
struct Description {
    keys: BTreeMap<String, String>,
    reason: String,
}

impl Description {
    fn of(case: &Case, language: &Language) -> Self {
        let text = case.text(language.description).unwrap_or_default();
        let (head, reason) = text.strip_prefix("---\n").and_then(|rest| rest.split_once("---\n")).unwrap_or_default();
        let keys = head.lines().filter_map(|line| line.split_once(": "));
        let keys = keys.map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
        Self { keys, reason: reason.trim().to_owned() }
    }

    fn key(&self, key: &str) -> &str {
        self.keys.get(key).map_or("", String::as_str)
    }

    fn is_whole(&self, keys: &[&str]) -> bool {
        !self.key("title").is_empty() && !self.reason.is_empty() && self.keys.keys().all(|key| keys.contains(&&**key))
    }
}

impl Check {
    fn all() -> Vec<Self> {
        Case::all("checks").into_iter().map(Self::read).collect()
    }

    fn read(case: Case) -> Self {
        Self { english: Description::of(&case, &ENGLISH), case }
    }

    fn code(&self) -> &str {
        &self.case.name
    }

    fn described(&self, language: &Language) -> Description {
        Description::of(&self.case, language)
    }

    /// The severities that the check can have, as in `check.md`.
    fn severities(&self) -> Vec<&str> {
        self.english.key("severity").split(" or ").collect()
    }

    /// What the language calls them.
    fn severity(&self, language: &Language) -> String {
        let named = |severity: &&str| ENGLISH.severities.iter().position(|known| known == severity);
        let named = self.severities().iter().filter_map(named).map(|at| language.severities[at]).collect::<Vec<_>>();
        named.join(language.or)
    }

    fn is_shown(&self) -> bool {
        NOT_SHOWN.iter().all(|(code, _)| *code != self.code())
    }

    /// Runs the case, and returns what is printed to standard error in a language.
    fn run(&self, language: &Language) -> String {
        let mut project = Project::new(&format!("checks-{}", self.code())).audience("board", &["dorte@d.example"]);
        self.case.put_into(&project);
        let mut words: Vec<&str> =
            self.english.keys.get("command").map_or(USUAL_COMMAND, String::as_str).split_whitespace().collect();
        while let Some((name, value)) = words[0].split_once('=') {
            project = project.variable(name, value);
            words.remove(0);
        }
        words.extend(language.option.split(' '));
        without_sizes(&project.run_words(&words).stderr)
    }

    /// The first problem of each severity that has this code, as it is printed in a language.
    fn examples(&self, language: &Language) -> Vec<String> {
        let printed = self.case.text(language.printed).unwrap_or_default();
        let first = |severity: &str| {
            let start = format!("{severity}[{}]: ", self.code());
            printed.split("\n\n").find(|problem| problem.starts_with(&start)).map(ToOwned::to_owned)
        };
        language.severities.into_iter().filter_map(first).collect()
    }

    /// Adds the faults of the folder.
    fn review(&self, wrong: &mut String) {
        let mut tell = |problem: &str| writeln!(wrong, "{}: {problem}", self.code()).unwrap();
        if !self.english.is_whole(&KEYS) {
            tell("check.md must have a `title`, a `severity` and a reason, and may have a `command`");
        }
        if !self.described(&DANISH).is_whole(&KEYS[..1]) {
            tell("check.da.md must have a `title` and a reason");
        }
        let known = [vec!["error"], vec!["warning"], vec!["error", "warning"]].contains(&self.severities());
        for language in LANGUAGES {
            if self.case.text(language.printed).is_some() != self.is_shown() {
                tell(&format!("a check has either a case with {} or an entry in NOT_SHOWN", language.printed));
            }
            let examples = self.examples(language);
            let shown: Vec<&str> =
                examples.iter().filter_map(|example| example.split_once('[')).map(|(severity, _)| severity).collect();
            if !known || self.is_shown() && shown.join(language.or) != self.severity(language) {
                let shown = language.printed;
                tell(&format!("`severity` must be what {shown} shows: error, warning, or error or warning"));
            }
        }
    }

    /// Its part of the document. An indented block needs no fence, which an example could contain itself.
    fn section(&self, language: &Language) -> String {
        let described = self.described(language);
        let (severity, title) = (self.severity(language), described.key("title"));
        let mut text = format!("\n### {} · {severity} · {title}\n\n{}\n", self.code(), described.reason);
        for example in self.examples(language) {
            text.push('\n');
            example.trim_end().lines().for_each(|line| writeln!(text, "    {line}").unwrap());
        }
        text
    }
}

/// Compares what each case prints, and the documents that are made from them. With `NEWSLETTER_EXPECT=write` all are
/// written.
#[test]
fn cases_and_documents_say_what_is_reported() {
    let mut wrong = String::new();
    let checks = Check::all();
    for check in checks.iter().filter(|check| check.is_shown()) {
        for language in LANGUAGES {
            let printed = check.run(language);
            if !check.case.holds(language.printed, &printed) {
                writeln!(wrong, "== {} {}\n{printed}", check.code(), language.printed).unwrap();
            }
        }
    }
    for check in &checks {
        check.review(&mut wrong);
    }
    assert!(wrong.is_empty(), "{wrong}");
    for language in LANGUAGES {
        let document = Path::new(env!("CARGO_MANIFEST_DIR")).join(language.document);
        let is_made = case::holds(&document, &made_of(&checks, language));
        assert!(is_made, "{} is out of date: set NEWSLETTER_EXPECT=write", language.document);
    }
}

fn made_of(checks: &[Check], language: &Language) -> String {
    let mut text = language.introduction.to_owned();
    let mut sections = FIRST_CODES.into_iter().zip(language.sections).peekable();
    for check in checks {
        while let Some((_, title)) = sections.next_if(|(first, _)| *first <= check.code()) {
            write!(text, "\n## {title}\n").unwrap();
        }
        text += &check.section(language);
    }
    text
}

/// The size of a letter changes with the theme.
fn without_sizes(printed: &str) -> String {
    let words = printed.split(' ').collect::<Vec<_>>();
    let is_size =
        |at: usize| words.get(at + 1).is_some_and(|word| ["kB", "MB"].iter().any(|unit| word.starts_with(unit)));
    let kept = words.iter().enumerate().map(|(at, word)| if is_size(at) { "…" } else { word });
    kept.collect::<Vec<_>>().join(" ")
}

#[test]
fn every_code_has_a_folder() {
    let used = codes();
    let known: BTreeSet<String> = Case::all("checks").into_iter().map(|case| case.name).collect();
    let mut wrong = String::new();
    for (code, path) in used.iter().filter(|(code, _)| !known.contains(*code)) {
        writeln!(wrong, "{path}: add tests/cases/checks/{code} with check.md and the files that show it").unwrap();
    }
    for code in known.iter().filter(|code| !used.contains_key(*code)) {
        writeln!(wrong, "delete tests/cases/checks/{code}, which src does not report").unwrap();
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn the_register_reads_every_section() {
    let registered = |check: register::CheckEntry| {
        let in_both = |text: &Message| format!("{}|{}", text.english(), text.in_language(UserLanguage::Danish));
        format!("{} {} {}", check.code, in_both(&check.severity), in_both(&check.title))
    };
    let described = |check: &Check| {
        let [english, danish] =
            LANGUAGES.map(|language| (check.severity(language), check.described(language).key("title").to_owned()));
        format!("{} {}|{} {}|{}", check.code(), english.0, danish.0, english.1, danish.1)
    };
    let register: BTreeSet<String> = register::checks().map(registered).collect();
    let folders: BTreeSet<String> = Check::all().iter().map(described).collect();
    let differ: Vec<&String> = register.symmetric_difference(&folders).collect();
    assert!(differ.is_empty(), "the documents are compiled in: build again after they were written: {differ:?}");
}

/// The codes that the program declares, each with the file.
fn codes() -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut codes = BTreeMap::new();
    for file in files(&root).into_iter().filter(|file| has_extension(file, "rs")) {
        let text = fs::read_to_string(root.join(&file)).unwrap();
        let declarations = text.lines().filter_map(|line| line.split_once(": Code = Code(\"")?.1.split_once('"'));
        codes.extend(declarations.map(|(code, _)| (code.to_owned(), format!("src/{file}"))));
    }
    codes
}
