//! Finds values of a list that a rule does not match but probably should: several in one cell, or another spelling.

use std::collections::{BTreeMap, HashMap};

use crate::audience::rule::{FieldTest, Rule, RuleForm, any_value};
use crate::base::message::{Message, message};
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::nearest::distance;
use crate::people::person::{Person, fold};

const SEVERAL_IN_CELL: Code = Code("NL268");
const OTHER_SPELLING: Code = Code("NL269");

/// What people write between several values in a cell.
const SEPARATORS: [char; 7] = [',', ';', '|', '/', '&', '+', '\n'];
/// Words between them.
const SEPARATING_WORDS: [&str; 2] = [" og ", " and "];
/// How many different texts of a field are remembered: a list of a million names has a million.
const REMEMBERED: usize = 10_000;
/// How many spellings a message names.
const NAMED: usize = 3;
/// A shorter text is not compared letter by letter: `ja` and `nej` are not spellings of one word.
const SHORTEST_WORD: usize = 6;

/// Collects such values while a rule is evaluated for each person of a list.
pub(super) struct NearValues<'a> {
    tests: Vec<NearTest<'a>>,
}

/// The values near those of one test.
struct NearTest<'a> {
    test: &'a FieldTest,
    known: HashMap<String, Option<NearValue>>,
    matched: bool,
    several: BTreeMap<String, usize>,
    /// How many people have each other spelling, with the value that it is near.
    spelled: BTreeMap<(usize, String), usize>,
}

/// How a text resembles the values of a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum NearValue {
    /// One of several values in it is one of the test's.
    Several,
    /// It is another spelling of the test's value with this index.
    Spelling(usize),
}

impl<'a> NearValues<'a> {
    /// For a rule, and the named rules in it.
    pub(super) fn of(rule: &'a Rule) -> Self {
        let mut tests: Vec<&FieldTest> = Vec::new();
        let mut rules = vec![rule];
        while let Some(rule) = rules.pop() {
            rules.extend(rule.references().map(|reference| &*reference.rule));
            let RuleForm::Fields(fields) = &rule.form else { continue };
            for test in fields.required.iter().chain(&fields.excluded) {
                // A named rule may be used several times.
                if tests.iter().all(|known| known.field.place != test.field.place) {
                    tests.push(test);
                }
            }
        }
        Self { tests: tests.into_iter().map(NearTest::new).collect() }
    }

    /// Notes the values of a person.
    pub(super) fn note(&mut self, person: &Person) {
        self.tests.iter_mut().for_each(|test| test.note(person));
    }

    /// Reports what was found, each with the number of people.
    pub(super) fn report(&self, diagnostics: &mut Diagnostics) {
        for test in &self.tests {
            diagnostics.extend(test.several().into_iter().chain(test.spellings()).collect());
        }
    }
}

impl<'a> NearTest<'a> {
    fn new(test: &'a FieldTest) -> Self {
        Self { test, known: HashMap::new(), matched: false, several: BTreeMap::new(), spelled: BTreeMap::new() }
    }

    fn note(&mut self, person: &Person) {
        if self.test.matches(person) {
            self.matched = true;
            return;
        }
        let Self { test, known, several, spelled, .. } = self;
        any_value(person, &test.field.value, &mut |text| {
            let near = known.get(text).copied().unwrap_or_else(|| {
                let near = near_value(test, text);
                if known.len() < REMEMBERED {
                    known.insert(text.to_owned(), near);
                }
                near
            });
            match near {
                Some(NearValue::Several) => *several.entry(text.trim().to_owned()).or_default() += 1,
                Some(NearValue::Spelling(value)) => {
                    *spelled.entry((value, text.trim().to_owned())).or_default() += 1;
                }
                None => {}
            }
            near.is_some()
        });
    }

    fn several(&self) -> Option<Diagnostic> {
        let (text, _) = self.several.iter().max_by_key(|(_, count)| **count)?;
        let count: usize = self.several.values().sum();
        let field = &self.test.field.value;
        let message = message!(
            "{} several values in one cell of {field}, such as {text:?}, which this rule reads as one",
            "{} flere værdier i én celle i {field}, f.eks. {text:?}, som reglen læser som én",
            people(count)
        );
        let separator = text.chars().find(|letter| SEPARATORS.contains(letter) && *letter != '\n');
        let hint = match separator {
            Some(separator) => message!(
                "write lists: {{{field}: \"{separator}\"}} in the audience's file",
                "skriv lists: {{{field}: \"{separator}\"}} i målgruppens fil"
            ),
            None => {
                message!(
                    "write | between the values in the list, and lists: {{{field}: \"|\"}} in the audience's file",
                    "skriv | mellem værdierne i listen, og lists: {{{field}: \"|\"}} i målgruppens fil"
                )
            }
        };
        Some(Diagnostic::warning(SEVERAL_IN_CELL, message).at(self.test.field.place.clone()).hint(hint))
    }

    fn spellings(&self) -> Vec<Diagnostic> {
        // NL244 names the nearest value for one that no person has.
        if !self.matched {
            return Vec::new();
        }
        let mut spelled: Vec<(&(usize, String), &usize)> = self.spelled.iter().collect();
        spelled.sort_by_key(|(_, count)| usize::MAX - **count);
        let diagnostic = |((value, text), count): (&(usize, String), &usize)| {
            let (value, field) = (&self.test.values[*value], &self.test.field.value);
            let message = message!(
                "{} {text:?} in {field}, which is not {:?}",
                "{} {text:?} i {field}, som ikke er {:?}",
                people(*count),
                value.value
            );
            let hint = message!(
                "correct the list, or name both: {field}: [{}, {text}]",
                "ret listen, eller nævn begge: {field}: [{}, {text}]",
                value.value
            );
            Diagnostic::warning(OTHER_SPELLING, message).at(value.place.clone()).hint(hint)
        };
        spelled.into_iter().take(NAMED).map(diagnostic).collect()
    }
}

fn near_value(rule: &FieldTest, text: &str) -> Option<NearValue> {
    let words = SEPARATING_WORDS.iter().fold(text.to_owned(), |text, word| text.replace(word, "|"));
    let is_value = |part: &str| rule.folded.contains(&fold(part.trim()));
    if words.contains(SEPARATORS) && words.split(SEPARATORS).any(is_value) {
        return Some(NearValue::Several);
    }
    let bare = letters(text);
    if bare.is_empty() {
        return None;
    }
    let same = rule.folded.iter().position(|value| letters(value) == bare);
    let is_word = |text: &str| text.chars().count() >= SHORTEST_WORD && text.chars().all(char::is_alphabetic);
    let is_similar = |value: &String| {
        let value = letters(value);
        let is_ending =
            |long: &str, short: &str| long.strip_prefix(short).is_some_and(|rest| rest.chars().count() <= 2);
        let is_close = is_ending(&value, &bare) || is_ending(&bare, &value) || distance(&value, &bare) == 1;
        is_close && is_word(&value) && is_word(&bare)
    };
    let similar = || rule.folded.iter().position(is_similar);
    same.or_else(similar).map(NearValue::Spelling)
}

/// The letters and digits of a text: `IT-chef`, `IT chef` and `it–chef.` have the same.
fn letters(text: &str) -> String {
    fold(text).chars().filter(|letter| letter.is_alphanumeric()).collect()
}

fn people(count: usize) -> Message {
    if count == 1 {
        message!("1 person has", "1 person har")
    } else {
        message!("{count} people have", "{count} personer har")
    }
}
