//! An audience's file, `audiences/<id>.yaml`.

use std::collections::BTreeMap;

use crate::audience::consent::ConsentDemand;
use crate::audience::list_keys;
use crate::audience::rule::Rule;
use crate::audience::rules::Rules;
use crate::audience::sample;
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
const NOT_A_LANGUAGE: Code = Code("NL221");
const NOT_AN_ID: Code = Code("NL222");
const NEEDS_PEOPLE: Code = Code("NL223");
const NO_DEMAND: Code = Code("NL248");
const MARKUP: Code = Code("NL387");

/// Reads an audience's file.
pub(super) fn parse(id: AudienceId, source: &Source, rules: &Rules) -> (Option<Audience>, Diagnostics) {
    let mut diagnostics = Diagnostics::new();
    let audience = match yaml::parse(source) {
        Ok(node) => MappingReader::new(source, &node, "an audience", &mut diagnostics)
            .map(|fields| audience(id, fields, rules, &mut diagnostics)),
        Err(mistakes) => {
            diagnostics.extend(mistakes);
            None
        }
    };
    let audience = audience.filter(|_| !diagnostics.has_errors());
    (audience, diagnostics)
}

fn audience(id: AudienceId, mut fields: MappingReader<'_>, rules: &Rules, diagnostics: &mut Diagnostics) -> Audience {
    let source = fields.source();
    let name = fields.text("name", diagnostics).map(|it| it.value).filter(|it| !it.is_empty());
    let name = name.unwrap_or_else(|| id.as_str().to_owned());
    let reason = fields.node("reason").and_then(|node| Localised::from_node(source, node, "reason", diagnostics));
    for text in reason.iter().flat_map(texts) {
        check_reason(text, diagnostics);
    }
    let lang = fields.text("lang", diagnostics).and_then(|text| lang(&text, diagnostics));
    let require_consent = fields.text("require_consent", diagnostics).and_then(|it| demand(&it, diagnostics));
    let people = list_keys::kept(&mut fields, diagnostics);
    let find = &mut |name, told: &mut Diagnostics| rules.find(name, told);
    let rule = fields.node("where").and_then(|node| Rule::parse(source, node, find, diagnostics));
    let columns = list_keys::columns(&mut fields, diagnostics);
    let nodes = fields.list("recipients", diagnostics).unwrap_or(&[]);
    let recipients = entries::read(source, nodes, diagnostics);
    let include = ids(&mut fields, "include", diagnostics);
    let within = ids(&mut fields, "within", diagnostics);
    let exclude = ids(&mut fields, "exclude", diagnostics);
    let sample = sample::read(&mut fields, diagnostics);
    if fields.node("people").is_none_or(|it| it.kind == NodeKind::Null || it.scalar() == Some("")) {
        needs_people(&mut fields, diagnostics);
        if nodes.is_empty() && include.is_empty() && !diagnostics.has_errors() {
            diagnostics.push(no_people_error(&mut fields));
        }
    }
    let reason = reason.unwrap_or_else(|| default_reason(&name, &fields.place()));
    fields.finish(diagnostics);
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

fn lang(text: &Spanned<String>, diagnostics: &mut Diagnostics) -> Option<Lang> {
    let lang = Lang::parse(&text.value);
    if lang.is_none() {
        let message = format!("{:?} is no language that editions are written in", text.value);
        let diagnostic = Diagnostic::error(NOT_A_LANGUAGE, message).at(text.place.clone());
        diagnostics.push(diagnostic.hint(format!("write one of {}", Lang::known())));
    }
    lang
}

fn demand(text: &Spanned<String>, diagnostics: &mut Diagnostics) -> Option<ConsentDemand> {
    let demand = ConsentDemand::WORDS.iter().find(|(word, _)| *word == text.value).map(|(_, demand)| *demand);
    if demand.is_none() {
        let message = format!("require_consent cannot be {:?}", text.value);
        let hint = "write true to stop a send to somebody without a consent, warn, or false";
        diagnostics.push(Diagnostic::error(NO_DEMAND, message).at(text.place.clone()).hint(hint));
    }
    demand
}

fn ids(fields: &mut MappingReader<'_>, key: &'static str, diagnostics: &mut Diagnostics) -> Vec<Spanned<AudienceId>> {
    let texts = fields.texts(key, diagnostics).unwrap_or_default();
    let read = |text: Spanned<String>| match AudienceId::parse(&text.value) {
        Ok(value) => Some(Spanned { value, place: text.place }),
        Err(error) => {
            let message = format!("{:?} names no audience: {error}", text.value);
            let hint = "write the name of the audience's file, without folder and .yaml";
            diagnostics.push(Diagnostic::error(NOT_AN_ID, message).at(text.place).hint(hint));
            None
        }
    };
    texts.into_iter().filter_map(read).collect()
}

/// A rule and lists speak of the people in a file, and nothing else.
fn needs_people(fields: &mut MappingReader<'_>, diagnostics: &mut Diagnostics) {
    let source = fields.source();
    for key in ["where", "lists", "columns"] {
        if let Some((key, _)) = fields.entry(key) {
            let message = format!("{} is about the people in a file, and people names none", key.value);
            let hint = "write people: and the file, such as people: people/medlemmer.csv, or remove this";
            diagnostics.push(Diagnostic::error(NEEDS_PEOPLE, message).at(key.place(source)).hint(hint));
        }
    }
}

fn no_people_error(fields: &mut MappingReader<'_>) -> Diagnostic {
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
