//! Warnings that are turned off, each with a reason.

use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::base::source::nearest::nearest;
use crate::base::source::register;
use crate::base::source::span::Spanned;
use crate::base::source::yaml::fields::MappingReader;

const UNKNOWN: Code = Code("NL380");
const STOPS: Code = Code("NL381");
const NO_REASON: Code = Code("NL382");
const NEEDLESS: Code = Code("NL383");
/// Whether these are reported depends on more than the files: on the date, on the web and whether links are checked, or on the
/// channel that an issue is exported for.
const ENVIRONMENT_DEPENDENT: [&str; 10] =
    ["NL164", "NL559", "NL606", "NL607", "NL608", "NL636", "NL637", "NL638", "NL782", "NL783"];

/// The warnings that a file turns off under `ignore:`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exemptions(Vec<Exemption>);

/// One kind of warning that is turned off.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Exemption {
    code: Spanned<String>,
    reason: String,
}

impl Exemptions {
    /// Reads the keys under `ignore:`: codes, each with its reason.
    pub fn read(mut reader: MappingReader<'_, '_>) -> Self {
        let source = reader.source();
        let mut exemptions = Vec::new();
        for (key, node) in reader.rest() {
            let code = Spanned { value: key.value.to_uppercase(), place: key.place(source) };
            if let Some(diagnostic) = not_exemptible(&code.value) {
                reader.report(diagnostic.at(code.place));
                continue;
            }
            // A reason of the wrong type is reported by `text`, and must not be reported as missing, too.
            let before = reader.diagnostics().len();
            let reason = node.text(source, &key.value, reader.diagnostics()).map(|reason| reason.value);
            match reason.filter(|reason| !reason.is_empty()) {
                Some(reason) => exemptions.push(Exemption { code, reason }),
                None if reader.diagnostics().len() > before => {}
                None => {
                    let hint = message!(
                        "write the reason after it: {}: \"vi skriver den aldrig\"",
                        "skriv grunden efter: {}: \"vi skriver den aldrig\"",
                        code.value
                    );
                    let message =
                        message!("`{}` is ignored without a reason", "`{}` slås fra uden en grund", code.value);
                    reader.report(Diagnostic::error(NO_REASON, message).at(code.place).hint(hint));
                }
            }
        }
        Self(exemptions)
    }

    /// Turns the warnings off. Those that are off already keep their reason.
    pub fn apply(&self, diagnostics: &mut Diagnostics) {
        let turned_off = |mut diagnostic: Diagnostic| {
            let off = self.0.iter().find(|exemption| exemption.code.value == diagnostic.code.0);
            if diagnostic.severity == Severity::Warning && diagnostic.off.is_none() {
                diagnostic.off = off.map(|exemption| exemption.reason.clone());
            }
            diagnostic
        };
        *diagnostics = std::mem::take(diagnostics).into_iter().map(turned_off).collect();
    }

    /// A warning for each exemption that applies to none of these diagnostics, which must be all of a file's.
    pub fn needless(&self, diagnostics: &Diagnostics) -> Diagnostics {
        let used = |code: &str| {
            diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Warning && diagnostic.code.0 == code)
        };
        let needless = self.0.iter().filter(|exemption| {
            !ENVIRONMENT_DEPENDENT.contains(&exemption.code.value.as_str()) && !used(&exemption.code.value)
        });
        needless
            .map(|exemption| {
                let message = message!(
                    "`{}` is turned off, and this issue has no such warning",
                    "`{}` er slået fra, og nyhedsbrevet har ingen sådan advarsel",
                    exemption.code.value
                );
                Diagnostic::warning(NEEDLESS, message)
                    .at(exemption.code.place.clone())
                    .hint(message!("delete the line", "slet linjen"))
            })
            .collect()
    }
}

/// Why a code cannot be turned off; none where it can.
fn not_exemptible(code: &str) -> Option<Diagnostic> {
    let Some(check) = register::check(code) else {
        // A list of all codes would be too long for a hint.
        let near = nearest(code, register::checks().map(|check| check.code));
        let unknown = Diagnostic::unknown(UNKNOWN, message!("check", "kontrol"), code, near);
        return Some(unknown.or_hint(message!(
            "write the code in square brackets after `warning`, such as NL530",
            "skriv koden, der står i kantparentes efter `advarsel`, f.eks. NL530"
        )));
    };
    (!check.warns()).then(|| {
        Diagnostic::error(
            STOPS,
            message!(
                "`{code}` is an error, and errors cannot be ignored",
                "`{code}` er en fejl, og fejl kan ikke slås fra"
            ),
        )
        .hint(message!(
            "remove `{code}` from `ignore`; see `newsletter help {code}`",
            "slet `{code}` fra `ignore`; se `newsletter help {code}`"
        ))
    })
}
