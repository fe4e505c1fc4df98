//! An audience's file, `audiences/<id>.yaml`.

use std::collections::BTreeMap;

use crate::audience::consent::ConsentDemand;
use crate::audience::list_keys;
use crate::audience::rule::Rule;
use crate::audience::rules::Rules;
use crate::audience::{Audience, AudienceId};
use crate::base::language::Lang;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::span::{Span, Spanned};
use crate::base::source::text::Source;
use crate::base::source::yaml::fields::MappingReader;
use crate::base::source::yaml::{self, NodeKind};
use crate::people::lists::yaml as entries;
use crate::people::person::Localised;

const ERASED_ADDRESS: Code = Code("NL220");
const NEEDS_PEOPLE: Code = Code("NL223");
const MARKUP: Code = Code("NL387");

/// Reads an audience's file.
pub(super) fn parse(id: AudienceId, source: &Source, rules: &Rules) -> (Option<Audience>, Diagnostics) {
    let mut diagnostics = Diagnostics::new();
    let audience = match yaml::parse(source) {
        Ok(node) => {
            MappingReader::new(source, &node, "an audience", &mut diagnostics).map(|fields| audience(id, fields, rules))
        }
        Err(mistakes) => {
            diagnostics.extend(mistakes);
            None
        }
    };
    let audience = audience.filter(|_| !diagnostics.has_errors());
    (audience, diagnostics)
}

fn audience(id: AudienceId, mut fields: MappingReader<'_, '_>, rules: &Rules) -> Audience {
    let name = fields.text("name").map_or_else(|| id.as_str().to_owned(), |name| name.value);
    let reason =
        fields.with("reason", |source, node, diagnostics| Localised::from_node(source, node, "reason", diagnostics));
    for text in reason.iter().flat_map(texts) {
        check_reason(text, fields.diagnostics());
    }
    let lang = fields.value("lang").map(|lang| lang.value);
    let require_consent = fields.choice("require_consent", &ConsentDemand::WORDS).map(|demand| demand.value);
    let people = list_keys::kept(&mut fields);
    let find = &mut |name, diagnostics: &mut Diagnostics| rules.find(name, diagnostics);
    let rule = fields.with("where", |source, node, diagnostics| Rule::parse(source, node, find, diagnostics));
    let columns = list_keys::columns(&mut fields);
    let nodes = fields.list("recipients");
    let recipients = entries::read(fields.source(), nodes, fields.diagnostics());
    let include: Vec<Spanned<AudienceId>> = fields.values("include");
    let within = fields.values("within");
    let exclude = fields.values("exclude");
    let sample = fields.value("sample");
    if fields.node("people").is_none_or(|node| node.kind == NodeKind::Null || node.scalar() == Some("")) {
        needs_people(&mut fields);
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
        people,
        columns,
        rule,
        recipients,
        include,
        within,
        exclude,
        sample,
    }
}

/// The texts of all languages.
fn texts(text: &Localised) -> Vec<&Spanned<String>> {
    match text {
        Localised::Same(text) => vec![text],
        Localised::PerLang(texts) => texts.values().collect(),
    }
}

/// A reason is the same for all its readers, and plain text.
fn check_reason(text: &Spanned<String>, diagnostics: &mut Diagnostics) {
    let element =
        text.value.split('<').skip(1).any(|it| it.starts_with(|sign: char| sign.is_ascii_alphabetic() || sign == '/'));
    if element || ["{{", "{%", "](", "**"].iter().any(|it| text.value.contains(it)) {
        let message = "`reason` is shown as it is written: nothing in it is filled in or set";
        let hint = "write plain words that end \"Du får mailen, fordi …\"";
        diagnostics.push(Diagnostic::warning(MARKUP, message).at(text.place.clone()).hint(hint));
    }
}

/// What the footer says of an audience that gives no reason of its own.
fn default_reason(name: &str, place: &Span) -> Localised {
    let spanned = |lang: Lang| (lang, Spanned { value: lang.on_list(name), place: place.clone() });
    Localised::PerLang(Lang::ALL.into_iter().map(spanned).collect::<BTreeMap<_, _>>())
}

/// A rule and lists speak of the people in a file, and nothing else.
fn needs_people(fields: &mut MappingReader<'_, '_>) {
    let source = fields.source();
    for key in ["where", "lists", "columns"] {
        if let Some((key, _)) = fields.entry(key) {
            let message = format!("{} is about the people in a file, and people names none", key.value);
            let hint = "write people: and the file, such as people: people/medlemmer.csv, or remove this";
            fields.report(Diagnostic::error(NEEDS_PEOPLE, message).at(key.place(source)).hint(hint));
        }
    }
}

fn no_people_error(fields: &mut MappingReader<'_, '_>) -> Diagnostic {
    let diagnostic = if let Some((key, _)) = fields.entry("recipients") {
        let message = "recipients is empty, so there is nothing to send";
        Diagnostic::error(ERASED_ADDRESS, message).at(key.place(fields.source()))
    } else {
        let message = "recipients is missing: this audience has neither recipients nor people nor include";
        let diagnostic = Diagnostic::error(ERASED_ADDRESS, message).at(fields.place());
        if ["within", "sample"].iter().any(|it| fields.node(it).is_some()) {
            return diagnostic
                .hint("write include: and the audience that they are taken from; this only says which of them");
        }
        diagnostic
    };
    diagnostic.hint("write recipients: and below it a line \"  - email: anna@kommune.example\" for each reader")
}
