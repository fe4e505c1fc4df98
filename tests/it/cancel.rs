//! `cancel`: the unsent letters of an issue are cancelled.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::postgres;
use crate::project::Project;
use crate::rule_relay::{Answer, RuleRelay, Step};
use crate::scripted::{Relay, Script, Trick};

const OFFERS: &str = "250-relay.example\r\n250 SIZE 1000000";
const LEFT: &str = "issues/maj.md: 3 recipients: 1 in the outbox, 2 cancelled\n  written to outbox/; nothing was sent. Set \
                    `smtp` in newsletter.yaml to send through a relay\n";

#[test]
fn letters_that_are_not_sent_yet_are_cancelled_for_good() {
    let project = Project::new("cancel");
    let early = "issues/maj.md: not sent yet. To keep it from being sent, write `draft: true` in its front matter";
    project.run("cancel issues/maj.md --yes").fails_with(3, early);
    assert_eq!(project.run("send issues/maj.md --yes --limit 1").status, 0);
    project.run("cancel issues/maj.md").fails_with(3, "cannot ask for confirmation without a terminal; use `--yes`");
    project.run("cancel issues/maj.md --yes").is(0, &format!("2 letters cancelled\n{LEFT}"), "");
    project.run("cancel issues/maj.md").is(0, &format!("nothing to cancel: it was cancelled before\n{LEFT}"), "");
    project.run("send issues/maj.md --yes").is(0, &LEFT.replace("maj.md: ", "maj.md: nothing left to send. "), "");
    assert_eq!(project.outbox().len(), 1);
    project.edit("issues/maj.md", "Der er nyt.", "Der er meget nyt.");
    let planned = "issues/maj.md was cancelled and is not planned again. To send a corrected text, write a new issue: \
                   `newsletter new`";
    project.run("send issues/maj.md --yes --replan").fails_with(3, planned);
    let json = project.run("status issues/maj.md --json").stdout;
    assert!(
        json.contains("\"recipients\":3,") && json.contains("\"accepted\":1,") && json.contains("\"cancelled\":2}")
    );
    let bo = project.run("status issues/maj.md bo@b.example");
    assert!(bo.status == 0 && bo.stdout.starts_with("bo@b.example: cancelled\n"), "{}", bo.stdout);
}

#[test]
fn an_issue_of_which_nothing_is_left_stays_as_it_is() {
    let project = Project::new("cancel-finished");
    assert_eq!(project.run("send issues/maj.md --yes").status, 0);
    let cancelled = project.run("cancel issues/maj.md");
    let expected = "nothing to cancel: no letter is left to send\nissues/maj.md: 3 recipients: 3 in the outbox\n";
    assert!(cancelled.status == 0 && cancelled.stdout.starts_with(expected), "{cancelled:?}");
    // It can be sent to those who joined since.
    let project = project.audience("members", &["anna@a.example", "dorte@d.example"]);
    let again = project.run("send issues/maj.md --yes --replan");
    assert!(
        again.status == 0 && again.stdout.starts_with("issues/maj.md: 4 recipients: 4 in the outbox\n"),
        "{again:?}"
    );
}

/// A relay that stops answering at this step once it has accepted three letters.
fn hanging_relay(step: Step) -> (RuleRelay, Receiver<()>) {
    let (stops, stopped) = channel();
    let (stops, accepted) = (Mutex::new(stops), AtomicUsize::new(0));
    let relay = RuleRelay::start(OFFERS, move |asked| {
        if asked.step == Step::Dot && accepted.load(Ordering::SeqCst) < 3 {
            accepted.fetch_add(1, Ordering::SeqCst);
            return Answer::Usual;
        }
        if asked.step == step && accepted.load(Ordering::SeqCst) == 3 {
            stops.lock().unwrap().send(()).unwrap();
            thread::sleep(Duration::from_secs(120));
        }
        Answer::Usual
    });
    (relay, stopped)
}

#[test]
fn a_run_ends_within_seconds_where_the_relay_hangs() {
    for (name, step, doubtful) in [("cancel-hang-rcpt", Step::Rcpt, 0), ("cancel-hang-dot", Step::Dot, 1)] {
        let project = crowded(name);
        let (relay, stopped) = hanging_relay(step);
        project.relay(relay.port(), "");
        let mut run = project.start("send issues/maj.md --yes");
        stopped.recv().unwrap();
        let begun = Instant::now();
        assert_eq!(project.run("cancel issues/maj.md --yes").status, 0);
        let status = run.wait().unwrap().code().unwrap();
        assert!(begun.elapsed() < Duration::from_secs(40), "{name}: {:?}", begun.elapsed());
        assert_eq!(status, doubtful, "{name}");
        let doubt = if doubtful > 0 { format!("{doubtful} in doubt, ") } else { String::new() };
        let totals = format!("40 recipients: 3 accepted by the relay, {doubt}{} cancelled\n", 37 - doubtful);
        let shown = project.run("status issues/maj.md").stdout;
        assert!(shown.starts_with(&format!("issues/maj.md: {totals}")), "{name}: {shown}");
    }
}

#[test]
fn letters_in_doubt_stay_in_doubt_and_are_not_sent_again() {
    let relay = Relay::start(Script { tricks: vec![("dot", Trick::Close)], ..Script::default() });
    let project = Project::with_relay("cancel-doubt", relay.port());
    assert_eq!(project.run("send issues/maj.md --yes --limit 1").status, 1);
    relay.finish();
    let totals = "2 letters cancelled\nissues/maj.md: 3 recipients: 1 in doubt, 2 cancelled\n";
    let cancelled = project.run("cancel issues/maj.md --yes");
    assert!(cancelled.status == 0 && cancelled.stdout.starts_with(totals), "{}", cancelled.stdout);
    project.run("resolve issues/maj.md --resend").is(0, "1 letter cancelled, because the issue was cancelled\n", "");
    assert!(project.states().iter().all(|state| state.ends_with(" cancelled")));
}

/// A relay that pauses before it answers a letter to `nr5`, signals this, and defers the letter when the test lets it
/// go on.
fn stopping_relay() -> (RuleRelay, Receiver<()>, Sender<()>) {
    let ((stops, stopped), (go, going)) = (channel(), channel());
    let (stops, going) = (Mutex::new(stops), Mutex::new(going));
    let relay = RuleRelay::start(OFFERS, move |asked| {
        if asked.step != Step::Dot || !asked.recipient.starts_with("nr5@") {
            return Answer::Usual;
        }
        stops.lock().unwrap().send(()).unwrap();
        going.lock().unwrap().recv().unwrap();
        Answer::Say("451 4.3.0 later".to_owned())
    });
    (relay, stopped, go)
}

/// Cancels while a run waits for the relay; `more` is more of newsletter.yaml.
fn cancel_during_a_run(project: &Project, more: &str) {
    let (relay, stopped, go) = stopping_relay();
    project.relay(relay.port(), "");
    project.write("newsletter.yaml", project.read("newsletter.yaml") + more);
    let mut run = project.start("send issues/maj.md --yes");
    stopped.recv().unwrap();
    let cancelled = project.run("cancel issues/maj.md --yes");
    let says = "  a run is sending at this moment; it ends with the letters that are being sent\n";
    assert!(cancelled.status == 0 && cancelled.stdout.contains(says), "{cancelled:?}");
    go.send(()).unwrap();
    let status = run.wait().unwrap().code().unwrap();
    let sent = relay.accepted().len();
    let totals = project.run("status issues/maj.md").stdout.lines().next().unwrap().to_owned();
    assert_eq!(totals, format!("issues/maj.md: 40 recipients: {sent} accepted by the relay, {} cancelled", 40 - sent));
    assert!(sent < 10, "the run goes on: {sent}");
    let again = project.run("send issues/maj.md --yes").stdout;
    assert!(status == 0 && again.starts_with("issues/maj.md: nothing left to send."), "{status} {again}");
}

fn crowded(name: &str) -> Project {
    let people: Vec<String> = (0..40).map(|number| format!("nr{number}@a.example")).collect();
    let people: Vec<&str> = people.iter().map(String::as_str).collect();
    Project::new(name).audience("members", &people)
}

#[test]
fn a_run_ends_between_two_letters() {
    cancel_during_a_run(&crowded("cancel-run"), "");
}

#[test]
fn a_run_of_another_host_ends_as_well() {
    let Some(server) = postgres::server() else { return };
    let project = crowded("cancel-shared").trusted().variable("PGPASSWORD", server.fact("PASSWORD"));
    cancel_during_a_run(&project, &format!("ledger:\n  url: {}\n  schema: cancelled\n", server.url("")));
}
