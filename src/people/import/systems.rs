//! The exports that are known. Headers are written without blanks, signs and capitals; where the systems' own sources
//! are public, they are from there.

use crate::people::import::object::Notation;
use crate::people::import::standing::Standing;
use crate::people::import::system::{
    System, Use::Changed, Use::Field, Use::Filled, Use::List, Use::MaybeStatus, Use::No, Use::Nothing, Use::Object,
    Use::OptedIn, Use::Status, Use::Yes,
};
use crate::people::person::departure::Reason;

const LEFT: Standing = Standing::Left(Reason::Unsubscribed);
const BOUNCED: Standing = Standing::Left(Reason::Bounced);

/// The kinds of files of one system stand together.
pub(super) const SYSTEMS: [System; 14] = [
    System {
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
    System {
        id: "listmonk",
        name: "listmonk",
        marks: &["uuid", "email", "name", "attributes", "status", "createdat", "updatedat"],
        columns: &[
            ("uuid", Nothing),
            ("attributes", Object(Notation::Json)),
            ("status", Status),
            ("createdat", Nothing),
            ("updatedat", Changed),
        ],
    },
    System {
        id: "listmonk",
        name: "listmonk",
        marks: &["email", "name", "attributes"],
        columns: &[("attributes", Object(Notation::Json)), ("status", Status)],
    },
    System {
        id: "keila",
        name: "Keila",
        marks: &["email", "firstname", "lastname", "data", "status", "externalid"],
        columns: &[("data", Object(Notation::Json)), ("status", Status), ("externalid", Nothing)],
    },
    System {
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
    System {
        id: "phplist",
        name: "phpList",
        marks: &["email", "isthissubscriberconfirmed", "isthissubscriberblacklisted"],
        columns: &[
            ("id", Nothing),
            ("isthissubscriberconfirmed", No(Standing::Unconfirmed)),
            ("isthissubscriberblacklisted", Yes(LEFT)),
            ("didthissubscribermanuallyconfirm", Nothing),
            ("numberofbounces", Nothing),
            ("entered", Nothing),
            ("lastmodified", Changed),
            ("uniqueid", Nothing),
            ("sendthissubscriberhtmlemails", Nothing),
            ("rssfrequency", Nothing),
            ("isthisaccountdisabled", Yes(Standing::Paused)),
            ("additionaldata", Nothing),
            ("foreignkey", Nothing),
            // The lists stand in a last column without a name.
            ("", List("lists", ";")),
        ],
    },
    System {
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
            ("metadata", Object(Notation::Python)),
        ],
    },
    System {
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
    System {
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
    System {
        id: "kit",
        name: "Kit",
        marks: &["firstname", "email", "createdat", "status"],
        columns: &[("createdat", Nothing), ("status", Status), ("tags", List("tags", ","))],
    },
    System {
        id: "systemeio",
        name: "systeme.io",
        marks: &["email", "firstname", "surname", "tags", "dateregistered"],
        columns: &[("tags", List("tags", ",")), ("dateregistered", Nothing)],
    },
    System {
        id: "substack",
        name: "Substack",
        marks: &["email", "activesubscription", "createdat"],
        columns: &[("activesubscription", No(LEFT)), ("createdat", Nothing)],
    },
    // Where a column of its own says who left, the other one tells who pays.
    System {
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
    System {
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
pub(super) const ANY: System = System {
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
