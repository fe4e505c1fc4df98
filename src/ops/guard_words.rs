//! The words of checks before sending that depend on what was found.

use crate::base::message::{Message, message};

/// The kind of issue is unknown.
pub(super) fn unknown_kind(kind: &str, near: Option<&str>, kinds: &[String]) -> Message {
    match near {
        Some(near) => message!(
            "there is no kind `{kind}`: did you mean `{near}`?",
            "typen `{kind}` findes ikke: mente du `{near}`?"
        ),
        None => message!(
            "there is no kind `{kind}`: the kinds are {}",
            "typen `{kind}` findes ikke: typerne er {}",
            kinds.join(", ")
        ),
    }
}

/// The project has no calendar.
pub(super) fn no_calendar(misnamed: Option<&str>) -> Message {
    match misnamed {
        Some(file) => message!(
            "there is no calendar.yaml in the project: rename {file} to calendar.yaml",
            "der er ingen calendar.yaml i projektet: omdøb {file} til calendar.yaml"
        ),
        None => message!(
            "there is no calendar.yaml in the project: see \"The year\" in the manual for one to begin with",
            "der er ingen calendar.yaml i projektet: se \"The year\" i manualen for en at begynde med"
        ),
    }
}

/// The calendar has no such entry.
pub(super) fn unknown_entry(entry: &str, near: Option<&str>, entries: &[String]) -> Message {
    match (near, entries) {
        (Some(near), _) => message!(
            "calendar.yaml has no entry `{entry}`: did you mean `{near}`?",
            "calendar.yaml har intet punkt `{entry}`: mente du `{near}`?"
        ),
        (None, []) => message!("calendar.yaml has no entry `{entry}`", "calendar.yaml har intet punkt `{entry}`"),
        (None, entries) => message!(
            "calendar.yaml has no entry `{entry}`: its entries are {}",
            "calendar.yaml har intet punkt `{entry}`: dens punkter er {}",
            entries.join(", ")
        ),
    }
}

/// No entry is due without an issue.
pub(super) fn nothing_due(next: Option<&str>) -> Message {
    match next {
        Some(next) => message!(
            "nothing in calendar.yaml is due without an issue: the next one is written with `newsletter new --from-calendar \
             {next}`",
            "intet i calendar.yaml mangler et nyhedsbrev nu: det næste skrives med `newsletter new --from-calendar {next}`"
        ),
        None => message!(
            "nothing in calendar.yaml is due without an issue",
            "intet i calendar.yaml mangler et nyhedsbrev nu"
        ),
    }
}
