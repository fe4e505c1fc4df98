//! What a relay says it can do.

use lettre::transport::smtp::response::Response;

use crate::delivery::smtp::options::AuthMechanism;

/// The extensions that matter here, as EHLO named them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Extensions {
    /// STARTTLS.
    pub(super) start_tls: bool,
    /// PIPELINING (RFC 2920): several commands may be said before the first is answered.
    pub(super) pipelining: bool,
    /// SMTPUTF8: addresses beyond ASCII.
    pub(super) utf8: bool,
    /// SIZE; absent: not offered.
    pub(super) size: Option<SizeLimit>,
    /// The kinds of login, in capitals.
    logins: Vec<String>,
}

/// What SIZE says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SizeLimit {
    /// The relay does not say how much it takes.
    Unsaid,
    /// At most so many octets.
    AtMost(usize),
}

impl Extensions {
    /// Reads the answer to EHLO.
    pub(super) fn read(response: &Response) -> Self {
        let mut offers = Self::default();
        for line in response.message().skip(1) {
            let line = line.to_ascii_uppercase();
            let mut words = line.split_ascii_whitespace();
            match words.next() {
                Some("STARTTLS") => offers.start_tls = true,
                Some("PIPELINING") => offers.pipelining = true,
                Some("SMTPUTF8") => offers.utf8 = true,
                Some("SIZE") => offers.size = Some(SizeLimit::read(words.next())),
                Some("AUTH") => offers.logins.extend(words.map(str::to_owned)),
                // Old clients wanted it with an equals sign, and some relays still say both.
                Some(word) if word.starts_with("AUTH=") => {
                    offers.logins.extend(word.strip_prefix("AUTH=").into_iter().chain(words).map(str::to_owned));
                }
                Some(_) | None => {}
            }
        }
        offers
    }

    /// The kind of login to use: the one that was asked for, or the best for a password.
    pub(super) fn login(&self, wanted: Option<AuthMechanism>) -> Option<AuthMechanism> {
        let offered = |auth: &AuthMechanism| {
            let name = match auth {
                AuthMechanism::Plain => "PLAIN",
                AuthMechanism::Login => "LOGIN",
                AuthMechanism::XOAuth2 => "XOAUTH2",
            };
            self.logins.iter().any(|it| it == name)
        };
        match wanted {
            Some(auth) => Some(auth).filter(offered),
            None => [AuthMechanism::Plain, AuthMechanism::Login].into_iter().find(offered),
        }
    }

    /// The kinds of login, for a person.
    pub(super) fn logins(&self) -> String {
        if self.logins.is_empty() { "none".to_owned() } else { self.logins.join(", ") }
    }

    /// The most octets a letter may have; absent: nobody said.
    pub(super) fn limit(&self) -> Option<usize> {
        match self.size {
            Some(SizeLimit::AtMost(limit)) => Some(limit),
            Some(SizeLimit::Unsaid) | None => None,
        }
    }
}

impl SizeLimit {
    fn read(word: Option<&str>) -> Self {
        // RFC 1870 §3: nought, too, says nothing.
        match word.and_then(|it| it.parse().ok()) {
            Some(0) | None => Self::Unsaid,
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
        let offers = Extensions::read(&answer.parse().unwrap());
        assert_eq!((offers.start_tls, offers.pipelining, offers.utf8, offers.limit()), (false, true, true, Some(1000)));
        assert_eq!(offers.login(None), Some(AuthMechanism::Plain));
        assert_eq!(offers.login(Some(AuthMechanism::Login)), Some(AuthMechanism::Login));
        assert_eq!(offers.login(Some(AuthMechanism::XOAuth2)), Some(AuthMechanism::XOAuth2));
        assert_eq!(offers.logins(), "LOGIN, XOAUTH2, PLAIN, LOGIN");
    }

    #[test]
    fn a_relay_without_extensions_offers_nothing() {
        let offers = Extensions::read(&"250 relay.example\r\n".parse().unwrap());
        assert_eq!(offers, Extensions::default());
        assert_eq!((offers.login(None), offers.logins()), (None, "none".to_owned()));
    }

    #[test]
    fn a_size_of_nought_is_no_limit() {
        for word in ["SIZE", "SIZE 0", "SIZE viel"] {
            let offers = Extensions::read(&format!("250-relay.example\r\n250 {word}\r\n").parse().unwrap());
            assert_eq!((offers.size, offers.limit()), (Some(SizeLimit::Unsaid), None));
        }
    }
}
