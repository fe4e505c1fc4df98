//! The named rules of a project, which several audiences share.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::audience::rule::{MAX_DEPTH, NESTED_HINT, NESTED_TOO_DEEP, Rule, RuleReference, nested_too_deep};
use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::span::Spanned;
use crate::base::source::text::Source;
use crate::base::source::yaml::fields::MappingReader;
use crate::base::source::yaml::node::MappingKey;
use crate::base::source::yaml::node::Node;

const UNKNOWN: Code = Code("NL233");
const CYCLE: Code = Code("NL234");
const NO_NAME: Code = Code("NL235");

/// The named rules of a project.
#[derive(Clone, Debug, Default)]
pub struct Rules(BTreeMap<String, Arc<Rule>>);

impl Rules {
    /// Reads the rules under a key, each of which may use others.
    pub fn read(mut fields: MappingReader<'_, '_>) -> Self {
        let source = fields.source();
        let entries: BTreeMap<&str, (&MappingKey, &Node)> =
            fields.rest().into_iter().map(|(key, node)| (key.value.as_str(), (key, node))).collect();
        for (key, _) in entries.values() {
            if key.value.contains(|letter: char| !(letter.is_alphanumeric() || letter == '_')) {
                let message = message!("invalid rule name {:?}", "ugyldigt regelnavn {:?}", key.value);
                // An expression would read `rules.it-chefs` as a subtraction.
                let hint = message!(
                    "use only letters, digits and _, so that expressions can use it: rules.navn",
                    "brug kun bogstaver, tal og _, så udtryk kan bruge den: rules.navn"
                );
                fields.report(Diagnostic::error(NO_NAME, message).at(key.place(source)).hint(hint));
            }
        }
        let mut reader = RuleReader { source, entries, known: BTreeMap::new(), path: Vec::new() };
        for name in reader.entries.keys().copied().collect::<Vec<_>>() {
            reader.rule(name, fields.diagnostics());
        }
        Self(reader.known.into_iter().filter_map(|(name, rule)| Some((name, rule?))).collect())
    }

    /// The rule of this name; an unknown name is reported.
    pub(crate) fn find(&self, name: Spanned<String>, diagnostics: &mut Diagnostics) -> Option<RuleReference> {
        let rule = self.0.get(&name.value).cloned();
        if rule.is_none() {
            diagnostics.push(unknown(&name, self.0.keys().map(String::as_str)));
        }
        Some(RuleReference { name, rule: rule? })
    }
}

/// Reads rules that use each other.
struct RuleReader<'a> {
    source: &'a Source,
    entries: BTreeMap<&'a str, (&'a MappingKey, &'a Node)>,
    /// The rules that were read; absent: the rule is invalid, which was reported.
    known: BTreeMap<String, Option<Arc<Rule>>>,
    /// The rules that are being read, each used by the one before it.
    path: Vec<String>,
}

impl RuleReader<'_> {
    fn rule(&mut self, name: &str, diagnostics: &mut Diagnostics) -> Option<Arc<Rule>> {
        if let Some(known) = self.known.get(name) {
            return known.clone();
        }
        let (source, (_, node)) = (self.source, *self.entries.get(name)?);
        self.path.push(name.to_owned());
        let rule = Rule::parse(source, node, &mut |name, diagnostics| self.find(name, diagnostics), diagnostics);
        self.path.pop();
        let rule = rule.map(Arc::new);
        self.known.insert(name.to_owned(), rule.clone());
        rule
    }

    fn find(&mut self, name: Spanned<String>, diagnostics: &mut Diagnostics) -> Option<RuleReference> {
        if let Some(start) = self.path.iter().position(|open| *open == name.value) {
            let names: Vec<&str> = self.path[start..].iter().chain([&name.value]).map(String::as_str).collect();
            let message = message!("circular rules: {}", "regler i ring: {}", names.join(" → "));
            let hint = message!(
                "write out the conditions of one of them instead of its name",
                "skriv betingelserne for en af dem ud i stedet for dens navn"
            );
            diagnostics.push(Diagnostic::error(CYCLE, message).at(name.place).hint(hint));
            return None;
        }
        if self.path.len() == MAX_DEPTH && !self.known.contains_key(&name.value) {
            diagnostics.push(Diagnostic::error(NESTED_TOO_DEEP, nested_too_deep()).at(name.place).hint(NESTED_HINT));
            return None;
        }
        if !self.entries.contains_key(name.value.as_str()) {
            diagnostics.push(unknown(&name, self.entries.keys().copied()));
        }
        let rule = self.rule(&name.value, diagnostics)?;
        Some(RuleReference { name, rule })
    }
}

fn unknown<'a>(name: &Spanned<String>, known: impl Iterator<Item = &'a str>) -> Diagnostic {
    let diagnostic = Diagnostic::unknown(UNKNOWN, message!("rule", "regel"), &name.value, known).at(name.place.clone());
    diagnostic.or_hint(message!("write it under rules: in newsletter.yaml", "skriv den under rules: i newsletter.yaml"))
}
