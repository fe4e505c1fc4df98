//! Units for systemd: those of the Debian package, filled in for a project if the package is not installed.

use crate::issue::slug::slug;
use crate::ops::run_setup::RunSetup;
use crate::ops::run_setup::unit_word::{instance, plain_text, unit_word};
use crate::ops::text::shell_word;

const SERVICE: &str = include_str!("../../../packaging/systemd/newsletter@.service");
const TIMER: &str = include_str!("../../../packaging/systemd/newsletter@.timer");
/// Where an administrator's units are.
const FOLDER: &str = "/etc/systemd/system";
/// The user and the program of the package.
const PACKAGE_USER: &str = "newsletter";
const PACKAGE_PROGRAM: &str = "/usr/bin/newsletter";

/// What is to be installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitSetup {
    /// The files to write.
    pub files: Vec<UnitFile>,
    /// The commands to run then, as root.
    pub commands: Vec<String>,
    /// The service, whose name shows its log.
    pub service: String,
}

/// A file of systemd.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitFile {
    /// Its path.
    pub path: String,
    /// Its text, which ends with a newline.
    pub text: String,
}

/// Whether the program is that of the Debian package, which installs units; `exists` looks for a file.
pub fn is_packaged(setup: &RunSetup, exists: impl Fn(&str) -> bool) -> bool {
    let units = ["/lib/systemd/system", "/usr/lib/systemd/system"];
    setup.program.as_str() == PACKAGE_PROGRAM
        && units.iter().any(|folder| exists(&format!("{folder}/newsletter@.timer")))
}

/// The instance of the package's units for a project, and a file with what differs from them, if anything does.
pub fn packaged(setup: &RunSetup) -> UnitSetup {
    let name = format!("newsletter@{}", instance(setup.folder.as_str()));
    let mut settings = Vec::new();
    if setup.user != PACKAGE_USER {
        // An empty value removes the package's value.
        let state = ["StateDirectory=".to_owned(), format!("StateDirectory={}", state_folder(setup))];
        settings.extend([format!("User={}", unit_word(&setup.user))].into_iter().chain(state));
    }
    if !setup.other_folders.is_empty() {
        let folders = setup.other_folders.iter().map(|folder| unit_word(folder.as_str()));
        settings.push(format!("ReadWritePaths={}", folders.collect::<Vec<_>>().join(" ")));
    }
    let mut commands = vec![format!("systemctl enable --now {}", shell_word(&format!("{name}.timer")))];
    let mut files = Vec::new();
    if !settings.is_empty() {
        let path = format!("{FOLDER}/{name}.service.d/project.conf");
        files.push(UnitFile { path, text: format!("[Service]\n{}\n", settings.join("\n")) });
        commands.insert(0, "systemctl daemon-reload".to_owned());
    }
    UnitSetup { files, commands, service: name }
}

/// A service and a timer for a project.
pub fn own(setup: &RunSetup) -> UnitSetup {
    // Of the whole path: two projects may be in folders of one name, and a unit replaces another of its name.
    let folder = slug(setup.folder.as_str());
    let name = if folder.is_empty() { "newsletter-project".to_owned() } else { format!("newsletter-{folder}") };
    let file = |kind: &str, text: String| UnitFile { path: format!("{FOLDER}/{name}.{kind}"), text };
    let files = vec![file("service", service(setup)), file("timer", filled_in(TIMER, setup))];
    let commands = vec!["systemctl daemon-reload".to_owned(), format!("systemctl enable --now {name}.timer")];
    UnitSetup { files, commands, service: name }
}

/// The folder below /var/lib, which belongs to the user: systemd gives it to the user of the service that starts.
fn state_folder(setup: &RunSetup) -> String {
    if setup.user == PACKAGE_USER { PACKAGE_USER.to_owned() } else { format!("{PACKAGE_USER}-{}", setup.user) }
}

/// The service of the package without the comment at its top, which is about instances.
fn service(setup: &RunSetup) -> String {
    let text = SERVICE.split_once("\n\n").map_or(SERVICE, |(_, units)| units);
    filled_in(text, setup)
}

/// A unit of the package with the values of a project.
fn filled_in(unit: &str, setup: &RunSetup) -> String {
    let folder = setup.folder.as_str();
    let line = |line: &str| match line.split_once('=').filter(|_| !line.starts_with('#')) {
        Some(("User", _)) => format!("User={}\n", unit_word(&setup.user)),
        Some(("StateDirectory", _)) => format!("StateDirectory={}\n", unit_word(&state_folder(setup))),
        Some(("Description", value)) => format!("Description={}\n", value.replace("%f", &plain_text(folder))),
        Some((key, value)) => format!("{key}={}\n", words(key, value, setup)),
        None => format!("{line}\n"),
    };
    unit.lines().map(line).collect::<Vec<_>>().concat()
}

/// The words of a setting, each with the values of a project.
fn words(key: &str, value: &str, setup: &RunSetup) -> String {
    let word = |word: &str| {
        let filled = word.replace("%f", setup.folder.as_str()).replace(PACKAGE_PROGRAM, setup.program.as_str());
        if filled == word { filled } else { unit_word(&filled) }
    };
    let more = setup.other_folders.iter().filter(|_| key == "ReadWritePaths").map(|folder| unit_word(folder.as_str()));
    value.split(' ').map(word).chain(more).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::run_setup::PlainPath;
    use std::path::Path;

    fn setup(folder: &str, user: &str) -> RunSetup {
        let plain = |path: &str| PlainPath::parse(Path::new(path)).unwrap();
        RunSetup {
            program: plain("/opt/a b/newsletter"),
            folder: plain(folder),
            name: "Nyt".to_owned(),
            user: user.to_owned(),
            notify: Vec::new(),
            has_access_logs: false,
            other_folders: vec![plain("/var/mail/retur")],
        }
    }

    #[test]
    fn a_service_has_the_values_of_the_project() {
        let units = own(&setup("/srv/Nyt på 100%", "anna"));
        let paths: Vec<&str> = units.files.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(
            paths,
            [
                "/etc/systemd/system/newsletter-srv-nyt-paa-100.service",
                "/etc/systemd/system/newsletter-srv-nyt-paa-100.timer"
            ]
        );
        let service = &units.files[0].text;
        for line in [
            "Description=Newsletters that are due in /srv/Nyt på 100%%",
            "User=anna",
            r#"ExecStart=":/opt/a b/newsletter" -C "/srv/Nyt på 100%%" run --log -"#,
            "StateDirectory=newsletter-anna",
            r#"ReadWritePaths="/srv/Nyt på 100%%" /var/mail/retur"#,
            "SystemCallFilter=~@privileged @resources",
        ] {
            assert!(service.lines().any(|other| other == line), "{line}\n{service}");
        }
        assert!(service.starts_with("[Unit]\n") && !service.contains("%f") && !service.contains("%i"), "{service}");
        assert!(!units.files[1].text.contains("%f"), "{}", units.files[1].text);
    }

    #[test]
    fn the_package_gets_only_what_differs() {
        let mut usual = setup("/srv/nyhedsbrev", "newsletter");
        usual.other_folders.clear();
        let units = packaged(&usual);
        assert_eq!(
            (units.files, units.commands),
            (vec![], vec!["systemctl enable --now newsletter@srv-nyhedsbrev.timer".to_owned()])
        );
        let units = packaged(&setup("/srv/nyheds-brev", "anna"));
        assert_eq!(
            units.commands,
            ["systemctl daemon-reload", r"systemctl enable --now 'newsletter@srv-nyheds\x2dbrev.timer'"]
        );
        assert_eq!(units.files[0].path, r"/etc/systemd/system/newsletter@srv-nyheds\x2dbrev.service.d/project.conf");
        assert_eq!(
            units.files[0].text,
            "[Service]\nUser=anna\nStateDirectory=\nStateDirectory=newsletter-anna\nReadWritePaths=/var/mail/retur\n"
        );
    }
}
