//! An audience's file, `audiences/<id>.yaml`.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::audience::AudienceId;
use crate::audience::consent::ConsentDemand;
use crate::audience::list_keys::{self, DeclaredMapping, PeopleKey};
use crate::audience::rule::{FieldTest, Rule, RuleForm};
use crate::audience::sample::Sample;
use crate::audience::shared::SharedParts;
use crate::base::error::Error;
use crate::base::language::Lang;
use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::span::{Span, Spanned};
use crate::base::source::text::Source;
use crate::base::source::yaml;
use crate::base::source::yaml::fields::MappingReader;
use crate::people::lists::People;
use crate::people::lists::list_source::ListSource;
use crate::people::lists::mapping::Mapping;
use crate::people::lists::yaml as people_yaml;
use crate::people::person::{Localised, Person};
use crate::people::store::address_interner::AddressInterner;

const NO_PEOPLE: Code = Code("NL220");
const NEEDS_LIST: Code = Code("NL223");
const MARKUP: Code = Code("NL387");

/// A group of readers: the list that they are on, the rule that selects them, and why they get mail.
#[derive(Clone, Debug)]
pub struct Audience {
    /// Its name in issues.
    pub id: AudienceId,
    /// Its name for people.
    pub name: String,
    /// Completes "You get this mail because …".
    pub reason: Localised,
    /// What to do about readers without a consent; absent: what the project says.
    pub require_consent: Option<ConsentDemand>,
    /// The language of members who chose none; absent: the project's.
    pub lang: Option<Lang>,
    /// The list that its people are on.
    pub(super) list: Option<Spanned<ListSource>>,
    pub(super) columns: Vec<DeclaredMapping>,
    /// Which people of the list are members.
    pub(super) rule: Option<Rule>,
    /// The people in its own file.
    pub(super) recipients: Vec<Arc<Person>>,
    pub(super) include: Vec<Spanned<AudienceId>>,
    /// All members are also in each of these.
    pub(super) within: Vec<Spanned<AudienceId>>,
    pub(super) exclude: Vec<Spanned<AudienceId>>,
    /// How many of them are members; absent: all.
    pub(super) sample: Option<Spanned<Sample>>,
}

/// What a rule requires of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequiredField<'a> {
    /// The name of the field.
    pub name: &'a str,
    /// The values of which it must hold one.
    pub values: Vec<&'a str>,
}

impl Audience {
    /// Reads an audience's file, which may use named rules and a named list. All problems are reported; returns `None`
    /// if one of them is an error.
    pub fn parse(id: AudienceId, source: &Source, shared: &SharedParts) -> (Option<Self>, Diagnostics) {
        let mut diagnostics = Diagnostics::new();
        let audience = match yaml::parse(source) {
            Ok(node) => MappingReader::new(source, &node, &message!("an audience", "en målgruppe"), &mut diagnostics)
                .map(|fields| audience(id, fields, shared)),
            Err(errors) => {
                diagnostics.extend(errors);
                None
            }
        };
        let audience = audience.filter(|_| !diagnostics.has_errors());
        (audience, diagnostics)
    }

    /// The list that its people are on; absent: they are in its own file, or in other audiences.
    pub fn list_source(&self) -> Option<&Spanned<ListSource>> {
        self.list.as_ref()
    }

    /// How the columns of the list become fields.
    pub fn mapping(&self) -> Mapping {
        list_keys::mapping(&self.columns)
    }

    /// The fields that its rule requires, as far as it is written as keys and values.
    pub fn required_fields(&self) -> Vec<RequiredField<'_>> {
        let mut required: Vec<&FieldTest> = Vec::new();
        let mut next = self.rule.as_ref();
        while let Some(Rule { form: RuleForm::Fields(tests), .. }) = next {
            required.extend(&tests.required);
            // One of several named rules is enough, so the first one represents all.
            next = tests.required_rules.first().map(|named| named.rule.as_ref());
        }
        let fields = required.into_iter().map(|test| RequiredField {
            name: &test.field.value,
            values: test.values.iter().map(|value| value.value.as_str()).collect(),
        });
        fields.collect()
    }

    /// The people in its own file, as a list.
    ///
    /// # Errors
    ///
    /// A long list cannot be spilled to disk.
    pub(crate) fn own_people(&self, interner: &mut AddressInterner) -> Result<People, Error> {
        let first = self.recipients.first();
        let name = first.map_or_else(|| self.id.as_str().into(), |person| Arc::clone(&person.origin.path));
        People::of(&name, self.recipients.iter().map(AsRef::as_ref), interner)
    }

    /// The people in its own file, in order, each address once.
    pub fn recipients(&self) -> &[Arc<Person>] {
        &self.recipients
    }
}

fn audience(id: AudienceId, mut fields: MappingReader<'_, '_>, shared: &SharedParts) -> Audience {
    let name = fields.text("name").map_or_else(|| id.as_str().to_owned(), |name| name.value);
    let reason =
        fields.with("reason", |source, node, diagnostics| Localised::from_node(source, node, "reason", diagnostics));
    for text in reason.iter().flat_map(Localised::texts) {
        check_reason(text, fields.diagnostics());
    }
    let lang = fields.value("lang").map(|lang| lang.value);
    let require_consent = fields.choice("require_consent", &ConsentDemand::WORDS).map(|demand| demand.value);
    let people = list_keys::people(&mut fields);
    let find = &mut |name, diagnostics: &mut Diagnostics| shared.rules.find(name, diagnostics);
    let rule = fields.with("where", |source, node, diagnostics| Rule::parse(source, node, find, diagnostics));
    let mut columns = list_keys::columns(&mut fields);
    let list = list_of(people, &mut columns, shared, fields.diagnostics());
    let nodes = fields.list("recipients");
    let recipients = people_yaml::read(fields.source(), nodes, fields.diagnostics());
    let include: Vec<Spanned<AudienceId>> = fields.values("include");
    let within = fields.values("within");
    let exclude = fields.values("exclude");
    let sample = fields.value("sample");
    // `list` is also absent if `people` is invalid, which is reported already; so this looks at the key.
    if !fields.has_value("people") {
        needs_list(&mut fields);
        if nodes.is_empty() && include.is_empty() && !fields.diagnostics().has_errors() {
            let diagnostic = no_people_error(&mut fields);
            fields.report(diagnostic);
        }
    }
    let reason = reason.unwrap_or_else(|| default_reason(&name, &fields.place()));
    fields.finish();
    Audience {
        id,
        name,
        reason,
        require_consent,
        lang,
        list,
        columns,
        rule,
        recipients,
        include,
        within,
        exclude,
        sample,
    }
}

/// The list that `people` names. A named list has its own columns; those of the audience take precedence.
fn list_of(
    people: Option<PeopleKey>,
    columns: &mut Vec<DeclaredMapping>,
    shared: &SharedParts,
    diagnostics: &mut Diagnostics,
) -> Option<Spanned<ListSource>> {
    match people? {
        PeopleKey::Source(source) => Some(source),
        PeopleKey::Named(name) => {
            let list = shared.lists.find(&name, diagnostics)?;
            for column in &list.columns {
                if columns.iter().all(|known| known.field.value != column.field.value) {
                    columns.push(column.clone());
                }
            }
            Some(list.source.clone())
        }
    }
}

/// A reason is plain text, the same for all its readers.
fn check_reason(text: &Spanned<String>, diagnostics: &mut Diagnostics) {
    let element = text
        .value
        .split('<')
        .skip(1)
        .any(|tag| tag.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '/'));
    if element || ["{{", "{%", "](", "**"].iter().any(|markup| text.value.contains(markup)) {
        let message = message!(
            "`reason` is plain text: markup and placeholders in it are shown as they are",
            "`reason` er ren tekst: formatering og felter i den vises, som de er"
        );
        let hint = message!(
            "write a plain text that completes \"Du får mailen, fordi …\"",
            "skriv en ren tekst, der fortsætter \"Du får mailen, fordi …\""
        );
        diagnostics.push(Diagnostic::warning(MARKUP, message).at(text.place.clone()).hint(hint));
    }
}

/// The reason of an audience that gives none.
fn default_reason(name: &str, place: &Span) -> Localised {
    let spanned = |lang: Lang| (lang, Spanned { value: lang.on_list(name), place: place.clone() });
    Localised::PerLang(Lang::ALL.into_iter().map(spanned).collect::<BTreeMap<_, _>>())
}

/// Reports keys that only apply to a list.
fn needs_list(fields: &mut MappingReader<'_, '_>) {
    let source = fields.source();
    for key in ["where", "lists", "columns"] {
        if let Some((key, _)) = fields.entry(key) {
            let message = message!(
                "`{}` needs a list, and there is no `people`",
                "`{}` kræver en liste, og der er ingen `people`",
                key.value
            );
            let hint = message!(
                "write people: and the list, such as people: people/medlemmer.csv, or delete this",
                "skriv people: og listen, f.eks. people: people/medlemmer.csv, eller slet feltet"
            );
            fields.report(Diagnostic::error(NEEDS_LIST, message).at(key.place(source)).hint(hint));
        }
    }
}

fn no_people_error(fields: &mut MappingReader<'_, '_>) -> Diagnostic {
    let diagnostic = if let Some((key, _)) = fields.entry("recipients") {
        let message = message!("`recipients` is empty", "`recipients` er tom");
        Diagnostic::error(NO_PEOPLE, message).at(key.place(fields.source()))
    } else {
        let message = message!(
            "this audience has no `recipients`, `people` or `include`",
            "målgruppen har hverken `recipients`, `people` eller `include`"
        );
        let diagnostic = Diagnostic::error(NO_PEOPLE, message).at(fields.place());
        if ["within", "sample"].iter().any(|key| fields.node(key).is_some()) {
            return diagnostic.hint(message!(
                "write include: and the audience to take them from; `within` and `sample` only select among them",
                "skriv include: og den målgruppe, de skal tages fra; `within` og `sample` vælger kun blandt dem"
            ));
        }
        diagnostic
    };
    diagnostic.hint(message!(
        "write recipients: and below it a line \"  - email: anna@kommune.example\" for each reader",
        "skriv recipients: og under den en linje \"  - email: anna@kommune.example\" for hver læser"
    ))
}
