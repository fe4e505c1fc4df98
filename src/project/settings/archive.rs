//! Reads `archive_url`: where issues are on the web.

use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::base::source::yaml::fields::MappingReader;

const BAD_ARCHIVE_URL: Code = Code("NL630");

/// Replaced by the name of an issue.
pub(crate) const ISSUE: &str = "{issue}";

/// The address of a folder for each issue, with a slash at its end.
pub(crate) fn url(reader: &mut MappingReader<'_, '_>) -> Option<String> {
    let text = reader.text("archive_url")?;
    let plain = |sign: char| sign.is_ascii_alphanumeric() || "-._~/:%@+".contains(sign);
    let bare = text.value.replacen(ISSUE, "", 1);
    let address = bare.strip_prefix("https://").filter(|address| address.chars().all(plain));
    let message = match address {
        Some(address) if address.starts_with(|sign: char| sign.is_ascii_alphanumeric()) => {
            if bare.len() < text.value.len() {
                return Some(format!("{}/", text.value.trim_end_matches('/')));
            }
            message!(
                "`archive_url` must contain {{issue}}, so that each issue has its own URL",
                "`archive_url` skal indeholde {{issue}}, så hvert nyhedsbrev får sin egen adresse"
            )
        }
        Some(_) | None => message!(
            "`archive_url` must be the https URL of a folder, with {{issue}} once",
            "`archive_url` skal være https-adressen på en mappe med {{issue}} én gang"
        ),
    };
    let hint = message!(
        "write it like this: archive_url: https://nyheder.forening.example/{{issue}}/",
        "skriv det sådan: archive_url: https://nyheder.forening.example/{{issue}}/"
    );
    reader.report(Diagnostic::error(BAD_ARCHIVE_URL, message).at(text.place).hint(hint));
    None
}

/// The address of the folder that has the folders of all issues, with a slash at its end: `https://nyt.example/arkiv/` of
/// `https://nyt.example/arkiv/{issue}/`.
pub(crate) fn folder(url: &str) -> &str {
    let before = url.split_once(ISSUE).map_or(url, |(before, _)| before);
    before.rfind('/').map_or(before, |end| &before[..=end])
}
