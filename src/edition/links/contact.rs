//! `mailto:` and `tel:` links.

use crate::base::message::{Message, message};
use crate::base::source::diagnostic::{Code, Diagnostic};
use crate::base::source::nearest::nearest;
use crate::edition::url_encoding::decoded;
use crate::people::person::Address;

const ODD_MAIL: Code = Code("NL555");
const NO_ADDRESS: Code = Code("NL556");
const NUMBER: Code = Code("NL557");

/// The longest body of a `mailto:` link, in characters: Outlook and Windows cut off addresses at about 2,000.
const LONGEST_BODY: usize = 1_000;

/// What is wrong with a `mailto:` link that holds no values; `rest` is what follows the scheme (RFC 6068).
pub(crate) fn mail(rest: &str) -> Vec<Diagnostic> {
    let (addresses, headers) = rest.split_once('?').unwrap_or((rest, ""));
    let mut diagnostics = Vec::new();
    let addresses: Vec<String> = addresses.split(',').map(|address| decoded(address).trim().to_owned()).collect();
    // `mailto:?subject=…` has no address on purpose (RFC 6068, section 2): the reader chooses whom to write to.
    let is_forwarded = addresses.len() == 1 && addresses[0].is_empty() && !headers.is_empty();
    for address in addresses.iter().filter(|_| !is_forwarded) {
        if let Err(error) = Address::parse(address) {
            let diagnostic = Diagnostic::error(
                NO_ADDRESS,
                message!(
                    "`{address}` is not a valid address: {error}",
                    "`{address}` er ikke en gyldig adresse: {error}"
                ),
            );
            diagnostics.push(diagnostic.hint(message!(
                "write it as: `mailto:anna@forening.example`",
                "skriv den som: `mailto:anna@forening.example`"
            )));
        }
    }
    if addresses.len() > 1 {
        let message = message!(
            "some mail programs ignore all but one address of a link",
            "nogle mailprogrammer bruger kun én adresse i et link"
        );
        diagnostics.push(
            Diagnostic::warning(ODD_MAIL, message)
                .hint(message!("link to one shared address", "link til én fælles adresse")),
        );
    }
    diagnostics.extend(headers.split('&').filter(|header| !header.is_empty()).filter_map(header));
    diagnostics
}

/// What is wrong with one header field of a `mailto:` link.
fn header(written: &str) -> Option<Diagnostic> {
    let (name, value) = written.split_once('=').unwrap_or((written, ""));
    let value = decoded(value);
    let warning = |message: Message, hint: Message| Some(Diagnostic::warning(ODD_MAIL, message).hint(hint));
    match name.to_lowercase().as_str() {
        // In the letter that the reader sends, what follows would be another header field.
        "subject" if value.contains(['\r', '\n']) => warning(
            message!("a subject cannot have several lines", "et emne kan ikke have flere linjer"),
            message!("remove `%0D` and `%0A`", "slet `%0D` og `%0A`"),
        ),
        "body" if value.chars().count() > LONGEST_BODY => warning(
            message!(
                "the body of this link has {} characters: mail programs cut it off",
                "linkets tekst har {} tegn: mailprogrammer skærer den af",
                value.chars().count()
            ),
            message!(
                "write a few lines, and put the rest on a web page",
                "skriv nogle få linjer, og sæt resten på en webside"
            ),
        ),
        "subject" | "body" => None,
        "to" | "cc" | "bcc" => warning(
            message!(
                "`{name}` in a link sends to addresses that the reader does not see here",
                "`{name}` i et link sender til adresser, som læseren ikke ser her"
            ),
            message!("link to one address, before the `?`", "skriv kun én adresse, og skriv den før `?`"),
        ),
        "attach" | "attachment" => warning(
            message!("mail programs ignore attachments in links", "mailprogrammer overser vedhæftede filer i links"),
            message!(
                "ask in the text for what the reader should attach",
                "skriv i teksten, hvad læseren skal vedhæfte"
            ),
        ),
        other => {
            let near = nearest(other, ["subject", "body"]).unwrap_or("subject");
            warning(
                message!("unknown field `{name}` in a `mailto:` link", "ukendt felt `{name}` i et `mailto:`-link"),
                message!("did you mean `{near}=`?", "mente du `{near}=`?"),
            )
        }
    }
}

/// What is wrong with a `tel:` link that holds no values (RFC 3966).
pub(crate) fn telephone(rest: &str) -> Option<Diagnostic> {
    let number = decoded(rest);
    // Parameters follow the number, such as `;ext=12` (RFC 3966, section 3).
    let number = number.split(';').next().unwrap_or_default().trim();
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let warning = |message: Message, hint: Message| Some(Diagnostic::warning(NUMBER, message).hint(hint));
    if number.chars().any(|character| {
        !character.is_ascii_digit() && !matches!(character, '+' | ' ' | '-' | '.' | '(' | ')' | '\u{a0}')
    }) || number.chars().skip(1).any(|character| character == '+')
    {
        return warning(
            message!("`{number}` is not a valid telephone number", "`{number}` er ikke et gyldigt telefonnummer"),
            message!("write it as: `tel:+4570123456`", "skriv det som: `tel:+4570123456`"),
        );
    }
    // Danes dial `00` before a country code, but in a link it is a `+` (RFC 3966, section 5.1.4).
    let abroad = digits.strip_prefix("00").filter(|_| !number.starts_with('+'));
    let international = number.starts_with('+') || abroad.is_some();
    let digits = abroad.unwrap_or(&digits);
    let at_home = digits.strip_prefix("45").filter(|_| international);
    let length = digits.len();
    // A number has at most 15 digits with its country code (ITU-T E.164), and in Denmark eight without it.
    if at_home.is_some_and(|digits| digits.len() != 8) || !(3..=15).contains(&length) || (international && length < 7) {
        let hint = message!(
            "check its digits: eight follow `+45`, such as `tel:+4570123456`",
            "se cifrene efter: der er otte efter `+45`, f.eks. `tel:+4570123456`"
        );
        return warning(
            message!(
                "`{number}` has {length} digits, which is not a valid length",
                "`{number}` har {length} cifre, og det er ikke en gyldig længde"
            ),
            hint,
        );
    }
    // Short numbers such as 112 and 1813 have no country code.
    if !international && length > 6 {
        let country = if length == 8 { "45" } else { "…" };
        return warning(
            message!("`{number}` cannot be called from abroad", "`{number}` kan ikke ringes op fra udlandet"),
            message!("add the country code: `tel:+{country}{digits}`", "tilføj landekoden: `tel:+{country}{digits}`"),
        );
    }
    let corrected = if international { format!("+{digits}") } else { digits.to_owned() };
    // A space is not among the separators that RFC 3966, section 3, allows.
    let plain = rest
        .split(';')
        .next()
        .unwrap_or_default()
        .chars()
        .all(|character| character.is_ascii_digit() || matches!(character, '+' | '-' | '.' | '(' | ')'));
    if plain && abroad.is_none() {
        return None;
    }
    warning(
        message!("some telephones cannot dial `{number}`", "nogle telefoner kan ikke ringe til `{number}`"),
        message!("write `tel:{corrected}`", "skriv `tel:{corrected}`"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mailto_link_uses_what_mail_programs_support() {
        for fine in [
            "anna@a.example",
            "anna@a.example?subject=Hej%20p%C3%A5%20dig&body=Kort",
            "?subject=Se%20her",
            "a%2Bb@a.example",
            "a@a.example?subject=Hej på dig",
        ] {
            assert_eq!(mail(fine), [], "{fine}");
        }
        for (odd, code) in [
            ("anna", NO_ADDRESS),
            ("a@a.example,b@b.example", ODD_MAIL),
            ("a@a.example?bcc=b@b.example", ODD_MAIL),
            ("a@a.example?attach=/etc/passwd", ODD_MAIL),
            ("a@a.example?subjekt=Hej", ODD_MAIL),
            ("a@a.example?subject=Hej%0ABcc:x", ODD_MAIL),
        ] {
            assert_eq!(mail(odd).iter().map(|diagnostic| diagnostic.code).collect::<Vec<_>>(), [code], "{odd}");
        }
        assert_eq!(mail(&format!("a@a.example?body={}", "x".repeat(1_001))).len(), 1);
    }

    #[test]
    fn a_telephone_number_has_its_country_code() {
        for fine in ["+4570123456", "112", "1813", "+46-8-123-456", "+45(70)123456", "+4570123456;ext=12"] {
            assert_eq!(telephone(fine), None, "{fine}");
        }
        let hint =
            |number: &str| telephone(number).and_then(|diagnostic| diagnostic.hint).unwrap().english().to_owned();
        assert_eq!(hint("70123456"), "add the country code: `tel:+4570123456`");
        assert_eq!(hint("+45 70 12 34 56"), "write `tel:+4570123456`");
        assert_eq!(hint("004570123456"), "write `tel:+4570123456`");
        assert_eq!(hint("ring nu"), "write it as: `tel:+4570123456`");
        assert!(hint("+457012345").starts_with("check its digits"));
    }
}
