//! Domains that are reserved for examples and tests: no mail reaches them.

/// RFC 2606 §2 and RFC 6761 §6.
const TOP_LEVELS: [&str; 4] = ["test", "example", "invalid", "localhost"];
/// RFC 2606 §3.
const SECOND_LEVELS: [&str; 3] = ["example.com", "example.net", "example.org"];

/// Whether a domain or the name of a host, in ASCII, is reserved or below a reserved one.
pub fn is_reserved(domain: &str) -> bool {
    let domain = domain.trim_end_matches('.').to_ascii_lowercase();
    let is_below = |name: &str| domain.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    TOP_LEVELS.into_iter().chain(SECOND_LEVELS).any(is_below)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_names_and_all_below_them_are_known() {
        for domain in
            ["example", "forening.example", "Example.COM", "mail.example.org.", "example.net", "a.test", "x.invalid"]
        {
            assert!(is_reserved(domain), "{domain}");
        }
        for domain in ["localhost", "nyt.localhost", "b.TEST"] {
            assert!(is_reserved(domain), "{domain}");
        }
        for domain in ["example.dk", "myexample.com", "latest", "test.dk", "example.com.au", "localhost.dk", ""] {
            assert!(!is_reserved(domain), "{domain}");
        }
    }
}
