//! Random issues in the channels besides letters: no file holds what not everyone may read, or anything of a reader.

use std::path::Path;

use jiff::Timestamp;
use newsletter::audience::AudienceId;
use newsletter::base::language::Lang;
use newsletter::issue::edition_key::EditionKey;
use newsletter::ops::channels::exports::{self, TextExport};
use newsletter::ops::prepared_issue::PreparedIssue;
use newsletter::project::Project as Found;

use crate::project::Project;
use crate::random::invent::Issue;
use crate::random::{PEOPLE, words};

/// The number of random issues; `NEWSLETTER_SEED` sets another first seed.
const ISSUES: u64 = 25;
const SEED: u64 = 20_270_504;

const EXPORTS: [TextExport; 5] =
    [TextExport::Html, TextExport::Jekyll, TextExport::LinkedIn, TextExport::Text, TextExport::TalkingPoints];

#[test]
fn no_channel_holds_what_is_for_some_or_of_a_reader() {
    let project = PEOPLE.iter().fold(Project::new("random-channels"), |project, (id, people)| {
        let person = |(name, lang): &(&str, &str)| {
            format!("  - email: {name}@a.example\n    first_name: {name}\n    lang: {lang}\n")
        };
        let people: String = people.iter().map(person).collect();
        project
            .file(&format!("audiences/{id}.yaml"), format!("name: {id}\nreason: du er i {id}\nrecipients:\n{people}"))
    });
    let first = std::env::var("NEWSLETTER_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(SEED);
    let (mut files, mut held) = (0, 0);
    for seed in first..first + ISSUES {
        let issue = Issue::invent(seed);
        let with_default = |text: &str| text.replace("{{ first_name }}", "{{ first_name|default('ven') }}");
        let public = "---\narchive: public\ndate: 2027-05-04 09:00\n";
        project.write("issues/random.md", with_default(&issue.text).replacen("---\n", public, 1));
        for (name, text) in &issue.snippets {
            project.write(&format!("snippets/{name}.md"), with_default(text));
        }
        let root = project.path(".");
        let found = Found::find(Some(&root), &root).unwrap().project.unwrap();
        let (prepared, diagnostics) = PreparedIssue::of(&found, &project.path("issues/random.md")).unwrap();
        let prepared = prepared.filter(|_| !diagnostics.has_errors());
        let prepared = prepared.unwrap_or_else(|| panic!("NEWSLETTER_SEED={seed}: {diagnostics:?}"));
        for export in EXPORTS {
            for text in written(&prepared, export, seed) {
                files += 1;
                held += check(&issue, export, &text, seed);
            }
        }
    }
    assert!(files > 100 && held > 1000, "{files} files with {held} words were checked");
}

/// The texts that an export writes; none where the issue has errors for it, as a post that is too long has.
fn written(prepared: &PreparedIssue<'_>, export: TextExport, seed: u64) -> Vec<String> {
    let again = || exports::files(prepared, export, Path::new("none"), Timestamp::UNIX_EPOCH);
    let Ok((files, _)) = again() else { return Vec::new() };
    assert_eq!(again().unwrap().0.part, files.part, "NEWSLETTER_SEED={seed}: {export:?} differs the second time");
    files.part.files.into_iter().filter_map(|file| String::from_utf8(file.bytes).ok()).collect()
}

/// How many words of the issue a text holds; each must be for everyone.
fn check(issue: &Issue, export: TextExport, text: &str, seed: u64) -> usize {
    let place = || format!("NEWSLETTER_SEED={seed} {export:?}\n{}\n{text}", issue.text);
    let everyone = PEOPLE.map(|(id, _)| AudienceId::parse(id).unwrap());
    let key = EditionKey::of_channel(export.channel(), Lang::default(), everyone.into());
    let held = words(text);
    for word in &held {
        let is_open = Lang::ALL.into_iter().any(|lang| !issue.is_closed(*word, &EditionKey { lang, ..key.clone() }));
        assert!(is_open, "{} is for some readers only\n{}", issue.reported(*word), place());
    }
    assert!(!text.contains("a.example") && !text.contains("unsubscribe"), "{}", place());
    let names: Vec<&str> = PEOPLE.iter().flat_map(|(_, people)| people.iter().map(|(name, _)| *name)).collect();
    let spoken = text.split(|letter: char| !letter.is_alphanumeric()).find(|word| names.contains(word));
    assert_eq!(spoken, None, "{}", place());
    held.len()
}
