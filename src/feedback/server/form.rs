//! Reads what the form of the page, or a mail program, has posted.

use std::collections::BTreeSet;

use crate::issue::series::SeriesId;

/// What was chosen in the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum LeaveChoice {
    /// What the link is for. A mail program's one click (RFC 8058) is this as well, and so is an empty form.
    OfLink(LeaveSource),
    /// Everything.
    Everything,
    /// Every series but these.
    Keep(BTreeSet<SeriesId>),
}

/// Who has posted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LeaveSource {
    /// A mail program, or something like it: the form of the page was not used.
    OneClick,
    /// The reader, who pressed the button of the page.
    Page,
}

impl LeaveSource {
    /// Its name in the ledger.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::OneClick => "one-click",
            Self::Page => "web page",
        }
    }
}

/// The form has a choice that the program's pages do not offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct UnknownChoice;

impl LeaveChoice {
    /// Reads the body of a request. A body that is not a form counts as empty: a POST is a request to unsubscribe.
    ///
    /// # Errors
    ///
    /// The form has a choice that the program's pages do not offer.
    pub(super) fn read(content_type: &str, body: &[u8]) -> Result<Self, UnknownChoice> {
        let media_type = content_type.split(';').next().unwrap_or_default().trim();
        let fields = if media_type.eq_ignore_ascii_case("multipart/form-data") {
            boundary(content_type).map(|boundary| multipart(&boundary, body)).unwrap_or_default()
        } else {
            urlencoded(body)
        };
        let Some((_, choice)) = fields.iter().find(|(name, _)| name == "leave") else {
            return Ok(Self::OfLink(LeaveSource::OneClick));
        };
        match choice.as_str() {
            "series" => Ok(Self::OfLink(LeaveSource::Page)),
            "everything" => Ok(Self::Everything),
            "choose" => {
                let kept = fields.iter().filter(|(name, _)| name == "keep");
                Ok(Self::Keep(kept.filter_map(|(_, series)| SeriesId::parse(series).ok()).collect()))
            }
            _ => Err(UnknownChoice),
        }
    }
}

/// The fields of `application/x-www-form-urlencoded` (WHATWG URL, section 5.1).
pub(super) fn urlencoded(body: &[u8]) -> Vec<(String, String)> {
    let pairs = body.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty());
    let fields = pairs.map(|pair| {
        let mut parts = pair.splitn(2, |byte| *byte == b'=');
        let (name, value) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        (decoded(name), decoded(value))
    });
    fields.collect()
}

fn decoded(text: &[u8]) -> String {
    let mut octets = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, after @ ..] = rest {
        let digits = after.get(..2).filter(|digits| *first == b'%' && digits.iter().all(u8::is_ascii_hexdigit));
        let octet = digits.and_then(|digits| u8::from_str_radix(str::from_utf8(digits).ok()?, 16).ok());
        octets.push(octet.unwrap_or(if *first == b'+' { b' ' } else { *first }));
        rest = if octet.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&octets).into_owned()
}

/// The boundary that a Content-Type names (RFC 2046, section 5.1.1).
fn boundary(content_type: &str) -> Option<String> {
    let parameters = content_type.split(';').skip(1).filter_map(|parameter| parameter.split_once('='));
    let mut named = parameters.filter(|(name, _)| name.trim().eq_ignore_ascii_case("boundary"));
    let (_, value) = named.next()?;
    Some(value.trim().trim_matches('"').to_owned()).filter(|value| !value.is_empty())
}

/// The fields of `multipart/form-data` (RFC 7578), which a mail program may use as well (RFC 8058, section 3.2).
fn multipart(boundary: &str, body: &[u8]) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(body);
    let delimiter = format!("--{boundary}");
    let fields = text.split(&delimiter).skip(1).filter_map(|part| {
        let part = part.strip_prefix("\r\n").or(part.strip_prefix('\n'))?;
        let (head, value) = part.split_once("\r\n\r\n").or(part.split_once("\n\n"))?;
        let disposition = head.lines().find(|line| line.to_ascii_lowercase().starts_with("content-disposition:"))?;
        let name = disposition.split(';').find_map(|parameter| parameter.trim().strip_prefix("name="))?;
        let value = value.strip_suffix("\r\n").or(value.strip_suffix('\n')).unwrap_or(value);
        Some((name.trim().trim_matches('"').to_owned(), value.to_owned()))
    });
    fields.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORM: &str = "application/x-www-form-urlencoded";

    fn keep(series: &[&str]) -> LeaveChoice {
        LeaveChoice::Keep(series.iter().map(|id| SeriesId::parse(id).unwrap()).collect())
    }

    #[test]
    fn a_form_says_what_is_left() {
        let one_click = LeaveChoice::OfLink(LeaveSource::OneClick);
        for (content_type, body, expected) in [
            (FORM, "List-Unsubscribe=One-Click", Ok(one_click.clone())),
            (FORM, "", Ok(one_click.clone())),
            ("", "", Ok(one_click.clone())),
            ("text/plain", "a = b & c", Ok(one_click.clone())),
            (FORM, "%&%zz&=&+&%", Ok(one_click.clone())),
            (FORM, "leave=series", Ok(LeaveChoice::OfLink(LeaveSource::Page))),
            (
                "application/x-www-form-urlencoded; charset=utf-8",
                "leave=everything&keep=drift",
                Ok(LeaveChoice::Everything),
            ),
            (FORM, "leave=choose&keep=drift&keep=os2%2Dforms&keep=../x", Ok(keep(&["drift", "os2-forms"]))),
            (FORM, "leave=choose", Ok(keep(&[]))),
            (FORM, "leave=nothing", Err(UnknownChoice)),
        ] {
            assert_eq!(LeaveChoice::read(content_type, body.as_bytes()), expected, "{body}");
        }
    }

    #[test]
    fn a_form_may_have_several_parts() {
        let body = "--x y\r\nContent-Disposition: form-data; name=\"leave\"\r\n\r\nchoose\r\n--x y\r\n\
                    content-disposition: form-data; name=\"keep\"\r\n\r\ndrift\r\n--x y--\r\n";
        let read = |content_type: &str| LeaveChoice::read(content_type, body.as_bytes());
        assert_eq!(read("multipart/form-data; boundary=\"x y\""), Ok(keep(&["drift"])));
        assert_eq!(read("Multipart/Form-Data; charset=utf-8; Boundary=\"x y\""), Ok(keep(&["drift"])));
        let one_click = LeaveChoice::OfLink(LeaveSource::OneClick);
        assert_eq!(read("multipart/form-data"), Ok(one_click.clone()));
        let mail_program =
            "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n";
        assert_eq!(LeaveChoice::read("multipart/form-data; boundary=b", mail_program.as_bytes()), Ok(one_click));
    }
}
