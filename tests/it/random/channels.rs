//! Random issues in every channel besides letters: no file contains confidential text or a reader's data.

use std::io::{Cursor, Read};
use std::path::Path;

use jiff::Timestamp;
use newsletter::audience::AudienceId;
use newsletter::audience::channel::Channel;
use newsletter::base::language::Lang;
use newsletter::issue::edition_key::EditionKey;
use newsletter::ops::channels::exports::{self, TextExport};
use newsletter::ops::prepared_issue::PreparedIssue;
use newsletter::ops::web_frame::ArchiveIndex;
use newsletter::ops::{archive, calendar_export, export, kit};
use newsletter::project::Project as Found;
use newsletter::project::export_folder::ExportFolder;
use newsletter::publish::written_files::ChannelFile;
use zip::ZipArchive;

use crate::project::{Project, SETTINGS, has_extension};
use crate::random::invent::Issue;
use crate::random::{PEOPLE, words};

/// The number of random issues; `NEWSLETTER_SEED` sets another first seed.
const ISSUES: u64 = 25;
const SEED: u64 = 20_270_504;

/// After the date of the issues, so that the archive lists them.
const NOW: i64 = 1_900_000_000;

const TEXTS: [TextExport; 5] =
    [TextExport::Html, TextExport::Jekyll, TextExport::LinkedIn, TextExport::Text, TextExport::TalkingPoints];

/// Every channel, as it is typed behind `--to`.
const CHANNELS: [&str; 9] = ["html", "jekyll", "linkedin", "text", "talkingpoints", "kit", "web", "atom", "ics"];

/// Tags that print a reader's values.
const READER: [&str; 5] = ["first_name", "name", "last_name", "email", "by"];

/// Blocks for channels and for an audience of the issue, and the channels with each: the word in it is this number behind [`OWN`].
const OWN_BLOCKS: [(&str, &[Channel]); 8] = [
    ("only web", &[Channel::Web]),
    ("only linkedin", &[Channel::LinkedIn]),
    ("only talkingpoints", &[Channel::TalkingPoints]),
    ("not web", &[Channel::LinkedIn, Channel::TalkingPoints]),
    ("not linkedin", &[Channel::Web, Channel::TalkingPoints]),
    ("not talkingpoints", &[Channel::Web, Channel::LinkedIn]),
    ("only OWN", &[]),
    ("not press", &[]),
];

/// The numbers of words in those blocks begin here, above those of any random issue.
const OWN: usize = 90_000;

/// A file that an export wrote.
struct WrittenFile {
    /// The export, as it is typed.
    export: &'static str,
    channel: Channel,
    name: String,
    text: String,
}

#[test]
fn no_channel_holds_what_is_for_some_or_of_a_reader() {
    let project = project();
    let first = std::env::var("NEWSLETTER_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(SEED);
    let mut written: Vec<(&str, usize)> = CHANNELS.map(|channel| (channel, 0)).into();
    for seed in first..first + ISSUES {
        let issue = Issue::invent(seed);
        write(&project, &issue, seed);
        for file in exported(&project, seed) {
            for (_, held) in written.iter_mut().filter(|(export, _)| *export == file.export) {
                *held += check(&issue, &file, seed);
            }
        }
    }
    assert!(written.iter().all(|(_, held)| *held > 0), "words of the issues in each channel: {written:?}");
    println!("words of the issues in each channel: {written:?}");
}

/// A project whose readers have names, a town and addresses that no issue has.
fn project() -> Project {
    let web = "archive_url: https://nyt.forening.example/{issue}/\nunsubscribe:\n  url: https://nyt.forening.example/afmeld/{token}\n";
    let project = Project::new("random-channels").file("newsletter.yaml", format!("{SETTINGS}{web}"));
    PEOPLE.iter().fold(project, |project, (id, people)| {
        let person = |(name, lang): &(&str, &str)| {
            format!(
                "  - email: {name}@a.example\n    first_name: {name}\n    last_name: {name}sdatter\n    by: {name}sby\n    lang: {lang}\n"
            )
        };
        let people: String = people.iter().map(person).collect();
        project
            .file(&format!("audiences/{id}.yaml"), format!("name: {id}\nreason: du er i {id}\nrecipients:\n{people}"))
    })
}

/// Writes an issue that everyone may read, in which readers have other values than everyone else.
fn write(project: &Project, issue: &Issue, seed: u64) {
    let with_default = |text: &str| {
        let mut parts = text.split("{{ first_name }}");
        let mut filled = parts.next().unwrap_or_default().to_owned();
        for (number, part) in parts.enumerate() {
            filled.extend(["{{ ", READER[number % READER.len()], "|default('ven') }}", part]);
        }
        filled
    };
    let (_, audiences) = issue.text.split_once("audiences: [").unwrap();
    let audience = audiences.split([',', ']']).next().unwrap();
    let own = OWN_BLOCKS.iter().enumerate().map(|(number, (fence, _))| {
        let fence = fence.replace("OWN", audience);
        format!("\n::: {fence}\n- ord{}z skal læses {{{{ name|default('af alle') }}}}.\n:::\n", OWN + number)
    });
    // Without marked blocks, talking points are the first sentences.
    let own: String = if seed.is_multiple_of(2) { own.collect() } else { String::new() };
    let event = format!("\n::: event Møde ord{}z\ntid: 21. januar 2027\n:::\n", OWN + OWN_BLOCKS.len());
    let letters = "\n::: not web linkedin talkingpoints\n[Afmeld dig her]({{ unsubscribe_url }})\n:::\n";
    let front = "---\narchive: public\ndate: 2027-05-04 09:00\n";
    let text = with_default(&issue.text).replacen("---\n", front, 1).replacen(
        "Nyt fra foreningen",
        "\"Nyt til {{ name|default('alle') }}\"",
        1,
    );
    project.write("issues/random.md", [&text, &own, &event, letters].concat());
    for (name, text) in &issue.snippets {
        project.write(&format!("snippets/{name}.md"), with_default(text));
    }
}

/// What all exports write of the issue.
fn exported(project: &Project, seed: u64) -> Vec<WrittenFile> {
    let root = project.path(".");
    let found = Found::find(Some(&root), &root).unwrap().project.unwrap();
    let (prepared, diagnostics) = PreparedIssue::of(&found, &project.path("issues/random.md")).unwrap();
    let prepared = prepared.filter(|_| !diagnostics.has_errors());
    let prepared = prepared.unwrap_or_else(|| panic!("NEWSLETTER_SEED={seed}: {diagnostics:?}"));
    let now = Timestamp::from_second(NOW).unwrap();
    let mut written = Vec::new();
    for export in TEXTS {
        // A post that is too long has no file.
        let Ok((made, _)) = exports::files(&prepared, export, Path::new("none")) else { continue };
        let again = exports::files(&prepared, export, Path::new("none")).unwrap().0;
        assert_eq!(again.part, made.part, "NEWSLETTER_SEED={seed}: {export:?} differs the second time");
        written.extend(files(export.name(), export.channel(), made.part.files));
    }
    if let Ok((made, _)) = kit::kit(&prepared, Path::new("none")) {
        let again = kit::kit(&prepared, Path::new("none")).unwrap().0;
        assert!(again.part == made.part, "NEWSLETTER_SEED={seed}: the kit differs the second time");
        for file in made.part.files.into_iter().flat_map(unpacked) {
            let post = file.name.rsplit('/').next().unwrap().starts_with("linkedin-");
            written.extend(files("kit", if post { Channel::LinkedIn } else { Channel::Web }, vec![file]));
        }
    }
    let made = calendar_export::calendars(&prepared).unwrap();
    written.extend(files("ics", Channel::Web, made.part.files));
    export::check_single(&prepared).unwrap_or_else(|blocked| panic!("NEWSLETTER_SEED={seed}: {blocked:?}"));
    let page = export::web_files(&prepared, ArchiveIndex::Absent).unwrap();
    written.extend(files("web", Channel::Web, page.part.files));
    let folder = ExportFolder::open(&project.path("none")).unwrap();
    let all = archive::export(&found, &folder, now).unwrap();
    written.extend(files("web", Channel::Web, all.parts.into_iter().flat_map(|part| part.files)));
    let feed = archive::feed(&found, &folder, now).unwrap();
    written.extend(files("atom", Channel::Web, feed.parts.into_iter().flat_map(|part| part.files)));
    written
}

/// The files of an export as texts. Lines of calendar files are put together again (RFC 5545, section 3.1).
fn files(
    export: &'static str,
    channel: Channel,
    files: impl IntoIterator<Item = ChannelFile>,
) -> impl Iterator<Item = WrittenFile> {
    files.into_iter().map(move |file| {
        let text = String::from_utf8_lossy(&file.bytes).into_owned();
        let text = if has_extension(&file.name, "ics") { text.replace("\r\n ", "") } else { text };
        WrittenFile { export, channel, name: file.name, text }
    })
}

/// A file, or the files that are packed in it.
fn unpacked(file: ChannelFile) -> Vec<ChannelFile> {
    if !has_extension(&file.name, "zip") {
        return vec![file];
    }
    let mut archive = ZipArchive::new(Cursor::new(file.bytes)).unwrap();
    let packed = (0..archive.len()).map(|at| {
        let mut packed = archive.by_index(at).unwrap();
        let mut bytes = Vec::new();
        packed.read_to_end(&mut bytes).unwrap();
        ChannelFile::new(packed.name().unwrap().into_owned(), bytes)
    });
    packed.collect()
}

/// How many words of the issue a file contains; each must be for everyone.
fn check(issue: &Issue, file: &WrittenFile, seed: u64) -> usize {
    let WrittenFile { export, channel, name, text } = file;
    let place = || format!("NEWSLETTER_SEED={seed} {export} {name}\n{}\n{text}", issue.text);
    let everyone = PEOPLE.map(|(id, _)| AudienceId::parse(id).unwrap());
    let key = EditionKey::of_channel(*channel, Lang::default(), everyone.into());
    let held = words(text);
    for word in &held {
        if let Some(own) = word.checked_sub(OWN) {
            // The event is for everyone.
            let block = OWN_BLOCKS.get(own).filter(|(_, readers)| !readers.contains(channel));
            assert_eq!(block, None, "{}", place());
        } else {
            let is_open =
                Lang::ALL.into_iter().any(|lang| !issue.is_closed(*word, &EditionKey { lang, ..key.clone() }));
            assert!(is_open, "{} is for some readers only\n{}", issue.reported(*word), place());
        }
    }
    let lower = text.to_lowercase();
    for of_reader in ["a.example", "sdatter", "sby", "/afmeld/"] {
        assert!(!lower.contains(of_reader), "{of_reader} is of a reader\n{}", place());
    }
    let names: Vec<&str> = PEOPLE.iter().flat_map(|(_, people)| people.iter().map(|(name, _)| *name)).collect();
    let spoken = lower.split(|letter: char| !letter.is_alphanumeric()).find(|word| names.contains(word));
    assert_eq!(spoken, None, "{}", place());
    held.len()
}
