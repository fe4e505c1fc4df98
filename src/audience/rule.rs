//! Which of the people in a file an audience means.

use minijinja::Environment;

use crate::audience::expression::{self, Condition, Expression};
use crate::people::Fields;
use crate::people::column::Column;
use crate::recipient::{Person, Value, fold};
use crate::source::yaml::{Key, Kind, Node, Style};
use crate::source::{Code, Diagnostic, Diagnostics, Place, Source, Spanned};

const SHAPE: Code = Code("NL230");
const NO_VALUE: Code = Code("NL231");

/// A rule: what somebody's fields must hold.
///
/// As keys and values, `{roles: [IT-chef], not: {paused: true}}`: each key must hold one of its values, whole and in
/// any case, and none of the keys under `not` may. A field of several values holds each of them. As an expression,
/// `'it-chef' in roles and members > 100`, case and spelling are exact. A field that somebody lacks holds nothing.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub(crate) place: Place,
    pub(crate) test: Test,
}

/// The form that a rule is written in.
#[derive(Clone, Debug)]
pub(crate) enum Test {
    /// Keys and values.
    Fields {
        /// Each must hold.
        all: Vec<Wanted>,
        /// None may hold.
        none: Vec<Wanted>,
    },
    /// A condition in the language of templates.
    Expression(Expression),
}

/// One key of a rule: a field, and the values of which it must hold one.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    pub(crate) field: Spanned<String>,
    pub(crate) values: Vec<Spanned<String>>,
    pub(crate) folded: Vec<String>,
}

impl Rule {
    /// Reads `where`; nothing, and what is wrong, where it is no rule.
    pub(crate) fn parse(source: &Source, node: &Node, diagnostics: &mut Diagnostics) -> Option<Self> {
        let place = node.place(source);
        let test = match &node.kind {
            Kind::Mapping(entries) => {
                let (mut all, mut forbidden) = (Vec::new(), Vec::new());
                for (key, value) in entries {
                    match (&value.kind, key.value.as_str()) {
                        (Kind::Mapping(unwanted), "not") => {
                            forbidden
                                .extend(unwanted.iter().filter_map(|(key, it)| wanted(source, key, it, diagnostics)));
                        }
                        (Kind::Null | Kind::Scalar { .. } | Kind::Sequence(_), "not") => {
                            let message =
                                format!("not must say what fields may not hold, and this is {}", value.noun());
                            let hint = "write not: {paused: true}";
                            diagnostics.push(Diagnostic::error(SHAPE, message).at(value.place(source)).hint(hint));
                        }
                        _ => all.extend(wanted(source, key, value, diagnostics)),
                    }
                }
                Some(Test::Fields { all, none: forbidden })
            }
            Kind::Scalar { text, .. } if !text.trim().is_empty() => {
                Expression::parse(text, &place, diagnostics).map(Test::Expression)
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
            Test::Fields { all, none } => Prepared::Fields { all, none },
            Test::Expression(expression) => Prepared::Expression(expression.prepare(environment, shapes)),
        }
    }
}

/// A rule that can be asked about people.
pub(crate) enum Prepared<'a> {
    Fields { all: &'a [Wanted], none: &'a [Wanted] },
    Expression(Result<Condition<'a>, minijinja::Error>),
}

impl Prepared<'_> {
    /// Whether somebody is meant; this fails where an expression cannot be worked out for them.
    pub(crate) fn matches(&self, person: &Person) -> Result<bool, String> {
        match self {
            Self::Fields { all, none } => {
                Ok(all.iter().all(|it| it.matches(person)) && !none.iter().any(|it| it.matches(person)))
            }
            Self::Expression(Ok(condition)) => condition.holds(person).map_err(|error| expression::words(&error)),
            Self::Expression(Err(error)) => Err(expression::words(error)),
        }
    }
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

const HINT: &str = "write where: {roles: [IT-chef]}, or an expression in quotes: where: \"'it-chef' in roles\"";

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

#[cfg(test)]
mod tests;
