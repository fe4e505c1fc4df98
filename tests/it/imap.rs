//! Mailboxes on an IMAP server: what is read and moved, and servers that violate the protocol.

use std::time::Duration;

use newsletter::base::secret::Secret;
use newsletter::delivery::smtp::options::{AuthMechanism, Login, Security};
use newsletter::feedback::mailbox::MessageFolder;
use newsletter::feedback::mailbox::error::MessageFolderError;
use newsletter::feedback::mailbox::imap::ImapFolder;
use newsletter::feedback::mailbox::imap::options::{ImapOptions, ImapTimeouts};

use crate::imap_server::{ImapScript, ImapServer, ImapTrick};
use crate::scripted::Encryption;

const PASSWORD: &str = "hemmelig-kode";

fn options(server: &ImapServer) -> ImapOptions {
    let timeout = Duration::from_secs(20);
    let password = Secret::new(PASSWORD.to_owned());
    ImapOptions {
        host: "localhost".to_owned(),
        port: server.port(),
        security: Security::None,
        login: Login { username: "nyt".to_owned(), password, renewal: None, auth: None },
        ca_file: Some(server.certificate()),
        folder: "INBOX".to_owned(),
        done: Some("Done".to_owned()),
        timeouts: ImapTimeouts { connect: timeout, greeting: timeout, command: timeout },
    }
}

/// Reads every message and moves those that contain `move`; returns what was read, and the error that ended it.
fn read(options: ImapOptions) -> (Vec<String>, Result<(usize, usize), MessageFolderError>) {
    let mut texts = Vec::new();
    let result = read_into(options, &mut texts);
    (texts, result)
}

fn read_into(options: ImapOptions, texts: &mut Vec<String>) -> Result<(usize, usize), MessageFolderError> {
    let mut mailbox = ImapFolder::open(options)?;
    let (mut moved, mut marked) = (0, 0);
    loop {
        let mut done = Vec::new();
        let batch = mailbox.read_batch(&mut |message| {
            let text = String::from_utf8_lossy(&message.octets).into_owned();
            if text.contains("move") {
                done.push(message.number);
            }
            texts.push(text);
        })?;
        let count = mailbox.put_away(&done)?;
        (moved, marked) = (moved + count.moved, marked + count.marked);
        if batch.is_last {
            return Ok((moved, marked));
        }
    }
}

fn described(error: &MessageFolderError) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

fn script(messages: &[&str]) -> ImapScript {
    ImapScript { messages: messages.iter().map(|text| (*text).to_owned()).collect(), ..ImapScript::default() }
}

/// The error of a server with these tricks.
#[track_caller]
fn check(tricks: &[(&'static str, ImapTrick)], read_before: &[&str], expected: &str) {
    let server = ImapServer::start(ImapScript { tricks: tricks.to_vec(), ..script(&["move 1", "stay 2"]) });
    let mut options = options(&server);
    if tricks.iter().any(|(_, trick)| matches!(trick, ImapTrick::Stall)) {
        let short = Duration::from_millis(500);
        options.timeouts = ImapTimeouts { greeting: short, command: short, ..options.timeouts };
    }
    let (texts, result) = read(options);
    assert_eq!(texts, read_before);
    let seen = described(&result.unwrap_err()).replace(&format!("port {}", server.port()), "port N");
    assert!(seen.contains(expected), "{seen}");
    assert!(!seen.contains(PASSWORD), "{seen}");
    assert_eq!(server.messages("INBOX").len() + server.messages("Done").len(), 2, "no message is lost");
}

#[test]
fn messages_are_read_unread_and_moved_by_their_numbers() {
    let server = ImapServer::start(script(&["move a", "stay b", "move c"]));
    assert_eq!(read(options(&server)).0, ["move a", "stay b", "move c"]);
    assert_eq!((server.folder("INBOX"), server.messages("Done")), ("2".into(), vec!["move a".into(), "move c".into()]));
    let heard = server.heard();
    let fetch = "UID FETCH 1,2,3 (UID INTERNALDATE BODY.PEEK[]<0.1310720>)";
    let expected = ["CAPABILITY", "SELECT \"INBOX\"", "UID SEARCH UNDELETED", fetch, "UID MOVE 1,3 \"Done\""];
    assert_eq!(heard.iter().filter(|line| expected.contains(&line.as_str())).count(), 6, "{heard:#?}");
    assert_eq!(read(options(&server)).0, ["stay b"]);
}

#[test]
fn a_folder_without_another_one_is_only_read() {
    let server = ImapServer::start(script(&["move a"]));
    let (texts, result) = read(ImapOptions { done: None, ..options(&server) });
    assert_eq!((texts.len(), result.unwrap()), (1, (0, 0)));
    assert!(server.heard().contains(&"EXAMINE \"INBOX\"".to_owned()));
    assert_eq!(server.folder("INBOX"), "1");
}

#[test]
fn a_thousand_messages_and_more_are_read_in_batches() {
    let messages: Vec<String> = (0..2_345).map(|number| format!("move {number}")).collect();
    let server = ImapServer::start(ImapScript { messages: messages.clone(), ..ImapScript::default() });
    let (texts, result) = read(options(&server));
    assert_eq!((texts, result.unwrap()), (messages.clone(), (2_345, 0)));
    assert_eq!((server.folder("INBOX"), server.messages("Done")), (String::new(), messages));
}

#[test]
fn a_server_without_move_copies_and_removes_these_messages_alone() {
    for (capabilities, inbox, marked) in [("AUTH=PLAIN UIDPLUS", "2", 0), ("AUTH=PLAIN", "1* 2 3*", 2)] {
        let server = ImapServer::start(ImapScript { capabilities, ..script(&["move a", "stay b", "move c"]) });
        let (_, result) = read(options(&server));
        assert_eq!(result.unwrap(), (2, marked));
        assert_eq!((server.folder("INBOX").as_str(), server.folder("Done").as_str()), (inbox, "1 2"));
        assert!(!server.heard().contains(&"EXPUNGE".to_owned()), "others' marks are respected");
        assert_eq!(read(options(&server)).0, ["stay b"]);
    }
}

#[test]
fn a_missing_folder_is_created() {
    let tricks = vec![("MOVE", ImapTrick::Say("{tag} NO [TRYCREATE] no such folder\r\n"))];
    let server = ImapServer::start(ImapScript { tricks, ..script(&["stay a"]) });
    let (_, result) = read(options(&server));
    result.unwrap();
    let tricks = vec![("MOVE", ImapTrick::Say("{tag} NO [TRYCREATE] no such folder\r\n"))];
    let server = ImapServer::start(ImapScript { tricks, ..script(&["move a"]) });
    let (_, result) = read(ImapOptions { done: Some("Håndteret".to_owned()), ..options(&server) });
    assert_eq!(result.unwrap(), (1, 0));
    assert!(server.heard().contains(&"CREATE \"H&AOU-ndteret\"".to_owned()));
}

#[test]
fn the_connection_is_encrypted_before_the_login() {
    for (encryption, security) in [(Encryption::StartTls, Security::StartTls), (Encryption::Always, Security::Tls)] {
        let server = ImapServer::start(ImapScript { encryption, ..script(&["stay a"]) });
        let (texts, result) = read(ImapOptions { security, ..options(&server) });
        result.unwrap();
        assert_eq!(texts, ["stay a"]);
        let heard = server.heard();
        let at = |start: &str| heard.iter().position(|line| line.starts_with(start));
        assert!(security == Security::Tls || at("STARTTLS") < at("AUTHENTICATE"), "{heard:?}");
    }
}

#[test]
fn no_password_is_sent_to_a_server_that_is_not_trusted() {
    let never =
        |heard: Vec<String>| assert!(!heard.iter().any(|line| line.starts_with("AUTH") || line.starts_with("LOGIN")));
    let start_tls = |tricks| ImapScript { encryption: Encryption::StartTls, tricks, ..ImapScript::default() };
    for (script, expected) in [
        (
            start_tls(vec![("CAPABILITY", ImapTrick::Say("* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n{tag} OK\r\n"))]),
            "STARTTLS",
        ),
        (start_tls(vec![("STARTTLS", ImapTrick::Say("{tag} OK\r\n* CAPABILITY AUTH=PLAIN\r\n"))]), "injected"),
        (start_tls(vec![("STARTTLS", ImapTrick::Say("{tag} NO not now\r\n"))]), "refused at STARTTLS: not now"),
        (start_tls(vec![("greeting", ImapTrick::Say("* PREAUTH welcome\r\n"))]), "no login"),
        (start_tls(vec![("greeting", ImapTrick::Say("* BYE busy\r\n"))]), "closed the session at the greeting: busy"),
    ] {
        let server = ImapServer::start(script);
        let (_, result) = read(ImapOptions { security: Security::StartTls, ..options(&server) });
        let seen = described(&result.unwrap_err());
        assert!(seen.contains(expected), "{seen}");
        never(server.heard());
    }
    let other = ImapServer::start(ImapScript::default());
    let server = ImapServer::start(start_tls(Vec::new()));
    let ca_file = Some(other.certificate());
    let (_, result) = read(ImapOptions { security: Security::StartTls, ca_file, ..options(&server) });
    let seen = described(&result.unwrap_err());
    assert!(seen.contains("set inbox.ca_file"), "{seen}");
    never(server.heard());
}

#[test]
fn each_kind_of_login_is_used_as_it_is_offered() {
    let token = "AUTHENTICATE XOAUTH2 dXNlcj1ueXQBYXV0aD1CZWFyZXIgaGVtbWVsaWcta29kZQEB";
    let plain = "AG55dABoZW1tZWxpZy1rb2Rl";
    for (capabilities, auth, expected) in [
        ("AUTH=PLAIN SASL-IR", None, format!("AUTHENTICATE PLAIN {plain}")),
        ("AUTH=PLAIN", None, plain.to_owned()),
        ("", None, "LOGIN \"nyt\" \"hemmelig-kode\"".to_owned()),
        ("AUTH=PLAIN", Some(AuthMechanism::Login), "LOGIN \"nyt\" \"hemmelig-kode\"".to_owned()),
        ("AUTH=XOAUTH2 SASL-IR", Some(AuthMechanism::XOAuth2), token.to_owned()),
    ] {
        let server = ImapServer::start(ImapScript { capabilities, ..ImapScript::default() });
        let mut options = options(&server);
        options.login.auth = auth;
        read(options).1.unwrap();
        assert!(server.heard().contains(&expected), "{:?}", server.heard());
    }
    for (capabilities, auth) in [("LOGINDISABLED", None), ("AUTH=PLAIN", Some(AuthMechanism::XOAuth2))] {
        let server = ImapServer::start(ImapScript { capabilities, ..ImapScript::default() });
        let mut options = options(&server);
        options.login.auth = auth;
        assert!(described(&read(options).1.unwrap_err()).contains("offers no login"));
    }
}

#[test]
fn a_refused_login_never_repeats_the_password() {
    let said = "{tag} NO [AUTHENTICATIONFAILED] wrong: nyt hemmelig-kode\r\n";
    check(&[("AUTHENTICATE", ImapTrick::Say(said))], &[], "refused the login: (reply redacted");
    check(
        &[("AUTHENTICATE", ImapTrick::Say("{tag} NO wrong\r\n"))],
        &[],
        "refused the login: wrong; check inbox.username",
    );
    let challenge = "+ eyJzdGF0dXMiOiI0MDEifQ==\r\n";
    check(&[("AUTHENTICATE", ImapTrick::SayAndClose(challenge))], &[], "lost the connection");
}

#[test]
fn a_server_that_violates_the_protocol_changes_nothing() {
    use ImapTrick::{DoAndClose, Endless, Say, SayAndClose, Stall};
    let numbers: &'static str = Box::leak("12345678 ".repeat(10_000).into_boxed_str());
    let huge = "* 1 FETCH (UID 1 BODY[]<0> {4294967296}\r\nx";
    for (verb, trick, expected) in [
        ("greeting", Stall, "sent no greeting within 0.5 s"),
        ("greeting", Endless("* OK"), "invalid reply at the greeting: it is too long"),
        ("greeting", Say("220 relay.example ESMTP\r\n"), "invalid reply at the greeting"),
        ("SELECT", Say("{tag} NO no such folder\r\n"), "does not open the folder `INBOX`: no such folder"),
        ("SELECT", Say("* BYE closing\r\n"), "closed the session at SELECT: closing"),
        ("SEARCH", SayAndClose("* SEARCH 1 2\r\n"), "lost the connection to the IMAP server localhost at SEARCH"),
        ("SEARCH", Endless(numbers), "it is too long"),
        ("SEARCH", Say("n99 OK done\r\n"), "replies to another command"),
        ("FETCH", Say(huge), "a literal is larger than was asked for"),
        ("FETCH", Say("* 1 FETCH (UID 1 BODY[] {99999999999999999999}\r\n"), "a literal is larger"),
        ("FETCH", Say("* 1 FETCH ((((((((((((((((((((\r\n"), "parentheses"),
        ("FETCH", Say("* 1 FETCH (UID 1)\n"), "CR LF"),
        ("FETCH", Endless("* OK still there\r\n"), "too many replies"),
        ("FETCH", Endless("* 7 EXISTS\r\n"), "too many replies"),
        ("FETCH", DoAndClose, "lost the connection"),
        ("FETCH", Stall, "at FETCH"),
    ] {
        check(&[(verb, trick)], &[], expected);
    }
    let both = ["move 1", "stay 2"];
    check(&[("MOVE", DoAndClose)], &both, "lost the connection to the IMAP server localhost at MOVE");
    check(&[("MOVE", Say("{tag} NO over quota\r\n"))], &both, "refused at MOVE: over quota");
    check(&[("MOVE", Say("{tag} NO [TRYCREATE] no\r\n")), ("CREATE", Say("{tag} NO no\r\n"))], &both, "at MOVE: no");
    check(&[("FETCH", Say("* OK [UIDVALIDITY 8] new\r\n{tag} OK\r\n"))], &[], "renumbered the messages (UIDVALIDITY)");
    check(&[("MOVE", Say("* OK [UIDVALIDITY 8] new\r\n{tag} OK\r\n"))], &both, "renumbered");
}

#[test]
fn messages_that_were_not_asked_for_are_not_read() {
    let lies = "* 1 FETCH (UID 9 BODY[]<0> \"move other\")\r\n* 2 FETCH (BODY[]<0> \"move none\")\r\n\
        * 1 FETCH (UID 1 BODY[]<0> \"move 1\")\r\n* 1 FETCH (UID 1 BODY[]<0> \"move again\")\r\n* garbage\r\n{tag} OK\r\n";
    let tricks = vec![("FETCH", ImapTrick::Say(lies)), ("SEARCH", ImapTrick::Say("* SEARCH 2 1 1 0\r\n{tag} OK\r\n"))];
    let server = ImapServer::start(ImapScript { tricks, ..script(&["move 1", "stay 2"]) });
    let (texts, result) = read(options(&server));
    assert_eq!((texts, result.unwrap()), (vec!["move 1".to_owned()], (1, 0)));
    assert_eq!(server.folder("INBOX"), "2");
}

#[test]
fn a_message_that_the_server_cannot_read_does_not_hold_up_the_others() {
    let said = "* 2 FETCH (UID 2 BODY[]<0> \"move 2\")\r\n{tag} NO message 1 is damaged\r\n";
    let server =
        ImapServer::start(ImapScript { tricks: vec![("FETCH", ImapTrick::Say(said))], ..script(&["1", "move 2"]) });
    let mut mailbox = ImapFolder::open(options(&server)).unwrap();
    let mut read = 0;
    let batch = mailbox.read_batch(&mut |_| read += 1).unwrap();
    assert_eq!((read, batch.unreadable, batch.is_last), (1, 1, true));
    mailbox.put_away(&[0]).unwrap();
    assert_eq!(server.folder("INBOX"), "1");
}
