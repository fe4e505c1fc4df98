//! The language of the program's output.

use crate::project::{Project, RunOutput};

/// What `check` prints of an issue with an unknown key.
fn check(name: &str, language: &[(&str, &str)], words: &[&str]) -> RunOutput {
    let project =
        Project::new(name).file("issues/maj.md", "---\nsubjekt: Nyt\naudiences: [members]\n---\n\nTil alle.\n");
    let mut command = project.command(&[&["check", "issues/maj.md"], words].concat());
    command.env_remove("LANG").envs(language.iter().copied());
    project.run_output(&command.output().unwrap())
}

#[test]
fn the_first_of_option_environment_and_project_decides() {
    let danish = |output: &RunOutput| {
        let is_danish = output.stderr.contains("fejl[NL") && output.stderr.contains("hjælp: mente du `subject`?");
        let is_english = output.stderr.contains("error[NL") && output.stderr.contains("help: did you mean `subject`?");
        assert_ne!(is_danish, is_english, "{}", output.stderr);
        is_danish
    };
    assert!(danish(&check("speak-lang", &[("LANG", "da_DK.UTF-8")], &[])));
    assert!(!danish(&check("speak-none", &[("LANG", "C.UTF-8")], &[])));
    assert!(!danish(&check("speak-all", &[("LANG", "da_DK.UTF-8"), ("LC_ALL", "en_GB.UTF-8")], &[])));
    assert!(!danish(&check("speak-option", &[("LANG", "da_DK.UTF-8")], &["--lang", "en"])));
    assert!(danish(&check("speak-danish", &[("LANG", "en_GB.UTF-8")], &["--lang", "da"])));
}

/// What a command reports in Danish, and that it stops.
fn reported(project: &Project, command: &str, status: i32, expected: &str) {
    let output = project.run(&format!("{command} --lang da"));
    assert_eq!((output.status, output.stderr.as_str()), (status, expected), "{command}\n{}", output.stdout);
}

#[test]
fn checks_before_sending_and_errors_are_in_danish() {
    let project = Project::new("speak-guards");
    let text = project.read("issues/maj.md");
    let with = |lines: &str| project.write("issues/maj.md", text.replacen("---\n", &format!("---\n{lines}\n"), 1));
    let send = |expected: &str| reported(&project, "send issues/maj.md --yes", 3, expected);
    with("draft: true");
    send("fejl: issues/maj.md er en kladde: slet `draft: true` for at sende nyhedsbrevet\n");
    with("send_until: 2026-05-05");
    send("fejl: issues/maj.md er udløbet: dets `send_until` var 2026-05-06 00:00\n");
    with("");
    reported(
        &project,
        "send issues/maj.md --yes --expect 4",
        3,
        "fejl: --expect er 4, men planen har 3 mails; intet er sendt\n",
    );
    let settings = project.read("newsletter.yaml");
    project.write("newsletter.yaml", format!("{settings}approval: required\n"));
    send(
        "fejl: issues/maj.md er ikke godkendt: en anden end forfatteren skal køre `newsletter approve issues/maj.md`\n",
    );
    project.write("newsletter.yaml", format!("{settings}send_host: mail.forening.example\n"));
    let output = project.run("send issues/maj.md --yes --lang da");
    assert!(output.stderr.contains("og der sendes kun fra mail.forening.example"), "{}", output.stderr);
    project.write("newsletter.yaml", &settings);
    let missing = "fejl: nyhedsbrevet issues/mai.md findes ikke: mente du issues/maj.md?\n";
    reported(&project, "send issues/mai.md --yes", 3, missing);
    reported(
        &project,
        "send issues/maj.md --yes --log nowhere/log",
        3,
        "fejl: kan ikke skrive nowhere/log: findes ikke\n",
    );
}

#[test]
fn words_are_explained_in_danish() {
    let project = Project::new("speak-help");
    let key = "send_until i et nyhedsbrevs front matter\n\nEfter dette tidspunkt forsøges ingen mails mere.\n\
               F.eks.: send_until: 2026-12-02 09:00\n";
    project.run("help send_until --lang da").is(0, key, "");
    let status = "exitkode 4\n\nen anden kørsel er i gang\n";
    project.run("help 4 --lang da").is(0, status, "");
    let json = project.run("help expired --lang da --json");
    assert!(json.stdout.contains("Still deferred when its time was over"), "{}", json.stdout);
}

#[test]
fn the_output_of_doctor_is_in_danish() {
    let project = Project::new("speak-doctor");
    let output = project.run("doctor --offline --lang da");
    let lines: Vec<&str> = output.stdout.lines().collect();
    let [of_project, files, clock, disk, ledger, runs, empty, total] = lines[..] else { panic!("{}", output.stdout) };
    assert_eq!(
        [of_project, files, ledger, runs, empty, total],
        [
            "ok       projekt      ingen problemer i newsletter.yaml og 1 nyhedsbrev",
            "ok       filer        hemmeligheder kan kun læses af deres ejer, og denne bruger kan skrive projektets filer",
            "ok       sendebog     ingen skader i sendebogen DIR/.newsletter/ledger.db: 0 planer, 0 mails",
            "ok       kørsler      intet nyhedsbrev venter på cron eller en timer: ingen har en kommende `send_at`",
            "",
            "6 i orden, 0 advarsler, 0 fejl",
        ],
        "{}",
        output.stdout
    );
    assert!(clock.starts_with("ok       ur           20"), "{clock}");
    assert!(disk.starts_with("ok       disk         ") && disk.contains(" ledig plads i "), "{disk}");
}

#[test]
fn json_is_always_in_english() {
    let output = check("speak-json", &[("LANG", "da_DK.UTF-8")], &["--json"]);
    assert!(output.stdout.contains("did you mean `subject`?"), "{}", output.stdout);
}

#[test]
fn output_is_in_the_language_of_the_project() {
    let project = Project::new("speak-project");
    let settings = project.read("newsletter.yaml");
    project.write("newsletter.yaml", format!("{settings}lang: da\n"));
    let mut command = project.command(&["check", "issues/findes-ikke.md"]);
    command.env_remove("LANG");
    let output = project.run_output(&command.output().unwrap());
    assert!(output.stderr.starts_with("fejl[NL290]: "), "{}", output.stderr);
}
