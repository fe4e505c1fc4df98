//! Which of the people in a file an audience means.

#[cfg(test)]
mod tests;

use minijinja::Environment;

use crate::audience::expression::{self, Condition, Expression};
use crate::audience::rules::{Find, Named};
use crate::base::source::yaml::{Key, Kind, Node, Style};
use crate::base::source::{Code, Diagnostic, Diagnostics, Place, Source, Spanned};
use crate::base::value::Value;
use crate::people::lists::Fields;
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
    pub(crate) place: Place,
    pub(crate) test: Test,
}

/// The form that a rule is written in.
#[derive(Clone, Debug)]
pub(crate) enum Test {
    /// Keys and values.
    Fields(Parts),
    /// A condition in the language of templates.
    Expression(Expression),
}

/// What keys and values ask for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parts {
    /// Each must hold.
    pub(crate) all: Vec<Wanted>,
    /// None may hold.
    pub(crate) none: Vec<Wanted>,
    /// One of these must be true; none: nothing is asked for.
    pub(crate) rules: Vec<Named>,
    /// None of these may be true.
    pub(crate) barred: Vec<Named>,
}

/// One key of a rule: a field, and the values of which it must hold one.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    pub(crate) field: Spanned<String>,
    pub(crate) values: Vec<Spanned<String>>,
    pub(crate) folded: Vec<String>,
}

impl Rule {
    /// Reads `where`, which may use rules that have names; nothing, and what is wrong, where it is no rule.
    pub(crate) fn parse(
        source: &Source,
        node: &Node,
        find: &mut Find<'_>,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let place = node.place(source);
        let test = match &node.kind {
            Kind::Mapping(entries) => {
                let mut parts = Parts::default();
                for (key, value) in entries {
                    match (&value.kind, key.value.as_str()) {
                        (Kind::Mapping(unwanted), "not") => {
                            for (key, value) in unwanted {
                                let named = named(source, (key, value), find, diagnostics);
                                match named {
                                    Some(named) => parts.barred.extend(named),
                                    None => parts.none.extend(wanted(source, key, value, diagnostics)),
                                }
                            }
                        }
                        (Kind::Null | Kind::Scalar { .. } | Kind::Sequence(_), "not") => {
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
                Some(Test::Fields(parts))
            }
            Kind::Scalar { text, .. } if !text.trim().is_empty() => {
                Expression::parse(text, &place, find, diagnostics).map(Test::Expression)
            }
            Kind::Null | Kind::Scalar { .. } | Kind::Sequence(_) => {
                let message = format!("where must say what the people's fields hold, and this is {}", node.noun());
                diagnostics.push(Diagnostic::error(SHAPE, message).at(place.clone()).hint(HINT));
                None
            }
        };
        Some(Self { place, test: test? })
    }

    /// The rule, ready to be asked about many people.
    pub(crate) fn prepare<'a>(&'a self, environment: &'a Environment<'a>, shapes: &'a Fields) -> Prepared<'a> {
        match &self.test {
            Test::Fields(parts) => Prepared::Fields {
                parts,
                rules: parts.rules.iter().map(|it| it.rule.prepare(environment, shapes)).collect(),
                barred: parts.barred.iter().map(|it| it.rule.prepare(environment, shapes)).collect(),
            },
            Test::Expression(expression) => Prepared::Expression(expression.prepare(environment, shapes)),
        }
    }

    /// The rules that it uses.
    pub(crate) fn used(&self) -> impl Iterator<Item = &Named> {
        match &self.test {
            Test::Fields(parts) => parts.rules.iter().chain(&parts.barred),
            Test::Expression(expression) => expression.rules.iter().chain(&[]),
        }
    }
}

/// A rule that can be asked about people.
pub(crate) enum Prepared<'a> {
    Fields { parts: &'a Parts, rules: Vec<Prepared<'a>>, barred: Vec<Prepared<'a>> },
    Expression(Result<Condition<'a>, minijinja::Error>),
}

impl Prepared<'_> {
    /// Whether somebody is meant; this fails where an expression cannot be worked out for them.
    pub(crate) fn matches(&self, person: &Person) -> Result<bool, String> {
        match self {
            Self::Fields { parts: Parts { all, none, .. }, rules, barred } => {
                let holds = all.iter().all(|it| it.matches(person)) && !none.iter().any(|it| it.matches(person));
                Ok(holds && (rules.is_empty() || any(rules, person)?) && !any(barred, person)?)
            }
            Self::Expression(Ok(condition)) => condition.holds(person),
            Self::Expression(Err(error)) => Err(expression::words(error)),
        }
    }
}

fn any(rules: &[Prepared<'_>], person: &Person) -> Result<bool, String> {
    for rule in rules {
        if rule.matches(person)? {
            return Ok(true);
        }
    }
    Ok(false)
}

impl Wanted {
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
    (key, node): (&Key, &Node),
    find: &mut Find<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<Named>> {
    if key.value != RULE {
        return None;
    }
    let single = matches!(node.kind, Kind::Scalar { .. });
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

fn wanted(source: &Source, key: &Key, node: &Node, diagnostics: &mut Diagnostics) -> Option<Wanted> {
    let nodes = match &node.kind {
        Kind::Sequence(nodes) => nodes.as_slice(),
        Kind::Scalar { .. } | Kind::Null | Kind::Mapping(_) => std::slice::from_ref(node),
    };
    let mut values = Vec::new();
    for node in nodes {
        match &node.kind {
            Kind::Scalar { text, style } if *style == Style::Quoted || !text.is_empty() => {
                values.push(Spanned { value: text.trim().to_owned(), place: node.place(source) });
            }
            Kind::Null | Kind::Scalar { .. } => diagnostics.push(no_value(key, node.place(source))),
            Kind::Mapping(_) | Kind::Sequence(_) => {
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
    Some(Wanted { field: Spanned { value: name, place: key.place(source) }, values, folded })
}

fn no_value(key: &Key, place: Place) -> Diagnostic {
    Diagnostic::error(NO_VALUE, format!("{} lacks the value that it must hold", key.value))
        .at(place)
        .hint(format!("write {}: and a value or a list of values, or remove the line", key.value))
}
