//! How a recipient unsubscribes: the links of the List-Unsubscribe header and the footer.

use std::fmt;

use crate::base::digest::HmacKey;
use crate::issue::series::SeriesId;
use crate::letter::purpose::LetterPurpose;
use crate::letter::unsubscribe_token::{LeaveTarget, UnsubscribeToken};
use crate::people::person::Address;

/// The web page and the address where recipients unsubscribe.
#[derive(Debug)]
pub struct UnsubscribeOptions {
    /// The page, with `{token}` where the recipient's token goes; absent: unsubscribing is by mail only.
    pub url: Option<String>,
    /// The address that receives mails to unsubscribe.
    pub mailto: Address,
    /// Makes the tokens.
    pub key: HmacKey,
}

/// The links of one letter.
pub(super) struct UnsubscribeLinks {
    /// Unsubscribes from everything.
    pub(super) everything: UnsubscribeLink,
    /// Unsubscribes from the issue's series alone; absent: the issue belongs to none.
    pub(super) series: Option<UnsubscribeLink>,
}

/// Two ways to unsubscribe from the same.
pub(super) struct UnsubscribeLink {
    /// The page with its token; absent: no page.
    pub(super) url: Option<String>,
    /// A `mailto:` link with a subject.
    pub(super) mailto: String,
}

impl UnsubscribeOptions {
    /// The token of an address: the same in every letter.
    pub fn token(&self, address: &Address) -> UnsubscribeToken {
        UnsubscribeToken::of(&self.key, address)
    }

    /// The links of a letter to an address.
    pub(super) fn links(
        &self,
        purpose: LetterPurpose,
        address: &Address,
        series: Option<&SeriesId>,
    ) -> UnsubscribeLinks {
        self.links_with(self.token(address), purpose, series)
    }

    /// Links that unsubscribe nobody. Those of each reader differ from them in the 24 hexadecimal digits of the token only.
    pub(super) fn sample_links(&self, purpose: LetterPurpose, series: Option<&SeriesId>) -> UnsubscribeLinks {
        self.links_with(UnsubscribeToken::NOBODY, purpose, series)
    }

    fn links_with(
        &self,
        reader: UnsubscribeToken,
        purpose: LetterPurpose,
        series: Option<&SeriesId>,
    ) -> UnsubscribeLinks {
        let link = |series: Option<&SeriesId>| {
            let (token, subject) = match purpose {
                LetterPurpose::Mailing => {
                    let target = LeaveTarget { token: reader, series: series.cloned() };
                    (target.to_string(), target.subject())
                }
                // A tester who tries the link must not unsubscribe the person whose letter it is.
                LetterPurpose::Test(_) => ("test".to_owned(), "test".to_owned()),
            };
            let url = self.url.as_ref().map(|url| url.replace("{token}", &token));
            UnsubscribeLink { url, mailto: format!("mailto:{}?subject={subject}", self.mailto) }
        };
        UnsubscribeLinks { everything: link(None), series: series.map(|series| link(Some(series))) }
    }
}

impl fmt::Debug for UnsubscribeLinks {
    /// Anyone with a token can unsubscribe its reader, so the links are kept out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UnsubscribeLinks(…)")
    }
}
