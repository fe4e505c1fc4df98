//! The keys of a group of settings, each read as what it must be.

use std::fmt::Display;
use std::path::{Component, Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use crate::audience::rules::Rules;
use crate::base::language::Lang;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::exemption::Exemptions;
use crate::base::source::nearest::nearest;
use crate::base::source::span::{Span, Spanned};
use crate::base::source::text::Source;
use crate::base::source::yaml::fields::MappingReader;
use crate::base::source::yaml::{MappingKey, Node};
use crate::letter::return_path::ReturnPath;
use crate::people::person::Address;
use crate::people::person::mailbox::Mailbox;
use crate::project::settings::duration;

const BAD_MAILBOX: Code = Code("NL110");
const BAD_ADDRESS: Code = Code("NL111");
const BAD_LANG: Code = Code("NL112");
const BAD_PATH: Code = Code("NL113");
const BAD_DURATION: Code = Code("NL114");
const BAD_NUMBER: Code = Code("NL115");
const BAD_CHOICE: Code = Code("NL116");

/// The keys of one group, and where its mistakes are collected.
pub(crate) struct SettingsReader<'a, 'd> {
    fields: MappingReader<'a>,
    diagnostics: &'d mut Diagnostics,
}

impl<'a, 'd> SettingsReader<'a, 'd> {
    pub(super) fn new(fields: MappingReader<'a>, diagnostics: &'d mut Diagnostics) -> Self {
        Self { fields, diagnostics }
    }

    /// The keys under a key; `None` where it is not there or is no group, which is told.
    pub(super) fn group(&mut self, key: &'static str) -> Option<SettingsReader<'a, '_>> {
        let fields = self.fields.group(key, self.diagnostics)?;
        Some(SettingsReader { fields, diagnostics: self.diagnostics })
    }

    /// Reads each group of a list; what is no list or no group is told.
    pub(super) fn each_group(
        &mut self,
        key: &'static str,
        what: &'static str,
        mut read: impl FnMut(SettingsReader<'a, '_>),
    ) {
        for node in self.fields.list(key, self.diagnostics).unwrap_or_default() {
            if let Some(fields) = MappingReader::new(self.fields.source(), node, what, self.diagnostics) {
                read(SettingsReader { fields, diagnostics: self.diagnostics });
            }
        }
    }

    /// Reads each group under a key, by names that are not known beforehand and are the writer's own.
    pub(super) fn each_named(
        &mut self,
        key: &'static str,
        what: &'static str,
        mut read: impl FnMut(&'a str, Span, SettingsReader<'a, '_>),
    ) {
        let source = self.source();
        let Some(mut named) = self.fields.group(key, self.diagnostics) else { return };
        for (key, node) in named.rest() {
            if let Some(fields) = MappingReader::new(source, node, what, self.diagnostics) {
                read(&key.value, key.place(source), SettingsReader { fields, diagnostics: self.diagnostics });
            }
        }
    }

    pub(super) fn tell(&mut self, diagnostic: Diagnostic, place: Span, hint: impl Into<String>) {
        self.diagnostics.push(diagnostic.at(place).hint(hint));
    }

    /// How much was told so far.
    pub(super) fn mistakes(&self) -> usize {
        self.diagnostics.iter().count()
    }

    pub(super) fn source(&self) -> &'a Source {
        self.fields.source()
    }

    /// Where the group begins.
    pub(super) fn place(&self) -> Span {
        self.fields.place()
    }

    pub(super) fn has(&mut self, key: &'static str) -> bool {
        self.fields.node(key).is_some()
    }

    pub(super) fn key_place(&mut self, key: &'static str) -> Option<Span> {
        let source = self.source();
        self.fields.entry(key).map(|(key, _)| key.place(source))
    }

    pub(super) fn text(&mut self, key: &'static str) -> Option<Spanned<String>> {
        self.fields.text(key, self.diagnostics).filter(|it| !it.value.is_empty())
    }

    /// The value of a key, whatever it is, and where its mistakes are collected.
    pub(super) fn node(&mut self, key: &'static str) -> Option<(&'a Node, &mut Diagnostics)> {
        let node = self.fields.node(key)?;
        Some((node, self.diagnostics))
    }

    /// Warnings that are turned off.
    pub(super) fn exemptions(&mut self, key: &'static str) -> Exemptions {
        let fields = self.fields.group(key, self.diagnostics);
        fields.map(|it| Exemptions::read(it, self.diagnostics)).unwrap_or_default()
    }

    /// Rules by their names.
    pub(super) fn rules(&mut self, key: &'static str) -> Rules {
        let fields = self.fields.group(key, self.diagnostics);
        fields.map(|it| Rules::read(it, self.diagnostics)).unwrap_or_default()
    }

    /// A list of texts; empty where the key is not there.
    pub(super) fn texts(&mut self, key: &'static str) -> Vec<Spanned<String>> {
        self.fields.texts(key, self.diagnostics).unwrap_or_default()
    }

    pub(super) fn paragraph(&mut self, key: &'static str) -> Option<Spanned<String>> {
        self.fields.paragraph(key, self.diagnostics)
    }

    pub(super) fn mailbox(&mut self, key: &'static str) -> Option<Mailbox> {
        let text = self.text(key)?;
        let mailbox = Mailbox::parse(&text.value);
        if let Err(error) = &mailbox {
            let diagnostic = Diagnostic::error(BAD_MAILBOX, format!("`{key}` is no sender: {error}"));
            self.tell(diagnostic, text.place, format!("write it like this: {key}: Anna Berg <anna@forening.example>"));
        }
        mailbox.ok()
    }

    pub(super) fn address(&mut self, key: &'static str) -> Option<Address> {
        let text = self.text(key)?;
        let address = Address::parse(text.value.strip_prefix("mailto:").unwrap_or(&text.value));
        if let Err(error) = &address {
            let diagnostic = Diagnostic::error(BAD_ADDRESS, format!("`{key}` is no address: {error}"));
            self.tell(diagnostic, text.place, format!("write it like this: {key}: anna@forening.example"));
        }
        address.ok()
    }

    pub(super) fn return_path(&mut self, key: &'static str) -> Option<ReturnPath> {
        let text = self.text(key)?;
        let path = ReturnPath::parse(text.value.strip_prefix("mailto:").unwrap_or(&text.value));
        if let Err(error) = &path {
            let diagnostic = Diagnostic::error(BAD_ADDRESS, format!("`{key}` is no address: {error}"));
            let own = "retur+{token}@forening.example";
            let hint =
                format!("write it like this: {key}: retur@forening.example, or {key}: {own} for one to each letter");
            self.tell(diagnostic, text.place, hint);
        }
        path.ok()
    }

    pub(super) fn lang(&mut self, key: &'static str) -> Option<Lang> {
        let text = self.text(key)?;
        let lang = Lang::parse(&text.value);
        if lang.is_none() {
            let message = format!("`{}` is no language that there are editions in", text.value);
            self.tell(Diagnostic::error(BAD_LANG, message), text.place, format!("write one of: {}", Lang::known()));
        }
        lang
    }

    /// A path below the project's folder.
    pub(super) fn path(&mut self, key: &'static str) -> Option<PathBuf> {
        let text = self.text(key)?;
        let path = Path::new(&text.value);
        if path.components().all(|it| matches!(it, Component::Normal(_) | Component::CurDir)) {
            return Some(path.to_owned());
        }
        let diagnostic = Diagnostic::error(BAD_PATH, format!("`{key}` must lie in the project's folder"));
        self.tell(diagnostic, text.place, format!("write a path without .. and without / before it: {key}: {key}"));
        None
    }

    pub(super) fn duration(&mut self, key: &'static str) -> Option<Spanned<Duration>> {
        let text = self.text(key)?;
        let Some(value) = duration::parse(&text.value) else {
            let diagnostic = Diagnostic::error(BAD_DURATION, format!("`{key}` is no length of time: {}", text.value));
            self.tell(diagnostic, text.place, "write a number and s, m, h or d, such as 30s, 5m, 1h or 2d");
            return None;
        };
        Some(Spanned { value, place: text.place })
    }

    /// A whole number from `lowest` to `highest`.
    pub(super) fn number<T>(&mut self, key: &'static str, lowest: T, highest: T) -> Option<T>
    where
        T: FromStr + PartialOrd + Display + Copy,
    {
        let text = self.text(key)?;
        let number = text.value.parse::<T>().ok().filter(|it| (lowest..=highest).contains(it));
        if number.is_none() {
            let message = format!("`{key}` must be {lowest}..{highest}, and this is {}", text.value);
            let hint = format!("write a whole number from {lowest} to {highest}");
            self.tell(Diagnostic::error(BAD_NUMBER, message), text.place, hint);
        }
        number
    }

    /// What stands under keys that are not known beforehand, such as domains.
    pub(super) fn rest(&mut self) -> Vec<(&'a MappingKey, Option<Spanned<String>>)> {
        let source = self.source();
        let rest = self.fields.rest().into_iter();
        rest.map(|(key, node)| (key, node.text(source, &key.value, self.diagnostics))).collect()
    }

    /// One of a few words.
    pub(super) fn choice<T: Copy>(&mut self, key: &'static str, known: &[(&'static str, T)]) -> Option<T> {
        let text = self.text(key)?;
        let word = text.value.to_ascii_lowercase();
        if let Some((_, value)) = known.iter().find(|(it, _)| *it == word) {
            return Some(*value);
        }
        let words: Vec<&str> = known.iter().map(|(it, _)| *it).collect();
        let hint = match nearest(&word, words.iter().copied()) {
            Some(near) => format!("did you mean `{near}`? It is one of: {}", words.join(", ")),
            None => format!("write one of: {}", words.join(", ")),
        };
        let diagnostic = Diagnostic::error(BAD_CHOICE, format!("`{key}` cannot be `{}`", text.value));
        self.tell(diagnostic, text.place, hint);
        None
    }

    /// Tells the keys that nobody asked for.
    pub(super) fn finish_with(self, guesses: &[(&str, &str)]) {
        self.fields.finish_or_guess(guesses, self.diagnostics);
    }
}
