//! Parses the replies of an IMAP server (RFC 3501 §7).

use crate::feedback::mailbox::imap::error::InvalidReply;

/// How deep parentheses may be nested; what is asked for here needs one level.
const DEPTH_LIMIT: usize = 16;

/// A part of a reply as it arrives.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum ResponsePiece {
    /// Text without CR LF, and without the length of the literal after it.
    Text(Vec<u8>),
    /// A literal.
    Literal(Vec<u8>),
}

/// How the server answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ImapStatus {
    Ok,
    No,
    Bad,
    PreAuth,
    Bye,
}

/// A reply, as far as it is used here.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum ImapResponse {
    /// The server waits for more of a command.
    Continue,
    /// A command is completed.
    Completed { tag: String, status: ImapStatus, text: String },
    /// A status that belongs to no command.
    Status { status: ImapStatus, text: String },
    /// The server's capabilities, in capitals.
    Capability(Vec<String>),
    /// The numbers of messages.
    Search(Vec<u32>),
    /// A message.
    Fetched(FetchedMessage),
    /// Anything else.
    Other,
}

/// What a server returns for a message.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct FetchedMessage {
    pub(super) uid: Option<u32>,
    pub(super) internal_date: Option<String>,
    pub(super) body: Option<Vec<u8>>,
}

/// A value in a reply.
#[derive(Debug, PartialEq, Eq)]
enum ImapValue {
    Atom(String),
    Octets(Vec<u8>),
    List(Vec<ImapValue>),
}

/// Parses a reply.
pub(super) fn parse(pieces: Vec<ResponsePiece>) -> Result<ImapResponse, InvalidReply> {
    let Some(ResponsePiece::Text(line)) = pieces.first() else { return Ok(ImapResponse::Other) };
    let line = String::from_utf8_lossy(line).into_owned();
    let (tag, rest) = line.split_once(' ').unwrap_or((line.as_str(), ""));
    if tag == "+" {
        return Ok(ImapResponse::Continue);
    }
    let (word, rest) = rest.split_once(' ').unwrap_or((rest, ""));
    if let Some(status) = status(word) {
        let text = rest.to_owned();
        return Ok(match tag {
            "*" => ImapResponse::Status { status, text },
            _ => ImapResponse::Completed { tag: tag.to_owned(), status, text },
        });
    }
    if tag != "*" {
        return Err(InvalidReply::OutOfStep);
    }
    let words = || rest.split_ascii_whitespace();
    if word.eq_ignore_ascii_case("CAPABILITY") {
        return Ok(ImapResponse::Capability(words().map(str::to_ascii_uppercase).collect()));
    }
    if word.eq_ignore_ascii_case("SEARCH") {
        // 0 is not a valid number (RFC 3501 §9, nz-number), and a number may only be named once.
        return Ok(ImapResponse::Search(words().filter_map(|word| word.parse().ok()).filter(|uid| *uid > 0).collect()));
    }
    let is_fetch = rest.get(..5).is_some_and(|name| name.eq_ignore_ascii_case("FETCH"));
    if !is_fetch || word.parse::<u32>().is_err() {
        return Ok(ImapResponse::Other);
    }
    let mut values = values(pieces, tag.len() + word.len() + "FETCH".len() + 2)?.into_iter();
    Ok(match (values.next(), values.next()) {
        (Some(ImapValue::List(items)), None) => ImapResponse::Fetched(fetched(items)),
        _ => ImapResponse::Other,
    })
}

fn status(word: &str) -> Option<ImapStatus> {
    let known = [
        ("OK", ImapStatus::Ok),
        ("NO", ImapStatus::No),
        ("BAD", ImapStatus::Bad),
        ("PREAUTH", ImapStatus::PreAuth),
        ("BYE", ImapStatus::Bye),
    ];
    known.into_iter().find(|(name, _)| word.eq_ignore_ascii_case(name)).map(|(_, status)| status)
}

fn fetched(items: Vec<ImapValue>) -> FetchedMessage {
    let mut message = FetchedMessage::default();
    let mut items = items.into_iter();
    while let (Some(name), Some(value)) = (items.next(), items.next()) {
        let ImapValue::Atom(name) = name else { continue };
        let name = name.to_ascii_uppercase();
        match value {
            ImapValue::Atom(number) if name == "UID" => message.uid = number.parse().ok(),
            ImapValue::Octets(text) if name == "INTERNALDATE" => {
                message.internal_date = Some(String::from_utf8_lossy(&text).into_owned());
            }
            // `BODY[]<0>` repeats the start of the part that was asked for.
            ImapValue::Octets(octets) if name.starts_with("BODY[]") => message.body = Some(octets),
            ImapValue::Atom(_) | ImapValue::Octets(_) | ImapValue::List(_) => {}
        }
    }
    message
}

/// The values of a reply, without its first octets.
fn values(pieces: Vec<ResponsePiece>, skipped: usize) -> Result<Vec<ImapValue>, InvalidReply> {
    // The lists that are open, the outermost first; the first one is the whole reply.
    let mut open: Vec<Vec<ImapValue>> = vec![Vec::new()];
    for (at, piece) in pieces.into_iter().enumerate() {
        match piece {
            ResponsePiece::Literal(octets) => push(&mut open, ImapValue::Octets(octets)),
            ResponsePiece::Text(text) => {
                let skipped = if at == 0 { skipped } else { 0 };
                read_text(text.get(skipped..).unwrap_or_default(), &mut open)?;
            }
        }
    }
    match (open.pop(), open.is_empty()) {
        (Some(values), true) => Ok(values),
        _ => Err(InvalidReply::Nesting),
    }
}

fn push(open: &mut [Vec<ImapValue>], value: ImapValue) {
    if let Some(list) = open.last_mut() {
        list.push(value);
    }
}

fn read_text(mut text: &[u8], open: &mut Vec<Vec<ImapValue>>) -> Result<(), InvalidReply> {
    while let Some((first, rest)) = text.split_first() {
        match first {
            b' ' => text = rest,
            b'(' if open.len() > DEPTH_LIMIT => return Err(InvalidReply::Nesting),
            b'(' => {
                open.push(Vec::new());
                text = rest;
            }
            b')' => {
                let list = open.pop().filter(|_| !open.is_empty()).ok_or(InvalidReply::Nesting)?;
                push(open, ImapValue::List(list));
                text = rest;
            }
            b'"' => {
                let (octets, behind) = quoted(rest).ok_or(InvalidReply::Nesting)?;
                push(open, ImapValue::Octets(octets));
                text = behind;
            }
            _ => {
                let end = text.iter().position(|octet| b" ()\"".contains(octet)).unwrap_or(text.len());
                push(open, ImapValue::Atom(String::from_utf8_lossy(&text[..end]).into_owned()));
                text = &text[end..];
            }
        }
    }
    Ok(())
}

/// A quoted string without its quotation marks, and what follows it.
fn quoted(text: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut octets = Vec::new();
    let mut at = 0;
    loop {
        match text.get(at)? {
            b'"' => return Some((octets, &text[at + 1..])),
            b'\\' => {
                octets.push(*text.get(at + 1)?);
                at += 2;
            }
            octet => {
                octets.push(*octet);
                at += 1;
            }
        }
    }
}

/// The number after a name in the brackets of a status: 7 for `[UIDVALIDITY 7] valid`.
pub(super) fn code_number(text: &str, name: &str) -> Option<u32> {
    let (code, _) = text.strip_prefix('[')?.split_once(']')?;
    let (word, number) = code.split_once(' ')?;
    number.trim().parse().ok().filter(|_| word.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(pieces: &[(&str, &[u8])]) -> Result<ImapResponse, InvalidReply> {
        let pieces = pieces.iter().flat_map(|(text, literal)| {
            let literal = Some(literal.to_vec()).filter(|literal| !literal.is_empty());
            [Some(ResponsePiece::Text(text.as_bytes().to_vec())), literal.map(ResponsePiece::Literal)]
        });
        parse(pieces.flatten().collect())
    }

    #[test]
    fn replies_are_read() {
        let status = |status, text: &str| Ok(ImapResponse::Status { status, text: text.to_owned() });
        assert_eq!(parsed(&[("* ok [UIDVALIDITY 7] valid", b"")]), status(ImapStatus::Ok, "[UIDVALIDITY 7] valid"));
        assert_eq!(parsed(&[("* BYE", b"")]), status(ImapStatus::Bye, ""));
        assert_eq!(parsed(&[("* SEARCH 3 0 x 99999999999 1", b"")]), Ok(ImapResponse::Search(vec![3, 1])));
        assert_eq!(parsed(&[("* SEARCH", b"")]), Ok(ImapResponse::Search(Vec::new())));
        assert_eq!(parsed(&[("* 5 EXISTS", b"")]), Ok(ImapResponse::Other));
        assert_eq!(parsed(&[("+", b"")]), Ok(ImapResponse::Continue));
        assert_eq!(parsed(&[("n7 SEARCH 1", b"")]), Err(InvalidReply::OutOfStep));
        let completed = ImapResponse::Completed { tag: "n1".into(), status: ImapStatus::No, text: "no {3".into() };
        assert_eq!(parsed(&[("n1 NO no {3", b"")]), Ok(completed));
    }

    #[test]
    fn a_message_is_read_in_every_notation() {
        let message = |uid, date: Option<&str>, body: Option<&str>| {
            let (internal_date, body) = (date.map(str::to_owned), body.map(|body| body.as_bytes().to_vec()));
            Ok(ImapResponse::Fetched(FetchedMessage { uid, internal_date, body }))
        };
        let date = " 1-Jul-2026 02:44:25 +0200";
        let first = format!("* 1 FETCH (UID 5 INTERNALDATE \"{date}\" BODY[]<0> ");
        assert_eq!(parsed(&[(&first, b"A: b\r\n"), (")", b"")]), message(Some(5), Some(date), Some("A: b\r\n")));
        let quoted = "* 1 fetch (FLAGS (\\Seen $x) body[] \"a \\\" )\" uid 6)";
        assert_eq!(parsed(&[(quoted, b"")]), message(Some(6), None, Some("a \" )")));
        assert_eq!(parsed(&[("* 1 FETCH (UID x BODY[] NIL)", b"")]), message(None, None, None));
        assert_eq!(parsed(&[("* 1 FETCH (UID 5", b"")]), Err(InvalidReply::Nesting));
        assert_eq!(parsed(&[("* 1 FETCH UID 5)", b"")]), Err(InvalidReply::Nesting));
        assert_eq!(parsed(&[(&format!("* 1 FETCH {}", "(".repeat(1_000)), b"")]), Err(InvalidReply::Nesting));
    }

    #[test]
    fn the_number_in_a_code_is_read() {
        assert_eq!(code_number("[UIDVALIDITY 3857529045] UIDs valid", "UIDVALIDITY"), Some(3_857_529_045));
        assert_eq!(code_number("UIDs valid", "UIDVALIDITY"), None);
        assert_eq!(code_number("[UIDNEXT 7] next", "UIDVALIDITY"), None);
    }
}
