//! Keeps passwords that were written into a file out of the messages about it.

use std::path::Path;

use crate::base::error::Error;
use crate::base::message::{Message, message};
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::text::Source;
use crate::base::source::yaml::fields::UNKNOWN_KEY;
use crate::project::secrets;

const OPEN_PASSWORD: Code = Code("NL190");
/// Keys whose value may be a password, whether the settings have such a key or not.
const PASSWORD_KEYS: [&str; 14] = [
    "password",
    "passwd",
    "pass",
    "pwd",
    "passphrase",
    "kodeord",
    "adgangskode",
    "secret",
    "client_secret",
    "refresh_token",
    "access_token",
    "token",
    "key",
    "private_key",
];
/// Keys for the location of a password; the password itself is often written there by mistake.
const SOURCE_KEYS: [&str; 8] = [
    "password_env",
    "password_file",
    "secret_env",
    "secret_file",
    "client_secret_env",
    "client_secret_file",
    "key_file",
    "token_file",
];
/// Keys for commands: the password may be one of their words.
const COMMAND_KEYS: [&str; 3] = ["password_command", "secret_command", "client_secret_command"];
/// The groups of newsletter.yaml that have a login: an unknown key in them may be a mistyped `password`.
const LOGIN_GROUPS: [&str; 5] = ["smtp", "inbox", "oauth", "ledger", "unsubscribe"];
/// Other groups with keys for the location of a secret: that of DKIM keys, and that of an audience's database.
const OTHER_SECRET_GROUPS: [&str; 2] = ["dkim", "people"];

/// Values that are written in these groups, also under mistyped keys.
const USUAL_VALUES: [&str; 10] =
    ["true", "false", "none", "tls", "starttls", "ssl", "plain", "login", "microsoft365", "google"];

/// Reports a password in settings that others can read. A password in the settings is an error anyway, but this one must be
/// changed too.
pub(crate) fn check_password_file(settings: &Source, path: &Path) -> Diagnostics {
    let mut more = Diagnostics::new();
    if !passwords(settings).is_empty()
        && let Err(error @ Error::OpenSecret { .. }) = secrets::check_permissions(path)
    {
        let hint = message!(
            "delete the password from the file, and change it: others may have read it",
            "slet adgangskoden fra filen, og skift den: andre kan have læst den"
        );
        more.push(Diagnostic::error(OPEN_PASSWORD, Message::shown(&error)).hint(hint));
    }
    more
}

/// The same file, with `…` for its passwords wherever a line of it is quoted, also long after it was read.
pub(crate) fn hide(file: Source) -> Source {
    let hidden = longest_first(passwords(&file).into_iter().chain(misplaced(&file, &Diagnostics::new())).collect());
    let hidden = hidden.into_iter().map(str::to_owned).collect();
    file.hiding(hidden)
}

/// The same for an audience.
pub(crate) fn hide_list(audience: Source) -> Source {
    if audience.text().contains("postgres") { hide(audience) } else { audience }
}

/// A password may be part of another one's line, which is hidden first.
fn longest_first(mut texts: Vec<&str>) -> Vec<&str> {
    texts.sort_by_key(|text| std::cmp::Reverse(text.len()));
    texts
}

/// The same diagnostics, with `…` for every password in the settings, and for what may be one.
pub(crate) fn redact(mistakes: &Diagnostics, settings: &Source) -> Diagnostics {
    let mut hidden = passwords(settings);
    hidden.extend(misplaced(settings, mistakes));
    let hidden = longest_first(hidden);
    let hide = |mut diagnostic: Diagnostic| {
        for password in &hidden {
            diagnostic.message = diagnostic.message.map(|text| text.replace(password, "…"));
            diagnostic.hint = diagnostic.hint.map(|hint| hint.map(|text| text.replace(password, "…")));
            diagnostic.place = diagnostic.place.map(|place| place.without(password));
        }
        diagnostic
    };
    mistakes.iter().cloned().map(hide).collect()
}

/// The same for an audience. Without a database it has no password, and its fields may be named like `key`.
pub(crate) fn redact_list(mistakes: Diagnostics, audience: &Source) -> Diagnostics {
    if audience.text().contains("postgres") { redact(&mistakes, audience) } else { mistakes }
}

/// The passwords in a file, as they are written: on the line of their key, or on the lines below it.
fn passwords(source: &Source) -> Vec<&str> {
    let mut found = Vec::new();
    // The indentation of a key whose value is on the lines below it.
    let mut above: Option<usize> = None;
    for line in source.text().lines() {
        if above.is_some_and(|key| indentation(line) > key) {
            found.extend(Some(line.trim()).filter(|text| !text.is_empty()));
            continue;
        }
        above = None;
        match value_of(line, &PASSWORD_KEYS) {
            Some(value) if value.is_empty() || value.starts_with(['|', '>']) => above = Some(indentation(line)),
            Some(value) => found.push(value),
            None => found.extend(passwords_in_logins(line)),
        }
    }
    found
}

/// Values that may be passwords in the wrong place: commands, those of keys for a password's location that are not a
/// location, and of unknown keys beside them.
fn misplaced<'s>(source: &'s Source, mistakes: &Diagnostics) -> Vec<&'s str> {
    let mut found = Vec::new();
    let mut group = "";
    let mut above: Option<usize> = None;
    for (at, line) in source.text().lines().enumerate() {
        if above.is_some_and(|key| indentation(line) > key) {
            found.extend(Some(line.trim()).filter(|text| text.len() > 1));
            continue;
        }
        above = None;
        if line.starts_with(|sign: char| sign.is_alphanumeric()) {
            group = line.split(':').next().unwrap_or_default();
        }
        let has_login = LOGIN_GROUPS.contains(&group);
        if !has_login && !OTHER_SECRET_GROUPS.contains(&group) {
            continue;
        }
        let command = value_of(line, &COMMAND_KEYS);
        let value = command.or_else(|| value_of(line, &SOURCE_KEYS).filter(|value| !is_place(value)));
        above = value.filter(|value| goes_on_below(value)).map(|_| indentation(line));
        // A sign that only begins a list would be hidden in every message.
        found.extend(value.filter(|value| value.len() > 1));
        if !has_login {
            continue;
        }
        let unknown = mistakes.iter().filter(|mistake| mistake.code == UNKNOWN_KEY);
        let here = unknown.filter_map(|mistake| mistake.place.as_ref()).filter(|place| place.line() == at + 1);
        found.extend(here.filter_map(|place| value_behind(line, place.column() - 1 + place.width())));
    }
    found
}

/// Where the content of a line begins. That of a list's item is behind its `-`, which may be right below the list's key.
fn indentation(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '\t', '-']).len()
}

/// Whether a value is on the lines below its key, or continues there.
fn goes_on_below(value: &str) -> bool {
    value.is_empty() || value.starts_with(['|', '>']) || value.starts_with(['[', '{']) && !value.ends_with([']', '}'])
}

/// The value of a key that ends at this character, up to the end of the line.
fn value_behind(line: &str, end: usize) -> Option<&str> {
    let (at, _) = line.char_indices().nth(end)?;
    let value = line[at..].trim_start_matches(['"', '\'', ' ']).strip_prefix(':')?;
    let value = value.trim_matches(['"', '\'', ' ', '\t']);
    // Neither a number nor a usual word of these settings is a password.
    let is_usual = USUAL_VALUES.contains(&value) || value.bytes().all(|byte| byte.is_ascii_digit());
    (!is_usual).then_some(value)
}

/// Whether a text is the location of a secret: a path, or the name of a variable. A list or a mapping is neither.
fn is_place(text: &str) -> bool {
    let first = text.split([',', '}', ' ']).next().unwrap_or_default();
    if text.is_empty() || text.starts_with(['[', '{', '|', '>']) {
        return false;
    }
    // A password in Base64 may have slashes.
    let is_random =
        first.contains(|sign: char| sign.is_ascii_uppercase()) && first.contains(|sign: char| sign.is_ascii_digit());
    let is_plain_path = first.contains('/') && (first.starts_with(['/', '.', '~']) || !is_random);
    let is_path = is_plain_path || secrets::is_key_file(Path::new(first));
    is_path || first.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_' || byte.is_ascii_digit())
}

/// The value of such a key, up to the end of the line: in invalid YAML the end of a value is unknown.
fn value_of<'l>(line: &'l str, keys: &[&str]) -> Option<&'l str> {
    let behind = |key: &&str| {
        let (before, rest) = line.split_at_checked(line.to_ascii_lowercase().find(key)? + key.len())?;
        let starts_there =
            !before[..before.len() - key.len()].ends_with(|sign: char| sign.is_alphanumeric() || sign == '_');
        let value = rest.trim_start_matches(['"', '\'', ' ']).strip_prefix([':', '='])?;
        starts_there.then(|| value.trim_matches(['"', '\'', ' ', '\t']))
    };
    keys.iter().find_map(behind)
}

/// The passwords in logins such as `postgres://name:password@host` and `name:password@host`; they may contain `@`.
fn passwords_in_logins(line: &str) -> impl Iterator<Item = &str> {
    let words = line.split(|sign: char| sign.is_whitespace() || matches!(sign, '"' | '\'' | '<' | '>'));
    words.filter_map(|word| {
        let word = word.split_once("://").map_or(word, |(_, rest)| rest);
        let (login, _) = word.rsplit_once('@')?;
        let (user, password) = login.split_once(':')?;
        // `mailto:` is not a user, and in a path or a list a colon separates something else.
        let is_login = !user.eq_ignore_ascii_case("mailto") && !user.contains(['/', ',', '{', '[', '?']);
        Some(password).filter(|password| is_login && !password.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let source = Source::new("newsletter.yaml", text);
        passwords(&source).into_iter().map(str::to_owned).collect()
    }

    #[test]
    fn a_password_is_found_in_all_notations() {
        for (line, expected) in [
            ("  password: s3cret", Some("s3cret")),
            ("smtp: {host: x, \"Password\": 's3:cret'}", Some("s3:cret'}")),
            ("password:s3cret", Some("s3cret")),
            ("adgangskode = s3cret", Some("s3cret")),
            ("ledger: postgres://nyt:s3/cr@et@db/x", Some("s3/cr@et")),
            ("  host: nyt:s3cret@relay.example", Some("s3cret")),
            ("ledger: postgres://nyt@db:5432/x", None),
            ("unsubscribe: {url: https://forening.example/{token}, mailto: afmeld@forening.example}", None),
            ("brand: {links: {Om: https://forening.example/a:b@c, Mail: mailto:nyt@forening.example}}", None),
            ("a: https://forening.example/, b: postgres://nyt:s3cret@db/x", Some("s3cret")),
            ("  password_env: RELAY", None),
            ("  bypass: yes", None),
            ("  password:", None),
            ("smtp:\n  password: |\n    s3cret\n  host: x", Some("s3cret")),
        ] {
            assert_eq!(found(line), expected.into_iter().map(str::to_owned).collect::<Vec<_>>(), "{line}");
        }
    }

    #[test]
    fn what_may_be_a_password_is_found_in_the_wrong_place() {
        for (text, expected) in [
            ("smtp: {host: x, password_env: \"s3cret!\", port: 1}", Some("s3cret!\", port: 1}")),
            ("smtp:\n  password_file: s3cret", Some("s3cret")),
            ("smtp:\n  passwrod: s3cret", Some("s3cret")),
            ("smtp:\n  host: x\n  password_env: RELAY_PASSWORD\n  password_file: /etc/relay", None),
            ("brand: {color: red}", None),
            ("smtp: {passwrod: s3cret, port: 25, retry: {first: 0s}}", Some("s3cret, port: 25, retry: {first: 0s}}")),
            ("smtp: {host: x, port: 25, retry: {first: 0s}}", None),
            ("smtp: {host: x, password_command: [/bin/echo, s3cret]}", Some("[/bin/echo, s3cret]}")),
            ("smtp:\n  password_command:\n  - s3cret\n  host: x", Some("- s3cret")),
            ("smtp:\n  password_command: [\n    s3cret,\n  ]", Some("s3cret,")),
            ("smtp:\n  password_file: [/etc/s3cret]", Some("[/etc/s3cret]")),
            ("ledger:\n  password_command: echo s3cret", Some("echo s3cret")),
            ("dkim:\n  - {domain: forening.example, key_file: s3cret}", Some("s3cret}")),
            ("dkim:\n  - {domain: forening.example, key_file: newsletter.pem}", None),
            ("smtp: {host: x, password_file: BEx/aB3s3cret}", Some("BEx/aB3s3cret}")),
            ("smtp: {host: x, password_file: secrets/relay}", None),
            ("people:\n  password_env: s3cret", Some("s3cret")),
        ] {
            let source = Source::new("newsletter.yaml", text);
            let at = text.find("passwrod").map(|at| source.place(at..at + "passwrod".len()));
            let unknown = at.map(|place| Diagnostic::error(UNKNOWN_KEY, Message::verbatim("unknown")).at(place));
            assert_eq!(
                misplaced(&source, &unknown.into_iter().collect()),
                expected.into_iter().collect::<Vec<_>>(),
                "{text}"
            );
        }
    }
}
