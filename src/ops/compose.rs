//! Composes every letter once, and checks one of each edition for leaks, before anything is sent or shown.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::base::error::Error;
use crate::base::message::{Message, composed, message};
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::edition::compiled::{UnfilledCause, UnfilledValue};
use crate::letter::complete;
use crate::letter::compose::{ComposedPlan, LetterOptions};
use crate::letter::failed_letters::{ComposeError, FailedLetters};
use crate::letter::header_lines::HeaderTooLong;
use crate::letter::plan::PlannedLetter;
use crate::ops::blocked::Blocked;
use crate::ops::prepared_issue::PreparedIssue;
use crate::ops::sample_reader::SAMPLE_ORIGIN;
use crate::people::person::Person;

const MISSING_VALUE: Code = Code("NL601");
const HEADER_TOO_LONG: Code = Code("NL580");
/// The header field with the recipient's name.
const RECIPIENT: &str = "To";
/// How many people a message names; the rest are counted.
const MAX_NAMED: usize = 5;

/// Letters that can all be composed, and have no leaks.
#[derive(Debug)]
pub struct Composition {
    /// The letters.
    pub plan: ComposedPlan,
    /// Warnings of the guards.
    pub warnings: Diagnostics,
}

/// A source of letters: calls the closure once for each.
///
/// A million letters are never in memory together, so the letters are visited rather than listed.
pub type LetterVisitor<'a> = dyn FnMut(&mut dyn FnMut(PlannedLetter)) -> Result<(), Error> + 'a;

/// Composes the letters that are visited, and checks the first of each edition for leaks.
///
/// # Errors
///
/// A value is missing for a recipient, or an edition contains text for others; then no letter may be sent.
pub fn compose(
    prepared: PreparedIssue<'_>,
    options: LetterOptions,
    visit_letters: &mut LetterVisitor<'_>,
) -> Result<Composition, Blocked> {
    compose_with_samples(prepared, options, visit_letters, Vec::new())
}

/// Does the same, and also checks sample letters, for editions that have no recipients today.
///
/// # Errors
///
/// As for [`compose`]; a sample that cannot be composed is not an error.
pub fn compose_with_samples(
    prepared: PreparedIssue<'_>,
    options: LetterOptions,
    visit_letters: &mut LetterVisitor<'_>,
    extra_samples: Vec<PlannedLetter>,
) -> Result<Composition, Blocked> {
    // The guard reads the issue itself with separate code, and must be made before the editions are moved out.
    let (guard, completeness) = (prepared.guard(), prepared.completeness_guard());
    let (visited, composed) = ComposedPlan::compose_each(options, prepared.editions, visit_letters);
    visited?;
    let (plan, samples) = composed.map_err(|failed| Blocked::Diagnostics(missing_values(&failed)))?;
    let mut lost = Diagnostics::new();
    let mut found = guard.check_letters_with(&plan, samples.into_iter().chain(extra_samples), |key, letter| {
        lost.extend(completeness.check(key, letter, || plan.all_branches(&key.id())));
    });
    found.extend(complete::once_per_place(lost));
    if found.has_errors() { Err(Blocked::Diagnostics(found)) } else { Ok(Composition { plan, warnings: found }) }
}

/// Runs the leak guard on an issue with other errors, with a letter of each edition to a sample reader. A leak must be
/// reported even while there are other errors.
pub(crate) fn sample_leaks(prepared: PreparedIssue<'_>) -> Diagnostics {
    let (options, samples) = (prepared.preview_letter_options(), prepared.sample_letters());
    match compose_with_samples(prepared, options, &mut |_| Ok(()), samples) {
        Ok(composition) => composition.warnings,
        Err(Blocked::Diagnostics(leaks)) => leaks,
        Err(Blocked::Failed(_) | Blocked::Guard(_)) => Diagnostics::new(),
    }
}

/// One error for each place that cannot be filled in, with the recipients it concerns.
pub fn missing_values(failed: &[FailedLetters]) -> Diagnostics {
    failed.iter().filter_map(missing_value).collect()
}

fn missing_value(failed: &FailedLetters) -> Option<Diagnostic> {
    let FailedLetters { first, more } = failed;
    let error = &first.first()?.error;
    let people = first.iter().map(|value| &value.letter.person).filter(|person| &*person.origin.path != SAMPLE_ORIGIN);
    let name = |person: &Arc<Person>| format!("{} ({})", person.address, person.origin);
    // A preview composes a letter to its one sample reader for each edition.
    let mut seen = BTreeSet::new();
    let all: Vec<String> = people.map(name).filter(|name| seen.insert(name.clone())).collect();
    let more = all.len().saturating_sub(MAX_NAMED) + more;
    let more = (more > 0).then(|| message!("and {more} more", "og {more} mere"));
    let names = Message::joined(all.iter().take(MAX_NAMED).map(Message::verbatim).chain(more), ", ");
    let diagnostic = match error {
        ComposeError::HeaderTooLong(HeaderTooLong { field }) if field == RECIPIENT => Diagnostic::error(
            HEADER_TOO_LONG,
            message!("the name is too long for a letter: {names}", "navnet er for langt til en mail: {names}"),
        ),
        // The settings are the cause, so every letter is affected.
        ComposeError::HeaderTooLong(_) => Diagnostic::error(HEADER_TOO_LONG, Message::shown(error)),
        // The same for every recipient.
        ComposeError::Unfilled(UnfilledValue { variable: Some(name), .. }) if name.starts_with("params.") => {
            Diagnostic::error(MISSING_VALUE, Message::shown(error))
        }
        ComposeError::Unfilled(_) if all.is_empty() => Diagnostic::error(MISSING_VALUE, Message::shown(error)),
        ComposeError::Unfilled(_) | ComposeError::NoEdition | ComposeError::Unsigned(_) => {
            Diagnostic::error(MISSING_VALUE, composed!("{error}: {names}"))
        }
    };
    Some(Diagnostic { place: error.place().cloned(), ..diagnostic.hint(remedy(error)) })
}

/// What to do about a letter that cannot be composed.
#[expect(clippy::too_many_lines, reason = "each message has a text in two languages")]
fn remedy(error: &ComposeError) -> Message {
    let cause = match error {
        ComposeError::Unfilled(UnfilledValue { variable: Some(name), cause: UnfilledCause::Missing, .. })
            if name.starts_with("params.") =>
        {
            return message!(
                "write it below `params:` in the front matter, or write a default: {{{{ … | default(\"…\") }}}}",
                "skriv den under `params:` i front matter, eller skriv en standardværdi: {{{{ … | default(\"…\") }}}}"
            );
        }
        ComposeError::Unfilled(unfilled) => unfilled.cause,
        ComposeError::HeaderTooLong(HeaderTooLong { field }) => {
            return match field.as_str() {
                RECIPIENT => message!(
                    "write only the name into the list: a line of a letter has at most 998 characters",
                    "skriv kun navnet på listen: en linje i en mail har højst 998 tegn"
                ),
                "From" => message!(
                    "shorten the name in `from`, in newsletter.yaml or in the issue",
                    "forkort navnet i `from` i newsletter.yaml eller nyhedsbrevet"
                ),
                "Reply-To" => message!(
                    "shorten the name in `reply_to`, in newsletter.yaml or in the issue",
                    "forkort navnet i `reply_to` i newsletter.yaml eller nyhedsbrevet"
                ),
                "List-Unsubscribe" => message!(
                    "shorten `unsubscribe.url` in newsletter.yaml",
                    "forkort `unsubscribe.url` i newsletter.yaml"
                ),
                _ => message!(
                    "shorten the `name` of the audience or of the series",
                    "forkort målgruppens eller seriens `name`"
                ),
            };
        }
        ComposeError::NoEdition => {
            return message!(
                "undo the change to the issue, or use --replan",
                "fortryd ændringen i nyhedsbrevet, eller brug --replan"
            );
        }
        ComposeError::Unsigned(_) => {
            return message!(
                "check the keys with `newsletter dkim check`, and run again",
                "se nøglerne efter med `newsletter dkim check`, og kør igen"
            );
        }
    };
    match cause {
        UnfilledCause::Missing => message!(
            "fill in the field for them, or write a default: {{{{ … | default(\"…\") }}}}",
            "udfyld feltet for dem, eller skriv en standardværdi: {{{{ … | default(\"…\") }}}}"
        ),
        UnfilledCause::NoAddress => message!(
            "write the full address into the field, with https://",
            "skriv hele adressen i feltet, med https://"
        ),
        UnfilledCause::TooMuch => message!(
            "loop over fewer items, or write less inside the loop",
            "gennemløb færre, eller skriv mindre inde i løkken"
        ),
        UnfilledCause::Unfit => {
            message!(
                "write a value that fits, such as 1250 for an amount or 2027-01-12 for a day, or remove the filter or the calculation",
                "skriv en værdi, der passer, f.eks. 1250 for et beløb eller 2027-01-12 for en dag, eller slet filteret eller beregningen"
            )
        }
    }
}
