//! Reads when and where issues are sent, who approves them and who is notified: `grace`, `send_host`, `approval`, `notify`.

use std::time::Duration;

use crate::base::message::{Message, message};
use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::base::source::span::Spanned;
use crate::base::source::yaml::fields::MappingReader;
use crate::base::source::yaml::node::NodeKind;
use crate::people::person::Address;
use crate::project::settings::approval::{self, ApprovalRule};

const BAD_HOST: Code = Code("NL752");

/// Long enough for a machine that is restarted or repaired, and short enough that no copy of a project sends old issues.
const GRACE: Duration = Duration::from_secs(6 * 3600);

/// When and where issues are sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SendingSettings {
    /// How long after its `send_at` an issue is still sent by `run`.
    pub grace: Duration,
    /// The machines that may send; none: any may.
    pub hosts: Vec<String>,
    /// Who gets a mail when an issue is done, blocked, or no longer blocked.
    pub notify: Vec<Address>,
    /// Who must approve an issue before it is sent; absent: no one.
    pub approval: Option<ApprovalRule>,
}

pub(super) fn read(reader: &mut MappingReader<'_, '_>) -> SendingSettings {
    let grace = reader.duration("grace", Duration::from_secs(1)).unwrap_or(GRACE);
    let notify = reader.values("notify").into_iter().map(|address| address.value).collect();
    SendingSettings { grace, hosts: hosts(reader), notify, approval: approval::read(reader) }
}

fn hosts(reader: &mut MappingReader<'_, '_>) -> Vec<String> {
    let names: Vec<Spanned<String>> = match reader.node("send_host").map(|node| &node.kind) {
        Some(NodeKind::Sequence(_)) => reader.texts("send_host"),
        _ => reader.text("send_host").into_iter().collect(),
    };
    if names.is_empty()
        && let Some(place) = reader.key_place("send_host")
    {
        // Without a name, any machine could send, which is not what the key is written for.
        reader.report(invalid(message!("`send_host` names no machine", "`send_host` nævner ingen maskine")).at(place));
    }
    for name in &names {
        if !is_host(&name.value) {
            let message = message!(
                "`send_host` must be the name of a machine, and `{}` is not",
                "`send_host` skal være navnet på en maskine, og det er `{}` ikke",
                name.value
            );
            reader.report(invalid(message).at(name.place.clone()));
        }
    }
    names.into_iter().map(|name| name.value).collect()
}

fn invalid(message: Message) -> Diagnostic {
    let hint = message!(
        "write what the command `hostname` prints on the machine that sends, such as send_host: web1.forening.example",
        "skriv det, kommandoen `hostname` viser på den maskine, der sender, f.eks. send_host: web1.forening.example"
    );
    Diagnostic::error(BAD_HOST, message).hint(hint)
}

/// Whether a text can be the name of a host (RFC 1123, section 2.1); a `_` occurs in names that are not sent to relays.
fn is_host(name: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty() && label.chars().all(|sign| sign.is_ascii_alphanumeric() || sign == '-' || sign == '_')
    };
    name.len() <= 253 && name.split('.').all(is_label)
}
