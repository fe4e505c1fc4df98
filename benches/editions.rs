//! Measures compiling an edition and composing a letter from it (`cargo bench --bench editions`).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{Debug, Write};
use std::sync::Arc;

use divan::Bencher;
use divan::counter::BytesCount;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use newsletter::audience::AudienceId;
use newsletter::base::language::Lang;
use newsletter::base::source::span::Spanned;
use newsletter::base::source::text::Source;
use newsletter::base::value::Value;
use newsletter::edition::compile;
use newsletter::edition::compiled::{Edition, LetterRecipient};
use newsletter::edition::context::{Brand, EditionContext, Medium};
use newsletter::edition::images::placement::{NoPictures, Placement};
use newsletter::edition::theme::Theme;
use newsletter::edition::theme::files::{DEFAULT, ThemeFiles};
use newsletter::issue::Issue;
use newsletter::issue::edition_key::EditionKey;
use newsletter::issue::manuscript::texts::NoTexts;
use newsletter::issue::manuscript::{ManuscriptContext, Manuscripts};
use newsletter::letter::complete::CompletenessGuard;
use newsletter::letter::decoded::DecodedLetter;
use newsletter::letter::parsed;
use newsletter::people::person::{Address, Localised, Person, PersonOrigin};

const LEAVE: &str = "mailto:leave@list.example?subject=x";

fn main() {
    divan::main();
}

/// Unwraps the input of a benchmark; without it, the figures mean nothing.
fn made<T, E: Debug>(result: Result<T, E>) -> T {
    result.unwrap_or_else(|error| panic!("{error:?}"))
}

/// At most this many bytes of Markdown: a section of a member newsletter, repeated, with this number of template tags.
fn markdown(bytes: usize, holes: usize) -> String {
    let mut text = String::from(
        "---\nsubject: Nyt fra fællesskabet\npreheader: Det vigtigste på to minutter, samlet til dig\naudiences: [readers]\n---\n{{ greeting }}\n\n",
    );
    for hole in 0..holes {
        made(write!(text, "Linje {hole} til {{{{ first_name }}}}.\n\n"));
    }
    let section = include_str!("section.md");
    while text.len() + section.len() <= bytes {
        text.push_str(section);
    }
    text
}

struct Desk {
    issue: Issue,
    key: EditionKey,
    edition_context: EditionContext,
    theme: Theme,
}

impl Desk {
    fn new(text: String) -> Self {
        let audience = made(AudienceId::parse("readers"));
        let (issue, diagnostics) = Issue::parse(&Source::new("issues/nyt.md", text), &TimeZone::UTC);
        let issue = issue.unwrap_or_else(|| panic!("{diagnostics:?}"));
        let reason = Spanned { value: "du er medlem".to_owned(), place: issue.source.line(1) };
        let edition_context = EditionContext {
            series: None,
            lang: Lang::default(),
            domain: "aabenkommune.example".into(),
            timezone: TimeZone::UTC,
            sender: "Fællesskabet Åben Kommune".into(),
            postal_address: "Havnegade 12\n9999 Eksempelby".into(),
            medium: Medium::Letter { reason: Localised::Same(reason), reason_lang: Lang::default() },
            brand: Brand::default(),
            greetings: BTreeMap::new(),
            online: None,
            pictures: Placement::Embedded,
            campaign: None,
        };
        let theme = made(Theme::parse(ThemeFiles::built_in(DEFAULT), Brand::default()));
        Self {
            issue,
            key: EditionKey { audience, lang: Lang::default(), includes: BTreeSet::new(), leaves_out: BTreeSet::new() },
            edition_context,
            theme,
        }
    }

    fn compile(&self) -> Edition {
        let audiences = BTreeSet::from([self.key.audience.clone()]);
        let surroundings: Vec<&str> = self.edition_context.texts().chain(self.theme.texts()).collect();
        let context = ManuscriptContext {
            audiences: &audiences,
            texts: &NoTexts,
            greets_with_word: true,
            surroundings: &surroundings,
        };
        let manuscripts = Manuscripts::read(&self.issue, context);
        let manuscript = manuscripts.in_lang(self.key.lang);
        let (edition, diagnostics) =
            compile::edition(manuscript, &self.key, &self.edition_context, &self.theme, &NoPictures);
        edition.unwrap_or_else(|| panic!("{diagnostics:?}"))
    }
}

fn person() -> Arc<Person> {
    let fields = [("first_name", "Søren"), ("name", "Søren Ø")];
    Arc::new(Person {
        address: made(Address::parse("soeren@kommune.example")),
        lang: None,
        fields: fields.into_iter().map(|(name, value)| (name.to_owned(), Value::Text(value.into()))).collect(),
        origin: PersonOrigin { path: Arc::from("audiences/readers.yaml"), line: 3 },
        consent: None,
    })
}

/// One edition of an issue with this many bytes; target: 5 ms at 20 kB.
#[divan::bench(args = [2_000, 10_000, 20_000])]
fn compile(bencher: Bencher<'_, '_>, bytes: usize) {
    let desk = Desk::new(markdown(bytes, 0));
    bencher.counter(BytesCount::new(desk.issue.source.text().len())).bench(|| desk.compile());
}

/// The search for words that a letter lacks, in an issue of this size, once per edition.
#[divan::bench(args = [2_000, 10_000, 20_000])]
fn completeness(bencher: Bencher<'_, '_>, bytes: usize) {
    let mut desk = Desk::new(markdown(bytes, 0));
    desk.edition_context.medium = Medium::WebPage;
    let edition = desk.compile();
    let letter = made(DecodedLetter::of_page(&edition, Timestamp::UNIX_EPOCH));
    let guard = CompletenessGuard { issue: desk.issue.clone(), has_page: false };
    let search = || guard.check(&desk.key, &parsed::parse_texts(&letter), || None);
    let found = search();
    assert!(!found.has_errors(), "{found:?}");
    bencher.bench(search);
}

/// All parts of one recipient's letter, from 20 kB of Markdown with this many values.
#[divan::bench(args = [0, 3, 30, 180])]
fn personalise(bencher: Bencher<'_, '_>, holes: usize) {
    let edition = Desk::new(markdown(20_000, holes)).compile();
    let person = person();
    let reader =
        LetterRecipient { person: &person, unsubscribe: None, unsubscribe_mailto: LEAVE, unsubscribe_series: None };
    bencher.bench(|| made(edition.personalise(&reader)));
}

/// Only the HTML of the same letter; target: 5 µs plus 0.2 µs per value.
#[divan::bench(args = [0, 3, 30, 180])]
fn html(bencher: Bencher<'_, '_>, holes: usize) {
    let edition = Desk::new(markdown(20_000, holes)).compile();
    let person = person();
    let reader =
        LetterRecipient { person: &person, unsubscribe: None, unsubscribe_mailto: LEAVE, unsubscribe_series: None };
    bencher.bench(|| made(edition.html(&reader)));
}
