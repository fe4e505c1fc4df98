//! Which of the people in a file an audience means.

#[cfg(test)]
mod tests;

use minijinja::Environment;

use crate::audience::expression::{self, Condition, Expression};
use crate::audience::rules::{FindRule, RuleReference};
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::span::{Span, Spanned};
use crate::base::source::text::Source;
use crate::base::source::yaml::{MappingKey, Node, NodeKind, QuoteStyle};
use crate::base::value::Value;
use crate::people::lists::FieldShapes;
use crate::people::lists::column::Column;
use crate::people::person::{Person, fold};

const SHAPE: Code = Code("NL230");
const NO_VALUE: Code = Code("NL231");

/// A rule: what somebody's fields must hold.
///
/// As keys and values, `{roles: [IT-chef], not: {paused: true}}`: each key must hold one of its values, whole and in
/// any case, and none of the keys under `not` may. A field of several values holds each of them. As an expression,
/// `'it-chef' in roles and members > 100`, case and spelling are exact. A field that somebody lacks holds nothing. Rules
/// that have names stand under `rule`, of which one must be true, and in expressions as `rules.name`.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub(crate) place: Span,
    pub(crate) test: RuleForm,
}

/// The form that a rule is written in.
#[derive(Clone, Debug)]
pub(crate) enum RuleForm {
    /// Keys and values.
    Fields(FieldTests),
    /// A condition in the language of templates.
    Expression(Expression),
}

/// What keys and values ask for.
#[derive(Clone, Debug, Default)]
pub(crate) struct FieldTests {
    /// Each must hold.
    pub(crate) all: Vec<FieldTest>,
    /// None may hold.
    pub(crate) none: Vec<FieldTest>,
    /// One of these must be true; none: nothing is asked for.
    pub(crate) rules: Vec<RuleReference>,
    /// None of these may be true.
    pub(crate) barred: Vec<RuleReference>,
}

/// One key of a rule: a field, and the values of which it must hold one.
#[derive(Clone, Debug)]
pub(crate) struct FieldTest {
    pub(crate) field: Spanned<String>,
    pub(crate) values: Vec<Spanned<String>>,
    pub(crate) folded: Vec<String>,
}

impl Rule {
    /// Reads `where`, which may use rules that have names; nothing, and what is wrong, where it is no rule.
    pub(crate) fn parse(
        source: &Source,
        node: &Node,
        find: &mut FindRule<'_>,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let place = node.place(source);
        let test = match &node.kind {
            NodeKind::Mapping(entries) => {
                let mut parts = FieldTests::default();
                for (key, value) in entries {
                    match (&value.kind, key.value.as_str()) {
                        (NodeKind::Mapping(unwanted), "not") => {
                            for (key, value) in unwanted {
                                let named = named(source, (key, value), find, diagnostics);
                                match named {
                                    Some(named) => parts.barred.extend(named),
                                    None => parts.none.extend(wanted(source, key, value, diagnostics)),
                                }
                            }
                        }
                        (NodeKind::Null | NodeKind::Scalar { .. } | NodeKind::Sequence(_), "not") => {
                            let message =
                                format!("not must say what fields may not hold, and this is {}", value.noun());
                            let hint = "write not: {paused: true}";
                            diagnostics.push(Diagnostic::error(SHAPE, message).at(value.place(source)).hint(hint));
                        }
                        _ => match named(source, (key, value), find, diagnostics) {
                            Some(named) => parts.rules.extend(named),
                            None => parts.all.extend(wanted(source, key, value, diagnostics)),
                        },
                    }
                }
                Some(RuleForm::Fields(parts))
            }
            NodeKind::Scalar { text, .. } if !text.trim().is_empty() => {
                Expression::parse(text, &place, find, diagnostics).map(RuleForm::Expression)
            }
            NodeKind::Null | NodeKind::Scalar { .. } | NodeKind::Sequence(_) => {
                let message = format!("where must say what the people's fields hold, and this is {}", node.noun());
                diagnostics.push(Diagnostic::error(SHAPE, message).at(place.clone()).hint(HINT));
                None
            }
        };
        Some(Self { place, test: test? })
    }

    /// The rule, ready to be asked about many people.
    pub(crate) fn prepare<'a>(&'a self, environment: &'a Environment<'a>, shapes: &'a FieldShapes) -> CompiledRule<'a> {
        match &self.test {
            RuleForm::Fields(parts) => CompiledRule::Fields {
                parts,
                rules: parts.rules.iter().map(|it| it.rule.prepare(environment, shapes)).collect(),
                barred: parts.barred.iter().map(|it| it.rule.prepare(environment, shapes)).collect(),
            },
            RuleForm::Expression(expression) => CompiledRule::Expression(expression.prepare(environment, shapes)),
        }
    }

    /// The rules that it uses.
    pub(crate) fn used(&self) -> impl Iterator<Item = &RuleReference> {
        match &self.test {
            RuleForm::Fields(parts) => parts.rules.iter().chain(&parts.barred),
            RuleForm::Expression(expression) => expression.rules.iter().chain(&[]),
        }
    }
}

/// A rule that can be asked about people.
pub(crate) enum CompiledRule<'a> {
    Fields { parts: &'a FieldTests, rules: Vec<CompiledRule<'a>>, barred: Vec<CompiledRule<'a>> },
    Expression(Result<Condition<'a>, minijinja::Error>),
}

impl CompiledRule<'_> {
    /// Whether somebody is meant; this fails where an expression cannot be worked out for them.
    pub(crate) fn matches(&self, person: &Person) -> Result<bool, String> {
        match self {
            Self::Fields { parts: FieldTests { all, none, .. }, rules, barred } => {
                let holds = all.iter().all(|it| it.matches(person)) && !none.iter().any(|it| it.matches(person));
                Ok(holds && (rules.is_empty() || any(rules, person)?) && !any(barred, person)?)
            }
            Self::Expression(Ok(condition)) => condition.holds(person),
            Self::Expression(Err(error)) => Err(expression::words(error)),
        }
    }
}

fn any(rules: &[CompiledRule<'_>], person: &Person) -> Result<bool, String> {
    for rule in rules {
        if rule.matches(person)? {
            return Ok(true);
        }
    }
    Ok(false)
}

impl FieldTest {
    /// Whether somebody's field holds one of the values.
    pub(crate) fn matches(&self, person: &Person) -> bool {
        each_value(person, &self.field.value, &mut |held| {
            let held = fold(held.trim());
            self.folded.contains(&held)
        })
    }
}

/// Whether a test is true of one of the values that a field of somebody's holds.
pub(crate) fn each_value(person: &Person, field: &str, test: &mut impl FnMut(&str) -> bool) -> bool {
    match (field, person.fields.get(field)) {
        ("email", _) => test(person.address.as_str()),
        ("lang", _) => person.lang.is_some_and(|lang| test(lang.tag())),
        (_, Some(Value::Text(value))) => test(value),
        (_, Some(Value::List(values))) => values.iter().any(|value| test(&value.to_string())),
        (_, Some(value)) => test(&value.to_string()),
        (_, None) => false,
    }
}

/// The key under which rules stand by their names.
const RULE: &str = "rule";
const HINT: &str = "write where: {roles: [IT-chef]}, or an expression in quotes: where: \"'it-chef' in roles\"";

/// The rules that a key names; none where it is the key of a field.
fn named(
    source: &Source,
    (key, node): (&MappingKey, &Node),
    find: &mut FindRule<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<RuleReference>> {
    if key.value != RULE {
        return None;
    }
    let single = matches!(node.kind, NodeKind::Scalar { .. });
    let names = if single {
        node.text(source, RULE, diagnostics).into_iter().collect()
    } else {
        node.texts(source, RULE, diagnostics).unwrap_or_default()
    };
    if names.is_empty() {
        diagnostics.push(no_value(key, node.place(source)));
    }
    Some(names.into_iter().filter_map(|name| find(name, diagnostics)).collect())
}

fn wanted(source: &Source, key: &MappingKey, node: &Node, diagnostics: &mut Diagnostics) -> Option<FieldTest> {
    let nodes = match &node.kind {
        NodeKind::Sequence(nodes) => nodes.as_slice(),
        NodeKind::Scalar { .. } | NodeKind::Null | NodeKind::Mapping(_) => std::slice::from_ref(node),
    };
    let mut values = Vec::new();
    for node in nodes {
        match &node.kind {
            NodeKind::Scalar { text, style } if *style == QuoteStyle::Quoted || !text.is_empty() => {
                values.push(Spanned { value: text.trim().to_owned(), place: node.place(source) });
            }
            NodeKind::Null | NodeKind::Scalar { .. } => diagnostics.push(no_value(key, node.place(source))),
            NodeKind::Mapping(_) | NodeKind::Sequence(_) => {
                let message = format!("under {} a value is expected, and this is {}", key.value, node.noun());
                diagnostics.push(Diagnostic::error(SHAPE, message).at(node.place(source)).hint(HINT));
            }
        }
    }
    if nodes.is_empty() {
        diagnostics.push(no_value(key, node.place(source)));
    }
    let folded = values.iter().map(|it| fold(&it.value)).collect();
    let name = Column::named(&key.value)?.field().to_owned();
    Some(FieldTest { field: Spanned { value: name, place: key.place(source) }, values, folded })
}

fn no_value(key: &MappingKey, place: Span) -> Diagnostic {
    Diagnostic::error(NO_VALUE, format!("{} lacks the value that it must hold", key.value))
        .at(place)
        .hint(format!("write {}: and a value or a list of values, or remove the line", key.value))
}
