//! The letters of a test: editions as they will be sent, addressed to testers.

use std::sync::Arc;

use jiff::Timestamp;

use crate::base::value::Value;
use crate::delivery::ledger::claim::RunScope;
use crate::delivery::ledger::freeze_context::FreezeContext;
use crate::delivery::ledger::rate_limits::RateLimits;
use crate::delivery::ledger::record::PlanRecord;
use crate::delivery::ledger::suppression::SuppressedAddresses;
use crate::delivery::ledger::{self, Ledger};
use crate::delivery::run::WaitPolicy;
use crate::delivery::transport::Transport;
use crate::issue::edition_key::EditionKey;
use crate::letter::compose::{ComposedPlan, LetterOptions};
use crate::letter::message_id::MessageIds;
use crate::letter::plan::{Fingerprint, Plan, PlannedLetter};
use crate::letter::purpose::{LetterPurpose, TestLabel, TestMark};
use crate::ops::blocked::{Blocked, GuardFailure};
use crate::ops::compose::{Composition, compose};
use crate::ops::deliver::DeliveryRequest;
use crate::ops::ledgers;
use crate::ops::plan::{check_audience, recipient};
use crate::ops::prepared_issue::PreparedIssue;
use crate::people::person::{Address, Person};
use crate::project::Project;

/// The readers whose letters a test shows.
pub struct TestReaders {
    readers: Vec<TestReader>,
    /// Whether the subjects name the editions.
    label: TestLabel,
}

/// A reader whose letter is tested.
struct TestReader {
    person: Arc<Person>,
    edition: EditionKey,
}

impl TestReaders {
    /// A sample reader of each edition, or of each edition of `audience:ID`, or the recipient with an address.
    ///
    /// # Errors
    ///
    /// The issue is not sent to the audience or the address.
    pub fn of(prepared: &PreparedIssue<'_>, wanted: Option<&str>) -> Result<Self, Blocked> {
        let Some(wanted) = wanted else { return Ok(Self::of_editions(prepared, |_| true)) };
        if let Some(audience) = wanted.strip_prefix("audience:") {
            check_audience(&prepared.inputs.issue, audience)?;
            return Ok(Self::of_editions(prepared, |key| key.audience.as_str() == audience));
        }
        let (person, edition) = recipient(prepared, wanted)?;
        Ok(Self { readers: vec![TestReader { person, edition: edition.clone() }], label: TestLabel::Plain })
    }

    /// A sample reader of each edition that is wanted.
    pub fn of_editions(prepared: &PreparedIssue<'_>, is_wanted: impl Fn(&EditionKey) -> bool) -> Self {
        let sample =
            |key: &EditionKey| Some(TestReader { person: prepared.sample_person(key).ok()?, edition: key.clone() });
        let readers = prepared.keys().filter(|key| is_wanted(key)).filter_map(sample).collect();
        Self { readers, label: TestLabel::Edition }
    }
}

/// Letters of a test that are composed and checked.
pub struct TestMailing {
    /// The letters, under the readers' own addresses.
    pub composition: Composition,
    /// A plan for each edition.
    plans: Vec<TestPlan>,
    context: FreezeContext,
}

/// One edition, to every tester.
struct TestPlan {
    plan: Plan,
    letters: Vec<PlannedLetter>,
}

/// A plan of a test, in a ledger that is discarded afterwards.
pub struct FrozenTest {
    /// The ledger.
    pub ledger: Box<dyn Ledger>,
    /// Its only plan.
    pub record: PlanRecord,
}

impl TestMailing {
    /// Composes the editions for their readers, and plans them for the testers.
    ///
    /// # Errors
    ///
    /// A value is missing, or an edition contains text for others.
    pub fn compose(
        prepared: PreparedIssue<'_>,
        readers: &TestReaders,
        testers: &[Address],
        now: Timestamp,
    ) -> Result<Self, Blocked> {
        let mut options = prepared.inputs.letter_options(prepared.inputs.format_date(now))?;
        let mark = TestMark { label: readers.label, code: prepared.inputs.approval_code() };
        options.headers.purpose = LetterPurpose::Test(mark);
        let plans: Vec<TestPlan> =
            readers.readers.iter().map(|reader| test_plan(&prepared, &options, reader, testers, now)).collect();
        let context = FreezeContext {
            content: prepared.inputs.content(),
            send_until: None,
            now,
            suppressed: SuppressedAddresses::default(),
            readers: prepared.inputs.project.reader_keys()?,
        };
        // Under the readers' own addresses, since an error names the person whose value is missing.
        let own = readers.readers.iter().zip(&plans).filter_map(|(reader, plan)| {
            Some(PlannedLetter { person: Arc::clone(&reader.person), ..plan.letters.first()?.clone() })
        });
        let own: Vec<PlannedLetter> = own.collect();
        let composition = compose(prepared, options, &mut |compose_letter| {
            own.iter().cloned().for_each(compose_letter);
            Ok(())
        })?;
        Ok(Self { composition, plans, context })
    }

    /// The letters.
    pub fn letters(&self) -> &ComposedPlan {
        &self.composition.plan
    }

    /// The delivery of a plan that was frozen: one try of each letter, and no waiting for a relay that is slow.
    pub fn request<'a>(
        &'a self,
        project: &Project,
        record: &'a PlanRecord,
        transport: &'a dyn Transport,
    ) -> DeliveryRequest<'a> {
        DeliveryRequest {
            record,
            letters: self.letters(),
            transport,
            retry: project.retry(),
            scope: RunScope { plan: record.id, audience: None, limit: None, tries: 1, rate: RateLimits::default() },
            wait: WaitPolicy::Brief,
            bounces: project.settings().failures.bounces,
            refusal_limit: None,
        }
    }

    /// Freezes each plan in a separate ledger in memory: a test does not touch the project's ledger.
    pub fn freeze(&self) -> impl Iterator<Item = Result<FrozenTest, Blocked>> {
        self.plans.iter().map(|TestPlan { plan, letters }| {
            let mut ledger = ledger::open::in_memory()?;
            ledger.freeze(plan, &self.context, &mut letters.iter().cloned().map(Ok))?;
            let replaced = GuardFailure::Replaced { issue: plan.issue.clone() };
            let record = ledger.plan(&plan.issue, plan.transport)?.ok_or(replaced)?;
            Ok(FrozenTest { ledger, record })
        })
    }
}

/// One edition for each of the testers, with Message-IDs that no other letter has: a test may be sent again, and a mail
/// client shows only one of two messages with the same ID.
fn test_plan(
    prepared: &PreparedIssue<'_>,
    options: &LetterOptions,
    reader: &TestReader,
    testers: &[Address],
    now: Timestamp,
) -> TestPlan {
    let edition = reader.edition.id();
    let run = format!("{edition} {}", now.as_nanosecond());
    let domain = options.headers.from.address.domain().to_owned();
    let message_ids = MessageIds { key: options.key.clone(), domain };
    let letters = testers.iter().map(|tester| PlannedLetter {
        person: Arc::new(as_reader(&reader.person, tester)),
        audience: reader.edition.audience.clone(),
        edition: edition.clone(),
        message_id: message_ids.test(&prepared.inputs.issue.id, &run, tester),
    });
    let letters = letters.collect();
    let plan = Plan {
        issue: prepared.inputs.issue.id.clone(),
        series: prepared.inputs.series().cloned(),
        transport: ledgers::transport_kind(&prepared.inputs.project),
        date: options.headers.date.clone(),
        fingerprint: Fingerprint::new(),
        editions: vec![reader.edition.clone()],
    };
    TestPlan { plan, letters }
}

/// The tester with all values of the reader: no letter of a test can reach anyone but the tester.
fn as_reader(reader: &Person, tester: &Address) -> Person {
    let mut person = reader.clone();
    person.fields = person.fields.with([("email".to_owned(), Value::Text(reader.address.to_string()))]);
    person.address = tester.clone();
    person
}
