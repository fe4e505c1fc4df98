//! A relay that refuses many letters: the run pauses, no one is suppressed, and an operator decides.

use crate::postgres;
use crate::project::Project;
use crate::rule_relay::{Answer, RuleRelay, Step};

const OFFERS: &str = "250-relay.example\r\n250 SIZE 1000000";

/// A relay that refuses the first `refused` of each ten people as unknown, by the number in their addresses.
fn relay(refused: usize) -> RuleRelay {
    RuleRelay::start(OFFERS, move |asked| {
        let digits: String = asked.recipient.chars().filter(char::is_ascii_digit).collect();
        match (asked.step, digits.parse::<usize>()) {
            (Step::Rcpt, Ok(number)) if number % 10 < refused => {
                Answer::Say(format!("550 5.1.1 <{}>: no such user", asked.recipient))
            }
            _ => Answer::Usual,
        }
    })
}

/// A project with this many recipients: one in two at each of two domains, except for the first four.
fn project(name: &str, relay: &RuleRelay, recipients: usize) -> Project {
    let domain =
        |number: usize| if number < 4 || number.is_multiple_of(2) { "kommune.example" } else { "region.example" };
    let people: Vec<String> = (0..recipients).map(|number| format!("nr{number}@{}", domain(number))).collect();
    let people: Vec<&str> = people.iter().map(String::as_str).collect();
    Project::with_relay(name, relay.port()).audience("members", &people)
}

/// How many addresses are suppressed.
fn suppressed(project: &Project) -> String {
    project.run("suppression list").stdout.lines().last().unwrap().to_owned()
}

const PAUSED: &str = "error: issues/maj.md is paused: 6 of 13 letters were refused, more than 5% (`limits.refused`): \
     kommune.example 5 of 9 (`550 5.1.1 <…>: no such user`); region.example 1 of 4 (`550 5.1.1 <…>: no such user`); nobody \
     was suppressed. If the addresses are really closed, continue with `newsletter send issues/maj.md --over-limit`\n";

#[test]
fn a_relay_that_refuses_thirty_of_a_hundred_pauses_the_run_until_an_operator_goes_on() {
    let relay = relay(3);
    let project = project("refusals-thirty", &relay, 400);
    let first = project.run("send issues/maj.md --yes");
    assert_eq!((first.status, first.stderr.as_str()), (75, PAUSED));
    let totals = "400 recipients: 387 not sent yet, 7 accepted by the relay, 6 refused";
    assert!(first.stdout.starts_with(&format!("issues/maj.md: {totals}\n")), "{}", first.stdout);
    let advice = "paused: more are refused than `limits.refused` allows. If the addresses are really closed, run \
                  `newsletter send issues/maj.md --over-limit` to send the rest";
    assert!(first.stdout.contains(advice) && project.run("status issues/maj.md").stdout.contains(advice));
    for command in ["send issues/maj.md --yes", "send issues/maj.md --yes --wait", "run"] {
        project.run(command).is(75, "", PAUSED);
    }
    assert_eq!(relay.accepted().len(), 7, "nothing more was sent");
    assert_eq!(suppressed(&project), "0 addresses suppressed");

    let resumed = project.run("send issues/maj.md --yes --over-limit");
    let totals = "issues/maj.md: 400 recipients: 280 accepted by the relay, 120 refused\n";
    assert_eq!((resumed.status, resumed.stderr.as_str()), (1, ""));
    assert!(resumed.stdout.starts_with(totals), "{}", resumed.stdout);
    let accepted = relay.accepted();
    assert!(accepted.len() == 280 && accepted.values().all(|times| *times == 1), "nobody got two letters");
    assert_eq!(suppressed(&project), "120 addresses suppressed");
}

#[test]
fn a_short_list_may_have_as_many_closed_mailboxes_as_a_hundred_letters() {
    let relay = relay(2);
    let few = project("refusals-few", &relay, 30);
    few.edit("audiences/members.yaml", "  - email: nr0@kommune.example\n", "");
    let output = few.run("send issues/maj.md --yes");
    let totals = "issues/maj.md: 29 recipients: 24 accepted by the relay, 5 refused\n";
    assert!(output.status == 1 && output.stdout.starts_with(totals), "{} {}", output.status, output.stdout);
    assert_eq!(suppressed(&few), "5 addresses suppressed");
}

#[test]
fn refusals_beyond_the_limit_suppress_no_one_even_if_nothing_is_left_to_send() {
    let relay = relay(10);
    let all = project("refusals-all", &relay, 6);
    let output = all.run("send issues/maj.md --yes");
    let advice = "more are refused than `limits.refused` allows, so nobody was suppressed.";
    assert!(output.status == 1 && output.stdout.contains(advice), "{} {}", output.status, output.stdout);
    assert_eq!(suppressed(&all), "0 addresses suppressed");
    let accepted = all.run("send issues/maj.md --over-limit");
    assert!(accepted.status == 1 && !accepted.stdout.contains(advice), "{}", accepted.stdout);
    assert_eq!(suppressed(&all), "6 addresses suppressed");
}

#[test]
fn the_limit_can_be_changed_and_turned_off() {
    let relay = relay(3);
    for (name, limit, status, refused) in [("refusals-off", "off", 1, 30), ("refusals-half", "9.5%", 75, 10)] {
        let project = project(name, &relay, 100);
        let settings = project.read("newsletter.yaml");
        project.write("newsletter.yaml", format!("{settings}limits: {{refused: {limit}}}\n"));
        let output = project.run("send issues/maj.md --yes");
        let refused = format!("{refused} refused\n");
        assert!(output.status == status && output.stdout.contains(&refused), "{} {}", output.status, output.stdout);
    }
}

#[test]
fn a_new_plan_does_not_lift_the_pause() {
    let relay = relay(3);
    let project = project("refusals-replan", &relay, 100);
    assert_eq!(project.run("send issues/maj.md --yes").status, 75);
    project.edit("issues/maj.md", "Der er nyt.", "Der er meget nyt.");
    let again = project.run("send issues/maj.md --yes --replan");
    assert_eq!((again.status, relay.accepted().len()), (75, 7));
    assert!(again.stdout.contains("100 recipients: 87 not sent yet, 7 accepted by the relay, 6 refused\n"));
}

#[test]
fn going_on_takes_effect_only_where_the_issue_may_be_sent() {
    let relay = relay(30);
    let project = project("refusals-gates", &relay, 100);
    assert_eq!(project.run("send issues/maj.md --yes").status, 75);
    let settings = project.read("newsletter.yaml");
    project.write("newsletter.yaml", format!("{settings}approval: required\n"));
    assert_eq!(project.run("send issues/maj.md --yes --over-limit").status, 3);
    assert_eq!(suppressed(&project), "0 addresses suppressed");
    project.write("newsletter.yaml", settings);
    assert_eq!(project.run("send issues/maj.md --yes").status, 75);
    assert_eq!(project.run("send issues/maj.md --yes --over-limit").status, 1);
}

#[test]
fn several_hosts_share_the_count() {
    let Some(server) = postgres::server() else { return };
    let relay = relay(3);
    let hosts = ["refusals-host-one", "refusals-host-two"].map(|name| {
        let project = project(name, &relay, 400).trusted().variable("PGPASSWORD", server.fact("PASSWORD"));
        let settings = project.read("newsletter.yaml");
        let ledger = format!("{settings}ledger:\n  url: {}\n  schema: refusals\n", server.url(""));
        project.write("newsletter.yaml", ledger);
        project
    });
    // Three refusals each: neither would pause on its own.
    let sent = hosts.each_ref().map(|host| host.run("send issues/maj.md --yes --limit 10").status);
    assert_eq!(sent, [1, 75]);
    let refused = hosts[1].run("status issues/maj.md --json").stdout;
    assert!(refused.contains("\"refused\":6,"), "{refused}");
    for host in &hosts {
        assert_eq!(host.run("send issues/maj.md --yes").status, 75);
    }
    assert_eq!(hosts[0].run("send issues/maj.md --yes --over-limit").status, 1);
    assert_eq!(relay.accepted().len(), 280);
}
