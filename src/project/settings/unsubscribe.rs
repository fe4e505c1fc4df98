//! Reads `unsubscribe`: how readers unsubscribe, and where their requests are kept until they are read.

use std::path::PathBuf;

use crate::base::message::{Message, message};
use crate::base::secret::SecretSource;
use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::base::source::span::{Span, Spanned};
use crate::base::source::yaml::fields::MappingReader;
use crate::base::source::yaml::node::NodeKind;
use crate::feedback::server::address::ListenAddress;
use crate::people::person::Address;
use crate::project::settings::required::optional;

const BAD_UNSUBSCRIBE: Code = Code("NL104");
const BAD_LISTEN: Code = Code("NL715");

/// Where the reader's token goes in the address of the page.
pub const TOKEN: &str = "{token}";

/// How readers unsubscribe.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UnsubscribeSettings {
    /// The address that receives requests to unsubscribe; absent: the one that receives replies.
    pub mailto: Option<Address>,
    /// The page, `https`, with `{token}` where the reader's token goes; absent: readers unsubscribe by mail.
    pub url: Option<String>,
    /// The place of `url` in newsletter.yaml; absent: not set.
    pub url_place: Option<Span>,
    /// The key of the tokens; absent: the project's key.
    pub secret: Option<SecretSource>,
    /// Where `serve` listens for the page's requests, such as `127.0.0.1:8085` or `unix:/run/newsletter.sock`; absent:
    /// as given on its command line.
    pub listen: Option<ListenAddress>,
    /// The folder where `serve` keeps requests on a host without a ledger; absent: none.
    pub spool: Option<PathBuf>,
    /// The logs of the web servers that have the page as a file.
    pub access_logs: Vec<PathBuf>,
}

impl UnsubscribeSettings {
    /// Whether requests that were posted to the page are read anywhere.
    pub(crate) fn is_read(&self) -> bool {
        self.listen.is_some() || self.spool.is_some() || !self.access_logs.is_empty()
    }
}

/// Reads the group.
pub(super) fn read(mut reader: MappingReader<'_, '_>) -> UnsubscribeSettings {
    let mailto = optional(&mut reader, "mailto");
    let url_place = reader.key_place("url");
    let url = url(&mut reader);
    let secret = reader.secret("secret", ["secret_env", "secret_file"]);
    let listen = listen(&mut reader);
    let spool = reader.text("spool").map(|path| path.value.into());
    let access_logs = access_logs(&mut reader).into_iter().map(|path| path.value.into()).collect();
    reader.finish();
    let url_place = url_place.filter(|_| url.is_some());
    UnsubscribeSettings { mailto, url, url_place, secret, listen, spool, access_logs }
}

fn url(reader: &mut MappingReader<'_, '_>) -> Option<String> {
    let url = reader.text("url")?;
    let https = url.value.starts_with("https://") && !url.value.contains(char::is_whitespace);
    let message = match (https, url.value.matches(TOKEN).count()) {
        (true, 1) => return Some(url.value),
        (true, _) => message!(
            "the URL of the unsubscribe page must contain {{token}} once",
            "adressen på afmeldingssiden skal indeholde {{token}} én gang"
        ),
        (false, _) => {
            message!("the unsubscribe page must have an https URL", "afmeldingssiden skal have en https-adresse")
        }
    };
    let hint = message!(
        "write it like this: url: https://forening.example/afmeld?t={{token}}",
        "skriv det sådan: url: https://forening.example/afmeld?t={{token}}"
    );
    reader.report(Diagnostic::error(BAD_UNSUBSCRIBE, message).at(url.place).hint(hint));
    None
}

fn listen(reader: &mut MappingReader<'_, '_>) -> Option<ListenAddress> {
    let listen = reader.text("listen")?;
    match listen.value.parse::<ListenAddress>() {
        Ok(address) => Some(address),
        Err(error) => {
            let message = message!(
                "`listen` is not a valid address: `{}`",
                "`listen` er ikke en gyldig adresse: `{}`",
                listen.value
            );
            reader.report(Diagnostic::error(BAD_LISTEN, message).at(listen.place).hint(Message::shown(&error)));
            None
        }
    }
}

/// One path, or a list.
fn access_logs(reader: &mut MappingReader<'_, '_>) -> Vec<Spanned<String>> {
    match reader.node("access_log").map(|node| &node.kind) {
        Some(NodeKind::Sequence(_)) => reader.texts("access_log"),
        Some(NodeKind::Null | NodeKind::Scalar { .. } | NodeKind::Mapping(_)) | None => {
            reader.text("access_log").into_iter().collect()
        }
    }
}
