//! What `check` reports, code by code. A check is one folder, `tests/cases/checks/NL244`: `check.md` describes it and
//! why it matters, and the other files trigger it. `docs/checks.md` and `check --explain` are made from these folders.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::Path;

use newsletter::base::source::register;

use crate::case::{self, Case};
use crate::project::{Project, files, has_extension};

/// What `check.md` may set above the reason. `command` is the command line without the program's name; variables of the
/// environment may precede it.
const KEYS: [&str; 3] = ["title", "severity", "command"];
const USUAL_COMMAND: &str = "check issues/maj.md";
/// What the command of a case prints.
const PRINTED: &str = "stderr";
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

const DOCUMENT: &str = "docs/checks.md";
const INTRODUCTION: &str = "\
<!-- Made from tests/cases/checks by `NEWSLETTER_EXPECT=write cargo test --test it checks`: do not edit. -->

# Checks

Everything that `newsletter check` reports, by code: how severe it is, why it matters, and an example as it is printed.
`newsletter check --explain NL530` shows one check.

An error stops the issue. A warning does not, and you can turn it off with a reason, in the front matter of an issue or, for
all issues, in `newsletter.yaml`:

```yaml
ignore:
  NL530: vi skriver aldrig preheader
```
";
/// The sections of the document, and the first code that may be in each.
const SECTIONS: [(&str, &str); 13] = [
    ("NL001", "YAML"),
    ("NL101", "newsletter.yaml"),
    ("NL200", "Audiences and people"),
    ("NL301", "Front matter"),
    ("NL401", "Blocks, template tags and text"),
    ("NL501", "Links, images and themes"),
    ("NL601", "Recipients"),
    ("NL630", "The web"),
    ("NL641", "What is written, and what arrives"),
    ("NL700", "What comes back"),
    ("NL780", "Other channels"),
    ("NL800", "The year"),
    ("NL840", "News"),
];

struct Check {
    case: Case,
    keys: BTreeMap<String, String>,
    reason: String,
}

impl Check {
    fn all() -> Vec<Self> {
        Case::all("checks").into_iter().map(Self::read).collect()
    }

    fn read(case: Case) -> Self {
        let text = case.text("check.md").unwrap_or_default();
        let (head, reason) = text.strip_prefix("---\n").and_then(|rest| rest.split_once("---\n")).unwrap_or_default();
        let keys = head.lines().filter_map(|line| line.split_once(": "));
        let keys = keys.map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
        Self { keys, reason: reason.trim().to_owned(), case }
    }

    fn code(&self) -> &str {
        &self.case.name
    }

    fn key(&self, key: &str) -> &str {
        self.keys.get(key).map_or("", String::as_str)
    }

    fn is_shown(&self) -> bool {
        NOT_SHOWN.iter().all(|(code, _)| *code != self.code())
    }

    /// Runs the case, and returns what is printed to standard error.
    fn run(&self) -> String {
        let mut project = Project::new(&format!("checks-{}", self.code())).audience("board", &["dorte@d.example"]);
        self.case.put_into(&project);
        let mut words: Vec<&str> =
            self.keys.get("command").map_or(USUAL_COMMAND, String::as_str).split_whitespace().collect();
        while let Some((name, value)) = words[0].split_once('=') {
            project = project.variable(name, value);
            words.remove(0);
        }
        without_sizes(&project.run_words(&words).stderr)
    }

    /// The first problem of each severity that has this code, as it is printed.
    fn examples(&self) -> Vec<String> {
        let printed = self.case.text(PRINTED).unwrap_or_default();
        let first = |severity: &str| {
            let start = format!("{severity}[{}]: ", self.code());
            printed.split("\n\n").find(|problem| problem.starts_with(&start)).map(ToOwned::to_owned)
        };
        ["error", "warning"].into_iter().filter_map(first).collect()
    }

    /// Adds the faults of the folder.
    fn review(&self, wrong: &mut String) {
        let mut tell = |problem: &str| writeln!(wrong, "{}: {problem}", self.code()).unwrap();
        if self.key("title").is_empty() || self.reason.is_empty() || self.keys.keys().any(|key| !KEYS.contains(&&**key))
        {
            tell("check.md must have a `title`, a `severity` and a reason, and may have a `command`");
        }
        if self.case.text(PRINTED).is_some() != self.is_shown() {
            tell("a check has either a case that shows it or an entry in NOT_SHOWN");
        }
        let severities: Vec<&str> = self.key("severity").split(" or ").collect();
        let known = [vec!["error"], vec!["warning"], vec!["error", "warning"]].contains(&severities);
        let examples = self.examples();
        let shown = examples.iter().filter_map(|example| example.split_once('[')).map(|(severity, _)| severity);
        if !known || self.is_shown() && !shown.eq(severities) {
            tell("`severity` must be what the case shows: error, warning, or error or warning");
        }
    }

    /// Its part of the document. An indented block needs no fence, which an example could contain itself.
    fn section(&self) -> String {
        let mut text =
            format!("\n### {} · {} · {}\n\n{}\n", self.code(), self.key("severity"), self.key("title"), self.reason);
        for example in self.examples() {
            text.push('\n');
            example.trim_end().lines().for_each(|line| writeln!(text, "    {line}").unwrap());
        }
        text
    }
}

/// Compares what each case prints, and the document that is made from them. With `NEWSLETTER_EXPECT=write` both are
/// written.
#[test]
fn cases_and_document_say_what_is_reported() {
    let mut wrong = String::new();
    let checks = Check::all();
    for check in checks.iter().filter(|check| check.is_shown()) {
        let printed = check.run();
        if !check.case.holds(PRINTED, &printed) {
            writeln!(wrong, "== {}\n{printed}", check.code()).unwrap();
        }
    }
    for check in &checks {
        check.review(&mut wrong);
    }
    assert!(wrong.is_empty(), "{wrong}");
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join(DOCUMENT);
    assert!(case::holds(&document, &made_of(&checks)), "{DOCUMENT} is out of date: set NEWSLETTER_EXPECT=write");
}

fn made_of(checks: &[Check]) -> String {
    let mut text = INTRODUCTION.to_owned();
    let mut sections = SECTIONS.iter().peekable();
    for check in checks {
        while let Some((_, title)) = sections.next_if(|(first, _)| *first <= check.code()) {
            write!(text, "\n## {title}\n").unwrap();
        }
        text += &check.section();
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
    let register: BTreeSet<[String; 3]> =
        register::checks().map(|check| [check.code, check.severity, check.title].map(ToOwned::to_owned)).collect();
    let described = |check: &Check| [check.code(), check.key("severity"), check.key("title")].map(ToOwned::to_owned);
    let folders: BTreeSet<[String; 3]> = Check::all().iter().map(described).collect();
    let differ: Vec<&[String; 3]> = register.symmetric_difference(&folders).collect();
    assert!(differ.is_empty(), "{DOCUMENT} is compiled in: build again after it was written: {differ:?}");
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
