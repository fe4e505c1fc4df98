//! `audience load`: how many letters a week readers get.

use clap::Args;
use jiff::{SignedDuration, Timestamp};

use crate::base::error::Error;
use crate::base::message::{Message, UserLanguage, message};
use crate::cli::exit::Exit;
use crate::cli::terminal::Terminal;
use crate::ops::readers_load::{self, CountedWeeks, WeekLoad};
use crate::project::Project;

/// Arguments of `audience load`.
#[derive(Args, Debug)]
pub(crate) struct AudienceLoadArgs {
    /// Begin this many weeks before the present one
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u16).range(0..=520))]
    past: u16,
}

/// Lists the weeks in which readers got letters, or will by what is planned.
pub(super) fn run(terminal: &Terminal, project: &Project, args: &AudienceLoadArgs) -> Result<Exit, Error> {
    let now = Timestamp::now();
    let past = SignedDuration::from_hours(7 * 24 * i64::from(args.past));
    let since = now.checked_sub(past).unwrap_or(Timestamp::MIN);
    let CountedWeeks { weeks, suppressed, diagnostics } = readers_load::weeks(project, since, now)?;
    let exit = terminal.list_diagnostics(project, diagnostics);
    for week in &weeks {
        terminal.json(week);
    }
    if weeks.is_empty() {
        terminal.print_line(message!(
            "no letters: nothing was sent in these weeks, and no issue has a `send_at` to come",
            "ingen mails: der er ikke sendt noget i disse uger, og intet nyhedsbrev har en kommende `send_at`"
        ));
        return Ok(exit);
    }
    let limit = project.settings().per_week;
    for line in lines(&weeks, limit, terminal.language()) {
        terminal.print_line(Message::verbatim(line));
    }
    if let Some(remark) = suppressed.remark() {
        terminal.note(remark);
    }
    if limit.is_none() {
        terminal.note(message!(
            "newsletter.yaml sets no limit: write `limits: {{per_week: 2}}` to be warned of more letters a week",
            "newsletter.yaml har ingen grænse: skriv `limits: {{per_week: 2}}` for at blive advaret om flere mails om ugen"
        ));
    }
    Ok(exit)
}

/// The weeks as a table with a head.
fn lines(weeks: &[WeekLoad], limit: Option<u64>, language: UserLanguage) -> Vec<String> {
    let heads = [message!("week", "uge"), message!("audience", "målgruppe"), message!("readers", "læsere")];
    let [week, audience, readers] = heads.each_ref().map(|head| head.in_language(language));
    let most = message!("most letters", "flest mails");
    let most = most.in_language(language);
    let [readers_width, most_width] = [readers, most].map(|head| head.chars().count());
    let rows = weeks.iter().flat_map(|week| week.audiences.iter().map(move |load| (week, load)));
    let names = rows.clone().map(|(_, load)| load.audience.as_str().chars().count());
    let width = names.max().unwrap_or(0).max(audience.chars().count());
    // The word is the same in both languages.
    let over = limit.map(|limit| format!("  over {limit}")).unwrap_or_default();
    let head = format!("{week:8}  {audience:width$}  {readers}  {most}{over}");
    let row = |(WeekLoad { week, .. }, load): (&WeekLoad, &readers_load::AudienceLoad)| {
        let over = load.over.map(|over| format!("  {over:>6}")).unwrap_or_default();
        let name = load.audience.as_str();
        let (readers, most) = (load.readers, load.most);
        format!("{}-W{:02}  {name:width$}  {readers:>readers_width$}  {most:>most_width$}{over}", week.year, week.week)
    };
    std::iter::once(head).chain(rows.map(row)).collect()
}
