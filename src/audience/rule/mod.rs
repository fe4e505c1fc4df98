//! Rules: which people of a list belong to an audience.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use minijinja::Environment;

use crate::audience::expression::{self, Condition, Expression};
use crate::base::message::{Message, message};
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::span::{Span, Spanned};
use crate::base::source::text::Source;
use crate::base::source::yaml::node::MappingKey;
use crate::base::source::yaml::node::Node;
use crate::base::source::yaml::node::NodeKind;
use crate::base::source::yaml::node::QuoteStyle;
use crate::base::value::Value;
use crate::people::lists::column::Column;
use crate::people::person::{FieldShapes, Person, fold, folds_to};

const SHAPE: Code = Code("NL230");
const NO_VALUE: Code = Code("NL231");
/// The code for rules and for audiences that are nested too deep.
pub(crate) const NESTED_TOO_DEEP: Code = Code("NL264");

/// The longest chain of rules that use each other: reading, compiling and evaluating them call themselves for each.
pub(crate) const MAX_DEPTH: usize = 64;
/// How many named rules a rule may consist of. Ten rules that each use the next one twice make 1,023.
const MAX_SIZE: usize = 1000;

/// The key of named rules.
const RULE: &str = "rule";
/// What to write instead of rules that are nested too deep.
pub(crate) const NESTED_HINT: Message = Message::fixed(
    "write out the conditions instead of the names of other rules",
    "skriv betingelserne ud i stedet for navnene på andre regler",
);
const HINT: Message = Message::fixed(
    "write where: {roles: [IT-chef]}, or an expression in quotes: where: \"'it-chef' in roles\"",
    "skriv where: {roles: [IT-chef]} eller et udtryk i anførselstegn: where: \"'it-chef' in roles\"",
);

/// A rule: what a person's fields must hold.
///
/// As keys and values, `{roles: [IT-chef], not: {paused: true}}`: each field must hold one of its values, compared
/// whole and without case, and none of the fields under `not` may. A field of several values holds each of them. As an
/// expression, `'it-chef' in roles and members > 100`: case and spelling are exact. A missing field holds nothing.
/// Named rules are listed under the key `rule`, where one of them must be true; in expressions they are `rules.name`.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub(crate) place: Span,
    pub(crate) form: RuleForm,
    /// How many rules it is made of, itself and each named one as often as it is used: all of them are evaluated for a person.
    size: usize,
    /// The length of the longest chain of rules that use each other, counting itself.
    depth: usize,
}

/// The form that a rule is written in.
#[derive(Clone, Debug)]
pub(crate) enum RuleForm {
    /// Keys and values.
    Fields(FieldTests),
    /// A condition in the template language, and the named rules in it.
    Expression {
        /// The condition.
        expression: Expression,
        /// The rules.
        rules: Vec<RuleReference>,
    },
}

/// What keys and values require.
#[derive(Clone, Debug, Default)]
pub(crate) struct FieldTests {
    /// Each must match.
    pub(crate) required: Vec<FieldTest>,
    /// None may match.
    pub(crate) excluded: Vec<FieldTest>,
    /// One of these must be true, if there are any.
    pub(crate) required_rules: Vec<RuleReference>,
    /// None of these may be true.
    pub(crate) excluded_rules: Vec<RuleReference>,
}

/// One key of a rule: a field, and values; the field must hold one of them.
#[derive(Clone, Debug)]
pub(crate) struct FieldTest {
    pub(crate) field: Spanned<String>,
    pub(crate) values: Vec<Spanned<String>>,
    /// The values as they are compared.
    pub(crate) folded: Vec<String>,
}

/// A named rule, where another rule or an audience uses it.
#[derive(Clone, Debug)]
pub(crate) struct RuleReference {
    /// Its name, where it is used.
    pub(crate) name: Spanned<String>,
    /// The rule.
    pub(crate) rule: Arc<Rule>,
}

/// Finds a rule by its name; an unknown name is reported.
pub(crate) type FindRule<'a> = dyn FnMut(Spanned<String>, &mut Diagnostics) -> Option<RuleReference> + 'a;

impl Rule {
    /// Reads `where`, which may use named rules; `None` where it is invalid, which is reported.
    pub(crate) fn parse(
        source: &Source,
        node: &Node,
        find: &mut FindRule<'_>,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let place = node.place(source);
        let form = match &node.kind {
            NodeKind::Mapping(entries) => {
                let mut reader = FieldTestReader { source, find, diagnostics };
                RuleForm::Fields(reader.tests(entries))
            }
            NodeKind::Scalar { text, .. } if !text.trim().is_empty() => {
                let expression = Expression::parse(text, &place, diagnostics)?;
                let spanned = |name: &String| Spanned { value: name.clone(), place: place.clone() };
                let names = expression.rule_names.iter().map(spanned);
                let rules = names.filter_map(|name| find(name, diagnostics)).collect();
                RuleForm::Expression { expression, rules }
            }
            NodeKind::Null | NodeKind::Scalar { .. } | NodeKind::Sequence(_) => {
                let message = message!(
                    "`where` must be fields with values, or an expression, not {}",
                    "`where` skal være felter med værdier eller et udtryk, ikke {}",
                    node.noun()
                );
                diagnostics.push(Diagnostic::error(SHAPE, message).at(place).hint(HINT));
                return None;
            }
        };
        let mut rule = Self { place, form, size: 0, depth: 0 };
        rule.size = rule.references().fold(1, |size, reference| reference.rule.size.saturating_add(size));
        rule.depth = rule.references().fold(0, |depth, reference| reference.rule.depth.max(depth)) + 1;
        let message = if rule.depth > MAX_DEPTH {
            nested_too_deep()
        } else if rule.size > MAX_SIZE {
            message!(
                "this rule is made of more than {MAX_SIZE} named rules",
                "reglen består af over {MAX_SIZE} navngivne regler"
            )
        } else {
            return Some(rule);
        };
        diagnostics.push(Diagnostic::error(NESTED_TOO_DEEP, message).at(rule.place).hint(NESTED_HINT));
        None
    }

    /// Compiles the rule for many people.
    pub(crate) fn compile<'a>(&'a self, environment: &'a Environment<'a>, shapes: &'a FieldShapes) -> CompiledRule<'a> {
        let compile = |reference: &'a RuleReference| {
            let rule = reference.rule.compile(environment, shapes);
            (reference.name.value.as_str(), rule)
        };
        match &self.form {
            RuleForm::Fields(tests) => CompiledRule::Fields {
                tests,
                required: tests.required_rules.iter().map(compile).collect(),
                excluded: tests.excluded_rules.iter().map(compile).collect(),
            },
            RuleForm::Expression { expression, rules } => CompiledRule::Expression {
                condition: expression.compile(environment, shapes),
                rules: rules.iter().map(compile).collect(),
            },
        }
    }

    /// The named rules that it uses.
    pub(crate) fn references(&self) -> impl Iterator<Item = &RuleReference> {
        match &self.form {
            RuleForm::Fields(tests) => tests.required_rules.iter().chain(&tests.excluded_rules),
            RuleForm::Expression { rules, .. } => rules.iter().chain(&[]),
        }
    }
}

/// A compiled rule.
pub(crate) enum CompiledRule<'a> {
    /// Keys and values.
    Fields {
        /// The tests of fields.
        tests: &'a FieldTests,
        /// Named rules of which one must be true, if there are any.
        required: Vec<NamedRule<'a>>,
        /// Named rules of which none may be true.
        excluded: Vec<NamedRule<'a>>,
    },
    /// A condition.
    Expression {
        /// The condition, or why it cannot be compiled.
        condition: Result<Condition<'a>, minijinja::Error>,
        /// The named rules in it.
        rules: Vec<NamedRule<'a>>,
    },
}

/// A compiled rule with its name.
type NamedRule<'a> = (&'a str, CompiledRule<'a>);

impl CompiledRule<'_> {
    /// Whether the rule is true of a person.
    ///
    /// # Errors
    ///
    /// An expression cannot be evaluated, with the reason in one clause.
    pub(crate) fn matches(&self, person: &Person) -> Result<bool, Message> {
        match self {
            Self::Fields { tests, required, excluded } => {
                let fields = tests.required.iter().all(|test| test.matches(person))
                    && !tests.excluded.iter().any(|test| test.matches(person));
                Ok(fields && (required.is_empty() || any_matches(required, person)?) && !any_matches(excluded, person)?)
            }
            Self::Expression { condition: Ok(condition), rules } => {
                let results = rules.iter().map(|(name, rule)| Ok((*name, rule.matches(person)?)));
                condition.matches(person, results.collect::<Result<BTreeMap<&str, bool>, Message>>()?)
            }
            Self::Expression { condition: Err(error), .. } => Err(expression::error_text(error)),
        }
    }
}

fn any_matches(rules: &[NamedRule<'_>], person: &Person) -> Result<bool, Message> {
    for (_, rule) in rules {
        if rule.matches(person)? {
            return Ok(true);
        }
    }
    Ok(false)
}

impl FieldTest {
    /// Whether the field holds one of the values for a person.
    pub(crate) fn matches(&self, person: &Person) -> bool {
        any_value(person, &self.field.value, &mut |value| {
            let value = value.trim();
            self.folded.iter().any(|folded| folds_to(value, folded))
        })
    }
}

/// Whether a test is true of one of the values that a person's field holds.
pub(crate) fn any_value(person: &Person, field: &str, test: &mut impl FnMut(&str) -> bool) -> bool {
    match (field, person.fields.get(field)) {
        ("email", _) => test(person.address.as_str()),
        ("lang", _) => person.lang.is_some_and(|lang| test(lang.tag())),
        (_, Some(Value::Text(value))) => test(value),
        (_, Some(Value::List(values))) => values.iter().any(|value| test(&value.to_string())),
        (_, Some(value)) => test(&value.to_string()),
        (_, None) => false,
    }
}

/// Reads the keys and values of a rule.
struct FieldTestReader<'a, 'f> {
    source: &'a Source,
    find: &'a mut FindRule<'f>,
    diagnostics: &'a mut Diagnostics,
}

impl FieldTestReader<'_, '_> {
    fn tests(&mut self, entries: &[(MappingKey, Node)]) -> FieldTests {
        let mut tests = FieldTests::default();
        for (key, node) in entries {
            match (&node.kind, key.value.as_str()) {
                (NodeKind::Mapping(excluded), "not") => {
                    for (key, node) in excluded {
                        if key.value == RULE {
                            tests.excluded_rules.extend(self.rules(key, node));
                        } else {
                            tests.excluded.extend(self.test(key, node));
                        }
                    }
                }
                (NodeKind::Null | NodeKind::Scalar { .. } | NodeKind::Sequence(_), "not") => {
                    let message = message!(
                        "`not` must be fields with values, not {}",
                        "`not` skal være felter med værdier, ikke {}",
                        node.noun()
                    );
                    self.error(
                        Diagnostic::error(SHAPE, message)
                            .hint(message!("write not: {{paused: true}}", "skriv not: {{paused: true}}")),
                        node,
                    );
                }
                (_, RULE) => tests.required_rules.extend(self.rules(key, node)),
                _ => tests.required.extend(self.test(key, node)),
            }
        }
        tests
    }

    /// The rules that a key names.
    fn rules(&mut self, key: &MappingKey, node: &Node) -> Vec<RuleReference> {
        let names = if matches!(node.kind, NodeKind::Scalar { .. }) {
            node.text(self.source, RULE, self.diagnostics).into_iter().collect()
        } else {
            node.texts(self.source, RULE, self.diagnostics).unwrap_or_default()
        };
        if names.is_empty() {
            self.error(no_value(key), node);
        }
        names.into_iter().filter_map(|name| (self.find)(name, self.diagnostics)).collect()
    }

    fn test(&mut self, key: &MappingKey, node: &Node) -> Option<FieldTest> {
        let nodes = match &node.kind {
            NodeKind::Sequence(nodes) => nodes.as_slice(),
            NodeKind::Scalar { .. } | NodeKind::Null | NodeKind::Mapping(_) => std::slice::from_ref(node),
        };
        let mut values = Vec::new();
        for node in nodes {
            match &node.kind {
                // `""` is a value: it means the empty text.
                NodeKind::Scalar { text, style } if *style == QuoteStyle::Quoted || !text.is_empty() => {
                    values.push(Spanned { value: text.trim().to_owned(), place: node.place(self.source) });
                }
                NodeKind::Null | NodeKind::Scalar { .. } => self.error(no_value(key), node),
                NodeKind::Mapping(_) | NodeKind::Sequence(_) => {
                    let message = message!(
                        "`{}` must be a value or a list of values, not {}",
                        "`{}` skal være en værdi eller en liste af værdier, ikke {}",
                        key.value,
                        node.noun()
                    );
                    self.error(Diagnostic::error(SHAPE, message).hint(HINT), node);
                }
            }
        }
        if nodes.is_empty() {
            self.error(no_value(key), node);
        }
        let folded = values.iter().map(|value| fold(&value.value)).collect();
        let name = Column::named(&key.value)?.field().to_owned();
        Some(FieldTest { field: Spanned { value: name, place: key.place(self.source) }, values, folded })
    }

    fn error(&mut self, diagnostic: Diagnostic, node: &Node) {
        self.diagnostics.push(diagnostic.at(node.place(self.source)));
    }
}

/// The problem of too long a chain of rules.
pub(crate) fn nested_too_deep() -> Message {
    message!("more than {MAX_DEPTH} rules use each other in a row", "over {MAX_DEPTH} regler bruger hinanden i træk")
}

fn no_value(key: &MappingKey) -> Diagnostic {
    let hint = message!(
        "write {}: and a value or a list of values, or delete the line",
        "skriv {}: og en værdi eller en liste af værdier, eller slet linjen",
        key.value
    );
    Diagnostic::error(NO_VALUE, message!("`{}` has no value", "`{}` har ingen værdi", key.value)).hint(hint)
}
