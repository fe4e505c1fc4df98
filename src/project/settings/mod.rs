//! Reads `newsletter.yaml`, one file per group of keys.

pub mod approval;
pub mod archive;
mod brand;
pub mod consent;
pub mod dkim;
mod greeting;
pub mod inbox;
pub mod ledger;
mod limits;
mod links;
pub mod mail_server;
pub mod oauth;
mod oauth_use;
mod rate;
pub mod relay;
pub(crate) mod required;
mod scaffold_values;
pub mod sending;
pub mod series;
#[cfg(test)]
mod tests;
pub mod unsubscribe;
pub mod web;

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::Span;
use jiff::tz::TimeZone;

use crate::audience::named_lists::NamedLists;
use crate::audience::rules::Rules;
use crate::audience::shared::SharedParts;
use crate::base::language::Lang;
use crate::base::message::{Message, UserLanguage, message};
use crate::base::secret::SecretSource;
use crate::base::source::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::base::source::exemption::Exemptions;
use crate::base::source::span::Spanned;
use crate::base::source::text::Source;
use crate::base::source::yaml;
use crate::base::source::yaml::fields::MappingReader;
use crate::edition::context::{Brand, Campaign, Greeting};
use crate::issue::series::SeriesId;
use crate::letter::return_path::ReturnPath;
use crate::people::person::mailbox::Mailbox;
use crate::project::settings::consent::ConsentSettings;
use crate::project::settings::dkim::DkimKey;
use crate::project::settings::inbox::InboxSettings;
use crate::project::settings::ledger::LedgerSettings;
use crate::project::settings::limits::FailureLimits;
use crate::project::settings::mail_server::{MailCredential, TokenOrigin};
use crate::project::settings::oauth::{OAuthGrant, OAuthSettings};
use crate::project::settings::relay::RelaySettings;
use crate::project::settings::required::{optional, required};
use crate::project::settings::sending::SendingSettings;
use crate::project::settings::series::Series;
use crate::project::settings::unsubscribe::UnsubscribeSettings;
use crate::project::settings::web::WebSettings;

const BAD_TIMEZONE: Code = Code("NL103");
const BAD_PUBLIC_URL: Code = Code("NL545");

/// Keys that authors write for others, with a hint.
const COMMON_MISTAKES: [(&str, Message); 16] = [
    (
        "transport",
        Message::fixed(
            "delete it: letters go to a relay if there is `smtp:`, otherwise to the folder outbox/",
            "slet det: mails går til en mailserver, hvis der er `smtp:`, ellers til mappen outbox/",
        ),
    ),
    (
        "host",
        Message::fixed(
            "`host` belongs under `smtp:`, indented with 2 spaces",
            "`host` hører til under `smtp:`, rykket ind med 2 mellemrum",
        ),
    ),
    (
        "port",
        Message::fixed(
            "`port` belongs under `smtp:`, indented with 2 spaces, and is 1 to 65535",
            "`port` hører til under `smtp:`, rykket ind med 2 mellemrum, og er 1 til 65535",
        ),
    ),
    (
        "security",
        Message::fixed(
            "`security` belongs under `smtp:`, indented with 2 spaces",
            "`security` hører til under `smtp:`, rykket ind med 2 mellemrum",
        ),
    ),
    (
        "tls",
        Message::fixed(
            "write `security: starttls`, `security: tls` or `security: none` under `smtp:`",
            "skriv `security: starttls`, `security: tls` eller `security: none` under `smtp:`",
        ),
    ),
    (
        "username",
        Message::fixed(
            "`username` belongs under `smtp:`, indented with 2 spaces",
            "`username` hører til under `smtp:`, rykket ind med 2 mellemrum",
        ),
    ),
    (
        "password",
        Message::fixed(
            "write no password in this file: put it in a file, `chmod 600`, named by `password_file` under `smtp:`",
            "skriv ingen adgangskode i denne fil: læg den i en fil, `chmod 600`, som `password_file` under `smtp:` nævner",
        ),
    ),
    (
        "retry",
        Message::fixed(
            "`retry` belongs under `smtp:`, indented with 2 spaces",
            "`retry` hører til under `smtp:`, rykket ind med 2 mellemrum",
        ),
    ),
    ("relay", Message::fixed("did you mean `smtp`?", "mente du `smtp`?")),
    ("sender", Message::fixed("did you mean `from`?", "mente du `from`?")),
    ("address", Message::fixed("did you mean `postal_address`?", "mente du `postal_address`?")),
    ("language", Message::fixed("did you mean `lang`?", "mente du `lang`?")),
    (
        "accessibility_statement",
        Message::fixed(
            "`accessibility_statement` belongs under `web:`, indented with 2 spaces",
            "`accessibility_statement` hører til under `web:`, rykket ind med 2 mellemrum",
        ),
    ),
    ("navn", Message::fixed("did you mean `name`?", "mente du `name`?")),
    ("afsender", Message::fixed("did you mean `from`?", "mente du `from`?")),
    ("adresse", Message::fixed("did you mean `postal_address`?", "mente du `postal_address`?")),
];

/// The settings in `newsletter.yaml`.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The name of the newsletter.
    pub name: String,
    /// The sender.
    pub from: Mailbox,
    /// The sender's postal address for the footer, which the law requires; its lines as written.
    pub postal_address: String,
    /// Where replies go; absent: to `from`.
    pub reply_to: Option<Mailbox>,
    /// The envelope's sender, where bounces go; absent: the address of `from`.
    pub bounces_to: Option<ReturnPath>,
    /// The language of readers who have no other.
    pub lang: Lang,
    /// The language of the program's output for the project's users; absent: not set.
    pub user_language: Option<UserLanguage>,
    /// The zone of times without one.
    pub timezone: TimeZone,
    /// The theme; absent: the built-in one.
    pub theme: Option<Spanned<String>>,
    /// The sender's appearance.
    pub brand: Brand,
    /// The series.
    pub series: BTreeMap<SeriesId, Series>,
    /// The greetings per language; a language that is absent has its default.
    pub greeting: Option<Spanned<BTreeMap<Lang, Greeting>>>,
    /// The parameters that links get for a web site's statistics; absent: none.
    pub campaign: Option<Campaign>,
    /// Where the folder `public/` is on the web, without a slash at its end; absent: pictures are embedded in the letters.
    pub public_url: Option<String>,
    /// The warnings that are turned off for every issue.
    pub ignore: Exemptions,
    /// Where issues are on the web, with `{issue}` and a slash at its end; absent: nowhere.
    pub archive_url: Option<String>,
    /// What pages on the web link to.
    pub web: WebSettings,
    /// The folders of the project's files.
    pub paths: ProjectPaths,
    /// The relay; absent: letters are written to `outbox/`.
    pub smtp: Option<RelaySettings>,
    /// Where access tokens for the relay and the mailbox come from; absent: from their commands.
    pub oauth: Option<OAuthSettings>,
    /// The keys that each letter is signed with; none: only the relay may sign.
    pub dkim: Vec<DkimKey>,
    /// The rules and lists that audiences refer to by name.
    pub shared: SharedParts,
    /// The requirements for recipients' consent, and the texts that they agreed to.
    pub consent: ConsentSettings,
    /// How readers unsubscribe.
    pub unsubscribe: UnsubscribeSettings,
    /// The mailbox from which feedback is read; absent: none.
    pub inbox: Option<InboxSettings>,
    /// How many letters may fail before a reader is suppressed, or a run pauses.
    pub failures: FailureLimits,
    /// How many letters a week a reader should get at most, over all series; absent: any number.
    pub per_week: Option<u64>,
    /// Where the ledger is kept.
    pub ledger: LedgerSettings,
    /// How long the ledger keeps personal data; absent: for ever.
    pub retention: Option<Span>,
    /// When and where issues are sent.
    pub sending: SendingSettings,
}

/// The folders of the project's files, relative to the project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectPaths {
    /// The audiences.
    pub audiences: PathBuf,
    /// The issues.
    pub issues: PathBuf,
    /// The themes.
    pub templates: PathBuf,
    /// The snippets.
    pub snippets: PathBuf,
}

impl Default for ProjectPaths {
    fn default() -> Self {
        Self {
            audiences: "audiences".into(),
            issues: "issues".into(),
            templates: "templates".into(),
            snippets: "snippets".into(),
        }
    }
}

impl Settings {
    /// Reads `newsletter.yaml`. All problems are reported; returns `None` if one of them is an error.
    pub fn parse(source: &Source) -> (Option<Self>, Diagnostics) {
        let mut diagnostics = Diagnostics::new();
        let settings = match yaml::parse(source) {
            Ok(node) => MappingReader::new(source, &node, &Message::verbatim("newsletter.yaml"), &mut diagnostics)
                .and_then(read),
            Err(faults) => {
                diagnostics.extend(faults);
                None
            }
        };
        diagnostics.sort();
        let settings = settings.filter(|_| !diagnostics.has_errors());
        (settings, diagnostics)
    }

    /// The passwords of the relay and the mailbox, and the application's that gets their tokens.
    pub fn login_secrets(&self) -> Vec<&SecretSource> {
        let relay = self.smtp.as_ref().and_then(|smtp| smtp.login.as_ref());
        let mailbox = self.inbox.as_ref().and_then(|inbox| match inbox {
            InboxSettings::Imap(imap) => Some(&imap.login),
            InboxSettings::Maildir(_) => None,
        });
        let passwords = relay.into_iter().chain(mailbox).filter_map(|login| match &login.credential {
            MailCredential::Password(source) => Some(source),
            MailCredential::AccessToken => None,
        });
        let of_application = self.oauth.iter().filter_map(|oauth| match &oauth.grant {
            OAuthGrant::Application { secret, .. } => Some(secret),
            OAuthGrant::Device { .. } | OAuthGrant::ServiceAccount { .. } => None,
        });
        passwords.chain(of_application).collect()
    }
}

fn read(mut reader: MappingReader<'_, '_>) -> Option<Settings> {
    let name = required(&mut reader, "name", "Vores nyhedsbrev", MappingReader::text);
    let from = required(&mut reader, "from", "Vores nyhedsbrev <nyhedsbrev@forening.example>", MappingReader::value);
    let postal_address =
        required(&mut reader, "postal_address", "Foreningen, Gadevej 1, 8000 Aarhus C", MappingReader::paragraph);
    let (reply_to, bounces_to) = (optional(&mut reader, "reply_to"), optional(&mut reader, "bounces_to"));
    let lang: Option<Lang> = optional(&mut reader, "lang");
    let timezone = timezone(&mut reader);
    let theme = reader.text("theme");
    let brand = reader.group("brand").map_or_else(Brand::default, |keys| brand::brand(keys, &Brand::default()));
    let series = series::read(&mut reader, &brand);
    let greeting = greeting::greeting(&mut reader);
    let campaign = reader.group("links").and_then(links::campaign);
    let (public_url, ignore) =
        (public_url(&mut reader), reader.group("ignore").map(Exemptions::read).unwrap_or_default());
    let (archive_url, web) = (archive::url(&mut reader), reader.group("web").map(web::read).unwrap_or_default());
    let paths = reader.group("paths").map(paths).unwrap_or_default();
    let servers = mail_servers(&mut reader);
    let relay = servers.as_ref().and_then(|servers| servers.smtp.as_ref());
    scaffold_values::check(&mut reader, relay, from.as_ref(), postal_address.as_deref());
    let dkim = dkim::keys(&mut reader, from.as_ref());
    let (shared, consent) = (shared(&mut reader), consent::read(&mut reader));
    let unsubscribe = reader.group("unsubscribe").map(unsubscribe::read).unwrap_or_default();
    let (limits, ledger) = (limits::read(&mut reader), ledger::read(&mut reader));
    let (retention, sending) = (optional(&mut reader, "retention"), sending::read(&mut reader));
    reader.finish_or_guess(&COMMON_MISTAKES);
    let MailServers { smtp, oauth, inbox } = servers?;
    Some(Settings {
        name: name?,
        from: from?,
        postal_address: postal_address?,
        reply_to,
        bounces_to,
        lang: lang.unwrap_or_default(),
        user_language: lang.map(Lang::user_language),
        timezone: timezone?,
        theme,
        brand,
        series,
        greeting,
        campaign,
        public_url,
        ignore,
        archive_url,
        web,
        paths,
        smtp,
        oauth,
        dkim,
        shared,
        consent,
        unsubscribe,
        inbox,
        failures: limits.failures,
        per_week: limits.per_week,
        ledger: ledger?,
        retention,
        sending,
    })
}

/// The servers that mail is sent and read through.
struct MailServers {
    smtp: Option<RelaySettings>,
    oauth: Option<OAuthSettings>,
    inbox: Option<InboxSettings>,
}

/// An invalid relay invalidates all settings: letters must not go to the outbox by mistake.
fn mail_servers(reader: &mut MappingReader<'_, '_>) -> Option<MailServers> {
    let tokens = if reader.has("oauth") { TokenOrigin::Project } else { TokenOrigin::Command };
    let oauth = reader.group("oauth").and_then(oauth::read);
    let has_relay = reader.has("smtp");
    let smtp = reader.group("smtp").and_then(|group| relay::read(group, tokens));
    let inbox = reader.group("inbox").and_then(|group| inbox::read(group, tokens));
    oauth_use::check(reader, oauth.as_ref(), smtp.as_ref(), inbox.as_ref());
    (smtp.is_some() || !has_relay).then_some(MailServers { smtp, oauth, inbox })
}

fn shared(reader: &mut MappingReader<'_, '_>) -> SharedParts {
    SharedParts {
        rules: reader.group("rules").map(Rules::read).unwrap_or_default(),
        lists: reader.group("lists").map(NamedLists::read).unwrap_or_default(),
    }
}

fn timezone(reader: &mut MappingReader<'_, '_>) -> Option<TimeZone> {
    let text = reader.text("timezone");
    let name = text.as_ref().map_or("Europe/Copenhagen", |text| &text.value);
    match (TimeZone::get(name), text) {
        (Ok(zone), _) => Some(zone),
        (Err(_), None) => Some(TimeZone::UTC),
        (Err(_), Some(text)) => {
            let diagnostic =
                Diagnostic::error(BAD_TIMEZONE, message!("unknown time zone `{}`", "ukendt tidszone `{}`", text.value));
            reader.report(diagnostic.at(text.place).hint(message!(
                "write it like this: timezone: Europe/Copenhagen",
                "skriv det sådan: timezone: Europe/Copenhagen"
            )));
            None
        }
    }
}

fn public_url(reader: &mut MappingReader<'_, '_>) -> Option<String> {
    let text = reader.text("public_url")?;
    let url = text.value.trim_end_matches('/');
    let plain = |sign: char| sign.is_ascii_alphanumeric() || "-._~/:%@+".contains(sign);
    let host = url.strip_prefix("https://").filter(|host| host.chars().all(plain));
    if host.is_some_and(|host| host.starts_with(|sign: char| sign.is_ascii_alphanumeric())) {
        return Some(url.to_owned());
    }
    let diagnostic = Diagnostic::error(
        BAD_PUBLIC_URL,
        message!("`public_url` must be the https URL of a folder", "`public_url` skal være https-adressen på en mappe"),
    );
    reader.report(diagnostic.at(text.place).hint(message!(
        "write it like this: public_url: https://forening.example/nyhedsbrev",
        "skriv det sådan: public_url: https://forening.example/nyhedsbrev"
    )));
    None
}

fn paths(mut reader: MappingReader<'_, '_>) -> ProjectPaths {
    let usual = ProjectPaths::default();
    let paths = ProjectPaths {
        audiences: reader.path("audiences").unwrap_or(usual.audiences),
        issues: reader.path("issues").unwrap_or(usual.issues),
        templates: reader.path("templates").unwrap_or(usual.templates),
        snippets: reader.path("snippets").unwrap_or(usual.snippets),
    };
    reader.finish();
    paths
}
