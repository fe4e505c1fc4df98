//! The known exports, and how a file is recognised as one of them. Headers are without case, spaces and punctuation;
//! those of systems with public source code are taken from it.

use std::collections::BTreeSet;

use crate::people::import::ImportError;
use crate::people::import::object_cell::ObjectNotation;
use crate::people::import::subscription_status::{SubscriptionStatus, letters};
use crate::people::import::system::{
    ExportSystem, SystemColumn::Changed, SystemColumn::Field, SystemColumn::Filled, SystemColumn::Ignored,
    SystemColumn::List, SystemColumn::MaybeStatus, SystemColumn::No, SystemColumn::Object, SystemColumn::OptedIn,
    SystemColumn::Status, SystemColumn::Yes,
};
use crate::people::person::suppression_reason::SuppressionReason;

const UNSUBSCRIBED: SubscriptionStatus = SubscriptionStatus::Suppressed(SuppressionReason::Unsubscribed);
const BOUNCED: SubscriptionStatus = SubscriptionStatus::Suppressed(SuppressionReason::Bounced);

/// The values of `--from`, each once.
fn names() -> Vec<&'static str> {
    let mut names: Vec<&str> = SYSTEMS.iter().map(|system| system.id).chain([ANY.id]).collect();
    names.dedup();
    names
}

/// The system that exported a file with these headers, or the one that was named.
pub(super) fn recognise(
    file: &str,
    headers: &[String],
    named: Option<&str>,
) -> Result<&'static ExportSystem, ImportError> {
    let headers: BTreeSet<&str> = headers.iter().map(String::as_str).collect();
    let fits = |system: &&ExportSystem| system.required.iter().all(|header| headers.contains(header));
    if let Some(named) = named {
        let typed = letters(named);
        let mut kinds = SYSTEMS.iter().chain([&ANY]).filter(|system| system.id == typed).collect::<Vec<_>>();
        // Of those that fit, the one that requires most headers is best; if none does, the one that requires fewest.
        kinds.sort_by_key(|system| {
            let required = system.required.len();
            if fits(system) { (0, usize::MAX - required) } else { (1, required) }
        });
        return kinds
            .first()
            .copied()
            .ok_or_else(|| ImportError::UnknownSystem { name: named.to_owned(), known: names() });
    }
    let candidates: Vec<&ExportSystem> = SYSTEMS.iter().filter(fits).collect();
    let is_subset = |one: &ExportSystem, other: &ExportSystem| {
        one.required.len() < other.required.len() && one.required.iter().all(|header| other.required.contains(header))
    };
    // Of two candidates, the one that requires more headers describes the file better.
    let mut best: Vec<&ExportSystem> =
        candidates.iter().filter(|one| !candidates.iter().any(|other| is_subset(one, other))).copied().collect();
    best.dedup_by_key(|system| system.id);
    match best.as_slice() {
        [] => Ok(&ANY),
        [system] => Ok(system),
        several => {
            let candidates = several.iter().map(|system| system.id).collect();
            Err(ImportError::Ambiguous { file: file.to_owned(), candidates })
        }
    }
}

/// The known exports; those of one system are next to each other.
const SYSTEMS: [ExportSystem; 14] = [
    ExportSystem {
        id: "heyloyalty",
        name: "Heyloyalty",
        required: &["email", "produktrelation"],
        columns: &[
            ("produktrelation", List("produktrelation", "|")),
            ("status", MaybeStatus),
            ("afmeldt", Filled(UNSUBSCRIBED)),
            ("tilmeldt", OptedIn),
        ],
    },
    ExportSystem {
        id: "listmonk",
        name: "listmonk",
        required: &["uuid", "email", "name", "attributes", "status", "createdat", "updatedat"],
        columns: &[
            ("uuid", Ignored),
            ("attributes", Object(ObjectNotation::Json)),
            ("status", Status),
            ("createdat", Ignored),
            ("updatedat", Changed),
        ],
    },
    ExportSystem {
        id: "listmonk",
        name: "listmonk",
        required: &["email", "name", "attributes"],
        columns: &[("attributes", Object(ObjectNotation::Json)), ("status", Status)],
    },
    ExportSystem {
        id: "keila",
        name: "Keila",
        required: &["email", "firstname", "lastname", "data", "status", "externalid"],
        columns: &[("data", Object(ObjectNotation::Json)), ("status", Status), ("externalid", Ignored)],
    },
    ExportSystem {
        id: "mailchimp",
        name: "Mailchimp",
        required: &["emailaddress", "memberrating", "optintime", "confirmtime", "leid", "euid"],
        columns: &[
            ("memberrating", Ignored),
            ("optintime", OptedIn),
            ("optinip", Ignored),
            ("confirmtime", OptedIn),
            ("confirmip", Ignored),
            ("latitude", Ignored),
            ("longitude", Ignored),
            ("gmtoff", Ignored),
            ("dstoff", Ignored),
            ("timezone", Ignored),
            ("cc", Ignored),
            ("region", Ignored),
            ("lastchanged", Changed),
            ("leid", Ignored),
            ("euid", Ignored),
            ("notes", Field("notes")),
            ("tags", List("tags", ",")),
            ("unsubtime", Filled(UNSUBSCRIBED)),
            ("unsubcampaigntitle", Ignored),
            ("unsubcampaignid", Ignored),
            ("unsubreason", Ignored),
            ("unsubreasonother", Ignored),
            ("cleantime", Filled(BOUNCED)),
            ("cleancampaigntitle", Ignored),
            ("cleancampaignid", Ignored),
        ],
    },
    ExportSystem {
        id: "phplist",
        name: "phpList",
        required: &["email", "isthissubscriberconfirmed", "isthissubscriberblacklisted"],
        columns: &[
            ("id", Ignored),
            ("isthissubscriberconfirmed", No(SubscriptionStatus::Unconfirmed)),
            ("isthissubscriberblacklisted", Yes(UNSUBSCRIBED)),
            ("didthissubscribermanuallyconfirm", Ignored),
            ("numberofbounces", Ignored),
            ("entered", Ignored),
            ("lastmodified", Changed),
            ("uniqueid", Ignored),
            ("sendthissubscriberhtmlemails", Ignored),
            ("rssfrequency", Ignored),
            ("isthisaccountdisabled", Yes(SubscriptionStatus::Paused)),
            ("additionaldata", Ignored),
            ("foreignkey", Ignored),
            // The lists are in a last column without a header.
            ("", List("lists", ";")),
        ],
    },
    ExportSystem {
        id: "buttondown",
        name: "Buttondown",
        required: &["email", "subscribertype", "tags", "metadata"],
        columns: &[
            ("id", Ignored),
            ("secondaryid", Ignored),
            ("notes", Field("notes")),
            ("subscribertype", Status),
            ("referrerurl", Ignored),
            ("utmsource", Ignored),
            ("utmmedium", Ignored),
            ("utmcampaign", Ignored),
            ("creationdate", Ignored),
            ("ipaddress", Ignored),
            ("subscriptiondate", OptedIn),
            ("unsubscriptiondate", Filled(UNSUBSCRIBED)),
            ("tags", List("tags", ";")),
            ("metadata", Object(ObjectNotation::Python)),
        ],
    },
    ExportSystem {
        id: "brevo",
        name: "Brevo",
        required: &["email", "emailblacklisted"],
        columns: &[
            ("emailblacklisted", Yes(UNSUBSCRIBED)),
            ("smsblacklisted", Ignored),
            ("contactid", Ignored),
            ("addedtime", Ignored),
            ("modifiedtime", Changed),
        ],
    },
    ExportSystem {
        id: "activecampaign",
        name: "ActiveCampaign",
        required: &["email", "firstname", "lastname", "tags", "datecreated", "ip", "status"],
        columns: &[
            ("tags", List("tags", ",")),
            ("datecreated", Ignored),
            ("ip", Ignored),
            ("status", Status),
            ("phone", Field("phone")),
        ],
    },
    ExportSystem {
        id: "kit",
        name: "Kit",
        required: &["firstname", "email", "createdat", "status"],
        columns: &[("createdat", Ignored), ("status", Status), ("tags", List("tags", ","))],
    },
    ExportSystem {
        id: "systemeio",
        name: "systeme.io",
        required: &["email", "firstname", "surname", "tags", "dateregistered"],
        columns: &[("tags", List("tags", ",")), ("dateregistered", Ignored)],
    },
    ExportSystem {
        id: "substack",
        name: "Substack",
        required: &["email", "activesubscription", "createdat"],
        columns: &[("activesubscription", No(UNSUBSCRIBED)), ("createdat", Ignored)],
    },
    // If there is `email_disabled`, `active_subscription` is only about paying.
    ExportSystem {
        id: "substack",
        name: "Substack",
        required: &["email", "activesubscription", "createdat", "emaildisabled"],
        columns: &[
            ("activesubscription", Field("paying")),
            ("expiry", Ignored),
            ("plan", Field("plan")),
            ("emaildisabled", Yes(UNSUBSCRIBED)),
            ("createdat", Ignored),
            ("firstpaymentat", Ignored),
        ],
    },
    ExportSystem {
        id: "ghost",
        name: "Ghost",
        required: &["email", "subscribedtoemails", "createdat"],
        columns: &[
            ("id", Ignored),
            ("note", Field("notes")),
            ("subscribedtoemails", No(UNSUBSCRIBED)),
            ("complimentaryplan", Ignored),
            ("stripecustomerid", Ignored),
            ("createdat", Ignored),
            ("deletedat", Filled(UNSUBSCRIBED)),
            ("labels", List("labels", ",")),
            ("tiers", List("tiers", ",")),
        ],
    },
];

/// A list of an unknown system.
const ANY: ExportSystem = ExportSystem {
    id: "list",
    name: "a list of people",
    required: &[],
    columns: &[
        ("status", MaybeStatus),
        ("tags", List("tags", ",")),
        ("unsubscribed", Filled(UNSUBSCRIBED)),
        ("unsubscribedat", Filled(UNSUBSCRIBED)),
        ("afmeldt", Filled(UNSUBSCRIBED)),
        ("bounced", Filled(BOUNCED)),
        ("blacklisted", Yes(UNSUBSCRIBED)),
        ("optin", OptedIn),
    ],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_named_system_reads_a_file_as_if_it_were_recognised() {
        let headers = ["email", "activesubscription", "createdat", "emaildisabled"].map(str::to_owned);
        for named in [None, Some("substack")] {
            let system = recognise("email_list.csv", &headers, named).unwrap();
            assert_eq!(system.column("activesubscription"), Some(Field("paying")), "{named:?}");
        }
        let system = recognise("email_list.csv", &headers[..1], Some("substack")).unwrap();
        assert_eq!(system.required.len(), 3);
    }
}
