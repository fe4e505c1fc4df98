//! What can be typed.

pub(crate) mod person;

use std::path::{Path, PathBuf};

use clap::builder::RangedU64ValueParser;
use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};

use crate::cli::args::person::PersonCommand;

const EXIT_STATUS: &str = "\
Exit status:
   0  done, or nothing due
   1  finished, but some recipients were refused for good, expired or are in doubt
   2  wrong usage
   3  stopped before anything was sent: mistakes in files, or a guard
   4  another run holds the lock
  74  the ledger cannot be written
  75  some recipients are deferred, or the relay could not be reached: run again
  77  the relay refused TLS, login or us as a sender: nobody is marked failed
  78  no project, or mistakes in newsletter.yaml, secrets or keys";

/// Write newsletters in Markdown, give each audience its own edition, deliver each letter once
#[derive(Debug, Parser)]
#[command(name = "newsletter", version, after_help = EXIT_STATUS, max_term_width = 100)]
pub(super) struct Cli {
    #[command(flatten)]
    pub(super) common: GlobalArgs,
    #[command(subcommand)]
    pub(super) command: Command,
}

/// What every command knows.
#[derive(Args, Debug)]
pub(super) struct GlobalArgs {
    /// The project's folder [default: found upwards from the issue or from here]
    #[arg(short = 'C', long = "directory", global = true, value_name = "DIR")]
    pub(super) directory: Option<PathBuf>,
    /// Print results as JSON on standard output
    #[arg(long, global = true)]
    pub(super) json: bool,
    /// Print errors only
    #[arg(short, long, global = true)]
    pub(super) quiet: bool,
    /// Print each letter as it is delivered; -vv logs to standard error, -vvv with the talk with the relay
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub(super) verbose: u8,
    /// Append a log to this file; `-` is standard error
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) log: Option<PathBuf>,
    /// The form of the log [default: journal under systemd, otherwise text]
    #[arg(long, global = true, value_enum, value_name = "FORM")]
    pub(super) log_format: Option<LogFormat>,
    /// Colours in messages
    #[arg(long, global = true, value_enum, default_value_t = ColourChoice::Auto, value_name = "WHEN")]
    pub(super) color: ColourChoice,
}

/// When messages are coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ColourChoice {
    /// On a terminal that can
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The form of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum LogFormat {
    /// A line for people
    Text,
    /// An object a line
    Json,
    /// A line that systemd's journal reads the severity of
    Journal,
}

/// One command each; the files beside this one are named for them.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Make a project, ready to run
    Init(InitArgs),
    /// Make an issue, as a draft
    New(NewArgs),
    /// Tell every mistake in every file
    Check(CheckArgs),
    /// Write every edition to files, for an invented person of each audience
    Preview(PreviewArgs),
    /// Tell what changes for the readers between two versions of an issue
    Diff(DiffArgs),
    /// Send editions to an address of your own, marked [TEST]
    Test(TestArgs),
    /// Send an issue; run again, it finishes what is left and repeats nothing
    Send(SendArgs),
    /// Send every issue whose `send_at` has come (for cron)
    Run(RunArgs),
    /// Write the pages of an issue that everybody can read on the web
    Export(ExportArgs),
    /// Tell who got what
    Status(StatusArgs),
    /// Say what became of letters in doubt
    Resolve(ResolveArgs),
    /// Look through the ledger, write it out, take it along to another database
    #[command(subcommand)]
    Ledger(LedgerCommand),
    /// Make and look at the keys that letters are signed with
    #[command(subcommand)]
    Dkim(DkimCommand),
    /// Write to an address no more: its reader left
    Unsubscribe(UnsubscribeArgs),
    /// Write to addresses no more, for any reason, or again
    Suppress(SuppressArgs),
    /// Tell who is in which audience, and why
    #[command(subcommand)]
    Audience(AudienceCommand),
    /// Tell what is held of one person, give it to them, or forget them
    #[command(subcommand)]
    Person(PersonCommand),
}

/// What is done with the ledger.
#[derive(Debug, Subcommand)]
pub(super) enum LedgerCommand {
    /// Read all of it, and tell what is wrong
    Check,
    /// Write all of it as lines of JSON: plans and letters, with their addresses
    Export(LedgerExportArgs),
    /// Take over what another file knows into the ledger that newsletter.yaml names
    Migrate(LedgerMigrateArgs),
    /// Forget who got what before the time that `retention` in newsletter.yaml says; totals stay
    Prune,
}

#[derive(Args, Debug)]
pub(super) struct LedgerExportArgs {
    /// A new file that only you can read [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(super) struct LedgerMigrateArgs {
    /// The former ledger, such as .newsletter/ledger.db
    pub(super) file: PathBuf,
}

/// What is done with DKIM keys.
#[derive(Debug, Subcommand)]
pub(super) enum DkimCommand {
    /// Make a key, and print the record to publish and the lines for newsletter.yaml
    Keygen(DkimKeygenArgs),
    /// Print the DNS record of each key
    Record,
    /// Sign a letter with each key, and look whether the published record fits
    Check(DkimCheckArgs),
}

#[derive(Args, Debug)]
pub(super) struct DkimKeygenArgs {
    /// Whose signature it makes [default: the domain of `from`]
    #[arg(long)]
    pub(super) domain: Option<String>,
    /// The key's name in the DNS [default: newsletter, newsletter-ed25519]
    #[arg(long)]
    pub(super) selector: Option<String>,
    /// How it signs
    #[arg(long = "type", value_enum, default_value_t = KeyType::Rsa, value_name = "TYPE")]
    pub(super) kind: KeyType,
    /// Its file [default: .newsletter/dkim/SELECTOR.pem]
    #[arg(long, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,
}

/// How a key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum KeyType {
    /// RSA of 2048 bits: every mail server can check it
    Rsa,
    /// Short and fast, and not yet checked everywhere: beside an RSA key
    Ed25519,
}

#[derive(Args, Debug)]
pub(super) struct DkimCheckArgs {
    /// What the DNS says of the keys, as `dig +short TXT NAME` prints it; `-` reads standard input
    #[arg(long, value_name = "FILE")]
    pub(super) record: Option<PathBuf>,
}

/// What can be asked about audiences.
#[derive(Debug, Subcommand)]
pub(super) enum AudienceCommand {
    /// How many are in each audience, and how many of them in each other one
    List(AudienceListArgs),
    /// Who is in an audience
    Show(AudienceShowArgs),
    /// Why an address is in each audience, or why not
    Explain(AudienceExplainArgs),
    /// Who comes and who goes between two lists of people, or two revisions in Git
    Diff(AudienceDiffArgs),
    /// Take in the people of another system's export; who left there is not written to here
    Import(AudienceImportArgs),
}

#[derive(Args, Debug)]
pub(super) struct AudienceListArgs {
    /// Write the overlaps as a page to look at
    #[arg(long, value_name = "FILE")]
    pub(super) html: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(super) struct AudienceShowArgs {
    /// The audience
    pub(super) audience: String,
    /// As CSV
    #[arg(long, conflicts_with = "json")]
    pub(super) csv: bool,
    /// At most so many
    #[arg(long, value_name = "N")]
    pub(super) limit: Option<usize>,
    /// So many are passed over
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(super) offset: usize,
}

#[derive(Args, Debug)]
pub(super) struct AudienceExplainArgs {
    /// The address
    pub(super) address: String,
    /// Tell as well which edition of this issue they get
    #[arg(long, value_name = "ISSUE")]
    pub(super) issue: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(super) struct AudienceDiffArgs {
    /// A list of people, or a revision in Git: HEAD~1
    pub(super) before: String,
    /// What it is compared with; `.` is the project as it is now
    pub(super) after: String,
    /// Name those who are added, removed or changed, and not only their number
    #[arg(long)]
    pub(super) people: bool,
}

#[derive(Args, Debug)]
pub(super) struct AudienceImportArgs {
    /// The exports: CSV files; several are parts of one list, as Mailchimp's three are
    #[arg(required = true)]
    pub(super) files: Vec<PathBuf>,
    /// The system that wrote them [default: known by the headers]
    #[arg(long, value_name = "SYSTEM")]
    pub(super) from: Option<String>,
    /// The audience, or the CSV file, that they go into [default: the project's only list of people]
    #[arg(long, value_name = "AUDIENCE|FILE")]
    pub(super) into: Option<String>,
    /// Take out of the list whom the exports do not have
    #[arg(long)]
    pub(super) sync: bool,
    /// Write without asking
    #[arg(short, long)]
    pub(super) yes: bool,
}

#[derive(Args, Debug)]
pub(super) struct UnsubscribeArgs {
    /// The addresses
    #[arg(required = true)]
    pub(super) addresses: Vec<String>,
    /// Only from this series, and not from everything
    #[arg(long, value_name = "SERIES")]
    pub(super) series: Option<String>,
}

#[derive(Args, Debug)]
pub(super) struct SuppressArgs {
    /// The addresses
    pub(super) addresses: Vec<String>,
    /// A file with an address on each line
    #[arg(long, value_name = "FILE")]
    pub(super) file: Option<PathBuf>,
    /// Why: unsubscribed, bounced, complained, erased (the address is not kept) or manual
    #[arg(long, value_name = "REASON", default_value = "manual")]
    pub(super) reason: String,
    /// Write to them again, and say why
    #[arg(long, value_name = "WHY", conflicts_with = "reason")]
    pub(super) lift: Option<String>,
    /// Only in this series, and not in everything
    #[arg(long, value_name = "SERIES")]
    pub(super) series: Option<String>,
    /// Tell who is not written to, and why
    #[arg(long, conflicts_with_all = ["addresses", "file", "reason", "lift", "series"])]
    pub(super) list: bool,
}

#[derive(Args, Debug)]
pub(super) struct InitArgs {
    /// The folder [default: this one]
    pub(super) folder: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(super) struct NewArgs {
    /// The issue's title, which becomes its subject
    pub(super) title: String,
}

#[derive(Args, Debug)]
pub(super) struct CheckArgs {
    /// The issues [default: all of the project]
    pub(super) issues: Vec<PathBuf>,
    /// Tell what a code such as NL530 means, and what to do about it
    #[arg(long, value_name = "CODE", conflicts_with = "issues")]
    pub(super) explain: Option<String>,
    /// Ask every address on the web that the issues lead to whether it is there
    #[arg(long, conflicts_with = "explain")]
    pub(super) online: bool,
    /// How mistakes are written
    #[arg(long, value_enum, default_value_t = CheckFormat::Text)]
    pub(super) format: CheckFormat,
}

/// How `check` writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum CheckFormat {
    /// For people, with the line and the place
    Text,
    /// An array of objects
    Json,
    /// SARIF 2.1.0, for code hosts that show mistakes beside the lines of a change
    Sarif,
}

#[derive(Args, Debug)]
pub(super) struct PreviewArgs {
    /// The issue
    pub(super) issue: PathBuf,
    /// The folder to write to [default: preview/<issue> in the project]
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    /// What this person of the audiences gets, instead of invented people
    #[arg(long = "as", value_name = "EMAIL")]
    pub(super) reader: Option<String>,
    /// Open the overview in a browser
    #[arg(long)]
    pub(super) open: bool,
}

#[derive(Args, Debug)]
pub(super) struct DiffArgs {
    /// An issue, or a revision in Git: HEAD~1, HEAD~1:issues/nyt.md
    pub(super) before: String,
    /// What it is compared with
    pub(super) after: String,
    /// Name those who are added or removed, and not only their number
    #[arg(long)]
    pub(super) people: bool,
}

impl DiffArgs {
    /// The side that is a file on disk, if one is.
    pub(super) fn file(&self) -> Option<&Path> {
        [&self.before, &self.after].into_iter().map(Path::new).find(|it| it.exists())
    }
}

#[derive(Args, Debug)]
pub(super) struct TestArgs {
    /// The issue; a draft will do
    pub(super) issue: PathBuf,
    /// Where the test goes, and nowhere else; may be given several times
    #[arg(long, required = true, value_name = "ADDR", value_delimiter = ',')]
    pub(super) to: Vec<String>,
    /// What this person of the audiences gets, or an invented reader of one audience [default: of every edition]
    #[arg(long = "as", value_name = "EMAIL|audience:ID")]
    pub(super) reader: Option<String>,
}

#[derive(Args, Debug)]
pub(super) struct SendArgs {
    /// The issue
    pub(super) issue: PathBuf,
    /// Send without asking for the number of recipients
    #[arg(short, long)]
    pub(super) yes: bool,
    /// Stop unless the plan has exactly this many recipients
    #[arg(long, value_name = "N")]
    pub(super) expect: Option<u64>,
    /// Only the recipients of this audience; the others stay planned
    #[arg(long, value_name = "ID")]
    pub(super) audience: Option<String>,
    /// At most so many letters; the others stay planned
    #[arg(long, value_name = "N", value_parser = RangedU64ValueParser::<usize>::new().range(1..))]
    pub(super) limit: Option<usize>,
    /// Plan anew for those not yet reached, after a change of files
    #[arg(long)]
    pub(super) replan: bool,
    /// Stay until letters that a relay put off have their answer, too
    #[arg(long, conflicts_with = "wanted")]
    pub(super) wait: bool,
    #[command(flatten)]
    pub(super) dry: DryRunArgs,
    /// Write figures for Prometheus to this file at the end, as a text file collector reads them
    #[arg(long, value_name = "FILE", conflicts_with = "wanted")]
    pub(super) metrics: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(super) struct DryRunArgs {
    /// Open no connection; write every letter as <edition>/<address>.eml
    #[arg(long = "dry-run")]
    pub(super) wanted: bool,
    /// The folder of a dry run [default: preview/<issue>/letters in the project]
    #[arg(long, value_name = "DIR", requires = "wanted")]
    pub(super) out: Option<PathBuf>,
    /// The Date of a dry run's letters, where the issue has neither `date` nor `send_at`
    #[arg(long, value_name = "TIME", requires = "wanted")]
    pub(super) date: Option<String>,
}

#[derive(Args, Debug)]
pub(super) struct ExportArgs {
    /// The issue, which says `archive: public`; a draft will do
    pub(super) issue: PathBuf,
    /// What it is written for
    #[arg(long, value_enum)]
    pub(super) to: ExportChannel,
    /// The folder to write to [default: public in the project]
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
}

/// Where an issue is read that is no letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ExportChannel {
    /// Pages for a web server
    Web,
}

#[derive(Args, Debug)]
pub(super) struct RunArgs {
    /// Write figures for Prometheus to this file at the end, as a text file collector reads them
    #[arg(long, value_name = "FILE")]
    pub(super) metrics: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(super) struct StatusArgs {
    /// The issue [default: every plan]
    pub(super) issue: Option<PathBuf>,
    /// One person's letter
    pub(super) address: Option<String>,
    /// Every letter
    #[arg(long)]
    pub(super) letters: bool,
    /// Every letter that was not accepted, whatever its state
    #[arg(long)]
    pub(super) failed: bool,
    /// As CSV
    #[arg(long)]
    pub(super) csv: bool,
}

#[derive(Args, Debug)]
pub(super) struct ResolveArgs {
    /// The issue
    pub(super) issue: PathBuf,
    /// The addresses [default: every letter in doubt]
    pub(super) addresses: Vec<String>,
    #[command(flatten)]
    pub(super) verdict: ResolutionArgs,
}

#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
pub(super) struct ResolutionArgs {
    /// They arrived: count them as accepted
    #[arg(long)]
    pub(super) sent: bool,
    /// They did not arrive: the next send tries them again
    #[arg(long)]
    pub(super) resend: bool,
}
