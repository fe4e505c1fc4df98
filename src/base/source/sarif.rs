//! Diagnostics as a log in SARIF 2.1.0, which code hosts show beside the lines of a change.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;
use serde_json::{Value, json};

use crate::base::digest::Digest;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::base::source::register;
use crate::base::source::span::Span;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
/// What paths are relative to: the root of the checked-out repository.
const BASE: &str = "%SRCROOT%";
/// Where a diagnostic without a location is shown: code hosts refuse results that have none.
pub(super) const NO_PLACE: &str = "newsletter.yaml";

/// The report of one run as a SARIF log. Paths are relative to the project, so that nothing identifies the machine.
pub fn log(diagnostics: &Diagnostics) -> Value {
    let mut codes: Vec<Code> = diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
    codes.sort();
    codes.dedup();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let results: Vec<Finding> = diagnostics.iter().map(|diagnostic| finding(diagnostic, &codes, &mut seen)).collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "newsletter",
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": codes.iter().map(|code| rule(*code)).collect::<Vec<_>>(),
            }},
            "columnKind": "utf16CodeUnits",
            "originalUriBaseIds": { BASE: { "description": { "text": "The project's folder." } } },
            "results": results,
        }]
    })
}

/// A `result` object (SARIF 2.1.0, section 3.27).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Finding {
    rule_id: &'static str,
    rule_index: Option<usize>,
    level: &'static str,
    message: Value,
    locations: [Value; 1],
    partial_fingerprints: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    suppressions: Option<[Value; 1]>,
}

fn rule(code: Code) -> Value {
    let Some(check) = register::check(code.0) else { return json!({ "id": code.0 }) };
    json!({
        "id": code.0,
        "shortDescription": { "text": format!("{}.", check.title.english()) },
        "help": { "text": check.text, "markdown": check.text },
        "defaultConfiguration": { "level": if check.severity.english() == "warning" { "warning" } else { "error" } },
    })
}

fn finding(diagnostic: &Diagnostic, codes: &[Code], seen: &mut BTreeMap<String, usize>) -> Finding {
    let text = match &diagnostic.hint {
        Some(hint) => format!("{}. Hint: {hint}", diagnostic.message),
        None => format!("{}.", diagnostic.message),
    };
    Finding {
        rule_id: diagnostic.code.0,
        rule_index: codes.iter().position(|code| *code == diagnostic.code),
        level: match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        message: json!({ "text": text }),
        locations: [location(diagnostic.place.as_ref())],
        partial_fingerprints: json!({ "primaryLocationLineHash": fingerprint(diagnostic, seen) }),
        // `external` means that the suppression is not in the line itself (section 3.35).
        suppressions: diagnostic.off.as_ref().map(|reason| [json!({ "kind": "external", "justification": reason })]),
    }
}

fn location(place: Option<&Span>) -> Value {
    let artifact = json!({ "uri": uri(place.map_or(NO_PLACE, Span::path)), "uriBaseId": BASE });
    let region = match place {
        None => json!({ "startLine": 1 }),
        Some(place) => {
            // Columns count UTF-16 code units, as `columnKind` says, and `endColumn` is the one after the last
            // character.
            let start = utf16_len(place.excerpt(), place.column() - 1);
            let end = utf16_len(place.excerpt(), place.column() - 1 + place.width());
            let mut region = json!({
                "startLine": place.line(),
                "startColumn": start + 1,
                "endLine": place.line(),
                "endColumn": end.max(start + 1) + 1,
            });
            // A line of an audience or of a list has readers in it, and the log is kept by a code host.
            if Path::new(place.path()).extension().is_some_and(|extension| extension == "md") {
                region["snippet"] = json!({ "text": place.excerpt() });
            }
            region
        }
    };
    json!({ "physicalLocation": { "artifactLocation": artifact, "region": region } })
}

/// The length of the first characters of a line, in UTF-16 code units.
fn utf16_len(line: &str, characters: usize) -> usize {
    line.chars().take(characters).map(char::len_utf16).sum()
}

/// A path as a relative URI. Of a file outside the project, only the name is kept: its folders may name the user.
fn uri(path: &str) -> String {
    // `C:` at the start is a drive of Windows.
    let outside =
        path.starts_with(['/', '\\']) || path.split('/').any(|part| part == "..") || path.get(1..2) == Some(":");
    let path = if outside { path.rsplit(['/', '\\']).next().unwrap_or(path) } else { path };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_' | b'.' | b'~');
    let coded =
        path.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") });
    coded.collect::<Vec<_>>().concat()
}

/// What stays the same when lines move: a hash of code, file and the line's text, and a number for equal ones.
pub(super) fn fingerprint(diagnostic: &Diagnostic, seen: &mut BTreeMap<String, usize>) -> String {
    let place = diagnostic.place.as_ref();
    let (path, line) =
        place.map_or((NO_PLACE, diagnostic.message.english()), |place| (place.path(), place.excerpt().trim()));
    let digest = Digest::of([diagnostic.code.0.as_bytes(), path.as_bytes(), line.as_bytes()]).to_string();
    let count = seen.entry(digest.clone()).or_insert(0);
    *count += 1;
    // GitHub matches the alerts of two runs by this hash, which its own tools write as 16 digits, a colon and the
    // number.
    format!("{digest:.16}:{count}")
}
