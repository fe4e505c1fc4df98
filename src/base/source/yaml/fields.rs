//! Reads the keys of a mapping, each as the type that it must have.

use std::fmt::Display;
use std::path::{Component, Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use crate::base::message::{Message, message};
use crate::base::secret::SecretSource;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::nearest::{nearest, suggestion};
use crate::base::source::span::{Span, Spanned};
use crate::base::source::text::Source;
#[cfg(test)]
use crate::base::source::yaml::asked_keys;
use crate::base::source::yaml::duration::INVALID_DURATION;
use crate::base::source::yaml::from_text::FromText;
use crate::base::source::yaml::node::MappingKey;
use crate::base::source::yaml::node::Node;
use crate::base::source::yaml::node::NodeKind;
use crate::base::source::yaml::scalar::WRONG_TYPE;

/// A key that a mapping does not have.
pub(crate) const UNKNOWN_KEY: Code = Code("NL010");
const INVALID_PATH: Code = Code("NL113");
const INVALID_NUMBER: Code = Code("NL115");
const INVALID_CHOICE: Code = Code("NL116");
const TWO_SECRETS: Code = Code("NL120");
const NOT_A_VARIABLE: Code = Code("NL165");
/// A password or token in a file that others read.
pub(crate) const SECRET_IN_FILE: Code = Code("NL141");

/// Reads the keys of one mapping and collects the problems.
///
/// The caller reads each key that may exist, and ends with [`MappingReader::finish`], which reports the others. A
/// getter returns `None` if the key is missing or empty, and if its value is invalid, which is reported.
pub struct MappingReader<'a, 'd> {
    source: &'a Source,
    node: &'a Node,
    entries: &'a [(MappingKey, Node)],
    known: Vec<&'static str>,
    refused: Vec<&'static str>,
    skipped: Vec<&'a str>,
    diagnostics: &'d mut Diagnostics,
}

impl<'a, 'd> MappingReader<'a, 'd> {
    /// The keys of a node; `name` is what messages call it, such as "an audience". An empty node has no keys. `None`
    /// if the node is not a mapping, which is reported.
    pub fn new(source: &'a Source, node: &'a Node, name: &Message, diagnostics: &'d mut Diagnostics) -> Option<Self> {
        let entries: &[(MappingKey, Node)] = match &node.kind {
            NodeKind::Mapping(entries) => entries,
            NodeKind::Null => &[],
            NodeKind::Scalar { .. } | NodeKind::Sequence(_) => {
                let message = message!(
                    "{name} must be lines of `key: value`, and this is {}",
                    "{name} skal være linjer med `felt: værdi`, og det her er {}",
                    node.noun()
                );
                let diagnostic = Diagnostic::error(WRONG_TYPE, message).at(node.place(source));
                diagnostics.push(diagnostic.hint(message!(
                    "write a key, a colon, a space and the value on each line",
                    "skriv et felt, et kolon, et mellemrum og værdien på hver linje"
                )));
                return None;
            }
        };
        Some(Self { source, node, entries, known: Vec::new(), refused: Vec::new(), skipped: Vec::new(), diagnostics })
    }

    /// The file.
    pub fn source(&self) -> &'a Source {
        self.source
    }

    /// Where the mapping begins.
    pub fn place(&self) -> Span {
        self.node.place(self.source)
    }

    /// The problems found so far, for values that the caller reads itself.
    pub fn diagnostics(&mut self) -> &mut Diagnostics {
        self.diagnostics
    }

    /// Adds a problem.
    pub fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// A key and its value.
    pub fn entry(&mut self, key: &'static str) -> Option<(&'a MappingKey, &'a Node)> {
        if !self.known.contains(&key) {
            self.known.push(key);
        }
        self.entries.iter().find(|(entry, _)| entry.value == key).map(|(key, node)| (key, node))
    }

    /// The value of a key.
    pub fn node(&mut self, key: &'static str) -> Option<&'a Node> {
        self.entry(key).map(|(_, node)| node)
    }

    /// Whether the key exists, with or without a value.
    pub fn has(&mut self, key: &'static str) -> bool {
        self.entry(key).is_some()
    }

    /// Whether the key exists and has a value, valid or not. An empty value, which getters ignore without a report,
    /// does not count.
    pub fn has_value(&mut self, key: &'static str) -> bool {
        self.node(key)
            .is_some_and(|node| node.kind != NodeKind::Null && node.scalar().is_none_or(|text| !text.trim().is_empty()))
    }

    /// Where the key is.
    pub fn key_place(&mut self, key: &'static str) -> Option<Span> {
        let source = self.source;
        self.entry(key).map(|(key, _)| key.place(source))
    }

    /// The location of a key that is known only to be refused. It is never suggested for a mistyped one.
    pub fn refused_place(&mut self, key: &'static str) -> Option<Span> {
        self.refused.push(key);
        self.key_place(key)
    }

    /// Reads the value of a key with a function.
    pub fn with<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&'a Source, &'a Node, &mut Diagnostics) -> Option<T>,
    ) -> Option<T> {
        let node = self.node(key)?;
        read(self.source, node, self.diagnostics)
    }

    /// A text on one line; see [`Node::text`].
    pub fn text(&mut self, key: &'static str) -> Option<Spanned<String>> {
        let text = self.node(key)?.text(self.source, key, self.diagnostics);
        text.filter(|text| !text.value.is_empty())
    }

    /// A text that may have several lines; see [`Node::paragraph`].
    pub fn paragraph(&mut self, key: &'static str) -> Option<Spanned<String>> {
        let text = self.node(key)?.paragraph(self.source, key, self.diagnostics);
        text.filter(|text| !text.value.is_empty())
    }

    /// Any text; see [`Node::lines`].
    pub fn lines(&mut self, key: &'static str) -> Option<Spanned<String>> {
        let text = self.node(key)?.lines(self.source, key, self.diagnostics);
        text.filter(|text| !text.value.is_empty())
    }

    /// `true` or `false`.
    pub fn flag(&mut self, key: &'static str) -> Option<Spanned<bool>> {
        self.node(key)?.flag(self.source, key, self.diagnostics)
    }

    /// A list; empty if there is none.
    pub fn list(&mut self, key: &'static str) -> &'a [Node] {
        self.node(key).and_then(|node| node.list(self.source, key, self.diagnostics)).unwrap_or_default()
    }

    /// A list of texts, each on one line; empty if there is none.
    pub fn texts(&mut self, key: &'static str) -> Vec<Spanned<String>> {
        self.node(key).and_then(|node| node.texts(self.source, key, self.diagnostics)).unwrap_or_default()
    }

    /// A value that is written as a text, such as an address.
    pub fn value<T: FromText>(&mut self, key: &'static str) -> Option<Spanned<T>> {
        let text = self.text(key)?;
        self.parse(text, key)
    }

    /// A list of such values; empty if there is none.
    pub fn values<T: FromText>(&mut self, key: &'static str) -> Vec<Spanned<T>> {
        let texts = self.texts(key);
        texts.into_iter().filter_map(|text| self.parse(text, key)).collect()
    }

    fn parse<T: FromText>(&mut self, text: Spanned<String>, key: &str) -> Option<Spanned<T>> {
        match T::from_text(&text.value, key) {
            Ok(value) => Some(Spanned { value, place: text.place }),
            Err(diagnostic) => {
                self.report(diagnostic.at(text.place));
                None
            }
        }
    }

    /// A duration of at least this.
    pub fn duration(&mut self, key: &'static str, lowest: Duration) -> Option<Duration> {
        let duration = self.value::<Duration>(key)?;
        if duration.value >= lowest {
            return Some(duration.value);
        }
        let seconds = lowest.as_secs();
        let diagnostic = Diagnostic::error(
            INVALID_DURATION,
            message!("`{key}` must be at least {seconds}s", "`{key}` skal være mindst {seconds}s"),
        );
        self.report(diagnostic.at(duration.place).hint(message!(
            "write {key}: {seconds}s, or a longer duration",
            "skriv {key}: {seconds}s eller en længere varighed"
        )));
        None
    }

    /// A whole number from `lowest` to `highest`.
    pub fn number<T>(&mut self, key: &'static str, lowest: T, highest: T) -> Option<T>
    where
        T: FromStr + PartialOrd + Display + Copy,
    {
        let text = self.text(key)?;
        let number = text.value.parse::<T>().ok().filter(|number| (lowest..=highest).contains(number));
        if number.is_none() {
            let message = message!(
                "invalid `{key}`: {} is not in {lowest}..{highest}",
                "ugyldig `{key}`: {} er ikke mellem {lowest} og {highest}",
                text.value
            );
            let hint = message!(
                "write a whole number from {lowest} to {highest}",
                "skriv et helt tal fra {lowest} til {highest}"
            );
            self.report(Diagnostic::error(INVALID_NUMBER, message).at(text.place).hint(hint));
        }
        number
    }

    /// One of a few words, in lower or upper case.
    pub fn choice<T: Copy>(&mut self, key: &'static str, known: &[(&'static str, T)]) -> Option<Spanned<T>> {
        #[cfg(test)]
        asked_keys::record_choice(self.node.line, key, known.iter().map(|(word, _)| *word).collect());
        let text = self.text(key)?;
        if let Some((_, value)) = known.iter().find(|(word, _)| text.value.eq_ignore_ascii_case(word)) {
            return Some(text.map(|_| *value));
        }
        let hint = suggestion(&text.value, known.iter().map(|(word, _)| *word));
        let diagnostic =
            Diagnostic::error(INVALID_CHOICE, message!("invalid `{key}`: {}", "ugyldig `{key}`: {}", text.value));
        self.report(Diagnostic { hint, ..diagnostic.at(text.place) });
        None
    }

    /// A path below the project's folder.
    pub fn path(&mut self, key: &'static str) -> Option<PathBuf> {
        let text = self.text(key)?;
        let path = Path::new(&text.value);
        // `..` and absolute paths leave the project; a drive letter of Windows is a `Prefix`.
        if path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir)) {
            return Some(path.to_owned());
        }
        let diagnostic = Diagnostic::error(
            INVALID_PATH,
            message!("`{key}` must be inside the project folder", "`{key}` skal være inde i projektets mappe"),
        );
        let hint = message!(
            "write a path inside the project folder, without `..` or a leading `/`, such as {key}: {key}",
            "skriv en sti inde i projektets mappe, uden `..` eller `/` først, f.eks. {key}: {key}"
        );
        self.report(diagnostic.at(text.place).hint(hint));
        None
    }

    /// Where a secret is kept: under `NAME_env`, `NAME_file` or `NAME_command`, of which `keys` are allowed. The
    /// secret itself, under `NAME`, is refused.
    pub fn secret<const N: usize>(&mut self, name: &'static str, keys: [&'static str; N]) -> Option<SecretSource> {
        if let Some(place) = self.refused_place(name) {
            let diagnostic = Diagnostic::error(
                SECRET_IN_FILE,
                message!("never write a {name} in this file", "skriv aldrig `{name}` i denne fil"),
            );
            let hint = message!(
                "write it to a file, `chmod 600`, and name that: {name}_file: …",
                "læg hemmeligheden i en fil for sig selv, kør `chmod 600` på filen, og skriv dens sti: {name}_file: …"
            );
            self.report(diagnostic.at(place).hint(hint));
        }
        // All keys are read even if the first one is there, since an unread key would be reported as unknown.
        let mut found = None;
        for key in keys {
            let Some(text) = self.text(key) else { continue };
            if found.is_some() {
                let diagnostic = Diagnostic::error(
                    TWO_SECRETS,
                    message!("only one of {} is allowed", "kun en af {} er tilladt", keys.join(", ")),
                );
                self.report(diagnostic.at(text.place).hint(message!("delete the others", "slet de andre")));
                continue;
            }
            found = Some(match key.strip_prefix(name) {
                Some("_env") if !is_variable(&text.value) => {
                    let message = message!(
                        "`{key}` must be the name of an environment variable",
                        "`{key}` skal være navnet på en miljøvariabel"
                    );
                    let hint = message!(
                        "write it like this: {key}: RELAY_PASSWORD; never the {name} itself",
                        "skriv det sådan: {key}: RELAY_PASSWORD; aldrig selve hemmeligheden ({name})"
                    );
                    self.report(Diagnostic::error(NOT_A_VARIABLE, message).at(text.place).hint(hint));
                    continue;
                }
                Some("_env") => SecretSource::Env(text.value),
                Some("_command") => SecretSource::Command(text.value),
                Some(_) | None => SecretSource::File(text.value.into()),
            });
        }
        found
    }

    /// A reader for the mapping under a key.
    pub fn group(&mut self, key: &'static str) -> Option<MappingReader<'a, '_>> {
        MappingReader::new(self.source, self.node(key)?, &Message::verbatim(key), self.diagnostics)
    }

    /// Reads each mapping of a list.
    pub fn each_group(&mut self, key: &'static str, name: &Message, mut read: impl FnMut(MappingReader<'a, '_>)) {
        for node in self.list(key) {
            if let Some(group) = MappingReader::new(self.source, node, name, self.diagnostics) {
                read(group);
            }
        }
    }

    /// Reads each mapping under a key, by keys that the user chooses.
    pub fn each_named(
        &mut self,
        key: &'static str,
        name: &Message,
        mut read: impl FnMut(&'a MappingKey, MappingReader<'a, '_>),
    ) {
        let Some(mut named) = self.group(key) else { return };
        for (key, node) in named.rest() {
            if let Some(group) = MappingReader::new(named.source, node, name, named.diagnostics) {
                read(key, group);
            }
        }
    }

    /// All keys that were not read yet, with their values, for mappings whose keys the user chooses. They then count as
    /// read.
    pub fn rest(&mut self) -> Vec<(&'a MappingKey, &'a Node)> {
        let rest = self.unread_keys().collect();
        self.entries = &[];
        rest
    }

    /// The same, as texts.
    pub fn rest_texts(&mut self) -> Vec<(&'a MappingKey, Option<Spanned<String>>)> {
        let rest = self.rest().into_iter();
        rest.map(|(key, node)| (key, node.text(self.source, &key.value, self.diagnostics))).collect()
    }

    /// All keys, read or not.
    pub fn keys(&self) -> impl Iterator<Item = &'a MappingKey> + use<'a> {
        self.entries.iter().map(|(key, _)| key)
    }

    /// The keys that were not read and that a function accepts: it gets a key, and the key that was read and resembles it.
    /// They then count as read.
    pub fn skip_unread(&mut self, is_skipped: impl Fn(&str, Option<&str>) -> bool) -> Vec<&'a MappingKey> {
        let known = self.suggestions();
        let resembling = |key: &str| nearest(key, known.iter().copied());
        let unread = self.unread_keys().map(|(key, _)| key);
        let skipped: Vec<&MappingKey> = unread.filter(|key| is_skipped(&key.value, resembling(&key.value))).collect();
        self.skipped.extend(skipped.iter().map(|key| key.value.as_str()));
        skipped
    }

    /// The keys that may be suggested for a mistyped one.
    fn suggestions(&self) -> Vec<&'static str> {
        self.known.iter().copied().filter(|key| !self.refused.contains(key)).collect()
    }

    /// Reports each key that was not read, with the nearest of those that were.
    pub fn finish(self) {
        self.finish_with(&[], None);
    }

    /// The same, with the hints for words that are often written instead of the keys.
    pub fn finish_or_guess(self, common_mistakes: &[(&str, Message)]) {
        self.finish_with(common_mistakes, None);
    }

    /// The same, with a hint for a word that resembles no key; absent: the keys are listed.
    pub fn finish_with(self, common_mistakes: &[(&str, Message)], otherwise: Option<&Message>) {
        let known = self.suggestions();
        #[cfg(test)]
        asked_keys::record_mapping(self.node.line, known.clone());
        let advice = |word: &str| {
            common_mistakes.iter().find(|(wrong, _)| wrong.eq_ignore_ascii_case(word)).map(|(_, hint)| hint)
        };
        let unread: Vec<_> = self.unread_keys().collect();
        for (key, _) in unread {
            let typed = key.value.as_str();
            let near_mistake = || nearest(typed, common_mistakes.iter().map(|(wrong, _)| *wrong)).and_then(advice);
            // A similar key takes precedence over a similar common mistake.
            let hint = match nearest(typed, known.iter().copied()) {
                Some(_) => advice(typed),
                None => advice(typed).or_else(near_mistake).or(otherwise),
            };
            let unknown = Diagnostic::unknown(UNKNOWN_KEY, message!("key", "felt"), typed, known.iter().copied());
            let unknown = match hint {
                Some(hint) => unknown.hint(hint.clone()),
                None => unknown,
            };
            self.diagnostics.push(unknown.at(key.place(self.source)));
        }
    }

    fn unread_keys(&self) -> impl Iterator<Item = (&'a MappingKey, &'a Node)> {
        let is_read = |key: &MappingKey| {
            self.known.iter().any(|known| *known == key.value) || self.skipped.contains(&key.value.as_str())
        };
        self.entries.iter().filter(move |(key, _)| !is_read(key)).map(|(key, node)| (key, node))
    }
}

/// Whether a text can be the name of an environment variable (POSIX, "Environment Variables").
fn is_variable(name: &str) -> bool {
    let mut signs = name.chars();
    let is_first = |sign: char| sign.is_ascii_alphabetic() || sign == '_';
    signs.next().is_some_and(is_first) && signs.all(|sign| is_first(sign) || sign.is_ascii_digit())
}
