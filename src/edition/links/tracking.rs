//! Campaign parameters (UTM) in the addresses of links, for the statistics of a website, where the settings ask for them.

use comrak::nodes::{Node, NodeValue};

use crate::edition::context::Campaign;
use crate::edition::url_encoding::percent;
use crate::issue::Issue;
use crate::issue::edition_key::EditionKey;

/// Adds the parameters of the campaign to every `https` link of the text that has none yet.
pub(crate) fn append(root: Node<'_>, campaign: &Campaign, issue: &Issue, key: &EditionKey) {
    let parameters = parameters(campaign, issue, key);
    for node in root.descendants() {
        if let NodeValue::Link(link) = &mut node.data_mut().value
            && takes_parameters(&link.url, campaign)
        {
            link.url = with_parameters(&link.url, &parameters);
        }
    }
}

/// The address without what [`append`] adds to it.
pub(crate) fn without_tracking(url: &str) -> &str {
    url.find("utm_source=").map_or(url, |at| &url[..at.saturating_sub(1)])
}

fn takes_parameters(url: &str, campaign: &Campaign) -> bool {
    // A scheme may be written in capitals (RFC 3986, section 3.1).
    let Some((_, rest)) = url.split_once("://").filter(|(scheme, _)| scheme.eq_ignore_ascii_case("https")) else {
        return false;
    };
    if url.contains("utm_") {
        return false;
    }
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default().to_lowercase();
    let host = host.split(':').next().unwrap_or_default();
    // The dot matters: `www.forening.example` is below `forening.example`, and `enforening.example` is not.
    let is_at_or_below =
        |known: &String| host == known || host.strip_suffix(known).is_some_and(|rest| rest.ends_with('.'));
    campaign.only.is_empty() || campaign.only.iter().any(is_at_or_below)
}

/// An address with more parameters: the query comes before the fragment (RFC 3986, section 3).
fn with_parameters(url: &str, parameters: &str) -> String {
    let (page, fragment) = url.split_once('#').map_or((url, None), |(page, fragment)| (page, Some(fragment)));
    let separator = match (page.contains('?'), page.ends_with(['?', '&'])) {
        (false, _) => "?",
        (true, true) => "",
        (true, false) => "&",
    };
    let fragment = fragment.map_or_else(String::new, |name| format!("#{name}"));
    format!("{page}{separator}{parameters}{fragment}")
}

fn parameters(campaign: &Campaign, issue: &Issue, key: &EditionKey) -> String {
    let filled = |text: &str| {
        let text = text.replace("{issue}", issue.short_name());
        let text = text.replace("{audience}", key.audience.as_str()).replace("{lang}", key.lang.tag());
        let plain = |character: &char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '.' | '~');
        text.chars()
            .map(|character| if plain(&character) { character.to_string() } else { percent(character) })
            .collect::<Vec<_>>()
            .concat()
    };
    let mut parameters = format!(
        "utm_source={}&utm_medium={}&utm_campaign={}",
        filled(&campaign.source),
        filled(&campaign.medium),
        filled(&campaign.name)
    );
    if let Some(content) = &campaign.content {
        parameters.extend(["&utm_content=", &filled(content)]);
    }
    parameters
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_between_the_page_and_the_anchor() {
        for (url, expected) in [
            ("https://a.example", "https://a.example?u=1"),
            ("https://a.example/b?c=d", "https://a.example/b?c=d&u=1"),
            ("https://a.example/b?c=d#e?f", "https://a.example/b?c=d&u=1#e?f"),
            ("https://a.example/?#e", "https://a.example/?u=1#e"),
        ] {
            assert_eq!(with_parameters(url, "u=1"), expected);
        }
    }

    #[test]
    fn only_links_to_the_named_hosts_take_parameters() {
        let mut campaign = Campaign { only: vec!["a.example".into()], ..Campaign::default() };
        for (url, expected) in [
            ("https://a.example", true),
            ("https://www.A.example:443/x", true),
            ("HTTPS://A.EXAMPLE/x", true),
            ("https://b.example", false),
            ("https://evila.example", false),
            ("http://a.example", false),
            ("mailto:x@a.example", false),
            ("https://a.example/?utm_source=x", false),
        ] {
            assert_eq!(takes_parameters(url, &campaign), expected, "{url}");
        }
        campaign.only.clear();
        assert!(takes_parameters("https://b.example", &campaign));
    }
}
