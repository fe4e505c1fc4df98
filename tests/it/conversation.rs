//! Runs the program on a pseudo-terminal and answers its questions.

use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use crate::project::Project;

/// The time limit for a question, long enough for a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a terminal showed, with what was typed, and how the program ended.
#[derive(Debug)]
pub(crate) struct Shown {
    pub(crate) status: i32,
    pub(crate) text: String,
}

/// Runs a command line of a shell in the project's folder on a terminal, and types an answer after each question, which ends with
/// a colon or a bracket and a blank. After the last answer, the input ends.
#[track_caller]
pub(crate) fn converse(project: &Project, typed: &str, answers: &[&str]) -> Shown {
    let environment = project.command(&[]);
    let variables = environment.get_envs().filter_map(|(name, value)| Some((name, value?)));
    let programs = format!("{}:/usr/bin:/bin", bin_folder());
    let mut child = Command::new("script")
        .args(["--quiet", "--return", "--echo", "always", "--command", typed, "/dev/null"])
        .current_dir(project.path(""))
        .env_clear()
        .envs(variables)
        .env("PATH", programs)
        .env("SHELL", "/bin/sh")
        .env("TERM", "dumb")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut keys, mut screen) = (child.stdin.take(), child.stdout.take().unwrap());
    let (sender, shown) = mpsc::channel();
    let reader = thread::spawn(move || {
        let mut piece = [0; 4096];
        while let Ok(length @ 1..) = screen.read(&mut piece) {
            let _ = sender.send(piece[..length].to_vec());
        }
    });
    let mut text = Vec::new();
    for answer in answers {
        wait_for_question(&shown, &mut text, typed);
        let keys = keys.as_mut().unwrap();
        keys.write_all(format!("{answer}\r").as_bytes()).unwrap();
        keys.flush().unwrap();
        // What is typed is shown as well, so that an earlier question is not mistaken for the next one.
        wait_for_line(&shown, &mut text, typed);
    }
    drop(keys.take());
    reader.join().unwrap();
    while let Ok(more) = shown.try_recv() {
        text.extend(more);
    }
    let status = child.wait().unwrap().code().unwrap_or(-1);
    // Text that a carriage return overwrites is not visible any more.
    let text = String::from_utf8(text).unwrap();
    let seen = text.split('\n').map(|line| line.trim_end_matches('\r').rsplit('\r').next().unwrap_or_default());
    Shown { status, text: seen.collect::<Vec<_>>().join("\n") }
}

/// The folder of the program.
fn bin_folder() -> String {
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_newsletter"));
    program.parent().unwrap().display().to_string()
}

fn wait_for_question(shown: &Receiver<Vec<u8>>, text: &mut Vec<u8>, typed: &str) {
    wait(shown, text, typed, |text| text.ends_with(b": ") || text.ends_with(b"] "));
}

fn wait_for_line(shown: &Receiver<Vec<u8>>, text: &mut Vec<u8>, typed: &str) {
    let before = text.len();
    wait(shown, text, typed, |text| text[before..].contains(&b'\n'));
}

#[track_caller]
fn wait(shown: &Receiver<Vec<u8>>, text: &mut Vec<u8>, typed: &str, is_there: impl Fn(&[u8]) -> bool) {
    let end = Instant::now() + PATIENCE;
    while !is_there(text) {
        let Ok(more) = shown.recv_timeout(end.saturating_duration_since(Instant::now())) else {
            panic!("{typed}: no question after\n{}", String::from_utf8_lossy(text));
        };
        text.extend(more);
    }
}
