//! Reads the recipients of the earlier issue that `people` of an issue names.

use std::path::Path;
use std::sync::Arc;

use crate::audience::AudienceId;
use crate::base::error::Error;
use crate::base::message::{Message, message};
use crate::base::noun;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::span::Spanned;
use crate::delivery::ledger::Ledger;
use crate::delivery::ledger::record::{LetterRecord, PlanRecord};
use crate::delivery::ledger::state::{LetterState, LetterStateError};
use crate::issue::people_source::PeopleSource;
use crate::issue::{Issue, IssueId};
use crate::letter::former_recipients::{FormerRecipients, FormerRecipientsBuilder};
use crate::ops::ledgers;
use crate::ops::status::{self, SendingStatus};
use crate::ops::text::with_causes;
use crate::people::store::address_interner::AddressInterner;
use crate::project::Project;

const UNKNOWN_ISSUE: Code = Code("NL770");
const UNKNOWN_STATE: Code = Code("NL771");
const ERASED: Code = Code("NL772");
const NOBODY: Code = Code("NL773");
const NOT_ALL: Code = Code("NL774");

const EXAMPLE: Message = Message::fixed(
    "write the name of an issue in this project, such as people: {issue: 2026-12}",
    "skriv navnet på et nyhedsbrev i projektet, f.eks. people: {issue: 2026-12}",
);

/// Reads the recipients of the issue that `people` of an issue names; absent if it names none. If there are no
/// recipients, this is reported, and the list is empty.
///
/// # Errors
///
/// A long list cannot be spilled to disk.
pub(crate) fn of_issue(
    project: &Project,
    issue: Option<&Issue>,
    interner: &mut AddressInterner,
    diagnostics: &mut Diagnostics,
) -> Result<Option<FormerRecipients>, Error> {
    let Some((issue, source)) = issue.and_then(|issue| Some((issue, issue.front.people.as_ref()?))) else {
        return Ok(None);
    };
    let mut reader = FormerReader { project, source, diagnostics };
    let name = Arc::from(source.issue.value.as_str());
    let mut builder = FormerRecipientsBuilder::new(&name, interner);
    let (Some(states), Some(id)) = (reader.states(), reader.issue_id(&issue.id)) else {
        return Ok(Some(builder.finish()));
    };
    let Some(FormerPlan { mut ledger, plan }) = reader.plan(&id) else { return Ok(Some(builder.finish())) };
    let mut added = Ok(());
    let read = each_letter(&mut *ledger, &plan, &mut |record| {
        if added.is_ok() && states.contains(&record.state) && !record.is_erased() {
            added = builder.add(&record.letter.person, &record.letter.edition, interner);
        }
    });
    added?;
    if let Err(error) = read.and_then(|()| reader.report_open(&mut *ledger, &plan)) {
        reader.report_unread(&error);
        // Some of the recipients would look like all of them.
        return Ok(Some(FormerRecipientsBuilder::new(&name, interner).finish()));
    }
    let former = builder.finish();
    let audiences: Vec<&AudienceId> = issue.front.audiences.iter().map(|named| &named.value).collect();
    reader.report_left_out(&former, &audiences, &states);
    Ok(Some(former))
}

/// Calls `visit` with every letter of a plan, as it is seen from outside a run.
fn each_letter(ledger: &mut dyn Ledger, plan: &PlanRecord, visit: &mut dyn FnMut(LetterRecord)) -> Result<(), Error> {
    let sending = SendingStatus::of(ledger)?;
    Ok(ledger.each_letter(plan.id, &mut |record| visit(status::observed(record, plan, sending)))?)
}

/// The plan of an earlier issue, and the ledger that has it.
struct FormerPlan {
    ledger: Box<dyn Ledger>,
    plan: PlanRecord,
}

/// Reads one source, and reports where it is written.
struct FormerReader<'r> {
    project: &'r Project,
    source: &'r PeopleSource,
    diagnostics: &'r mut Diagnostics,
}

impl FormerReader<'_> {
    /// The states that are meant; absent if one is unknown.
    fn states(&mut self) -> Option<Vec<LetterState>> {
        if self.source.states.is_empty() {
            return Some(vec![LetterState::Accepted]);
        }
        let mut states = Vec::new();
        for named in &self.source.states {
            match named.value.parse() {
                Ok(state) => states.push(state),
                Err(error) => self.report_state(named, error),
            }
        }
        (states.len() == self.source.states.len()).then_some(states)
    }

    fn report_state(&mut self, named: &Spanned<String>, error: LetterStateError) {
        let message = message!("unknown state of a letter `{}`", "ukendt tilstand for en mail `{}`", named.value);
        let diagnostic = Diagnostic::error(UNKNOWN_STATE, message).at(named.place.clone());
        self.diagnostics.push(diagnostic.hint(Message::shown(&error)));
    }

    /// The identity of the earlier issue in the ledger.
    fn issue_id(&mut self, own: &IssueId) -> Option<IssueId> {
        let typed = &self.source.issue;
        if typed.value.is_empty() {
            let diagnostic = Diagnostic::error(
                UNKNOWN_ISSUE,
                message!("`people` names no issue", "`people` nævner intet nyhedsbrev"),
            )
            .at(typed.place.clone());
            self.diagnostics.push(diagnostic.hint(EXAMPLE));
            return None;
        }
        let path = self.project.issue_path(Path::new(&typed.value));
        let diagnostic = match ledgers::issue_id(self.project, &path) {
            Ok(id) if id == *own => Diagnostic::error(
                UNKNOWN_ISSUE,
                message!("`people` names this issue itself", "`people` nævner nyhedsbrevet selv"),
            )
            .hint(message!(
                "write the name of an issue that was sent before",
                "skriv navnet på et nyhedsbrev, der er sendt før"
            )),
            Ok(id) => return Some(id),
            Err(error) => Diagnostic::error(UNKNOWN_ISSUE, with_causes(&error)).hint(EXAMPLE),
        };
        self.diagnostics.push(diagnostic.at(typed.place.clone()));
        None
    }

    /// The plan by which the earlier issue was sent with the present kind of transport, and its ledger.
    fn plan(&mut self, id: &IssueId) -> Option<FormerPlan> {
        match self.find_plan(id) {
            Ok(Some(FormerPlan { mut ledger, plan })) => match ledger.is_erased(plan.id) {
                Ok(false) => return Some(FormerPlan { ledger, plan }),
                Ok(true) => {
                    let message = message!(
                        "the recipients of {id} were erased from the ledger",
                        "modtagerne af {id} er slettet fra sendebogen"
                    );
                    let hint = message!(
                        "delete the line to send to everyone in `audiences`; recipients are erased after `retention`",
                        "slet linjen for at sende til alle i `audiences`; modtagere slettes efter `retention`"
                    );
                    let diagnostic = Diagnostic::error(ERASED, message).at(self.source.issue.place.clone());
                    self.diagnostics.push(diagnostic.hint(hint));
                }
                Err(error) => self.report_unread(&error.into()),
            },
            Ok(None) => self.report_unsent(id),
            Err(error) => self.report_unread(&error),
        }
        None
    }

    /// Reports an earlier issue that this ledger has no plan of: it is to be sent first, unless a receipt says that it was sent elsewhere.
    fn report_unsent(&mut self, id: &IssueId) {
        let is_sent = self.project.receipt(id).is_some() || self.project.host_receipt(id).is_some();
        if is_sent {
            self.report_no_recipients(message!(
                "{id} was not sent, according to the ledger on this machine",
                "{id} er ikke sendt ifølge sendebogen på denne maskine"
            ));
            return;
        }
        let message = message!("{id} is not sent yet", "{id} er ikke sendt endnu");
        let hint = message!(
            "this issue goes to the recipients of that one: send that one first; if it was sent, send this one from the same machine",
            "nyhedsbrevet går til dem, der har fået det andet: send det andet først; er det sendt, så send fra den samme maskine"
        );
        let place = self.source.issue.place.clone();
        self.diagnostics.push(Diagnostic::warning(NOBODY, message).at(place).hint(hint));
    }

    fn find_plan(&self, id: &IssueId) -> Result<Option<FormerPlan>, Error> {
        let Some(mut ledger) = ledgers::open_to_read(self.project)? else { return Ok(None) };
        // Letters in the outbox were received by no one: once there is a relay, only its letters count.
        let plan = ledger.plan(id, ledgers::transport_kind(self.project))?;
        Ok(plan.map(|plan| FormerPlan { ledger, plan }))
    }

    /// A warning, since a check may run where there is no ledger; sending stops for lack of recipients.
    fn report_no_recipients(&mut self, message: Message) {
        let hint = message!(
            "send it from the machine that sent that issue; `newsletter status` shows the states of its letters",
            "send fra den maskine, der sendte det nyhedsbrev; `newsletter status` viser mailenes tilstande"
        );
        let place = self.source.issue.place.clone();
        self.diagnostics.push(Diagnostic::warning(NOBODY, message).at(place).hint(hint));
    }

    fn report_unread(&mut self, error: &Error) {
        let issue = &self.source.issue.value;
        self.report_no_recipients(message!(
            "the recipients of {issue} cannot be read: {}",
            "modtagerne af {issue} kan ikke læses: {}",
            with_causes(error)
        ));
    }

    /// Warns of letters that are still to be sent: their recipients are not among the former ones yet.
    fn report_open(&mut self, ledger: &mut dyn Ledger, plan: &PlanRecord) -> Result<(), Error> {
        let totals = status::totals(ledger, plan)?;
        let open_states = LetterState::ALL.into_iter().filter(|state| !state.is_final());
        let open: u64 = open_states.map(|state| totals.of(state)).sum();
        if open > 0 {
            let message = match open {
                1 => message!(
                    "{} has 1 letter still to send: this issue will not go to its recipient",
                    "{} har 1 mail tilbage at sende: dette nyhedsbrev går ikke til dens modtager",
                    plan.issue
                ),
                _ => message!(
                    "{} has {open} letters still to send: this issue will not go to their recipients",
                    "{} har {open} mails tilbage at sende: dette nyhedsbrev går ikke til deres modtagere",
                    plan.issue
                ),
            };
            let hint = message!(
                "finish it first with `newsletter send {}`",
                "gør det først færdigt med `newsletter send {}`",
                plan.issue
            );
            self.warn_of_missing(message, hint);
        }
        Ok(())
    }

    /// Warns of former recipients who had the edition of an audience that the issue does not name, or if there are no
    /// former recipients.
    fn report_left_out(&mut self, former: &FormerRecipients, audiences: &[&AudienceId], states: &[LetterState]) {
        let issue = &self.source.issue.value;
        if former.is_empty() {
            let names: Vec<&str> = states.iter().map(|state| state.as_str()).collect();
            self.report_no_recipients(message!(
                "no letter of {issue} is {}",
                "ingen mail i {issue} er {}",
                Message::either(&names)
            ));
        }
        let outside = former.outside(audiences);
        if outside > 0 {
            let recipients = noun::RECIPIENT.count(outside as u64);
            let message = message!(
                "{recipients} of {issue} had the edition of an audience that is not in `audiences`",
                "{recipients} af {issue} fik udgaven til en målgruppe, der ikke står i `audiences`"
            );
            self.warn_of_missing(
                message,
                message!(
                    "write the same `audiences` as in that issue",
                    "skriv de samme `audiences` som i det nyhedsbrev"
                ),
            );
        }
    }

    fn warn_of_missing(&mut self, message: Message, hint: Message) {
        let place = self.source.issue.place.clone();
        self.diagnostics.push(Diagnostic::warning(NOT_ALL, message).at(place).hint(hint));
    }
}
