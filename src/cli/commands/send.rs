//! `send`: sends an issue; run again, it sends the rest.

use std::path::{Path, PathBuf};

use clap::{Args, builder::RangedU64ValueParser};
use jiff::civil::DateTime;
use jiff::{Timestamp, ZonedDateTime};

use crate::audience::AudienceId;
use crate::base::message::{Message, message};
use crate::cli::delivery;
use crate::cli::exit::Exit;
use crate::cli::notify::Notifier;
use crate::cli::open_project;
use crate::cli::send_issue;
use crate::cli::send_options::{Confirmation, DeferredPolicy, EarlyPolicy, SendOptions};
use crate::cli::terminal::Terminal;
use crate::delivery::folder::FolderTransport;
use crate::delivery::ledger;
use crate::delivery::ledger::claim::RunScope;
use crate::delivery::ledger::rate_limits::RateLimits;
use crate::delivery::run::WaitPolicy;
use crate::issue::translation;
use crate::letter::plan::TransportKind;
use crate::ops::blocked::Blocked;
use crate::ops::deliver::DeliveryRequest;
use crate::ops::expected_letters::ExpectedLetters;
use crate::ops::ledgers;
use crate::ops::plan::{self, PlanContext, ReplanPolicy, SendGuards};
use crate::ops::plan_overview::{SendPart, SettledAddresses};
use crate::ops::refusals::OverLimitPolicy;
use crate::project::Project;

const NO_KEY: Message = Message::fixed(
    "this project has no key yet: `send` will use other Message-IDs, boundaries and unsubscribe links than these; for the \
     same bytes, run `newsletter ledger new` first",
    "projektet har ingen nøgle endnu: `send` bruger andre Message-ID'er, skillelinjer og afmeldelseslinks end disse; skal \
     det være de samme, så kør først `newsletter ledger new`",
);

/// Arguments of `send`.
#[derive(Args, Debug)]
pub(crate) struct SendArgs {
    /// The issue's file, for example issues/november.md
    pub(super) issue: PathBuf,
    /// Send without confirmation
    #[arg(short, long)]
    yes: bool,
    /// Send only if there are N letters to send; 440±5% and 440±20 allow a few more or less
    #[arg(long, value_name = "N")]
    expect: Option<ExpectedLetters>,
    /// Send only to recipients in this audience; the rest stay planned
    #[arg(long, value_name = "AUDIENCE")]
    audience: Option<String>,
    /// Send at most N letters; the rest stay planned
    #[arg(long, value_name = "N", value_parser = RangedU64ValueParser::<usize>::new().range(1..))]
    limit: Option<usize>,
    /// Re-plan unsent letters after files changed
    #[arg(long)]
    replan: bool,
    #[command(flatten)]
    overrides: OverrideArgs,
    /// Wait for deferred letters and try them again
    #[arg(long, conflicts_with = "wanted")]
    wait: bool,
    #[command(flatten)]
    dry: DryRunArgs,
    /// Write Prometheus metrics to this file at the end, for the textfile collector
    #[arg(long, value_name = "FILE", conflicts_with = "wanted")]
    pub(super) metrics: Option<PathBuf>,
}

impl SendArgs {
    /// Whether nothing is sent.
    pub(super) fn is_dry(&self) -> bool {
        self.dry.wanted
    }
}

/// What is sent although a check before sending would stop it.
#[derive(Args, Debug)]
struct OverrideArgs {
    /// Send an issue whose `send_at` is to come
    #[arg(long, conflicts_with = "wanted")]
    now: bool,
    /// Go on although more letters are refused than `limits.refused` allows
    #[arg(long, conflicts_with = "wanted")]
    over_limit: bool,
}

/// Arguments of a dry run.
#[derive(Args, Debug)]
struct DryRunArgs {
    /// Write every letter to `<edition>/<address>.eml` instead of sending it
    #[arg(long = "dry-run")]
    wanted: bool,
    /// Output folder of a dry run [default: preview/<issue>/letters in the project]
    #[arg(long, value_name = "DIR", requires = "wanted")]
    out: Option<PathBuf>,
    /// Date header of a dry run's letters, if the issue has neither `date` nor `send_at`
    #[arg(long, value_name = "TIME", requires = "wanted")]
    date: Option<String>,
}

/// Sends the issue, or writes its letters to a folder.
pub(super) fn run(terminal: &Terminal, project: &Project, args: &SendArgs) -> Result<Exit, Blocked> {
    let path = project.issue_path(&args.issue);
    if let Some(main) = main_issue_path(&args.issue, &path) {
        let (typed, main) = (args.issue.display(), main.display());
        terminal.problem(message!(
            "{typed} is a translation and is sent with its issue: newsletter send {main}",
            "{typed} er en oversættelse og sendes sammen med sit nyhedsbrev: newsletter send {main}"
        ));
        return Ok(Exit::Blocked);
    }
    if !args.is_dry() {
        open_project::warn_of_root(terminal, project);
    }
    let audience = match args.audience.as_deref().map(AudienceId::parse).transpose() {
        Ok(audience) => audience,
        Err(error) => {
            terminal.problem(Message::shown(&error));
            return Ok(Exit::Blocked);
        }
    };
    let options = SendOptions {
        guards: SendGuards {
            expect: args.expect.clone(),
            replan: if args.replan { ReplanPolicy::Replan } else { ReplanPolicy::Continue },
            typed: args.issue.display().to_string(),
            part: SendPart { audience, limit: args.limit },
        },
        confirmation: if args.yes { Confirmation::Given } else { Confirmation::Ask },
        early: if args.overrides.now { EarlyPolicy::Send } else { EarlyPolicy::Ask },
        over_limit: if args.overrides.over_limit { OverLimitPolicy::GoOn } else { OverLimitPolicy::Pause },
        deferred: if args.wait { DeferredPolicy::Wait } else { DeferredPolicy::Leave },
    };
    if args.dry.wanted {
        dry_run(terminal, project, &path, &args.dry, &options)
    } else {
        let reported = terminal.problem_count();
        let sent = send_issue::send_issue(terminal, project, &path, &options)?;
        if let Some(notifier) = Notifier::new(terminal, project) {
            notifier.mail_after_send(&path, sent, terminal.problems_after(reported));
        }
        Ok(sent)
    }
}

/// The path of the issue, where that of its translation was typed.
fn main_issue_path(typed: &Path, path: &Path) -> Option<PathBuf> {
    let name = path.file_name().filter(|_| translation::of_file(typed).is_some())?;
    Some(typed.with_file_name(name)).filter(|main| main != typed)
}

/// Sends to a folder, with a ledger in memory that is discarded afterwards.
fn dry_run(
    terminal: &Terminal,
    project: &Project,
    path: &Path,
    args: &DryRunArgs,
    options: &SendOptions,
) -> Result<Exit, Blocked> {
    let mut prepared = send_issue::prepare(terminal, project, path, options)?;
    let now = Timestamp::now();
    terminal.diagnostics(&plan::check_consent(project, &prepared, now)?);
    if let Some(typed) = &args.date {
        let Some(date) = parse_moment(project, typed) else {
            terminal.problem(message!(
                "invalid --date: write 2027-01-21T09:30:00+01:00 or 2027-01-21 09:30",
                "ugyldig --date: skriv 2027-01-21T09:30:00+01:00 eller 2027-01-21 09:30"
            ));
            return Ok(Exit::Blocked);
        };
        let front = &mut prepared.inputs.issue.front;
        front.date = front.date.or(front.send_at).or(Some(date));
    }
    let folder = match &args.out {
        Some(folder) => folder.clone(),
        None => project.empty_preview(&prepared.inputs.issue, "letters")?,
    };
    send_issue::print_new_pictures(terminal, prepared.publish()?.as_ref());
    let mut ledger = ledger::open::in_memory()?;
    let suppressed = plan::suppressed_addresses(project, &prepared)?;
    let former_calendar = match ledgers::open_to_read(project)? {
        Some(mut ledger) => plan::last_calendar(&mut *ledger, |plan| plan.issue != prepared.inputs.issue.id)?,
        None => None,
    };
    let settled = SettledAddresses::default();
    let context = PlanContext { transport: TransportKind::Folder, suppressed, settled, former_calendar, now };
    let new = plan::new_plan(&mut *ledger, prepared, context, &options.guards)?;
    send_issue::print_new_plan(terminal, &new);
    let frozen = new.freeze(&mut *ledger)?;
    terminal.diagnostics(&frozen.composition.warnings);
    let record = &frozen.record;
    let request = DeliveryRequest {
        record,
        letters: &frozen.composition.plan,
        transport: &FolderTransport::new(folder.clone()),
        retry: project.retry(),
        scope: RunScope {
            plan: record.id,
            audience: options.guards.part.audience.clone(),
            limit: options.guards.part.limit,
            tries: 1,
            rate: RateLimits::default(),
        },
        wait: WaitPolicy::Brief,
        bounces: project.settings().failures.bounces,
        refusal_limit: None,
    };
    let exit = delivery::deliver(terminal, &mut *ledger, &request)?;
    if exit == Exit::Done {
        let folder = folder.display();
        terminal.print_line(message!("written to {folder}; nothing was sent", "skrevet til {folder}; intet er sendt"));
        // A dry run writes no key into a checkout that it only reads, so it cannot know the one that `send` will create.
        if !project.has_key()? {
            terminal.note(NO_KEY);
        }
    }
    Ok(exit)
}

/// The moment that was typed: with an offset, or in the project's time zone.
fn parse_moment(project: &Project, typed: &str) -> Option<Timestamp> {
    if let Ok(moment) = typed.parse() {
        return Some(moment);
    }
    let local: DateTime = typed.parse().ok()?;
    local.to_zoned_datetime(project.settings().timezone.clone()).ok().map(|zoned: ZonedDateTime| zoned.timestamp())
}
