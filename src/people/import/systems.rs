//! The exports that are known. Headers are written without blanks, signs and capitals; where the systems' own sources
//! are public, they are from there.

use crate::people::import::object_cell::ObjectNotation;
use crate::people::import::subscription_status::SubscriptionStatus;
use crate::people::import::system::{
    ExportSystem, SystemColumn::Changed, SystemColumn::Field, SystemColumn::Filled, SystemColumn::List,
    SystemColumn::MaybeStatus, SystemColumn::No, SystemColumn::Nothing, SystemColumn::Object, SystemColumn::OptedIn,
    SystemColumn::Status, SystemColumn::Yes,
};
use crate::people::person::suppression_reason::SuppressionReason;

const LEFT: SubscriptionStatus = SubscriptionStatus::Left(SuppressionReason::Unsubscribed);
const BOUNCED: SubscriptionStatus = SubscriptionStatus::Left(SuppressionReason::Bounced);

/// The kinds of files of one system stand together.
pub(super) const SYSTEMS: [ExportSystem; 14] = [
    ExportSystem {
        id: "heyloyalty",
        name: "Heyloyalty",
        marks: &["email", "produktrelation"],
        columns: &[
            ("produktrelation", List("produktrelation", "|")),
            ("status", MaybeStatus),
            ("afmeldt", Filled(LEFT)),
            ("tilmeldt", OptedIn),
        ],
    },
    ExportSystem {
        id: "listmonk",
        name: "listmonk",
        marks: &["uuid", "email", "name", "attributes", "status", "createdat", "updatedat"],
        columns: &[
            ("uuid", Nothing),
            ("attributes", Object(ObjectNotation::Json)),
            ("status", Status),
            ("createdat", Nothing),
            ("updatedat", Changed),
        ],
    },
    ExportSystem {
        id: "listmonk",
        name: "listmonk",
        marks: &["email", "name", "attributes"],
        columns: &[("attributes", Object(ObjectNotation::Json)), ("status", Status)],
    },
    ExportSystem {
        id: "keila",
        name: "Keila",
        marks: &["email", "firstname", "lastname", "data", "status", "externalid"],
        columns: &[("data", Object(ObjectNotation::Json)), ("status", Status), ("externalid", Nothing)],
    },
    ExportSystem {
        id: "mailchimp",
        name: "Mailchimp",
        marks: &["emailaddress", "memberrating", "optintime", "confirmtime", "leid", "euid"],
        columns: &[
            ("memberrating", Nothing),
            ("optintime", OptedIn),
            ("optinip", Nothing),
            ("confirmtime", OptedIn),
            ("confirmip", Nothing),
            ("latitude", Nothing),
            ("longitude", Nothing),
            ("gmtoff", Nothing),
            ("dstoff", Nothing),
            ("timezone", Nothing),
            ("cc", Nothing),
            ("region", Nothing),
            ("lastchanged", Changed),
            ("leid", Nothing),
            ("euid", Nothing),
            ("notes", Field("notes")),
            ("tags", List("tags", ",")),
            ("unsubtime", Filled(LEFT)),
            ("unsubcampaigntitle", Nothing),
            ("unsubcampaignid", Nothing),
            ("unsubreason", Nothing),
            ("unsubreasonother", Nothing),
            ("cleantime", Filled(BOUNCED)),
            ("cleancampaigntitle", Nothing),
            ("cleancampaignid", Nothing),
        ],
    },
    ExportSystem {
        id: "phplist",
        name: "phpList",
        marks: &["email", "isthissubscriberconfirmed", "isthissubscriberblacklisted"],
        columns: &[
            ("id", Nothing),
            ("isthissubscriberconfirmed", No(SubscriptionStatus::Unconfirmed)),
            ("isthissubscriberblacklisted", Yes(LEFT)),
            ("didthissubscribermanuallyconfirm", Nothing),
            ("numberofbounces", Nothing),
            ("entered", Nothing),
            ("lastmodified", Changed),
            ("uniqueid", Nothing),
            ("sendthissubscriberhtmlemails", Nothing),
            ("rssfrequency", Nothing),
            ("isthisaccountdisabled", Yes(SubscriptionStatus::Paused)),
            ("additionaldata", Nothing),
            ("foreignkey", Nothing),
            // The lists stand in a last column without a name.
            ("", List("lists", ";")),
        ],
    },
    ExportSystem {
        id: "buttondown",
        name: "Buttondown",
        marks: &["email", "subscribertype", "tags", "metadata"],
        columns: &[
            ("id", Nothing),
            ("secondaryid", Nothing),
            ("notes", Field("notes")),
            ("subscribertype", Status),
            ("referrerurl", Nothing),
            ("utmsource", Nothing),
            ("utmmedium", Nothing),
            ("utmcampaign", Nothing),
            ("creationdate", Nothing),
            ("ipaddress", Nothing),
            ("subscriptiondate", OptedIn),
            ("unsubscriptiondate", Filled(LEFT)),
            ("tags", List("tags", ";")),
            ("metadata", Object(ObjectNotation::Python)),
        ],
    },
    ExportSystem {
        id: "brevo",
        name: "Brevo",
        marks: &["email", "emailblacklisted"],
        columns: &[
            ("emailblacklisted", Yes(LEFT)),
            ("smsblacklisted", Nothing),
            ("contactid", Nothing),
            ("addedtime", Nothing),
            ("modifiedtime", Changed),
        ],
    },
    ExportSystem {
        id: "activecampaign",
        name: "ActiveCampaign",
        marks: &["email", "firstname", "lastname", "tags", "datecreated", "ip", "status"],
        columns: &[
            ("tags", List("tags", ",")),
            ("datecreated", Nothing),
            ("ip", Nothing),
            ("status", Status),
            ("phone", Field("phone")),
        ],
    },
    ExportSystem {
        id: "kit",
        name: "Kit",
        marks: &["firstname", "email", "createdat", "status"],
        columns: &[("createdat", Nothing), ("status", Status), ("tags", List("tags", ","))],
    },
    ExportSystem {
        id: "systemeio",
        name: "systeme.io",
        marks: &["email", "firstname", "surname", "tags", "dateregistered"],
        columns: &[("tags", List("tags", ",")), ("dateregistered", Nothing)],
    },
    ExportSystem {
        id: "substack",
        name: "Substack",
        marks: &["email", "activesubscription", "createdat"],
        columns: &[("activesubscription", No(LEFT)), ("createdat", Nothing)],
    },
    // Where a column of its own says who left, the other one tells who pays.
    ExportSystem {
        id: "substack",
        name: "Substack",
        marks: &["email", "activesubscription", "createdat", "emaildisabled"],
        columns: &[
            ("activesubscription", Field("paying")),
            ("expiry", Nothing),
            ("plan", Field("plan")),
            ("emaildisabled", Yes(LEFT)),
            ("createdat", Nothing),
            ("firstpaymentat", Nothing),
        ],
    },
    ExportSystem {
        id: "ghost",
        name: "Ghost",
        marks: &["email", "subscribedtoemails", "createdat"],
        columns: &[
            ("id", Nothing),
            ("note", Field("notes")),
            ("subscribedtoemails", No(LEFT)),
            ("complimentaryplan", Nothing),
            ("stripecustomerid", Nothing),
            ("createdat", Nothing),
            ("deletedat", Filled(LEFT)),
            ("labels", List("labels", ",")),
            ("tiers", List("tiers", ",")),
        ],
    },
];

/// A list that bears no system's marks.
pub(super) const ANY: ExportSystem = ExportSystem {
    id: "list",
    name: "a list of people",
    marks: &[],
    columns: &[
        ("status", MaybeStatus),
        ("tags", List("tags", ",")),
        ("unsubscribed", Filled(LEFT)),
        ("unsubscribedat", Filled(LEFT)),
        ("afmeldt", Filled(LEFT)),
        ("bounced", Filled(BOUNCED)),
        ("blacklisted", Yes(LEFT)),
        ("optin", OptedIn),
    ],
};
