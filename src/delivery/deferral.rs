//! Whether a temporary refusal is about its letter or about the relay.

use crate::delivery::outcome::Reply;
use crate::people::person::Address;

/// Words of relays that defer a recipient at the first attempt, from any sender: greylisting (RFC 6647).
const GREYLISTING: [&str; 4] = ["greylist", "graylist", "grey-list", "gray-list"];

/// Whether a 4xx is about the letter or its recipient. Any other one may mean every letter.
pub(super) fn is_about_letter(reply: &Reply, recipient: &Address) -> bool {
    let text = reply.text().to_lowercase();
    is_about_mailbox(reply)
        || text.contains(&recipient.as_str().to_lowercase())
        || GREYLISTING.iter().any(|word| text.contains(word))
}

/// Whether the status is about an address or a mailbox: x.1.x or x.2.x (RFC 3463 §3.2 and §3.3).
pub(super) fn is_about_mailbox(reply: &Reply) -> bool {
    reply.status().is_some_and(|status| matches!(status.subject, 1 | 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deferral_is_about_the_letter_or_the_relay() {
        let recipient = Address::parse("Anna@kommune.example").unwrap();
        for (code, text) in [
            (452, "4.2.2 Quota exceeded"),
            (421, "4.2.1 Mailbox busy"),
            (450, "4.1.1 Unknown for the moment"),
            (450, "4.7.1 <anna@Kommune.example>: Recipient address rejected"),
            (451, "4.7.1 Greylisted, try again in 300 seconds"),
            (450, "Graylisting in effect"),
        ] {
            assert!(is_about_letter(&Reply::new(code, text), &recipient), "{code} {text}");
        }
        for (code, text) in [
            (432, "4.3.2 Concurrent connections limit exceeded"),
            (451, "4.7.500 Server busy. Please try again later from [192.0.2.1]."),
            (450, "4.7.1 Too many messages"),
            (452, "4.3.1 Insufficient system storage"),
            (421, "4.3.2 Service shutting down"),
            (454, "Try later"),
        ] {
            assert!(!is_about_letter(&Reply::new(code, text), &recipient), "{code} {text}");
        }
    }
}
