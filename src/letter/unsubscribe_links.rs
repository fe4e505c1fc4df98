//! How a recipient unsubscribes: the links of the List-Unsubscribe header and the footer.

use crate::base::digest::HmacKey;
use crate::issue::series::SeriesId;
use crate::letter::purpose::LetterPurpose;
use crate::people::person::Address;

/// How many hexadecimal digits a token has.
///
/// 96 bits cannot be guessed, and keep the header line below 78 columns (RFC 5322 §2.1.1) for most addresses.
const TOKEN_DIGITS: usize = 24;

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
    /// The page with its token; absent: there is none.
    pub(super) url: Option<String>,
    /// A `mailto:` link with a subject.
    pub(super) mailto: String,
}

impl UnsubscribeOptions {
    /// The token with which an address unsubscribes from everything, or from a series alone: the same in every letter.
    /// Nobody can read an address from it.
    pub fn token(&self, address: &Address, series: Option<&SeriesId>) -> String {
        let address = address.key();
        let pieces = [address.as_str()].into_iter().chain(series.map(SeriesId::as_str));
        let mut token = self.key.tag("unsubscribe", &pieces.collect::<Vec<_>>());
        token.truncate(TOKEN_DIGITS);
        token
    }

    /// The links of a letter to an address.
    pub(super) fn links(
        &self,
        purpose: LetterPurpose,
        address: &Address,
        series: Option<&SeriesId>,
    ) -> UnsubscribeLinks {
        let link = |series: Option<&SeriesId>| {
            let (token, subject) = match purpose {
                LetterPurpose::Mailing => {
                    let token = self.token(address, series);
                    (token.clone(), format!("leave-{token}"))
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
