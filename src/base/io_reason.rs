//! What the operating system says about a file or a connection, in each language.

use std::io::{self, ErrorKind};

use crate::base::message::Message;

/// The reason of an error of the operating system. Rare ones keep the system's own words in both languages.
pub fn io_reason(error: &io::Error) -> Message {
    let text = error.to_string();
    // The standard library has no kind for a lookup that failed, and no number.
    if let Some(reason) = text.strip_prefix("failed to lookup address information: ") {
        let translated = if reason.starts_with("Temporary") {
            "navnet kan ikke slås op i DNS lige nu"
        } else {
            "navnet findes ikke i DNS"
        };
        return Message::translated(text, translated);
    }
    match translated(error.kind()).filter(|_| error.raw_os_error().is_some()) {
        Some(translated) => Message::translated(text, translated),
        // An error with its own text, which may be a message.
        None => Message::shown(error),
    }
}

fn translated(kind: ErrorKind) -> Option<&'static str> {
    Some(match kind {
        ErrorKind::NotFound => "findes ikke",
        ErrorKind::PermissionDenied => "ingen adgang (permission denied)",
        ErrorKind::AlreadyExists => "findes allerede",
        ErrorKind::NotADirectory => "en del af stien er ikke en mappe",
        ErrorKind::IsADirectory => "det er en mappe",
        ErrorKind::DirectoryNotEmpty => "mappen er ikke tom",
        ErrorKind::ReadOnlyFilesystem => "disken kan kun læses (read-only)",
        ErrorKind::StorageFull => "disken er fuld",
        ErrorKind::QuotaExceeded => "diskkvoten er brugt",
        ErrorKind::FileTooLarge => "filen er for stor",
        ErrorKind::InvalidFilename => "ugyldigt filnavn",
        ErrorKind::ConnectionRefused => "forbindelsen blev afvist",
        ErrorKind::ConnectionReset => "forbindelsen blev afbrudt",
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => "netværket kan ikke nå serveren",
        ErrorKind::NetworkDown => "netværket er nede",
        ErrorKind::AddrInUse => "adressen er allerede i brug",
        ErrorKind::AddrNotAvailable => "adressen findes ikke på maskinen",
        ErrorKind::TimedOut => "intet svar i tide",
        ErrorKind::BrokenPipe => "modtageren læser ikke mere (broken pipe)",
        // The list of kinds is open, and the others are rare.
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::message::UserLanguage;

    #[test]
    fn reasons_of_the_system_are_in_danish() {
        let missing = io_reason(&io::Error::from_raw_os_error(2));
        assert_eq!(missing.english(), "No such file or directory (os error 2)");
        assert_eq!(missing.in_language(UserLanguage::Danish), "findes ikke");
        let unknown = io::Error::other("failed to lookup address information: Name or service not known");
        assert_eq!(io_reason(&unknown).in_language(UserLanguage::Danish), "navnet findes ikke i DNS");
        let rare = io_reason(&io::Error::from_raw_os_error(11));
        assert_eq!(rare.in_language(UserLanguage::Danish), rare.english());
        let own = io_reason(&io::Error::new(ErrorKind::NotFound, "no such letter"));
        assert_eq!(own.in_language(UserLanguage::Danish), "no such letter");
    }
}
