//! `doctor`: why letters do not leave, or do not arrive.

use std::collections::BTreeMap;
use std::env;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use anstyle::AnsiColor;
use clap::Args;
use jiff::Timestamp;

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
    let known = if unknown == 0 { String::new() } else { format!(", {unknown} cannot be known from here") };
    terminal.print_line(format!("\n{pass} passed, {}, {fail} failed{known}", noun::WARNING.count(warn)));
    if fail == 0 { Exit::Done } else { Exit::SomeFailed }
}

/// Prints a finding: its verdict, what it is about, and below what to do and what to write.
fn print(terminal: &Terminal, finding: &DoctorFinding) {
    terminal.json(finding);
    let (word, colour) = match finding.verdict {
        DoctorVerdict::Pass => ("pass", AnsiColor::Green),
        DoctorVerdict::Warn => ("warn", AnsiColor::Yellow),
        DoctorVerdict::Fail => ("fail", AnsiColor::Red),
        DoctorVerdict::Unknown => ("unknown", AnsiColor::Cyan),
    };
    let style = colour.on_default().bold();
    let mut lines =
        vec![format!("{style}{word:7}{style:#}  {:11}  {}", finding.check.name(), visible(&finding.message))];
    let indent = " ".repeat(22);
    lines.extend(finding.advice.iter().map(|advice| format!("{indent}{}", visible(advice))));
    if let Some(write) = &finding.write {
        let place = match write.place {
            RemedyPlace::Dns => "in the DNS:",
            RemedyPlace::Settings => "in newsletter.yaml:",
            RemedyPlace::Shell => "in a shell:",
            RemedyPlace::Crontab => "in the crontab:",
        };
        lines.push(format!("{indent}{place}"));
        // At the start of the line, so that it can be copied as it is.
        lines.extend(write.text.lines().map(visible));
    }
    for line in lines {
        if finding.verdict == DoctorVerdict::Fail && !terminal.is_json() {
            Terminal::answer(&line);
        } else {
            terminal.print_line(line);
        }
    }
}
