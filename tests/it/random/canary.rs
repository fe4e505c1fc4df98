//! Canary words in blocks for some readers, behind fences of every shape: no other reader gets one, unless `check` has an
//! error.

use std::collections::BTreeSet;

use newsletter::issue::edition_key::EditionKey;
use newsletter::letter::compose::ComposedPlan;
use newsletter::letter::parsed;
use newsletter::ops::prepared_issue::PreparedIssue;
use newsletter::project::Project as Found;

use crate::chance::Chance;
use crate::project::Project;

/// The number of random issues in each of the two tests.
const ISSUES: u64 = 300;
/// The first seed; `NEWSLETTER_SEED` sets another one.
const SEED: u64 = 20_271_128;

const AUDIENCES: [&str; 3] = ["members", "board", "suppliers"];

/// Lines that change how Markdown reads those below them.
const HOSTILE: [&str; 30] = [
    "```",
    "~~~",
    "````",
    "    kode",
    "\tkode",
    "- punkt",
    "1. punkt",
    "> citat",
    "<pre>",
    "</pre>",
    "<div>",
    "</div>",
    "<!--",
    "-->",
    "<!-- note -->",
    "--!>",
    "| a | b |",
    "|---|---|",
    "[x]: y",
    "[^1]: note",
    "# Titel",
    "---",
    "===",
    "{% if lang == 'da' %}",
    "{% endif %}",
    "`",
    "\\",
    "<table>",
    "<script>",
    "{# skjult #}",
];
const BEFORE: [&str; 28] = [
    "", "", "", "", "", "", " ", "   ", "    ", "\t", "- ", "> ", "1. ", "      ", "~~~", "```", "<pre>", "<div>",
    "| ", "# ", "\u{feff}", "\u{a0}", "\u{200b}", "**", "tekst ", "`", "<!-- ", "&nbsp;",
];
const SIGNS: [&str; 20] = [
    ":::",
    ":::",
    ":::",
    ":::",
    ":::",
    "::::",
    "::",
    "：：：",
    ": : :",
    ";;;",
    "::;",
    ":\u{200b}::",
    "∶∶∶",
    "&#58;::",
    "\\:::",
    ":\\::",
    "::\u{ad}:",
    "∷:",
    "&colon;&colon;&colon;",
    "ːːː",
];
const GAPS: [&str; 8] = [" ", " ", " ", "", "\u{a0}", "\t", "  ", "\u{200b}"];
const AFTER: [&str; 10] = ["", "", "", "", "", "", " ", "\u{200b}", " <!-- x -->", "\\"];

/// A canary word, and whether the readers of an edition may see it.
struct Canary {
    word: String,
    kind: &'static str,
    audience: &'static str,
}

impl Canary {
    fn is_for(&self, key: &EditionKey) -> bool {
        let own = key.audience.as_str() == self.audience;
        let left_out = key.leaves_out.iter().any(|left| left.as_str() == self.audience);
        let included = key.includes.iter().any(|included| included.as_str() == self.audience);
        match self.kind {
            "only" => own,
            "for" => own || included,
            _ => !own && !left_out,
        }
    }
}

/// The text of a random issue, and its canary words.
fn invent(seed: u64) -> (String, Vec<Canary>) {
    let mut chance = Chance::new(seed);
    let mut text = String::new();
    let mut canaries = Vec::new();
    for _ in 0..2 + chance.below(4) {
        for _ in 0..chance.below(3) {
            text += chance.pick(&HOSTILE);
            text += chance.pick(&["\n", "\n\n"]);
        }
        text += chance.pick(&["", "\n", "Til alle.\n", "Til alle.\n\n"]);
        let (kind, audience) = (chance.pick(&["only", "not", "for"]), chance.pick(&AUDIENCES));
        // Half of the fences are right, so that many issues have no error.
        let right = chance.once_in(2);
        let before = if right { "" } else { chance.pick(&BEFORE) };
        let signs = if right { ":::" } else { chance.pick(&SIGNS) };
        let gap = if right { " " } else { chance.pick(&GAPS) };
        let after = if right { "" } else { chance.pick(&AFTER) };
        text += &[before, signs, gap, kind, " ", audience, after, "\n"].concat();
        for _ in 0..=chance.below(2) {
            let word = format!("kanarie{}q", canaries.len());
            let inner = if right { "" } else { before };
            if chance.once_in(4) {
                text += chance.pick(&HOSTILE);
                text += "\n";
            }
            text += &[inner, "Det hemmelige ord ", &word, " er kun for nogle få læsere.\n"].concat();
            canaries.push(Canary { word, kind, audience });
        }
        if !chance.once_in(12) {
            let signs = if right { ":::" } else { chance.pick(&SIGNS) };
            text += &[if right { "" } else { before }, signs, "\n"].concat();
        }
        text += chance.pick(&["", "\n"]);
    }
    (text, canaries)
}

#[test]
fn no_canary_reaches_another_edition() {
    check(0);
}

#[test]
fn no_canary_reaches_another_edition_second_half() {
    check(1);
}

fn check(half: u64) {
    let project = AUDIENCES.iter().fold(Project::new(&format!("canary-{half}")), |project, id| {
        let people = format!("  - email: {id}@a.example\n  - email: both-{id}@a.example\n");
        let more = if *id == "board" { "  - email: both-suppliers@a.example\n" } else { "" };
        let text = format!("name: {id}\nreason: du er i {id}\nrecipients:\n{people}{more}");
        project.file(&format!("audiences/{id}.yaml"), text)
    });
    let first = std::env::var("NEWSLETTER_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(SEED);
    let mut sent = 0;
    for seed in (first..).step_by(2).map(|seed| seed + half).take(usize::try_from(ISSUES).unwrap()) {
        let (text, canaries) = invent(seed);
        let front = "---\nsubject: Nyt\npreheader: Det vigtigste\naudiences: [members, board, suppliers]\n---\n";
        project.write("issues/canary.md", format!("{front}{text}"));
        let Some(seen) = seen(&project) else { continue };
        sent += 1;
        for (key, letter) in seen {
            let leaked: Vec<&str> = canaries
                .iter()
                .filter(|canary| !canary.is_for(&key) && letter.contains(&canary.word))
                .map(|canary| canary.word.as_str())
                .collect();
            assert!(leaked.is_empty(), "NEWSLETTER_SEED={seed}: {} gets {leaked:?}\n{text}", key.id());
        }
    }
    // If every issue had an error, the test would prove nothing.
    assert!(sent > ISSUES / 50, "NEWSLETTER_SEED={first}: only {sent} of {ISSUES} issues have no error");
}

/// What the readers of each edition get, in lower case; nothing if `check` has an error.
fn seen(project: &Project) -> Option<Vec<(EditionKey, String)>> {
    let root = project.path(".");
    let found = Found::find(Some(&root), &root).unwrap().project.unwrap();
    let (prepared, diagnostics) = PreparedIssue::of(&found, &project.path("issues/canary.md")).unwrap();
    let prepared = prepared.filter(|_| !diagnostics.has_errors())?;
    let letters = prepared.sample_letters();
    let guard = prepared.guard();
    let options = prepared.inputs.letter_options("Thu, 21 Jan 2027 09:30:00 +0100".to_owned()).unwrap();
    let composed = ComposedPlan::compose(options, prepared.editions, &letters).ok()?;
    if guard.check_letters(&composed, &letters).has_errors() {
        return None;
    }
    let mut checked = BTreeSet::new();
    let mut all = Vec::new();
    for planned in letters.iter().filter(|planned| checked.insert(planned.edition.clone())) {
        let letter = composed.letter(planned).unwrap();
        let letter = parsed::parse(&letter.bytes);
        let parts = letter.parts.iter().map(|part| part.text().to_lowercase());
        let text = parts.chain([letter.subject.to_lowercase()]).collect::<Vec<_>>().join("\n");
        all.push((guard.keys[&planned.edition].clone(), text));
    }
    Some(all)
}
