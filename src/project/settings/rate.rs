//! Reads `smtp.rate`: how many letters the relay accepts.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use crate::base::message::message;
use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::base::source::yaml::fields::MappingReader;
use crate::delivery::ledger::rate_limits::RateLimits;

const BAD_RATE: Code = Code("NL146");

pub(super) fn rate(mut reader: MappingReader<'_, '_>) -> RateLimits {
    let per_minute = number(&mut reader, "per_minute");
    let per_day = number(&mut reader, "per_day");
    let per_domain = reader.group("per_domain").map(per_domain).unwrap_or_default();
    reader.finish_or_guess(&[
        ("per_hour", message!("write `per_minute` or `per_day`", "skriv `per_minute` eller `per_day`")),
        (
            "per_second",
            message!("write `per_minute: 60` for one per second", "skriv `per_minute: 60` for en i sekundet"),
        ),
        ("minute", message!("did you mean `per_minute`?", "mente du `per_minute`?")),
        ("day", message!("did you mean `per_day`?", "mente du `per_day`?")),
        ("domains", message!("did you mean `per_domain`?", "mente du `per_domain`?")),
    ]);
    RateLimits { per_minute, per_day, per_domain }
}

fn number(reader: &mut MappingReader<'_, '_>, key: &'static str) -> Option<NonZeroU32> {
    reader.number(key, 1, 10_000_000).and_then(NonZeroU32::new)
}

/// Letters per minute for each domain.
fn per_domain(mut reader: MappingReader<'_, '_>) -> BTreeMap<String, NonZeroU32> {
    let mut rates = BTreeMap::new();
    for (key, most) in reader.rest_texts() {
        let domain = key.value.to_lowercase();
        let most = most.and_then(|text| text.value.parse::<u32>().ok()).and_then(NonZeroU32::new);
        let is_domain =
            domain.contains('.') && domain.chars().all(|sign| sign.is_alphanumeric() || matches!(sign, '.' | '-'));
        if let (Some(most), true) = (most, is_domain) {
            rates.insert(domain, most);
        } else {
            let place = key.place(reader.source());
            let diagnostic = Diagnostic::error(
                BAD_RATE,
                message!(
                    "invalid rate for `{}`: expected a domain and a number of letters",
                    "ugyldig hastighed for `{}`: der skal stå et domæne og et antal mails",
                    key.value
                ),
            );
            reader.report(diagnostic.at(place).hint(message!(
                "write the domain after the @ of addresses: per_domain: {{outlook.com: 60}}",
                "skriv domænet efter @ i adresserne: per_domain: {{outlook.com: 60}}"
            )));
        }
    }
    rates
}
