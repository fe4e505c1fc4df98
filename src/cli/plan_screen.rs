//! A new plan on the screen: what is sent, to whom, from whom and when, before the user confirms it.

use jiff::tz::TimeZone;

use crate::base::message::{Message, UserLanguage, composed, message};
use crate::base::noun;
use crate::ops::approval::last_approval::LastApproval;
use crate::ops::plan_overview::{AudienceOverview, PlanOverview};
use crate::ops::readers_load::ExceededLimit;
use crate::ops::text::{local_time, visible};
use crate::people::person::suppression_reason::SuppressionReason;

/// How wide a line may be.
const WIDTH: usize = 80;

/// What the user is asked about.
pub(super) struct Proposal<'a> {
    /// What would be sent.
    pub(super) overview: &'a PlanOverview,
    /// What else is known of the issue.
    pub(super) facts: &'a ProposalFacts,
}

/// What is known of an issue besides its plan.
#[derive(Default)]
pub(super) struct ProposalFacts {
    /// Its last approval; absent: there is none.
    pub(super) approved: Option<LastApproval>,
    /// The readers whom it brings above the limit of a week; absent: none.
    pub(super) exceeded: Option<ExceededLimit>,
}

/// The lines of the screen, at most 80 columns wide. Nothing is left out: what is not shown cannot be noticed.
pub(super) fn lines(proposal: &Proposal<'_>, zone: &TimeZone, language: UserLanguage) -> Vec<String> {
    let Proposal { overview, facts } = proposal;
    let mut screen = Screen { language, lines: Vec::new() };
    screen.add("", &format!("{}: {}", overview.issue, overview.subject));
    screen.fact(&message!("from", "fra"), &Message::verbatim(&*overview.from));
    let reply_to = overview.reply_to.as_deref().map(Message::verbatim);
    screen.fact(&message!("replies", "svar til"), &reply_to.unwrap_or_else(|| message!("to the sender", "afsenderen")));
    let relay = overview.relay.as_deref().map(Message::verbatim);
    let nobody = || message!("the folder outbox/, to nobody", "mappen outbox/; ingen får mailen");
    screen.fact(&message!("by", "gennem"), &relay.unwrap_or_else(nobody));
    let send_at = overview.send_at.map(|at| format!("; `send_at` {}", local_time(at, zone))).unwrap_or_default();
    screen.fact(&message!("time", "tid"), &message!("now{send_at}", "nu{send_at}"));
    add_facts(&mut screen, facts, zone);
    if !overview.hosts.is_empty() {
        let hosts: Vec<&str> = overview.hosts.iter().map(String::as_str).collect();
        screen.fact(&message!("links to", "link til"), &Message::verbatim(hosts.join(", ")));
    }
    if overview.settled > 0 {
        let letters = noun::LETTER.count(overview.settled);
        let text = message!(
            "{letters} sent or settled, and not sent again",
            "{letters} sendt eller afsluttet, og ikke sendt igen"
        );
        screen.fact(&message!("so far", "hidtil"), &text);
    }
    if overview.later > 0 {
        let letters = noun::LETTER.count(overview.later);
        let text = message!(
            "{letters} not sent now: only a part was asked for",
            "{letters} ikke sendt nu: du har kun bedt om en del"
        );
        screen.fact(&message!("later", "senere"), &text);
    }
    add_readers(&mut screen, overview);
    screen.lines
}

/// Adds what is known of the issue besides its plan.
fn add_facts(screen: &mut Screen, facts: &ProposalFacts, zone: &TimeZone) {
    let ProposalFacts { approved, exceeded } = facts;
    if let Some(LastApproval { by, at, changed }) = approved {
        let changed = if changed.is_empty() {
            message!("nothing has changed since", "intet er ændret siden")
        } else {
            let changed = changed.join(", ");
            message!("changed since: {changed}", "ændret siden: {changed}")
        };
        let at = local_time(*at, zone);
        screen.fact(
            &message!("approved", "godkendt"),
            &message!("by {by} on {at}; {changed}", "af {by} {at}; {changed}"),
        );
    }
    if let Some(exceeded) = exceeded {
        let text = exceeded.text();
        screen.fact(&message!("too many", "for mange"), &composed!("{text}"));
    }
}

/// Adds the editions with their readers, and those who get no letter.
fn add_readers(screen: &mut Screen, overview: &PlanOverview) {
    let editions = overview.editions.iter().map(|(edition, letters)| (*letters, Message::verbatim(&**edition)));
    screen.list(&message!("editions", "udgaver"), editions);
    let reader = |(audience, people): (&String, &AudienceOverview)| {
        let names =
            if people.letters == 1 { people.first.clone() } else { format!("{} … {}", people.first, people.last) };
        (people.letters, Message::verbatim(format!("{audience}: {names}")))
    };
    let first_and_last = message!("first and last reader of each audience", "første og sidste læser i hver målgruppe");
    screen.list(&first_and_last, overview.audiences.iter().map(reader));
    let held_back = overview.held_back.iter().map(|(reason, people)| (*people, why(*reason)));
    let excluded = overview
        .excluded
        .iter()
        .map(|(by, people)| (*people, message!("excluded, as they are in {by}", "udeladt, fordi de er i {by}")));
    screen.list(&message!("held back", "holdt tilbage"), held_back.chain(excluded));
}

/// Why a suppressed address gets no letter.
fn why(reason: SuppressionReason) -> Message {
    match reason {
        SuppressionReason::Unsubscribed => message!("unsubscribed", "afmeldt"),
        SuppressionReason::Bounced => message!("bounced: earlier letters did not arrive", "tidligere mails kom retur"),
        SuppressionReason::Complained => message!("reported a letter as spam", "har meldt en mail som spam"),
        SuppressionReason::Erased => message!("asked for erasure", "har bedt om at blive slettet"),
        SuppressionReason::Manual => message!("suppressed by hand", "spærret i hånden"),
    }
}

/// The lines so far.
struct Screen {
    language: UserLanguage,
    lines: Vec<String>,
}

impl Screen {
    /// Adds a heading and its lines, each with a number; nothing where there are none.
    fn list(&mut self, heading: &Message, entries: impl Iterator<Item = (u64, Message)>) {
        for (position, (number, what)) in entries.enumerate() {
            if position == 0 {
                self.lines.push(format!("  {}:", heading.in_language(self.language)));
            }
            self.add(&format!("  {number:>7}  "), what.in_language(self.language));
        }
    }

    /// Adds a fact of the issue, in a column of its own behind its label.
    fn fact(&mut self, label: &Message, text: &Message) {
        let label = format!("  {:<11}", label.in_language(self.language));
        self.add(&label, text.in_language(self.language));
    }

    /// Adds a text behind a label. Where it is too long, it goes on below its beginning; a word that fits on no line is broken.
    /// White space is one blank, so that no name looks like a line of its own.
    fn add(&mut self, label: &str, text: &str) {
        let (indent, mut line) = (label.chars().count(), label.to_owned());
        let mut length = indent;
        for word in visible(text).split_whitespace() {
            let letters: Vec<char> = word.chars().collect();
            let blank = usize::from(length > indent);
            if length + blank + letters.len() > WIDTH && length > indent {
                self.lines.push(std::mem::replace(&mut line, " ".repeat(indent)));
                length = indent;
            } else if blank == 1 {
                line.push(' ');
                length += 1;
            }
            for part in letters.chunks(WIDTH - indent) {
                if length > indent && length + part.len() > WIDTH {
                    self.lines.push(std::mem::replace(&mut line, " ".repeat(indent)));
                    length = indent;
                }
                line.extend(part);
                length += part.len();
            }
        }
        self.lines.push(line.trim_end().to_owned());
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::issue::IssueId;
    use crate::ops::plan_overview::SendPart;
    use crate::ops::readers_load::LoadWeek;
    use crate::publish::calendar::busy_week::SuppressedReaders;

    fn overview() -> PlanOverview {
        let reader =
            |letters, first: &str, last: &str| AudienceOverview { letters, first: first.into(), last: last.into() };
        PlanOverview {
            part: SendPart::default(),
            letters: 399,
            later: 0,
            settled: 0,
            issue: IssueId::of_path("issues/maj.md"),
            subject: "Nyt i maj".to_owned(),
            from: "Foreningen <nyt@forening.example>".to_owned(),
            reply_to: Some("svar@forening.example".to_owned()),
            relay: Some("smtp.forening.example:587".to_owned()),
            send_at: "2026-12-01T08:00:00Z".parse().ok(),
            hosts: ["forening.example", "kommune.example"].map(str::to_owned).into(),
            editions: [("board.da".to_owned(), 1), ("members.da".to_owned(), 398)].into(),
            audiences: [
                ("board".to_owned(), reader(1, "Dorte Dam", "Dorte Dam")),
                ("members".to_owned(), reader(398, "Anna Berg", "Carl Lund")),
            ]
            .into(),
            held_back: [(SuppressionReason::Unsubscribed, 2), (SuppressionReason::Bounced, 1)].into(),
            excluded: [("suppliers".to_owned(), 3)].into(),
        }
    }

    #[test]
    fn a_plan_on_the_screen() {
        let zone = TimeZone::fixed(jiff::tz::offset(1));
        let expected = "\
issues/maj.md: Nyt i maj
  from       Foreningen <nyt@forening.example>
  replies    svar@forening.example
  by         smtp.forening.example:587
  time       now; `send_at` 2026-12-01 09:00
  too many   212 of 399 readers would get more than 2 letters in week 49 of
             2026, the limit in newsletter.yaml
  links to   forening.example, kommune.example
  editions:
        1  board.da
      398  members.da
  first and last reader of each audience:
        1  board: Dorte Dam
      398  members: Anna Berg … Carl Lund
  held back:
        2  unsubscribed
        1  bounced: earlier letters did not arrive
        3  excluded, as they are in suppliers";
        let overview = overview();
        let suppressed = SuppressedReaders::LeftOut;
        let week = LoadWeek { year: 2026, week: 49 };
        let exceeded = ExceededLimit { week, limit: 2, over: 212, recipients: 399, suppressed };
        let facts = ProposalFacts { exceeded: Some(exceeded), approved: None };
        let proposal = Proposal { overview: &overview, facts: &facts };
        assert_eq!(lines(&proposal, &zone, UserLanguage::English).join("\n"), expected);
        let danish = "\
issues/maj.md: Nyt i maj
  fra        Foreningen <nyt@forening.example>
  svar til   svar@forening.example
  gennem     smtp.forening.example:587
  tid        nu; `send_at` 2026-12-01 09:00
  link til   forening.example, kommune.example
  udgaver:
        1  board.da
      398  members.da
  første og sidste læser i hver målgruppe:
        1  board: Dorte Dam
      398  members: Anna Berg … Carl Lund
  holdt tilbage:
        2  afmeldt
        1  tidligere mails kom retur
        3  udeladt, fordi de er i suppliers";
        let facts = ProposalFacts::default();
        let proposal = Proposal { overview: &overview, facts: &facts };
        assert_eq!(lines(&proposal, &zone, UserLanguage::Danish).join("\n"), danish);
    }

    #[test]
    fn a_part_of_a_plan_with_its_approval() {
        let plan = PlanOverview { letters: 50, later: 349, settled: 1, ..overview() };
        let changed = vec!["issues/maj.md".to_owned(), "snippets/hilsen.md".to_owned()];
        let approved = |changed| LastApproval { by: "Bo Lund".to_owned(), at: Timestamp::UNIX_EPOCH, changed };
        let text = |changed| {
            let facts = ProposalFacts { approved: Some(approved(changed)), exceeded: None };
            let proposal = Proposal { overview: &plan, facts: &facts };
            lines(&proposal, &TimeZone::UTC, UserLanguage::English).join("\n")
        };
        let expected = "
  approved   by Bo Lund on 1970-01-01 00:00; changed since: issues/maj.md,
             snippets/hilsen.md
  links to   forening.example, kommune.example
  so far     1 letter sent or settled, and not sent again
  later      349 letters not sent now: only a part was asked for
";
        assert!(text(changed.clone()).contains(expected), "{}", text(changed));
        assert!(text(Vec::new()).contains("00:00; nothing has changed since\n"), "{}", text(Vec::new()));
    }

    #[test]
    fn a_large_plan_is_shown_whole() {
        let hosts = (0..40).map(|number| format!("en-lang-vaert-{number}.kommune.example")).collect();
        let editions = (0..40).map(|number| (format!("udgave-{number:02}.da"), number + 1)).collect();
        let people = || AudienceOverview {
            letters: 2,
            first: "Æ".repeat(90),
            last: "B\u{1b}[2J\n        9  board: Carl Lund".to_owned(),
        };
        let audiences = (0..40).map(|number| (format!("a{number:02}"), people())).collect();
        let plan = PlanOverview { subject: "Nyt fra alle ".repeat(20), hosts, editions, audiences, ..overview() };
        let facts = ProposalFacts::default();
        let lines = lines(&Proposal { overview: &plan, facts: &facts }, &TimeZone::UTC, UserLanguage::English);
        assert!(
            lines.iter().all(|line| line.chars().count() <= WIDTH && !line.contains(['\u{1b}', '\n'])),
            "{lines:#?}"
        );
        let text = lines.join("\n");
        for number in 0..40 {
            for part in [format!("vaert-{number}.k"), format!("udgave-{number:02}.da"), format!("a{number:02}:")] {
                assert!(text.contains(&part), "{part}");
            }
        }
        assert!(text.contains("\n           ÆÆÆ") && !text.contains("\n        9  board"), "{text}");
    }
}
