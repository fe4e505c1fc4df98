//! The keys of `newsletter.yaml` about servers: the relay, the mailbox and the ledger.

use crate::ops::reference::key::KeyShape::{Choice, Group, NamedTexts, Number, Text, Texts};
use crate::ops::reference::key::{ReferenceKey, group, key};

const SECURITY: &[&str] = &["starttls", "tls", "none"];

/// The keys for logging in to a relay or a mailbox.
const LOGIN_METHOD: ReferenceKey = key(
    "auth",
    Choice(AUTH),
    "login",
    "How to log in; `xoauth2` with a token instead of a password",
    "Hvordan der logges ind; `xoauth2` med et token i stedet for en adgangskode",
);
const AUTH: &[&str] = &["plain", "login", "xoauth2"];

/// The keys of `oauth`.
pub(super) const OAUTH: &[ReferenceKey] = &[
    key(
        "provider",
        Choice(&["microsoft365", "google"]),
        "microsoft365",
        "The service whose tokens are used",
        "Tjenesten, hvis tokens bruges",
    ),
    key(
        "tenant",
        Text,
        "kommune.onmicrosoft.com",
        "Microsoft 365: the directory, by its id or one of its domains",
        "Microsoft 365: kataloget (tenant), med id eller et af dets domæner",
    ),
    key(
        "client_id",
        Text,
        "12345678-90ab-cdef-1234-567890abcdef",
        "Microsoft 365: the id of the application that is registered in Entra ID",
        "Microsoft 365: id'et på programmet, der er registreret i Entra ID",
    ),
    key(
        "client_secret_env",
        Text,
        "CLIENT_SECRET",
        "Microsoft 365: the environment variable with the secret of an application that acts for itself",
        "Microsoft 365: miljøvariablen med hemmeligheden til et program, der handler på egne vegne",
    ),
    key(
        "client_secret_file",
        Text,
        ".newsletter/client-secret",
        "Microsoft 365: the file with that secret, which only its owner can read",
        "Microsoft 365: filen med den hemmelighed, som kun ejeren kan læse",
    ),
    key(
        "client_secret_command",
        Text,
        "pass show newsletter",
        "Microsoft 365: the command that prints that secret",
        "Microsoft 365: kommandoen, der skriver den hemmelighed",
    ),
    key(
        "token_file",
        Text,
        ".newsletter/token.json",
        "Microsoft 365: where the tokens of `newsletter login` are kept",
        "Microsoft 365: hvor tokens fra `newsletter login` gemmes",
    ),
    key(
        "key_file",
        Text,
        ".newsletter/google-key.json",
        "Google: the file with the key of a service account",
        "Google: filen med en servicekontos nøgle",
    ),
    key(
        "scopes",
        Texts,
        "[https://outlook.office.com/SMTP.Send]",
        "What the tokens permit, instead of sending and reading mail",
        "Hvad tokens giver lov til, i stedet for at sende og læse mail",
    ),
    key(
        "token_server",
        Text,
        "https://login.forening.example",
        "The address of another token server",
        "Adressen på en anden tokenserver",
    ),
];

/// The keys of `smtp`.
pub(super) const SMTP: &[ReferenceKey] = &[
    key(
        "preset",
        Choice(&["microsoft365", "google"]),
        "microsoft365",
        "The host, the login and the rate of a well-known relay",
        "Navn, login og tempo for en kendt mailserver",
    ),
    key("host", Text, "smtp.forening.example", "The name of the relay", "Mailserverens navn"),
    key(
        "port",
        Number,
        "587",
        "Its port; default: 587, with `tls` 465, with `none` 25",
        "Dens port; ellers 587, med `tls` 465, med `none` 25",
    ),
    key(
        "security",
        Choice(SECURITY),
        "starttls",
        "`starttls`: encrypted, or the run stops; `tls`: encrypted from the first byte; `none`: only on this machine",
        "`starttls`: krypteret, eller kørslen stopper; `tls`: krypteret fra første byte; `none`: kun på denne maskine",
    ),
    key(
        "hello",
        Text,
        "mail.forening.example",
        "The name that this machine gives with EHLO; default: its full name",
        "Navnet, maskinen oplyser med EHLO; ellers dens fulde navn",
    ),
    key(
        "username",
        Text,
        "nyhedsbrev@forening.example",
        "The name to log in with; default: no login",
        "Navnet at logge ind med; ellers intet login",
    ),
    key(
        "password_env",
        Text,
        "RELAY_PASSWORD",
        "The environment variable with the password",
        "Miljøvariablen med adgangskoden",
    ),
    key(
        "password_file",
        Text,
        ".newsletter/password",
        "The file with the password, which only its owner can read",
        "Filen med adgangskoden, som kun ejeren kan læse",
    ),
    key(
        "password_command",
        Text,
        "pass show relay",
        "The command that prints the password",
        "Kommandoen, der skriver adgangskoden",
    ),
    LOGIN_METHOD,
    key(
        "connections",
        Number,
        "4",
        "How many connections send at the same time; default: 4",
        "Hvor mange forbindelser der sender samtidig; ellers 4",
    ),
    key(
        "letters_per_connection",
        Number,
        "1000",
        "After how many letters a connection is replaced; default: 1000",
        "Efter hvor mange mails en forbindelse skiftes ud; ellers 1000",
    ),
    key(
        "ca_file",
        Text,
        "ca.pem",
        "The certificates to trust, PEM, for a relay with its own CA",
        "De betroede certifikater, PEM, til en mailserver med sin egen CA",
    ),
    group(
        "timeouts",
        Group(TIMEOUTS),
        "How long to wait for the relay, such as `30s` or `10m`",
        "Hvor længe der ventes på mailserveren, f.eks. `30s` eller `10m`",
    ),
    group("retry", Group(RETRY), "When a deferred letter is tried again", "Hvornår en udsat mail forsøges igen"),
    group("rate", Group(RATE), "How many letters the relay accepts", "Hvor mange mails mailserveren tager imod"),
];

const TIMEOUTS: &[ReferenceKey] = &[
    key("connect", Text, "30s", "For the connection", "På forbindelsen"),
    key("greeting", Text, "5m", "For the relay's first line", "På mailserverens første linje"),
    key("command", Text, "5m", "For the reply to a command", "På svaret på en kommando"),
    key("data", Text, "2m", "For the reply to DATA", "På svaret på DATA"),
    key("body", Text, "3m", "For each part of a letter to be taken", "På, at hver del af en mail bliver taget imod"),
    key("dot", Text, "10m", "For the reply to the end of a letter", "På svaret på slutningen af en mail"),
    key("quit", Text, "5s", "For the reply to QUIT", "På svaret på QUIT"),
];

const RETRY: &[ReferenceKey] = &[
    key(
        "first",
        Text,
        "5m",
        "After how long a deferred letter is tried again for the first time; default: `5m`",
        "Efter hvor lang tid en udsat mail forsøges igen første gang; ellers `5m`",
    ),
    key(
        "give_up",
        Text,
        "2d",
        "After how long it is not tried any more; default: `2d`",
        "Efter hvor lang tid den ikke forsøges mere; ellers `2d`",
    ),
];

const RATE: &[ReferenceKey] = &[
    key("per_minute", Number, "30", "At most this many letters a minute", "Højst så mange mails i minuttet"),
    key("per_day", Number, "10000", "At most this many letters in 24 hours", "Højst så mange mails på 24 timer"),
    key(
        "per_domain",
        NamedTexts(&[]),
        "{gmail.com: 20}",
        "At most this many letters a minute to addresses of a domain",
        "Højst så mange mails i minuttet til adresser i et domæne",
    ),
];

/// The keys of `inbox`.
pub(super) const INBOX: &[ReferenceKey] = &[
    key(
        "maildir",
        Text,
        "/var/mail/retur",
        "A Maildir on this machine, instead of a server",
        "En Maildir på denne maskine i stedet for en server",
    ),
    key("host", Text, "imap.forening.example", "The IMAP server", "IMAP-serveren"),
    key(
        "port",
        Number,
        "993",
        "Its port; default: 993, with `starttls` 143",
        "Dens port; ellers 993, med `starttls` 143",
    ),
    key(
        "security",
        Choice(SECURITY),
        "tls",
        "`tls`: encrypted from the first byte; `starttls`: encrypted, or it stops; `none`",
        "`tls`: krypteret fra første byte; `starttls`: krypteret, ellers stoppes; `none`",
    ),
    key("username", Text, "retur@forening.example", "The name to log in with", "Navnet at logge ind med"),
    key(
        "password_env",
        Text,
        "INBOX_PASSWORD",
        "The environment variable with the password",
        "Miljøvariablen med adgangskoden",
    ),
    key(
        "password_file",
        Text,
        ".newsletter/inbox-password",
        "The file with the password, which only its owner can read",
        "Filen med adgangskoden, som kun ejeren kan læse",
    ),
    key(
        "password_command",
        Text,
        "pass show inbox",
        "The command that prints the password",
        "Kommandoen, der skriver adgangskoden",
    ),
    LOGIN_METHOD,
    key(
        "ca_file",
        Text,
        "ca.pem",
        "The certificates to trust, PEM, for a server with its own CA",
        "De betroede certifikater, PEM, til en server med sin egen CA",
    ),
    key("folder", Text, "INBOX", "The folder that is read; default: `INBOX`", "Mappen, der læses; ellers `INBOX`"),
    key("done", Text, "Newsletter", "The folder that messages are moved to", "Mappen, som mails flyttes til"),
];

/// The keys of `ledger`.
pub(super) const LEDGER: &[ReferenceKey] = &[
    key(
        "url",
        Text,
        "postgres://newsletter@db.forening.example/newsletter",
        "The address of the PostgreSQL database",
        "Adressen på PostgreSQL-databasen",
    ),
    key(
        "password_env",
        Text,
        "LEDGER_PASSWORD",
        "The environment variable with the password",
        "Miljøvariablen med adgangskoden",
    ),
    key(
        "password_file",
        Text,
        ".newsletter/ledger-password",
        "The file with the password, which only its owner can read",
        "Filen med adgangskoden, som kun ejeren kan læse",
    ),
    key(
        "password_command",
        Text,
        "pass show ledger",
        "The command that prints the password",
        "Kommandoen, der skriver adgangskoden",
    ),
    key(
        "schema",
        Text,
        "newsletter",
        "The schema of its tables; default: `newsletter`",
        "Skemaet til dens tabeller; ellers `newsletter`",
    ),
    key(
        "lease",
        Text,
        "60s",
        "After how long without a sign of life another host takes over the letters of a host; default: `60s`",
        "Efter hvor lang tid uden livstegn en anden maskine overtager en maskines mails; ellers `60s`",
    ),
];
