//! The handbook: its commands work as written, in order, and print the shown output.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::conversation::converse;
use crate::project::{Project, has_extension};

/// The answers typed to the questions of a command.
const ANSWERS: [(&str, &[&str]); 4] = [
    ("newsletter init", &["Grønt Fællesskab", "nyt@groent.example", "Havnegade 12, 9999 Eksempelby", "blå", "", ""]),
    ("newsletter send velkommen", &["1"]),
    ("newsletter approve", &["j"]),
    ("newsletter send nyt-i-januar", &["3"]),
];
/// The issue that `init` writes.
const FIRST_ISSUE: &str = "issues/velkommen.md";

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/haandbog.md")
}

/// A reader who follows the handbook.
struct Reader {
    project: Project,
    /// The folder that was entered.
    folder: PathBuf,
    /// The file that was named last.
    file: String,
    /// What the commands of the last block printed.
    printed: String,
}

impl Reader {
    /// Types the commands of a block.
    fn type_commands(&mut self, block: &str) {
        self.printed.clear();
        for line in block.lines() {
            if let Some(folder) = line.strip_prefix("cd ") {
                self.folder.push(folder);
                continue;
            }
            // The page would be shown for ever, and there is no browser.
            let typed = line.replace(" --watch --open", "");
            let answers =
                ANSWERS.iter().find(|(command, _)| typed.starts_with(command)).map_or(&[][..], |(_, keys)| keys);
            let shown = converse(&self.project, &format!("cd {} && {typed}", self.folder.display()), answers);
            let is_expected = shown.status == 0 || shown.text.contains("fejl[");
            assert!(is_expected, "{line}: {}\n{}", shown.status, shown.text);
            self.printed.push_str(&self.as_printed(&shown.text));
        }
    }

    /// The output as documents show it: Karen's folders, fixed codes and times, and no durations.
    fn as_printed(&self, text: &str) -> String {
        let text = text.replace(&*self.project.path("").to_string_lossy(), "/home/karen/").replace("//", "/");
        let is_duration = |line: &str| line.contains("connection") || line.contains("forbindelse");
        let lines = text.lines().map(|line| if is_duration(line) { "  …".to_owned() } else { with_usual_values(line) });
        lines.map(|line| line.trim_end().to_owned() + "\n").collect()
    }

    fn write(&self, content: &str) {
        let path = self.folder.join(&self.file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, format!("{content}\n")).unwrap();
    }

    /// Replaces the lines with a minus by those with a plus.
    fn change(&self, block: &str) {
        let side =
            |sign: char| block.lines().filter_map(move |line| line.strip_prefix(sign)).map(|line| format!("{line}\n"));
        let (old, new): (String, String) = (side('-').collect(), side('+').collect());
        let path = self.folder.join(&self.file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(&old), "{} has no {old}", self.file);
        fs::write(path, text.replacen(&old, &new, 1)).unwrap();
    }
}

/// A line with the fixed code and approval time that documents use.
fn with_usual_values(line: &str) -> String {
    let has_shape = |word: &str, shape: &str| {
        let is_of = |(sign, model): (char, char)| match model {
            '0' => sign.is_ascii_digit(),
            'A' => sign.is_ascii_hexdigit(),
            other => sign == other,
        };
        word.len() == shape.len() && word.chars().zip(shape.chars()).all(is_of)
    };
    let usual = [("AAAA-AA", "7F3A-22"), ("0000-00-00", "2027-01-11"), ("00:00", "10:30")];
    let mut words: Vec<String> = line.split(' ').map(str::to_owned).collect();
    for word in &mut words {
        let bare = word.trim_end_matches([':', ';', ',']).to_owned();
        if let Some((_, value)) = usual.iter().find(|(shape, _)| has_shape(&bare, shape)) {
            *word = word.replacen(&bare, value, 1);
        }
    }
    words.join(" ")
}

#[test]
fn the_handbook_works_as_it_is_written() {
    let text = fs::read_to_string(path()).unwrap();
    let project = Project::outside_git("handbook").variable("LANG", "da_DK.UTF-8");
    let folder = project.path("");
    let mut reader = Reader { project, folder, file: String::new(), printed: String::new() };
    let mut read = String::new();
    let mut pieces = text.split("\n```");
    let mut before = pieces.next().unwrap();
    read.push_str(before);
    while let (Some(block), Some(after)) = (pieces.next(), pieces.next()) {
        let (language, content) = block.split_once('\n').unwrap_or((block, ""));
        let is_file =
            |word: &&str| !word.contains(' ') && ["md", "yaml", "csv"].iter().any(|end| has_extension(word, end));
        if let Some(file) = before.split('`').skip(1).step_by(2).filter(is_file).last() {
            file.clone_into(&mut reader.file);
        }
        let mut shown = content.to_owned();
        match language {
            "sh" => reader.type_commands(content),
            "text" => reader.printed.trim_end().clone_into(&mut shown),
            "diff" => reader.change(content),
            "markdown" if reader.file == FIRST_ISSUE => {
                let written = fs::read_to_string(reader.folder.join(FIRST_ISSUE)).unwrap();
                written.trim_end().clone_into(&mut shown);
            }
            "markdown" | "yaml" | "csv" => reader.write(content),
            other => panic!("a block of {other}"),
        }
        read.extend(["\n```", language, "\n", &shown, "\n```", after]);
        before = after;
    }
    if env::var("NEWSLETTER_EXPECT").is_ok_and(|value| value == "write") {
        fs::write(path(), &read).unwrap();
    }
    assert!(read == text, "the handbook shows other output: NEWSLETTER_EXPECT=write writes it\n{read}");
    let reached = reader.project.run("-C nyhedsbrev status --json");
    assert_eq!(reached.status, 0, "{}", reached.stderr);
    assert_eq!(
        fs::read_dir(reader.folder.join("outbox/new")).unwrap().count(),
        4,
        "one mail to Karen, three to readers"
    );
}

#[test]
fn the_commands_in_its_sentences_exist() {
    let project = Project::empty("handbook-commands");
    let text = fs::read_to_string(path()).unwrap();
    let prose: String = text.split("\n```").step_by(2).collect();
    let mut commands = 0;
    for command in prose.split('`').skip(1).step_by(2).filter_map(|typed| typed.strip_prefix("newsletter ")) {
        let words: Vec<&str> = command.split(' ').collect();
        let is_path = |word: &&&str| word.chars().all(|letter| letter.is_ascii_lowercase());
        let path: Vec<&str> = words.iter().take_while(is_path).copied().collect();
        let pages = [2, 1].map(|length| project.run_words(&[&path[..path.len().min(length)], &["--help"]].concat()));
        let help = pages.into_iter().find(|page| page.status == 0).unwrap_or_else(|| panic!("{command}"));
        for option in words.iter().filter(|word| word.starts_with("--") && **word != "--help") {
            assert!(help.stdout.contains(option), "newsletter {command}");
        }
        commands += 1;
    }
    assert!(commands > 15, "the search finds commands");
}
