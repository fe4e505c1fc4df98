//! `doctor`: finds out why letters do not leave, or do not arrive.

use std::collections::BTreeMap;
use std::env;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use anstyle::AnsiColor;
use clap::Args;
use jiff::Timestamp;

use crate::base::message::{Message, composed, message};
use crate::base::noun;
use crate::cli::exit::Exit;
use crate::cli::terminal::Terminal;
use crate::delivery::dns::resolv_conf;
use crate::ops::doctor;
use crate::ops::doctor::finding::{DoctorFinding, DoctorVerdict, RemedyPlace};
use crate::ops::doctor::order::{DoctorOrder, DoctorReach};
use crate::ops::text::visible;
use crate::project::Project;

/// Arguments of `doctor`.
#[derive(Args, Debug)]
pub(crate) struct DoctorArgs {
    /// Look at the project and this machine only; connect to no other one
    #[arg(long)]
    offline: bool,
    /// The address that the relay sends letters from, if it is not the one it receives them at
    #[arg(long, value_name = "ADDRESS", conflicts_with = "offline")]
    sends_from: Option<IpAddr>,
    /// Ask these DNS servers, such as 192.0.2.53 or 127.0.0.1:5353 [default: those in /etc/resolv.conf]
    #[arg(long, value_name = "ADDRESS", value_delimiter = ',', conflicts_with = "offline")]
    resolver: Vec<ResolverAddress>,
}

/// The address of a DNS server, with a port or without.
#[derive(Clone, Copy, Debug)]
struct ResolverAddress(SocketAddr);

impl FromStr for ResolverAddress {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bare = text.parse::<IpAddr>().map(|address| SocketAddr::new(address, resolv_conf::PORT));
        bare.or_else(|_| text.parse::<SocketAddr>()).map(Self).map_err(|_| "write an IP address, with :PORT or without")
    }
}

/// Looks at everything, and prints what was found.
pub(super) fn run(terminal: &Terminal, project: &Project, args: &DoctorArgs) -> Exit {
    let order = DoctorOrder {
        reach: if args.offline { DoctorReach::Offline } else { DoctorReach::Online },
        resolvers: args.resolver.iter().map(|resolver| resolver.0).collect(),
        sends_from: args.sends_from,
        now: Timestamp::now(),
        program: env::current_exe().unwrap_or_else(|_| "newsletter".into()),
    };
    let findings = doctor::examine(project, &order);
    let mut counts: BTreeMap<DoctorVerdict, u64> = BTreeMap::new();
    for finding in &findings {
        print(terminal, finding);
        *counts.entry(finding.verdict).or_default() += 1;
    }
    let number = |verdict: DoctorVerdict| counts.get(&verdict).copied().unwrap_or_default();
    let [pass, warn, fail, unknown] =
        [DoctorVerdict::Pass, DoctorVerdict::Warn, DoctorVerdict::Fail, DoctorVerdict::Unknown].map(number);
    terminal.json(&serde_json::json!({ "pass": pass, "warn": warn, "fail": fail, "unknown": unknown }));
    let known = match unknown {
        0 => Message::default(),
        _ => message!(", {unknown} cannot be known from here", ", {unknown} kan ikke ses herfra"),
    };
    let warnings = noun::WARNING.count(warn);
    terminal.print_line(message!(
        "\n{pass} passed, {warnings}, {fail} failed{known}",
        "\n{pass} i orden, {warnings}, {fail} fejl{known}"
    ));
    if fail == 0 { Exit::Done } else { Exit::SomeFailed }
}

/// Prints a finding: its verdict and subject, and below these what to do and what to write.
fn print(terminal: &Terminal, finding: &DoctorFinding) {
    terminal.json(finding);
    let (word, colour) = match finding.verdict {
        DoctorVerdict::Pass => (message!("pass", "ok"), AnsiColor::Green),
        DoctorVerdict::Warn => (message!("warn", "obs"), AnsiColor::Yellow),
        DoctorVerdict::Fail => (message!("fail", "fejl"), AnsiColor::Red),
        DoctorVerdict::Unknown => (message!("unknown", "uvist"), AnsiColor::Cyan),
    };
    let style = colour.on_default().bold();
    let (about, said) = (finding.check.title(), finding.message.map(visible));
    let mut lines = vec![composed!("{style}{word:7}{style:#}  {about:11}  {said}")];
    let indent = " ".repeat(22);
    lines.extend(finding.advice.iter().map(|advice| composed!("{indent}{}", advice.map(visible))));
    if let Some(write) = &finding.write {
        let place = match write.place {
            RemedyPlace::Dns => message!("in the DNS:", "i DNS:"),
            RemedyPlace::Settings => message!("in newsletter.yaml:", "i newsletter.yaml:"),
            RemedyPlace::Shell => message!("in a shell:", "i en terminal:"),
            RemedyPlace::Crontab => message!("in the crontab:", "i crontab:"),
        };
        lines.push(composed!("{indent}{place}"));
        // At the start of the line, so that it can be copied as it is.
        lines.extend(write.text.lines().map(|line| Message::verbatim(visible(line))));
    }
    for line in lines {
        if finding.verdict == DoctorVerdict::Fail && !terminal.is_json() {
            Terminal::answer(line.in_language(terminal.language()));
        } else {
            terminal.print_line(line);
        }
    }
}
