//! The extensions that a relay offers.

use lettre::transport::smtp::response::Response;

use crate::delivery::smtp::options::AuthMechanism;

/// The extensions that matter here, as EHLO named them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Extensions {
    /// STARTTLS.
    pub(super) start_tls: bool,
    /// PIPELINING (RFC 2920): several commands may be sent before the first reply.
    pub(super) pipelining: bool,
    /// SMTPUTF8 (RFC 6531): non-ASCII addresses.
    pub(super) utf8: bool,
    /// SIZE; absent: not offered.
    pub(super) size: Option<SizeLimit>,
    /// The mechanisms of AUTH, in capitals.
    mechanisms: Vec<String>,
}

/// The parameter of SIZE (RFC 1870).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SizeLimit {
    /// The relay does not declare a limit.
    Undeclared,
    /// At most N octets.
    AtMost(usize),
}

impl Extensions {
    /// Reads the reply to EHLO.
    pub(super) fn read(response: &Response) -> Self {
        let mut extensions = Self::default();
        for line in response.message().skip(1) {
            let line = line.to_ascii_uppercase();
            let mut words = line.split_ascii_whitespace();
            match words.next() {
                Some("STARTTLS") => extensions.start_tls = true,
                Some("PIPELINING") => extensions.pipelining = true,
                Some("SMTPUTF8") => extensions.utf8 = true,
                Some("SIZE") => extensions.size = Some(SizeLimit::read(words.next())),
                Some("AUTH") => extensions.mechanisms.extend(words.map(str::to_owned)),
                // Old clients expected an equals sign, and some relays still send both forms.
                Some(word) if word.starts_with("AUTH=") => {
                    extensions
                        .mechanisms
                        .extend(word.strip_prefix("AUTH=").into_iter().chain(words).map(str::to_owned));
                }
                Some(_) | None => {}
            }
        }
        extensions
    }

    /// The mechanism to use: the one that is set, or the best for a password; `None` if the relay does not offer it.
    pub(super) fn mechanism(&self, set: Option<AuthMechanism>) -> Option<AuthMechanism> {
        let offered = |mechanism: &AuthMechanism| {
            let name = match mechanism {
                AuthMechanism::Plain => "PLAIN",
                AuthMechanism::Login => "LOGIN",
                AuthMechanism::XOAuth2 => "XOAUTH2",
            };
            self.mechanisms.iter().any(|offered| offered == name)
        };
        match set {
            Some(mechanism) => Some(mechanism).filter(offered),
            None => [AuthMechanism::Plain, AuthMechanism::Login].into_iter().find(offered),
        }
    }

    /// The offered mechanisms, for a message.
    pub(super) fn mechanisms(&self) -> String {
        if self.mechanisms.is_empty() { "none".to_owned() } else { self.mechanisms.join(", ") }
    }

    /// The largest letter in octets; absent: the relay did not say.
    pub(super) fn limit(&self) -> Option<usize> {
        match self.size {
            Some(SizeLimit::AtMost(limit)) => Some(limit),
            Some(SizeLimit::Undeclared) | None => None,
        }
    }
}

impl SizeLimit {
    fn read(word: Option<&str>) -> Self {
        // RFC 1870 §3: zero declares no limit either.
        match word.and_then(|word| word.parse().ok()) {
            Some(0) | None => Self::Undeclared,
            Some(limit) => Self::AtMost(limit),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ehlo_is_read() {
        let answer = "250-relay.example STARTTLS\r\n250-size 1000\r\n250-\r\n250-   \r\n250-AUTH LOGIN XOAUTH2\r\n\
                      250-AUTH=PLAIN LOGIN\r\n250-PIPELINING\r\n250 SMTPUTF8\r\n";
        let extensions = Extensions::read(&answer.parse().unwrap());
        assert_eq!(
            (extensions.start_tls, extensions.pipelining, extensions.utf8, extensions.limit()),
            (false, true, true, Some(1000))
        );
        assert_eq!(extensions.mechanism(None), Some(AuthMechanism::Plain));
        assert_eq!(extensions.mechanism(Some(AuthMechanism::Login)), Some(AuthMechanism::Login));
        assert_eq!(extensions.mechanism(Some(AuthMechanism::XOAuth2)), Some(AuthMechanism::XOAuth2));
        assert_eq!(extensions.mechanisms(), "LOGIN, XOAUTH2, PLAIN, LOGIN");
    }

    #[test]
    fn a_relay_without_extensions_offers_nothing() {
        let extensions = Extensions::read(&"250 relay.example\r\n".parse().unwrap());
        assert_eq!(extensions, Extensions::default());
        assert_eq!((extensions.mechanism(None), extensions.mechanisms()), (None, "none".to_owned()));
    }

    #[test]
    fn a_size_of_zero_is_not_a_limit() {
        for word in ["SIZE", "SIZE 0", "SIZE viel"] {
            let extensions = Extensions::read(&format!("250-relay.example\r\n250 {word}\r\n").parse().unwrap());
            assert_eq!((extensions.size, extensions.limit()), (Some(SizeLimit::Undeclared), None));
        }
    }
}
