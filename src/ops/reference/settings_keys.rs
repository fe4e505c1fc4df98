//! The keys of `newsletter.yaml`.

use crate::ops::reference::audience_keys::{COLUMNS, LISTS_OF_COLUMNS, PEOPLE};
use crate::ops::reference::key::KeyShape::{
    Any, Choice, Group, Groups, Named, NamedTexts, Number, PerLanguage, Text, TextOrGroup, TextOrTexts, Texts, Word,
};
use crate::ops::reference::key::{ReferenceKey, group, joined, key, language};
use crate::ops::reference::server_keys::{INBOX, LEDGER, OAUTH, SMTP};

/// All keys of `newsletter.yaml`.
pub(super) const SETTINGS: &[ReferenceKey] = &[
    key(
        "name",
        Text,
        "Vores nyhedsbrev",
        "The name of the newsletter, shown in the footer",
        "Nyhedsbrevets navn, som står i bunden",
    ),
    key(
        "from",
        Text,
        "Foreningen <nyt@forening.example>",
        "The sender: a name and an address in angle brackets",
        "Afsenderen: et navn og en adresse i vinkelparenteser",
    ),
    key(
        "postal_address",
        Text,
        "\"Foreningen, Gadevej 1, 8000 Aarhus C\"",
        "The sender's postal address, shown in the footer of every letter",
        "Afsenderens postadresse, som står i bunden af alle mails",
    ),
    key(
        "reply_to",
        Text,
        "svar@forening.example",
        "The address that replies go to; default: that of `from`",
        "Adressen, som svar går til; ellers den fra `from`",
    ),
    key(
        "bounces_to",
        Text,
        "retur@forening.example",
        "The address that bounces go to; with `{token}`, each letter has its own; default: that of `from`",
        "Adressen, som afvisninger går til; med `{token}` får hver mail sin egen; ellers den fra `from`",
    ),
    language(
        "lang",
        "The language of readers who have none of their own",
        "Sproget for læsere, der ikke har deres eget",
    ),
    key(
        "timezone",
        Text,
        "Europe/Copenhagen",
        "The time zone of times that name none; default: `Europe/Copenhagen`",
        "Tidszonen for tidspunkter uden; ellers `Europe/Copenhagen`",
    ),
    key(
        "theme",
        Word(THEMES),
        "letter",
        "`default`, `letter`, `bulletin`, `magazine`, or a folder in `templates/`",
        "`default`, `letter`, `bulletin`, `magazine` eller en mappe i `templates/`",
    ),
    group(
        "brand",
        Group(BRAND),
        "The sender's colour, logo, font and links",
        "Afsenderens farve, logo, skrifttype og links",
    ),
    group(
        "series",
        Named(SERIES),
        "Newsletters with a name, a sender and audiences of their own",
        "Nyhedsbreve med eget navn, egen afsender og egne målgrupper",
    ),
    group(
        "greeting",
        PerLanguage(GREETINGS),
        "The greeting at the top of letters, by language",
        "Hilsenen øverst i mails, for hvert sprog",
    ),
    group(
        "links",
        Group(&[group(
            "utm",
            Group(UTM),
            "Campaign parameters for web statistics",
            "Kampagneparametre til webstatistik",
        )]),
        "What is added to links",
        "Det, der føjes til links",
    ),
    key(
        "public_url",
        Text,
        "https://forening.example/nyhedsbrev",
        "The https address of the folder `public/`; without it, pictures are sent in the letters",
        "https-adressen på mappen `public/`; uden den sendes billeder i mailen",
    ),
    key(
        "ignore",
        NamedTexts(&[]),
        "{NL530: \"vi skriver den aldrig\"}",
        "Warnings that are turned off, each with the reason",
        "Advarsler, der er slået fra, hver med en grund",
    ),
    key(
        "archive_url",
        Text,
        "https://forening.example/nyhedsbrev/{issue}/",
        "The https address of issues on the web, with `{issue}` in it",
        "https-adressen på nyhedsbreve på nettet, med `{issue}` i",
    ),
    group("web", Group(WEB), "What pages on the web link to", "Det, sider på nettet linker til"),
    group("paths", Group(PATHS), "The folders of the project's files", "Mapperne til projektets filer"),
    group(
        "smtp",
        Group(SMTP),
        "The relay that letters are sent through; without it, they are written to `outbox/`",
        "Mailserveren, der sendes gennem; uden den skrives mails til `outbox/`",
    ),
    group("dkim", Groups(DKIM), "The keys that sign each letter", "Nøglerne, der signerer hver mail"),
    key(
        "rules",
        Any,
        "{chefs: {role: chef}}",
        "Named rules, which audiences refer to",
        "Regler med navn, som målgrupper henviser til",
    ),
    group(
        "lists",
        NamedTexts(NAMED_LIST),
        "Named lists of people, which audiences refer to",
        "Lister med navn, som målgrupper henviser til",
    ),
    key(
        "require_consent",
        Choice(&["true", "warn", "false"]),
        "warn",
        "What happens to readers without a consent: they stop the issue (`true`), are reported (`warn`), or neither (`false`)",
        "Hvad der sker ved læsere uden samtykke: de stopper nyhedsbrevet (`true`), meldes (`warn`) eller ingen af delene (`false`)",
    ),
    key(
        "consent_expires",
        Text,
        "24 months",
        "How long a consent is valid; default: for ever",
        "Hvor længe et samtykke gælder; ellers for altid",
    ),
    group(
        "consent_texts",
        Named(CONSENT_TEXT),
        "The texts that people agreed to, by version",
        "Teksterne, som folk har sagt ja til, for hver version",
    ),
    group("unsubscribe", Group(UNSUBSCRIBE), "How readers unsubscribe", "Hvordan læserne afmelder sig"),
    group(
        "oauth",
        Group(OAUTH),
        "Where tokens for the relay and the mailbox come from, instead of passwords",
        "Hvor tokens til mailserveren og postkassen kommer fra, i stedet for adgangskoder",
    ),
    group(
        "inbox",
        Group(INBOX),
        "The mailbox in which bounces and mails to unsubscribe arrive",
        "Postkassen, hvor afvisninger og afmeldinger kommer",
    ),
    group(
        "bounces",
        Group(&[key(
            "soft_limit",
            Number,
            "5",
            "After how many letters in a row that did not arrive a reader is suppressed",
            "Efter hvor mange mails i træk, der ikke nåede frem, en læser spærres",
        )]),
        "When a reader whose letters come back is suppressed",
        "Hvornår en læser, hvis mails kommer retur, spærres",
    ),
    group(
        "limits",
        Group(LIMITS),
        "When a run pauses, and how many letters readers should get",
        "Hvornår en kørsel holder pause, og hvor mange mails læserne bør få",
    ),
    group(
        "ledger",
        TextOrGroup(LEDGER),
        "Where the record of sent letters is: `sqlite:PATH`, or a PostgreSQL database",
        "Hvor sendebogen (ledger) er: `sqlite:STI` eller en PostgreSQL-database",
    ),
    key(
        "retention",
        Text,
        "24 months",
        "How long the ledger keeps who got what; default: for ever",
        "Hvor længe sendebogen (ledger) gemmer, hvem der fik hvad; ellers for altid",
    ),
    key(
        "grace",
        Text,
        "6h",
        "How long after its `send_at` `run` still sends an issue; default: `6h`",
        "Hvor længe efter `send_at` `run` stadig sender et nyhedsbrev; ellers `6h`",
    ),
    key(
        "notify",
        Texts,
        "[karen@forening.example]",
        "Addresses that get a mail when an issue is done or blocked",
        "Adresser, der får en mail, når et nyhedsbrev er sendt eller stoppet",
    ),
    key(
        "send_host",
        TextOrTexts,
        "mail.forening.example",
        "The machines that may send, as `hostname` prints them",
        "De maskiner, der må sende, som `hostname` skriver dem",
    ),
    group(
        "approval",
        TextOrGroup(APPROVAL),
        "Who must approve an issue before it is sent: `required`, or these keys",
        "Hvem der skal godkende et nyhedsbrev, før det sendes: `required` eller disse felter",
    ),
];

/// The built-in themes.
pub(super) const THEMES: &[&str] = &["default", "letter", "bulletin", "magazine"];

const BRAND: &[ReferenceKey] = &[
    key(
        "colour",
        Text,
        "\"#3A7F3B\"",
        "The colour that all others are made from: `#` and six digits, in quotes",
        "Farven, som alle andre laves af: `#` og seks tegn, i anførselstegn",
    ),
    group(
        "logo",
        TextOrGroup(LOGO),
        "The logo: a file in the project, or an https address",
        "Logoet: en fil i projektet eller en https-adresse",
    ),
    key("font", Text, "Georgia", "The font of the letters, as in CSS", "Skrifttypen i mails, som i CSS"),
    key(
        "links",
        Any,
        "{Om os: \"https://forening.example/\"}",
        "The links in the footer: a text and an address each",
        "Linkene i bunden: en tekst og en adresse til hver",
    ),
];

const LOGO: &[ReferenceKey] = &[
    key("file", Text, "logo.png", "The logo on a light background", "Logoet på lys baggrund"),
    key("dark", Text, "logo-dark.png", "The logo on a dark background", "Logoet på mørk baggrund"),
];

const SERIES: &[ReferenceKey] = &[
    key("name", Text, "OS2forms-nyt", "The name of the series", "Seriens navn"),
    key(
        "from",
        Text,
        "Foreningen <nyt@forening.example>",
        "Its sender; default: that of the newsletter",
        "Dens afsender; ellers nyhedsbrevets",
    ),
    key("reply_to", Text, "svar@forening.example", "Where replies to it go", "Hvor svar på den går hen"),
    group("brand", Group(BRAND), "Its appearance, where it differs", "Dens udseende, hvor det er anderledes"),
    key("audiences", Texts, "[members]", "The audiences of issues that name none", "Målgrupperne for nyhedsbreve uden"),
];

const GREETINGS: &[ReferenceKey] = &[
    key(
        "with_name",
        Text,
        "\"Kære {{ first_name }}\"",
        "For readers whose name is known, with `{{ first_name }}` in it",
        "Til læsere med kendt navn, med `{{ first_name }}` i",
    ),
    key("without_name", Text, "Kære læser", "For readers without a name", "Til læsere uden navn"),
];

const UTM: &[ReferenceKey] = &[
    key("source", Text, "nyhedsbrev", "The value of `utm_source`", "Værdien af `utm_source`"),
    key("medium", Text, "email", "The value of `utm_medium`", "Værdien af `utm_medium`"),
    key("campaign", Text, "\"{issue}\"", "The value of `utm_campaign`", "Værdien af `utm_campaign`"),
    key("content", Text, "\"{audience}\"", "The value of `utm_content`", "Værdien af `utm_content`"),
    key("only", Texts, "[forening.example]", "The sites whose links get them", "De hjemmesider, hvis links får dem"),
];

const WEB: &[ReferenceKey] = &[key(
    "accessibility_statement",
    Text,
    "https://forening.example/tilgaengelighed",
    "The https address of the accessibility statement that every page links to",
    "https-adressen på tilgængelighedserklæringen, som alle sider linker til",
)];

const PATHS: &[ReferenceKey] = &[
    key("audiences", Text, "audiences", "The folder of audiences", "Mappen med målgrupper"),
    key("issues", Text, "issues", "The folder of issues", "Mappen med nyhedsbreve"),
    key(
        "templates",
        Text,
        "templates",
        "The folder of themes and kinds of issues",
        "Mappen med temaer og typer af nyhedsbreve",
    ),
    key("snippets", Text, "snippets", "The folder of snippets", "Mappen med tekstbidder"),
];

const DKIM: &[ReferenceKey] = &[
    key(
        "domain",
        Text,
        "forening.example",
        "The domain that signs: that of `from`, or of the same organisation",
        "Domænet, der signerer: det fra `from` eller et fra samme organisation",
    ),
    key(
        "selector",
        Text,
        "newsletter",
        "The name of the key: its DNS record is at SELECTOR._domainkey.DOMAIN",
        "Nøglens navn: dens DNS-post er på SELEKTOR._domainkey.DOMÆNE",
    ),
    key(
        "key_file",
        Text,
        ".newsletter/dkim/newsletter.pem",
        "The file with the private key, which only its owner can read",
        "Filen med den private nøgle, som kun ejeren kan læse",
    ),
];

const NAMED_LIST: &[ReferenceKey] = &joined::<13>(&PEOPLE, &[COLUMNS, LISTS_OF_COLUMNS]);

const CONSENT_TEXT: &[ReferenceKey] = &[
    key("file", Text, "consent/2026.md", "The file with the text", "Filen med teksten"),
    key(
        "sha256",
        Text,
        "\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\"",
        "The digest of the file, so that no one changes it",
        "Filens fingeraftryk, så ingen ændrer den",
    ),
];

const UNSUBSCRIBE: &[ReferenceKey] = &[
    key(
        "mailto",
        Text,
        "afmeld@forening.example",
        "The address of mails to unsubscribe",
        "Adressen til afmeldinger pr. mail",
    ),
    key(
        "url",
        Text,
        "\"https://nyt.forening.example/{token}\"",
        "The https address of the page, with `{token}` in it",
        "https-adressen på siden, med `{token}` i",
    ),
    key(
        "secret_env",
        Text,
        "NEWSLETTER_SECRET",
        "The environment variable with the key of the tokens",
        "Miljøvariablen med nøglen til koderne",
    ),
    key(
        "secret_file",
        Text,
        ".newsletter/secret",
        "The file with the key of the tokens",
        "Filen med nøglen til koderne",
    ),
    key("listen", Text, "\"127.0.0.1:8095\"", "Where `serve` listens", "Hvor `serve` lytter"),
    key(
        "spool",
        Text,
        "/var/spool/newsletter",
        "The folder of requests that `serve` keeps on a host without the ledger",
        "Mappen med afmeldinger, som `serve` gemmer på en maskine uden sendebogen (ledger)",
    ),
    key(
        "access_log",
        TextOrTexts,
        "/var/log/nginx/access.log",
        "The logs of a web server in which requests are found",
        "Logfiler fra en webserver, hvor afmeldinger findes",
    ),
];

const LIMITS: &[ReferenceKey] = &[
    key(
        "refused",
        Text,
        "5%",
        "A run pauses when the relay refuses more than this; `off`: never",
        "En kørsel holder pause, når mailserveren afviser mere end dette; `off`: aldrig",
    ),
    key(
        "per_week",
        Number,
        "2",
        "How many letters a week a reader should get at most",
        "Hvor mange mails om ugen en læser højst bør få",
    ),
];

const APPROVAL: &[ReferenceKey] = &[
    key(
        "by",
        Texts,
        "[Karen Holm, Erik Juhl]",
        "The names or addresses of those who may approve",
        "Navne eller adresser på dem, der må godkende",
    ),
    key("count", Number, "1", "How many of them must", "Hvor mange af dem der skal"),
];
